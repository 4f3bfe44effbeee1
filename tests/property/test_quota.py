"""The quota of an upgraded account and of a loan: whatever waits, settles or ends, no cap is exceeded and the figures are a plain recount.

Payments of both directions are ordered, wait for screening, and settle or end in any order; the naive twin adds up every payment anew.
"""

import datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.boundary import boundary_engine, lend
from tests.support.centre import send
from tests.support.offshore import book_order, instruct

from huangpu.core.message import Rejected
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.venues.offshore.boundary import Running
from huangpu.venues.offshore.orders import SETTLED, Payment, Pending
from huangpu.venues.offshore.payments.words import InstructPaymentBatch
from huangpu.venues.offshore.second_line.claims import loan_key, quota_key
from huangpu.venues.offshore.second_line.release import RefuseSecondLine, ReleaseSecondLine

EQUITY = 200_000_000_00
LENT = 300_000_00
HOLD1 = ("FTE-HOLD1", "DOM-HOLD1-B")
AMOUNTS = st.one_of(
    st.integers(1, EQUITY),
    st.sampled_from([EQUITY, EQUITY + 1, EQUITY // 2, 2 * EQUITY, 2 * EQUITY + 1]),
)
# FTE-HOLD1 needs a release here, so that its payments wait: the rule R-15 stays, the word of its cell is changed.
WAITING = {
    "transfer.FTE.DOM.CNY.UPGRADED": "release",
    "transfer.DOM.FTE.CNY.UPGRADED": "release",
}


class QuotaMachine(RuleBasedStateMachine):
    """Orders, releases and refuses across the second line, and keeps nothing but the payments themselves."""

    @initialize()
    def start(self) -> None:
        self.engine: Engine = boundary_engine(WAITING)
        lend(self.engine, "L-1", LENT, datetime.date(2026, 1, 1))

    def order(self, amount: int, *, into: bool, loan: bool) -> Any:
        if loan:
            return book_order("DOM-OTC1-L", 1 + amount % (LENT + 2), currency="CNY", purpose="LOAN")
        debtor, creditor = HOLD1 if into else HOLD1[::-1]
        changes = {"debtor_account": debtor, "currency": "CNY", "purpose": "CURR"}
        return book_order(creditor, amount, **changes)

    def play(self, by: str, command: Any) -> None:
        before = self.engine.centre.digest()
        answer = send(self.engine, by, command)
        assert isinstance(answer, Entry)
        if isinstance(answer.outcome, Rejected):
            assert self.engine.centre.digest() == before

    @rule(amount=AMOUNTS, into=st.booleans(), loan=st.sampled_from([False, False, True]))
    def orders_one(self, amount: int, into: bool, loan: bool) -> None:
        order = self.order(amount, into=into, loan=loan)
        self.play("bk1-maker", instruct(order))

    @rule(drawn=st.lists(st.tuples(AMOUNTS, st.booleans(), st.booleans()), min_size=2, max_size=4))
    def orders_a_batch(self, drawn: list[tuple[int, bool, bool]]) -> None:
        orders = [self.order(amount, into=into, loan=loan) for amount, into, loan in drawn]
        message = f"B-{orders[0].uetr[-12:]}"
        self.play("bk1-maker", InstructPaymentBatch(message_id=message, bank="BK1", orders=orders))

    def pending(self) -> list[str]:
        return list(self.engine.centre.offshore.books.pending)

    @precondition(lambda self: self.pending())
    @rule(place=st.integers(0, 20), release=st.sampled_from([True, True, False]))
    def decides_on_one(self, place: int, release: bool) -> None:
        uetr = self.pending()[place % len(self.pending())]
        command = (
            ReleaseSecondLine(uetr=uetr) if release else RefuseSecondLine(uetr=uetr, cause="no")
        )
        self.play("bk1-checker", command)

    @rule()
    def starts_again_from_a_snapshot(self) -> None:
        centre = self.engine.centre
        again = Centre.load(centre.base_rules, centre.dump())
        again.rules = centre.rules
        assert again.digest() == centre.digest()

    @invariant()
    def no_cap_is_exceeded(self) -> None:
        running = self.engine.centre.offshore.books.boundary.running
        quota = running.get(quota_key("HOLD1"), Running())
        assert quota.net + quota.claimed_in <= EQUITY
        assert -quota.net + quota.claimed_out <= EQUITY
        loan = running.get(loan_key("DOM-OTC1-L"), Running())
        assert 0 <= loan.net <= loan.net + loan.claimed_in <= LENT

    @invariant()
    def figures_are_a_plain_recount(self) -> None:
        room = self.engine.centre.offshore
        settled = [payment for payment in room.payments if payment.status in SETTLED]
        waiting = list(room.books.pending.values())
        for key, debtor in (
            (quota_key("HOLD1"), "HOLD1"),
            (loan_key("DOM-OTC1-L"), "OTC1"),
        ):
            quota = room.books.boundary.running.get(key, Running())
            moved = [signed(found) for found in settled if found.debtor == debtor]
            asked = [signed(found) for found in waiting if found.debtor == debtor]
            assert quota.net == sum(moved)
            assert quota.claimed_in == sum(one for one in asked if one > 0)
            assert quota.claimed_out == -sum(one for one in asked if one < 0)
        assert set(room.books.boundary.claims) == set(room.books.pending)


def signed(found: Payment | Pending) -> int:
    """Return what a payment moves into the domestic economy."""
    amount = found.order.amount
    return amount if found.order.creditor_account.startswith("DOM") else -amount


QuotaMachine.TestCase.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
TestQuota = QuotaMachine.TestCase


@pytest.mark.parametrize("into", [True, False])
def test_both_directions_are_used_to_the_last_fen(into: bool) -> None:
    engine = boundary_engine(WAITING)
    machine = QuotaMachine()
    machine.engine = engine
    for amount in (EQUITY - 1, 2, 1, 1):
        machine.play("bk1-maker", instruct(machine.order(amount, into=into, loan=False)))
    running = engine.centre.offshore.books.boundary.running[quota_key("HOLD1")]
    assert (running.claimed_in, running.claimed_out) == ((EQUITY, 0) if into else (0, EQUITY))
    machine.figures_are_a_plain_recount()
