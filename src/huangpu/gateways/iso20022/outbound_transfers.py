"""Messages that a transfer between banks owes: pacs.009 on to the correspondent, pacs.002 back to a bank that sent it in, camt.054 to holders."""

from huangpu.core.calendar import date_of
from huangpu.engine import Centre
from huangpu.gateways.iso20022.answers import time_text
from huangpu.gateways.iso20022.model import Account, Code, InterbankStatusReport
from huangpu.gateways.iso20022.money import Money
from huangpu.gateways.iso20022.outbound import (
    REMITTANCE_LINE_MAX,
    SETTLED_BY_INSTRUCTED_AGENT,
    OutboundMessage,
)
from huangpu.gateways.iso20022.outbound_notices import notices_of
from huangpu.gateways.iso20022.pacs009 import PACS_009, write_pacs009
from huangpu.gateways.iso20022.pacs009 import BankTransfer as TransferMessage
from huangpu.gateways.iso20022.reasons import ending_reasons
from huangpu.gateways.iso20022.statuses import PACS_002, write_pacs002
from huangpu.gateways.iso20022.texts import clean
from huangpu.venues.offshore.bank_transfers.books import BankTransfer, TransferKind
from huangpu.venues.offshore.orders import SETTLED, Direction
from huangpu.venues.offshore.reports.causes import of_transfer


def transfer_messages(
    centre: Centre, uetr: str, institution: str | None
) -> list[OutboundMessage] | None:
    """Render the messages of a transfer between banks; None when there is none that the reader may see."""
    room = centre.offshore
    number = room.transfers.by_uetr.get(uetr)
    if number is None:
        return None
    transfer = room.books.bank_transfers.transfers[number]
    if institution is not None and institution not in transfer.parties:
        return None
    messages = []
    if transfer.kind is TransferKind.CORE and transfer.direction is Direction.OUTWARD:
        messages.append(_onward(centre, transfer))
    if transfer.direction is Direction.INWARD:
        messages.append(_status(centre, transfer))
    if transfer.kind is TransferKind.CORE:
        messages += notices_of(centre, of_transfer(room, transfer))
    return [one for one in messages if institution in (None, one.sender, one.receiver)]


def _onward(centre: Centre, transfer: BankTransfer) -> OutboundMessage:
    order, institutions = transfer.order, centre.registry.institutions
    bank, correspondent = institutions[transfer.bank].bic, institutions[transfer.correspondent].bic
    message = TransferMessage(
        message_id=transfer.outbound_id,
        created_at=time_text(transfer.at_us),
        settlement_method=SETTLED_BY_INSTRUCTED_AGENT,
        instruction_id=transfer.outbound_id,
        end_to_end_id=order.end_to_end_id,
        uetr=order.uetr,
        settlement_amount=Money(order.amount, order.currency),
        settlement_date=date_of(transfer.at_us),
        instructing_bic=bank,
        instructed_bic=correspondent,
        debtor_bic=order.debtor_bic or bank,
        debtor_account=_account(order.debtor_account),
        creditor_agent_bic=order.creditor_agent,
        creditor_bic=order.creditor_bic or correspondent,
        creditor_account=_account(order.creditor_account),
        purpose=Code(proprietary=order.purpose),
        remittance_text=(clean(order.remittance, REMITTANCE_LINE_MAX),) if order.remittance else (),
    )
    xml = write_pacs009(message).decode()
    return OutboundMessage(
        PACS_009, transfer.outbound_id, transfer.bank, transfer.correspondent, xml
    )


def _status(centre: Centre, transfer: BankTransfer) -> OutboundMessage:
    order, institutions = transfer.order, centre.registry.institutions
    message_id = f"ST{transfer.seq:012d}"
    report = InterbankStatusReport(
        message_id=message_id,
        created_at=time_text(transfer.at_us),
        original_message_id=transfer.message_id,
        original_definition=PACS_009,
        original_instruction_id=order.instruction_id,
        original_end_to_end_id=order.end_to_end_id,
        original_uetr=order.uetr,
        status=transfer.status,
        reasons=ending_reasons(transfer),
        instructing_bic=institutions[transfer.bank].bic,
        instructed_bic=institutions[transfer.sender].bic,
        effective_date=date_of(transfer.at_us) if transfer.status in SETTLED else None,
    )
    xml = write_pacs002(report).decode()
    return OutboundMessage(PACS_002, message_id, transfer.bank, transfer.sender, xml)


def _account(text: str) -> Account | None:
    return Account(other_id=text) if text else None
