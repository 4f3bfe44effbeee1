"""What a return takes back of the monitors' figures: a company has paid and received net of what was returned.

Told once a return and O(1). Figures are lessened where the payment counted, on its own day, so that no day and no window falls below zero: under the
limits while that day lasts, in the flows of the deviation as long as they are kept, in the trade of its reference. A sum that has
reached what a journal can write stands still. Pairing looks at a leg with what is
left of it; one that went back in full is no leg, so neither a return nor the payment made in its place is a round trip.
"""

from huangpu.core.calendar import date_of
from huangpu.core.message import Stamp
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.monitoring import deviation, limits
from huangpu.venues.offshore.monitoring.books import SUM_MAX, Flow, Leg, Series
from huangpu.venues.offshore.orders import Payment
from huangpu.venues.offshore.recalls.books import Return
from huangpu.venues.offshore.state import Offshore


def note_returned(room: Offshore, payment: Payment, back: Return, stamp: Stamp) -> None:
    """Take a return out of what its payment counted."""
    _limits(room, payment, back, stamp)
    if payment.line != Line.FIRST or payment.debtor == payment.creditor:
        return
    day = date_of(payment.at_us).toordinal()
    for company, bank, sold in (
        (payment.debtor, payment.bank, False),
        (payment.creditor, payment.creditor_bank, True),
    ):
        if counted(room, payment, company):
            for kind, name in ((deviation.COMPANY, company), (deviation.BANK, bank)):
                _flow(room, deviation.subject_key(kind, name), day, back, received=sold)
            _trade(room, payment, company, back, sold=sold)


def counted(room: Offshore, payment: Payment, company: str) -> bool:
    """Tell whether a payment was counted for a company: since its first one every payment has been.

    Reading: nobody leaves the list of who is or was listed, so a series that was begun counts all that follows.
    """
    series = room.books.monitor.series.get(deviation.subject_key(deviation.COMPANY, company))
    return series is not None and payment.number >= series.first


def left_of(room: Offshore, leg: Leg) -> int:
    """Return what is left of a leg after its return. Units: minor units; 0 where all went back but a charge."""
    number = room.recalls.returned.get(leg.uetr)
    if number is None:
        return leg.amount
    back = room.books.recalls.returns[number]
    return _left(room.payments.at(back.payment), back)


def _left(payment: Payment, back: Return) -> int:
    """Return what a payment moved less what was returned; its charge stays with the bank and is no trade."""
    kept = payment.charge if payment.order.charge_bearer == "CRED" else 0
    left = payment.order.amount - back.amount
    return 0 if left <= kept else left


def _limits(room: Offshore, payment: Payment, back: Return, stamp: Stamp) -> None:
    """Lessen what the day uses, where the payment was accepted today.

    Reading: the number of payments stays; velocity is about orders, not about money.
    """
    books, order = room.books.monitor, payment.order
    accepted_us = payment.received_us or payment.at_us
    if not payment.debtor or not books.uses_date == stamp.date == date_of(accepted_us):
        return
    here = payment.creditor != ""
    counterparty = f"{limits.counterparty_of(order, here)}|{order.currency}"
    country = f"{limits.country_of(room, order, payment.creditor)}|{order.currency}"
    for subject in (limits.customer_key(payment.bank, payment.debtor), payment.bank):
        use = books.uses[subject]
        limits.add(use.sums, order.currency, -back.amount)
        limits.add(use.counterparties, counterparty, -back.amount)
        limits.add(use.countries, country, -back.amount)


def _flow(room: Offshore, subject: str, day: int, back: Return, *, received: bool) -> None:
    """Lessen the flow of the payment's day and, where that is rolled, the sum of the window; let the subject be looked at again."""
    series = room.books.monitor.series[subject]
    flow = series.days.get(day, {}).get(back.currency)
    if flow is None:
        # No plot shows the day any more, and no window holds it.
        return
    for each in (flow, *_rolled(series, day, back.currency)):
        if received and each.receipts < SUM_MAX:
            each.receipts -= back.amount
        elif not received and each.payments < SUM_MAX:
            each.payments -= back.amount
    room.books.monitor.touched[subject] = day


def _rolled(series: Series, day: int, currency: str) -> list[Flow]:
    inside = series.rolled_from <= day < series.rolled_to
    return [series.rolled[currency]] if inside else []


def _trade(room: Offshore, payment: Payment, company: str, back: Return, *, sold: bool) -> None:
    """Lessen what the company sold or bought under the reference, unless the trade is over."""
    order, day = payment.order, date_of(payment.at_us).toordinal()
    trade = room.books.monitor.trades.get(f"{company}|{order.trade_reference}")
    if trade is None or not order.trade_reference or day < trade.first_day:
        return
    sums = trade.sold if sold else trade.bought
    if sums.get(back.currency) == SUM_MAX:
        return
    rest = sums.pop(back.currency, 0) - (order.amount - _left(payment, back))
    if rest > 0:
        sums[back.currency] = rest
