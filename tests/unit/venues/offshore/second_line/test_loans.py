"""Loans repaid across the second line: who registers what, how old a loan must be, and how much may still be repaid."""

import datetime

import pytest
from tests.support.boundary import boundary_engine, do, lend
from tests.support.centre import accepted, refused, send
from tests.support.offshore import book_order, instruct

from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.boundary_views import loans
from huangpu.venues.offshore.payments.words import InstructPaymentBatch, PaymentRefused
from huangpu.venues.offshore.second_line.loans import EndLoan, RegisterLoan, months_before
from huangpu.venues.offshore.second_line.release import RefuseSecondLine, ReleaseSecondLine

OLD, YOUNG = datetime.date(2026, 5, 22), datetime.date(2026, 5, 23)
"""On 2026-11-23 a loan drawn before 2026-05-23 is outstanding more than six months."""


def repay(engine: Engine, amount: int, account: str = "DOM-OTC1-L") -> str:
    """Order a repayment and return its UETR."""
    order = book_order(account, amount, currency="CNY", purpose="LOAN")
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    return order.uetr


def repay_refused(engine: Engine, amount: int, account: str = "DOM-OTC1-L") -> Reason:
    order = book_order(account, amount, currency="CNY", purpose="LOAN")
    return refused(send(engine, "otc1-treasurer", instruct(order))).reason


@pytest.mark.parametrize(("drawn_on", "repayable"), [(OLD, True), (YOUNG, False)])
def test_a_loan_is_repaid_when_it_is_more_than_six_months_old(
    drawn_on: datetime.date, repayable: bool
) -> None:
    engine = boundary_engine()
    lend(engine, "L-1", 100_00, drawn_on)
    if repayable:
        assert repay(engine, 100_00)
    else:
        assert repay_refused(engine, 1) is Reason.LOAN_NOT_REPAYABLE


def test_money_goes_into_the_account_at_the_lending_bank() -> None:
    engine = boundary_engine()
    lend(engine, "L-1", 100_00, OLD)
    assert repay_refused(engine, 1, "DOM-OTC1") is Reason.LOAN_NOT_REPAYABLE


def test_a_loan_is_not_drawn_back_across_the_line() -> None:
    engine = boundary_engine()
    lend(engine, "L-1", 100_00, OLD)
    order = book_order("FTE-OTC1", 1, currency="CNY", purpose="LOAN", debtor_account="DOM-OTC1")
    answer = refused(send(engine, "otc1-treasurer", instruct(order)))
    assert answer.reason is Reason.LOAN_NOT_REPAYABLE


def test_pending_repayments_count_and_give_back_when_they_end() -> None:
    engine = boundary_engine()
    lend(engine, "L-1", 100_00, OLD)
    first = repay(engine, 60_00)
    assert repay_refused(engine, 40_01) is Reason.LOAN_NOT_REPAYABLE
    do(engine, "bk1-checker", RefuseSecondLine(uetr=first, cause="not yet"))
    second = repay(engine, 100_00)
    do(engine, "bk1-checker", ReleaseSecondLine(uetr=second))
    assert repay_refused(engine, 1) is Reason.LOAN_NOT_REPAYABLE
    assert [view.repaid for view in loans(engine.centre.offshore, None)] == [100_00]


def test_orders_of_one_batch_count_for_each_other() -> None:
    engine = boundary_engine()
    lend(engine, "L-1", 100_00, OLD)
    orders = [
        book_order("DOM-OTC1-L", amount, currency="CNY", purpose="LOAN")
        for amount in (60_00, 40_01, 40_00)
    ]
    batch = InstructPaymentBatch(message_id="B-1", bank="BK1", orders=orders)
    entry = accepted(send(engine, "otc1-treasurer", batch))
    assert isinstance(entry.outcome, list)
    turned_down = [event for event in entry.outcome if isinstance(event, PaymentRefused)]
    assert [(one.position, one.refusal.reason) for one in turned_down] == [
        (1, Reason.LOAN_NOT_REPAYABLE)
    ]


