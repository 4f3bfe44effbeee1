"""What the offshore venue remembers: the white list, nostro mirrors, payments and batches.

`OffshoreBooks` is all that a snapshot holds; the indexes beside it are rebuilt from it. A payment is stored once and indexed by
reference, so that a decision never scans. Accounts themselves live in the registry, balances in the ledger.
"""

import datetime
import enum
from itertools import islice
from typing import Annotated

import msgspec

from huangpu.core.calendar import date_of
from huangpu.ledger.book import Book
from huangpu.registry import Registry
from huangpu.registry.institutions import Institution

END_TO_END_NOT_PROVIDED = "NOTPROVIDED"
SAMPLED = ("FIRST_PAYMENT", "RATE")
"""Causes for which a payment is checked afterwards."""


AMOUNT_ON_THE_WIRE = msgspec.Meta(ge=-(2**63), le=2**63 - 1)
"""What a journal can write; what is inside and yet no amount is refused by the decision."""


class ListingState(enum.StrEnum):
    """Where a company stands on the white list."""

    RECOMMENDED = "RECOMMENDED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    REMOVED = "REMOVED"


class ListingStep(msgspec.Struct, frozen=True):
    """One change of state, in force from `at_us` until the next step."""

    at_us: int
    state: ListingState
    person: str
    cause: str = ""


class Binding(msgspec.Struct, frozen=True):
    """One period in which a bank served the company; `to_us` is None while it does."""

    bank: str
    from_us: int
    to_us: int | None = None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A company's place on the white list, with its whole history."""

    company: str
    state: ListingState
    banks: list[str]
    steps: list[ListingStep]
    bindings: list[Binding]


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


class PaymentOrder(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    gc=False,
    forbid_unknown_fields=True,
):
    """One credit transfer as it was ordered, by pain.001 or by pacs.008.

    Debtor agent, name and country are filled where the debtor banks overseas; the creditor's where the creditor does.
    Units: amount in minor units of the currency. Agents are BICs.
    """

    uetr: str
    end_to_end_id: str = END_TO_END_NOT_PROVIDED
    instruction_id: str = ""
    debtor_account: str
    creditor_account: str
    currency: str
    amount: Annotated[int, AMOUNT_ON_THE_WIRE]
    trade_type: str = ""
    purpose: str = ""
    charge_bearer: str = "SHAR"
    requested_date: datetime.date | None = None
    remittance: str = ""
    creditor_agent: str = ""
    creditor_name: str = ""
    creditor_country: str = ""
    debtor_agent: str = ""
    debtor_name: str = ""
    debtor_country: str = ""


class Direction(enum.StrEnum):
    """Which way a payment goes, seen from the banks of the centre."""

    OUTWARD = "OUTWARD"
    INWARD = "INWARD"
    BOOK = "BOOK"


