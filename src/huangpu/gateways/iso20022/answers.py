"""Answers to payment messages: pain.002 to a customer, pacs.002 between banks, admi.002 when a message cannot be read.

An answer is made of the entry and the message alone: its id from the entry's number, its time from the entry's instant. A byte-identical
message therefore gets a byte-identical answer, also after a crash. What never became an entry takes the message's own time.
"""

import contextlib
import datetime
import hashlib
import re
from typing import NamedTuple

import msgspec

from huangpu.core.message import Event, Rejected
from huangpu.engine import Entry
from huangpu.gateways.iso20022.model import (
    CustomerCreditTransfer,
    CustomerStatusReport,
    InterbankStatusReport,
    PaymentInitiation,
    PaymentOrderStatus,
    StatusReason,
    TransferStatus,
)
from huangpu.gateways.iso20022.notices import reject_of, write_admi002
from huangpu.gateways.iso20022.orders import PACS_008, PAIN_001, account_text, uetr_for
from huangpu.gateways.iso20022.reasons import FORBIDDEN, ending_reasons, status_reason
from huangpu.gateways.iso20022.refusal import Refusal, WriteError
from huangpu.gateways.iso20022.statuses import reason_of, write_pacs002, write_pain002
from huangpu.venues.offshore.bank_transfers.words import CoverAwaited
from huangpu.venues.offshore.orders import SETTLED
from huangpu.venues.offshore.payments.words import (
    PaymentEnded,
    PaymentRefused,
    PaymentSettled,
    PaymentWaiting,
)

ACCEPTED = 200
MALFORMED = 400
FORBIDDEN_STATUS = 403
REFUSED = 422
REFERENCE_UNKNOWN = "NOTPROVIDED"
INFORMATION_LINES_MAX = 2
SIGNATURE_CODES = frozenset({"DS0A", "DS0B", "DS0C", "DS0D", "DS0G", "DS0H"})

_CREATED_AT = re.compile(rb"<(?:\w+:)?CreDtTm>\s*([0-9T:.+Z-]{19,35})\s*</")
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - arithmetic on UTC


class XmlAnswer(NamedTuple):
    """An XML answer and the HTTP status it goes with."""

    status: int
    body: bytes


class Outcome(NamedTuple):
    """What became of one transfer: its status, and why when it was refused."""

    status: str
    reasons: tuple[StatusReason, ...] = ()


def time_text(at_us: int) -> str:
    """Write an instant as ISO date and time in UTC with milliseconds and offset."""
    moment = _EPOCH + datetime.timedelta(microseconds=at_us)
    return f"{moment.isoformat(timespec='milliseconds')}+00:00"


def unreadable(data: bytes, refusal: Refusal) -> XmlAnswer:
    """Answer a message that its profile or a rule refuses; nothing of it is journaled.

    Rule: domain note C4: a status report where the references can be read, else admi.002 with FF01.
    """
    created = _CREATED_AT.search(data)
    reason = reason_of(refusal)
    reason = StatusReason(reason.code, "", reason.information[:INFORMATION_LINES_MAX])
    if created is not None and refusal.message_id and refusal.definition == PAIN_001:
        report = CustomerStatusReport(
            message_id=id_of(data),
            created_at=created.group(1).decode(),
            original_message_id=refusal.message_id,
            group_status="RJCT",
            reasons=(reason,),
        )
        # The references themselves may be what is wrong with the message.
        with contextlib.suppress(WriteError):
            return XmlAnswer(_refused_status(refusal), write_pain002(report))
    reject = reject_of(refusal, related_reference=REFERENCE_UNKNOWN, rejected_at="")
    if refusal.message_id:
        named = msgspec.structs.replace(reject, related_reference=refusal.message_id)
        with contextlib.suppress(WriteError):
            return XmlAnswer(_refused_status(refusal), write_admi002(named))
    return XmlAnswer(_refused_status(refusal), write_admi002(reject))


def _refused_status(refusal: Refusal) -> int:
    return FORBIDDEN_STATUS if refusal.code in SIGNATURE_CODES else MALFORMED


