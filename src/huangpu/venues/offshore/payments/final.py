"""Finality: a planned payment gets its money, its sampling decision and its record; the durable entry makes it final.

`finished` asks the ledger and returns the events, or the shortfall. It is the one place where a `Payment` is made that moved money, so that
a payment settled on receipt, out of a batch, or after waiting is the same record.
"""

from huangpu.core.message import Event, Rejected
from huangpu.core.reasons import Reason
from huangpu.core.values import money_text
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import LedgerCode, Leg, Shortfall
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore.monitoring.sampling import decision
from huangpu.venues.offshore.orders import Direction, Payment, Pending
from huangpu.venues.offshore.payments.counting import counted
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.plan import MIRRORS, Plan, spent
from huangpu.venues.offshore.payments.words import OutboundCreditTransfer, PaymentSettled

FUNDS = "C6, available = booked - held, never below zero"


def finished(draft: Draft, plan: Plan, waited: Pending | None = None) -> list[Event] | Shortfall:
    """Settle a planned payment now, out of its holds where it has them; say what is short where it cannot."""
    legs = spent(plan, waited.holds) if waited is not None and waited.holds else plan.legs
    shortfall = draft.shortfall(legs)
    if shortfall is not None:
        return shortfall
    settled = recorded(draft, plan, waited)
    draft.move(legs)
    return [*plan.news, LegsPosted(legs=legs), settled]


def recorded(draft: Draft, plan: Plan, waited: Pending | None) -> PaymentSettled:
    """Make the record of a payment that settles in this entry; whoever calls moves its money."""
    payment = _payment(draft, plan, waited)
    counted(draft, payment)
    return PaymentSettled(payment=payment, outbound=_outbound(draft, plan, payment))


def short_of(draft: Draft, plan: Plan, shortfall: Shortfall) -> Rejected:
    """Say what a payment is short of.

    Rejects: FUNDS_INSUFFICIENT, BALANCE_LIMIT_EXCEEDED.
    """
    order = plan.order
    code = draft.room.ledger.account(shortfall.account).code
    ordered = money_text(order.amount, order.currency)
    if shortfall.code is LedgerCode.INSUFFICIENT_FUNDS:
        available = money_text(shortfall.found, order.currency)
        detail = f"{code}: available {available}, ordered {ordered}"
        return Rejected(Reason.FUNDS_INSUFFICIENT, detail, FUNDS)
    # The balance found is not the sender's to know: it is the creditor's, or the bank's at its correspondent.
    detail = f"{code}: {shortfall.code.name}, ordered {ordered}"
    return Rejected(Reason.BALANCE_LIMIT_EXCEEDED, detail, MIRRORS)


def _payment(draft: Draft, plan: Plan, waited: Pending | None) -> Payment:
    order, stamp, legs = plan.order, draft.stamp, plan.legs
    debtor, creditor = plan.debtor, plan.creditor
    sample, draw = "", 0
    if debtor is not None:
        sample, draw = decision(draft, order, debtor, plan.cell.line)
    last: Leg = legs[-1]
    return Payment(
        number=draft.next_number(),
        seq=stamp.seq,
        at_us=stamp.at_us,
        message_id=draft.message_id,
        sender=draft.sender,
        order=order,
        direction=plan.direction,
        status="ACSC" if plan.direction is Direction.OUTWARD else "ACCC",
        line=plan.cell.line,
        rule=plan.cell.rule_id,
        bank=draft.bank,
        debtor="" if debtor is None else debtor.holder,
        debtor_class=AccountClass.OVS if debtor is None else debtor.account_class,
        debtor_booked_after=0 if debtor is None else draft.booked(legs[0].debit) - order.amount,
        creditor="" if creditor is None else creditor.holder,
        creditor_class=AccountClass.OVS if creditor is None else creditor.account_class,
        creditor_bank="" if creditor is None else creditor.bank,
        creditor_booked_after=0 if creditor is None else draft.booked(last.credit) + order.amount,
        correspondent=plan.correspondent,
        sample=sample,
        draw=draw,
        in_batch=draft.in_batch,
        received_us=0 if waited is None else waited.at_us,
        steps=[] if waited is None else waited.steps,
        screened=plan.screened,
        score_bp=plan.score_bp,
        charge=plan.charge,
    )


def _outbound(draft: Draft, plan: Plan, payment: Payment) -> OutboundCreditTransfer | None:
    """Tell the correspondent to pay on, where the creditor banks overseas."""
    if plan.direction is not Direction.OUTWARD:
        return None
    institutions = draft.room.registry.institutions
    charged = plan.charge and plan.order.charge_bearer == "CRED"
    return OutboundCreditTransfer(
        f"HP{payment.number:012d}",
        institutions[draft.bank].bic,
        institutions[plan.correspondent].bic,
        draft.stamp.date,
        plan.order.amount - plan.charge if charged else 0,
    )
