"""The queue at work: what is refused, what ends, what a tick does, and what nobody may be paid out of."""

import pytest
from tests.support.centre import accepted, refused, send
from tests.support.liquidity import (
    DATE,
    do,
    give,
    liquidity_engine,
    pay,
    record,
    resolutions,
    status,
    tick,
)
from tests.support.offshore import (
    balance,
    book_order,
    instruct,
    inward_order,
    overseas_order,
    receive,
)

from huangpu.core.calendar import instant_us
from huangpu.core.reasons import Reason
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit
from huangpu.engine.writer import Engine
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.events import LegsPosted, OpenLedgerAccount
from huangpu.venues.offshore.accounts import AddAccountCurrency, BlockAccount
from huangpu.venues.offshore.liquidity import queue as queue_module
from huangpu.venues.offshore.liquidity import views
from huangpu.venues.offshore.liquidity.commands import CancelPayment, ChangePriority, MoveInQueue
from huangpu.venues.offshore.liquidity.lines import Spot
from huangpu.venues.offshore.orders import Payment
from huangpu.venues.offshore.payments.words import (
    InstructPaymentBatch,
    PaymentSettled,
    PaymentWaiting,
)
from huangpu.venues.offshore.second_line.release import RefuseSecondLine
from huangpu.venues.offshore.white_list import SuspendCompany


def ring(engine: Engine, amount: int = 100) -> list[str]:
    """Let A pay B, B pay C and C pay A, with nothing on any account."""
    return [pay(engine, *pair, amount) for pair in (("A", "B"), ("B", "C"), ("C", "A"))]


def credit(engine: Engine, account: str, amount: int, at_us: int | None = None) -> str:
    order = inward_order(amount, creditor_account=account)
    accepted(send(engine, "ovb-desk", receive(order), at_us=at_us))
    return order.uetr


# ── netting ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ring_settles_in_one_chain_with_a_record_and_balances_for_each_payment() -> None:
    engine = liquidity_engine()
    give(engine, "FTE-B", 7)
    uetrs = ring(engine)
    entry = tick(engine)
    assert isinstance(entry.outcome, list)
    chains = [event for event in entry.outcome if isinstance(event, LegsPosted)]
    assert [(len(chain.legs), chain.simultaneous) for chain in chains] == [(3, True)]
    settled = [event.payment for event in entry.outcome if isinstance(event, PaymentSettled)]
    assert [payment.order.uetr for payment in settled] == uetrs
    assert [payment.number for payment in settled] == [0, 1, 2]
    # What lies between two legs of the chain is no balance: advices carry the one after the entry.
    assert [(p.debtor_booked_after, p.creditor_booked_after) for p in settled] == [
        (0, 7),
        (7, 0),
        (0, 0),
    ]
    (found,) = resolutions(entry)
    assert (found.method, found.trigger, found.currency, found.value) == (
        "FULL",
        "TICK",
        "USD",
        300,
    )
    assert (found.cycle, found.waiting_before) == (f"R{entry.seq}", 3)
    assert {position.account: position.net for position in found.positions} == {
        "FTE-A/USD": 0,
        "FTE-B/USD": 0,
        "FTE-C/USD": 0,
    }
    assert not len(engine.centre.offshore.lines)


def test_a_refused_member_ends_and_the_others_are_asked_again() -> None:
    engine = liquidity_engine()
    uetrs = ring(engine)
    twins = [pay(engine, "A", "B", 40), pay(engine, "B", "A", 40)]
    do(engine, "zone-1", SuspendCompany(company="C", cause="test"))
    entry = tick(engine)
    assert [status(engine, uetr) for uetr in uetrs] == ["PDNG", "PDNG", "RJCT"]
    ended = record(engine, uetrs[2])
    assert isinstance(ended, Payment)
    assert ended.reason == Reason.WHITE_LIST_STATUS
    # A and B still stand behind 100 that nobody can pay: their order is kept.
    assert [status(engine, uetr) for uetr in twins] == ["PDNG", "PDNG"]
    assert resolutions(entry) == []
    do(engine, "a-treasurer", CancelPayment(uetr=uetrs[0]))
    do(engine, "b-treasurer", CancelPayment(uetr=uetrs[1]))
    assert resolutions(tick(engine, second=14))[0].method == "BILATERAL"
    assert [status(engine, uetr) for uetr in twins] == ["ACCC", "ACCC"]


