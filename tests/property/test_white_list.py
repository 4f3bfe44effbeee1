"""The white list under random acts and dates: the past never changes, nobody pays by one person's word, the twin agrees.

The twin keeps every accepted act with its two persons and finds the state at an instant by trying all of them.
"""

from typing import Any, NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.support.centre import MONDAY_0930_US, send
from tests.support.offshore import offshore_engine

from huangpu.core.message import Rejected
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.venues.offshore import white_list
from huangpu.venues.offshore.state import ListingState

HOUR_US = 3_600_000_000
LAPSE_US = 24 * HOUR_US
PERSONS = st.sampled_from(["zone-1", "zone-2", "zone-2"])
STEPS = st.sampled_from([0, 1, 5, 23, 24, 30])
AHEAD = st.sampled_from([None, None, None, -1, 0, 3, 26])


class Act(NamedTuple):
    """One accepted step as the twin keeps it; `void_us` is when it lapses, 0 once two persons stand behind it."""

    entered_us: int
    from_us: int
    state: ListingState
    persons: tuple[str, ...]
    void_us: int


class WhiteListMachine(RuleBasedStateMachine):
    """Sends acts on OTC3, which starts as recommended by zone-1."""

    @initialize()
    def start(self) -> None:
        self.engine: Engine = offshore_engine()
        self.now_us = MONDAY_0930_US
        start = self.now_us
        self.acts = [Act(start, start, ListingState.RECOMMENDED, ("zone-1",), 0)]
        self.seen: list[tuple[int, ListingState | None]] = []

    def act(self, by: str, command: Any) -> Entry:
        answer = send(self.engine, by, command, at_us=self.now_us)
        assert isinstance(answer, Entry)
        return answer

    @rule(hours=STEPS)
    def time_passes(self, hours: int) -> None:
        self.now_us += hours * HOUR_US

    @rule(
        by=PERSONS,
        kind=st.sampled_from(
            [
                white_list.RecommendCompany,
                white_list.ListCompany,
                white_list.ListCompany,
                white_list.SuspendCompany,
                white_list.ReinstateCompany,
                white_list.RemoveCompany,
            ]
        ),
        ahead=AHEAD,
    )
    def somebody_acts(self, by: str, kind: Any, ahead: int | None) -> None:
        from_us = None if ahead is None else self.now_us + ahead * HOUR_US
        cause = {"cause": "c"} if "cause" in kind.__struct_fields__ else {}
        entry = self.act(by, kind(company="OTC3", effective_from_us=from_us, **cause))
        assert not (ahead == -1 and not entry.rejected), "entered for the past"
        self.keep(entry, by, self.now_us if from_us is None else from_us)

    @rule(by=PERSONS, state=st.sampled_from(list(ListingState)))
    def somebody_confirms(self, by: str, state: ListingState) -> None:
        command = white_list.ConfirmListingChange(company="OTC3", state=state)
        entry = self.act(by, command)
        if isinstance(entry.outcome, Rejected):
            return
        if isinstance(entry.outcome[0], white_list.SuspensionConfirmed):
            place = max(n for n, one in enumerate(self.acts) if one.state is ListingState.SUSPENDED)
            first = self.acts[place]
            assert by not in first.persons
            assert self.now_us < first.void_us
            self.acts[place] = first._replace(persons=(*first.persons, by), void_us=0)
        self.keep(entry, by, 0)

    def keep(self, entry: Entry, by: str, from_us: int) -> None:
        if isinstance(entry.outcome, Rejected):
            return
        for event in entry.outcome:
            if isinstance(event, white_list.ListingChanged):
                persons = (event.proposed_by, by) if event.proposed_by else (by,)
                assert len(set(persons)) == len(persons)
                starts = event.effective_from_us or from_us
                alone = event.state is ListingState.SUSPENDED
                void_us = starts + LAPSE_US if alone else 0
                self.acts.append(Act(self.now_us, starts, event.state, persons, void_us))

    def twin(self, at_us: int) -> ListingState | None:
        """Find the state by trying every pair of acts."""
        protective = (ListingState.SUSPENDED, ListingState.REMOVED)
        live = [
            (number, one)
            for number, one in enumerate(self.acts)
            if one.from_us <= at_us and not (one.void_us and at_us >= one.void_us)
        ]
        standing = [
            (one.from_us, number, one.state)
            for number, one in live
            if not any(
                later > number and (other.from_us >= one.from_us or one.state not in protective)
                for later, other in live
            )
        ]
        return max(standing)[2] if standing else None

    @invariant()
    def the_twin_agrees_and_the_past_stands(self) -> None:
        listing = self.engine.centre.offshore.books.listings["OTC3"]
        for hours in (0, 3, 24, 60):
            at_us = self.now_us + hours * HOUR_US
            assert white_list.state_at(listing, at_us) == self.twin(at_us)
        for at_us, state in self.seen:
            assert white_list.state_at(listing, at_us) == state
        if self.now_us > MONDAY_0930_US:
            at_us = self.now_us - 1
            self.seen.append((at_us, white_list.state_at(listing, at_us)))

    @invariant()
    def nobody_is_payable_by_one_person(self) -> None:
        persons = {person for one in self.acts for person in one.persons}
        listing = self.engine.centre.offshore.books.listings["OTC3"]
        active = white_list.state_at(listing, self.now_us) is ListingState.ACTIVE
        assert not active or len(persons) == 2


WhiteListMachine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None
)
TestWhiteList = WhiteListMachine.TestCase
