"""Status reports: pain.002.001.10 to a customer and pacs.002.001.10 between banks, both ways."""

import datetime

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import (
    BusinessHeader,
    CustomerStatusReport,
    InterbankStatusReport,
    PaymentOrderStatus,
    StatusReason,
    TransferStatus,
)
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal
from huangpu.gateways.iso20022.rules import check_rules, refusal_for
from huangpu.gateways.iso20022.texts import clean
from huangpu.gateways.iso20022.writing import checked_bytes

PAIN_002 = "pain.002.001.10"
PACS_002 = "pacs.002.001.10"
INFORMATION_CHARACTERS_MAX = 105


def reason_of(refusal: Refusal) -> StatusReason:
    """Give a refusal as a status reason: its code, then path and detail in lines of 105."""
    rule = f" ({refusal.rule})" if refusal.rule else ""
    return StatusReason(
        code=refusal.code,
        information=information_lines(refusal.path) + information_lines(refusal.detail + rule),
    )


def information_lines(text: str) -> tuple[str, ...]:
    """Cut a text into lines that fit AddtlInf; what no message can carry is a full stop."""
    width = INFORMATION_CHARACTERS_MAX
    text = clean(text, len(text)) if text else ""
    return tuple(text[start : start + width] for start in range(0, len(text), width))


def read_pain002(document: Document) -> CustomerStatusReport | Refusal:
    """Extract a customer status report.

    Rejects: a rejected transfer without a reason, and a header that names another message.
    """
    assert document.definition == PAIN_002
    try:
        check_rules(document)
    except Fault as fault:
        return refusal_for(document, fault)
    group = document.body["GrpHdr"]
    original = document.body["OrgnlGrpInfAndSts"]
    count = original.get("OrgnlNbOfTxs")
    return CustomerStatusReport(
        message_id=group["MsgId"],
        created_at=group["CreDtTm"],
        original_message_id=original["OrgnlMsgId"],
        original_definition=original["OrgnlMsgNmId"],
        original_transfer_count=None if count is None else int(count),
        group_status=original.get("GrpSts", ""),
        reasons=_read_reasons(original),
        payments=tuple(map(_read_payment, document.body.get("OrgnlPmtInfAndSts", ()))),
        header=parts.read_header(document.header),
    )


def write_pain002(report: CustomerStatusReport, *, header: BusinessHeader | None = None) -> bytes:
    """Write a customer status report, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    count = report.original_transfer_count
    body = filled(
        GrpHdr=filled(MsgId=report.message_id, CreDtTm=report.created_at),
        OrgnlGrpInfAndSts=filled(
            OrgnlMsgId=report.original_message_id,
            OrgnlMsgNmId=report.original_definition,
            OrgnlNbOfTxs=None if count is None else str(count),
            GrpSts=report.group_status,
            StsRsnInf=_reason_trees(report.reasons),
        ),
        OrgnlPmtInfAndSts=[_payment_tree(payment) for payment in report.payments],
    )
    return checked_bytes(PAIN_002, body, header or report.header)


def read_pacs002(document: Document) -> InterbankStatusReport | Refusal:
    """Extract an interbank status report.

    Rejects: CBPR+ pacs.002 R1 to R4 (header), R9, R10 (rejection), R14 (slashes), R19 (address).
    """
    assert document.definition == PACS_002
    try:
        check_rules(document)
    except Fault as fault:
        return refusal_for(document, fault)
    group = document.body["GrpHdr"]
    status = document.body["TxInfAndSts"][0]
    original = status["OrgnlGrpInf"]
    effective = status.get("FctvIntrBkSttlmDt", {})
    date = effective.get("Dt") or effective.get("DtTm", "")[:10]
    return InterbankStatusReport(
        message_id=group["MsgId"],
        created_at=group["CreDtTm"],
        original_message_id=original["OrgnlMsgId"],
        original_definition=original["OrgnlMsgNmId"],
        original_created_at=original.get("OrgnlCreDtTm", ""),
        original_instruction_id=status.get("OrgnlInstrId", ""),
        original_end_to_end_id=status["OrgnlEndToEndId"],
        original_interbank_id=status.get("OrgnlTxId", ""),
        original_uetr=status["OrgnlUETR"],
        status=status["TxSts"],
        reasons=_read_reasons(status),
        effective_date=datetime.date.fromisoformat(date) if date else None,
        instructing_bic=parts.read_agent_bic(status, "InstgAgt"),
        instructed_bic=parts.read_agent_bic(status, "InstdAgt"),
        header=parts.read_header(document.header),
    )


def write_pacs002(report: InterbankStatusReport, *, header: BusinessHeader | None = None) -> bytes:
    """Write an interbank status report, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    effective = report.effective_date
    status = filled(
        OrgnlGrpInf=filled(
            OrgnlMsgId=report.original_message_id,
            OrgnlMsgNmId=report.original_definition,
            OrgnlCreDtTm=report.original_created_at,
        ),
        OrgnlInstrId=report.original_instruction_id,
        OrgnlEndToEndId=report.original_end_to_end_id,
        OrgnlTxId=report.original_interbank_id,
        OrgnlUETR=report.original_uetr,
        TxSts=report.status,
        StsRsnInf=_reason_trees(report.reasons),
        FctvIntrBkSttlmDt=None if effective is None else {"Dt": effective.isoformat()},
        InstgAgt=parts.agent_tree(report.instructing_bic),
        InstdAgt=parts.agent_tree(report.instructed_bic),
    )
    group = filled(MsgId=report.message_id, CreDtTm=report.created_at)
    body = {"GrpHdr": group, "TxInfAndSts": [status]}
    return checked_bytes(PACS_002, body, header or report.header)


