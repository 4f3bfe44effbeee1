"""Builders for screening: two people of the operator's compliance, and lists adopted with four eyes."""

import datetime

from huangpu.core.message import Event, Rejected
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.offshore.screening.books import EntryKind, ListEntry
from huangpu.venues.offshore.screening.lists import AdoptScreeningList, ProposeScreeningList
from tests.support.centre import accepted, send
from tests.support.offshore import offshore_engine

PUBLISHED = datetime.date(2026, 11, 20)
LISTED = "Simulated Listed Harbour Co., Ltd"


def screening_engine(*names: str) -> Engine:
    """Return the offshore fixture with compliance officers, and a list in force that names LISTED beside the given names."""
    engine = offshore_engine()
    for person in ("comp-1", "comp-2"):
        registered = Person(id=person, institution="HUANGPU", roles=["COMPLIANCE"])
        accepted(send(engine, "operator", RegisterPerson(person=registered)))
    adopt(engine, "1", LISTED, *names)
    return engine


def entries_of(*names: str) -> list[ListEntry]:
    """Return one entry a name, `E1`, `E2` and so on."""
    return [
        ListEntry(f"E{number}", EntryKind.ENTITY, [name], ["HK"])
        for number, name in enumerate(names, 1)
    ]


def adopt(engine: Engine, version: str, *names: str, list_id: str = "SIM") -> Entry:
    """Propose and adopt a version of a list."""
    proposed = ProposeScreeningList(
        list_id=list_id, version=version, published=PUBLISHED, entries=entries_of(*names)
    )
    accepted(send(engine, "comp-1", proposed))
    return accepted(send(engine, "comp-2", AdoptScreeningList(list_id=list_id, version=version)))


def events_of(entry: Entry) -> list[Event]:
    """Return the events of an accepted entry."""
    assert not isinstance(entry.outcome, Rejected), entry.outcome
    return entry.outcome
