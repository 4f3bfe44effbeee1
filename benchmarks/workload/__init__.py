"""Workload: the mix and the tiers of section F through a real server, then the invariants, read from its journal.

How: a world of 400 companies and 5,000 counterparties with 20,000 names on the screening list; `huangpu demo --speed 0` on it; the
generator in a process of its own. Latency is from receipt to finality as the client sees it: from the instant an order fell due to the answer
that says it is final, and that answer is given after the write is durable. Works that take two steps (a quote and its deal, an order and its
release) count as one. Afterwards the server is stopped and `invariants.checked` reads its journal.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.rows import Row, row
from benchmarks.served import DEMO, READY, Server, serving
from benchmarks.workload.invariants import checked
from benchmarks.workload.tiers import RATE, Tier
from benchmarks.workload.world import SMALL, World, build
from huangpu.journal.sqlite import FILE_NAME

GROUP: Final = "workload"
UNIT: Final = "payments/s"
NUMBERS_A_RUN: Final = 10_000_000
FILES: Final = 16
FILES_QUICK: Final = 2
AIM_CLOSED: Final = "aim 4,000"
WORKS_OF_A_STEP: Final = 10_000


class Case(NamedTuple):
    """One run of the generator: its title, its options, its length in seconds (quick: the second), and what it aims at."""

    title: str
    options: tuple[str, ...]
    seconds: tuple[float, float]
    aim: str = ""


W3: Final = Case("W3, 500/s, screening on", ("--tier", "W3"), (60.0, 2.0), "aim p99 < 100 ms")
OPEN: Final = (
    Case("W1, five at once", ("--tier", "W1"), (8.0, 0.0), "aim p99 < 200 ms"),
    Case("W2, 1.5/s and bursts of 50/s", ("--tier", "W2"), (25.0, 0.0), "aim p99 < 200 ms"),
    Case("day shape, 43/s in the mean", ("--tier", "day"), (15.0, 0.0), "aim p99 < 200 ms"),
    Case("peak, 2,000/s", ("--tier", "peak", "--connections", "256"), (10.0, 0.0)),
)
CLOSED: Final = (
    Case("full mix, 64 connections", (), (8.0, 1.0), AIM_CLOSED),
    Case("full mix, 256 connections", ("--connections", "256"), (4.0, 0.0)),
    Case("full mix, 1,000 connections", ("--connections", "1000"), (4.0, 0.0)),
    Case("flat retail, 64 connections", ("--variant", "flat"), (4.0, 0.0)),
    Case(
        "one debtor account, 256 clients",
        ("--variant", "one-debtor", "--connections", "256"),
        (5.0, 1.0),
        AIM_CLOSED,
    ),
)
STORM: Final = Case(
    "status storm, 3 looks a payment, 64 connections", ("--variant", "storm"), (5.0, 1.0)
)


def run(*, quick: bool = False) -> list[Row]:
    """Build the world, measure every case, then hold the journal to the invariants."""
    with tempfile.TemporaryDirectory(prefix="huangpu-bench-") as name:
        bench = Bench(Path(name), SMALL if quick else World(), quick=quick)
        build(bench.folder, bench.world)
        rows: list[Row] = []
        with serving(DEMO, bench.folder, READY) as server:
            bench.server = server
            # Companies and counterparties of equal rank: nearly every name is screened before anything is measured.
            bench.measured(Case("warm-up", ("--variant", "flat"), (6.0, 0.5)))
            for case in CLOSED:
                rows += bench.rates(case)
            rows += bench.storm()
            rows.append(bench.files())
            rows += bench.latencies(W3)
            for case in OPEN:
                rows += bench.latencies(case)
        rows.append(bench.invariants())
    return rows


class Bench:
    """One data folder, one server, and what its clients were answered."""

    def __init__(self, place: Path, world: World, *, quick: bool) -> None:
        self.folder, self.world, self.quick = place / "centre", world, quick
        self.server = Server(0, 0, 0.0)
        self.answers: dict[str, int] = {}
        self._turn = 0
        self._base: float | None = None

    def measured(self, case: Case) -> dict[str, Any] | None:
        """Run the generator once; None where a quick run leaves the case out."""
        seconds = case.seconds[self.quick]
        if not seconds:
            return None
        self._turn += 1
        file = self.folder.parent / f"answers-{self._turn}"
        world = {name: getattr(self.world, name) for name in self.world.__struct_fields__}
        options = {
            "--port": self.server.port,
            "--seconds": seconds,
            "--first": self._turn * NUMBERS_A_RUN,
            "--world": json.dumps(world),
            "--answers": file,
        }
        arguments = [str(part) for pair in options.items() for part in pair]
        command = [sys.executable, "-m", "benchmarks.workload.client", *arguments, *case.options]
        used_s = self.server.processor_s()
        done = subprocess.run(command, check=False, capture_output=True, timeout=seconds + 180)
        used_s = self.server.processor_s() - used_s
        assert done.returncode == 0, done.stderr.decode()[-2_000:]
        found: dict[str, Any] = json.loads(done.stdout)
        assert not found["wrong"], found["wrongs"]
        assert found["ended"] == found["begun"], found
        found["processor_us"] = used_s / found["begun"] * 1e6
        for line in file.read_text().splitlines():
            command_id, status = line.split()
            known = self.answers.setdefault(command_id, int(status))
            assert known == int(status), f"{command_id}: {status} after {known}"
        return found

    def rates(self, case: Case) -> list[Row]:
        """Give the rate of a closed loop, beside that of the first one; its latencies are in the note."""
        found = self.measured(case)
        if found is None:
            return []
        title = f"closed loop, {case.title}"
        note = f"{case.aim}; " if case.aim else ""
        if self._base is None:
            self._base = found["rate"]
        return [row(GROUP, title, found["rate"], UNIT, self._base, note + _times(found))]

    def storm(self) -> list[Row]:
        """Give the rates of payments and of looks under a storm of status queries."""
        found = self.measured(STORM)
        assert found is not None
        looks = found["looks"] / found["seconds"]
        note = f"looks p50 {found['looks_p50_ms']:.1f} ms, p99 {found['looks_p99_ms']:.1f} ms"
        title = f"closed loop, {STORM.title}"
        return [
            row(GROUP, title, found["rate"], UNIT, self._base, _times(found)),
            row(GROUP, f"{title}: looks", looks, "looks/s", None, note),
        ]

    def files(self) -> Row:
        """Give the rate of pain.001 files of 1,000 transactions over HTTP, each answered by its pain.002."""
        count = FILES_QUICK if self.quick else FILES
        options = ["--port", str(self.server.port), "--count", str(count)]
        command = [sys.executable, "-m", "benchmarks.workload.files", *options]
        done = subprocess.run(command, check=False, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr.decode()[-2_000:]
        found: dict[str, Any] = json.loads(done.stdout)
        note = (
            f"aim 8,000; {found['transactions']:,} settled and answered one by one in pain.002, {found['bytes'] / 1e6:.1f} MB a file, "
            f"slowest file {found['slowest_s'] * 1e3:.0f} ms"
        )
        title = "pain.001 files of 1,000 transactions over HTTP"
        return row(GROUP, title, found["rate"], "transactions/s", None, note)

    def latencies(self, case: Case) -> list[Row]:
        """Give the latencies of an open loop, and for W3 the memory that its entries took."""
        watch = _Memory(self.server, self.folder)
        if case is W3:
            watch.start()
        found = self.measured(case)
        watch.stop()
        if found is None:
            return []
        title = f"open loop, {case.title}"
        what = f"from the instant due; {found['final']:,} final, {found['rate']:.0f}/s"
        rows = [
            row(GROUP, f"{title}, {name}", found[key], "ms", found["p50_ms"], what + aim)
            for name, key, aim in (
                ("p50", "p50_ms", ""),
                ("p95", "p95_ms", ""),
                ("p99", "p99_ms", f"; {case.aim}" if case.aim else ""),
                ("p99.9", "p999_ms", ""),
                ("worst", "p100_ms", ""),
            )
        ]
        return [*rows, *watch.rows()] if case is W3 else rows

    def invariants(self) -> Row:
        """Hold the stopped server's journal to the invariants; give the rate of reading it."""
        begun_s = time.perf_counter()
        found = checked(self.folder, self.answers)
        seconds = time.perf_counter() - begun_s
        size = (self.folder / FILE_NAME).stat().st_size
        note = (
            f"{found.settled:,} payments settled, each once; {found.waiting:,} waits; {found.chains:,} chains, no available balance "
            f"below zero, sums zero; {len(self.answers):,} answers = {found.accepted:,} accepted + {found.refused:,} refused + "
            f"malformed; 0 differences in the audit; {size / found.entries:,.0f} bytes an entry on disk"
        )
        title = "invariants of the journal afterwards"
        return row(GROUP, title, found.entries / seconds, "entries/s", None, note)


