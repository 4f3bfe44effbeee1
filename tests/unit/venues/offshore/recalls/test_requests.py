"""Recall requests: before finality and after it, who may ask, and what a clock or a race may never undo."""

import pytest
from tests.support.centre import accepted, refused, send
from tests.support.offshore import (
    BK1_BIC,
    OVB_BIC,
    balance,
    balances,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)
from tests.support.recalls import answer, days_later, outcome, paid, recall, take_back

from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.ledger.events import PostOpeningBalance
from huangpu.venues.offshore.accounts import opening_code
from huangpu.venues.offshore.orders import Payment
from huangpu.venues.offshore.recalls.books import RecallStatus
from huangpu.venues.offshore.second_line.release import ReleaseSecondLine
from huangpu.venues.offshore.state import nostro_code


def under_release(engine: Engine) -> str:
    """Leave CNY 500,000 across the second line waiting for its officer, with its hold."""
    order = book_order("DOM-OTC1", 500_000_00, currency="CNY", purpose="CURR")
    assert outcome(send(engine, "otc1-treasurer", instruct(order))) == "PDNG"
    return order.uetr


def held(engine: Engine, code: str) -> int:
    number = engine.centre.ledger.number(code)
    assert number is not None
    return engine.centre.ledger.held(number)


def test_a_recall_that_comes_before_the_release_wins() -> None:
    engine = offshore_engine()
    before = balances(engine)
    name = under_release(engine)
    assert held(engine, "FTE-OTC1/CNY") == 500_000_00
    assert outcome(send(engine, "otc1-treasurer", recall(name, "CUST"))) == "CANC PDCR CNCL"
    assert held(engine, "FTE-OTC1/CNY") == 0
    late = refused(send(engine, "bk1-checker", ReleaseSecondLine(uetr=name)))
    assert late.reason is Reason.PAYMENT_UNKNOWN
    assert balances(engine) == before


def test_a_recall_that_comes_after_the_release_asks_the_creditor() -> None:
    engine = offshore_engine()
    name = under_release(engine)
    assert outcome(send(engine, "bk1-checker", ReleaseSecondLine(uetr=name))) == "ACCC"
    assert outcome(send(engine, "otc1-treasurer", recall(name, "CUST"))) == "PDCR"
    assert balance(engine, "DOM-OTC1/CNY") == 2_500_000_00
    assert held(engine, "FTE-OTC1/CNY") == 0


@pytest.mark.parametrize("recalled_first", [True, False])
def test_a_recall_races_the_credit_that_settles_a_queued_payment(recalled_first: bool) -> None:
    engine = offshore_engine()
    queued = overseas_order(1_500_000_00)
    accepted(send(engine, "otc1-treasurer", instruct(queued)))
    steps = [
        ("ovb-desk", receive(inward_order(800_000_00))),
        ("bk1-maker", recall(queued.uetr, "TECH")),
    ]
    found = [outcome(send(engine, *step)) for step in (steps[::-1] if recalled_first else steps)]
    record = engine.centre.offshore.payments.get(queued.uetr)
    assert record is not None
    if recalled_first:
        assert found == ["CANC PDCR CNCL", "ACCC"]
        assert (record.status, balance(engine, "FTE-OTC1/USD")) == ("CANC", 1_800_000_00)
        return
    assert found[-1] == "PDCR"
    assert (record.status, balance(engine, "FTE-OTC1/USD")) == ("ACSC", 300_000_00)


def test_a_recalled_hold_lets_what_waits_for_money_settle_in_the_same_entry() -> None:
    engine = offshore_engine()
    name = under_release(engine)
    mirrored = PostOpeningBalance(
        debit=nostro_code("BK1", "OVB", "CNY"),
        credit=opening_code("BK1-SAU", "CNY"),
        amount=9_000_000_00,
    )
    accepted(send(engine, "operator", mirrored))
    queued = overseas_order(4_800_000_00, currency="CNY")
    assert outcome(send(engine, "otc1-treasurer", instruct(queued))) == "PDNG"
    assert outcome(send(engine, "otc1-treasurer", recall(name, "CUST"))) == "CANC PDCR CNCL ACSC"
    assert balance(engine, "FTE-OTC1/CNY") == 200_000_00


@pytest.mark.parametrize("confirmation", ["CNCL", "RJCR"])
@pytest.mark.parametrize("way", ["BOOK", "OUTWARD"])
def test_no_clock_undoes_an_answer_that_was_given(confirmation: str, way: str) -> None:
    """Mojaloop 4274 and 868: a time-out after the fulfilment reset what had been decided."""
    engine = offshore_engine()
    name = paid(engine, way)
    accepted(send(engine, "otc1-treasurer", recall(name)))
    by = "sup1-treasurer" if way == "BOOK" else "ovb-desk"
    reason = "CUST" if confirmation == "RJCR" else ""
    accepted(send(engine, by, answer(name, confirmation, reason=reason)))
    answered, before = engine.centre.offshore.books.recalls.recalls[0], balances(engine)
    for _ in range(3):
        days_later(engine, 30)
    assert engine.centre.offshore.books.recalls.recalls[0] == answered
    assert answered.status == confirmation
    assert balances(engine) == before


