"""What screening remembers: lists in force, proposals, known parties with what they hit, cases and how they were decided.

`ScreeningBooks` is the part of the venue's books that a snapshot holds; the index over names is rebuilt from it when it is first asked.
"""

import datetime
import enum

import msgspec

from huangpu.venues.offshore.screening.index import NameIndex


class EntryKind(enum.StrEnum):
    """What a list entry is."""

    PERSON = "PERSON"
    ENTITY = "ENTITY"
    VESSEL = "VESSEL"
    AIRCRAFT = "AIRCRAFT"
    OTHER = "OTHER"


class ListEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One listed person, firm or thing: all its names, and what else the list tells of it.

    Units: countries in ISO 3166 alpha-2 where the list allows; dates of birth or registration as the list writes them, YYYY[-MM[-DD]].
    """

    id: str
    kind: EntryKind
    names: list[str]
    countries: list[str] = []
    dates: list[str] = []
    programme: str = ""


class ListInForce(msgspec.Struct):
    """The version of a list that parties are held against."""

    list_id: str
    version: str
    published: datetime.date
    proposed_by: str
    adopted_by: str
    adopted_us: int
    entries: dict[str, ListEntry]


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A version that waits for a second person: what it changes in the version in force."""

    list_id: str
    version: str
    published: datetime.date
    base: str
    changed: list[ListEntry]
    removed: list[str]
    entries: int
    person: str
    at_us: int


class Hit(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An entry that a party may be. Units: score_bp in basis points; signal counts what else agrees (for) and differs (against)."""

    list_id: str
    entry_id: str
    score_bp: int
    signal: int


class KnownParty(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who was screened, with all entries from the lowest band on that they may be; `banks` dealt with them.

    `institution` is empty where the party is no member.
    """

    key: str
    names: list[str]
    country: str
    institution: str = ""
    kind: str = ""
    date: str = ""
    hits: list[Hit] = []
    banks: list[str] = []


class Band(enum.StrEnum):
    """What follows from a score."""

    CLEAR = "CLEAR"
    REVIEW = "REVIEW"
    HOLD = "HOLD"


class CaseState(enum.StrEnum):
    """Where a case stands."""

    OPEN = "OPEN"
    CLEARED = "CLEARED"
    CONFIRMED = "CONFIRMED"


class Note(msgspec.Struct, frozen=True):
    """What an officer wrote in a case."""

    person: str
    at_us: int
    text: str


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A party that may be listed, for an officer of `bank` to decide; `uetr` is empty where a list change or a registration opened it.

    List, version, entry and score are those of the best hit when the case was opened, `lists` the versions of all that were hit; `bank` is
    empty for the operator's compliance.
    """

    id: str
    bank: str
    party: str
    name: str
    country: str
    uetr: str = ""
    maker: str = ""
    list_id: str
    list_version: str
    entry_id: str
    score_bp: int
    band: Band
    hits: list[Hit]
    lists: dict[str, str]
    opened_us: int
    state: CaseState = CaseState.OPEN
    notes: list[Note] = []
    decided_by: str = ""
    decided_us: int = 0


class Standing(msgspec.Struct, frozen=True):
    """A bank's decision on a party, good for these entries until one of their lists changes."""

    state: CaseState
    case: str
    entries: list[tuple[str, str]]


class ScreeningBooks(msgspec.Struct):
    """Everything of screening that a snapshot holds.

    `standings` and `open_cases` are kept by `bank|party`; `epoch` counts the versions that took force; `members` the members screened.
    `backlog` are the payments that wait because their entry had compared enough newcomers, the oldest first. `stale` are the parties that
    have not been held against the lists in force yet, with the epoch of those they were held against; `changes` the entries that took force
    since then, by list, with their epoch.
    """

    lists: dict[str, ListInForce] = {}
    proposals: dict[str, Proposal] = {}
    parties: dict[str, KnownParty] = {}
    cases: dict[str, Case] = {}
    standings: dict[str, Standing] = {}
    open_cases: dict[str, str] = {}
    open_by_uetr: dict[str, list[str]] = {}
    epoch: int = 0
    members: int = 0
    backlog: dict[str, None] = {}
    stale: dict[str, int] = {}
    changes: dict[str, dict[str, int]] = {}


class Verdict(msgspec.Struct, frozen=True):
    """What screening says of a payment: the band of its worst party, and what there is to record.

    `stops` tells whether the payment waits for an officer; `list_version` names the lists in force; `entry_id` and `party` are those of the
    worst finding. `findings` become cases, `news` become known parties. One that stops and names no list version is no verdict yet.
    """

    band: Band
    stops: bool
    score_bp: int
    list_version: str
    entry_id: str
    party: str
    cached: bool
    findings: tuple["Finding", ...] = ()
    news: tuple[KnownParty, ...] = ()


class Finding(msgspec.Struct, frozen=True):
    """One party of a payment that may be listed."""

    party: KnownParty
    hits: list[Hit]
    band: Band


class Screening:
    """What is derived from the books: the index over names, and the verdict on everybody who is clear."""

    def __init__(self) -> None:
        self.epoch = -1
        self.names = NameIndex()
        self.in_force = ""
        self.clear = _clear("")
        self.hits: dict[str, list[Hit]] = {}

    def at(self, books: ScreeningBooks) -> "Screening":
        """Return this, caught up with the lists in force."""
        if self.epoch != books.epoch:
            self.names = NameIndex()
            for found in books.lists.values():
                for entry in found.entries.values():
                    self.names.add((found.list_id, entry.id), entry.names)
            self._take(books)
        return self

    def replace(self, books: ScreeningBooks, adopted: Proposal) -> None:
        """Take a version over without reading the entries that did not change; `books` hold it already."""
        if self.epoch != books.epoch - 1:
            return
        for entry_id in adopted.removed:
            self.names.remove((adopted.list_id, entry_id))
        for entry in adopted.changed:
            self.names.remove((adopted.list_id, entry.id))
            self.names.add((adopted.list_id, entry.id), entry.names)
        self._take(books)

    def _take(self, books: ScreeningBooks) -> None:
        self.epoch = books.epoch
        self.hits.clear()
        self.in_force = "; ".join(f"{one.list_id} {one.version}" for one in books.lists.values())
        self.clear = _clear(self.in_force)


def _clear(in_force: str) -> Verdict:
    return Verdict(Band.CLEAR, False, 0, in_force, "", "", True)


NOT_YET = Verdict(Band.CLEAR, True, 0, "", "", "", False)
"""No verdict: the entry has compared enough parties, so the payment waits for a tick."""
NOTHING_LISTED = _clear("")
"""The verdict as long as no list is in force."""
