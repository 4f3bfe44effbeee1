"""Whatever lists take force and whoever is paid: what is known of a party is what screening it afresh against the lists would say."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.support.centre import accepted, send
from tests.support.offshore import instruct, overseas_order
from tests.support.screening import adopt, screening_engine

from huangpu.app import load_rules
from huangpu.core.message import Rejected
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit
from huangpu.journal.entry import Entry
from huangpu.venues.offshore.orders import Wait
from huangpu.venues.offshore.screening import views
from huangpu.venues.offshore.screening.books import CaseState, Screening
from huangpu.venues.offshore.screening.cases import ClearScreeningCase, ConfirmScreeningCase
from huangpu.venues.offshore.screening.verdicts import hits_of

NAMES = st.sampled_from(
    [
        "Simulated Listed Harbour Ltd", "Simulated Listd Harbour", "Harbour Listed Simulated", "Simulated Great Wave",
        "Great Wave Simulated Group", "Wong Siu Ming", "Wang Xiaoming", "王小明", "Simulated SUP1", "Simulated Quiet Supplier",
    ]
)  # fmt: skip


class ScreeningMachine(RuleBasedStateMachine):
    """Pays, adopts and decides on the fixture of section G."""

    @initialize()
    def start(self) -> None:
        self.engine = screening_engine()
        self.version = 1

    @rule(names=st.lists(NAMES, unique=True, max_size=4), list_id=st.sampled_from(["SIM", "OTHER"]))
    def adopt(self, names: list[str], list_id: str) -> None:
        self.version += 1
        adopt(self.engine, str(self.version), *names, "Simulated Filler", list_id=list_id)

    @rule(name=NAMES)
    def pay(self, name: str) -> None:
        order = overseas_order(100, creditor_name=name)
        accepted(send(self.engine, "otc1-treasurer", instruct(order)))

    @rule(pick=st.integers(0, 50), clear=st.booleans())
    def decide(self, pick: int, clear: bool) -> None:
        room = self.engine.centre.offshore
        cases = views.cases(room, "BK1", state=CaseState.OPEN).cases
        if not cases:
            return
        kind = ClearScreeningCase if clear else ConfirmScreeningCase
        case = cases[pick % len(cases)]
        answer = send(self.engine, "bk1-checker", kind(case_id=case.id, text="looked at"))
        assert isinstance(answer, Entry)
        assert not isinstance(answer.outcome, Rejected)

    @invariant()
    def what_is_known_is_what_asking_again_says(self) -> None:
        books = self.engine.centre.offshore.books.screening
        fresh = Screening().at(books)
        for party in books.parties.values():
            scores = fresh.names.scores(party.names)
            entries = {owner: books.lists[owner[0]].entries[owner[1]] for owner in scores}
            assert party.hits == hits_of(scores.items(), entries, party), party.names

    @invariant()
    def a_payment_waits_for_screening_exactly_while_it_has_an_open_case(self) -> None:
        books = self.engine.centre.offshore.books
        waiting = {uetr for uetr, one in books.pending.items() if Wait.SCREENING in one.waits}
        stopped = {uetr for uetr in books.screening.open_by_uetr if uetr in books.pending}
        assert waiting == stopped

    @invariant()
    def open_cases_are_the_cases_that_are_open(self) -> None:
        books = self.engine.centre.offshore.books.screening
        opened = {case.id for case in books.cases.values() if case.state is CaseState.OPEN}
        assert set(books.open_cases.values()) <= opened
        assert {case_id for ids in books.open_by_uetr.values() for case_id in ids} <= opened

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        report = audit(load_rules(), list(self.engine.entries(1)))
        assert report.differences == []
        assert report.state_sha256 == self.engine.centre.digest()
        loaded = Centre.load(load_rules(), self.engine.centre.dump())
        assert loaded.digest() == report.state_sha256


TestScreening = ScreeningMachine.TestCase
TestScreening.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
