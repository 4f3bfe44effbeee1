"""The queue: own lines with what one may do in them, who waits for whom as a graph, and what was resolved."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from litestar import Response, get

from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.graph import BOX_H, BOX_W, WIDTH, drawn
from huangpu.console.offshore.tabs import INSTRUCT, is_party, venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.venues.offshore.liquidity import views
from huangpu.venues.offshore.liquidity.lines import Priority, Spot
from huangpu.venues.offshore.liquidity.views import QueuedPayment

ROWS = 200
RESOLUTIONS = 25


@get("/offshore/queue")
async def show_queue(visitor: Visitor, done: str = "") -> Response[str]:
    """Show the queue as far as it is the visitor's."""
    return await queue_page(visitor, {}, {"done": done_of(done)})


async def queue_page(
    visitor: Visitor, _form: Mapping[str, str], extra: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write the queue."""
    _ = visitor.signed_in
    if not is_party(visitor):
        raise NotFound
    await visitor.gate.readable()
    room, rules, scope = visitor.centre.offshore, visitor.centre.rules, visitor.scope
    found = views.queue_of(room, rules, visitor.date, institution=scope, limit=ROWS)
    graphs = views.graphs(room, institution=scope)
    lines = [
        (account, list(waiting)) for account, waiting in groupby(found.waiting, lambda q: q.account)
    ]
    data = {
        "lines": lines,
        "waiting": len(found.waiting),
        "incoming": found.incoming,
        "graphs": [drawn(graph) for graph in graphs],
        "box": (BOX_W, BOX_H, WIDTH),
        "available": {n.account: n.available for graph in graphs for n in graph.nodes},
        "resolutions": views.resolutions(room, institution=scope, limit=RESOLUTIONS),
        "payee": lambda queued: payee_of(visitor, queued),
        "may_act": lambda queued: may_act(visitor, queued),
        "priorities": [(str(p), visitor.words.code("priority", p)) for p in Priority],
        "spots": list(Spot),
        "method": rules["offshore.queue.method"].at(visitor.date),
    }
    framed = {**data, **extra}
    return await venue_page(visitor, "offshore/queue.html", "queue", framed, status=status)


def payee_of(visitor: Visitor, queued: QueuedPayment) -> str:
    """Name who is to be paid: in the page's language where it is a member."""
    pending = visitor.centre.offshore.books.pending[queued.uetr]
    if pending.creditor:
        return visitor.name_of(pending.creditor)
    return queued.creditor_name or queued.creditor


def may_act(visitor: Visitor, queued: QueuedPayment) -> bool:
    """Tell whether the visitor may change a waiting payment; the engine asks again."""
    if not visitor.may(INSTRUCT):
        return False
    pending = visitor.centre.offshore.books.pending[queued.uetr]
    own = visitor.signed_in.institution
    return own in (pending.debtor, pending.sender, pending.bank)
