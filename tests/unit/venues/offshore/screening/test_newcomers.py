"""Unknown parties: one entry compares so many and no more, the payments beyond wait for ticks, and none is forgotten."""

import datetime

import pytest
from tests.support.centre import accepted, register, send
from tests.support.offshore import instruct, overseas_order
from tests.support.screening import LISTED, adopt, events_of, screening_engine

from huangpu.app import load_rules
from huangpu.core.reasons import Reason
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.registry.charter import Tick
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.liquidity.commands import CancelPayment
from huangpu.venues.offshore.orders import Wait
from huangpu.venues.offshore.payments.words import (
    BatchProcessed,
    InstructPaymentBatch,
    PaymentRefused,
    PaymentSettled,
    PaymentWaiting,
)
from huangpu.venues.offshore.screening import views
from huangpu.venues.offshore.screening.books import CaseState, Screening
from huangpu.venues.offshore.screening.index import NameIndex
from huangpu.venues.offshore.screening.lists import ScreeningListAdopted
from huangpu.venues.offshore.screening.verdicts import (
    PartiesRescreened,
    PartiesScreened,
    ScreeningCaseOpened,
    hits_of,
)

MAX = 25


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every name that is held against an index."""
    names: list[str] = []
    scores = NameIndex.scores

    def noted(index: NameIndex, asked: list[str], floor_bp: int = 8_500) -> object:
        names.extend(asked)
        return scores(index, asked, floor_bp)

    monkeypatch.setattr(NameIndex, "scores", noted)
    return names


def batch(names: list[str], *, atomic: bool = False, id: str = "B1") -> InstructPaymentBatch:
    orders = [overseas_order(100 + n, creditor_name=name) for n, name in enumerate(names)]
    return InstructPaymentBatch(message_id=id, bank="BK1", orders=orders, atomic=atomic)


def fresh(count: int) -> list[str]:
    return [f"Simulated Fresh Supplier {number}" for number in range(count)]


def tick(engine: Engine) -> Entry:
    return accepted(send(engine, "clock", Tick()))


def ticks(engine: Engine) -> int:
    """Let time pass until nobody waits to be compared; give the ticks it took."""
    books = engine.centre.offshore.books.screening
    count = 0
    while books.backlog or books.stale:
        tick(engine)
        count += 1
    return count


def counted(entry: Entry) -> tuple[int, int]:
    events = events_of(entry)
    settled = sum(isinstance(event, PaymentSettled) for event in events)
    return settled, sum(isinstance(event, PaymentWaiting) for event in events)


def test_ten_thousand_newcomers_are_compared_so_many_an_entry(compared: list[str]) -> None:
    engine = screening_engine()
    tick(engine)
    compared.clear()
    entry = accepted(send(engine, "otc1-treasurer", batch(fresh(10_000))))
    assert len(compared) == MAX
    assert counted(entry) == (MAX, 10_000 - MAX)
    for _ in range(3):
        compared.clear()
        assert counted(tick(engine)) == (MAX, 0)
        assert len(compared) == MAX
    assert len(engine.centre.offshore.books.screening.backlog) == 10_000 - 4 * MAX


def test_the_oldest_go_first_and_all_of_them_go() -> None:
    engine = screening_engine()
    one = batch(fresh(60))
    accepted(send(engine, "otc1-treasurer", one))
    second = tick(engine)
    settled = [e.payment.order.uetr for e in events_of(second) if isinstance(e, PaymentSettled)]
    assert settled == [order.uetr for order in one.orders[MAX : 2 * MAX]]
    assert ticks(engine) == 1
    room = engine.centre.offshore
    assert room.books.pending == {}
    assert all(
        (found := room.payments.get(order.uetr)) is not None
        and (found.status, found.screened) == ("ACSC", "SIM 1")
        for order in one.orders
    )


def test_a_party_in_many_orders_is_compared_once(compared: list[str]) -> None:
    engine = screening_engine()
    names = ["Simulated Often Paid", *fresh(3)] * 50
    compared.clear()
    assert counted(accepted(send(engine, "otc1-treasurer", batch(names)))) == (200, 0)
    assert len(compared) == 4
    names = [*[f"{name} B" for name in fresh(MAX)], *["Simulated Late Often"] * 700]
    compared.clear()
    assert counted(accepted(send(engine, "otc1-treasurer", batch(names, id="B2")))) == (25, 700)
    assert len(compared) == MAX
    assert [counted(tick(engine))[0] for _ in range(3)] == [500, 200, 0]
    assert len(compared) == MAX + 1


def test_a_hit_among_the_late_gets_its_case_and_the_money_is_held() -> None:
    engine = screening_engine()
    one = batch([*fresh(MAX), LISTED, "Simulated Listd Harbor Ltd"])
    accepted(send(engine, "otc1-treasurer", one))
    stopped, reviewed = one.orders[MAX:]
    number = engine.centre.ledger.number("FTE-OTC1/USD")
    assert number is not None
    assert engine.centre.ledger.held(number) == stopped.amount + reviewed.amount
    assert engine.centre.offshore.books.screening.cases == {}
    entry = tick(engine)
    opened = [e.case for e in events_of(entry) if isinstance(e, ScreeningCaseOpened)]
    assert [(case.uetr, case.bank, case.maker) for case in opened] == [
        (stopped.uetr, "BK1", "otc1-treasurer"),
        (reviewed.uetr, "BK1", "otc1-treasurer"),
    ]
    assert counted(entry) == (1, 1)
    pending = engine.centre.offshore.books.pending[stopped.uetr]
    assert (pending.waits, pending.screened, pending.score_bp) == (["SCREENING"], "SIM 1", 10_000)
    assert engine.centre.ledger.held(number) == stopped.amount
    assert ticks(engine) == 0


def test_the_customer_is_told_of_a_review_as_of_any_other() -> None:
    engine = screening_engine()
    for entry in (accepted(send(engine, "otc1-treasurer", batch(fresh(30)))), tick(engine)):
        answer = engine.answer(entry)
        for word in (b"creening", b"SCREEN", b"score", b"SIM 1", b"hits", b"Parties"):
            assert word not in answer, word
    assert b"REVIEW" in engine.answer(next(iter(engine.entries(engine.next_seq - 2))))


def test_of_an_atomic_batch_nothing_is_carried_out_when_one_would_have_to_wait() -> None:
    engine = screening_engine()
    entry = accepted(send(engine, "otc1-treasurer", batch(fresh(MAX + 1), atomic=True)))
    refusals = [e.refusal.reason for e in events_of(entry) if isinstance(e, PaymentRefused)]
    assert refusals == [Reason.BATCH_NOT_WHOLE] * (MAX + 1)
    assert not engine.centre.offshore.books.screening.backlog
    entry = accepted(send(engine, "otc1-treasurer", batch(fresh(MAX), atomic=True, id="B2")))
    assert counted(entry) == (MAX, 0)
    entry = accepted(send(engine, "otc1-treasurer", batch(fresh(MAX + 1), atomic=True, id="B3")))
    assert counted(entry) == (MAX + 1, 0)
    (event,) = [e for e in events_of(entry) if isinstance(e, BatchProcessed)]
    assert event.batch.status == "ACSC"


def test_what_is_cancelled_meanwhile_is_compared_no_more(compared: list[str]) -> None:
    engine = screening_engine()
    one = batch(fresh(MAX + 2))
    accepted(send(engine, "otc1-treasurer", one))
    late = one.orders[MAX]
    accepted(send(engine, "otc1-treasurer", CancelPayment(uetr=late.uetr)))
    assert list(engine.centre.offshore.books.screening.backlog) == [one.orders[-1].uetr]
    compared.clear()
    tick(engine)
    assert compared == [one.orders[-1].creditor_name]


def test_half_way_through_a_snapshot_decides_on_as_the_books_did() -> None:
    engine = screening_engine()
    accepted(send(engine, "otc1-treasurer", batch([*fresh(70), LISTED])))
    adopt(engine, "2", LISTED, "Simulated Fresh Supplier 3", "Simulated Fresh Supplier 60")
    assert engine.centre.offshore.books.screening.stale
    tick(engine)
    digest = engine.centre.digest()
    engine.centre = Centre.load(load_rules(), engine.centre.dump())
    assert engine.centre.digest() == digest
    assert ticks(engine) >= 2
    report = audit(load_rules(), list(engine.entries(1)))
    assert report.differences == []
    assert report.state_sha256 == engine.centre.digest()


def known_to_many(count: int) -> Engine:
    engine = screening_engine()
    accepted(send(engine, "otc1-treasurer", batch(fresh(count))))
    ticks(engine)
    return engine


def test_a_new_list_is_asked_of_many_parties_by_ticks(compared: list[str]) -> None:
    engine = known_to_many(60)
    books = engine.centre.offshore.books.screening
    compared.clear()
    events = events_of(adopt(engine, "2", LISTED, "Simulated Fresh Supplier 40"))
    (adopted,) = [event for event in events if isinstance(event, ScreeningListAdopted)]
    assert adopted.later
    assert compared == []
    assert list(books.stale) == list(books.parties)
    total, opened = len(books.parties), []
    while books.stale:
        compared.clear()
        events = events_of(tick(engine))
        assert len({*compared}) <= 2 * MAX
        (event,) = [one for one in events if isinstance(one, PartiesRescreened)]
        assert len(event.parties) <= MAX
        total -= len(event.parties)
        opened += [one.case for one in events if isinstance(one, ScreeningCaseOpened)]
    assert total == 0
    assert [(case.bank, case.party, case.uetr, case.list_version) for case in opened] == [
        ("BK1", "simulated fresh supplier 40|HK", "", "2")
    ]
    assert books.changes == {}


def test_no_payment_goes_to_a_party_on_what_a_list_said_before(compared: list[str]) -> None:
    engine = known_to_many(60)
    adopt(engine, "2", LISTED, "Simulated Fresh Supplier 40")
    compared.clear()
    order = overseas_order(100, creditor_name="Simulated Fresh Supplier 40")
    entry = accepted(send(engine, "otc1-treasurer", instruct(order)))
    assert counted(entry) == (0, 1)
    assert len(compared) <= 3
    (case,) = [e.case for e in events_of(entry) if isinstance(e, ScreeningCaseOpened)]
    assert (case.uetr, case.entry_id, case.list_version) == (order.uetr, "E2", "2")
    late = overseas_order(
        100, debtor_account="FTE-OTC2", creditor_name="Simulated Fresh Supplier 40"
    )
    assert counted(accepted(send(engine, "otc2-treasurer", instruct(late, bank="BK2")))) == (0, 1)
    ticks(engine)
    cases = views.cases(engine.centre.offshore, views.EVERYTHING, state=CaseState.OPEN).cases
    swept = [one.bank for one in cases if not one.uetr]
    assert sorted(swept) == ["BK1", "BK2"]


def test_lists_that_follow_each_other_leave_everybody_screened_by_the_last() -> None:
    engine = known_to_many(60)
    adopt(engine, "2", LISTED, "Simulated Fresh Supplier 40")
    tick(engine)
    adopt(engine, "3", LISTED, "Simulated Fresh Supplier 41")
    adopt(engine, "1", "Simulated Fresh Supplier 7", list_id="OTHER")
    ticks(engine)
    books = engine.centre.offshore.books.screening
    names = Screening().at(books).names
    for party in books.parties.values():
        scores = names.scores(party.names)
        entries = {owner: books.lists[owner[0]].entries[owner[1]] for owner in scores}
        assert party.hits == hits_of(scores.items(), entries, party), party.names
    listed = {case.party for case in books.cases.values()}
    assert {f"simulated fresh supplier {number}|HK" for number in (7, 41)} <= listed
    assert audit(load_rules(), list(engine.entries(1))).differences == []


def test_many_new_members_are_screened_so_many_a_tick(compared: list[str]) -> None:
    engine = screening_engine()
    tick(engine)
    for number in range(30):
        register(engine, f"NEW{number}", InstitutionKind.COMPANY, {}, domicile="HK")
    sizes = []
    for _ in range(3):
        events = events_of(tick(engine))
        sizes += [len(one.parties) for one in events if isinstance(one, PartiesScreened)]
    assert sizes == [MAX, 5]


def test_a_backlogged_payment_that_waits_for_its_value_date_too_settles_on_it() -> None:
    engine = screening_engine()
    date = datetime.date(2026, 11, 24)
    names = fresh(MAX + 1)
    orders = [overseas_order(100, creditor_name=n, requested_date=date) for n in names]
    one = InstructPaymentBatch(message_id="B1", bank="BK1", orders=orders)
    accepted(send(engine, "otc1-treasurer", one))
    pending = engine.centre.offshore.books.pending
    assert pending[orders[-1].uetr].waits == [Wait.SCREENING, Wait.WAREHOUSE]
    tick(engine)
    assert [one.waits for one in pending.values()] == [[Wait.WAREHOUSE]] * (MAX + 1)
    assert pending[orders[-1].uetr].screened == "SIM 1"
