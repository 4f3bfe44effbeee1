"""The rooms of the venue at work on the same payment: what one of them leaves, the next one finds."""

import datetime
from typing import Any

import msgspec
import pytest
from tests.support.boundary import boundary_engine
from tests.support.centre import accepted, refused, send
from tests.support.fx import accept, fx_engine, quoted
from tests.support.liquidity import later, liquidity_engine, pay, resolutions
from tests.support.monitoring import books as monitor_books
from tests.support.monitoring import day_us, lay, monitored_engine, tick
from tests.support.offshore import (
    balance,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
)
from tests.support.recalls import give_back
from tests.support.screening import LISTED, adopt, events_of, screening_engine

from huangpu.core.calendar import instant_us
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row, RowValue
from huangpu.core.values import AMOUNT_MAX
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine
from huangpu.gateways.stream.notices import Share, notice_of
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.events import OpenLedgerAccount, PostOpeningBalance, PostTransferBlock
from huangpu.ledger.transfers import Leg, LegKind, pack
from huangpu.registry.charter import Tick
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.offshore.accounts import opening_code
from huangpu.venues.offshore.liquidity.commands import CancelPayment, ChangePriority
from huangpu.venues.offshore.monitoring.books import SUM_MAX
from huangpu.venues.offshore.orders import Payment, Pending, Wait
from huangpu.venues.offshore.payments.words import InstructPaymentBatch, PaymentSettled
from huangpu.venues.offshore.screening.cases import ClearScreeningCase
from huangpu.venues.offshore.screening.verdicts import ScreeningCaseOpened
from huangpu.venues.offshore.second_line.claims import quota_key
from huangpu.venues.offshore.second_line.release import ReleaseSecondLine
from huangpu.venues.offshore.telling import told
from huangpu.venues.offshore.white_list import SuspendCompany

MONDAY = datetime.date(2026, 11, 23)
TUESDAY = datetime.date(2026, 11, 24)
PAYER = "FTE-OTC1/USD"


def from_tuesday(engine: Engine, rows: dict[str, RowValue]) -> None:
    """Put rows in force on Tuesday."""
    centre = engine.centre
    units = {name: centre.rules[name].rows[-1].unit for name in rows}
    centre.rules = centre.rules.with_rows(
        [Row(name, TUESDAY, value, units[name], "test") for name, value in rows.items()]
    )


def opens_fees(engine: Engine) -> None:
    account = Account("FEES-BK1/USD", "BK1", "USD", "BK1-SAU", "FEES", Side.CREDIT)
    accepted(send(engine, "operator", OpenLedgerAccount(account=account)))


def held(engine: Engine, code: str = PAYER) -> int:
    number = engine.centre.ledger.number(code)
    assert number is not None
    return engine.centre.ledger.held(number)


def case_ids(engine: Engine, name: str) -> list[str]:
    return list(engine.centre.offshore.books.screening.open_by_uetr.get(name, ()))


def record(engine: Engine, name: str) -> Payment | Pending:
    found = engine.centre.offshore.record_of(name)
    assert found is not None
    return found


def clears(engine: Engine, case_id: str, at_us: int | None = None) -> None:
    command = ClearScreeningCase(case_id=case_id, text="not the one")
    accepted(send(engine, "bk1-checker", command, at_us=at_us))


def screened_order(amount: int = 400_000_00, **changes: Any) -> Any:
    return overseas_order(amount, creditor_name=LISTED, **changes)


# Holds.


@pytest.mark.parametrize("bearer", ["SHAR", "CRED"])
@pytest.mark.parametrize(("before", "after"), [(0, 500), (500, 0), (500, 700)])
@pytest.mark.parametrize("batched", [False, True])
def test_a_charge_that_changes_while_money_is_held_is_paid_as_it_stands_at_settlement(
    before: int, after: int, bearer: str, batched: bool
) -> None:
    engine = screening_engine()
    opens_fees(engine)
    lay(engine, {"offshore.charge.USD": before})
    from_tuesday(engine, {"offshore.charge.USD": after})
    order = screened_order(charge_bearer=bearer)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    assert held(engine) == 400_000_00 + (before if bearer == "SHAR" else 0)
    if batched:
        # Another payment is due in the same entry, so that the draft is not empty.
        other = overseas_order(1, requested_date=TUESDAY)
        accepted(send(engine, "otc1-treasurer", instruct(other)))
    if batched:
        later = instant_us(TUESDAY, 9)
        accepted(send(engine, "clock", Tick(), at_us=later))
    clears(engine, case_ids(engine, order.uetr)[0], instant_us(TUESDAY, 10))
    found = record(engine, order.uetr)
    assert isinstance(found, Payment)
    assert (found.status, found.charge) == ("ACSC", after)
    assert held(engine) == 0
    assert balance(engine, "FEES-BK1/USD") == after * (1 + batched)
    paid = 400_000_00 + (after if bearer == "SHAR" else 0) + batched * (1 + after)
    assert balance(engine, PAYER) == 1_000_000_00 - paid


