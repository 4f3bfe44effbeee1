"""The stream of payments: filters by address, counts of what waits and what ended today, the figures of the day, live."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from litestar import Response, get

from huangpu.console.entries import RECENT_KEPT
from huangpu.console.growth_pages import done_of
from huangpu.console.live import State, Subject
from huangpu.console.offshore.filters import (
    REVIEW,
    REVIEWS,
    STATUSES,
    Filter,
    filter_of,
    fits_of,
    shown_wait,
    span_of,
)
from huangpu.console.offshore.instructing import choices_of
from huangpu.console.offshore.tabs import INSTRUCT, venue_page
from huangpu.console.overview import (
    PAYMENT_COMMANDS,
    amounts,
    figures_of,
    latencies,
    payments_by_minute,
)
from huangpu.console.pages import Visitor, page
from huangpu.console.wording import words_of
from huangpu.core.calendar import date_of, instant_us
from huangpu.engine import Gate
from huangpu.venues.offshore import views
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.orders import Direction, Payment, Pending, Wait, parties_of
from huangpu.venues.offshore.state import Offshore

ROWS = 30
SECOND_US = 1_000_000
COUNTED_MAX = 5_000
"""Payments of today that one page counts by status; beyond it the count says so."""


def look(gate: Gate, _rest: str, subject: Subject) -> State:
    """Read the venue's figures, and what changes whenever the reader's payments do."""
    room, words = gate.engine.centre.offshore, words_of(subject.language)
    state: State = {k: v for k, v in figures_of(gate, words).items() if k.startswith("o.")}
    today = views.overview(room, date_of(gate.engine.last_at_us))
    state["o.sampled"] = words.number(today.sampled_today)
    waiting = list(waiting_for(room, subject.scope))
    state["o.waiting"] = words.number(len(waiting))
    newest = next(_ended(room, subject.scope), None)
    last = max((pending.steps[-1].seq for pending in waiting if pending.steps), default=0)
    state["payments"] = f"{-1 if newest is None else newest.number}.{len(waiting)}.{last}"
    state["own"] = f"{state['payments']}/{_exchange(room, subject.scope)}"
    # Quotes grow older by the second, also where nothing else happens.
    state["quotes"] = f"{state['own']}@{gate.engine.last_at_us // SECOND_US}"
    return state


def _exchange(room: Offshore, scope: str | None) -> str:
    """Say how far the exchange that a reader may see has come."""
    if scope is None:
        return f"{len(room.books.fx.quotes)}.{len(room.books.fx.deals)}"
    indexes = room.fx_indexes
    found = (indexes.requests_of, indexes.quotes_of, indexes.deals_of)
    return ".".join(str(len(index.get(scope, ()))) for index in found)


@get("/offshore")
async def show(visitor: Visitor, after: str = "", part: str = "", done: str = "") -> Response[str]:
    """Show the stream of payments and, to those who may, the form of an instruction."""
    chosen = filter_of(visitor.request.query_params)
    return await stream_page(
        visitor, {"done": done_of(done)}, chosen=chosen, after=after, part=part
    )


async def stream_page(
    visitor: Visitor,
    extra: Mapping[str, Any],
    *,
    chosen: Filter,
    after: str = "",
    part: str = "",
    status: int = 200,
) -> Response[str]:
    """Write the stream, or its list alone."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room = visitor.centre.offshore
    fits = fits_of(chosen, visitor.scope, visitor.centre.registry.institutions)
    found = views.payments(
        room,
        institution=visitor.scope,
        status=chosen.status or None,
        limit=ROWS,
        after=after,
        fits=fits if chosen.on else None,
        span_us=span_of(chosen),
    )
    data: dict[str, Any] = {
        "payments": found.payments,
        "next_after": found.next_after,
        "after": after,
        "chosen": chosen,
        "counts": counts(visitor),
    }
    if part == "payments":
        return await page(visitor, "offshore/_payments.html", data)
    data |= _figures(visitor) | _choices(visitor)
    data["may_instruct"] = visitor.may(INSTRUCT)
    data["form"] = choices_of(visitor) if data["may_instruct"] else {}
    return await venue_page(
        visitor, "offshore/stream.html", "payments", {**data, **extra}, status=status
    )


