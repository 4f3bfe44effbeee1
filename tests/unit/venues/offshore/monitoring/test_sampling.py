"""The draw can be repeated by anybody, cannot be chosen by the sender, and hits as often as grade and marks say."""

import datetime

import pytest
from tests.support.centre import accepted, send
from tests.support.monitoring import books, day_us, lay, monitored_engine
from tests.support.offshore import book_order, instruct, overseas_order, uetr

from huangpu.core.message import Stamp
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.monitoring.books import Grade, GradeStep
from huangpu.venues.offshore.monitoring.sampling import decision, draw, marks
from huangpu.venues.offshore.orders import PaymentOrder
from huangpu.venues.offshore.payments.draft import Draft

MONDAY = datetime.date(2026, 11, 23)


def stamp(seq: int) -> Stamp:
    return Stamp(seq, day_us(0), MONDAY, "otc1-treasurer", "OTC1")


def known_engine() -> Engine:
    """Return an engine where OTC1 has paid the supplier of scenario 2 before."""
    engine = monitored_engine()
    accepted(send(engine, "otc1-treasurer", instruct(overseas_order(1_00))))
    return engine


def decide(engine: Engine, order: PaymentOrder, seq: int) -> tuple[str, int]:
    room = engine.centre.offshore
    draft = Draft(room, engine.centre.rules, stamp(seq), sender="OTC1", bank="BK1", message_id="M")
    debtor = room.registry.cash_accounts[order.debtor_account]
    return decision(draft, order, debtor, Line.FIRST)


def grade(engine: Engine, given: Grade) -> None:
    books(engine).grades["OTC1"] = [GradeStep(0, given, "bk1-maker", "test")]


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        (Grade.A, 430, 570),
        (Grade.B, 900, 1_100),
        (Grade.C, 2_850, 3_150),
        (Grade.D, 10_000, 10_000),
    ],
)
def test_ten_thousand_payments_are_sampled_at_the_rate_of_the_grade(
    given: Grade, low: int, high: int
) -> None:
    engine = known_engine()
    grade(engine, given)
    causes = [
        decide(engine, overseas_order(1_01, uetr=uetr(n)), 7_000 + n)[0] for n in range(10_000)
    ]
    assert low <= len(causes) - causes.count("PASSED") <= high
    assert "FIRST_PAYMENT" not in causes
    again = [decide(engine, overseas_order(1_01, uetr=uetr(n)), 7_000 + n)[0] for n in range(100)]
    assert again == causes[:100]


def test_the_same_uetr_draws_anew_in_another_entry() -> None:
    draws = {draw(uetr(1), stamp(seq)) for seq in range(1_000)}
    assert len(draws) > 900
    assert all(0 <= found < 10_000 for found in draws)


def test_the_cause_is_that_of_the_narrowest_share_that_was_drawn() -> None:
    engine = known_engine()
    risky = [
        decide(engine, overseas_order(1_01, uetr=uetr(n), creditor_country="IR"), n)
        for n in range(2_000)
    ]
    for cause, drawn in risky:
        assert cause == ("RATE" if drawn < 500 else "RISK" if drawn < 5_500 else "PASSED")


def test_a_mark_of_the_whole_makes_a_check_certain_and_no_rate_makes_none() -> None:
    engine = known_engine()
    lay(engine, {"offshore.sampling.rate": 0})
    assert {decide(engine, overseas_order(1_01), n)[0] for n in range(500)} == {"PASSED"}
    lay(engine, {"offshore.sampling.weight.country": 10_000})
    risky = overseas_order(1_01, creditor_country="KP")
    assert {decide(engine, risky, n)[0] for n in range(500)} == {"RISK"}


@pytest.mark.parametrize(
    ("amount", "changes", "expected"),
    [
        (1_01, {}, []),
        (14_084_507_05, {}, ["amount"]),
        (14_084_507_04, {}, []),
        (1_01, {"creditor_country": "MM"}, ["country"]),
        (1_01, {"trade_type": "PROJECT_BUY"}, ["new_trade_type"]),
        (141_000_00, {}, ["round_amount"]),
        (140_000_00, {}, []),
        (141_000_01, {}, []),
    ],
)
def test_marks_of_risk(amount: int, changes: dict[str, str], expected: list[str]) -> None:
    engine = known_engine()
    order = overseas_order(amount, **changes)
    debtor = engine.centre.registry.cash_accounts["FTE-OTC1"]
    room, rules = engine.centre.offshore, engine.centre.rules
    assert marks(room, rules, MONDAY, order, debtor) == expected
    grade(engine, Grade.C)
    assert "grade" in marks(room, rules, MONDAY, order, debtor)


def test_the_country_of_an_account_kept_here_cannot_be_written_by_the_sender() -> None:
    engine = known_engine()
    lay(engine, {"offshore.sampling.countries": ["SG"]})
    order = book_order("FTN-SUP1", 1_01, creditor_country="HK")
    debtor = engine.centre.registry.cash_accounts["FTE-OTC1"]
    found = marks(engine.centre.offshore, engine.centre.rules, MONDAY, order, debtor)
    assert found == ["country"]
