"""Payments of every kind while the centre is killed: one posting a UETR, no balance below zero, and every answer the same again.

The long run is `./dev bench soak`.
"""

from collections import Counter
from pathlib import Path

import pytest
from benchmarks.workload.invariants import PlainLedger, checked
from benchmarks.workload.mix import SHARES, Kind, works
from benchmarks.workload.soak import soak
from benchmarks.workload.world import SMALL, build, company_of

from huangpu.app import open_centre
from huangpu.config import Settings
from huangpu.engine import CODEC, Submission
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.transfers import Leg, LegKind

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


def test_the_check_notices_an_answer_that_is_not_journaled(tmp_path: Path) -> None:
    build(tmp_path, SMALL)
    assert checked(tmp_path, {}).settled == 0
    with pytest.raises(AssertionError, match=r"answered, not journaled: .*w-1-o"):
        checked(tmp_path, {"w-1-o": 200})


def test_the_check_notices_a_command_whose_answer_nobody_was_given(tmp_path: Path) -> None:
    build(tmp_path, SMALL)
    engine = open_centre(Settings(data=tmp_path, sandbox=True), lambda: 0)
    work = next(work for work in works(SMALL, 0, 100) if work.kind is Kind.OUTWARD)
    step = work.steps[0]
    command = CODEC.command_from_json(step.body)
    engine.step([Submission(step.person, step.id, command)])
    engine.store.close()
    assert checked(tmp_path, {step.id: 200}).settled == 1
    with pytest.raises(AssertionError, match="journaled, not answered"):
        checked(tmp_path, {})
    with pytest.raises(AssertionError, match="answered otherwise than journaled"):
        checked(tmp_path, {step.id: 422})


def test_the_plain_ledger_notices_an_overdraft_and_a_hold_spent_twice() -> None:
    ledger = PlainLedger()
    for code, floor in (("A", 0), ("B", None)):
        account = Account(
            code=code,
            holder="H",
            asset="CNY",
            unit="U",
            kind="TEST",
            normal=Side.CREDIT,
            booked_min=floor,
        )
        ledger.open(account)
    ledger.post([Leg(LegKind.TRANSFER, 1, 0, 100), Leg(LegKind.HOLD, 0, 1, 60)])
    with pytest.raises(AssertionError, match="A: available -1"):
        ledger.post([Leg(LegKind.TRANSFER, 0, 1, 41)])
    ledger = PlainLedger()
    ledger.open(account)
    ledger.open(account)
    ledger.post([Leg(LegKind.HOLD, 0, 1, 60), Leg(LegKind.POST, 0, 1, 60, 0)])
    with pytest.raises(KeyError):
        ledger.post([Leg(LegKind.POST, 0, 1, 60, 0)])


def test_the_mix_is_the_same_for_the_same_seed_and_has_the_shares_of_section_f() -> None:
    drawn = list(works(SMALL, 0, 20_000))
    assert drawn[:500] == list(works(SMALL, 0, 20_000))[:500]
    counts = Counter(work.kind for work in drawn)
    for kind, share in SHARES.items():
        expected = 20_000 * share // 10_000
        assert abs(counts[kind] - expected) < 5 * expected**0.5, kind
    hot = sum(f'"FT-{company_of(0)}"'.encode() in work.steps[0].body for work in drawn)
    assert 0.22 < hot / len(drawn) < 0.30
