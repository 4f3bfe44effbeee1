"""What the offshore venue remembers: the white list, nostro mirrors, payments that wait, payments that have ended, batches.

`OffshoreBooks` and the `PaymentLog` are all that a snapshot holds; the indexes beside them are rebuilt or loaded as they are, so that
a decision never scans. Accounts themselves live in the registry, balances in the ledger.
"""

import datetime
import enum
from collections.abc import Sequence
from itertools import islice

import msgspec

from huangpu.core.calendar import date_of
from huangpu.ledger.book import Book
from huangpu.registry import Registry
from huangpu.registry.institutions import Institution
from huangpu.venues.offshore.archive import PaymentLog
from huangpu.venues.offshore.bank_transfers.books import BankTransferBooks, TransferIndex
from huangpu.venues.offshore.boundary import BoundaryBooks
from huangpu.venues.offshore.fx.state import FxBooks, FxIndexes
from huangpu.venues.offshore.liquidity.lines import Lines, LiquidityBooks
from huangpu.venues.offshore.monitoring.books import MonitorBooks, MonitorCache
from huangpu.venues.offshore.orders import (
    AMOUNT_ON_THE_WIRE,
    SAMPLED,
    SETTLED,
    Direction,
    Payment,
    PaymentOrder,
    Pending,
    Wait,
    counterparty_key,
    keys_of,
)
from huangpu.venues.offshore.recalls.books import RecallBooks, RecallIndex
from huangpu.venues.offshore.reports.books import SUM_MAX, ReportBooks
from huangpu.venues.offshore.screening.books import Screening, ScreeningBooks

__all__ = [
    "AMOUNT_ON_THE_WIRE",
    "Batch",
    "Binding",
    "DayTotal",
    "Direction",
    "Listing",
    "ListingState",
    "ListingStep",
    "Nostro",
    "Offshore",
    "OffshoreBooks",
    "Payment",
    "PaymentOrder",
    "Pending",
    "Wait",
    "bic_11",
    "nostro_code",
]


class ListingState(enum.StrEnum):
    """Where a company stands on the white list."""

    APPLIED = "APPLIED"
    DECLINED = "DECLINED"
    RECOMMENDED = "RECOMMENDED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    REMOVED = "REMOVED"


class ListingStep(msgspec.Struct, frozen=True):
    """One change of state, in force from `at_us`; entered at `entered_us` (0: the same instant).

    A step with `lapses_us` is void from that instant unless a second person, `confirmed_by`, confirmed it before.
    """

    at_us: int
    state: ListingState
    person: str
    cause: str = ""
    entered_us: int = 0
    lapses_us: int = 0
    confirmed_by: str = ""
    confirmed_us: int = 0


