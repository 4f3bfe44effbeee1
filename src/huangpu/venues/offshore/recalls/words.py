"""The words of recalls and returns: the commands, one for each message, and the events that tell what became of them.

RequestCancellation is camt.056, AnswerCancellation camt.029, ReturnPayment and ReceiveReturn are pacs.004 out and in. An institution may be named
by its id or its BIC. Codes are those of the ISO external code sets.
"""

from typing import Annotated

from huangpu.core.message import Command, Event
from huangpu.venues.offshore.orders import AMOUNT_ON_THE_WIRE
from huangpu.venues.offshore.recalls.books import Recall, Return


class RequestCancellation(Command, frozen=True):
    """Ask for a payment back, as its debtor, the debtor's bank, or the overseas bank that sent it.

    `assigner` is empty where the actor asks for itself; `case_id` is empty where the message is the case. Original message id, currency and
    amount are compared where they are given. Units: amount in minor units.
    """

    message_id: str
    uetr: str
    reason: str
    assigner: str = ""
    case_id: str = ""
    original_message_id: str = ""
    currency: str = ""
    amount: Annotated[int, AMOUNT_ON_THE_WIRE] = 0
    information: str = ""


class AnswerCancellation(Command, frozen=True):
    """Answer a recall, as the creditor, the creditor's bank, or the correspondent: CNCL, RJCR or, for now, PDCR.

    `consent` says on what a bank agrees for its customer: HOLDER (the customer agreed) or LEGAL_ORDER (`information` names it).
    """

    message_id: str
    uetr: str
    confirmation: str
    answerer: str = ""
    case_id: str = ""
    reason: str = ""
    information: str = ""
    consent: str = ""


class ReturnPayment(Command, frozen=True):
    """Give a payment back that was credited here, without a recall, as the creditor's bank. Units: minor units, 0 for all of it."""

    message_id: str
    uetr: str
    reason: str
    amount: Annotated[int, AMOUNT_ON_THE_WIRE] = 0
    information: str = ""


class ReceiveReturn(Command, frozen=True):
    """Take back what a bank overseas returns of an outward payment; both agents are BICs. Units: amount in minor units."""

    message_id: str
    instructing_agent: str
    instructed_agent: str
    return_id: str
    uetr: str
    currency: str
    amount: Annotated[int, AMOUNT_ON_THE_WIRE]
    reason: str
    information: str = ""


class RecallRequested(Event, frozen=True):
    """A payment is asked back; the creditor's side is to answer (PDCR)."""

    recall: Recall


class RecallAcknowledged(Event, frozen=True):
    """The creditor's side has told that it looks into the recall; it stays open."""

    recall: Recall


class RecallAnswered(Event, frozen=True):
    """The recall has its answer: agreed (CNCL) or refused (RJCR)."""

    recall: Recall


class PaymentReturned(Event, frozen=True):
    """The money of a payment has gone back, in this entry, once and for all."""

    posted: Return
