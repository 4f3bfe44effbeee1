"""The monitors: deviation of receipts and payments as plots, alerts, findings, limits with today's use, grades.

A company sees what concerns it, a bank what went through it, an administration and who sees all the rest; the views decide.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get

from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.changes import limit_text
from huangpu.console.offshore.plots import FLOOR, HEIGHT, LEFT, WIDTH, Plot, plotted
from huangpu.console.offshore.tabs import is_sampled, venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.monitoring import views
from huangpu.venues.offshore.monitoring.books import (
    Explanation,
    FindingState,
    Grade,
    Level,
    LimitKind,
    ProposalState,
)
from huangpu.venues.offshore.monitoring.pages import LimitView

ROWS = 40
MONITOR = "offshore.monitor"
GRAVITY = {Level.RED: 0, Level.AMBER: 1, Level.GREEN: 2}
SEVERITY = {"HIGH": 0, "MEDIUM": 1, "LOW": 2}


@get("/offshore/monitors")
async def show_monitors(visitor: Visitor, after: str = "", done: str = "") -> Response[str]:
    """Show the monitors as far as they are the visitor's."""
    return await monitors_page(visitor, {"after": after}, {"done": done_of(done)})


async def monitors_page(
    visitor: Visitor, form: Mapping[str, str], extra: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write the monitors."""
    _ = visitor.signed_in
    if not is_sampled(visitor):
        raise NotFound
    await visitor.gate.readable()
    room, rules, now_us = visitor.centre.offshore, visitor.centre.rules, visitor.now_us
    scope = visitor.scope
    found = views.findings(room, now_us, institution=scope, limit=ROWS, after=form.get("after", ""))
    plots = plots_of(visitor)
    data = {
        "plots": plots,
        "plot_box": (WIDTH, HEIGHT, FLOOR, LEFT),
        "levels": {level: sum(p.view.now.level is level for p in plots) for level in Level},
        "alerts": views.alerts(room, now_us, scope)[:ROWS],
        "findings": found.findings,
        "next_after": found.next_after,
        "explaining": _explaining(visitor),
        "sees_findings": scope is None or visitor.institution.kind is not InstitutionKind.COMPANY,
        "open_findings": sum(f.finding.state is FindingState.OPEN for f in found.findings),
        "limits": views.limits(room, rules, now_us, scope),
        "limit_text": lambda view: limit_text(visitor, view.kind, view.limit),
        "used_text": lambda view: _used_text(visitor, view),
        "grades": views.grades(room, rules, now_us, scope),
        "may_explain": lambda finding: _may(visitor, finding.bank),
        **_forms(visitor),
    }
    framed = {**data, **extra}
    return await venue_page(visitor, "offshore/monitors.html", "monitors", framed, status=status)


def plots_of(visitor: Visitor) -> list[Plot]:
    """Plot the deviations that the visitor may see, the gravest first."""
    found = views.deviations(
        visitor.centre.offshore, visitor.centre.rules, visitor.now_us, visitor.scope
    )
    found.sort(key=lambda view: (GRAVITY[view.now.level], -view.now.ratio_bp))
    return [plotted(view) for view in found]


def _forms(visitor: Visitor) -> dict[str, Any]:
    """Offer what the visitor may propose: limits to a bank, grades to a bank or an administration."""
    words, kind = visitor.words, visitor.institution.kind
    monitors = visitor.may(MONITOR)
    listings = visitor.centre.offshore.books.listings.values()
    own = visitor.signed_in.institution
    administers = kind is InstitutionKind.ADMINISTRATION
    companies = [
        (one.company, visitor.name_of(one.company))
        for one in listings
        if administers or own in one.banks
    ]
    return {
        "may_limit": monitors and kind is InstitutionKind.BANK,
        "may_grade": monitors and bool(companies),
        "customers": [("", words.text("all customers together")), *companies],
        "companies": companies,
        "kinds": [(str(k), words.code("limit_kind", k)) for k in LimitKind],
        "grades_offered": [(str(g), words.code("grade", g)) for g in Grade],
    }


def _explaining(visitor: Visitor) -> dict[int, str]:
    """Name who proposed an explanation that still waits, by the number of its finding."""
    return {
        view.proposal.change.finding: view.proposal.proposer
        for view in views.proposals(visitor.centre.offshore, visitor.now_us, visitor.scope)
        if view.proposal.state is ProposalState.PROPOSED
        and isinstance(view.proposal.change, Explanation)
    }


def _may(visitor: Visitor, bank: str) -> bool:
    return visitor.signed_in.institution == bank and visitor.may(MONITOR)


def _used_text(visitor: Visitor, view: LimitView) -> str:
    words = visitor.words
    if view.kind is LimitKind.PAYMENT:
        return words.text("each payment is compared")
    if view.kind is LimitKind.MINUTE:
        return words.text("%(number)s in the last minute", number=words.number(view.used))
    return words.text("%(amount)s CNY used today", amount=words.brief(view.used, "CNY"))
