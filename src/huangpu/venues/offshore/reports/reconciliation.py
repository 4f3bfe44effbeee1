"""Nostro reconciliation: a bank's mirror against its correspondent's statement, entry by entry, tolerance zero.

A statement covers everything since the one before it. Entries are matched by UETR, then by side, amount and value date where one side has no
UETR; what earlier statements left open is matched again. What remains on either side is a break. Balances follow: a statement whose
entries do not add up is refused, one that does not begin where the last one ended opens a break.
"""

import datetime
import hashlib
from collections.abc import Callable, Container, Iterable
from typing import Annotated, NamedTuple

import msgspec

from huangpu.core.calendar import DAY_US, date_of, instant_us
from huangpu.core.identifiers import is_uetr
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import AMOUNT_MAX, money_text
from huangpu.ledger.accounts import Side
from huangpu.venues.offshore.orders import AMOUNT_ON_THE_WIRE
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.reports.books import BreakKind, Item, StatementReceived
from huangpu.venues.offshore.reports.breaks import (
    RECONCILIATION,
    BreakClosed,
    Finding,
    opened,
)
from huangpu.venues.offshore.reports.causes import Cause
from huangpu.venues.offshore.reports.postings import postings_of
from huangpu.venues.offshore.state import Nostro, Offshore, nostro_code

REFERENCE_LENGTH_MAX = 140
BALANCE_MAX = 2**62 - 1


class ReceiveCorrespondentStatement(Command, frozen=True):
    """Compare a nostro with the correspondent's statement of one day (camt.053).

    Units: minor units; opening, closing and CREDIT entries are the bank's money, as the correspondent keeps it.
    """

    bank: str
    correspondent: str
    currency: str
    date: datetime.date
    opening: Annotated[int, AMOUNT_ON_THE_WIRE]
    closing: Annotated[int, AMOUNT_ON_THE_WIRE]
    entries: list[Item]


class StatementReconciled(Event, frozen=True):
    """The statement was compared: what agreed, by UETR or reference, and which older breaks it cleared."""

    statement: StatementReceived
    matched: list[str]
    cleared: list[int]


class Listed(NamedTuple):
    """One entry of one side; `carried` is the break that an earlier statement left, -1 where it is new."""

    item: Item
    carried: int = -1


class Compared(NamedTuple):
    """Two sides compared: pairs that agree, pairs of one UETR that differ, and what each side has alone."""

    agreed: list[tuple[Listed, Listed]]
    differing: list[tuple[Listed, Listed]]
    ours: list[Listed]
    theirs: list[Listed]


def receive_correspondent_statement(
    room: Offshore, rules: RuleBook, command: ReceiveCorrespondentStatement, stamp: Stamp
) -> Decision:
    """Match a correspondent's statement with the mirror and open a break for everything that does not agree.

    Rule: C9 (b): by UETR, then amount and value date, tolerance 0.
    Rejects: NOT_YOUR_INSTITUTION, ACCOUNT_UNKNOWN, DATE_NOT_SUPPORTED, STATEMENT_KNOWN, FIELD_OUT_OF_RANGE, IDENTIFIER_MALFORMED,
    AMOUNT_NOT_POSITIVE, STATEMENT_UNBALANCED.
    """
    if stamp.institution not in (command.bank, command.correspondent):
        return not_yours(stamp, f"{command.bank} or {command.correspondent}", RECONCILIATION)
    code = nostro_code(command.bank, command.correspondent, command.currency)
    nostro = room.books.nostros.get(code)
    if nostro is None:
        return Rejected(Reason.ACCOUNT_UNKNOWN, code, RECONCILIATION)
    earlier = room.books.reports.statements.get(code, [])
    refused = _refusal(command, stamp, earlier)
    if refused is not None:
        return refused
    since = earlier[-1].date + datetime.timedelta(days=1) if earlier else command.date
    carried = [
        room.books.reports.breaks[number] for number in room.books.reports.open_items.get(code, {})
    ]
    ours = [
        Listed(one.item, one.number)
        for one in carried
        if one.item is not None and one.kind is BreakKind.MISSING_THERE
    ]
    theirs = [
        Listed(one.item, one.number)
        for one in carried
        if one.item is not None and one.kind is BreakKind.MISSING_HERE
    ]
    ours += [Listed(item) for item in mirror_items(room, nostro, since, command.date)]
    theirs += [Listed(item) for item in command.entries]
    compared = compare(ours, theirs, room.recalls.returned)
    found = _opening_finding(room, nostro, command, earlier)
    found += _findings(nostro, command.date, compared)
    return _events(room, stamp, command, compared, found)


