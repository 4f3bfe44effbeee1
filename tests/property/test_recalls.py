"""Whatever is recalled, answered and returned, in any order and as time passes: money comes back once, in full, or not at all."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.support.centre import accepted, load_rules, send
from tests.support.offshore import (
    balances,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
)
from tests.support.recalls import answer, days_later, give_back, recall, take_back

from huangpu.core.message import Command, Rejected
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit, replayed
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.venues.offshore.orders import SETTLED, Direction, Payment
from huangpu.venues.offshore.recalls.books import RecallStatus
from huangpu.venues.offshore.recalls.words import PaymentReturned

AMOUNTS = st.sampled_from([1, 400_000_00, 900_000_00, 1_500_000_00])
PERSONS = st.sampled_from(
    ["bk1-maker", "bk1-checker", "otc1-treasurer", "sup1-treasurer", "ovb-desk", "otc2-treasurer"]
)
REASONS = st.sampled_from(["DUPL", "TECH", "FRAD", "LEGL"])
SIDES = {
    Direction.BOOK: ("FTN-SUP1/USD", "FTE-OTC1/USD", 1),
    Direction.OUTWARD: ("NOSTRO-BK1@OVB/USD", "FTE-OTC1/USD", -1),
    Direction.INWARD: ("FTE-OTC1/USD", "NOSTRO-BK1@OVB/USD", 1),
}
"""For each direction the two accounts that a payment moves, and the sign by which the first moves."""


class RecallMachine(RuleBasedStateMachine):
    """Plays on the fixture of section G and keeps a plain account of which payments have their money where."""

    @initialize()
    def start(self) -> None:
        self.engine: Engine = offshore_engine()
        self.before = balances(self.engine)
        self.names: list[str] = []
        self.returned: set[str] = set()
        self.originals: dict[str, Payment] = {}

    def do(self, by: str, command: Command) -> Entry | Rejected:
        digest = self.engine.centre.digest()
        found = send(self.engine, by, command)
        outcome = found.outcome if isinstance(found, Entry) else found
        if isinstance(outcome, Rejected):
            assert self.engine.centre.digest() == digest
            return found
        for event in outcome:
            if isinstance(event, PaymentReturned):
                assert event.posted.uetr not in self.returned
                self.returned.add(event.posted.uetr)
        return found

    def meant(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.names)) if self.names else ""

    @rule(amount=AMOUNTS, way=st.sampled_from(list(Direction)))
    def pay(self, amount: int, way: Direction) -> None:
        if way is Direction.INWARD:
            order = inward_order(amount)
            self.do("ovb-desk", receive(order))
        else:
            book = way is Direction.BOOK
            order = book_order("FTN-SUP1", amount) if book else overseas_order(amount)
            self.do("otc1-treasurer", instruct(order))
        self.names.append(order.uetr)

    @rule(amount=AMOUNTS)
    def spend(self, amount: int) -> None:
        order = book_order("FTE-OTC1", amount, debtor_account="FTN-SUP1", trade_type="")
        self.do("sup1-treasurer", instruct(order))
        self.names.append(order.uetr)

    @rule(by=PERSONS, reason=REASONS, data=st.data())
    def ask(self, by: str, reason: str, data: st.DataObject) -> None:
        self.do(by, recall(self.meant(data), reason))

    @rule(
        by=PERSONS,
        confirmation=st.sampled_from(["CNCL", "CNCL", "RJCR", "PDCR"]),
        consent=st.sampled_from(["", "HOLDER", "LEGAL_ORDER"]),
        data=st.data(),
    )
    def tell(self, by: str, confirmation: str, consent: str, data: st.DataObject) -> None:
        fields = {"reason": "CUST", "consent": consent, "information": "ORDER-1"}
        self.do(by, answer(self.meant(data), confirmation, **fields))

    @rule(by=PERSONS, data=st.data())
    def hand_back(self, by: str, data: st.DataObject) -> None:
        self.do(by, give_back(self.meant(data)))

    @rule(by=PERSONS, reason=st.sampled_from(["FOCR", "AC04"]), data=st.data())
    def get_back(self, by: str, reason: str, data: st.DataObject) -> None:
        name = self.meant(data)
        record = self.engine.centre.offshore.record_of(name)
        amount = 1 if record is None else record.order.amount
        self.do(by, take_back(name, amount, reason))

    @rule(days=st.sampled_from([1, 6, 30]))
    def wait(self, days: int) -> None:
        days_later(self.engine, days)

    @invariant()
    def every_payment_has_its_money_where_it_says(self) -> None:
        if not hasattr(self, "engine"):
            return
        expected = dict(self.before)
        room = self.engine.centre.offshore
        for payment in room.payments:
            name = payment.order.uetr
            assert self.originals.setdefault(name, payment) == payment, "never rewritten"
            if payment.status not in SETTLED or name in self.returned:
                continue
            first, second, sign = SIDES[payment.direction]
            if payment.order.debtor_account == "FTN-SUP1":
                first, second = second, first
            amount = payment.order.amount
            mirror = payment.direction is Direction.INWARD
            expected[first] += sign * amount
            expected[second] += amount if mirror else -amount
        assert balances(self.engine) == expected
        assert not any(self.engine.centre.ledger.totals().values())

    @invariant()
    def recalls_and_returns_agree(self) -> None:
        if not hasattr(self, "engine"):
            return
        room = self.engine.centre.offshore
        assert set(room.recalls.returned) == self.returned
        for one in room.books.recalls.recalls:
            assert (room.recalls.open.get(one.uetr) == one.number) == (
                one.status is RecallStatus.PDCR
            )
            record = room.record_of(one.uetr)
            assert isinstance(record, Payment)
            if not one.final:
                assert record.status == "CANC"
            elif one.status is RecallStatus.CNCL and record.direction is not Direction.OUTWARD:
                assert one.uetr in self.returned

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        centre, entries = self.engine.centre, list(self.engine.entries(1))
        again = Centre(load_rules())
        for _ in replayed(again, entries):
            pass
        assert again.digest() == centre.digest()
        assert not audit(load_rules(), entries).differences
        loaded = Centre.load(centre.base_rules, centre.dump())
        assert loaded.dump() == centre.dump()
        assert loaded.offshore.recalls.keys == centre.offshore.recalls.keys
        assert loaded.offshore.recalls.due == centre.offshore.recalls.due


TestRecalls = RecallMachine.TestCase
TestRecalls.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_the_machine_reaches_returns_by_every_road() -> None:
    machine = RecallMachine()
    machine.start()
    engine = machine.engine
    for way, by, back in (
        (Direction.BOOK, "sup1-treasurer", "answer"),
        (Direction.OUTWARD, "ovb-desk", "take"),
        (Direction.INWARD, "bk1-checker", "give"),
    ):
        machine.pay(400_000_00, way)
        name = machine.names[-1]
        accepted(send(engine, "ovb-desk" if back == "give" else "bk1-maker", recall(name)))
        roads = {
            "answer": answer(name),
            "take": take_back(name, 400_000_00, "FOCR"),
            "give": give_back(name),
        }
        machine.do(by, roads[back])
    assert len(machine.returned) == 3
    machine.every_payment_has_its_money_where_it_says()
    machine.recalls_and_returns_agree()
    machine.teardown()
