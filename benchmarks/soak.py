"""`./dev bench soak`: 110,000 works of the full mix, of which more than 100,000 are payments that settle, through a server that is killed by SIGKILL at drawn moments; not part of a plain run.

How and what is checked: `workload/soak.py`. A failure of any check fails the group; the rows only say how long things took.
"""

import statistics
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.rows import Row, row
from benchmarks.workload.soak import soak
from benchmarks.workload.world import SMALL, World

GROUP: Final = "soak"
WORKS: Final = 110_000
KILLS: Final = 24
WORKS_QUICK: Final = 5_000
KILLS_QUICK: Final = 4


def run(*, quick: bool = False) -> list[Row]:
    """Soak, and tell what happened."""
    count, kills = (WORKS_QUICK, KILLS_QUICK) if quick else (WORKS, KILLS)
    with tempfile.TemporaryDirectory(prefix="huangpu-bench-") as name:
        found = soak(Path(name) / "centre", SMALL if quick else World(), count=count, kills=kills)
    held = found.found
    note = (
        f"{kills} kills; {found.cut_off:,} works cut off and taken up again; {held.settled:,} payments settled, each once; {held.waiting:,} "
        f"waits; {held.chains:,} chains, no available balance below zero, sums zero; 0 differences in the audit"
    )
    again = (
        f"{found.repeated:,} commands sent once more in the end, every answer equal to the first, byte for byte; "
        f"{held.accepted:,} accepted and {held.refused:,} refused, all of them journaled, nothing else"
    )
    slowest = max(found.recovery_s)
    middle = statistics.median(found.recovery_s)
    back = f"from the start of the process to its first answer; median {middle:.1f} s; aim < 60 s"
    return [
        row(GROUP, f"{count:,} works under SIGKILL", count / found.seconds, "works/s", None, note),
        row(GROUP, "answers asked for again", found.repeated, "commands", None, again),
        row(GROUP, "slowest start after a kill", slowest, "s", None, back),
    ]
