"""The monitors of the offshore venue: sample cases, grades, limits, deviation, findings, proposals."""

import msgspec

from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import After, Asked, Limit, Page, View
from huangpu.venues.offshore.monitoring import pages, views
from huangpu.venues.offshore.monitoring.books import CaseState, FindingState
from huangpu.venues.offshore.monitoring.cases import (
    AcceptDocuments,
    RejectDocuments,
    UploadDocuments,
)
from huangpu.venues.offshore.monitoring.findings import ExplainFinding
from huangpu.venues.offshore.monitoring.grades import SetGrade
from huangpu.venues.offshore.monitoring.limits import SetLimit
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal, DeclineProposal
from huangpu.venues.offshore.monitoring.rates import SetReferenceRates


class SampleCaseQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which sample cases to list."""

    limit: Limit = 50
    after: After = ""
    state: CaseState | None = None


class FindingQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which findings to list."""

    limit: Limit = 50
    after: After = ""
    state: FindingState | None = None


def _now_us(asked: Asked) -> int:
    return asked.gate.engine.last_at_us


def _cases(asked: Asked) -> Page[pages.CaseView]:
    query: SampleCaseQuery = asked.query
    found = views.cases(
        asked.centre.offshore,
        _now_us(asked),
        institution=asked.institution,
        state=query.state,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.cases, found.next_after)


def _case(asked: Asked) -> pages.CaseView | None:
    room, uetr = asked.centre.offshore, asked.path["uetr"]
    return views.case_of(room, _now_us(asked), uetr, asked.institution)


def _grades(asked: Asked) -> Page[pages.GradeView]:
    centre = asked.centre
    return Page(views.grades(centre.offshore, centre.rules, _now_us(asked), asked.institution))


def _limits(asked: Asked) -> Page[pages.LimitView]:
    centre = asked.centre
    return Page(views.limits(centre.offshore, centre.rules, _now_us(asked), asked.institution))


def _deviations(asked: Asked) -> Page[pages.DeviationView]:
    centre = asked.centre
    found = views.deviations(centre.offshore, centre.rules, _now_us(asked), asked.institution)
    return Page(found)


def _alerts(asked: Asked) -> Page[pages.AlertView]:
    return Page(views.alerts(asked.centre.offshore, _now_us(asked), asked.institution))


def _findings(asked: Asked) -> Page[pages.FindingView]:
    query: FindingQuery = asked.query
    found = views.findings(
        asked.centre.offshore,
        _now_us(asked),
        institution=asked.institution,
        state=query.state,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.findings, found.next_after)


def _proposals(asked: Asked) -> Page[pages.ProposalView]:
    return Page(views.proposals(asked.centre.offshore, _now_us(asked), asked.institution))


ACTS: tuple[Act, ...] = (
    Act("/v1/offshore/sample-cases/{uetr}/documents", UploadDocuments),
    Act("/v1/offshore/sample-cases/{uetr}/accept", AcceptDocuments),
    Act("/v1/offshore/sample-cases/{uetr}/reject", RejectDocuments),
    Act("/v1/offshore/grades/{company}", SetGrade),
    Act("/v1/offshore/limits", SetLimit),
    Act("/v1/offshore/reference-rates", SetReferenceRates),
    Act("/v1/offshore/finding-explanations", ExplainFinding),
    Act("/v1/offshore/proposal-approvals", ApproveProposal),
    Act("/v1/offshore/proposal-refusals", DeclineProposal),
)
VIEWS: tuple[View, ...] = (
    View(
        "/v1/offshore/sample-cases",
        _cases,
        Page[pages.CaseView],
        "List the payments drawn for checking, newest first",
        SampleCaseQuery,
    ),
    View(
        "/v1/offshore/sample-cases/{uetr}",
        _case,
        pages.CaseView,
        "Show the sample case of one payment",
    ),
    View(
        "/v1/offshore/grades",
        _grades,
        Page[pages.GradeView],
        "List the companies' grades with the share of payments that is drawn",
    ),
    View(
        "/v1/offshore/limits",
        _limits,
        Page[pages.LimitView],
        "List the agreed limits with today's use",
    ),
    View(
        "/v1/offshore/deviations",
        _deviations,
        Page[pages.DeviationView],
        "Show receipts against payments by company and bank, day by day",
    ),
    View(
        "/v1/offshore/alerts",
        _alerts,
        Page[pages.AlertView],
        "List the alerts of the deviation monitor, standing ones first",
    ),
    View(
        "/v1/offshore/findings",
        _findings,
        Page[pages.FindingView],
        "List what the pairing of trades found, newest first",
        FindingQuery,
    ),
    View(
        "/v1/offshore/proposals",
        _proposals,
        Page[pages.ProposalView],
        "List what the monitors propose to the reader, newest first",
    ),
)
