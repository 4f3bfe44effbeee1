"""The board, depth, tape and overview, and what a firm sees of its own."""

from tests.support import growth as market
from tests.support.centre import accepted, founded_engine

from huangpu.engine.writer import Engine
from huangpu.venues.growth import views
from huangpu.venues.growth.day import OrderStatus, Phase
from huangpu.venues.growth.market_data import DepthLevel


def traded() -> Engine:
    """Return the small market after two trades in one share, with something resting on both sides."""
    engine = market.small_market()
    accepted(market.place(engine, market.GAMMA, "G1", market.SELL, 300, 2010))
    accepted(market.place(engine, market.GAMMA, "G2", market.SELL, 300, 2020))
    accepted(market.place(engine, market.GAMMA, "G3", market.SELL, 400, 2020))
    accepted(market.place(engine, market.ALPHA, "A1", market.BUY, 500, 2020))
    accepted(market.place(engine, market.BETA, "B1", market.BUY, 200, 1990))
    return engine


def test_the_board_adds_the_day_up() -> None:
    row = views.board_row(traded().centre.growth, market.OLD_SHARE)
    assert row is not None
    assert (row.open_fen, row.high_fen, row.low_fen, row.last_fen) == (2010, 2020, 2010, 2020)
    assert (row.previous_close_fen, row.change_bp) == (2000, 100)
    assert (row.shares, row.turnover_fen, row.trades) == (500, 300 * 2010 + 200 * 2020, 2)
    assert (row.best_bid_fen, row.best_ask_fen) == (1990, 2020)
    assert (row.limit_down_fen, row.limit_up_fen) == (1600, 2400)
    assert row.market_value_fen == 400_000_000 * 2020
    assert row.trading


def test_depth_shows_price_quantity_and_orders() -> None:
    room = traded().centre.growth
    shown = views.depth(room, market.OLD_SHARE)
    assert shown.bids == [DepthLevel(price_fen=1990, quantity=200, orders=1)]
    assert shown.asks == [DepthLevel(price_fen=2020, quantity=500, orders=2)]
    assert views.depth(room, "688000").bids == []


def test_the_tape_is_newest_first_and_names_nobody() -> None:
    room = traded().centre.growth
    rows = views.tape(room)
    assert [(row.number, row.price_fen, row.quantity) for row in rows] == [
        (1, 2020, 200),
        (0, 2010, 300),
    ]
    assert [row.number for row in views.tape(room, after=1)] == [0]
    assert [row.number for row in views.tape(room, limit=1)] == [1]
    assert views.tape(room, code=market.NEW_SHARE) == []
    assert not set(rows[0].__struct_fields__) & {"firm", "investor_id", "client_order_id"}


def test_the_overview_counts_by_mark() -> None:
    shown = views.overview(traded().centre.growth)
    assert (shown.companies, shown.phase, shown.test_session) == (3, Phase.CONTINUOUS, False)
    assert shown.market_value_fen == 400_000_000 * (2020 + 1237 + 10000)
    assert (shown.trades_today, shown.shares_today) == (2, 500)
    assert shown.turnover_today_fen == 300 * 2010 + 200 * 2020
    assert (shown.orders_today, shown.orders_resting) == (5, 3)
    assert (shown.rising, shown.falling) == (1, 0)
    assert (shown.investors, shown.statements_signed) == (3, 1)
    assert [(total.label, total.companies) for total in shown.by_membership] == [
        ("成1", 2),
        ("成", 1),
    ]


def test_after_the_close_the_board_keeps_the_day_and_no_depth() -> None:
    engine = traded()
    market.tick(engine, market.clock(15, 0))
    room = engine.centre.growth
    row = views.board_row(room, market.OLD_SHARE)
    assert row is not None
    assert (row.trading, row.last_fen, row.best_bid_fen) == (False, 2020, 0)
    assert views.depth(room, market.OLD_SHARE).asks == []
    assert views.overview(room).orders_resting == 0


def test_an_empty_room_has_an_empty_overview() -> None:
    shown = views.overview(founded_engine().centre.growth)
    assert (shown.companies, shown.date, shown.phase) == (0, None, Phase.CLOSED)


def test_a_firm_sees_its_own_orders_only() -> None:
    room = traded().centre.growth
    own = views.orders(room, market.FIRM_ONE)
    assert [(row.client_order_id, row.status, row.filled) for row in own] == [
        ("B1", OrderStatus.RESTING, 0),
        ("A1", OrderStatus.FILLED, 500),
    ]
    assert len(views.orders(room, None)) == 5
    assert [row.client_order_id for row in views.orders(room, market.FIRM_TWO, after=1)] == ["G1"]
    resting = views.orders(room, market.FIRM_TWO, resting_only=True, limit=1)
    assert [(row.client_order_id, row.open_shares) for row in resting] == [("G3", 400)]
    assert views.order(room, market.FIRM_ONE, 0) is None
    seen = views.order(room, market.FIRM_TWO, 1)
    assert seen is not None
    assert (seen.client_order_id, seen.open_shares) == ("G2", 100)
    assert views.order(room, None, 99) is None


def test_a_firm_sees_its_own_side_of_its_trades_only() -> None:
    engine = traded()
    accepted(market.place(engine, market.ALPHA, "A2", market.SELL, 200, 1990))
    room = engine.centre.growth
    for firm, expected in (
        (market.FIRM_ONE, [(2, "B1", "A2"), (1, "A1", ""), (0, "A1", "")]),
        (market.FIRM_TWO, [(1, "", "G2"), (0, "", "G1")]),
        (None, [(2, "B1", "A2"), (1, "A1", "G2"), (0, "A1", "G1")]),
    ):
        rows = views.trades(room, firm)
        found = [(row.number, row.buy_client_order_id, row.sell_client_order_id) for row in rows]
        assert found == expected
    last = views.trades(room, market.FIRM_TWO, after=1)
    assert [(row.number, row.sell_investor_id, row.value_fen) for row in last] == [
        (0, market.GAMMA, 300 * 2010)
    ]
    assert len(views.trades(room, None, limit=2)) == 2


def test_a_firm_sees_its_own_investors_and_holdings_only() -> None:
    room = traded().centre.growth
    rows = views.investors(room, market.FIRM_ONE)
    assert [row.id for row in rows] == [market.BETA, market.ALPHA]
    assert [row.id for row in views.investors(room, market.FIRM_ONE, after=market.BETA)] == [
        market.ALPHA
    ]
    assert rows[1].statement_signed == "2026-11-23"
    assert rows[0].cash_held_fen == 200 * 1990
    assert views.holdings(room, market.FIRM_TWO, market.ALPHA) == []
    held = {row.code: row for row in views.holdings(room, market.FIRM_ONE, market.ALPHA)}
    found = held[market.OLD_SHARE]
    assert (found.shares, found.bought_today, found.sellable) == (1_000_500, 500, 1_000_000)
    assert found.value_fen == 1_000_500 * 2020


def test_claims_of_firms_add_up_to_what_was_deposited() -> None:
    room = traded().centre.growth
    claims = views.firm_claims(room, None)
    assert sum(c.amount for c in claims if c.asset == "CNY") == 3 * market.CASH_FEN
    assert sum(c.amount for c in claims if c.asset == market.OLD_SHARE) == 3 * market.SHARES
    assert {c.firm for c in views.firm_claims(room, market.FIRM_TWO)} == {market.FIRM_TWO}
