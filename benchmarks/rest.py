"""REST: payments a second through a real server over real sockets, the load generator in a process of its own on the same machine.

How: `huangpu demo --speed 0` on a fresh data folder; payments at 1, 16 and 64 connections in a closed loop, at 500 a second in an open loop, and by
wrk where it is installed. Beside them, under the same load, two plain applications on the same uvicorn: one that only answers (what the
server itself costs) and one that commits each payment alone. Afterwards the server is stopped and its journal is audited: every entry
decided again, and as many payments in it as were acknowledged, no more and no fewer (wrk drops what is in flight when its time is up:
there, no fewer and at most one a connection more).
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.rows import Row, row
from benchmarks.served import DEMO, Server, serving
from huangpu.core.message import Rejected
from huangpu.engine import CODEC
from huangpu.journal.sqlite import SqliteReader
from huangpu.venues.offshore.payments.words import InstructPayment

GROUP: Final = "rest"
UNIT: Final = "payments/s"
CONNECTIONS: Final = (1, 16, 64)
OPEN_RATE: Final = 500
OPEN_CONNECTIONS: Final = 64
NUMBERS_A_RUN: Final = 10_000_000
OURS: Final = ("M-", "W-")
"""How the message ids of the generator and of wrk begin."""

HERE: Final = Path(__file__).resolve().parent


class Journal(msgspec.Struct, frozen=True):
    """What the journal of a stopped server holds: payments accepted, by who sent them, and refused."""

    accepted: int
    accepted_wrk: int
    refused: int


def run(*, quick: bool = False, server: tuple[str, ...] = DEMO) -> list[Row]:
    """Measure the plain applications, then the centre, then audit its journal."""
    seconds = 2.0 if quick else 5.0
    with tempfile.TemporaryDirectory(prefix="huangpu-bench-") as name:
        folder = Path(name)
        plain = _plain_rows(folder, seconds)
        commits = next(float(r["value"] or 0) for r in plain if "commits" in str(r["name"]))
        rows, acknowledged, wrk = _centre_rows(folder, seconds, commits, server)
        rows.append(_audit_row(folder / "centre", acknowledged, wrk))
    return plain + rows


# ── load ────────────────────────────────────────────────────────────────────────────────────────────────


def _load(
    server: Server, first: int, seconds: float, connections: int, rate: int = 0
) -> dict[str, Any]:
    """Run the generator once; assert that every payment was acknowledged."""
    options = {
        "--port": server.port,
        "--first": first,
        "--seconds": seconds,
        "--connections": connections,
        "--rate": rate,
    }
    arguments = [str(part) for pair in options.items() for part in pair]
    command = [sys.executable, "-m", "benchmarks.load", *arguments]
    used_s = server.processor_s()
    done = subprocess.run(command, check=False, capture_output=True, timeout=seconds + 120)
    used_s = server.processor_s() - used_s
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["acknowledged"] == found["sent"], found
    found["processor_us"] = used_s / found["acknowledged"] * 1e6
    return found


def _note(found: dict[str, Any]) -> str:
    times = f"p50 {found['p50_ms']:.2f} ms, p99 {found['p99_ms']:.2f} ms"
    if "processor_us" in found:
        times += f", {found['processor_us']:.0f} us of the server's processor each"
    return f"{times}, {found['acknowledged']:,} acknowledged"


def _plain_rows(folder: Path, seconds: float) -> list[Row]:
    """Measure the two plain applications at 64 connections."""
    rows = []
    for kind, what in (
        ("answer", "bare uvicorn that only answers"),
        ("commit", "plain service that commits each payment"),
    ):
        place = folder / kind
        place.mkdir()
        with serving(("-m", "benchmarks.plain_server", kind), place, "/") as server:
            _load(server, 0, 0.5, 16)
            found = _load(server, NUMBERS_A_RUN, seconds, 64)
        rows.append(row(GROUP, f"{what}, 64 connections", found["rate"], UNIT, None, _note(found)))
    commits = float(rows[1]["value"] or 0)
    return [
        row(GROUP, str(r["name"]), float(r["value"] or 0), UNIT, commits, str(r["note"]))
        for r in rows
    ]


def _centre_rows(
    folder: Path, seconds: float, commits: float, arguments: tuple[str, ...]
) -> tuple[list[Row], int, int]:
    """Measure the centre; give the rows, and how many payments the generator and wrk saw acknowledged."""
    rows: list[Row] = []
    acknowledged = 0
    with serving(arguments, folder / "centre", "/readyz") as server:
        note = "fresh folder: founding, seed, first answer of /readyz"
        rows.append(row(GROUP, "start of a seeded demo", server.start_s, "s", None, note))
        acknowledged += _load(server, 0, 1.0, 16)["acknowledged"]
        for turn, connections in enumerate(CONNECTIONS, 1):
            found = _load(server, turn * NUMBERS_A_RUN, seconds, connections)
            acknowledged += found["acknowledged"]
            aim = "aim 4,000 at p99 < 50 ms; " if connections == 64 else ""
            title = (
                f"centre, durable, closed loop, {connections} connection{'s' * (connections > 1)}"
            )
            rows.append(row(GROUP, title, found["rate"], UNIT, commits, aim + _note(found)))
        found = _load(server, 9 * NUMBERS_A_RUN, seconds, OPEN_CONNECTIONS, OPEN_RATE)
        acknowledged += found["acknowledged"]
        rows += _open_rows(found)
        wrk_row, wrk = _wrk_row(server.port, seconds, commits)
        rows.append(wrk_row)
    return rows, acknowledged, wrk


def _open_rows(found: dict[str, Any]) -> list[Row]:
    """Give the latencies of the open loop, each timed from the instant its payment fell due."""
    sent = f"{found['acknowledged']:,} acknowledged, {found['rate']:.0f} payments/s"
    return [
        row(
            GROUP,
            f"centre, durable, open loop at {OPEN_RATE}/s, {name}",
            found[key],
            "ms",
            found["p50_ms"],
            f"from the instant due; {sent}{aim}",
        )
        for name, key, aim in (
            ("p50", "p50_ms", ""),
            ("p99", "p99_ms", "; aim < 20 ms"),
            ("worst", "p100_ms", ""),
        )
    ]


def _wrk_row(port: int, seconds: float, commits: float) -> tuple[Row, int]:
    """Measure with wrk, the same payments from another program, where it is installed."""
    wrk = shutil.which("wrk")
    title = "centre, durable, wrk, 64 connections"
    if wrk is None:
        return row(GROUP, title, None, UNIT, commits, "wrk is not installed"), 0
    address = f"http://127.0.0.1:{port}"
    script = str(HERE / "payment.lua")
    command = [wrk, "-t1", "-c64", f"-d{seconds:.0f}s", "-s", script, address]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["errors"] == 0, done.stdout
    rate = found["acknowledged"] / found["seconds"]
    return row(GROUP, title, rate, UNIT, commits, _note(found)), int(found["acknowledged"])


# ── audit ────────────────────────────────────────────────────────────────────────────────────────────────


def _audit_row(folder: Path, acknowledged: int, wrk: int) -> Row:
    """Decide the whole journal again and compare what it holds with what was acknowledged."""
    command = [sys.executable, "-m", "huangpu", "journal", "audit", "--json", "--data", str(folder)]
    start = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, timeout=300)
    seconds = time.perf_counter() - start
    report = json.loads(done.stdout)
    assert done.returncode == 0, report["differences"][:3]
    held = _held(folder)
    assert held.refused == 0, held
    assert held.accepted == acknowledged, (held, acknowledged)
    assert wrk <= held.accepted_wrk <= wrk + 64, (held, wrk)
    note = (
        f"{report['entries']:,} entries decided again, 0 differences; "
        f"{held.accepted:,} payments accepted = {acknowledged:,} acknowledged"
    )
    if wrk:
        note += (
            f"; by wrk {held.accepted_wrk:,} accepted, {wrk:,} acknowledged before its time was up"
        )
    return row(
        GROUP,
        "audit of the journal afterwards",
        report["entries"] / seconds,
        "entries/s",
        None,
        note,
    )


def _held(folder: Path) -> Journal:
    accepted = accepted_wrk = refused = 0
    store = SqliteReader(folder)
    for stored in store.read(1):
        for entry in CODEC.decode(stored.body):
            # The demo's own payments have other message ids.
            command = entry.command
            if not isinstance(command, InstructPayment) or command.message_id[:2] not in OURS:
                continue
            if isinstance(entry.outcome, Rejected):
                refused += 1
            elif command.message_id.startswith("W-"):
                accepted_wrk += 1
            else:
                accepted += 1
    store.close()
    return Journal(accepted, accepted_wrk, refused)
