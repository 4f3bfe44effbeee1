"""The journal: every entry with its command, its outcome, who sent it, and the row that seals it."""

from typing import Any

from litestar import Response, get

from huangpu.console.entries import (
    LANES,
    events_for,
    fields_of,
    head_of,
    lane_of,
    listed,
    may_see,
    seal_of,
    type_of,
)
from huangpu.console.live import State, Subject
from huangpu.console.pages import NotFound, Visitor, page
from huangpu.console.wording import words_of
from huangpu.engine import Entry, Gate
from huangpu.venues.offshore.screening.views import reach
from huangpu.venues.offshore.telling import told

PAGE_ENTRIES = 40
AROUND = 12


def look(gate: Gate, _rest: str, subject: Subject) -> State:
    """Say how many entries there are."""
    newest = gate.engine.next_seq - 1
    return {"entries": newest, "entry_count": words_of(subject.language).number(newest)}


@get("/journal")
async def show(
    visitor: Visitor,
    before: int = 0,
    room: str = "",
    outcome: str = "",
    words: str = "",
    part: str = "",
) -> Response[str]:
    """List entries, newest first, by room, outcome and words."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    found = listed(
        visitor.gate,
        visitor.scope,
        before=before,
        limit=PAGE_ENTRIES,
        lane=room if room in LANES else "",
        outcome=outcome,
        words=words[:100],
    )
    data: dict[str, Any] = {
        "topic": "journal",
        "entries": found.entries,
        "older": found.before,
        "chosen": {"room": room, "outcome": outcome, "words": words},
        "before": before,
        "lanes": LANES,
        "lane_of": lane_of,
        "type_of": type_of,
        "newest": visitor.gate.engine.next_seq - 1,
    }
    return await page(visitor, "_journal.html" if part == "list" else "journal.html", data)


@get("/journal/{seq:int}")
async def show_entry(visitor: Visitor, seq: int) -> Response[str]:
    """Show one entry whole."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    gate = visitor.gate
    entry = gate.engine.entry(seq) if seq > 0 else None
    seal = seal_of(gate, seq) if seq > 0 else None
    if entry is None or seal is None or not may_see(gate, visitor.scope, entry):
        raise NotFound
    around = listed(
        gate,
        visitor.scope,
        before=seq + AROUND // 2 + 1,
        limit=AROUND,
        lane="",
        outcome="",
        words="",
    )
    data = {
        "topic": "journal",
        "entries": around.entries,
        "lane_of": lane_of,
        "type_of": type_of,
        "entry": entry,
        "seal": seal,
        "lane": lane_of(entry.command),
        "name": type_of(entry.command),
        "fields": fields_of(entry.command),
        "events": _events(visitor, entry),
        "newest": gate.engine.next_seq - 1,
        "journal_head": head_of(gate),
    }
    return await page(visitor, "entry.html", data)


def _events(visitor: Visitor, entry: Entry) -> list[tuple[str, list[tuple[str, str]]]]:
    """Write the events of an entry that the reader may see; who reads no screening cases is told of them what the sender was."""
    centre = visitor.centre
    reads = reach(centre.offshore, centre.rules, visitor.signed_in.id, visitor.date)
    shown: list[tuple[str, list[tuple[str, str]]]] = []
    for event in events_for(visitor.scope, entry):
        said = event if reads else told(event)
        if said is not None:
            shown.append((type_of(event), fields_of(said)))
    return shown
