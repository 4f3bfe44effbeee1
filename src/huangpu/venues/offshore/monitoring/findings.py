"""Findings: what a monitor noticed, raised once, open until the bank has explained it with four eyes.

The severity and the clause of each kind are a rule row (`offshore.finding.<KIND>`). A finding stops nothing: pay first, check after.
"""

from collections.abc import Sequence

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.monitoring.books import (
    Explanation,
    Finding,
    FindingKind,
    FindingState,
)
from huangpu.venues.offshore.monitoring.proposals import made
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import Offshore

FINDINGS = "huangpu policy 69, monitors after the event"
TEXT_LENGTH_MAX = 2_000


class ExplainFinding(Command, frozen=True):
    """Propose an explanation of a finding, by the bank that it concerns."""

    finding: int
    text: str


class FindingRaised(Event, frozen=True):
    """A monitor noticed something that wants an explanation."""

    finding: Finding


class FindingExplained(Event, frozen=True):
    """Two persons of the bank stand for the explanation."""

    finding: int
    text: str
    proposer: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What a monitor saw; a finding once it has a number, a severity and a clause."""

    key: str
    kind: FindingKind
    company: str
    bank: str
    uetrs: list[str]
    detail: str


def raised(room: Offshore, rules: RuleBook, stamp: Stamp, notices: Sequence[Notice]) -> list[Event]:
    """Make findings of what was seen and is not known yet; the same thing is never found twice."""
    books = room.books.monitor
    fresh: dict[str, Notice] = {}
    for notice in notices:
        if notice.key not in books.finding_keys:
            fresh.setdefault(notice.key, notice)
    events: list[Event] = []
    for number, notice in enumerate(fresh.values(), start=len(books.findings)):
        row = rules[f"offshore.finding.{notice.kind}"].at(stamp.date)
        finding = Finding(
            number=number,
            key=notice.key,
            kind=notice.kind,
            severity=row.text,
            cite=row.cite,
            rule=row.rule,
            company=notice.company,
            bank=notice.bank,
            uetrs=notice.uetrs,
            detail=notice.detail,
            at_us=stamp.at_us,
        )
        events.append(FindingRaised(finding=finding))
    return events


def explain_finding(
    room: Offshore, rules: RuleBook, command: ExplainFinding, stamp: Stamp
) -> Decision:
    """Propose an explanation of an open finding of the acting bank.

    Rejects: FINDING_UNKNOWN, NOT_YOUR_INSTITUTION, FINDING_STATE_WRONG, FIELD_OUT_OF_RANGE.
    """
    found = open_finding(room, command.finding)
    if isinstance(found, Rejected) and found.reason is Reason.FINDING_UNKNOWN:
        return found
    bank = room.books.monitor.findings[command.finding].bank
    if bank != stamp.institution:
        return not_yours(stamp, bank, FINDINGS)
    if isinstance(found, Rejected):
        return found
    if not 0 < len(command.text) <= TEXT_LENGTH_MAX:
        detail = f"text of {len(command.text)} characters, 1 to {TEXT_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, FINDINGS)
    return made(room, stamp, bank, Explanation(finding=command.finding, text=command.text))


def open_finding(room: Offshore, number: int) -> Finding | Rejected:
    """Find a finding that is not explained yet.

    Rejects: FINDING_UNKNOWN, FINDING_STATE_WRONG.
    """
    findings = room.books.monitor.findings
    if not 0 <= number < len(findings):
        return Rejected(Reason.FINDING_UNKNOWN, f"finding {number}", FINDINGS)
    found = findings[number]
    if found.state is not FindingState.OPEN:
        detail = f"finding {number} is {found.state}, needed OPEN"
        return Rejected(Reason.FINDING_STATE_WRONG, detail, FINDINGS)
    return found


def apply_raised(room: Offshore, event: FindingRaised, stamp: Stamp) -> None:
    """Keep the finding under its key."""
    books, finding = room.books.monitor, event.finding
    assert finding.number == len(books.findings)
    assert finding.key not in books.finding_keys
    books.findings.append(finding)
    books.finding_keys[finding.key] = finding.number


def apply_explained(room: Offshore, event: FindingExplained, stamp: Stamp) -> None:
    """Close the finding with its explanation and both persons."""
    findings = room.books.monitor.findings
    findings[event.finding] = msgspec.structs.replace(
        findings[event.finding],
        state=FindingState.EXPLAINED,
        text=event.text,
        explained_by=event.proposer,
        approved_by=stamp.person,
        explained_us=stamp.at_us,
    )
