"""A list takes force by two people, and only what it changes is asked of the parties that are known."""

import datetime
from typing import Any

import msgspec
import pytest
from tests.support.centre import accepted, refused, register, send
from tests.support.screening import (
    LISTED,
    PUBLISHED,
    adopt,
    entries_of,
    events_of,
    screening_engine,
)

from huangpu.app import load_rules
from huangpu.core.reasons import Reason
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit, replayed
from huangpu.registry.charter import Tick
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.screening.books import ScreeningBooks
from huangpu.venues.offshore.screening.lists import (
    AdoptScreeningList,
    ProposeScreeningList,
    ScreeningListProposed,
)
from huangpu.venues.offshore.screening.verdicts import PartiesScreened, ScreeningCaseOpened


def proposal(**changes: Any) -> ProposeScreeningList:
    fields: dict[str, Any] = {
        "list_id": "SIM",
        "version": "2",
        "published": PUBLISHED,
        "entries": entries_of(LISTED),
    }
    return ProposeScreeningList(**(fields | changes))


def test_a_list_needs_a_second_person() -> None:
    engine = screening_engine()
    accepted(send(engine, "comp-1", proposal()))
    adopted = AdoptScreeningList(list_id="SIM", version="2")
    assert refused(send(engine, "comp-1", adopted)).reason is Reason.OWN_ACT_NOT_APPROVABLE
    assert refused(send(engine, "bk1-checker", adopted)).reason is Reason.PERMISSION_MISSING
    accepted(send(engine, "comp-2", adopted))
    books = engine.centre.offshore.books.screening
    assert (books.lists["SIM"].version, books.epoch) == ("2", 2)
    assert books.proposals == {}


def test_compliance_of_others_adopts_nothing() -> None:
    engine = screening_engine()
    register(engine, "BK9", InstitutionKind.BANK, {"bk9-comp": ["COMPLIANCE"]}, bic="TSTDCNSHXXX")
    assert refused(send(engine, "bk9-comp", proposal())).reason is Reason.NOT_YOUR_INSTITUTION


@pytest.mark.parametrize(
    ("changes", "reason", "says"),
    [
        ({"version": "1"}, "SCREENING_LIST_STATE_WRONG", "in force as 1"),
        ({"base": "7"}, "SCREENING_LIST_STATE_WRONG", "on 7"),
        ({"published": datetime.date(2026, 1, 1)}, "SCREENING_LIST_STATE_WRONG", "2026-11-20"),
        ({"base": "1", "removed": ["E9"]}, "SCREENING_LIST_STATE_WRONG", "E9"),
        ({"removed": ["E9"]}, "FIELD_OUT_OF_RANGE", "base"),
        ({"entries": []}, "FIELD_OUT_OF_RANGE", "0 entries"),
        ({"entries": entries_of("")}, "FIELD_OUT_OF_RANGE", "entries[0].names[0]"),
        ({"entries": [*entries_of("a"), *entries_of("b")]}, "FIELD_OUT_OF_RANGE", "entries[1].id"),
        ({"list_id": ""}, "FIELD_OUT_OF_RANGE", "list_id"),
    ],
)
def test_a_proposal_that_does_not_fit_is_refused(
    changes: dict[str, Any], reason: str, says: str
) -> None:
    found = refused(send(screening_engine(), "comp-1", proposal(**changes)))
    assert found.reason == reason
    assert says in found.detail


def test_a_version_is_kept_as_what_it_changes() -> None:
    engine = screening_engine("Simulated Second")
    entries = [*entries_of(LISTED), *entries_of("x", "Simulated Second Renamed")[1:]]
    (event,) = events_of(accepted(send(engine, "comp-1", proposal(entries=entries))))
    assert isinstance(event, ScreeningListProposed)
    assert [entry.id for entry in event.proposal.changed] == ["E2"]
    assert event.proposal.removed == []
    changes = proposal(
        base="1", entries=entries_of("x", "y", "Simulated Third")[2:], removed=["E2"]
    )
    (event,) = events_of(accepted(send(engine, "comp-1", changes)))
    assert isinstance(event, ScreeningListProposed)
    assert (event.proposal.entries, event.proposal.removed) == (2, ["E2"])


