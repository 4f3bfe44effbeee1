"""Restart: how long a centre with a long journal takes until it may answer again, and in how much memory.

How: one journal of payments is written through the engine, in batches of 1,000, and reused. Each restart is a process of its own that calls
`open_engine`, as the server does: verify the chain of the whole journal, load the snapshot, replay what came after it. Three cases: the
snapshot covers everything; it is as old as the whole journal of payments; there is none. The states that the three end in must be equal,
byte for byte. The baseline reads every row by plain sqlite3 and hashes it: the least that verification can cost.
"""

import argparse
import hashlib
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from benchmarks import centre
from benchmarks.rows import Row, clocked, row
from huangpu.app import SNAPSHOTS, load_rules, open_engine, write_snapshot
from huangpu.journal.sqlite import FILE_NAME, SqliteStore

GROUP: Final = "restart"
ENTRIES: Final = 1_000_000
ENTRIES_QUICK: Final = 100_000
BATCH: Final = 1_000
CASES: Final = (
    ("new", "snapshot covers all"),
    ("old", "snapshot before all payments"),
    ("none", "no snapshot"),
)
AIM: Final = {"new": "; aim < 10 s at 10^6", "old": "; aim < 10 s at 10^6", "none": ""}


def run(*, quick: bool = False) -> list[Row]:
    """Write the journal, read it plainly, then restart from it three times."""
    count = ENTRIES_QUICK if quick else ENTRIES
    with tempfile.TemporaryDirectory(prefix="huangpu-bench-") as name:
        data = Path(name)
        rows = _write(data, count)
        plain_s = clocked(lambda: _read_plainly(data / FILE_NAME))
        megabytes = (data / FILE_NAME).stat().st_size / 1e6
        note = f"{megabytes:,.0f} MB"
        title = f"plain sqlite3 and SHA-256 over {count:,} entries"
        rows.append(row(GROUP, title, plain_s, "s", plain_s, note))
        states = []
        for case, what in CASES:
            found = _restarted(data, case)
            states.append(found["state"])
            rows += _rows_of(f"restart, {count:,} payments, {what}", found, plain_s, AIM[case])
        assert len(set(states)) == 1, "the three restarts ended in different states"
    return rows


def _write(data: Path, count: int) -> list[Row]:
    """Write the journal once, with a snapshot before and one after the payments."""
    engine = centre.on_sqlite(data)
    write_snapshot(engine, data / "old")
    start = time.perf_counter()
    for first in range(0, count, BATCH):
        numbers = range(first, first + BATCH)
        centre.settle(engine, [centre.payment_of(number) for number in numbers])
    seconds = time.perf_counter() - start
    snapshot_s = clocked(lambda: write_snapshot(engine, data / "new"))
    engine.store.close()
    note = f"in batches of {BATCH:,}, the making of the commands included"
    size = sum(path.stat().st_size for path in (data / "new").iterdir()) / 1e6
    return [
        row(GROUP, f"write {count:,} payments", count / seconds, "payments/s", None, note),
        row(GROUP, "write the snapshot", snapshot_s, "s", None, f"{size:,.0f} MB"),
    ]


def _read_plainly(path: Path) -> None:
    reader = sqlite3.connect(path)
    for (body,) in reader.execute("SELECT body FROM journal ORDER BY first_seq"):
        hashlib.sha256(body).digest()
    reader.close()


def _restarted(data: Path, case: str) -> dict[str, Any]:
    """Restart in a process of its own, so that memory and garbage are this restart's alone."""
    shutil.rmtree(data / SNAPSHOTS, ignore_errors=True)
    if case != "none":
        shutil.copytree(data / case, data / SNAPSHOTS)
    command = [sys.executable, "-m", "benchmarks.restart", str(data)]
    done = subprocess.run(command, check=False, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _rows_of(title: str, found: dict[str, Any], plain_s: float, aim: str) -> list[Row]:
    note = f"{found['cpu_s']:.1f} s of processor, peak {found['peak_mb']:,.0f} MB{aim}"
    rows = [row(GROUP, title, found["total_s"], "s", plain_s, note)]
    for part in ("verify", "load", "replay"):
        if found[part] >= 0.01:
            rows.append(row(GROUP, f"  {part}", found[part], "s", plain_s, ""))
    return rows


# ── the restarted process ────────────────────────────────────────────────────────────────────────────────────────────────


def measured(data: Path) -> dict[str, Any]:
    """Open the centre of a data folder and tell how long each part took."""
    rules = load_rules()
    start, start_cpu = time.perf_counter(), time.process_time()
    last = {"verify": start, "replay": 0.0}
    first_replay = [0.0]

    def tell(what: str, _done: int, _of: int) -> None:
        last[what] = time.perf_counter()
        if what == "replay" and not first_replay[0]:
            first_replay[0] = last[what]

    store = SqliteStore(data)
    engine = open_engine(
        store, rules, lambda: centre.AT_US, snapshots=data / SNAPSHOTS, progress=tell
    )
    end, end_cpu = time.perf_counter(), time.process_time()
    loaded = first_replay[0] or end
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {
        "total_s": end - start,
        "cpu_s": end_cpu - start_cpu,
        "verify": last["verify"] - start,
        "load": loaded - last["verify"],
        "replay": end - loaded,
        "peak_mb": peak_kib * 1024 / 1e6,
        "state": engine.centre.digest(),
    }
    store.close()
    return found


def main() -> None:
    """Restart once from the folder given and print what it took."""
    parser = argparse.ArgumentParser(description="Restart a centre and measure.")
    parser.add_argument("data", type=Path)
    print(json.dumps(measured(parser.parse_args().data)))


if __name__ == "__main__":
    main()
