"""The rule book: every dated, cited row, found by words or room; each refusal of the console leads here."""

import datetime
import re
from typing import Any, NamedTuple

from litestar import Response, get

from huangpu.console.entries import RECENT_KEPT, lane_of, type_of
from huangpu.console.pages import NotFound, Visitor, page
from huangpu.core.rulebook import Row, Rule, RuleNotInForce
from huangpu.engine import Entry

ROOMS = ("registry", "offshore", "matrix", "reinsurance", "growth")
PAGE_RULES = 60
MARK = re.compile(r"\[(SRC|DER|OPEN|MEM|[A-DFPI])\]")


class Listed(NamedTuple):
    """One rule with the row in force; `marks` are the confidence marks of its note."""

    rule: Rule
    room: str
    row: Row
    marks: list[str]


def room_of(rule: Rule) -> str:
    """Return the room whose file a rule is in; the transfer matrix is a room of its own."""
    if rule.name.startswith("transfer."):
        return "matrix"
    source = rule.rows[0].source
    found = [room for room in ROOMS if f"/{room}/" in f"/{source}"]
    return found[0] if found else "registry"


def in_force(rule: Rule, date: datetime.date) -> Row:
    """Return the row in force, or the first when none is yet."""
    try:
        return rule.at(date)
    except RuleNotInForce:
        return rule.rows[0]


def marks_of(note: str) -> list[str]:
    """List the confidence marks in a note, once each."""
    return list(dict.fromkeys(MARK.findall(note)))


@get("/rules")
async def show(
    visitor: Visitor, room: str = "", words: str = "", start: int = 0, part: str = ""
) -> Response[str]:
    """List the rules that fit."""
    _ = visitor.signed_in
    book, language = visitor.centre.rules, visitor.words
    wanted = words[:100].casefold().split()
    counts = dict.fromkeys(ROOMS, 0)
    found: list[Listed] = []
    for rule in book:
        row = in_force(rule, visitor.date)
        lies_in = room_of(rule)
        text = (
            f"{rule.name} {language.rule(rule.name)} {row.cite} {row.note} {row.value}".casefold()
        )
        if not all(word in text for word in wanted):
            continue
        counts[lies_in] += 1
        if room in ("", lies_in):
            found.append(Listed(rule, lies_in, row, marks_of(row.note)))
    start = max(start, 0)
    data: dict[str, Any] = {
        "found": found[start : start + PAGE_RULES],
        "total": len(found),
        "start": start,
        "later": start + PAGE_RULES if start + PAGE_RULES < len(found) else 0,
        "earlier": max(start - PAGE_RULES, 0),
        "counts": counts,
        "rooms": ROOMS,
        "chosen": {"room": room, "words": words},
        "rule_count": len(book),
        "digest": visitor.centre.registry.charter.rules_sha256,
    }
    return await page(visitor, "_rules.html" if part == "list" else "rules.html", data)


def _beside(visitor: Visitor, rule: Rule) -> list[Listed]:
    """List the rules whose name begins alike."""
    stem = rule.name.rpartition(".")[0]
    found: list[Listed] = []
    for other in visitor.centre.rules:
        if other.name != rule.name and other.name.rpartition(".")[0] == stem:
            row = in_force(other, visitor.date)
            found.append(Listed(other, room_of(other), row, marks_of(row.note)))
    return found


def _refused_under(visitor: Visitor, name: str) -> list[Entry]:
    """List the newest entries that this rule refused, as far as they may be seen."""
    found = visitor.console.recent.visible(visitor.scope, RECENT_KEPT, ticks=False)
    return [e for e in found if e.rejected is not None and e.rejected.rule == name][:12]


@get("/rules/{name:path}")
async def show_rule(visitor: Visitor, name: str) -> Response[str]:
    """Show one rule with all its rows."""
    _ = visitor.signed_in
    rule = visitor.centre.rules.find(name.strip("/"))
    if rule is None:
        raise NotFound
    now = in_force(rule, visitor.date)
    cited = [
        other.name
        for other in visitor.centre.rules
        if other.name != rule.name and in_force(other, visitor.date).cite == now.cite
    ]
    data = {
        "rule": rule,
        "lies_in": room_of(rule),
        "now": now,
        "rows": [(row, marks_of(row.note)) for row in reversed(rule.rows)],
        "lane_of": lane_of,
        "type_of": type_of,
        "marks": marks_of(" ".join(row.note for row in rule.rows)),
        "cited": cited[:30],
        "beside": [r for r in _beside(visitor, rule) if r.rule.name not in cited[:30]][:24],
        "refused": _refused_under(visitor, rule.name),
    }
    return await page(visitor, "rule.html", data)
