"""The white list: who may pay, now and at any past instant, what is dated ahead, and what the administration may do about it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get

from huangpu.console import acts
from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.commands import instant
from huangpu.console.offshore.tabs import venue_page
from huangpu.console.pages import Visitor
from huangpu.core.message import Rejected
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore import boundary_views, views
from huangpu.venues.offshore.pages import ListingView
from huangpu.venues.offshore.state import ListingState, ListingStep
from huangpu.venues.offshore.white_list import unconfirmed

LIST, RECOMMEND, BIND = "offshore.list", "offshore.recommend", "offshore.bind"
ACTS_OF: dict[ListingState, tuple[str, ...]] = {
    ListingState.APPLIED: ("recommend", "decline-application"),
    ListingState.DECLINED: ("recommend",),
    ListingState.RECOMMENDED: ("list", "decline-application", "remove"),
    ListingState.ACTIVE: ("suspend", "remove"),
    ListingState.SUSPENDED: ("reinstate", "remove"),
    ListingState.REMOVED: ("recommend",),
}
"""What the administration may do with a company, by its state."""
EXAMINES = ("recommend", "decline-application")
WITH_CAUSE = ("decline-application", "suspend", "remove")


class Row(msgspec.Struct, frozen=True):
    """A company of the list: its view, steps dated ahead, a suspension that waits, and what the visitor may do."""

    view: ListingView
    ahead: list[ListingStep]
    unconfirmed: ListingStep | None
    acts: tuple[str, ...]
    may_bind: bool


@get("/offshore/white-list")
async def show_white_list(visitor: Visitor, done: str = "") -> Response[str]:
    """Show the white list with its history."""
    return await white_list_page(visitor, {}, {"done": done_of(done)})


async def white_list_page(
    visitor: Visitor, _form: Mapping[str, str], extra: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write the list."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room, scope, now_us = visitor.centre.offshore, visitor.scope, visitor.now_us
    listings = views.white_list(room, scope, now_us)
    applications = boundary_views.applications(room, now_us, scope)
    data = {
        "rows": [_row(visitor, view) for view in listings],
        "overview": views.overview(room, visitor.date),
        "counts": {s: sum(view.state is s for view in listings) for s in ListingState},
        "applications": applications,
        "sees_applications": scope is None or bool(applications) or _administers(visitor),
        "upgrades": boundary_views.upgrades(room, visitor.centre.rules, visitor.date, scope),
        "banks": [
            (one.id, visitor.name_of(one.id))
            for one in visitor.centre.registry.institutions.values()
            if one.kind is InstitutionKind.BANK
        ],
        "candidates": _candidates(visitor),
        "with_cause": WITH_CAUSE,
        **_payable(visitor),
    }
    framed = {**data, **extra}
    return await venue_page(
        visitor, "offshore/white_list.html", "white-list", framed, status=status
    )


def _payable(visitor: Visitor) -> dict[str, Any]:
    """Answer who was payable at the instant that the address asks for, if it asks."""
    query = visitor.request.query_params
    refused: Rejected | None = None
    at_us = None
    try:
        at_us = instant(query, "at")
    except acts.Unreadable as error:
        refused = error.refusal
    payable = (
        [] if at_us is None else views.payable_at(visitor.centre.offshore, at_us, visitor.scope)
    )
    return {
        "asked_at": query.get("at", ""),
        "at_us": at_us,
        "at_refused": refused,
        "payable": payable,
    }


def _row(visitor: Visitor, view: ListingView) -> Row:
    listing = visitor.centre.offshore.books.listings[view.company]
    ahead = [step for step in view.steps if step.at_us > visitor.now_us]
    waiting = unconfirmed(listing, visitor.now_us) if _told(visitor) else None
    offered = ACTS_OF[view.state] if _administers(visitor) else ()
    own = visitor.signed_in.institution
    may_bind = visitor.may(BIND) and (
        own == view.company or visitor.institution.kind is InstitutionKind.BANK
    )
    allowed = tuple(act for act in offered if visitor.may(RECOMMEND if act in EXAMINES else LIST))
    return Row(view, ahead, waiting, allowed, may_bind)


def _candidates(visitor: Visitor) -> list[tuple[str, str]]:
    """List the mainland companies that are not on the list, for the administration to recommend."""
    if not _administers(visitor) or not visitor.may(RECOMMEND):
        return []
    listings = visitor.centre.offshore.books.listings
    return [
        (one.id, f"{one.id} · {visitor.name_of(one.id)}")
        for one in visitor.centre.registry.institutions.values()
        if one.kind is InstitutionKind.COMPANY and one.domestic and one.id not in listings
    ]


def _administers(visitor: Visitor) -> bool:
    return visitor.institution.kind is InstitutionKind.ADMINISTRATION


def _told(visitor: Visitor) -> bool:
    return visitor.scope is None or _administers(visitor)
