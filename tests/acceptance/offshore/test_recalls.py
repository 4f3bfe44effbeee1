"""Runs the tables of recalls and returns; a table says what it tests, this file only how a row becomes a command."""

import itertools
from pathlib import Path

import pytest
from tests.support.centre import accepted, send
from tests.support.offshore import balance, book_order, instruct, offshore_engine, uetr
from tests.support.recalls import (
    answer,
    days_later,
    give_back,
    outcome,
    paid,
    recall,
    take_back,
)

from huangpu.core.message import Command, Rejected
from huangpu.core.values import format_decimal
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.venues.offshore.orders import Payment

FOLDER = Path(__file__).parent
WITH = {"r": "reason", "c": "confirmation", "k": "consent", "i": "information"}


def rows(name: str) -> list[dict[str, str]]:
    lines = [line for line in (FOLDER / name).read_text().splitlines() if line and line[0] != "#"]
    header = lines[0].split()
    return [
        dict(zip(header, line.split(maxsplit=len(header) - 1), strict=True)) for line in lines[1:]
    ]


CASES = {
    case: list(group)
    for case, group in itertools.groupby(rows("g14_recalls.table"), lambda row: row["case"])
}


def command_of(row: dict[str, str], name: str) -> Command:
    given = dict(part.split("=") for part in row["with"].split(";")) if row["with"] != "-" else {}
    fields = {WITH[key]: value for key, value in given.items()}
    meant = uetr(999) if row["of"] == "U" else name
    amount = int(row["amount"].replace(".", "")) if row["amount"] != "-" else 0
    if row["do"] == "recall":
        return recall(meant, **fields)
    if row["do"] == "answer":
        return answer(meant, **fields)
    if row["do"] == "return":
        return give_back(meant, amount=amount, **fields)
    if row["do"] == "spend":
        return instruct(book_order(row["of"], amount, debtor_account="FTN-SUP1", trade_type=""))
    assert row["do"] == "back", row
    return take_back(meant, amount, **fields)


def step(engine: Engine, row: dict[str, str], name: str) -> tuple[str, str]:
    """Carry a row out and return its outcome and the payment it is about from now on."""
    if row["do"] == "pay":
        name = paid(engine, row["of"], int(row["amount"].replace(".", "")))
        record = engine.centre.offshore.record_of(name)
        return (record.status if isinstance(record, Payment) else "PDNG"), name
    if row["do"] == "days":
        before = [*engine.centre.offshore.books.recalls.recalls]
        days_later(engine, int(row["of"]))
        after = engine.centre.offshore.books.recalls.recalls
        changed = [one for one, old in zip(after, before, strict=True) if one != old]
        return " ".join(f"{one.status} {one.answer_reason}" for one in changed) or "-", name
    before_digest = engine.centre.digest()
    found: Entry | Rejected = send(engine, row["by"], command_of(row, name))
    if isinstance(found, Entry) and found.rejected:
        assert engine.centre.digest() == before_digest
    return outcome(found), name


@pytest.mark.parametrize("case", CASES)
def test_scenario_14_and_its_variants(case: str) -> None:
    engine = offshore_engine()
    name, original = "", None
    for row in CASES[case]:
        found, name = step(engine, row, name)
        assert found == row["expect"], row
        for code, amount in (part.split("=") for part in row["leaves"].split(",")):
            assert format_decimal(balance(engine, code), 2) == amount, (row, code)
        record = engine.centre.offshore.payments.get(name) if name else None
        if row["do"] == "pay":
            original = record
        if original is not None:
            assert record == original, "a settled payment is never rewritten"
    assert not any(engine.centre.ledger.totals().values())


def engine_in(state: str, reason: str) -> tuple[Engine, str]:
    """Return the fixture with a payment in a state, as far as recalls of it go."""
    engine = offshore_engine()
    others = [one for one in ("DUPL", "TECH", "CUST") if one != reason]
    if state == "unknown":
        return engine, uetr(999)
    if state in ("waiting", "ended"):
        name = paid(engine, amount=1_500_000_00)
        if state == "ended":
            accepted(send(engine, "bk1-maker", recall(name)))
        return engine, name
    name = paid(engine, "OUTWARD" if state == "promised" else "BOOK")
    asked = {"open": others[:1], "promised": others[:1], "other": others[:1], "twice": others[:2]}
    same = [reason if reason != "LEGL" else "AC03"]
    for one in asked.get(state, same if state == "refused" else []):
        accepted(send(engine, "bk1-maker", recall(name, one)))
        if state == "promised":
            accepted(send(engine, "ovb-desk", answer(name)))
        elif state != "open":
            told = answer(name, "RJCR", reason="CUST")
            accepted(send(engine, "sup1-treasurer", told))
    if state == "returned":
        accepted(send(engine, "bk1-checker", give_back(name)))
    return engine, name


@pytest.mark.parametrize("row", rows("c4_recall_states.table"), ids=lambda row: row["reason"])
def test_every_reason_in_every_state(row: dict[str, str]) -> None:
    for state in [column for column in row if column != "reason"]:
        engine, name = engine_in(state, row["reason"])
        found = send(engine, "bk1-maker", recall(name, row["reason"]))
        assert outcome(found) == row[state].replace("/", " "), (state, found)
