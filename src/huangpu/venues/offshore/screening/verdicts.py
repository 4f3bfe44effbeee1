"""The question of the payment path: may this payment go, must it wait for an officer, or is there a case to open after it?

A known party costs a look-up; an unknown one is held against the index once and then known by the `PartiesScreened` of its entry. Nothing of
this is told to the customer. Leaves out: agents that are no members are screened by their bank, and free text is not read.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from huangpu.core.message import Event, Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import Institution
from huangpu.venues.offshore.orders import PaymentOrder, Pending
from huangpu.venues.offshore.screening.books import (
    NOT_YET,
    NOTHING_LISTED,
    Band,
    Case,
    CaseState,
    EntryKind,
    Finding,
    Hit,
    KnownParty,
    ListEntry,
    ScreeningBooks,
    Standing,
    Verdict,
)
from huangpu.venues.offshore.screening.names import member_key, normal, party_key
from huangpu.venues.offshore.state import Offshore

NOTHING_CLEARED: Final[Mapping[str, Standing]] = MappingProxyType({})
HITS_MAX = 50
"""Hits that are kept of one party, the best first; more than an officer reads."""


class PartiesScreened(Event, frozen=True):
    """These parties are known by what they hit; what was known of them before is replaced."""

    parties: list[KnownParty]


class PartiesRescreened(Event, frozen=True):
    """These parties have been held against the lists in force, some time after one of them changed."""

    parties: list[KnownParty]


class ScreeningCaseOpened(Event, frozen=True):
    """An officer has to look at a party."""

    case: Case


def verdict(
    room: Offshore,
    rules: RuleBook,
    stamp: Stamp,
    order: PaymentOrder,
    parties: tuple[str, str],
    bank: str,
    cleared: Mapping[str, Standing] = NOTHING_CLEARED,
    compared: set[str] | None = None,
) -> Verdict:
    """Say what screening makes of a payment. `parties` are the institutions of debtor and creditor, empty where they are no members.

    Rule: domain note D1; huangpu policy 31.
    Shape: cleared are decisions of officers that the entry in the making brings, by `standing_key`; compared the parties that it has held
    against the lists, which is added to (None: no bound).
    """
    books = room.books.screening
    if not books.lists:
        return NOTHING_LISTED
    debtor, creditor = parties
    known = books.parties
    payer_key = member_key(debtor) if debtor else party_key(order.debtor_name, order.debtor_country)
    receiver_key = (
        member_key(creditor) if creditor else party_key(order.creditor_name, order.creditor_country)
    )
    payer, receiver = known.get(payer_key), known.get(receiver_key)
    stale = books.stale
    if stale:
        # What a list changed since is asked of the party now: its old hits say nothing of the lists in force.
        payer = None if payer_key in stale else payer
        receiver = None if receiver_key in stale else receiver
    if (
        payer is not None
        and receiver is not None
        and not payer.hits
        and not receiver.hits
        and bank in payer.banks
        and bank in receiver.banks
    ):
        return room.screening.at(books).clear
    if compared is not None:
        new = [
            key
            for key, party in ((payer_key, payer), (receiver_key, receiver))
            if party is None and key not in compared
        ]
        if new and not may_compare(rules, stamp, compared, len(new)):
            return NOT_YET
        compared.update(new)
    pair = (
        payer or _held(room, debtor, order.debtor_name, order.debtor_country),
        receiver or _held(room, creditor, order.creditor_name, order.creditor_country),
    )
    cached = payer is not None and receiver is not None
    return _judged(room, rules, stamp, pair, bank, cleared, cached=cached)


def verdict_again(
    room: Offshore,
    rules: RuleBook,
    stamp: Stamp,
    pending: Pending,
    cleared: Mapping[str, Standing] = NOTHING_CLEARED,
    compared: set[str] | None = None,
) -> Verdict | None:
    """Screen a payment that waited where a list has changed since; None where none has."""
    books = room.books.screening
    if not books.lists or pending.screened == room.screening.at(books).in_force:
        return None
    parties = (pending.debtor, pending.creditor)
    bank = pending.bank
    return verdict(room, rules, stamp, pending.order, parties, bank, cleared, compared)


def may_compare(rules: RuleBook, stamp: Stamp, compared: set[str], more: int) -> bool:
    """Tell whether an entry may hold so many more parties against the lists; the first payment always may, so that none waits for ever.

    Rule: huangpu policy 31.
    """
    if not compared:
        return True
    most = rules["offshore.screening.newcomers_max"].at(stamp.date).integer
    return len(compared) + more <= most


def _judged(
    room: Offshore,
    rules: RuleBook,
    stamp: Stamp,
    pair: tuple[KnownParty, KnownParty],
    bank: str,
    cleared: Mapping[str, Standing],
    *,
    cached: bool,
) -> Verdict:
    books = room.books.screening
    parties = {party.key: party for party in pair}
    news = tuple(
        # A stale party keeps the hits that are known of it, until it is its turn: what is new is told to each of its banks then.
        msgspec.structs.replace(books.parties.get(party.key, party), banks=[*party.banks, bank])
        for party in parties.values()
        if bank not in party.banks
    )
    findings = [
        found
        for party in parties.values()
        if party.hits and (found := finding(books, rules, stamp, party, bank, cleared)) is not None
    ]
    in_force = room.screening.at(books).in_force
    if not findings:
        return Verdict(Band.CLEAR, False, 0, in_force, "", "", cached, (), news)
    findings.sort(key=lambda one: (one.band is not Band.HOLD, -one.hits[0].score_bp))
    worst = findings[0]
    best = worst.hits[0]
    switch = rules["offshore.screening.review_holds"].at(stamp.date).flag
    stops = worst.band is Band.HOLD or switch
    return Verdict(
        worst.band,
        stops,
        best.score_bp,
        in_force,
        best.entry_id,
        worst.party.key,
        cached,
        tuple(findings),
        news,
    )


def finding(
    books: ScreeningBooks,
    rules: RuleBook,
    stamp: Stamp,
    party: KnownParty,
    bank: str,
    cleared: Mapping[str, Standing],
) -> Finding | None:
    """Say what a bank has to look at in a party's hits; None when they are cleared or too low."""
    key = standing_key(bank, party.key)
    standing = cleared.get(key) or books.standings.get(key)
    hits = party.hits
    if standing is not None and standing.state is CaseState.CONFIRMED:
        if any((hit.list_id, hit.entry_id) in standing.entries for hit in hits):
            return Finding(party, hits, Band.HOLD)
    elif standing is not None:
        hits = [hit for hit in hits if (hit.list_id, hit.entry_id) not in standing.entries]
    if not hits:
        return None
    band = band_of(rules, stamp, hits[0].score_bp)
    return None if band is Band.CLEAR else Finding(party, hits, band)


