"""Sample cases: the documents of a sampled payment, asked for with a deadline, uploaded, and judged by a second person of the bank.

The next tick after a sampled payment opens its case. The company or its bank uploads what a document is and its SHA-256, the content
stays outside; a bank officer who did not upload accepts or rejects. Each deadline passed without documents lowers the company's
grade once a day (`grades.py`); the case stays open and gets a further deadline.
"""

import datetime
import re

import msgspec

from huangpu.core.calendar import next_business_day
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.monitoring.books import (
    CaseState,
    CaseStep,
    Document,
    SampleCase,
    SampleSeed,
)
from huangpu.venues.offshore.monitoring.grades import lowered
from huangpu.venues.offshore.monitoring.proposals import ProposalMade
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import Offshore

CASES = "huangpu policy 39, sampling cases, their deadlines and grades"
CASES_OF_A_TICK_MAX = 200
DAYS_MAX = 500
NAME_LENGTH_MAX = 140
REFERENCE_LENGTH_MAX = 64
CAUSE_LENGTH_MAX = 500
SIZE_MAX = 2**40
ASKED = (CaseState.OPEN, CaseState.REJECTED, CaseState.OVERDUE)
"""States in which documents are asked for."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class UploadDocuments(Command, frozen=True):
    """Answer the case of a payment with documents, by the company or by its bank; earlier ones stay in the case."""

    uetr: str
    documents: list[Document]


class AcceptDocuments(Command, frozen=True):
    """Close a case whose documents show a real trade; by a bank officer who did not upload them."""

    uetr: str


class RejectDocuments(Command, frozen=True):
    """Ask for other documents; by a bank officer who did not upload these."""

    uetr: str
    cause: str


class SampleCaseOpened(Event, frozen=True):
    """Documents are asked for until `due`."""

    case: SampleCase


class DocumentsUploaded(Event, frozen=True):
    """The bank may judge the documents."""

    uetr: str
    documents: list[Document]


class SampleCaseMoved(Event, frozen=True):
    """The case is in another state; `due` is the deadline from now on."""

    uetr: str
    state: CaseState
    due: datetime.date
    cause: str = ""


def upload_documents(
    room: Offshore, rules: RuleBook, command: UploadDocuments, stamp: Stamp
) -> Decision:
    """Take documents for a case in which they are asked for, also after its deadline.

    Rejects: SAMPLE_CASE_UNKNOWN, NOT_YOUR_INSTITUTION, SAMPLE_CASE_STATE_WRONG, FIELD_OUT_OF_RANGE, IDENTIFIER_MALFORMED.
    """
    case = room.books.monitor.cases.get(command.uetr)
    if case is None:
        return _unknown(command.uetr)
    if stamp.institution not in (case.payment.company, case.payment.bank):
        return not_yours(stamp, f"{case.payment.company} or {case.payment.bank}", CASES)
    if case.state not in ASKED:
        return _state_wrong(case, "OPEN, REJECTED or OVERDUE")
    maximum = rules["offshore.case.documents_max"].at(stamp.date)
    number = len(case.documents) + len(command.documents)
    if not command.documents or number > maximum.integer:
        detail = f"{number} {maximum.unit} in the case, 1 to {maximum.value}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, maximum.cite, maximum.rule)
    seen = {document.sha256 for document in case.documents}
    for document in command.documents:
        fault = _fault(document, seen)
        if fault:
            return Rejected(Reason.IDENTIFIER_MALFORMED, fault, CASES)
        seen.add(document.sha256)
    return [DocumentsUploaded(uetr=command.uetr, documents=command.documents)]


def accept_documents(
    room: Offshore, rules: RuleBook, command: AcceptDocuments, stamp: Stamp
) -> Decision:
    """Accept the documents of a case, when every kind that the row asks for is there.

    Rejects: SAMPLE_CASE_UNKNOWN, NOT_YOUR_INSTITUTION, SAMPLE_CASE_STATE_WRONG, OWN_ACT_NOT_APPROVABLE, DOCUMENTS_MISSING.
    """
    case = _judged(room, stamp, command.uetr)
    if isinstance(case, Rejected):
        return case
    needed = rules["offshore.case.documents"].at(stamp.date)
    there = {document.kind for document in case.documents}
    missing = [kind for kind in needed.texts if kind not in there]
    if missing:
        detail = f"{' '.join(missing)} missing, needed {' '.join(needed.texts)}"
        return Rejected(Reason.DOCUMENTS_MISSING, detail, needed.cite, needed.rule)
    return [SampleCaseMoved(uetr=command.uetr, state=CaseState.ACCEPTED, due=case.due)]


def reject_documents(
    room: Offshore, rules: RuleBook, command: RejectDocuments, stamp: Stamp
) -> Decision:
    """Ask for other documents within the days of the row; after too many rejections that counts as a missed deadline.

    Rejects: SAMPLE_CASE_UNKNOWN, NOT_YOUR_INSTITUTION, SAMPLE_CASE_STATE_WRONG, OWN_ACT_NOT_APPROVABLE, FIELD_OUT_OF_RANGE.
    """
    case = _judged(room, stamp, command.uetr)
    if isinstance(case, Rejected):
        return case
    if not 0 < len(command.cause) <= CAUSE_LENGTH_MAX:
        detail = f"cause of {len(command.cause)} characters, 1 to {CAUSE_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, CASES)
    days = rules["offshore.case.rework_days"].at(stamp.date).integer
    due = max(case.due, working_day_after(rules, stamp.date, days))
    maximum = rules["offshore.case.rejections_max"].at(stamp.date).integer
    if case.rejections < maximum:
        moved = SampleCaseMoved(
            uetr=command.uetr, state=CaseState.REJECTED, due=due, cause=command.cause
        )
        return [moved]
    moved = SampleCaseMoved(
        uetr=command.uetr, state=CaseState.OVERDUE, due=due, cause=command.cause
    )
    cause = f"documents of {command.uetr} rejected {case.rejections + 1} times"
    company = case.payment.company
    return [moved, *lowered(room, rules, stamp, company, cause=cause, ahead=0)]


def opened(room: Offshore, rules: RuleBook, stamp: Stamp) -> list[Event]:
    """Open the cases of the payments sampled since the last tick, at most so many at once.

    Rule: D2, "company has x working days to upload documents" (`offshore.case.upload_days`).
    """
    books = room.books.monitor
    if not books.seeds:
        return []
    days = rules["offshore.case.upload_days"].at(stamp.date).integer
    due = working_day_after(rules, stamp.date, days)
    step = CaseStep(stamp.at_us, CaseState.OPEN, stamp.person)
    events: list[Event] = []
    for seed, _ in zip(books.seeds.values(), range(CASES_OF_A_TICK_MAX), strict=False):
        number = len(books.cases) + len(events)
        case = SampleCase(number=number, payment=seed, state=CaseState.OPEN, due=due, steps=[step])
        events.append(SampleCaseOpened(case=case))
    return events


def overdue(room: Offshore, rules: RuleBook, stamp: Stamp) -> list[Event]:
    """Move the cases whose deadline has passed, and lower each company's grade once; asked once a day.

    Rule: D2, "failure lowers its grade, then suspends".
    """
    books = room.books.monitor
    days = rules["offshore.case.upload_days"].at(stamp.date).integer
    due = working_day_after(rules, stamp.date, days)
    events: list[Event] = []
    failed: dict[str, str] = {}
    for uetr, deadline in books.waiting.items():
        if deadline < stamp.date:
            events.append(SampleCaseMoved(uetr=uetr, state=CaseState.OVERDUE, due=due))
            failed.setdefault(books.cases[uetr].payment.company, uetr)
    ahead = 0
    for company, uetr in failed.items():
        cause = f"documents of {uetr} are overdue"
        found = lowered(room, rules, stamp, company, cause=cause, ahead=ahead)
        ahead += sum(isinstance(event, ProposalMade) for event in found)
        events.extend(found)
    return events


def working_day_after(rules: RuleBook, date: datetime.date, days: int) -> datetime.date:
    """Return the n-th business day after a date, at most so many; the date itself for none."""
    for _ in range(min(days, DAYS_MAX)):
        date = next_business_day(rules, date)
    return date


def note_sampled(room: Offshore, seed: SampleSeed) -> None:
    """Remember a sampled payment until the next tick opens its case."""
    assert seed.uetr not in room.books.monitor.cases
    room.books.monitor.seeds[seed.uetr] = seed


def apply_opened(room: Offshore, event: SampleCaseOpened, stamp: Stamp) -> None:
    """Keep the case; its deadline runs."""
    books, uetr = room.books.monitor, event.case.payment.uetr
    del books.seeds[uetr]
    books.cases[uetr] = event.case
    books.waiting[uetr] = event.case.due


def apply_uploaded(room: Offshore, event: DocumentsUploaded, stamp: Stamp) -> None:
    """Put the documents into the case and stop its deadline; remember which were in another case before."""
    books, case = room.books.monitor, room.books.monitor.cases[event.uetr]
    for document in event.documents:
        first = books.documents.setdefault(document.sha256, event.uetr)
        if first != event.uetr:
            books.document_reuses.append((document.sha256, first, event.uetr))
    step = CaseStep(stamp.at_us, CaseState.UPLOADED, stamp.person)
    books.cases[event.uetr] = msgspec.structs.replace(
        case,
        state=CaseState.UPLOADED,
        documents=[*case.documents, *event.documents],
        steps=[*case.steps, step],
    )
    del books.waiting[event.uetr]


def apply_moved(room: Offshore, event: SampleCaseMoved, stamp: Stamp) -> None:
    """Take the state and the deadline."""
    books, case = room.books.monitor, room.books.monitor.cases[event.uetr]
    step = CaseStep(stamp.at_us, event.state, stamp.person, event.cause)
    books.cases[event.uetr] = msgspec.structs.replace(
        case,
        state=event.state,
        due=event.due,
        misses=case.misses + (event.state is CaseState.OVERDUE),
        rejections=case.rejections + (case.state is CaseState.UPLOADED and event.cause != ""),
        steps=[*case.steps, step],
    )
    if event.state in ASKED:
        books.waiting[event.uetr] = event.due


def _judged(room: Offshore, stamp: Stamp, uetr: str) -> SampleCase | Rejected:
    """Find the uploaded case that an officer of its bank may judge."""
    case = room.books.monitor.cases.get(uetr)
    if case is None:
        return _unknown(uetr)
    acting = room.registry.institutions[stamp.institution]
    if acting.kind is not InstitutionKind.BANK or acting.id != case.payment.bank:
        return not_yours(stamp, case.payment.bank, CASES)
    if case.state is not CaseState.UPLOADED:
        return _state_wrong(case, CaseState.UPLOADED)
    # Whoever uploaded any of the documents is out, also when somebody else added the last one.
    if any(step.person == stamp.person for step in case.steps if step.state is CaseState.UPLOADED):
        detail = f"{stamp.person} uploaded documents of this case; a second person judges them"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, CASES)
    return case


def _fault(document: Document, seen: set[str]) -> str:
    """Say what is wrong with a document's description, or nothing."""
    if not _SHA256.fullmatch(document.sha256):
        return f"SHA-256 {document.sha256[:70]!r}: 64 lower-case hexadecimal characters"
    if document.sha256 in seen:
        return f"SHA-256 {document.sha256} is in the case already"
    if (
        not 0 < len(document.name) <= NAME_LENGTH_MAX
        or len(document.reference) > REFERENCE_LENGTH_MAX
    ):
        return f"name of 1 to {NAME_LENGTH_MAX}, reference of at most {REFERENCE_LENGTH_MAX} characters"
    if not 0 <= document.size <= SIZE_MAX:
        return f"size {document.size} bytes, 0 to {SIZE_MAX}"
    return ""


def _unknown(uetr: str) -> Rejected:
    return Rejected(Reason.SAMPLE_CASE_UNKNOWN, uetr, CASES)


def _state_wrong(case: SampleCase, needed: str) -> Rejected:
    detail = f"the case of {case.payment.uetr} is {case.state}, needed {needed}"
    return Rejected(Reason.SAMPLE_CASE_STATE_WRONG, detail, CASES)
