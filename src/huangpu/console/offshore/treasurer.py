"""The treasurer's page: own accounts, what waits and in which place, a payment, a file of payments, exchange, statements."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get

from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.dealing import choices_of as exchange_choices
from huangpu.console.offshore.dealing import dealing_of, rate_of
from huangpu.console.offshore.instructing import choices_of
from huangpu.console.offshore.tabs import is_treasurer, venue_page
from huangpu.console.pages import NotFound, Visitor, page
from huangpu.venues.offshore import views
from huangpu.venues.offshore.liquidity.views import queue_of

WAITING_SHOWN = 20
RECENT_SHOWN = 8
ACCOUNTS_SHOWN = 50


@get("/offshore/treasurer")
async def show(visitor: Visitor, part: str = "", done: str = "") -> Response[str]:
    """Show the treasurer their own affairs."""
    return await treasurer_page(visitor, {"done": done_of(done)}, part=part)


async def treasurer_page(
    visitor: Visitor, extra: Mapping[str, Any], *, part: str = "", status: int = 200
) -> Response[str]:
    """Write the page, or one part of it; there is none for who is no treasurer.

    Raises: NotFound.
    """
    _ = visitor.signed_in
    await visitor.gate.readable()
    if not is_treasurer(visitor):
        raise NotFound
    own, room = visitor.signed_in.institution, visitor.centre.offshore
    data: dict[str, Any] = {
        "tab": "treasurer",
        "accounts": views.accounts(room, institution=own, limit=ACCOUNTS_SHOWN).accounts,
        "dealing": dealing_of(visitor, own),
        "rate": rate_of,
        **_payments(visitor, own),
    }
    if part in ("balances", "waiting", "quotes"):
        return await page(visitor, f"offshore/_{part}.html", data)
    data |= {"form": choices_of(visitor), "exchange": exchange_choices(visitor)}
    return await venue_page(
        visitor, "offshore/treasurer.html", "treasurer", {**data, **extra}, status=status
    )


def _payments(visitor: Visitor, own: str) -> dict[str, Any]:
    centre = visitor.centre
    room = centre.offshore
    queue = queue_of(room, centre.rules, visitor.date, institution=own)
    waiting = views.payments(room, institution=own, status="PDNG", limit=WAITING_SHOWN).payments
    recent = views.payments(
        room,
        institution=own,
        limit=RECENT_SHOWN,
        fits=lambda record: record.order.uetr not in room.books.pending,
    )
    return {
        "places": {queued.uetr: queued for queued in queue.waiting},
        "incoming": queue.incoming,
        "waiting": [p for p in waiting if p.debtor.institution == own],
        "recent": recent.payments,
    }
