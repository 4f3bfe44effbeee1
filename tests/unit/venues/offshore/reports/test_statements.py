"""Statements: complete over all venues, closing = opening + entries, shown to holder and bank only."""

import datetime

from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.offshore import (
    balance,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)
from tests.support.reports import MONDAY

from huangpu.core.calendar import DAY_US
from huangpu.engine.writer import Engine
from huangpu.ledger.accounts import Side
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import Leg
from huangpu.venues.offshore.payments.words import InstructPaymentBatch
from huangpu.venues.offshore.reports.statements import DayStatement, statement, table_of

TUESDAY = MONDAY + datetime.timedelta(days=1)


def shown(
    engine: Engine,
    account: str = "FTE-OTC1",
    currency: str = "USD",
    *,
    dates: tuple[datetime.date, datetime.date] = (MONDAY, MONDAY),
    institution: str | None = None,
) -> DayStatement | None:
    return statement(
        engine.centre.offshore,
        account,
        currency,
        dates,
        now_us=engine.last_at_us,
        institution=institution,
    )


def found_in(engine: Engine, account: str = "FTE-OTC1") -> DayStatement:
    found = shown(engine, account)
    assert found is not None
    return found


def two_days() -> Engine:
    engine = offshore_engine()
    accepted(send(engine, "otc1-treasurer", instruct(overseas_order(900_000_00, uetr=uetr(1)))))
    orders = [book_order("FTN-SUP1", 10_00, uetr=uetr(n)) for n in (2, 3)]
    batch = InstructPaymentBatch(message_id="B1", bank="BK1", orders=orders)
    accepted(send(engine, "otc1-treasurer", batch))
    inward = receive(inward_order(5_00, uetr=uetr(4), end_to_end_id="E4", remittance="invoice 4"))
    accepted(send(engine, "ovb-desk", inward, at_us=MONDAY_0930_US + DAY_US))
    return engine


def test_a_statement_lists_every_entry_with_its_payment() -> None:
    found = found_in(two_days())
    assert [
        (one.kind, one.side, one.amount, one.booked_after, one.uetr) for one in found.entries
    ] == [
        ("OPENING", Side.CREDIT, 1_000_000_00, 1_000_000_00, ""),
        ("PAYMENT", Side.DEBIT, 900_000_00, 100_000_00, uetr(1)),
        ("PAYMENT", Side.DEBIT, 10_00, 99_990_00, uetr(2)),
        ("PAYMENT", Side.DEBIT, 10_00, 99_980_00, uetr(3)),
    ]
    assert (found.opening, found.closing) == (0, 99_980_00)
    assert (found.credits, found.credit_entries, found.debits, found.debit_entries) == (
        1_000_000_00,
        1,
        900_020_00,
        3,
    )


def test_the_next_day_opens_where_the_day_closed() -> None:
    engine = two_days()
    found = shown(engine, dates=(TUESDAY, TUESDAY))
    assert found is not None
    entry = found.entries[0]
    assert (found.opening, found.closing) == (99_980_00, 99_985_00)
    assert (entry.end_to_end_id, entry.remittance, entry.bank_transaction_code) == (
        "E4",
        "invoice 4",
        "PMNT/RCDT/XBCT",
    )
    both = shown(engine, dates=(MONDAY, TUESDAY))
    assert both is not None
    assert (both.opening, both.closing, len(both.entries)) == (0, 99_985_00, 5)
    assert both.closing == balance(engine, "FTE-OTC1/USD")


def test_a_day_before_everything_and_a_day_without_entries_are_empty() -> None:
    engine = two_days()
    for date, opening in (
        (MONDAY - datetime.timedelta(1), 0),
        (TUESDAY + datetime.timedelta(1), 99_985_00),
    ):
        found = shown(engine, dates=(date, date))
        assert found is not None
        assert (found.opening, found.closing, found.entries) == (opening, opening, [])


def test_a_movement_of_another_venue_is_an_entry() -> None:
    engine = two_days()
    ledger = engine.centre.ledger
    debit, credit = ledger.number("FTE-OTC1/USD"), ledger.number("FTE-OTC3/USD")
    assert debit is not None
    assert credit is not None
    stamp = engine.centre.stamp(engine.next_seq, engine.last_at_us, "operator")
    legs = [Leg(0, debit, credit, 7_00)]
    engine.centre.apply([LegsPosted(legs=legs)], stamp)
    found = shown(engine, dates=(TUESDAY, TUESDAY))
    assert found is not None
    entry = found.entries[-1]
    assert (entry.kind, entry.amount, entry.counter_account) == ("OTHER", 7_00, "FTE-OTC3/USD")
    assert entry.bank_transaction_code == "PMNT/MDOP/OTHR"
    assert found.closing == balance(engine, "FTE-OTC1/USD")


def test_a_statement_is_its_holders_and_its_banks() -> None:
    engine = two_days()
    for reader in (None, "OTC1", "BK1"):
        assert shown(engine, institution=reader) is not None
    for reader in ("OTC2", "BK2", "OVB", "ZONE"):
        assert shown(engine, institution=reader) is None
    assert shown(engine, currency="EUR") is None
    assert shown(engine, "NOSTRO-BK1@OVB") is None


def test_dates_at_the_end_of_time_are_only_compared() -> None:
    engine = two_days()
    found = shown(engine, dates=(datetime.date.min, datetime.date.max))
    assert found is not None
    assert len(found.entries) == 5
    backwards = shown(engine, dates=(datetime.date.max, datetime.date.min))
    assert backwards is not None
    assert backwards.entries == []


def test_the_table_of_a_statement_is_rectangular_and_closes() -> None:
    table = list(table_of(found_in(two_days())))
    assert len({len(row) for row in table}) == 1
    assert table[1][5] == 0
    assert table[-1][5] == 99_980_00
