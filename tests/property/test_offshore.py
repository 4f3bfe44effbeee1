"""Whatever is ordered, reviewed, queued, recalled, exchanged or blocked, and whenever: money is conserved and every payment ends once.

The machine draws every command of the payment life and lets minutes or weeks pass between them. A refusal changes nothing; holds, quotas, limits
and balances are recounted from the payments after each step; at the end the journal alone gives the same centre.
"""

import datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.fx import quote
from tests.support.life import (
    AMOUNTS,
    BANKS,
    CURRENCIES,
    DATES,
    DEBTORS,
    FIRST_DATE,
    MINUTE_US,
    NAMES,
    NUMBERS,
    OFFICERS,
    ORDERS,
    PERSONS,
    PLACES,
    full_engine,
    moved_on,
    order_from,
)
from tests.support.offshore import (
    balances,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)
from tests.support.recalls import (
    announce,
    answer,
    bank_order,
    bank_pays,
    bank_receives,
    give_back,
    recall,
    take_back,
)
from tests.support.screening import LISTED, entries_of

from huangpu.app import load_rules
from huangpu.core.calendar import DAY_US, date_of, instant_us
from huangpu.core.message import Command, Event, Rejected
from huangpu.core.rulebook import Row
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit, replayed
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.ledger.statements import booked_statement
from huangpu.registry.charter import AdoptRules, Tick
from huangpu.venues.offshore.accounts import BlockAccount, UnblockAccount
from huangpu.venues.offshore.bank_transfers.words import BankTransferRecorded
from huangpu.venues.offshore.boundary import Running
from huangpu.venues.offshore.fx.deals import AcceptQuote, FxDealSettled
from huangpu.venues.offshore.fx.state import FxSide
from huangpu.venues.offshore.liquidity.commands import CancelPayment, ChangePriority, MoveInQueue
from huangpu.venues.offshore.liquidity.lines import Spot
from huangpu.venues.offshore.monitoring.books import LimitKind
from huangpu.venues.offshore.monitoring.limits import SetLimit
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal
from huangpu.venues.offshore.orders import SETTLED, Payment, Pending, Wait
from huangpu.venues.offshore.payments.statuses import MOVES
from huangpu.venues.offshore.payments.words import (
    InstructPaymentBatch,
    PaymentEnded,
    PaymentRefused,
    PaymentSettled,
    PaymentWaiting,
)
from huangpu.venues.offshore.recalls.words import PaymentReturned
from huangpu.venues.offshore.screening.cases import ClearScreeningCase, ConfirmScreeningCase
from huangpu.venues.offshore.screening.lists import AdoptScreeningList, ProposeScreeningList
from huangpu.venues.offshore.second_line.claims import claims_of
from huangpu.venues.offshore.second_line.release import RefuseSecondLine, ReleaseSecondLine
from huangpu.venues.offshore.state import Direction
from huangpu.venues.offshore.white_list import ReinstateCompany, SuspendCompany


