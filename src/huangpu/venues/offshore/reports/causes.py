"""What moves booked money at this venue, and between which accounts: payments, their charges, returns, transfers between banks, exchanges.

A cause is one amount from one account to another and what it is for; an exchange of currencies is two. Derived from the records of the venue,
which are final, so it is the same whenever it is asked for. Covers are none: their money is that of their payment.
"""

import enum
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from huangpu.ledger.accounts import interunit_code
from huangpu.registry.cash_accounts import ledger_code
from huangpu.venues.offshore.bank_transfers.books import BankTransfer, TransferKind
from huangpu.venues.offshore.fx.liquidity import liquidity_id
from huangpu.venues.offshore.fx.pairs import PAIRS, Amounts, got_by_customer, paid_by_customer
from huangpu.venues.offshore.fx.state import Deal, FxSide, Squaring
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.payments.plan import FEES
from huangpu.venues.offshore.recalls.books import Return
from huangpu.venues.offshore.state import Direction, Offshore, Payment, nostro_code

Source = Payment | Return | BankTransfer | Deal | Squaring


class CauseKind(enum.StrEnum):
    """What an amount was moved for."""

    PAYMENT = "PAYMENT"
    CHARGE = "CHARGE"
    RETURN = "RETURN"
    BANK_TRANSFER = "BANK_TRANSFER"
    FX_DEAL = "FX_DEAL"
    FX_SQUARING = "FX_SQUARING"


class Cause(NamedTuple):
    """One amount from one ledger account to another: of a payment (its charge too), a return, a transfer, or one side of an exchange.

    Units: minor units.
    """

    kind: CauseKind
    source: Source
    debit: int
    credit: int
    amount: int

    @property
    def payment(self) -> Payment | None:
        """Return the payment itself, where the cause is no charge of it."""
        is_payment = self.kind is CauseKind.PAYMENT
        return self.source if is_payment and isinstance(self.source, Payment) else None

    @property
    def uetr(self) -> str:
        """Return the UETR: of the payment for its charge and its return, none for an exchange."""
        source = self.source
        if isinstance(source, Return):
            return source.uetr
        if isinstance(source, Payment | BankTransfer):
            return source.order.uetr
        return ""

    @property
    def reference(self) -> str:
        """Return what names the cause beside its UETR: the return, the quote, or nothing."""
        source = self.source
        if isinstance(source, Return):
            return source.return_id
        return source.quote_id if isinstance(source, Deal) else ""

    @property
    def name(self) -> str:
        """Return the name by which people look for it: the UETR, else the number of the exchange."""
        source = self.source
        if isinstance(source, Deal | Squaring):
            return deal_id(source)
        return self.uetr


class _Entered(Protocol):
    @property
    def seq(self) -> int: ...


T = TypeVar("T", bound=_Entered)


def deal_id(exchange: Deal | Squaring) -> str:
    """Return the id of an exchange: a customer's deal, or a squaring of the bank's position."""
    return f"{'FX' if isinstance(exchange, Deal) else 'SQ'}{exchange.number:012d}"


def causes_of(room: Offshore, seq: int, payments: Sequence[Payment]) -> list[Cause]:
    """List what a journal entry moved beside opening balances and other venues; `payments` are those that settled in it."""
    found = [cause for payment in payments for cause in of_payment(room, payment)]
    books = room.books
    found += [of_return(room, back) for back in _of_entry(books.recalls.returns, seq)]
    found += [
        of_transfer(room, transfer)
        for transfer in _of_entry(books.bank_transfers.transfers, seq)
        if transfer.kind is TransferKind.CORE
    ]
    for deal in _of_entry(books.fx.deals, seq):
        found += of_deal(room, deal)
    for squaring in _of_entry(books.fx.squarings, seq):
        found += of_squaring(room, squaring)
    return found


def of_payment(room: Offshore, payment: Payment) -> Iterator[Cause]:
    """Give what a payment moved to its creditor and, where the bank took one, its charge."""
    order, currency = payment.order, payment.order.currency
    nostro = nostro_code(payment.bank, payment.correspondent, currency)
    inward = payment.direction is Direction.INWARD
    outward = payment.direction is Direction.OUTWARD
    debtor = nostro if inward else ledger_code(order.debtor_account, currency)
    creditor = nostro if outward else ledger_code(order.creditor_account, currency)
    amount = moved_amount(payment)
    yield _cause(room, CauseKind.PAYMENT, payment, (debtor, creditor, amount))
    if payment.charge:
        fees = f"{FEES}-{payment.bank}/{currency}"
        yield _cause(room, CauseKind.CHARGE, payment, (debtor, fees, payment.charge))


