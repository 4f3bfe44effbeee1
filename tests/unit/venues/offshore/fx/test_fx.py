"""Quotes and their life, who may deal, what a deal keeps, and the bugs that other systems shipped."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, refused, register, send
from tests.support.fx import SECOND_US, accept, dealt, fx_engine, hold, quote, quoted
from tests.support.offshore import balance, balances

from huangpu.core.message import Command
from huangpu.core.reasons import Reason
from huangpu.core.values import money_text
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit
from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022.reasons import status_reason
from huangpu.gateways.stream.notices import audience_of, share_of
from huangpu.ledger.transfers import LedgerCode, Leg
from huangpu.registry.charter import Tick
from huangpu.registry.institutions import InstitutionKind, SuspendInstitution
from huangpu.venues.offshore.accounts import BlockAccount, OpenCashAccount
from huangpu.venues.offshore.fx import deals, liquidity, quotes, views
from huangpu.venues.offshore.fx.deals import AcceptQuote
from huangpu.venues.offshore.fx.liquidity import OpenLiquidityAccount
from huangpu.venues.offshore.fx.quotes import RequestQuote, WithdrawQuote
from huangpu.venues.offshore.fx.state import FxSide, Quote, QuoteState
from huangpu.venues.offshore.white_list import SuspendCompany, UnbindServicingBank


def reason(engine: Engine, by: str, command: Command) -> Reason:
    before = engine.centre.digest()
    found = refused(send(engine, by, command)).reason
    assert engine.centre.digest() == before
    return found


def ask(**changes: Any) -> RequestQuote:
    fields: dict[str, Any] = {
        "request_id": "R1",
        "bank": "BK1",
        "account": "FTE-OTC1",
        "pair": "USD/CNY",
        "side": FxSide.BUY,
        "currency": "USD",
        "amount": 100_000_00,
    }
    return RequestQuote(**(fields | changes))


# What a deal keeps.


def test_a_deal_keeps_rate_middle_spread_and_what_it_left() -> None:
    engine = fx_engine()
    accepted(send(engine, "otc1-treasurer", ask()))
    quoted(engine, request_id="R1")
    deal = dealt(accept(engine))
    assert (deal.mid, deal.rate, deal.spread, deal.source) == (7_0950, 7_1000, 50, "CNH")
    assert (deal.paid_booked_after, deal.received_booked_after) == (4_290_000_00, 1_100_000_00)
    assert (deal.unit, deal.customer, deal.person) == ("BK1-SAU", "OTC1", "otc1-treasurer")


def test_the_spread_is_in_the_banks_favour_on_both_sides() -> None:
    engine = fx_engine()
    quoted(engine, side=FxSide.SELL, rate=7_0900)
    assert dealt(accept(engine)).spread == 50


def test_the_bank_accepts_for_its_customer_by_a_second_person() -> None:
    engine = fx_engine()
    quoted(engine)
    own = refused(accept(engine, by="bk1-maker"))
    assert own.reason is Reason.OWN_ACT_NOT_APPROVABLE
    assert dealt(accept(engine, by="bk1-desk")).person == "bk1-desk"


@pytest.mark.parametrize("by", ["otc2-treasurer", "bk2-maker"])
def test_nobody_else_accepts(by: str) -> None:
    engine = fx_engine()
    quoted(engine)
    assert reason(engine, by, AcceptQuote(bank="BK1", quote_id="Q1")) == Reason.NOT_YOUR_INSTITUTION


def test_the_state_survives_a_snapshot_and_an_audit() -> None:
    engine = fx_engine()
    accepted(send(engine, "otc1-treasurer", ask()))
    quoted(engine)
    dealt(accept(engine))
    quoted(engine, "Q2")
    copy = Centre.load(engine.centre.base_rules, engine.centre.dump())
    assert copy.digest() == engine.centre.digest()
    for institution in (None, "BK1", "OTC1", "OTC2"):
        for room in (copy.offshore, engine.centre.offshore):
            seen = views.quotes(room, institution=institution, at_us=MONDAY_0930_US)
            assert len(seen.quotes) == (0 if institution == "OTC2" else 2)
            assert len(views.deals(room, institution=institution).deals) == len(seen.quotes) // 2
            assert len(views.requests(room, institution=institution)) == len(seen.quotes) // 2
    report = audit(engine.centre.base_rules, engine.entries(1))
    assert report.differences == []
    assert report.state_sha256 == engine.centre.digest()


# The form of a quote.


@pytest.mark.parametrize(
    ("changes", "expect"),
    [
        ({"quote_id": ""}, Reason.IDENTIFIER_MALFORMED),
        ({"quote_id": "Q0"}, Reason.FX_QUOTE_KNOWN),
        ({"pair": "USD/EUR"}, Reason.FX_PAIR_UNKNOWN),
        ({"currency": "EUR"}, Reason.CURRENCY_UNKNOWN),
        ({"amount": 0}, Reason.AMOUNT_NOT_POSITIVE),
        ({"amount": 2**62}, Reason.AMOUNT_TOO_LARGE),
        ({"amount": 2**61}, Reason.AMOUNT_TOO_LARGE),
        ({"account": "NOBODY"}, Reason.ACCOUNT_UNKNOWN),
        ({"account": "FXLIQ-NOBODY"}, Reason.ACCOUNT_UNKNOWN),
        ({"account": "FXLIQ-BK1"}, Reason.SAME_ACCOUNT),
        ({"account": "FXLIQ-OVB"}, Reason.FX_LIQUIDITY_SHORT),
        ({"account": "FTE-OTC2"}, Reason.SERVICING_BANK_WRONG),
        ({"account": "DOM-OTC1"}, Reason.ACCOUNT_CLASS_FORBIDDEN),
        ({"account": "FTN-SUP1"}, Reason.ACCOUNT_CURRENCY_WRONG),
        ({"pair": "EUR/CNY", "currency": "EUR"}, Reason.ACCOUNT_CURRENCY_WRONG),
        ({"request_id": "R9"}, Reason.FX_QUOTE_UNKNOWN),
        ({"request_id": "R1", "amount": 1}, Reason.FIELD_OUT_OF_RANGE),
        ({"source": "CNY fixing"}, Reason.FIELD_OUT_OF_RANGE),
        ({"valid_s": 0}, Reason.FIELD_OUT_OF_RANGE),
        ({"valid_s": 301}, Reason.FIELD_OUT_OF_RANGE),
        ({"rate": 71_000_0}, Reason.FIELD_OUT_OF_RANGE),
        ({"rate": 0, "mid": 0}, Reason.FIELD_OUT_OF_RANGE),
        (
            {"pair": "JPY/CNY", "currency": "JPY", "amount": 1, "side": FxSide.SELL}
            | {"mid": 9_999, "rate": 9_999},
            Reason.AMOUNT_NOT_POSITIVE,
        ),
    ],
)
def test_a_quote_that_cannot_be_dealt_is_refused(changes: dict[str, Any], expect: Reason) -> None:
    engine = fx_engine()
    accepted(send(engine, "otc1-treasurer", ask()))
    quoted(engine, "Q0")
    assert reason(engine, "bk1-maker", quote(**changes)) == expect


def test_only_the_holder_asks() -> None:
    engine = fx_engine()
    assert reason(engine, "otc2-treasurer", ask()) == Reason.NOT_YOUR_INSTITUTION


def test_liquidity_is_opened_by_a_bank_once_a_currency() -> None:
    engine = fx_engine()
    assert reason(engine, "bk1-maker", OpenLiquidityAccount(currency="JPY")) == Reason.ACCOUNT_KNOWN
    chf = OpenLiquidityAccount(currency="CHF")
    assert reason(engine, "bk1-maker", chf) == Reason.ACCOUNT_CURRENCY_WRONG
    register(engine, "CO9", InstitutionKind.COMPANY, {"co9-maker": ["BANK_OPERATOR"]})
    eur = OpenLiquidityAccount(currency="EUR")
    assert reason(engine, "co9-maker", eur) == Reason.INSTITUTION_KIND_WRONG


def test_an_account_that_only_bears_the_name_is_no_liquidity() -> None:
    engine = fx_engine()
    opened = OpenCashAccount(
        account_id="FXLIQ-BK3",
        account_class="FTE",  # type: ignore[arg-type]
        holder="OTC1",
        bank="BK2",
        currencies=["USD", "CNY"],
    )
    accepted(send(engine, "bk2-maker", opened))
    register(engine, "BK3", InstitutionKind.BANK, {"bk3-maker": ["BANK_OPERATOR"]}, bic="TSTECNSH")
    found = liquidity.liquidity_account(engine.centre.offshore, "BK3", "USD")
    assert getattr(found, "reason", None) is Reason.FX_LIQUIDITY_SHORT


# Who may deal when: asked at the instant of settlement, not of the quote.


@pytest.mark.parametrize(
    ("by", "command", "expect"),
    [
        ("zone-1", SuspendCompany(company="OTC1", cause="x"), Reason.WHITE_LIST_STATUS),
        ("bk1-maker", UnbindServicingBank(company="OTC1", bank="BK1"), Reason.SERVICING_BANK_WRONG),
        ("bk1-checker", BlockAccount(account_id="FTE-OTC1", cause="x"), Reason.ACCOUNT_BLOCKED),
        (
            "operator",
            SuspendInstitution(institution_id="BK1", cause="x"),
            Reason.INSTITUTION_SUSPENDED,
        ),
        ("bk1-maker", WithdrawQuote(quote_id="Q1"), Reason.FX_QUOTE_USED),
    ],
)
def test_what_changed_since_the_quote_counts(by: str, command: Command, expect: Reason) -> None:
    engine = fx_engine()
    quoted(engine)
    accepted(send(engine, by, command))
    assert refused(accept(engine)).reason is expect


def test_a_quote_is_withdrawn_only_while_it_is_open() -> None:
    engine = fx_engine()
    assert reason(engine, "bk1-maker", WithdrawQuote(quote_id="Q1")) == Reason.FX_QUOTE_UNKNOWN
    quoted(engine)
    # Another bank's quotes are out of reach: ids are a bank's own.
    assert reason(engine, "bk2-maker", WithdrawQuote(quote_id="Q1")) == Reason.FX_QUOTE_UNKNOWN
    late = send(
        engine, "bk1-maker", WithdrawQuote(quote_id="Q1"), at_us=MONDAY_0930_US + 10 * SECOND_US
    )
    assert refused(late).reason is Reason.FX_QUOTE_EXPIRED


# Bugs that other systems shipped.


def test_held_money_is_not_dealt() -> None:
    """Blnk 181 and 55: checks against booked money only, and holds lost beside foreign exchange."""
    engine = fx_engine()
    quoted(engine)
    hold(engine, "FTE-OTC1/CNY", 4_290_000_01)
    before = balances(engine)
    found = refused(accept(engine))
    assert found.reason is Reason.FUNDS_INSUFFICIENT
    assert status_reason(found).code == "AM04"
    assert money_text(709_999_99, "CNY") in found.detail
    assert balances(engine) == before


def test_without_the_question_for_available_money_held_money_would_be_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = fx_engine()
    quoted(engine)
    hold(engine, "FTE-OTC1/CNY", 4_500_000_00)

    def by_booked_only(room: Any, dealer: str, legs: list[Leg]) -> None:
        assert all(room.ledger.booked(leg.debit) >= leg.amount for leg in legs)

    monkeypatch.setattr(deals, "funds_refusal", by_booked_only)
    # The ledger is the second wall: it does not post what it would have refused.
    with pytest.raises(AssertionError, match=LedgerCode.INSUFFICIENT_FUNDS.name):
        accept(engine)
    assert balance(engine, "FTE-OTC1/USD") == 1_000_000_00


def test_a_quote_is_accepted_once() -> None:
    engine = fx_engine()
    quoted(engine)
    dealt(accept(engine))
    before = balances(engine)
    for by in ("otc1-treasurer", "bk1-desk"):
        assert refused(accept(engine, by=by)).reason is Reason.FX_QUOTE_USED
    assert balances(engine) == before
    command = AcceptQuote(bank="BK1", quote_id="Q1")
    again = send(engine, "otc1-treasurer", command, "same-id")
    assert send(engine, "otc1-treasurer", command, "same-id") == again
    assert len(engine.centre.offshore.books.fx.deals) == 1


def test_without_its_guard_a_second_acceptance_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = fx_engine()
    quoted(engine)
    dealt(accept(engine))
    monkeypatch.setattr(deals, "open_refusal", lambda quote, at_us: None)
    with pytest.raises(AssertionError):
        accept(engine)


def test_nothing_undoes_a_deal_after_its_quote_has_ended() -> None:
    """Mojaloop 4274: the conversion timed out after it was fulfilled, before what depended on it had ended."""
    engine = fx_engine()
    quoted(engine)
    end_us = MONDAY_0930_US + 10 * SECOND_US
    last = send(engine, "otc1-treasurer", AcceptQuote(bank="BK1", quote_id="Q1"), at_us=end_us - 1)
    dealt(last)
    after = balances(engine)
    position = engine.centre.offshore.books.fx.positions["BK1-SAU|USD/CNY"]
    for late_us in (0, 1, 3_600 * SECOND_US):
        accepted(send(engine, "clock", Tick(), at_us=end_us + late_us))
    assert balances(engine) == after
    assert engine.centre.offshore.books.fx.positions["BK1-SAU|USD/CNY"] == position
    (shown,) = views.quotes(
        engine.centre.offshore, institution="OTC1", at_us=end_us + SECOND_US
    ).quotes
    assert shown.state is QuoteState.ACCEPTED


def test_the_life_is_measured_by_the_entry_that_settles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mojaloop 4284: reserved in one scheme, unknown in the other. Here no instant lies between acceptance and settlement."""
    engine = fx_engine()
    quoted(engine)
    assert refused(accept(engine, after_s=10)).reason is Reason.FX_QUOTE_EXPIRED
    # With the guard measuring by the quote's own instant, the dead quote would be dealt.
    real: Callable[[Quote, int], Any] = quotes.open_refusal
    monkeypatch.setattr(deals, "open_refusal", lambda quote, at_us: real(quote, quote.at_us))
    dealt(accept(engine, after_s=3_600))


