"""Corrections of records that were reported: named by the original key, proposed by one person, approved by another, sent as a file.

Only what was declared or looked up can be corrected (`record.CORRECTABLE`); amounts, accounts and references are what the ledger says. Each
approved correction is one file of the unit's third stream, with the original key and the whole record as it now stands.
"""

import datetime
from collections.abc import Iterator
from itertools import islice

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.reports import files
from huangpu.venues.offshore.reports.books import (
    Correction,
    CorrectionState,
    FileKind,
    ReportFile,
    bank_of,
)
from huangpu.venues.offshore.reports.daily import next_sequence, unit_records
from huangpu.venues.offshore.reports.record import CORRECTABLE, FIELDS
from huangpu.venues.offshore.state import Offshore

DAILY_FILES = "huangpu policy 70, records, daily files and corrections (B7)"
TEXT_LENGTH_MAX = 140


class CorrectReportRecord(Command, frozen=True):
    """Propose to correct declared fields of one record, named by unit, business date and sequence."""

    unit: str
    date: datetime.date
    sequence: int
    changes: dict[str, str]
    cause: str


class DecideReportCorrection(Command, frozen=True):
    """Approve a proposed correction, which is then sent as a file, or decline it; another person's act."""

    correction: int
    approve: bool


class ReportCorrectionProposed(Event, frozen=True):
    """One person says that a record is wrong."""

    correction: Correction


class ReportCorrectionDeclined(Event, frozen=True):
    """The record stays as it was."""

    correction: int


class ReportCorrectionApproved(Event, frozen=True):
    """The correction is in this file of the unit's third stream."""

    correction: int
    file: ReportFile


def correct_report_record(
    room: Offshore, rules: RuleBook, command: CorrectReportRecord, stamp: Stamp
) -> Decision:
    """Propose a correction of a record of an own, closed day.

    Reading: the record is derived by reading its day up to its sequence; corrections are rare.
    Rejects: NOT_YOUR_INSTITUTION, REPORT_UNKNOWN, FIELD_OUT_OF_RANGE.
    """
    if stamp.institution != bank_of(command.unit) or not command.unit.endswith("-SAU"):
        detail = f"{stamp.person} acts for {stamp.institution}; unit {command.unit!r}"
        return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, DAILY_FILES)
    refused = _form_refusal(command)
    if refused is not None:
        return refused
    record = record_of(room, rules, command.unit, command.date, command.sequence)
    if record is None:
        detail = f"record {command.sequence} of {command.unit} on {command.date}"
        return Rejected(Reason.REPORT_UNKNOWN, detail, DAILY_FILES)
    correction = Correction(
        number=len(room.books.reports.corrections),
        unit=command.unit,
        date=command.date,
        sequence=command.sequence,
        changes=command.changes,
        cause=command.cause,
        record=record,
        proposer=stamp.person,
        at_us=stamp.at_us,
    )
    return [ReportCorrectionProposed(correction=correction)]


def decide_report_correction(
    room: Offshore, rules: RuleBook, command: DecideReportCorrection, stamp: Stamp
) -> Decision:
    """Approve or decline a correction of the own bank.

    Rejects: REPORT_UNKNOWN, NOT_YOUR_INSTITUTION, REPORT_STATE_WRONG, OWN_ACT_NOT_APPROVABLE.
    """
    corrections = room.books.reports.corrections
    if not 0 <= command.correction < len(corrections):
        return Rejected(Reason.REPORT_UNKNOWN, f"correction {command.correction}", DAILY_FILES)
    found = corrections[command.correction]
    if stamp.institution != bank_of(found.unit):
        return not_yours(stamp, bank_of(found.unit), DAILY_FILES)
    if found.state is not CorrectionState.PROPOSED:
        detail = f"correction {found.number} is {found.state}, needed {CorrectionState.PROPOSED}"
        return Rejected(Reason.REPORT_STATE_WRONG, detail, DAILY_FILES)
    if found.proposer == stamp.person:
        detail = f"{stamp.person} proposed correction {found.number}"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, DAILY_FILES)
    if not command.approve:
        return [ReportCorrectionDeclined(correction=found.number)]
    sequence, previous = next_sequence(room, FileKind.CORRECTIONS, found.unit)
    file = ReportFile(
        unit=found.unit,
        kind=FileKind.CORRECTIONS,
        sequence=sequence,
        date=stamp.date,
        records=1,
        totals={},
        previous=previous,
        digest="",
        at_us=stamp.at_us,
    )
    lines = _lines(room, file, found)
    file = msgspec.structs.replace(file, digest=files.folded(previous, lines))
    return [ReportCorrectionApproved(correction=found.number, file=file)]


