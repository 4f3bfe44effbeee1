"""Cases: an officer of the bank looks at a party that may be listed, writes down why, and clears or confirms it.

Clearing makes the party good for this bank and these entries until their list changes; confirming ends a waiting payment and holds every
later one. Cases that no bank is party to are the operator's compliance's. Whoever sent the payment cannot decide its case.
"""

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.liquidity.queue import released, with_released
from huangpu.venues.offshore.orders import Wait
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.waiting import end, resolve
from huangpu.venues.offshore.screening.books import Case, CaseState, Note, Standing
from huangpu.venues.offshore.screening.verdicts import standing_key
from huangpu.venues.offshore.state import Offshore

CASES = "huangpu policy 31, cases of screening"
NOTE_LENGTH_MAX = 2_000


class NoteScreeningCase(Command, frozen=True):
    """Write a note into an open case."""

    case_id: str
    text: str


class ClearScreeningCase(Command, frozen=True):
    """Decide that the party is not the one on the list; a payment that waits for this goes on."""

    case_id: str
    text: str


class ConfirmScreeningCase(Command, frozen=True):
    """Decide that the party is the one on the list; a payment that waits for this ends refused."""

    case_id: str
    text: str


class ScreeningCaseNoted(Event, frozen=True):
    """An officer wrote a note."""

    case_id: str
    text: str


class ScreeningCaseDecided(Event, frozen=True):
    """An officer cleared or confirmed the case."""

    case_id: str
    state: CaseState
    text: str


def note_screening_case(
    room: Offshore, rules: RuleBook, command: NoteScreeningCase, stamp: Stamp
) -> Decision:
    """Keep a note in an open case.

    Rejects: SCREENING_CASE_UNKNOWN, NOT_YOUR_INSTITUTION, SCREENING_CASE_STATE_WRONG, FIELD_OUT_OF_RANGE.
    """
    case = _open_case(room, command.case_id, command.text, stamp)
    if isinstance(case, Rejected):
        return case
    return [ScreeningCaseNoted(case_id=case.id, text=command.text)]


def clear_screening_case(
    room: Offshore, rules: RuleBook, command: ClearScreeningCase, stamp: Stamp
) -> Decision:
    """Clear a case; with its last open case a payment stops waiting for screening.

    Rule: domain note D1, G 13.
    Rejects: SCREENING_CASE_UNKNOWN, NOT_YOUR_INSTITUTION, SCREENING_CASE_STATE_WRONG, FIELD_OUT_OF_RANGE, OWN_ACT_NOT_APPROVABLE.
    """
    case = _decidable(room, command.case_id, command.text, stamp)
    if isinstance(case, Rejected):
        return case
    decided = ScreeningCaseDecided(case_id=case.id, state=CaseState.CLEARED, text=command.text)
    pending = room.books.pending.get(case.uetr)
    others = room.books.screening.open_by_uetr.get(case.uetr, [])
    if pending is None or Wait.SCREENING not in pending.waits or len(others) > 1:
        return [decided]
    draft = Draft(room, rules, stamp)
    standing = _standing_after(room, case, CaseState.CLEARED)
    if standing is not None:
        draft.moves.cleared[standing_key(case.bank, case.party)] = standing
    went_on = with_released(draft, resolve(draft, pending, Wait.SCREENING))
    return went_on if isinstance(went_on, Rejected) else [decided, *went_on]


def confirm_screening_case(
    room: Offshore, rules: RuleBook, command: ConfirmScreeningCase, stamp: Stamp
) -> Decision:
    """Confirm a hit; a payment that waits for it ends, and its sender is told the neutral code alone.

    Rule: domain note C4 (RR04, nothing more is told), G 13.
    Rejects: SCREENING_CASE_UNKNOWN, NOT_YOUR_INSTITUTION, SCREENING_CASE_STATE_WRONG, FIELD_OUT_OF_RANGE, OWN_ACT_NOT_APPROVABLE.
    """
    case = _decidable(room, command.case_id, command.text, stamp)
    if isinstance(case, Rejected):
        return case
    events: list[Event] = [
        ScreeningCaseDecided(case_id=case.id, state=CaseState.CONFIRMED, text=command.text)
    ]
    pending = room.books.pending.get(case.uetr)
    if pending is not None and Wait.SCREENING in pending.waits:
        neutral = Rejected(Reason.REGULATORY_REASON, "", "C4, regulatory reason")
        draft = Draft(room, rules, stamp)
        events += [*end(draft, pending, "RJCT", neutral), *released(draft)]
    return events


