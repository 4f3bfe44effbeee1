"""Market data anyone may see: the board of shares, the depth of a book, the tape, and what the tier adds up to.

Read functions only; nothing here is journaled. Nobody's name, firm or order id appears in it. Prices in fen, changes in basis points
of the previous close, market value = shares issued x last price. Lists of trades are newest first.
"""

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from huangpu.core.values import Rounding, divided
from huangpu.venues.growth.day import DayLine, OrderSide, Phase
from huangpu.venues.growth.instruments import CURRENCY, Instrument
from huangpu.venues.growth.tier import Membership

if TYPE_CHECKING:
    from huangpu.venues.growth.state import Growth

DEPTH_LEVELS_MAX = 10


class BoardRow(msgspec.Struct, frozen=True, kw_only=True):
    """One share on the board; `trading` is false when it has no line on the present day.

    Units: prices in fen a share, values in fen, change in basis points.
    """

    code: str
    name: str
    name_zh: str
    short_name: str
    label: str
    membership: Membership
    listing_date: datetime.date
    currency: str
    trading: bool
    previous_close_fen: int
    open_fen: int
    high_fen: int
    low_fen: int
    last_fen: int
    change_bp: int
    limit_down_fen: int
    limit_up_fen: int
    best_bid_fen: int
    best_ask_fen: int
    shares: int
    turnover_fen: int
    trades: int
    shares_issued: int
    market_value_fen: int


class DepthLevel(msgspec.Struct, frozen=True, kw_only=True):
    """One price of one side."""

    price_fen: int
    quantity: int
    orders: int


class Depth(msgspec.Struct, frozen=True, kw_only=True):
    """The best prices of both sides, best first."""

    code: str
    bids: list[DepthLevel]
    asks: list[DepthLevel]


class TapeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One trade as everyone sees it; `number` is also the cursor."""

    number: int
    at_us: int
    code: str
    name: str
    name_zh: str
    price_fen: int
    quantity: int
    value_fen: int
    taker_side: OrderSide


class MembershipTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What the companies of one membership add up to."""

    membership: Membership
    label: str
    companies: int
    market_value_fen: int
    turnover_fen: int
    trades: int


class TierOverview(msgspec.Struct, frozen=True, kw_only=True):
    """The tier in one look."""

    currency: str
    date: datetime.date | None
    phase: Phase
    test_session: bool
    companies: int
    market_value_fen: int
    shares_today: int
    turnover_today_fen: int
    trades_today: int
    orders_today: int
    orders_resting: int
    rising: int
    falling: int
    investors: int
    statements_signed: int
    by_membership: list[MembershipTotal]


def board(room: "Growth") -> list[BoardRow]:
    """List every share by code."""
    books = room.books
    return [
        _board_row(room, instrument, books.lines.get(code))
        for code, instrument in sorted(books.instruments.items())
    ]


def board_row(room: "Growth", code: str) -> BoardRow | None:
    """Return one share of the board."""
    instrument = room.books.instruments.get(code)
    return None if instrument is None else _board_row(room, instrument, room.books.lines.get(code))


def _board_row(room: "Growth", instrument: Instrument, line: DayLine | None) -> BoardRow:
    close_fen = room.books.closes_fen[instrument.code]
    previous_fen = line.previous_close_fen if line else close_fen
    last_fen = line.last_fen or previous_fen if line else close_fen
    bid_fen, ask_fen = _best(room, line)
    change = (last_fen - previous_fen) * 10_000
    return BoardRow(
        code=instrument.code,
        name=instrument.name,
        name_zh=instrument.name_zh,
        short_name=instrument.short_name,
        label=instrument.label,
        membership=instrument.membership,
        listing_date=instrument.listing_date,
        currency=CURRENCY,
        trading=line is not None and is_open(room),
        previous_close_fen=previous_fen,
        open_fen=line.open_fen if line else 0,
        high_fen=line.high_fen if line else 0,
        low_fen=line.low_fen if line else 0,
        last_fen=last_fen,
        change_bp=divided(change, previous_fen, Rounding.HALF_UP),
        limit_down_fen=line.limit_down_fen if line else 0,
        limit_up_fen=line.limit_up_fen if line else 0,
        best_bid_fen=bid_fen,
        best_ask_fen=ask_fen,
        shares=line.shares if line else 0,
        turnover_fen=line.turnover_fen if line else 0,
        trades=line.trades if line else 0,
        shares_issued=instrument.shares_issued,
        market_value_fen=instrument.shares_issued * last_fen,
    )


