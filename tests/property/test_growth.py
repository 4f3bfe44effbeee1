"""The growth tier under any stream of commands, on the compiled order books and on the plain ones side by side."""

import datetime
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.support import growth as market
from tests.support.centre import send

from huangpu.app import load_rules
from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Rejected
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit, replayed
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.registry.charter import Tick
from huangpu.venues.growth import Growth
from huangpu.venues.growth.clearing import DepositCash, DepositShares
from huangpu.venues.growth.day import BUY, OrderSide
from huangpu.venues.growth.orders import CancelOrder, PlaceOrder
from huangpu.venues.growth.sessions import CloseTestSession, OpenTestSession
from huangpu.venues.growth.suitability import SignRiskStatement

RULES = load_rules()
CODES = (market.OLD_SHARE, market.NEW_SHARE)
INVESTORS = (market.ALPHA, market.BETA, market.GAMMA)
TRADERS = (market.TRADER_ONE, market.TRADER_TWO)
CLOSES = {market.OLD_SHARE: 2000, market.NEW_SHARE: 1237}

quantities = st.one_of(
    st.sampled_from((0, 1, 199, 200, 201, 300, 100_000, 100_001, 600_000)),
    st.integers(1, 20).map(lambda hundreds: 100 + 100 * hundreds),
)
near_orders = st.tuples(
    st.sampled_from(INVESTORS), st.sampled_from(OrderSide), st.integers(-2, 2), quantities
)
minutes = st.sampled_from((1, 5, 30, 120))


class GrowthMachine(RuleBasedStateMachine):
    """Two centres, one journal each, fed the same commands."""

    def __init__(self) -> None:
        super().__init__()
        self.fast = market.small_market(RULES)
        self.plain = market.small_market(RULES, market.PlainMatching)
        self.now_us = market.clock(9, 30)
        self.count = 0

    def both(self, by: str, command: Command) -> None:
        """Send to both centres; the answers are one, and a refusal changes nothing."""
        self.count += 1
        before = self.fast.centre.digest()
        answers = [
            send(engine, by, command, id=f"c{self.count}", at_us=self.now_us)
            for engine in (self.fast, self.plain)
        ]
        outcomes = [answer.outcome for answer in answers if isinstance(answer, Entry)]
        assert len(outcomes) == 2
        assert outcomes[0] == outcomes[1]
        if isinstance(outcomes[0], Rejected):
            assert outcomes[0].detail
            assert outcomes[0].cite
            assert self.fast.centre.digest() == before

    @rule(code=st.sampled_from(CODES), orders=st.lists(near_orders, min_size=1, max_size=10))
    def orders_near_the_close(
        self, code: str, orders: list[tuple[str, OrderSide, int, int]]
    ) -> None:
        for investor, side, offset, quantity in orders:
            self._order(investor, code, side, CLOSES[code] + offset, quantity)

    @rule(
        investor=st.sampled_from(INVESTORS),
        code=st.sampled_from((*CODES, market.DEAR_SHARE, "688000")),
        side=st.sampled_from(OrderSide),
        price_fen=st.sampled_from((-1, 0, 1, 989, 990, 1484, 1485, 1600, 2400, 2401, 12000)),
        quantity=quantities,
    )
    def order_at_the_edges(
        self, investor: str, code: str, side: OrderSide, price_fen: int, quantity: int
    ) -> None:
        self._order(investor, code, side, price_fen, quantity)

    def _order(
        self, investor: str, code: str, side: OrderSide, price_fen: int, quantity: int
    ) -> None:
        command = PlaceOrder(
            client_order_id=f"o{self.count}",
            investor_id=investor,
            code=code,
            side=side,
            price_fen=price_fen,
            quantity=quantity,
        )
        self.both(market.trader_of(investor), command)

    @rule(data=st.data(), by=st.sampled_from(TRADERS))
    def cancel(self, data: Any, by: str) -> None:
        known = [order.client_order_id for order in self.fast.centre.growth.books.orders]
        chosen = data.draw(st.sampled_from([*known, "none"]))
        self.both(by, CancelOrder(client_order_id=chosen))

    @rule(by=st.sampled_from((*TRADERS, "operator")), investor=st.sampled_from(INVESTORS))
    def deposit(self, by: str, investor: str) -> None:
        self.both(by, DepositCash(investor_id=investor, amount_fen=1_000_00))
        self.both(by, DepositShares(investor_id=investor, code=CODES[0], quantity=50))

    @rule(by=st.sampled_from(TRADERS), investor=st.sampled_from(INVESTORS))
    def sign(self, by: str, investor: str) -> None:
        self.both(by, SignRiskStatement(investor_id=investor))

    @rule(passed=minutes)
    def time_passes(self, passed: int) -> None:
        self.now_us += passed * 60_000_000
        self.both("clock", Tick())

    @rule(days=st.integers(1, 4))
    def another_morning_comes(self, days: int) -> None:
        date = date_of(self.now_us) + datetime.timedelta(days=days)
        self.now_us = market.clock(9, 30, 0, date)
        self.both("clock", Tick())

    @rule(command=st.sampled_from((OpenTestSession(), CloseTestSession())))
    def test_session(self, command: Command) -> None:
        self.both("operator", command)

    @invariant()
    def money_and_shares_are_conserved(self) -> None:
        ledger = self.fast.centre.ledger
        assert not any(ledger.totals().values())
        for number in range(ledger.account_count()):
            if ledger.account(number).kind != "ISSUED":
                assert ledger.available(number) >= 0

    @invariant()
    def holds_are_what_open_orders_need(self) -> None:
        growth, ledger = self.fast.centre.growth, self.fast.centre.ledger
        needed: dict[int, int] = {}
        for order in growth.books.orders:
            open_shares = growth.order_books.open_quantity(order.number)
            assert open_shares == order.open_shares
            account = order.cash_account if order.side is BUY else order.shares_account
            value = open_shares * (order.price_fen if order.side is BUY else 1)
            needed[account] = needed.get(account, 0) + value
        for number in range(ledger.account_count()):
            assert ledger.held(number) == needed.get(number, 0)

    @invariant()
    def bought_today_is_still_there(self) -> None:
        growth = self.fast.centre.growth
        for number, shares in growth.books.bought.items():
            assert growth.ledger.available(number) >= shares > 0

    @invariant()
    def the_plain_room_agrees(self) -> None:
        assert self.fast.centre.growth.books == self.plain.centre.growth.books
        assert self.fast.centre.ledger.digest() == self.plain.centre.ledger.digest()

    def teardown(self) -> None:
        proved(self.fast)


