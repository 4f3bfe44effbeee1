"""Shanghai dates and times from instants."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from huangpu.app import load_rules
from huangpu.core import calendar

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000))
def test_date_and_time_agree_with_the_library(at_us: int) -> None:
    moment = datetime.datetime.fromtimestamp(at_us // 1_000_000, SHANGHAI)
    assert calendar.date_of(at_us) == moment.date()
    assert calendar.clock_text(at_us) == moment.strftime("%H:%M:%S")
    back = calendar.instant_us(moment.date(), moment.hour, moment.minute, moment.second)
    assert back == at_us - at_us % 1_000_000


def test_weekends_and_announced_closures_are_no_business_days() -> None:
    rules = load_rules()
    assert calendar.is_business_day(rules, datetime.date(2026, 11, 23))
    assert not calendar.is_business_day(rules, datetime.date(2026, 11, 22))
    assert not calendar.is_business_day(rules, datetime.date(2026, 10, 1))
    assert calendar.next_business_day(rules, datetime.date(2026, 11, 20)) == datetime.date(
        2026, 11, 23
    )