def test_members_are_screened_when_a_list_takes_force_and_on_the_tick_after_they_register() -> None:
    engine = screening_engine()
    books = engine.centre.offshore.books.screening
    assert books.members == len(engine.centre.registry.institutions)
    register(engine, "LATE", InstitutionKind.COMPANY, {}, domicile="HK")
    events = events_of(accepted(send(engine, "clock", Tick())))
    (screened,) = [event for event in events if isinstance(event, PartiesScreened)]
    assert [party.key for party in screened.parties] == ["@LATE"]
    assert not [
        e
        for e in events_of(accepted(send(engine, "clock", Tick())))
        if isinstance(e, PartiesScreened)
    ]


def test_a_change_is_asked_of_known_parties_only_where_it_concerns_them() -> None:
    engine = screening_engine("Simulated OTC1")
    books = engine.centre.offshore.books.screening
    case = next(iter(books.cases.values()))
    assert (case.bank, case.party, case.entry_id, case.list_version) == ("BK1", "@OTC1", "E2", "1")
    assert case.score_bp == 10_000
    events = events_of(adopt(engine, "2", LISTED, "Simulated OTC1", "Simulated SUP1"))
    screened = [party.key for e in events if isinstance(e, PartiesScreened) for party in e.parties]
    assert screened == ["@SUP1"]
    opened = [event.case for event in events if isinstance(event, ScreeningCaseOpened)]
    assert [(one.party, one.list_version) for one in opened] == [("@SUP1", "2")]
    events = events_of(adopt(engine, "3", LISTED))
    assert not [event for event in events if isinstance(event, ScreeningCaseOpened)]
    assert books.parties["@OTC1"].hits == books.parties["@SUP1"].hits == []


def test_the_delta_gives_what_screening_everybody_again_gives() -> None:
    engine = screening_engine("Simulated OTC1", "Simulated Otc2 Limited")
    adopt(engine, "1", "Simulated BUY2", list_id="OTHER")
    adopt(engine, "2", LISTED, "Simulated OTC3", "Simulated Otc2 Limited", "模拟SUP1")
    fresh = screening_engine()
    adopt(fresh, "1", "Simulated BUY2", list_id="OTHER")
    adopt(fresh, "2", LISTED, "Simulated OTC3", "Simulated Otc2 Limited", "模拟SUP1")
    room = fresh.centre.offshore
    room.books.screening = msgspec.structs.replace(room.books.screening, parties={}, members=0)
    adopt(fresh, "3", LISTED, "Simulated OTC3", "Simulated Otc2 Limited", "模拟SUP1", "none")
    again = room.books.screening.parties
    for key, party in engine.centre.offshore.books.screening.parties.items():
        assert party.hits == again[key].hits, key


def test_books_survive_snapshot_replay_and_audit() -> None:
    engine = screening_engine("Simulated OTC1")
    adopt(engine, "2", LISTED, "Simulated OTC2")
    digest = engine.centre.digest()
    loaded = Centre.load(load_rules(), engine.centre.dump())
    assert loaded.digest() == digest
    assert isinstance(loaded.offshore.books.screening, ScreeningBooks)
    found = loaded.offshore.screening.at(loaded.offshore.books.screening)
    assert found.in_force == "SIM 2"
    assert found.names.scores(["Simulated OTC2"]) == {("SIM", "E2"): 10_000}
    twin = Centre(load_rules())
    entries = list(engine.entries(1))
    for _ in replayed(twin, entries):
        pass
    assert twin.digest() == digest
    assert audit(load_rules(), entries).differences == []