def compare(
    ours: Iterable[Listed], theirs: Iterable[Listed], returned: Container[str] = ()
) -> Compared:
    """Pair the entries of two sides; `returned` are the UETRs that stand for a payment and for its return.

    Reading: entries of one UETR are paired in their order, those that are wholly equal first, then those of one side; a payment is never paired
    with its return. An entry without UETR on either side may agree with any of the same side, amount and value date; two different UETRs
    never do.
    """

    def alone(item: Item) -> tuple[object, ...] | None:
        return (item.uetr,) if item.uetr and item.uetr not in returned else None

    agreed: list[tuple[Listed, Listed]] = []
    differing: list[tuple[Listed, Listed]] = []
    rest, left = list(ours), list(theirs)
    rest, left = _paired(rest, left, _whole, agreed)
    rest, left = _paired(rest, left, _side, differing)
    rest, left = _paired(rest, left, alone, differing)
    named, bare = _split(rest)
    left_named, left_bare = _split(left)
    bare, left_bare = _paired(bare, left_bare, _sum, agreed)
    named, left_bare = _paired(named, left_bare, _sum, agreed)
    bare, left_named = _paired(bare, left_named, _sum, agreed)
    return Compared(agreed, differing, named + bare, left_named + left_bare)


def mirror_items(
    room: Offshore, nostro: Nostro, first: datetime.date, last: datetime.date
) -> list[Item]:
    """List the entries of a nostro mirror from the first to the last of two dates, with the UETRs of their payments, returns and transfers."""
    number = room.ledger.number(nostro.code)
    assert number is not None
    history = room.ledger.history
    begin = history.row_at(instant_us(first, 0))
    end = history.row_at(instant_us(last, 0) + DAY_US)
    items: list[Item] = []
    for posted in postings_of(room, number, begin, end):
        movement, cause = posted.movements[0], posted.cause
        items.append(
            Item(
                amount=movement.amount,
                # The mirror is an asset: what debits it is money in.
                side=Side.CREDIT if movement.debit == number else Side.DEBIT,
                value_date=date_of(movement.at_us),
                uetr="" if cause is None else cause.uetr,
                reference=_reference(cause, movement.seq),
            )
        )
    return items


def mirror_balance(room: Offshore, nostro: Nostro, date: datetime.date) -> int:
    """Return what the mirror showed at the beginning of a date, the bank's money positive."""
    number = room.ledger.number(nostro.code)
    assert number is not None
    history = room.ledger.history
    since = history.moved(number, history.row_at(instant_us(date, 0)), len(history))
    return since - room.ledger.booked(number)


def apply_reconciled(room: Offshore, event: StatementReconciled, stamp: Stamp) -> None:
    """Keep what was compared."""
    statement = event.statement
    room.books.reports.statements.setdefault(statement.nostro, []).append(statement)


def _refusal(
    command: ReceiveCorrespondentStatement, stamp: Stamp, earlier: list[StatementReceived]
) -> Rejected | None:
    """Refuse a statement of a day that is not over or was compared, or that does not add up."""
    if command.date >= stamp.date:
        detail = f"statement of {command.date}, at the latest of the day before {stamp.date}"
        return Rejected(Reason.DATE_NOT_SUPPORTED, detail, RECONCILIATION)
    if earlier and command.date <= earlier[-1].date:
        detail = f"statement of {command.date}, compared until {earlier[-1].date}"
        return Rejected(Reason.STATEMENT_KNOWN, detail, RECONCILIATION)
    for entry in command.entries:
        if not 0 < entry.amount <= AMOUNT_MAX:
            detail = f"{entry.amount} minor units, 1 to {AMOUNT_MAX}"
            return Rejected(Reason.AMOUNT_NOT_POSITIVE, detail, RECONCILIATION)
        if entry.uetr and not is_uetr(entry.uetr):
            detail = f"UETR {entry.uetr!r}: a lower-case UUID of version 4, or nothing"
            return Rejected(Reason.IDENTIFIER_MALFORMED, detail, RECONCILIATION)
        if len(entry.reference) > REFERENCE_LENGTH_MAX:
            detail = (
                f"reference of {len(entry.reference)} characters, at most {REFERENCE_LENGTH_MAX}"
            )
            return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, RECONCILIATION)
    if max(abs(command.opening), abs(command.closing)) > BALANCE_MAX:
        detail = f"balances {command.opening} and {command.closing}, within {BALANCE_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, RECONCILIATION)
    closing = command.opening + sum(_signed(entry) for entry in command.entries)
    if closing == command.closing:
        return None
    detail = f"opening {command.opening} and entries give {closing}, closing says {command.closing} minor units"
    return Rejected(Reason.STATEMENT_UNBALANCED, detail, RECONCILIATION)