def test_money_that_comes_back_after_the_time_out_is_still_credited_once() -> None:
    engine = offshore_engine()
    before = balances(engine)
    name = paid(engine, "OUTWARD")
    accepted(send(engine, "otc1-treasurer", recall(name)))
    days_later(engine, 40)
    timed_out = engine.centre.offshore.books.recalls.recalls[0]
    assert (timed_out.status, timed_out.answer_reason) == (RecallStatus.RJCR, "NOAS")
    accepted(send(engine, "ovb-desk", take_back(name, 400_000_00, "FOCR")))
    assert balances(engine) == before
    assert engine.centre.offshore.books.recalls.recalls[0] == timed_out


def test_fraud_is_answered_sooner() -> None:
    engine = offshore_engine()
    one, two = paid(engine, amount=1_00), paid(engine, amount=1_00)
    accepted(send(engine, "bk1-maker", recall(one, "FRAD")))
    accepted(send(engine, "bk1-maker", recall(two, "DUPL")))
    days_later(engine, 8)
    statuses = [found.status for found in engine.centre.offshore.books.recalls.recalls]
    assert statuses == [RecallStatus.RJCR, RecallStatus.PDCR]


def test_a_recall_that_means_another_payment_is_refused_as_never_received() -> None:
    engine = offshore_engine()
    name = paid(engine, "OUTWARD")
    payment = engine.centre.offshore.payments.get(name)
    assert isinstance(payment, Payment)
    for wrong in ({"original_message_id": "OTHER"}, {"amount": 1}, {"currency": "EUR"}):
        found = refused(send(engine, "bk1-maker", recall(name, **wrong)))
        assert found.reason is Reason.PAYMENT_UNKNOWN
    right = recall(
        name,
        original_message_id=f"HP{payment.number:012d}",
        amount=400_000_00,
        currency="USD",
    )
    accepted(send(engine, "bk1-maker", right))


def test_the_overseas_bank_recalls_what_it_sent_also_through_the_bank_that_reads_its_message() -> (
    None
):
    for by in ("ovb-desk", "bk1-maker"):
        engine = offshore_engine()
        name = paid(engine, "INWARD")
        entry = accepted(send(engine, by, recall(name, assigner=OVB_BIC)))
        assert outcome(entry) == "PDCR"
        found = engine.centre.offshore.books.recalls.recalls[0]
        assert (found.assigner, found.assignee) == ("OVB", "BK1")
    engine = offshore_engine()
    name = paid(engine, "INWARD")
    own = refused(send(engine, "bk1-maker", recall(name, assigner=BK1_BIC)))
    assert own.reason is Reason.NOT_YOUR_INSTITUTION
    nobody = refused(send(engine, "bk1-maker", recall(name, assigner="NOBODY")))
    assert nobody.reason is Reason.AGENT_UNKNOWN


def test_a_case_and_a_message_are_used_once_and_a_refusal_uses_neither() -> None:
    engine = offshore_engine()
    one, two = paid(engine, amount=1_00), paid(engine, amount=1_00)
    refused(send(engine, "bk1-maker", recall(uetr(5), message_id="X", case_id="C")))
    accepted(send(engine, "bk1-maker", recall(one, message_id="X", case_id="C")))
    for again in (recall(two, message_id="X"), recall(two, case_id="C")):
        assert refused(send(engine, "bk1-maker", again)).reason is Reason.MESSAGE_ID_REUSED


def test_an_answer_names_its_case_and_an_overseas_answer_may_come_through_the_bank() -> None:
    engine = offshore_engine()
    name = paid(engine, "OUTWARD")
    assert refused(send(engine, "ovb-desk", answer(name))).reason is Reason.RECALL_UNKNOWN
    accepted(send(engine, "otc1-treasurer", recall(name, case_id="C1")))
    wrong = refused(send(engine, "ovb-desk", answer(name, case_id="C2")))
    assert wrong.reason is Reason.RECALL_UNKNOWN
    for confirmation, fields in (("DONE", {}), ("RJCR", {"reason": "XXXX"})):
        refused(send(engine, "ovb-desk", answer(name, confirmation, **fields)))
    through = answer(name, "PDCR", answerer="OVB", case_id="C1")
    accepted(send(engine, "bk1-checker", through))
    again = refused(send(engine, "ovb-desk", answer(name, "PDCR")))
    assert again.reason is Reason.RECALL_ANSWERED
    accepted(send(engine, "bk1-checker", answer(name, "RJCR", answerer="OVB", reason="ARDT")))
