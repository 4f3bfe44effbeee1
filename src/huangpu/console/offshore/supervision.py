"""The supervisor's own page: what is wrong now, how old it is, and where to look; each figure leads to its page."""

from collections.abc import Sized
from itertools import islice
from typing import Any, NamedTuple

from litestar import Response, get

from huangpu.console.offshore.monitors import SEVERITY, plots_of
from huangpu.console.offshore.plots import FLOOR, HEIGHT, LEFT, WIDTH, Plot
from huangpu.console.offshore.reporting import flows_of
from huangpu.console.offshore.tabs import reach_of, supervises, venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.venues.offshore import boundary_views
from huangpu.venues.offshore.monitoring import views as monitoring
from huangpu.venues.offshore.monitoring.books import CaseState, FindingState, Level
from huangpu.venues.offshore.pages import LIMIT_MAX
from huangpu.venues.offshore.recalls import views as recalls
from huangpu.venues.offshore.reports import views as reports
from huangpu.venues.offshore.reports.books import BreakState, LargeValueState
from huangpu.venues.offshore.reports.views import LargeValueView
from huangpu.venues.offshore.screening import views as screening
from huangpu.venues.offshore.state import ListingState
from huangpu.venues.offshore.white_list import state_at

ROWS = 8
PLOTS = 6


class Tile(NamedTuple):
    """One figure that leads to its page; its tone is empty, wait or bad."""

    path: str
    label: str
    number: int
    tone: str


@get("/offshore/supervision")
async def show_supervision(visitor: Visitor) -> Response[str]:
    """Show what a supervisor asks first."""
    _ = visitor.signed_in
    if not supervises(visitor):
        raise NotFound
    await visitor.gate.readable()
    room, now_us, date = visitor.centre.offshore, visitor.now_us, visitor.date
    plots = plots_of(visitor)
    findings = monitoring.findings(
        room, now_us, institution=None, state=FindingState.OPEN, limit=LIMIT_MAX
    ).findings
    large = list(
        islice(
            reports.large_values(room, institution=None, date=date, state=LargeValueState.DUE),
            LIMIT_MAX,
        )
    )
    breaks = [
        view
        for view in reports.breaks(room, institution=None, now_us=now_us)
        if view.found.state is not BreakState.CLOSED
    ]
    asked = recalls.recalls(room, now_us, institution=None, open_only=True, limit=LIMIT_MAX).items
    data: dict[str, Any] = {
        "plots": [plot for plot in plots if plot.view.now.level is not Level.GREEN][:PLOTS]
        or plots[:PLOTS],
        "plot_box": (WIDTH, HEIGHT, FLOOR, LEFT),
        "findings": sorted(findings, key=lambda v: SEVERITY.get(v.finding.severity, 3))[:ROWS],
        "large": sorted(large, key=lambda view: view.report.due)[:ROWS],
        "breaks": sorted(breaks, key=lambda view: -view.age_us)[:ROWS],
        "recalls": asked[:ROWS],
        "flows": flows_of(room, None)[:ROWS],
        "streams": reports.streams(room, None),
        "tiles": _tiles(visitor, plots, findings, large, breaks, asked),
    }
    return await venue_page(visitor, "offshore/supervision.html", "supervision", data)


def _tiles(
    visitor: Visitor,
    plots: list[Plot],
    findings: Sized,
    large: list[LargeValueView],
    *further: Sized,
) -> list[Tile]:
    """Count what asks for attention; `further` are the open breaks and the open recalls."""
    text, breaks, asked = visitor.words.text, *map(len, further)
    levels = [plot.view.now.level for plot in plots]
    red, amber = levels.count(Level.RED), levels.count(Level.AMBER)
    overdue = sum(view.overdue for view in large)
    return [
        Tile("/offshore/monitors", text("Deviation red"), red, "bad"),
        Tile("/offshore/monitors", text("Deviation amber"), amber, "wait"),
        Tile("/offshore/monitors#findings", text("Findings open"), len(findings), "wait"),
        Tile("/offshore/reports", text("Large-value reports overdue"), overdue, "bad"),
        Tile("/offshore/reports#breaks", text("Breaks open"), breaks, "bad"),
        Tile("/offshore/reports#recalls", text("Recalls open"), asked, "wait"),
        *_queues(visitor),
    ]


def _queues(visitor: Visitor) -> list[Tile]:
    room, words = visitor.centre.offshore, visitor.words
    overdue = monitoring.cases(
        room,
        visitor.now_us,
        institution=None,
        state=CaseState.OVERDUE,
        limit=LIMIT_MAX,
    ).cases
    listings = room.books.listings.values()
    suspended = sum(state_at(one, visitor.now_us) is ListingState.SUSPENDED for one in listings)
    whose = reach_of(visitor)
    cases = screening.cases(room, whose, limit=1).open
    screened = Tile("/offshore/screening", words.text("Screening cases open"), cases, "wait")
    return [
        Tile(
            "/offshore/releases",
            words.text("Releases waiting"),
            len(boundary_views.release_queue(room, None)),
            "wait",
        ),
        *([screened] if whose else ()),
        Tile(
            "/offshore/samples?status=OVERDUE",
            words.text("Documents overdue"),
            len(overdue),
            "bad",
        ),
        Tile("/offshore/queue", words.text("Payments without money"), len(room.lines), "wait"),
        Tile("/offshore/white-list", words.text("Companies suspended"), suspended, "wait"),
    ]
