"""Which movements of the ledger are for what: the legs of a journal entry, joined with the payments, returns, transfers and exchanges in it.

Each moves its amount between two accounts: one leg inside a unit, two through the mirrors between units. What is left of an entry after the
legs of its causes (an opening balance, a premium, a packed transfer of another venue) is a posting without a cause.
Nothing is stored: causes and movements are both final, so the join is the same whenever it is made.
"""

from collections.abc import Iterator
from typing import NamedTuple

from huangpu.venues.offshore.orders import SETTLED
from huangpu.venues.offshore.reports.causes import Cause, causes_of, legs_of, of_payment
from huangpu.venues.offshore.state import Offshore, Payment


class Movement(NamedTuple):
    """One leg that moved booked money: its row in the history, and what the row says. Units: minor units."""

    row: int
    seq: int
    at_us: int
    amount: int
    debit: int
    credit: int


class Posted(NamedTuple):
    """One cause with its movements, or (cause None) one movement that this venue knows no cause of."""

    cause: Cause | None
    movements: list[Movement]


class EntryPostings(NamedTuple):
    """Everything one journal entry moved; `missing` are causes without their legs, `twice` those whose legs came again."""

    postings: list[Posted]
    missing: list[Cause]
    twice: list[Cause]


def entries(room: Offshore, first: int, end: int) -> Iterator[tuple[int, EntryPostings]]:
    """Walk through the rows `first` to `end`, exclusive, entry by entry; each comes with the row after its last.

    Reading: an entry is never cut; `first` begins one.
    """
    number = -1
    group: list[Movement] = []
    for movement in movements(room, first, end):
        if group and movement.seq != group[0].seq:
            number, found = _joined(room, group, number)
            yield movement.row, found
            group = []
        group.append(movement)
    if group:
        _, found = _joined(room, group, number)
        yield end, found


def movements(room: Offshore, first: int, end: int) -> Iterator[Movement]:
    """Walk through the rows `first` to `end`, exclusive."""
    history = room.ledger.history
    for start in range(first, end, 1_024):
        rows = history.rows(start, min(start + 1_024, end)).tolist()
        for row, fields in enumerate(rows, start):
            yield Movement(row, *fields)


def postings_of(room: Offshore, number: int, first: int, end: int) -> Iterator[Posted]:
    """Walk through the movements of one ledger account, each with its cause where it has one."""
    history, after = room.ledger.history, first
    for row in history.rows_of(number, first, end):
        if row < after:
            continue
        seq = int(history.rows(row, row + 1)["seq"][0])
        begin, after = history.row_of_entry(seq), history.row_of_entry(seq + 1)
        _, found = _joined(room, list(movements(room, begin, after)), -1)
        mine = [
            Posted(posted.cause, [movement])
            for posted in found.postings
            for movement in posted.movements
            if number in (movement.debit, movement.credit)
        ]
        yield from sorted(mine, key=lambda posted: posted.movements[0].row)


def payments_of_entry(
    room: Offshore, seq: int, number: int
) -> tuple[list[Payment], list[Payment], int]:
    """List the payments that a journal entry settled, those before it from `number` on, and the number of the first one after it.

    Reading: numbers and entries grow together; a negative number is searched, and then there are none before.
    """
    log = room.payments
    if number < 0:
        number = _first_payment(room, seq)
    found: list[Payment] = []
    before: list[Payment] = []
    while number < len(log):
        payment = log.at(number)
        if payment.seq > seq:
            break
        if payment.status in SETTLED:
            (found if payment.seq == seq else before).append(payment)
        number += 1
    return found, before, number


def _first_payment(room: Offshore, seq: int) -> int:
    log = room.payments
    low, high = 0, len(log)
    while low < high:
        middle = (low + high) // 2
        if log.at(middle).seq < seq:
            low = middle + 1
        else:
            high = middle
    return low


def _joined(room: Offshore, group: list[Movement], number: int) -> tuple[int, EntryPostings]:
    payments, before, after = payments_of_entry(room, group[0].seq, number)
    # A payment between two entries that moved money settled in one that moved none.
    missing = [cause for payment in before for cause in of_payment(room, payment)]
    postings = [Posted(cause, []) for cause in missing]
    causes = causes_of(room, group[0].seq, payments)
    if not causes:
        postings += [Posted(None, [movement]) for movement in group]
        return after, EntryPostings(postings, missing, [])
    pool: dict[tuple[int, int, int], list[Movement]] = {}
    for movement in reversed(group):
        key = (movement.debit, movement.credit, movement.amount)
        pool.setdefault(key, []).append(movement)
    expected: dict[tuple[int, int, int], Cause] = {}
    for cause in causes:
        legs = legs_of(room, cause)
        expected.update(dict.fromkeys(legs, cause))
        if not all(pool.get(leg) for leg in legs):
            missing.append(cause)
            postings.append(Posted(cause, []))
            continue
        postings.append(Posted(cause, [pool[leg].pop() for leg in legs]))
    left = sorted(movement for found in pool.values() for movement in found)
    twice = {
        expected[key].name: expected[key]
        for one in left
        if (key := (one.debit, one.credit, one.amount)) in expected
    }
    postings += [Posted(None, [movement]) for movement in left]
    return after, EntryPostings(postings, missing, list(twice.values()))
