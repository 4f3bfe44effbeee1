"""What people and programs read of reporting: files and their text, large-value reports, corrections, breaks, statements received.

A bank sees its own, who reads everything (`institution` None) sees all; a company sees nothing of this but its own accounts' statements.
Lists come newest first, `limit` at a time; of files `after` is the sequence that the page before ended with.
"""

import datetime
from collections.abc import Iterator

import msgspec

from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.reports import files as texts
from huangpu.venues.offshore.reports.books import (
    Break,
    BreakState,
    Correction,
    FileKind,
    LargeValueReport,
    LargeValueState,
    ReportFile,
    StatementReceived,
    bank_of,
    file_key,
)
from huangpu.venues.offshore.reports.corrections import correction_lines
from huangpu.venues.offshore.reports.daily import balance_lines, transaction_lines
from huangpu.venues.offshore.state import Offshore


class LargeValueView(msgspec.Struct, frozen=True):
    """A large-value report with the company's names; overdue when it is not filed after its last day."""

    report: LargeValueReport
    company_name: str
    company_name_zh: str
    overdue: bool


class BreakView(msgspec.Struct, frozen=True):
    """A break with its age until it was closed, or until now. Units: microseconds."""

    found: Break
    age_us: int


class StreamState(msgspec.Struct, frozen=True):
    """How far a unit's stream of files has come: whoever has files 1 to `sequence` has all of them."""

    unit: str
    kind: FileKind
    sequence: int
    digest: str
    until: datetime.date


def streams(room: Offshore, institution: str | None) -> list[StreamState]:
    """List the streams with the newest file of each."""
    found = [files[-1] for files in room.books.reports.files.values()]
    return [
        StreamState(file.unit, file.kind, file.sequence, file.digest, file.date)
        for file in found
        if institution in (None, bank_of(file.unit))
    ]


def files_of(
    room: Offshore,
    unit: str,
    kind: FileKind,
    *,
    institution: str | None,
    limit: int = 50,
    after: int = 0,
) -> list[ReportFile] | None:
    """List the files of one stream, newest first, from the one before `after` on; None where the reader may not see them."""
    stream = room.books.reports.files.get(file_key(kind, unit))
    if stream is None or institution not in (None, bank_of(unit)):
        return None
    end = after - 1 if 0 < after <= len(stream) else len(stream)
    return stream[max(0, end - limit) : end][::-1]


def file_text(
    room: Offshore,
    rules: RuleBook,
    name: tuple[str, FileKind, int],
    institution: str | None,
) -> str | None:
    """Derive the text of a file by unit, kind and sequence; None where there is none to be seen.

    Raises: AssertionError when it is not, byte for byte, what its digest was made of.
    """
    unit, kind, sequence = name
    stream = room.books.reports.files.get(file_key(kind, unit))
    if stream is None or institution not in (None, bank_of(unit)):
        return None
    if not 1 <= sequence <= len(stream):
        return None
    file = stream[sequence - 1]
    lines = list(_lines(room, rules, file))
    assert texts.is_whole(file, lines), (unit, kind, sequence)
    return texts.text_of(lines)


def large_values(
    room: Offshore,
    *,
    institution: str | None,
    date: datetime.date,
    state: LargeValueState | None = None,
) -> Iterator[LargeValueView]:
    """Iterate over the large-value reports that a bank owes, newest first; `date` is today, for what is overdue."""
    for report in reversed(room.books.reports.large_values):
        if institution not in (None, report.bank) or state not in (None, report.state):
            continue
        company = room.registry.institutions[report.company]
        overdue = report.state is LargeValueState.DUE and date > report.due
        yield LargeValueView(report, company.name, company.name_zh, overdue)


def corrections(room: Offshore, institution: str | None) -> Iterator[Correction]:
    """Iterate over the corrections of a bank's records, newest first."""
    for found in reversed(room.books.reports.corrections):
        if institution in (None, bank_of(found.unit)):
            yield found


def breaks(
    room: Offshore,
    *,
    institution: str | None,
    now_us: int,
    state: BreakState | None = None,
) -> Iterator[BreakView]:
    """Iterate over a bank's breaks, newest first, with their age."""
    for found in reversed(room.books.reports.breaks):
        if institution in (None, found.bank) and state in (None, found.state):
            yield BreakView(found, (found.closed_us or now_us) - found.opened_us)


def statements_received(room: Offshore, institution: str | None) -> list[StatementReceived]:
    """List the correspondents' statements that were compared, newest first, for the bank and the correspondent."""
    found: list[StatementReceived] = []
    for code, received in room.books.reports.statements.items():
        nostro = room.books.nostros[code]
        if institution in (None, nostro.bank, nostro.correspondent):
            found += received
    return sorted(found, key=lambda one: (one.at_us, one.nostro), reverse=True)


def _lines(room: Offshore, rules: RuleBook, file: ReportFile) -> Iterator[str]:
    if file.kind is FileKind.CORRECTIONS:
        return correction_lines(room, file)
    day = room.books.reports.days[file.date.isoformat()]
    if file.kind is FileKind.BALANCES:
        return balance_lines(room, file, day)
    return transaction_lines(room, rules, file, day)
