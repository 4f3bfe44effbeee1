"""Answers as they go over the wire, and the two ways there: bare ASGI messages or a Litestar response.

The command lane (`lane.py`) sends answers without a framework in between, because it is the hot path; everything else goes through
Litestar. Both use the same functions that make the answers. Leaves out: what an answer says.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from litestar import Response

Scope: TypeAlias = Any
Message: TypeAlias = Any
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON = "application/json"
NO_HEADERS: Mapping[str, str] = {}


class Answer(NamedTuple):
    """A complete answer to one request."""

    status: int
    body: bytes
    media_type: str = JSON
    headers: Mapping[str, str] = NO_HEADERS


def as_response(answer: Answer) -> Response[bytes]:
    """Return the answer in Litestar's form."""
    return Response(
        answer.body,
        status_code=answer.status,
        media_type=answer.media_type,
        headers=dict(answer.headers),
    )


def headers_of(answer: Answer) -> list[tuple[bytes, bytes]]:
    """Return the headers of the answer as ASGI wants them."""
    headers = [
        (b"content-type", answer.media_type.encode()),
        (b"content-length", b"%d" % len(answer.body)),
    ]
    for name, value in answer.headers.items():
        headers.append((name.lower().encode(), value.encode("latin-1")))
    return headers


def header(scope: Scope, name: bytes) -> str:
    """Return a request header by its lower-case name; empty when absent."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return ""


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


async def read_body(receive: Receive) -> bytes:
    """Collect the request body; its size is bounded by the edge.

    Raises: ClientGone.
    """
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body
    parts = [body]
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
