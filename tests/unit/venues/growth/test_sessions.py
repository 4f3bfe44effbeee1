"""The trading day: opening, phases, closing, test sessions."""

import datetime

import pytest
from tests.support import growth as market
from tests.support.centre import accepted, refused, send

from huangpu.core.message import Event
from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.venues.growth.day import OrderStatus, Phase
from huangpu.venues.growth.sessions import (
    CloseTestSession,
    OpenTestSession,
    PhaseChanged,
    TradingDayClosed,
    TradingDayOpened,
)

TUESDAY = market.MONDAY + datetime.timedelta(days=1)


def events_of(engine: Engine, at_us: int) -> list[type[Event]]:
    outcome = market.tick(engine, at_us).outcome
    assert isinstance(outcome, list)
    return [type(event) for event in outcome[1:]]


def phase(engine: Engine) -> Phase:
    day = engine.centre.growth.books.day
    assert day is not None
    return day.phase


def test_a_day_runs_through_its_phases_once() -> None:
    engine = market.small_market(opened=False)
    seen: list[tuple[int, int, Phase]] = []
    for minute in range(9 * 60, 15 * 60 + 30):
        if events_of(engine, market.clock(minute // 60, minute % 60)):
            seen.append((minute // 60, minute % 60, phase(engine)))
    assert seen == [
        (9, 15, Phase.OPENING_CALL),
        (9, 25, Phase.OPENING_GAP),
        (9, 30, Phase.CONTINUOUS),
        (11, 30, Phase.BREAK),
        (13, 0, Phase.CONTINUOUS),
        (14, 57, Phase.CLOSING_CALL),
        (15, 0, Phase.CLOSED),
    ]


@pytest.mark.parametrize(
    "day",
    [datetime.date(2026, 11, 28), datetime.date(2026, 11, 29)],
    ids=("Saturday", "Sunday"),
)
def test_no_day_opens_at_the_weekend(day: datetime.date) -> None:
    engine = market.small_market(opened=False)
    assert events_of(engine, market.clock(10, 0, day=day)) == []


def test_a_day_does_not_open_after_its_close() -> None:
    engine = market.small_market(opened=False)
    assert events_of(engine, market.clock(15, 0)) == []
    assert engine.centre.growth.books.day is None


def test_an_order_counts_by_its_own_instant_not_by_the_last_tick() -> None:
    engine = market.small_market()
    late = market.place(
        engine, market.ALPHA, "A1", market.BUY, 200, 2000, at_us=market.clock(11, 30)
    )
    found = refused(late)
    assert found.reason is Reason.SESSION_CLOSED
    assert found.detail == "11:30:00 is BREAK, permitted in CONTINUOUS"
    assert found.rule == "session.order_phases"


def test_at_the_close_orders_lapse_and_holds_are_released() -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 200, 2000))
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 300, 2100))
    ledger = engine.centre.ledger
    assert sum(ledger.held(number) for number in range(ledger.account_count())) > 0
    market.tick(engine, market.clock(15, 0))
    assert sum(ledger.held(number) for number in range(ledger.account_count())) == 0
    orders = engine.centre.growth.books.orders
    assert [order.status for order in orders] == [OrderStatus.LAPSED] * 2
    assert engine.centre.growth.order_books.orders_open() == 0


def test_a_day_without_a_last_tick_is_closed_by_the_next_morning() -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 200, 2100))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 200, 2100))
    happened = events_of(engine, market.clock(10, 0, day=TUESDAY))
    assert happened == [TradingDayClosed, TradingDayOpened]
    line = engine.centre.growth.books.lines[market.OLD_SHARE]
    assert line.previous_close_fen == 2100
    assert (line.limit_down_fen, line.limit_up_fen) == (1680, 2520)
    assert phase(engine) is Phase.CONTINUOUS


def test_a_test_session_trades_at_night_and_leaves_the_next_day_alone() -> None:
    engine = market.small_market()
    market.tick(engine, market.clock(15, 0))
    accepted(send(engine, "operator", OpenTestSession(), at_us=market.clock(21, 0)))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 200, 2000))
    assert events_of(engine, market.clock(21, 1)) == []
    again = refused(send(engine, "operator", OpenTestSession()))
    assert again.reason is Reason.SESSION_STATE_WRONG
    accepted(send(engine, "operator", CloseTestSession()))
    closed = refused(send(engine, "operator", CloseTestSession()))
    assert closed.detail == "no test session is open"
    assert events_of(engine, market.clock(9, 15, day=TUESDAY)) == [TradingDayOpened]


def test_an_open_test_session_gives_way_to_the_next_date() -> None:
    engine = market.small_market()
    market.tick(engine, market.clock(15, 0))
    accepted(send(engine, "operator", OpenTestSession(), at_us=market.clock(21, 0)))
    happened = events_of(engine, market.clock(9, 30, day=TUESDAY))
    assert happened == [TradingDayClosed, TradingDayOpened]
    assert events_of(engine, market.clock(11, 30, day=TUESDAY)) == [PhaseChanged]


def test_shares_bought_in_a_test_session_of_the_same_date_stay_locked() -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 300, 2000))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 300, 2000))
    market.tick(engine, market.clock(15, 0))
    accepted(send(engine, "operator", OpenTestSession(), at_us=market.clock(21, 0)))
    assert sum(engine.centre.growth.books.bought.values()) == 300
    market.tick(engine, market.clock(9, 30, day=TUESDAY))
    assert engine.centre.growth.books.bought == {}


def test_only_a_sandbox_has_test_sessions() -> None:
    engine = market.small_market()
    market.tick(engine, market.clock(15, 0))
    engine.centre.registry.charter.sandbox = False
    found = refused(send(engine, "operator", OpenTestSession()))
    assert found.detail == "test sessions are for a sandbox"