def test_sums_beyond_the_range_of_the_ledger_wait_and_do_no_harm() -> None:
    engine = liquidity_engine()
    top = 2**62 - 1
    for pair in (("A", "B"), ("A", "B"), ("B", "A"), ("B", "A")):
        pay(engine, *pair, top)
    tick(engine)
    assert not any(engine.centre.ledger.totals().values())
    assert balance(engine, "FTE-A/USD") == balance(engine, "FTE-B/USD") == 0
    fair = [pay(engine, "C", "D", 5), pay(engine, "D", "C", 5)]
    tick(engine, second=14)
    assert [status(engine, uetr) for uetr in fair] == ["ACCC", "ACCC"]


def test_netting_runs_in_slots_and_with_every_tick_before_the_end_of_the_day() -> None:
    engine = liquidity_engine()
    tick(engine, 9, 30, 4)
    ring(engine)
    assert resolutions(tick(engine, 9, 30, 5)) == []
    assert resolutions(tick(engine, 9, 30, 6))[0].trigger == "TICK"
    tick(engine, 16, 59, 50)
    ring(engine)
    assert resolutions(tick(engine, 16, 59, 51))[0].trigger == "END_OF_DAY"


def test_no_method_is_run_that_the_rows_do_not_name() -> None:
    engine = liquidity_engine(gridlock__methods=["BILATERAL", "zzz"])
    uetrs = ring(engine)
    assert resolutions(tick(engine)) == []
    assert status(engine, uetrs[0]) == "PDNG"


# ── credits ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_credit_releases_at_most_the_rows_number_and_the_tick_goes_on() -> None:
    engine = liquidity_engine(queue__releases_max=2)
    uetrs = [pay(engine, "A", "B", 10) for _ in range(5)]
    credit(engine, "FTE-A", 50)
    assert [status(engine, uetr) for uetr in uetrs] == ["ACCC"] * 2 + ["PDNG"] * 3
    # Without a limit of their own, the methods of netting finish what one by one may not.
    tick(engine)
    assert [status(engine, uetr) for uetr in uetrs] == ["ACCC"] * 5


def test_a_credit_looks_only_so_deep_into_a_line() -> None:
    engine = liquidity_engine(queue__depth_max=2, gridlock__methods=[])
    uetrs = [pay(engine, "A", "B", amount) for amount in (90, 80, 10)]
    credit(engine, "FTE-A", 50)
    assert [status(engine, uetr) for uetr in uetrs] == ["PDNG"] * 3
    tick(engine)
    assert [status(engine, uetr) for uetr in uetrs] == ["PDNG", "PDNG", "ACCC"]


def test_under_fifo_nothing_passes_not_even_a_new_order() -> None:
    engine = liquidity_engine(queue__method="FIFO")
    first = pay(engine, "A", "B", 100)
    credit(engine, "FTE-A", 50)
    second = pay(engine, "A", "B", 20)
    assert [status(engine, uetr) for uetr in (first, second)] == ["PDNG", "PDNG"]
    urgent = pay(engine, "A", "B", 30, priority="URGENT")
    assert status(engine, urgent) == "ACCC"
    credit(engine, "FTE-A", 100)
    assert [status(engine, uetr) for uetr in (first, second)] == ["ACCC", "ACCC"]