class Payment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A settled payment: the order, who took part, the rule that allowed it, and what it left on the accounts.

    `debtor`, `creditor` and `creditor_bank` are institution ids, empty where the party is overseas; `bank` is the instructed bank.
    `sample` is the cause of the sampling decision (`FIRST_PAYMENT`, `RATE`, `PASSED`; empty where none is due), `draw` its number.
    Units: at_us in microseconds since the epoch; booked_after in minor units, before other entries of the same instant.
    """

    number: int
    seq: int
    at_us: int
    message_id: str
    sender: str
    order: PaymentOrder
    direction: Direction
    status: str
    line: str
    rule: str
    bank: str
    debtor: str = ""
    debtor_class: str
    debtor_booked_after: int = 0
    creditor: str = ""
    creditor_class: str
    creditor_bank: str = ""
    creditor_booked_after: int = 0
    correspondent: str = ""
    sample: str = ""
    draw: int = 0


class Batch(msgspec.Struct, frozen=True):
    """One pain.001 of several orders: how it ended. `status` is ACSC, PART or RJCT."""

    sender: str
    message_id: str
    bank: str
    seq: int
    at_us: int
    status: str
    settled: int
    refused: int


class OffshoreBooks(msgspec.Struct):
    """Everything of this venue that a snapshot holds."""

    listings: dict[str, Listing] = {}
    nostros: dict[str, Nostro] = {}
    payments: dict[str, Payment] = {}
    batches: dict[str, Batch] = {}


class DayTotal(msgspec.Struct):
    """Payments settled in one currency on one day, and how many of them are checked afterwards. Units: value in minor units."""

    payments: int = 0
    value: int = 0
    sampled: int = 0


class Indexes:
    """What is looked up, rebuilt from the books: duplicate keys, first payments, parties, days, correspondents."""

    __slots__ = (
        "_by_account",
        "_by_institution",
        "_sorted",
        "by_number",
        "counterparties",
        "end_to_end",
        "instructions",
        "messages",
        "nostro_default",
        "totals",
    )

    def __init__(self) -> None:
        self.messages: dict[str, str] = {}
        self.end_to_end: dict[str, str] = {}
        self.instructions: dict[str, str] = {}
        self.counterparties: dict[str, str] = {}
        self.by_number: list[Payment] = []
        self._by_account: dict[str, list[Payment]] = {}
        self._by_institution: dict[str, list[Payment]] = {}
        self._sorted = 0
        self.totals: dict[tuple[datetime.date, str], DayTotal] = {}
        self.nostro_default: dict[str, Nostro] = {}

    def add_payment(self, payment: Payment, date: datetime.date) -> None:
        """Make a settled payment findable under every key that it uses up."""
        order = payment.order
        uetr = order.uetr
        self.messages[sender_key(payment.sender, payment.message_id)] = uetr
        if order.end_to_end_id != END_TO_END_NOT_PROVIDED:
            self.end_to_end[end_to_end_key(order, date, own_debtor=bool(payment.debtor))] = uetr
        if order.instruction_id:
            self.instructions[sender_key(payment.sender, order.instruction_id)] = uetr
        if payment.sample:
            self.counterparties.setdefault(counterparty_key(payment.debtor, order), uetr)
        self.by_number.append(payment)
        total = self.totals.get((date, order.currency))
        if total is None:
            total = self.totals[date, order.currency] = DayTotal()
        total.payments += 1
        total.value += order.amount
        total.sampled += payment.sample in SAMPLED

    def of_account(self, account_id: str) -> list[Payment]:
        """Return the payments over an account kept here, oldest first."""
        self._catch_up()
        return self._by_account.get(account_id, [])

    def of_institution(self, institution: str) -> list[Payment]:
        """Return the payments that concern an institution, oldest first."""
        self._catch_up()
        return self._by_institution.get(institution, [])

    def _catch_up(self) -> None:
        """Sort the payments since the last look under accounts and parties; only readers need it, so it is theirs to pay for."""
        for payment in islice(self.by_number, self._sorted, None):
            order = payment.order
            if payment.debtor:
                self._by_account.setdefault(order.debtor_account, []).append(payment)
            if payment.creditor:
                self._by_account.setdefault(order.creditor_account, []).append(payment)
            for party in parties_of(payment):
                self._by_institution.setdefault(party, []).append(payment)
        self._sorted = len(self.by_number)

    def add_batch(self, batch: Batch) -> None:
        """Use up the message id of a batch, also where all its orders were refused."""
        self.messages[sender_key(batch.sender, batch.message_id)] = batch.message_id

    def add_nostro(self, nostro: Nostro) -> None:
        """Make the first mirror of a bank in a currency its default way out."""
        self.nostro_default.setdefault(f"{nostro.bank}/{nostro.currency}", nostro)


def sender_key(sender: str, given_id: str) -> str:
    """Return the key under which a sender's message or instruction id is used up."""
    return f"{sender}|{given_id}"


def end_to_end_key(order: PaymentOrder, date: datetime.date, *, own_debtor: bool) -> str:
    """Return the key of an end-to-end id: one a debtor account and business date.

    Reading: an account kept here is known by itself; only one overseas needs its agent, which the sender writes freely.
    """
    agent = "" if own_debtor else order.debtor_agent
    return f"{agent}|{order.debtor_account}|{order.end_to_end_id}|{date.toordinal()}"


def counterparty_key(debtor: str, order: PaymentOrder) -> str:
    """Return the key by which a company's first payment to a creditor account is known."""
    return f"{debtor}|{order.creditor_agent}|{order.creditor_account}"


def parties_of(payment: Payment) -> list[str]:
    """Return the institutions that a payment concerns, once each; only they may see it."""
    parties = dict.fromkeys(
        (
            payment.sender,
            payment.bank,
            payment.debtor,
            payment.creditor,
            payment.creditor_bank,
            payment.correspondent,
        )
    )
    return [party for party in parties if party]


def bic_11(bic: str) -> str:
    """Return a BIC with its branch code, `XXX` where the head office is meant."""
    return bic if len(bic) == 11 else f"{bic}XXX"


class Offshore:
    """The state of the venue beside the registry and the ledger that it shares."""

    def __init__(self, registry: Registry, ledger: Book) -> None:
        self.registry = registry
        self.ledger = ledger
        self.books = OffshoreBooks()
        self.indexes = Indexes()
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
                    self._by_bic.setdefault(bic_11(found.bic), found.id)
            self._bics_read = len(institutions)
        found_id = self._by_bic.get(bic_11(bic))
        return None if found_id is None else institutions[found_id]

    def dump(self) -> bytes:
        """Write the books as msgpack; the same state gives the same bytes."""
        return msgspec.msgpack.encode(self.books)

    @classmethod
    def load(cls, body: bytes, registry: Registry, ledger: Book) -> "Offshore":
        """Rebuild the venue from a dump, indexes included."""
        room = cls(registry, ledger)
        room.books = msgspec.msgpack.decode(body, type=OffshoreBooks)
        for nostro in room.books.nostros.values():
            room.indexes.add_nostro(nostro)
        for payment in room.books.payments.values():
            room.indexes.add_payment(payment, date_of(payment.at_us))
        for batch in room.books.batches.values():
            room.indexes.add_batch(batch)
        return room
