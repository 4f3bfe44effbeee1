"""What the monitors remember: limits and their use today, daily flows, sample cases, grades, proposals, trades and findings.

`MonitorBooks` is a part of the venue's books and so of every snapshot. Sums that a payment adds to stop at `SUM_MAX` instead of leaving
what a journal can write; no balance of the centre comes near it. Only words and structures are here, the topics are in the modules beside.
"""

import datetime
import enum

import msgspec

SUM_MAX = 2**63 - 1
"""Where a running sum stands still. Units: minor units."""


class LimitKind(enum.StrEnum):
    """What a limit bounds: one payment, the day, one counterparty a day, one country a day, or the payments of a minute."""

    PAYMENT = "PAYMENT"
    DAY = "DAY"
    COUNTERPARTY = "COUNTERPARTY"
    COUNTRY = "COUNTRY"
    MINUTE = "MINUTE"


class Grade(enum.StrEnum):
    """How much a company is trusted: A most, D least."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class CaseState(enum.StrEnum):
    """Where the documents of a sampled payment stand."""

    OPEN = "OPEN"
    UPLOADED = "UPLOADED"
    REJECTED = "REJECTED"
    OVERDUE = "OVERDUE"
    ACCEPTED = "ACCEPTED"


class DocumentKind(enum.StrEnum):
    """Which paper of the trade a document is."""

    CONTRACT = "CONTRACT"
    INVOICE = "INVOICE"
    BILL_OF_LADING = "BILL_OF_LADING"
    TRANSFER_OF_TITLE = "TRANSFER_OF_TITLE"


class Level(enum.StrEnum):
    """How far receipts and payments lie apart."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"


class FindingKind(enum.StrEnum):
    """What a monitor noticed about a trade."""

    MARGIN_OUT_OF_BAND = "MARGIN_OUT_OF_BAND"
    LEG_UNMATCHED = "LEG_UNMATCHED"
    ROUND_TRIP = "ROUND_TRIP"
    SAME_GOODS_TWICE = "SAME_GOODS_TWICE"
    AFFILIATE = "AFFILIATE"
    SAME_DOCUMENT = "SAME_DOCUMENT"


class FindingState(enum.StrEnum):
    """Whether a finding still asks for an explanation."""

    OPEN = "OPEN"
    EXPLAINED = "EXPLAINED"


class ProposalState(enum.StrEnum):
    """How far four eyes have come."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"


class RateSet(msgspec.Struct, frozen=True):
    """Reference rates of one date. Units: CNY fen for 10^6 minor units of the currency."""

    date: datetime.date
    at_us: int
    person: str
    rates: dict[str, int]


class Use(msgspec.Struct):
    """What was paid today under one subject's limits. Units: minor units; keys end in the currency; `seconds` counts payments."""

    payments: int = 0
    sums: dict[str, int] = {}
    counterparties: dict[str, int] = {}
    countries: dict[str, int] = {}
    seconds: dict[int, int] = {}


class Flow(msgspec.Struct, array_like=True):
    """Money in and out in one currency. Units: minor units."""

    receipts: int = 0
    payments: int = 0


class Series(msgspec.Struct):
    """The flows of one company or bank by day (ordinal) and currency, and their sums over the days `rolled_from` to before `rolled_to`.

    `first` is the number of the first payment that was counted.
    """

    days: dict[int, dict[str, Flow]] = {}
    rolled: dict[str, Flow] = {}
    rolled_from: int = 0
    rolled_to: int = 0
    first: int = 0


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """A level that a company or bank reached and, once it has left it, when. Units: basis points; fen of CNY."""

    subject: str
    level: Level
    ratio_bp: int
    receipts_fen: int
    payments_fen: int
    since_us: int
    until_us: int | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of an uploaded document; its content stays with the bank. Units: size in bytes."""

    kind: DocumentKind
    name: str
    sha256: str
    size: int = 0
    reference: str = ""


class CaseStep(msgspec.Struct, frozen=True):
    """One change of a case."""

    at_us: int
    state: CaseState
    person: str
    cause: str = ""


class SampleSeed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A sampled payment whose case the next tick opens."""

    uetr: str
    company: str
    bank: str
    cause: str
    currency: str
    amount: int
    at_us: int


