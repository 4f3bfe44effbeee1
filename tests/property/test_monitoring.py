"""Whatever is paid and returned: counters and flows equal a plain recount of the payment log, no limit is passed, and a replay agrees."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.support.centre import accepted, send
from tests.support.monitoring import MINUTE_US, at, books, day_us, monitored_engine, tick
from tests.support.offshore import book_order, instruct, inward_order, overseas_order, receive
from tests.support.recalls import give_back, take_back

from huangpu.app import load_rules
from huangpu.core.calendar import DAY_US, date_of
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit, replayed
from huangpu.venues.offshore.monitoring.books import LimitKind, Use
from huangpu.venues.offshore.monitoring.deviation import first_day, flows_of
from huangpu.venues.offshore.monitoring.limits import SetLimit
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal
from huangpu.venues.offshore.orders import SETTLED, Direction, Payment, PaymentOrder, Pending
from huangpu.venues.offshore.payments.words import InstructPaymentBatch

RATE = 7_100_000
LIMITS = {LimitKind.DAY: 300_000_000, LimitKind.COUNTERPARTY: 200_000_000, LimitKind.MINUTE: 6}
CREDITORS = st.sampled_from(["HK-1", "HK-2", "FTN-SUP1", "FTE-OTC2"])
AMOUNTS = st.sampled_from([1, 50_000_00, 100_000_00, 150_000_00, 281_690_14, 281_690_15])
REFERENCES = st.sampled_from(["", "T1", "T2"])


def order_of(creditor: str, amount: int, reference: str) -> PaymentOrder:
    if creditor.startswith("HK"):
        return overseas_order(amount, creditor_account=creditor, trade_reference=reference)
    return book_order(creditor, amount, trade_reference=reference)


class MonitorMachine(RuleBasedStateMachine):
    """Pays, receives, returns, batches and lets time pass under agreed limits, and counts the log again after each step."""

    @initialize()
    def start(self) -> None:
        self.engine = monitored_engine()
        self.now = day_us(0)
        for number, (kind, value) in enumerate(LIMITS.items()):
            limit = SetLimit(kind=kind, value=value, customer="OTC1")
            accepted(send(self.engine, "bk1-maker", limit))
            accepted(send(self.engine, "bk1-checker", ApproveProposal(number=number)))

    @rule(creditor=CREDITORS, amount=AMOUNTS, reference=REFERENCES)
    def pay(self, creditor: str, amount: int, reference: str) -> None:
        order = order_of(creditor, amount, reference)
        send(self.engine, "otc1-treasurer", instruct(order))

    @rule(parts=st.lists(st.tuples(CREDITORS, AMOUNTS, REFERENCES), min_size=1, max_size=8))
    def pay_a_batch(self, parts: list[tuple[str, int, str]]) -> None:
        orders = [order_of(*part) for part in parts]
        message = f"B-{orders[0].uetr[-12:]}"
        batch = InstructPaymentBatch(message_id=message, bank="BK1", orders=orders)
        accepted(send(self.engine, "otc1-treasurer", batch))

    @rule(amount=AMOUNTS, reference=REFERENCES)
    def receive(self, amount: int, reference: str) -> None:
        order = inward_order(amount, trade_reference=reference)
        accepted(send(self.engine, "ovb-desk", receive(order)))

    @rule(data=st.data())
    def return_one(self, data: st.DataObject) -> None:
        count = len(self.engine.centre.offshore.payments)
        if count:
            self.return_number(data.draw(st.integers(0, count - 1)))

    def return_number(self, number: int) -> None:
        payment = self.engine.centre.offshore.payments.at(number)
        name, amount = payment.order.uetr, payment.order.amount
        if payment.direction is Direction.OUTWARD:
            send(self.engine, "ovb-desk", take_back(name, amount))
        else:
            by = f"{payment.creditor_bank.lower()}-officer"
            send(self.engine, by, give_back(name))

    def kept(self, each: Payment | Pending, *, that_day: bool = False) -> int:
        """Return what an order paid net of its return, of one made on the counters' date alone, from the list of returns."""
        date = books(self.engine).uses_date
        returns = self.engine.centre.offshore.books.recalls.returns
        return each.order.amount - sum(
            one.amount
            for one in returns
            if one.uetr == each.order.uetr and not (that_day and date_of(one.at_us) != date)
        )

    @rule(
        step=st.sampled_from([20_000_000, 2 * MINUTE_US, 9 * 60 * MINUTE_US, DAY_US, 80 * DAY_US])
    )
    def wait(self, step: int) -> None:
        self.now += step
        at(self.engine, self.now)
        tick(self.engine, self.now)

    def accepted_today(self) -> list[Payment | Pending]:
        """List what was accepted on the counters' date and did not end without money, from log and waiting payments alone."""
        room, date = self.engine.centre.offshore, books(self.engine).uses_date
        found: list[Payment | Pending] = [
            payment
            for number in range(len(room.payments))
            if (payment := room.payments.at(number)).status in SETTLED
            and date_of(payment.received_us or payment.at_us) == date
        ]
        found += [each for each in room.books.pending.values() if date_of(each.at_us) == date]
        return [each for each in found if each.debtor]

    @invariant()
    def counters_equal_a_recount(self) -> None:
        plain: dict[str, dict[str, Counter[str]]] = {}
        for each in self.accepted_today():
            order = each.order
            domicile = self.engine.centre.registry.institutions
            country = domicile[each.creditor].domicile if each.creditor else order.creditor_country
            agent = "" if each.creditor else f"{order.creditor_agent}|"
            for subject in (f"{each.bank}|{each.debtor}", each.bank):
                sums = plain.setdefault(subject, {n: Counter() for n in ("all", "who", "where")})
                sums["all"][order.currency] += self.kept(each, that_day=True)
                sums["who"][f"{agent}{order.creditor_account}|{order.currency}"] += self.kept(
                    each, that_day=True
                )
                sums["where"][f"{country}|{order.currency}"] += self.kept(each, that_day=True)
        uses = books(self.engine).uses
        assert {subject for subject, use in uses.items() if use.payments} == set(plain)
        for subject, sums in plain.items():
            use: Use = uses[subject]
            assert Counter(use.sums) == sums["all"]
            assert Counter(use.counterparties) == sums["who"]
            assert Counter(use.countries) == sums["where"]

    @invariant()
    def no_limit_is_passed(self) -> None:
        own = [each for each in self.accepted_today() if each.debtor == "OTC1"]
        assert (
            sum(self.kept(each, that_day=True) for each in own) * RATE
            <= LIMITS[LimitKind.DAY] * 10**6
        )
        by_account: Counter[str] = Counter()
        seconds: list[int] = []
        for each in own:
            by_account[each.order.creditor_account] += self.kept(each, that_day=True)
            received = getattr(each, "received_us", 0) or each.at_us
            seconds.append(received // 1_000_000)
        most = max(by_account.values(), default=0)
        assert most * RATE <= LIMITS[LimitKind.COUNTERPARTY] * 10**6
        for second in seconds:
            window = [other for other in seconds if second - 59 <= other <= second]
            assert len(window) <= LIMITS[LimitKind.MINUTE]

    @invariant()
    def flows_equal_a_recount(self) -> None:
        room, rules = self.engine.centre.offshore, self.engine.centre.rules
        date = date_of(self.now)
        first, last = first_day(rules, date), date.toordinal()
        plain: Counter[tuple[str, str]] = Counter()
        for number in range(len(room.payments)):
            payment = room.payments.at(number)
            inside = first <= date_of(payment.at_us).toordinal() <= last
            if payment.status in SETTLED and payment.line == "FIRST" and inside:
                for company, way in ((payment.debtor, "out"), (payment.creditor, "in")):
                    if company in room.books.listings:
                        plain[company, way] += self.kept(payment)
        for company in ("OTC1", "OTC2"):
            series = books(self.engine).series.get(f"COMPANY|{company}")
            flow = flows_of(series, first, last).get("USD") if series else None
            assert (flow.receipts if flow else 0) == plain[company, "in"]
            assert (flow.payments if flow else 0) == plain[company, "out"]

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        centre = self.engine.centre
        assert Centre.load(centre.base_rules, centre.dump()).digest() == centre.digest()
        entries = list(self.engine.entries(1))
        again = Centre(load_rules())
        for _ in replayed(again, entries):
            pass
        assert again.digest() == centre.digest()
        assert not audit(load_rules(), entries).differences


TestMonitors = MonitorMachine.TestCase
TestMonitors.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


def test_the_machine_returns_money_by_every_road() -> None:
    machine = MonitorMachine()
    machine.start()
    machine.pay("HK-1", 1, "T1")
    machine.pay("FTE-OTC2", 1, "")
    machine.receive(50_000_00, "T1")
    for number in range(3):
        machine.return_number(number)
        machine.counters_equal_a_recount()
        machine.flows_equal_a_recount()
    assert len(machine.engine.centre.offshore.books.recalls.returns) == 3
    machine.teardown()