def of_return(room: Offshore, back: Return) -> Cause:
    """Give what a return moved: from who had been credited to who had paid."""
    nostro = nostro_code(back.bank, back.correspondent, back.currency)
    inward = back.direction is Direction.INWARD
    outward = back.direction is Direction.OUTWARD
    payer = nostro if inward else ledger_code(back.payer_account, back.currency)
    payee = nostro if outward else ledger_code(back.payee_account, back.currency)
    return _cause(room, CauseKind.RETURN, back, (payer, payee, back.amount))


def of_transfer(room: Offshore, transfer: BankTransfer) -> Cause:
    """Give what a transfer between banks moved; from nostro to nostro a mirror rises by a debit."""
    order, currency = transfer.order, transfer.order.currency
    nostro = nostro_code(transfer.bank, transfer.correspondent, currency)
    debtor = ledger_code(order.debtor_account, currency)
    creditor = ledger_code(order.creditor_account or liquidity_id(transfer.bank), currency)
    if transfer.line == Line.NONE:
        debtor, creditor = creditor, debtor
    elif transfer.direction is Direction.INWARD:
        debtor = nostro
    elif transfer.direction is Direction.OUTWARD:
        creditor = nostro
    return _cause(room, CauseKind.BANK_TRANSFER, transfer, (debtor, creditor, order.amount))


def of_deal(room: Offshore, deal: Deal) -> Iterator[Cause]:
    """Give both sides of an exchange: what the customer paid, and what it got."""
    pair, amounts = PAIRS[deal.pair], Amounts(deal.base, deal.counter)
    pool = liquidity_id(deal.bank)
    for currency, amount, paid in (
        (*paid_by_customer(pair, deal.side, amounts), True),
        (*got_by_customer(pair, deal.side, amounts), False),
    ):
        ends = (ledger_code(deal.account, currency), ledger_code(pool, currency))
        debit, credit = ends if paid else ends[::-1]
        yield _cause(room, CauseKind.FX_DEAL, deal, (debit, credit, amount))


def of_squaring(room: Offshore, squaring: Squaring) -> Iterator[Cause]:
    """Give both sides of a squaring: out of the bank's liquidity over its nostro, and back in the other currency."""
    pair, pool = PAIRS[squaring.pair], liquidity_id(squaring.bank)
    buys = squaring.side is FxSide.BUY
    for currency, amount, out in (
        (pair.base, squaring.base, not buys),
        (pair.counter, squaring.counter, buys),
    ):
        nostro = nostro_code(squaring.bank, squaring.counterparty, currency)
        ends = (ledger_code(pool, currency), nostro)
        debit, credit = ends if out else ends[::-1]
        yield _cause(room, CauseKind.FX_SQUARING, squaring, (debit, credit, amount))


def legs_of(room: Offshore, cause: Cause) -> list[tuple[int, int, int]]:
    """Return the legs that a cause must have left: debit, credit, amount; two between units, through their mirrors."""
    ledger, debit, credit = room.ledger, cause.debit, cause.credit
    payer, receiver = ledger.account(debit), ledger.account(credit)
    if payer.unit == receiver.unit:
        return [(debit, credit, cause.amount)]
    out_of = ledger.number(interunit_code(payer.unit, payer.asset))
    into = ledger.number(interunit_code(receiver.unit, receiver.asset))
    assert out_of is not None
    assert into is not None
    return [(debit, out_of, cause.amount), (into, credit, cause.amount)]


def moved_amount(payment: Payment) -> int:
    """Return what a payment moved to its creditor: a charge that the creditor bears is kept back. Units: minor units."""
    order = payment.order
    borne = payment.direction is Direction.OUTWARD and order.charge_bearer == "CRED"
    return order.amount - (payment.charge if borne else 0)


def original_of(room: Offshore, cause: Cause) -> Payment | None:
    """Return the payment that a charge or a return belongs to."""
    source = cause.source
    if isinstance(source, Return):
        return room.payments.at(source.payment)
    is_charge = cause.kind is CauseKind.CHARGE
    return source if is_charge and isinstance(source, Payment) else None


def _cause(room: Offshore, kind: CauseKind, source: Source, way: tuple[str, str, int]) -> Cause:
    debit, credit = room.ledger.number(way[0]), room.ledger.number(way[1])
    assert debit is not None, way[0]
    assert credit is not None, way[1]
    return Cause(kind, source, debit, credit, way[2])


def _of_entry(records: Sequence[T], seq: int) -> Iterator[T]:
    """Find the records of a journal entry: they are kept in the order of their entries."""
    place = bisect_left(records, seq, key=lambda record: record.seq)
    while place < len(records) and records[place].seq == seq:
        yield records[place]
        place += 1