def test_orders_of_one_batch_do_not_overtake_each_other_where_the_row_forbids_it() -> None:
    engine = liquidity_engine()
    give(engine, "FTE-A", 50)
    orders = [
        book_order("FTE-B", 100, debtor_account="FTE-A", priority="URGENT"),
        book_order("FTE-B", 20, debtor_account="FTE-A"),
    ]
    batch = InstructPaymentBatch(message_id="B-1", bank="BK1", orders=orders)
    entry = accepted(send(engine, "a-treasurer", batch))
    assert isinstance(entry.outcome, list)
    waiting = [event for event in entry.outcome if isinstance(event, PaymentWaiting)]
    assert len(waiting) == 2


def test_a_payment_to_an_account_that_was_blocked_meanwhile_ends_when_its_turn_comes() -> None:
    engine = liquidity_engine()
    uetr = pay(engine, "A", "B", 100)
    do(engine, "bk1-checker", BlockAccount(account_id="FTE-B", cause="test"))
    credit(engine, "FTE-A", 100)
    found = record(engine, uetr)
    assert isinstance(found, Payment)
    assert (found.status, found.reason) == ("RJCT", Reason.ACCOUNT_BLOCKED)
    assert balance(engine, "FTE-A/USD") == 100


def test_money_that_is_missing_at_the_correspondent_keeps_a_payment_waiting() -> None:
    engine = liquidity_engine()
    order = overseas_order(100, debtor_account="FTE-D")
    accepted(send(engine, "d-treasurer", instruct(order, bank="BK2")))
    give(engine, "FTE-D", 100)
    tick(engine)
    assert status(engine, order.uetr) == "PDNG"
    assert balance(engine, "NOSTRO-BK2@OVB/USD") == 0
    inward = inward_order(100, creditor_account="FTE-OTC2")
    accepted(send(engine, "ovb-desk", receive(inward, instructed_agent="TSTBCNSHXXX")))
    tick(engine, second=14)
    assert status(engine, order.uetr) == "ACSC"


def test_money_that_a_refused_release_sets_free_lets_a_payment_settle() -> None:
    engine = liquidity_engine()
    second_line = book_order("DOM-OTC1", 5_000_000_00, currency="CNY", purpose="CURR")
    accepted(send(engine, "otc1-treasurer", instruct(second_line)))
    do(engine, "bk1-maker", AddAccountCurrency(account_id="FTE-A", currency="CNY"))
    short = book_order("FTE-A", 1_00, currency="CNY")
    accepted(send(engine, "otc1-treasurer", instruct(short)))
    assert status(engine, short.uetr) == "PDNG"
    refusal = RefuseSecondLine(uetr=second_line.uetr, cause="test")
    (found,) = resolutions(do(engine, "bk1-checker", refusal))
    assert found.uetrs == [short.uetr]
    assert (status(engine, second_line.uetr), status(engine, short.uetr)) == ("RJCT", "ACCC")


def with_charge(engine: Engine) -> None:
    account = Account("FEES-BK1/USD", "BK1", "USD", "BK1-SAU", "FEES", Side.CREDIT)
    do(engine, "operator", OpenLedgerAccount(account=account))


def test_a_charge_counts_and_what_it_keeps_back_is_not_overtaken_by_netting() -> None:
    engine = liquidity_engine(charge__USD=10, queue__method="FIFO")
    with_charge(engine)
    order = overseas_order(100, debtor_account="FTE-A")
    accepted(send(engine, "a-treasurer", instruct(order)))
    behind, back = pay(engine, "A", "B", 5), pay(engine, "B", "A", 5)
    credit(engine, "FTE-A", 109)
    tick(engine)
    assert [status(engine, uetr) for uetr in (order.uetr, behind, back)] == ["PDNG"] * 3
    credit(engine, "FTE-A", 1)
    assert status(engine, order.uetr) == "ACSC"
    assert balance(engine, "FEES-BK1/USD") == 10
    tick(engine, second=14)
    assert [status(engine, uetr) for uetr in (behind, back)] == ["ACCC", "ACCC"]


