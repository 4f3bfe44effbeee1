"""The customer's order, pain.001.001.09: document to PaymentInitiation and back."""

import datetime

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import (
    NO_CODE,
    BusinessHeader,
    Code,
    PaymentInitiation,
    PaymentOrder,
    TransferOrder,
)
from huangpu.gateways.iso20022.money import Money, amount_text, read_money
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal, at
from huangpu.gateways.iso20022.rules import check_rules, refusal_for
from huangpu.gateways.iso20022.writing import checked_bytes, inside

DEFINITION = "pain.001.001.09"
ROOT = ("Document", "CstmrCdtTrfInitn")


def read_pain001(document: Document) -> PaymentInitiation | Refusal:
    """Extract a customer's order from a document read by its profile.

    Rejects: every rule across fields, then amounts, account digits and regulatory data.
    """
    assert document.definition == DEFINITION
    body = document.body
    group = body["GrpHdr"]
    try:
        check_rules(document)
        return PaymentInitiation(
            message_id=group["MsgId"],
            created_at=group["CreDtTm"],
            transfer_count=int(group["NbOfTxs"]),
            control_sum=group.get("CtrlSum", ""),
            initiating_party=parts.read_party(group["InitgPty"]),
            payments=_read_payments(body["PmtInf"]),
            header=parts.read_header(document.header),
        )
    except Fault as fault:
        return refusal_for(document, fault)


