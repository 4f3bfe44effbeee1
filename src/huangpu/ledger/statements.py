"""Account statements: opening balance, entries, closing balance, built from the legs of the journal.

A pure fold: the caller passes what was posted, in order, as (sequence, time, legs); nothing is read from the book, so a statement
of any past period is the same on every machine. Holds and their release move no booked balance and make no entry; a hold's POST does.
"""

from collections.abc import Iterable, Sequence

import msgspec

from huangpu.ledger.accounts import Account, Side, in_normal_sign
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