class _Memory:
    """Watches what the server occupies while entries come in."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server, self._journal = server, folder / FILE_NAME
        self._seen: list[tuple[float, int, int]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to look, once a second."""
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            size = self._journal.stat().st_size
            self._seen.append((time.perf_counter(), self._server.resident_bytes(), size))

    def rows(self) -> list[Row]:
        """Give what 10^4 works took in memory, beside what they took in the journal."""
        if len(self._seen) < 10:
            return []
        middle = len(self._seen) // 2
        resident, journal = self._grown(self._seen)
        first, second = (
            self._grown(part)[0] for part in (self._seen[:middle], self._seen[middle:])
        )
        last = self._seen[-1][1] / 1e6
        note = (
            f"baseline: what the journal grew; first half {first:.1f}, second half {second:.1f} MB; "
            f"{last:,.0f} MB resident at the end"
        )
        return [row(GROUP, "memory for 10^4 works of W3", resident, "MB", journal, note)]

    @staticmethod
    def _grown(seen: list[tuple[float, int, int]]) -> tuple[float, float]:
        """Return how much memory and journal grew for 10^4 works. Units: MB."""
        (start_s, resident, size), (end_s, resident_then, size_then) = seen[0], seen[-1]
        works = (end_s - start_s) * RATE[Tier.W3]
        step = WORKS_OF_A_STEP / 1e6 / works
        return (resident_then - resident) * step, (size_then - size) * step


def _times(found: dict[str, Any]) -> str:
    names = (("p50", "p50_ms"), ("p95", "p95_ms"), ("p99", "p99_ms"), ("p99.9", "p999_ms"))
    times = ", ".join(f"{name} {found[key]:.1f}" for name, key in names)
    return f"{times}, worst {found['p100_ms']:.0f} ms; {found['final']:,} final; {found['processor_us']:.0f} us of the server's processor a work"
