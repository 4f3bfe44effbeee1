"""Runs the table of the queue and of gridlock; the table says what it tests, this file only how a row becomes a command."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.centre import accepted, send
from tests.support.liquidity import COMPANIES, DATE, give, liquidity_engine, record, resolutions
from tests.support.offshore import (
    balance,
    book_order,
    instruct,
    inward_order,
    overseas_order,
    receive,
)

from huangpu.core.calendar import instant_us
from huangpu.core.message import Command
from huangpu.core.reasons import Reason
from huangpu.core.values import format_decimal
from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022.reasons import CODES
from huangpu.journal.entry import Entry
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.liquidity.commands import CancelPayment, ChangePriority, MoveInQueue
from huangpu.venues.offshore.liquidity.lines import Spot
from huangpu.venues.offshore.orders import Payment, PaymentOrder

TABLE = Path(__file__).parent / "c8_liquidity.table"


def cases() -> list[list[dict[str, str]]]:
    """Group the rows by their case; the last column may hold blanks."""
    lines = [line for line in TABLE.read_text().splitlines() if line and line[0] != "#"]
    header = lines[0].split()
    found = [dict(zip(header, line.split(maxsplit=7), strict=True)) for line in lines[1:]]
    return [list(group) for _, group in itertools.groupby(found, lambda row: row["case"])]


def minor(text: str) -> int:
    assert len(text.partition(".")[2]) == 2, text
    return int(text.replace(".", ""))


def order_of(row: dict[str, str]) -> PaymentOrder:
    amount = minor(row["amount"])
    if row["do"] == "receive":
        return inward_order(amount, debtor_account=row["from"], creditor_account=row["to"])
    changes = {"debtor_account": row["from"], "priority": "URGENT" * (row["do"] == "urgent")}
    if row["to"] == "OVERSEAS":
        return overseas_order(amount, **changes)
    return book_order(row["to"], amount, **changes)


def command_of(row: dict[str, str], uetrs: dict[str, str]) -> Command:
    name = row["payment"]
    if row["do"] == "tick":
        return Tick()
    if row["do"] in ("pay", "urgent", "receive"):
        order = order_of(row)
        uetrs[name] = order.uetr
        if row["do"] == "receive":
            return receive(order)
        return instruct(order, bank=COMPANIES.get(row["from"].removeprefix("FTE-"), "BK1"))
    return {
        "cancel": CancelPayment(uetr=uetrs[name], cause="not needed"),
        "normal": ChangePriority(uetr=uetrs[name], priority="NORMAL"),
        "first": MoveInQueue(uetr=uetrs[name], to=Spot.FIRST),
        "last": MoveInQueue(uetr=uetrs[name], to=Spot.LAST),
    }[row["do"]]


def actor_of(row: dict[str, str]) -> str:
    if row["do"] in ("tick", "receive"):
        return {"tick": "clock", "receive": "ovb-desk"}[row["do"]]
    return f"{row['from'].removeprefix('FTE-').lower()}-treasurer"


def found_of(engine: Engine, key: str, row: dict[str, str], uetrs: dict[str, str]) -> str:
    """Say what is the case, in the words of the table."""
    if key == "held":
        number = engine.centre.ledger.number(f"{row['from']}/USD")
        assert number is not None
        return format_decimal(engine.centre.ledger.held(number), 2)
    if key not in uetrs:
        return format_decimal(balance(engine, f"{key}/USD"), 2)
    payment = record(engine, uetrs[key])
    if isinstance(payment, Payment):
        code = CODES[Reason(payment.reason)] if payment.reason else ""
        return f"{payment.status}/{code}" if code else payment.status
    return f"PDNG#{engine.centre.offshore.lines.position(uetrs[key])}"


def expected(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for word in row["expect"].split():
        key, _, value = word.partition("=")
        yield key, value


def step(engine: Engine, row: dict[str, str], uetrs: dict[str, str]) -> Entry | None:
    hour, minute, second = map(int, row["at"].split(":"))
    if row["do"] == "give":
        give(engine, row["to"], minor(row["amount"]))
        return None
    command = command_of(row, uetrs)
    at_us = instant_us(DATE, hour, minute, second)
    return accepted(send(engine, actor_of(row), command, at_us=at_us))


@pytest.mark.parametrize("steps", cases(), ids=lambda steps: steps[0]["case"])
def test_case_of_the_table(steps: list[dict[str, str]]) -> None:
    engine = liquidity_engine()
    uetrs: dict[str, str] = {}
    for row in steps:
        entry = step(engine, row, uetrs)
        done = [] if entry is None else resolutions(entry)
        for key, value in expected(row):
            if key == "by":
                assert ("+".join(one.method for one in done) or "-") == value, row
            elif key == "at":
                assert {one.trigger for one in done} == {value}, row
            else:
                assert found_of(engine, key, row, uetrs) == value, (row, key)
        assert not any(engine.centre.ledger.totals().values())


def test_every_case_checks_a_balance_or_a_status_in_every_row() -> None:
    for steps in cases():
        for row in steps:
            assert any(key not in ("by", "at") for key, _ in expected(row)), row
