"""What the supervisor is owed: large-value reports, the daily files with their digest chain, breaks, flows across the second line, recalls."""

import datetime
from collections.abc import Mapping
from itertools import islice
from typing import Any

import msgspec
from litestar import Response, get

from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.tabs import is_bank, venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.console.security import new_nonce, page_headers
from huangpu.venues.offshore import boundary_views
from huangpu.venues.offshore.recalls import views as recalls
from huangpu.venues.offshore.reports import views
from huangpu.venues.offshore.reports.books import (
    BreakState,
    CorrectionState,
    FileKind,
    LargeValueState,
    ReportFile,
)
from huangpu.venues.offshore.reports.record import CORRECTABLE
from huangpu.venues.offshore.second_line.claims import HEAD_OFFICE, LOAN, UPGRADED
from huangpu.venues.offshore.state import Offshore

ROWS, FILES = 40, 12
REPORT, ACCOUNT = "offshore.report", "offshore.account"
FLOWS = {UPGRADED: "UPGRADED", HEAD_OFFICE: "HEAD_OFFICE", LOAN: "LOAN"}


class Flow(msgspec.Struct, frozen=True):
    """One running balance across the second line. Units: fen, positive into the domestic economy."""

    kind: str
    subject: str
    net: int
    claimed_in: int
    claimed_out: int


@get("/offshore/reports")
async def show_reports(visitor: Visitor, stream: str = "", done: str = "") -> Response[str]:
    """Show what is reported of the visitor's bank, or of all."""
    return await reports_page(visitor, {"stream": stream}, {"done": done_of(done)})


async def reports_page(
    visitor: Visitor, form: Mapping[str, str], extra: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write the reports."""
    _ = visitor.signed_in
    if not is_bank(visitor):
        raise NotFound
    await visitor.gate.readable()
    room, scope, now_us = visitor.centre.offshore, visitor.scope, visitor.now_us
    large = list(views.large_values(room, institution=scope, date=visitor.date))
    breaks = list(views.breaks(room, institution=scope, now_us=now_us))
    chosen, files = _files(visitor, form.get("stream", ""))
    data = {
        "large": sorted(large, key=_urgency)[:ROWS],
        "large_due": sum(v.report.state is LargeValueState.DUE for v in large),
        "large_overdue": sum(v.overdue for v in large),
        "streams": views.streams(room, scope),
        "files": files,
        "chosen": chosen,
        "breaks": sorted(breaks, key=lambda v: v.found.state is BreakState.CLOSED)[:ROWS],
        "breaks_open": sum(v.found.state is not BreakState.CLOSED for v in breaks),
        "statements": views.statements_received(room, scope)[:ROWS],
        "corrections": list(islice(views.corrections(room, scope), ROWS)),
        "states": CorrectionState,
        "flows": flows_of(room, scope),
        "recalls": recalls.recalls(
            room, now_us, institution=scope, open_only=True, limit=ROWS
        ).items,
        "bop": boundary_views.bop_records(
            room, visitor.centre.rules, institution=scope, limit=ROWS
        ).records,
        "owners": _owners(visitor),
        "correctable": [(n, visitor.words.code("record_field", n)) for n in CORRECTABLE],
        "units": sorted({one.unit for one in views.streams(room, scope)}),
        "may_report": lambda bank: _may(visitor, bank, REPORT),
        "may_correct": visitor.may(REPORT) and scope is not None,
        "may_correct_bop": lambda bank: _may(visitor, bank, ACCOUNT),
    }
    framed = {**data, **extra}
    return await venue_page(visitor, "offshore/reports.html", "reports", framed, status=status)


@get("/offshore/reports/files/{unit:str}/{kind:str}/{sequence:int}")
async def download_file(visitor: Visitor, unit: str, kind: str, sequence: int) -> Response[str]:
    """Hand out the text of one file, derived anew and checked against its digest."""
    _ = visitor.signed_in
    if not is_bank(visitor) or kind not in list(FileKind):
        raise NotFound
    await visitor.gate.readable()
    room, rules = visitor.centre.offshore, visitor.centre.rules
    text = views.file_text(room, rules, (unit, FileKind(kind), sequence), visitor.scope)
    if text is None:
        raise NotFound
    name = f"{unit}-{kind.lower()}-{sequence:06d}.csv"
    headers = {
        **page_headers(new_nonce()),
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def flows_of(room: Offshore, scope: str | None) -> list[Flow]:
    """List the running balances across the second line that a reader may see: its own, its customers', or all."""
    found: list[Flow] = []
    for key, running in room.books.boundary.running.items():
        rule, _, subject = key.partition("|")
        if scope in (None, subject) or scope in _keepers(room, rule, subject):
            found.append(
                Flow(FLOWS[rule], subject, running.net, running.claimed_in, running.claimed_out)
            )
    return found


def _keepers(room: Offshore, rule: str, subject: str) -> tuple[str, ...]:
    """Return the banks that keep what a running balance is about."""
    if rule == UPGRADED:
        upgrade = room.books.boundary.upgrades.get(subject)
        return () if upgrade is None else (upgrade.bank,)
    account = room.registry.cash_accounts.get(subject)
    return () if account is None else (account.bank, account.holder)


def _urgency(view: views.LargeValueView) -> tuple[bool, datetime.date]:
    """Put what is due first, the first due in front."""
    return view.report.state is LargeValueState.FILED, view.report.due


def _files(visitor: Visitor, chosen: str) -> tuple[str, list[ReportFile]]:
    """Return the stream that is shown, as `KIND|unit`, with its newest files; the first one where none is asked for."""
    room, scope = visitor.centre.offshore, visitor.scope
    streams = [f"{one.kind}|{one.unit}" for one in views.streams(room, scope)]
    if not streams:
        return "", []
    shown = chosen if chosen in streams else streams[0]
    kind, _, unit = shown.partition("|")
    found = views.files_of(room, unit, FileKind(kind), institution=scope, limit=FILES)
    return shown, found or []


def _owners(visitor: Visitor) -> list[tuple[str, str]]:
    """List the people of the visitor's institution, to whom a break can be assigned."""
    own = visitor.signed_in.institution
    people = visitor.centre.registry.people.persons.values()
    return [(one.id, one.id) for one in people if one.institution == own]


def _may(visitor: Visitor, bank: str, permission: str) -> bool:
    own = visitor.institution
    return (own.id == bank or (not bank and own.kind == "OPERATOR")) and visitor.may(permission)