def test_an_amount_and_its_charge_are_measured_together_after_other_movements() -> None:
    engine = liquidity_engine(charge__USD=10)
    with_charge(engine)
    give(engine, "FTE-A", 205)
    orders = [overseas_order(amount, debtor_account="FTE-A") for amount in (100, 90)]
    batch = InstructPaymentBatch(message_id="B-1", bank="BK1", orders=orders)
    accepted(send(engine, "a-treasurer", batch))
    assert [status(engine, order.uetr) for order in orders] == ["ACSC", "PDNG"]
    assert balance(engine, "FTE-A/USD") == 95


# ── the bugs of others: time-outs and what depends on them ───────────────────────────────────────────────────────────


def test_nobody_is_paid_out_of_a_payment_that_has_timed_out() -> None:
    """Mojaloop 4274: a leg timed out after its partner was fulfilled. Here the ring falls apart as a whole."""
    engine = liquidity_engine()
    first, second, third = ring(engine)
    entry = tick(engine, 17, 0, 0)
    assert [status(engine, uetr) for uetr in (first, second, third)] == ["RJCT"] * 3
    assert resolutions(entry) == []
    assert engine.centre.offshore.books.pending == {}


def test_a_payment_past_its_time_is_not_settled_while_it_waits_for_its_tick() -> None:
    engine = liquidity_engine(queue__endings_max=1)
    first, second = pay(engine, "A", "B", 100), pay(engine, "A", "B", 100)
    credit(engine, "FTE-A", 200, at_us=instant_us(DATE, 17))
    assert [status(engine, uetr) for uetr in (first, second)] == ["PDNG", "PDNG"]
    tick(engine, 17, 0, 1)
    assert [status(engine, uetr) for uetr in (first, second)] == ["RJCT", "PDNG"]
    tick(engine, 17, 0, 2)
    assert [status(engine, uetr) for uetr in (first, second)] == ["RJCT", "RJCT"]
    assert balance(engine, "FTE-A/USD") == 200


def without_life_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    def may(self: queue_module._Open, uetr: str) -> bool:
        return f"U{uetr}" not in self._moves.keys

    monkeypatch.setattr(queue_module._Open, "_may", may)


def without_entry_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    def may(self: queue_module._Open, uetr: str) -> bool:
        end_us = self._lines.end_us(uetr)
        return not end_us or self._now_us < end_us

    monkeypatch.setattr(queue_module._Open, "_may", may)


def test_the_guard_of_life_is_what_stops_a_late_settlement(monkeypatch: pytest.MonkeyPatch) -> None:
    without_life_guard(monkeypatch)
    engine = liquidity_engine()
    uetr = pay(engine, "A", "B", 100)
    credit(engine, "FTE-A", 100, at_us=instant_us(DATE, 17))
    # Without it the payment ends at 17:00:00 with a credit, not by its time.
    assert status(engine, uetr) == "ACCC"


def test_the_guard_of_the_entry_is_what_stops_a_second_settlement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def settled() -> str:
        engine = liquidity_engine()
        uetr = pay(engine, "A", "B", 100)
        give(engine, "FTE-A", 500)
        tick(engine)
        return status(engine, uetr)

    assert settled() == "ACCC"
    without_entry_guard(monkeypatch)
    # Without it netting settles once more what the line has just released in the same entry: two postings for one UETR.
    with pytest.raises(KeyError):
        settled()


def test_positions_are_whole_again_after_a_time_out() -> None:
    """Mojaloop 868: positions were not reset after a time-out. Here nothing was reserved, and places are given back."""
    engine = liquidity_engine()
    credit(engine, "FTE-A", 60)
    pay(engine, "A", "B", 100)
    room, ledger = engine.centre.offshore, engine.centre.ledger
    tick(engine, 17, 0, 0)
    number = ledger.number("FTE-A/USD")
    assert number is not None
    assert (ledger.available(number), ledger.held(number)) == (60, 0)
    assert (len(room.lines), room.books.liquidity.places, room.books.pending) == (0, {}, {})
    assert room.lines.next_end_us() is None


