"""pacs.009 COV: the payment is announced by its own bank, its money comes by cover through a correspondent; both carry one UETR.

The customer is credited when both are there, in the entry of the second. A payment that comes first waits (PDNG, for COVER) like every other
payment that waits: it can be asked for, recalled, screened. A cover that comes first waits and books nothing, as the mirror of an inward payment
under review is not raised either. What waits in vain ends refused after the days of `offshore.cover.working_days`.
"""

import msgspec

from huangpu.core.message import Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import money_text
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.bank_transfers.books import BankTransfer, TransferKind
from huangpu.venues.offshore.bank_transfers.core import form_refusal, nostro_at, receive_core
from huangpu.venues.offshore.bank_transfers.places import TRANSFERS
from huangpu.venues.offshore.bank_transfers.words import (
    AnnounceCoveredTransfer,
    BankTransferRecorded,
    CoverAwaited,
    CoverEnded,
    CoverNotAwaited,
    ReceiveBankTransfer,
)
from huangpu.venues.offshore.liquidity import queue
from huangpu.venues.offshore.orders import (
    Direction,
    PaymentOrder,
    Pending,
    Wait,
    parties_among,
    uetr_key,
)
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.plan import MIRRORS, overseas_and_bank, planned_inward
from huangpu.venues.offshore.payments.waiting import accepted, end, resolve
from huangpu.venues.offshore.payments.words import PaymentEnded
from huangpu.venues.offshore.recalls.working_days import last_us
from huangpu.venues.offshore.state import Offshore

IN_VAIN = "AB05, no cover in time"


def receive_bank_transfer(
    room: Offshore, rules: RuleBook, command: ReceiveBankTransfer, stamp: Stamp
) -> Decision:
    """Take in a transfer for a bank, or the cover of a payment: matched by UETR, amount and bank, or waiting for its payment.

    Rule: domain note C1 (pacs.009 CORE, COV); huangpu policy 34.
    Rejects: as `receive_core`; of a cover AGENT_UNKNOWN, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, those of form,
    UETR_REUSED, COVER_MISMATCH.
    """
    if not command.cover:
        return receive_core(room, rules, command, stamp)
    order = command.order
    agents = overseas_and_bank(room, command.instructing_agent, command.instructed_agent, stamp)
    if isinstance(agents, Rejected):
        return agents
    sender, bank = agents
    draft = Draft(room, rules, stamp, sender=sender, bank=bank, message_id=command.message_id)
    announced = room.books.pending.get(order.uetr)
    if announced is not None and Wait.COVER not in announced.waits:
        announced = None
    refused = checks.message_refusal(draft) or form_refusal(
        draft, order, uetr_shared=announced is not None
    )
    if refused is not None:
        return refused
    nostro = nostro_at(draft, bank, sender, order.currency)
    if isinstance(nostro, Rejected):
        return nostro
    cover = _cover(draft, command, announced)
    if announced is None:
        days = rules["offshore.cover.working_days"].at(stamp.date).integer
        waits = msgspec.structs.replace(cover, until_us=last_us(rules, stamp.date, days))
        return [BankTransferRecorded(transfer=waits)]
    refused = _mismatch(cover, announced.order, announced.bank, announced.correspondent)
    if refused is not None:
        return refused
    found = resolve(draft, announced, Wait.COVER)
    if isinstance(found, Rejected):
        return found
    met = _met(cover, found, stamp)
    events: list[Event] = [*found, BankTransferRecorded(transfer=met)]
    if order.uetr in room.books.bank_transfers.awaited:
        events.append(CoverNotAwaited(uetr=order.uetr))
    return [*events, *queue.released(draft)]


def announce_covered_transfer(
    room: Offshore, rules: RuleBook, command: AnnounceCoveredTransfer, stamp: Stamp
) -> Decision:
    """Take in a payment whose money comes by cover: credited at once where the cover is there, else it waits for it.

    Rule: domain note C1, C2 (settlement method COVE); huangpu policy 34.
    Rejects: AGENT_UNKNOWN, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, COVER_MISMATCH, and as `planned_inward` and `accepted`.
    """
    order = command.order
    agents = overseas_and_bank(room, command.instructing_agent, command.instructed_agent, stamp)
    if isinstance(agents, Rejected):
        return agents
    sender, bank = agents
    correspondent = room.by_bic(command.reimbursement_agent)
    if correspondent is None or correspondent.kind is not InstitutionKind.OVERSEAS_BANK:
        detail = (
            f"reimbursement agent {command.reimbursement_agent!r} is no overseas bank of the centre"
        )
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    draft = Draft(room, rules, stamp, sender=sender, bank=bank, message_id=command.message_id)
    number = room.transfers.waiting.get(order.uetr)
    refused = checks.message_refusal(draft)
    if refused is not None:
        return refused
    plan = planned_inward(draft, order, correspondent, covered=number is not None)
    if isinstance(plan, Rejected):
        return plan
    if number is None:
        events = accepted(draft, plan, awaits_cover=True)
        if isinstance(events, Rejected):
            return events
        days = rules["offshore.cover.working_days"].at(stamp.date).integer
        until_us = last_us(rules, stamp.date, days)
        return [*events, CoverAwaited(uetr=order.uetr, until_us=until_us)]
    cover = room.books.bank_transfers.transfers[number]
    refused = _mismatch(cover, order, bank, correspondent.id)
    if refused is not None:
        return refused
    found = accepted(draft, plan)
    if isinstance(found, Rejected):
        return found
    return [*found, CoverEnded(transfer=_met(cover, found, stamp)), *queue.released(draft)]


