"""Statements: opening balance, entries and closing balance are one sum."""

import pytest

from huangpu.ledger import (
    Account,
    Book,
    Leg,
    LegKind,
    Side,
    balances_in_normal_sign,
    statement,
    statement_from,
)

TRANSFER, HOLD, POST, VOID = LegKind
OPENING = Account("OPENING", "CENTRE", "USD", "BANK", "OPENING", Side.DEBIT, None)
ALICE = Account("ALICE", "ALICE", "USD", "BANK", "FTE", Side.CREDIT)
BOB = Account("BOB", "BOB", "USD", "BANK", "FTE", Side.CREDIT)
POSTED = [
    (1, 100, [Leg(TRANSFER, 0, 1, 5_000)]),
    (2, 200, [Leg(HOLD, 1, 2, 700), Leg(HOLD, 1, 2, 300)]),
    (3, 300, [Leg(TRANSFER, 1, 2, 1_000), Leg(POST, 1, 2, 700, 0)]),
    (3, 300, [Leg(VOID, 1, 2, 300, 1)]),
    (4, 400, [Leg(TRANSFER, 2, 1, 50)]),
    (5, 500, [Leg(TRANSFER, 0, 1, 9)]),
]


def test_a_period_opens_with_what_came_before_and_closes_before_what_comes_after() -> None:
    shown = statement(ALICE, 1, POSTED, from_us=200, to_us=500)
    assert (shown.opening, shown.closing) == (5_000, 3_350)
    assert (shown.credit_total, shown.debit_total) == (50, 1_700)
    found = [
        (e.seq, e.leg, e.side, e.amount, e.counterparty, e.booked_after) for e in shown.entries
    ]
    assert found == [
        (3, 0, Side.DEBIT, 1_000, 2, 4_000),
        (3, 1, Side.DEBIT, 700, 2, 3_300),
        (4, 0, Side.CREDIT, 50, 2, 3_350),
    ]


def test_a_period_without_entries_closes_as_it_opened() -> None:
    shown = statement(ALICE, 1, POSTED, from_us=101, to_us=300)
    assert (shown.opening, shown.entries, shown.closing) == (5_000, (), 5_000)


def test_two_periods_meet() -> None:
    first = statement(ALICE, 1, POSTED, from_us=0, to_us=300)
    second = statement_from(ALICE, 1, POSTED[2:], opening=first.closing, from_us=300, to_us=600)
    assert second.opening == first.closing
    assert second.closing == statement(ALICE, 1, POSTED, from_us=0, to_us=600).closing


def test_a_mirror_is_read_in_its_normal_sign() -> None:
    shown = statement(OPENING, 0, POSTED, from_us=200, to_us=600)
    assert (shown.opening, shown.closing) == (-5_000, -5_009)
    assert balances_in_normal_sign(shown) == (5_000, 5_009)


def test_the_closing_balance_is_the_balance_of_the_book() -> None:
    book = Book()
    for account in (OPENING, ALICE, BOB):
        book.open_account(account)
    for _, _, legs in POSTED:
        book.post(legs)
    for number, account in enumerate((OPENING, ALICE, BOB)):
        shown = statement(account, number, POSTED, from_us=0, to_us=1_000)
        assert shown.closing == book.booked(number)


def test_entries_out_of_order_are_a_crash() -> None:
    with pytest.raises(AssertionError):
        statement(ALICE, 1, POSTED[::-1], from_us=0, to_us=1_000)
