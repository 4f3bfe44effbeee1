"""Breaks: what does not agree, how old it is, whose it is, and how two people close it.

A break is found by the close of a day or by a correspondent's statement. Anybody of its bank assigns it; its owner proposes to close it with
a cause, and a second person of the bank agrees or not. A break whose entry turns up in a later statement closes itself.
"""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.reports.books import Break, BreakKind, BreakState, Item
from huangpu.venues.offshore.state import Offshore

RECONCILIATION = "huangpu policy 71, reconciliation and breaks (C9)"
CAUSE_LENGTH_MAX = 500


class Finding(NamedTuple):
    """Something that does not agree, before it has a number."""

    kind: BreakKind
    bank: str
    place: str
    subject: str
    date: datetime.date
    detail: str
    item: Item | None = None


class AssignBreak(Command, frozen=True):
    """Make a person of the bank the owner of a break."""

    break_id: int
    owner: str


class CloseBreak(Command, frozen=True):
    """Propose to close a break for a cause; its owner's act. A second person decides."""

    break_id: int
    cause: str


class DecideBreakClosure(Command, frozen=True):
    """Agree that a break is closed, or give it back to its owner; another person's act."""

    break_id: int
    approve: bool


class BreakOpened(Event, frozen=True):
    """Something does not agree from here on."""

    found: Break


class BreakAssigned(Event, frozen=True):
    """The break is this person's to explain."""

    break_id: int
    owner: str


class BreakClosureProposed(Event, frozen=True):
    """The owner says what the break was."""

    break_id: int
    cause: str
    proposer: str


class BreakClosureDeclined(Event, frozen=True):
    """The break is its owner's again."""

    break_id: int


class BreakClosed(Event, frozen=True):
    """The break is explained; `by` is the second person, empty where a later statement brought the entry."""

    break_id: int
    cause: str
    by: str


def opened(room: Offshore, stamp: Stamp, found: Iterable[Finding]) -> list[Event]:
    """Give findings their numbers."""
    first = len(room.books.reports.breaks)
    return [
        BreakOpened(
            found=Break(
                number=number,
                kind=one.kind,
                bank=one.bank,
                place=one.place,
                subject=one.subject,
                date=one.date,
                detail=one.detail,
                opened_us=stamp.at_us,
                item=one.item,
            )
        )
        for number, one in enumerate(found, first)
    ]


def assign_break(room: Offshore, rules: RuleBook, command: AssignBreak, stamp: Stamp) -> Decision:
    """Give an open break to a person of its bank.

    Rejects: BREAK_UNKNOWN, NOT_YOUR_INSTITUTION, BREAK_STATE_WRONG, PERSON_UNKNOWN.
    """
    found = _own_break(room, command.break_id, stamp)
    if isinstance(found, Rejected):
        return found
    if found.state is not BreakState.OPEN:
        return _state_wrong(found, BreakState.OPEN)
    person = room.registry.people.persons.get(command.owner)
    if person is None or person.institution != stamp.institution:
        detail = f"{command.owner!r} is nobody of {stamp.institution}"
        return Rejected(Reason.PERSON_UNKNOWN, detail, RECONCILIATION)
    return [BreakAssigned(break_id=found.number, owner=command.owner)]


def close_break(room: Offshore, rules: RuleBook, command: CloseBreak, stamp: Stamp) -> Decision:
    """Propose to close an own break.

    Rejects: BREAK_UNKNOWN, NOT_YOUR_INSTITUTION, BREAK_STATE_WRONG, PERMISSION_MISSING, FIELD_OUT_OF_RANGE.
    """
    found = _own_break(room, command.break_id, stamp)
    if isinstance(found, Rejected):
        return found
    if found.state is not BreakState.OPEN:
        return _state_wrong(found, BreakState.OPEN)
    if found.owner != stamp.person:
        detail = f"break {found.number} is {found.owner or 'nobody'}'s, asked by {stamp.person}"
        return Rejected(Reason.PERMISSION_MISSING, detail, RECONCILIATION)
    if not 0 < len(command.cause) <= CAUSE_LENGTH_MAX:
        detail = f"cause of {len(command.cause)} characters, 1 to {CAUSE_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, RECONCILIATION)
    return [BreakClosureProposed(break_id=found.number, cause=command.cause, proposer=stamp.person)]