def test_a_hold_too_small_for_a_new_charge_lets_the_payment_wait_for_money() -> None:
    engine = screening_engine()
    opens_fees(engine)
    from_tuesday(engine, {"offshore.charge.USD": 500})
    order = screened_order(1_000_000_00)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    clears(engine, case_ids(engine, order.uetr)[0], instant_us(TUESDAY, 10))
    found = record(engine, order.uetr)
    assert isinstance(found, Pending)
    assert (found.waits, found.holds, held(engine)) == ([Wait.QUEUE], [], 0)
    accepted(send(engine, "ovb-desk", receive(inward_order(500))))
    assert isinstance(record(engine, order.uetr), Payment)


def test_the_bulk_lane_frees_no_hold_of_a_payment() -> None:
    engine = screening_engine()
    bulk = Person(id="otc1-bulk", institution="OTC1", roles=["BULK"])
    accepted(send(engine, "operator", RegisterPerson(person=bulk)))
    order = screened_order()
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    found = record(engine, order.uetr)
    assert isinstance(found, Pending)
    hold = engine.centre.ledger.open_hold(found.holds[0])
    assert hold is not None
    before = engine.centre.digest()
    for kind in (LegKind.HOLD, LegKind.POST, LegKind.VOID):
        leg = msgspec.structs.replace(hold, kind=kind)
        records = pack([[leg]]).tobytes()
        refusal = refused(send(engine, "otc1-bulk", PostTransferBlock(records=records)))
        assert refusal.reason is Reason.ACCOUNT_CLASS_FORBIDDEN
        assert (refusal.detail.partition(":")[0], refusal.cite) == (
            "NOSTRO-BK1@OVB/USD, a NOSTRO",
            "huangpu policy 3",
        )
    assert engine.centre.digest() == before
    assert held(engine) == order.amount
    clears(engine, case_ids(engine, order.uetr)[0])
    assert record(engine, order.uetr).order == order
    assert held(engine) == 0


# One release, one clearance.


def test_a_release_before_the_screening_is_over_is_not_asked_for_again() -> None:
    engine = boundary_engine()
    for person in ("comp-1", "comp-2"):
        registered = Person(id=person, institution="HUANGPU", roles=["COMPLIANCE"])
        accepted(send(engine, "operator", RegisterPerson(person=registered)))
    adopt(engine, "1", "Simulated OTC1")
    order = book_order("DOM-OTC1", 100_00, currency="CNY", purpose="CURR")
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    found = record(engine, order.uetr)
    assert isinstance(found, Pending)
    assert found.waits == [Wait.SCREENING, Wait.RELEASE]
    accepted(send(engine, "bk1-checker", ReleaseSecondLine(uetr=order.uetr)))
    for case_id in case_ids(engine, order.uetr):
        clears(engine, case_id)
    ended = record(engine, order.uetr)
    assert isinstance(ended, Payment)
    assert ended.status == "ACCC"


def test_a_cleared_party_is_not_looked_at_again_because_another_list_came() -> None:
    engine = screening_engine()
    order = screened_order()
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    adopt(engine, "1", "Somebody Quite Different", list_id="OTHER")
    (case_id,) = case_ids(engine, order.uetr)
    clears(engine, case_id)
    assert isinstance(record(engine, order.uetr), Payment)


