"""Waiting: value dates, cut-offs, holds under review, the queue's life, charges, batches of all or none."""

import datetime

import msgspec
import pytest
from tests.support.centre import MONDAY_0930_US, accepted, load_rules, refused, send
from tests.support.offshore import (
    balance,
    book_order,
    instruct,
    offshore_engine,
    overseas_order,
    uetr,
)

from huangpu.core.calendar import instant_us
from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.engine.writer import Engine
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.events import OpenLedgerAccount
from huangpu.registry.charter import AdoptRules, Tick
from huangpu.venues.offshore import views
from huangpu.venues.offshore.orders import SETTLED, Pending, Wait
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.statuses import MOVES, statuses_of
from huangpu.venues.offshore.payments.waiting import end, resolve
from huangpu.venues.offshore.payments.words import (
    InstructPaymentBatch,
    OutboundCreditTransfer,
    PaymentRefused,
    PaymentSettled,
    PaymentWaiting,
)
from huangpu.venues.offshore.white_list import SuspendCompany

MONDAY = datetime.date(2026, 11, 23)
TUESDAY = MONDAY + datetime.timedelta(days=1)


def engine_with(**values: int | bool | str) -> Engine:
    """Return the fixture under changed rows: `offshore__cut_off__CNY="15:00"`."""
    rules = load_rules()
    rows = []
    for name, value in values.items():
        rule = name.replace("__", ".")
        rows.append(Row(rule, datetime.date(2026, 1, 1), value, rules[rule].rows[0].unit, "test"))
    return offshore_engine(rules.with_rows(rows))


def waiting(engine: Engine, number: int) -> Pending:
    return engine.centre.offshore.books.pending[uetr(number)]


def available(engine: Engine, code: str) -> int:
    number = engine.centre.ledger.number(code)
    assert number is not None
    return engine.centre.ledger.available(number)


def tick(engine: Engine, at_us: int) -> None:
    accepted(send(engine, "clock", Tick(), at_us=at_us))


def resolved(engine: Engine, number: int, wait: Wait) -> None:
    """Take one wait away, as the commands of officers do."""
    centre = engine.centre
    stamp = centre.stamp(engine.next_seq, engine.last_at_us, "bk1-checker")
    found = resolve(Draft(centre.offshore, centre.rules, stamp), waiting(engine, number), wait)
    assert not isinstance(found, Rejected)
    centre.apply(found, stamp)


def test_a_future_date_waits_in_the_warehouse_and_settles_on_its_day() -> None:
    engine = offshore_engine()
    order = overseas_order(900_000_00, uetr=uetr(1), requested_date=TUESDAY)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    assert waiting(engine, 1).waits == [Wait.WAREHOUSE]
    assert available(engine, "FTE-OTC1/USD") == 1_000_000_00
    tick(engine, instant_us(MONDAY, 23, 59))
    assert uetr(1) in engine.centre.offshore.books.pending
    tick(engine, instant_us(TUESDAY, 0, 1))
    assert uetr(1) not in engine.centre.offshore.books.pending
    assert balance(engine, "FTE-OTC1/USD") == 100_000_00
    found = engine.centre.offshore.payments.get(uetr(1))
    assert found is not None
    assert found.status == "ACSC"
    assert found.received_us == MONDAY_0930_US
    assert statuses_of(found) == ["RCVD", "ACTC", "ACCP", "PDNG", "ACFC", "ACSP", "ACSC"]


def test_what_waited_settles_by_the_white_list_of_its_day() -> None:
    engine = offshore_engine()
    order = overseas_order(1_00, uetr=uetr(1), requested_date=TUESDAY)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    accepted(send(engine, "zone-1", SuspendCompany(company="OTC1", cause="documents overdue")))
    tick(engine, instant_us(TUESDAY, 0, 1))
    found = engine.centre.offshore.payments.get(uetr(1))
    assert found is not None
    assert (found.status, found.reason) == ("RJCT", Reason.WHITE_LIST_STATUS)
    assert balance(engine, "FTE-OTC1/USD") == 1_000_000_00


@pytest.mark.parametrize(
    ("after", "option", "ends"),
    [
        ("WAREHOUSE", "", Wait.WAREHOUSE),
        ("WAREHOUSE", "REJECT", Reason.CUT_OFF_PASSED),
        ("REJECT", "", Reason.CUT_OFF_PASSED),
        ("REJECT", "WAREHOUSE", Wait.WAREHOUSE),
    ],
)
def test_after_the_cut_off_the_customer_chooses_or_the_row_does(
    after: str, option: str, ends: str
) -> None:
    engine = engine_with(offshore__cut_off__FOREIGN="09:30", offshore__cut_off__after=after)
    order = overseas_order(1_00, uetr=uetr(1), after_cut_off=option)
    answer = send(engine, "otc1-treasurer", instruct(order))
    if isinstance(ends, Wait):
        accepted(answer)
        assert waiting(engine, 1).waits == [ends]
        assert waiting(engine, 1).release_us == instant_us(TUESDAY, 0)
        return
    assert refused(answer).reason is ends
    assert refused(answer).rule == "offshore.cut_off.FOREIGN"


