"""Whatever is ordered, received, suspended or blocked: money is conserved, a refusal changes nothing, the journal says it all."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.support.centre import accepted, load_rules, send
from tests.support.offshore import (
    ACCOUNTS,
    balances,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)

from huangpu.core.message import Command, Rejected
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit, replayed
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.venues.offshore.accounts import BlockAccount, UnblockAccount
from huangpu.venues.offshore.payments.waiting import REVIEWS
from huangpu.venues.offshore.payments.words import (
    InstructPaymentBatch,
    PaymentRefused,
    PaymentSettled,
)
from huangpu.venues.offshore.state import Direction, PaymentOrder
from huangpu.venues.offshore.white_list import ReinstateCompany, SuspendCompany

DEBTORS = st.sampled_from([row[0] for row in ACCOUNTS])
CREDITORS = st.sampled_from([*(row[0] for row in ACCOUNTS), "OVERSEAS", "NOBODY"])
CURRENCIES = st.sampled_from(["USD", "USD", "USD", "CNY", "EUR"])
AMOUNTS = st.one_of(
    st.integers(1, 600_000_00),
    st.sampled_from([0, -1, 200_000_00, 1_000_000_00, 2**62 - 1, 2**62, 2**63 - 1]),
)
ORDERS = st.fixed_dictionaries(
    {
        "debtor_account": DEBTORS,
        "creditor": CREDITORS,
        "currency": CURRENCIES,
        "amount": AMOUNTS,
        "uetr": st.integers(1, 40).map(uetr),
        "end_to_end_id": st.sampled_from(["NOTPROVIDED", "NOTPROVIDED", "E1", "E2", "E3", ""]),
        "instruction_id": st.sampled_from(["", "", "I1", "I2"]),
        "purpose": st.sampled_from(["", "CURR", "SECU"]),
        "trade_type": st.sampled_from(["RESALE", "RESALE", "RESALE", ""]),
    }
)
PERSONS = st.sampled_from(["bk1-maker", "bk1-maker", "bk1-maker", "otc1-treasurer", "bk2-maker"])
BANKS = st.sampled_from(["BK1", "BK1", "BK1", "BK2"])


def order_from(drawn: dict[str, Any]) -> PaymentOrder:
    fields = dict(drawn)
    creditor = fields.pop("creditor")
    amount = fields.pop("amount")
    if creditor == "OVERSEAS":
        return overseas_order(amount, **fields)
    return book_order(creditor, amount, **fields)


class OffshoreMachine(RuleBasedStateMachine):
    """Plays on the fixture of section G and keeps a plain account of what the accepted payments moved."""

    @initialize()
    def start(self) -> None:
        self.engine: Engine = offshore_engine()
        self.expected = balances(self.engine)
        self.messages = 0

    def message_id(self) -> str:
        self.messages += 1
        return f"MSG-{self.messages}"

    def play(self, by: str, command: Command) -> None:
        before = self.engine.centre.digest()
        answer = send(self.engine, by, command)
        assert isinstance(answer, Entry)
        if isinstance(answer.outcome, Rejected):
            assert self.engine.centre.digest() == before
            return
        for event in answer.outcome:
            if isinstance(event, PaymentSettled):
                self.count(event)

    def count(self, event: PaymentSettled) -> None:
        order, amount = event.payment.order, event.payment.order.amount
        if event.payment.direction is not Direction.INWARD:
            self.expected[f"{order.debtor_account}/{order.currency}"] -= amount
        if event.payment.direction is not Direction.OUTWARD:
            self.expected[f"{order.creditor_account}/{order.currency}"] += amount
        sign = {Direction.OUTWARD: -1, Direction.INWARD: 1, Direction.BOOK: 0}
        if event.payment.correspondent:
            nostro = f"NOSTRO-{event.payment.bank}@{event.payment.correspondent}/{order.currency}"
            self.expected[nostro] += sign[event.payment.direction] * amount

    @rule(by=PERSONS, bank=BANKS, drawn=ORDERS)
    def pay(self, by: str, bank: str, drawn: dict[str, Any]) -> None:
        self.play(by, instruct(order_from(drawn), self.message_id(), bank))

    @rule(amount=AMOUNTS, number=st.integers(1, 40), account=DEBTORS, currency=CURRENCIES)
    def receive(self, amount: int, number: int, account: str, currency: str) -> None:
        order = inward_order(amount, uetr=uetr(number), creditor_account=account, currency=currency)
        self.play("ovb-desk", receive(order, self.message_id()))

    @rule(by=PERSONS, drawn=st.lists(ORDERS, max_size=8))
    def pay_a_batch(self, by: str, drawn: list[dict[str, Any]]) -> None:
        """A batch ends as the same orders do one by one, on a copy of the centre."""
        orders = [order_from(each) for each in drawn]
        copy = Centre.load(self.engine.centre.base_rules, self.engine.centre.dump())
        batch = InstructPaymentBatch(message_id=self.message_id(), bank="BK1", orders=orders)
        answer = send(self.engine, by, batch)
        assert isinstance(answer, Entry)
        if isinstance(answer.outcome, Rejected):
            assert not orders
            return
        refusals: dict[int, Rejected] = {}
        for event in answer.outcome:
            if isinstance(event, PaymentSettled):
                self.count(event)
            if isinstance(event, PaymentRefused):
                refusals[event.position] = event.refusal
        stamp = copy.stamp(answer.seq, answer.at_us, by)
        for position, order in enumerate(orders):
            alone = copy.decide(instruct(order, f"alone-{position}"), stamp)
            if isinstance(alone, Rejected):
                assert refusals[position] == alone
                continue
            assert position not in refusals
            copy.apply(alone, stamp)
        assert copy.ledger.digest() == self.engine.centre.ledger.digest()

    @rule(
        company=st.sampled_from(["OTC1", "OTC2", "OTC3"]), by=st.sampled_from(["zone-1", "zone-2"])
    )
    def suspend(self, company: str, by: str) -> None:
        self.play(by, SuspendCompany(company=company, cause="documents overdue"))

    @rule(
        company=st.sampled_from(["OTC1", "OTC2", "OTC3"]), by=st.sampled_from(["zone-1", "zone-2"])
    )
    def reinstate(self, company: str, by: str) -> None:
        self.play(by, ReinstateCompany(company=company))

    @rule(account=DEBTORS)
    def block(self, account: str) -> None:
        self.play("bk1-checker", BlockAccount(account_id=account, cause="court order"))

    @rule(account=DEBTORS)
    def unblock(self, account: str) -> None:
        self.play("bk1-checker", UnblockAccount(account_id=account, cause="order lifted"))

    @invariant()
    def money_is_conserved_and_where_the_payments_put_it(self) -> None:
        ledger = self.engine.centre.ledger
        assert not any(ledger.totals().values())
        found = balances(self.engine)
        for code, amount in self.expected.items():
            if not code.startswith("INTERUNIT"):
                assert found[code] == amount, code

    @invariant()
    def nothing_is_overdrawn_and_only_reviews_hold(self) -> None:
        ledger = self.engine.centre.ledger
        kept: dict[int, int] = {}
        for pending in self.engine.centre.offshore.books.pending.values():
            assert not pending.holds or pending.waits[0] in REVIEWS
            for number in pending.holds:
                hold = ledger.open_hold(number)
                assert hold is not None
                kept[hold.debit] = kept.get(hold.debit, 0) + hold.amount
        for number in range(ledger.account_count()):
            assert ledger.held(number) == kept.get(number, 0)
            if ledger.account(number).booked_min is not None:
                assert ledger.available(number) >= 0

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        centre, entries = self.engine.centre, list(self.engine.entries(1))
        again = Centre(load_rules())
        for _ in replayed(again, entries):
            pass
        assert again.digest() == centre.digest()
        report = audit(load_rules(), entries)
        assert not report.differences
        loaded = Centre.load(centre.base_rules, centre.dump())
        assert loaded.dump() == centre.dump()


TestOffshore = OffshoreMachine.TestCase
TestOffshore.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)


def test_a_batch_of_one_company_settles_until_the_funds_end() -> None:
    engine = offshore_engine()
    orders = [overseas_order(300_000_00) for _ in range(4)]
    batch = InstructPaymentBatch(message_id="B1", bank="BK1", orders=orders)
    events = accepted(send(engine, "otc1-treasurer", batch)).outcome
    assert [type(event).__name__ for event in events] == [
        *["LegsPosted", "PaymentSettled"] * 3,
        "PaymentWaiting",
        "BatchProcessed",
    ]
