"""The words of a payment: the commands that ask for one, the events that tell of it, and the status codes it passes through.

An accepted order is settled in the same entry: `LegsPosted` moves the money and `PaymentSettled` holds all that pain.002, pacs.002,
pacs.008 and camt.054 say. A refused order is the entry's `Rejected` outcome, or a `PaymentRefused` inside a batch.
"""

import datetime

import msgspec

from huangpu.core.message import Command, Event, Rejected
from huangpu.ledger.accounts import Side
from huangpu.venues.offshore.state import Batch, Direction, Payment, PaymentOrder

ACCEPTED_STATUSES = ("RCVD", "ACTC", "ACCP", "ACFC", "ACSP", "ACSC")
"""What every settled payment passes in its entry (domain note C3); ACCC follows where the creditor's account is kept here."""


class InstructPayment(Command, frozen=True):
    """Pay by one order, sent by the debtor or by the instructed bank for the debtor."""

    message_id: str
    bank: str
    order: PaymentOrder


class InstructPaymentBatch(Command, frozen=True):
    """Pay by many orders of one message; each stands alone."""

    message_id: str
    bank: str
    orders: list[PaymentOrder]


class ReceiveCreditTransfer(Command, frozen=True):
    """Credit an account by order of an overseas bank (pacs.008); both agents are BICs."""

    message_id: str
    instructing_agent: str
    instructed_agent: str
    order: PaymentOrder


class OutboundCreditTransfer(msgspec.Struct, frozen=True, gc=False):
    """The pacs.008 that is owed to the correspondent; the order and the UETR are the payment's."""

    message_id: str
    instructing_agent: str
    instructed_agent: str
    settlement_date: datetime.date


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


def statuses_of(payment: Payment) -> list[str]:
    """List the statuses that a settled payment passed, in order."""
    if payment.status == "ACCC":
        return [*ACCEPTED_STATUSES, "ACCC"]
    return list(ACCEPTED_STATUSES)


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
