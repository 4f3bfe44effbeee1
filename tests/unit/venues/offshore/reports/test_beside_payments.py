"""What moves money beside payments, in statements, records, files, large values and on the nostro: each with its own name."""

import datetime

import pytest
from tests.support.centre import accepted, send
from tests.support.fx import accept, fx_engine, quoted
from tests.support.monitoring import monitored_engine
from tests.support.offshore import (
    instruct,
    overseas_order,
    uetr,
)
from tests.support.recalls import (
    bank_order,
    bank_pays,
    bank_receives,
    give_back,
    open_bank_accounts,
    paid,
    take_back,
)
from tests.support.reports import MONDAY, breaks_in, check_stream, close_day, records, text

from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022 import parse, read_camt052, read_camt053
from huangpu.gateways.iso20022.account_messages import statement_of
from huangpu.gateways.iso20022.reader import Document
from huangpu.gateways.iso20022.statements import AccountStatement, write_camt052, write_camt053
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.events import OpenLedgerAccount, PostOpeningBalance
from huangpu.venues.offshore.accounts import opening_code
from huangpu.venues.offshore.fx.positions import SquarePosition
from huangpu.venues.offshore.reports import reconciliation
from huangpu.venues.offshore.reports.books import BreakKind, FileKind, Item
from huangpu.venues.offshore.reports.reconciliation import Listed, compare
from huangpu.venues.offshore.reports.statements import DayStatement, statement, table_of
from huangpu.venues.offshore.state import Nostro

NOSTRO = Nostro("BK1", "OVB", "USD")


def a_day() -> Engine:
    """Return a day with every kind of movement: returns three ways, transfers four ways, a deal, a squaring, a charge."""
    engine = fx_engine()
    open_bank_accounts(engine)
    out = paid(engine, "OUTWARD", 900_00)
    accepted(send(engine, "ovb-desk", take_back(out, 900_00)))
    inside = paid(engine, "BOOK", 700_00)
    accepted(send(engine, "bk1-checker", give_back(inside)))
    inward = paid(engine, "INWARD", 800_00)
    accepted(send(engine, "bk1-checker", give_back(inward)))
    into = bank_order(4_000_00, debtor_account="", creditor_account="FTU-OVB", creditor_bic="")
    accepted(send(engine, "ovb-desk", bank_receives(into)))
    across = bank_order(1_500_00, debtor_account="FTU-OVB", creditor_account="FTU-BK2")
    accepted(send(engine, "ovb-desk", bank_pays(across)))
    for order in (
        bank_order(1_000_00),
        bank_order(2_000_00, creditor_account="FXLIQ-BK2", creditor_bic=""),
        bank_order(3_000_00, creditor_account="FTU-BK2", creditor_bic=""),
    ):
        accepted(send(engine, "bk1-maker", bank_pays(order)))
    quoted(engine)
    accepted(accept(engine))
    money = PostOpeningBalance(
        debit="NOSTRO-BK1@OVB/CNY", credit=opening_code("BK1-SAU", "CNY"), amount=80_000_00
    )
    accepted(send(engine, "operator", money))
    squared = SquarePosition(pair="USD/CNY", base=10_000_00, counter=70_000_00, counterparty="OVB")
    accepted(send(engine, "bk1-maker", squared))
    return engine


def shown(engine: Engine, account: str, currency: str = "USD") -> DayStatement:
    found = statement(
        engine.centre.offshore,
        account,
        currency,
        (MONDAY, MONDAY),
        now_us=engine.last_at_us,
        institution=None,
    )
    assert found is not None
    return found


def told(found: DayStatement) -> list[tuple[object, ...]]:
    return [
        (one.kind, one.side, one.amount, one.bank_transaction_code, one.reference, one.reason)
        for one in found.entries
    ]


