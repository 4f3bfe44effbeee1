"""Runs the acceptance tables of the border: every rule of the matrix, scenarios 6 to 8, quotas, and the dates of the white list."""

import datetime
import itertools
from pathlib import Path

import pytest
from tests.support.boundary import boundary_engine, change, figures
from tests.support.centre import MONDAY_0930_US, send
from tests.support.offshore import (
    balance,
    book_order,
    instruct,
    inward_order,
    overseas_order,
    receive,
)

from huangpu.core.message import Command, Rejected
from huangpu.core.rulebook import RowValue
from huangpu.core.values import CURRENCY_DIGITS, format_decimal
from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022.reasons import CODES
from huangpu.journal.entry import Entry
from huangpu.venues.offshore import white_list
from huangpu.venues.offshore.orders import PaymentOrder
from huangpu.venues.offshore.payments.words import PaymentEnded, PaymentSettled, PaymentWaiting
from huangpu.venues.offshore.second_line.release import RefuseSecondLine, ReleaseSecondLine
from huangpu.venues.offshore.state import ListingApplication, ListingState
from huangpu.venues.offshore.upgraded import (
    ApplyForUpgrade,
    ApproveUpgrade,
    RefuseUpgrade,
    WithdrawUpgrade,
)

FOLDER = Path(__file__).parent
HOUR_US = 3_600_000_000


def rows(name: str) -> list[dict[str, str]]:
    """Read a table; the last column may hold blanks."""
    lines = [line for line in (FOLDER / name).read_text().splitlines() if line and line[0] != "#"]
    header = lines[0].split()
    return [
        dict(zip(header, line.split(maxsplit=len(header) - 1), strict=True)) for line in lines[1:]
    ]


def cases(name: str) -> list[list[dict[str, str]]]:
    """Group the rows of a table by their number."""
    return [list(group) for _, group in itertools.groupby(rows(name), lambda row: row["case"])]


def minor(text: str, currency: str) -> int:
    """Read an amount written to the cent."""
    assert len(text.partition(".")[2]) == CURRENCY_DIGITS[currency], text
    return int(text.replace(".", ""))


def told(answer: Entry | Rejected) -> str:
    """Say how a submission ended: status, rule and line of a payment, else the ISO code, the reason and the clause of the refusal."""
    found = answer.outcome if isinstance(answer, Entry) else answer
    if isinstance(found, Rejected):
        return f"{CODES[found.reason]} {found.reason} {found.cite.partition(',')[0]}"
    for event in found:
        if isinstance(event, PaymentSettled):
            payment = event.payment
            return f"{payment.status} {payment.rule} {payment.line}"
        if isinstance(event, PaymentWaiting):
            return f"PDNG {event.pending.rule} {event.pending.line}"
        if isinstance(event, PaymentEnded):
            ended = event.payment
            return f"{ended.status} {ended.reason} {ended.cite.partition(',')[0]}"
        if isinstance(event, white_list.ListingChanged):
            return str(event.state)
    return type(found[-1]).__name__


def given_of(row: dict[str, str]) -> dict[str, str]:
    """Read the column `with`."""
    if row["with"] == "-":
        return {}
    return dict(part.split("=", 1) for part in row["with"].split(";"))


def changed(text: str) -> dict[str, RowValue]:
    """Read a changed row: a name under `offshore.`, and a flag, a number or texts."""
    name, _, value = text.partition(":")
    if value in ("true", "false"):
        return {f"offshore.{name}": value == "true"}
    if value.isdecimal():
        return {f"offshore.{name}": int(value)}
    return {f"offshore.{name}": value.split(",") if value else []}


def order_of(row: dict[str, str], given: dict[str, str]) -> PaymentOrder:
    """Build the order of a row."""
    words = {"p": "purpose", "t": "trade_type"}
    changes: dict[str, object] = {words[key]: given[key] for key in given if key in words}
    changes |= {"currency": row["currency"]}
    amount = minor(row["amount"], row["currency"])
    if row["do"] == "receive":
        return inward_order(amount, creditor_account=row["creditor"], **changes)
    if row["creditor"] == "OVERSEAS":
        return overseas_order(amount, debtor_account=row["debtor"], **changes)
    return book_order(row["creditor"], amount, debtor_account=row["debtor"], **changes)


def check_leaves(engine: Engine, row: dict[str, str]) -> None:
    """Compare balances and held amounts with the row."""
    for part in row["leaves"].split(","):
        code, amount = part.split("=")
        currency = code.split("/")[1]
        ledger = engine.centre.ledger
        if code.startswith("held:"):
            number = ledger.number(code.removeprefix("held:"))
            assert number is not None
            found = ledger.held(number)
        else:
            found = balance(engine, code)
        assert format_decimal(found, CURRENCY_DIGITS[currency]) == amount, (row, code)