def record_of(
    room: Offshore, rules: RuleBook, unit: str, date: datetime.date, sequence: int
) -> list[str] | None:
    """Derive one record with its sequence, as it was first reported; None where there is none."""
    day = room.books.reports.days.get(date.isoformat())
    if day is None or unit not in day.units or sequence < 1:
        return None
    records = unit_records(room, rules, unit, day)
    found = next(islice(records, sequence - 1, None), None)
    return None if found is None else [str(sequence), *found.fields]


def correction_lines(room: Offshore, file: ReportFile) -> Iterator[str]:
    """Write the lines of a correction file anew."""
    found = next(
        one
        for one in room.books.reports.corrections
        if one.unit == file.unit and one.file == file.sequence
    )
    return iter(_lines(room, file, found))


def corrected(room: Offshore, correction: Correction) -> list[str]:
    """Return the record as it stands with this correction, over those that were approved before it in files of the unit."""
    values = list(correction.record)
    earlier = [
        one
        for one in room.books.reports.corrections
        if one.state is CorrectionState.APPROVED
        and (one.unit, one.date, one.sequence)
        == (correction.unit, correction.date, correction.sequence)
        and (correction.state is CorrectionState.PROPOSED or one.file < correction.file)
    ]
    for one in (*sorted(earlier, key=lambda made: made.file), correction):
        for name, text in one.changes.items():
            values[FIELDS.index(name)] = text
    return values


def apply_proposed(room: Offshore, event: ReportCorrectionProposed, stamp: Stamp) -> None:
    """Keep the proposal."""
    corrections = room.books.reports.corrections
    assert event.correction.number == len(corrections)
    corrections.append(event.correction)


def apply_declined(room: Offshore, event: ReportCorrectionDeclined, stamp: Stamp) -> None:
    """End it."""
    _decided(room, event.correction, stamp, CorrectionState.DECLINED, 0)


def apply_approved(room: Offshore, event: ReportCorrectionApproved, stamp: Stamp) -> None:
    """End it and add the file to the unit's stream."""
    file = event.file
    stream = room.books.reports.files.setdefault(f"{file.kind}|{file.unit}", [])
    assert file.sequence == len(stream) + 1
    stream.append(file)
    _decided(room, event.correction, stamp, CorrectionState.APPROVED, file.sequence)


def _decided(room: Offshore, number: int, stamp: Stamp, state: CorrectionState, file: int) -> None:
    corrections = room.books.reports.corrections
    corrections[number] = msgspec.structs.replace(
        corrections[number], state=state, decider=stamp.person, decided_us=stamp.at_us, file=file
    )


def _form_refusal(command: CorrectReportRecord) -> Rejected | None:
    if not command.changes:
        return Rejected(Reason.FIELD_OUT_OF_RANGE, "0 changes, at least 1", DAILY_FILES)
    for name, text in command.changes.items():
        if name not in CORRECTABLE:
            detail = f"field {name!r}, one of {' '.join(CORRECTABLE)}"
            return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, DAILY_FILES)
        if len(text) > TEXT_LENGTH_MAX or not text.isprintable():
            detail = f"{name} {text[:20]!r}: at most {TEXT_LENGTH_MAX} printable characters"
            return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, DAILY_FILES)
    if not 0 < len(command.cause) <= TEXT_LENGTH_MAX:
        detail = f"cause of {len(command.cause)} characters, 1 to {TEXT_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, DAILY_FILES)
    return None


def _lines(room: Offshore, file: ReportFile, correction: Correction) -> list[str]:
    head = files.head_of(
        file.kind,
        file.unit,
        file.date.isoformat(),
        file.sequence,
        file.previous,
        ("original_date", "original_sequence", "cause", *FIELDS[1:]),
    )
    values = corrected(room, correction)
    key = (correction.date.isoformat(), str(correction.sequence), correction.cause)
    return [*head, files.line_of(("D", *key, *values[1:])), *files.tail_of(1, {})]
