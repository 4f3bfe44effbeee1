"""The tabs of the venue: one list, each tab shown to those who may use its page.

A page asks again by itself: a tab that is not shown is no lock.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from litestar import Response

from huangpu.console.pages import Visitor, page
from huangpu.console.wording import N_
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.screening.views import reach

INSTRUCT = "offshore.instruct"
PARTIES = (InstitutionKind.COMPANY, InstitutionKind.BANK, InstitutionKind.OVERSEAS_BANK)
"""Kinds of institution that hold accounts here or keep them."""


class Tab(NamedTuple):
    """One page of the venue: its key, where it is, its name, and who is shown the way."""

    key: str
    path: str
    label: str
    shown: Callable[[Visitor], bool]


def everybody(_: Visitor) -> bool:
    """Show a tab to all who are signed in."""
    return True


def is_treasurer(visitor: Visitor) -> bool:
    """Tell whether the visitor pays for a company."""
    return visitor.institution.kind is InstitutionKind.COMPANY and visitor.may(INSTRUCT)


def is_bank(visitor: Visitor) -> bool:
    """Tell whether the visitor works for a bank of the centre, or may look at all of them."""
    return visitor.institution.kind is InstitutionKind.BANK or visitor.scope is None


def is_party(visitor: Visitor) -> bool:
    """Tell whether accounts or mirrors can concern the visitor."""
    return visitor.scope is None or visitor.institution.kind in PARTIES


SAMPLED = (InstitutionKind.COMPANY, InstitutionKind.BANK, InstitutionKind.ADMINISTRATION)
"""Kinds of institution that sample cases and monitors concern."""
FOUR_EYES = (InstitutionKind.BANK, InstitutionKind.ADMINISTRATION, InstitutionKind.OPERATOR)
"""Kinds of institution in which one person proposes and another decides."""


def reach_of(visitor: Visitor) -> str:
    """Return whose screening cases the visitor reads; empty for most people."""
    centre = visitor.centre
    return reach(centre.offshore, centre.rules, visitor.signed_in.id, visitor.date)


def screens(visitor: Visitor) -> bool:
    """Tell whether the visitor reads screening cases."""
    return reach_of(visitor) != ""


def is_sampled(visitor: Visitor) -> bool:
    """Tell whether sample cases and monitors can concern the visitor."""
    return visitor.scope is None or visitor.institution.kind in SAMPLED


def has_second_person(visitor: Visitor) -> bool:
    """Tell whether proposals can wait for the visitor's institution."""
    return visitor.scope is None or visitor.institution.kind in FOUR_EYES


def supervises(visitor: Visitor) -> bool:
    """Tell whether the visitor may look at everybody's data."""
    return visitor.scope is None


TABS: tuple[Tab, ...] = (
    Tab("treasurer", "/offshore/treasurer", N_("Treasury"), is_treasurer),
    Tab("bank", "/offshore/bank", N_("Bank desk"), is_bank),
    Tab("payments", "/offshore", N_("Payments"), everybody),
    Tab("queue", "/offshore/queue", N_("Queue"), is_party),
    Tab("releases", "/offshore/releases", N_("Releases"), is_bank),
    Tab("screening", "/offshore/screening", N_("Screening"), screens),
    Tab("samples", "/offshore/samples", N_("Sample cases"), is_sampled),
    Tab("inbox", "/offshore/inbox", N_("Second person"), has_second_person),
    Tab("accounts", "/offshore/accounts", N_("Accounts"), is_party),
    Tab("white-list", "/offshore/white-list", N_("White list"), everybody),
    Tab("monitors", "/offshore/monitors", N_("Monitors"), is_sampled),
    Tab("reports", "/offshore/reports", N_("Reports"), is_bank),
    Tab("supervision", "/offshore/supervision", N_("Supervision"), supervises),
    Tab("matrix", "/offshore/matrix", N_("Transfer matrix"), everybody),
)
"""All tabs in their order; a new page of the venue adds its row here."""


def tabs_of(visitor: Visitor) -> list[Tab]:
    """List the tabs that a visitor is shown."""
    return [tab for tab in TABS if tab.shown(visitor)]


async def venue_page(
    visitor: Visitor, template: str, tab: str, data: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write a page of the venue under its tabs."""
    framed = {"topic": "offshore", "tab": tab, "tabs": tabs_of(visitor), **data}
    return await page(visitor, template, framed, status=status)