def write_pain001(order: PaymentInitiation, *, header: BusinessHeader | None = None) -> bytes:
    """Write a customer's order, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    with inside(DEFINITION, *ROOT):
        body = filled(
            GrpHdr=filled(
                MsgId=order.message_id,
                CreDtTm=order.created_at,
                NbOfTxs=str(order.transfer_count),
                CtrlSum=order.control_sum,
            )
            | {"InitgPty": parts.party_tree(order.initiating_party)},
            PmtInf=[_payment_tree(payment) for payment in order.payments],
        )
    return checked_bytes(DEFINITION, body, header or order.header)


def _read_payments(trees: list[Tree]) -> tuple[PaymentOrder, ...]:
    payments = []
    for number, tree in enumerate(trees, 1):
        with at(*ROOT, f"PmtInf[{number}]"):
            payments.append(_read_payment(tree))
    return tuple(payments)


def _read_payment(tree: Tree) -> PaymentOrder:
    requested = tree["ReqdExctnDt"]
    moment = requested.get("DtTm", "")
    booking = tree.get("BtchBookg")
    return PaymentOrder(
        payment_id=tree["PmtInfId"],
        method=tree["PmtMtd"],
        batch_booking=None if booking is None else booking in {"true", "1"},
        requested_date=datetime.date.fromisoformat(requested.get("Dt") or moment[:10]),
        requested_at=moment,
        category_purpose=_category_purpose(tree),
        priority=tree.get("PmtTpInf", {}).get("InstrPrty", ""),
        service_levels=_service_levels(tree),
        debtor=parts.read_party(tree["Dbtr"]),
        debtor_account=parts.read_account(tree["DbtrAcct"], "DbtrAcct"),
        debtor_agent_bic=parts.read_agent_bic(tree, "DbtrAgt"),
        ultimate_debtor=parts.read_optional_party(tree.get("UltmtDbtr")),
        charge_bearer=tree.get("ChrgBr", ""),
        transfers=_read_transfers(tree["CdtTrfTxInf"]),
    )


def _read_transfers(trees: list[Tree]) -> tuple[TransferOrder, ...]:
    transfers = []
    for number, tree in enumerate(trees, 1):
        with at(f"CdtTrfTxInf[{number}]"):
            transfers.append(_read_transfer(tree))
    return tuple(transfers)


def _read_transfer(tree: Tree) -> TransferOrder:
    identification = tree["PmtId"]
    amount, equivalent_currency = _read_amount(tree["Amt"])
    regulatory = parts.read_regulatory(tree)
    return TransferOrder(
        instruction_id=identification.get("InstrId", ""),
        end_to_end_id=identification["EndToEndId"],
        uetr=identification.get("UETR", ""),
        amount=amount,
        equivalent_currency=equivalent_currency,
        category_purpose=_category_purpose(tree),
        charge_bearer=tree.get("ChrgBr", ""),
        intermediary_bics=parts.read_intermediaries(tree),
        creditor_agent_bic=parts.read_agent_bic(tree, "CdtrAgt"),
        creditor=parts.read_party(tree["Cdtr"]),
        creditor_account=parts.read_optional_account(tree, "CdtrAcct"),
        ultimate_debtor=parts.read_optional_party(tree.get("UltmtDbtr")),
        ultimate_creditor=parts.read_optional_party(tree.get("UltmtCdtr")),
        purpose=parts.read_code(tree.get("Purp")),
        bank_instruction=tree.get("InstrForDbtrAgt", ""),
        regulatory_codes=regulatory.codes,
        trade_type=regulatory.trade_type,
        trade_reference=regulatory.trade_reference,
        goods=regulatory.goods,
        remittance_text=parts.read_remittance(tree),
    )


def _read_amount(tree: Tree) -> tuple[Money, str]:
    if "InstdAmt" in tree:
        return read_money(tree["InstdAmt"], "Amt", "InstdAmt"), ""
    equivalent = tree["EqvtAmt"]
    return read_money(equivalent["Amt"], "Amt", "EqvtAmt", "Amt"), equivalent["CcyOfTrf"]


def _category_purpose(tree: Tree) -> Code:
    kind = tree.get("PmtTpInf")
    return NO_CODE if kind is None else parts.read_code(kind.get("CtgyPurp"))


def _service_levels(tree: Tree) -> tuple[str, ...]:
    levels = tree.get("PmtTpInf", {}).get("SvcLvl", ())
    return tuple(level["Prtry"] for level in levels if "Prtry" in level)


def _payment_tree(payment: PaymentOrder) -> Tree:
    date = {"Dt": payment.requested_date.isoformat()}
    booking = payment.batch_booking
    return filled(
        PmtInfId=payment.payment_id,
        PmtMtd=payment.method,
        BtchBookg=None if booking is None else str(booking).lower(),
        PmtTpInf=filled(
            InstrPrty=payment.priority,
            SvcLvl=[{"Prtry": level} for level in payment.service_levels],
            CtgyPurp=parts.code_tree(payment.category_purpose),
        ),
        ReqdExctnDt={"DtTm": payment.requested_at} if payment.requested_at else date,
        DbtrAcct=parts.account_tree(payment.debtor_account),
        UltmtDbtr=payment.ultimate_debtor and parts.party_tree(payment.ultimate_debtor),
        ChrgBr=payment.charge_bearer,
        CdtTrfTxInf=[_transfer_tree(transfer) for transfer in payment.transfers],
    ) | {
        "Dbtr": parts.party_tree(payment.debtor),
        "DbtrAgt": parts.agent_tree(payment.debtor_agent_bic) or {"FinInstnId": {}},
    }


def _transfer_tree(transfer: TransferOrder) -> Tree:
    amount = amount_text(transfer.amount)
    equivalent = {"Amt": amount, "CcyOfTrf": transfer.equivalent_currency}
    return filled(
        PmtId=filled(
            InstrId=transfer.instruction_id,
            EndToEndId=transfer.end_to_end_id,
            UETR=transfer.uetr,
        ),
        Amt={"EqvtAmt": equivalent} if transfer.equivalent_currency else {"InstdAmt": amount},
        PmtTpInf=filled(CtgyPurp=parts.code_tree(transfer.category_purpose)),
        ChrgBr=transfer.charge_bearer,
        CdtrAgt=parts.agent_tree(transfer.creditor_agent_bic),
        Cdtr=parts.party_tree(transfer.creditor),
        CdtrAcct=transfer.creditor_account and parts.account_tree(transfer.creditor_account),
        UltmtDbtr=transfer.ultimate_debtor and parts.party_tree(transfer.ultimate_debtor),
        UltmtCdtr=transfer.ultimate_creditor and parts.party_tree(transfer.ultimate_creditor),
        InstrForDbtrAgt=transfer.bank_instruction,
        Purp=parts.code_tree(transfer.purpose),
        RgltryRptg=parts.regulatory_tree(_regulatory(transfer)),
        RmtInf=parts.remittance_tree(transfer.remittance_text),
        **parts.intermediary_trees(transfer.intermediary_bics),
    )


def _regulatory(transfer: TransferOrder) -> parts.Regulatory:
    return parts.Regulatory(
        transfer.regulatory_codes, transfer.trade_type, transfer.trade_reference, transfer.goods
    )
