"""Sample cases: opened by the tick, answered with documents, judged by a second person, and what a missed deadline costs."""

import datetime
import hashlib

import pytest
from tests.support.centre import accepted, refused, send
from tests.support.monitoring import books, day_us, found, monitored_engine, tick
from tests.support.offshore import instruct, overseas_order

from huangpu.core.message import Event
from huangpu.core.reasons import Reason
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.monitoring.books import (
    CaseState,
    Document,
    DocumentKind,
    FindingKind,
    Grade,
)
from huangpu.venues.offshore.monitoring.cases import (
    AcceptDocuments,
    RejectDocuments,
    SampleCaseMoved,
    SampleCaseOpened,
    UploadDocuments,
)
from huangpu.venues.offshore.monitoring.grades import GradeChanged, SetGrade, grade_of
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal, ProposalMade
from huangpu.venues.offshore.monitoring.views import case_of, cases, grades, proposals
from huangpu.venues.offshore.state import ListingState
from huangpu.venues.offshore.white_list import ListingChanged, state_at

MONDAY = datetime.date(2026, 11, 23)


def document(kind: str = "CONTRACT", text: str = "") -> Document:
    """Describe a document whose content is `text`, or its kind."""
    sha256 = hashlib.sha256((text or kind).encode()).hexdigest()
    return Document(kind=DocumentKind(kind), name=f"{kind.lower()}.pdf", sha256=sha256)


def sampled(engine: Engine, account: str = "HK-SUPPLIER-1") -> str:
    """Pay a counterparty for the first time, open the case by a tick, and return its UETR."""
    order = overseas_order(1_00, creditor_account=account)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    tick(engine, day_us(0, 1))
    return order.uetr


def upload(engine: Engine, uetr: str, by: str = "otc1-treasurer", *documents: Document) -> object:
    """Upload documents, a contract and an invoice unless others are given."""
    chosen = list(documents) or [document("CONTRACT", uetr), document("INVOICE", uetr + "i")]
    return send(engine, by, UploadDocuments(uetr=uetr, documents=chosen))


def state_of(engine: Engine, uetr: str) -> CaseState:
    return books(engine).cases[uetr].state


def grade(engine: Engine) -> Grade:
    return grade_of(engine.centre.offshore, engine.centre.rules, MONDAY, "OTC1")


def test_the_tick_after_a_sampled_payment_opens_its_case_once() -> None:
    engine = monitored_engine()
    order = overseas_order(1_00)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    assert books(engine).cases == {}
    (opened,) = found(tick(engine, day_us(0, 1)), SampleCaseOpened)
    assert (opened.case.payment.company, opened.case.payment.cause) == ("OTC1", "FIRST_PAYMENT")
    assert opened.case.due == datetime.date(2026, 12, 7)
    assert found(tick(engine, day_us(0, 2)), SampleCaseOpened) == []
    assert list(books(engine).cases) == [order.uetr]


def test_documents_are_judged_by_another_person_than_any_uploader() -> None:
    engine = monitored_engine()
    uetr = sampled(engine)
    upload(engine, uetr, "bk1-both", document("CONTRACT"))
    own = refused(send(engine, "bk1-both", AcceptDocuments(uetr=uetr)))
    assert own.reason is Reason.OWN_ACT_NOT_APPROVABLE
    accepted(send(engine, "bk1-checker", RejectDocuments(uetr=uetr, cause="no invoice")))
    upload(engine, uetr, "otc1-treasurer", document("INVOICE"))
    still = refused(send(engine, "bk1-both", AcceptDocuments(uetr=uetr)))
    assert still.reason is Reason.OWN_ACT_NOT_APPROVABLE
    accepted(send(engine, "bk1-checker", AcceptDocuments(uetr=uetr)))
    assert state_of(engine, uetr) is CaseState.ACCEPTED
    assert books(engine).waiting == {}
    assert [step.state for step in books(engine).cases[uetr].steps] == [
        CaseState.OPEN,
        CaseState.UPLOADED,
        CaseState.REJECTED,
        CaseState.UPLOADED,
        CaseState.ACCEPTED,
    ]


def test_acceptance_asks_for_every_kind_of_the_row() -> None:
    engine = monitored_engine()
    uetr = sampled(engine)
    upload(engine, uetr, "otc1-treasurer", document("INVOICE"), document("BILL_OF_LADING"))
    answer = refused(send(engine, "bk1-checker", AcceptDocuments(uetr=uetr)))
    assert (answer.reason, answer.rule) == (Reason.DOCUMENTS_MISSING, "offshore.case.documents")
    assert answer.detail == "CONTRACT missing, needed CONTRACT INVOICE"


