"""Cases: what stops, who decides, what a decision is good for, and what nobody else is told."""

import datetime

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, refused, send
from tests.support.offshore import balance, instruct, inward_order, overseas_order, receive, uetr
from tests.support.screening import LISTED, adopt, events_of, screening_engine

from huangpu.app import load_rules
from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.engine.replay import audit
from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022.reasons import status_reason
from huangpu.gateways.stream.notices import Share, notice_of
from huangpu.journal.entry import Entry
from huangpu.registry.charter import AdoptRules
from huangpu.venues.offshore.orders import PaymentOrder
from huangpu.venues.offshore.payments.words import (
    InstructPaymentBatch,
    PaymentEnded,
    PaymentSettled,
    PaymentWaiting,
)
from huangpu.venues.offshore.screening import views
from huangpu.venues.offshore.screening.books import Band, Case, CaseState
from huangpu.venues.offshore.screening.cases import (
    ClearScreeningCase,
    ConfirmScreeningCase,
    NoteScreeningCase,
)
from huangpu.venues.offshore.screening.verdicts import ScreeningCaseOpened, verdict

ALIKE = "Simulated Listed Harbor Ltd"
MIDDLING = "Simulated Listd Harbor Ltd"
DAY = datetime.date(2026, 11, 23)
NEXT_DAY = datetime.date(2026, 11, 24)
CENTS = 20_000_00


def pay(
    engine: Engine, name: str = LISTED, by: str = "otc1-treasurer", at_us: int | None = None
) -> Entry:
    order = overseas_order(CENTS, creditor_name=name)
    return accepted(send(engine, by, instruct(order), at_us=at_us))


def cases(engine: Engine, state: CaseState | None = CaseState.OPEN) -> list[Case]:
    return views.cases(engine.centre.offshore, views.EVERYTHING, state=state).cases


def statuses(entry: Entry) -> list[str]:
    words = []
    for event in events_of(entry):
        if isinstance(event, PaymentWaiting):
            words.append("PDNG")
        elif isinstance(event, PaymentSettled):
            words.append("settled")
        elif isinstance(event, PaymentEnded):
            words.append("ended")
    return words


def clear(case: Case, text: str = "another firm: registered elsewhere") -> ClearScreeningCase:
    return ClearScreeningCase(case_id=case.id, text=text)


def test_a_listed_name_holds_the_payment_and_its_money() -> None:
    engine = screening_engine()
    assert statuses(pay(engine)) == ["PDNG"]
    number = engine.centre.ledger.number("FTE-OTC1/USD")
    assert number is not None
    assert engine.centre.ledger.held(number) == CENTS
    (case,) = cases(engine)
    assert (case.bank, case.band, case.score_bp) == ("BK1", Band.HOLD, 10_000)
    assert (case.list_id, case.list_version, case.entry_id) == ("SIM", "1", "E1")


def test_clearing_lets_it_go_and_stops_no_repeat_until_the_list_changes() -> None:
    engine = screening_engine()
    pay(engine)
    (case,) = cases(engine)
    assert statuses(accepted(send(engine, "bk1-checker", clear(case)))) == ["settled"]
    assert balance(engine, "FTE-OTC1/USD") == 1_000_000_00 - CENTS
    assert statuses(pay(engine)) == ["settled"]
    assert statuses(pay(engine, LISTED.upper())) == ["settled"]
    adopt(engine, "1", "Simulated Unrelated Party", list_id="OTHER")
    assert statuses(pay(engine)) == ["settled"]
    adopt(engine, "2", LISTED, "Simulated Another")
    assert statuses(pay(engine)) == ["PDNG"]
    closed = engine.centre.offshore.books.screening.cases[case.id]
    assert (closed.state, closed.decided_by, len(closed.notes)) == ("CLEARED", "bk1-checker", 1)