def test_banks_that_screen_a_party_in_one_entry_are_all_remembered() -> None:
    engine = offshore_engine()
    for person in ("comp-1", "comp-2"):
        registered = Person(id=person, institution="HUANGPU", roles=["COMPLIANCE"])
        accepted(send(engine, "operator", RegisterPerson(person=registered)))
    later: dict[str, Any] = {"requested_date": TUESDAY, "creditor_name": LISTED}
    ours = overseas_order(1_00, **later)
    theirs = overseas_order(1_00, debtor_account="FTE-OTC2", **later)
    accepted(send(engine, "otc1-treasurer", instruct(ours)))
    accepted(send(engine, "otc2-treasurer", instruct(theirs, bank="BK2")))
    adopt(engine, "1", LISTED)
    accepted(send(engine, "clock", Tick(), at_us=instant_us(TUESDAY, 9)))
    for order in (ours, theirs):
        assert case_ids(engine, order.uetr)
    parties = engine.centre.offshore.books.screening.parties.values()
    (party,) = [one for one in parties if one.names == [LISTED]]
    assert party.banks == ["BK1", "BK2"]


def test_a_party_that_is_clear_when_its_payment_goes_on_is_known_from_then_on() -> None:
    engine = offshore_engine()
    for person in ("comp-1", "comp-2"):
        registered = Person(id=person, institution="HUANGPU", roles=["COMPLIANCE"])
        accepted(send(engine, "operator", RegisterPerson(person=registered)))
    order = overseas_order(1_00, requested_date=TUESDAY, creditor_name=LISTED)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    adopt(engine, "1", "Somebody Quite Different")
    accepted(send(engine, "clock", Tick(), at_us=instant_us(TUESDAY, 9)))
    found = record(engine, order.uetr)
    assert isinstance(found, Payment)
    assert found.screened == "SIM 1"
    entry = adopt(engine, "2", LISTED)
    cases = [one.case for one in events_of(entry) if isinstance(one, ScreeningCaseOpened)]
    assert [(case.bank, case.name) for case in cases] == [("BK1", LISTED)]


# What is told.


def test_a_customer_cannot_ask_the_queue_whether_a_payment_is_screened() -> None:
    engine = screening_engine()
    order = screened_order()
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    command = ChangePriority(uetr=order.uetr, priority="URGENT")
    answer = refused(send(engine, "otc1-treasurer", command))
    assert answer.reason is Reason.PAYMENT_NOT_QUEUED
    assert "SCREENING" not in answer.detail


def test_a_settled_payment_looks_the_same_whether_or_not_a_name_scored() -> None:
    engine = screening_engine()
    lay(engine, {"offshore.screening.hold": 10_001, "offshore.screening.review_holds": False})
    fields = []
    for order in (overseas_order(1_00), screened_order(1_00)):
        entry = accepted(send(engine, "otc1-treasurer", instruct(order)))
        (settled,) = [told(one) for one in events_of(entry) if isinstance(one, PaymentSettled)]
        seen = msgspec.to_builtins(settled)["payment"]
        fields.append({name: seen.get(name) for name in ("screened", "score_bp")})
    assert fields[0] == fields[1]


def test_a_notice_names_a_release_no_more_than_a_clearance() -> None:
    engine = screening_engine()
    order = screened_order(1_00)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    clear = ClearScreeningCase(case_id=case_ids(engine, order.uetr)[0], text="not the one")
    cleared = notice_of(accepted(send(engine, "bk1-checker", clear)), Share(()))
    border = boundary_engine()
    across = book_order("DOM-OTC1", 1_00, currency="CNY", purpose="CURR")
    accepted(send(border, "otc1-treasurer", instruct(across)))
    release = ReleaseSecondLine(uetr=across.uetr)
    released = notice_of(accepted(send(border, "bk1-checker", release)), Share(()))
    assert cleared.command == released.command == ""


def test_a_party_in_review_gets_one_case_for_a_batch() -> None:
    engine = screening_engine()
    lay(engine, {"offshore.screening.hold": 10_001, "offshore.screening.review_holds": False})
    orders = [screened_order(1_00) for _ in range(3)]
    batch = InstructPaymentBatch(message_id="B-1", bank="BK1", orders=orders)
    entry = accepted(send(engine, "otc1-treasurer", batch))
    cases = [one for one in events_of(entry) if isinstance(one, ScreeningCaseOpened)]
    assert len(cases) == 1


# Counting.


def test_a_day_of_the_largest_payments_can_be_written_down() -> None:
    engine = offshore_engine()
    accounts = ("FTN-SUP1", "FTE-OTC1")
    whole = AMOUNT_MAX - 1_000_000_00
    debit = opening_code("BK1-SAU", "USD")
    raised = PostOpeningBalance(debit=debit, credit=PAYER, amount=whole)
    accepted(send(engine, "operator", raised))
    for number in range(6):
        payee, payer = accounts[number % 2], accounts[1 - number % 2]
        order = book_order(payee, whole, debtor_account=payer)
        accepted(send(engine, "bk1-maker", instruct(order)))
    accepted(send(engine, "clock", Tick(), at_us=instant_us(TUESDAY, 9)))
    centre = engine.centre
    assert Centre.load(centre.base_rules, centre.dump()).digest() == centre.digest()


