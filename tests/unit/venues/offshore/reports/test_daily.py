"""Daily files: what a record says, that files are complete, chained, derived anew, and corrected by four eyes."""

import datetime

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, load_rules, refused, send
from tests.support.offshore import (
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)
from tests.support.reports import (
    MONDAY,
    UNITS,
    breaks_in,
    check_stream,
    close_day,
    records,
    text,
)

from huangpu.core.calendar import DAY_US
from huangpu.core.reasons import Reason
from huangpu.engine.centre import Centre
from huangpu.engine.replay import replayed
from huangpu.engine.writer import Engine
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.reports import daily
from huangpu.venues.offshore.reports.books import BreakKind, FileKind
from huangpu.venues.offshore.reports.corrections import (
    CorrectReportRecord,
    DecideReportCorrection,
)
from huangpu.venues.offshore.reports.files import line_of
from huangpu.venues.offshore.reports.record import FIELDS

TRANSACTIONS, BALANCES, CORRECTIONS = FileKind


def a_day() -> Engine:
    engine = offshore_engine()
    for by, command in (
        ("otc1-treasurer", instruct(overseas_order(900_000_00, uetr=uetr(1)))),
        ("otc1-treasurer", instruct(book_order("FTN-SUP1", 4_000_00, uetr=uetr(2)))),
        ("otc1-treasurer", instruct(book_order("NRA-BUY2", 1_00, uetr=uetr(3)))),
        ("otc1-treasurer", instruct(book_order("FTE-OTC2", 50_00, uetr=uetr(4)))),
        ("ovb-desk", receive(inward_order(1_250_000_00, uetr=uetr(5)))),
    ):
        accepted(send(engine, by, command))
    return engine


def payments_in(file: str) -> list[tuple[str, ...]]:
    names = ("account", "counter_class", "line", "direction", "amount", "bop_code", "rule")
    return [
        tuple(row[name] for name in names) for row in records(file) if row["record"] == "PAYMENT"
    ]


def test_a_payment_is_in_the_file_of_each_unit_that_it_touches() -> None:
    engine = a_day()
    close_day(engine)
    assert payments_in(text(engine, "BK1-SAU", TRANSACTIONS)) == [
        ("FTE-OTC1", "OVS", "1", "OUT", "900000.00", "122010", "R-04"),
        ("FTE-OTC1", "FTN", "1", "WITHIN", "4000.00", "", "R-02"),
        ("FTE-OTC1", "NRA", "1", "OUT", "1.00", "", "R-05"),
        ("FTE-OTC1", "FTE", "1", "OUT", "50.00", "", "R-01"),
        ("FTE-OTC1", "OVS", "1", "IN", "1250000.00", "", "R-04"),
    ]
    assert payments_in(text(engine, "BK2-SAU", TRANSACTIONS)) == [
        ("FTE-OTC2", "FTE", "1", "IN", "50.00", "", "R-01")
    ]


def test_a_record_names_everything_that_b7_asks_for() -> None:
    engine = a_day()
    close_day(engine)
    company = engine.centre.registry.institutions["OTC1"]
    found = next(
        row for row in records(text(engine, "BK1-SAU", TRANSACTIONS)) if row["uetr"] == uetr(1)
    )
    assert tuple(found) == FIELDS
    expected = {
        "account_class": "FTE",
        "counter_account": "HK-SUPPLIER-1",
        "same_name": "N",
        "currency": "USD",
        "trade_type": "RESALE",
        "counterparty_country": "HK",
        "holder_code": company.uscc,
        "value_date": "2026-11-23",
    }
    assert {name: found[name] for name in expected} == expected