def play(steps: list[dict[str, str]]) -> Engine:
    """Play the rows of one number; a refusal changes nothing."""
    engine = boundary_engine()
    waiting = ""
    for row in steps:
        given = given_of(row)
        if "r" in given:
            change(engine, changed(given["r"]))
        before = engine.centre.digest()
        if row["do"] == "release":
            command: Command = ReleaseSecondLine(uetr=waiting)
        elif row["do"] == "refuse":
            command = RefuseSecondLine(uetr=waiting, cause="no purpose shown")
        else:
            order = order_of(row, given)
            command = receive(order) if row["do"] == "receive" else instruct(order)
        answer = send(engine, row["by"], command)
        assert told(answer) == row["expect"], (row, answer)
        check_leaves(engine, row)
        if told(answer).startswith("PDNG"):
            waiting = order.uetr
        if isinstance(answer, Entry) and answer.rejected:
            assert engine.centre.digest() == before
    assert not any(engine.centre.ledger.totals().values())
    return engine


@pytest.mark.parametrize("steps", cases("b2_rules.table"), ids=lambda steps: steps[0]["case"])
def test_every_rule_of_the_matrix_in_words(steps: list[dict[str, str]]) -> None:
    play(steps)


@pytest.mark.parametrize("steps", cases("g6_to_g8.table"), ids=lambda steps: steps[0]["case"])
def test_scenarios_6_to_8(steps: list[dict[str, str]]) -> None:
    play(steps)


def act_of(row: dict[str, str]) -> Command:
    """Build an act of the white list; `after` of the row is hours from the fixture, `from` hours from then on."""
    company = row["company"]
    from_us = None if row["from"] == "-" else MONDAY_0930_US + int(row["from"]) * HOUR_US
    application = ListingApplication(
        registered_on=datetime.date(2026, 1, 5),
        zone="LINGANG",
        dedicated=row["do"] != "apply-group",
        parent="Simulated Group",
        trade_types=["RESALE"],
        bank="BK1",
    )
    apply = white_list.ApplyForListing(company=company, application=application)
    acts: dict[str, Command] = {
        "apply": apply,
        "apply-group": apply,
        "decline": white_list.DeclineApplication(company=company, cause="not examined in time"),
        "recommend": white_list.RecommendCompany(company=company, effective_from_us=from_us),
        "list": white_list.ListCompany(company=company, effective_from_us=from_us),
        "suspend": white_list.SuspendCompany(
            company=company, cause="documents overdue", effective_from_us=from_us
        ),
        "reinstate": white_list.ReinstateCompany(company=company, effective_from_us=from_us),
        "remove": white_list.RemoveCompany(
            company=company, cause="left the zone", effective_from_us=from_us
        ),
        "confirm-suspension": white_list.ConfirmListingChange(
            company=company, state=ListingState.SUSPENDED
        ),
        "confirm-removal": white_list.ConfirmListingChange(
            company=company, state=ListingState.REMOVED
        ),
        "confirm-reinstatement": white_list.ConfirmListingChange(
            company=company, state=ListingState.ACTIVE
        ),
        "withdraw": white_list.WithdrawListingChange(company=company, cause="in error"),
    }
    if row["do"] == "pay":
        return instruct(overseas_order(1_00, debtor_account=f"FTE-{company}"))
    return acts[row["do"]]


@pytest.mark.parametrize(
    "steps", cases("p02_white_list_dates.table"), ids=lambda steps: steps[0]["case"]
)
def test_dates_and_second_persons_on_the_white_list(steps: list[dict[str, str]]) -> None:
    engine = boundary_engine()
    seen: dict[int, set[str]] = {}
    for row in steps:
        at_us = MONDAY_0930_US + int(row["after"]) * HOUR_US
        answer = send(engine, row["by"], act_of(row), at_us=at_us)
        assert told(answer) == row["expect"], (row, answer)
        now = payable(engine, at_us)
        assert (row["company"] in now) == (row["payable"] == "yes"), row
        seen[at_us] = now
    for at_us, then in seen.items():
        assert payable(engine, at_us) == then, "the past has changed"


def payable(engine: Engine, at_us: int) -> set[str]:
    """Return who could pay at an instant."""
    return {
        listing.company
        for listing in engine.centre.offshore.books.listings.values()
        if white_list.state_at(listing, at_us) is ListingState.ACTIVE
    }


def upgrade_act(row: dict[str, str]) -> Command:
    """Build an act on an upgrade; figures in CNY m."""
    company = row["company"]
    if row["do"] == "approve":
        return ApproveUpgrade(company=company, record="PBOC-1")
    if row["do"] == "refuse":
        return RefuseUpgrade(company=company, cause="figures not plausible")
    if row["do"] == "withdraw":
        return WithdrawUpgrade(company=company, cause=row["cause"])
    asked = figures(
        equity=int(row["equity"]) * 1_000_000_00,
        revenue=int(row["revenue"]) * 1_000_000_00,
        turnover=int(row["turnover"]) * 1_000_000_00,
        registered_on=datetime.date.fromisoformat(row["since"]),
        in_zone=row["zone"] == "in",
    )
    return ApplyForUpgrade(company=company, bank=row["bank"], figures=asked)


@pytest.mark.parametrize("steps", cases("b4_upgraded.table"), ids=lambda steps: steps[0]["case"])
def test_entry_and_exit_of_upgraded_accounts(steps: list[dict[str, str]]) -> None:
    engine = boundary_engine(upgraded=())
    for row in steps:
        answer = send(engine, row["by"], upgrade_act(row))
        assert told(answer) == row["expect"], (row, answer)
        found = engine.centre.offshore.books.boundary.upgrades.get(row["company"])
        assert (found.state if found else "-") == row["leaves"], row