def test_an_ended_quote_is_told_by_a_code_of_our_own() -> None:
    engine = fx_engine()
    quoted(engine)
    told = status_reason(refused(accept(engine, after_s=11)))
    assert (told.code, told.proprietary) == ("", "FXQX")


# Views.


def test_each_side_sees_its_own_and_the_spread_stays_with_the_bank() -> None:
    engine = fx_engine()
    quoted(engine)
    dealt(accept(engine))
    quoted(engine, "Q2", valid_s=5)
    room = engine.centre.offshore
    for institution, spread in (("BK1", 50), ("OTC1", None), (None, 50)):
        (deal,) = views.deals(room, institution=institution).deals
        assert (deal.pays_currency, deal.pays) == ("CNY", 710_000_00)
        assert (deal.gets_currency, deal.gets) == ("USD", 100_000_00)
        assert (deal.spread, deal.rate, deal.status) == (spread, 7_1000, "ACCC")
    at_us = MONDAY_0930_US + 5 * SECOND_US
    seen = views.quotes(room, institution="OTC1", at_us=at_us, limit=1)
    assert [(found.quote_id, found.state) for found in seen.quotes] == [("Q2", QuoteState.EXPIRED)]
    rest = views.quotes(room, institution="OTC1", at_us=at_us, limit=1, after=seen.next_after)
    assert [found.quote_id for found in rest.quotes] == ["Q1"]
    assert rest.next_after == ""
    for institution in ("OTC2", "BK2", "SUP1"):
        assert views.deals(room, institution=institution).deals == []
        assert views.quotes(room, institution=institution, at_us=at_us).quotes == []
        assert views.positions(room, institution) == []
    assert views.positions(room, "OTC1") == []
    assert len(views.positions(room, "BK1")) == len(views.positions(room, None)) == 1


