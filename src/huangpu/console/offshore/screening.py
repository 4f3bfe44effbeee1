"""Screening cases: the list by band and age, and one case with the party and the list entry side by side.

Only those whom `screening.views.reach` lets see get these pages; to everybody else there is nothing here.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get

from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.tabs import reach_of, venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.venues.offshore import views
from huangpu.venues.offshore.screening import views as screening
from huangpu.venues.offshore.screening.books import Band, Case, CaseState
from huangpu.venues.offshore.screening.cases import works
from huangpu.venues.offshore.screening.matching import alike, joined, score, windows
from huangpu.venues.offshore.screening.names import normal

OPEN_SHOWN = 200
ENDED_SHOWN = 30
ALIKE_FROM = 5_000
BANDS = {str(Band.HOLD): 0, str(Band.REVIEW): 1}


class Token(msgspec.Struct, frozen=True):
    """One word of a name and how well it agrees with a word of the other. Units: basis points, 0 for not at all."""

    text: str
    alike_bp: int


class Compared(msgspec.Struct, frozen=True):
    """Two names as screening reads them, and how well they agree."""

    name: str
    other: str
    tokens: list[Token]
    other_tokens: list[Token]
    score_bp: int


@get("/offshore/screening")
async def show_cases(visitor: Visitor, done: str = "") -> Response[str]:
    """List the open cases by band and age, those decided lately, and the lists in force."""
    return await cases_page(visitor, {}, {"done": done_of(done)})


async def cases_page(
    visitor: Visitor, _form: Mapping[str, str], extra: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write the list of cases."""
    whose = reach_of(visitor)
    if not whose:
        raise NotFound
    await visitor.gate.readable()
    room = visitor.centre.offshore
    found = screening.cases(room, whose, state=CaseState.OPEN, limit=OPEN_SHOWN)
    waiting = sorted(found.cases, key=lambda case: (BANDS.get(case.band, 2), case.opened_us))
    ended = [
        case
        for state in (CaseState.CLEARED, CaseState.CONFIRMED)
        for case in screening.cases(room, whose, state=state, limit=ENDED_SHOWN).cases
    ]
    data = {
        "open": waiting,
        "open_in_all": found.open,
        "held": sum(case.uetr in room.books.pending for case in waiting),
        "ended": sorted(ended, key=lambda case: -case.decided_us)[:ENDED_SHOWN],
        "lists": screening.lists(room, whose),
        "pending": room.books.pending,
        "bands": bands_of(visitor),
    }
    framed = {**data, **extra}
    return await venue_page(visitor, "offshore/screening.html", "screening", framed, status=status)


@get("/offshore/screening/{case_id:str}")
async def show_case(visitor: Visitor, case_id: str, done: str = "") -> Response[str]:
    """Show one case."""
    return await case_page(visitor, {"case_id": case_id}, {"done": done_of(done)})


async def case_page(
    visitor: Visitor, form: Mapping[str, str], extra: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write one case."""
    whose = reach_of(visitor)
    await visitor.gate.readable()
    room = visitor.centre.offshore
    found = screening.case(room, whose, form.get("case_id", ""))
    if found is None:
        raise NotFound
    case = found.case
    known = room.books.screening.parties.get(case.party)
    names = known.names if known is not None else [case.name]
    entry = found.hits[0].entry if found.hits else None
    compared = best_of(names, entry.names) if entry is not None else []
    detail = (
        views.payment(room, visitor.centre.rules, case.uetr, visitor.scope) if case.uetr else None
    )
    data = {
        "found": found,
        "case": case,
        "names": names,
        "known": known,
        "entry": entry,
        "compared": compared,
        "payment": detail,
        "waits": case.uetr in room.books.pending,
        "why_not": _why_not(visitor, case),
        "bands": bands_of(visitor),
    }
    framed = {**data, **extra}
    return await venue_page(visitor, "offshore/case.html", "screening", framed, status=status)


def bands_of(visitor: Visitor) -> dict[str, int]:
    """Return the scores from which a payment is looked at and from which it is held. Units: basis points."""
    rules = visitor.centre.rules
    return {
        name: rules[f"offshore.screening.{name}"].at(visitor.date).integer
        for name in ("review", "hold")
    }


def best_of(names: list[str], listed: list[str]) -> list[Compared]:
    """Compare each name of a party with the name of the entry that it is most alike to, the best first."""
    pairs: list[Compared] = []
    for name in names:
        if not listed:
            break
        other = max(listed, key=lambda one: score(normal(name), normal(one)))
        pairs.append(compare(name, other))
    return sorted(pairs, key=lambda pair: -pair.score_bp)


def compare(name: str, other: str) -> Compared:
    """Say of each word of two names how well the other name has it."""
    ours, theirs = normal(name), normal(other)
    return Compared(
        name,
        other,
        [Token(token, _likeness(token, theirs.tokens)) for token in ours.tokens],
        [Token(token, _likeness(token, ours.tokens)) for token in theirs.tokens],
        score(ours, theirs),
    )


def _likeness(token: str, others: tuple[str, ...]) -> int:
    single = max((alike(token, other) for other in others), default=0)
    written = max((joined(window, token) for window in windows(others)), default=0)
    best = max(single, written)
    return best if best >= ALIKE_FROM else 0


def _why_not(visitor: Visitor, case: Case) -> str:
    """Say why the reader cannot decide; the engine asks again."""
    if case.state is not CaseState.OPEN:
        return "ENDED"
    works_it = works(visitor.centre.offshore, visitor.signed_in.institution, case)
    if not works_it or not visitor.may(screening.SCREEN):
        return "NOT_YOURS"
    return "MAKER" if case.maker == visitor.signed_in.id else ""
