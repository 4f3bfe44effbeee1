"""Limits bind by payment, day, counterparty, country and minute; in batches and for payments that wait, too."""

import datetime

import pytest
from tests.support.centre import accepted, refused, send
from tests.support.monitoring import at, books, day_us, enrich, lay, monitored_engine, tick
from tests.support.offshore import (
    OVB_BIC,
    book_order,
    instruct,
    inward_order,
    overseas_order,
    receive,
)

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022.reasons import CODES
from huangpu.venues.offshore.monitoring.books import LimitKind
from huangpu.venues.offshore.monitoring.limits import SetLimit, refusal
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal, DeclineProposal
from huangpu.venues.offshore.monitoring.rates import SetReferenceRates
from huangpu.venues.offshore.monitoring.views import limits as limit_views
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.words import InstructPaymentBatch, PaymentRefused

MONDAY = datetime.date(2026, 11, 23)


def agree(
    engine: Engine, kind: LimitKind, value: int, customer: str = "OTC1", target: str = ""
) -> None:
    """Let two persons of BK1 agree a limit. Units: fen of CNY, or payments."""
    limit = SetLimit(kind=kind, value=value, customer=customer, target=target)
    accepted(send(engine, "bk1-maker", limit))
    number = len(books(engine).proposals) - 1
    accepted(send(engine, "bk1-checker", ApproveProposal(number=number)))


def pay(engine: Engine, amount: int, **changes: object) -> Reason | None:
    """Pay overseas from OTC1 and say why it was refused, if it was."""
    answer = send(engine, "otc1-treasurer", instruct(overseas_order(amount, **changes)))
    return refused(answer).reason if answer.outcome.__class__ is Rejected else None  # type: ignore[union-attr]


def test_no_limit_is_on_by_default() -> None:
    engine = monitored_engine()
    assert pay(engine, 1_000_000_00) is None


@pytest.mark.parametrize(
    ("kind", "value", "passes", "fails"),
    [
        (LimitKind.PAYMENT, 7_100_00, 1_000_00, 1_000_01),
        (LimitKind.DAY, 7_100_00, 1_000_00, 1),
        (LimitKind.COUNTERPARTY, 7_100_00, 1_000_00, 1),
        (LimitKind.COUNTRY, 7_100_00, 1_000_00, 1),
    ],
)
def test_a_limit_holds_to_the_cent(kind: LimitKind, value: int, passes: int, fails: int) -> None:
    engine = monitored_engine()
    agree(engine, kind, value)
    assert pay(engine, passes) is None
    assert pay(engine, fails) is Reason.AGREED_LIMIT_EXCEEDED
    assert CODES[Reason.AGREED_LIMIT_EXCEEDED] == "AM14"


def test_a_limit_of_the_day_begins_again_with_the_next() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.DAY, 7_100_00)
    assert pay(engine, 1_000_00) is None
    assert pay(engine, 1) is Reason.AGREED_LIMIT_EXCEEDED
    at(engine, day_us(1))
    assert pay(engine, 1_000_00) is None
    assert books(engine).uses_date == MONDAY + datetime.timedelta(days=1)


def test_another_counterparty_or_country_has_its_own_room() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.COUNTERPARTY, 7_100_00)
    agree(engine, LimitKind.COUNTRY, 14_200_00)
    assert pay(engine, 1_000_00) is None
    assert pay(engine, 1_000_00, creditor_account="HK-SUPPLIER-2") is None
    assert pay(engine, 1, creditor_account="HK-SUPPLIER-3") is Reason.AGREED_LIMIT_EXCEEDED
    assert pay(engine, 1, creditor_account="SG-1", creditor_country="SG") is None


def test_a_counterparty_cannot_be_split_by_writing_its_bank_in_short() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.COUNTERPARTY, 7_100_00)
    assert pay(engine, 1_000_00) is None
    assert pay(engine, 1, creditor_agent=OVB_BIC[:8]) is Reason.AGREED_LIMIT_EXCEEDED


def test_the_country_of_an_account_kept_here_is_that_of_the_register() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.COUNTRY, 1, target="SG")
    order = book_order("FTN-SUP1", 1_00, creditor_country="HK")
    answer = refused(send(engine, "otc1-treasurer", instruct(order)))
    assert answer.reason is Reason.AGREED_LIMIT_EXCEEDED
    assert pay(engine, 1_00) is None


def test_a_limit_on_one_target_stands_in_place_of_that_on_each() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.COUNTERPARTY, 7_100_00)
    agree(engine, LimitKind.COUNTERPARTY, 71_000_00, target=f"{OVB_BIC}|HK-SUPPLIER-1")
    assert pay(engine, 10_000_00) is None
    assert pay(engine, 1) is Reason.AGREED_LIMIT_EXCEEDED
    assert pay(engine, 1_000_01, creditor_account="HK-2") is Reason.AGREED_LIMIT_EXCEEDED


