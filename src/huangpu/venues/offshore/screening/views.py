"""What an officer, the operator's compliance and the supervisor read of screening; nobody else reads anything.

A bank's officer sees the bank's own cases. A reader without the permission gets what one gets who asks for what is not there.
"""

import datetime

import msgspec

from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.registry.register import holds_permission
from huangpu.venues.offshore.pages import page_size
from huangpu.venues.offshore.screening.books import Case, CaseState, KnownParty, ListEntry
from huangpu.venues.offshore.screening.names import member_key, party_key
from huangpu.venues.offshore.state import Offshore

EVERYTHING = "*"
SCREEN = "offshore.screen"


class HitView(msgspec.Struct, frozen=True):
    """One entry that a party may be, as the list in force has it; `entry` is None where the list does not name it any more."""

    list_id: str
    entry_id: str
    score_bp: int
    signal: int
    entry: ListEntry | None


class CaseView(msgspec.Struct, frozen=True):
    """A case with the entries it is about."""

    case: Case
    hits: list[HitView]


class CasePage(msgspec.Struct, frozen=True):
    """A page of cases, the newest first; `next_after` is the cursor of the next page."""

    cases: list[Case]
    next_after: str
    open: int


class ListView(msgspec.Struct, frozen=True):
    """A list in force, or one that waits for a second person. Units: instants in microseconds since the epoch."""

    list_id: str
    version: str
    published: datetime.date
    entries: int
    proposed_by: str
    adopted_by: str
    at_us: int
    in_force: bool
    changed: int = 0
    removed: int = 0


class PartyView(msgspec.Struct, frozen=True):
    """What is known of a party: what it may be, and how the reader's bank decided."""

    party: KnownParty
    band_case: str
    state: CaseState | None
    hits: list[HitView]


def reach(room: Offshore, rules: RuleBook, person_id: str, date: datetime.date) -> str:
    """Return whose cases a person may read: a bank's id, EVERYTHING, or nothing."""
    registry = room.registry
    person = registry.people.persons.get(person_id)
    if person is None:
        return ""
    kind = registry.institutions[person.institution].kind
    if kind is InstitutionKind.SUPERVISOR:
        reads = holds_permission(registry, rules, person_id, "read.all", date)
        return EVERYTHING if reads else ""
    if not holds_permission(registry, rules, person_id, SCREEN, date):
        return ""
    if kind is InstitutionKind.OPERATOR:
        return EVERYTHING
    return person.institution if kind is InstitutionKind.BANK else ""


def cases(
    room: Offshore, whose: str, *, state: CaseState | None = None, limit: int = 50, after: str = ""
) -> CasePage:
    """List cases; `whose` is what `reach` gave."""
    listed: list[Case] = []
    skipping = bool(after)
    books = room.books.screening
    number = 0
    for case in reversed(books.cases.values()):
        if whose not in (EVERYTHING, case.bank) or not whose:
            continue
        number += case.state is CaseState.OPEN
        if skipping:
            skipping = case.id != after
            continue
        if (state is None or case.state is state) and len(listed) <= page_size(limit):
            listed.append(case)
    page = listed[: page_size(limit)]
    return CasePage(page, page[-1].id if len(listed) > len(page) else "", number)


def case(room: Offshore, whose: str, case_id: str) -> CaseView | None:
    """Show one case."""
    found = room.books.screening.cases.get(case_id)
    if found is None or not whose or whose not in (EVERYTHING, found.bank):
        return None
    return CaseView(found, _hits(room, found))


def cases_of_payment(room: Offshore, whose: str, uetr: str) -> list[Case]:
    """List the cases that a payment opened, the oldest first."""
    if not whose:
        return []
    return [
        found
        for found in room.books.screening.cases.values()
        if found.uetr == uetr and whose in (EVERYTHING, found.bank)
    ]


def lists(room: Offshore, whose: str) -> list[ListView]:
    """List what is in force and what is proposed."""
    if not whose:
        return []
    books = room.books.screening
    views = [
        ListView(
            one.list_id,
            one.version,
            one.published,
            len(one.entries),
            one.proposed_by,
            one.adopted_by,
            one.adopted_us,
            in_force=True,
        )
        for one in books.lists.values()
    ]
    return views + [
        ListView(
            one.list_id,
            one.version,
            one.published,
            one.entries,
            one.person,
            "",
            one.at_us,
            in_force=False,
            changed=len(one.changed),
            removed=len(one.removed),
        )
        for one in books.proposals.values()
    ]


def party(
    room: Offshore, whose: str, *, institution: str = "", name: str = "", country: str = ""
) -> PartyView | None:
    """Show what is known of a member, or of a name with a country; to a bank only if it dealt with the party."""
    books = room.books.screening
    key = member_key(institution) if institution else party_key(name, country)
    found = books.parties.get(key)
    if found is None or not whose or (whose != EVERYTHING and whose not in found.banks):
        return None
    shown = found if whose == EVERYTHING else msgspec.structs.replace(found, banks=[whose])
    standing = books.standings.get(f"{whose}|{key}")
    return PartyView(
        shown,
        books.open_cases.get(f"{whose}|{key}", ""),
        None if standing is None else standing.state,
        _hits(room, found),
    )


def _hits(room: Offshore, found: Case | KnownParty) -> list[HitView]:
    in_force = room.books.screening.lists
    views = []
    for hit in found.hits:
        listed = in_force.get(hit.list_id)
        entry = listed.entries.get(hit.entry_id) if listed is not None else None
        views.append(HitView(hit.list_id, hit.entry_id, hit.score_bp, hit.signal, entry))
    return views
