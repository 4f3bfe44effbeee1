"""The release queue of a bank: what waits for an officer at the second line, with the facts that the release is decided on."""

import datetime
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get

from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.tabs import is_bank, venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.venues.offshore import boundary_views, views
from huangpu.venues.offshore.boundary_views import LoanView, QuotaView, ReleaseView
from huangpu.venues.offshore.orders import Wait
from huangpu.venues.offshore.pages import PaymentDetail
from huangpu.venues.offshore.second_line.claims import OWN_ACCOUNT, UPGRADED
from huangpu.venues.offshore.second_line.loans import months_before

RELEASE = "offshore.release"
SHOWN = 50


class Waiting(msgspec.Struct, frozen=True):
    """One payment of the queue with what its officer looks at.

    `why_not` is why the reader has no button: MAKER, ROLE or NOT_YOURS, else empty; `old_enough` is the day until which a loan
    must have been drawn.
    """

    view: ReleaseView
    detail: PaymentDetail
    bank: str
    why_not: str
    quotas: list[QuotaView]
    loans: list[LoanView]
    old_enough: datetime.date | None


@get("/offshore/releases")
async def show_releases(visitor: Visitor, done: str = "") -> Response[str]:
    """Show the release queue to the bank's people and to who sees all."""
    return await releases_page(visitor, {}, {"done": done_of(done)})


async def releases_page(
    visitor: Visitor, _form: Mapping[str, str], extra: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write the queue."""
    _ = visitor.signed_in
    if not is_bank(visitor):
        raise NotFound
    await visitor.gate.readable()
    queue = boundary_views.release_queue(
        visitor.centre.offshore, visitor.scope, visitor.signed_in.id
    )
    data = {
        "queue": [_waiting(visitor, view) for view in queue[:SHOWN]],
        "in_all": len(queue),
        "oldest": queue[0].at_us if queue else 0,
        "mine": sum(view.mine for view in queue),
        "screening": str(Wait.SCREENING),
    }
    framed = {**data, **extra}
    return await venue_page(visitor, "offshore/releases.html", "releases", framed, status=status)


def _waiting(visitor: Visitor, view: ReleaseView) -> Waiting:
    room, rules = visitor.centre.offshore, visitor.centre.rules
    detail = views.payment(room, rules, view.uetr, visitor.scope)
    assert detail is not None, view.uetr
    bank = detail.payment.bank
    order = view.order
    quotas = (
        boundary_views.quotas(room, rules, view.debtor, visitor.date)
        if view.rule == UPGRADED
        else []
    )
    loans: list[LoanView] = []
    old_enough = None
    if view.rule == OWN_ACCOUNT and order.purpose == "LOAN":
        found = boundary_views.loans(room, visitor.scope)
        loans = [one for one in found if one.account == order.creditor_account and not one.ended]
        months = rules["offshore.second_line.loan_months_min"].at(visitor.date).integer
        old_enough = months_before(visitor.date, months)
    return Waiting(view, detail, bank, _why_not(visitor, view, bank), quotas, loans, old_enough)


def _why_not(visitor: Visitor, view: ReleaseView, bank: str) -> str:
    """Say why the reader cannot decide; the engine asks again."""
    if visitor.signed_in.institution != bank:
        return "NOT_YOURS"
    if view.mine:
        return "MAKER"
    return "" if visitor.may(RELEASE) else "ROLE"
