"""Answers to pacs.028: what became of a payment, read from what is stored; one answer for every request, final once the payment is.

Rule: domain note C5.4: a client whose call timed out can always ask. A payment the centre never took, or that the asker has no part in, is
answered alike: RJCT with AG09, "original payment never received", so that nothing is told about other people's payments.
"""

import msgspec

from huangpu.core.calendar import date_of
from huangpu.core.message import Rejected
from huangpu.engine import Engine, Entry
from huangpu.gateways.iso20022.answers import ACCEPTED, XmlAnswer, id_of, time_text
from huangpu.gateways.iso20022.exchange import answer_reasons
from huangpu.gateways.iso20022.model import InterbankStatusReport, StatusReason
from huangpu.gateways.iso20022.orders import PACS_008, command_id
from huangpu.gateways.iso20022.pacs009 import PACS_009
from huangpu.gateways.iso20022.pacs028 import StatusRequest
from huangpu.gateways.iso20022.reasons import ending_reasons, status_reason
from huangpu.gateways.iso20022.recalls import ResolutionOfInvestigation, write_camt029
from huangpu.gateways.iso20022.statuses import write_pacs002
from huangpu.venues.offshore.bank_transfers.books import BankTransfer
from huangpu.venues.offshore.orders import SETTLED, Payment, PaymentOrder, Pending, parties_of
from huangpu.venues.offshore.payments.statuses import status_of
from huangpu.venues.offshore.payments.words import (
    InstructPayment,
    InstructPaymentBatch,
    PaymentRefused,
    ReceiveCreditTransfer,
)

NEVER_RECEIVED = StatusReason("AG09")
NOT_RECEIVED = StatusReason("NOOR")
RECALLS = "camt.056."
NOT_PROVIDED = "NOTPROVIDED"
PAYMENTS = ("pacs.003.", "pacs.004.", "pacs.008.", "pacs.009.", "pacs.010.")


def status_answer(
    engine: Engine, institution: str, data: bytes, request: StatusRequest
) -> XmlAnswer:
    """Answer a status request with a pacs.002, or with the camt.029 of the last recall where it asks for a camt.056."""
    room, uetr = engine.centre.offshore, request.original.uetr
    record = room.record_of(uetr)
    if record is not None and institution not in parties_of(record):
        record = None
    if request.original.definition.startswith(RECALLS):
        return XmlAnswer(ACCEPTED, write_camt029(_recall_report(engine, data, request, record)))
    if record is not None:
        return XmlAnswer(ACCEPTED, write_pacs002(_report(data, request, record)))
    number = room.transfers.by_uetr.get(uetr)
    transfer = None if number is None else room.books.bank_transfers.transfers[number]
    if transfer is not None and institution in transfer.parties:
        return XmlAnswer(ACCEPTED, write_pacs002(_report(data, request, transfer)))
    refused = _refused_at_receipt(engine, institution, request)
    reason = NEVER_RECEIVED if refused is None else refused
    original = request.original
    report = InterbankStatusReport(
        message_id=id_of(data),
        created_at=request.created_at,
        original_message_id=original.message_id or NOT_PROVIDED,
        original_definition=_payment_definition(original.definition),
        original_instruction_id=original.instruction_id,
        original_end_to_end_id=original.end_to_end_id or NOT_PROVIDED,
        original_uetr=original.uetr,
        status="RJCT",
        reasons=(reason,),
        instructing_bic=request.instructed_bic,
        instructed_bic=request.instructing_bic,
    )
    return XmlAnswer(ACCEPTED, write_pacs002(report))


def _recall_report(
    engine: Engine, data: bytes, request: StatusRequest, record: Payment | Pending | None
) -> ResolutionOfInvestigation:
    room, uetr = engine.centre.offshore, request.original.uetr
    numbers = [] if record is None else room.recalls.by_uetr.get(uetr, [])
    recall = room.books.recalls.recalls[numbers[-1]] if numbers else None
    original = request.original
    named = msgspec.structs.replace(original, message_id=original.message_id or NOT_PROVIDED)
    told_us = 0 if recall is None else recall.answered_us or recall.at_us
    return ResolutionOfInvestigation(
        message_id=id_of(data),
        created_at=request.created_at if recall is None else time_text(told_us),
        assigner_bic=request.instructed_bic,
        assignee_bic=request.instructing_bic,
        confirmation="RJCR" if recall is None else recall.status.value,
        original=named,
        reasons=(NOT_RECEIVED,) if recall is None else answer_reasons(recall),
        resolved_case_id="" if recall is None else recall.case_id,
    )


def _report(
    data: bytes, request: StatusRequest, record: Payment | Pending | BankTransfer
) -> InterbankStatusReport:
    """Report on a payment; what is told of a refusal is its code and, where it may be told, its detail."""
    order = record.order
    between = isinstance(record, BankTransfer)
    status = record.status if isinstance(record, BankTransfer) else status_of(record)
    settled = status in SETTLED
    at_us = record.since_us if isinstance(record, Pending) else record.at_us
    return InterbankStatusReport(
        message_id=id_of(data),
        created_at=time_text(at_us),
        original_message_id=record.message_id,
        original_definition=PACS_009 if between else PACS_008,
        original_instruction_id=order.instruction_id,
        original_end_to_end_id=order.end_to_end_id,
        original_uetr=order.uetr,
        status=status,
        reasons=ending_reasons(record),
        instructing_bic=request.instructed_bic,
        instructed_bic=request.instructing_bic,
        effective_date=date_of(at_us) if settled else None,
    )


def _refused_at_receipt(
    engine: Engine, institution: str, request: StatusRequest
) -> StatusReason | None:
    """Find the refusal of the asker's own message, which left no payment behind."""
    message_id = request.original.message_id
    if not message_id:
        return None
    wanted = command_id(message_id)
    for seq in engine.answered.find(f"{institution}|{wanted}"):
        entry = engine.entry(seq)
        if entry is None or entry.id != wanted or not _by(engine, entry, institution):
            continue
        if entry.rejected is not None:
            order = _order_of(entry, request.original.uetr)
            return None if order is None else status_reason(entry.rejected, _accounts(order))
        refused = _refused_in_batch(entry, request.original.uetr)
        if refused is not None:
            return refused
    return None


def _order_of(entry: Entry, uetr: str) -> PaymentOrder | None:
    """Find the payment of that UETR that a command asked for."""
    command = entry.command
    if isinstance(command, InstructPaymentBatch):
        return next((order for order in command.orders if order.uetr == uetr), None)
    if isinstance(command, InstructPayment | ReceiveCreditTransfer):
        return command.order if command.order.uetr == uetr else None
    return None


def _accounts(order: PaymentOrder) -> tuple[str, str]:
    return order.debtor_account, order.creditor_account


def _refused_in_batch(entry: Entry, uetr: str) -> StatusReason | None:
    assert not isinstance(entry.outcome, Rejected)
    for event in entry.outcome:
        if isinstance(event, PaymentRefused) and event.uetr == uetr:
            order = _order_of(entry, uetr)
            assert order is not None, "a batch refuses its own orders"
            return status_reason(event.refusal, _accounts(order))
    return None


def _by(engine: Engine, entry: Entry, institution: str) -> bool:
    person = engine.centre.registry.people.persons.get(entry.by)
    return person is not None and person.institution == institution


def _payment_definition(definition: str) -> str:
    """Name the original as a payment between banks: pacs.002 knows no other; a customer's order was sent on as one."""
    return definition if definition.startswith(PAYMENTS) else PACS_008
