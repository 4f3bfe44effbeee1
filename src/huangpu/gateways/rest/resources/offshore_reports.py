"""Reporting of the offshore venue: statements and files to download, large values, corrections, breaks."""

import datetime
from itertools import islice
from typing import Any, TypeVar

import msgspec

from huangpu.core.calendar import date_of
from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.downloads import CSV, TEXT, XLSX, Table, csv_of, download, xlsx_of
from huangpu.gateways.rest.problems import problem
from huangpu.gateways.rest.reads import After, Asked, Limit, Page, View, Window, number_in
from huangpu.gateways.rest.wire import Answer
from huangpu.venues.offshore.reports import views
from huangpu.venues.offshore.reports.books import (
    BreakState,
    Correction,
    FileKind,
    LargeValueState,
    ReportFile,
    StatementReceived,
)
from huangpu.venues.offshore.reports.breaks import AssignBreak, CloseBreak, DecideBreakClosure
from huangpu.venues.offshore.reports.corrections import (
    CorrectReportRecord,
    DecideReportCorrection,
)
from huangpu.venues.offshore.reports.large_value import FileLargeValueReport
from huangpu.venues.offshore.reports.reconciliation import ReceiveCorrespondentStatement
from huangpu.venues.offshore.reports.statements import (
    DayStatement,
    StatementTooLong,
    statement,
    table_of,
)

AMOUNT_COLUMNS = frozenset({4, 5})
Item = TypeVar("Item")


class PeriodQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first and the last day of a statement; today's by default, the last as the first."""

    from_date: datetime.date | None = None
    to_date: datetime.date | None = None


class LargeValueQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which large-value reports to list."""

    limit: Limit = 50
    after: After = ""
    state: LargeValueState | None = None


class BreakQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which breaks to list."""

    limit: Limit = 50
    after: After = ""
    state: BreakState | None = None


def _dates(asked: Asked) -> tuple[datetime.date, datetime.date]:
    query: PeriodQuery = asked.query
    first = query.from_date or query.to_date or date_of(asked.gate.engine.last_at_us)
    return first, query.to_date or first


def _statement(asked: Asked) -> DayStatement | Answer | None:
    try:
        return statement(
            asked.centre.offshore,
            asked.path["account_id"],
            asked.path["currency"],
            _dates(asked),
            now_us=asked.gate.engine.last_at_us,
            institution=asked.institution,
        )
    except StatementTooLong as error:
        return problem(400, "MALFORMED", str(error), path="query to_date")


def _table(found: DayStatement) -> Table:
    title = f"{found.account_id} {found.currency}"
    return Table(title, table_of(found), found.currency, AMOUNT_COLUMNS, found.to_date)


def _name(found: DayStatement, ending: str) -> str:
    return f"{found.account_id}-{found.currency}-{found.from_date}-{found.to_date}.{ending}"


def _statement_csv(asked: Asked) -> Answer | None:
    found = _statement(asked)
    if not isinstance(found, DayStatement):
        return found
    return download(csv_of(_table(found)), CSV, _name(found, "csv"))


def _statement_xlsx(asked: Asked) -> Answer | None:
    found = _statement(asked)
    if not isinstance(found, DayStatement):
        return found
    return download(xlsx_of(_table(found)), XLSX, _name(found, "xlsx"))


def _streams(asked: Asked) -> Page[views.StreamState]:
    return Page(views.streams(asked.centre.offshore, asked.institution))


def _kind(asked: Asked) -> FileKind | None:
    return next((one for one in FileKind if one == asked.path["kind"]), None)


def _files(asked: Asked) -> Page[ReportFile] | None:
    query: Window = asked.query
    kind, after = _kind(asked), number_in(query.after) or 0
    if kind is None:
        return None
    room, unit = asked.centre.offshore, asked.path["unit"]
    found = views.files_of(
        room, unit, kind, institution=asked.institution, limit=query.limit, after=after
    )
    if found is None:
        return None
    more = found and found[-1].sequence > 1
    return Page(found, str(found[-1].sequence) if more else "")


