"""Reference rates: what an amount of any currency is in CNY, by integers, as far as the monitors compare currencies.

A rate is set by command for the business date and holds until the next one; until the first one a rule row speaks
(`offshore.reference_rate.<CUR>`). Nothing is ever paid at a reference rate.
"""

import datetime
from collections.abc import Mapping

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import CURRENCY_DIGITS
from huangpu.venues.offshore.monitoring.books import SUM_MAX, RateSet
from huangpu.venues.offshore.state import Offshore

MILLION = 1_000_000
RATE_MAX = 10**12
REFERENCE = "huangpu policy 38, limits and the rates they are measured at"


class SetReferenceRates(Command, frozen=True):
    """Tell the reference rates of the business date. Units: CNY fen for 10^6 minor units of the currency."""

    date: datetime.date
    rates: dict[str, int]


class ReferenceRatesSet(Event, frozen=True):
    """Amounts are compared at these rates from the entry on."""

    date: datetime.date
    rates: dict[str, int]


def set_reference_rates(
    room: Offshore, rules: RuleBook, command: SetReferenceRates, stamp: Stamp
) -> Decision:
    """Take the rates of today, each positive, for currencies that the centre accounts in; CNY is the measure itself.

    Rejects: DATE_NOT_SUPPORTED, FIELD_OUT_OF_RANGE, CURRENCY_UNKNOWN.
    """
    if command.date != stamp.date:
        detail = f"rates of {command.date}, needed the business date {stamp.date}"
        return Rejected(Reason.DATE_NOT_SUPPORTED, detail, REFERENCE)
    if not command.rates:
        return Rejected(Reason.FIELD_OUT_OF_RANGE, "0 rates, at least 1", REFERENCE)
    for currency, rate in command.rates.items():
        if currency == "CNY" or currency not in CURRENCY_DIGITS:
            detail = f"{currency!r}, a currency of ISO 4217 other than CNY"
            return Rejected(Reason.CURRENCY_UNKNOWN, detail, REFERENCE)
        if not 0 < rate <= RATE_MAX:
            detail = (
                f"{currency}: {rate} fen for 10^6 minor units, 1 to {RATE_MAX}, without fractions"
            )
            return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, REFERENCE)
    return [ReferenceRatesSet(date=command.date, rates=command.rates)]


def apply_reference_rates(room: Offshore, event: ReferenceRatesSet, stamp: Stamp) -> None:
    """Keep the set and let its rates hold."""
    books = room.books.monitor
    books.rate_sets.append(RateSet(event.date, stamp.at_us, stamp.person, event.rates))
    books.rates.update(event.rates)


def rate_of(room: Offshore, rules: RuleBook, date: datetime.date, currency: str) -> int | None:
    """Return fen of CNY for 10^6 minor units of a currency, or None where nobody has said."""
    if currency == "CNY":
        return MILLION
    rate = room.books.monitor.rates.get(currency)
    if rate is not None:
        return rate
    rule = rules.find(f"offshore.reference_rate.{currency}")
    return None if rule is None else rule.at(date).integer


def weighed(
    room: Offshore, rules: RuleBook, date: datetime.date, sums: Mapping[str, int]
) -> int | str:
    """Add up amounts of several currencies in millionths of a fen, exactly; or name the currency that has no rate."""
    total = 0
    for currency, amount in sums.items():
        rate = rate_of(room, rules, date, currency)
        if rate is None:
            return currency
        total += amount * rate
    return total


def fen_of(room: Offshore, rules: RuleBook, date: datetime.date, sums: Mapping[str, int]) -> int:
    """Add up amounts of several currencies in whole fen of CNY, rounded down once, at most `SUM_MAX`.

    Reading: a currency without a rate counts for nothing; what must not overlook it uses `weighed`.
    """
    total = 0
    for currency, amount in sums.items():
        total += amount * (rate_of(room, rules, date, currency) or 0)
    return min(total // MILLION, SUM_MAX)