def test_records_add_up_to_the_balances() -> None:
    """Every movement of an FT account is a record, with a payment or without."""
    engine = a_day()
    close_day(engine)
    for unit in UNITS:
        moved: dict[str, int] = {}
        for row in records(text(engine, unit, TRANSACTIONS)):
            amount = round(float(row["amount"]) * 100)
            name = f"{row['account']}/{row['currency']}"
            moved[name] = moved.get(name, 0) + (amount if row["direction"] == "IN" else -amount)
            if row["direction"] == "WITHIN":
                other = f"{row['counter_account']}/{row['currency']}"
                moved[other] = moved.get(other, 0) + amount
        for row in records(text(engine, unit, BALANCES)):
            if row["kind"] in ("FTE", "FTN", "FTU"):
                change = round(float(row["closing"]) * 100) - round(float(row["opening"]) * 100)
                assert moved.pop(row["account"]) == change, row
        assert moved == {}


def test_an_empty_day_has_its_files() -> None:
    engine = a_day()
    for days in (1, 2, 3):
        close_day(engine, days)
    for unit in UNITS:
        for kind in (TRANSACTIONS, BALANCES):
            assert len(check_stream(engine, unit, kind)) == 3
    assert records(text(engine, "BK1-SAU", TRANSACTIONS, 3)) == []
    opening = {
        row["opening"] == row["closing"] for row in records(text(engine, "BK1-SAU", BALANCES, 3))
    }
    assert opening == {True}


def test_a_day_is_closed_once_and_only_when_it_is_over() -> None:
    engine = a_day()
    assert daily.ReportingDayClosed not in map(
        type, accepted(send(engine, "clock", Tick(), at_us=MONDAY_0930_US + 60)).outcome
    )
    close_day(engine)
    again = accepted(send(engine, "clock", Tick(), at_us=MONDAY_0930_US + DAY_US + 1)).outcome
    assert not any("Report" in type(event).__name__ for event in again)


def test_days_that_were_missed_are_closed_one_after_another() -> None:
    engine = a_day()
    for _ in range(4):
        accepted(send(engine, "clock", Tick(), at_us=MONDAY_0930_US + 4 * DAY_US))
    assert engine.centre.offshore.books.reports.closed == MONDAY + datetime.timedelta(days=3)
    assert len(check_stream(engine, "BK1-SAU", TRANSACTIONS)) == 4


def test_a_large_day_is_closed_slice_by_slice_into_the_same_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = a_day()
    close_day(whole)
    for rows in (1, 3, 7):
        monkeypatch.setattr(daily, "SLICE_ROWS", rows)
        engine = a_day()
        told = close_day(engine)
        assert sum(isinstance(event, daily.ReportingDayAdvanced) for event in told) > 2
        for unit in UNITS:
            for kind in (TRANSACTIONS, BALANCES):
                assert text(engine, unit, kind) == text(whole, unit, kind)


def test_files_are_the_same_after_a_replay_and_after_a_reload() -> None:
    engine = a_day()
    close_day(engine)
    before = {
        (unit, kind): text(engine, unit, kind)
        for unit in UNITS
        for kind in (TRANSACTIONS, BALANCES)
    }
    accepted(send(engine, "otc1-treasurer", instruct(overseas_order(10_000_00))))
    close_day(engine, 2)
    loaded = Centre.load(load_rules(), engine.centre.dump())
    played = Centre(load_rules())
    for _ in replayed(played, engine.entries(1)):
        pass
    for centre in (loaded, played):
        engine.centre = centre
        assert {key: text(engine, *key) for key in before} == before


def test_a_currency_without_a_rate_has_no_equivalent_and_opens_a_break() -> None:
    engine = a_day()
    found = breaks_in(close_day(engine))
    assert [(one.kind, one.bank, one.subject) for one in found] == [
        (BreakKind.RATE_MISSING, "BK1", "USD"),
        (BreakKind.RATE_MISSING, "BK2", "USD"),
    ]
    rows = records(text(engine, "BK1-SAU", TRANSACTIONS))
    assert {row["cny_equivalent"] for row in rows if row["currency"] == "USD"} == {""}
    assert {row["rate"] for row in rows if row["currency"] == "USD"} == {""}


