"""Receipts and payments over rolling ninety days: the ratio, its levels, one alert for each crossing, and the points of a plot."""

import datetime

import pytest
from tests.support.centre import accepted, send
from tests.support.monitoring import at, books, buy, day_us, found, monitored_engine, sell, tick
from tests.support.offshore import book_order, instruct

from huangpu.core.message import Event
from huangpu.venues.offshore.monitoring.books import Flow, Level, Series
from huangpu.venues.offshore.monitoring.deviation import (
    RATIO_MAX_BP,
    DeviationLevelChanged,
    flows_of,
    ratio_bp,
    roll,
)
from huangpu.venues.offshore.monitoring.views import alerts, deviations

MILLION = 1_000_000_00


def levels(events: list[Event]) -> list[tuple[str, Level]]:
    return [(e.alert.subject, e.alert.level) for e in found(events, DeviationLevelChanged)]


@pytest.mark.parametrize(
    ("receipts", "payments", "expected"),
    [
        (0, 0, 0),
        (0, 1, RATIO_MAX_BP),
        (100, 100, 0),
        (100, 80, 2_000),
        (100, 120, 2_000),
        (3, 2, 3_333),
        (8, 7, 1_250),
        (1, 10**12, RATIO_MAX_BP),
    ],
)
def test_the_ratio_is_the_difference_over_receipts(
    receipts: int, payments: int, expected: int
) -> None:
    assert ratio_bp(receipts, payments) == expected


def test_a_level_is_told_once_and_ends_when_it_is_left() -> None:
    engine = monitored_engine()
    sell(engine, 2 * MILLION)
    both = ["COMPANY|OTC1", "BANK|BK1"]
    assert levels(tick(engine, day_us(0, 2))) == [(subject, Level.RED) for subject in both]
    assert levels(tick(engine, day_us(0, 4))) == []
    buy(engine, MILLION + MILLION // 2)
    assert levels(tick(engine, day_us(0, 6))) == [(subject, Level.AMBER) for subject in both]
    buy(engine, MILLION // 2)
    assert levels(tick(engine, day_us(0, 8))) == [(subject, Level.GREEN) for subject in both]
    assert books(engine).levels == {}
    room = engine.centre.offshore
    shown = alerts(room, day_us(0, 10), "OTC1")
    assert [(view.alert.level, view.age_us) for view in shown] == [
        (Level.AMBER, 120_000_000),
        (Level.RED, 240_000_000),
    ]
    assert alerts(room, day_us(0, 10), "OTC2") == []
    assert len(alerts(room, day_us(0, 10), "BK1")) == len(alerts(room, day_us(0, 10), None)) == 4


def test_it_never_stops_a_payment() -> None:
    engine = monitored_engine()
    sell(engine, 2 * MILLION)
    tick(engine, day_us(0, 2))
    assert books(engine).levels["COMPANY|OTC1"].level is Level.RED
    buy(engine, 100)


def test_below_the_turnover_of_the_row_nothing_is_said() -> None:
    engine = monitored_engine()
    sell(engine, MILLION)
    assert levels(tick(engine, day_us(0, 2))) == []
    sell(engine, MILLION // 2)
    assert levels(tick(engine, day_us(0, 4))) != []


def test_between_looks_the_row_says_how_long_nothing_is_measured() -> None:
    engine = monitored_engine({"offshore.monitor.interval_minutes": 30})
    tick(engine, day_us(0))
    sell(engine, 1)
    tick(engine, day_us(0, 1))
    sell(engine, 2 * MILLION)
    assert levels(tick(engine, day_us(0, 29))) == []
    assert levels(tick(engine, day_us(0, 31))) != []


def test_money_between_accounts_of_one_holder_and_across_the_second_line_is_no_trade() -> None:
    engine = monitored_engine()
    order = book_order("DOM-OTC1", 100, currency="CNY", purpose="CURR")
    send(engine, "otc1-treasurer", instruct(order))
    assert books(engine).series == {}


def test_a_payment_between_two_listed_companies_counts_for_both() -> None:
    engine = monitored_engine()
    accepted(send(engine, "otc1-treasurer", instruct(book_order("FTE-OTC2", 100))))
    series = books(engine).series
    day = datetime.date(2026, 11, 23).toordinal()
    assert series["COMPANY|OTC1"].days[day]["USD"] == Flow(0, 100)
    assert series["COMPANY|OTC2"].days[day]["USD"] == Flow(100, 0)
    assert series["BANK|BK1"].days[day]["USD"] == Flow(0, 100)
    assert series["BANK|BK2"].days[day]["USD"] == Flow(100, 0)


def test_what_leaves_the_window_counts_no_more() -> None:
    engine = monitored_engine()
    sell(engine, 2 * MILLION)
    tick(engine, day_us(0, 2))
    at(engine, day_us(30))
    buy(engine, 2 * MILLION)
    assert levels(tick(engine, day_us(30, 2)))[0] == ("COMPANY|OTC1", Level.GREEN)
    assert levels(tick(engine, day_us(89))) == []
    (company, _) = found(tick(engine, day_us(90)), DeviationLevelChanged)
    assert (company.alert.level, company.alert.ratio_bp) == (Level.RED, RATIO_MAX_BP)
    assert company.alert.receipts_fen == 0
    assert levels(tick(engine, day_us(120)))[0] == ("COMPANY|OTC1", Level.GREEN)


def test_the_plot_shows_each_days_flows_and_the_ratio_that_held_then() -> None:
    engine = monitored_engine()
    sell(engine, 2 * MILLION)
    tick(engine, day_us(0, 2))
    at(engine, day_us(10))
    buy(engine, MILLION)
    tick(engine, day_us(95))
    room, rules = engine.centre.offshore, engine.centre.rules
    (company,) = deviations(room, rules, day_us(95), "OTC1")
    points = {point.date: point for point in company.points}
    assert len(points) == 90
    paid = points[datetime.date(2026, 12, 3)]
    assert (paid.receipts_fen, paid.payments_fen) == (0, 7_100_000_00)
    assert (paid.ratio_bp, paid.window_receipts_fen) == (5_000, 14_200_000_00)
    last = points[datetime.date(2027, 2, 26)]
    assert (last.ratio_bp, company.now.ratio_bp) == (RATIO_MAX_BP, RATIO_MAX_BP)
    assert len(deviations(room, rules, day_us(95), "BK1")) == 2
    assert deviations(room, rules, day_us(95), "OTC2") == []


@pytest.mark.parametrize("window", [3, 7, 30])
def test_rolled_sums_equal_a_plain_addition(window: int) -> None:
    series, plain = Series(rolled_from=100, rolled_to=100), {}
    for today in range(100, 160):
        if today % 5:
            series.days[today] = {"USD": Flow(today, 2 * today)}
            plain[today] = today
        first = today - window + 1
        expected = sum(amount for day, amount in plain.items() if first <= day <= today)
        flow = flows_of(series, first, today).get("USD", Flow())
        assert (flow.receipts, flow.payments) == (expected, 2 * expected)
        if today % 4 == 0:
            roll(series, first, today, first - window)
            flow = flows_of(series, first, today).get("USD", Flow())
            assert (flow.receipts, flow.payments) == (expected, 2 * expected)
