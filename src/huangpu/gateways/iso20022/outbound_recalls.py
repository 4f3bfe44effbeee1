"""Messages that recalls and returns owe: camt.056 on to the creditor's side, camt.029 back to who asked, pacs.004 with the money, camt.054 of it.

Rendered from what is stored, always the same bytes, and shown to who sends or receives them only. A company has no BIC: its bank stands for it.
"""

from huangpu.core.calendar import date_of
from huangpu.engine import Centre
from huangpu.gateways.iso20022.answers import time_text
from huangpu.gateways.iso20022.exchange import answer_reasons
from huangpu.gateways.iso20022.model import Charge, StatusReason
from huangpu.gateways.iso20022.money import Money
from huangpu.gateways.iso20022.orders import PACS_008
from huangpu.gateways.iso20022.original import OriginalPayment
from huangpu.gateways.iso20022.outbound import OutboundMessage, party_of
from huangpu.gateways.iso20022.outbound_notices import notices_of
from huangpu.gateways.iso20022.recalls import (
    CAMT_029,
    CAMT_056,
    CancellationRequest,
    ResolutionOfInvestigation,
    write_camt029,
    write_camt056,
)
from huangpu.gateways.iso20022.returns import PACS_004, PaymentReturnMessage, write_pacs004
from huangpu.gateways.iso20022.statuses import information_lines
from huangpu.gateways.iso20022.texts import clean
from huangpu.venues.offshore.orders import Direction, Payment, Pending
from huangpu.venues.offshore.recalls.books import Recall, RecallStatus, Return
from huangpu.venues.offshore.reports.causes import of_return

INFORMATION_MAX = 210
SETTLED_BY_INSTRUCTED_AGENT = "INDA"


def messages_about(
    centre: Centre, record: Payment | Pending, institution: str | None
) -> list[OutboundMessage]:
    """Render what recalls and a return of a payment owe, as far as the reader may see it."""
    room, uetr = centre.offshore, record.order.uetr
    messages: list[OutboundMessage] = []
    for number in room.recalls.by_uetr.get(uetr, ()):
        recall = room.books.recalls.recalls[number]
        messages.append(_request(centre, record, recall))
        if recall.status is not RecallStatus.PDCR:
            messages.append(_answer(centre, record, recall))
    returned = room.recalls.returned.get(uetr)
    if returned is not None and isinstance(record, Payment):
        back = room.books.recalls.returns[returned]
        if back.direction is not Direction.INWARD:
            messages.append(_return(centre, record, back))
        messages += notices_of(centre, of_return(room, back))
    return [one for one in messages if institution in (None, one.sender, one.receiver)]


def _original(record: Payment | Pending) -> OriginalPayment:
    order = record.order
    return OriginalPayment(
        uetr=order.uetr,
        message_id=record.message_id,
        definition=PACS_008,
        instruction_id=order.instruction_id,
        end_to_end_id=order.end_to_end_id,
        amount=Money(order.amount, order.currency),
        settlement_date=date_of(record.at_us) if isinstance(record, Payment) else None,
    )


def _request(centre: Centre, record: Payment | Pending, recall: Recall) -> OutboundMessage:
    request = CancellationRequest(
        message_id=recall.request_id,
        created_at=time_text(recall.at_us),
        assigner_bic=_bic(centre, recall.assigner, record.bank),
        assignee_bic=_bic(centre, recall.assignee, record.bank),
        original=_original(record),
        reasons=(_reason(recall.reason, recall.information),),
        case_id=recall.case_id,
    )
    xml = write_camt056(request).decode()
    return OutboundMessage(CAMT_056, recall.request_id, recall.assigner, recall.assignee, xml)


def _answer(centre: Centre, record: Payment | Pending, recall: Recall) -> OutboundMessage:
    answer = ResolutionOfInvestigation(
        message_id=recall.answer_id,
        created_at=time_text(recall.answered_us),
        assigner_bic=_bic(centre, recall.assignee, record.bank),
        assignee_bic=_bic(centre, recall.assigner, record.bank),
        confirmation=recall.status.value,
        original=_original(record),
        reasons=answer_reasons(recall),
        resolved_case_id=recall.case_id,
    )
    xml = write_camt029(answer).decode()
    return OutboundMessage(CAMT_029, recall.answer_id, recall.assignee, recall.assigner, xml)


def _return(centre: Centre, payment: Payment, back: Return) -> OutboundMessage:
    """Write the return; what was kept of a partial one is the charge of the bank that returns."""
    order = payment.order
    amount = Money(back.amount, back.currency)
    kept = Money(max(0, order.amount - back.amount), back.currency)
    bank = _bic(centre, back.bank, back.bank)
    message = PaymentReturnMessage(
        message_id=back.return_id,
        created_at=time_text(back.at_us),
        settlement_method=SETTLED_BY_INSTRUCTED_AGENT,
        return_id=back.return_id,
        original=_original(payment),
        returned_amount=amount,
        returned_instructed_amount=Money(order.amount, order.currency),
        settlement_date=date_of(back.at_us),
        charge_bearer="CRED" if kept.amount_minor else "SHAR",
        charges=(Charge(kept, bank),) if kept.amount_minor else (),
        instructing_bic=bank,
        instructed_bic=_bic(centre, back.correspondent or back.payee, back.bank),
        debtor=party_of(centre, back.payer, order.creditor_name, order.creditor_country),
        creditor=party_of(centre, back.payee, order.debtor_name, order.debtor_country),
        reasons=(_reason(back.reason, back.information),),
    )
    xml = write_pacs004(message).decode()
    receiver = back.correspondent or back.payee
    return OutboundMessage(PACS_004, back.return_id, back.bank, receiver, xml)


def _reason(code: str, information: str) -> StatusReason:
    lines = information_lines(clean(information, INFORMATION_MAX)) if information else ()
    return StatusReason(code=code, information=lines)


def _bic(centre: Centre, institution: str, bank: str) -> str:
    """Return an institution's BIC, its bank's where it has none."""
    institutions = centre.registry.institutions
    found = institutions.get(institution)
    return found.bic if found is not None and found.bic else institutions[bank].bic