def covers_due(draft: Draft) -> list[Event]:
    """End what has waited in vain: covers without a payment, and payments without cover unless this entry has decided them."""
    now_us, books = draft.stamp.at_us, draft.room.books
    events: list[Event] = []
    for number in draft.room.transfers.waiting.values():
        cover = books.bank_transfers.transfers[number]
        if cover.until_us <= now_us:
            detail = f"no payment {cover.order.uetr} within the days of a cover"
            ended = msgspec.structs.replace(
                cover,
                status="RJCT",
                ended_us=now_us,
                reason=Reason.COVER_MISSING,
                detail=detail,
            )
            events.append(CoverEnded(transfer=ended))
    for uetr, until_us in books.bank_transfers.awaited.items():
        if until_us > now_us:
            continue
        pending = books.pending.get(uetr)
        decided = uetr_key(uetr) in draft.moves.keys
        if pending is not None and Wait.COVER in pending.waits and not decided:
            detail = f"no cover through {pending.correspondent} in time"
            cause = Rejected(Reason.COVER_MISSING, detail, IN_VAIN, "offshore.cover.working_days")
            events += end(draft, pending, "RJCT", cause)
        events.append(CoverNotAwaited(uetr=uetr))
    return events


def apply_cover_ended(room: Offshore, event: CoverEnded, stamp: Stamp) -> None:
    """Keep how the cover ended."""
    room.books.bank_transfers.transfers[event.transfer.number] = event.transfer
    room.transfers.note(event.transfer)


def apply_awaited(room: Offshore, event: CoverAwaited, stamp: Stamp) -> None:
    """Remember until when the payment waits."""
    room.books.bank_transfers.awaited[event.uetr] = event.until_us


def apply_not_awaited(room: Offshore, event: CoverNotAwaited, stamp: Stamp) -> None:
    """Forget the payment: it has its cover, or has ended."""
    del room.books.bank_transfers.awaited[event.uetr]


def _cover(draft: Draft, command: ReceiveBankTransfer, announced: Pending | None) -> BankTransfer:
    sender = announced.sender if announced is not None else ""
    return BankTransfer(
        number=len(draft.room.books.bank_transfers.transfers),
        kind=TransferKind.COV,
        status="PDNG",
        direction=Direction.INWARD,
        message_id=draft.message_id,
        sender=draft.sender,
        bank=draft.bank,
        correspondent=draft.sender,
        creditor=draft.bank,
        parties=parties_among(draft.sender, draft.bank, sender),
        order=command.order,
        seq=draft.stamp.seq,
        at_us=draft.stamp.at_us,
    )


def _mismatch(
    cover: BankTransfer, order: PaymentOrder, bank: str, correspondent: str
) -> Rejected | None:
    """Refuse a cover and a payment that do not belong together although they share a UETR.

    Rejects: COVER_MISMATCH.
    """
    money = (cover.order.currency, cover.order.amount)
    if money == (order.currency, order.amount) and (cover.bank, cover.correspondent) == (
        bank,
        correspondent,
    ):
        return None
    covered = money_text(cover.order.amount, cover.order.currency)
    detail = (
        f"{order.uetr}: cover of {covered} for {cover.bank} through {cover.correspondent},"
        f" payment of {money_text(order.amount, order.currency)} for {bank} through {correspondent}"
    )
    return Rejected(Reason.COVER_MISMATCH, detail, TRANSFERS)


def _met(cover: BankTransfer, found: list[Event], stamp: Stamp) -> BankTransfer:
    """End a cover with its payment: ACCC, or RJCT where the payment ended refused at this moment."""
    for event in found:
        if isinstance(event, PaymentEnded) and event.payment.order.uetr == cover.order.uetr:
            payment = event.payment
            return msgspec.structs.replace(
                cover,
                status="RJCT",
                ended_us=stamp.at_us,
                reason=payment.reason,
                detail=payment.detail,
            )
    return msgspec.structs.replace(cover, status="ACCC", ended_us=stamp.at_us)
