"""What a customer may do with a payment that waits: cancel it, change its priority, move it in its line.

Rule: huangpu policy 33. The holder of the debtor account does so, or the instructed bank for it, and only before the payment is final: after
that there is the recall. Each of these can let other payments of the account settle, which happens in the same entry.
"""

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.liquidity import queue
from huangpu.venues.offshore.liquidity.lines import QUEUES, Spot
from huangpu.venues.offshore.liquidity.turn import priority_refusal
from huangpu.venues.offshore.orders import Pending
from huangpu.venues.offshore.payments import waiting
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.state import Offshore, nostro_code
from huangpu.venues.offshore.telling import told_wait


class CancelPayment(Command, frozen=True):
    """Take back a payment that waits, whatever it waits for."""

    uetr: str
    cause: str = ""


class ChangePriority(Command, frozen=True):
    """Give a payment that waits for money another priority; it keeps its time of entry."""

    uetr: str
    priority: str


class MoveInQueue(Command, frozen=True):
    """Move a payment to the first or last place among those of its priority in its line."""

    uetr: str
    to: Spot


class PriorityChanged(Event, frozen=True):
    """The payment has another priority from now on."""

    uetr: str
    priority: str


class QueueMoved(Event, frozen=True):
    """The payment is the first or the last of its priority from now on."""

    uetr: str
    to: Spot


def cancel_payment(
    room: Offshore, rules: RuleBook, command: CancelPayment, stamp: Stamp
) -> Decision:
    """End a payment that waits as CANC and free its hold; what the hold or its place kept back is tried.

    Rule: C6, before finality; huangpu policy 33.
    Rejects: PAYMENT_UNKNOWN, PAYMENT_FINAL, NOT_YOUR_INSTITUTION.
    """
    pending = _own(room, command.uetr, stamp)
    if isinstance(pending, Rejected):
        return pending
    detail = f"by {stamp.person}{': ' if command.cause else ''}{command.cause}"
    draft = Draft(room, rules, stamp)
    events = waiting.end(draft, pending, "CANC", Rejected(Reason.CANCELLED, detail, QUEUES))
    line = room.lines.get(command.uetr)
    return [*events, *queue.released(draft, () if line is None else (line.payer,))]


def change_priority(
    room: Offshore, rules: RuleBook, command: ChangePriority, stamp: Stamp
) -> Decision:
    """Change the priority of a payment that waits for money.

    Rejects: PAYMENT_UNKNOWN, PAYMENT_FINAL, NOT_YOUR_INSTITUTION, PAYMENT_NOT_QUEUED, FIELD_OUT_OF_RANGE.
    """
    pending = _own(room, command.uetr, stamp)
    if isinstance(pending, Rejected):
        return pending
    refused = _not_queued(room, pending) or priority_refusal(rules, stamp.date, command.priority)
    if refused is not None:
        return refused
    return [PriorityChanged(uetr=command.uetr, priority=command.priority)]


def move_in_queue(room: Offshore, rules: RuleBook, command: MoveInQueue, stamp: Stamp) -> Decision:
    """Move a payment that waits for money to an end of its priority's part of the line.

    Rejects: PAYMENT_UNKNOWN, PAYMENT_FINAL, NOT_YOUR_INSTITUTION, PAYMENT_NOT_QUEUED.
    """
    pending = _own(room, command.uetr, stamp)
    if isinstance(pending, Rejected):
        return pending
    refused = _not_queued(room, pending)
    return [QueueMoved(uetr=command.uetr, to=command.to)] if refused is None else refused


def apply_priority(room: Offshore, event: PriorityChanged, stamp: Stamp) -> None:
    """Put the payment among those of its new priority, by its time of entry."""
    pending = room.books.pending[event.uetr]
    room.add_pending(msgspec.structs.replace(pending, priority=event.priority))


def apply_moved(room: Offshore, event: QueueMoved, stamp: Stamp) -> None:
    """Give the payment the place before all others of its line, or after them."""
    pending = room.books.pending[event.uetr]
    nostro = nostro_code(pending.bank, pending.correspondent, pending.order.currency)
    room.lines.move(room.books.liquidity, pending, nostro, event.to)


def _own(room: Offshore, uetr: str, stamp: Stamp) -> Pending | Rejected:
    """Find a payment that waits and that the actor may change; others learn nothing of it."""
    found = room.record_of(uetr)
    if found is None or stamp.institution not in (found.debtor, found.sender, found.bank):
        return Rejected(Reason.PAYMENT_UNKNOWN, uetr, QUEUES)
    if not isinstance(found, Pending):
        return Rejected(Reason.PAYMENT_FINAL, f"{uetr} is {found.status}", QUEUES)
    return found


def _not_queued(room: Offshore, pending: Pending) -> Rejected | None:
    if room.lines.get(pending.order.uetr) is not None:
        return None
    waits = dict.fromkeys(told_wait(wait) for wait in pending.waits)
    detail = f"{pending.order.uetr} waits for {' '.join(waits)}, not for money"
    return Rejected(Reason.PAYMENT_NOT_QUEUED, detail, QUEUES)
