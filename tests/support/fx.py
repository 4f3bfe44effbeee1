"""Builders for foreign exchange on the offshore fixture: a quote of BK1 for OTC1, a hold, the liquidity of further units."""

from typing import Any

from huangpu.core.message import Rejected
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.ledger.events import PostOpeningBalance
from huangpu.ledger.transfers import Leg, LegKind
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.offshore.accounts import AddAccountCurrency, opening_code
from huangpu.venues.offshore.fx.deals import AcceptQuote, FxDealSettled
from huangpu.venues.offshore.fx.liquidity import OpenLiquidityAccount
from huangpu.venues.offshore.fx.quotes import QuoteRate
from huangpu.venues.offshore.fx.state import Deal, FxSide
from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.offshore import offshore_engine

SECOND_US = 1_000_000


def fx_engine() -> Engine:
    """Return the fixture with a bank's second person, JPY for OTC1, and liquidity in JPY and at BK2."""
    engine = offshore_engine()
    desk = Person(id="bk1-desk", institution="BK1", roles=["BANK_OPERATOR"])
    accepted(send(engine, "operator", RegisterPerson(person=desk)))
    accepted(send(engine, "bk1-maker", AddAccountCurrency(account_id="FTE-OTC1", currency="JPY")))
    for by, unit, currency, amount in (
        ("bk1-maker", "BK1", "JPY", 10**12),
        ("bk2-maker", "BK2", "USD", 3_000_000_00),
        ("bk2-maker", "BK2", "CNY", 20_000_000_00),
    ):
        accepted(send(engine, by, OpenLiquidityAccount(currency=currency)))
        bring(engine, f"{unit}-SAU", currency, f"FXLIQ-{unit}/{currency}", amount)
    bring(engine, "BK1-SAU", "JPY", "FTE-OTC1/JPY", 10**9)
    return engine


def bring(engine: Engine, unit: str, currency: str, code: str, amount: int) -> None:
    """Bring money in from outside."""
    opening = PostOpeningBalance(debit=opening_code(unit, currency), credit=code, amount=amount)
    accepted(send(engine, "operator", opening))


def quote(quote_id: str = "Q1", **changes: Any) -> QuoteRate:
    """Return the quote of scenario 15: OTC1 buys USD 100,000.00 at 7.1000, valid for 10 seconds."""
    fields: dict[str, Any] = {
        "quote_id": quote_id,
        "account": "FTE-OTC1",
        "pair": "USD/CNY",
        "side": FxSide.BUY,
        "currency": "USD",
        "amount": 100_000_00,
        "mid": 7_0950,
        "rate": 7_1000,
        "valid_s": 10,
    }
    return QuoteRate(**(fields | changes))


def quoted(engine: Engine, quote_id: str = "Q1", **changes: Any) -> None:
    """Have BK1 quote."""
    accepted(send(engine, "bk1-maker", quote(quote_id, **changes)))


def accept(
    engine: Engine,
    quote_id: str = "Q1",
    by: str = "otc1-treasurer",
    after_s: int = 0,
    bank: str = "BK1",
) -> Entry | Rejected:
    """Accept a quote some seconds after the fixture's instant."""
    command = AcceptQuote(bank=bank, quote_id=quote_id)
    return send(engine, by, command, at_us=MONDAY_0930_US + after_s * SECOND_US)


def dealt(answer: Entry | Rejected) -> Deal:
    """Return the deal of an accepted acceptance."""
    outcome = accepted(answer).outcome
    assert not isinstance(outcome, Rejected)
    found = [event for event in outcome if isinstance(event, FxDealSettled)]
    assert len(found) == 1
    return found[0].deal


def hold(engine: Engine, code: str, amount: int) -> None:
    """Reserve money of OTC1 in the ledger, as a waiting payment does."""
    ledger = engine.centre.ledger
    debit, credit = ledger.number(code), ledger.number("INTERUNIT-BK1-SAU/CNY")
    assert debit is not None
    assert credit is not None
    ledger.post([Leg(LegKind.HOLD, debit, credit, amount)])
    assert ledger.held(debit) == amount
