"""Orders: which refusal comes first, and what entering and leaving does."""

import datetime

import msgspec
import pytest
from tests.support import growth as market
from tests.support.centre import accepted, refused, send

from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.ledger.events import PostTransferBlock
from huangpu.ledger.transfers import LegKind, pack
from huangpu.registry.charter import AdoptRules
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.growth.day import OrderStatus

TUESDAY = market.MONDAY + datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("investor_id", "by", "code", "order_id", "quantity", "price_fen", "reason"),
    [
        ("INV-NONE", market.TRADER_TWO, "688000", " ", 1, 1, Reason.INSTRUMENT_UNKNOWN),
        ("INV-NONE", market.TRADER_TWO, "688256", " ", 1, 1, Reason.INVESTOR_UNKNOWN),
        (market.ALPHA, market.TRADER_TWO, "688256", " ", 1, 1, Reason.NOT_YOUR_INSTITUTION),
        (market.ALPHA, "", "688256", " ", 1, 1, Reason.IDENTIFIER_MALFORMED),
        (market.ALPHA, "", "688256", "A1", 1, 1, Reason.ORDER_ID_REUSED),
        (market.ALPHA, "", "688256", "A2", 100_001, 1, Reason.QUANTITY_ABOVE_MAXIMUM),
        (market.ALPHA, "", "688256", "A2", 1, 1, Reason.QUANTITY_BELOW_MINIMUM),
        (market.ALPHA, "", "688256", "A2", 200, 1, Reason.PRICE_OUTSIDE_LIMIT),
        (market.ALPHA, "operator", "688256", "A2", 200, 1, Reason.PERMISSION_MISSING),
    ],
)
def test_the_first_broken_rule_refuses(
    investor_id: str,
    by: str,
    code: str,
    order_id: str,
    quantity: int,
    price_fen: int,
    reason: Reason,
) -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 200, 2000))
    before = engine.centre.digest()
    answer = market.place(
        engine, investor_id, order_id, market.BUY, quantity, price_fen, code=code, by=by
    )
    assert refused(answer).reason is reason
    assert engine.centre.digest() == before


def test_two_firms_may_use_the_same_order_id() -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.ALPHA, "X1", market.BUY, 200, 2000))
    accepted(market.place(engine, market.GAMMA, "X1", market.BUY, 200, 2000))
    accepted(market.cancel(engine, market.TRADER_TWO, "X1"))
    statuses = [order.status for order in engine.centre.growth.books.orders]
    assert statuses == [OrderStatus.RESTING, OrderStatus.CANCELLED]


@pytest.mark.parametrize(
    ("rule", "value", "unit", "quantity", "price_fen", "reason"),
    [
        ("order.tick_fen", 5, "fen a share", 200, 2001, Reason.PRICE_OFF_TICK),
        ("order.quantity_increment_shares", 100, "shares", 250, 2000, Reason.QUANTITY_OFF_LOT),
        ("order.quantity_shares_min", 300, "shares", 299, 2000, Reason.QUANTITY_BELOW_MINIMUM),
        ("order.price_limit_percent", 10, "percent", 200, 2201, Reason.PRICE_OUTSIDE_LIMIT),
    ],
)
def test_a_dated_row_changes_the_rule_of_the_next_day(
    rule: str, value: int, unit: str, quantity: int, price_fen: int, reason: Reason
) -> None:
    engine = market.small_market()
    row = Row(rule=rule, from_date=TUESDAY, value=value, unit=unit, cite="a later notice")
    accepted(send(engine, "operator", AdoptRules(rows=[row])))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, quantity, price_fen))
    market.tick(engine, market.clock(9, 30, day=TUESDAY))
    found = refused(market.place(engine, market.ALPHA, "A2", market.BUY, quantity, price_fen))
    assert (found.reason, found.cite, found.rule) == (reason, "a later notice", rule)


def test_a_coarser_tick_still_trades_at_prices_in_fen() -> None:
    engine = market.small_market()
    row = Row(
        rule="order.tick_fen", from_date=TUESDAY, value=5, unit="fen a share", cite="a notice"
    )
    accepted(send(engine, "operator", AdoptRules(rows=[row])))
    market.tick(engine, market.clock(9, 30, day=TUESDAY))
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 200, 2005))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 200, 2010))
    trade = engine.centre.growth.books.trades[0]
    assert (trade.price_fen, trade.quantity) == (2005, 200)


def test_same_day_sale_is_a_row() -> None:
    engine = market.small_market()
    row = Row(
        rule="order.same_day_sale",
        from_date=TUESDAY,
        value=True,
        unit="switch",
        cite="a notice",
    )
    accepted(send(engine, "operator", AdoptRules(rows=[row])))
    market.register_investor(engine, market.TRADER_ONE, "INV-DELTA")
    market.tick(engine, market.clock(9, 30, day=TUESDAY))
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 200, 2000))
    accepted(market.place(engine, "INV-DELTA", "D1", market.BUY, 200, 2000))
    accepted(market.place(engine, "INV-DELTA", "D2", market.SELL, 200, 2000))


def test_a_firm_frees_no_hold_of_a_resting_order_in_bulk() -> None:
    engine = market.small_market()
    accepted(market.place(engine, market.GAMMA, "R", market.SELL, 200, 2000))
    bulk = Person(id="s2-bulk", institution=market.FIRM_TWO, roles=["BULK"])
    accepted(send(engine, "operator", RegisterPerson(person=bulk)))
    hold = engine.centre.ledger.open_hold(engine.centre.growth.books.orders[0].hold)
    assert hold is not None
    records = pack([[msgspec.structs.replace(hold, kind=LegKind.VOID)]]).tobytes()
    refusal = refused(send(engine, "s2-bulk", PostTransferBlock(records=records)))
    assert refusal.reason is Reason.ACCOUNT_CLASS_FORBIDDEN
    accepted(market.place(engine, market.ALPHA, "B", market.BUY, 200, 2000))
    assert engine.centre.growth.books.orders[0].status is OrderStatus.FILLED
