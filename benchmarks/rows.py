"""The rows of the benchmark table, and the clock that all groups measure with.

A row is a plain dict, so that a group needs nothing but this module and JSON takes it as it is. A ratio is value by baseline of the same
run: for rates more is better, for times less.
"""

import gc
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

Row = dict[str, str | int | float | None]
Work = Callable[[], object]

FSYNCS: Final = 200


class Case(NamedTuple):
    """One thing to measure: how it is called in the table, and one run of it that gives a rate."""

    name: str
    once: Callable[[], float]


def row(
    group: str, name: str, value: float | None, unit: str, baseline: float | None, note: str
) -> Row:
    """Build one row; the ratio follows from value and baseline."""
    ratio = None if value is None or not baseline else _rounded(value / baseline)
    return {
        "group": group,
        "name": name,
        "value": None if value is None else _rounded(value),
        "unit": unit,
        "baseline": None if baseline is None else _rounded(baseline),
        "ratio": ratio,
        "note": note,
    }


def _rounded(value: float) -> int | float:
    """Keep three or four digits that count."""
    if abs(value) >= 100:
        return round(value)
    return round(value, 3 if abs(value) < 10 else 2)


def clocked(work: Work) -> float:
    """Give the seconds of one call, with the garbage collector as a server has it."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(cases: Sequence[Case], runs: int) -> dict[str, list[float]]:
    """Run the cases in turn, `runs` times each, so that a slow spell of the machine falls on all of them."""
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    for _ in range(runs):
        for case in cases:
            found[case.name].append(case.once())
    return found


def spread(rates: Sequence[float]) -> str:
    """Tell the median and the slowest beside the best, which is the row's value."""
    if len(rates) < 2:
        return "one run"
    median, least = statistics.median(rates), min(rates)
    return f"best of {len(rates)}; median {_rounded(median):,}, least {_rounded(least):,}"


def fsync_us_p50(folder: Path) -> float:
    """Give the median time of one append of 4 KiB with fdatasync on the disk of a folder.

    Units: microseconds.
    """
    path = folder / "fsync-probe"
    times = []
    page = bytes(4096)
    with path.open("wb") as file:
        for _ in range(FSYNCS):
            start = time.perf_counter()
            file.write(page)
            file.flush()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - start)
    path.unlink()
    return statistics.median(times) * 1e6
