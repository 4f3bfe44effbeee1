"""The monitors' part in the life of the centre: what a settled payment leaves with them, and what a tick finds due.

`note_settled` is called once for each payment that has moved money and only adds: counters, flows, legs. All judgement happens on a tick:
cases are opened at once, deviation and pairing are looked at once an interval (a rule row), deadlines and trades once a day.
"""

import datetime
from itertools import islice

from huangpu.core.message import Event, Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.monitoring import cases, deviation, limits, pairing
from huangpu.venues.offshore.monitoring.books import SUM_MAX, Flow, Leg, SampleSeed
from huangpu.venues.offshore.orders import SAMPLED, Payment
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.state import Offshore, bic_11

MINUTE_US = 60_000_000
DAYS_MAX = 3_650
SERIES_OF_A_RUN_MAX = 200


class MonitorsRun(Event, frozen=True):
    """The monitors have looked at what was new: so many legs, and all series but the last `left` that were paid on.

    Units: days are ordinals; 0 where no new day began.
    """

    day: datetime.date
    examined: int
    left: int = 0
    window_from: int = 0
    plot_from: int = 0
    legs_from: int = 0
    quiet_to: int = 0
    matched_to: int = 0


def note_settled(room: Offshore, payment: Payment, stamp: Stamp) -> None:
    """Count a settled payment in; O(1), no judgement.

    Reading: a payment that waited was counted under its limits when it was accepted.
    """
    books = room.books.monitor
    debtor, creditor, order = payment.debtor, payment.creditor, payment.order
    if debtor and (not books.committed or books.committed.pop(order.uetr, None) is None):
        limits.note(room, payment, stamp)
    if payment.sample in SAMPLED:
        seed = SampleSeed(
            uetr=order.uetr,
            company=debtor,
            bank=payment.bank,
            cause=payment.sample,
            currency=order.currency,
            amount=order.amount,
            at_us=payment.at_us,
        )
        cases.note_sampled(room, seed)
    if payment.line != Line.FIRST or debtor == creditor:
        return
    listings = room.books.listings
    payer_listed, payee_listed = debtor in listings, creditor in listings
    if not (payer_listed or payee_listed):
        return
    day = stamp.date.toordinal()
    currency, amount = order.currency, order.amount
    if payer_listed:
        key = f"{debtor}|{order.trade_type}"
        if key not in books.trade_types:
            books.trade_types[key] = day
        for flow in _flows(room, debtor, payment.bank, day, currency, payment.number):
            flow.payments = min(flow.payments + amount, SUM_MAX)
    if payee_listed:
        for flow in _flows(room, creditor, payment.creditor_bank, day, currency, payment.number):
            flow.receipts = min(flow.receipts + amount, SUM_MAX)
    leg = Leg(
        uetr=order.uetr,
        payer=debtor or f"{bic_11(order.debtor_agent)}|{order.debtor_account}",
        payee=creditor or f"{bic_11(order.creditor_agent)}|{order.creditor_account}",
        payer_listed=payer_listed,
        payee_listed=payee_listed,
        payer_bank=payment.bank if debtor else "",
        payee_bank=payment.creditor_bank,
        currency=currency,
        amount=amount,
        day=day,
        reference=order.trade_reference,
        goods=order.goods,
    )
    pairing.note_leg(room, leg)


def monitors_due(draft: Draft) -> list[Event]:
    """Open cases; once an interval look at flows and legs that are new; once a day at deadlines, windows and trades.

    Reading: one look is bounded, lest payments wait for it; where more is new than that, the next tick goes on.
    """
    room, rules, stamp = draft.room, draft.rules, draft.stamp
    books, date = room.books.monitor, stamp.date
    events = cases.opened(room, rules, stamp)
    new_day = date > books.day and bool(
        books.series or books.waiting or books.trades or books.edges
    )
    due = stamp.at_us - books.run_us >= _interval_us(rules, date)
    backlog, touched = len(books.legs), len(books.touched)
    fresh = bool(backlog or touched or books.document_reuses)
    much = backlog >= pairing.LEGS_OF_A_RUN_MAX or touched >= SERIES_OF_A_RUN_MAX
    if not new_day and not (fresh and (due or much)):
        return events
    examined = min(backlog, pairing.LEGS_OF_A_RUN_MAX)
    if new_day:
        events.extend(cases.overdue(room, rules, stamp))
    subjects = books.series if new_day else islice(books.touched, SERIES_OF_A_RUN_MAX)
    events.extend(deviation.changed(room, rules, stamp, subjects))
    events.extend(pairing.noticed(room, rules, stamp, examined=examined, new_day=new_day))
    if new_day:
        return [*events, _new_day(rules, date, examined)]
    left = max(touched - SERIES_OF_A_RUN_MAX, 0)
    return [*events, MonitorsRun(day=date, examined=examined, left=left)]


def apply_run(room: Offshore, event: MonitorsRun, stamp: Stamp) -> None:
    """Forget what was looked at; with a new day roll the windows and drop what is too old."""
    books = room.books.monitor
    books.run_us = stamp.at_us
    for subject in list(islice(books.touched, len(books.touched) - event.left)):
        del books.touched[subject]
    books.document_reuses = []
    del books.legs[: event.examined]
    if not event.window_from:
        return
    today = event.day.toordinal()
    books.day = event.day
    room.monitor.flows_day = 0
    for series in books.series.values():
        deviation.roll(series, event.window_from, today, event.plot_from)
    pairing.forget(
        books,
        legs_from=event.legs_from,
        quiet_to=event.quiet_to,
        matched_to=event.matched_to,
        today=today,
    )


def _flows(
    room: Offshore, company: str, bank: str, day: int, currency: str, number: int
) -> tuple[Flow, Flow]:
    """Find the flows of a company and of its bank to add to, and remember that both want a look."""
    cache, books = room.monitor, room.books.monitor
    if cache.flows_day != day:
        cache.flows_day, cache.flows = day, {}
    found = cache.flows.get((company, bank, currency))
    if found is None:
        subjects = (
            deviation.subject_key(deviation.COMPANY, company),
            deviation.subject_key(deviation.BANK, bank),
        )
        series = books.series
        first, second = (
            deviation.flow_of_day(series, subject, day, currency, number) for subject in subjects
        )
        found = cache.flows[company, bank, currency] = (subjects, (first, second))
    for subject in found[0]:
        books.touched[subject] = day
    return found[1]


def _interval_us(rules: RuleBook, date: datetime.date) -> int:
    return rules["offshore.monitor.interval_minutes"].at(date).integer * MINUTE_US


def _new_day(rules: RuleBook, date: datetime.date, examined: int) -> MonitorsRun:
    """Say what a new day rolls and forgets."""
    today = date.toordinal()
    first = deviation.first_day(rules, date)

    def days_ago(name: str) -> int:
        return today - min(rules[name].at(date).integer, DAYS_MAX)

    return MonitorsRun(
        day=date,
        examined=examined,
        window_from=first,
        plot_from=first - (today - first),
        legs_from=days_ago("offshore.pairing.round_trip_days"),
        quiet_to=days_ago("offshore.pairing.quiet_days"),
        matched_to=days_ago("offshore.pairing.unmatched_days"),
    )
