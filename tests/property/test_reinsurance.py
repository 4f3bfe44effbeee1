"""The reinsurance exchange under any sequence of acts: shares, accounts and money always add up."""

import itertools

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.support.centre import MONDAY_0930_US, send
from tests.support.reinsurance import FUNDS_MINOR, PEOPLE, booked, by, market, quote, slip

from huangpu.core.message import Command, Rejected
from huangpu.core.values import WHOLE
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit, replayed
from huangpu.journal.entry import Entry
from huangpu.registry.charter import Tick
from huangpu.venues.reinsurance.accounting import (
    AccountStatus,
    Basis,
    check_identities,
    derive,
    premium_refusal,
)
from huangpu.venues.reinsurance.placement.binding import BindSlip
from huangpu.venues.reinsurance.placement.lines import LineBasis, WithdrawLine, WriteLine
from huangpu.venues.reinsurance.placement.quoting import DeclineSlip, IssueFirmOrder
from huangpu.venues.reinsurance.placement.signing import (
    SignDown,
    Written,
    signed_shares,
    standing_sum,
)
from huangpu.venues.reinsurance.placement.slip import CloseSlip, SignedLine, SlipState
from huangpu.venues.reinsurance.terms.quota_share import QuotaShare

SHARE = st.integers(min_value=1, max_value=WHOLE)
LINES = st.lists(st.builds(Written, SHARE, st.booleans()), min_size=1, max_size=35)
SLIPS = ("S1", "S2", "S3")
DAY_US = 86_400_000_000


def standing_capped(lines: list[Written]) -> list[Written]:
    """Let lines stand only as long as all that stand fit into the order."""
    found: list[Written] = []
    for line in lines:
        fits = standing_sum(found) + line.of_order <= WHOLE
        found.append(Written(line.of_order, line.stands and fits))
    return found


@given(LINES)
def test_signed_shares_add_to_the_order_and_never_pass_the_written_line(
    lines: list[Written],
) -> None:
    lines = standing_capped(lines)
    signed = signed_shares(lines)
    assert sum(signed) == min(WHOLE, sum(line.of_order for line in lines))
    for line, share in zip(lines, signed, strict=True):
        assert 0 <= share <= line.of_order
        if line.stands:
            assert share == line.of_order


@given(LINES)
def test_a_larger_line_is_never_signed_for_less(lines: list[Written]) -> None:
    lines = standing_capped(lines)
    pairs = zip(lines, signed_shares(lines), strict=True)
    down = sorted((line.of_order, share) for line, share in pairs if not line.stands)
    for (smaller, less), (larger, more) in itertools.pairwise(down):
        assert less <= more or smaller == larger


@given(LINES, SHARE)
def test_a_further_line_takes_from_the_others_only(lines: list[Written], further: int) -> None:
    lines = standing_capped(lines)
    before = signed_shares(lines)
    after = signed_shares([*lines, Written(further, stands=False)])
    for was, now in zip(before, after, strict=False):
        assert now <= was + 1  # one micro-percent of largest remainder


@given(
    weights=st.lists(st.integers(1, 10_000), min_size=1, max_size=35),
    premium=st.integers(1, 10**15),
    cession=SHARE,
    commission=st.integers(0, WHOLE),
    brokerage=st.integers(0, WHOLE),
)
def test_account_parts_add_back(
    weights: list[int], premium: int, cession: int, commission: int, brokerage: int
) -> None:
    signed = [
        SignedLine(reinsurer=f"R{n}", written_of_order=w, signed_of_order=w, signed_of_whole=w)
        for n, w in enumerate(weights)
    ]
    terms = QuotaShare(
        cession_micro_percent=cession,
        commission_micro_percent=commission,
        brokerage_micro_percent=min(brokerage, WHOLE - commission),
    )
    basis = Basis(
        trade_code="T",
        cedent="C",
        broker="B",
        currency="CNY",
        estimated_premium_minor=premium,
        terms=terms,
    )
    account = derive(basis, signed)
    check_identities(account)
    if premium_refusal(account) is None:
        assert all(share.net_minor >= 0 for share in account.shares)
    for share in account.shares:
        exact = account.premium_minor * share.signed_of_whole
        assert abs(share.premium_minor * account.placed_of_whole - exact) < account.placed_of_whole


