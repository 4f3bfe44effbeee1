"""Every rule row set to its extremes by the regulator: the centre lives on, whatever the row says.

Each value is adopted as a dated row of the type it replaces; then a trading day opens, all venues trade, and the day closes.
"""

import datetime
import os

import pytest
from tests.support.centre import accepted, refused, send
from tests.support.market import market, played
from tests.support.reinsurance import by, ordered, slip
from tests.support.reinsurance import market as exchange

from huangpu.app import load_rules
from huangpu.core.calendar import instant_us
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import TIME_OF_DAY, Row, RowValue
from huangpu.engine.writer import Engine
from huangpu.registry.charter import AdoptRules, Tick
from huangpu.venues.reinsurance.placement.lines import WriteLine
from huangpu.venues.reinsurance.placement.signing import SignDown

TIMES: list[RowValue] = ["00:00", "24:00"]
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
TUESDAY = datetime.date(2026, 11, 24)
LATER = (datetime.date(2026, 11, 25), datetime.date(2027, 12, 25), datetime.date(2031, 1, 2))


def extremes(value: RowValue) -> list[RowValue]:
    """Give the values of the same type that a careless row could hold."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [0, 1, 10**9, 2**63 - 1] if DEEP else [0, 2**63 - 1]
    return ["", "zzz"] if isinstance(value, str) else [[], ["zzz"]]


def adopt(engine: Engine, name: str, value: RowValue) -> None:
    """Lay one row over the book from Tuesday on."""
    unit = engine.centre.rules[name].rows[-1].unit
    row = Row(name, TUESDAY, value, unit, "a careless proposal")
    accepted(send(engine, "operator", AdoptRules(rows=[row])))


def cases() -> list[tuple[str, RowValue]]:
    """List each rule but the matrix cells of other classes and the roles, which only take permissions away."""
    return [
        (rule.name, value)
        for rule in load_rules()
        if not rule.name.startswith("role.")
        and (
            not rule.name.startswith("transfer.")
            or rule.name.startswith("transfer.FTE" if DEEP else "transfer.FTE.FTE")
        )
        for value in (
            TIMES if rule.rows[-1].unit.startswith(TIME_OF_DAY) else extremes(rule.rows[-1].value)
        )
    ]


def test_a_time_of_day_is_one() -> None:
    engine = market()
    name = "offshore.queue.until"
    unit = engine.centre.rules[name].rows[-1].unit
    for value in ("", "zzz", "24:01", "9:00", "17:60"):
        row = Row(name, TUESDAY, value, unit, "a careless proposal")
        answer = refused(send(engine, "operator", AdoptRules(rows=[row])))
        assert answer.reason is Reason.RULE_ROW_REJECTED
        assert "from 00:00 to 24:00" in answer.detail


def test_the_centre_lives_on_under_any_row() -> None:
    for name, value in cases():
        engine = market()
        adopt(engine, name, value)
        for hour, minute in ((9, 15), (9, 31)):
            send(engine, "clock", Tick(), at_us=instant_us(TUESDAY, hour, minute))
        played(engine, list(range(45, 60)))
        send(engine, "clock", Tick(), at_us=instant_us(TUESDAY, 15, 30))
        for date in LATER:
            send(engine, "clock", Tick(), at_us=instant_us(date, 9, 31))
        assert not any(engine.centre.ledger.totals().values()), name


@pytest.mark.parametrize(
    ("name", "order", "line"),
    [
        ("reinsurance.order_micro_percent_min", 0, 0),
        ("reinsurance.line_micro_percent_min", 100, 0),
    ],
)
def test_a_minimum_of_nothing_still_asks_for_something(name: str, order: int, line: int) -> None:
    engine = exchange()
    adopt(engine, name, 0)
    at_us = instant_us(TUESDAY, 10)
    send(engine, "clock", Tick(), at_us=at_us)
    engine._clock_us = lambda: at_us
    placed = by(engine, "BRK", slip("S0", order_micro_percent=order))
    if order == 0:
        assert placed.outcome.reason == "FIELD_OUT_OF_RANGE"  # type: ignore[union-attr]
        return
    ordered(engine, slip("S1"))
    answer = by(engine, "RE1", WriteLine(slip_id="S1", written_micro_percent=line))
    assert answer.outcome.reason == "LINE_OUT_OF_RANGE"  # type: ignore[union-attr]
    by(engine, "BRK", SignDown(slip_id="S1"))
