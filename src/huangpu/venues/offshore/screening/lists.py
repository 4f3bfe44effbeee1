"""Lists: one person of the operator's compliance proposes a version, another adopts it, and all known parties are held against what changed.

A version comes whole, or as changes on the version in force where it is too large for one command. A score depends on the two names alone, so a
party's hits on entries that did not change stay, and only the others are asked for.
"""

import datetime

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.screening.books import (
    Band,
    Finding,
    KnownParty,
    ListEntry,
    ListInForce,
    Proposal,
    ScreeningBooks,
)
from huangpu.venues.offshore.screening.index import NameIndex
from huangpu.venues.offshore.screening.names import member_key
from huangpu.venues.offshore.screening.verdicts import (
    PartiesRescreened,
    PartiesScreened,
    ScreeningCaseOpened,
    band_of,
    case_of,
    hits_of,
    may_compare,
    member_party,
    ordered,
    screened,
)
from huangpu.venues.offshore.state import Offshore

LISTS = "huangpu policy 31, screening against adopted lists"
ID_LENGTH_MAX = 64
NAME_LENGTH_MAX = 350
NAMES_MAX = 200
ENTRIES_A_PARTY = 25
"""Entries that are indexed in the time in which one party is held against a list of 20,000."""


class ProposeScreeningList(Command, frozen=True):
    """Propose a version of a list: whole, or where `base` names the version in force, what it changes there."""

    list_id: str
    version: str
    published: datetime.date
    entries: list[ListEntry]
    base: str = ""
    removed: list[str] = msgspec.field(default_factory=list)


class AdoptScreeningList(Command, frozen=True):
    """Let a proposed version take force; by another person than the one who proposed it."""

    list_id: str
    version: str


class ScreeningListProposed(Event, frozen=True):
    """A version waits for a second person."""

    proposal: Proposal


class ScreeningListAdopted(Event, frozen=True):
    """The proposed version is in force from the entry's instant on; `later` tells that known parties are held against it by the next ticks."""

    list_id: str
    version: str
    later: bool = False


def propose_screening_list(
    room: Offshore, rules: RuleBook, command: ProposeScreeningList, stamp: Stamp
) -> Decision:
    """Keep a version for a second person to adopt; a new proposal for a list replaces the one before.

    Rejects: NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE, SCREENING_LIST_STATE_WRONG.
    """
    refused = _not_operator(room, stamp)
    if refused is not None:
        return refused
    fault = _fault_of(command)
    if fault:
        return Rejected(Reason.FIELD_OUT_OF_RANGE, fault, LISTS)
    in_force = room.books.screening.lists.get(command.list_id)
    version = in_force.version if in_force is not None else ""
    if command.version == version or (command.base and command.base != version):
        detail = f"{command.list_id} is in force as {version or 'no version'}, proposed {command.version} on {command.base or 'none'}"
        return Rejected(Reason.SCREENING_LIST_STATE_WRONG, detail, LISTS)
    if in_force is not None and command.published < in_force.published:
        detail = f"published {command.published}, in force is one of {in_force.published}"
        return Rejected(Reason.SCREENING_LIST_STATE_WRONG, detail, LISTS)
    before = in_force.entries if in_force is not None else {}
    changed = [entry for entry in command.entries if before.get(entry.id) != entry]
    removed = command.removed
    if not command.base:
        kept = {entry.id for entry in command.entries}
        removed = [entry_id for entry_id in before if entry_id not in kept]
    unknown = [entry_id for entry_id in removed if entry_id not in before]
    if unknown:
        detail = f"removed {unknown[0]!r} is not in {command.list_id} {version}"
        return Rejected(Reason.SCREENING_LIST_STATE_WRONG, detail, LISTS)
    added = sum(entry.id not in before for entry in changed)
    proposal = Proposal(
        list_id=command.list_id,
        version=command.version,
        published=command.published,
        base=version,
        changed=changed,
        removed=removed,
        entries=len(before) + added - len(removed),
        person=stamp.person,
        at_us=stamp.at_us,
    )
    return [ScreeningListProposed(proposal=proposal)]