def test_a_gridlock_of_the_largest_payments_can_be_written_down() -> None:
    engine = liquidity_engine()
    for _ in range(3):
        for payer, payee in (("A", "B"), ("B", "A")):
            pay(engine, payer, payee, AMOUNT_MAX)
    entry = accepted(send(engine, "clock", Tick(), at_us=later(10)))
    assert sum(len(one.uetrs) for one in resolutions(entry)) == 6
    centre = engine.centre
    assert Centre.load(centre.base_rules, centre.dump()).digest() == centre.digest()


def test_part_of_a_return_gives_part_of_a_quota_back() -> None:
    engine = boundary_engine()
    lay(engine, {"offshore.return.partial": True})
    order = book_order(
        "DOM-HOLD1-B", 100_00, debtor_account="FTE-HOLD1", currency="CNY", purpose="CURR"
    )
    accepted(send(engine, "bk1-maker", instruct(order)))
    key = quota_key("HOLD1")
    running = engine.centre.offshore.books.boundary.running
    assert running[key].net == 100_00
    accepted(send(engine, "bk1-checker", give_back(order.uetr, amount=40_00)))
    assert running[key].net == 60_00


def test_a_day_above_what_a_journal_can_write_survives_a_cancellation() -> None:
    engine = offshore_engine()
    orders = [
        overseas_order(AMOUNT_MAX, creditor_account=f"HK-SUPPLIER-{number}") for number in range(4)
    ]
    for order in orders:
        accepted(send(engine, "otc1-treasurer", instruct(order)))
    for order in reversed(orders):
        accepted(send(engine, "otc1-treasurer", CancelPayment(uetr=order.uetr)))
    uses = engine.centre.offshore.books.monitor.uses
    for use in uses.values():
        assert use.payments == 0
        assert set(use.sums.values()) == {SUM_MAX}, "it stands still for the day"
        assert set(use.counterparties.values()) == {0}


def test_what_a_tick_settles_is_looked_at_by_the_next_run_of_the_monitors() -> None:
    engine = monitored_engine({"offshore.deviation.turnover": 0})
    accepted(send(engine, "otc1-treasurer", instruct(overseas_order(1_00))))
    order = overseas_order(500_000_00, requested_date=TUESDAY)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    tick(engine, day_us(1))
    assert isinstance(record(engine, order.uetr), Payment)
    assert set(monitor_books(engine).touched) == {"COMPANY|OTC1", "BANK|BK1"}


# Foreign exchange.


def test_a_listing_dated_ahead_deals_no_exchange_before_its_day() -> None:
    engine = fx_engine()
    at_us = instant_us(TUESDAY, 9)
    command = SuspendCompany(company="OTC1", cause="documents", effective_from_us=at_us)
    accepted(send(engine, "zone-1", command))
    quoted(engine)
    accepted(accept(engine))


@pytest.mark.parametrize("credit", ["FTE-OTC1/USD", "NOSTRO-BK1@OVB/USD", "OPENING-BK1-SAU/USD"])
def test_the_bulk_lane_moves_no_money_past_the_matrix(credit: str) -> None:
    engine = screening_engine()
    bulk = Person(id="bk1-bulk", institution="BK1", roles=["BULK"])
    accepted(send(engine, "operator", RegisterPerson(person=bulk)))
    account = Account("OWN-BK1/USD", "BK1", "USD", "BK1-SAU", "OWN", Side.CREDIT, booked_min=None)
    accepted(send(engine, "operator", OpenLedgerAccount(account=account)))
    ledger = engine.centre.ledger
    own, other = ledger.number("OWN-BK1/USD"), ledger.number(credit)
    assert own is not None
    assert other is not None
    before = engine.centre.digest()
    records = pack([[Leg(LegKind.TRANSFER, own, other, 5)]]).tobytes()
    refusal = refused(send(engine, "bk1-bulk", PostTransferBlock(records=records)))
    assert (refusal.reason, refusal.cite) == (Reason.ACCOUNT_CLASS_FORBIDDEN, "huangpu policy 3")
    assert refusal.detail.startswith(f"{credit}, a ")
    assert engine.centre.digest() == before