class OffshoreMachine(RuleBasedStateMachine):
    """Plays on the fixture and keeps a plain account of what the accepted commands moved, claimed and ended."""

    @initialize()
    def start(self) -> None:
        self.engine: Engine = full_engine()
        self.now_us = MONDAY_0930_US
        self.expected = balances(self.engine)
        self.messages = 0
        self.versions = 0
        self.quotes: list[str] = []
        self.ended: set[str] = set()
        self.lives: dict[str, list[str]] = {}
        self.claimed: dict[str, Pending] = {}
        self.quota: dict[str, int] = {}

    # How a command is played, and what it is seen to have done.

    def message_id(self) -> str:
        self.messages += 1
        return f"MSG-{self.messages}"

    def play(self, by: str, command: Command) -> Entry:
        before = self.engine.centre.digest()
        found = send(self.engine, by, command, at_us=self.now_us)
        assert isinstance(found, Entry)
        if isinstance(found.outcome, Rejected):
            assert self.engine.centre.digest() == before
            return found
        for event in found.outcome:
            self.count(event)
        return found

    def count(self, event: Event) -> None:
        if isinstance(event, PaymentWaiting):
            assert event.pending.order.uetr not in self.ended
            self.claimed.setdefault(event.pending.order.uetr, event.pending)
        elif isinstance(event, PaymentSettled | PaymentEnded):
            name = event.payment.order.uetr
            assert name not in self.ended, "each ends once"
            self.ended.add(name)
            self.claimed.pop(name, None)
            if isinstance(event, PaymentSettled):
                self.count_settled(event.payment)
        elif isinstance(event, PaymentReturned):
            self.count_returned(event)
        elif isinstance(event, FxDealSettled):
            deal = event.deal
            base, counter = (f"{deal.account}/{c}" for c in deal.pair.split("/"))
            sign = 1 if deal.side is FxSide.BUY else -1
            self.add(base, sign * deal.base)
            self.add(counter, -sign * deal.counter)
            self.add(f"FXLIQ-{deal.bank}/{deal.pair[:3]}", -sign * deal.base)
            self.add(f"FXLIQ-{deal.bank}/{deal.pair[4:]}", sign * deal.counter)
        elif isinstance(event, BankTransferRecorded) and event.transfer.kind == "CORE":
            transfer, order = event.transfer, event.transfer.order
            sign = -1 if transfer.direction is Direction.OUTWARD else 1
            nostro = f"NOSTRO-{transfer.bank}@{transfer.correspondent}/{order.currency}"
            self.add(nostro, sign * order.amount)
            self.add(f"FXLIQ-BK1/{order.currency}", sign * order.amount)

    def count_settled(self, payment: Payment) -> None:
        order, amount = payment.order, payment.order.amount
        on_top = payment.charge if order.charge_bearer != "CRED" else 0
        within = payment.charge - on_top
        if payment.direction is not Direction.INWARD:
            self.add(f"{order.debtor_account}/{order.currency}", -amount - on_top)
        if payment.direction is not Direction.OUTWARD:
            self.add(f"{order.creditor_account}/{order.currency}", amount)
        sign = {Direction.OUTWARD: -1, Direction.INWARD: 1, Direction.BOOK: 0}
        if payment.correspondent:
            nostro = f"NOSTRO-{payment.bank}@{payment.correspondent}/{order.currency}"
            self.add(nostro, sign[payment.direction] * (amount - within))
        if payment.charge:
            self.add(f"FEES-{payment.bank}/{order.currency}", payment.charge)
        for claim in claims_of(payment):
            self.quota[claim.key] = self.quota.get(claim.key, 0) + claim.amount

    def count_returned(self, event: PaymentReturned) -> None:
        back = event.posted
        original = self.engine.centre.offshore.payments.at(back.payment)
        nostro = f"NOSTRO-{original.bank}@{back.correspondent}/{back.currency}"
        payer, payee = (
            f"{back.payer_account}/{back.currency}",
            f"{back.payee_account}/{back.currency}",
        )
        if back.direction is Direction.INWARD:
            self.add(nostro, back.amount)
        else:
            self.add(payer, -back.amount)
        if back.direction is Direction.OUTWARD:
            self.add(nostro, -back.amount)
        else:
            self.add(payee, back.amount)
        for claim in claims_of(original):
            part = back.amount if claim.amount > 0 else -back.amount
            self.quota[claim.key] -= part

    def add(self, code: str, amount: int) -> None:
        self.expected[code] += amount

    def pending(self, place: int, wait: Wait | None = None) -> str:
        """Return the UETR of a payment that waits, of one that waits for this where there is one."""
        waiting = self.engine.centre.offshore.books.pending
        meant = [name for name, found in waiting.items() if wait is None or wait in found.waits]
        names = meant or list(waiting) or [uetr(1)]
        return names[place % len(names)]

    def known(self, place: int) -> str:
        """Return the UETR of a payment of the log, newest first."""
        log = self.engine.centre.offshore.payments
        return log.at(max(len(log) - 1 - place, 0)).order.uetr if len(log) else uetr(1)

    # Payments.

    @rule(by=PERSONS, bank=BANKS, drawn=ORDERS)
    def pay(self, by: str, bank: str, drawn: dict[str, Any]) -> None:
        self.play(by, instruct(order_from(drawn), self.message_id(), bank))

    def pay_what_is_allowed(
        self, amount: int, number: int, creditor: str, name: str, day: datetime.date | None
    ) -> None:
        """Pay what mostly settles or waits: a trade of OTC1."""
        if creditor == "OVERSEAS":
            order = overseas_order(
                amount, uetr=uetr(number), creditor_name=name, requested_date=day
            )
        else:
            currency = "CNY" if creditor.startswith("DOM") else "USD"
            purpose = "CURR" if currency == "CNY" else ""
            order = book_order(
                creditor, amount, uetr=uetr(number), currency=currency, purpose=purpose
            )
        self.play("otc1-treasurer", instruct(order, self.message_id()))

    trade = rule(
        amount=st.integers(1, 900_000_00),
        number=NUMBERS,
        creditor=st.sampled_from(["OVERSEAS", "OVERSEAS", "FTN-SUP1", "FTE-OTC3", "DOM-OTC1"]),
        name=NAMES,
        day=DATES,
    )
    # Three rules of one kind: what moves money is drawn more often.
    first_trade = trade(pay_what_is_allowed)
    second_trade = trade(pay_what_is_allowed)
    third_trade = trade(pay_what_is_allowed)

    @rule(amount=st.integers(1, 900_000_00), number=NUMBERS, name=NAMES)
    def receive_money(self, amount: int, number: int, name: str) -> None:
        order = inward_order(amount, uetr=uetr(number), debtor_name=name)
        self.play("ovb-desk", receive(order, self.message_id()))

    @rule(amount=AMOUNTS, number=NUMBERS, account=DEBTORS, currency=CURRENCIES, name=NAMES)
    def receive(self, amount: int, number: int, account: str, currency: str, name: str) -> None:
        order = inward_order(
            amount,
            uetr=uetr(number),
            creditor_account=account,
            currency=currency,
            debtor_name=name,
        )
        self.play("ovb-desk", receive(order, self.message_id()))

    @rule(
        by=PERSONS, drawn=st.lists(ORDERS, max_size=8), atomic=st.sampled_from([False, False, True])
    )
    def pay_a_batch(self, by: str, drawn: list[dict[str, Any]], atomic: bool) -> None:
        """A batch ends as the same orders do one by one, on a copy of the centre, as long as nothing waits for money."""
        orders = [order_from(each) for each in drawn]
        centre = self.engine.centre
        copy = Centre.load(centre.base_rules, centre.dump())
        copy.rules = centre.rules
        batch = InstructPaymentBatch(
            message_id=self.message_id(), bank="BK1", orders=orders, atomic=atomic
        )
        found = self.play(by, batch)
        if isinstance(found.outcome, Rejected):
            assert not orders
            return
        refusals = {one.position: one for one in found.outcome if isinstance(one, PaymentRefused)}
        if atomic or len(copy.offshore.lines):
            assert not atomic or len(refusals) in (0, len(orders))
            return
        stamp = copy.stamp(found.seq, found.at_us, by)
        for position, order in enumerate(orders):
            alone = copy.decide(instruct(order, f"alone-{position}"), stamp)
            if len(copy.offshore.lines):
                return
            if isinstance(alone, Rejected):
                assert refusals[position].refusal == alone
                continue
            assert position not in refusals
            copy.apply(alone, stamp)
        assert copy.ledger.digest() == self.engine.centre.ledger.digest()

    # What happens to a payment that waits.

    @rule(by=OFFICERS, place=PLACES, good=st.sampled_from([True, True, False]))
    def decide_on_a_release(self, by: str, place: int, good: bool) -> None:
        name = self.pending(place, Wait.RELEASE)
        maker = getattr(self.engine.centre.offshore.books.pending.get(name), "maker", "")
        decision = ReleaseSecondLine(uetr=name) if good else RefuseSecondLine(uetr=name, cause="no")
        found = self.play(by, decision)
        assert isinstance(found.outcome, Rejected) or by != maker

    @precondition(lambda self: self.engine.centre.offshore.books.screening.open_by_uetr)
    @rule(by=OFFICERS, place=PLACES, good=st.sampled_from([True, True, False]))
    def decide_on_a_case(self, by: str, place: int, good: bool) -> None:
        books = self.engine.centre.offshore.books.screening
        opened = [name for names in books.open_by_uetr.values() for name in names]
        case = books.cases[opened[place % len(opened)]]
        kind = ClearScreeningCase if good else ConfirmScreeningCase
        found = self.play(by, kind(case_id=case.id, text="seen"))
        assert isinstance(found.outcome, Rejected) or by != case.maker

    @precondition(lambda self: self.engine.centre.offshore.books.pending)
    @rule(
        what=st.sampled_from(["cancel", *(["priority", "move"] * 2)]),
        by=st.sampled_from(["otc1-treasurer", "otc1-treasurer", "bk1-maker", "otc2-treasurer"]),
        place=PLACES,
        priority=st.sampled_from(["URGENT", "HIGH", "NORMAL", "", "?"]),
        to=st.sampled_from(list(Spot)),
    )
    def change(self, what: str, by: str, place: int, priority: str, to: Spot) -> None:
        name = self.pending(place, Wait.QUEUE)
        commands: dict[str, Command] = {
            "cancel": CancelPayment(uetr=self.pending(place)),
            "priority": ChangePriority(uetr=name, priority=priority),
            "move": MoveInQueue(uetr=name, to=to),
        }
        self.play(by, commands[what])

    @rule(
        step=st.one_of(
            st.integers(1, 30 * MINUTE_US),
            st.sampled_from([MINUTE_US, 120 * MINUTE_US, 8 * 60 * MINUTE_US]),
            st.sampled_from([DAY_US, 2 * DAY_US, 9 * DAY_US, 40 * DAY_US, 470 * DAY_US]),
        )
    )
    def tick(self, step: int) -> None:
        self.now_us += step
        found = self.play("clock", Tick())
        assert not isinstance(found.outcome, Rejected)

    # Recalls, returns, transfers between banks, cover.

    @rule(
        by=st.sampled_from(["otc1-treasurer", "bk1-maker", "ovb-desk"]),
        place=PLACES,
        waits=st.booleans(),
        reason=st.sampled_from(["DUPL", "TECH", "FRAD"]),
    )
    def ask_back(self, by: str, place: int, waits: bool, reason: str) -> None:
        self.play(by, recall(self.pending(place) if waits else self.known(place), reason))

    @rule(
        by=st.sampled_from(
            ["bk1-maker", "bk1-checker", "sup1-treasurer", "otc1-treasurer", "ovb-desk"]
        ),
        place=PLACES,
        confirmation=st.sampled_from(["CNCL", "CNCL", "RJCR", "PDCR"]),
    )
    def tell(self, by: str, place: int, confirmation: str) -> None:
        opened = list(self.engine.centre.offshore.recalls.open)
        name = opened[place % len(opened)] if opened else self.known(place)
        fields = {"reason": "CUST", "consent": "HOLDER", "information": "ORDER-1"}
        self.play(by, answer(name, confirmation, **fields))

    @rule(by=OFFICERS, place=PLACES)
    def give_back(self, by: str, place: int) -> None:
        self.play(by, give_back(self.known(place)))

    @rule(place=PLACES, reason=st.sampled_from(["FOCR", "AC04"]))
    def take_back(self, place: int, reason: str) -> None:
        name = self.known(place)
        record = self.engine.centre.offshore.record_of(name)
        self.play("ovb-desk", take_back(name, 1 if record is None else record.order.amount, reason))

    @rule(amount=st.integers(1, 400_000_00), number=NUMBERS)
    def announce(self, amount: int, number: int) -> None:
        self.play("ovb-desk", announce(amount, uetr(number)))

    @rule(place=PLACES, number=NUMBERS, exact=st.sampled_from([True, True, False]))
    def cover(self, place: int, number: int, exact: bool) -> None:
        waiting = self.engine.centre.offshore.books.pending
        found = waiting.get(self.pending(place, Wait.COVER))
        name, amount = (found.order.uetr, found.order.amount) if found else (uetr(number), 100_00)
        order = bank_order(amount if exact else 7, uetr=name, debtor_account="", creditor_bic="")
        self.play("ovb-desk", bank_receives(order, cover=True))

    @rule(amount=AMOUNTS, number=NUMBERS, out=st.booleans())
    def pay_between_banks(self, amount: int, number: int, out: bool) -> None:
        if out:
            self.play("bk1-maker", bank_pays(bank_order(amount, uetr=uetr(number))))
        else:
            order = bank_order(amount, uetr=uetr(number), debtor_account="", creditor_bic="")
            self.play("ovb-desk", bank_receives(order))

    # Exchange.

    @rule(side=st.sampled_from(list(FxSide)), amount=st.integers(1, 200_000_00))
    def quote(self, side: FxSide, amount: int) -> None:
        self.quotes.append(f"Q{len(self.quotes)}")
        self.play("bk1-maker", quote(self.quotes[-1], side=side, amount=amount))

    @rule(by=st.sampled_from(["otc1-treasurer", "bk1-maker", "bk1-both"]), after=st.integers(0, 1))
    def accept(self, by: str, after: int) -> None:
        if self.quotes:
            self.play(
                by, AcceptQuote(bank="BK1", quote_id=self.quotes[-1 - after % len(self.quotes)])
            )

    # Lists, limits, rows, accounts, the white list.

    @rule(
        listed=st.lists(
            st.sampled_from([LISTED, "Simulated OTC1", "Simulated SUP1", "汉" * 140]), unique=True
        ),
        by=st.sampled_from(["comp-2", "comp-2", "comp-1"]),
        list_id=st.sampled_from(["SIM", "SIM", "OTHER"]),
    )
    def adopt_a_list(self, listed: list[str], by: str, list_id: str) -> None:
        self.versions += 1
        version = f"{self.versions}"
        proposed = ProposeScreeningList(
            list_id=list_id,
            version=version,
            published=FIRST_DATE,
            entries=entries_of("Nobody At All", *listed),
        )
        self.play("comp-1", proposed)
        found = self.play(by, AdoptScreeningList(list_id=list_id, version=version))
        assert isinstance(found.outcome, Rejected) == (by == "comp-1")

    @rule(
        kind=st.sampled_from(list(LimitKind)),
        value=st.sampled_from([0, 1, 3, 500_000_00, 5_000_000_00]),
        customer=st.sampled_from(["", "OTC1"]),
        by=OFFICERS,
    )
    def set_a_limit(self, kind: LimitKind, value: int, customer: str, by: str) -> None:
        found = self.play("bk1-checker", SetLimit(kind=kind, value=value, customer=customer))
        if not isinstance(found.outcome, Rejected):
            number = len(self.engine.centre.offshore.books.monitor.proposals) - 1
            approved = self.play(by, ApproveProposal(number=number))
            assert isinstance(approved.outcome, Rejected) or by != "bk1-checker"

    @rule(currency=st.sampled_from(["USD", "CNY"]), charge=st.sampled_from([0, 500, 700]))
    def change_a_charge_from_tomorrow(self, currency: str, charge: int) -> None:
        name = f"offshore.charge.{currency}"
        tomorrow = date_of(self.now_us) + datetime.timedelta(days=1)
        row = Row(name, tomorrow, charge, f"minor units of {currency}", "test")
        self.play("operator", AdoptRules(rows=[row]))

    @rule(
        what=st.sampled_from(["suspend", "reinstate", "block", "unblock", "unblock"]),
        company=st.sampled_from(["OTC1", "OTC2", "OTC3"]),
        account=DEBTORS,
        by=st.sampled_from(["zone-1", "zone-2"]),
    )
    def change_a_standing(self, what: str, company: str, account: str, by: str) -> None:
        commands: dict[str, Command] = {
            "suspend": SuspendCompany(company=company, cause="documents overdue"),
            "reinstate": ReinstateCompany(company=company),
            "block": BlockAccount(account_id=account, cause="court order"),
            "unblock": UnblockAccount(account_id=account, cause="order lifted"),
        }
        self.play(by if what in ("suspend", "reinstate") else "bk1-checker", commands[what])

    @rule()
    def start_again_from_a_snapshot(self) -> None:
        """Go on from a snapshot; the audit of the whole journal at the end runs without one."""
        before = self.engine.centre
        again = Centre.load(before.base_rules, before.dump())
        assert again.digest() == before.digest()
        self.engine.centre = again

    # What holds after every step.

    @invariant()
    def money_is_conserved_and_where_the_payments_put_it(self) -> None:
        ledger = self.engine.centre.ledger
        assert not any(ledger.totals().values())
        found = balances(self.engine)
        for code, amount in self.expected.items():
            if not code.startswith("INTERUNIT"):
                assert found[code] == amount, code

    @invariant()
    def nothing_is_overdrawn_and_only_what_was_reviewed_holds(self) -> None:
        ledger, room = self.engine.centre.ledger, self.engine.centre.offshore
        kept: dict[int, int] = {}
        for pending in room.books.pending.values():
            assert not pending.holds or Wait.QUEUE not in pending.waits
            for number in pending.holds:
                hold = ledger.open_hold(number)
                assert hold is not None
                kept[hold.debit] = kept.get(hold.debit, 0) + hold.amount
        for number in range(ledger.account_count()):
            assert ledger.held(number) == kept.get(number, 0)
            if ledger.account(number).booked_min is not None:
                assert ledger.available(number) >= 0
        queued = {name for name, one in room.books.pending.items() if one.waits[0] is Wait.QUEUE}
        assert queued == {one.key for one in room.lines} == set(room.books.liquidity.places)

    @invariant()
    def each_waits_or_has_ended(self) -> None:
        room = self.engine.centre.offshore
        assert set(self.claimed) == set(room.books.pending)
        assert self.ended.isdisjoint(room.books.pending)
        assert len(room.payments) == len(self.ended)
        screened = {n for n, one in room.books.pending.items() if Wait.SCREENING in one.waits}
        assert screened <= set(room.books.screening.open_by_uetr), "somebody can decide on each"

    @invariant()
    def each_moves_as_the_table_says(self) -> None:
        room = self.engine.centre.offshore
        over = {name for name, passed in self.lives.items() if not MOVES[passed[-1]]}
        for name in {*room.books.pending, *self.ended} - over:
            self.lives[name] = moved_on(room.record_of(name), self.lives.get(name, ["RCVD"]))

    @invariant()
    def quotas_are_a_plain_recount(self) -> None:
        running = self.engine.centre.offshore.books.boundary.running
        into: dict[str, int] = {}
        out: dict[str, int] = {}
        for pending in self.claimed.values():
            for claim in claims_of(pending):
                way = into if claim.amount > 0 else out
                way[claim.key] = way.get(claim.key, 0) + abs(claim.amount)
        for key in {*running, *self.quota, *into, *out}:
            found = running.get(key, Running())
            plain = (self.quota.get(key, 0), into.get(key, 0), out.get(key, 0))
            assert (found.net, found.claimed_in, found.claimed_out) == plain, key

    @invariant()
    def limits_are_a_plain_recount(self) -> None:
        room = self.engine.centre.offshore
        monitor = room.books.monitor
        begin_us = instant_us(monitor.uses_date, 0) if monitor.uses else 0
        counted: dict[str, int] = {}
        sums: dict[tuple[str, str], int] = {}
        records: list[Payment | Pending] = [*room.books.pending.values(), *room.payments]
        for one in records:
            at_us = one.at_us if isinstance(one, Pending) else one.received_us or one.at_us
            lost = isinstance(one, Payment) and one.status not in SETTLED
            if lost or not one.debtor or not begin_us <= at_us < begin_us + DAY_US:
                continue
            for subject in (one.bank, f"{one.bank}|{one.debtor}"):
                counted[subject] = counted.get(subject, 0) + 1
                key = (subject, one.order.currency)
                sums[key] = sums.get(key, 0) + one.order.amount - self.given_back(one, begin_us)
        for subject, use in monitor.uses.items():
            assert use.payments == counted.get(subject, 0), subject
            for currency, found in use.sums.items():
                assert found in (sums.get((subject, currency), 0), 2**63 - 1)

    def given_back(self, record: Payment | Pending, begin_us: int) -> int:
        """Return what of a payment went back on the day that begins then."""
        room = self.engine.centre.offshore
        number = room.recalls.returned.get(record.order.uetr)
        if number is None:
            return 0
        back = room.books.recalls.returns[number]
        return back.amount if begin_us <= back.at_us < begin_us + DAY_US else 0

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
        for code in ("FTE-OTC1/USD", "FTE-OTC1/CNY", "DOM-OTC1/CNY", "NOSTRO-BK1@OVB/USD"):
            number = centre.ledger.number(code)
            assert number is not None
            booked = 0
            for day_us in (MONDAY_0930_US, MONDAY_0930_US + DAY_US, self.now_us, self.now_us + 1):
                before = booked_statement(centre.ledger, number, from_us=0, to_us=day_us)
                assert before.opening == 0
                booked = before.closing
            assert booked == centre.ledger.booked(number)


TestOffshore = OffshoreMachine.TestCase
TestOffshore.settings = settings(max_examples=25, stateful_step_count=32, deadline=None)


def test_a_batch_of_one_company_settles_until_the_funds_end() -> None:
    engine = offshore_engine()
    orders = [overseas_order(300_000_00) for _ in range(4)]
    batch = InstructPaymentBatch(message_id="B1", bank="BK1", orders=orders)
    events = accepted(send(engine, "otc1-treasurer", batch)).outcome
    assert not isinstance(events, Rejected)
    assert [type(event).__name__ for event in events] == [
        *["LegsPosted", "PaymentSettled"] * 3,
        "PaymentWaiting",
        "BatchProcessed",
    ]