def adopt_screening_list(
    room: Offshore, rules: RuleBook, command: AdoptScreeningList, stamp: Stamp
) -> Decision:
    """Put a proposed version in force and hold every known party against what it changes: now, or where that is much, by the next ticks.

    Rule: huangpu policy 31.
    Rejects: NOT_YOUR_INSTITUTION, SCREENING_LIST_STATE_WRONG, OWN_ACT_NOT_APPROVABLE.
    """
    refused = _not_operator(room, stamp)
    if refused is not None:
        return refused
    proposal = room.books.screening.proposals.get(command.list_id)
    if proposal is None or proposal.version != command.version:
        waiting = "nothing" if proposal is None else proposal.version
        detail = f"{command.list_id} {command.version}: proposed is {waiting}"
        return Rejected(Reason.SCREENING_LIST_STATE_WRONG, detail, LISTS)
    if proposal.person == stamp.person:
        detail = f"{stamp.person} proposed {proposal.list_id} {proposal.version}; a second person adopts it"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, LISTS)
    later = not _at_once(room, rules, stamp, proposal)
    events: list[Event] = [
        ScreeningListAdopted(list_id=proposal.list_id, version=proposal.version, later=later)
    ]
    parties = [] if later else _rescreened(room, proposal)
    if parties:
        events.append(PartiesScreened(parties=parties))
    return [*events, *_cases(room, rules, stamp, parties, proposal)]


def screen_newcomers(draft: Draft) -> list[Event]:
    """On a tick, hold members that were never screened against the lists in force, as many as one entry may."""
    room, rules, stamp = draft.room, draft.rules, draft.stamp
    books = room.books.screening
    institutions = room.registry.institutions
    if not books.lists or books.members == len(institutions):
        return []
    compared = draft.moves.compared
    parties: list[KnownParty] = []
    for institution in institutions.values():
        key = member_key(institution.id)
        if key in books.parties or key in compared:
            continue
        if not may_compare(rules, stamp, compared, 1):
            break
        compared.add(key)
        party = member_party(institution)
        parties.append(msgspec.structs.replace(party, hits=screened(room, party)))
    if not parties:
        return []
    return [PartiesScreened(parties=parties), *_cases(room, rules, stamp, parties, None)]


def rescreen_known(draft: Draft) -> list[Event]:
    """On a tick, hold parties that were screened before a list changed against the lists in force, as many as one entry may."""
    room, rules, stamp = draft.room, draft.rules, draft.stamp
    books, compared = room.books.screening, draft.moves.compared
    parties: list[KnownParty] = []
    for key in books.stale:
        if key not in compared and not may_compare(rules, stamp, compared, 1):
            break
        compared.add(key)
        party = books.parties[key]
        parties.append(msgspec.structs.replace(party, hits=screened(room, party)))
    if not parties:
        return []
    return [PartiesRescreened(parties=parties), *_cases(room, rules, stamp, parties, None)]


def _at_once(room: Offshore, rules: RuleBook, stamp: Stamp, proposal: Proposal) -> bool:
    """Tell whether a version is held against everybody in the entry of its adoption: as much work as an entry may take for newcomers.

    Reading: what is changed is indexed for that, which takes the time of a party for every ENTRIES_A_PARTY entries.
    """
    books = room.books.screening
    if books.stale:
        return False
    unknown = len(room.registry.institutions) - books.members
    work = len(books.parties) + unknown + len(proposal.changed) // ENTRIES_A_PARTY
    return work <= rules["offshore.screening.newcomers_max"].at(stamp.date).integer


def _rescreened(room: Offshore, proposal: Proposal) -> list[KnownParty]:
    """Return the parties whose hits the version changes, and the members that were never screened."""
    books = room.books.screening
    list_id = proposal.list_id
    replaced = {*proposal.removed, *(entry.id for entry in proposal.changed)}
    entries = {(list_id, entry.id): entry for entry in proposal.changed}
    changed = NameIndex()
    for owner, entry in entries.items():
        changed.add(owner, entry.names)
    known = list(books.parties.values())
    unknown = [
        party
        for institution in room.registry.institutions.values()
        if (party := member_party(institution)).key not in books.parties
    ]
    found: list[KnownParty] = []
    for party in [*known, *unknown]:
        new = party.key not in books.parties
        before = screened(room, party) if new else party.hits
        hits = [hit for hit in before if hit.list_id != list_id or hit.entry_id not in replaced]
        hits += hits_of(changed.scores(party.names).items(), entries, party)
        hits = ordered(hits)
        if new or hits != party.hits:
            found.append(msgspec.structs.replace(party, hits=hits))
    return found