def _file(asked: Asked) -> Answer | None:
    kind, sequence = _kind(asked), number_in(asked.path["sequence"])
    if kind is None or sequence is None:
        return None
    unit, centre = asked.path["unit"], asked.centre
    text = views.file_text(centre.offshore, centre.rules, (unit, kind, sequence), asked.institution)
    if text is None:
        return None
    return download(text.encode(), TEXT, f"{unit}-{kind}-{sequence:06d}.csv")


def _large_values(asked: Asked) -> Page[views.LargeValueView]:
    query: LargeValueQuery = asked.query
    found = views.large_values(
        asked.centre.offshore,
        institution=asked.institution,
        date=date_of(asked.gate.engine.last_at_us),
        state=query.state,
    )
    return _cut(found, query)


def _corrections(asked: Asked) -> Page[Correction]:
    return _cut(views.corrections(asked.centre.offshore, asked.institution), asked.query)


def _breaks(asked: Asked) -> Page[views.BreakView]:
    query: BreakQuery = asked.query
    found = views.breaks(
        asked.centre.offshore,
        institution=asked.institution,
        now_us=asked.gate.engine.last_at_us,
        state=query.state,
    )
    return _cut(found, query)


def _statements_received(asked: Asked) -> Page[StatementReceived]:
    return _cut(views.statements_received(asked.centre.offshore, asked.institution), asked.query)


def _cut(found: Any, query: Any) -> Page[Any]:
    """Cut a page; the cursor counts the items before it, because what is listed is only ever added at the front."""
    skipped = number_in(query.after) or 0
    items = list(islice(found, skipped, skipped + query.limit + 1))
    more = len(items) > query.limit
    return Page(items[: query.limit], str(skipped + query.limit) if more else "")


STATEMENT = "/v1/offshore/accounts/{account_id}/{currency}/statement"

ACTS: tuple[Act, ...] = (
    Act("/v1/offshore/report-corrections", CorrectReportRecord),
    Act("/v1/offshore/report-correction-decisions", DecideReportCorrection),
    Act("/v1/offshore/large-value-filings", FileLargeValueReport),
    Act("/v1/offshore/correspondent-statements", ReceiveCorrespondentStatement),
    Act("/v1/offshore/break-assignments", AssignBreak),
    Act("/v1/offshore/break-closures", CloseBreak),
    Act("/v1/offshore/break-closure-decisions", DecideBreakClosure),
)
VIEWS: tuple[View, ...] = (
    View(STATEMENT, _statement, DayStatement, "Show the statement of some days", PeriodQuery),
    View(
        f"{STATEMENT}.csv",
        _statement_csv,
        bytes,
        "Download the statement as CSV",
        PeriodQuery,
        media_type=CSV,
    ),
    View(
        f"{STATEMENT}.xlsx",
        _statement_xlsx,
        bytes,
        "Download the statement as a workbook",
        PeriodQuery,
        media_type=XLSX,
    ),
    View(
        "/v1/offshore/report-streams",
        _streams,
        Page[views.StreamState],
        "List the streams of files and how far they have come",
    ),
    View(
        "/v1/offshore/report-streams/{unit}/{kind}",
        _files,
        Page[ReportFile],
        "List the files of one stream, newest first",
        Window,
    ),
    View(
        "/v1/offshore/report-streams/{unit}/{kind}/{sequence}",
        _file,
        bytes,
        "Download one file of a stream",
        media_type=TEXT,
    ),
    View(
        "/v1/offshore/large-value-reports",
        _large_values,
        Page[views.LargeValueView],
        "List the large-value reports that a bank owes",
        LargeValueQuery,
    ),
    View(
        "/v1/offshore/report-corrections",
        _corrections,
        Page[Correction],
        "List the corrections of reported records",
        Window,
    ),
    View("/v1/offshore/breaks", _breaks, Page[views.BreakView], "List the breaks", BreakQuery),
    View(
        "/v1/offshore/correspondent-statements",
        _statements_received,
        Page[StatementReceived],
        "List the correspondents' statements that were compared",
        Window,
    ),
)
