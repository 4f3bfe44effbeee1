"""The journal as people may see it: newest entries first, each with its room, and the chain that seals it.

A person without `read.all` sees what their own institution sent and what concerns everybody (the centre's own life, listings), and of its events
those that are not other people's: an entry of one settles what another had waiting. Secrets, though only hashes, are never shown. A list looks at a bounded number of entries and then offers to go on from there.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from huangpu.core.message import Command, Event, Rejected
from huangpu.engine import CODEC, Entry, Gate
from huangpu.registry.charter import Tick, Ticked
from huangpu.venues.offshore.payments.words import PaymentEnded, PaymentSettled, PaymentWaiting
from huangpu.venues.offshore.telling import concerning

LANES = ("centre", "reinsurance", "offshore", "growth")
LOOKED_AT_MAX = 4_000
TOLD_OF_TICKS = (Ticked, PaymentSettled, PaymentEnded, PaymentWaiting)
RECENT_KEPT = 600
PUBLIC = frozenset(
    {
        "FoundCentre",
        "OpenCentre",
        "AdoptRules",
        "Tick",
        "RegisterInstitution",
        "ListInstrument",
        "OpenTestSession",
        "CloseTestSession",
        "AdmitMember",
    }
)
SECRET_FIELDS = frozenset({"password_hash", "hashed"})
TICK = "Tick"


class Seal(msgspec.Struct, frozen=True):
    """The row an entry lies in: its place in the chain, in hexadecimal."""

    first_seq: int
    count: int
    digest: str
    previous: str


class Listed(NamedTuple):
    """A page of entries and where the next one goes on (0: nowhere)."""

    entries: list[Entry]
    before: int


def type_of(part: Command | Event) -> str:
    """Return the name of a command or event."""
    return type(part).__name__


def lane_of(command: Command) -> str:
    """Return the room that a command belongs to."""
    parts = type(command).__module__.split(".")
    return parts[2] if parts[1] == "venues" else "centre"


def may_see(gate: Gate, scope: str | None, entry: Entry) -> bool:
    """Tell whether an entry may be shown to an institution."""
    if scope is None or type_of(entry.command) in PUBLIC:
        return True
    person = gate.engine.centre.registry.people.persons.get(entry.by)
    return person is not None and person.institution == scope


def events_for(scope: str | None, entry: Entry) -> list[Event]:
    """List the events of an entry that an institution may see, as `concerning`; None sees all.

    Reading: of a tick everybody sees that it was and what it did to own payments.
    """
    if isinstance(entry.outcome, Rejected):
        return []
    if scope is None:
        return entry.outcome
    shown = concerning(entry.outcome, scope)
    if not isinstance(entry.command, Tick):
        return shown
    return [event for event in shown if isinstance(event, TOLD_OF_TICKS)]


def backwards(gate: Gate, from_seq: int) -> Iterator[Entry]:
    """Read durable entries from a number down to the first."""
    seq = min(from_seq, gate.engine.next_seq - 1)
    while seq >= 1:
        row = gate.engine.store.row_of(seq)
        if row is None:
            seq -= 1
            continue
        for entry in reversed(CODEC.decode(row.body)):
            if entry.seq <= seq:
                yield entry
        seq = row.first_seq - 1


def listed(
    gate: Gate, scope: str | None, *, before: int, limit: int, lane: str, outcome: str, words: str
) -> Listed:
    """List entries that fit the filter, newest first, looking at a bounded number of them."""
    found: list[Entry] = []
    last = gate.engine.next_seq if before <= 0 else before
    for looked_at, entry in enumerate(backwards(gate, last - 1)):
        if looked_at >= LOOKED_AT_MAX or len(found) == limit:
            return Listed(found, last)
        last = entry.seq
        if may_see(gate, scope, entry) and _fits(entry, lane, outcome, words):
            found.append(entry)
    return Listed(found, 0)


def _fits(entry: Entry, lane: str, outcome: str, words: str) -> bool:
    name = type_of(entry.command)
    if not lane and not words and name == TICK:
        return False
    if lane and lane_of(entry.command) != lane:
        return False
    if outcome and (entry.rejected is not None) != (outcome == "refused"):
        return False
    return not words or _holds(entry, words.casefold())


def _holds(entry: Entry, words: str) -> bool:
    refusal = entry.rejected
    text = f"{type_of(entry.command)} {entry.by} {entry.id} {refusal.reason if refusal else ''} "
    text += msgspec.json.encode(entry.command).decode()
    return all(word in text.casefold() for word in words.split())


def seal_of(gate: Gate, seq: int) -> Seal | None:
    """Return the row of an entry."""
    row = gate.engine.store.row_of(seq)
    if row is None:
        return None
    return Seal(row.first_seq, row.count, row.digest.hex(), row.previous.hex())


def head_of(gate: Gate) -> str:
    """Return the head of the chain in hexadecimal."""
    return gate.engine.store.tail().digest.hex()


def fields_of(part: object) -> list[tuple[str, str]]:
    """Write a command or event, or what is told of one, as dotted field names and values, without secrets and without what is empty."""
    return list(_flat("", msgspec.to_builtins(part)))


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            if not (name == "" and key == "type"):
                yield from _flat(f"{name}.{key}" if name else str(key), child)
    elif isinstance(value, list) and any(isinstance(child, dict | list) for child in value):
        for place, child in enumerate(value, 1):
            yield from _flat(f"{name}[{place}]", child)
    elif name.rpartition(".")[2] in SECRET_FIELDS:
        yield name, "••••••"
    elif isinstance(value, list):
        if value:
            yield name, ", ".join(str(child) for child in value)
    elif value not in ("", None):
        yield name, str(value)


class Recent:
    """The newest entries in memory, so that a page need not read the journal."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._entries: deque[Entry] = deque(maxlen=RECENT_KEPT)
        self._filled = False
        gate.listen(self._entries.extend)

    def visible(self, scope: str | None, limit: int, *, ticks: bool) -> list[Entry]:
        """Return the newest entries that an institution may see, newest first."""
        if not self._filled:
            self._filled = True
            first = self._entries[0].seq if self._entries else self._gate.engine.next_seq
            older = backwards(self._gate, first - 1)
            for _, entry in zip(range(RECENT_KEPT - len(self._entries)), older, strict=False):
                self._entries.appendleft(entry)
        found: list[Entry] = []
        for entry in reversed(self._entries):
            if len(found) == limit:
                break
            if (ticks or type_of(entry.command) != TICK) and may_see(self._gate, scope, entry):
                found.append(entry)
        return found
