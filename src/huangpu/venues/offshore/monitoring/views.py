"""What people read of the monitors: cases, grades, limits with today's use, deviation for plots, alerts, findings, proposals.

`institution` is who reads: None sees all. A company sees its own cases, grade, limits and deviation; a bank those of what went through it, and
findings; an administration everything but the limits that banks agree. Findings are not told to the company they are about.
"""

import datetime
from itertools import islice

from huangpu.core.calendar import date_of
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.monitoring import deviation
from huangpu.venues.offshore.monitoring.approvals import may_decide
from huangpu.venues.offshore.monitoring.books import (
    CaseState,
    FindingState,
    Flow,
    LimitKind,
    SampleCase,
    Series,
    Use,
)
from huangpu.venues.offshore.monitoring.grades import grade_of
from huangpu.venues.offshore.monitoring.limits import in_window
from huangpu.venues.offshore.monitoring.pages import (
    AlertView,
    CasePage,
    CaseView,
    DeviationPoint,
    DeviationView,
    FindingPage,
    FindingView,
    GradeView,
    LimitView,
    ProposalView,
)
from huangpu.venues.offshore.monitoring.rates import fen_of
from huangpu.venues.offshore.monitoring.sampling import rate_of_grade
from huangpu.venues.offshore.pages import page_size
from huangpu.venues.offshore.state import Offshore


def cases(
    room: Offshore,
    at_us: int,
    *,
    institution: str | None,
    state: CaseState | None = None,
    limit: int = 50,
    after: str = "",
) -> CasePage:
    """List sample cases, newest first, of all or of the reader's company or bank."""
    views: list[CaseView] = []
    for case in reversed(room.books.monitor.cases.values()):
        if after and not (after.isdecimal() and case.number < int(after)):
            continue
        if state is not None and case.state is not state:
            continue
        if not _concerned(room, institution, case.payment.company, case.payment.bank):
            continue
        if len(views) == page_size(limit):
            return CasePage(views, str(views[-1].case.number))
        views.append(_case(case, at_us))
    return CasePage(views, "")


def case_of(room: Offshore, at_us: int, uetr: str, institution: str | None) -> CaseView | None:
    """Show the case of one payment, or nothing where there is none or the reader has no part in it."""
    case = room.books.monitor.cases.get(uetr)
    if case is None:
        return None
    if not _concerned(room, institution, case.payment.company, case.payment.bank):
        return None
    return _case(case, at_us)


def grades(room: Offshore, rules: RuleBook, at_us: int, institution: str | None) -> list[GradeView]:
    """List the grades of the white list's companies as far as the reader may see them."""
    date = date_of(at_us)
    found: list[GradeView] = []
    for company, listing in room.books.listings.items():
        if any(_concerned(room, institution, company, bank) for bank in (*listing.banks, "")):
            grade = grade_of(room, rules, date, company)
            rate = rate_of_grade(room, rules, date, company)
            steps = room.books.monitor.grades.get(company, [])
            found.append(GradeView(company, grade, rate, steps[::-1]))
    return found


def limits(room: Offshore, rules: RuleBook, at_us: int, institution: str | None) -> list[LimitView]:
    """List the agreed limits with today's use: a bank's to that bank, a customer's to both."""
    books, date = room.books.monitor, date_of(at_us)
    found: list[LimitView] = []
    for subject, kinds in books.limits.items():
        bank, _, customer = subject.partition("|")
        if institution is not None and institution not in (bank, customer):
            continue
        use = books.uses.get(subject) if books.uses_date == date else None
        for key, value in kinds.items():
            name, _, target = key.partition("|")
            kind = LimitKind(name)
            view = LimitView(
                bank=bank,
                customer=customer,
                kind=kind,
                target=target,
                limit=value,
                used=0 if use is None else _used(room, rules, at_us, use, kind, target),
                payments_today=0 if use is None else use.payments,
            )
            found.append(view)
    return found


def deviations(
    room: Offshore, rules: RuleBook, at_us: int, institution: str | None
) -> list[DeviationView]:
    """Show every company's and bank's deviation that the reader may see, with the points of its plot."""
    date, books = date_of(at_us), room.books.monitor
    amber = rules["offshore.deviation.amber"].at(date).integer
    red = rules["offshore.deviation.red"].at(date).integer
    found: list[DeviationView] = []
    for subject, series in books.series.items():
        kind, _, name = subject.partition("|")
        if not _may_see_subject(room, institution, kind, name):
            continue
        first, last = deviation.first_day(rules, date), date.toordinal()
        flows = deviation.flows_of(series, first, last)
        standing = books.levels.get(subject)
        view = DeviationView(
            kind=kind,
            institution=name,
            now=deviation.measured(room, rules, date, at_us, subject, flows),
            amber_bp=amber,
            red_bp=red,
            standing=standing,
            age_us=0 if standing is None else at_us - standing.since_us,
            points=_points(room, rules, date, series, first),
        )
        found.append(view)
    return found


