"""The deviation of offshore-trade receipts and payments, per company and per bank, over a rolling window: watched, never a gate.

Rule: P-04, P-08. Flows are added up by day and currency as payments settle; the days that are over are rolled into one sum, so a look costs
the same whatever has been paid; what was returned counts as not paid (`returned.py`). Currencies are compared at the reference rates of the moment. Only companies that are or were on
the white list count, and of them what crosses the first line; money between accounts of one holder is no trade.
"""

import datetime
from collections.abc import Iterable, Mapping

import msgspec

from huangpu.core.message import Event, Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import Rounding, divided
from huangpu.venues.offshore.monitoring.books import SUM_MAX, Alert, Flow, Level, Series
from huangpu.venues.offshore.monitoring.rates import fen_of
from huangpu.venues.offshore.state import Offshore

BASIS_POINTS = 10_000
RATIO_MAX_BP = 10**9
"""What a deviation reads where nothing was received, and where it would be larger still."""
WINDOW_DAYS_MAX = 3_650
COMPANY = "COMPANY"
BANK = "BANK"


class DeviationLevelChanged(Event, frozen=True):
    """A company or bank has reached this level; the alert of the level before it, if any, has ended."""

    alert: Alert


def subject_key(kind: str, institution: str) -> str:
    """Return the key of a series."""
    return f"{kind}|{institution}"


def ratio_bp(receipts: int, payments: int) -> int:
    """Return |receipts - payments| / receipts in basis points, rounded half up.

    Rule: P-04 (收支偏离度).
    Reading: nothing received and something paid is the largest ratio there is; nothing at all is no deviation.
    """
    if receipts == 0:
        return RATIO_MAX_BP if payments else 0
    found = divided(abs(receipts - payments) * BASIS_POINTS, receipts, Rounding.HALF_UP)
    return min(found, RATIO_MAX_BP)


def first_day(rules: RuleBook, date: datetime.date) -> int:
    """Return the ordinal of the first day of the window that ends on a date."""
    days = min(rules["offshore.deviation.window_days"].at(date).integer, WINDOW_DAYS_MAX)
    return date.toordinal() - max(days, 1) + 1


def flows_of(series: Series, first: int, last: int) -> dict[str, Flow]:
    """Add up the flows of a window of days by currency: what is rolled, less what has left, plus the days since."""
    assert last >= series.rolled_to - 1
    receipts = {currency: flow.receipts for currency, flow in series.rolled.items()}
    payments = {currency: flow.payments for currency, flow in series.rolled.items()}

    def add(days: Iterable[int], sign: int) -> None:
        for day in days:
            for currency, flow in series.days.get(day, {}).items():
                receipts[currency] = receipts.get(currency, 0) + sign * flow.receipts
                payments[currency] = payments.get(currency, 0) + sign * flow.payments

    add(range(series.rolled_from, min(first, series.rolled_to)), -1)
    add(range(first, min(series.rolled_from, last + 1)), 1)
    add(range(max(series.rolled_to, first), last + 1), 1)
    return {currency: Flow(receipts[currency], payments[currency]) for currency in receipts}


def changed(room: Offshore, rules: RuleBook, stamp: Stamp, subjects: Iterable[str]) -> list[Event]:
    """Say which subjects have reached another level than they were last seen at.

    Rule: P-04; `offshore.deviation.amber`, `.red`, `.turnover`.
    """
    books, date = room.books.monitor, stamp.date
    first, last = first_day(rules, date), date.toordinal()
    events: list[Event] = []
    for subject in subjects:
        flows = flows_of(books.series[subject], first, last)
        alert = measured(room, rules, date, stamp.at_us, subject, flows)
        known = books.levels.get(subject)
        if alert.level is not (Level.GREEN if known is None else known.level):
            events.append(DeviationLevelChanged(alert=alert))
    return events


def measured(
    room: Offshore,
    rules: RuleBook,
    date: datetime.date,
    at_us: int,
    subject: str,
    flows: Mapping[str, Flow],
) -> Alert:
    """Measure a subject's deviation and name its level.

    Units: basis points, fen of CNY, microseconds since the epoch.
    """
    receipts = fen_of(room, rules, date, {cur: flow.receipts for cur, flow in flows.items()})
    payments = fen_of(room, rules, date, {cur: flow.payments for cur, flow in flows.items()})
    return Alert(
        subject=subject,
        level=level_of(rules, date, receipts, payments),
        ratio_bp=ratio_bp(receipts, payments),
        receipts_fen=receipts,
        payments_fen=payments,
        since_us=at_us,
    )


def level_of(rules: RuleBook, date: datetime.date, receipts: int, payments: int) -> Level:
    """Name the level of receipts and payments; below the turnover of the row nothing is said.

    Units: fen of CNY.
    """
    ratio = ratio_bp(receipts, payments)
    if receipts + payments < rules["offshore.deviation.turnover"].at(date).integer:
        return Level.GREEN
    if ratio >= rules["offshore.deviation.red"].at(date).integer:
        return Level.RED
    if ratio >= rules["offshore.deviation.amber"].at(date).integer:
        return Level.AMBER
    return Level.GREEN


def flow_of_day(
    series: dict[str, Series], subject: str, day: int, currency: str, number: int
) -> Flow:
    """Return the flow of a subject on a day, to add payment `number` to; it stays the same object until the day is forgotten."""
    found = series.get(subject)
    if found is None:
        found = series[subject] = Series(rolled_from=day, rolled_to=day, first=number)
    return found.days.setdefault(day, {}).setdefault(currency, Flow())


def roll(series: Series, first: int, today: int, keep_from: int) -> None:
    """Roll all days before today into the sum of the window and forget the days that no plot shows any more."""
    series.rolled = {
        currency: Flow(min(flow.receipts, SUM_MAX), min(flow.payments, SUM_MAX))
        for currency, flow in flows_of(series, first, today - 1).items()
    }
    series.rolled_from, series.rolled_to = first, today
    for day in [day for day in series.days if day < keep_from]:
        del series.days[day]


def apply_level_changed(room: Offshore, event: DeviationLevelChanged, stamp: Stamp) -> None:
    """End the alert that stood and keep the new one; a green one only ends."""
    books, alert = room.books.monitor, event.alert
    stood = books.levels.pop(alert.subject, None)
    if stood is not None:
        books.alerts.append(msgspec.structs.replace(stood, until_us=stamp.at_us))
    if alert.level is not Level.GREEN:
        books.levels[alert.subject] = alert