def band_of(rules: RuleBook, stamp: Stamp, score_bp: int) -> Band:
    """Return the band of a score on the business date."""
    if score_bp >= rules["offshore.screening.hold"].at(stamp.date).integer:
        return Band.HOLD
    if score_bp >= rules["offshore.screening.review"].at(stamp.date).integer:
        return Band.REVIEW
    return Band.CLEAR


def standing_key(bank: str, party: str) -> str:
    """Return the key of a bank's decision on a party."""
    return f"{bank}|{party}"


def verdict_events(
    room: Offshore,
    stamp: Stamp,
    found: Verdict,
    opened: set[str],
    *,
    bank: str,
    uetr: str,
    maker: str = "",
) -> list[Event]:
    """List what a verdict leaves in the journal: newly known parties and cases; nothing for parties that are known and clear.

    `opened` are the parties for which this entry has opened a case, and is added to; `maker` is who sent the payment, where that is not the actor.
    Reading: a party in review whose case is still open gets no second one for a later payment.
    """
    events: list[Event] = []
    if found.news:
        events.append(PartiesScreened(parties=list(found.news)))
    open_cases = room.books.screening.open_cases
    for number, one in enumerate(found.findings, 1):
        key = standing_key(bank, one.party.key)
        if not found.stops and (key in open_cases or key in opened):
            continue
        opened.add(key)
        case = case_of(room, stamp, one, bank=bank, case_id=f"{uetr}.{stamp.seq}.{number}")
        case = msgspec.structs.replace(case, uetr=uetr, maker=maker or stamp.person)
        events.append(ScreeningCaseOpened(case=case))
    return events


def case_of(room: Offshore, stamp: Stamp, found: Finding, *, bank: str, case_id: str) -> Case:
    """Write the case of a finding."""
    best = found.hits[0]
    in_force = room.books.screening.lists
    lists = {
        hit.list_id: in_force[hit.list_id].version for hit in found.hits if hit.list_id in in_force
    }
    return Case(
        id=case_id,
        bank=bank,
        party=found.party.key,
        name=found.party.names[0],
        country=found.party.country,
        list_id=best.list_id,
        list_version=lists.get(best.list_id, ""),
        entry_id=best.entry_id,
        score_bp=best.score_bp,
        band=found.band,
        hits=found.hits,
        lists=lists,
        opened_us=stamp.at_us,
    )


