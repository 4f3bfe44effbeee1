"""The commands that ask for a payment: one order, many orders of one message, or an overseas bank's order; and what their events leave.

Each order is planned (`plan.py`), then settles or waits (`waiting.py`); the first failing step refuses it. Money of a free trade account
moves inside its bank's separate accounting unit, between units through their mirrors, and overseas against the bank's nostro.
"""

from huangpu.core.message import Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.liquidity.queue import released, with_released
from huangpu.venues.offshore.orders import PaymentOrder, batch_key
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.counting import noted
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.plan import (
    Plan,
    overseas_and_bank,
    planned,
    planned_inward,
)
from huangpu.venues.offshore.payments.waiting import accepted
from huangpu.venues.offshore.payments.words import (
    BatchProcessed,
    InstructPayment,
    InstructPaymentBatch,
    PaymentEnded,
    PaymentRefused,
    PaymentSettled,
    PaymentWaiting,
    ReceiveCreditTransfer,
)
from huangpu.venues.offshore.state import Batch, Offshore

BATCHES = "C1, one pain.001 with many transactions"


def instruct_payment(
    room: Offshore, rules: RuleBook, command: InstructPayment, stamp: Stamp
) -> Decision:
    """Settle one order now, on the instruction alone, let it wait, or refuse it.

    Rule: P-03; domain note B2, decision order; C3, C5, C6.
    Rejects: FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, then as `planned` and `accepted`.
    """
    draft = Draft(
        room,
        rules,
        stamp,
        sender=stamp.institution,
        bank=command.bank,
        message_id=command.message_id,
    )
    refused = checks.message_refusal(draft)
    if refused is not None:
        return refused
    return with_released(draft, _decided(draft, command.order))


def instruct_payment_batch(
    room: Offshore, rules: RuleBook, command: InstructPaymentBatch, stamp: Stamp
) -> Decision:
    """Decide every order of a message in its sequence; each stands alone and sees what the ones before it left.

    Rule: domain note C1 (pain.001 with many transactions), C5.
    Reading: of an atomic batch nothing is carried out when one order is refused or would have to wait.
    Rejects: FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED; refused orders are `PaymentRefused` events.
    """
    maximum = rules["offshore.batch.transactions_max"].at(stamp.date)
    if not 0 < len(command.orders) <= maximum.integer:
        detail = f"{len(command.orders)} {maximum.unit}, 1 to {maximum.value}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, maximum.cite, maximum.rule)
    draft = Draft(
        room,
        rules,
        stamp,
        sender=stamp.institution,
        bank=command.bank,
        message_id=command.message_id,
        in_batch=True,
    )
    refused = checks.message_refusal(draft)
    if refused is not None:
        return refused
    events: list[Event] = []
    refusals: dict[int, Rejected] = {}
    waiting = 0
    for position, order in enumerate(command.orders):
        found = _decided(draft, order)
        if isinstance(found, Rejected):
            refusals[position] = found
            events.append(_refused(position, order, found))
            continue
        events += found
        waiting += type(found[-1]) is PaymentWaiting
    if command.atomic and (refusals or waiting):
        events, waiting = _none_of(command.orders, refusals), 0
        refusals = dict.fromkeys(range(len(command.orders)), _broken(0))
    else:
        events += released(draft)
    settled = len(command.orders) - len(refusals) - waiting
    batch = Batch(
        draft.sender,
        draft.message_id,
        draft.bank,
        stamp.seq,
        stamp.at_us,
        _group_status(settled, waiting, len(refusals)),
        settled,
        len(refusals),
        waiting,
    )
    return [*events, BatchProcessed(batch=batch)]


def receive_credit_transfer(
    room: Offshore, rules: RuleBook, command: ReceiveCreditTransfer, stamp: Stamp
) -> Decision:
    """Credit an account by order of an overseas bank and raise the nostro mirror; the white list is not asked.

    Rule: R-04; R-17 (inward credits stay open so that money can come home).
    Rejects: AGENT_UNKNOWN, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, those of form, duplicates and accounts,
    SECOND_LINE_CURRENCY, TRANSFER_FORBIDDEN, BALANCE_LIMIT_EXCEEDED.
    """
    agents = overseas_and_bank(room, command.instructing_agent, command.instructed_agent, stamp)
    if isinstance(agents, Rejected):
        return agents
    sender, bank = agents
    draft = Draft(room, rules, stamp, sender=sender, bank=bank, message_id=command.message_id)
    refused = checks.message_refusal(draft)
    if refused is not None:
        return refused
    overseas = room.registry.institutions[sender]
    return with_released(draft, _carried(draft, planned_inward(draft, command.order, overseas)))


def _decided(draft: Draft, order: PaymentOrder) -> list[Event] | Rejected:
    return _carried(draft, planned(draft, order))


def _carried(draft: Draft, plan: Plan | Rejected) -> list[Event] | Rejected:
    """Carry a plan out, or hand its refusal on."""
    return plan if isinstance(plan, Rejected) else accepted(draft, plan)


def _group_status(settled: int, waiting: int, refused: int) -> str:
    """Return the group status of a pain.002: all settled, all waiting, all refused, or PART."""
    ends = [
        word for word, count in (("ACSC", settled), ("PDNG", waiting), ("RJCT", refused)) if count
    ]
    return ends[0] if len(ends) == 1 else "PART"


def _none_of(orders: list[PaymentOrder], refusals: dict[int, Rejected]) -> list[Event]:
    """Refuse every order of an atomic batch: some for their own reason, the others for these."""
    first = min(refusals, default=-1)
    return [
        _refused(position, order, refusals.get(position) or _broken(first + 1))
        for position, order in enumerate(orders)
    ]


def _broken(position: int) -> Rejected:
    cause = f"order {position} is refused" if position else "an order would have to wait"
    return Rejected(Reason.BATCH_NOT_WHOLE, f"all orders or none: {cause}", BATCHES)


def _refused(position: int, order: PaymentOrder, refusal: Rejected) -> PaymentRefused:
    return PaymentRefused(
        position=position,
        uetr=order.uetr,
        end_to_end_id=order.end_to_end_id,
        instruction_id=order.instruction_id,
        refusal=refusal,
    )


def apply_settled(room: Offshore, event: PaymentSettled, stamp: Stamp) -> None:
    """Put the payment into the log; one that waited waits no more."""
    _logged(room, event, stamp)


def apply_ended(room: Offshore, event: PaymentEnded, stamp: Stamp) -> None:
    """Put the payment that ended without money into the log."""
    _logged(room, event, stamp)


def apply_waiting(room: Offshore, event: PaymentWaiting, stamp: Stamp) -> None:
    """Let the payment wait."""
    room.add_pending(event.pending)
    noted(room, event.pending, stamp)


def apply_refused(room: Offshore, event: PaymentRefused, stamp: Stamp) -> None:
    """Nothing: a refused order leaves nothing behind."""


def apply_batch(room: Offshore, event: BatchProcessed, stamp: Stamp) -> None:
    """Keep the batch and use up its message id."""
    batch = event.batch
    room.books.batches[batch_key(batch.sender, batch.message_id)] = batch


def _logged(room: Offshore, event: PaymentSettled | PaymentEnded, stamp: Stamp) -> None:
    payment = event.payment
    if payment.steps:
        room.drop_pending(payment.order.uetr)
    assert payment.order.uetr not in room.books.pending
    room.add_payment(payment, stamp.date)
    noted(room, payment, stamp)