# ── what a customer may do ───────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_holder_and_its_bank_may_touch_a_waiting_payment() -> None:
    engine = liquidity_engine()
    uetr = pay(engine, "A", "B", 100)
    for by in ("b-treasurer", "bk2-maker"):
        for command in (
            CancelPayment(uetr=uetr),
            ChangePriority(uetr=uetr, priority="URGENT"),
            MoveInQueue(uetr=uetr, to=Spot.FIRST),
        ):
            assert refused(send(engine, by, command)).reason is Reason.PAYMENT_UNKNOWN
    accepted(send(engine, "bk1-maker", CancelPayment(uetr=uetr, cause="by telephone")))
    found = record(engine, uetr)
    assert isinstance(found, Payment)
    assert (found.status, found.reason) == ("CANC", Reason.CANCELLED)
    assert "by telephone" in found.detail


def test_what_has_ended_is_not_cancelled_and_what_waits_for_review_has_no_place() -> None:
    engine = liquidity_engine()
    give(engine, "FTE-A", 100)
    final = pay(engine, "A", "B", 100)
    found = refused(send(engine, "a-treasurer", CancelPayment(uetr=final)))
    assert (found.reason, found.detail) == (Reason.PAYMENT_FINAL, f"{final} is ACCC")
    order = book_order("DOM-OTC1", 100, currency="CNY", purpose="CURR")
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    move = MoveInQueue(uetr=order.uetr, to=Spot.LAST)
    assert refused(send(engine, "otc1-treasurer", move)).reason is Reason.PAYMENT_NOT_QUEUED
    number = engine.centre.ledger.number("FTE-OTC1/CNY")
    assert number is not None
    assert engine.centre.ledger.held(number) == 100
    accepted(send(engine, "otc1-treasurer", CancelPayment(uetr=order.uetr)))
    assert engine.centre.ledger.held(number) == 0


def test_a_priority_is_one_of_the_row_and_keeps_the_time_of_entry() -> None:
    engine = liquidity_engine(queue__priorities=["URGENT", "NORMAL"])
    uetrs = [pay(engine, "A", "B", 100) for _ in range(3)]
    position = engine.centre.offshore.lines.position
    for word in ("HIGH", "zzz", ""):
        command = ChangePriority(uetr=uetrs[1], priority=word)
        found = refused(send(engine, "a-treasurer", command))
        assert found.reason is Reason.FIELD_OUT_OF_RANGE
    do(engine, "a-treasurer", ChangePriority(uetr=uetrs[2], priority="URGENT"))
    do(engine, "a-treasurer", ChangePriority(uetr=uetrs[1], priority="URGENT"))
    assert [position(uetr) for uetr in uetrs] == [3, 1, 2]
    do(engine, "a-treasurer", MoveInQueue(uetr=uetrs[2], to=Spot.FIRST))
    assert [position(uetr) for uetr in uetrs] == [3, 2, 1]
    do(engine, "a-treasurer", MoveInQueue(uetr=uetrs[2], to=Spot.LAST))
    assert [position(uetr) for uetr in uetrs] == [3, 1, 2]


# ── views ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_payer_sees_its_own_line_and_a_payee_only_the_total() -> None:
    engine = liquidity_engine()
    give(engine, "FTE-A", 30)
    uetrs = ring(engine)
    room, rules = engine.centre.offshore, engine.centre.rules
    mine = views.queue_of(room, rules, DATE, institution="A")
    assert [(one.uetr, one.position, one.short, one.priority) for one in mine.waiting] == [
        (uetrs[0], 1, 70, "NORMAL")
    ]
    assert [(one.account, one.count, one.value, one.payments) for one in mine.incoming] == [
        ("FTE-A/USD", 1, 100, [])
    ]
    bank = views.queue_of(room, rules, DATE, institution="BK1")
    assert [one.uetr for one in bank.waiting] == uetrs
    assert views.queue_of(room, rules, DATE, institution="BK2").waiting == []
    assert views.queue_of(room, rules, DATE, institution=None, limit=2).incoming == []
    assert len(views.queue_of(room, rules, DATE, institution=None, limit=2).waiting) == 2
    assert views.position_of(room, uetrs[0], "A") == 1
    assert views.position_of(room, uetrs[0], "C") is None
    assert views.position_of(room, "nothing", None) is None