def decide_break_closure(
    room: Offshore, rules: RuleBook, command: DecideBreakClosure, stamp: Stamp
) -> Decision:
    """Close a break as its owner proposed, or not.

    Rejects: BREAK_UNKNOWN, NOT_YOUR_INSTITUTION, BREAK_STATE_WRONG, OWN_ACT_NOT_APPROVABLE.
    """
    found = _own_break(room, command.break_id, stamp)
    if isinstance(found, Rejected):
        return found
    if found.state is not BreakState.PROPOSED:
        return _state_wrong(found, BreakState.PROPOSED)
    if found.proposer == stamp.person:
        detail = f"{stamp.person} proposed to close break {found.number}"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, RECONCILIATION)
    if not command.approve:
        return [BreakClosureDeclined(break_id=found.number)]
    return [BreakClosed(break_id=found.number, cause=found.cause, by=stamp.person)]


def apply_opened(room: Offshore, event: BreakOpened, stamp: Stamp) -> None:
    """Keep the break; one with an entry waits for a later statement."""
    books, found = room.books.reports, event.found
    assert found.number == len(books.breaks)
    books.breaks.append(found)
    if found.item is not None:
        books.open_items.setdefault(found.place, {})[found.number] = True


def apply_assigned(room: Offshore, event: BreakAssigned, stamp: Stamp) -> None:
    """Set the owner."""
    _replace(room, event.break_id, owner=event.owner)


def apply_proposed(room: Offshore, event: BreakClosureProposed, stamp: Stamp) -> None:
    """Note cause and proposer."""
    _replace(
        room,
        event.break_id,
        state=BreakState.PROPOSED,
        cause=event.cause,
        proposer=event.proposer,
    )


def apply_declined(room: Offshore, event: BreakClosureDeclined, stamp: Stamp) -> None:
    """Open it again."""
    _replace(room, event.break_id, state=BreakState.OPEN, cause="", proposer="")


def apply_closed(room: Offshore, event: BreakClosed, stamp: Stamp) -> None:
    """Close it for good."""
    found = _replace(
        room,
        event.break_id,
        state=BreakState.CLOSED,
        cause=event.cause,
        closed_by=event.by,
        closed_us=stamp.at_us,
    )
    if found.item is not None:
        items = room.books.reports.open_items[found.place]
        del items[found.number]
        if not items:
            del room.books.reports.open_items[found.place]


def _replace(room: Offshore, number: int, **changes: object) -> Break:
    books = room.books.reports
    found = msgspec.structs.replace(books.breaks[number], **changes)
    books.breaks[number] = found
    return found


def _own_break(room: Offshore, number: int, stamp: Stamp) -> Break | Rejected:
    """Find a break of the acting person's bank; one of no bank is the operator's."""
    books = room.books.reports
    if not 0 <= number < len(books.breaks):
        return Rejected(Reason.BREAK_UNKNOWN, f"break {number}", RECONCILIATION)
    found = books.breaks[number]
    kind = room.registry.institutions[stamp.institution].kind
    if stamp.institution == found.bank or (not found.bank and kind is InstitutionKind.OPERATOR):
        return found
    return not_yours(stamp, found.bank or "the operator", RECONCILIATION)


def _state_wrong(found: Break, needed: BreakState) -> Rejected:
    detail = f"break {found.number} is {found.state}, needed {needed}"
    return Rejected(Reason.BREAK_STATE_WRONG, detail, RECONCILIATION)
