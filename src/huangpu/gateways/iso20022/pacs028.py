"""The request for a payment's status, pacs.028.001.03, both ways; it changes nothing and always gets one answer."""

import msgspec

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import BusinessHeader
from huangpu.gateways.iso20022.original import OriginalPayment, original_tree, read_original
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Document
from huangpu.gateways.iso20022.refusal import Fault, Refusal
from huangpu.gateways.iso20022.rules import check_rules, refusal_for
from huangpu.gateways.iso20022.writing import checked_bytes, inside

PACS_028 = "pacs.028.001.03"
ROOT = ("Document", "FIToFIPmtStsReq", "TxInf")


class StatusRequest(msgspec.Struct, frozen=True):
    """A bank asks what became of a payment, or of its recall when `original.definition` is a camt.056 (pacs.028)."""

    message_id: str
    created_at: str
    original: OriginalPayment
    instructing_bic: str
    instructed_bic: str
    request_id: str = ""
    header: BusinessHeader | None = None


def read_pacs028(document: Document) -> StatusRequest | Refusal:
    """Extract a status request.

    Rejects: every rule across fields.
    """
    assert document.definition == PACS_028
    try:
        check_rules(document)
    except Fault as fault:
        return refusal_for(document, fault)
    group = document.body["GrpHdr"]
    tree = document.body["TxInf"][0]
    return StatusRequest(
        message_id=group["MsgId"],
        created_at=group["CreDtTm"],
        original=read_original(tree),
        instructing_bic=parts.read_agent_bic(tree, "InstgAgt"),
        instructed_bic=parts.read_agent_bic(tree, "InstdAgt"),
        request_id=tree.get("StsReqId", ""),
        header=parts.read_header(document.header),
    )


def write_pacs028(request: StatusRequest, *, header: BusinessHeader | None = None) -> bytes:
    """Write a status request, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    with inside(PACS_028, *ROOT):
        tree = original_tree(request.original) | filled(
            StsReqId=request.request_id,
            InstgAgt=parts.agent_tree(request.instructing_bic),
            InstdAgt=parts.agent_tree(request.instructed_bic),
        )
    group = filled(MsgId=request.message_id, CreDtTm=request.created_at)
    return checked_bytes(PACS_028, {"GrpHdr": group, "TxInf": [tree]}, header or request.header)
