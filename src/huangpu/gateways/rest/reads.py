"""Reads: a path stands for one view function over durable state.

One table row, `View(path, read, answer, …)`, is the route, the permission and the documentation. A read waits until what memory shows is
durable, so that nobody is shown what a crash could take back. An actor sees what their institution may see; who holds `read.all` sees
everything.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import msgspec

from huangpu.core.rulebook import RuleNotInForce
from huangpu.engine import Centre, Gate
from huangpu.gateways.rest.actor import NOT_AUTHENTICATED, may, person_of, scope_of
from huangpu.gateways.rest.problems import NOT_READY, malformed, problem
from huangpu.gateways.rest.wire import JSON, Answer
from huangpu.registry.people import Person

Item = TypeVar("Item")

Limit = Annotated[int, msgspec.Meta(ge=1, le=500, description="items in one answer")]
After = Annotated[str, msgspec.Meta(max_length=128)]
"""A cursor, or another short word of a query."""


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A read without query parameters."""


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cursor paging: `after` is the `next` of the answer before."""

    limit: Limit = 50
    after: After = ""


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """A page of a list, newest first; `next` is the cursor of the page after it, empty on the last page."""

    items: list[Item]
    next: str = ""


class Asked(NamedTuple):
    """What a view function gets: the gate, who asks and for whom, and what was asked."""

    gate: Gate
    person: Person
    institution: str | None
    path: Mapping[str, str]
    query: Any

    @property
    def centre(self) -> Centre:
        """Return the state to read."""
        return self.gate.engine.centre


class View(NamedTuple):
    """A path, the function that reads it (None: not found), the type of its answer, its query and its permission.

    A read of another media type than JSON makes its own answer.
    """

    path: str
    read: Callable[[Asked], Any]
    answer: Any
    summary: str
    query: type[msgspec.Struct] = NoQuery
    permission: str = ""
    media_type: str = JSON


async def answer_view(
    view: View, gate: Gate, authorization: str, path: Mapping[str, str], query: Mapping[str, str]
) -> Answer:
    """Answer one read of an authenticated person."""
    person = person_of(gate, authorization)
    if person is None:
        return NOT_AUTHENTICATED
    if view.permission and not may(gate, person, view.permission):
        detail = f"{person.id} lacks {view.permission}"
        return problem(403, "PERMISSION_MISSING", detail)
    try:
        asked = msgspec.convert(dict(query), view.query, strict=False)
    except msgspec.ValidationError as error:
        return malformed(error, "query")
    await gate.settled()
    if gate.engine.stopped:
        # Memory may be ahead of the journal: nothing of it may be shown.
        return NOT_READY
    try:
        found = view.read(Asked(gate, person, scope_of(gate, person), path, asked))
    except RuleNotInForce as error:
        return problem(400, "RULE_NOT_IN_FORCE", str(error), path="query date")
    if found is None:
        return problem(404, "NOT_FOUND", f"nothing at {view.path.format(**path)} that you may see")
    return found if isinstance(found, Answer) else Answer(200, msgspec.json.encode(found))


def page_of(items: list[Item], limit: int, cursor: Callable[[Item], str]) -> Page[Item]:
    """Make a page of up to `limit` items out of a list that was read with one more than `limit`."""
    if len(items) <= limit:
        return Page(items)
    return Page(items[:limit], cursor(items[limit - 1]))


def page_after(items: list[Item], window: Window, cursor: Callable[[Item], str]) -> Page[Item]:
    """Cut a page out of a complete list; an unknown cursor gives an empty page."""
    start = 0
    if window.after:
        places = (n for n, item in enumerate(items, 1) if cursor(item) == window.after)
        start = next(places, len(items))
    return page_of(items[start : start + window.limit + 1], window.limit, cursor)


def number_in(text: str) -> int | None:
    """Return the number that a path segment writes, or None when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None
