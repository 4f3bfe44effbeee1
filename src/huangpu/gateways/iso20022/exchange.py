"""Recalls, returns and transfers between banks as commands, and how each is answered.

camt.056 asks a payment back and camt.029 answers; pacs.004 returns money, to the centre from overseas or from a bank here; pacs.009 moves a bank's own
money or covers a payment. A recall is answered by camt.029 (CNCL, PDCR, RJCR), money by pacs.002. What a bank agrees on for its customer stands in
the first line of AddtlInf of its camt.029: /CONSENT/HOLDER or /CONSENT/LEGAL_ORDER.
"""

from huangpu.core.message import Command, Event, Rejected
from huangpu.engine import Centre, Entry
from huangpu.gateways.iso20022.answers import (
    ACCEPTED,
    FORBIDDEN_STATUS,
    REFUSED,
    XmlAnswer,
    id_of,
    time_text,
)
from huangpu.gateways.iso20022.model import (
    InterbankStatusReport,
    MessageReject,
    StatusReason,
)
from huangpu.gateways.iso20022.notices import REJECT_TEXT_MAX, write_admi002
from huangpu.gateways.iso20022.pacs009 import PACS_009, BankTransfer
from huangpu.gateways.iso20022.reasons import CODES, FORBIDDEN, status_reason
from huangpu.gateways.iso20022.recalls import (
    CancellationRequest,
    ResolutionOfInvestigation,
    write_camt029,
)
from huangpu.gateways.iso20022.returns import PACS_004, PaymentReturnMessage
from huangpu.gateways.iso20022.statuses import write_pacs002
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.bank_transfers.books import BankTransferOrder
from huangpu.venues.offshore.bank_transfers.words import (
    BankTransferRecorded,
    ReceiveBankTransfer,
    TransferBetweenBanks,
)
from huangpu.venues.offshore.recalls.books import Recall
from huangpu.venues.offshore.recalls.words import (
    AnswerCancellation,
    RecallAcknowledged,
    RecallAnswered,
    RecallRequested,
    ReceiveReturn,
    RequestCancellation,
    ReturnPayment,
)

CONSENT = "/CONSENT/"
INFORMATION_LINES_MAX = 2

REFUSALS: dict[str, str] = {
    "PAYMENT_UNKNOWN": "NOOR",
    "PAYMENT_NOT_PAID": "NOOR",
    "PAYMENT_RETURNED": "ARDT",
    "RECALL_OPEN": "ARPL",
    "RECALL_REPEATED": "AGNT",
    "FUNDS_INSUFFICIENT": "AM04",
    "ACCOUNT_CLOSED": "AC04",
    "REGULATORY_REASON": "RR04",
}
"""What a refused recall is called in camt.029; every other refusal is told in words (NARR)."""

Exchange = CancellationRequest | ResolutionOfInvestigation | PaymentReturnMessage | BankTransfer


def exchange_command(centre: Centre, institution: str, message: Exchange) -> Command:
    """Make the command of a recall, its answer, a return or a transfer between banks."""
    if isinstance(message, CancellationRequest):
        return _request(message)
    if isinstance(message, ResolutionOfInvestigation):
        return _answer(message)
    kind = centre.registry.institutions[institution].kind
    if isinstance(message, PaymentReturnMessage):
        return _return(message, overseas=kind is InstitutionKind.OVERSEAS_BANK)
    return _transfer(message, overseas=kind is InstitutionKind.OVERSEAS_BANK)


def exchange_answer(data: bytes, message: Exchange, found: Entry | Rejected) -> XmlAnswer:
    """Answer the message from what became of it."""
    rejected = found if isinstance(found, Rejected) else found.rejected
    if isinstance(message, CancellationRequest):
        return XmlAnswer(_http_status(rejected), write_camt029(_recall_told(data, message, found)))
    if isinstance(message, ResolutionOfInvestigation):
        return _answer_told(data, message, found)
    return XmlAnswer(_http_status(rejected), write_pacs002(_money_told(data, message, found)))


