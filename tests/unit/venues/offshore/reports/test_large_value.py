"""Large values: the thresholds to the cent, one-sided sums, the rates, the last day, and filing once."""

import datetime

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, refused, send
from tests.support.offshore import (
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
)
from tests.support.reports import MONDAY, breaks_in, close_day, records, text

from huangpu.core.calendar import DAY_US
from huangpu.core.message import Command
from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.accounts import AddAccountCurrency, OpenNostro
from huangpu.venues.offshore.monitoring.rates import SetReferenceRates
from huangpu.venues.offshore.reports import views
from huangpu.venues.offshore.reports.books import FileKind, LargeValueReport, LargeValueState
from huangpu.venues.offshore.reports.large_value import FileLargeValueReport


def reports(engine: Engine) -> list[tuple[str, str, str, int | None]]:
    found = engine.centre.offshore.books.reports.large_values
    return [(one.company, one.direction, one.group, one.equivalent) for one in found]


def day_of(*commands: tuple[str, Command]) -> Engine:
    engine = offshore_engine()
    for by, command in commands:
        accepted(send(engine, by, command))
    close_day(engine)
    return engine


def pay(amount: int) -> tuple[str, Command]:
    return "otc1-treasurer", instruct(overseas_order(amount))


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([199_999_99], []),
        ([200_000_00], [("OTC1", "OUT", "FOREIGN", 200_000_00)]),
        ([100_000_00, 99_999_99], []),
        ([100_000_00, 100_000_00], [("OTC1", "OUT", "FOREIGN", 200_000_00)]),
    ],
)
def test_the_threshold_binds_single_or_summed(
    amounts: list[int], expected: list[tuple[str, str, str, int]]
) -> None:
    assert reports(day_of(*map(pay, amounts))) == expected


def test_payments_and_receipts_are_not_added_up() -> None:
    engine = day_of(pay(150_000_00), ("ovb-desk", receive(inward_order(150_000_00))))
    assert reports(engine) == []


def test_both_companies_of_a_transfer_are_reported() -> None:
    engine = day_of(("otc1-treasurer", instruct(book_order("FTN-SUP1", 250_000_00))))
    assert reports(engine) == [
        ("OTC1", "OUT", "FOREIGN", 250_000_00),
        ("SUP1", "IN", "FOREIGN", 250_000_00),
    ]


def test_cny_has_its_own_threshold() -> None:
    accounts = ("bk1-maker", AddAccountCurrency(account_id="FTN-SUP1", currency="CNY"))
    order = book_order("FTN-SUP1", 2_000_000_00, currency="CNY")
    engine = day_of(accounts, ("otc1-treasurer", instruct(order)))
    assert reports(engine) == [
        ("OTC1", "OUT", "CNY", 2_000_000_00),
        ("SUP1", "IN", "CNY", 2_000_000_00),
    ]
    order = book_order("FTN-SUP1", 1_999_999_99, currency="CNY")
    assert reports(day_of(accounts, ("otc1-treasurer", instruct(order)))) == []


def euro_day(rates: dict[str, int]) -> Engine:
    """OTC1 gets EUR 185,000 and USD 1: at 7.80 and 7.20 that is just over the threshold."""
    engine = offshore_engine()
    if rates:
        accepted(send(engine, "operator", SetReferenceRates(date=MONDAY, rates=rates)))
    for by, command in (
        ("bk1-maker", AddAccountCurrency(account_id="FTE-OTC1", currency="EUR")),
        ("bk1-maker", OpenNostro(bank="BK1", correspondent="OVB", currency="EUR")),
        ("ovb-desk", receive(inward_order(185_000_00, currency="EUR"))),
        ("ovb-desk", receive(inward_order(1_00))),
    ):
        accepted(send(engine, by, command))
    return engine


def test_currencies_are_added_up_by_the_rates_of_the_day() -> None:
    engine = euro_day({"EUR": 7_800_000, "USD": 7_200_000})
    told = close_day(engine)
    assert breaks_in(told) == []
    # 18,500,000 cents x 7.8 / 7.2 + 100 cents, rounded down.
    assert reports(engine) == [("OTC1", "IN", "FOREIGN", 20_041_766)]
    rows = records(text(engine, "BK1-SAU", FileKind.TRANSACTIONS))
    found = {row["currency"]: (row["cny_equivalent"], row["rate"]) for row in rows if row["uetr"]}
    assert found == {"EUR": ("1443000.00", "7800000"), "USD": ("7.20", "7200000")}


def test_a_sum_that_cannot_be_measured_is_reported() -> None:
    engine = euro_day({"USD": 7_200_000})
    assert [one.subject for one in breaks_in(close_day(engine))] == ["EUR"]
    assert reports(engine) == [("OTC1", "IN", "FOREIGN", None)]


def test_a_rate_of_a_later_day_changes_nothing_of_the_day_before() -> None:
    engine = euro_day({"EUR": 7_800_000, "USD": 7_200_000})
    at_us = MONDAY_0930_US + DAY_US
    later = SetReferenceRates(date=MONDAY + datetime.timedelta(days=1), rates={"EUR": 1})
    accepted(send(engine, "operator", later, at_us=at_us))
    close_day(engine)
    assert reports(engine) == [("OTC1", "IN", "FOREIGN", 20_041_766)]


def report_of(engine: Engine, number: int = 0) -> LargeValueReport:
    return engine.centre.offshore.books.reports.large_values[number]


def test_the_last_day_is_the_fifth_business_day_and_then_it_is_overdue() -> None:
    engine = day_of(pay(200_000_00))
    monday_after = MONDAY + datetime.timedelta(days=7)
    assert report_of(engine).due == monday_after
    room = engine.centre.offshore
    for date, overdue in ((monday_after, False), (monday_after + datetime.timedelta(1), True)):
        found = list(views.large_values(room, institution="BK1", date=date))
        assert [one.overdue for one in found] == [overdue]
    for other in ("BK2", "OTC1", "OVB"):
        assert list(views.large_values(room, institution=other, date=MONDAY)) == []


def test_a_report_is_filed_once_by_its_bank() -> None:
    engine = day_of(pay(200_000_00))
    command = FileLargeValueReport(report=0, reference="CAMLMAC-2026-1")
    at_us = MONDAY_0930_US + DAY_US
    assert refused(send(engine, "bk2-maker", command)).reason is Reason.NOT_YOUR_INSTITUTION
    empty = FileLargeValueReport(report=0, reference="")
    assert refused(send(engine, "bk1-maker", empty)).reason is Reason.FIELD_OUT_OF_RANGE
    accepted(send(engine, "bk1-maker", command, at_us=at_us))
    found = report_of(engine)
    assert (found.state, found.reference) == (LargeValueState.FILED, "CAMLMAC-2026-1")
    assert (found.filed_by, found.filed_us) == ("bk1-maker", at_us)
    again = refused(send(engine, "bk1-maker", FileLargeValueReport(report=0, reference="2")))
    assert again.reason is Reason.REPORT_STATE_WRONG
    unknown = refused(send(engine, "bk1-maker", FileLargeValueReport(report=7, reference="2")))
    assert unknown.reason is Reason.REPORT_UNKNOWN