class ExchangeMachine(RuleBasedStateMachine):
    """Any order of acts by anyone on two slips; the invariants hold after each."""

    @initialize(short=st.booleans())
    def open_market(self, short: bool) -> None:
        self.engine = market()
        self.short = short
        self.now_us = MONDAY_0930_US
        self.entries_at_start = self.engine.next_seq

    def act(self, member: str, command: Command) -> None:
        """Send a command; a refusal must leave every byte as it was."""
        before = self.engine.centre.digest()
        answer = by(self.engine, member, command, at_us=self.now_us)
        outcome = answer.outcome if isinstance(answer, Entry) else answer
        if isinstance(outcome, Rejected):
            assert outcome.detail
            assert outcome.cite
            assert self.engine.centre.digest() == before

    @rule(
        slip_id=st.sampled_from(SLIPS),
        order=st.integers(10_000, WHOLE),
        premium=st.integers(1, 10**10),
    )
    def place(self, slip_id: str, order: int, premium: int) -> None:
        offer = slip(slip_id, order_micro_percent=order, estimated_premium_minor=premium)
        self.act("BRK", offer)

    @rule(slip_id=st.sampled_from(SLIPS), member=st.sampled_from(sorted(PEOPLE)), share=SHARE)
    def quote(self, slip_id: str, member: str, share: int) -> None:
        self.act(member, quote(slip_id, share_micro_percent=share))

    @rule(slip_id=st.sampled_from(SLIPS), member=st.sampled_from(sorted(PEOPLE)))
    def decline(self, slip_id: str, member: str) -> None:
        self.act(member, DeclineSlip(slip_id=slip_id))

    @rule(slip_id=st.sampled_from(SLIPS), leader=st.sampled_from(["RE1", "RE2", "RE3"]))
    def order(self, slip_id: str, leader: str) -> None:
        order = IssueFirmOrder(slip_id=slip_id, leader=leader, short_placement_agreed=self.short)
        self.act("CED", order)

    @rule(
        slip_id=st.sampled_from(SLIPS),
        member=st.sampled_from(["RE1", "RE2", "RE3"]),
        written=SHARE,
        basis=st.sampled_from(LineBasis),
        stand=st.booleans(),
    )
    def write(self, slip_id: str, member: str, written: int, basis: LineBasis, stand: bool) -> None:
        line = WriteLine(
            slip_id=slip_id, written_micro_percent=written, basis=basis, to_stand=stand
        )
        self.act(member, line)

    @rule(slip_id=st.sampled_from(SLIPS), member=st.sampled_from(["RE1", "RE2", "RE3"]))
    def withdraw(self, slip_id: str, member: str) -> None:
        self.act(member, WithdrawLine(slip_id=slip_id))

    @rule(slip_id=st.sampled_from(SLIPS))
    def sign(self, slip_id: str) -> None:
        self.act("BRK", SignDown(slip_id=slip_id))

    @rule(slip_id=st.sampled_from(SLIPS))
    def bind(self, slip_id: str) -> None:
        self.act("BRK", BindSlip(slip_id=slip_id))

    @rule(slip_id=st.sampled_from(SLIPS), shares=st.lists(SHARE, min_size=3, max_size=3))
    def place_at_once(self, slip_id: str, shares: list[int]) -> None:
        """Go the whole road with random lines, so that bound slips are not rare."""
        self.act("BRK", slip(slip_id))
        self.act("RE1", quote(slip_id))
        self.order(slip_id, "RE1")
        for member, share in zip(("RE1", "RE2", "RE3"), shares, strict=True):
            self.write(slip_id, member, share, LineBasis.ORDER, stand=False)
        self.sign(slip_id)
        self.bind(slip_id)

    @rule(slip_id=st.sampled_from(SLIPS))
    def close(self, slip_id: str) -> None:
        self.act("BRK", CloseSlip(slip_id=slip_id, cause="renewed elsewhere"))

    @rule(days=st.sampled_from([1, 30, 95, 400]))
    def wait(self, days: int) -> None:
        self.now_us += days * DAY_US
        send(self.engine, "clock", Tick(), at_us=self.now_us)

    @invariant()
    def money_is_conserved(self) -> None:
        if not hasattr(self, "engine"):
            return
        assert not any(self.engine.centre.ledger.totals().values())
        assert sum(booked(self.engine, member) for member in PEOPLE) == FUNDS_MINOR
        assert all(booked(self.engine, member) >= 0 for member in PEOPLE)

    @invariant()
    def contracts_accounts_and_payments_add_up(self) -> None:
        if not hasattr(self, "engine"):
            return
        room = self.engine.centre.reinsurance
        paid = dict.fromkeys(PEOPLE, 0)
        for payment in room.books.payments.values():
            assert room.books.accounts[payment.account_id].trade_code == payment.trade_code
            paid[payment.payee] += payment.amount_minor
            paid[payment.payer] -= payment.amount_minor
        for member, amount in paid.items():
            assert booked(self.engine, member) - amount == FUNDS_MINOR * (member == "CED")
        for account in room.books.accounts.values():
            check_identities(account)
            assert account.status is AccountStatus.SETTLED
            contract = room.books.contracts[account.trade_code]
            assert sum(share.signed_of_order for share in contract.shares) <= WHOLE
        traded = sum(account.premium_minor for account in room.books.accounts.values())
        assert room.totals.traded.total() == traded
        directed = sum(amounts.total() for amounts in room.totals.directed.values())
        assert directed == traded

    @invariant()
    def slips_are_in_one_state(self) -> None:
        if not hasattr(self, "engine"):
            return
        room = self.engine.centre.reinsurance
        open_slips = {key for day in room.lapsing.values() for key in day}
        for item in room.books.slips.values():
            ended = item.state in (SlipState.BOUND, SlipState.NOT_TAKEN_UP, SlipState.LAPSED)
            assert (item.id in open_slips) is not ended
            assert (item.state is SlipState.BOUND) is bool(item.trade_code)
            if item.state is SlipState.SIGNED:
                assert sum(line.signed_of_order for line in item.signed) == item.signed_of_order
            if item.state is SlipState.LINES_WRITTEN:
                assert room.books.lines[item.id]

    def teardown(self) -> None:
        """Replay, audit and a dump give the same centre."""
        if not hasattr(self, "engine"):
            return
        centre = self.engine.centre
        digest = centre.digest()
        again = Centre(centre.base_rules)
        for _ in replayed(again, self.engine.entries(1)):
            pass
        assert again.digest() == digest
        assert audit(centre.base_rules, self.engine.entries(1)).differences == []
        loaded = Centre.load(centre.base_rules, centre.dump())
        assert loaded.digest() == digest
        assert loaded.reinsurance.lapsing == centre.reinsurance.lapsing
        assert loaded.reinsurance.changing == centre.reinsurance.changing
        assert loaded.reinsurance.totals.traded == centre.reinsurance.totals.traded


ExchangeMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=30)
TestExchange = ExchangeMachine.TestCase
