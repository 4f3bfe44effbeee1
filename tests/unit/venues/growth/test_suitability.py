"""Investors and the risk statement."""

from tests.support import growth as market
from tests.support.centre import accepted, refused, send

from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.registry.charter import AdoptRules
from huangpu.venues.growth.suitability import (
    InvestorClass,
    RegisterInvestor,
    SignRiskStatement,
)


def test_an_investor_is_registered_once_and_by_a_securities_firm() -> None:
    engine = market.small_market()
    command = RegisterInvestor(investor_id=market.ALPHA, investor_class=InvestorClass.INSTITUTION)
    assert refused(send(engine, market.TRADER_TWO, command)).reason is Reason.INVESTOR_KNOWN
    found = refused(send(engine, "operator", command))
    assert found.reason is Reason.INSTITUTION_KIND_WRONG
    assert found.detail == "HUANGPU is OPERATOR, investors belong to a SECURITIES_FIRM"
    blank = RegisterInvestor(investor_id=" ", investor_class=InvestorClass.INSTITUTION)
    assert refused(send(engine, market.TRADER_ONE, blank)).reason is Reason.IDENTIFIER_MALFORMED
    negative = RegisterInvestor(
        investor_id="INV-D", investor_class=InvestorClass.INSTITUTION, months_of_trading=-1
    )
    assert refused(send(engine, market.TRADER_ONE, negative)).reason is Reason.FIELD_OUT_OF_RANGE


def test_a_firm_signs_for_its_own_investors_only() -> None:
    engine = market.small_market()
    found = refused(send(engine, market.TRADER_TWO, SignRiskStatement(investor_id=market.ALPHA)))
    assert found.reason is Reason.NOT_YOUR_INSTITUTION
    unknown = SignRiskStatement(investor_id="INV-NONE")
    assert refused(send(engine, market.TRADER_TWO, unknown)).reason is Reason.INVESTOR_UNKNOWN


def test_a_later_row_raises_the_bar_from_its_date_on() -> None:
    engine = market.small_market()
    row = Row(
        rule="suitability.average_assets_fen_min",
        from_date=market.MONDAY.replace(day=24),
        value=60_000_000,
        unit="fen",
        cite="a later notice",
    )
    accepted(send(engine, "operator", AdoptRules(rows=[row])))
    for investor_id, at_us in (
        ("INV-D", market.clock(10, 0)),
        ("INV-E", market.clock(10, 0) + 86_400_000_000),
    ):
        command = RegisterInvestor(
            investor_id=investor_id,
            investor_class=InvestorClass.INDIVIDUAL_ORDINARY,
            average_assets_fen=50_000_000,
            months_of_trading=24,
        )
        answer = send(engine, market.TRADER_ONE, command, at_us=at_us)
        if investor_id == "INV-D":
            accepted(answer)
        else:
            assert refused(answer).cite == "a later notice"


def test_the_refusal_names_the_row_that_asks_for_the_statement() -> None:
    engine = market.small_market()
    market.register_investor(engine, market.TRADER_ONE, "INV-DELTA")
    answer = market.place(engine, "INV-DELTA", "D1", market.BUY, 200, 1237, code=market.NEW_SHARE)
    found = refused(answer)
    assert found.reason is Reason.RISK_STATEMENT_MISSING
    assert found.rule == "suitability.statement_memberships"
    assert found.detail == (
        "INV-DELTA is INDIVIDUAL_ORDINARY without statement, 688765 is NEW (成)"
    )
