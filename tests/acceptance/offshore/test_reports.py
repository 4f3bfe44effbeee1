"""Runs the tables of reporting and reconciliation (domain note B7 and C9)."""

import datetime
import re
from pathlib import Path

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.offshore import (
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)
from tests.support.reports import MONDAY, breaks_in, close_day

from huangpu.core.calendar import DAY_US
from huangpu.engine.writer import Engine
from huangpu.ledger.accounts import Side
from huangpu.venues.offshore.accounts import AddAccountCurrency, OpenNostro
from huangpu.venues.offshore.monitoring.rates import SetReferenceRates
from huangpu.venues.offshore.reports import reconciliation
from huangpu.venues.offshore.reports.books import Item
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


def minor(text: str) -> int:
    assert len(text.partition(".")[2]) == 2, text
    return int(text.replace(".", ""))


def item_of(text: str) -> Item:
    number, side, amount, day = text.split(":")
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
    told = [] if row["there"] == "-" else [item_of(text) for text in row["there"].split()]
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


def move(engine: Engine, text: str, *, out: bool) -> None:
    """Send OTC1's payments or receipts of one currency."""
    if text == "-":
        return
    currency, amounts = text.split()
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