def order_answer(
    data: bytes, message: PaymentInitiation, sender: str, found: Entry | Rejected
) -> XmlAnswer:
    """Answer a customer's order with the status of the group and of every transfer."""
    outcomes = _outcomes(message, sender, found)
    statuses = {outcome.status for _, outcome in outcomes}
    # PART: some are accepted, others not yet or not at all; ACSC and ACCC are both.
    open_or_refused = statuses & {"RJCT", "PDNG"}
    group = statuses.pop() if len(statuses) == 1 else "PART" if open_or_refused else "ACSC"
    entry = found if isinstance(found, Entry) else None
    places = iter(outcomes)
    report = CustomerStatusReport(
        message_id=id_of(data) if entry is None else f"ST{entry.seq:012d}",
        created_at=message.created_at if entry is None else time_text(entry.at_us),
        original_message_id=message.message_id,
        original_transfer_count=message.transfer_count,
        group_status=group,
        payments=tuple(
            PaymentOrderStatus(
                original_payment_id=payment.payment_id,
                transfers=tuple(
                    TransferStatus(
                        original_end_to_end_id=transfer.end_to_end_id,
                        original_instruction_id=transfer.instruction_id,
                        original_uetr=uetr,
                        status=outcome.status,
                        reasons=outcome.reasons,
                    )
                    for transfer, (uetr, outcome) in zip(payment.transfers, places, strict=False)
                ),
            )
            for payment in message.payments
        ),
    )
    return XmlAnswer(_http_status(found, group), write_pain002(report))


def transfer_answer(
    data: bytes, message: CustomerCreditTransfer, found: Entry | Rejected
) -> XmlAnswer:
    """Answer an interbank payment."""
    rejected = found if isinstance(found, Rejected) else found.rejected
    entry = found if isinstance(found, Entry) else None
    accounts = (account_text(message.debtor_account), account_text(message.creditor_account))
    outcome = None if entry is None else _accepted(entry).get(message.uetr)
    if outcome is None:
        assert rejected is not None, "what was not refused has an outcome"
        outcome = Outcome("RJCT", (status_reason(rejected, accounts),))
    status = outcome.status
    report = InterbankStatusReport(
        message_id=id_of(data) if entry is None else f"ST{entry.seq:012d}",
        created_at=message.created_at if entry is None else time_text(entry.at_us),
        original_message_id=message.message_id,
        original_definition=PACS_008,
        original_created_at=message.created_at,
        original_instruction_id=message.instruction_id,
        original_end_to_end_id=message.end_to_end_id,
        original_interbank_id=message.interbank_id,
        original_uetr=message.uetr,
        status=status,
        reasons=outcome.reasons,
        instructing_bic=message.instructed_bic,
        instructed_bic=message.instructing_bic,
        effective_date=message.settlement_date if status in SETTLED else None,
    )
    return XmlAnswer(_http_status(found, status), write_pacs002(report))


def _accepted(entry: Entry) -> dict[str, Outcome]:
    """Return what became of each payment that the entry accepted, by UETR; a credit may have released others beside the sender's own."""
    events: list[Event] = [] if isinstance(entry.outcome, Rejected) else entry.outcome
    found: dict[str, Outcome] = {}
    for event in events:
        if isinstance(event, PaymentSettled | PaymentEnded):
            payment = event.payment
            found[payment.order.uetr] = Outcome(payment.status, ending_reasons(payment))
        if isinstance(event, PaymentWaiting):
            found[event.pending.order.uetr] = Outcome("PDNG")
        if isinstance(event, CoverAwaited):
            found.setdefault(event.uetr, Outcome("PDNG"))
    return found


def _outcomes(
    message: PaymentInitiation, sender: str, found: Entry | Rejected
) -> list[tuple[str, Outcome]]:
    """Return the UETR of each transfer and what became of it, in the order of the message."""
    pairs = [(group, transfer) for group in message.payments for transfer in group.transfers]
    uetrs = [
        transfer.uetr or uetr_for(sender, message.message_id, position)
        for position, (_, transfer) in enumerate(pairs)
    ]
    accounts = [
        (account_text(group.debtor_account), account_text(transfer.creditor_account))
        for group, transfer in pairs
    ]
    rejected = found if isinstance(found, Rejected) else found.rejected
    if rejected is not None:
        return [
            (uetr, Outcome("RJCT", (status_reason(rejected, sides),)))
            for uetr, sides in zip(uetrs, accounts, strict=True)
        ]
    assert isinstance(found, Entry)
    assert not isinstance(found.outcome, Rejected)
    refused = {e.position: e.refusal for e in found.outcome if isinstance(e, PaymentRefused)}
    accepted = _accepted(found)
    outcomes = [
        Outcome("RJCT", (status_reason(refused[position], accounts[position]),))
        if position in refused
        else accepted[uetr]
        for position, uetr in enumerate(uetrs)
    ]
    return list(zip(uetrs, outcomes, strict=True))


def _http_status(found: Entry | Rejected, status: str) -> int:
    if status != "RJCT":
        return ACCEPTED
    rejected = found if isinstance(found, Rejected) else found.rejected
    forbidden = rejected is not None and rejected.reason in FORBIDDEN
    return FORBIDDEN_STATUS if forbidden else REFUSED


def id_of(data: bytes) -> str:
    """Return the id of an answer that no entry numbers: the same bytes, the same id."""
    return f"ST{hashlib.sha256(data).hexdigest()[:24].upper()}"
