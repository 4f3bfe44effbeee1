"""How a message names the payment that it is about, and the reasons it gives: shared by recalls, returns and requests."""

import datetime

import msgspec

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import StatusReason
from huangpu.gateways.iso20022.money import Money, amount_text, read_money
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Tree


class OriginalPayment(msgspec.Struct, frozen=True):
    """The payment that a message is about, as its own message named it."""

    uetr: str
    message_id: str = ""
    definition: str = ""
    created_at: str = ""
    instruction_id: str = ""
    end_to_end_id: str = ""
    interbank_id: str = ""
    amount: Money | None = None
    settlement_date: datetime.date | None = None


def read_original(tree: Tree) -> OriginalPayment:
    """Read the names of the original payment.

    Raises: Fault for an amount that its currency does not allow.
    """
    group = tree.get("OrgnlGrpInf", {})
    amount = tree.get("OrgnlIntrBkSttlmAmt")
    date = tree.get("OrgnlIntrBkSttlmDt", "")
    return OriginalPayment(
        uetr=tree["OrgnlUETR"],
        message_id=group.get("OrgnlMsgId", ""),
        definition=group.get("OrgnlMsgNmId", ""),
        created_at=group.get("OrgnlCreDtTm", ""),
        instruction_id=tree.get("OrgnlInstrId", ""),
        end_to_end_id=tree.get("OrgnlEndToEndId", ""),
        interbank_id=tree.get("OrgnlTxId", ""),
        amount=None if amount is None else read_money(amount, "OrgnlIntrBkSttlmAmt"),
        settlement_date=datetime.date.fromisoformat(date) if date else None,
    )


def original_tree(original: OriginalPayment) -> Tree:
    """Write the names of the original payment."""
    date = original.settlement_date
    return filled(
        OrgnlGrpInf=filled(
            OrgnlMsgId=original.message_id,
            OrgnlMsgNmId=original.definition,
            OrgnlCreDtTm=original.created_at,
        ),
        OrgnlInstrId=original.instruction_id,
        OrgnlEndToEndId=original.end_to_end_id,
        OrgnlTxId=original.interbank_id,
        OrgnlUETR=original.uetr,
        OrgnlIntrBkSttlmAmt=original.amount and amount_text(original.amount),
        OrgnlIntrBkSttlmDt=None if date is None else date.isoformat(),
    )


def read_reasons(trees: list[Tree]) -> tuple[StatusReason, ...]:
    """Read reasons of any message: code or proprietary text, and lines of information."""
    reasons = []
    for tree in trees:
        code = parts.read_code(tree.get("Rsn"))
        reasons.append(StatusReason(code.code, code.proprietary, tuple(tree.get("AddtlInf", ()))))
    return tuple(reasons)


def reason_trees(reasons: tuple[StatusReason, ...]) -> list[Tree]:
    """Write reasons."""
    return [
        filled(
            Rsn=filled(Cd=reason.code, Prtry=reason.proprietary),
            AddtlInf=list(reason.information),
        )
        for reason in reasons
    ]