def test_deals_are_paged_and_found_by_account() -> None:
    engine = fx_engine()
    for number in range(5):
        quoted(engine, f"Q{number}", amount=1_00)
        dealt(accept(engine, f"Q{number}"))
    room = engine.centre.offshore
    first = views.deals(room, institution="OTC1", limit=2)
    assert [deal.quote_id for deal in first.deals] == ["Q4", "Q3"]
    second = views.deals(room, institution="OTC1", limit=3, after=first.next_after)
    assert [deal.quote_id for deal in second.deals] == ["Q2", "Q1", "Q0"]
    assert len(views.deals(room, institution=None, account="FTE-OTC1").deals) == 5
    assert views.deals(room, institution=None, account="FTE-OTC2").deals == []


def test_both_sides_are_told_and_nobody_else() -> None:
    engine = fx_engine()
    entries = [
        accepted(send(engine, "otc1-treasurer", ask())),
        accepted(send(engine, "bk1-maker", quote(request_id="R1"))),
        accepted(accept(engine)),
    ]
    for entry in entries:
        audience = audience_of(engine.centre, entry)
        told = [
            one
            for one in ("BK1", "OTC1", "BK2", "OTC2")
            if share_of(engine.centre, entry, audience, one) is not None
        ]
        assert told == ["BK1", "OTC1"]
