"""pacs.009 CORE: between banks' accounts here, overseas, and between nostros; ids shared with payments."""

import pytest
from tests.support.boundary import change
from tests.support.centre import accepted, refused, register, send
from tests.support.offshore import (
    BK2_BIC,
    OVB_BIC,
    balance,
    balances,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)
from tests.support.recalls import bank_order, bank_pays, bank_receives, open_bank_accounts, outcome

from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.accounts import OpenNostro


@pytest.fixture
def engine() -> Engine:
    """Return the fixture with FTU accounts of OVB and of BK2 at BK1."""
    made = offshore_engine()
    open_bank_accounts(made)
    return made


def test_a_banks_own_money_goes_overseas_over_its_nostro(engine: Engine) -> None:
    assert outcome(send(engine, "bk1-maker", bank_pays(bank_order(250_000_00)))) == "CORE ACSC"
    assert balance(engine, "FXLIQ-BK1/USD") == 2_750_000_00
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 49_750_000_00
    transfer = engine.centre.offshore.books.bank_transfers.transfers[0]
    assert (transfer.rule, transfer.correspondent, transfer.creditor) == ("R-04", "OVB", "OVB")
    assert transfer.debtor_booked_after == 2_750_000_00


def test_an_ftu_account_is_funded_from_overseas_and_pays_another_bank_here(engine: Engine) -> None:
    funding = bank_order(500_000_00, debtor_account="", creditor_account="FTU-OVB")
    assert outcome(send(engine, "ovb-desk", bank_receives(funding))) == "CORE ACCC"
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 50_500_000_00
    order = bank_order(200_000_00, debtor_account="FTU-OVB", creditor_account="FTU-BK2")
    assert outcome(send(engine, "ovb-desk", bank_pays(order))) == "CORE ACCC"
    assert balance(engine, "FTU-OVB/USD") == 300_000_00
    assert balance(engine, "FTU-BK2/USD") == 200_000_00
    assert engine.centre.offshore.books.bank_transfers.transfers[1].rule == "R-03"


def test_money_without_an_account_comes_to_the_banks_own(engine: Engine) -> None:
    order = bank_order(1_00, debtor_account="", creditor_account="")
    accepted(send(engine, "bk1-maker", bank_receives(order)))
    assert balance(engine, "FXLIQ-BK1/USD") == 3_000_001_00


def test_nostro_to_nostro_settles_what_two_units_owe_each_other(engine: Engine) -> None:
    paid = book_order("FTE-OTC2", 100_000_00, creditor_agent=BK2_BIC)
    assert outcome(send(engine, "otc1-treasurer", instruct(paid))) == "ACCC"
    assert balance(engine, "INTERUNIT-BK1-SAU/USD") == -100_000_00
    order = bank_order(
        100_000_00, debtor_account="NOSTRO-BK1@OVB", creditor_account="NOSTRO-BK2@OVB"
    )
    assert outcome(send(engine, "bk1-maker", bank_pays(order))) == "CORE ACSC"
    assert balance(engine, "INTERUNIT-BK1-SAU/USD") == 0
    assert balance(engine, "INTERUNIT-BK2-SAU/USD") == 0
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 49_900_000_00
    assert balance(engine, "NOSTRO-BK2@OVB/USD") == 100_000_00
    assert not any(engine.centre.ledger.totals().values())


def test_a_bank_funds_one_nostro_from_another(engine: Engine) -> None:
    desk = {"ovc-desk": ["CORRESPONDENT"]}
    kind = InstitutionKind.OVERSEAS_BANK
    register(engine, "OVC", kind, desk, domicile="SG", bic="TSTDSGSGXXX")
    opened = OpenNostro(bank="BK1", correspondent="OVC", currency="USD")
    accepted(send(engine, "bk1-maker", opened))
    order = bank_order(
        9_000_000_00, debtor_account="NOSTRO-BK1@OVB", creditor_account="NOSTRO-BK1@OVC"
    )
    assert outcome(send(engine, "bk1-maker", bank_pays(order))) == "CORE ACSC"
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 41_000_000_00
    assert balance(engine, "NOSTRO-BK1@OVC/USD") == 9_000_000_00
    transfer = engine.centre.offshore.books.bank_transfers.transfers[0]
    assert (transfer.correspondent, transfer.outbound_id) == ("OVB", "HB000000000000")
    # Paid to OVC's own bank, it goes over the nostro there.
    direct = bank_order(1_00, creditor_bic="TSTDSGSGXXX")
    accepted(send(engine, "bk1-maker", bank_pays(direct)))
    assert balance(engine, "NOSTRO-BK1@OVC/USD") == 8_999_999_00