def _cases(
    room: Offshore,
    rules: RuleBook,
    stamp: Stamp,
    parties: list[KnownParty],
    proposal: Proposal | None,
) -> list[Event]:
    """Open a case for each bank that deals with a party which now hits what it did not hit before."""
    books = room.books.screening
    banks_of: dict[str, list[str]] = {}
    for account in room.registry.cash_accounts.values():
        banks = banks_of.setdefault(account.holder, [])
        if account.bank not in banks:
            banks.append(account.bank)
    events: list[Event] = []
    for party in parties:
        known = books.parties.get(party.key)
        before = {(hit.list_id, hit.entry_id) for hit in known.hits} if known is not None else set()
        if proposal is not None:
            before -= {(proposal.list_id, entry.id) for entry in proposal.changed}
        elif party.key in books.stale:
            before = {one for one in before if not _changed_since(books, one, party.key)}
        fresh = [hit for hit in party.hits if (hit.list_id, hit.entry_id) not in before]
        if not fresh:
            continue
        for bank in dict.fromkeys([*party.banks, *banks_of.get(party.institution, ())]) or ("",):
            band = band_of(rules, stamp, fresh[0].score_bp)
            if band is Band.CLEAR:
                continue
            case_id = f"L.{stamp.seq}.{len(events) + 1}"
            case = case_of(room, stamp, Finding(party, fresh, band), bank=bank, case_id=case_id)
            if proposal is not None:
                lists = {**case.lists, proposal.list_id: proposal.version}
                lists = {hit.list_id: lists[hit.list_id] for hit in fresh}
                version = lists[case.list_id]
                case = msgspec.structs.replace(case, lists=lists, list_version=version)
            events.append(ScreeningCaseOpened(case=case))
    return events


def _changed_since(books: ScreeningBooks, owner: tuple[str, str], party: str) -> bool:
    """Tell whether a list entry has changed since a stale party was held against it."""
    return books.changes.get(owner[0], {}).get(owner[1], 0) > books.stale[party]


def _fault_of(command: ProposeScreeningList) -> str:
    """Say what is wrong with the form of a version, or nothing."""
    for field, value in (("list_id", command.list_id), ("version", command.version)):
        if not 0 < len(value) <= ID_LENGTH_MAX:
            return f"{field} {value!r}: 1 to {ID_LENGTH_MAX} characters"
    if not command.entries and not command.removed:
        return "0 entries, at least 1"
    seen: set[str] = set(command.removed)
    if len(seen) < len(command.removed) or (command.removed and not command.base):
        return "removed: ids of the version in force, each once, beside its name in `base`"
    for place, entry in enumerate(command.entries):
        where = f"entries[{place}]"
        if not 0 < len(entry.id) <= ID_LENGTH_MAX:
            return f"{where}.id {entry.id!r}: 1 to {ID_LENGTH_MAX} characters"
        if entry.id in seen:
            return f"{where}.id {entry.id!r}: each id once"
        seen.add(entry.id)
        if not 0 < len(entry.names) <= NAMES_MAX:
            return f"{where}.names: {len(entry.names)} names, 1 to {NAMES_MAX}"
        for number, name in enumerate(entry.names):
            if not 0 < len(name.strip()) <= NAME_LENGTH_MAX:
                return f"{where}.names[{number}]: {len(name)} characters, 1 to {NAME_LENGTH_MAX}"
    return ""


def _not_operator(room: Offshore, stamp: Stamp) -> Rejected | None:
    if room.registry.institutions[stamp.institution].kind is InstitutionKind.OPERATOR:
        return None
    return not_yours(stamp, "the OPERATOR", LISTS)


def apply_list_proposed(room: Offshore, event: ScreeningListProposed, stamp: Stamp) -> None:
    """Keep the proposal in the place of one before."""
    room.books.screening.proposals[event.proposal.list_id] = event.proposal


def apply_list_adopted(room: Offshore, event: ScreeningListAdopted, stamp: Stamp) -> None:
    """Put the version in force, and end the decisions that officers took on the one before."""
    books = room.books.screening
    proposal = books.proposals.pop(event.list_id)
    assert proposal.version == event.version
    before = books.lists.get(event.list_id)
    assert (before.version if before is not None else "") == proposal.base
    entries = before.entries if before is not None else {}
    for entry_id in proposal.removed:
        del entries[entry_id]
    for entry in proposal.changed:
        entries[entry.id] = entry
    books.lists[event.list_id] = ListInForce(
        proposal.list_id,
        proposal.version,
        proposal.published,
        proposal.person,
        stamp.person,
        stamp.at_us,
        entries,
    )
    books.epoch += 1
    books.standings = {
        key: standing
        for key, standing in books.standings.items()
        if all(list_id != event.list_id for list_id, _ in standing.entries)
    }
    if event.later:
        books.stale = dict.fromkeys(books.parties, books.epoch - 1) | books.stale
        changes = books.changes.setdefault(proposal.list_id, {})
        changes.update((entry.id, books.epoch) for entry in proposal.changed)
    room.screening.replace(books, proposal)
