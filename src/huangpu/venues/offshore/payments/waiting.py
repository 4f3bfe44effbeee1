"""Waiting: what stops an accepted payment, how a wait is taken away, and how a payment ends without money.

A payment waits for a screening officer, for a release across the second line, for its value date, or for money, in this order. Those under
review keep their money by holds placed at once where it suffices; those in the queue hold nothing. When the last wait is taken away, accounts,
white list and matrix are asked again as they stand at that moment: a payment settles by the rules of its settlement, not of its receipt.
"""

import datetime
from itertools import islice

import msgspec

from huangpu.core.calendar import (
    instant_us,
    is_business_day,
    next_business_day,
)
from huangpu.core.message import Event, Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import LedgerCode, Leg, LegKind, Shortfall
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore.liquidity.turn import must_wait, note_queued
from huangpu.venues.offshore.matrix import Permission
from huangpu.venues.offshore.orders import (
    Direction,
    LifeStep,
    Payment,
    Pending,
    Wait,
    uetr_key,
)
from huangpu.venues.offshore.payments.counting import counted
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.final import finished, short_of
from huangpu.venues.offshore.payments.plan import Plan, holds_of, planned_again
from huangpu.venues.offshore.payments.words import PaymentEnded, PaymentWaiting
from huangpu.venues.offshore.screening.books import NOT_YET
from huangpu.venues.offshore.screening.verdicts import (
    verdict,
    verdict_again,
    verdict_events,
)

REVIEWS = (Wait.SCREENING, Wait.RELEASE)


def accepted(draft: Draft, plan: Plan, *, awaits_cover: bool = False) -> list[Event] | Rejected:
    """Screen a planned order, and settle it now, or let it wait for its reviews, its value date, or money.

    Rejects: CUT_OFF_PASSED, FUNDS_INSUFFICIENT (the queue is off or over for today), BALANCE_LIMIT_EXCEEDED.
    """
    debtor, creditor = plan.debtor, plan.creditor
    found = verdict(
        draft.room,
        draft.rules,
        draft.stamp,
        plan.order,
        ("" if debtor is None else debtor.holder, "" if creditor is None else creditor.holder),
        draft.bank,
        compared=draft.moves.compared,
    )
    plan.screened, plan.score_bp = found.list_version, found.score_bp
    waits = [Wait.SCREENING] if found.stops else []
    events = _reviewed(draft, plan, [*waits, Wait.COVER] if awaits_cover else waits)
    if isinstance(events, Rejected) or not (found.news or found.findings):
        return events
    uetr = plan.order.uetr
    opened = draft.moves.cases
    return (
        verdict_events(draft.room, draft.stamp, found, opened, bank=draft.bank, uetr=uetr) + events
    )


def _reviewed(draft: Draft, plan: Plan, waits: list[Wait]) -> list[Event] | Rejected:
    """Settle a screened order, or let it wait.

    Rejects: CUT_OFF_PASSED, FUNDS_INSUFFICIENT, BALANCE_LIMIT_EXCEEDED.
    """
    if plan.cell.row.value == Permission.RELEASE:
        waits.append(Wait.RELEASE)
    release_us = _value_date_us(draft, plan)
    if isinstance(release_us, Rejected):
        return release_us
    if release_us:
        waits.append(Wait.WAREHOUSE)
    if not waits:
        return _settled_or_queued(draft, plan, None)
    holds = _holds(draft, plan) if waits[0] in REVIEWS else []
    pending = _pending(draft, plan, waits, release_us)
    return _waiting(draft, pending, holds)


def resolve(draft: Draft, pending: Pending, wait: Wait) -> list[Event] | Rejected:
    """Take one wait away; with the last one the payment settles, joins the queue, or ends refused.

    Reading: a rule that refuses at this moment ends the payment (RJCT) by an accepted entry; only money that is short lets it wait on.
    """
    assert wait in pending.waits, (wait, pending.waits)
    own = draft.of(pending)
    if wait is Wait.RELEASE:
        pending = msgspec.structs.replace(pending, released=True)
    waits = [left for left in pending.waits if left is not wait]
    if waits:
        return _waiting(own, _stepped(own, pending, waits), [])
    plan = ready(own, pending, wait)
    if not isinstance(plan, Plan):
        return plan
    freed: list[Leg] = []
    if pending.holds and not _fit(own, pending, plan):
        # A charge has changed since the money was held, or the holder has freed it.
        freed = _voids(own, pending)
        own.move(freed)
        pending = msgspec.structs.replace(pending, holds=[])
    found = _settled_or_queued(own, plan, pending)
    events = end(own, pending, "RJCT", found) if isinstance(found, Rejected) else found
    return [LegsPosted(legs=freed), *events] if freed else events


