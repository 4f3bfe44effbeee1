"""The order books of a venue: owns the arrays, makes room, calls the kernel, answers questions.

How: `process` takes a batch of packed commands and gives packed events; `new`, `cancel` and `modify` send a batch of one
through the same kernel. Room is made here, before the call, so the kernel never checks it: order numbers up to `orders_max`
by doubling, and events by their bound. All state is in five arrays; `dump` is their bytes. Left out: auctions (the
book record has its phase, always continuous), self-trade prevention, price cage, market orders.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from huangpu.venues.growth.order_book import kernel
from huangpu.venues.growth.order_book.layout import (
    BOOK,
    COMMAND,
    COMMAND_STRUCT,
    EVENT,
    EVENT_STRUCT,
    EVENTS_A_COMMAND,
    LEVEL,
    LEVELS_MAX,
    NO_ORDER,
    ORDER,
    ORDERS_MAX,
    BookEvent,
    Fill,
    Op,
    Phase,
    SideCode,
    Tif,
)

Records = npt.NDArray[np.void]
DepthRow = tuple[int, int, int]

NEW: Final = int(Op.NEW)
CANCEL: Final = int(Op.CANCEL)
MODIFY: Final = int(Op.MODIFY)
BUY: Final = int(SideCode.BUY)
SELL: Final = int(SideCode.SELL)
DAY: Final = int(Tif.DAY)

# Mark and version of a dump, number of books, number of order slots used, orders_max.
HEADER: Final = struct.Struct("<8sqqq")
MARK: Final = b"HPBOOK\x00\x01"
LADDER: Final = struct.Struct("<ii")


class Books:
    """Price-time priority limit order books; an instrument is the index of its ladder."""

    def __init__(
        self,
        ladders: Sequence[tuple[int, int]],
        orders_capacity: int = 65_536,
        *,
        orders_max: int = ORDERS_MAX,
    ) -> None:
        """Open empty books.

        Units: a ladder is (lowest price in ticks, number of levels); prices outside it are refused.
        """
        assert orders_capacity > 0, f"orders_capacity {orders_capacity}, minimum 1"
        assert 0 < orders_max <= ORDERS_MAX, f"orders_max {orders_max}, limit {ORDERS_MAX}"
        self._ladders = [(int(lowest), int(levels)) for lowest, levels in ladders]
        self._orders_max = orders_max
        self._books, levels_count, words_count = _empty_books(self._ladders)
        self._levels: Records = np.zeros(levels_count, LEVEL)
        self._words = np.zeros(words_count, np.uint64)
        self._orders: Records = np.zeros(min(orders_capacity, orders_max), ORDER)
        self._totals = np.zeros(2, np.int64)
        self._one = bytearray(COMMAND.itemsize)
        self._one_command = _read_only(np.frombuffer(self._one, COMMAND))
        self._fills = np.zeros((64, 3), np.int64)
        self._events: Records
        self._event_bytes: memoryview
        self._make_event_room(1_024)

    # ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────

    def process(self, commands: Records, *, copy: bool = True) -> Records:
        """Apply a batch of packed commands in order and give the events.

        Without `copy` the events are a view that the next call of any method overwrites: twice as fast for large
        batches, for a caller that writes them out at once.
        Shape: commands is a vector of `layout.COMMAND`, events of `layout.EVENT`.
        """
        assert commands.dtype == COMMAND, f"commands are {commands.dtype}, not layout.COMMAND"
        assert commands.ndim == 1, f"commands have {commands.ndim} dimensions, not 1"
        if len(commands) == 0:
            return np.empty(0, EVENT)
        if int(commands["order"].max()) >= len(self._orders):
            numbers = commands["order"][commands["op"] == NEW]
            allowed = numbers[numbers < self._orders_max]
            self._make_order_room(int(allowed.max(initial=-1)))
        count = self._run(_read_only(np.ascontiguousarray(commands)))
        events = self._events[:count]
        return events.copy() if copy else _read_only(events)

    def new(
        self,
        instrument: int,
        order: int,
        *,
        side: int,
        price_tick: int,
        quantity: int,
        tif: int = DAY,
        account: int = 0,
    ) -> list[BookEvent]:
        """Enter one limit order.

        Units: price_tick in ticks; quantity in shares.
        """
        if len(self._orders) <= order < self._orders_max:
            self._make_order_room(order)
        return self._one_through(
            NEW, side, tif, 0, instrument, order, price_tick, account, quantity
        )

    def cancel(self, instrument: int, order: int) -> list[BookEvent]:
        """Take one resting order out of its book."""
        return self._one_through(CANCEL, 0, 0, 0, instrument, order, 0, 0, 0)

    def modify(
        self, instrument: int, order: int, *, price_tick: int, quantity: int, tif: int = DAY
    ) -> list[BookEvent]:
        """Give a resting order a new price and a new open quantity; it loses its time priority.

        Units: price_tick in ticks; quantity in shares.
        """
        return self._one_through(MODIFY, 0, tif, 0, instrument, order, price_tick, 0, quantity)

    # ── questions ────────────────────────────────────────────────────────────────────────────────────────────────

    def preview(self, instrument: int, side: int, price_tick: int, quantity: int) -> list[Fill]:
        """List the trades a new order would make now, in order; the book does not change.

        An order that would be refused for its price makes none: nothing rests outside the ladder on its other side.
        """
        lowest_tick, levels = self._ladders[instrument]
        if not lowest_tick <= price_tick < lowest_tick + levels:
            return []
        while True:
            count = kernel.preview(
                self._books,
                self._levels,
                self._words,
                self._orders,
                instrument,
                side,
                price_tick,
                quantity,
                self._fills,
            )
            if count <= len(self._fills):
                return [Fill._make(row) for row in self._fills[:count].tolist()]
            self._fills = np.zeros((2 * count, 3), np.int64)

    def best(self, instrument: int) -> tuple[int | None, int | None]:
        """Give the best bid and the best ask, in ticks."""
        lowest_tick, levels = self._ladders[instrument]
        bid = self._best_bids.item(instrument)
        ask = self._best_asks.item(instrument)
        return (
            None if bid < 0 else lowest_tick + bid,
            None if ask >= levels else lowest_tick + ask,
        )

    def last(self, instrument: int) -> int | None:
        """Give the price of the last trade, in ticks."""
        level = int(self._books["last"][instrument])
        return None if level < 0 else self._ladders[instrument][0] + level

    def phase(self, instrument: int) -> Phase:
        """Give the trading phase of a book."""
        return Phase(int(self._books["phase"][instrument]))

    def depth(self, instrument: int, levels: int) -> tuple[list[DepthRow], list[DepthRow]]:
        """List the best `levels` bids and asks as (price in ticks, quantity, number of orders)."""
        bids, asks = (self._depth_of_side(instrument, side, levels) for side in (BUY, SELL))
        return bids, asks

    def open_quantity(self, order: int) -> int:
        """Give what is open of an order; 0 when it does not rest."""
        if not 0 <= order < len(self._orders):
            return 0
        quantity: int = self._open_quantities.item(order)
        return quantity

    def orders_open(self) -> int:
        """Count the resting orders of all books."""
        return int(self._totals[kernel.ORDERS_OPEN])

    def orders_resting(self, instrument: int) -> list[tuple[int, int, int, int]]:
        """List (order, side, price in ticks, quantity) in priority order, bids first."""
        return list(self._walk(instrument))

    # ── state as bytes ───────────────────────────────────────────────────────────────────────────────────────────

    def digest(self) -> bytes:
        """Give the SHA-256 of the whole state."""
        hasher = hashlib.sha256()
        for part in self._parts():
            hasher.update(part)
        return hasher.digest()

    def dump(self) -> bytes:
        """Give the whole state; `load` restores it exactly."""
        return b"".join(self._parts())

    @classmethod
    def load(cls, dump: bytes) -> Self:
        """Restore books from a dump.

        Raises: ValueError when the bytes are not a whole dump of this version.
        """
        if len(dump) < HEADER.size:
            raise ValueError(f"dump of {len(dump)} bytes, minimum {HEADER.size}")
        mark, books_count, used, orders_max = HEADER.unpack_from(dump)
        if mark != MARK:
            raise ValueError(f"dump starts with {mark!r}, not {MARK!r}")
        at = HEADER.size
        ladders = [LADDER.unpack_from(dump, at + LADDER.size * i) for i in range(books_count)]
        at += LADDER.size * books_count
        books = cls(ladders, max(used, 65_536), orders_max=orders_max)
        targets = (books._books, books._levels, books._words, books._totals, books._orders[:used])
        if len(dump) != at + sum(target.nbytes for target in targets):
            raise ValueError(f"dump of {len(dump)} bytes does not fit its {books_count} ladders")
        for target in targets:
            target[:] = np.frombuffer(dump, target.dtype, len(target), at)
            at += target.nbytes
        return books

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, commands: Records) -> int:
        room = EVENTS_A_COMMAND * len(commands) + self._totals.item(kernel.ORDERS_OPEN)
        if room > len(self._events):
            self._make_event_room(2 * room)
        count: int = kernel.run(
            self._books,
            self._levels,
            self._words,
            self._orders,
            self._totals,
            commands,
            self._events,
        )
        assert count <= room, f"{count} events, room for {room}"
        return count

    def _one_through(self, *command: int) -> list[BookEvent]:
        COMMAND_STRUCT.pack_into(self._one, 0, *command)
        count = self._run(self._one_command)
        rows = EVENT_STRUCT.iter_unpack(self._event_bytes[: count * EVENT.itemsize])
        return [BookEvent._make(row) for row in rows]

    def _make_event_room(self, room: int) -> None:
        self._events = np.zeros(room, EVENT)
        self._event_bytes = self._events.view(np.uint8).data

    def _make_order_room(self, order: int) -> None:
        capacity = len(self._orders)
        while capacity <= order:
            capacity *= 2
        if capacity > len(self._orders):
            orders: Records = np.zeros(min(capacity, self._orders_max), ORDER)
            orders[: len(self._orders)] = self._orders
            self._orders = orders

    def _depth_of_side(self, instrument: int, side: int, levels: int) -> list[DepthRow]:
        rows = np.zeros((levels, 3), np.int64)
        count = kernel.depth(
            self._books, self._levels, self._words, self._orders, instrument, side, rows
        )
        return [(price, quantity, orders) for price, quantity, orders in rows[:count].tolist()]

    def _walk(self, instrument: int) -> Iterator[tuple[int, int, int, int]]:
        lowest_tick, levels = self._ladders[instrument]
        start = int(self._books["levels_at"][instrument])
        for side in (BUY, SELL):
            half = self._levels[start + side * levels : start + (side + 1) * levels]
            indices = np.flatnonzero(half["quantity"]).tolist()
            for index in reversed(indices) if side == BUY else indices:
                order = int(half["head"][index])
                while order != NO_ORDER:
                    record = self._orders[order]
                    yield order, side, lowest_tick + index, int(record["quantity"])
                    order = int(record["next"])

    def _parts(self) -> Iterator[bytes]:
        used = int(self._totals[kernel.ORDERS_USED])
        yield HEADER.pack(MARK, len(self._ladders), used, self._orders_max)
        yield b"".join(LADDER.pack(*ladder) for ladder in self._ladders)
        for array in (self._books, self._levels, self._words, self._totals, self._orders[:used]):
            yield array.tobytes()

    @property
    def _best_bids(self) -> npt.NDArray[np.int32]:
        return self._books["best_bid"]

    @property
    def _best_asks(self) -> npt.NDArray[np.int32]:
        return self._books["best_ask"]

    @property
    def _open_quantities(self) -> npt.NDArray[np.int64]:
        return self._orders["quantity"]


def _empty_books(ladders: Sequence[tuple[int, int]]) -> tuple[Records, int, int]:
    """Lay the books out one after the other; give them with the number of levels and words they need."""
    books: Records = np.zeros(len(ladders), BOOK)
    levels_at = words_at = 0
    for book, (lowest_tick, levels) in zip(books, ladders, strict=True):
        assert 0 < levels <= LEVELS_MAX, f"ladder of {levels} levels, limit {LEVELS_MAX}"
        assert -(2**31) <= lowest_tick <= lowest_tick + levels <= 2**31, f"ladder at {lowest_tick}"
        blocks = (levels + 63) // 64
        groups = (blocks + 63) // 64
        book["lowest_tick"] = lowest_tick
        book["levels"] = levels
        book["levels_at"] = levels_at
        book["words_at"] = words_at
        book["best_bid"] = -1
        book["best_ask"] = levels
        book["last"] = -1
        book["phase"] = Phase.CONTINUOUS
        levels_at += 2 * levels
        words_at += 2 * (blocks + groups + 1)
    assert levels_at < 2**31, f"{levels_at} levels in all, limit {2**31}"
    return books, levels_at, words_at


def _read_only(records: Records) -> Records:
    """Give a read-only view.

    The kernel takes commands as such, so that it is compiled for one kind of array whatever the caller holds.
    """
    view = records.view()
    view.flags.writeable = False
    return view
