"""Recalls: the request camt.056.001.08 and its answer camt.029.001.09, both ways."""

import msgspec

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import BusinessHeader, StatusReason
from huangpu.gateways.iso20022.original import (
    OriginalPayment,
    original_tree,
    read_original,
    read_reasons,
    reason_trees,
)
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal, at
from huangpu.gateways.iso20022.rules import check_rules, refusal_for
from huangpu.gateways.iso20022.writing import checked_bytes, inside

CAMT_056 = "camt.056.001.08"
CAMT_029 = "camt.029.001.09"
REQUEST_ROOT = ("Document", "FIToFIPmtCxlReq", "Undrlyg", "TxInf")
ANSWER_ROOT = ("Document", "RsltnOfInvstgtn", "CxlDtls", "TxInfAndSts")


class CancellationRequest(msgspec.Struct, frozen=True):
    """A bank asks for a payment to be cancelled or given back (camt.056).

    `message_id` is the identification of the assignment; `reasons` hold DUPL, FRAD, TECH, CUST, AC03, AM09, CURR or UPAY.
    """

    message_id: str
    created_at: str
    assigner_bic: str
    assignee_bic: str
    original: OriginalPayment
    reasons: tuple[StatusReason, ...]
    cancellation_id: str = ""
    case_id: str = ""
    header: BusinessHeader | None = None


class ResolutionOfInvestigation(msgspec.Struct, frozen=True):
    """The answer to a recall (camt.029): `confirmation` is CNCL, PDCR or RJCR; a refusal has reasons."""

    message_id: str
    created_at: str
    assigner_bic: str
    assignee_bic: str
    confirmation: str
    original: OriginalPayment
    reasons: tuple[StatusReason, ...] = ()
    status_id: str = ""
    resolved_case_id: str = ""
    header: BusinessHeader | None = None


def read_camt056(document: Document) -> CancellationRequest | Refusal:
    """Extract a recall.

    Rejects: every rule across fields, then the amount.
    """
    assert document.definition == CAMT_056
    try:
        check_rules(document)
        tree = document.body["Undrlyg"][0]["TxInf"][0]
        assignment = document.body["Assgnmt"]
        return CancellationRequest(
            message_id=assignment["Id"],
            created_at=assignment["CreDtTm"],
            assigner_bic=parts.read_agent_bic(assignment["Assgnr"], "Agt"),
            assignee_bic=parts.read_agent_bic(assignment["Assgne"], "Agt"),
            original=_original(tree, REQUEST_ROOT),
            reasons=read_reasons(tree["CxlRsnInf"]),
            cancellation_id=tree.get("CxlId", ""),
            case_id=tree.get("Case", document.body.get("Case", {})).get("Id", ""),
            header=parts.read_header(document.header),
        )
    except Fault as fault:
        return refusal_for(document, fault)


def write_camt056(request: CancellationRequest, *, header: BusinessHeader | None = None) -> bytes:
    """Write a recall, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    case = _case_tree(request.case_id, request.assigner_bic)
    with inside(CAMT_056, *REQUEST_ROOT):
        tree = original_tree(request.original) | filled(
            CxlId=request.cancellation_id, CxlRsnInf=reason_trees(request.reasons)
        )
    body = filled(Assgnmt=_assignment(request), Case=case, Undrlyg=[{"TxInf": [tree]}])
    return checked_bytes(CAMT_056, body, header or request.header)


def read_camt029(document: Document) -> ResolutionOfInvestigation | Refusal:
    """Extract the answer to a recall.

    Rejects: every rule across fields, then the amount.
    """
    assert document.definition == CAMT_029
    try:
        check_rules(document)
        assignment = document.body["Assgnmt"]
        tree = document.body["CxlDtls"][0]["TxInfAndSts"][0]
        case = tree.get("RslvdCase", document.body.get("RslvdCase", {}))
        return ResolutionOfInvestigation(
            message_id=assignment["Id"],
            created_at=assignment["CreDtTm"],
            assigner_bic=parts.read_agent_bic(assignment["Assgnr"], "Agt"),
            assignee_bic=parts.read_agent_bic(assignment["Assgne"], "Agt"),
            confirmation=document.body["Sts"]["Conf"],
            original=_original(tree, ANSWER_ROOT),
            reasons=read_reasons(tree.get("CxlStsRsnInf", [])),
            status_id=tree.get("CxlStsId", ""),
            resolved_case_id=case.get("Id", ""),
            header=parts.read_header(document.header),
        )
    except Fault as fault:
        return refusal_for(document, fault)


def write_camt029(
    answer: ResolutionOfInvestigation, *, header: BusinessHeader | None = None
) -> bytes:
    """Write the answer to a recall, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    with inside(CAMT_029, *ANSWER_ROOT):
        tree = original_tree(answer.original) | filled(
            CxlStsId=answer.status_id, CxlStsRsnInf=reason_trees(answer.reasons)
        )
    body = filled(
        Assgnmt=_assignment(answer),
        RslvdCase=_case_tree(answer.resolved_case_id, answer.assignee_bic),
        Sts={"Conf": answer.confirmation},
        CxlDtls=[{"TxInfAndSts": [tree]}],
    )
    return checked_bytes(CAMT_029, body, header or answer.header)


def _original(tree: Tree, root: tuple[str, ...]) -> OriginalPayment:
    with at(*root):
        return read_original(tree)


def _assignment(message: CancellationRequest | ResolutionOfInvestigation) -> Tree:
    return filled(
        Id=message.message_id,
        Assgnr={"Agt": parts.agent_tree(message.assigner_bic) or {"FinInstnId": {}}},
        Assgne={"Agt": parts.agent_tree(message.assignee_bic) or {"FinInstnId": {}}},
        CreDtTm=message.created_at,
    )


def _case_tree(case_id: str, creator_bic: str) -> Tree | None:
    if not case_id:
        return None
    return {"Id": case_id, "Cretr": {"Agt": parts.agent_tree(creator_bic)}}
