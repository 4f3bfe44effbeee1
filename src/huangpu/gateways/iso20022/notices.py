"""The notice of an entry, camt.054.001.08, and the technical reject, admi.002.001.01, both ways."""

import datetime

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import (
    BusinessHeader,
    Entry,
    EntryDetail,
    EntryNotification,
    MessageReject,
)
from huangpu.gateways.iso20022.money import amount_text, read_money
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal
from huangpu.gateways.iso20022.rules import check_rules, refusal_for
from huangpu.gateways.iso20022.writing import checked_bytes, inside

CAMT_054 = "camt.054.001.08"
ADMI_002 = "admi.002.001.01"
NOTICE_ROOT = ("Document", "BkToCstmrDbtCdtNtfctn", "Ntfctn[1]")
REJECT_TEXT_MAX = 350


def read_camt054(document: Document) -> EntryNotification | Refusal:
    """Extract a debit or credit notice for one account.

    Reading: one message holds one notice, as CBPR+ has it; the table says so.
    Rejects: CH21 for an entry without a bank transaction code by domain; amounts as everywhere.
    """
    assert document.definition == CAMT_054
    notices = document.body["Ntfctn"]
    try:
        check_rules(document)
        try:
            return _read_notice(document, notices[0])
        except Fault as fault:
            for step in reversed(NOTICE_ROOT):
                fault.inside(step)
            raise
    except Fault as fault:
        return refusal_for(document, fault)