def test_confirming_ends_it_with_the_neutral_code_and_holds_every_later_one() -> None:
    engine = screening_engine()
    pay(engine, MIDDLING)
    (case,) = cases(engine)
    assert case.band is Band.REVIEW
    confirm = ConfirmScreeningCase(case_id=case.id, text="it is the listed firm")
    assert statuses(accepted(send(engine, "bk1-checker", confirm))) == []
    assert statuses(pay(engine, MIDDLING)) == ["PDNG"]
    (case,) = cases(engine)
    entry = accepted(
        send(engine, "bk1-checker", ConfirmScreeningCase(case_id=case.id, text="again"))
    )
    (ended,) = [event for event in events_of(entry) if isinstance(event, PaymentEnded)]
    assert (ended.payment.status, ended.payment.reason) == ("RJCT", Reason.REGULATORY_REASON)
    assert ended.payment.detail == ""
    number = engine.centre.ledger.number("FTE-OTC1/USD")
    assert number is not None
    assert engine.centre.ledger.held(number) == 0
    assert balance(engine, "FTE-OTC1/USD") == 1_000_000_00 - CENTS


def test_the_message_of_a_confirmed_hit_bears_a_code_and_no_text() -> None:
    told = status_reason(Rejected(Reason.REGULATORY_REASON, "", "C4"))
    assert (told.code, told.information) == ("RR04", ())


def test_the_middle_band_is_released_with_one_case_unless_the_row_says_otherwise() -> None:
    engine = screening_engine()
    assert statuses(pay(engine, MIDDLING)) == ["settled"]
    assert statuses(pay(engine, MIDDLING)) == ["settled"]
    assert len(cases(engine)) == 1
    row = Row("offshore.screening.review_holds", NEXT_DAY, True, "switch", "a test")
    accepted(send(engine, "operator", AdoptRules(rows=[row])))
    next_day_us = MONDAY_0930_US + 86_400_000_000
    assert statuses(pay(engine, MIDDLING, at_us=next_day_us)) == ["PDNG"]


def test_the_maker_and_other_banks_decide_nothing() -> None:
    engine = screening_engine()
    order = overseas_order(CENTS, creditor_name=LISTED)
    accepted(send(engine, "bk1-maker", instruct(order)))
    (case,) = cases(engine)
    assert refused(send(engine, "bk1-maker", clear(case))).reason is Reason.PERMISSION_MISSING
    assert refused(send(engine, "otc1-treasurer", clear(case))).reason is Reason.PERMISSION_MISSING
    assert refused(send(engine, "bk2-checker", clear(case))).reason is Reason.SCREENING_CASE_UNKNOWN
    assert refused(send(engine, "comp-1", clear(case))).reason is Reason.SCREENING_CASE_UNKNOWN
    assert (
        refused(send(engine, "bk1-checker", clear(case, " "))).reason is Reason.FIELD_OUT_OF_RANGE
    )
    accepted(
        send(engine, "bk1-checker", NoteScreeningCase(case_id=case.id, text="asked the client"))
    )
    accepted(send(engine, "bk1-checker", clear(case)))
    again = refused(send(engine, "bk1-checker", clear(case)))
    assert again.reason is Reason.SCREENING_CASE_STATE_WRONG


def test_a_maker_who_is_an_officer_too_cannot_decide_the_own_payment() -> None:
    from huangpu.registry.people import Person, RegisterPerson

    engine = screening_engine()
    person = Person(id="bk1-both", institution="BK1", roles=["BANK_OPERATOR", "BANK_OFFICER"])
    accepted(send(engine, "operator", RegisterPerson(person=person)))
    pay(engine, by="bk1-both")
    (case,) = cases(engine)
    assert refused(send(engine, "bk1-both", clear(case))).reason is Reason.OWN_ACT_NOT_APPROVABLE