@pytest.mark.parametrize(("word", "seen"), [("NONE", 0), ("TOTAL", 0), ("LIST", 1), ("zzz", 0)])
def test_how_much_of_the_incoming_line_is_shown_is_a_row(word: str, seen: int) -> None:
    engine = liquidity_engine(queue__incoming=word)
    uetr = pay(engine, "A", "B", 100)
    room, rules = engine.centre.offshore, engine.centre.rules
    found = views.queue_of(room, rules, DATE, institution="B").incoming
    assert len(found) == (word in ("TOTAL", "LIST"))
    assert [one.uetr for total in found for one in total.payments] == [uetr] * seen
    assert all(one.short == one.position == 0 for total in found for one in total.payments)


def test_the_graph_draws_who_waits_for_whom_and_hides_others_balances() -> None:
    engine = liquidity_engine()
    give(engine, "FTE-A", 30)
    ring(engine)
    pay(engine, "A", "B", 50)
    room = engine.centre.offshore
    (whole,) = views.graphs(room, institution=None)
    assert [(e.payer, e.payee, e.count, e.value) for e in whole.edges] == [
        ("FTE-A/USD", "FTE-B/USD", 2, 150),
        ("FTE-B/USD", "FTE-C/USD", 1, 100),
        ("FTE-C/USD", "FTE-A/USD", 1, 100),
    ]
    nodes = {node.account: (node.available, node.owes, node.is_owed) for node in whole.nodes}
    assert nodes["FTE-A/USD"] == (30, 150, 100)
    (mine,) = views.graphs(room, institution="A")
    assert [(e.payer, e.payee) for e in mine.edges] == [("FTE-A/USD", "FTE-B/USD")]
    assert {node.account: node.available for node in mine.nodes} == {
        "FTE-A/USD": 30,
        "FTE-B/USD": None,
    }
    assert views.graphs(room, institution="OTC1") == []


def test_past_resolutions_show_each_reader_its_own_part() -> None:
    engine = liquidity_engine()
    uetrs = ring(engine)
    tick(engine)
    room = engine.centre.offshore
    (whole,) = views.resolutions(room, institution=None)
    assert whole.uetrs == uetrs
    (mine,) = views.resolutions(room, institution="A")
    assert (mine.uetrs, mine.value) == ([uetrs[0], uetrs[2]], 200)
    assert [position.account for position in mine.positions] == ["FTE-A/USD"]
    assert views.resolutions(room, institution="OTC1") == []


# ── replay ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_loaded_centre_goes_on_where_the_first_stood() -> None:
    engine = liquidity_engine()
    ring(engine)
    first, second = pay(engine, "A", "B", 30), pay(engine, "A", "B", 20)
    do(engine, "a-treasurer", MoveInQueue(uetr=second, to=Spot.FIRST))
    centre = engine.centre
    again = Centre.load(centre.base_rules, centre.dump())
    assert again.digest() == centre.digest()
    lines, loaded = centre.offshore.lines, again.offshore.lines
    assert loaded.by_account == lines.by_account
    assert loaded.next_end_us() == lines.next_end_us()
    assert [loaded.position(uetr) for uetr in (second, first)] == [1, 3]


def test_an_audit_decides_every_release_again() -> None:
    engine = liquidity_engine()
    ring(engine)
    pay(engine, "B", "A", 10)
    tick(engine)
    credit(engine, "FTE-B", 10)
    tick(engine, 17, 0, 0)
    report = audit(engine.centre.base_rules, engine.entries(1))
    assert report.differences == []
    assert report.state_sha256 == engine.centre.digest()
