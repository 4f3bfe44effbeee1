"""Payment messages as commands: pain.001 orders payments, pacs.008 brings one in from overseas.

A pain.001 is all or nothing when every PmtInf has the proprietary service level ATOMIC (PmtTpInf/SvcLvl/Prtry): the service level is where a
customer names the agreement by which an order is carried out, while BtchBookg only says how the debit is booked. InstrPrty HIGH is the
queue's HIGH. InstrForDbtrAgt may hold /CUTOFF/REJECT or /CUTOFF/WAREHOUSE, what is to happen after the cut-off.

The command is made of the message alone, so the same bytes make the same command. What the venue does not do (cheques, equivalents in
another currency, two banks in one message) is refused here with a code, before the engine is asked.
"""

import hashlib

from huangpu.core.message import Command
from huangpu.gateways.iso20022.model import (
    Account,
    Code,
    CustomerCreditTransfer,
    Party,
    PaymentInitiation,
    TransferOrder,
)
from huangpu.gateways.iso20022.model import PaymentOrder as OrderGroup
from huangpu.gateways.iso20022.refusal import Refusal
from huangpu.venues.offshore.bank_transfers.words import AnnounceCoveredTransfer
from huangpu.venues.offshore.payments.words import (
    InstructPayment,
    InstructPaymentBatch,
    ReceiveCreditTransfer,
)
from huangpu.venues.offshore.state import Offshore, PaymentOrder

PAIN_001 = "pain.001.001.09"
PACS_008 = "pacs.008.001.08"
ATOMIC = "ATOMIC"
PRIORITIES = {"": "", "NORM": "NORMAL", "HIGH": "HIGH"}
CUT_OFF = "/CUTOFF/"
BY_COVER = "COVE"


def command_id(message_id: str) -> str:
    """Return the command id of a message: the engine keeps ids apart by the sender's institution."""
    return f"iso:{message_id}"


def instruction(
    room: Offshore, sender: str, message: PaymentInitiation
) -> InstructPayment | InstructPaymentBatch | Refusal:
    """Make the command of a customer's order.

    Rejects: FF01 (method, two debtor agents), AM03 (equivalent in another currency).
    """
    refused = _unsupported(message)
    if refused is not None:
        return refused
    bic = message.payments[0].debtor_agent_bic
    bank = room.by_bic(bic)
    bank_id = bank.id if bank is not None else bic
    orders: list[PaymentOrder] = []
    for group in message.payments:
        for transfer in group.transfers:
            uetr = transfer.uetr or uetr_for(sender, message.message_id, len(orders))
            orders.append(_order(group, transfer, uetr))
    if len(orders) == 1:
        return InstructPayment(message_id=message.message_id, bank=bank_id, order=orders[0])
    return InstructPaymentBatch(
        message_id=message.message_id, bank=bank_id, orders=orders, atomic=_atomic(message)
    )


def incoming(message: CustomerCreditTransfer) -> Command:
    """Make the command of an interbank payment."""
    amount = message.settlement_amount
    order = PaymentOrder(
        uetr=message.uetr,
        end_to_end_id=message.end_to_end_id,
        instruction_id=message.instruction_id,
        debtor_account=account_text(message.debtor_account),
        creditor_account=account_text(message.creditor_account),
        currency=amount.currency,
        amount=amount.amount_minor,
        trade_type=message.trade_type,
        purpose=_code(message.purpose, message.category_purpose),
        charge_bearer=message.charge_bearer,
        requested_date=message.settlement_date,
        remittance=" ".join(message.remittance_text),
        creditor_agent=message.creditor_agent_bic,
        creditor_name=message.creditor.name,
        creditor_country=_country(message.creditor),
        debtor_agent=message.debtor_agent_bic,
        debtor_name=message.debtor.name,
        debtor_country=_country(message.debtor),
        trade_reference=message.trade_reference,
        goods=message.goods,
    )
    if message.settlement_method == BY_COVER:
        return AnnounceCoveredTransfer(
            message_id=message.message_id,
            instructing_agent=message.instructing_bic,
            instructed_agent=message.instructed_bic,
            reimbursement_agent=message.reimbursement_bic,
            order=order,
        )
    return ReceiveCreditTransfer(
        message_id=message.message_id,
        instructing_agent=message.instructing_bic,
        instructed_agent=message.instructed_bic,
        order=order,
    )