class ListingApplication(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a company says of itself when it asks to be listed (P-01, P-02); the documents stay with the administration."""

    registered_on: datetime.date
    zone: str
    dedicated: bool
    parent: str
    trade_types: list[str]
    bank: str = ""
    documents_sha256: str = ""


class ListingProposal(msgspec.Struct, frozen=True):
    """A change that one person proposed and a second has to confirm; nothing is in force yet."""

    state: ListingState
    person: str
    at_us: int
    effective_from_us: int
    cause: str = ""


class Binding(msgspec.Struct, frozen=True):
    """One period in which a bank served the company; `to_us` is None while it does."""

    bank: str
    from_us: int
    to_us: int | None = None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A company's place on the white list, with its whole history.

    `state` is that of the step entered last; who is payable at an instant is `white_list.state_at`, which knows dates and lapses.
    """

    company: str
    state: ListingState
    banks: list[str]
    steps: list[ListingStep]
    bindings: list[Binding]
    application: ListingApplication | None = None
    proposal: ListingProposal | None = None


class Nostro(msgspec.Struct, frozen=True):
    """The mirror of a bank's money at a correspondent, in one currency."""

    bank: str
    correspondent: str
    currency: str

    @property
    def code(self) -> str:
        """Return the code of the ledger account."""
        return nostro_code(self.bank, self.correspondent, self.currency)


def nostro_code(bank: str, correspondent: str, currency: str) -> str:
    """Name the ledger account that mirrors a bank's money at a correspondent."""
    return f"NOSTRO-{bank}@{correspondent}/{currency}"


class Batch(msgspec.Struct, frozen=True):
    """One pain.001 of several orders: how it was received. `status` is ACSC, PDNG, PART or RJCT."""

    sender: str
    message_id: str
    bank: str
    seq: int
    at_us: int
    status: str
    settled: int
    refused: int
    waiting: int = 0


class DayTotal(msgspec.Struct):
    """Payments settled in one currency on one day, and how many of them are checked afterwards. Units: value in minor units, not above SUM_MAX."""

    payments: int = 0
    value: int = 0
    sampled: int = 0


class OffshoreBooks(msgspec.Struct):
    """Everything of this venue that a snapshot holds beside the log of ended payments.

    `counterparties` are the creditor accounts that a company has paid (`counterparty_key`), with the number of the first payment;
    `totals` are by `2026-11-23/USD`.
    """

    listings: dict[str, Listing] = {}
    nostros: dict[str, Nostro] = {}
    pending: dict[str, Pending] = {}
    batches: dict[str, Batch] = {}
    counterparties: dict[str, int] = {}
    totals: dict[str, DayTotal] = {}
    boundary: BoundaryBooks = msgspec.field(default_factory=BoundaryBooks)
    screening: ScreeningBooks = msgspec.field(default_factory=ScreeningBooks)
    liquidity: LiquidityBooks = msgspec.field(default_factory=LiquidityBooks)
    reports: ReportBooks = msgspec.field(default_factory=ReportBooks)
    monitor: MonitorBooks = msgspec.field(default_factory=MonitorBooks)
    fx: FxBooks = msgspec.field(default_factory=FxBooks)
    recalls: RecallBooks = msgspec.field(default_factory=RecallBooks)
    bank_transfers: BankTransferBooks = msgspec.field(default_factory=BankTransferBooks)


HEAD_OFFICE = "XXX"
"""The branch code of a BIC that names no branch."""


def bic_11(bic: str) -> str:
    """Return a BIC with its branch code, `XXX` where the head office is meant."""
    return bic if len(bic) == 11 else f"{bic}{HEAD_OFFICE}"


class Offshore:
    """The state of the venue beside the registry and the ledger that it shares."""

    def __init__(self, registry: Registry, ledger: Book) -> None:
        self.registry = registry
        self.ledger = ledger
        self.books = OffshoreBooks()
        self.payments = PaymentLog()
        self.screening = Screening()
        self.nostro_default: dict[str, Nostro] = {}
        self.lines = Lines(ledger)
        self.monitor = MonitorCache()
        self.warehoused: dict[str, int] = {}
        self._pending_keys: set[str] = set()
        self.fx_indexes = FxIndexes()
        self.recalls = RecallIndex()
        self.transfers = TransferIndex()
        self._totals_date = datetime.date.min
        self._totals: dict[str, DayTotal] = {}
        self._by_bic: dict[str, str] = {}
        self._bics_read = 0

    def by_bic(self, bic: str) -> Institution | None:
        """Look an institution up by its BIC of 8 or 11 characters.

        Reading: institutions are only ever added and keep their BIC, so only the new ones are read.
        """
        institutions = self.registry.institutions
        if self._bics_read != len(institutions):
            for found in islice(institutions.values(), self._bics_read, None):
                if found.bic:
                    whole = bic_11(found.bic)
                    self._by_bic.setdefault(whole, found.id)
                    if whole.endswith(HEAD_OFFICE):
                        self._by_bic.setdefault(whole[:8], found.id)
            self._bics_read = len(institutions)
        found_id = self._by_bic.get(bic)
        return None if found_id is None else institutions[found_id]

    def uses(self, key: str) -> bool:
        """Tell whether an id, in the form of `keys_of`, is used up: by a payment, a recall, a return, or a transfer between banks."""
        return self.uses_any((key,))

    def uses_any(self, keys: Sequence[str]) -> bool:
        """Tell whether one of these ids is used up."""
        return (
            self.payments.uses_any(keys)
            or not self._pending_keys.isdisjoint(keys)
            or not self.recalls.keys.isdisjoint(keys)
            or not self.transfers.keys.isdisjoint(keys)
        )

    def record_of(self, uetr: str) -> Payment | Pending | None:
        """Return the payment of a UETR, whether it waits or has ended."""
        return self.books.pending.get(uetr) or self.payments.get(uetr)

    def add_nostro(self, nostro: Nostro) -> None:
        """Make the first mirror of a bank in a currency its default way out."""
        self.nostro_default.setdefault(f"{nostro.bank}/{nostro.currency}", nostro)

    def add_pending(self, pending: Pending) -> None:
        """Let a payment wait, or wait for something else; its ids are used up."""
        self.books.pending[pending.order.uetr] = pending
        self._pending_keys.update(keys_of(pending, date_of(pending.at_us)))
        self._note_backlog(pending)
        if pending.waits == [Wait.WAREHOUSE]:
            self.warehoused[pending.order.uetr] = pending.release_us
        else:
            self.warehoused.pop(pending.order.uetr, None)
        nostro = nostro_code(pending.bank, pending.correspondent, pending.order.currency)
        self.lines.note(self.books.liquidity, pending, nostro)

    def drop_pending(self, uetr: str) -> None:
        """Take a payment that ends out of the waiting ones; the log uses its ids up."""
        pending = self.books.pending.pop(uetr)
        self._pending_keys.difference_update(keys_of(pending, date_of(pending.at_us)))
        self.lines.drop(self.books.liquidity, uetr)
        self.warehoused.pop(uetr, None)
        self.books.screening.backlog.pop(uetr, None)

    def _note_backlog(self, pending: Pending) -> None:
        """Keep the payments that no list version has been asked for in the order in which they began to wait for that."""
        backlog = self.books.screening.backlog
        if Wait.SCREENING in pending.waits and not pending.screened:
            backlog.setdefault(pending.order.uetr)
        else:
            backlog.pop(pending.order.uetr, None)

    def add_payment(self, payment: Payment, date: datetime.date) -> None:
        """Put a payment that ends on a business date into the log, and count one that moved money."""
        received = date_of(payment.received_us) if payment.received_us else date
        self.payments.append(payment, received)
        if payment.status not in SETTLED:
            return
        order, books = payment.order, self.books
        if payment.sample:
            key = counterparty_key(payment.debtor, order)
            books.counterparties.setdefault(key, payment.number)
        total = self._total(date, order.currency)
        total.payments += 1
        total.value = min(total.value + order.amount, SUM_MAX)
        total.sampled += payment.sample in SAMPLED

    def _total(self, date: datetime.date, currency: str) -> DayTotal:
        """Return the total of a day in a currency; those of the day before are not looked up again."""
        if self._totals_date != date:
            self._totals_date, self._totals = date, {}
        found = self._totals.get(currency)
        if found is None:
            found = self.books.totals.setdefault(f"{date}/{currency}", DayTotal())
            self._totals[currency] = found
        return found

    def dump(self) -> bytes:
        """Write the venue as msgpack; the same state gives the same bytes."""
        return msgspec.msgpack.encode((self.books, self.payments.dump()))

    @classmethod
    def load(cls, body: bytes | memoryview, registry: Registry, ledger: Book) -> "Offshore":
        """Rebuild the venue from a dump, indexes included."""
        room = cls(registry, ledger)
        room.books, payments = msgspec.msgpack.decode(body, type=tuple[OffshoreBooks, memoryview])
        room.payments = PaymentLog.load(payments)
        for nostro in room.books.nostros.values():
            room.add_nostro(nostro)
        for pending in room.books.pending.values():
            room.add_pending(pending)
        room.fx_indexes = FxIndexes.of(room.books.fx)
        room.recalls = RecallIndex.of(room.books.recalls)
        room.transfers = TransferIndex.of(room.books.bank_transfers)
        return room