def proved(engine: Engine) -> None:
    """Replay, audit and reload: the same state each time."""
    digest = engine.centre.digest()
    again = Centre(RULES)
    entries = list(replayed(again, engine.entries(1)))
    assert again.digest() == digest
    report = audit(RULES, entries)
    assert not report.differences
    assert report.state_sha256 == digest
    growth = engine.centre.growth
    restored = Growth.load(growth.dump(), growth.registry, growth.ledger)
    assert restored.dump() == growth.dump()
    assert restored.number_of == growth.number_of
    assert restored.orders_of == growth.orders_of


GrowthMachine.TestCase.settings = hypothesis.settings(max_examples=25, stateful_step_count=30)
TestGrowth = GrowthMachine.TestCase


@hypothesis.settings(max_examples=20)
@hypothesis.given(
    days=st.integers(0, 400),
    second=st.integers(0, 24 * 3600 - 1),
)
def test_no_instant_breaks_the_session_table(days: int, second: int) -> None:
    engine = market.small_market(RULES, opened=False)
    day = market.MONDAY + datetime.timedelta(days=days)
    at_us = market.clock(0, 0, 0, day) + second * 1_000_000
    if at_us > market.clock(8, 0):
        market.tick(engine, at_us)
        found = engine.centre.growth.books.day
        assert (found is not None) == (
            day.weekday() < 5
            and 9 * 3600 + 15 * 60 <= second < 15 * 3600
            and day.isoformat() not in RULES["calendar.closed.2026"].at(day).texts
        )