def test_a_return_pairs_with_its_payment_and_names_itself() -> None:
    found = shown(a_day(), "FTE-OTC1")
    assert told(found)[1:7] == [
        ("PAYMENT", Side.DEBIT, 900_00, "PMNT/ICDT/XBCT", "", ""),
        ("RETURN", Side.CREDIT, 900_00, "PMNT/ICDT/RRTN", found.entries[2].reference, "AC04"),
        ("PAYMENT", Side.DEBIT, 700_00, "PMNT/ICDT/BOOK", "", ""),
        ("RETURN", Side.CREDIT, 700_00, "PMNT/ICDT/RRTN", "RT000000000001", "AC04"),
        ("PAYMENT", Side.CREDIT, 800_00, "PMNT/RCDT/XBCT", "", ""),
        ("RETURN", Side.DEBIT, 800_00, "PMNT/RCDT/RRTN", "RT000000000002", "AC04"),
    ]
    for payment, back in ((1, 2), (3, 4), (5, 6)):
        one, other = found.entries[payment], found.entries[back]
        assert (other.uetr, other.original_entry) == (one.uetr, one.seq)
        assert (other.counter_account, other.counter_name, other.end_to_end_id) == (
            one.counter_account,
            one.counter_name,
            one.end_to_end_id,
        )
    assert found.closing == found.opening + found.credits - found.debits


def test_an_exchange_names_deal_quote_rate_and_the_other_side() -> None:
    engine = a_day()
    for currency, side, amount, other in (
        ("USD", Side.CREDIT, 100_000_00, ("CNY", 710_000_00)),
        ("CNY", Side.DEBIT, 710_000_00, ("USD", 100_000_00)),
    ):
        (one,) = [e for e in shown(engine, "FTE-OTC1", currency).entries if e.kind == "FX_DEAL"]
        assert (one.side, one.amount, one.bank_transaction_code) == (side, amount, "FORX/SPOT/OTHR")
        assert (one.other_currency, one.other_amount) == other
        assert (one.deal, one.reference, one.pair, one.rate) == (
            "FX000000000000",
            "Q1",
            "USD/CNY",
            "7.1000",
        )


def test_a_transfer_between_banks_has_its_uetr_and_both_accounts() -> None:
    engine = a_day()
    transfers = engine.centre.offshore.books.bank_transfers.transfers
    assert [
        (one.uetr, one.side, one.bank_transaction_code, one.counter_account)
        for one in shown(engine, "FTU-OVB").entries
    ] == [
        (transfers[0].order.uetr, Side.CREDIT, "PMNT/RCDT/FICT", "TSTCHKHHXXX"),
        (transfers[1].order.uetr, Side.DEBIT, "PMNT/ICDT/FICT", "FTU-BK2"),
    ]
    assert [one.counter_account for one in shown(engine, "FTU-BK2").entries] == [
        "FTU-OVB",
        "FXLIQ-BK1",
    ]


def test_a_charge_belongs_to_its_payment() -> None:
    engine = monitored_engine({"offshore.charge.USD": 25_00})
    fees = Account("FEES-BK1/USD", "BK1", "USD", "BK1-SAU", "FEES", Side.CREDIT)
    accepted(send(engine, "operator", OpenLedgerAccount(account=fees)))
    order = overseas_order(1_000_00, uetr=uetr(1), charge_bearer="CRED")
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    payment, charge = shown(engine, "FTE-OTC1").entries[-2:]
    assert (payment.kind, payment.amount, charge.kind, charge.amount) == (
        "PAYMENT",
        975_00,
        "CHARGE",
        25_00,
    )
    assert (charge.uetr, charge.original_entry) == (uetr(1), payment.seq)
    assert charge.bank_transaction_code == "PMNT/ICDT/CHRG"
    assert charge.counter_account == "FEES-BK1/USD"
    close_day(engine)
    rows = records(text(engine, "BK1-SAU", FileKind.TRANSACTIONS))[-2:]
    assert [(row["record"], row["uetr"], row["amount"]) for row in rows] == [
        ("PAYMENT", uetr(1), "975.00"),
        ("CHARGE", uetr(1), "25.00"),
    ]


def test_the_table_of_a_statement_stays_rectangular() -> None:
    table = list(table_of(shown(a_day(), "FTE-OTC1")))
    assert len({len(row) for row in table}) == 1
    row = dict(zip(table[0], table[-2], strict=True))
    assert (row["deal"], row["rate"], row["other_amount"]) == (
        "FX000000000000",
        "7.1000",
        "710000.00",
    )


