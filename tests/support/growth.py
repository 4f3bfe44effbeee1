"""A small growth market for tests: two firms, three investors, three shares, open at 09:30 on a Monday.

`PlainMatching` lets the plain order book serve where the compiled one does: same verbs, no kernel.
"""

import datetime
from typing import Self

import msgspec

from huangpu.core.calendar import instant_us
from huangpu.core.message import Command, Rejected
from huangpu.core.rulebook import RuleBook
from huangpu.engine.centre import Centre, _tables_of
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.registry.charter import Tick
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.growth import Growth
from huangpu.venues.growth.clearing import DepositCash, DepositShares
from huangpu.venues.growth.day import OrderSide
from huangpu.venues.growth.instruments import ListInstrument
from huangpu.venues.growth.order_book import BookEvent, EventKind, Fill, PlainBooks
from huangpu.venues.growth.orders import CancelOrder, PlaceOrder
from huangpu.venues.growth.state import DepthRow, OrderBooksMaker
from huangpu.venues.growth.suitability import (
    InvestorClass,
    RegisterInvestor,
    SignRiskStatement,
)
from tests.support.centre import accepted, founded_engine, register, send

MONDAY = datetime.date(2026, 11, 23)
BUY, SELL = OrderSide.BUY, OrderSide.SELL

FIRM_ONE, FIRM_TWO = "SEC-ONE", "SEC-TWO"
TRADER_ONE, TRADER_TWO = "s1-trader", "s2-trader"
ALPHA, BETA, GAMMA = "INV-ALPHA", "INV-BETA", "INV-GAMMA"
"""An ordinary individual who signed and a professional one at the first firm; an institution at the second."""
OLD_SHARE, NEW_SHARE, DEAR_SHARE = "688256", "688765", "688561"
"""Cambricon (existing, closed at 20.00), Healthgen (new, 12.37), Qi An Xin (existing, 100.00)."""

CASH_FEN = 100_000_000_00
SHARES = 1_000_000


class PlainMatching(PlainBooks):
    """The plain order book with the verbs the room asks for."""

    def new(
        self, instrument: int, order: int, *, side: int, price_tick: int, quantity: int
    ) -> list[BookEvent]:
        """Enter one limit order."""
        command = (0, side, 0, 0, instrument, order, price_tick, 0, quantity)
        return [BookEvent._make(event) for event in self.run([command])]

    def cancel(self, instrument: int, order: int) -> list[BookEvent]:
        """Take one resting order out."""
        command = (1, 0, 0, 0, instrument, order, 0, 0, 0)
        return [BookEvent._make(event) for event in self.run([command])]

    def preview(self, instrument: int, side: int, price_tick: int, quantity: int) -> list[Fill]:
        """Try the order on a copy."""
        copy = PlainMatching.load(self.dump())
        told = copy.new(instrument, 10**7, side=side, price_tick=price_tick, quantity=quantity)
        return [
            Fill(e.maker_order, e.price_tick, e.quantity) for e in told if e.kind == EventKind.TRADE
        ]

    def best(self, instrument: int) -> tuple[int | None, int | None]:
        """Give the best bid and ask."""
        bids, asks = (half.prices for half in self.sides[instrument])
        return (bids[-1] if bids else None, asks[0] if asks else None)

    def depth(self, instrument: int, levels: int) -> tuple[list[DepthRow], list[DepthRow]]:
        """Add each queue up."""
        bids, asks = self.sides[instrument]
        rows: list[list[DepthRow]] = []
        for half, prices in ((bids, list(reversed(bids.prices))), (asks, asks.prices)):
            queues = [(price, half.queues[price]) for price in prices[:levels]]
            rows.append([(price, sum(queue.values()), len(queue)) for price, queue in queues])
        return rows[0], rows[1]

    def open_quantity(self, order: int) -> int:
        """Give what is open of an order."""
        if order not in self.places or not self.rests(order):
            return 0
        instrument, side, price_tick = self.places[order]
        return self.sides[instrument][side].queues[price_tick][order]

    def orders_open(self) -> int:
        """Count the resting orders."""
        return sum(len(self.orders_resting(book)) for book in range(len(self.ladders)))

    def dump(self) -> bytes:
        """Write ladders, places and resting orders in priority order."""
        resting = [self.orders_resting(book) for book in range(len(self.ladders))]
        return msgspec.msgpack.encode([self.ladders, list(self.places.items()), resting])

    @classmethod
    def load(cls, dump: bytes) -> Self:
        """Rest the orders again in their order."""
        ladders, places, resting = msgspec.msgpack.decode(dump)
        books = cls([(lowest, levels) for lowest, levels in ladders])
        books.places = {order: tuple(place) for order, place in places}
        for book, orders in enumerate(resting):
            for order, side, price_tick, quantity in orders:
                books.sides[book][side].rest(price_tick, order, quantity)
        return books


