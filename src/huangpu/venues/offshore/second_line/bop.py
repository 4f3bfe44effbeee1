"""The balance-of-payments record of every payment across the second line and to or from overseas.

A record is derived from the settled payment and the rows of its day, so it can never disagree with the posting; only the code can be corrected,
by one person of the bank and approved by another. A code that no row knows is empty: the bank fills it in by a correction.
"""

import datetime
import re

import msgspec

from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore.boundary import BopCorrection
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.orders import SETTLED, Direction, Payment
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import Offshore

RECORDS = "huangpu policy 36, balance-of-payments records"
TEXT_LENGTH_MAX = 500
_CODE = re.compile(r"[0-9]{6}")


class BopRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record, seen from the bank's free trade account. Units: amount in minor units.

    `incoming` tells whether money came into the account world; `rule` names the purpose where it opened the border (`R-08/CURR`).
    """

    number: int
    uetr: str
    at_us: int
    date: datetime.date
    bank: str
    institution: str
    account: str
    account_class: str
    counter_account: str
    counter_class: str
    counter_country: str
    same_name: bool
    line: str
    rule: str
    incoming: bool
    currency: str
    amount: int
    trade_type: str
    purpose: str
    code: str
    corrections: list[BopCorrection] = []


class CorrectBopRecord(Command, frozen=True):
    """Propose another code for a payment's balance-of-payments record."""

    uetr: str
    code: str
    cause: str


class ApproveBopCorrection(Command, frozen=True):
    """Approve, as a second person of the bank, the correction that waits."""

    uetr: str


class BopCorrectionProposed(Event, frozen=True):
    """Another code waits for a second person."""

    uetr: str
    code: str
    cause: str


class BopCorrectionApproved(Event, frozen=True):
    """The record carries the corrected code."""

    uetr: str


def has_record(rules: RuleBook, payment: Payment) -> bool:
    """Tell whether a payment is reported: settled, and across the second line or under a rule of the row.

    Rule: B2, column BoP.
    """
    if payment.status not in SETTLED:
        return False
    reported = rules["offshore.bop.rules"].at(date_of(payment.at_us))
    return payment.line == Line.SECOND or payment.rule in reported.texts


def record_of(room: Offshore, rules: RuleBook, payment: Payment) -> BopRecord:
    """Derive the record of a reported payment."""
    order = payment.order
    outgoing = payment.direction is Direction.OUTWARD or (
        payment.direction is Direction.BOOK and payment.creditor_class == AccountClass.DOM
    )
    near, far = (
        (payment.debtor, payment.creditor) if outgoing else (payment.creditor, payment.debtor)
    )
    abroad = order.creditor_country if outgoing else order.debtor_country
    other = room.registry.institutions.get(far)
    corrections = room.books.boundary.corrections.get(order.uetr, [])
    approved = [one.code for one in corrections if one.checker]
    opened = payment.line == Line.SECOND and order.purpose != ""
    return BopRecord(
        number=payment.number,
        uetr=order.uetr,
        at_us=payment.at_us,
        date=date_of(payment.at_us),
        bank=payment.bank if outgoing else payment.creditor_bank,
        institution=near,
        account=order.debtor_account if outgoing else order.creditor_account,
        account_class=payment.debtor_class if outgoing else payment.creditor_class,
        counter_account=order.creditor_account if outgoing else order.debtor_account,
        counter_class=payment.creditor_class if outgoing else payment.debtor_class,
        counter_country=abroad if other is None else other.domicile,
        same_name=near == far,
        line=payment.line,
        rule=f"{payment.rule}/{order.purpose}" if opened else payment.rule,
        incoming=not outgoing,
        currency=order.currency,
        amount=order.amount,
        trade_type=order.trade_type,
        purpose=order.purpose,
        code=approved[-1] if approved else code_of(rules, payment),
        corrections=list(corrections),
    )


def code_of(rules: RuleBook, payment: Payment) -> str:
    """Return the code that the rows give a payment by its kind of trade, else by its purpose; empty where none does."""
    order = payment.order
    rule = rules.find(f"offshore.bop.code.{order.trade_type or order.purpose or 'NONE'}")
    return "" if rule is None else rule.at(date_of(payment.at_us)).text


def correct_bop_record(
    room: Offshore, rules: RuleBook, command: CorrectBopRecord, stamp: Stamp
) -> Decision:
    """Propose a correction of one's own bank's record.

    Rejects: PAYMENT_UNKNOWN, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE, BOP_CORRECTION_WRONG.
    """
    found = _reported(room, rules, command.uetr, stamp)
    if isinstance(found, Rejected):
        return found
    if not _CODE.fullmatch(command.code) or not 0 < len(command.cause) <= TEXT_LENGTH_MAX:
        detail = (
            f"code {command.code[:80]!r}: six digits; a cause of 1 to {TEXT_LENGTH_MAX} characters"
        )
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, RECORDS)
    if found.corrections and not found.corrections[-1].checker:
        detail = f"a correction to {found.corrections[-1].code} waits for a second person"
        return Rejected(Reason.BOP_CORRECTION_WRONG, detail, RECORDS)
    if command.code == found.code:
        detail = f"the record carries {found.code}"
        return Rejected(Reason.BOP_CORRECTION_WRONG, detail, RECORDS)
    return [BopCorrectionProposed(uetr=found.uetr, code=command.code, cause=command.cause)]


def approve_bop_correction(
    room: Offshore, rules: RuleBook, command: ApproveBopCorrection, stamp: Stamp
) -> Decision:
    """Approve a correction by another person than the one who proposed it.

    Rejects: PAYMENT_UNKNOWN, NOT_YOUR_INSTITUTION, BOP_CORRECTION_WRONG, OWN_ACT_NOT_APPROVABLE.
    """
    found = _reported(room, rules, command.uetr, stamp)
    if isinstance(found, Rejected):
        return found
    if not found.corrections or found.corrections[-1].checker:
        return Rejected(Reason.BOP_CORRECTION_WRONG, "no correction waits", RECORDS)
    if found.corrections[-1].maker == stamp.person:
        detail = f"{stamp.person} proposed the correction; a second person approves it"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, RECORDS)
    return [BopCorrectionApproved(uetr=found.uetr)]


def apply_correction_proposed(room: Offshore, event: BopCorrectionProposed, stamp: Stamp) -> None:
    """Keep the correction."""
    corrections = room.books.boundary.corrections
    correction = BopCorrection(event.code, event.cause, stamp.person, stamp.at_us)
    corrections[event.uetr] = [*corrections.get(event.uetr, []), correction]


def apply_correction_approved(room: Offshore, event: BopCorrectionApproved, stamp: Stamp) -> None:
    """Name the second person."""
    corrections = room.books.boundary.corrections
    *before, last = corrections[event.uetr]
    approved = msgspec.structs.replace(last, checker=stamp.person, approved_us=stamp.at_us)
    corrections[event.uetr] = [*before, approved]


def _reported(room: Offshore, rules: RuleBook, uetr: str, stamp: Stamp) -> BopRecord | Rejected:
    payment = room.payments.get(uetr)
    if payment is None or not has_record(rules, payment):
        return Rejected(Reason.PAYMENT_UNKNOWN, f"{uetr[:80]!r}, no reported payment", RECORDS)
    record = record_of(room, rules, payment)
    if record.bank == stamp.institution:
        return record
    return not_yours(stamp, record.bank, RECORDS)
