"""What each reader sees: their own payments and accounts, the history of the white list, the figures of the day."""

import datetime

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, load_rules, send
from tests.support.offshore import (
    ACCOUNTS,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)

from huangpu.engine.writer import Engine
from huangpu.venues.offshore import views
from huangpu.venues.offshore.state import ListingState
from huangpu.venues.offshore.white_list import ReinstateCompany, SuspendCompany, UnbindServicingBank

MONDAY = datetime.date(2026, 11, 23)
DAY_US = 86_400_000_000


@pytest.fixture
def engine() -> Engine:
    """Four payments: in, out, to FTN-SUP1, and the day after to FTE-OTC2."""
    engine = offshore_engine()
    accepted(send(engine, "ovb-desk", receive(inward_order(1_250_000_00, uetr=uetr(1)))))
    accepted(send(engine, "otc1-treasurer", instruct(overseas_order(900_000_00, uetr=uetr(2)))))
    accepted(
        send(engine, "otc1-treasurer", instruct(book_order("FTN-SUP1", 400_000_00, uetr=uetr(3))))
    )
    last = instruct(book_order("FTE-OTC2", 100_000_00, uetr=uetr(4)))
    accepted(send(engine, "otc1-treasurer", last, at_us=MONDAY_0930_US + DAY_US))
    return engine


def uetrs(page: views.PaymentPage) -> list[str]:
    return [view.uetr for view in page.payments]


def test_payments_come_newest_first_page_by_page(engine: Engine) -> None:
    room = engine.centre.offshore
    first = views.payments(room, institution=None, limit=3)
    assert uetrs(first) == [uetr(4), uetr(3), uetr(2)]
    second = views.payments(room, institution=None, limit=3, after=first.next_after)
    assert uetrs(second) == [uetr(1)]
    assert second.next_after == ""
    assert uetrs(views.payments(room, institution=None, after="no cursor")) == []
    assert uetrs(views.payments(room, institution=None, status="ACSC")) == [uetr(2)]
    assert uetrs(views.payments(room, institution=None, limit=0)) == [uetr(4)]


@pytest.mark.parametrize(
    ("institution", "numbers"),
    [
        ("OTC1", [4, 3, 2, 1]),
        ("OTC2", [4]),
        ("BK2", [4]),
        ("SUP1", [3]),
        ("OVB", [2, 1]),
        ("OTC3", []),
    ],
)
def test_readers_see_what_they_are_a_party_to(
    engine: Engine, institution: str, numbers: list[int]
) -> None:
    room, rules = engine.centre.offshore, engine.centre.rules
    seen = uetrs(views.payments(room, institution=institution))
    assert seen == [uetr(number) for number in numbers]
    for number in range(1, 5):
        detail = views.payment(room, rules, uetr(number), institution)
        assert (detail is not None) == (number in numbers)


def test_a_party_filter_shows_no_more_than_the_reader_shares(engine: Engine) -> None:
    room = engine.centre.offshore
    assert uetrs(views.payments(room, institution="SUP1", party="OTC1")) == [uetr(3)]
    assert len(uetrs(views.payments(room, institution=None, party="OTC1"))) == 4


def test_one_payment_shows_its_time_line_and_the_cell_that_allowed_it(engine: Engine) -> None:
    detail = views.payment(engine.centre.offshore, engine.centre.rules, uetr(3), "BK1")
    assert detail is not None
    assert [step.status for step in detail.time_line][-1] == "ACCC"
    assert detail.rule_name == "transfer.FTE.FTN.FOREIGN"
    assert detail.rule_cite.startswith("R-02, ")
    assert detail.payment.debtor.name == "Simulated OTC1"
    assert detail.payment.debtor.name_zh == "模拟OTC1"
    assert detail.payment.creditor.country == "SG"


def test_whether_a_payment_is_sampled_is_told_to_its_bank_only(engine: Engine) -> None:
    room, rules = engine.centre.offshore, engine.centre.rules
    told = {}
    for reader in (None, "BK1", "OTC1", "OVB"):
        detail = views.payment(room, rules, uetr(2), reader)
        assert detail is not None
        told[reader] = detail.payment.sample
    assert told == {None: "FIRST_PAYMENT", "BK1": "FIRST_PAYMENT", "OTC1": "", "OVB": ""}


