"""The words of a payment's record: the order, the payment that has ended, the payment that still waits, and the ids they use up.

A leaf: the archive, the state and the checks of the venue all read it. A payment is recorded once, when it ends; until then it is
`Pending`. Statuses and their allowed moves are in `payments/statuses.py`.
"""

import datetime
import enum
from typing import Annotated

import msgspec

END_TO_END_NOT_PROVIDED = "NOTPROVIDED"
SETTLED = ("ACSC", "ACCC")
"""The statuses of a payment that moved money."""
SAMPLED = ("FIRST_PAYMENT", "RATE", "RISK")
"""Causes for which a payment is checked afterwards."""

AMOUNT_ON_THE_WIRE = msgspec.Meta(ge=-(2**63), le=2**63 - 1)
"""What a journal can write; what is inside and yet no amount is refused by the decision."""


class PaymentOrder(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    gc=False,
    forbid_unknown_fields=True,
):
    """One credit transfer as it was ordered, by pain.001 or by pacs.008.

    Debtor agent, name and country are filled where the debtor banks overseas; the creditor's where the creditor does. `trade_reference`
    joins the legs of one trade. `priority` is empty or a word of `offshore.queue.priorities`; `after_cut_off` is empty, WAREHOUSE or REJECT.
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
    trade_reference: str = ""
    goods: str = ""
    priority: str = ""
    after_cut_off: str = ""


class Direction(enum.StrEnum):
    """Which way a payment goes, seen from the banks of the centre."""

    OUTWARD = "OUTWARD"
    INWARD = "INWARD"
    BOOK = "BOOK"


class Wait(enum.StrEnum):
    """What stops a payment from settling; a queued one alone has no hold."""

    SCREENING = "SCREENING"
    RELEASE = "RELEASE"
    WAREHOUSE = "WAREHOUSE"
    COVER = "COVER"
    QUEUE = "QUEUE"


class LifeStep(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One thing that happened to a payment that waited: the status it had from then on, what it waited for, who acted."""

    at_us: int
    seq: int
    status: str
    wait: str = ""
    person: str = ""


class Payment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A payment that has ended: the order, who took part, the rule that allowed it, and what it left on the accounts.

    `debtor`, `creditor` and `creditor_bank` are institution ids, empty where the party is overseas; `bank` is the instructed bank.
    `sample` is the cause of the sampling decision (`FIRST_PAYMENT`, `RATE`, `PASSED`; empty where none is due), `draw` its number.
    One that waited has `received_us` and `steps`; one that then ended without money has status RJCT or CANC and `reason`, `detail`, `cite`.
    `screened` is the list version that both names were compared with, `score_bp` the best score in basis points.
    Units: at_us in microseconds since the epoch; booked_after and charge in minor units, before other entries of the same instant.
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
    received_us: int = 0
    in_batch: bool = False
    steps: list[LifeStep] = []
    reason: str = ""
    detail: str = ""
    cite: str = ""
    screened: str = ""
    score_bp: int = 0
    charge: int = 0


class Pending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A payment that was accepted and may not settle yet: PDNG to its sender.

    `waits` is what still stops it, in the order in which it is asked; `holds` the numbers of its holds in the ledger, one a leg of the payer.
    `maker` is the person who sent it, who can never release it. `expires_us` ends its life in the queue, `release_us` its time in the
    warehouse (0: none); `released` tells that a second officer let it across the second line. Units: microseconds since the epoch.
    """

    order: PaymentOrder
    message_id: str
    sender: str
    maker: str
    bank: str
    direction: Direction
    line: str
    rule: str
    debtor: str = ""
    debtor_class: str
    creditor: str = ""
    creditor_class: str
    creditor_bank: str = ""
    correspondent: str = ""
    seq: int
    at_us: int
    waits: list[Wait]
    since_us: int
    holds: list[int] = []
    priority: str = ""
    expires_us: int = 0
    release_us: int = 0
    in_batch: bool = False
    steps: list[LifeStep] = []
    screened: str = ""
    score_bp: int = 0
    released: bool = False


def keys_of(record: Payment | Pending, date: datetime.date) -> list[str]:
    """List the ids that a payment uses up, each with a letter for its kind; `date` is the business date of receipt.

    Reading: the message id of a batch is used up by the batch.
    """
    order, sender = record.order, record.sender
    keys = [uetr_key(order.uetr)]
    if not record.in_batch:
        keys.append(message_key(sender, record.message_id))
    if order.end_to_end_id != END_TO_END_NOT_PROVIDED:
        keys.append(end_to_end_key(order, date, own_debtor=bool(record.debtor)))
    if order.instruction_id:
        keys.append(instruction_key(sender, order.instruction_id))
    return keys


def uetr_key(uetr: str) -> str:
    """Return the key of a UETR, which is unique everywhere and for ever."""
    return f"U{uetr}"


def message_key(sender: str, message_id: str) -> str:
    """Return the key under which a sender's message id is used up."""
    return f"M{sender}|{message_id}"


def batch_key(sender: str, message_id: str) -> str:
    """Return the key of a batch: its sender and its message id."""
    return f"{sender}|{message_id}"


def instruction_key(sender: str, instruction_id: str) -> str:
    """Return the key under which a sender's instruction id is used up."""
    return f"I{sender}|{instruction_id}"


def end_to_end_key(order: PaymentOrder, date: datetime.date, *, own_debtor: bool) -> str:
    """Return the key of an end-to-end id: one a debtor account and business date.

    Reading: an account kept here is known by itself; only one overseas needs its agent, which the sender writes freely.
    """
    agent = "" if own_debtor else order.debtor_agent
    return f"E{agent}|{order.debtor_account}|{order.end_to_end_id}|{date.toordinal()}"


def counterparty_key(debtor: str, order: PaymentOrder) -> str:
    """Return the key by which a company's first payment to a creditor account is known."""
    return f"{debtor}|{order.creditor_agent}|{order.creditor_account}"


def parties_of(record: Payment | Pending) -> list[str]:
    """Return the institutions that a payment concerns, once each; only they may see it.

    Reading: a creditor, its bank and a correspondent learn of a payment with its money; while it waits, and where it ended without
    money, it concerns who sent it and the payer's side alone. So nobody reads off it that a payer is short or a name was stopped.
    """
    paying = (record.sender, record.bank, record.debtor)
    if isinstance(record, Pending) or record.status not in SETTLED:
        return parties_among(*paying)
    return parties_among(*paying, record.creditor, record.creditor_bank, record.correspondent)


def parties_among(*institutions: str) -> list[str]:
    """Return the institutions that are named, once each, in order."""
    return [party for party in dict.fromkeys(institutions) if party]