def test_velocity_counts_any_sixty_seconds() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.MINUTE, 2)
    start = day_us(0, 5)
    at(engine, start)
    assert pay(engine, 1) is None
    at(engine, start + 59_000_000)
    assert pay(engine, 1) is None
    assert pay(engine, 1) is Reason.AGREED_LIMIT_EXCEEDED
    at(engine, start + 60_000_000)
    assert pay(engine, 1) is None
    assert pay(engine, 1) is Reason.AGREED_LIMIT_EXCEEDED


def test_orders_of_one_batch_share_the_room_that_is_left() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.DAY, 7_100_00)
    agree(engine, LimitKind.MINUTE, 4)
    orders = [overseas_order(amount) for amount in (600_00, 300_00, 200_00, 100_00, 1)]
    batch = InstructPaymentBatch(message_id="B-1", bank="BK1", orders=orders)
    outcome = accepted(send(engine, "otc1-treasurer", batch)).outcome
    assert not isinstance(outcome, Rejected)
    positions = [event.position for event in outcome if isinstance(event, PaymentRefused)]
    assert positions == [2, 4]
    assert books(engine).uses["BK1|OTC1"].sums == {"USD": 1_000_00}


def test_a_payment_that_waits_uses_its_limit_and_gives_it_back_when_it_ends() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.DAY, 14_200_000_00)
    assert pay(engine, 1_500_000_00) is None
    (uetr,) = engine.centre.offshore.books.pending
    assert pay(engine, 600_000_00) is Reason.AGREED_LIMIT_EXCEEDED
    assert books(engine).committed == {uetr: MONDAY}
    tick(engine, day_us(0, 9 * 60))
    assert not engine.centre.offshore.books.pending
    assert books(engine).committed == {}
    assert books(engine).uses["BK1|OTC1"].sums == {"USD": 0}
    assert pay(engine, 600_000_00) is None


def test_a_payment_that_waited_is_counted_once() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.DAY, 14_200_000_00)
    assert pay(engine, 1_500_000_00) is None
    enrich(engine, 800_000_00)
    assert not engine.centre.offshore.books.pending
    assert books(engine).uses["BK1|OTC1"].sums == {"USD": 1_500_000_00}
    assert books(engine).committed == {}


def test_limits_add_up_currencies_at_reference_rates() -> None:
    engine = monitored_engine()
    home = inward_order(1_000_00, currency="CNY")
    accepted(send(engine, "ovb-desk", receive(home)))
    agree(engine, LimitKind.DAY, 7_200_00)
    assert pay(engine, 100_00, currency="CNY") is None
    assert pay(engine, 1_000_00) is None
    assert pay(engine, 1, currency="CNY") is Reason.AGREED_LIMIT_EXCEEDED
    rates = SetReferenceRates(date=MONDAY, rates={"USD": 7_000_000})
    accepted(send(engine, "operator", rates))
    assert pay(engine, 100_00, currency="CNY") is None
    assert pay(engine, 1, currency="CNY") is Reason.AGREED_LIMIT_EXCEEDED


def test_venue_customer_and_bank_refuse_in_this_order_with_their_codes() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.PAYMENT, 300, customer="")
    assert pay(engine, 100) is Reason.BANK_LIMIT_EXCEEDED
    agree(engine, LimitKind.PAYMENT, 200)
    assert pay(engine, 100) is Reason.AGREED_LIMIT_EXCEEDED
    lay(engine, {"offshore.limit.customer.payment": 100})
    assert pay(engine, 100) is Reason.VENUE_LIMIT_EXCEEDED
    codes = [CODES[r] for r in (Reason.VENUE_LIMIT_EXCEEDED, Reason.BANK_LIMIT_EXCEEDED)]
    assert codes == ["AM13", "AM23"]


def test_a_customer_is_not_told_what_others_of_its_bank_paid() -> None:
    engine = monitored_engine()
    assert pay(engine, 123_45) is None
    agree(engine, LimitKind.DAY, 100, customer="")
    detail = refused(send(engine, "otc1-treasurer", instruct(overseas_order(1)))).detail
    assert detail == "DAY of BK1: at most 100 fen of CNY of all its customers"


def test_a_limit_in_a_currency_without_a_rate_refuses() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.DAY, 100)
    room = engine.centre.offshore
    draft = Draft(room, engine.centre.rules, engine.centre.stamp(9, day_us(0), "clock"), bank="BK1")
    debtor = room.registry.cash_accounts["FTE-OTC1"]
    answer = refusal(draft, overseas_order(1, currency="AUD"), debtor)
    assert answer is not None
    assert answer.reason is Reason.REFERENCE_RATE_MISSING
    assert refusal(draft, overseas_order(1), debtor) is None


