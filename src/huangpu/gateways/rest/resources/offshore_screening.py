"""Screening in the offshore venue: cases, lists and known parties, for officers, the operator's compliance and the supervisor alone.

Who may not read it gets what one gets who asks for what is not there: empty lists, and not found.
"""

from typing import Annotated

import msgspec

from huangpu.core.calendar import date_of
from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import After, Asked, Limit, Page, View
from huangpu.venues.offshore.screening import views
from huangpu.venues.offshore.screening.books import Case, CaseState
from huangpu.venues.offshore.screening.cases import (
    ClearScreeningCase,
    ConfirmScreeningCase,
    NoteScreeningCase,
)
from huangpu.venues.offshore.screening.lists import AdoptScreeningList, ProposeScreeningList

Text = Annotated[str, msgspec.Meta(max_length=350)]


class ScreeningCaseQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which screening cases to list."""

    limit: Limit = 50
    after: After = ""
    state: CaseState | None = None


class PartyQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which party: a member by its id, or anybody by name and country."""

    institution: Text = ""
    name: Text = ""
    country: Text = ""


def _whose(asked: Asked) -> str:
    """Return whose cases the person may read."""
    date = date_of(asked.gate.engine.last_at_us)
    return views.reach(asked.centre.offshore, asked.centre.rules, asked.person.id, date)


def _cases(asked: Asked) -> Page[Case]:
    query: ScreeningCaseQuery = asked.query
    found = views.cases(
        asked.centre.offshore,
        _whose(asked),
        state=query.state,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.cases, found.next_after)


def _case(asked: Asked) -> views.CaseView | None:
    return views.case(asked.centre.offshore, _whose(asked), asked.path["case_id"])


def _cases_of_payment(asked: Asked) -> Page[Case]:
    uetr = asked.path["uetr"]
    return Page(views.cases_of_payment(asked.centre.offshore, _whose(asked), uetr))


def _lists(asked: Asked) -> Page[views.ListView]:
    return Page(views.lists(asked.centre.offshore, _whose(asked)))


def _parties(asked: Asked) -> Page[views.PartyView]:
    query: PartyQuery = asked.query
    found = views.party(
        asked.centre.offshore,
        _whose(asked),
        institution=query.institution,
        name=query.name,
        country=query.country,
    )
    return Page([] if found is None else [found])


ACTS: tuple[Act, ...] = (
    Act("/v1/offshore/screening-lists", ProposeScreeningList),
    Act("/v1/offshore/screening-lists/{list_id}/adopt", AdoptScreeningList),
    Act("/v1/offshore/screening-cases/{case_id}/note", NoteScreeningCase),
    Act("/v1/offshore/screening-cases/{case_id}/clear", ClearScreeningCase),
    Act("/v1/offshore/screening-cases/{case_id}/confirm", ConfirmScreeningCase),
)
VIEWS: tuple[View, ...] = (
    View(
        "/v1/offshore/screening-cases",
        _cases,
        Page[Case],
        "List screening cases, newest first",
        ScreeningCaseQuery,
    ),
    View(
        "/v1/offshore/screening-cases/{case_id}",
        _case,
        views.CaseView,
        "Show a screening case with the entries it is about",
    ),
    View(
        "/v1/offshore/payments/{uetr}/screening-cases",
        _cases_of_payment,
        Page[Case],
        "List the screening cases that a payment opened",
    ),
    View(
        "/v1/offshore/screening-lists",
        _lists,
        Page[views.ListView],
        "List the lists in force and those that wait for a second person",
    ),
    View(
        "/v1/offshore/screening-parties",
        _parties,
        Page[views.PartyView],
        "Show what is known of one party: a member, or a name with a country",
        PartyQuery,
    ),
)
