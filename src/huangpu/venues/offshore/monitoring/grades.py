"""Grades of companies: A to D, lowered when documents are overdue, raised by four eyes, with their whole history.

The grade sets the rate at which a company's payments are sampled (`sampling.py`). At the lowest grade a further miss suspends the
company, or proposes it, as the rule row says.
"""

import datetime

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.monitoring.books import (
    Grade,
    GradeChange,
    GradeStep,
    Proposal,
    ProposalState,
    Suspension,
)
from huangpu.venues.offshore.monitoring.proposals import made
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import ListingState, Offshore
from huangpu.venues.offshore.white_list import ListingChanged, state_at

GRADES = "huangpu policy 39, sampling cases, their deadlines and grades"
ORDER = tuple(Grade)
TEXT_LENGTH_MAX = 500

_GRADES = {str(grade): grade for grade in Grade}


class SetGrade(Command, frozen=True):
    """Propose another grade for a company: by a bank that serves it or by the administration."""

    company: str
    grade: Grade
    cause: str


class GradeChanged(Event, frozen=True):
    """The company has this grade from the entry on."""

    company: str
    grade: Grade
    cause: str


def grade_of(room: Offshore, rules: RuleBook, date: datetime.date, company: str) -> Grade:
    """Return a company's grade now: the last one given, else the one that every company begins with.

    Reading: a word of the row that is no grade counts as the lowest.
    """
    steps = room.books.monitor.grades.get(company)
    if steps:
        return steps[-1].grade
    return _GRADES.get(rules["offshore.grade.initial"].at(date).text, Grade.D)


def set_grade(room: Offshore, rules: RuleBook, command: SetGrade, stamp: Stamp) -> Decision:
    """Propose a grade for a company of the white list.

    Rejects: COMPANY_NOT_RECOMMENDED, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE.
    """
    listing = room.books.listings.get(command.company)
    if listing is None:
        return Rejected(Reason.COMPANY_NOT_RECOMMENDED, command.company, GRADES)
    acting = room.registry.institutions[stamp.institution]
    if acting.kind is not InstitutionKind.ADMINISTRATION and acting.id not in listing.banks:
        needed = f"a bank that serves {listing.company}, or an ADMINISTRATION"
        return not_yours(stamp, needed, GRADES)
    if not 0 < len(command.cause) <= TEXT_LENGTH_MAX:
        detail = f"cause of {len(command.cause)} characters, 1 to {TEXT_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, GRADES)
    change = GradeChange(company=listing.company, grade=command.grade, cause=command.cause)
    return made(room, stamp, acting.id, change)


def lowered(
    room: Offshore, rules: RuleBook, stamp: Stamp, company: str, *, cause: str, ahead: int
) -> list[Event]:
    """Lower a company's grade by the row's steps; where it is the lowest already, suspend it or propose that.

    Rule: huangpu policy 39; domain note D2, "failure lowers its grade, then suspends". `ahead` counts proposals of the same entry.
    """
    grade = grade_of(room, rules, stamp.date, company)
    steps = rules["offshore.grade.steps"].at(stamp.date).integer
    if grade is not ORDER[-1]:
        lower = ORDER[min(ORDER.index(grade) + steps, len(ORDER) - 1)]
        return [GradeChanged(company=company, grade=lower, cause=cause)]
    listing = room.books.listings.get(company)
    if listing is None or state_at(listing, stamp.at_us) is not ListingState.ACTIVE:
        return []
    if rules["offshore.grade.consequence"].at(stamp.date).text == "SUSPEND":
        return [ListingChanged(company=company, state=ListingState.SUSPENDED, cause=cause)]
    if any(_suspends(proposal, company) for proposal in room.books.monitor.proposals):
        return []
    return made(room, stamp, "", Suspension(company=company, cause=cause), ahead=ahead)


def _suspends(proposal: Proposal, company: str) -> bool:
    change = proposal.change
    return (
        proposal.state is ProposalState.PROPOSED
        and isinstance(change, Suspension)
        and change.company == company
    )


def apply_grade_changed(room: Offshore, event: GradeChanged, stamp: Stamp) -> None:
    """Add the step; it holds."""
    step = GradeStep(stamp.at_us, event.grade, stamp.person, event.cause)
    room.books.monitor.grades.setdefault(event.company, []).append(step)