def test_a_limit_needs_two_persons_of_the_bank() -> None:
    engine = monitored_engine()
    before = engine.centre.digest()
    wrong = SetLimit(kind=LimitKind.DAY, value=1, customer="OTC1")
    assert refused(send(engine, "zone-1", wrong)).reason is Reason.NOT_YOUR_INSTITUTION
    assert refused(send(engine, "otc1-treasurer", wrong)).reason is Reason.PERMISSION_MISSING
    nobody = SetLimit(kind=LimitKind.DAY, value=1, customer="NOBODY")
    assert refused(send(engine, "bk1-both", nobody)).reason is Reason.INSTITUTION_UNKNOWN
    aimed = SetLimit(kind=LimitKind.DAY, value=1, customer="OTC1", target="HK")
    assert refused(send(engine, "bk1-both", aimed)).reason is Reason.FIELD_OUT_OF_RANGE
    negative = SetLimit(kind=LimitKind.DAY, value=-1, customer="OTC1")
    assert refused(send(engine, "bk1-both", negative)).reason is Reason.FIELD_OUT_OF_RANGE
    assert engine.centre.digest() == before
    accepted(send(engine, "bk1-both", wrong))
    own = refused(send(engine, "bk1-both", ApproveProposal(number=0)))
    assert own.reason is Reason.OWN_ACT_NOT_APPROVABLE
    other = refused(send(engine, "bk2-officer", ApproveProposal(number=0)))
    assert other.reason is Reason.NOT_YOUR_INSTITUTION
    assert books(engine).limits == {}
    accepted(send(engine, "bk1-checker", ApproveProposal(number=0)))
    assert books(engine).limits == {"BK1|OTC1": {"DAY": 1}}
    again = refused(send(engine, "bk1-checker", ApproveProposal(number=0)))
    assert again.reason is Reason.PROPOSAL_STATE_WRONG
    unknown = refused(send(engine, "bk1-checker", ApproveProposal(number=1)))
    assert unknown.reason is Reason.PROPOSAL_UNKNOWN


def test_a_declined_limit_does_not_bind_and_a_limit_of_nothing_lifts_it() -> None:
    engine = monitored_engine()
    accepted(send(engine, "bk1-maker", SetLimit(kind=LimitKind.DAY, value=1, customer="OTC1")))
    accepted(send(engine, "bk1-officer", DeclineProposal(number=0)))
    assert pay(engine, 1) is None
    agree(engine, LimitKind.DAY, 1)
    assert pay(engine, 1) is Reason.AGREED_LIMIT_EXCEEDED
    agree(engine, LimitKind.DAY, 0)
    assert books(engine).limits == {}
    assert pay(engine, 1) is None


def test_rates_are_those_of_today_of_known_currencies() -> None:
    engine = monitored_engine()
    for rates, date, reason in (
        ({"USD": 7_000_000}, MONDAY + datetime.timedelta(days=1), Reason.DATE_NOT_SUPPORTED),
        ({}, MONDAY, Reason.FIELD_OUT_OF_RANGE),
        ({"CNY": 1}, MONDAY, Reason.CURRENCY_UNKNOWN),
        ({"XXX": 1}, MONDAY, Reason.CURRENCY_UNKNOWN),
        ({"USD": 0}, MONDAY, Reason.FIELD_OUT_OF_RANGE),
        ({"USD": 10**12 + 1}, MONDAY, Reason.FIELD_OUT_OF_RANGE),
    ):
        answer = refused(send(engine, "operator", SetReferenceRates(date=date, rates=rates)))
        assert answer.reason is reason, rates


def test_the_view_shows_todays_use_to_bank_and_customer_only() -> None:
    engine = monitored_engine()
    agree(engine, LimitKind.COUNTERPARTY, 71_000_00)
    agree(engine, LimitKind.MINUTE, 9)
    pay(engine, 1_000_00)
    pay(engine, 200_00, creditor_account="HK-2")
    room, rules, now = engine.centre.offshore, engine.centre.rules, day_us(0)
    shown = limit_views(room, rules, now, "OTC1")
    assert [(view.kind, view.limit, view.used) for view in shown] == [
        (LimitKind.COUNTERPARTY, 71_000_00, 7_100_00),
        (LimitKind.MINUTE, 9, 2),
    ]
    assert limit_views(room, rules, now, "BK1") == limit_views(room, rules, now, None) == shown
    assert limit_views(room, rules, now, "BK2") == limit_views(room, rules, now, "OTC2") == []
    assert limit_views(room, rules, day_us(1), None)[0].used == 0