def test_one_banks_clearing_does_not_bind_another() -> None:
    engine = screening_engine()
    pay(engine)
    (case,) = cases(engine)
    accepted(send(engine, "bk1-checker", clear(case)))
    order = overseas_order(100, debtor_account="FTE-OTC2", creditor_name=LISTED)
    entry = accepted(send(engine, "otc2-treasurer", instruct(order, bank="BK2")))
    assert statuses(entry) == ["PDNG"]


def test_money_that_comes_in_is_screened_too() -> None:
    engine = screening_engine()
    order = inward_order(CENTS, debtor_name=LISTED)
    assert statuses(accepted(send(engine, "ovb-desk", receive(order)))) == ["PDNG"]
    (case,) = cases(engine)
    assert statuses(accepted(send(engine, "bk1-checker", clear(case)))) == ["settled"]
    assert balance(engine, "FTE-OTC1/USD") == 1_000_000_00 + CENTS


def test_both_parties_must_be_cleared() -> None:
    engine = screening_engine("Simulated OTC1")
    for case in cases(engine):
        accepted(send(engine, "bk1-checker", ConfirmScreeningCase(case_id=case.id, text="is it")))
    assert statuses(pay(engine)) == ["PDNG"]
    first, second = cases(engine)
    assert {first.party, second.party} == {"@OTC1", "simulated listed harbour co ltd|HK"}
    assert statuses(accepted(send(engine, "bk1-checker", clear(first)))) == []
    assert statuses(accepted(send(engine, "bk1-checker", clear(second)))) == ["settled"]


def test_every_stopped_order_of_a_batch_has_its_case() -> None:
    engine = screening_engine()
    orders = [overseas_order(100 + n, creditor_name=LISTED, uetr=uetr(n + 1)) for n in range(3)]
    batch = InstructPaymentBatch(message_id="B1", bank="BK1", orders=orders)
    entry = accepted(send(engine, "otc1-treasurer", batch))
    assert statuses(entry) == ["PDNG"] * 3
    assert [case.uetr for case in reversed(cases(engine))] == [order.uetr for order in orders]


def test_nobody_but_officers_compliance_and_the_supervisor_reads_a_case() -> None:
    engine = screening_engine()
    pay(engine)
    room, rules = engine.centre.offshore, engine.centre.rules
    (case,) = cases(engine)
    reach = {
        person: views.reach(room, rules, person, DAY)
        for person in ("bk1-checker", "bk1-maker", "bk2-checker", "otc1-treasurer", "operator", "comp-1", "zone-1", "nobody")
    }  # fmt: skip
    assert reach == {
        "bk1-checker": "BK1", "bk1-maker": "", "bk2-checker": "BK2", "otc1-treasurer": "", "operator": "",
        "comp-1": "*", "zone-1": "", "nobody": "",
    }  # fmt: skip
    for whose, seen in (("BK1", True), ("BK2", False), ("", False), ("*", True)):
        assert (views.case(room, whose, case.id) is not None) is seen
        assert bool(views.cases(room, whose).cases) is seen
        assert bool(views.cases_of_payment(room, whose, case.uetr)) is seen
        known = views.party(room, whose, name=LISTED, country="HK")
        assert (known is not None) is seen
    assert views.lists(room, "") == []
    assert [one.version for one in views.lists(room, "BK1")] == ["1"]
    shown = views.case(room, "BK1", case.id)
    assert shown is not None
    assert shown.hits[0].entry is not None
    assert shown.hits[0].entry.names == [LISTED]


@pytest.mark.parametrize("name", [LISTED, MIDDLING])
def test_an_answer_tells_nothing_of_screening(name: str) -> None:
    engine = screening_engine()
    entry = pay(engine, name)
    assert any(isinstance(event, ScreeningCaseOpened) for event in events_of(entry))
    (case,) = cases(engine)
    cleared = accepted(send(engine, "bk1-checker", clear(case)))
    for answer in (engine.answer(entry), engine.answer(cleared).split(b'"events"')[1]):
        for word in (b"creening", b"SCREEN", b"score", b"SIM", b"E1", b"hits"):
            assert word not in answer.replace(b"ScreeningCaseDecided", b""), word
    assert b"REVIEW" in engine.answer(entry) or name == MIDDLING
    assert notice_of(cleared, Share(())).command == ""


