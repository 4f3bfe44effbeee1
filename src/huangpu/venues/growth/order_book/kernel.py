"""The matching kernel: a price-time priority limit order book for many instruments, compiled by Numba.

How: flat arrays of the records in `layout.py`, no allocation, and no check inside the loop that the caller could make
before it. A price is an index into a ladder of levels. Which levels hold orders is one bit each, in a 64-way tree of three
tiers, so the next best price is at most five words away. The orders of a level form a queue linked by order numbers, so
a cancel touches the order, its two neighbours and the level. `plain.py` is the same book in plain Python: the
specification, and the oracle of the property tests.

All compiled code is in this one file, because Numba's cache does not see a change in an imported function.
Trap: an unsigned word mixed with a signed integer becomes a float, hence the explicit `np.uint64`.
Left out: auctions, self-trade prevention, price cage, market orders. No limit here is policy: all arrive as data.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit, types
from numba.extending import intrinsic

from huangpu.venues.growth.order_book import layout

Records = npt.NDArray[np.void]
Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])

NEW: Final = int(layout.Op.NEW)
CANCEL: Final = int(layout.Op.CANCEL)
IOC: Final = int(layout.Tif.IOC)
BUY: Final = int(layout.SideCode.BUY)
SELL: Final = int(layout.SideCode.SELL)
OPERATION_LAST: Final = int(max(layout.Op))
TIF_LAST: Final = int(max(layout.Tif))
SIDE_LAST: Final = int(max(layout.SideCode))

ACCEPTED: Final = int(layout.EventKind.ACCEPTED)
TRADE: Final = int(layout.EventKind.TRADE)
DONE: Final = int(layout.EventKind.DONE)
CANCELLED: Final = int(layout.EventKind.CANCELLED)
REJECTED: Final = int(layout.EventKind.REJECTED)

ALLOWED: Final = int(layout.Refusal.NONE)
UNKNOWN_OPERATION: Final = int(layout.Refusal.UNKNOWN_OPERATION)
UNKNOWN_INSTRUMENT: Final = int(layout.Refusal.UNKNOWN_INSTRUMENT)
UNKNOWN_SIDE: Final = int(layout.Refusal.UNKNOWN_SIDE)
UNKNOWN_TIME_IN_FORCE: Final = int(layout.Refusal.UNKNOWN_TIME_IN_FORCE)
ORDER_ID_OUT_OF_RANGE: Final = int(layout.Refusal.ORDER_ID_OUT_OF_RANGE)
ORDER_ID_TAKEN: Final = int(layout.Refusal.ORDER_ID_TAKEN)
UNKNOWN_ORDER: Final = int(layout.Refusal.UNKNOWN_ORDER)
ORDER_NOT_OPEN: Final = int(layout.Refusal.ORDER_NOT_OPEN)
PRICE_OUT_OF_LADDER: Final = int(layout.Refusal.PRICE_OUT_OF_LADDER)
QUANTITY_NOT_POSITIVE: Final = int(layout.Refusal.QUANTITY_NOT_POSITIVE)
QUANTITY_TOO_LARGE: Final = int(layout.Refusal.QUANTITY_TOO_LARGE)

NO_ORDER: Final = layout.NO_ORDER
QUANTITY_MAX: Final = layout.QUANTITY_MAX
# A field of a record as a signed 64-bit number: widths and signs must not mix.
wide: Final = cast("Callable[[Any], int]", np.int64)
ONE: Final = np.uint64(1)
NONE_SET: Final = np.uint64(0)
ALL_SET: Final = np.uint64(2**64 - 1)

# Places in the `totals` array.
ORDERS_OPEN: Final = 0
ORDERS_USED: Final = 1


class Store(NamedTuple):
    """The whole state of all books; see `layout.py` for the records."""

    books: Records
    levels: Records
    words: Words
    orders: Records
    totals: Numbers


class Subject(NamedTuple):
    """What all events of one command have in common."""

    command: int
    instrument: int
    side: int
    order: int


def compiled(*, cache: bool = False, forceinline: bool = False) -> Callable[[Function], Function]:
    """Give Numba's decorator with the options that all functions here share.

    No reference counting (`_nrt`): nothing here makes or returns an array, and counting the arrays it is lent cost four
    fifths of the time. Code that did make one would not compile.
    """
    options: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
    decorator = njit(cache=cache, forceinline=forceinline, **options)
    return cast("Callable[[Function], Function]", decorator)


# ── bits ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _trailing_zeros(_typing: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.int64(word), generate


def _leading_zeros(_typing: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], context.get_constant(types.boolean, True))

    return types.int64(word), generate


# One machine instruction each; the word must not be 0.
trailing_zeros: Final = cast("Callable[[np.uint64], int]", intrinsic(_trailing_zeros))
leading_zeros: Final = cast("Callable[[np.uint64], int]", intrinsic(_leading_zeros))


@compiled(forceinline=True)
def bit(index: int) -> np.uint64:
    """Give the word that has only bit `index` modulo 64 set."""
    return ONE << np.uint64(index & 63)


@compiled(forceinline=True)
def mark(words: Words, at: int, levels: int, index: int) -> None:
    """Note in all three tiers that level `index` holds orders."""
    blocks = (levels + 63) >> 6
    groups = (blocks + 63) >> 6
    words[at + (index >> 6)] |= bit(index)
    words[at + blocks + (index >> 12)] |= bit(index >> 6)
    words[at + blocks + groups] |= bit(index >> 12)


@compiled(forceinline=True)
def unmark(words: Words, at: int, levels: int, index: int) -> None:
    """Note that level `index` is empty; a word that becomes 0 clears its bit one tier up."""
    blocks = (levels + 63) >> 6
    groups = (blocks + 63) >> 6
    words[at + (index >> 6)] &= ~bit(index)
    if words[at + (index >> 6)] == NONE_SET:
        words[at + blocks + (index >> 12)] &= ~bit(index >> 6)
        if words[at + blocks + (index >> 12)] == NONE_SET:
            words[at + blocks + groups] &= ~bit(index >> 12)


@compiled()
def first_at_or_above(words: Words, at: int, levels: int, start: int) -> int:
    """Find the lowest marked level from `start` upwards, or `levels` when there is none."""
    if start >= levels:
        return levels
    word = words[at + (start >> 6)] & (ALL_SET << np.uint64(start & 63))
    if word != NONE_SET:
        return (start & ~63) + trailing_zeros(word)
    blocks = (levels + 63) >> 6
    block = (start >> 6) + 1
    if block >= blocks:
        return levels
    word = words[at + blocks + (block >> 6)] & (ALL_SET << np.uint64(block & 63))
    if word == NONE_SET:
        groups = (blocks + 63) >> 6
        group = (block >> 6) + 1
        if group >= groups:
            return levels
        top = words[at + blocks + groups] & (ALL_SET << np.uint64(group))
        if top == NONE_SET:
            return levels
        block = trailing_zeros(top) << 6
        word = words[at + blocks + (block >> 6)]
    block = (block & ~63) + trailing_zeros(word)
    return (block << 6) + trailing_zeros(words[at + block])


@compiled()
def first_at_or_below(words: Words, at: int, levels: int, start: int) -> int:
    """Find the highest marked level from `start` downwards, or -1 when there is none."""
    if start < 0:
        return -1
    word = words[at + (start >> 6)] & (ALL_SET >> np.uint64(63 - (start & 63)))
    if word != NONE_SET:
        return (start | 63) - leading_zeros(word)
    blocks = (levels + 63) >> 6
    block = (start >> 6) - 1
    if block < 0:
        return -1
    word = words[at + blocks + (block >> 6)] & (ALL_SET >> np.uint64(63 - (block & 63)))
    if word == NONE_SET:
        groups = (blocks + 63) >> 6
        group = (block >> 6) - 1
        if group < 0:
            return -1
        top = words[at + blocks + groups] & (ALL_SET >> np.uint64(63 - group))
        if top == NONE_SET:
            return -1
        block = (63 - leading_zeros(top)) << 6
        word = words[at + blocks + (block >> 6)]
    block = (block | 63) - leading_zeros(word)
    return (block << 6) + 63 - leading_zeros(words[at + block])


@compiled(forceinline=True)
def words_of_side(book: Any, side: int) -> int:
    """Say where the words of one side of a book start."""
    blocks = (wide(book.levels) + 63) >> 6
    return wide(book.words_at) + side * (blocks + ((blocks + 63) >> 6) + 1)


@compiled(forceinline=True)
def next_best(words: Words, book: Any, side: int, start: int) -> int:
    """Find the best level of a side from `start` on, going away from the touch."""
    at = words_of_side(book, side)
    if side == BUY:
        return first_at_or_below(words, at, wide(book.levels), start)
    return first_at_or_above(words, at, wide(book.levels), start)


# ── queues ───────────────────────────────────────────────────────────────────────────────────────────────────────


@compiled()
def take_level_off(store: Store, book: Any, side: int, index: int) -> None:
    """Clear the mark of a level that became empty and move the best price on if it was the best."""
    unmark(store.words, words_of_side(book, side), wide(book.levels), index)
    if side == BUY:
        if index == wide(book.best_bid):
            book.best_bid = next_best(store.words, book, side, index)
    elif index == wide(book.best_ask):
        book.best_ask = next_best(store.words, book, side, index)


@compiled(forceinline=True)
def rest(store: Store, book: Any, side: int, index: int, order: int) -> None:
    """Append an order, whose record holds its quantity, to the queue at level `index`."""
    record = store.orders[order]
    level = store.levels[wide(book.levels_at) + side * wide(book.levels) + index]
    record.next = NO_ORDER
    store.totals[ORDERS_OPEN] += 1
    if level.quantity != 0:
        record.previous = level.tail
        store.orders[wide(level.tail)].next = order
        level.tail = order
        level.quantity += record.quantity
        return
    record.previous = NO_ORDER
    level.head = order
    level.tail = order
    level.quantity = record.quantity
    mark(store.words, words_of_side(book, side), wide(book.levels), index)
    if side == BUY:
        book.best_bid = max(wide(book.best_bid), index)
    else:
        book.best_ask = min(wide(book.best_ask), index)


@compiled(forceinline=True)
def withdraw(store: Store, book: Any, side: int, index: int, order: int) -> int:
    """Take a resting order out of its queue; give the quantity that was open."""
    record = store.orders[order]
    level = store.levels[wide(record.place) - 1]
    before = wide(record.previous)
    after = wide(record.next)
    if before == NO_ORDER:
        level.head = after
    else:
        store.orders[before].next = after
    if after == NO_ORDER:
        level.tail = before
    else:
        store.orders[after].previous = before
    quantity = wide(record.quantity)
    record.quantity = 0
    store.totals[ORDERS_OPEN] -= 1
    level.quantity -= quantity
    if level.quantity == 0:
        take_level_off(store, book, side, index)
    return quantity


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────


@compiled(forceinline=True)
def emit(
    events: Records,
    count: int,
    kind: int,
    subject: Subject,
    price_tick: int,
    maker_order: int,
    quantity: int,
) -> int:
    """Write one event; give the new count."""
    event = events[count]
    event.kind = kind
    event.side = subject.side
    event.reason = ALLOWED
    event.instrument = subject.instrument
    event.command = subject.command
    event.price_tick = price_tick
    event.order = subject.order
    event.maker_order = maker_order
    event.quantity = quantity
    return count + 1


@compiled(forceinline=True)
def refusal_of_order(store: Store, book: Any, order: int) -> int:
    """Say why an order cannot be cancelled or modified, or ALLOWED."""
    if order < 0 or order >= len(store.orders):
        return UNKNOWN_ORDER
    # Place 0, a number never used, lies before every book's levels.
    level = wide(store.orders[order].place) - 1 - wide(book.levels_at)
    if level < 0 or level >= 2 * wide(book.levels):
        return UNKNOWN_ORDER
    if store.orders[order].quantity == 0:
        return ORDER_NOT_OPEN
    return ALLOWED


@compiled(forceinline=True)
def refusal(store: Store, command: Any) -> int:
    """Say why a command is rejected, or ALLOWED: the checks in the order of `layout.Refusal`."""
    operation = wide(command.op)
    if operation > OPERATION_LAST:
        return UNKNOWN_OPERATION
    instrument = wide(command.instrument)
    if instrument < 0 or instrument >= len(store.books):
        return UNKNOWN_INSTRUMENT
    book = store.books[instrument]
    order = wide(command.order)
    if operation == CANCEL:
        return refusal_of_order(store, book, order)
    if operation == NEW and wide(command.side) > SIDE_LAST:
        return UNKNOWN_SIDE
    if wide(command.tif) > TIF_LAST:
        return UNKNOWN_TIME_IN_FORCE
    if operation == NEW:
        # The caller has made room for every number it allows.
        if order < 0 or order >= len(store.orders):
            return ORDER_ID_OUT_OF_RANGE
        if store.orders[order].place != 0:
            return ORDER_ID_TAKEN
    else:
        reason = refusal_of_order(store, book, order)
        if reason != ALLOWED:
            return reason
    index = wide(command.price_tick) - wide(book.lowest_tick)
    if index < 0 or index >= wide(book.levels):
        return PRICE_OUT_OF_LADDER
    if command.quantity <= 0:
        return QUANTITY_NOT_POSITIVE
    if command.quantity > QUANTITY_MAX:
        return QUANTITY_TOO_LARGE
    return ALLOWED


@compiled(forceinline=True)
def match_level(
    store: Store,
    level: Any,
    quantity: int,
    events: Records,
    count: int,
    subject: Subject,
    price_tick: int,
) -> tuple[int, int]:
    """Trade against the queue of one level, oldest order first; give what is left and the event count."""
    left_at_level = wide(level.quantity)
    maker_order = wide(level.head)
    while True:
        maker = store.orders[maker_order]
        traded = min(quantity, wide(maker.quantity))
        count = emit(events, count, TRADE, subject, price_tick, maker_order, traded)
        maker.quantity -= traded
        quantity -= traded
        left_at_level -= traded
        if maker.quantity != 0:
            break
        store.totals[ORDERS_OPEN] -= 1
        if left_at_level == 0:
            break
        maker_order = wide(maker.next)
        if quantity == 0:
            break
    level.quantity = left_at_level
    level.head = maker_order
    store.orders[maker_order].previous = NO_ORDER
    return quantity, count


@compiled(forceinline=True)
def match(
    store: Store,
    book: Any,
    index: int,
    quantity: int,
    events: Records,
    count: int,
    subject: Subject,
) -> tuple[int, int]:
    """Trade an incoming order against the other side, best price first, as far as its limit reaches."""
    other = SELL if subject.side == BUY else BUY
    side_at = wide(book.levels_at) + other * wide(book.levels)
    lowest_tick = wide(book.lowest_tick)
    while quantity > 0:
        best = wide(book.best_ask) if other == SELL else wide(book.best_bid)
        # No bid is level -1 and no ask is level `levels`: neither is within any limit.
        if (best > index) if other == SELL else (best < index):
            break
        level = store.levels[side_at + best]
        quantity, count = match_level(
            store, level, quantity, events, count, subject, lowest_tick + best
        )
        book.last = best
        if level.quantity == 0:
            take_level_off(store, book, other, best)
    return quantity, count


@compiled(cache=True)
def run(
    books: Records,
    levels: Records,
    words: Words,
    orders: Records,
    totals: Numbers,
    commands: Records,
    events: Records,
) -> int:
    """Apply a batch of commands in order and give the number of events written.

    Shape: `orders` has a slot for every number a new order may use; `events` has room for EVENTS_A_COMMAND each
    command and one for each order resting before. Neither is checked here.
    """
    store = Store(books, levels, words, orders, totals)
    count = 0
    for number in range(len(commands)):
        command = commands[number]
        operation = wide(command.op)
        order = wide(command.order)
        instrument = wide(command.instrument)
        side = wide(command.side)
        reason = refusal(store, command)
        if reason != ALLOWED:
            subject = Subject(number, instrument, side, order)
            price_tick = wide(command.price_tick)
            emit(events, count, REJECTED, subject, price_tick, NO_ORDER, command.quantity)
            events[count].reason = reason
            count += 1
            continue
        book = books[instrument]
        record = orders[order]
        if operation != NEW:
            index = wide(record.place) - 1 - wide(book.levels_at)
            side = SELL if index >= wide(book.levels) else BUY
            index -= side * wide(book.levels)
            subject = Subject(number, instrument, side, order)
            quantity = withdraw(store, book, side, index, order)
            price_tick = wide(book.lowest_tick) + index
            count = emit(events, count, CANCELLED, subject, price_tick, NO_ORDER, quantity)
            if operation == CANCEL:
                continue
        else:
            subject = Subject(number, instrument, side, order)
            record.account = command.account
            totals[ORDERS_USED] = max(totals[ORDERS_USED], order + 1)
        price_tick = wide(command.price_tick)
        quantity = wide(command.quantity)
        index = price_tick - wide(book.lowest_tick)
        record.place = wide(book.levels_at) + side * wide(book.levels) + index + 1
        count = emit(events, count, ACCEPTED, subject, price_tick, NO_ORDER, quantity)
        quantity, count = match(store, book, index, quantity, events, count, subject)
        if quantity == 0:
            continue
        if command.tif == IOC:
            count = emit(events, count, DONE, subject, price_tick, NO_ORDER, quantity)
            continue
        record.quantity = quantity
        rest(store, book, side, index, order)
    return count


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


@compiled(cache=True)
def preview(  # noqa: PLR0913, PLR0917 -- four arrays, the four numbers of an order, and the answer
    books: Records,
    levels: Records,
    words: Words,
    orders: Records,
    instrument: int,
    side: int,
    price_tick: int,
    quantity: int,
    fills: Numbers,
) -> int:
    """List the trades a new order would make; give their number, also when `fills` is too short for all.

    Shape: fills is (n, 3): resting order, price in ticks, quantity.
    """
    book = books[instrument]
    other = SELL if side == BUY else BUY
    side_at = wide(book.levels_at) + other * wide(book.levels)
    index = price_tick - wide(book.lowest_tick)
    best = wide(book.best_ask) if other == SELL else wide(book.best_bid)
    count = 0
    while quantity > 0:
        if (best > index) if other == SELL else (best < index):
            break
        maker_order = wide(levels[side_at + best].head)
        while maker_order != NO_ORDER and quantity > 0:
            traded = min(quantity, wide(orders[maker_order].quantity))
            if count < len(fills):
                fills[count, 0] = maker_order
                fills[count, 1] = best + wide(book.lowest_tick)
                fills[count, 2] = traded
            quantity -= traded
            count += 1
            maker_order = wide(orders[maker_order].next)
        best = next_best(words, book, other, best + 1 if other == SELL else best - 1)
    return count


@compiled(cache=True)
def depth(
    books: Records,
    levels: Records,
    words: Words,
    orders: Records,
    instrument: int,
    side: int,
    rows: Numbers,
) -> int:
    """List the best levels of a side; give how many rows were filled.

    Shape: rows is (n, 3): price in ticks, quantity, number of orders.
    """
    book = books[instrument]
    side_at = wide(book.levels_at) + side * wide(book.levels)
    best = wide(book.best_ask) if side == SELL else wide(book.best_bid)
    count = 0
    while count < len(rows) and 0 <= best < wide(book.levels):
        level = levels[side_at + best]
        waiting = 0
        order = wide(level.head)
        while order != NO_ORDER:
            waiting += 1
            order = wide(orders[order].next)
        rows[count, 0] = best + wide(book.lowest_tick)
        rows[count, 1] = level.quantity
        rows[count, 2] = waiting
        count += 1
        best = next_best(words, book, side, best + 1 if side == SELL else best - 1)
    return count
