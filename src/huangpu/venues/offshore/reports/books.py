"""What reporting remembers: days and files by digest, corrections, large-value reports, breaks, statements received.

`ReportBooks` is a part of the venue's books and so of every snapshot. Records and file texts are not kept: they are derived anew from the
log of payments and the history of movements, byte for byte. Only words and structures are here; a leaf, like the other books.
"""

import datetime
import enum

import msgspec

from huangpu.ledger.accounts import Side

SUM_MAX = 2**63 - 1
"""Where a company's sum stands still: it is only compared with a threshold. Units: minor units."""
NO_DIGEST = "0" * 64
"""What the first file of a chain names as the digest of the file before it."""


class FileKind(enum.StrEnum):
    """Which of a unit's three streams a file belongs to; each counts and chains its own files."""

    TRANSACTIONS = "TRANSACTIONS"
    BALANCES = "BALANCES"
    CORRECTIONS = "CORRECTIONS"


class FileTotal(msgspec.Struct, frozen=True, array_like=True):
    """The records of one currency in a file.

    Units: minor units as decimal text, because a turnover may leave 64 bits; `balance` is the sum of closing balances.
    """

    records: int = 0
    debits: str = "0"
    credits: str = "0"
    balance: str = "0"


class ReportFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file that a unit owes the supervisor: its place in the stream, what it counts, and the digest chain over its lines."""

    unit: str
    kind: FileKind
    sequence: int
    date: datetime.date
    records: int
    totals: dict[str, FileTotal]
    previous: str
    digest: str
    at_us: int


class ReportingDay(msgspec.Struct, frozen=True, kw_only=True):
    """What fixes the files of a business date for ever.

    `first_row` to `end_row`, exclusive, are the movements of the date in the ledger's history; `accounts` ledger accounts existed when
    it was closed. Units: rates in CNY fen for 10^6 minor units, as they were known at closing.
    """

    date: datetime.date
    first_row: int
    end_row: int
    accounts: int
    units: list[str]
    rates: dict[str, int]
    at_us: int


class UnitPart(msgspec.Struct, frozen=True, kw_only=True):
    """How far one file of a day has come: lines folded into its digest, records and totals counted."""

    records: int
    totals: dict[str, FileTotal]
    digest: str


class CompanySum(msgspec.Struct, frozen=True):
    """What a company paid or received through one bank on one day. Units: minor units by currency, not above SUM_MAX."""

    payments: int = 0
    sums: dict[str, int] = {}


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """A day that is being closed, tick by tick: movements from `row` and accounts from `account` are still to be read.

    `parts` are by `<kind>|<unit>`, `sums` by `<bank>|<company>|<IN or OUT>|<CNY or FOREIGN>`, `payments` counts by currency.
    """

    day: ReportingDay
    row: int
    account: int
    parts: dict[str, UnitPart]
    sums: dict[str, CompanySum] = {}
    payments: dict[str, int] = {}
    unrated: list[str] = []


class CorrectionState(enum.StrEnum):
    """How far four eyes have come."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A change of declared fields of one record, named by its original key: unit, business date, sequence.

    `record` is the whole record as it stood before; `file` the sequence of the correction file once approved.
    """

    number: int
    unit: str
    date: datetime.date
    sequence: int
    changes: dict[str, str]
    cause: str
    record: list[str]
    proposer: str
    at_us: int
    state: CorrectionState = CorrectionState.PROPOSED
    decider: str = ""
    decided_us: int = 0
    file: int = 0


class LargeValueState(enum.StrEnum):
    """Whether the bank has filed what it owes."""

    DUE = "DUE"
    FILED = "FILED"


class LargeValueReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one company paid or received in one day, large enough to be reported by its bank until `due`.

    Units: sums in minor units by currency; equivalent and threshold in CNY fen (group CNY) or USD cents (group FOREIGN); equivalent is
    None where a reference rate was missing: then it is reported because it cannot be measured.
    """

    number: int
    bank: str
    company: str
    date: datetime.date
    direction: str
    group: str
    payments: int
    sums: dict[str, int]
    equivalent: int | None
    threshold: int
    due: datetime.date
    at_us: int
    state: LargeValueState = LargeValueState.DUE
    reference: str = ""
    filed_by: str = ""
    filed_us: int = 0


class BreakKind(enum.StrEnum):
    """What does not agree."""

    UNIT_UNBALANCED = "UNIT_UNBALANCED"
    POSTING_MISSING = "POSTING_MISSING"
    POSTING_TWICE = "POSTING_TWICE"
    RECORDS_DIFFER = "RECORDS_DIFFER"
    RATE_MISSING = "RATE_MISSING"
    OPENING_DIFFERS = "OPENING_DIFFERS"
    MISSING_HERE = "MISSING_HERE"
    MISSING_THERE = "MISSING_THERE"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    VALUE_DATE_DIFFERS = "VALUE_DATE_DIFFERS"


class BreakState(enum.StrEnum):
    """Where a break stands; PROPOSED: its owner says that it is explained, a second person has to agree."""

    OPEN = "OPEN"
    PROPOSED = "PROPOSED"
    CLOSED = "CLOSED"


class Item(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One entry of a nostro account, as the bank sees it: CREDIT is money in. Units: minor units, positive."""

    amount: int
    side: Side
    value_date: datetime.date
    uetr: str = ""
    reference: str = ""


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not agree, with its age (from `opened_us`) and its owner.

    `place` is the unit or the nostro it was found in; `item` the entry that one side lacks.
    """

    number: int
    kind: BreakKind
    bank: str
    place: str
    subject: str
    date: datetime.date
    detail: str
    opened_us: int
    item: Item | None = None
    state: BreakState = BreakState.OPEN
    owner: str = ""
    cause: str = ""
    proposer: str = ""
    closed_by: str = ""
    closed_us: int = 0


class StatementReceived(msgspec.Struct, frozen=True, kw_only=True):
    """A correspondent's statement as it was compared. Units: minor units, money of the bank positive."""

    nostro: str
    date: datetime.date
    opening: int
    closing: int
    entries: int
    matched: int
    breaks: int
    digest: str
    person: str
    at_us: int


class ReportBooks(msgspec.Struct):
    """Everything of reporting that a snapshot holds. Files are by `<kind>|<unit>`, statements by the nostro's code."""

    days: dict[str, ReportingDay] = {}
    closed: datetime.date | None = None
    closing: Closing | None = None
    files: dict[str, list[ReportFile]] = {}
    corrections: list[Correction] = []
    large_values: list[LargeValueReport] = []
    breaks: list[Break] = []
    open_items: dict[str, dict[int, bool]] = {}
    statements: dict[str, list[StatementReceived]] = {}


def file_key(kind: FileKind, unit: str) -> str:
    """Return the key of a unit's stream of files."""
    return f"{kind}|{unit}"


def bank_of(unit: str) -> str:
    """Return the bank whose separate accounting unit it is."""
    return unit.removesuffix("-SAU")