def alerts(room: Offshore, at_us: int, institution: str | None) -> list[AlertView]:
    """List the alerts that stand and that are over, newest first, each with its age."""
    books = room.books.monitor
    found: list[AlertView] = []
    for alert in [*reversed(books.levels.values()), *reversed(books.alerts)]:
        kind, _, name = alert.subject.partition("|")
        if _may_see_subject(room, institution, kind, name):
            until_us = at_us if alert.until_us is None else alert.until_us
            found.append(AlertView(kind, name, alert, until_us - alert.since_us))
    return found


def findings(
    room: Offshore,
    at_us: int,
    *,
    institution: str | None,
    state: FindingState | None = None,
    limit: int = 50,
    after: str = "",
) -> FindingPage:
    """List findings, newest first: to their bank, to an administration, to who sees all."""
    known = room.books.monitor.findings
    end = len(known)
    if after:
        end = min(int(after), end) if after.isdecimal() else 0
    views: list[FindingView] = []
    for finding in islice(reversed(known), len(known) - end, None):
        if state is not None and finding.state is not state:
            continue
        if institution not in (None, finding.bank) and not _administers(room, institution):
            continue
        if len(views) == page_size(limit):
            return FindingPage(views, str(views[-1].finding.number))
        until_us = finding.explained_us or at_us
        views.append(FindingView(finding, until_us - finding.at_us))
    return FindingPage(views, "")


def proposals(room: Offshore, at_us: int, institution: str | None) -> list[ProposalView]:
    """List the proposals that the reader's institution decides, newest first; the ended ones too."""
    return [
        ProposalView(proposal, (proposal.decided_us or at_us) - proposal.at_us)
        for proposal in reversed(room.books.monitor.proposals)
        if institution is None or may_decide(room, proposal, institution)
    ]


def _case(case: SampleCase, at_us: int) -> CaseView:
    age = at_us - case.steps[0].at_us
    return CaseView(case, case.documents, age, case.state is CaseState.OVERDUE)


def _points(
    room: Offshore, rules: RuleBook, date: datetime.date, series: Series, first: int
) -> list[DeviationPoint]:
    """Compute the ratio of every day of the window over the window that ended with it.

    Reading: days of a window are remembered for two windows, so that its first point is as right as its last.
    """
    last = date.toordinal()
    span = last - first
    flows: dict[str, Flow] = {}
    for day in range(first - span, first):
        _shift(flows, series, day, 1)
    points: list[DeviationPoint] = []
    for day in range(first, last + 1):
        _shift(flows, series, day, 1)
        if day > first:
            _shift(flows, series, day - span - 1, -1)
        whole = _fen(room, rules, date, flows)
        own = _fen(room, rules, date, series.days.get(day, {}))
        ratio = deviation.ratio_bp(*whole)
        points.append(DeviationPoint(datetime.date.fromordinal(day), *own, ratio, *whole))
    return points


def _shift(flows: dict[str, Flow], series: Series, day: int, sign: int) -> None:
    for currency, flow in series.days.get(day, {}).items():
        total = flows.setdefault(currency, Flow())
        total.receipts += sign * flow.receipts
        total.payments += sign * flow.payments


def _fen(
    room: Offshore, rules: RuleBook, date: datetime.date, flows: dict[str, Flow]
) -> tuple[int, int]:
    receipts = {currency: flow.receipts for currency, flow in flows.items()}
    payments = {currency: flow.payments for currency, flow in flows.items()}
    return fen_of(room, rules, date, receipts), fen_of(room, rules, date, payments)


def _used(
    room: Offshore, rules: RuleBook, at_us: int, use: Use, kind: LimitKind, target: str
) -> int:
    """Return what is used under a limit today: of its target, or of whichever target used most."""
    date = date_of(at_us)
    if kind is LimitKind.MINUTE:
        return in_window(use, at_us)
    if kind is LimitKind.PAYMENT:
        return 0
    if kind is LimitKind.DAY:
        return fen_of(room, rules, date, use.sums)
    kept = use.counterparties if kind is LimitKind.COUNTERPARTY else use.countries
    sums: dict[str, dict[str, int]] = {}
    for key, amount in kept.items():
        name, _, currency = key.rpartition("|")
        sums.setdefault(name, {})[currency] = amount
    if target:
        return fen_of(room, rules, date, sums.get(target, {}))
    return max((fen_of(room, rules, date, found) for found in sums.values()), default=0)


def _concerned(room: Offshore, institution: str | None, company: str, bank: str) -> bool:
    return institution in (None, company, bank) or _administers(room, institution)


def _may_see_subject(room: Offshore, institution: str | None, kind: str, name: str) -> bool:
    if institution in (None, name) or _administers(room, institution):
        return True
    listing = room.books.listings.get(name)
    return kind == deviation.COMPANY and listing is not None and institution in listing.banks


def _administers(room: Offshore, institution: str | None) -> bool:
    reader = room.registry.institutions.get(institution or "")
    return reader is not None and reader.kind is InstitutionKind.ADMINISTRATION