def _request(message: CancellationRequest) -> RequestCancellation:
    original = message.original
    amount = original.amount
    reason = message.reasons[0]
    return RequestCancellation(
        message_id=message.message_id,
        uetr=original.uetr,
        reason=reason.code or reason.proprietary,
        assigner=message.assigner_bic,
        case_id=message.case_id,
        original_message_id=original.message_id,
        currency="" if amount is None else amount.currency,
        amount=0 if amount is None else amount.amount_minor,
        information=" ".join(reason.information),
    )


def _answer(message: ResolutionOfInvestigation) -> AnswerCancellation:
    reason = message.reasons[0] if message.reasons else StatusReason()
    lines = reason.information
    given = bool(lines) and lines[0].startswith(CONSENT)
    return AnswerCancellation(
        message_id=message.message_id,
        uetr=message.original.uetr,
        confirmation=message.confirmation,
        answerer=message.assigner_bic,
        case_id=message.resolved_case_id,
        reason=reason.code or reason.proprietary,
        information=" ".join(lines[1:] if given else lines),
        consent=lines[0].removeprefix(CONSENT) if given else "",
    )


def _return(message: PaymentReturnMessage, *, overseas: bool) -> ReceiveReturn | ReturnPayment:
    reason = message.reasons[0]
    code = reason.code or reason.proprietary
    information = " ".join(reason.information)
    if not overseas:
        return ReturnPayment(
            message_id=message.message_id,
            uetr=message.original.uetr,
            reason=code,
            amount=message.returned_amount.amount_minor,
            information=information,
        )
    return ReceiveReturn(
        message_id=message.message_id,
        instructing_agent=message.instructing_bic,
        instructed_agent=message.instructed_bic,
        return_id=message.return_id,
        uetr=message.original.uetr,
        currency=message.returned_amount.currency,
        amount=message.returned_amount.amount_minor,
        reason=code,
        information=information,
    )


def _transfer(
    message: BankTransfer, *, overseas: bool
) -> ReceiveBankTransfer | TransferBetweenBanks:
    debtor, creditor = message.debtor_account, message.creditor_account
    order = BankTransferOrder(
        uetr=message.uetr,
        currency=message.settlement_amount.currency,
        amount=message.settlement_amount.amount_minor,
        debtor_account="" if debtor is None else debtor.iban or debtor.other_id,
        creditor_account="" if creditor is None else creditor.iban or creditor.other_id,
        end_to_end_id=message.end_to_end_id,
        instruction_id=message.instruction_id,
        debtor_bic=message.debtor_bic,
        debtor_agent=message.debtor_agent_bic,
        creditor_bic=message.creditor_bic,
        creditor_agent=message.creditor_agent_bic,
        purpose=message.purpose.code or message.purpose.proprietary,
        remittance=" ".join(message.remittance_text),
    )
    if not overseas:
        return TransferBetweenBanks(message_id=message.message_id, order=order)
    return ReceiveBankTransfer(
        message_id=message.message_id,
        instructing_agent=message.instructing_bic,
        instructed_agent=message.instructed_bic,
        order=order,
        cover=message.covered is not None,
    )


def _recall_told(
    data: bytes, message: CancellationRequest, found: Entry | Rejected
) -> ResolutionOfInvestigation:
    """Tell the asker what became of the recall: agreed at once, pending, or refused."""
    entry = found if isinstance(found, Entry) else None
    rejected = found if isinstance(found, Rejected) else found.rejected
    recall = None if entry is None else _recall_of(entry, message.original.uetr)
    reasons: tuple[StatusReason, ...] = ()
    confirmation = "RJCR"
    if rejected is not None:
        reasons = (refusal_reason(rejected),)
    elif recall is not None:
        confirmation = recall.status.value
        reasons = answer_reasons(recall)
    return ResolutionOfInvestigation(
        message_id=id_of(data) if recall is None else recall.answer_id,
        created_at=message.created_at if entry is None else time_text(entry.at_us),
        assigner_bic=message.assignee_bic,
        assignee_bic=message.assigner_bic,
        confirmation=confirmation,
        original=message.original,
        reasons=reasons,
        status_id=message.cancellation_id,
        resolved_case_id=message.case_id,
    )


