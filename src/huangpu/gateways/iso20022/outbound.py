"""Messages that a settled payment owes: pacs.008 to the correspondent, pacs.002 to the sending bank, camt.054 to holders.

Rendered from the entry when they are asked for, always the same bytes. Each is shown to who sends or receives it only. Leaves out: delivery.
"""

import msgspec

from huangpu.core.calendar import date_of
from huangpu.engine import Centre
from huangpu.gateways.iso20022.answers import time_text
from huangpu.gateways.iso20022.model import (
    Account,
    Charge,
    Code,
    CustomerCreditTransfer,
    Entry,
    EntryDetail,
    EntryNotification,
    InterbankStatusReport,
    Party,
)
from huangpu.gateways.iso20022.money import Money
from huangpu.gateways.iso20022.notices import CAMT_054, write_camt054
from huangpu.gateways.iso20022.orders import PACS_008
from huangpu.gateways.iso20022.pacs008 import write_pacs008
from huangpu.gateways.iso20022.reasons import ending_reasons
from huangpu.gateways.iso20022.statuses import PACS_002, write_pacs002
from huangpu.gateways.iso20022.texts import clean
from huangpu.ledger.accounts import Side
from huangpu.venues.offshore.orders import SETTLED, Direction, Payment, Pending
from huangpu.venues.offshore.payments.statuses import status_of
from huangpu.venues.offshore.payments.words import Advice, PaymentSettled, advices_of

REMITTANCE_LINE_MAX = 140
NAME_MAX = 140
SETTLED_BY_INSTRUCTED_AGENT = "INDA"


class OutboundMessage(msgspec.Struct, frozen=True):
    """One message: what it is, from whom, to whom (institution ids), and its text."""

    definition: str
    message_id: str
    sender: str
    receiver: str
    xml: str


def messages_of(
    centre: Centre, event: PaymentSettled, institution: str | None
) -> list[OutboundMessage]:
    """Render the messages of a payment that a reader may see; None sees all."""
    payment = event.payment
    messages = [_notice(centre, payment, advice) for advice in advices_of(payment)]
    if event.outbound is not None:
        messages.insert(0, _credit_transfer(centre, event))
    if payment.direction is Direction.INWARD:
        messages.insert(0, _status(centre, payment))
    return [one for one in messages if institution in (None, one.sender, one.receiver)]


def messages_unsettled(
    centre: Centre, record: Payment | Pending, institution: str | None
) -> list[OutboundMessage]:
    """Render the messages of a payment that waits or has ended without money: the status to a sending bank."""
    if record.direction is not Direction.INWARD:
        return []
    status = _status(centre, record)
    return [status] if institution in (None, status.sender, status.receiver) else []


def _credit_transfer(centre: Centre, event: PaymentSettled) -> OutboundMessage:
    payment, outbound = event.payment, event.outbound
    assert outbound is not None
    order = payment.order
    amount = Money(order.amount, order.currency)
    settled = Money(outbound.settled or order.amount, order.currency)
    charge = Charge(
        Money(amount.amount_minor - settled.amount_minor, order.currency),
        outbound.instructing_agent,
    )
    transfer = CustomerCreditTransfer(
        message_id=outbound.message_id,
        created_at=time_text(payment.at_us),
        settlement_method=SETTLED_BY_INSTRUCTED_AGENT,
        instruction_id=outbound.message_id,
        end_to_end_id=order.end_to_end_id,
        uetr=order.uetr,
        settlement_amount=settled,
        settlement_date=outbound.settlement_date,
        instructed_amount=amount,
        charge_bearer=order.charge_bearer,
        charges=(charge,) if order.charge_bearer == "CRED" else (),
        instructing_bic=outbound.instructing_agent,
        instructed_bic=outbound.instructed_agent,
        debtor=party_of(centre, payment.debtor, order.debtor_name, order.debtor_country),
        debtor_account=Account(other_id=order.debtor_account),
        debtor_agent_bic=outbound.instructing_agent,
        creditor_agent_bic=order.creditor_agent or outbound.instructed_agent,
        creditor=party_of(centre, payment.creditor, order.creditor_name, order.creditor_country),
        creditor_account=Account(other_id=order.creditor_account),
        purpose=Code(proprietary=order.purpose),
        trade_type=order.trade_type,
        trade_reference=order.trade_reference,
        goods=order.goods,
        remittance_text=_remittance(order.remittance),
    )
    xml = write_pacs008(transfer).decode()
    return OutboundMessage(PACS_008, outbound.message_id, payment.bank, payment.correspondent, xml)


