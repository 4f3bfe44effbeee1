"""Runs the screening table: a name, what it does to the payment, and what the officer's decision does to this payment and the next."""

from pathlib import Path

import pytest
from tests.support.centre import accepted, send
from tests.support.offshore import instruct, overseas_order
from tests.support.screening import screening_engine

from huangpu.engine.writer import Engine
from huangpu.venues.offshore.screening.cases import ClearScreeningCase, ConfirmScreeningCase

FILE = Path(__file__).parent / "d1_screening.table"
CENTS = 20_000_00
DECISIONS = {"clear": ClearScreeningCase, "confirm": ConfirmScreeningCase}


def rows() -> list[dict[str, str]]:
    lines = [line for line in FILE.read_text().splitlines() if line and line[0] != "#"]
    header = lines[0].split()
    return [dict(zip(header, line.split(maxsplit=7), strict=True)) for line in lines[1:]]


def pay(engine: Engine, name: str) -> str:
    order = overseas_order(CENTS, creditor_name=name)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    return order.uetr


def status(engine: Engine, uetr: str) -> str:
    room = engine.centre.offshore
    ended = room.payments.get(uetr)
    assert (ended is None) is (uetr in room.books.pending)
    return "PDNG" if ended is None else ended.status


def balances(engine: Engine) -> tuple[int, int]:
    ledger = engine.centre.ledger
    number = ledger.number("FTE-OTC1/USD")
    assert number is not None
    return ledger.balance(number), ledger.held(number)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["case"])
def test_a_name_does_to_a_payment_what_the_table_says(row: dict[str, str]) -> None:
    engine = screening_engine("李小龙模拟")
    uetr = pay(engine, row["name"])
    assert status(engine, uetr) == row["status"]
    held = CENTS if row["status"] == "PDNG" else 0
    assert balances(engine) == (1_000_000_00 - CENTS + held, held)
    cases = list(engine.centre.offshore.books.screening.cases.values())
    found = [(case.band, str(case.score_bp), case.list_version) for case in cases]
    assert found == ([] if row["band"] == "-" else [(row["band"], row["score"], "1")])
    if cases:
        decision = DECISIONS[row["officer"]](case_id=cases[0].id, text="checked")
        accepted(send(engine, "bk1-checker", decision))
        assert status(engine, uetr) == row["after"]
        assert balances(engine)[1] == 0
    assert status(engine, pay(engine, row["name"])) == row["again"]
