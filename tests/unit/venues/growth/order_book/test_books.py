"""What the order book promises its callers, one fact a test."""

import numpy as np
import pytest

from huangpu.venues.growth.order_book import (
    COMMAND,
    EVENT,
    NO_ORDER,
    BookEvent,
    Books,
    EventKind,
    Fill,
    Op,
    Phase,
    Refusal,
    SideCode,
    Tif,
)
from huangpu.venues.growth.order_book.layout import (
    BOOK,
    COMMAND_STRUCT,
    EVENT_STRUCT,
    LEVEL,
    LEVELS_MAX,
    ORDER,
    QUANTITY_MAX,
)

BUY, SELL = SideCode.BUY, SideCode.SELL


@pytest.fixture
def books() -> Books:
    """Two empty books: ticks 100 to 199, and 0 to 9."""
    return Books([(100, 100), (0, 10)])


def reasons(events: list[BookEvent]) -> list[int]:
    return [event.reason for event in events]


def test_records_are_packed_as_documented() -> None:
    sizes = [dtype.itemsize for dtype in (COMMAND, EVENT, BOOK, LEVEL, ORDER)]
    assert sizes == [32, 40, 32, 16, 24]
    assert COMMAND_STRUCT.size == COMMAND.itemsize
    assert EVENT_STRUCT.size == EVENT.itemsize
    assert tuple(EVENT.names or ()) == BookEvent._fields


def test_structs_agree_with_the_records() -> None:
    command = (1, 2, 3, 4, -5, 6, -7, 8, 9)
    assert np.frombuffer(COMMAND_STRUCT.pack(*command), COMMAND).tolist() == [command]
    event = (1, 2, 3, -4, 5, -6, 7, -8, 9)
    assert np.frombuffer(EVENT_STRUCT.pack(*event), EVENT).tolist() == [event]


def test_trade_prints_at_the_resting_price_and_oldest_order_first(books: Books) -> None:
    books.new(0, 0, side=SELL, price_tick=151, quantity=5)
    books.new(0, 1, side=SELL, price_tick=150, quantity=5)
    books.new(0, 2, side=SELL, price_tick=150, quantity=5)

    assert books.preview(0, BUY, 160, 12) == [Fill(1, 150, 5), Fill(2, 150, 5), Fill(0, 151, 2)]
    events = books.new(0, 3, side=BUY, price_tick=160, quantity=12)

    assert events == [
        BookEvent(EventKind.ACCEPTED, BUY, 0, 0, 0, 160, 3, NO_ORDER, 12),
        BookEvent(EventKind.TRADE, BUY, 0, 0, 0, 150, 3, 1, 5),
        BookEvent(EventKind.TRADE, BUY, 0, 0, 0, 150, 3, 2, 5),
        BookEvent(EventKind.TRADE, BUY, 0, 0, 0, 151, 3, 0, 2),
    ]
    assert books.orders_resting(0) == [(0, SELL, 151, 3)]
    assert books.last(0) == 151
    assert books.last(1) is None


def test_remainder_of_an_immediate_order_is_cancelled(books: Books) -> None:
    books.new(0, 0, side=BUY, price_tick=150, quantity=5)
    events = books.new(0, 1, side=SELL, price_tick=150, quantity=8, tif=Tif.IOC)
    assert events[-1] == BookEvent(EventKind.DONE, SELL, 0, 0, 0, 150, 1, NO_ORDER, 3)
    assert books.orders_open() == 0
    assert books.best(0) == (None, None)


def test_modify_loses_priority_and_keeps_its_side(books: Books) -> None:
    books.new(0, 0, side=SELL, price_tick=150, quantity=5)
    books.new(0, 1, side=SELL, price_tick=150, quantity=6)
    events = books.modify(0, 0, price_tick=150, quantity=4)
    assert events == [
        BookEvent(EventKind.CANCELLED, SELL, 0, 0, 0, 150, 0, NO_ORDER, 5),
        BookEvent(EventKind.ACCEPTED, SELL, 0, 0, 0, 150, 0, NO_ORDER, 4),
    ]
    assert books.orders_resting(0) == [(1, SELL, 150, 6), (0, SELL, 150, 4)]


def test_books_do_not_meet(books: Books) -> None:
    books.new(0, 0, side=SELL, price_tick=100, quantity=5)
    assert books.preview(1, BUY, 9, 5) == []
    assert len(books.new(1, 1, side=BUY, price_tick=9, quantity=5)) == 1
    assert reasons(books.cancel(1, 0)) == [Refusal.UNKNOWN_ORDER]
    assert books.best(0) == (None, 100)
    assert books.best(1) == (9, None)