def proposed(engine: Engine, **changes: str) -> CorrectReportRecord:
    row = next(
        row for row in records(text(engine, "BK1-SAU", TRANSACTIONS)) if row["uetr"] == uetr(1)
    )
    return CorrectReportRecord(
        unit="BK1-SAU",
        date=MONDAY,
        sequence=int(row["sequence"]),
        changes=changes,
        cause="code of the year before",
    )


def test_a_correction_is_a_file_with_the_original_key() -> None:
    engine = a_day()
    close_day(engine)
    accepted(send(engine, "bk1-maker", proposed(engine, bop_code="121010")))
    assert check_stream(engine, "BK1-SAU", CORRECTIONS) == []
    decide = DecideReportCorrection(correction=0, approve=True)
    accepted(send(engine, "bk1-checker", decide))
    accepted(send(engine, "bk1-maker", proposed(engine, trade_type="PROJECT_BUY")))
    accepted(send(engine, "bk1-checker", DecideReportCorrection(correction=1, approve=True)))
    first, second = check_stream(engine, "BK1-SAU", CORRECTIONS)
    row = records(first)[0]
    assert (row["original_date"], row["uetr"], row["bop_code"]) == ("2026-11-23", uetr(1), "121010")
    assert row["original_sequence"] == str(proposed(engine).sequence)
    row = records(second)[0]
    assert (row["trade_type"], row["bop_code"]) == ("PROJECT_BUY", "121010")
    assert refused(send(engine, "bk1-checker", decide)).reason is Reason.REPORT_STATE_WRONG


def test_nobody_approves_the_own_correction() -> None:
    engine = a_day()
    close_day(engine)
    accepted(send(engine, "bk1-checker", proposed(engine, bop_code="121010")))
    decide = DecideReportCorrection(correction=0, approve=True)
    assert refused(send(engine, "bk1-checker", decide)).reason is Reason.OWN_ACT_NOT_APPROVABLE
    assert refused(send(engine, "bk1-maker", decide)).reason is Reason.PERMISSION_MISSING
    assert refused(send(engine, "bk2-checker", decide)).reason is Reason.NOT_YOUR_INSTITUTION


def test_a_declined_correction_makes_no_file() -> None:
    engine = a_day()
    close_day(engine)
    accepted(send(engine, "bk1-maker", proposed(engine, bop_code="121010")))
    accepted(send(engine, "bk1-checker", DecideReportCorrection(correction=0, approve=False)))
    assert check_stream(engine, "BK1-SAU", CORRECTIONS) == []


@pytest.mark.parametrize(
    ("by", "changes", "reason"),
    [
        ("bk1-maker", {"amount": "1.00"}, Reason.FIELD_OUT_OF_RANGE),
        ("bk1-maker", {"uetr": uetr(9)}, Reason.FIELD_OUT_OF_RANGE),
        ("bk1-maker", {}, Reason.FIELD_OUT_OF_RANGE),
        ("bk1-maker", {"bop_code": "a\nb"}, Reason.FIELD_OUT_OF_RANGE),
        ("bk2-maker", {"bop_code": "121010"}, Reason.NOT_YOUR_INSTITUTION),
    ],
)
def test_what_cannot_be_corrected(by: str, changes: dict[str, str], reason: Reason) -> None:
    engine = a_day()
    close_day(engine)
    assert refused(send(engine, by, proposed(engine, **changes))).reason is reason


def test_a_record_that_is_not_there_cannot_be_corrected() -> None:
    engine = a_day()
    close_day(engine)
    for date, sequence in ((MONDAY, 0), (MONDAY, 99), (MONDAY + datetime.timedelta(days=1), 1)):
        command = CorrectReportRecord(
            unit="BK1-SAU", date=date, sequence=sequence, changes={"bop_code": "1"}, cause="x"
        )
        assert refused(send(engine, "bk1-maker", command)).reason is Reason.REPORT_UNKNOWN


def test_a_name_with_a_comma_stays_one_field() -> None:
    assert line_of(("D", 'a,"b"', "c\nd")) == 'D,"a,""b""",c d'