def ready(own: Draft, pending: Pending, wait: Wait) -> Plan | list[Event]:
    """Plan a payment whose last wait is over, or return the events by which it ends, waits for its value date or is reviewed again.

    Shape: own is the draft as the payment's message sees it (`Draft.of`).
    """
    plan = planned_again(own, pending)
    if isinstance(plan, Rejected):
        return end(own, pending, "RJCT", plan)
    screened = _screened_again(own, pending, plan)
    if not isinstance(screened, Plan):
        return screened
    plan = screened
    if plan.cell.row.value == Permission.RELEASE and not pending.released:
        # The cell has changed while the payment waited: an upgrade was withdrawn, or a row came into force.
        later = _stepped(own, pending, [Wait.RELEASE])
        return _waiting(own, later, [] if pending.holds else _holds(own, plan))
    release_us = 0 if wait is Wait.WAREHOUSE else _value_date_us(own, plan)
    if isinstance(release_us, Rejected):
        return end(own, pending, "RJCT", release_us)
    if release_us:
        later = _stepped(own, pending, [Wait.WAREHOUSE])
        return _waiting(own, msgspec.structs.replace(later, release_us=release_us), [])
    return plan


def _screened_again(own: Draft, pending: Pending, plan: Plan) -> Plan | list[Event]:
    """Let a payment wait for an officer (again) when a list that changed while it waited names a party; else plan what to tell of it."""
    moves = own.moves
    found = verdict_again(own.room, own.rules, own.stamp, pending, moves.cleared, moves.compared)
    if found is None:
        plan.screened, plan.score_bp = pending.screened, pending.score_bp
        return plan
    news = verdict_events(
        own.room,
        own.stamp,
        found,
        moves.cases if found.stops else set(moves.cases),
        bank=pending.bank,
        uetr=pending.order.uetr,
        maker=pending.maker,
    )
    version, score_bp = found.list_version, max(pending.score_bp, found.score_bp)
    if not found.stops:
        plan.news, plan.screened, plan.score_bp = tuple(news), version, score_bp
        return plan
    later = msgspec.structs.replace(
        _stepped(own, pending, [Wait.SCREENING]), screened=version, score_bp=score_bp
    )
    return news + _waiting(own, later, [] if pending.holds else _holds(own, plan))


def end(draft: Draft, pending: Pending, status: str, cause: Rejected) -> list[Event]:
    """End a waiting payment without money: RJCT or CANC, its holds void."""
    own = draft.of(pending)
    legs = _voids(own, pending)
    payment = Payment(
        number=own.next_number(),
        seq=own.stamp.seq,
        at_us=own.stamp.at_us,
        message_id=pending.message_id,
        sender=pending.sender,
        order=pending.order,
        direction=pending.direction,
        status=status,
        line=pending.line,
        rule=pending.rule,
        bank=pending.bank,
        debtor=pending.debtor,
        debtor_class=pending.debtor_class,
        creditor=pending.creditor,
        creditor_class=pending.creditor_class,
        creditor_bank=pending.creditor_bank,
        correspondent=pending.correspondent,
        received_us=pending.at_us,
        in_batch=pending.in_batch,
        steps=pending.steps,
        reason=cause.reason,
        detail=cause.detail,
        cite=cause.cite,
        screened=pending.screened,
        score_bp=pending.score_bp,
    )
    own.move(legs)
    counted(own, payment)
    ended = PaymentEnded(payment=payment)
    return [LegsPosted(legs=legs), ended] if legs else [ended]