def _read_payment(tree: Tree) -> PaymentOrderStatus:
    return PaymentOrderStatus(
        original_payment_id=tree["OrgnlPmtInfId"],
        status=tree.get("PmtInfSts", ""),
        reasons=_read_reasons(tree),
        transfers=tuple(map(_read_transfer, tree.get("TxInfAndSts", ()))),
    )


def _read_transfer(tree: Tree) -> TransferStatus:
    return TransferStatus(
        status_id=tree.get("StsId", ""),
        original_instruction_id=tree.get("OrgnlInstrId", ""),
        original_end_to_end_id=tree.get("OrgnlEndToEndId", ""),
        original_uetr=tree.get("OrgnlUETR", ""),
        status=tree.get("TxSts", ""),
        reasons=_read_reasons(tree),
        accepted_at=tree.get("AccptncDtTm", ""),
    )


def _payment_tree(payment: PaymentOrderStatus) -> Tree:
    return filled(
        OrgnlPmtInfId=payment.original_payment_id,
        PmtInfSts=payment.status,
        StsRsnInf=_reason_trees(payment.reasons),
        TxInfAndSts=[_transfer_tree(transfer) for transfer in payment.transfers],
    )


def _transfer_tree(transfer: TransferStatus) -> Tree:
    return filled(
        StsId=transfer.status_id,
        OrgnlInstrId=transfer.original_instruction_id,
        OrgnlEndToEndId=transfer.original_end_to_end_id,
        OrgnlUETR=transfer.original_uetr,
        TxSts=transfer.status,
        StsRsnInf=_reason_trees(transfer.reasons),
        AccptncDtTm=transfer.accepted_at,
    )


def _read_reasons(tree: Tree) -> tuple[StatusReason, ...]:
    return tuple(map(_read_reason, tree.get("StsRsnInf", ())))


def _read_reason(tree: Tree) -> StatusReason:
    code = parts.read_code(tree.get("Rsn"))
    return StatusReason(code.code, code.proprietary, tuple(tree.get("AddtlInf", ())))


def _reason_trees(reasons: tuple[StatusReason, ...]) -> list[Tree]:
    return [
        filled(
            Rsn=filled(Cd=reason.code, Prtry=reason.proprietary),
            AddtlInf=list(reason.information),
        )
        for reason in reasons
    ]
