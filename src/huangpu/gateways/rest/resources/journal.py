"""The journal for supervisors: entries in their order, each with its place in the hash chain; secrets are masked."""

from typing import Annotated, Any

import msgspec

from huangpu.core.calendar import utc_text
from huangpu.engine import Entry
from huangpu.gateways.rest.reads import Asked, Limit, View, number_in

MASKED = frozenset({"hashed", "password_hash"})


class EntriesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entries after a number, oldest first."""

    limit: Limit = 50
    after: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class EntryView(msgspec.Struct, frozen=True):
    """One entry: who sent which command under which id, and what became of it."""

    seq: int
    at: str
    by: str
    id: str
    outcome: str
    command: dict[str, Any]
    events: list[dict[str, Any]] = []
    refusal: dict[str, str] | None = None


class EntryPage(msgspec.Struct, frozen=True):
    """A page of entries, oldest first; `next` is the `after` of the page after it."""

    items: list[EntryView]
    next: int


class EntryProof(msgspec.Struct, frozen=True):
    """One entry and the journal row that holds it: the digest chains SHA-256 over every row before."""

    entry: EntryView
    row_first_seq: int
    row_entries: int
    epoch: int
    previous: str
    digest: str


def view_of(entry: Entry) -> EntryView:
    """Return an entry for reading, without hashes of secrets."""
    refused = entry.rejected
    return EntryView(
        seq=entry.seq,
        at=utc_text(entry.at_us),
        by=entry.by,
        id=entry.id,
        outcome="accepted" if refused is None else "rejected",
        command=_masked(msgspec.to_builtins(entry.command)),
        events=[]
        if isinstance(entry.outcome, msgspec.Struct)
        else _masked(msgspec.to_builtins(entry.outcome)),
        refusal=None if refused is None else msgspec.to_builtins(refused),
    )


def _masked(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: "***" if key in MASKED else _masked(value) for key, value in tree.items()}
    return [_masked(value) for value in tree] if isinstance(tree, list) else tree


def _entries(asked: Asked) -> EntryPage:
    query: EntriesQuery = asked.query
    engine = asked.gate.engine
    items: list[EntryView] = []
    if 0 <= query.after < engine.next_seq - 1:
        for entry in engine.entries(query.after + 1):
            items.append(view_of(entry))
            if len(items) == query.limit:
                break
    return EntryPage(items, items[-1].seq if items else query.after)


def _entry(asked: Asked) -> EntryProof | None:
    seq = number_in(asked.path["seq"]) or 0
    engine = asked.gate.engine
    row = engine.store.row_of(seq) if 0 < seq < engine.next_seq else None
    entry = engine.entry(seq) if row is not None else None
    if row is None or entry is None:
        return None
    return EntryProof(
        view_of(entry), row.first_seq, row.count, row.epoch, row.previous.hex(), row.digest.hex()
    )


VIEWS: tuple[View, ...] = (
    View(
        "/v1/journal/entries",
        _entries,
        EntryPage,
        "Read the journal in order",
        EntriesQuery,
        "read.all",
    ),
    View(
        "/v1/journal/entries/{seq}",
        _entry,
        EntryProof,
        "Show one entry and its place in the hash chain",
        permission="read.all",
    ),
)