@pytest.mark.parametrize("over", [True, False])
@pytest.mark.parametrize("currency", ["USD", "CNY"])
def test_the_message_of_a_statement_says_the_same(currency: str, *, over: bool) -> None:
    engine = a_day()
    shown_day = shown(engine, "FTE-OTC1", currency)
    message = statement_of(engine.centre.offshore, shown_day, over=over)
    document = parse(write_camt053(message) if over else write_camt052(message))
    assert isinstance(document, Document)
    found = read_camt053(document) if over else read_camt052(document)
    assert isinstance(found, AccountStatement)
    assert found.entries == message.entries
    exchange = found.entries[-1].details[0].exchange
    assert exchange is not None
    source, target = ("CNY", "USD")
    assert (exchange.source, exchange.target, exchange.unit) == (source, target, "USD")
    assert (exchange.rate, exchange.contract) == ("7.1000", "FX000000000000")
    reasons = [entry.details[0].return_reason for entry in found.entries]
    assert reasons.count("AC04") == (3 if currency == "USD" else 0)


def test_records_say_what_everything_was_and_nothing_breaks() -> None:
    engine = a_day()
    breaks = breaks_in(close_day(engine))
    assert {one.kind for one in breaks} == {BreakKind.RATE_MISSING}
    rows = records(check_stream(engine, "BK1-SAU", FileKind.TRANSACTIONS)[0])
    kinds = {row["record"] for row in rows}
    assert kinds == {"PAYMENT", "RETURN", "BANK_TRANSFER", "FX_DEAL", "OTHER"}
    assert {row["counter_class"] for row in rows if row["record"] == "OTHER"} == {"OPENING"}
    entries = {row["uetr"]: row["entry"] for row in rows if row["record"] == "PAYMENT"}
    backs = [row for row in rows if row["record"] == "RETURN"]
    assert [row["original_entry"] for row in backs] == [entries[row["uetr"]] for row in backs]
    assert [row["direction"] for row in backs] == ["IN", "WITHIN", "OUT"]
    legs = [
        (row["currency"], row["amount"], row["other_currency"], row["other_amount"])
        for row in rows
        if row["record"] == "FX_DEAL"
    ]
    assert legs == [
        ("CNY", "710000.00", "USD", "100000.00"),
        ("USD", "100000.00", "CNY", "710000.00"),
    ]


def test_the_nostro_is_matched_by_uetr_for_everything_that_has_one() -> None:
    engine = a_day()
    found = reconciliation.mirror_items(engine.centre.offshore, NOSTRO, MONDAY, MONDAY)
    out, back = found[1], found[2]
    assert out.uetr == back.uetr
    assert [bool(one.uetr) for one in found] == [False, *[True] * 6, False]
    assert found[-1].reference == "SQ000000000000"


def test_a_return_that_is_missing_is_not_taken_for_its_payment() -> None:
    """Without the set of returned UETRs the payment there would be paired with the return here, as an amount that differs."""
    ours = [Listed(Item(amount=5, side=Side.CREDIT, value_date=MONDAY, uetr=uetr(1)))]
    theirs = [Listed(Item(amount=5, side=Side.DEBIT, value_date=MONDAY, uetr=uetr(1)))]
    found = compare(ours, theirs, {uetr(1)})
    assert (found.differing, found.ours, found.theirs) == ([], ours, theirs)
    assert compare(ours, theirs).differing == [(ours[0], theirs[0])]


def test_a_late_return_is_paired_with_the_return_and_not_with_the_payment() -> None:
    tuesday = MONDAY + datetime.timedelta(days=1)
    pay = Item(amount=5, side=Side.DEBIT, value_date=MONDAY, uetr=uetr(1))
    back = Item(amount=5, side=Side.CREDIT, value_date=MONDAY, uetr=uetr(1))
    late = Item(amount=5, side=Side.CREDIT, value_date=tuesday, uetr=uetr(1))
    found = compare([Listed(pay), Listed(back)], [Listed(late)], {uetr(1)})
    assert [(one.item, two.item) for one, two in found.differing] == [(back, late)]
    assert [one.item for one in found.ours] == [pay]


def test_a_large_return_is_a_large_transfer_of_its_own() -> None:
    engine = monitored_engine()
    order = overseas_order(250_000_00)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    accepted(send(engine, "ovb-desk", take_back(order.uetr, 250_000_00)))
    close_day(engine)
    reports = engine.centre.offshore.books.reports.large_values
    assert [(one.company, one.direction, one.payments, one.sums) for one in reports] == [
        ("OTC1", "OUT", 1, {"USD": 250_000_00}),
        ("OTC1", "IN", 1, {"USD": 250_000_00}),
    ]
    totals = engine.centre.offshore.books.totals["2026-11-23/USD"]
    assert (totals.payments, totals.value) == (1, 250_000_00)