def test_accounts_show_balances_to_holder_and_bank(engine: Engine) -> None:
    room = engine.centre.offshore
    page = views.accounts(room, institution="OTC1")
    assert [view.account_id for view in page.accounts] == ["DOM-OTC1", "FTE-OTC1"]
    usd = page.accounts[1].balances[0]
    assert (usd.currency, usd.booked, usd.held, usd.available) == ("USD", 850_000_00, 0, 850_000_00)
    assert views.account(room, "FTE-OTC1", "OTC2") is None
    seen: list[str] = []
    after = ""
    for _ in range(5):
        page = views.accounts(room, institution=None, limit=3, after=after)
        seen += [view.account_id for view in page.accounts]
        after = page.next_after
        if not after:
            break
    assert seen == [row[0] for row in reversed(ACCOUNTS)]


def test_statement_runs_back_from_the_balance(engine: Engine) -> None:
    room = engine.centre.offshore
    statement = views.account_statement(room, "FTE-OTC1", "USD", institution="OTC1")
    assert statement is not None
    assert [(e.side, e.amount, e.booked_after) for e in statement.entries] == [
        ("DEBIT", 100_000_00, 850_000_00),
        ("DEBIT", 400_000_00, 950_000_00),
        ("DEBIT", 900_000_00, 1_350_000_00),
        ("CREDIT", 1_250_000_00, 2_250_000_00),
    ]
    assert [e.counter_account for e in statement.entries] == [
        "FTE-OTC2",
        "FTN-SUP1",
        "HK-SUPPLIER-1",
        "HK-BUYER-1",
    ]
    part = views.account_statement(room, "FTE-OTC1", "USD", institution=None, limit=1)
    assert part is not None
    assert part.next_after == "3"
    assert views.account_statement(room, "FTE-OTC1", "JPY", institution=None) is None
    assert views.account_statement(room, "FTE-OTC1", "USD", institution="OTC2") is None


def test_nostros_are_seen_by_both_sides(engine: Engine) -> None:
    room = engine.centre.offshore
    shown = {view.code: view.balance for view in views.nostros(room, "BK1")}
    assert shown == {"NOSTRO-BK1@OVB/USD": 50_350_000_00, "NOSTRO-BK1@OVB/CNY": 0}
    assert len(views.nostros(room, "OVB")) == 3
    assert views.nostros(room, "OTC1") == []


def test_white_list_answers_for_any_past_instant() -> None:
    engine = offshore_engine()
    room = engine.centre.offshore
    at = MONDAY_0930_US
    stop = SuspendCompany(company="OTC1", cause="documents overdue")
    accepted(send(engine, "zone-1", stop, at_us=at + 10))
    accepted(send(engine, "zone-2", ReinstateCompany(company="OTC1"), at_us=at + 20))
    leave = UnbindServicingBank(company="OTC1", bank="BK1")
    accepted(send(engine, "otc1-treasurer", leave, at_us=at + 30))
    payable = {
        offset: {found.company: found.banks for found in views.payable_at(room, at + offset, None)}
        for offset in (-1, 9, 10, 19, 20, 29, 30)
    }
    both = {"OTC1": ["BK1"], "OTC2": ["BK2"]}
    assert payable == {
        -1: {},
        9: both,
        10: {"OTC2": ["BK2"]},
        19: {"OTC2": ["BK2"]},
        20: both,
        29: both,
        30: {"OTC1": [], "OTC2": ["BK2"]},
    }
    (own,) = views.white_list(room, "OTC1")
    assert [step.state for step in own.steps] == [
        ListingState.ACTIVE,
        ListingState.SUSPENDED,
        ListingState.ACTIVE,
        ListingState.RECOMMENDED,
    ]
    assert [view.company for view in views.white_list(room, "BK2")] == ["OTC3", "OTC2", "OTC1"]
    assert views.white_list(room, "SUP1") == []


def test_overview_counts_the_day_and_all_days(engine: Engine) -> None:
    shown = views.overview(engine.centre.offshore, MONDAY)
    assert (shown.payments_today, shown.payments_total) == (3, 4)
    assert [(t.currency, t.payments, t.value) for t in shown.today] == [("USD", 3, 2_550_000_00)]
    assert [(t.currency, t.payments, t.value) for t in shown.total] == [("USD", 4, 2_650_000_00)]
    assert shown.companies == {"ACTIVE": 2, "RECOMMENDED": 1}
    assert shown.accounts == {"DOM": 3, "FTE": 3, "FTN": 1, "NRA": 1}
    assert (shown.sampled_today, shown.sampled_total) == (2, 3)


def test_matrix_has_a_cite_in_every_cell() -> None:
    assert all(cell.cite and cell.note for cell in views.matrix(load_rules(), MONDAY))
