"""Answers to recalls: the creditor's side agrees, and the money goes back in the same entry, or refuses with a reason.

For an account kept here the holder answers, or its bank for it: with the holder's consent, or by a legal order where the recall says fraud. For one
overseas the correspondent answers; what it agrees to comes back as its own pacs.004. Who agrees without the money refuses for want of it (AM04).
"""

import msgspec

from huangpu.core.message import Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.cash_accounts import AccountStatus
from huangpu.registry.institutions import Institution, InstitutionKind
from huangpu.venues.offshore.liquidity import queue
from huangpu.venues.offshore.orders import Direction, Payment
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.recalls.books import Recall, RecallStatus
from huangpu.venues.offshore.recalls.requests import named
from huangpu.venues.offshore.recalls.returns import (
    AGREED,
    RETURNS,
    full_amount,
    information_refusal,
    posted,
    settled_payment,
)
from huangpu.venues.offshore.recalls.words import (
    AnswerCancellation,
    PaymentReturned,
    RecallAcknowledged,
    RecallAnswered,
)
from huangpu.venues.offshore.state import Offshore

HOLDER, LEGAL_ORDER = "HOLDER", "LEGAL_ORDER"
OBSTACLES = {Reason.FUNDS_INSUFFICIENT: "AM04", Reason.ACCOUNT_CLOSED: "AC04"}
"""What ends an agreed recall as refused, with the code of the answer; every other obstacle leaves it open."""


def answer_cancellation(
    room: Offshore, rules: RuleBook, command: AnswerCancellation, stamp: Stamp
) -> Decision:
    """Agree to a recall, refuse it, or say that it is being looked into.

    Rule: domain note C4, C6; huangpu policy 34.
    Rejects: AGENT_UNKNOWN, PAYMENT_UNKNOWN, PAYMENT_NOT_PAID, RECALL_UNKNOWN, RECALL_ANSWERED, NOT_YOUR_INSTITUTION,
    FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, RECALL_REASON_WRONG, RECALL_CONSENT_MISSING, and as `returns.posted`.
    """
    answerer = named(room, command.answerer or stamp.institution)
    if answerer is None:
        detail = f"answerer {command.answerer!r} is no institution of the centre"
        return Rejected(Reason.AGENT_UNKNOWN, detail, RETURNS)
    payment = settled_payment(room, command.uetr, stamp.institution)
    if isinstance(payment, Rejected):
        return payment
    recall = _open_recall(room, command)
    if isinstance(recall, Rejected):
        return recall
    draft = Draft(
        room, rules, stamp, sender=answerer.id, bank=payment.bank, message_id=command.message_id
    )
    refused = (
        _answerer_refusal(payment, answerer, stamp)
        or checks.message_refusal(draft)
        or information_refusal(command.information)
    )
    if refused is not None:
        return refused
    if command.confirmation == RecallStatus.PDCR:
        return _acknowledged(draft, recall)
    told = msgspec.structs.replace(
        recall,
        answered_us=stamp.at_us,
        answered_by=answerer.id,
        person=stamp.person,
        answer_message_id=command.message_id,
        answer_information=command.information,
    )
    if command.confirmation == RecallStatus.RJCR:
        return _refused(draft, told, command.reason, answerer)
    if command.confirmation == RecallStatus.CNCL:
        return _agreed(draft, payment, told, command)
    detail = f"confirmation {command.confirmation!r}, one of {' '.join(RecallStatus)}"
    return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, checks.FORM)


def _open_recall(room: Offshore, command: AnswerCancellation) -> Recall | Rejected:
    number = room.recalls.open.get(command.uetr)
    if number is None:
        asked = room.recalls.by_uetr.get(command.uetr)
        if asked is None:
            return Rejected(Reason.RECALL_UNKNOWN, f"no recall of {command.uetr}", RETURNS)
        last = room.books.recalls.recalls[asked[-1]]
        detail = f"case {last.case_id}: {last.status} {last.answer_reason}".rstrip()
        return Rejected(Reason.RECALL_ANSWERED, detail, RETURNS)
    found = room.books.recalls.recalls[number]
    if command.case_id in ("", found.case_id):
        return found
    detail = f"case {command.case_id!r} of {command.uetr}, open {found.case_id}"
    return Rejected(Reason.RECALL_UNKNOWN, detail, RETURNS)


