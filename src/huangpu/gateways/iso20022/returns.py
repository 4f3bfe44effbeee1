"""The return of money after finality, pacs.004.001.09, both ways."""

import datetime

import msgspec

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import BusinessHeader, Charge, Party, StatusReason
from huangpu.gateways.iso20022.money import Money, amount_text, read_money
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

PACS_004 = "pacs.004.001.09"
ROOT = ("Document", "PmtRtr", "TxInf")


class PaymentReturnMessage(msgspec.Struct, frozen=True):
    """Money of a final payment goes back (pacs.004).

    `original` names the payment returned; its UETR is that of the whole chain. `debtor` pays the return: the creditor of the
    original. The parties are absent when the message has no return chain.
    """

    message_id: str
    created_at: str
    settlement_method: str
    return_id: str
    original: OriginalPayment
    returned_amount: Money
    settlement_date: datetime.date
    charge_bearer: str
    instructing_bic: str
    instructed_bic: str
    reasons: tuple[StatusReason, ...]
    returned_instructed_amount: Money | None = None
    charges: tuple[Charge, ...] = ()
    debtor: Party | None = None
    debtor_agent_bic: str = ""
    creditor: Party | None = None
    creditor_agent_bic: str = ""
    header: BusinessHeader | None = None


def read_pacs004(document: Document) -> PaymentReturnMessage | Refusal:
    """Extract a return.

    Rejects: every rule across fields, then the amounts.
    """
    assert document.definition == PACS_004
    try:
        check_rules(document)
        with at(*ROOT):
            return _read(document, document.body["TxInf"][0])
    except Fault as fault:
        return refusal_for(document, fault)


def write_pacs004(message: PaymentReturnMessage, *, header: BusinessHeader | None = None) -> bytes:
    """Write a return, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    with inside(PACS_004, *ROOT):
        body = {
            "GrpHdr": filled(
                MsgId=message.message_id,
                CreDtTm=message.created_at,
                NbOfTxs="1",
                SttlmInf=filled(SttlmMtd=message.settlement_method),
            ),
            "TxInf": [_tree(message)],
        }
    return checked_bytes(PACS_004, body, header or message.header)


def _read(document: Document, tree: Tree) -> PaymentReturnMessage:
    group = document.body["GrpHdr"]
    chain = tree.get("RtrChain", {})
    instructed = tree.get("RtrdInstdAmt")
    return PaymentReturnMessage(
        message_id=group["MsgId"],
        created_at=group["CreDtTm"],
        settlement_method=group["SttlmInf"]["SttlmMtd"],
        return_id=tree["RtrId"],
        original=read_original(tree),
        returned_amount=read_money(tree["RtrdIntrBkSttlmAmt"], "RtrdIntrBkSttlmAmt"),
        returned_instructed_amount=(
            None if instructed is None else read_money(instructed, "RtrdInstdAmt")
        ),
        settlement_date=datetime.date.fromisoformat(tree["IntrBkSttlmDt"]),
        charge_bearer=tree["ChrgBr"],
        charges=tuple(
            Charge(
                read_money(charge["Amt"], f"ChrgsInf[{number}]", "Amt", allow_zero=True),
                parts.read_agent_bic(charge, "Agt"),
            )
            for number, charge in enumerate(tree.get("ChrgsInf", ()), 1)
        ),
        instructing_bic=parts.read_agent_bic(tree, "InstgAgt"),
        instructed_bic=parts.read_agent_bic(tree, "InstdAgt"),
        debtor=_party(chain, "Dbtr"),
        debtor_agent_bic=parts.read_agent_bic(chain, "DbtrAgt"),
        creditor=_party(chain, "Cdtr"),
        creditor_agent_bic=parts.read_agent_bic(chain, "CdtrAgt"),
        reasons=read_reasons(tree["RtrRsnInf"]),
        header=parts.read_header(document.header),
    )


def _party(chain: Tree, tag: str) -> Party | None:
    """Read a party of the return chain; a bank in a party's place is given by its BIC."""
    choice = chain.get(tag)
    if choice is None:
        return None
    if "Agt" in choice:
        return Party(any_bic=parts.read_agent_bic(choice, "Agt"))
    return parts.read_party(choice["Pty"])


def _tree(message: PaymentReturnMessage) -> Tree:
    instructed = message.returned_instructed_amount
    return original_tree(message.original) | filled(
        RtrId=message.return_id,
        RtrdIntrBkSttlmAmt=amount_text(message.returned_amount),
        IntrBkSttlmDt=message.settlement_date.isoformat(),
        RtrdInstdAmt=instructed and amount_text(instructed),
        ChrgBr=message.charge_bearer,
        ChrgsInf=[
            {
                "Amt": amount_text(charge.amount),
                "Agt": parts.agent_tree(charge.agent_bic) or {"FinInstnId": {}},
            }
            for charge in message.charges
        ],
        InstgAgt=parts.agent_tree(message.instructing_bic),
        InstdAgt=parts.agent_tree(message.instructed_bic),
        RtrChain=_chain_tree(message),
        RtrRsnInf=reason_trees(message.reasons),
    )


def _chain_tree(message: PaymentReturnMessage) -> Tree | None:
    if message.debtor is None or message.creditor is None:
        return None
    return filled(
        Dbtr={"Pty": parts.party_tree(message.debtor)},
        DbtrAgt=parts.agent_tree(message.debtor_agent_bic),
        CdtrAgt=parts.agent_tree(message.creditor_agent_bic),
        Cdtr={"Pty": parts.party_tree(message.creditor)},
    )
