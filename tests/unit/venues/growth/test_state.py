"""Dump and load of the room, order books included."""

import datetime

import pytest
from tests.support import growth as market
from tests.support.centre import accepted

from huangpu.engine.centre import Centre
from huangpu.venues.growth.order_book import kernel
from huangpu.venues.growth.state import OrderBooksMaker, warm_up


def test_a_reloaded_room_goes_on_as_if_nothing_had_happened() -> None:
    engine = market.small_market()
    for number, investor_id in enumerate((market.ALPHA, market.BETA, market.GAMMA)):
        accepted(market.place(engine, investor_id, f"S{number}", market.SELL, 300, 2000))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 400, 2000))
    body = engine.centre.dump()
    engine.centre = Centre.load(engine.centre.base_rules, body)
    assert engine.centre.dump() == body
    accepted(market.place(engine, market.BETA, "B1", market.BUY, 300, 2000))
    accepted(market.cancel(engine, market.TRADER_TWO, "S2"))
    trades = [(t.maker, t.quantity) for t in engine.centre.growth.books.trades]
    assert trades == [(0, 300), (1, 100), (1, 200), (2, 100)]


@pytest.mark.parametrize("maker", [None, market.PlainMatching], ids=("compiled", "plain"))
def test_either_order_book_serves(maker: OrderBooksMaker | None) -> None:
    engine = market.small_market(maker=maker)
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 300, 2000))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 500, 2000))
    assert [t.quantity for t in engine.centre.growth.books.trades] == [300]
    assert engine.centre.growth.order_books.best(0) == (2000, None)
    assert engine.centre.growth.order_books.depth(0, 5) == ([(2000, 200, 1)], [])
    tuesday = market.MONDAY + datetime.timedelta(days=1)
    market.tick(engine, market.clock(9, 30, day=tuesday))
    assert engine.centre.growth.order_books.best(0) == (None, None)


def test_warming_up_compiles_every_kernel_an_order_needs() -> None:
    warm_up()
    compiled = {name: getattr(kernel, name).signatures for name in ("run", "preview", "depth")}
    engine = market.small_market()
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 300, 2000))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 500, 2000))
    accepted(market.cancel(engine, market.TRADER_ONE, "A1"))
    for name, signatures in compiled.items():
        assert signatures, name
        assert getattr(kernel, name).signatures == signatures, name
