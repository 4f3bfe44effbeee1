"""The queue in the engine, whatever happens: nobody below zero, sums unchanged, every line's order kept, one end for each payment."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.centre import accepted, send
from tests.support.liquidity import COMPANIES, DATE, liquidity_engine, record
from tests.support.offshore import (
    BK1_BIC,
    BK2_BIC,
    book_order,
    instruct,
    inward_order,
    overseas_order,
    receive,
)

from huangpu.core.calendar import instant_us
from huangpu.core.message import Rejected
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.liquidity.commands import CancelPayment, MoveInQueue
from huangpu.venues.offshore.liquidity.lines import Spot
from huangpu.venues.offshore.orders import Payment

NAMES = st.sampled_from(sorted(COMPANIES))
AMOUNTS = st.integers(1, 9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), NAMES, NAMES, AMOUNTS),
        st.tuples(st.just("pay"), NAMES, NAMES, AMOUNTS),
        st.tuples(st.just("urgent"), NAMES, NAMES, AMOUNTS),
        st.tuples(st.just("out"), NAMES, NAMES, AMOUNTS),
        st.tuples(st.just("in"), NAMES, NAMES, AMOUNTS),
        st.tuples(st.just("cancel"), NAMES, NAMES, AMOUNTS),
        st.tuples(st.just("tick"), NAMES, NAMES, AMOUNTS),
    ),
    max_size=30,
)


class Day:
    """One engine, the payments sent to it, and in which entry each settled."""

    def __init__(self, method: str) -> None:
        self.engine: Engine = liquidity_engine(queue__method=method)
        self.at_us = instant_us(DATE, 10)
        self.sent: dict[str, list[str]] = {name: [] for name in COMPANIES}

    def play(self, do: str, payer: str, payee: str, amount: int) -> None:
        self.at_us += 700_000
        if do == "tick":
            self.send("clock", Tick())
        elif do == "in":
            bic = BK1_BIC if COMPANIES[payer] == "BK1" else BK2_BIC
            order = inward_order(amount, creditor_account=f"FTE-{payer}")
            self.send("ovb-desk", receive(order, instructed_agent=bic))
        elif do == "cancel":
            waiting = [
                u for u in self.sent[payer] if u in self.engine.centre.offshore.books.pending
            ]
            if waiting:
                self.send(f"{payer.lower()}-treasurer", CancelPayment(uetr=waiting[-1]))
        else:
            self.pay(do, payer, payee, amount)
        self.check()

    def pay(self, do: str, payer: str, payee: str, amount: int) -> None:
        changes = {"debtor_account": f"FTE-{payer}", "priority": "URGENT" * (do == "urgent")}
        if do == "out" or payer == payee:
            order = overseas_order(amount, **changes)
        else:
            order = book_order(f"FTE-{payee}", amount, **changes)
        command = instruct(order, bank=COMPANIES[payer])
        answer = send(self.engine, f"{payer.lower()}-treasurer", command, at_us=self.at_us)
        assert isinstance(answer, Entry)
        if not isinstance(answer.outcome, Rejected):
            self.sent[payer].append(order.uetr)

    def send(self, by: str, command: object) -> None:
        accepted(send(self.engine, by, command, at_us=self.at_us))  # type: ignore[arg-type]

    def check(self) -> None:
        """Sums are unchanged and no account is below zero after every entry; lines hold exactly what waits for money."""
        ledger, room = self.engine.centre.ledger, self.engine.centre.offshore
        assert not any(ledger.totals().values())
        for number in range(ledger.account_count()):
            if ledger.account(number).booked_min is not None:
                assert ledger.available(number) >= 0, ledger.account(number).code
        waiting = [uetr for uetr, found in room.books.pending.items() if found.waits[0] == "QUEUE"]
        assert sorted(waiting) == sorted(queued.key for queued in room.lines)
        assert sorted(room.books.liquidity.places) == sorted(waiting)

    def settled(self, payer: str, rank: str) -> list[int]:
        """List the numbers under which a payer's payments of one priority settled, in the order in which they were sent."""
        found = [record(self.engine, uetr) for uetr in self.sent[payer]]
        return [
            payment.number
            for payment in found
            if isinstance(payment, Payment)
            and payment.status in ("ACSC", "ACCC")
            and payment.order.priority == rank
        ]


@settings(max_examples=40, deadline=None)
@given(STEPS, st.sampled_from(["FIFO", "BYPASS_FIFO"]))
def test_a_day_of_queueing_keeps_money_order_and_one_end_for_each(
    steps: list[tuple[str, str, str, int]], method: str
) -> None:
    day = Day(method)
    for step in steps:
        day.play(*step)
    for name in COMPANIES:
        for rank in ("URGENT", "") if method == "FIFO" else ("URGENT",):
            numbers = day.settled(name, rank)
            # A payment that settled earlier has the lower number: nothing overtook what may not be overtaken.
            assert numbers == sorted(numbers), (name, rank)
    engine = day.engine
    loaded = Centre.load(engine.centre.base_rules, engine.centre.dump())
    assert loaded.digest() == engine.centre.digest()
    assert loaded.offshore.lines.by_account == engine.centre.offshore.lines.by_account
    day.at_us = instant_us(DATE, 17)
    day.send("clock", Tick())
    day.check()
    assert engine.centre.offshore.books.pending == {}
    ended = [payment.order.uetr for payment in engine.centre.offshore.payments]
    assert len(ended) == len(set(ended))
    assert {uetr for sent in day.sent.values() for uetr in sent} <= set(ended)
    report = audit(engine.centre.base_rules, engine.entries(1))
    assert report.differences == []


def test_moving_to_either_end_is_remembered_by_a_snapshot() -> None:
    day = Day("FIFO")
    for _ in range(3):
        day.pay("pay", "A", "B", 5)
    first, second, third = day.sent["A"]
    day.send("a-treasurer", MoveInQueue(uetr=first, to=Spot.LAST))
    day.send("a-treasurer", MoveInQueue(uetr=third, to=Spot.FIRST))
    loaded = Centre.load(day.engine.centre.base_rules, day.engine.centre.dump())
    line = next(iter(loaded.offshore.lines.by_account.values()))
    assert [queued.key for queued in line] == [third, second, first]
