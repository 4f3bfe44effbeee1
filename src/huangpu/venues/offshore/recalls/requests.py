"""Recall requests: a payment that waits is cancelled at once; for a final one the creditor's side is asked.

Rule: domain note C6. Before finality: CANC and camt.029 CNCL, the hold gone. After it only the creditor's agreement or a legal order brings money
back, so the recall is forwarded and stays PDCR. The entry decides which of the two: an order that settles in the entry before is final.
"""

import msgspec

from huangpu.core.message import Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import money_text
from huangpu.registry.institutions import Institution, InstitutionKind
from huangpu.venues.offshore.liquidity import queue
from huangpu.venues.offshore.orders import (
    SETTLED,
    Direction,
    Payment,
    Pending,
    parties_among,
    parties_of,
)
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.waiting import end
from huangpu.venues.offshore.recalls.books import Recall, RecallStatus, case_key
from huangpu.venues.offshore.recalls.returns import RETURNS, information_refusal
from huangpu.venues.offshore.recalls.words import (
    RecallAcknowledged,
    RecallAnswered,
    RecallRequested,
    RequestCancellation,
)
from huangpu.venues.offshore.recalls.working_days import last_us
from huangpu.venues.offshore.state import Offshore

BEFORE_FINALITY = "C6, recall before finality"
SILENCE = "C4, NOAS: no answer in time"
BANKS = (InstitutionKind.BANK, InstitutionKind.OVERSEAS_BANK)


def request_cancellation(
    room: Offshore, rules: RuleBook, command: RequestCancellation, stamp: Stamp
) -> Decision:
    """Cancel a payment that waits, or ask the creditor's side for one that is final.

    Rule: domain note C4, C6; huangpu policy 34.
    Rejects: AGENT_UNKNOWN, PAYMENT_UNKNOWN, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, RECALL_REASON_WRONG,
    PERMISSION_MISSING, PAYMENT_NOT_PAID, PAYMENT_RETURNED, RECALL_OPEN, RECALL_REPEATED.
    """
    assigner = named(room, command.assigner or stamp.institution)
    if assigner is None:
        detail = f"assigner {command.assigner!r} is no institution of the centre"
        return Rejected(Reason.AGENT_UNKNOWN, detail, RETURNS)
    found = room.record_of(command.uetr)
    refused = _asker_refusal(found, assigner, stamp, command)
    if refused is not None:
        return refused
    assert found is not None
    draft = Draft(
        room, rules, stamp, sender=assigner.id, bank=found.bank, message_id=command.message_id
    )
    refused = (
        checks.message_refusal(draft)
        or _case_refusal(draft, command)
        or information_refusal(command.information)
        or _reason_refusal(draft, command.reason, assigner)
        or _original_refusal(found, command)
    )
    if refused is not None:
        return refused
    if isinstance(found, Pending):
        return _cancelled(draft, found, command)
    refused = _state_refusal(draft, found, command.reason)
    if refused is not None:
        return refused
    days = rules[_days_rule(rules, command.reason)].at(stamp.date).integer
    due_us = last_us(rules, stamp.date, days)
    return [RecallRequested(recall=_recall(draft, found, command, due_us))]


def recalls_due(draft: Draft) -> list[Event]:
    """Refuse the recalls that nobody answered in time (NOAS); an answer that was given is never touched."""
    events: list[Event] = []
    recalls = draft.room.books.recalls.recalls
    for due_us, number in draft.room.recalls.due:
        if due_us > draft.stamp.at_us:
            break
        silent = msgspec.structs.replace(
            recalls[number],
            status=RecallStatus.RJCR,
            answered_us=draft.stamp.at_us,
            answer_reason="NOAS",
        )
        events.append(RecallAnswered(recall=silent))
    return events


def named(room: Offshore, text: str) -> Institution | None:
    """Look an institution up by its id or its BIC."""
    return room.registry.institutions.get(text) or room.by_bic(text)


def apply_requested(room: Offshore, event: RecallRequested, stamp: Stamp) -> None:
    """Keep the recall; it is open."""
    recall, books = event.recall, room.books.recalls
    assert recall.number == len(books.recalls)
    books.recalls.append(recall)
    room.recalls.note_recall(recall)


def apply_acknowledged(room: Offshore, event: RecallAcknowledged, stamp: Stamp) -> None:
    """Keep what the creditor's side told."""
    room.books.recalls.recalls[event.recall.number] = event.recall
    room.recalls.note_acknowledged(event.recall)


def apply_answered(room: Offshore, event: RecallAnswered, stamp: Stamp) -> None:
    """Keep the answer; the recall is open no more."""
    room.books.recalls.recalls[event.recall.number] = event.recall
    room.recalls.note_answer(event.recall)


def _asker_refusal(
    found: Payment | Pending | None,
    assigner: Institution,
    stamp: Stamp,
    command: RequestCancellation,
) -> Rejected | None:
    """Refuse who is not on the debtor's side; who is no party learns nothing of the payment."""
    unknown = Rejected(Reason.PAYMENT_UNKNOWN, f"{command.uetr[:80]!r}", RETURNS)
    if found is None:
        return unknown
    parties = parties_of(found)
    if stamp.institution not in parties or assigner.id not in parties:
        return unknown
    inward = found.direction is Direction.INWARD
    side = (found.sender, found.correspondent) if inward else (found.debtor, found.bank)
    entitled = (assigner.id, found.bank) if inward else (assigner.id,)
    if assigner.id in side and stamp.institution in entitled:
        return None
    detail = f"{stamp.person} acts for {stamp.institution}; the debtor's side recalls"
    return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, RETURNS)


