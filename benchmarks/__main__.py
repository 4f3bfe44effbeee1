"""`./dev bench [names] [--quick]`: run the groups one after the other, print one table, write one JSON file.

Each group runs in a process of its own, so that neither the heap nor the compiled code of one bears on the next, and a group that fails
does not take the others with it. Progress goes to stderr, the table to stdout, everything to `benchmarks/results/latest.json`.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.machine import Facts, Neighbours, facts
from benchmarks.rows import Row

GROUPS: Final = (
    "order_book",
    "ledger",
    "gridlock",
    "screening",
    "engine",
    "rest",
    "iso",
    "restart",
    "workload",
)
ON_REQUEST: Final = ("soak",)
"""Groups that run for minutes, and only when they are named."""
RESULTS: Final = Path(__file__).resolve().parent / "results" / "latest.json"
GROUP_S_MAX: Final = 300
LONGER_S_MAX: Final = {"workload": 900, "soak": 3_600}
QUIET_CORES: Final = 0.2
"""Other programs may keep this much of the processors busy before a group's figures are called noisy."""
_err = Console(stderr=True)


def main() -> int:
    """Run what is asked for; the exit code is 1 when a group failed."""
    known = ", ".join((*GROUPS, *ON_REQUEST))
    parser = argparse.ArgumentParser(prog="./dev bench", description=(__doc__ or "").strip())
    parser.add_argument("names", nargs="*", metavar="name", help=f"of: {known}")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", action="store_true", help="print the JSON instead of the table")
    parser.add_argument("--rows-to", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in (*GROUPS, *ON_REQUEST)]
    if unknown:
        parser.error(f"no group {unknown[0]}; there are {known}")
    if given.rows_to is not None:
        rows = importlib.import_module(f"benchmarks.{given.names[0]}").run(quick=given.quick)
        given.rows_to.write_text(json.dumps(rows))
        return 0
    return _all(given.names or list(GROUPS), quick=given.quick, as_json=given.json)


def _all(names: list[str], *, quick: bool, as_json: bool) -> int:
    """Run the groups in turn, then print and keep what they gave."""
    machine = facts()
    _err.print(f"{machine['cpu']}, {machine['cores']} cores, fsync {machine['fsync_us_p50']} us")
    rows: list[Row] = []
    failed = []
    groups: dict[str, dict[str, float]] = {}
    for name in names:
        _err.print(f"[bold]{name}[/bold] …")
        start, neighbours = time.perf_counter(), Neighbours()
        found = _in_process(name, quick=quick)
        seconds, others = time.perf_counter() - start, neighbours.cores()
        groups[name] = {"seconds": round(seconds, 1), "others_cores": others}
        how = "failed" if found is None else "done"
        _err.print(f"[bold]{name}[/bold] {how} in {seconds:.0f} s; {_noise(others)}")
        if found is None:
            failed.append(name)
        rows += found or []
    report = {"machine": machine, "quick": quick, "failed": failed, "groups": groups, "rows": rows}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    if as_json:
        print(RESULTS.read_text(), end="")
    else:
        _print(machine, groups, rows)
    _err.print(f"written to {RESULTS}")
    return 1 if failed else 0


def _in_process(name: str, *, quick: bool) -> list[Row] | None:
    """Run one group in a process of its own; None when it failed, with its words on stderr."""
    with tempfile.TemporaryDirectory(prefix="huangpu-bench-") as folder:
        file = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "benchmarks", name, "--rows-to", str(file)]
        if quick:
            command.append("--quick")
        seconds_max = LONGER_S_MAX.get(name, GROUP_S_MAX)
        try:
            done = subprocess.run(command, check=False, timeout=seconds_max, env=dict(os.environ))
        except subprocess.TimeoutExpired:
            _err.print(f"[bold]{name}[/bold] took more than {seconds_max} s")
            return None
        if done.returncode != 0 or not file.exists():
            return None
        rows: list[Row] = json.loads(file.read_text())
        return rows


def _noise(others: float) -> str:
    """Say how far other programs were in the way."""
    verdict = "quiet" if others < QUIET_CORES else "[bold red]NOISY: run it again[/bold red]"
    return f"other programs used {others:.2f} cores: {verdict}"


def _print(machine: Facts, groups: dict[str, dict[str, float]], rows: list[Row]) -> None:
    """Print the one table; on a narrow terminal or in a file the notes are the first to fold."""
    out = Console()
    out = out if out.is_terminal else Console(width=200)
    table = Table(title="ratio = value by baseline of this run; rates: more is better, times: less")
    table.add_column("what", overflow="fold", ratio=4)
    for name in ("value", "baseline", "ratio"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    table.add_column("note", overflow="fold", ratio=5)
    group = ""
    for each in rows:
        if each["group"] != group:
            group = str(each["group"])
            table.add_section()
            noise = _noise(groups[group]["others_cores"])
            table.add_row(f"[bold]{group}[/bold]", "", "", "", "", noise)
        cells = [_cell(each[name]) for name in ("value", "baseline", "ratio")]
        table.add_row(str(each["name"]), *cells, str(each["unit"]), str(each["note"]))
    out.print(table)
    out.print(", ".join(f"{key} {value}" for key, value in machine.items()))


def _cell(value: str | float | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:,}"


if __name__ == "__main__":
    sys.exit(main())