@pytest.mark.parametrize(
    ("by", "documents", "reason"),
    [
        ("otc2-treasurer", [document()], Reason.NOT_YOUR_INSTITUTION),
        ("bk2-maker", [document()], Reason.NOT_YOUR_INSTITUTION),
        ("bk1-checker", [document()], Reason.PERMISSION_MISSING),
        ("bk1-maker", [], Reason.FIELD_OUT_OF_RANGE),
        ("bk1-maker", [document("CONTRACT", str(n)) for n in range(51)], Reason.FIELD_OUT_OF_RANGE),
        ("bk1-maker", [document(), document()], Reason.IDENTIFIER_MALFORMED),
        (
            "bk1-maker",
            [Document(kind=DocumentKind.INVOICE, name="x", sha256="A" * 64)],
            Reason.IDENTIFIER_MALFORMED,
        ),
        (
            "bk1-maker",
            [Document(kind=DocumentKind.INVOICE, name="", sha256="a" * 64)],
            Reason.IDENTIFIER_MALFORMED,
        ),
    ],
)
def test_what_cannot_be_uploaded(by: str, documents: list[Document], reason: Reason) -> None:
    engine = monitored_engine()
    uetr = sampled(engine)
    before = engine.centre.digest()
    upload_ = UploadDocuments(uetr=uetr, documents=documents)
    assert refused(send(engine, by, upload_)).reason is reason
    assert engine.centre.digest() == before


def test_states_and_unknown_cases_are_refused() -> None:
    engine = monitored_engine()
    uetr = sampled(engine)
    for command in (
        UploadDocuments(uetr="no-such", documents=[document()]),
        AcceptDocuments(uetr="no-such"),
        RejectDocuments(uetr="no-such", cause="x"),
    ):
        by = "bk1-both"
        assert refused(send(engine, by, command)).reason is Reason.SAMPLE_CASE_UNKNOWN
    early = refused(send(engine, "bk1-checker", AcceptDocuments(uetr=uetr)))
    assert early.reason is Reason.SAMPLE_CASE_STATE_WRONG
    upload(engine, uetr)
    twice = refused(upload(engine, uetr, "otc1-treasurer", document("INVOICE", "other")))  # type: ignore[arg-type]
    assert twice.reason is Reason.SAMPLE_CASE_STATE_WRONG
    silent = refused(send(engine, "bk1-checker", RejectDocuments(uetr=uetr, cause="")))
    assert silent.reason is Reason.FIELD_OUT_OF_RANGE
    foreign = refused(send(engine, "bk2-checker", AcceptDocuments(uetr=uetr)))
    assert foreign.reason is Reason.NOT_YOUR_INSTITUTION


def test_a_missed_deadline_lowers_the_grade_one_step_a_day_and_asks_again() -> None:
    engine = monitored_engine()
    first, second = sampled(engine), sampled(engine, "HK-2")
    assert found(tick(engine, day_us(14)), SampleCaseMoved) == []
    events = tick(engine, day_us(15))
    assert {event.uetr for event in found(events, SampleCaseMoved)} == {first, second}
    assert [event.grade for event in found(events, GradeChanged)] == [Grade.B]
    assert found(tick(engine, day_us(15, 5)), SampleCaseMoved) == []
    assert grade(engine) is Grade.B
    case = books(engine).cases[first]
    assert (case.state, case.misses, case.due) == (
        CaseState.OVERDUE,
        1,
        datetime.date(2026, 12, 22),
    )
    upload(engine, first)
    accepted(send(engine, "bk1-checker", AcceptDocuments(uetr=first)))
    assert state_of(engine, first) is CaseState.ACCEPTED


def miss(engine: Engine, times: int) -> list[Event]:
    """Let deadlines pass so many times and return what the last tick found."""
    events: list[Event] = []
    for number in range(1, times + 1):
        events = tick(engine, day_us(16 * number))
    return events


def test_grades_fall_to_the_lowest_and_then_the_company_is_suspended() -> None:
    engine = monitored_engine()
    sampled(engine)
    for expected in (Grade.B, Grade.C, Grade.D):
        miss(engine, list(Grade).index(expected))
        assert grade(engine) is expected
    (event,) = found(tick(engine, day_us(16 * 4)), ListingChanged)
    assert (event.company, event.state) == ("OTC1", ListingState.SUSPENDED)
    listing = engine.centre.offshore.books.listings["OTC1"]
    assert state_at(listing, day_us(16 * 4)) is ListingState.SUSPENDED
    assert found(tick(engine, day_us(16 * 5)), ListingChanged) == []
    answer = refused(send(engine, "otc1-treasurer", instruct(overseas_order(1_00))))
    assert answer.reason is Reason.WHITE_LIST_STATUS