def warehouse_due(draft: Draft) -> list[Event]:
    """Send on what has reached its value date, in the order of receipt."""
    now_us, waiting = draft.stamp.at_us, draft.room.books.pending
    due = [waiting[uetr] for uetr, at_us in draft.room.warehoused.items() if at_us <= now_us]
    events: list[Event] = []
    for pending in sorted(due, key=lambda one: (one.seq, one.order.uetr)):
        found = resolve(draft, pending, Wait.WAREHOUSE)
        assert not isinstance(found, Rejected)
        events += found
    return events


def newcomers_due(draft: Draft) -> list[Event]:
    """Compare the parties of payments that wait because their entry had compared enough: the oldest first, as many as one entry may.

    Rule: huangpu policy 31. The payment goes on, or gets its case and waits for an officer, as it would have at its receipt.
    """
    room, moves = draft.room, draft.moves
    backlog = room.books.screening.backlog
    if not backlog:
        return []
    events: list[Event] = []
    for uetr in list(islice(backlog, draft.rows["offshore.screening.resumed_max"].integer)):
        if uetr_key(uetr) in moves.keys:
            continue
        pending = room.books.pending[uetr]
        own = draft.of(pending)
        found = verdict_again(
            room, draft.rules, draft.stamp, pending, moves.cleared, moves.compared
        )
        assert found is not None, uetr
        if found is NOT_YET:
            break
        maker = pending.maker
        events += verdict_events(
            room, draft.stamp, found, moves.cases, bank=pending.bank, uetr=uetr, maker=maker
        )
        screened = msgspec.structs.replace(
            pending, screened=found.list_version, score_bp=found.score_bp
        )
        if found.stops:
            events += _waiting(own, screened, [])
            continue
        went_on = resolve(draft, screened, Wait.SCREENING)
        assert not isinstance(went_on, Rejected), went_on
        events += went_on
    return events


def _settled_or_queued(draft: Draft, plan: Plan, waited: Pending | None) -> list[Event] | Rejected:
    if _in_line(draft, plan, waited):
        until_us = _queue_until_us(draft)
        if draft.stamp.at_us < until_us:
            return _queued(draft, plan, waited, until_us)
    found = finished(draft, plan, waited)
    if not isinstance(found, Shortfall):
        return found
    refused = short_of(draft, plan, found)
    if found.code is not LedgerCode.INSUFFICIENT_FUNDS or plan.direction is Direction.INWARD:
        return refused
    until_us = _queue_until_us(draft)
    if draft.stamp.at_us >= until_us:
        return refused
    return _queued(draft, plan, waited, until_us)


def _in_line(draft: Draft, plan: Plan, waited: Pending | None) -> bool:
    """Tell whether others of the account wait that this payment may not overtake; one with holds has its money already."""
    if plan.direction is Direction.INWARD:
        return False
    if waited is not None and (waited.holds or waited.waits == [Wait.QUEUE]):
        return False
    return must_wait(draft, plan.legs[0].debit, plan.order.priority)


def _queued(draft: Draft, plan: Plan, waited: Pending | None, until_us: int) -> list[Event]:
    """Let a payment wait for money until the end of the queue's day."""
    note_queued(draft, plan.legs[0].debit, plan.order.priority)
    pending = _pending(draft, plan, [Wait.QUEUE], 0) if waited is None else waited
    if waited is not None:
        if waited.waits == [Wait.QUEUE]:
            # It stays where it is: its life in the queue began when it joined.
            return []
        pending = _stepped(draft, waited, [Wait.QUEUE])
    return _waiting(draft, msgspec.structs.replace(pending, expires_us=until_us), [])


def _queue_until_us(draft: Draft) -> int:
    """Return the instant at which today's queue ends; 0 where there is none."""
    date = draft.stamp.date
    if not draft.rows["offshore.queue.on"].flag:
        return 0
    return _instant_of(date, draft.rows["offshore.queue.until"])


def _instant_of(date: datetime.date, row: Row) -> int:
    """Return the instant of a row that holds a time of day, `HH:MM`."""
    hours, _, minutes = row.text.partition(":")
    return instant_us(date, 0) + (int(hours) * 60 + int(minutes)) * 60_000_000


