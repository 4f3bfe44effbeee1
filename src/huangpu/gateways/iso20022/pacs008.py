"""The interbank customer payment, pacs.008.001.08: document to CustomerCreditTransfer and back."""

import datetime

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import (
    NO_CODE,
    BusinessHeader,
    Charge,
    CustomerCreditTransfer,
)
from huangpu.gateways.iso20022.money import amount_text, read_money
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal, at
from huangpu.gateways.iso20022.rules import check_rules, refusal_for
from huangpu.gateways.iso20022.writing import checked_bytes, inside

DEFINITION = "pacs.008.001.08"
ROOT = ("Document", "FIToFICstmrCdtTrf")


def read_pacs008(document: Document) -> CustomerCreditTransfer | Refusal:
    """Extract an interbank payment from a document read by its profile.

    Rejects: every rule across fields, then amounts, account digits and regulatory data.
    """
    assert document.definition == DEFINITION
    try:
        check_rules(document)
        with at(*ROOT, "CdtTrfTxInf"):
            return _read(document, document.body["CdtTrfTxInf"][0])
    except Fault as fault:
        return refusal_for(document, fault)


def write_pacs008(
    transfer: CustomerCreditTransfer, *, header: BusinessHeader | None = None
) -> bytes:
    """Write an interbank payment, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    with inside(DEFINITION, *ROOT):
        body = {
            "GrpHdr": filled(
                MsgId=transfer.message_id,
                CreDtTm=transfer.created_at,
                NbOfTxs="1",
                SttlmInf=filled(
                    SttlmMtd=transfer.settlement_method,
                    InstdRmbrsmntAgt=parts.agent_tree(transfer.reimbursement_bic),
                ),
            ),
            "CdtTrfTxInf": [_transfer_tree(transfer)],
        }
    return checked_bytes(DEFINITION, body, header or transfer.header)


def _read(document: Document, tree: Tree) -> CustomerCreditTransfer:
    group = document.body["GrpHdr"]
    identification = tree["PmtId"]
    kind = tree.get("PmtTpInf", {})
    regulatory = parts.read_regulatory(tree)
    settlement_amount = read_money(tree["IntrBkSttlmAmt"], "IntrBkSttlmAmt")
    instructed = tree.get("InstdAmt")
    return CustomerCreditTransfer(
        message_id=group["MsgId"],
        created_at=group["CreDtTm"],
        settlement_method=group["SttlmInf"]["SttlmMtd"],
        instruction_id=identification["InstrId"],
        end_to_end_id=identification["EndToEndId"],
        interbank_id=identification.get("TxId", ""),
        uetr=identification["UETR"],
        reimbursement_bic=_reimbursement(group["SttlmInf"]),
        settlement_amount=settlement_amount,
        settlement_date=datetime.date.fromisoformat(tree["IntrBkSttlmDt"]),
        instructed_amount=None if instructed is None else read_money(instructed, "InstdAmt"),
        exchange_rate=tree.get("XchgRate", ""),
        charge_bearer=tree["ChrgBr"],
        charges=_read_charges(tree),
        priority=kind.get("InstrPrty", ""),
        category_purpose=parts.read_code(kind.get("CtgyPurp")) if kind else NO_CODE,
        instructing_bic=parts.read_agent_bic(tree, "InstgAgt"),
        instructed_bic=parts.read_agent_bic(tree, "InstdAgt"),
        intermediary_bics=parts.read_intermediaries(tree),
        ultimate_debtor=parts.read_optional_party(tree.get("UltmtDbtr")),
        debtor=parts.read_party(tree["Dbtr"]),
        debtor_account=parts.read_optional_account(tree, "DbtrAcct"),
        debtor_agent_bic=parts.read_agent_bic(tree, "DbtrAgt"),
        creditor_agent_bic=parts.read_agent_bic(tree, "CdtrAgt"),
        creditor=parts.read_party(tree["Cdtr"]),
        creditor_account=parts.read_optional_account(tree, "CdtrAcct"),
        ultimate_creditor=parts.read_optional_party(tree.get("UltmtCdtr")),
        purpose=parts.read_code(tree.get("Purp")),
        regulatory_codes=regulatory.codes,
        trade_type=regulatory.trade_type,
        trade_reference=regulatory.trade_reference,
        goods=regulatory.goods,
        remittance_text=parts.read_remittance(tree),
        header=parts.read_header(document.header),
    )


def _reimbursement(settlement: Tree) -> str:
    """Read the bank through which cover comes: the receiver's own, or the sender's where only that is named."""
    agents = (parts.read_agent_bic(settlement, f"{side}RmbrsmntAgt") for side in ("Instd", "Instg"))
    return next((bic for bic in agents if bic), "")


def _read_charges(tree: Tree) -> tuple[Charge, ...]:
    return tuple(
        Charge(
            read_money(charge["Amt"], f"ChrgsInf[{number}]", "Amt", allow_zero=True),
            parts.read_agent_bic(charge, "Agt"),
        )
        for number, charge in enumerate(tree.get("ChrgsInf", ()), 1)
    )


def _transfer_tree(transfer: CustomerCreditTransfer) -> Tree:
    unnamed_agent: Tree = {"FinInstnId": {}}
    return filled(
        PmtId=filled(
            InstrId=transfer.instruction_id,
            EndToEndId=transfer.end_to_end_id,
            TxId=transfer.interbank_id,
            UETR=transfer.uetr,
        ),
        PmtTpInf=filled(
            InstrPrty=transfer.priority, CtgyPurp=parts.code_tree(transfer.category_purpose)
        ),
        IntrBkSttlmAmt=amount_text(transfer.settlement_amount),
        IntrBkSttlmDt=transfer.settlement_date.isoformat(),
        InstdAmt=transfer.instructed_amount and amount_text(transfer.instructed_amount),
        XchgRate=transfer.exchange_rate,
        ChrgBr=transfer.charge_bearer,
        ChrgsInf=[_charge_tree(charge) for charge in transfer.charges],
        InstgAgt=parts.agent_tree(transfer.instructing_bic),
        InstdAgt=parts.agent_tree(transfer.instructed_bic),
        UltmtDbtr=transfer.ultimate_debtor and parts.party_tree(transfer.ultimate_debtor),
        DbtrAcct=transfer.debtor_account and parts.account_tree(transfer.debtor_account),
        DbtrAgt=parts.agent_tree(transfer.debtor_agent_bic) or unnamed_agent,
        CdtrAgt=parts.agent_tree(transfer.creditor_agent_bic) or unnamed_agent,
        CdtrAcct=transfer.creditor_account and parts.account_tree(transfer.creditor_account),
        UltmtCdtr=transfer.ultimate_creditor and parts.party_tree(transfer.ultimate_creditor),
        Purp=parts.code_tree(transfer.purpose),
        RgltryRptg=parts.regulatory_tree(_regulatory(transfer)),
        RmtInf=parts.remittance_tree(transfer.remittance_text),
        **parts.intermediary_trees(transfer.intermediary_bics),
    ) | {"Dbtr": parts.party_tree(transfer.debtor), "Cdtr": parts.party_tree(transfer.creditor)}


def _charge_tree(charge: Charge) -> Tree:
    return {
        "Amt": amount_text(charge.amount),
        "Agt": parts.agent_tree(charge.agent_bic) or {"FinInstnId": {}},
    }


def _regulatory(transfer: CustomerCreditTransfer) -> parts.Regulatory:
    return parts.Regulatory(
        transfer.regulatory_codes, transfer.trade_type, transfer.trade_reference, transfer.goods
    )
