"""What the monitors' views return: Structs for REST and console, in minor units, fen of CNY, basis points and microseconds."""

import datetime

import msgspec

from huangpu.venues.offshore.monitoring.books import (
    Alert,
    Document,
    Finding,
    Grade,
    GradeStep,
    LimitKind,
    Proposal,
    SampleCase,
)


class CaseView(msgspec.Struct, frozen=True):
    """One sample case; `overdue` says that its deadline has passed without documents."""

    case: SampleCase
    documents: list[Document]
    age_us: int
    overdue: bool


class GradeView(msgspec.Struct, frozen=True):
    """A company's grade, the share of its payments that is sampled, and every grade it had, newest first. Units: basis points."""

    company: str
    grade: Grade
    rate_bp: int
    steps: list[GradeStep]


class LimitView(msgspec.Struct, frozen=True, kw_only=True):
    """One limit and what is used under it today; `customer` is empty for all of the bank's payments.

    `used` is that of the named target, or of the one that used most. Units: fen of CNY, or payments.
    """

    bank: str
    customer: str
    kind: LimitKind
    target: str
    limit: int
    used: int
    payments_today: int


class DeviationPoint(msgspec.Struct, frozen=True):
    """One day of a plot: what came in and went out that day, and the ratio over the window that ended with it. Units: fen, basis points."""

    date: datetime.date
    receipts_fen: int
    payments_fen: int
    ratio_bp: int
    window_receipts_fen: int
    window_payments_fen: int


class DeviationView(msgspec.Struct, frozen=True, kw_only=True):
    """A company's or bank's deviation now, its levels, its alert with its age if one stands, and the points of its window, oldest first."""

    kind: str
    institution: str
    now: Alert
    amber_bp: int
    red_bp: int
    standing: Alert | None
    age_us: int
    points: list[DeviationPoint]


class AlertView(msgspec.Struct, frozen=True):
    """One alert, standing or over, and how long it lasted or has lasted."""

    kind: str
    institution: str
    alert: Alert
    age_us: int


class FindingView(msgspec.Struct, frozen=True):
    """One finding and how long it has been, or was, open."""

    finding: Finding
    age_us: int


class FindingPage(msgspec.Struct, frozen=True):
    """A page of findings, newest first; `next_after` is empty on the last one."""

    findings: list[FindingView]
    next_after: str


class CasePage(msgspec.Struct, frozen=True):
    """A page of cases, newest first; `next_after` is empty on the last one."""

    cases: list[CaseView]
    next_after: str


class ProposalView(msgspec.Struct, frozen=True):
    """One proposal as its deciders see it."""

    proposal: Proposal
    age_us: int
