"""Account statements: opening balance, entries, closing balance, built from the legs of the journal.

`booked_statement` reads the book's history backwards from the balance of now. The others are a pure fold over what the caller passes,
in order, as (sequence, time, legs), and read nothing from the book. Holds and their release move no booked balance and make no entry; a hold's POST does.
"""

from collections.abc import Iterable, Sequence

import msgspec

from huangpu.ledger.accounts import Account, Side, in_normal_sign
from huangpu.ledger.book import Book
from huangpu.ledger.transfers import Leg, LegKind

# One posted chain: journal sequence, microseconds since the epoch, legs.
Posted = tuple[int, int, Sequence[Leg]]


class StatementEntry(msgspec.Struct, frozen=True):
    """One movement of the account.

    Units: amount positive, in minor units; booked_after credit-positive.
    """

    seq: int
    leg: int  # place of the leg in its chain
    at_us: int
    side: Side  # CREDIT raised the booked balance, DEBIT lowered it
    amount: int
    counterparty: int  # number of the other account of the leg
    booked_after: int


class Statement(msgspec.Struct, frozen=True):
    """An account's period: from_us inclusive, to_us exclusive; balances credit-positive."""

    account: Account
    from_us: int
    to_us: int
    opening: int
    entries: tuple[StatementEntry, ...]
    credit_total: int
    debit_total: int
    closing: int


def statement(
    account: Account, number: int, posted: Iterable[Posted], *, from_us: int, to_us: int
) -> Statement:
    """Build the statement of one period from all that was posted since the account was opened."""
    return statement_from(account, number, posted, opening=0, from_us=from_us, to_us=to_us)


def statement_from(
    account: Account,
    number: int,
    posted: Iterable[Posted],
    *,
    opening: int,
    from_us: int,
    to_us: int,
) -> Statement:
    """Build the statement of one period, starting from the booked balance before the first of `posted`.

    Reading: what lies before from_us is folded into the opening balance; what lies at or after to_us is not read.
    """
    assert from_us <= to_us
    booked = opening
    entries: list[StatementEntry] = []
    for entry in _movements(number, posted, opening=opening):
        if entry.at_us >= to_us:
            break
        if entry.at_us < from_us:
            opening = entry.booked_after
        else:
            entries.append(entry)
        booked = entry.booked_after
    credit_total = sum(entry.amount for entry in entries if entry.side is Side.CREDIT)
    debit_total = sum(entry.amount for entry in entries if entry.side is Side.DEBIT)
    assert booked == opening + credit_total - debit_total
    return Statement(
        account, from_us, to_us, opening, tuple(entries), credit_total, debit_total, booked
    )


def booked_statement(book: Book, number: int, *, from_us: int, to_us: int) -> Statement:
    """Build the statement of one period from the book's history; `leg` is the place among the entry's moved legs.

    Reading: closing is the balance of now less what came after the period, opening is closing less the entries.
    """
    assert from_us <= to_us
    history = book.history
    first, end = history.row_at(from_us), history.row_at(to_us)
    closing = book.booked(number) - history.moved(number, end, len(history))
    entries: list[StatementEntry] = []
    booked = opening = closing - history.moved(number, first, end)
    credit_total = debit_total = 0
    for row in history.rows_of(number, first, end):
        seq, at_us, amount, debit, credit = history.rows(row, row + 1)[0].item()
        if credit == number:
            booked, credit_total = booked + amount, credit_total + amount
            side, counterparty = Side.CREDIT, debit
        else:
            booked, debit_total = booked - amount, debit_total + amount
            side, counterparty = Side.DEBIT, credit
        leg = row - history.row_of_entry(seq)
        entries.append(StatementEntry(seq, leg, at_us, side, amount, counterparty, booked))
    assert booked == closing
    account = book.account(number)
    return Statement(
        account, from_us, to_us, opening, tuple(entries), credit_total, debit_total, closing
    )


def balances_in_normal_sign(shown: Statement) -> tuple[int, int]:
    """Return opening and closing balance in the sign in which the account is read."""
    account = shown.account
    return in_normal_sign(account, shown.opening), in_normal_sign(account, shown.closing)


def _movements(number: int, posted: Iterable[Posted], *, opening: int) -> Iterable[StatementEntry]:
    """Walk through the legs that move the account's booked balance, in order."""
    booked = opening
    last_seq, last_us = -1, -1
    for seq, at_us, legs in posted:
        # Several chains may share one sequence: a block, or a command with several payments.
        assert seq >= last_seq, (last_seq, seq)
        assert at_us >= last_us, (last_us, at_us)
        last_seq, last_us = seq, at_us
        for place, leg in enumerate(legs):
            if leg.kind not in (LegKind.TRANSFER, LegKind.POST):
                continue
            if leg.credit == number:
                booked += leg.amount
                side, counterparty = Side.CREDIT, leg.debit
            elif leg.debit == number:
                booked -= leg.amount
                side, counterparty = Side.DEBIT, leg.credit
            else:
                continue
            yield StatementEntry(seq, place, at_us, side, leg.amount, counterparty, booked)
