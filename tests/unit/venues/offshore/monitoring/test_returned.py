"""Figures net of returns: the day's limits, the flows of the deviation, trades, goods and circles."""

import datetime

import pytest
from tests.support.centre import accepted, refused, send
from tests.support.monitoring import at, books, buy, day_us, enrich, monitored_engine, sell, tick
from tests.support.offshore import book_order, instruct, overseas_order
from tests.support.recalls import give_back, take_back

from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.monitoring.books import Finding, FindingKind, Flow, LimitKind
from huangpu.venues.offshore.monitoring.deviation import flows_of
from huangpu.venues.offshore.monitoring.limits import SetLimit
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal

THOUSAND = 1_000_00
MONDAY = datetime.date(2026, 11, 23).toordinal()


def sent_back(engine: Engine, name: str, amount: int) -> None:
    accepted(send(engine, "ovb-desk", take_back(name, amount)))


def given_back(engine: Engine, name: str) -> None:
    accepted(send(engine, "bk1-officer", give_back(name)))


def flow(engine: Engine, subject: str, days: int = 0) -> Flow:
    last = MONDAY + days
    return flows_of(books(engine).series[subject], last - 89, last).get("USD", Flow())


def of(engine: Engine, kind: FindingKind) -> list[Finding]:
    return [finding for finding in books(engine).findings if finding.kind is kind]


def limited(value: int) -> Engine:
    engine = monitored_engine()
    limit = SetLimit(kind=LimitKind.DAY, value=value, customer="OTC1")
    accepted(send(engine, "bk1-checker", limit))
    accepted(send(engine, "bk1-officer", ApproveProposal(number=0)))
    return engine


def test_what_comes_back_on_the_day_may_be_paid_again() -> None:
    engine = limited(100 * THOUSAND * 71 // 10)
    first = buy(engine, 100 * THOUSAND)
    again = instruct(overseas_order(100 * THOUSAND))
    assert refused(send(engine, "otc1-treasurer", again)).reason is Reason.AGREED_LIMIT_EXCEEDED
    sent_back(engine, first, 100 * THOUSAND)
    buy(engine, 100 * THOUSAND)
    use = books(engine).uses["BK1|OTC1"]
    assert (use.payments, use.sums) == (2, {"USD": 100 * THOUSAND})
    assert use.counterparties == {"TSTCHKHHXXX|HK-SUPPLIER-1|USD": 100 * THOUSAND}
    assert use.countries == {"HK|USD": 100 * THOUSAND}


def test_what_comes_back_on_another_day_makes_no_room_there() -> None:
    engine = limited(100 * THOUSAND * 71 // 10)
    first = buy(engine, 100 * THOUSAND)
    at(engine, day_us(1))
    buy(engine, 1 * THOUSAND)
    sent_back(engine, first, 100 * THOUSAND)
    assert books(engine).uses["BK1|OTC1"].sums == {"USD": 1 * THOUSAND}


@pytest.mark.parametrize("days", [0, 1, 60])
def test_a_return_lowers_what_was_paid_and_received(days: int) -> None:
    engine = monitored_engine()
    sold, bought = sell(engine, 50 * THOUSAND), buy(engine, 40 * THOUSAND)
    sell(engine, 7 * THOUSAND)
    buy(engine, 6 * THOUSAND)
    tick(engine, day_us(days))
    if days < 10:
        given_back(engine, sold)
    sent_back(engine, bought, 40 * THOUSAND)
    expected = Flow(7 * THOUSAND if days < 10 else 57 * THOUSAND, 6 * THOUSAND)
    for subject in ("COMPANY|OTC1", "BANK|BK1"):
        assert flow(engine, subject, days) == expected
        assert subject in books(engine).touched


def test_a_return_of_a_payment_outside_the_window_changes_no_flow() -> None:
    engine = monitored_engine()
    bought = buy(engine, 40 * THOUSAND)
    tick(engine, day_us(1))
    for days in (95, 400):
        tick(engine, day_us(days))
        buy(engine, 1 * THOUSAND)
    sent_back(engine, bought, 40 * THOUSAND)
    assert flow(engine, "COMPANY|OTC1", 400) == Flow(0, 1 * THOUSAND)


def test_a_payment_before_the_company_was_counted_is_not_taken_back() -> None:
    """Without the number of the first payment counted, the flow of a company listed later would fall below what it is."""
    engine = monitored_engine()
    room = engine.centre.offshore
    listing = room.books.listings.pop("OTC1")
    early = sell(engine, 50 * THOUSAND)
    room.books.listings["OTC1"] = listing
    sell(engine, 60 * THOUSAND)
    given_back(engine, early)
    assert flow(engine, "COMPANY|OTC1") == Flow(60 * THOUSAND, 0)


def test_a_return_is_no_round_trip_and_neither_is_what_is_paid_instead() -> None:
    engine = monitored_engine()
    first = sell(engine, 100 * THOUSAND, debtor_account="HK-X")
    given_back(engine, first)
    buy(engine, 100 * THOUSAND, creditor_account="HK-X")
    tick(engine, day_us(0, 2))
    assert of(engine, FindingKind.ROUND_TRIP) == []
    sell(engine, 100 * THOUSAND, debtor_account="HK-X")
    tick(engine, day_us(0, 4))
    assert len(of(engine, FindingKind.ROUND_TRIP)) == 1


def test_goods_paid_again_after_a_return_are_not_paid_twice() -> None:
    engine = monitored_engine()
    enrich(engine)
    changes = {"goods": "copper cathode", "trade_reference": "T1"}
    first = buy(engine, 100 * THOUSAND, **changes)
    sent_back(engine, first, 100 * THOUSAND)
    buy(engine, 100 * THOUSAND, **{**changes, "trade_reference": "T2"})
    tick(engine, day_us(0, 2))
    assert of(engine, FindingKind.SAME_GOODS_TWICE) == []
    buy(engine, 100 * THOUSAND, **{**changes, "trade_reference": "T3"})
    tick(engine, day_us(0, 4))
    assert len(of(engine, FindingKind.SAME_GOODS_TWICE)) == 1


def test_a_trade_is_what_is_left_of_it() -> None:
    engine = monitored_engine()
    sell(engine, 100 * THOUSAND, trade_reference="T1")
    wrong = buy(engine, 10 * THOUSAND, trade_reference="T1")
    buy(engine, 80 * THOUSAND, trade_reference="T1")
    alone = buy(engine, 5 * THOUSAND, trade_reference="T2")
    for name, amount in ((wrong, 10 * THOUSAND), (alone, 5 * THOUSAND)):
        sent_back(engine, name, amount)
    trades = books(engine).trades
    assert trades["OTC1|T1"].bought == {"USD": 80 * THOUSAND}
    assert trades["OTC1|T2"].bought == {}
    for days in (4, 91, 92):
        tick(engine, day_us(days))
    assert of(engine, FindingKind.LEG_UNMATCHED) == of(engine, FindingKind.MARGIN_OUT_OF_BAND) == []


def test_a_return_inside_the_zone_lowers_both_companies() -> None:
    engine = monitored_engine()
    order = book_order("FTE-OTC2", 9 * THOUSAND)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    accepted(send(engine, "bk2-officer", give_back(order.uetr)))
    for subject in ("COMPANY|OTC1", "COMPANY|OTC2", "BANK|BK1", "BANK|BK2"):
        assert flow(engine, subject) == Flow(0, 0)
