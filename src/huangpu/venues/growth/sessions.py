"""The trading day: when it opens, which phase the Shanghai clock gives, what it opens with and how it closes.

A day opens at the first tick of a business day at or after the first time of the session table and before the last; it closes at
the first tick at or after the last. Ticks only announce phases: whether an order may enter is read from the order's own instant, so
that a late tick moves nobody's bell. In a sandbox the operator may open a test session at any hour.
"""

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from huangpu.core.calendar import clock_text, is_business_day
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import Rounding, divided
from huangpu.ledger.events import LegsPosted
from huangpu.venues.growth.clearing import release_leg
from huangpu.venues.growth.day import (
    DayLine,
    OrderStatus,
    Phase,
    TradingDay,
    price_limits,
)
from huangpu.venues.growth.order_book.layout import LEVELS_MAX

if TYPE_CHECKING:
    from huangpu.venues.growth.state import Growth

PHASES: Final = {str(phase): phase for phase in Phase}
POLICY: Final = "huangpu policy 61"


class OpenTestSession(Command, frozen=True):
    """Open a trading day in continuous trading at once, in a sandbox, at any hour."""


class CloseTestSession(Command, frozen=True):
    """Close the test session, as a trading day is closed."""


class TradingDayOpened(Event, frozen=True):
    """The day has its lines; `new_date` tells that shares bought before can be sold from now on."""

    day: TradingDay
    lines: list[DayLine]
    new_date: bool


class PhaseChanged(Event, frozen=True):
    """The day is in another phase."""

    day: TradingDay


class TradingDayClosed(Event, frozen=True):
    """The day is over: what rested has lapsed, and every share has its close.

    Units: closes_fen in fen a share by code.
    """

    day: TradingDay
    lapsed: list[int]
    closes_fen: dict[str, int]


def clock_phase(rules: RuleBook, stamp: Stamp) -> Phase:
    """Return the phase that the session table gives for the instant of an entry.

    Rule: C1. Reading: a phase holds from its time, inclusive, to the next, exclusive.
    """
    clock = clock_text(stamp.at_us)[:5]
    for text in reversed(rules["session.phases"].at(stamp.date).texts):
        if clock >= text[:5]:
            return PHASES.get(text[6:], Phase.CLOSED)
    return Phase.CLOSED


def session_refusal(
    room: "Growth", rules: RuleBook, permitted: str, stamp: Stamp
) -> Rejected | None:
    """Refuse an act outside the phases that a row permits it in.

    Rule: C1; in a test session every instant of its date is continuous trading.
    Rejects: SESSION_CLOSED.
    """
    row = rules[permitted].at(stamp.date)
    day = room.books.day
    if day is None or day.phase is Phase.CLOSED or day.date != stamp.date:
        detail = f"{clock_text(stamp.at_us)}: no trading day is open"
        return Rejected(Reason.SESSION_CLOSED, detail, row.cite, rule=row.rule)
    phase = day.phase if day.test else clock_phase(rules, stamp)
    if phase in row.texts:
        return None
    detail = f"{clock_text(stamp.at_us)} is {phase}, permitted in {', '.join(row.texts)}"
    return Rejected(Reason.SESSION_CLOSED, detail, row.cite, rule=row.rule)


def on_tick(room: "Growth", rules: RuleBook, stamp: Stamp) -> list[Event]:
    """Open, advance or close the trading day as the clock demands.

    Rule: C1. Reading: a day whose ticks stopped is closed by the first tick after it.
    """
    day = room.books.day
    events: list[Event] = []
    closes_fen = room.books.closes_fen
    phase = clock_phase(rules, stamp)
    if day is not None and day.phase is not Phase.CLOSED:
        if day.date == stamp.date and (day.test or phase is not Phase.CLOSED):
            return _phase_changed(day, phase)
        closing, closed = _close(room, rules, day)
        events.extend(closing)
        closes_fen = {**closes_fen, **closed.closes_fen}
    if phase is Phase.CLOSED or not is_business_day(rules, stamp.date):
        return events
    if day is None or day.date < stamp.date or day.test:
        opened = TradingDay(date=stamp.date, phase=phase, test=False)
        events.append(_open(room, rules, opened, closes_fen))
    return events


def _phase_changed(day: TradingDay, phase: Phase) -> list[Event]:
    if day.test or phase is day.phase:
        return []
    return [PhaseChanged(day=TradingDay(date=day.date, phase=phase, test=False))]


def open_test_session(
    room: "Growth", rules: RuleBook, command: OpenTestSession, stamp: Stamp
) -> Decision:
    """Open a test session in a sandbox.

    Rule: huangpu policy 61.
    Rejects: SESSION_STATE_WRONG.
    """
    day = room.books.day
    row = rules["session.test"].at(stamp.date)
    if not (room.registry.charter.sandbox and row.flag):
        detail = "test sessions are for a sandbox"
        return Rejected(Reason.SESSION_STATE_WRONG, detail, row.cite, rule=row.rule)
    if day is not None and day.phase is not Phase.CLOSED:
        detail = f"the trading day {day.date} is {day.phase}"
        return Rejected(Reason.SESSION_STATE_WRONG, detail, row.cite, rule=row.rule)
    opened = TradingDay(date=stamp.date, phase=Phase.CONTINUOUS, test=True)
    return [_open(room, rules, opened, room.books.closes_fen)]


