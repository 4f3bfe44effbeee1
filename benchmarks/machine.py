"""The facts of the machine and of the run, without which a figure says nothing."""

import datetime
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

from benchmarks.rows import fsync_us_p50

Facts = dict[str, str | int | float]

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("numpy", "numba", "msgspec", "uvicorn", "uvloop", "litestar", "lxml")


def facts() -> Facts:
    """Collect what the figures depend on; the disk is measured now."""
    with tempfile.TemporaryDirectory(prefix="huangpu-bench-") as folder:
        fsync_us = fsync_us_p50(Path(folder))
    found: Facts = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "cpu": _first("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load_1_min_at_start": round(os.getloadavg()[0], 2),
        "fsync_us_p50": round(fsync_us),
        "os": f"{platform.system()} {platform.release()}",
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
    }
    found.update({name: metadata.version(name) for name in PACKAGES})
    return found


class Neighbours:
    """Watches how much of the machine other programs use while a group runs."""

    def __init__(self) -> None:
        self._start_s = time.perf_counter()
        self._others_s = _busy_s() - _own_s()

    def cores(self) -> float:
        """Return the cores that were busy with other work on average since the start."""
        seconds = time.perf_counter() - self._start_s
        return round(max(_busy_s() - _own_s() - self._others_s, 0.0) / seconds, 2)


def _busy_s() -> float:
    """Return the processor time that the whole machine has spent on work; time stolen by its host counts."""
    try:
        fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    except OSError:
        return _own_s()
    user, nice, system, _idle, _wait, irq, softirq, steal = (int(field) for field in fields)
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _own_s() -> float:
    """Return the processor time of this process and of the groups that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _commit() -> str:
    """Return the commit, marked where the working tree differs from it."""
    command = [
        "git",
        "-C",
        str(ROOT),
        "describe",
        "--always",
        "--abbrev=12",
        "--dirty",
        "--exclude=*",
    ]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)
    except OSError:
        return "no git"
    return done.stdout.strip() or "no commit"


def _first(file: str, key: str) -> str:
    """Return the value of the first line of a `key : value` file that has the key."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(key))
    return next(values, "")