def test_after_the_cut_off_a_bank_does_not_wait(engine: Engine) -> None:
    change(engine, {"offshore.cut_off.FOREIGN": "09:30"})
    late = refused(send(engine, "bk1-maker", bank_pays(bank_order(1_00))))
    assert late.reason is Reason.CUT_OFF_PASSED
    change(engine, {"offshore.cut_off.FOREIGN": "09:31"})
    accepted(send(engine, "bk1-maker", bank_pays(bank_order(1_00))))


@pytest.mark.parametrize(
    ("by", "changes", "reason"),
    [
        ("bk2-maker", {}, Reason.NOT_YOUR_INSTITUTION),
        ("bk1-maker", {"debtor_account": "FXLIQ-NO"}, Reason.DEBTOR_ACCOUNT_UNKNOWN),
        ("bk1-maker", {"debtor_account": "FTE-OTC1"}, Reason.ACCOUNT_CLASS_FORBIDDEN),
        ("bk1-maker", {"debtor_account": "INTERUNIT-BK1-SAU"}, Reason.ACCOUNT_CLASS_FORBIDDEN),
        ("bk1-maker", {"creditor_account": "FTE-OTC1"}, Reason.ACCOUNT_CLASS_FORBIDDEN),
        ("bk1-maker", {"creditor_account": "FXLIQ-BK1"}, Reason.SAME_ACCOUNT),
        ("bk1-maker", {"creditor_account": "NOSTRO-BK1@OVB"}, Reason.TRANSFER_FORBIDDEN),
        ("bk1-maker", {"debtor_account": "NOSTRO-BK1@OVB"}, Reason.TRANSFER_FORBIDDEN),
        ("bk1-maker", {"creditor_bic": ""}, Reason.CREDITOR_ACCOUNT_UNKNOWN),
        ("bk1-maker", {"amount": 3_000_000_01}, Reason.FUNDS_INSUFFICIENT),
        ("bk1-maker", {"amount": 0}, Reason.AMOUNT_NOT_POSITIVE),
        ("bk1-maker", {"currency": "XXX"}, Reason.CURRENCY_UNKNOWN),
        ("bk1-maker", {"uetr": "x"}, Reason.IDENTIFIER_MALFORMED),
        ("bk2-maker", {"debtor_account": "FTU-BK2"}, Reason.FUNDS_INSUFFICIENT),
        ("ovb-desk", {"debtor_account": "FTU-OVB"}, Reason.FUNDS_INSUFFICIENT),
    ],
)
def test_a_transfer_is_refused_and_changes_nothing(
    engine: Engine, by: str, changes: dict[str, object], reason: Reason
) -> None:
    before = engine.centre.digest()
    fields = {"amount": 1_00} | changes
    amount = fields.pop("amount")
    assert isinstance(amount, int)
    assert refused(send(engine, by, bank_pays(bank_order(amount, **fields)))).reason is reason
    assert engine.centre.digest() == before


def test_a_nostro_is_not_overdrawn(engine: Engine) -> None:
    before = balances(engine)
    order = bank_order(1_00, debtor_account="NOSTRO-BK2@OVB", creditor_account="NOSTRO-BK1@OVB")
    short = refused(send(engine, "bk2-maker", bank_pays(order)))
    assert short.reason is Reason.BALANCE_LIMIT_EXCEEDED
    assert balances(engine) == before


def test_a_uetr_and_a_message_id_serve_one_world_only(engine: Engine) -> None:
    order = bank_order(1_00)
    accepted(send(engine, "bk1-maker", bank_pays(order, message_id="X")))
    payments = [
        ("otc1-treasurer", instruct(overseas_order(1_00, uetr=order.uetr))),
        ("ovb-desk", receive(inward_order(1_00, uetr=order.uetr))),
    ]
    for by, command in payments:
        assert refused(send(engine, by, command)).reason is Reason.UETR_REUSED
    message = instruct(overseas_order(1_00), message_id="X")
    assert refused(send(engine, "bk1-maker", message)).reason is Reason.MESSAGE_ID_REUSED
    name = uetr()
    accepted(send(engine, "otc1-treasurer", instruct(overseas_order(1_00, uetr=name))))
    for command in (
        bank_receives(bank_order(1_00, uetr=name)),
        bank_receives(bank_order(1_00, uetr=name), cover=True),
    ):
        assert refused(send(engine, "ovb-desk", command)).reason is Reason.UETR_REUSED
    again = bank_pays(bank_order(1_00, uetr=name, creditor_bic=OVB_BIC))
    assert refused(send(engine, "bk1-maker", again)).reason is Reason.UETR_REUSED
