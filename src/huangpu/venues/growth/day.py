"""The records of one trading day: its phase, the line of each share, orders and trades.

A line is what a share has in common with the order book for a day: its place in the books, the tick, the limits, and the figures
that its trades add up to. Orders and trades are numbered from 0 within the day, in order of arrival; the journal keeps the days
before. Prices in fen, quantities in shares.
"""

import datetime
import enum
from typing import Final

import msgspec

from huangpu.core.values import Rounding, divided


class Phase(enum.StrEnum):
    """The phases of a trading day, and the time outside it."""

    OPENING_CALL = "OPENING_CALL"
    OPENING_GAP = "OPENING_GAP"
    CONTINUOUS = "CONTINUOUS"
    BREAK = "BREAK"
    CLOSING_CALL = "CLOSING_CALL"
    CLOSED = "CLOSED"


class OrderSide(enum.StrEnum):
    """Whether an order buys or sells."""

    BUY = "BUY"
    SELL = "SELL"


class OrderStatus(enum.StrEnum):
    """Whether an order rests in the book, or how it ended."""

    RESTING = "RESTING"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    LAPSED = "LAPSED"


BUY: Final = OrderSide.BUY
RESTING: Final = OrderStatus.RESTING


class TradingDay(msgspec.Struct, frozen=True, kw_only=True):
    """The present trading day, or the last one when it is CLOSED."""

    date: datetime.date
    phase: Phase
    test: bool


class DayLine(msgspec.Struct, frozen=True, kw_only=True):
    """One share on one trading day.

    Units: prices in fen a share, turnover in fen; 0 stands for no trade yet.
    """

    code: str
    book: int
    tick_fen: int
    previous_close_fen: int
    limit_down_fen: int
    limit_up_fen: int
    open_fen: int = 0
    high_fen: int = 0
    low_fen: int = 0
    last_fen: int = 0
    shares: int = 0
    turnover_fen: int = 0
    trades: int = 0

    def traded(self, price_fen: int, quantity: int) -> "DayLine":
        """Return the line with one more trade on it."""
        return DayLine(
            code=self.code,
            book=self.book,
            tick_fen=self.tick_fen,
            previous_close_fen=self.previous_close_fen,
            limit_down_fen=self.limit_down_fen,
            limit_up_fen=self.limit_up_fen,
            open_fen=self.open_fen or price_fen,
            high_fen=max(self.high_fen, price_fen),
            low_fen=min(self.low_fen or price_fen, price_fen),
            last_fen=price_fen,
            shares=self.shares + quantity,
            turnover_fen=self.turnover_fen + price_fen * quantity,
            trades=self.trades + 1,
        )


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One order of the day.

    Units: price_fen in fen a share; quantity and filled in shares. The four accounts are ledger numbers; `hold` is the number of
    the hold that reserves what is open of the order, -1 when nothing is open. The hold names the mirror of its asset as the account
    it favours: who will be on the other side is known only when a trade happens.
    """

    number: int
    client_order_id: str
    firm: str
    investor_id: str
    code: str
    side: OrderSide
    price_fen: int
    quantity: int
    filled: int
    status: OrderStatus
    at_us: int
    cash_account: int
    shares_account: int
    mirror_account: int
    hold: int

    @property
    def open_shares(self) -> int:
        """Return what still rests in the book."""
        return self.quantity - self.filled if self.status is RESTING else 0

    @property
    def held_account(self) -> int:
        """Return the account that the hold is on: cash for a buy, shares for a sale."""
        return self.cash_account if self.side is BUY else self.shares_account

    def reserve_for(self, shares: int) -> int:
        """Return what must be held while `shares` of the order are open: fen for a buy, shares for a sale."""
        return self.price_fen * shares if self.side is BUY else shares

    def after_fill(self, quantity: int, hold: int) -> "Order":
        """Return the order with `quantity` more filled and the rest held by `hold`."""
        filled = self.filled + quantity
        assert filled <= self.quantity
        status = OrderStatus.FILLED if filled == self.quantity else RESTING
        return msgspec.structs.replace(self, filled=filled, status=status, hold=hold)

    def ended(self, status: OrderStatus) -> "Order":
        """Return the order taken out of the book, its hold released."""
        assert self.status is RESTING
        return msgspec.structs.replace(self, status=status, hold=-1)


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """One trade: the incoming order met a resting one at the resting order's price."""

    number: int
    at_us: int
    code: str
    price_fen: int
    quantity: int
    taker: int
    maker: int
    taker_side: OrderSide


def price_limits(previous_close_fen: int, percent: int, tick_fen: int) -> tuple[int, int]:
    """Return the lowest and the highest price of a limit day.

    Rule: PL-1: previous close less and plus the percentage, each rounded half-up to the tick; at least one tick.
    Units: prices in fen a share.
    """
    below, above = (
        divided(previous_close_fen * part, 100 * tick_fen, Rounding.HALF_UP) * tick_fen
        for part in (100 - percent, 100 + percent)
    )
    return max(below, tick_fen), max(above, tick_fen)
