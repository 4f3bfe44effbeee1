"""Terms in working days: the instant after the last of them."""

import datetime

from huangpu.core.calendar import DAY_US, instant_us, next_business_day
from huangpu.core.rulebook import RuleBook


def last_us(rules: RuleBook, date: datetime.date, days: int) -> int:
    """Return the end of the day that is so many business days after a date; with 0 the date itself.

    Units: microseconds since the epoch, exclusive.
    """
    for _ in range(days):
        date = next_business_day(rules, date)
    return instant_us(date, 0) + DAY_US