def test_an_ended_loan_leaves_room_for_what_is_still_owed_on_others() -> None:
    engine = boundary_engine()
    lend(engine, "L-1", 100_00, OLD)
    lend(engine, "L-2", 50_00, OLD)
    do(engine, "bk1-checker", ReleaseSecondLine(uetr=repay(engine, 30_00)))
    do(engine, "bk2-maker", EndLoan(loan_id="L-1"))
    assert repay_refused(engine, 50_01) is Reason.LOAN_NOT_REPAYABLE
    pending = repay(engine, 50_00)
    answer = refused(send(engine, "bk2-maker", EndLoan(loan_id="L-2")))
    assert answer.reason is Reason.LOAN_NOT_REPAYABLE
    do(engine, "bk1-checker", RefuseSecondLine(uetr=pending, cause="paid elsewhere"))
    do(engine, "bk2-maker", EndLoan(loan_id="L-2"))
    assert repay_refused(engine, 1) is Reason.LOAN_NOT_REPAYABLE
    assert refused(send(engine, "bk2-maker", EndLoan(loan_id="L-2"))).reason is Reason.LOAN_UNKNOWN


@pytest.mark.parametrize(
    ("by", "changes", "reason"),
    [
        ("bk2-maker", {"loan_id": "L 1"}, Reason.IDENTIFIER_MALFORMED),
        ("bk2-maker", {"loan_id": "L-1"}, Reason.LOAN_KNOWN),
        ("bk2-maker", {"account": "NOWHERE"}, Reason.ACCOUNT_UNKNOWN),
        ("bk1-maker", {}, Reason.NOT_YOUR_INSTITUTION),
        ("bk2-maker", {"company": "OTC2"}, Reason.ACCOUNT_CLASS_FORBIDDEN),
        ("bk2-maker", {"account": "FTE-OTC2", "company": "OTC2"}, Reason.ACCOUNT_CLASS_FORBIDDEN),
        ("bk2-maker", {"principal": 0}, Reason.FIELD_OUT_OF_RANGE),
        ("bk2-maker", {"drawn_on": datetime.date(2026, 11, 24)}, Reason.FIELD_OUT_OF_RANGE),
    ],
)
def test_what_the_register_refuses(by: str, changes: dict[str, object], reason: Reason) -> None:
    engine = boundary_engine()
    lend(engine, "L-1", 100_00, OLD)
    fields: dict[str, object] = {
        "loan_id": "L-9",
        "company": "OTC1",
        "account": "DOM-OTC1-L",
        "drawn_on": OLD,
        "principal": 1,
    }
    command = RegisterLoan(**(fields | changes))  # type: ignore[arg-type]
    before = engine.centre.digest()
    assert refused(send(engine, by, command)).reason is reason
    assert engine.centre.digest() == before


def test_loans_are_shown_to_the_company_and_the_lender_alone() -> None:
    engine = boundary_engine()
    lend(engine, "L-1", 100_00, OLD)
    room = engine.centre.offshore
    for reader, seen in (("OTC1", 1), ("BK2", 1), (None, 1), ("BK1", 0), ("OTC2", 0), ("ZONE", 0)):
        assert len(loans(room, reader)) == seen, reader


@pytest.mark.parametrize(
    ("date", "months", "expected"),
    [
        ("2026-11-23", 6, "2026-05-23"),
        ("2026-08-31", 6, "2026-02-28"),
        ("2024-08-31", 6, "2024-02-29"),
        ("2026-03-15", 6, "2025-09-15"),
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-11-23", 10**9, "0001-01-01"),
    ],
)
def test_the_same_day_some_months_before(date: str, months: int, expected: str) -> None:
    found = months_before(datetime.date.fromisoformat(date), months)
    assert found == datetime.date.fromisoformat(expected)
