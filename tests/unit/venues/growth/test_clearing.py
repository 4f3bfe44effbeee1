"""Deposits, holds and the chain of a trade."""

import pytest
from tests.support import growth as market
from tests.support.centre import accepted, refused, send

from huangpu.core.message import Command
from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import LegKind
from huangpu.venues.growth.clearing import DepositCash, DepositShares


def cash(engine: Engine, investor_id: str) -> tuple[int, int]:
    """Return booked and held cash of an investor, in fen, less what the market started with."""
    ledger = engine.centre.ledger
    number = ledger.number(f"GROWTH-{investor_id}/CNY")
    assert number is not None
    return ledger.booked(number) - market.CASH_FEN, ledger.held(number)


def shares(engine: Engine, investor_id: str) -> tuple[int, int]:
    """Return booked and held shares of an investor, less what the market started with."""
    ledger = engine.centre.ledger
    number = ledger.number(f"GROWTH-{investor_id}/{market.OLD_SHARE}")
    assert number is not None
    return ledger.booked(number) - market.SHARES, ledger.held(number)


@pytest.mark.parametrize(
    ("by", "command", "reason"),
    [
        (
            market.TRADER_TWO,
            DepositCash(investor_id=market.ALPHA, amount_fen=1),
            Reason.NOT_YOUR_INSTITUTION,
        ),
        (
            market.TRADER_ONE,
            DepositCash(investor_id="INV-NONE", amount_fen=1),
            Reason.INVESTOR_UNKNOWN,
        ),
        (
            market.TRADER_ONE,
            DepositCash(investor_id=market.ALPHA, amount_fen=0),
            Reason.AMOUNT_NOT_POSITIVE,
        ),
        (
            market.TRADER_ONE,
            DepositCash(investor_id=market.ALPHA, amount_fen=2**62 - 1),
            Reason.AMOUNT_TOO_LARGE,
        ),
        (
            market.TRADER_ONE,
            DepositShares(investor_id=market.ALPHA, code="688000", quantity=1),
            Reason.INSTRUMENT_UNKNOWN,
        ),
        (
            market.TRADER_ONE,
            DepositShares(investor_id=market.ALPHA, code=market.OLD_SHARE, quantity=0),
            Reason.AMOUNT_NOT_POSITIVE,
        ),
        (
            market.TRADER_ONE,
            DepositShares(investor_id=market.ALPHA, code=market.OLD_SHARE, quantity=397_000_001),
            Reason.SHARES_INSUFFICIENT,
        ),
    ],
)
def test_a_deposit_out_of_bounds_is_refused(by: str, command: Command, reason: Reason) -> None:
    engine = market.small_market()
    before = engine.centre.digest()
    assert refused(send(engine, by, command)).reason is reason
    assert engine.centre.digest() == before


def test_the_whole_issue_may_be_deposited_and_not_one_share_more() -> None:
    engine = market.small_market()
    whole = DepositShares(
        investor_id=market.ALPHA, code=market.OLD_SHARE, quantity=400_000_000 - 3 * market.SHARES
    )
    accepted(send(engine, "operator", whole))
    one = DepositShares(investor_id=market.ALPHA, code=market.OLD_SHARE, quantity=1)
    assert refused(send(engine, "operator", one)).reason is Reason.SHARES_INSUFFICIENT


def test_a_resting_buy_holds_its_limit_and_gets_the_improvement_back() -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 300, 2000))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 700, 2010))
    assert cash(engine, market.ALPHA) == (-300 * 2000, 400 * 2010)
    assert cash(engine, market.GAMMA) == (300 * 2000, 0)
    assert shares(engine, market.ALPHA) == (300, 0)
    assert shares(engine, market.GAMMA) == (-300, 0)


def test_a_partly_filled_maker_keeps_a_hold_for_its_rest_only() -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 1000, 2000))
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 300, 1990))
    assert cash(engine, market.ALPHA) == (-300 * 2000, 700 * 2000)
    accepted(market.place(engine, market.GAMMA, "G2", market.SELL, 700, 2000))
    assert cash(engine, market.ALPHA) == (-1000 * 2000, 0)
    assert shares(engine, market.ALPHA) == (1000, 0)


def test_a_trade_is_one_chain_of_shares_against_cash() -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 300, 2000))
    entry = accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 300, 2000))
    assert isinstance(entry.outcome, list)
    chains = [event for event in entry.outcome if isinstance(event, LegsPosted)]
    assert len(chains) == 1
    kinds = [LegKind(leg.kind) for leg in chains[0].legs]
    assert kinds == [LegKind.VOID, LegKind.TRANSFER, LegKind.TRANSFER]
    assert [leg.amount for leg in chains[0].legs[1:]] == [300, 600_000]


def test_an_investor_on_both_sides_moves_nothing_but_counts_as_buyer() -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.ALPHA, "A1", market.SELL, 500, 2000))
    accepted(market.place(engine, market.ALPHA, "A2", market.BUY, 300, 2000))
    assert cash(engine, market.ALPHA) == (0, 0)
    assert shares(engine, market.ALPHA) == (0, 200)
    number = engine.centre.ledger.number(f"GROWTH-{market.ALPHA}/{market.OLD_SHARE}")
    assert engine.centre.growth.books.bought == {number: 300}


def test_a_first_purchase_opens_the_share_account() -> None:
    engine = market.small_market(opened=False)
    market.register_investor(engine, market.TRADER_ONE, "INV-DELTA")
    market.tick(engine, market.clock(9, 30))
    assert engine.centre.ledger.number(f"GROWTH-INV-DELTA/{market.OLD_SHARE}") is None
    accepted(market.place(engine, "INV-DELTA", "D1", market.BUY, 200, 2000))
    accepted(market.place(engine, "INV-DELTA", "D2", market.BUY, 200, 2000))
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 400, 2000))
    number = engine.centre.ledger.number(f"GROWTH-INV-DELTA/{market.OLD_SHARE}")
    assert number is not None
    assert engine.centre.ledger.booked(number) == 400
    assert engine.centre.ledger.account(number).holder == market.FIRM_ONE


def test_funds_are_measured_at_the_limit_price() -> None:
    engine = market.small_market()
    for number in range(8):
        order_id = f"A{number}"
        accepted(
            market.place(
                engine,
                market.ALPHA,
                order_id,
                market.BUY,
                100_000,
                12_000,
                code=market.DEAR_SHARE,
            )
        )
    answer = market.place(
        engine, market.ALPHA, "A9", market.BUY, 100_000, 12_000, code=market.DEAR_SHARE
    )
    found = refused(answer)
    assert found.reason is Reason.FUNDS_INSUFFICIENT
    assert found.detail == "12000000.00 CNY needed, 4000000.00 CNY available"
