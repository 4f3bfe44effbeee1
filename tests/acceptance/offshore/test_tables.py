"""Runs the offshore acceptance tables; a table says what it tests, this file only how a row becomes a command."""

import datetime
import itertools
from pathlib import Path

import pytest
from tests.support.centre import load_rules, send
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

from huangpu.core.message import Command, Rejected
from huangpu.core.values import CURRENCY_DIGITS, format_decimal
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore import white_list
from huangpu.venues.offshore.accounts import OpenCashAccount
from huangpu.venues.offshore.matrix import cell
from huangpu.venues.offshore.payments.words import (
    InstructPayment,
    PaymentSettled,
    PaymentWaiting,
    ReceiveCreditTransfer,
)
from huangpu.venues.offshore.state import ListingState, PaymentOrder

FOLDER = Path(__file__).parent
DATE = datetime.date(2026, 11, 23)
SIGNS = {"allow": "+", "forbid": "-", "release": "?"}
WITH = {"e": "end_to_end_id", "i": "instruction_id", "p": "purpose", "t": "trade_type"}


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
    digits = CURRENCY_DIGITS.get(currency, 2)
    assert len(text.partition(".")[2]) == digits, text
    return int(text.replace(".", ""))


def outcome(answer: Entry | Rejected) -> str:
    """Say how a submission ended: status or state, or the reason; and the number of the rule."""
    found = answer.outcome if isinstance(answer, Entry) else answer
    if isinstance(found, Rejected):
        return f"{found.reason} {found.cite.partition(',')[0]}"
    for event in found:
        if isinstance(event, PaymentSettled):
            return f"{event.payment.status} {event.payment.rule}"
        if isinstance(event, PaymentWaiting):
            return f"PDNG {event.pending.waits[0]}"
        if isinstance(event, white_list.ListingChanged):
            return str(event.state)
    names = {
        "ServicingBankBound": "BOUND",
        "ServicingBankUnbound": "UNBOUND",
        "ListingChangeProposed": "PROPOSED",
    }
    return names[type(found[-1]).__name__]


def order_of(row: dict[str, str], given: dict[str, str]) -> PaymentOrder:
    changes: dict[str, object] = {WITH[key]: value for key, value in given.items() if key in WITH}
    changes["currency"] = row["currency"]
    if "u" in given:
        changes["uetr"] = uetr(int(given["u"]))
    if "d" in given:
        changes["requested_date"] = datetime.date.fromisoformat(given["d"])
    if "a" in given:
        changes["creditor_agent"] = given["a"]
    amount = minor(row["amount"], row["currency"])
    if row["do"] == "receive":
        changes |= {"debtor_account": row["debtor"], "creditor_account": row["creditor"]}
        return inward_order(amount, **changes)
    if row["creditor"] == "OVERSEAS":
        return overseas_order(amount, debtor_account=row["debtor"], **changes)
    return book_order(row["creditor"], amount, debtor_account=row["debtor"], **changes)


def payment_command(row: dict[str, str]) -> InstructPayment | ReceiveCreditTransfer:
    given = dict(part.split("=") for part in row["with"].split(";")) if row["with"] != "-" else {}
    order = order_of(row, given)
    if row["do"] == "receive":
        return receive(order, given.get("m", ""))
    return instruct(order, given.get("m", ""), given.get("b", "BK1"))


def play(steps: list[dict[str, str]]) -> None:
    engine = offshore_engine()
    last: Entry | Rejected | None = None
    for number, row in enumerate(steps):
        again = row["do"] == "resend"
        command_id = f"row-{number - 1 if again else number}"
        before = engine.centre.digest()
        answer = send(engine, row["by"], payment_command(row), command_id)
        assert outcome(answer) == row["expect"], (row, answer)
        for code, amount in (part.split("=") for part in row["leaves"].split(",")):
            found = format_decimal(balance(engine, code), CURRENCY_DIGITS[code.split("/")[1]])
            assert found == amount, (row, code)
        if again:
            assert answer == last
        if again or (isinstance(answer, Entry) and answer.rejected):
            assert engine.centre.digest() == before
        last = answer
    assert not any(engine.centre.ledger.totals().values())


@pytest.mark.parametrize("steps", cases("g_scenarios.table"), ids=lambda steps: steps[0]["case"])
def test_scenario_of_section_g(steps: list[dict[str, str]]) -> None:
    play(steps)


@pytest.mark.parametrize(
    "steps", cases("b2_decision_order.table"), ids=lambda steps: steps[0]["case"]
)
def test_first_failing_step_decides(steps: list[dict[str, str]]) -> None:
    play(steps)


@pytest.mark.parametrize("currency", ["CNY", "FOREIGN"])
def test_transfer_matrix_is_as_written(currency: str) -> None:
    rules = load_rules()
    for row in rows(f"b2_matrix_{currency.lower()}.table"):
        for creditor in AccountClass:
            texts = []
            code = "CNY" if currency == "CNY" else "USD"
            for same_name, upgraded in ((True, False), (False, False), (True, True)):
                pair = (AccountClass(row["from"]), creditor)
                found = cell(rules, DATE, pair, code, same_name, upgraded)
                rule_id = found.rule_id.replace("huangpu policy ", "P-")
                texts.append(SIGNS[found.row.text] + rule_id)
            assert "/".join(dict.fromkeys(texts)) == row[creditor], (row["from"], creditor)


def white_list_command(row: dict[str, str]) -> Command:
    company, bank = row["company"], row["bank"]
    account = f"FTE-{company}"
    commands = {
        "recommend": lambda: white_list.RecommendCompany(company=company),
        "list": lambda: white_list.ListCompany(company=company),
        "suspend": lambda: white_list.SuspendCompany(company=company, cause="documents overdue"),
        "reinstate": lambda: white_list.ReinstateCompany(company=company),
        "remove": lambda: white_list.RemoveCompany(company=company, cause="left the zone"),
        "removed": lambda: white_list.ConfirmListingChange(
            company=company, state=ListingState.REMOVED
        ),
        "bind": lambda: white_list.BindServicingBank(company=company, bank=bank),
        "unbind": lambda: white_list.UnbindServicingBank(company=company, bank=bank),
        "pay": lambda: instruct(overseas_order(1_00, debtor_account=account), bank=bank),
        "receive": lambda: receive(inward_order(1_00, creditor_account=account)),
    }
    return commands[row["do"]]()


def test_life_on_the_white_list() -> None:
    engine = offshore_engine()
    for row in rows("p02_white_list.table"):
        answer = send(engine, row["by"], white_list_command(row))
        assert outcome(answer) == row["expect"], (row, answer)


def open_account(engine: Engine, row: dict[str, str]) -> Entry | Rejected:
    currencies = [] if row["currencies"] == "-" else row["currencies"].split(",")
    opened = OpenCashAccount(
        account_id="NEW-1",
        account_class=AccountClass(row["class"]),
        holder=row["holder"],
        bank=row["bank"],
        currencies=currencies,
    )
    return send(engine, row["by"], opened)


def test_account_classes_are_open_to_their_holders_only() -> None:
    for row in rows("b1_accounts.table"):
        engine = offshore_engine()
        answer = open_account(engine, row)
        account = engine.centre.registry.cash_accounts.get("NEW-1")
        found = outcome(answer) if account is None else str(account.status)
        assert found == row["expect"], (row, answer)
        for currency in account.currencies if account else ():
            assert balance(engine, f"NEW-1/{currency}") == 0
