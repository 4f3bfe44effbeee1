"""Business time of the centre: Shanghai dates and clock times from a journaled instant.

China Standard Time has been UTC+8 without daylight saving since 1991, so the offset is arithmetic and needs no time-zone
file. Closures are dated rows of the rule book (`calendar.closed.<YEAR>`), because an exchange announces them by year.
"""

import datetime
import functools

from huangpu.core.rulebook import RuleBook

OFFSET_US = 8 * 3600 * 1_000_000
DAY_US = 24 * 3600 * 1_000_000
_EPOCH = datetime.date(1970, 1, 1)


def date_of(at_us: int) -> datetime.date:
    """Return the Shanghai calendar date of an instant in microseconds since the epoch (UTC)."""
    return _date((at_us + OFFSET_US) // DAY_US)


@functools.lru_cache(maxsize=4_096)
def _date(day: int) -> datetime.date:
    return _EPOCH + datetime.timedelta(days=day)


def time_of_day_us(at_us: int) -> int:
    """Return microseconds since midnight in Shanghai."""
    return (at_us + OFFSET_US) % DAY_US


def instant_us(date: datetime.date, hour: int, minute: int = 0, second: int = 0) -> int:
    """Return the instant of a Shanghai wall-clock time in microseconds since the epoch (UTC)."""
    seconds = hour * 3600 + minute * 60 + second
    return (date - _EPOCH).days * DAY_US + seconds * 1_000_000 - OFFSET_US


def clock_text(at_us: int) -> str:
    """Write the Shanghai time of day as HH:MM:SS."""
    seconds = time_of_day_us(at_us) // 1_000_000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def utc_text(at_us: int) -> str:
    """Write an instant as RFC 3339 in UTC with microseconds."""
    seconds, micros = divmod(at_us, 1_000_000)
    return f"{_second_text(seconds)}.{micros:06d}Z"


@functools.lru_cache(maxsize=1_024)
def _second_text(seconds: int) -> str:
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)  # noqa: DTZ001 - arithmetic on UTC
    return moment.isoformat()


def is_business_day(rules: RuleBook, date: datetime.date) -> bool:
    """Tell whether the exchange is open on a date.

    Rule: Saturdays, Sundays and the announced closures (`calendar.closed.<YEAR>`) are closed.
    """
    if date.weekday() >= 5:
        return False
    rule = rules.find(f"calendar.closed.{date.year}")
    return rule is None or date.isoformat() not in rule.at(date).texts


def next_business_day(rules: RuleBook, date: datetime.date) -> datetime.date:
    """Return the first business day after a date."""
    day = date + datetime.timedelta(days=1)
    while not is_business_day(rules, day):
        day += datetime.timedelta(days=1)
    return day
