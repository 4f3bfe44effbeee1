"""Payments of every kind while the centre is killed: one posting a UETR, no balance below zero, and every answer the same again.

The long run is `./dev bench soak`.
"""

from pathlib import Path

import pytest
from benchmarks.workload.soak import soak
from benchmarks.workload.world import SMALL

WORKS = 3_000
KILLS = 3


@pytest.mark.slow
def test_payments_survive_kills_once_and_with_the_same_answers(tmp_path: Path) -> None:
    soaked = soak(tmp_path / "centre", SMALL, count=WORKS, kills=KILLS)
    assert soaked.works == WORKS
    assert soaked.cut_off > 0
    assert len(soaked.recovery_s) == KILLS + 1
    assert soaked.repeated > WORKS
    assert soaked.found.settled > WORKS * 8 // 10