def test_each_refusal_has_its_reason(books: Books) -> None:
    books = Books([(100, 100), (0, 10)], orders_max=50)
    books.new(0, 0, side=BUY, price_tick=150, quantity=5)
    books.new(0, 1, side=BUY, price_tick=150, quantity=5)
    books.cancel(0, 1)

    def new(instrument: int = 0, order: int = 2, price: int = 150, quantity: int = 1) -> list[int]:
        return reasons(books.new(instrument, order, side=BUY, price_tick=price, quantity=quantity))

    before = books.digest()
    assert new(instrument=2) == new(instrument=-1) == [Refusal.UNKNOWN_INSTRUMENT]
    assert new(order=50) == new(order=-1) == [Refusal.ORDER_ID_OUT_OF_RANGE]
    assert new(order=0) == new(order=1) == [Refusal.ORDER_ID_TAKEN]
    assert new(price=99) == new(price=200) == [Refusal.PRICE_OUT_OF_LADDER]
    assert new(quantity=0) == new(quantity=-1) == [Refusal.QUANTITY_NOT_POSITIVE]
    assert new(quantity=QUANTITY_MAX + 1) == [Refusal.QUANTITY_TOO_LARGE]
    assert reasons(books.cancel(0, 1)) == [Refusal.ORDER_NOT_OPEN]
    assert reasons(books.cancel(0, 7)) == [Refusal.UNKNOWN_ORDER]
    assert reasons(books.cancel(0, -1)) == reasons(books.cancel(0, 2**40)) == [7]
    assert reasons(books.modify(0, 0, price_tick=99, quantity=1)) == [Refusal.PRICE_OUT_OF_LADDER]
    odd = [
        (9, 0, 0, 0, 0, 3, 150, 0, 1),
        (0, 7, 0, 0, 0, 3, 150, 0, 1),
        (0, 0, 7, 0, 0, 3, 150, 0, 1),
    ]
    assert books.process(np.array(odd, COMMAND))["reason"].tolist() == [
        Refusal.UNKNOWN_OPERATION,
        Refusal.UNKNOWN_SIDE,
        Refusal.UNKNOWN_TIME_IN_FORCE,
    ]
    assert books.digest() == before
    assert new(quantity=QUANTITY_MAX) == [Refusal.NONE]


def test_events_stay_the_callers_own(books: Books) -> None:
    row = [(Op.NEW, BUY, Tif.DAY, 0, 0, 0, 150, 0, 5)]
    events = books.process(np.array(row, COMMAND))
    kept = events.tolist()
    books.process(np.array([(Op.CANCEL, 0, 0, 0, 0, 0, 0, 0, 0)], COMMAND))
    assert events.tolist() == kept

    lent = books.process(np.array(row, COMMAND), copy=False)
    assert lent["reason"].tolist() == [Refusal.ORDER_ID_TAKEN]
    with pytest.raises(ValueError, match="read-only"):
        lent["reason"] = 0


def test_no_command_gives_no_event(books: Books) -> None:
    assert books.process(np.empty(0, COMMAND)).tolist() == []


def test_commands_may_come_read_only_or_strided(books: Books) -> None:
    rows = [(Op.NEW, BUY, 0, 0, 0, order, 150, 0, 5) for order in range(6)]
    commands = np.array(rows, COMMAND)
    commands.flags.writeable = False
    assert books.process(commands[::2])["order"].tolist() == [0, 2, 4]
    assert books.process(np.frombuffer(commands[1:2].tobytes(), COMMAND))["order"].tolist() == [1]


def test_event_room_holds_a_sweep_of_all_that_rests() -> None:
    books = Books([(0, 100)])
    rows = [(Op.NEW, SELL, 0, 0, 0, order, order % 100, 0, 1) for order in range(20_000)]
    assert len(books.process(np.array(rows, COMMAND))) == 20_000
    events = books.new(0, 20_000, side=BUY, price_tick=99, quantity=20_001)
    assert len(events) == 20_001
    assert books.orders_resting(0) == [(20_000, BUY, 99, 1)]


def test_preview_lists_more_fills_than_it_had_room_for() -> None:
    books = Books([(0, 100)])
    for order in range(200):
        books.new(0, order, side=SELL, price_tick=order // 2, quantity=1)
    fills = books.preview(0, BUY, 99, 1_000)
    assert fills == [Fill(order, order // 2, 1) for order in range(200)]


def test_depth_shows_the_levels_nearest_the_touch(books: Books) -> None:
    for order, (side, price) in enumerate([(BUY, 150), (BUY, 150), (BUY, 120), (SELL, 151)]):
        books.new(0, order, side=side, price_tick=price, quantity=10)
    assert books.depth(0, 1) == ([(150, 20, 2)], [(151, 10, 1)])
    assert books.depth(0, 5) == ([(150, 20, 2), (120, 10, 1)], [(151, 10, 1)])
    assert books.phase(0) is Phase.CONTINUOUS


def test_longest_ladder_finds_its_ends() -> None:
    books = Books([(0, LEVELS_MAX)])
    books.new(0, 0, side=BUY, price_tick=0, quantity=1)
    books.new(0, 1, side=BUY, price_tick=LEVELS_MAX - 1, quantity=1)
    books.cancel(0, 1)
    assert books.best(0) == (0, None)
    books.cancel(0, 0)
    books.new(0, 2, side=SELL, price_tick=LEVELS_MAX - 1, quantity=1)
    books.new(0, 3, side=SELL, price_tick=0, quantity=1)
    books.cancel(0, 3)
    assert books.best(0) == (None, LEVELS_MAX - 1)


@pytest.mark.parametrize("damage", [b"", b"short", "mark", "cut"])
def test_damaged_dump_is_refused(books: Books, damage: bytes | str) -> None:
    books.new(0, 0, side=BUY, price_tick=150, quantity=5)
    dump = books.dump()
    broken = {"mark": b"X" + dump[1:], "cut": dump[:-1]}
    with pytest.raises(ValueError, match="dump"):
        Books.load(damage if isinstance(damage, bytes) else broken[damage])


def test_open_quantity_of_unknown_numbers_is_zero(books: Books) -> None:
    assert books.open_quantity(-1) == books.open_quantity(0) == books.open_quantity(10**9) == 0
