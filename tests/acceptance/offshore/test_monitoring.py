"""Runs the tables of limits and of sample cases; a table says what it tests, this file only how a row becomes a command."""

import hashlib
import itertools
from pathlib import Path

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.monitoring import at, books, day_us, monitored_engine
from tests.support.offshore import instruct, overseas_order

from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Rejected
from huangpu.journal.entry import Entry
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.monitoring.books import Document, DocumentKind, LimitKind
from huangpu.venues.offshore.monitoring.cases import (
    AcceptDocuments,
    RejectDocuments,
    UploadDocuments,
)
from huangpu.venues.offshore.monitoring.grades import grade_of
from huangpu.venues.offshore.monitoring.limits import SetLimit
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal
from huangpu.venues.offshore.payments.words import PaymentSettled

FOLDER = Path(__file__).parent


def cases(name: str) -> list[list[dict[str, str]]]:
    """Read a table and group its rows by their case."""
    lines = [line for line in (FOLDER / name).read_text().splitlines() if line and line[0] != "#"]
    header = lines[0].split()
    rows = [dict(zip(header, line.split(), strict=True)) for line in lines[1:]]
    return [list(group) for _, group in itertools.groupby(rows, lambda row: row["case"])]


def minor(text: str) -> int:
    return int(text.replace(".", ""))


def words(answer: Entry | Rejected) -> list[str]:
    """Say what an entry did: its reason, or its events, a settled payment by its status."""
    found = answer.outcome if isinstance(answer, Entry) else answer
    if isinstance(found, Rejected):
        return [str(found.reason)]
    return [
        event.payment.status if isinstance(event, PaymentSettled) else type(event).__name__
        for event in found
    ]


def limit_command(row: dict[str, str]) -> Command:
    if row["do"] == "approve":
        return ApproveProposal(number=0)
    if row["do"].startswith("set"):
        customer = "" if row["do"] == "set-bank" else "OTC1"
        return SetLimit(kind=LimitKind(row["kind"]), value=minor(row["amount"]), customer=customer)
    account = "HK-SUPPLIER-2" if row["do"] == "pay-2" else "HK-SUPPLIER-1"
    return instruct(overseas_order(minor(row["amount"]), creditor_account=account))


@pytest.mark.parametrize("steps", cases("d2_limits.table"), ids=lambda steps: steps[0]["case"])
def test_limits_hold_as_written(steps: list[dict[str, str]]) -> None:
    engine = monitored_engine()
    meaning = {"PROPOSED": "ProposalMade", "SET": "LimitSet"}
    for row in steps:
        at(engine, MONDAY_0930_US + int(row["second"]) * 1_000_000)
        answer = send(engine, row["by"], limit_command(row))
        assert meaning.get(row["expect"], row["expect"]) in words(answer), (row, answer)


def case_command(row: dict[str, str], uetr: str) -> Command:
    if row["do"] == "accept":
        return AcceptDocuments(uetr=uetr)
    if row["do"] == "reject":
        return RejectDocuments(uetr=uetr, cause="not legible")
    if row["do"] == "tick":
        return Tick()
    documents = [
        Document(
            kind=DocumentKind(kind),
            name=f"{kind}.pdf",
            sha256=hashlib.sha256(kind.encode()).hexdigest(),
        )
        for kind in row["documents"].split(",")
    ]
    return UploadDocuments(uetr=uetr, documents=documents)


@pytest.mark.parametrize(
    "steps", cases("d2_sample_cases.table"), ids=lambda steps: steps[0]["case"]
)
def test_sample_cases_go_as_written(steps: list[dict[str, str]]) -> None:
    engine = monitored_engine()
    order = overseas_order(1_00)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    for row in steps:
        now = day_us(int(row["day"]), 1)
        at(engine, now)
        answer = send(engine, row["by"], case_command(row, order.uetr))
        told = words(answer)
        expected = row["expect"]
        moved = [word for word in told if word.startswith(("SampleCase", "Documents"))]
        assert expected in told or (expected == "-" and not moved), (row, told)
        room, rules = engine.centre.offshore, engine.centre.rules
        assert grade_of(room, rules, date_of(now), "OTC1") == row["grade"], row
        assert books(engine).cases[order.uetr].state == row["state"], row