def uetr_for(sender: str, message_id: str, position: int) -> str:
    """Give a transfer that came without one a UETR, the same for the same message."""
    text = f"{sender}|{message_id}|{position}"
    digits = hashlib.sha256(text.encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def _atomic(message: PaymentInitiation) -> bool:
    return any(ATOMIC in group.service_levels for group in message.payments)


def _unsupported(message: PaymentInitiation) -> Refusal | None:
    if len({ATOMIC in group.service_levels for group in message.payments}) > 1:
        detail = f"service level {ATOMIC} in some payments only: it is all or nothing for a message"
        return _refusal(message, "FF01", "PmtInf", detail)
    banks = {group.debtor_agent_bic for group in message.payments}
    if len(banks) > 1:
        detail = f"debtor agents {' and '.join(sorted(banks))}: one in a message"
        return _refusal(message, "FF01", "PmtInf[2]/DbtrAgt", detail)
    for number, group in enumerate(message.payments, 1):
        if group.method != "TRF":
            detail = f"payment method {group.method}: TRF"
            return _refusal(message, "FF01", f"PmtInf[{number}]/PmtMtd", detail)
        for index, transfer in enumerate(group.transfers, 1):
            if transfer.equivalent_currency:
                detail = (
                    f"an equivalent in {transfer.equivalent_currency}: instruct the amount itself"
                )
                path = f"PmtInf[{number}]/CdtTrfTxInf[{index}]/Amt/EqvtAmt"
                return _refusal(message, "AM03", path, detail)
    return None


def _refusal(message: PaymentInitiation, code: str, path: str, detail: str) -> Refusal:
    return Refusal(
        code=code,
        path=f"/Document/CstmrCdtTrfInitn/{path}",
        detail=detail,
        message_id=message.message_id,
        definition=PAIN_001,
    )


def _order(group: OrderGroup, transfer: TransferOrder, uetr: str) -> PaymentOrder:
    return PaymentOrder(
        uetr=uetr,
        end_to_end_id=transfer.end_to_end_id,
        instruction_id=transfer.instruction_id,
        debtor_account=account_text(group.debtor_account),
        creditor_account=account_text(transfer.creditor_account),
        currency=transfer.amount.currency,
        amount=transfer.amount.amount_minor,
        trade_type=transfer.trade_type,
        purpose=_code(transfer.purpose, transfer.category_purpose, group.category_purpose),
        charge_bearer=transfer.charge_bearer or group.charge_bearer or "SHAR",
        requested_date=group.requested_date,
        remittance=" ".join(transfer.remittance_text),
        creditor_agent=transfer.creditor_agent_bic,
        creditor_name=transfer.creditor.name,
        creditor_country=_country(transfer.creditor),
        trade_reference=transfer.trade_reference,
        goods=transfer.goods,
        priority=PRIORITIES[group.priority],
        after_cut_off=_after_cut_off(transfer.bank_instruction),
    )


def _after_cut_off(text: str) -> str:
    """Read what is to happen after the cut-off; any other instruction to the bank is not ours."""
    return text.removeprefix(CUT_OFF) if text.startswith(CUT_OFF) else ""


def account_text(account: Account | None) -> str:
    """Return what identifies an account; empty when there is none."""
    return "" if account is None else account.iban or account.other_id


def _country(party: Party) -> str:
    if party.address is not None and party.address.country:
        return party.address.country
    return party.country_of_residence


def _code(*choices: Code) -> str:
    """Return the first code given: the transfer's own purpose before the category of its group."""
    found = (choice.code or choice.proprietary for choice in choices)
    return next((text for text in found if text), "")