def member_party(institution: Institution) -> KnownParty:
    """Return a member as a party to be screened, under both its names."""
    names = [institution.name]
    if institution.name_zh not in ("", institution.name):
        names.append(institution.name_zh)
    return KnownParty(
        key=member_key(institution.id),
        names=names,
        country=institution.domicile,
        institution=institution.id,
        kind=EntryKind.ENTITY,
    )


def hits_of(
    scores: Iterable[tuple[tuple[str, str], int]],
    entries: dict[tuple[str, str], ListEntry],
    party: KnownParty,
) -> list[Hit]:
    """Order what a party hits: by score, then by what else agrees, then by list and entry."""
    hits = [
        Hit(owner[0], owner[1], score_bp, signal_of(entries[owner], party))
        for owner, score_bp in scores
    ]
    return ordered(hits)


def ordered(hits: list[Hit]) -> list[Hit]:
    """Put the hit to look at first in front; keep HITS_MAX."""
    hits.sort(key=lambda hit: (-hit.score_bp, -hit.signal, hit.list_id, hit.entry_id))
    return hits[:HITS_MAX]


def signal_of(entry: ListEntry, party: KnownParty) -> int:
    """Count what agrees beside the name, less what contradicts it: date 3, country 2 or 1, kind 1 or 2.

    Reading: a signal orders equal scores and never lowers one, for a record may be wrong or old.
    """
    signal = 0
    if party.country and entry.countries:
        signal += 2 if party.country in entry.countries else -1
    if party.date and entry.dates:
        agree = any(
            party.date.startswith(date) or date.startswith(party.date) for date in entry.dates
        )
        signal += 3 if agree else -3
    if party.kind and entry.kind is not EntryKind.OTHER:
        signal += 1 if entry.kind == party.kind else -2
    return signal


def _held(room: Offshore, institution: str, name: str, country: str) -> KnownParty:
    """Hold a party that is not known, or not as the lists stand, against the lists in force."""
    known = room.books.screening.parties
    party: KnownParty | None
    if institution:
        party = known.get(member_key(institution))
        party = party or member_party(room.registry.institutions[institution])
    else:
        key = party_key(name, country)
        kind = EntryKind.ENTITY if normal(name).forms else ""
        party = known.get(key)
        party = party or KnownParty(key=key, names=[name], country=country, kind=str(kind))
    return msgspec.structs.replace(party, hits=screened(room, party))


def screened(room: Offshore, party: KnownParty) -> list[Hit]:
    """Hold a party against every list in force; the same party is compared once as long as no list changes."""
    books = room.books.screening
    index = room.screening.at(books)
    found = index.hits.get(party.key)
    if found is None:
        scores = index.names.scores(party.names)
        entries = {owner: books.lists[owner[0]].entries[owner[1]] for owner in scores}
        found = index.hits[party.key] = hits_of(scores.items(), entries, party)
    return found


def apply_parties_screened(room: Offshore, event: PartiesScreened, stamp: Stamp) -> None:
    """Know the parties by what they hit."""
    books = room.books.screening
    for screened_now in event.parties:
        # Two banks may have met the party in one entry, each as the only one.
        party = _with_banks_of(screened_now, books.parties.get(screened_now.key))
        books.members += bool(party.institution) and party.key not in books.parties
        books.parties[party.key] = party
        room.screening.hits.pop(party.key, None)


def _with_banks_of(party: KnownParty, before: KnownParty | None) -> KnownParty:
    if before is None or before.banks == party.banks:
        return party
    return msgspec.structs.replace(party, banks=list(dict.fromkeys([*before.banks, *party.banks])))


def apply_parties_rescreened(room: Offshore, event: PartiesRescreened, stamp: Stamp) -> None:
    """Know the parties by what they hit now; with the last one the changes are done with."""
    books = room.books.screening
    apply_parties_screened(room, PartiesScreened(parties=event.parties), stamp)
    for party in event.parties:
        del books.stale[party.key]
    if not books.stale:
        books.changes = {}


def apply_case_opened(room: Offshore, event: ScreeningCaseOpened, stamp: Stamp) -> None:
    """Keep the case as open."""
    books, case = room.books.screening, event.case
    assert case.id not in books.cases
    books.cases[case.id] = case
    books.open_cases.setdefault(standing_key(case.bank, case.party), case.id)
    if case.uetr:
        books.open_by_uetr[case.uetr] = [*books.open_by_uetr.get(case.uetr, ()), case.id]