def _case_refusal(draft: Draft, command: RequestCancellation) -> Rejected | None:
    case_id = command.case_id or command.message_id
    if len(case_id) > checks.ID_LENGTH_MAX:
        detail = f"case id {case_id!r}: at most {checks.ID_LENGTH_MAX} characters"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, checks.FORM)
    if draft.uses(case_key(draft.sender, case_id)):
        detail = f"case id {case_id} of {draft.sender} is used, each once"
        return Rejected(Reason.MESSAGE_ID_REUSED, detail, checks.DUPLICATES)
    return None


def _reason_refusal(draft: Draft, reason: str, assigner: Institution) -> Rejected | None:
    """Refuse a reason that is not used here, and fraud claimed by a customer alone: its bank looks into it first."""
    date = draft.stamp.date
    row = draft.rules["offshore.recall.reasons"].at(date)
    if reason not in row.texts:
        detail = f"reason {reason!r}, one of {' '.join(row.texts)}"
        return Rejected(Reason.RECALL_REASON_WRONG, detail, row.cite, row.rule)
    banks = draft.rules["offshore.recall.reasons_of_banks"].at(date)
    if reason in banks.texts and assigner.kind not in BANKS:
        detail = f"{reason} is for a bank to ask; {assigner.id} is a {assigner.kind}"
        return Rejected(Reason.PERMISSION_MISSING, detail, banks.cite, banks.rule)
    return None


def _original_refusal(found: Payment | Pending, command: RequestCancellation) -> Rejected | None:
    """Refuse a request that means another payment than the one of its UETR."""
    order = found.order
    sent = {"", found.message_id}
    if isinstance(found, Payment):
        sent.add(f"HP{found.number:012d}")
    if (
        command.original_message_id in sent
        and command.currency in ("", order.currency)
        and command.amount in (0, order.amount)
    ):
        return None
    detail = f"{order.uetr}: message {command.original_message_id!r}, {money_text(command.amount, command.currency)}"
    return Rejected(Reason.PAYMENT_UNKNOWN, detail, RETURNS)


def _cancelled(draft: Draft, pending: Pending, command: RequestCancellation) -> list[Event]:
    """End a waiting payment as CANC and agree at once; what its hold or its place kept back is tried."""
    recall = _recall(draft, pending, command, 0)
    detail = f"{command.reason} by {draft.sender}, case {recall.case_id}"
    cause = Rejected(Reason.CANCELLED, detail, BEFORE_FINALITY)
    agreed = msgspec.structs.replace(
        recall, status=RecallStatus.CNCL, answered_us=draft.stamp.at_us, answered_by=pending.bank
    )
    events: list[Event] = [
        *end(draft, pending, "CANC", cause),
        RecallRequested(recall=recall),
        RecallAnswered(recall=agreed),
    ]
    line = draft.room.lines.get(command.uetr)
    return [*events, *queue.released(draft, () if line is None else (line.payer,))]


def _state_refusal(draft: Draft, payment: Payment, reason: str) -> Rejected | None:
    """Refuse what cannot be asked back now: never paid, returned, asked already, or refused and asked again.

    Rejects: PAYMENT_NOT_PAID, PAYMENT_RETURNED, RECALL_OPEN, RECALL_REPEATED.
    """
    room, uetr = draft.room, payment.order.uetr
    if payment.status not in SETTLED:
        return Rejected(Reason.PAYMENT_NOT_PAID, f"{uetr} is {payment.status}", RETURNS)
    if uetr in room.recalls.returned:
        return Rejected(Reason.PAYMENT_RETURNED, f"{uetr} was returned", RETURNS)
    before = [room.books.recalls.recalls[number] for number in room.recalls.by_uetr.get(uetr, ())]
    if not before:
        return None
    last = before[-1]
    if last.status is not RecallStatus.RJCR:
        left = "its answer" if last.status is RecallStatus.PDCR else "the return agreed"
        detail = f"{uetr}: case {last.case_id} of {last.assigner} waits for {left}"
        return Rejected(Reason.RECALL_OPEN, detail, RETURNS)
    row = draft.rows["offshore.recall.requests_max"]
    if len(before) >= row.integer or any(recall.reason == reason for recall in before):
        asked = " ".join(recall.reason for recall in before)
        detail = f"{uetr}: refused for {asked}; {row.value} {row.unit}, each for another reason"
        return Rejected(Reason.RECALL_REPEATED, detail, row.cite, row.rule)
    return None


def _days_rule(rules: RuleBook, reason: str) -> str:
    own = f"offshore.recall.answer_days.{reason}"
    return own if own in rules else "offshore.recall.answer_days.OTHER"


def _recall(
    draft: Draft, found: Payment | Pending, command: RequestCancellation, due_us: int
) -> Recall:
    outward = found.direction is Direction.OUTWARD
    return Recall(
        number=len(draft.room.books.recalls.recalls),
        uetr=command.uetr,
        case_id=command.case_id or command.message_id,
        message_id=command.message_id,
        assigner=draft.sender,
        assignee=found.correspondent if outward else found.creditor_bank,
        parties=parties_among(draft.sender, *parties_of(found)),
        reason=command.reason,
        information=command.information,
        seq=draft.stamp.seq,
        at_us=draft.stamp.at_us,
        final=isinstance(found, Payment),
        due_us=due_us,
        person=draft.stamp.person,
    )