def _answerer_refusal(payment: Payment, answerer: Institution, stamp: Stamp) -> Rejected | None:
    """Refuse who is not on the creditor's side; a correspondent's answer may be entered by the bank that received it."""
    side, entitled = [payment.creditor, payment.creditor_bank], [answerer.id]
    if payment.direction is Direction.OUTWARD:
        side, entitled = [payment.correspondent], [payment.correspondent, payment.bank]
    if answerer.id in side and stamp.institution in entitled:
        return None
    detail = f"{stamp.person} acts for {stamp.institution}; the creditor's side answers"
    return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, RETURNS)


def _acknowledged(draft: Draft, recall: Recall) -> list[Event] | Rejected:
    if recall.acknowledged_id:
        detail = f"case {recall.case_id}: PDCR by {recall.acknowledged_id}"
        return Rejected(Reason.RECALL_ANSWERED, detail, RETURNS)
    acknowledged = msgspec.structs.replace(
        recall,
        acknowledged_us=draft.stamp.at_us,
        acknowledged_by=draft.sender,
        acknowledged_id=draft.message_id,
    )
    return [RecallAcknowledged(recall=acknowledged)]


def _refused(
    draft: Draft, told: Recall, reason: str, answerer: Institution
) -> list[Event] | Rejected:
    bank = answerer.kind in (InstitutionKind.BANK, InstitutionKind.OVERSEAS_BANK)
    row = draft.rows[f"offshore.recall.refusals.{'BANK' if bank else 'HOLDER'}"]
    if reason not in row.texts:
        detail = f"reason {reason!r}, one of {' '.join(row.texts)}"
        return Rejected(Reason.RECALL_REASON_WRONG, detail, row.cite, row.rule)
    refused = msgspec.structs.replace(told, status=RecallStatus.RJCR, answer_reason=reason)
    return [RecallAnswered(recall=refused)]


def _agreed(
    draft: Draft, payment: Payment, told: Recall, command: AnswerCancellation
) -> list[Event] | Rejected:
    """Agree, and send the money back where it lies here; an agreement of the far side promises its return."""
    agreed = msgspec.structs.replace(told, status=RecallStatus.CNCL, consent=command.consent)
    if payment.direction is Direction.OUTWARD:
        return [RecallAnswered(recall=agreed)]
    refused = _consent_refusal(draft, payment, told, command)
    if refused is None and command.consent != LEGAL_ORDER:
        refused = _blocked_refusal(draft, payment)
    if refused is not None:
        return refused
    found = posted(draft, payment, full_amount(payment), AGREED, told)
    if isinstance(found, Rejected):
        code = OBSTACLES.get(found.reason)
        if code is None:
            return found
        short = msgspec.structs.replace(
            told,
            status=RecallStatus.RJCR,
            answer_reason=code,
            answer_information=found.detail[: checks.TEXT_LENGTH_MAX] if code == "AC04" else "",
        )
        return [RecallAnswered(recall=short)]
    event = found[-1]
    assert isinstance(event, PaymentReturned)
    agreed = msgspec.structs.replace(agreed, return_id=event.posted.return_id)
    return [*found, RecallAnswered(recall=agreed), *queue.released(draft)]


def _consent_refusal(
    draft: Draft, payment: Payment, recall: Recall, command: AnswerCancellation
) -> Rejected | None:
    """Refuse a bank that debits its customer without saying on what.

    Rule: C6: the beneficiary's agreement or a legal order.
    Rejects: RECALL_CONSENT_MISSING.
    """
    cite = "C6, the beneficiary's agreement or a legal order"
    if draft.sender == payment.creditor:
        return None
    if command.consent == HOLDER:
        return None
    row = draft.rows["offshore.recall.legal_order"]
    if command.consent != LEGAL_ORDER:
        detail = f"consent {command.consent!r}: {HOLDER} or {LEGAL_ORDER}"
        return Rejected(Reason.RECALL_CONSENT_MISSING, detail, cite)
    if recall.reason not in row.texts or not command.information:
        detail = f"{LEGAL_ORDER} named in the information, for {' '.join(row.texts)}; asked for {recall.reason}"
        return Rejected(Reason.RECALL_CONSENT_MISSING, detail, row.cite, row.rule)
    return None


def _blocked_refusal(draft: Draft, payment: Payment) -> Rejected | None:
    account = draft.room.registry.cash_accounts[payment.order.creditor_account]
    if account.status is not AccountStatus.BLOCKED:
        return None
    return Rejected(
        Reason.ACCOUNT_BLOCKED, f"{account.id} is {account.status}, needed OPEN", checks.PARTIES
    )
