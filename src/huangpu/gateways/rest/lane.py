"""The lanes: posts of commands and plain reads as bare ASGI, without a framework between the socket and the gate.

This is the hot path: at some thousands of payments a second a request object for each would cost more than the payment, and each payment is
looked at several times. The lanes know exact paths, and paths whose last segment is a parameter; the edge sends them what they know and
hands everything else to the framework.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from huangpu.engine import Gate
from huangpu.gateways.rest.acts import Act, parameters_of, read_tagged, reader_of
from huangpu.gateways.rest.commands import (
    PACKED,
    Read,
    answer_bulk,
    answer_command,
    other_media_type,
)
from huangpu.gateways.rest.reads import View, answer_view
from huangpu.gateways.rest.wire import JSON, Answer, Scope, header

COMMANDS_PATH = "/v1/commands"
BULK_PATH = "/v1/commands/bulk"

Lane = Callable[[Scope, bytes], Awaitable[Answer]]


def lanes(gate: Gate, acts: Iterable[Act]) -> dict[str, Lane]:
    """Return the lane of each path that takes commands and has no parameters."""
    found: dict[str, Lane] = {COMMANDS_PATH: _lane(gate, read_tagged)}
    for act in acts:
        if not parameters_of(act.path):
            assert act.path not in found
            found[act.path] = _lane(gate, reader_of(act))

    async def bulk(scope: Scope, body: bytes) -> Answer:
        authorization, key = header(scope, b"authorization"), header(scope, b"idempotency-key")
        media_type = header(scope, b"content-type")
        if media_type and not media_type.startswith((JSON, PACKED)):
            return other_media_type(media_type)
        return await answer_bulk(gate, authorization, key, media_type, body)

    found[BULK_PATH] = bulk
    return found


def _lane(gate: Gate, read: Read) -> Lane:
    async def answer(scope: Scope, body: bytes) -> Answer:
        authorization = key = ""
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value.decode("latin-1")
            elif name == b"idempotency-key":
                key = value.decode("latin-1")
            elif name == b"content-type" and not value.startswith(b"application/json"):
                return other_media_type(value.decode("latin-1"))
        return await answer_command(gate, authorization, key, body, read)

    return answer


class ReadLanes:
    """The reads that need no query: by their exact path, or by all of it but a last segment that is a parameter."""

    def __init__(self, gate: Gate, views: Iterable[View]) -> None:
        self._gate = gate
        self._exact: dict[str, View] = {}
        self._by_folder: dict[str, tuple[View, str]] = {}
        for view in views:
            names, (folder, _, last) = parameters_of(view.path), view.path.rpartition("/")
            if not names:
                self._exact[view.path] = view
            elif last == f"{{{names[0]}}}":
                assert folder not in self._by_folder, view.path
                self._by_folder[folder] = (view, names[0])

    def find(self, path: str) -> tuple[View, Mapping[str, str]] | None:
        """Return the read that a path means, and its parameter; an exact path goes before one with a parameter."""
        exact = self._exact.get(path)
        if exact is not None:
            return exact, {}
        folder, _, last = path.rpartition("/")
        found = self._by_folder.get(folder)
        return (found[0], {found[1]: last}) if found is not None and last else None

    async def answer(self, view: View, parameters: Mapping[str, str], scope: Scope) -> Answer:
        """Answer one read."""
        authorization = header(scope, b"authorization")
        return await answer_view(view, self._gate, authorization, parameters, {})