@pytest.mark.parametrize(
    "changes",
    [
        {"after_cut_off": "LATER"},
        {"goods": "x" * 141},
        {"trade_reference": "x" * 141},
    ],
)
def test_what_a_cut_off_and_a_trade_say_is_bounded(changes: dict[str, str]) -> None:
    answer = refused(
        send(offshore_engine(), "otc1-treasurer", instruct(overseas_order(1_00, **changes)))
    )
    assert answer.reason is Reason.FIELD_OUT_OF_RANGE


def test_a_date_beyond_any_calendar_of_a_careless_row_is_still_a_date() -> None:
    engine = engine_with(offshore__future_days_max=2**63 - 1)
    order = overseas_order(1_00, uetr=uetr(1), requested_date=datetime.date(9999, 1, 1))
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    assert waiting(engine, 1).waits == [Wait.WAREHOUSE]


def test_book_transfers_know_no_cut_off() -> None:
    engine = engine_with(offshore__cut_off__FOREIGN="09:30")
    accepted(send(engine, "otc1-treasurer", instruct(book_order("FTN-SUP1", 1_00))))
    assert balance(engine, "FTN-SUP1/USD") == 1_00


def test_on_closed_days_external_legs_wait_for_the_next_business_day() -> None:
    engine = engine_with(offshore__cut_off__business_days=True)
    saturday = MONDAY + datetime.timedelta(days=5)
    order = overseas_order(1_00, uetr=uetr(1), requested_date=saturday)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    assert waiting(engine, 1).release_us == instant_us(MONDAY + datetime.timedelta(days=7), 0)


def test_a_payment_under_review_keeps_its_money_at_once() -> None:
    engine = offshore_engine()
    order = book_order("DOM-OTC1", 500_000_00, uetr=uetr(1), currency="CNY", purpose="CURR")
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    assert available(engine, "FTE-OTC1/CNY") == 4_500_000_00
    assert balance(engine, "FTE-OTC1/CNY") == 5_000_000_00
    resolved(engine, 1, Wait.RELEASE)
    assert balance(engine, "FTE-OTC1/CNY") == available(engine, "FTE-OTC1/CNY") == 4_500_000_00
    assert balance(engine, "DOM-OTC1/CNY") == 2_500_000_00


def test_holds_count_against_what_is_available() -> None:
    """Six holds of 1,000,000 on 5,000,000 (Blnk checked booked alone): the sixth gets none, and joins the queue when released."""
    engine = offshore_engine()
    for number in range(1, 7):
        order = book_order("DOM-OTC1", 1_000_000_00, uetr=uetr(number), currency="CNY")
        order = msgspec.structs.replace(order, purpose="CURR")
        accepted(send(engine, "otc1-treasurer", instruct(order)))
    assert [len(waiting(engine, number).holds) for number in range(1, 7)] == [1] * 5 + [0]
    assert available(engine, "FTE-OTC1/CNY") == 0
    resolved(engine, 6, Wait.RELEASE)
    assert waiting(engine, 6).waits == [Wait.QUEUE]
    for number in range(1, 6):
        resolved(engine, number, Wait.RELEASE)
    assert balance(engine, "FTE-OTC1/CNY") == 0
    assert uetr(6) in engine.centre.offshore.books.pending


def test_a_cell_that_comes_to_ask_for_a_release_while_a_payment_waits_is_heard() -> None:
    engine = offshore_engine()
    order = overseas_order(1_00, uetr=uetr(1), requested_date=TUESDAY)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    name = "transfer.FTE.OVS.FOREIGN"
    row = Row(name, TUESDAY, "release", "permission", "R-04, test")
    accepted(send(engine, "operator", AdoptRules(rows=[row])))
    tick(engine, instant_us(TUESDAY, 0, 1))
    assert waiting(engine, 1).waits == [Wait.RELEASE]
    assert available(engine, "FTE-OTC1/USD") == 999_999_00
    resolved(engine, 1, Wait.RELEASE)
    assert balance(engine, "FTE-OTC1/USD") == 999_999_00


def test_a_payment_that_ends_gives_its_hold_back_and_keeps_its_ids() -> None:
    engine = offshore_engine()
    order = book_order("DOM-OTC1", 500_000_00, uetr=uetr(1), currency="CNY", purpose="CURR")
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    centre = engine.centre
    stamp = centre.stamp(engine.next_seq, engine.last_at_us, "bk1-checker")
    cause = Rejected(Reason.PURPOSE_NOT_PERMITTED, "refused by the officer", "R-18")
    draft = Draft(centre.offshore, centre.rules, stamp)
    centre.apply(end(draft, waiting(engine, 1), "RJCT", cause), stamp)
    assert available(engine, "FTE-OTC1/CNY") == 5_000_000_00
    found = centre.offshore.payments.get(uetr(1))
    assert found is not None
    assert (found.status, found.cite) == ("RJCT", "R-18")
    again = refused(send(engine, "otc1-treasurer", instruct(order, "M-2")))
    assert again.reason is Reason.UETR_REUSED
    assert views.overview(centre.offshore, MONDAY).payments_total == 0