def with_books(engine: Engine, maker: OrderBooksMaker) -> Engine:
    """Give an engine a growth room that matches with other order books."""
    centre: Centre = engine.centre
    centre.growth = Growth(centre.registry, centre.ledger, maker)
    centre._handlers, centre._appliers = _tables_of(centre)
    return engine


def clock(hour: int, minute: int, second: int = 0, day: datetime.date = MONDAY) -> int:
    """Return an instant of the test Monday, or another day, by the Shanghai clock."""
    return instant_us(day, hour, minute, second)


def tick(engine: Engine, at_us: int) -> Entry:
    """Let the clock reach an instant."""
    return accepted(send(engine, "clock", Tick(), at_us=at_us))


def list_share(
    engine: Engine,
    code: str,
    previous_close_fen: int,
    listing_date: datetime.date = datetime.date(2020, 7, 20),
    shares_issued: int = 400_000_000,
) -> Entry:
    """List a share."""
    command = ListInstrument(
        code=code,
        name=f"Share {code}",
        name_zh=f"股份{code}",
        listing_date=listing_date,
        shares_issued=shares_issued,
        previous_close_fen=previous_close_fen,
    )
    return accepted(send(engine, "operator", command))


def register_investor(
    engine: Engine,
    trader: str,
    investor_id: str,
    investor_class: InvestorClass = InvestorClass.INDIVIDUAL_ORDINARY,
) -> None:
    """Register an investor who passes the test, with cash."""
    command = RegisterInvestor(
        investor_id=investor_id,
        investor_class=investor_class,
        average_assets_fen=50_000_000,
        months_of_trading=24,
    )
    accepted(send(engine, trader, command))
    accepted(send(engine, trader, DepositCash(investor_id=investor_id, amount_fen=CASH_FEN)))


def small_market(
    rules: RuleBook | None = None, maker: OrderBooksMaker | None = None, *, opened: bool = True
) -> Engine:
    """Return an engine with the small market; each investor holds cash and shares of every listing."""
    before_open = clock(8, 0)
    engine = founded_engine(rules, at_us=before_open)
    if maker is not None:
        with_books(engine, maker)
    register(engine, FIRM_ONE, InstitutionKind.SECURITIES_FIRM, {TRADER_ONE: ["TRADER"]})
    register(engine, FIRM_TWO, InstitutionKind.SECURITIES_FIRM, {TRADER_TWO: ["TRADER"]})
    list_share(engine, OLD_SHARE, 2000)
    list_share(engine, NEW_SHARE, 1237, datetime.date(2025, 10, 28))
    list_share(engine, DEAR_SHARE, 10000)
    for trader, investor_id, investor_class in (
        (TRADER_ONE, ALPHA, InvestorClass.INDIVIDUAL_ORDINARY),
        (TRADER_ONE, BETA, InvestorClass.INDIVIDUAL_PROFESSIONAL),
        (TRADER_TWO, GAMMA, InvestorClass.INSTITUTION),
    ):
        register_investor(engine, trader, investor_id, investor_class)
        for code in (OLD_SHARE, NEW_SHARE, DEAR_SHARE):
            deposit = DepositShares(investor_id=investor_id, code=code, quantity=SHARES)
            accepted(send(engine, trader, deposit))
    accepted(send(engine, TRADER_ONE, SignRiskStatement(investor_id=ALPHA)))
    if opened:
        tick(engine, clock(9, 15))
        tick(engine, clock(9, 30))
    return engine


def trader_of(investor_id: str) -> str:
    """Return who enters orders for an investor of the small market."""
    return TRADER_TWO if investor_id == GAMMA else TRADER_ONE


def place(
    engine: Engine,
    investor_id: str,
    client_order_id: str,
    side: OrderSide,
    quantity: int,
    price_fen: int,
    *,
    code: str = OLD_SHARE,
    at_us: int | None = None,
    by: str = "",
) -> Entry | Rejected:
    """Place one limit order for an investor of the small market."""
    command: Command = PlaceOrder(
        client_order_id=client_order_id,
        investor_id=investor_id,
        code=code,
        side=side,
        price_fen=price_fen,
        quantity=quantity,
    )
    return send(engine, by or trader_of(investor_id), command, at_us=at_us)


def cancel(
    engine: Engine, by: str, client_order_id: str, at_us: int | None = None
) -> Entry | Rejected:
    """Cancel one of the acting firm's orders."""
    return send(engine, by, CancelOrder(client_order_id=client_order_id), at_us=at_us)