def is_open(room: "Growth") -> bool:
    """Tell whether a trading day is open, in whatever phase: outside it there are no order books."""
    day = room.books.day
    return day is not None and day.phase is not Phase.CLOSED


def _best(room: "Growth", line: DayLine | None) -> tuple[int, int]:
    if line is None or not is_open(room):
        return 0, 0
    bid, ask = room.order_books.best(line.book)
    return (bid or 0) * line.tick_fen, (ask or 0) * line.tick_fen


def depth(room: "Growth", code: str, levels: int = 5) -> Depth:
    """Show the best `levels` prices of each side, at most ten; an unknown or closed share has none."""
    line = room.books.lines.get(code)
    if line is None or not is_open(room):
        return Depth(code=code, bids=[], asks=[])
    shown = max(1, min(levels, DEPTH_LEVELS_MAX))
    bids, asks = room.order_books.depth(line.book, shown)
    return Depth(code=code, bids=_levels(bids, line), asks=_levels(asks, line))


def _levels(rows: Sequence[tuple[int, int, int]], line: DayLine) -> list[DepthLevel]:
    return [
        DepthLevel(price_fen=price * line.tick_fen, quantity=quantity, orders=orders)
        for price, quantity, orders in rows
    ]


def tape(
    room: "Growth", code: str | None = None, limit: int = 50, after: int | None = None
) -> list[TapeRow]:
    """List the day's trades, newest first; `after` is the number of the last row seen."""
    trades, instruments = room.books.trades, room.books.instruments
    start = len(trades) if after is None else max(0, min(after, len(trades)))
    rows: list[TapeRow] = []
    for number in range(start - 1, -1, -1):
        trade = trades[number]
        if len(rows) == limit:
            break
        if code is not None and trade.code != code:
            continue
        row = TapeRow(
            number=number,
            at_us=trade.at_us,
            code=trade.code,
            name=instruments[trade.code].name,
            name_zh=instruments[trade.code].name_zh,
            price_fen=trade.price_fen,
            quantity=trade.quantity,
            value_fen=trade.price_fen * trade.quantity,
            taker_side=trade.taker_side,
        )
        rows.append(row)
    return rows


def overview(room: "Growth") -> TierOverview:
    """Add the tier up."""
    books, rows = room.books, board(room)
    day = books.day
    return TierOverview(
        currency=CURRENCY,
        date=day.date if day else None,
        phase=day.phase if day else Phase.CLOSED,
        test_session=day.test if day else False,
        companies=len(rows),
        market_value_fen=sum(row.market_value_fen for row in rows),
        shares_today=sum(row.shares for row in rows),
        turnover_today_fen=sum(row.turnover_fen for row in rows),
        trades_today=len(books.trades),
        orders_today=len(books.orders),
        orders_resting=room.order_books.orders_open(),
        rising=sum(row.change_bp > 0 for row in rows),
        falling=sum(row.change_bp < 0 for row in rows),
        investors=len(books.investors),
        statements_signed=sum(
            investor.statement_signed is not None for investor in books.investors.values()
        ),
        by_membership=[
            _total(membership, [row for row in rows if row.membership is membership])
            for membership in Membership
        ],
    )


def _total(membership: Membership, rows: Sequence[BoardRow]) -> MembershipTotal:
    return MembershipTotal(
        membership=membership,
        label=rows[0].label if rows else "",
        companies=len(rows),
        market_value_fen=sum(row.market_value_fen for row in rows),
        turnover_fen=sum(row.turnover_fen for row in rows),
        trades=sum(row.trades for row in rows),
    )