def _open_case(room: Offshore, case_id: str, text: str, stamp: Stamp) -> Case | Rejected:
    """Find an open case of the acting institution; a case of others is as unknown as none."""
    case = room.books.screening.cases.get(case_id)
    if case is None or not works(room, stamp.institution, case):
        return Rejected(Reason.SCREENING_CASE_UNKNOWN, case_id, CASES)
    if case.state is not CaseState.OPEN:
        detail = f"{case.id} is {case.state}, needed OPEN"
        return Rejected(Reason.SCREENING_CASE_STATE_WRONG, detail, CASES)
    if not 0 < len(text.strip()) <= NOTE_LENGTH_MAX:
        detail = f"note of {len(text)} characters, 1 to {NOTE_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, CASES)
    return case


def _decidable(room: Offshore, case_id: str, text: str, stamp: Stamp) -> Case | Rejected:
    case = _open_case(room, case_id, text, stamp)
    if isinstance(case, Rejected) or case.maker != stamp.person:
        return case
    detail = f"{stamp.person} sent {case.uetr}; a second person decides"
    return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, CASES)


def works(room: Offshore, institution: str, case: Case) -> bool:
    """Tell whether an institution works a case: the bank concerned, or the operator where there is none."""
    if case.bank:
        return institution == case.bank
    found = room.registry.institutions.get(institution)
    return found is not None and found.kind is InstitutionKind.OPERATOR


def apply_case_noted(room: Offshore, event: ScreeningCaseNoted, stamp: Stamp) -> None:
    """Add the note."""
    cases = room.books.screening.cases
    cases[event.case_id] = _with_note(cases[event.case_id], event.text, stamp)


def apply_case_decided(room: Offshore, event: ScreeningCaseDecided, stamp: Stamp) -> None:
    """Close the case and keep what the bank decided on the party, as long as the lists stand that it was about."""
    books = room.books.screening
    case = _with_note(books.cases[event.case_id], event.text, stamp)
    assert case.state is CaseState.OPEN
    books.cases[case.id] = msgspec.structs.replace(
        case, state=event.state, decided_by=stamp.person, decided_us=stamp.at_us
    )
    key = standing_key(case.bank, case.party)
    if books.open_cases.get(key) == case.id:
        del books.open_cases[key]
    if case.uetr:
        left = [other for other in books.open_by_uetr[case.uetr] if other != case.id]
        if left:
            books.open_by_uetr[case.uetr] = left
        else:
            del books.open_by_uetr[case.uetr]
    standing = _standing_after(room, case, event.state)
    if standing is not None:
        books.standings[key] = standing


def _standing_after(room: Offshore, case: Case, state: CaseState) -> Standing | None:
    """Return what a decision leaves of a party, beside what the same decision left before; None where its lists have all changed."""
    books = room.books.screening
    in_force = {list_id: one.version for list_id, one in books.lists.items()}
    entries = [
        (hit.list_id, hit.entry_id)
        for hit in case.hits
        if case.lists.get(hit.list_id) == in_force.get(hit.list_id)
    ]
    before = books.standings.get(standing_key(case.bank, case.party))
    if before is not None and before.state is state:
        entries = [*before.entries, *(one for one in entries if one not in before.entries)]
    return Standing(state, case.id, entries) if entries else None


def _with_note(case: Case, text: str, stamp: Stamp) -> Case:
    note = Note(stamp.person, stamp.at_us, text)
    return msgspec.structs.replace(case, notes=[*case.notes, note])
