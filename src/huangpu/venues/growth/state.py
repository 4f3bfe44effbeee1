"""The state of the growth tier: reference data, investors, the trading day, and the order books.

`books` is everything that is snapshotted beside the order books, which dump themselves; the indexes by client order id and by firm
are derived and rebuilt on load. Any class with the verbs of `OrderBooks` can match: the compiled books do by default, a plain twin
does in the tests.
"""

from collections.abc import Sequence
from typing import Protocol, Self

import msgspec

from huangpu.ledger.book import Book
from huangpu.registry import Registry
from huangpu.venues.growth.day import DayLine, Order, Trade, TradingDay
from huangpu.venues.growth.instruments import Instrument
from huangpu.venues.growth.order_book import BookEvent, Books, Fill
from huangpu.venues.growth.suitability import Investor

DepthRow = tuple[int, int, int]


class OrderBooks(Protocol):
    """What the room asks of its order books; prices are in ticks, a book is the index of its ladder."""

    def new(
        self, instrument: int, order: int, *, side: int, price_tick: int, quantity: int
    ) -> list[BookEvent]:
        """Enter one limit order."""

    def cancel(self, instrument: int, order: int) -> list[BookEvent]:
        """Take one resting order out."""

    def preview(self, instrument: int, side: int, price_tick: int, quantity: int) -> list[Fill]:
        """List the trades a new order would make; change nothing."""

    def best(self, instrument: int) -> tuple[int | None, int | None]:
        """Give the best bid and ask."""

    def depth(self, instrument: int, levels: int) -> tuple[list[DepthRow], list[DepthRow]]:
        """List the best bids and asks as (price, quantity, number of orders)."""

    def open_quantity(self, order: int) -> int:
        """Give what is open of an order."""

    def orders_open(self) -> int:
        """Count the resting orders."""

    def dump(self) -> bytes:
        """Give the whole state."""


class OrderBooksMaker(Protocol):
    """Opens empty order books, or restores them from a dump; `Books` itself is one."""

    def __call__(self, ladders: Sequence[tuple[int, int]]) -> OrderBooks:
        """Open empty books, one for each (lowest tick, levels)."""

    def load(self, dump: bytes) -> OrderBooks:
        """Restore books."""


class GrowthBooks(msgspec.Struct):
    """Everything the room remembers beside the order books.

    Units: closes_fen in fen a share by code; bought in shares by ledger number of the share account, of the present
    date only.
    """

    instruments: dict[str, Instrument] = {}
    closes_fen: dict[str, int] = {}
    investors: dict[str, Investor] = {}
    day: TradingDay | None = None
    lines: dict[str, DayLine] = {}
    orders: list[Order] = []
    trades: list[Trade] = []
    bought: dict[int, int] = {}


class Growth:
    """The growth tier: its books, its order books, and the registry and ledger it shares."""

    def __init__(self, registry: Registry, ledger: Book, maker: OrderBooksMaker = Books) -> None:
        self.registry = registry
        self.ledger = ledger
        self.books = GrowthBooks()
        self.maker = maker
        self.order_books = maker([])
        self.number_of: dict[str, int] = {}
        self.orders_of: dict[str, list[int]] = {}

    def dump(self) -> bytes:
        """Return the whole state as bytes; the same state gives the same bytes."""
        parts = [msgspec.msgpack.encode(self.books), self.order_books.dump()]
        return msgspec.msgpack.encode(parts)

    @classmethod
    def load(
        cls, body: bytes, registry: Registry, ledger: Book, maker: OrderBooksMaker = Books
    ) -> Self:
        """Rebuild the room from `dump`, its indexes included."""
        parts = msgspec.msgpack.decode(body, type=list[bytes])
        room = cls(registry, ledger, maker)
        room.books = msgspec.msgpack.decode(parts[0], type=GrowthBooks)
        room.order_books = maker.load(parts[1])
        for order in room.books.orders:
            room.index(order)
        return room

    def index(self, order: Order) -> None:
        """Enter an order in the derived indexes."""
        self.number_of[client_key(order.firm, order.client_order_id)] = order.number
        self.orders_of.setdefault(order.firm, []).append(order.number)


def client_key(firm: str, client_order_id: str) -> str:
    """Return the key under which a firm's own order id is unique within the day."""
    return f"{firm}|{client_order_id}"


def warm_up(maker: OrderBooksMaker = Books) -> None:
    """Load the compiled order book, so that the first order of a process does not wait for it."""
    books = maker([(1, 2)])
    books.preview(0, 0, 1, 1)
    books.new(0, 0, side=0, price_tick=1, quantity=1)
    books.depth(0, 1)
    books.cancel(0, 0)