def _status(centre: Centre, record: Payment | Pending) -> OutboundMessage:
    order = record.order
    institutions = centre.registry.institutions
    message_id = f"ST{record.seq:012d}"
    settled = status_of(record) in SETTLED
    report = InterbankStatusReport(
        message_id=message_id,
        created_at=time_text(record.at_us),
        original_message_id=record.message_id,
        original_definition=PACS_008,
        original_instruction_id=order.instruction_id,
        original_end_to_end_id=order.end_to_end_id,
        original_uetr=order.uetr,
        status=status_of(record),
        reasons=ending_reasons(record),
        instructing_bic=institutions[record.bank].bic,
        instructed_bic=institutions[record.sender].bic,
        effective_date=date_of(record.at_us) if settled else None,
    )
    xml = write_pacs002(report).decode()
    return OutboundMessage(PACS_002, message_id, record.bank, record.sender, xml)


def _notice(centre: Centre, payment: Payment, advice: Advice) -> OutboundMessage:
    order = payment.order
    debit = advice.side is Side.DEBIT
    message_id = f"NT{payment.number:012d}{'D' if debit else 'C'}"
    date = date_of(payment.at_us)
    amount = Money(advice.amount, advice.currency)
    book = payment.direction is Direction.BOOK
    family = ("ICDT" if debit else "RCDT", "BOOK" if book else "XBCT")
    detail = EntryDetail(
        amount=amount,
        end_to_end_id=order.end_to_end_id,
        instruction_id=order.instruction_id,
        uetr=order.uetr,
        debtor_name=_name(centre, payment.debtor, order.debtor_name),
        creditor_name=_name(centre, payment.creditor, order.creditor_name),
        settlement_date=date,
        remittance_text=_remittance(order.remittance),
    )
    entry = Entry(
        reference=message_id,
        amount=amount,
        side="DBIT" if debit else "CRDT",
        domain="PMNT",
        family=family[0],
        sub_family=family[1],
        booking_date=date,
        value_date=date,
        servicer_reference=f"E{payment.seq}",
        details=(detail,),
    )
    notice = EntryNotification(
        message_id=message_id,
        created_at=time_text(payment.at_us),
        notification_id=message_id,
        account=Account(other_id=advice.account, currency=advice.currency),
        servicer_bic=centre.registry.institutions[advice.bank].bic,
        entries=(entry,),
    )
    xml = write_camt054(notice).decode()
    return OutboundMessage(CAMT_054, message_id, advice.bank, advice.holder, xml)


def party_of(centre: Centre, institution: str, name: str, country: str) -> Party:
    """Describe a party: a member by the register, one overseas as the order wrote it."""
    found = centre.registry.institutions.get(institution)
    if found is None:
        return Party(name=clean(name, NAME_MAX), country_of_residence=country)
    return Party(
        name=clean(found.name, NAME_MAX), lei=found.lei, country_of_residence=found.domicile
    )


def _name(centre: Centre, institution: str, name: str) -> str:
    found = centre.registry.institutions.get(institution)
    return clean(name if found is None else found.name, NAME_MAX)


def _remittance(text: str) -> tuple[str, ...]:
    return (clean(text, REMITTANCE_LINE_MAX),) if text else ()
