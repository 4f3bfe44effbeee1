"""The compiled order book does what the plain one does, and neither loses a share."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from huangpu.venues.growth.order_book import (
    COMMAND,
    EVENT,
    Books,
    EventKind,
    Op,
    PlainBooks,
    Refusal,
    SideCode,
)

# Three ladders: crowded prices, one below zero, and one that needs all three tiers of the bit tree.
LADDERS = [(100, 6), (-3, 70), (1_000, 9_000)]
ORDERS_MAX = 90
SPARSE = [1_000, 1_063, 1_064, 5_095, 5_096, 5_200, 9_999]


@st.composite
def commands_of_one(draw: st.DrawFn) -> tuple[int, ...]:
    """Draw a command that is usually valid; now and then any field is off."""
    odd = draw(st.integers(0, 19)) == 0
    instrument = draw(st.integers(-1, 3) if odd else st.integers(0, 2))
    if instrument == 2:
        price = draw(st.sampled_from(SPARSE))
    else:
        lowest, levels = LADDERS[instrument] if 0 <= instrument < 2 else LADDERS[0]
        price = draw(st.integers(lowest - odd, lowest + min(levels, 9) - 1 + odd))
    return (
        draw(st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3] if odd else [0, 0, 0, 0, 0, 1, 1, 2])),
        draw(st.integers(0, 2 if odd else 1)),
        draw(st.sampled_from([0, 1, 2] if odd else [0, 0, 0, 1])),
        0,
        instrument,
        draw(st.integers(-1, ORDERS_MAX + 1)),
        price,
        draw(st.integers(0, 5)),
        draw(st.sampled_from([0, -1, 2**36, 2**36 + 1]) if odd else st.integers(1, 9)),
    )


@st.composite
def batches(draw: st.DrawFn) -> list[np.ndarray]:
    """Draw up to four batches; most new orders take the next number, as a gateway gives it."""
    rows = draw(st.lists(commands_of_one(), min_size=1, max_size=70))
    orderly = draw(st.booleans())
    fresh = 0
    numbered = []
    for row in rows:
        order = row[5]
        if orderly and row[0] == Op.NEW:
            order, fresh = fresh, fresh + 1
        elif orderly and fresh:
            order = order % fresh
        numbered.append((*row[:5], order, *row[6:]))
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    return np.split(np.array(numbered, COMMAND), cuts)


def new_books() -> Books:
    # Two slots at first, so that growing is part of every example.
    return Books(LADDERS, 2, orders_max=ORDERS_MAX)


@given(batches())
def test_kernel_and_plain_book_give_the_same_events(drawn: list[np.ndarray]) -> None:
    books, plain = new_books(), PlainBooks(LADDERS, ORDERS_MAX)
    for commands in drawn:
        assert books.process(commands).tolist() == plain.process(commands).tolist()
        for instrument in range(len(LADDERS)):
            assert books.orders_resting(instrument) == plain.orders_resting(instrument)


@given(batches())
def test_size_of_the_batch_changes_nothing(drawn: list[np.ndarray]) -> None:
    whole, by_batch, by_one = new_books(), new_books(), new_books()
    commands = np.concatenate(drawn)
    events = whole.process(commands)
    parts = [by_batch.process(batch) for batch in drawn]
    singles = [by_one.process(commands[at : at + 1]) for at in range(len(commands))]

    unnumbered = [name for name in EVENT.names or () if name != "command"]
    assert np.concatenate(parts)[unnumbered].tolist() == events[unnumbered].tolist()
    assert np.concatenate(singles)[unnumbered].tolist() == events[unnumbered].tolist()
    assert whole.digest() == by_batch.digest() == by_one.digest()


@given(batches())
def test_preview_gives_the_fills_that_follow_and_changes_nothing(drawn: list[np.ndarray]) -> None:
    books = new_books()
    for command in np.concatenate(drawn):
        before = books.digest()
        op, side, _, _, instrument, _, price_tick, _, quantity = command.tolist()
        asked = op == Op.NEW and side <= SideCode.SELL and 0 <= instrument < len(LADDERS)
        fills = books.preview(instrument, side, price_tick, quantity) if asked else []
        assert books.digest() == before

        events = books.process(command.reshape(1))
        if asked and events[0]["kind"] == EventKind.ACCEPTED:
            trades = events[events["kind"] == EventKind.TRADE]
            assert fills == trades[["maker_order", "price_tick", "quantity"]].tolist()


@given(batches())
def test_dump_and_load_midway_change_nothing(drawn: list[np.ndarray]) -> None:
    straight, reloaded = new_books(), new_books()
    for commands in drawn:
        reloaded = Books.load(reloaded.dump())
        assert reloaded.digest() == straight.digest()
        assert reloaded.process(commands).tolist() == straight.process(commands).tolist()
    assert reloaded.dump() == straight.dump()


@given(batches())
def test_no_share_is_lost_and_no_book_is_crossed(drawn: list[np.ndarray]) -> None:
    books = new_books()
    entered: Counter[int] = Counter()
    for commands in drawn:
        for event in books.process(commands):
            kind, order, quantity = int(event["kind"]), int(event["order"]), int(event["quantity"])
            if kind == EventKind.ACCEPTED:
                entered[order] += quantity
            elif kind != EventKind.REJECTED:
                entered[order] -= quantity
            if kind == EventKind.TRADE:
                entered[int(event["maker_order"])] -= quantity
        resting: Counter[int] = Counter()
        for instrument in range(len(LADDERS)):
            bid, ask = books.best(instrument)
            assert bid is None or ask is None or bid < ask
            rows = books.orders_resting(instrument)
            assert_depth_agrees(books, instrument, rows)
            for order, _, _, quantity in rows:
                resting[order] += quantity
                assert books.open_quantity(order) == quantity > 0
        assert +entered == resting
        assert min(entered.values(), default=0) >= 0
        assert books.orders_open() == len(resting)


def assert_depth_agrees(
    books: Books, instrument: int, rows: list[tuple[int, int, int, int]]
) -> None:
    sides: tuple[dict[int, list[int]], dict[int, list[int]]] = ({}, {})
    for _, side, price_tick, quantity in rows:
        sides[side].setdefault(price_tick, []).append(quantity)
    expected = tuple(
        [(price, sum(queue), len(queue)) for price, queue in side.items()] for side in sides
    )
    assert books.depth(instrument, 100) == expected
    bid, ask = books.best(instrument)
    assert bid == next(iter(sides[0]), None)
    assert ask == next(iter(sides[1]), None)


@given(batches())
def test_rejected_commands_change_nothing(drawn: list[np.ndarray]) -> None:
    books = new_books()
    for command in np.concatenate(drawn):
        before = books.digest()
        events = books.process(command.reshape(1))
        if events[0]["kind"] == EventKind.REJECTED:
            assert len(events) == 1
            assert events[0]["reason"] != Refusal.NONE
            assert books.digest() == before
        else:
            assert books.digest() != before
