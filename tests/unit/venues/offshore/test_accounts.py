"""Setting up banks, nostros, further currencies, blocking and closing."""

import pytest
from tests.support.centre import accepted, refused, send
from tests.support.offshore import (
    balance,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
)

from huangpu.core.message import Command
from huangpu.core.reasons import Reason
from huangpu.ledger.accounts import Side
from huangpu.ledger.events import AccountOpened
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore.accounts import (
    AddAccountCurrency,
    BlockAccount,
    CloseAccount,
    OpenCashAccount,
    OpenNostro,
    SetUpBank,
    UnblockAccount,
)

BK1_MAKER, BK1_CHECKER = "bk1-maker", "bk1-checker"


def test_setting_up_a_bank_opens_only_what_is_missing() -> None:
    engine = offshore_engine()
    entry = accepted(send(engine, "operator", SetUpBank(bank="BK1", currencies=["USD", "GBP"])))
    assert isinstance(entry.outcome, list)
    codes = [event.account.code for event in entry.outcome if isinstance(event, AccountOpened)]
    assert codes == [
        "INTERUNIT-BK1-SAU/GBP",
        "OPENING-BK1-SAU/GBP",
        "INTERUNIT-BK1-DOM/GBP",
        "OPENING-BK1-DOM/GBP",
    ]


@pytest.mark.parametrize(
    ("by", "command", "reason"),
    [
        ("operator", SetUpBank(bank="OVB", currencies=["USD"]), Reason.INSTITUTION_KIND_WRONG),
        ("operator", SetUpBank(bank="NOBODY", currencies=["USD"]), Reason.INSTITUTION_UNKNOWN),
        ("operator", SetUpBank(bank="BK1", currencies=["USD"]), Reason.ACCOUNT_KNOWN),
        ("operator", SetUpBank(bank="BK1", currencies=["KWD"]), Reason.CURRENCY_UNKNOWN),
        (BK1_MAKER, SetUpBank(bank="BK1", currencies=["GBP"]), Reason.PERMISSION_MISSING),
        (BK1_MAKER, OpenNostro(bank="BK1", correspondent="OVB", currency="USD"), Reason.ACCOUNT_KNOWN),
        (BK1_MAKER, OpenNostro(bank="BK2", correspondent="OVB", currency="EUR"), Reason.NOT_YOUR_INSTITUTION),
        (BK1_MAKER, OpenNostro(bank="BK1", correspondent="BK2", currency="EUR"), Reason.INSTITUTION_KIND_WRONG),
        (BK1_MAKER, OpenNostro(bank="BK1", correspondent="OVB", currency="GBP"), Reason.ACCOUNT_CURRENCY_WRONG),
        (BK1_MAKER, AddAccountCurrency(account_id="FTE-OTC1", currency="USD"), Reason.ACCOUNT_KNOWN),
        (BK1_MAKER, AddAccountCurrency(account_id="FTE-OTC1", currency="GBP"), Reason.ACCOUNT_CURRENCY_WRONG),
        (BK1_MAKER, AddAccountCurrency(account_id="FTE-OTC2", currency="EUR"), Reason.NOT_YOUR_INSTITUTION),
        (BK1_MAKER, AddAccountCurrency(account_id="FTE-OTC9", currency="EUR"), Reason.ACCOUNT_UNKNOWN),
        (BK1_MAKER, BlockAccount(account_id="FTE-OTC1", cause="x"), Reason.PERMISSION_MISSING),
        ("bk2-checker", BlockAccount(account_id="FTE-OTC1", cause="x"), Reason.NOT_YOUR_INSTITUTION),
        (BK1_CHECKER, UnblockAccount(account_id="FTE-OTC1", cause="x"), Reason.ACCOUNT_STATE_WRONG),
        (BK1_CHECKER, CloseAccount(account_id="FTE-OTC1", cause="x"), Reason.ACCOUNT_NOT_EMPTY),
    ],
)  # fmt: skip
def test_refused_with_nothing_changed(by: str, command: Command, reason: Reason) -> None:
    engine = offshore_engine()
    before = engine.centre.digest()
    assert refused(send(engine, by, command)).reason is reason
    assert engine.centre.digest() == before