def write_camt054(notice: EntryNotification, *, header: BusinessHeader | None = None) -> bytes:
    """Write a debit or credit notice, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    with inside(CAMT_054, *NOTICE_ROOT):
        account = parts.account_tree(notice.account)
        if notice.servicer_bic:
            account["Svcr"] = parts.agent_tree(notice.servicer_bic)
        entries = [_entry_tree(entry) for entry in notice.entries]
    body = {
        "GrpHdr": filled(MsgId=notice.message_id, CreDtTm=notice.created_at),
        "Ntfctn": [filled(Id=notice.notification_id, Acct=account, Ntry=entries)],
    }
    return checked_bytes(CAMT_054, body, header or notice.header)


def read_admi002(document: Document) -> MessageReject | Refusal:
    """Extract a technical reject.

    Rejects: FF01 for a header that names another message.
    """
    assert document.definition == ADMI_002
    try:
        check_rules(document)
    except Fault as fault:
        return refusal_for(document, fault)
    reason = document.body["Rsn"]
    return MessageReject(
        related_reference=document.body["RltdRef"]["Ref"],
        reason=reason["RjctgPtyRsn"],
        rejected_at=reason.get("RjctnDtTm", ""),
        error_location=reason.get("ErrLctn", ""),
        description=reason.get("RsnDesc", ""),
        additional_data=reason.get("AddtlData", ""),
        header=parts.read_header(document.header),
    )


def write_admi002(reject: MessageReject, *, header: BusinessHeader | None = None) -> bytes:
    """Write a technical reject, with a business header when one is given.

    Raises: WriteError when the content breaks the profile.
    """
    body = {
        "RltdRef": filled(Ref=reject.related_reference),
        "Rsn": filled(
            RjctgPtyRsn=reject.reason,
            RjctnDtTm=reject.rejected_at,
            ErrLctn=reject.error_location,
            RsnDesc=reject.description,
            AddtlData=reject.additional_data,
        ),
    }
    return checked_bytes(ADMI_002, body, header or reject.header)


def reject_of(refusal: Refusal, *, related_reference: str, rejected_at: str) -> MessageReject:
    """Give a refusal as a technical reject of the message with that reference."""
    return MessageReject(
        related_reference=related_reference,
        reason=refusal.code,
        rejected_at=rejected_at,
        error_location=refusal.path[:REJECT_TEXT_MAX],
        description=refusal.detail[:REJECT_TEXT_MAX],
    )


def _read_notice(document: Document, tree: Tree) -> EntryNotification:
    group = document.body["GrpHdr"]
    return EntryNotification(
        message_id=group["MsgId"],
        created_at=group["CreDtTm"],
        notification_id=tree["Id"],
        account=parts.read_account(tree["Acct"], "Acct"),
        servicer_bic=parts.read_agent_bic(tree["Acct"], "Svcr"),
        entries=tuple(_read_entry(entry, n) for n, entry in enumerate(tree.get("Ntry", ()), 1)),
        header=parts.read_header(document.header),
    )


def _read_entry(tree: Tree, number: int) -> Entry:
    try:
        domain = _domain(tree["BkTxCd"])
        lists = tree.get("NtryDtls", ())
        details = [detail for each in lists for detail in each.get("TxDtls", ())]
        return Entry(
            reference=tree.get("NtryRef", ""),
            amount=read_money(tree["Amt"], allow_zero=True),
            side=tree["CdtDbtInd"],
            status=tree["Sts"].get("Cd", ""),
            booking_date=_read_date(tree.get("BookgDt")),
            value_date=_read_date(tree.get("ValDt")),
            servicer_reference=tree.get("AcctSvcrRef", ""),
            domain=domain["Cd"],
            family=domain["Fmly"]["Cd"],
            sub_family=domain["Fmly"]["SubFmlyCd"],
            details=tuple(_read_detail(detail, tree) for detail in details),
        )
    except Fault as fault:
        raise fault.inside(f"Ntry[{number}]") from None


def _domain(tree: Tree) -> Tree:
    domain: Tree | None = tree.get("Domn")
    if domain is None:
        raise Fault("CH21", "the code by domain is mandatory here", "BkTxCd", "Domn")
    return domain


def _read_detail(tree: Tree, entry: Tree) -> EntryDetail:
    """Read one detail; without an amount of its own it is the whole entry."""
    references = tree.get("Refs", {})
    related = tree.get("RltdPties", {})
    settled = tree.get("RltdDts", {}).get("IntrBkSttlmDt", "")
    return EntryDetail(
        amount=read_money(tree["Amt"] if "Amt" in tree else entry["Amt"], allow_zero=True),
        end_to_end_id=references.get("EndToEndId", ""),
        instruction_id=references.get("InstrId", ""),
        uetr=references.get("UETR", ""),
        debtor_name=related.get("Dbtr", {}).get("Pty", {}).get("Nm", ""),
        creditor_name=related.get("Cdtr", {}).get("Pty", {}).get("Nm", ""),
        settlement_date=datetime.date.fromisoformat(settled) if settled else None,
        remittance_text=parts.read_remittance(tree),
    )


def _read_date(tree: Tree | None) -> datetime.date | None:
    if tree is None:
        return None
    return datetime.date.fromisoformat(tree.get("Dt") or tree["DtTm"][:10])


def _entry_tree(entry: Entry) -> Tree:
    family = filled(Cd=entry.family, SubFmlyCd=entry.sub_family)
    details = [_detail_tree(detail, entry.side) for detail in entry.details]
    return filled(
        NtryRef=entry.reference,
        Amt=amount_text(entry.amount),
        CdtDbtInd=entry.side,
        Sts=filled(Cd=entry.status),
        BookgDt=_date_tree(entry.booking_date),
        ValDt=_date_tree(entry.value_date),
        AcctSvcrRef=entry.servicer_reference,
        BkTxCd={"Domn": filled(Cd=entry.domain, Fmly=family)},
        NtryDtls=[{"TxDtls": details}] if details else None,
    )


def _detail_tree(detail: EntryDetail, side: str) -> Tree:
    settled = detail.settlement_date
    return filled(
        Refs=filled(
            InstrId=detail.instruction_id, EndToEndId=detail.end_to_end_id, UETR=detail.uetr
        ),
        Amt=amount_text(detail.amount),
        CdtDbtInd=side,
        RltdPties=filled(Dbtr=_named(detail.debtor_name), Cdtr=_named(detail.creditor_name)),
        RmtInf=parts.remittance_tree(detail.remittance_text),
        RltdDts=None if settled is None else {"IntrBkSttlmDt": settled.isoformat()},
    )


def _named(name: str) -> Tree | None:
    return {"Pty": {"Nm": name}} if name else None


def _date_tree(date: datetime.date | None) -> Tree | None:
    return None if date is None else {"Dt": date.isoformat()}
