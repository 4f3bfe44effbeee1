"""`GET /v1/stream?topics=…`: what happens in the centre as server-sent events, with resume by `Last-Event-ID`.

Events: `entry` (a notice, its id is the entry's number), `figures.<topic>` (public figures, whole), `hello` and `reset` (read anew over
REST). Comments keep the connection alive. A reader whose credential is revoked is let go at the next frame.
"""

from collections.abc import Callable
from typing import Any

from litestar import Request, get
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from huangpu.core.calendar import date_of
from huangpu.engine import Centre, Gate
from huangpu.gateways.stream.hub import Figures, Hub, Subject
from huangpu.registry.people import Person
from huangpu.venues.growth import views as growth
from huangpu.venues.offshore import views as offshore
from huangpu.venues.reinsurance import bills as reinsurance

ENTRY_TOPICS = ("offshore", "reinsurance", "growth", "registry", "ledger", "engine")
TOPICS = (*ENTRY_TOPICS, "overview", "market")
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

AnyRequest = Request[Any, Any, Any]
PersonOf = Callable[[AnyRequest], Person | None]
ScopeOf = Callable[[Person], str | None]


def build_routes(gate: Gate, person_of: PersonOf, scope_of: ScopeOf) -> list[HTTPRouteHandler]:
    """Return the stream's route; the composition root says who sends a request and what they may read."""
    hub = Hub(gate, FIGURES)

    @get("/v1/stream", include_in_schema=False)
    async def stream(request: AnyRequest) -> Stream:
        person = person_of(request)
        if person is None:
            headers = {"WWW-Authenticate": 'Bearer realm="huangpu"'}
            raise HTTPException("no or unknown credential", status_code=401, headers=headers)
        subject = Subject(_topics(request.query_params.get("topics", "")), scope_of(person))
        after_seq = _number(request.headers.get("last-event-id", ""))
        if hub.is_full():
            raise HTTPException("too many streams", status_code=503, headers={"Retry-After": "5"})
        frames = hub.frames(subject, after_seq, lambda: person_of(request) is not None)
        return Stream(frames, media_type="text/event-stream", headers=HEADERS)

    return [stream]


def _topics(text: str) -> tuple[str, ...]:
    topics = tuple(dict.fromkeys(filter(None, text.split(",")))) or TOPICS
    unknown = [topic for topic in topics if topic not in TOPICS]
    if unknown:
        detail = f"topic {unknown[0]!r}, known: {', '.join(TOPICS)}"
        raise HTTPException(detail, status_code=400)
    return topics


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def _overview(centre: Centre, at_us: int, seq: int) -> dict[str, Any]:
    return {
        "seq": seq,
        "at_us": at_us,
        "offshore": offshore.overview(centre.offshore, date_of(at_us)),
        "reinsurance": reinsurance.overview(centre.reinsurance, at_us),
        "growth": growth.overview(centre.growth),
    }


def _market(centre: Centre, at_us: int, seq: int) -> list[growth.BoardRow]:
    return growth.board(centre.growth)


FIGURES: dict[str, Figures] = {"overview": _overview, "market": _market}