def test_the_row_may_say_that_suspension_is_only_proposed() -> None:
    engine = monitored_engine({"offshore.grade.consequence": "PROPOSE"})
    sampled(engine)
    miss(engine, 3)
    (made,) = found(tick(engine, day_us(64)), ProposalMade)
    assert found(tick(engine, day_us(80)), ProposalMade) == []
    number = made.proposal.number
    wrong = refused(send(engine, "bk1-checker", ApproveProposal(number=number)))
    assert wrong.reason is Reason.NOT_YOUR_INSTITUTION
    room = engine.centre.offshore
    assert len(proposals(room, day_us(80), "ZONE")) == 1
    assert proposals(room, day_us(80), "BK1") == []
    accepted(send(engine, "zone-1", ApproveProposal(number=number)))
    assert state_at(room.books.listings["OTC1"], day_us(80)) is ListingState.SUSPENDED


def test_too_many_rejections_count_as_a_miss() -> None:
    engine = monitored_engine()
    uetr = sampled(engine)
    for number in range(3):
        upload(engine, uetr, "otc1-treasurer", document("CONTRACT", str(number)))
        reject = RejectDocuments(uetr=uetr, cause="not legible")
        accepted(send(engine, "bk1-checker", reject))
    assert state_of(engine, uetr) is CaseState.OVERDUE
    assert grade(engine) is Grade.B


def test_uploaded_in_time_is_not_overdue_however_long_the_bank_takes() -> None:
    engine = monitored_engine()
    upload(engine, sampled(engine))
    assert found(tick(engine, day_us(40)), SampleCaseMoved) == []
    assert grade(engine) is Grade.A


def test_a_grade_is_raised_by_two_persons() -> None:
    engine = monitored_engine()
    command = SetGrade(company="OTC1", grade=Grade.C, cause="visit to the premises")
    assert refused(send(engine, "bk2-maker", command)).reason is Reason.NOT_YOUR_INSTITUTION
    unknown = SetGrade(company="HOLD1", grade=Grade.A, cause="x")
    assert refused(send(engine, "zone-1", unknown)).reason is Reason.COMPANY_NOT_RECOMMENDED
    silent = SetGrade(company="OTC1", grade=Grade.A, cause="")
    assert refused(send(engine, "zone-1", silent)).reason is Reason.FIELD_OUT_OF_RANGE
    accepted(send(engine, "bk1-maker", command))
    accepted(send(engine, "bk1-checker", ApproveProposal(number=0)))
    assert grade(engine) is Grade.C
    room, rules = engine.centre.offshore, engine.centre.rules
    (shown,) = grades(room, rules, day_us(0), "OTC1")
    assert (shown.grade, shown.rate_bp) == (Grade.C, 2_500)
    assert [view.company for view in grades(room, rules, day_us(0), "BK1")] == ["OTC1", "OTC3"]
    assert len(grades(room, rules, day_us(0), "ZONE")) == 3


def test_a_document_that_answers_for_two_payments_is_a_finding() -> None:
    engine = monitored_engine()
    first, second = sampled(engine), sampled(engine, "HK-2")
    upload(engine, first, "otc1-treasurer", document("INVOICE", "one"))
    upload(engine, second, "otc1-treasurer", document("INVOICE", "one"))
    tick(engine, day_us(0, 5))
    same = [f for f in books(engine).findings if f.kind is FindingKind.SAME_DOCUMENT]
    assert [(f.uetrs, f.bank, f.severity) for f in same] == [([first, second], "BK1", "MEDIUM")]


def test_cases_are_shown_to_those_concerned() -> None:
    engine = monitored_engine()
    first, second = sampled(engine), sampled(engine, "HK-2")
    room = engine.centre.offshore
    for reader, number in (
        ("OTC1", 2),
        ("BK1", 2),
        ("ZONE", 2),
        (None, 2),
        ("OTC2", 0),
        ("BK2", 0),
    ):
        assert len(cases(room, day_us(1), institution=reader).cases) == number, reader
        assert (case_of(room, day_us(1), first, reader) is None) is (number == 0)
    page = cases(room, day_us(1), institution=None, limit=1)
    assert [view.case.payment.uetr for view in page.cases] == [second]
    rest = cases(room, day_us(1), institution=None, limit=1, after=page.next_after)
    assert [view.case.payment.uetr for view in rest.cases] == [first]
    assert rest.next_after == ""
    assert case_of(room, day_us(1), "no-such", None) is None


def test_a_centre_loaded_from_a_dump_goes_on_with_its_cases() -> None:
    engine = monitored_engine()
    uetr = sampled(engine)
    upload(engine, uetr)
    miss(engine, 1)
    copy = Centre.load(engine.centre.base_rules, engine.centre.dump())
    assert copy.offshore.books.monitor == books(engine)
    assert copy.digest() == engine.centre.digest()
