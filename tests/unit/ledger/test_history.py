"""The history of movements: complete over both lanes, balanced with the book, the same after a reload."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huangpu.core.calendar import date_of
from huangpu.core.message import Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.ledger import (
    Account,
    Book,
    Leg,
    LegKind,
    Side,
    booked_statement,
    pack,
    statement,
)
from huangpu.ledger.events import TABLE, LegsPosted, PostTransferBlock

TRANSFER, HOLD, POST, VOID = LegKind
ACCOUNTS = 4


def opened() -> Book:
    book = Book()
    book.open_account(Account("OPENING", "CENTRE", "USD", "U", "SOURCE", Side.DEBIT, None))
    for number in range(1, ACCOUNTS):
        book.open_account(Account(f"A{number}", "HOLDER", "USD", "U", "OWN", Side.CREDIT, None))
    return book


def post(book: Book, seq: int, at_us: int, legs: list[Leg]) -> None:
    stamp = Stamp(seq, at_us, date_of(at_us), "somebody", "HOLDER")
    TABLE.appliers[LegsPosted](book, LegsPosted(legs=legs), stamp)


def block(book: Book, seq: int, at_us: int, legs: list[Leg]) -> None:
    stamp = Stamp(seq, at_us, date_of(at_us), "somebody", "HOLDER")
    handler = next(one for one in TABLE.handlers if one.command is PostTransferBlock)
    records = pack([[leg] for leg in legs]).tobytes()
    assert isinstance(
        handler.decide(book, RuleBook(), PostTransferBlock(records=records), stamp), list
    )


LEGS = st.lists(
    st.tuples(
        st.integers(0, ACCOUNTS - 1), st.integers(0, ACCOUNTS - 1), st.integers(1, 2**61)
    ).filter(lambda drawn: drawn[0] != drawn[1]),
    min_size=1,
    max_size=4,
)
STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 3), LEGS), max_size=12)


@given(STEPS, st.integers(0, 30), st.integers(0, 30))
def test_a_statement_read_backwards_is_the_one_folded_forwards(
    steps: list[tuple[bool, int, list[tuple[int, int, int]]]], start: int, length: int
) -> None:
    book = opened()
    posted: list[tuple[int, int, list[Leg]]] = []
    at_us = 0
    for seq, (in_block, later_us, drawn) in enumerate(steps, 1):
        at_us += later_us
        legs = [Leg(TRANSFER, debit, credit, amount) for debit, credit, amount in drawn]
        if book.check(legs) is not None:
            continue
        if in_block and all(leg.debit for leg in legs):
            block(book, seq, at_us, legs)
        else:
            post(book, seq, at_us, legs)
        posted.append((seq, at_us, legs))
    again = Book.load(book.dump())
    assert again.history.dump() == book.history.dump()
    for number in range(ACCOUNTS):
        expected = statement(
            book.account(number), number, posted, from_us=start, to_us=start + length
        )
        for one in (book, again):
            found = booked_statement(one, number, from_us=start, to_us=start + length)
            assert found == expected
    turnover = book.history.turnover(0, len(book.history))
    for number, (debits, credited) in turnover.items():
        assert credited - debits == book.booked(number)


def test_only_booked_movements_are_kept() -> None:
    book = opened()
    post(book, 1, 10, [Leg(TRANSFER, 0, 1, 500)])
    post(book, 2, 20, [Leg(HOLD, 1, 2, 100), Leg(HOLD, 1, 3, 50)])
    post(book, 3, 30, [Leg(POST, 1, 2, 100, 0), Leg(VOID, 1, 3, 50, 1)])
    rows = book.history.rows().tolist()
    assert rows == [(1, 10, 500, 0, 1), (3, 30, 100, 1, 2)]


def test_a_refused_record_of_a_block_leaves_no_row() -> None:
    book = Book()
    book.open_account(Account("RICH", "HOLDER", "USD", "U", "CASH", Side.CREDIT, None))
    book.open_account(Account("POOR", "HOLDER", "USD", "U", "CASH", Side.CREDIT))
    block(book, 1, 10, [Leg(TRANSFER, 1, 0, 5), Leg(TRANSFER, 0, 1, 7)])
    assert book.history.rows().tolist() == [(1, 10, 7, 0, 1)]


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 1_000])
def test_the_columns_grow_without_losing_a_row(rows: int) -> None:
    book = opened()
    for seq in range(rows):
        post(book, seq, seq, [Leg(TRANSFER, 0, 1, seq + 1)])
    history = book.history
    assert len(history) == rows
    assert history.rows()["amount"].tolist() == list(range(1, rows + 1))
    assert np.array_equal(Book.load(book.dump()).history.rows(), history.rows())
    assert [history.row_at(at_us) for at_us in range(rows)] == list(range(rows))