def _value_date_us(draft: Draft, plan: Plan) -> int | Rejected:
    """Return when the payment may settle, 0 for now.

    Rule: domain note C6; huangpu policy 35.
    Rejects: CUT_OFF_PASSED.
    """
    if plan.direction is Direction.INWARD:
        return 0
    rows, today, order = draft.rows, draft.stamp.date, plan.order
    external = plan.direction is Direction.OUTWARD
    channel = "BOOK" if not external else "CNY" if order.currency == "CNY" else "FOREIGN"
    day = max(order.requested_date or today, today)
    row = rows[f"offshore.cut_off.{channel}"]
    if day == today and row.value != "24:00" and _instant_of(today, row) <= draft.stamp.at_us:
        after = rows["offshore.cut_off.after"]
        if (order.after_cut_off or after.text) == "REJECT":
            detail = f"{order.currency} {channel.lower()}: received after {row.value} ({row.unit})"
            return Rejected(Reason.CUT_OFF_PASSED, detail, row.cite, row.rule)
        day = today + datetime.timedelta(days=1)
    closed = external and rows["offshore.cut_off.business_days"].flag
    if closed and not is_business_day(draft.rules, day):
        day = next_business_day(draft.rules, day)
    return 0 if day == today else instant_us(day, 0)


def _voids(draft: Draft, pending: Pending) -> list[Leg]:
    """Free the holds of a payment.

    Reading: in a journal of before 0.2.1 a holder may have closed a hold on its own account in bulk; nothing is left of that one to free.
    """
    legs: list[Leg] = []
    for number in pending.holds:
        hold = draft.room.ledger.open_hold(number)
        if hold is not None:
            legs.append(Leg(LegKind.VOID, hold.debit, hold.credit, hold.amount, number))
    return legs


def _fit(draft: Draft, pending: Pending, plan: Plan) -> bool:
    """Tell whether the holds of a payment are still those of its plan."""
    found = [draft.room.ledger.open_hold(number) for number in pending.holds]
    kept = [None if hold is None else (hold.debit, hold.credit, hold.amount) for hold in found]
    wanted = [(leg.debit, leg.credit, leg.amount) for leg in holds_of(plan)]
    return kept == wanted


def _holds(draft: Draft, plan: Plan) -> list[Leg]:
    """Return the holds of a payment under review; none where the money does not suffice."""
    legs = holds_of(plan)
    return [] if draft.shortfall(legs) is not None else legs


def _pending(draft: Draft, plan: Plan, waits: list[Wait], release_us: int) -> Pending:
    stamp, debtor, creditor = draft.stamp, plan.debtor, plan.creditor
    return Pending(
        order=plan.order,
        message_id=draft.message_id,
        sender=draft.sender,
        maker=stamp.person,
        bank=draft.bank,
        direction=plan.direction,
        line=plan.cell.line,
        rule=plan.cell.rule_id,
        debtor="" if debtor is None else debtor.holder,
        debtor_class=AccountClass.OVS if debtor is None else debtor.account_class,
        creditor="" if creditor is None else creditor.holder,
        creditor_class=AccountClass.OVS if creditor is None else creditor.account_class,
        creditor_bank="" if creditor is None else creditor.bank,
        correspondent=plan.correspondent,
        seq=stamp.seq,
        at_us=stamp.at_us,
        waits=waits,
        since_us=stamp.at_us,
        priority=plan.order.priority,
        release_us=release_us,
        in_batch=draft.in_batch,
        screened=plan.screened,
        score_bp=plan.score_bp,
        steps=[LifeStep(stamp.at_us, stamp.seq, "PDNG", waits[0], stamp.person)],
    )


def _stepped(draft: Draft, pending: Pending, waits: list[Wait]) -> Pending:
    """Let a payment wait for what is left."""
    stamp = draft.stamp
    step = LifeStep(stamp.at_us, stamp.seq, "PDNG", waits[0], stamp.person)
    steps = [*pending.steps, step]
    return msgspec.structs.replace(pending, waits=waits, since_us=stamp.at_us, steps=steps)


def _waiting(draft: Draft, pending: Pending, holds: list[Leg]) -> list[Event]:
    events: list[Event] = []
    if holds:
        first = draft.next_hold()
        numbers = list(range(first, first + len(holds)))
        pending = msgspec.structs.replace(pending, holds=numbers)
        events.append(LegsPosted(legs=holds))
        draft.move(holds)
    counted(draft, pending)
    return [*events, PaymentWaiting(pending=pending)]
