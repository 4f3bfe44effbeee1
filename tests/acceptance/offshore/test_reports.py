"""Runs the tables of reporting and reconciliation (domain note B7 and C9)."""

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.fx import accept, fx_engine, quoted
from tests.support.offshore import (
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)
from tests.support.recalls import give_back, paid, take_back
from tests.support.reports import MONDAY, breaks_in, close_day, records, text

from huangpu.core.calendar import DAY_US
from huangpu.engine.writer import Engine
from huangpu.ledger.accounts import Side
from huangpu.venues.offshore.accounts import AddAccountCurrency, OpenNostro
from huangpu.venues.offshore.monitoring.rates import SetReferenceRates
from huangpu.venues.offshore.reports import reconciliation
from huangpu.venues.offshore.reports.books import FileKind, Item
from huangpu.venues.offshore.reports.statements import statement
from huangpu.venues.offshore.state import Nostro

FOLDER = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    """Read a table whose columns stand where its heading stands."""
    lines = [line for line in (FOLDER / name).read_text().splitlines() if line and line[0] != "#"]
    starts = [match.start() for match in re.finditer(r"\S+", lines[0])]
    ends = [*starts[1:], None]
    names = lines[0].split()
    return [
        {
            name: line[start:end].strip()
            for name, start, end in zip(names, starts, ends, strict=True)
        }
        for line in lines[1:]
    ]


def minor(told: str) -> int:
    assert len(told.partition(".")[2]) == 2, told
    return int(told.replace(".", ""))


def item_of(told: str) -> Item:
    number, side, amount, day = told.split(":")
    return Item(
        amount=minor(amount),
        side=Side(side),
        value_date=datetime.date(2026, 11, int(day)),
        uetr="" if number == "-" else uetr(int(number)),
    )


@pytest.mark.parametrize("row", rows("c9_statement.table"), ids=lambda row: row["case"])
def test_a_statement_is_compared_entry_by_entry(row: dict[str, str]) -> None:
    engine = offshore_engine()
    accepted(send(engine, "otc1-treasurer", instruct(overseas_order(900_000_00, uetr=uetr(1)))))
    for number, amount in ((2, 1_250_000_00), (3, 70_00)):
        accepted(send(engine, "ovb-desk", receive(inward_order(amount, uetr=uetr(number)))))
    room = engine.centre.offshore
    nostro = Nostro("BK1", "OVB", "USD")
    brought_in = reconciliation.mirror_items(room, nostro, MONDAY, MONDAY)[:1]
    told = [] if row["there"] == "-" else [item_of(one) for one in row["there"].split()]
    entries = [*brought_in, *told]
    closing = sum(one.amount if one.side is Side.CREDIT else -one.amount for one in entries)
    command = reconciliation.ReceiveCorrespondentStatement(
        bank="BK1",
        correspondent="OVB",
        currency="USD",
        date=MONDAY,
        opening=0,
        closing=closing,
        entries=entries,
    )
    entry = accepted(send(engine, "ovb-desk", command, at_us=MONDAY_0930_US + DAY_US))
    assert isinstance(entry.outcome, list)
    names = {uetr(number): str(number) for number in range(1, 10)} | {"": "-"}
    found = [f"{one.kind}={names[one.subject]}" for one in breaks_in(entry.outcome)]
    assert (" ".join(found) or "-") == row["breaks"]


@pytest.mark.parametrize("row", rows("b7_beside.table"), ids=lambda row: row["case"])
def test_what_moves_money_beside_payments_is_named(row: dict[str, str]) -> None:
    engine = fx_engine()
    for step in row["steps"].split():
        what, _, amount = step.partition(":")
        PLAYS[what](engine, minor(amount) if amount else 0)
    found = statement(
        engine.centre.offshore,
        row["account"],
        row["currency"],
        (MONDAY, MONDAY),
        now_us=engine.last_at_us,
        institution=None,
    )
    assert found is not None
    told = [
        f"{one.kind}:{one.side}:{one.bank_transaction_code}"
        for one in found.entries
        if one.kind != "OPENING"
    ]
    assert " ".join(told) == row["statement"]
    close_day(engine)
    lines = records(text(engine, "BK1-SAU", FileKind.TRANSACTIONS))
    shown = [f"{one['record']}:{one['direction']}" for one in lines if one["record"] != "OTHER"]
    assert " ".join(shown) == row["records"]


def pay_and_return(way: str) -> Callable[[Engine, int], None]:
    def play(engine: Engine, amount: int) -> None:
        name = paid(engine, way, amount)
        if way == "OUTWARD":
            accepted(send(engine, "ovb-desk", take_back(name, amount)))
        else:
            accepted(send(engine, "bk1-checker", give_back(name)))

    return play


def deal(engine: Engine, amount: int) -> None:
    quoted(engine, amount=amount)
    accepted(accept(engine))


PLAYS: dict[str, Callable[[Engine, int], None]] = {
    "out-and-back": pay_and_return("OUTWARD"),
    "in-and-back": pay_and_return("INWARD"),
    "book-and-back": pay_and_return("BOOK"),
    "deal": deal,
}


def move(engine: Engine, told: str, *, out: bool) -> None:
    """Send OTC1's payments or receipts of one currency."""
    if told == "-":
        return
    currency, amounts = told.split()
    for amount in amounts.split(","):
        if out:
            order = book_order("FTN-SUP1", minor(amount), currency=currency)
            accepted(send(engine, "otc1-treasurer", instruct(order)))
        else:
            order = inward_order(minor(amount), currency=currency)
            accepted(send(engine, "ovb-desk", receive(order)))


@pytest.mark.parametrize("row", rows("b7_large_value.table"), ids=lambda row: row["case"])
def test_a_large_value_is_reported_from_the_threshold_on(row: dict[str, str]) -> None:
    engine = offshore_engine()
    rates = {"EUR": 7_800_000, "USD": 7_200_000}
    accepted(send(engine, "operator", SetReferenceRates(date=MONDAY, rates=rates)))
    for command in (
        AddAccountCurrency(account_id="FTE-OTC1", currency="EUR"),
        AddAccountCurrency(account_id="FTN-SUP1", currency="CNY"),
        OpenNostro(bank="BK1", correspondent="OVB", currency="EUR"),
    ):
        accepted(send(engine, "bk1-maker", command))
    move(engine, row["out"], out=True)
    move(engine, row["in"], out=False)
    assert breaks_in(close_day(engine)) == []
    reports = engine.centre.offshore.books.reports.large_values
    found = [f"{one.company}:{one.direction}:{one.group}" for one in reports]
    assert (" ".join(found) or "-") == row["expect"]
