"""The notice of an entry, camt.054.001.08, and the technical reject, admi.002.001.01, both ways."""

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.entries import entry_tree, read_entry
from huangpu.gateways.iso20022.model import (
    BusinessHeader,
    EntryNotification,
    MessageReject,
)
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal, at
from huangpu.gateways.iso20022.rules import check_rules, refusal_for
from huangpu.gateways.iso20022.texts import clean
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
        with at(*NOTICE_ROOT):
            return _read_notice(document, notices[0])
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
        entries = [entry_tree(entry) for entry in notice.entries]
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
        error_location=clean(refusal.path, REJECT_TEXT_MAX),
        description=clean(refusal.detail, REJECT_TEXT_MAX),
    )


def _read_notice(document: Document, tree: Tree) -> EntryNotification:
    group = document.body["GrpHdr"]
    return EntryNotification(
        message_id=group["MsgId"],
        created_at=group["CreDtTm"],
        notification_id=tree["Id"],
        account=parts.read_account(tree["Acct"], "Acct"),
        servicer_bic=parts.read_agent_bic(tree["Acct"], "Svcr"),
        entries=tuple(read_entry(entry, n) for n, entry in enumerate(tree.get("Ntry", ()), 1)),
        header=parts.read_header(document.header),
    )