def test_the_queue_can_be_off_and_closes_for_the_day() -> None:
    order = overseas_order(2_000_000_00)
    engine = engine_with(offshore__queue__on=False)
    answer = refused(send(engine, "otc1-treasurer", instruct(order)))
    assert answer.reason is Reason.FUNDS_INSUFFICIENT
    engine = engine_with(offshore__queue__until="09:30")
    answer = refused(send(engine, "otc1-treasurer", instruct(order)))
    assert answer.reason is Reason.FUNDS_INSUFFICIENT


def with_fee_account(engine: Engine) -> Engine:
    account = Account("FEES-BK1/USD", "BK1", "USD", "BK1-SAU", "FEES", Side.CREDIT)
    accepted(send(engine, "operator", OpenLedgerAccount(account=account)))
    return engine


@pytest.mark.parametrize(
    ("bearer", "left", "sent"),
    [("DEBT", 899_975_00, 100_000_00), ("SHAR", 899_975_00, 100_000_00), ("CRED", 900_000_00, 0)],
)
def test_a_charge_is_borne_as_the_order_says(bearer: str, left: int, sent: int) -> None:
    engine = with_fee_account(engine_with(offshore__charge__USD=25_00))
    order = overseas_order(100_000_00, charge_bearer=bearer)
    outcome = accepted(send(engine, "otc1-treasurer", instruct(order))).outcome
    assert not isinstance(outcome, Rejected)
    (event,) = (one for one in outcome if isinstance(one, PaymentSettled))
    assert isinstance(event.outbound, OutboundCreditTransfer)
    assert balance(engine, "FTE-OTC1/USD") == left
    assert balance(engine, "FEES-BK1/USD") == 25_00
    assert (event.outbound.settled or order.amount) == (sent or 99_975_00)
    assert event.payment.charge == 25_00
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 50_000_000_00 - (sent or 99_975_00)


def test_a_charge_larger_than_the_amount_is_refused_and_so_is_one_without_an_account() -> None:
    engine = engine_with(offshore__charge__USD=25_00)
    order = overseas_order(100_000_00)
    assert refused(send(engine, "otc1-treasurer", instruct(order))).reason is Reason.ACCOUNT_UNKNOWN
    order = overseas_order(25_00, charge_bearer="CRED")
    answer = refused(send(with_fee_account(engine), "otc1-treasurer", instruct(order)))
    assert answer.reason is Reason.CHARGE_NOT_COVERED


@pytest.mark.parametrize("second", [{"trade_type": ""}, {"amount": 2_000_000_00}])
def test_of_an_atomic_batch_all_orders_settle_or_none(second: dict[str, object]) -> None:
    engine = offshore_engine()
    orders = [overseas_order(1_00), overseas_order(2_00)]
    changed = [orders[0], msgspec.structs.replace(orders[1], **second)]
    batch = InstructPaymentBatch(message_id="B1", bank="BK1", orders=changed, atomic=True)
    outcome = accepted(send(engine, "otc1-treasurer", batch)).outcome
    assert not isinstance(outcome, Rejected)
    reasons = [one.refusal.reason for one in outcome if isinstance(one, PaymentRefused)]
    assert len(reasons) == 2
    assert reasons[0] is Reason.BATCH_NOT_WHOLE
    assert balance(engine, "FTE-OTC1/USD") == 1_000_000_00
    assert not engine.centre.offshore.books.pending
    again = InstructPaymentBatch(message_id="B2", bank="BK1", orders=orders, atomic=True)
    accepted(send(engine, "otc1-treasurer", again))
    assert balance(engine, "FTE-OTC1/USD") == 999_997_00


def test_a_customer_is_not_told_what_a_review_is() -> None:
    engine = offshore_engine()
    order = book_order("DOM-OTC1", 1_00, uetr=uetr(1), currency="CNY", purpose="CURR")
    outcome = accepted(send(engine, "otc1-treasurer", instruct(order))).outcome
    assert not isinstance(outcome, Rejected)
    assert isinstance(outcome[-1], PaymentWaiting)
    room, rules = engine.centre.offshore, engine.centre.rules
    for reader, told in (("OTC1", "REVIEW"), ("BK1", "RELEASE"), (None, "RELEASE")):
        found = views.payment(room, rules, uetr(1), reader)
        assert found is not None
        assert found.payment.waits == [told]
        assert found.time_line[-1].wait == told
        assert found.payment.status == "PDNG"
        page = views.payments(room, institution=reader)
        assert [one.uetr for one in page.payments] == [uetr(1)]
    assert views.payment(room, rules, uetr(1), "OTC2") is None


def test_no_status_after_finality_leads_back() -> None:
    reached = set(SETTLED)
    while True:
        further = {after for status in reached for after in MOVES[status]} | reached
        if further == reached:
            break
        reached = further
    assert not reached & {"RJCT", "CANC", "PDNG"}