def test_account_ids_that_would_blur_a_ledger_code_are_malformed() -> None:
    engine = offshore_engine()
    for account_id in ("", "FTE/USD", "FTE|1", "x" * 65):
        opened = OpenCashAccount(
            account_id=account_id,
            account_class="FTE",  # type: ignore[arg-type]
            holder="OTC1",
            bank="BK1",
            currencies=["USD"],
        )
        assert refused(send(engine, BK1_MAKER, opened)).reason is Reason.IDENTIFIER_MALFORMED


def test_a_further_currency_can_be_paid_in() -> None:
    engine = offshore_engine()
    add = AddAccountCurrency(account_id="FTE-OTC1", currency="EUR")
    accepted(send(engine, BK1_MAKER, add))
    accepted(send(engine, BK1_MAKER, OpenNostro(bank="BK1", correspondent="OVB", currency="EUR")))
    accepted(send(engine, "ovb-desk", receive(inward_order(5_00, currency="EUR"))))
    assert balance(engine, "FTE-OTC1/EUR") == 5_00


def test_a_nostro_is_a_mirror_that_cannot_be_overdrawn() -> None:
    engine = offshore_engine()
    accepted(send(engine, BK1_MAKER, OpenNostro(bank="BK1", correspondent="OVB", currency="EUR")))
    number = engine.centre.ledger.number("NOSTRO-BK1@OVB/EUR")
    assert number is not None
    account = engine.centre.ledger.account(number)
    assert (account.unit, account.normal, account.booked_min, account.booked_max) == (
        "BK1-SAU",
        Side.DEBIT,
        None,
        0,
    )


def test_a_blocked_account_neither_pays_nor_receives_until_it_is_open_again() -> None:
    engine = offshore_engine()
    commands = {
        "otc1-treasurer": instruct(overseas_order(1_00), "M-1"),
        "ovb-desk": receive(inward_order(1_00), "M-2"),
        "buy2-treasurer": instruct(book_order("FTE-OTC1", 1_00, debtor_account="NRA-BUY2"), "M-3"),
    }
    block = BlockAccount(account_id="FTE-OTC1", cause="court order")
    accepted(send(engine, BK1_CHECKER, block))
    assert refused(send(engine, BK1_CHECKER, block)).reason is Reason.ACCOUNT_BLOCKED
    for by, command in commands.items():
        assert refused(send(engine, by, command)).reason is Reason.ACCOUNT_BLOCKED
    accepted(send(engine, BK1_CHECKER, UnblockAccount(account_id="FTE-OTC1", cause="lifted")))
    for by, command in commands.items():
        accepted(send(engine, by, command))


def test_an_empty_account_closes_for_good() -> None:
    engine = offshore_engine()
    accepted(send(engine, BK1_CHECKER, CloseAccount(account_id="FTN-SUP1", cause="left")))
    pay = instruct(book_order("FTN-SUP1", 1_00))
    assert refused(send(engine, "otc1-treasurer", pay)).reason is Reason.ACCOUNT_CLOSED
    for command in (
        CloseAccount(account_id="FTN-SUP1", cause="again"),
        BlockAccount(account_id="FTN-SUP1", cause="again"),
    ):
        assert refused(send(engine, BK1_CHECKER, command)).reason is Reason.ACCOUNT_CLOSED
    add = AddAccountCurrency(account_id="FTN-SUP1", currency="EUR")
    assert refused(send(engine, BK1_MAKER, add)).reason is Reason.ACCOUNT_CLOSED


@pytest.mark.parametrize(
    "account_id", ["GROWTH-INV1", "ISSUED-GROWTH", "INTERUNIT-BK2-SAU", "OPENING-BK2-DOM"]
)
def test_a_bank_opens_no_account_under_a_name_of_a_mirror_or_of_another_venue(
    account_id: str,
) -> None:
    opened = OpenCashAccount(
        account_id=account_id,
        account_class=AccountClass.DOM,
        holder="OTC1",
        bank="BK1",
        currencies=["CNY"],
    )
    answer = refused(send(offshore_engine(), BK1_MAKER, opened))
    assert answer.reason is Reason.IDENTIFIER_MALFORMED