def test_pages_of_cases_follow_each_other() -> None:
    engine = screening_engine()
    for _ in range(5):
        pay(engine)
    room = engine.centre.offshore
    first = views.cases(room, "BK1", limit=2)
    second = views.cases(room, "BK1", limit=2, after=first.next_after)
    last = views.cases(room, "BK1", limit=2, after=second.next_after)
    assert [len(page.cases) for page in (first, second, last)] == [2, 2, 1]
    assert (first.open, last.next_after) == (5, "")
    assert len({case.id for page in (first, second, last) for case in page.cases}) == 5


def test_a_verdict_names_the_lists_in_force_and_asks_once() -> None:
    engine = screening_engine()
    adopt(engine, "7", "Simulated Unrelated Party", list_id="OTHER")
    room, rules = engine.centre.offshore, engine.centre.rules
    stamp = engine.centre.stamp(engine.next_seq, MONDAY_0930_US, "otc1-treasurer")

    def asked(order: PaymentOrder) -> tuple[bool, Band, str]:
        found = verdict(room, rules, stamp, order, ("OTC1", ""), "BK1")
        return found.cached, found.band, found.list_version

    order = overseas_order(CENTS, creditor_name="Simulated Fresh Supplier")
    assert asked(order) == (False, Band.CLEAR, "SIM 1; OTHER 7")
    pay(engine, "Simulated Fresh Supplier")
    assert asked(order) == (True, Band.CLEAR, "SIM 1; OTHER 7")


def test_decisions_survive_an_audit() -> None:
    engine = screening_engine()
    for name in (LISTED, ALIKE, MIDDLING, "Simulated Fresh Supplier"):
        pay(engine, name)
    for case in cases(engine):
        accepted(send(engine, "bk1-checker", clear(case)))
    report = audit(load_rules(), list(engine.entries(1)))
    assert report.differences == []
    assert report.state_sha256 == engine.centre.digest()


def test_a_list_that_changes_while_a_payment_waits_stops_it_again() -> None:
    engine = screening_engine()
    pay(engine)
    (case,) = cases(engine)
    adopt(engine, "1", LISTED, list_id="OTHER")
    by_list = {one.list_id: one for one in cases(engine) if one.id != case.id}
    assert by_list["OTHER"].uetr == ""
    assert statuses(accepted(send(engine, "bk1-checker", clear(case)))) == ["PDNG"]
    again = [one for one in cases(engine) if one.uetr == case.uetr]
    assert [(one.list_id, one.list_version, one.score_bp) for one in again] == [
        ("OTHER", "1", 10_000)
    ]
    assert statuses(accepted(send(engine, "bk1-checker", clear(again[0])))) == ["settled"]
    assert balance(engine, "FTE-OTC1/USD") == 1_000_000_00 - CENTS


def test_a_queued_payment_is_stopped_when_its_party_is_listed_meanwhile() -> None:
    engine = screening_engine()
    order = overseas_order(1_500_000_00, creditor_name="Simulated Late Comer")
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    adopt(engine, "2", LISTED, "Simulated Late Comer")
    accepted(send(engine, "ovb-desk", receive(inward_order(800_000_00))))
    pending = engine.centre.offshore.books.pending[order.uetr]
    assert pending.waits == ["SCREENING"]
    (case,) = [one for one in cases(engine) if one.uetr == order.uetr]
    number = engine.centre.ledger.number("FTE-OTC1/USD")
    assert number is not None
    assert engine.centre.ledger.held(number) == 1_500_000_00
    assert statuses(accepted(send(engine, "bk1-checker", clear(case)))) == ["settled"]
    assert audit(load_rules(), list(engine.entries(1))).differences == []