def _opening_finding(
    room: Offshore,
    nostro: Nostro,
    command: ReceiveCorrespondentStatement,
    earlier: list[StatementReceived],
) -> list[Finding]:
    """Ask whether the statement begins where the last one ended; the first one, where the mirror stood."""
    before = earlier[-1].closing if earlier else mirror_balance(room, nostro, command.date)
    if command.opening == before:
        return []
    what = "the last statement" if earlier else "the mirror"
    currency = command.currency
    detail = f"opens with {money_text(command.opening, currency)}, {what} had {money_text(before, currency)}"
    return [_finding(BreakKind.OPENING_DIFFERS, nostro, command.date, "opening", detail)]


def _findings(nostro: Nostro, date: datetime.date, compared: Compared) -> list[Finding]:
    found: list[Finding] = []
    for mine, yours in compared.differing:
        one, other = mine.item, yours.item
        if (one.amount, one.side) != (other.amount, other.side):
            kind = BreakKind.AMOUNT_DIFFERS
            detail = f"here {_words(one, nostro)}, there {_words(other, nostro)}"
        else:
            kind = BreakKind.VALUE_DATE_DIFFERS
            detail = f"value date here {one.value_date}, there {other.value_date}"
        found.append(_finding(kind, nostro, date, one.uetr, detail))
    for kind, alone in (
        (BreakKind.MISSING_THERE, compared.ours),
        (BreakKind.MISSING_HERE, compared.theirs),
    ):
        for side in alone:
            if side.carried < 0:
                subject = side.item.uetr or side.item.reference
                detail = _words(side.item, nostro)
                found.append(_finding(kind, nostro, date, subject, detail, side.item))
    return found


def _events(
    room: Offshore,
    stamp: Stamp,
    command: ReceiveCorrespondentStatement,
    compared: Compared,
    found: list[Finding],
) -> list[Event]:
    """Tell what agreed, which breaks that closes, and what is open from here on."""
    pairs = (*compared.agreed, *compared.differing)
    cleared = [side.carried for pair in pairs for side in pair if side.carried >= 0]
    matched = [yours.item.uetr or yours.item.reference for _, yours in compared.agreed]
    statement = StatementReceived(
        nostro=nostro_code(command.bank, command.correspondent, command.currency),
        date=command.date,
        opening=command.opening,
        closing=command.closing,
        entries=len(command.entries),
        matched=len(matched),
        breaks=len(found),
        digest=hashlib.sha256(msgspec.msgpack.encode(command)).hexdigest(),
        person=stamp.person,
        at_us=stamp.at_us,
    )
    cause = f"matched by the statement of {command.date}"
    return [
        StatementReconciled(statement=statement, matched=matched, cleared=cleared),
        *(BreakClosed(break_id=number, cause=cause, by="") for number in cleared),
        *opened(room, stamp, found),
    ]


def _paired(
    ours: list[Listed],
    theirs: list[Listed],
    key: Callable[[Item], tuple[object, ...] | None],
    pairs: list[tuple[Listed, Listed]],
) -> tuple[list[Listed], list[Listed]]:
    """Pair entries of equal key in their order and return what is left of both sides."""
    waiting: dict[tuple[object, ...], list[int]] = {}
    for place in range(len(theirs) - 1, -1, -1):
        found = key(theirs[place].item)
        if found is not None:
            waiting.setdefault(found, []).append(place)
    taken: set[int] = set()
    left: list[Listed] = []
    for side in ours:
        found = key(side.item)
        places = None if found is None else waiting.get(found)
        if not places:
            left.append(side)
            continue
        place = places.pop()
        taken.add(place)
        pairs.append((side, theirs[place]))
    return left, [side for place, side in enumerate(theirs) if place not in taken]


def _whole(item: Item) -> tuple[object, ...] | None:
    return (item.uetr, item.side, item.amount, item.value_date) if item.uetr else None


def _side(item: Item) -> tuple[object, ...] | None:
    return (item.uetr, item.side) if item.uetr else None


def _sum(item: Item) -> tuple[object, ...] | None:
    return (item.side, item.amount, item.value_date)


def _reference(cause: Cause | None, seq: int) -> str:
    """Name an entry of the mirror beside its UETR: the return, the exchange, or the journal entry."""
    if cause is None or (cause.uetr and not cause.reference):
        return f"entry {seq}"
    return cause.reference or cause.name


def _split(sides: list[Listed]) -> tuple[list[Listed], list[Listed]]:
    """Part entries with a UETR from those without."""
    named = [side for side in sides if side.item.uetr]
    return named, [side for side in sides if not side.item.uetr]


def _signed(item: Item) -> int:
    return item.amount if item.side is Side.CREDIT else -item.amount


def _words(item: Item, nostro: Nostro) -> str:
    return f"{item.side} {money_text(item.amount, nostro.currency)} of {item.value_date}"


def _finding(
    kind: BreakKind,
    nostro: Nostro,
    date: datetime.date,
    subject: str,
    detail: str,
    item: Item | None = None,
) -> Finding:
    return Finding(kind, nostro.bank, nostro.code, subject, date, detail, item)