class SampleCase(msgspec.Struct, frozen=True, kw_only=True):
    """The documents asked for after one sampled payment. `misses` counts deadlines passed, `rejections` refused sets of documents."""

    number: int
    payment: SampleSeed
    state: CaseState
    due: datetime.date
    misses: int = 0
    rejections: int = 0
    documents: list[Document] = []
    steps: list[CaseStep] = []


class GradeStep(msgspec.Struct, frozen=True):
    """One change of a company's grade."""

    at_us: int
    grade: Grade
    person: str
    cause: str


class LimitChange(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A limit to be set; 0 takes it away. `customer` is empty for the bank's own. Units: fen of CNY, or payments in a minute."""

    bank: str
    customer: str
    kind: LimitKind
    target: str
    value: int


class GradeChange(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A grade to be given."""

    company: str
    grade: Grade
    cause: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What the bank says of a finding."""

    finding: int
    text: str


class Suspension(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A company to be suspended from the white list."""

    company: str
    cause: str


Change = LimitChange | GradeChange | Explanation | Suspension


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A change that one person proposed and another of `institution` decides."""

    number: int
    institution: str
    change: Change
    proposer: str
    at_us: int
    state: ProposalState = ProposalState.PROPOSED
    decider: str = ""
    decided_us: int = 0


class Leg(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One payment as the trade monitors see it. `payer` and `payee` are institution ids, or `agent|account` overseas."""

    uetr: str
    payer: str
    payee: str
    payer_listed: bool = False
    payee_listed: bool = False
    payer_bank: str = ""
    payee_bank: str = ""
    currency: str
    amount: int
    day: int
    reference: str = ""
    goods: str = ""


class Trade(msgspec.Struct):
    """What a company sold and bought under one reference. Units: minor units by currency; days are ordinals."""

    company: str
    bank: str
    reference: str
    first_day: int
    last_day: int
    sold: dict[str, int] = {}
    bought: dict[str, int] = {}
    uetrs: list[str] = []


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a trade that wants an explanation, with the clause that makes it one."""

    number: int
    key: str
    kind: FindingKind
    severity: str
    cite: str
    rule: str
    company: str
    bank: str
    uetrs: list[str]
    detail: str
    at_us: int
    state: FindingState = FindingState.OPEN
    text: str = ""
    explained_by: str = ""
    approved_by: str = ""
    explained_us: int = 0


class MonitorBooks(msgspec.Struct):
    """Everything of the monitors that a snapshot holds."""

    rates: dict[str, int] = {}
    rate_sets: list[RateSet] = []
    limits: dict[str, dict[str, int]] = {}
    uses_date: datetime.date = datetime.date.min
    uses: dict[str, Use] = {}
    committed: dict[str, datetime.date] = {}
    series: dict[str, Series] = {}
    touched: dict[str, int] = {}
    levels: dict[str, Alert] = {}
    alerts: list[Alert] = []
    day: datetime.date = datetime.date.min
    run_us: int = 0
    seeds: dict[str, SampleSeed] = {}
    cases: dict[str, SampleCase] = {}
    waiting: dict[str, datetime.date] = {}
    documents: dict[str, str] = {}
    document_reuses: list[tuple[str, str, str]] = []
    trade_types: dict[str, int] = {}
    grades: dict[str, list[GradeStep]] = {}
    proposals: list[Proposal] = []
    legs: list[Leg] = []
    edges: dict[str, dict[str, Leg]] = {}
    goods: dict[str, Leg] = {}
    trades: dict[str, Trade] = {}
    trades_first: dict[int, list[str]] = {}
    trades_last: dict[int, list[str]] = {}
    findings: list[Finding] = []
    finding_keys: dict[str, int] = {}


class MonitorCache:
    """A look-up, no state: the flows of the day that is being added to."""

    __slots__ = ("flows", "flows_day")

    def __init__(self) -> None:
        self.flows_day = 0
        self.flows: dict[tuple[str, str, str], tuple[tuple[str, str], tuple[Flow, Flow]]] = {}