def close_test_session(
    room: "Growth", rules: RuleBook, command: CloseTestSession, stamp: Stamp
) -> Decision:
    """Close the test session.

    Rule: huangpu policy 61.
    Rejects: SESSION_STATE_WRONG.
    """
    day = room.books.day
    if day is None or not day.test or day.phase is Phase.CLOSED:
        return Rejected(Reason.SESSION_STATE_WRONG, "no test session is open", POLICY)
    events, _ = _close(room, rules, day)
    return events


def _open(
    room: "Growth", rules: RuleBook, day: TradingDay, closes_fen: Mapping[str, int]
) -> TradingDayOpened:
    """Lay out the lines of a day: every listed share whose listing date has come.

    Rule: PL-1 (limits). Reading: a share whose ladder of prices is longer than the order book can hold does not trade.
    """
    percent = rules["order.price_limit_percent"].at(day.date).integer
    # Prices are whole fen: a row below one fen cannot be quoted and counts as one.
    tick_fen = max(1, rules["order.tick_fen"].at(day.date).integer)
    lines: list[DayLine] = []
    for code, instrument in sorted(room.books.instruments.items()):
        below, above = price_limits(closes_fen[code], percent, tick_fen)
        if instrument.listing_date > day.date or (above - below) // tick_fen >= LEVELS_MAX:
            continue
        line = DayLine(
            code=code,
            book=len(lines),
            tick_fen=tick_fen,
            previous_close_fen=closes_fen[code],
            limit_down_fen=below,
            limit_up_fen=above,
        )
        lines.append(line)
    before = room.books.day
    return TradingDayOpened(day=day, lines=lines, new_date=before is None or before.date < day.date)


def _close(
    room: "Growth", rules: RuleBook, day: TradingDay
) -> tuple[list[Event], TradingDayClosed]:
    resting = [order for order in room.books.orders if order.open_shares]
    closed = TradingDayClosed(
        day=TradingDay(date=day.date, phase=Phase.CLOSED, test=day.test),
        lapsed=[order.number for order in resting],
        closes_fen=closing_prices(room, rules, day.date),
    )
    if not resting:
        return [closed], closed
    return [LegsPosted(legs=[release_leg(order) for order in resting]), closed], closed


def closing_prices(room: "Growth", rules: RuleBook, date: datetime.date) -> dict[str, int]:
    """Return the close of every share that traded.

    Rule: C8: the volume-weighted mean of the trades in the minute before the last one, that one included, half-up to the
    tick. A share without a trade keeps its previous close.
    """
    window_us = rules["session.close_average_seconds"].at(date).integer * 1_000_000
    sums: dict[str, tuple[int, int, int]] = {}
    for trade in reversed(room.books.trades):
        last_us, shares, value_fen = sums.get(trade.code, (trade.at_us, 0, 0))
        if trade.at_us >= last_us - window_us:
            value_fen += trade.price_fen * trade.quantity
            sums[trade.code] = (last_us, shares + trade.quantity, value_fen)
    closes: dict[str, int] = {}
    for code, (_, shares, value_fen) in sorted(sums.items()):
        tick_fen = room.books.lines[code].tick_fen
        closes[code] = divided(value_fen, shares * tick_fen, Rounding.HALF_UP) * tick_fen
    return closes


def apply_day_opened(room: "Growth", event: TradingDayOpened, stamp: Stamp) -> None:
    """Start with empty order books over the ladders of the day."""
    books = room.books
    books.day = event.day
    books.lines = {line.code: line for line in event.lines}
    books.orders = []
    books.trades = []
    books.bought = {} if event.new_date else books.bought
    room.number_of = {}
    room.orders_of = {}
    room.order_books = room.maker([_ladder(line) for line in event.lines])


def _ladder(line: DayLine) -> tuple[int, int]:
    lowest = line.limit_down_fen // line.tick_fen
    return lowest, line.limit_up_fen // line.tick_fen - lowest + 1


def apply_phase_changed(room: "Growth", event: PhaseChanged, stamp: Stamp) -> None:
    """Set the phase."""
    room.books.day = event.day


def apply_day_closed(room: "Growth", event: TradingDayClosed, stamp: Stamp) -> None:
    """Let what rested lapse, keep the closes, and put the order books away."""
    books = room.books
    assert room.order_books.orders_open() == len(event.lapsed)
    for number in event.lapsed:
        books.orders[number] = books.orders[number].ended(OrderStatus.LAPSED)
    books.closes_fen.update(event.closes_fen)
    books.day = event.day
    room.order_books = room.maker([])