def _answer_told(
    data: bytes, message: ResolutionOfInvestigation, found: Entry | Rejected
) -> XmlAnswer:
    """Give an answer back as it was passed on to the asker; a refused one is a technical reject."""
    rejected = found if isinstance(found, Rejected) else found.rejected
    if rejected is not None:
        reject = MessageReject(
            related_reference=message.message_id,
            reason=CODES[rejected.reason],
            description=_words(rejected)[:REJECT_TEXT_MAX],
        )
        return XmlAnswer(_http_status(rejected), write_admi002(reject))
    assert isinstance(found, Entry)
    recall = _recall_of(found, message.original.uetr)
    assert recall is not None, "an accepted answer changes its recall"
    told = ResolutionOfInvestigation(
        message_id=recall.answer_id,
        created_at=time_text(found.at_us),
        assigner_bic=message.assigner_bic,
        assignee_bic=message.assignee_bic,
        confirmation=recall.status.value,
        original=message.original,
        reasons=answer_reasons(recall),
        status_id=message.status_id,
        resolved_case_id=recall.case_id,
    )
    return XmlAnswer(ACCEPTED, write_camt029(told))


def _money_told(
    data: bytes, message: PaymentReturnMessage | BankTransfer, found: Entry | Rejected
) -> InterbankStatusReport:
    entry = found if isinstance(found, Entry) else None
    rejected = found if isinstance(found, Rejected) else found.rejected
    back = isinstance(message, PaymentReturnMessage)
    status = "RJCT" if rejected is not None else _money_status(found, message)
    original = message.original if isinstance(message, PaymentReturnMessage) else message
    return InterbankStatusReport(
        message_id=id_of(data) if entry is None else f"ST{entry.seq:012d}",
        created_at=message.created_at if entry is None else time_text(entry.at_us),
        original_message_id=message.message_id,
        original_definition=PACS_004 if back else PACS_009,
        original_created_at=message.created_at,
        original_instruction_id=original.instruction_id,
        original_end_to_end_id=original.end_to_end_id,
        original_uetr=original.uetr,
        status=status,
        reasons=() if rejected is None else (status_reason(rejected),),
        instructing_bic=message.instructed_bic,
        instructed_bic=message.instructing_bic,
        effective_date=message.settlement_date if status in {"ACSC", "ACCC"} else None,
    )


def _money_status(found: Entry | Rejected, message: PaymentReturnMessage | BankTransfer) -> str:
    assert isinstance(found, Entry)
    assert not isinstance(found.outcome, Rejected)
    if isinstance(message, PaymentReturnMessage):
        return "ACSC"
    events = (event for event in found.outcome if isinstance(event, BankTransferRecorded))
    return next(e.transfer.status for e in events if e.transfer.order.uetr == message.uetr)


def _recall_of(entry: Entry, uetr: str) -> Recall | None:
    """Return the recall of a payment as the entry left it."""
    events: list[Event] = [] if isinstance(entry.outcome, Rejected) else entry.outcome
    told = (RecallRequested, RecallAcknowledged, RecallAnswered)
    recalls = [event.recall for event in events if isinstance(event, told)]
    return next((recall for recall in reversed(recalls) if recall.uetr == uetr), None)


def answer_reasons(recall: Recall) -> tuple[StatusReason, ...]:
    """Give why a recall was refused; nothing for one that was agreed or waits."""
    if not recall.answer_reason:
        return ()
    return (StatusReason(code=recall.answer_reason),)


def refusal_reason(rejected: Rejected) -> StatusReason:
    """Give a refusal of the engine as the reason of a refused recall."""
    told = status_reason(rejected)
    code = REFUSALS.get(rejected.reason, "NARR")
    return StatusReason(code=code, information=told.information[:INFORMATION_LINES_MAX])


def _words(rejected: Rejected) -> str:
    return " ".join(status_reason(rejected).information)


def _http_status(rejected: Rejected | None) -> int:
    if rejected is None:
        return ACCEPTED
    return FORBIDDEN_STATUS if rejected.reason in FORBIDDEN else REFUSED