def counts(visitor: Visitor) -> dict[str, Any]:
    """Count what waits by what it waits for, and what ended today by status, as far as the visitor may see."""
    room, scope = visitor.centre.offshore, visitor.scope
    waits = Counter(shown_wait(p, p.waits[0], scope) for p in waiting_for(room, scope))
    since_us = instant_us(visitor.date, 0)
    statuses: Counter[str] = Counter()
    for payment in islice(_ended(room, scope), COUNTED_MAX):
        if payment.at_us < since_us:
            break
        statuses[payment.status] += 1
    return {
        "waits": [(str(wait), waits[wait]) for wait in (*Wait, REVIEW) if waits[wait]],
        "waiting": sum(waits.values()),
        "statuses": [(status, statuses[status]) for status in STATUSES if statuses[status]],
        "more": sum(statuses.values()) == COUNTED_MAX,
    }


def waiting_for(room: Offshore, scope: str | None) -> Iterator[Pending]:
    """Iterate over the waiting payments that a reader may see."""
    for pending in room.books.pending.values():
        if scope is None or scope in parties_of(pending):
            yield pending


def _ended(room: Offshore, scope: str | None) -> Iterator[Payment]:
    log = room.payments
    return log.newest_first() if scope is None else log.of_institution(scope)


def _figures(visitor: Visitor) -> dict[str, Any]:
    words, gate = visitor.words, visitor.gate
    overview = views.overview(visitor.centre.offshore, visitor.date)
    return {
        "figures": figures_of(gate, words),
        "overview": overview,
        "total_value": amounts([(t.currency, t.value) for t in overview.total], words),
        "bars": payments_by_minute(gate),
        "latencies": [x for x in latencies(gate) if "Payment" in x.name or "Credit" in x.name],
        "refusals": refusals(visitor),
    }


def _choices(visitor: Visitor) -> dict[str, Any]:
    """List what the filter offers: the codes with their words."""
    words, everything = visitor.words, [("", visitor.words.text("all"))]
    waits = [str(w) for w in Wait if visitor.scope is None or w not in REVIEWS]
    if visitor.scope is not None:
        waits += [REVIEW] if not _keeps_accounts(visitor) else [*map(str, REVIEWS)]
    currencies = visitor.centre.rules["offshore.currencies"].at(visitor.date).texts
    return {
        "statuses": everything + [(s, f"{s} · {words.code('status', s)}") for s in STATUSES],
        "directions": everything + [(str(d), words.code("direction", d)) for d in Direction],
        "lines": everything + [(str(x), words.code("line", x)) for x in Line],
        "waits": everything + [(w, words.code("wait", w)) for w in waits],
        "currencies": everything + [(c, f"{c} · {words.currency(c)}") for c in currencies],
    }


def _keeps_accounts(visitor: Visitor) -> bool:
    return visitor.institution.kind == "BANK"


def refusals(visitor: Visitor) -> list[tuple[str, int, str]]:
    """Count the refused payments among the newest entries by reason, with the rule row that refused the last of each."""
    found: dict[str, tuple[int, str]] = {}
    for entry in visitor.console.recent.visible(visitor.scope, RECENT_KEPT, ticks=False):
        refused = entry.rejected
        if refused is not None and isinstance(entry.command, PAYMENT_COMMANDS):
            count, rule = found.get(refused.reason, (0, refused.rule))
            found[refused.reason] = (count + 1, rule or refused.rule)
    return sorted(((r, n, rule) for r, (n, rule) in found.items()), key=lambda item: -item[1])
