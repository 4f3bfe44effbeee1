"""The words of a payment: the commands that ask for one, the events that tell of it.

An accepted order is settled in the same entry, or waits: `LegsPosted` moves or holds the money, `PaymentSettled` holds all that pain.002,
pacs.002, pacs.008 and camt.054 say, `PaymentWaiting` what it waits for. One that waited ends by `PaymentSettled` or `PaymentEnded`. A refused
order is the entry's `Rejected` outcome, or a `PaymentRefused` inside a batch.
"""

import datetime

import msgspec

from huangpu.core.message import Command, Event, Rejected
from huangpu.ledger.accounts import Side
from huangpu.venues.offshore.orders import Direction, Payment, PaymentOrder, Pending
from huangpu.venues.offshore.state import Batch


class InstructPayment(Command, frozen=True):
    """Pay by one order, sent by the debtor or by the instructed bank for the debtor."""

    message_id: str
    bank: str
    order: PaymentOrder


class InstructPaymentBatch(Command, frozen=True):
    """Pay by many orders of one message; each stands alone, or with `atomic` all or none."""

    message_id: str
    bank: str
    orders: list[PaymentOrder]
    atomic: bool = False


class ReceiveCreditTransfer(Command, frozen=True):
    """Credit an account by order of an overseas bank (pacs.008); both agents are BICs."""

    message_id: str
    instructing_agent: str
    instructed_agent: str
    order: PaymentOrder


class OutboundCreditTransfer(msgspec.Struct, frozen=True, gc=False):
    """The pacs.008 that is owed to the correspondent; the order and the UETR are the payment's.

    Units: `settled` in minor units, where a charge was taken out of the ordered amount; 0: the ordered amount.
    """

    message_id: str
    instructing_agent: str
    instructed_agent: str
    settlement_date: datetime.date
    settled: int = 0


class PaymentWaiting(Event, frozen=True):
    """The payment is accepted and waits, or waits on for something else; its ids are used up."""

    pending: Pending


class PaymentEnded(Event, frozen=True):
    """A payment that waited has ended without money: refused (RJCT) or cancelled (CANC)."""

    payment: Payment


class PaymentSettled(Event, frozen=True):
    """The payment is final; `outbound` tells the correspondent to pay on."""

    payment: Payment
    outbound: OutboundCreditTransfer | None = None


class PaymentRefused(Event, frozen=True):
    """One order of a batch was refused and left nothing behind. Units: position from 0."""

    position: int
    uetr: str
    end_to_end_id: str
    instruction_id: str
    refusal: Rejected


class BatchProcessed(Event, frozen=True):
    """All orders of the batch are decided; its message id is used up."""

    batch: Batch


class Advice(msgspec.Struct, frozen=True):
    """One booked entry that a holder is told of (camt.054). Units: minor units."""

    account: str
    holder: str
    bank: str
    side: Side
    amount: int
    currency: str
    booked_after: int


def advices_of(payment: Payment) -> list[Advice]:
    """List the debit and credit advices that a settled payment owes to holders of accounts kept here."""
    order = payment.order
    advices: list[Advice] = []
    if payment.direction is not Direction.INWARD:
        after = payment.debtor_booked_after
        advices.append(_advice(payment, order.debtor_account, Side.DEBIT, after))
    if payment.direction is not Direction.OUTWARD:
        after = payment.creditor_booked_after
        advices.append(_advice(payment, order.creditor_account, Side.CREDIT, after))
    return advices


def _advice(payment: Payment, account: str, side: Side, booked_after: int) -> Advice:
    holder = payment.debtor if side is Side.DEBIT else payment.creditor
    bank = payment.bank if side is Side.DEBIT else payment.creditor_bank
    order = payment.order
    return Advice(account, holder, bank, side, order.amount, order.currency, booked_after)
