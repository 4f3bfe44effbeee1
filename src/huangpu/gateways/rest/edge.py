"""The edge: the outermost ASGI layer, the same for REST, ISO 20022, streams and console.

Every answer carries a `Request-Id` (the client's, or a new one) and security headers; a body over the limit is refused before it is read
whole; a defect is answered 500 without its stack. Posts of commands and plain reads take the short road (`lane.py`); the rest goes to the
application. Leaves out: who asks, what is asked.
"""

import contextlib
import itertools
import logging
import re
import secrets
import time
from collections.abc import Mapping

from huangpu.gateways.rest.lane import Lane, ReadLanes
from huangpu.gateways.rest.metrics import Metrics
from huangpu.gateways.rest.problems import problem
from huangpu.gateways.rest.wire import (
    Answer,
    AsgiApp,
    ClientGone,
    Message,
    Receive,
    Scope,
    Send,
    headers_of,
    read_body,
)

_log = logging.getLogger("huangpu.edge")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")

Headers = tuple[tuple[bytes, bytes], ...]

SECURITY_HEADERS: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
"""Given to every answer that does not bring its own (the console brings its own policy for pages)."""

LANE_HEADERS: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
"""Given to answers of the command lane: JSON that no browser renders; each header costs the hot path a check by the server."""

_process = secrets.token_hex(6).encode()
_requests = itertools.count(1)

INTERNAL = problem(500, "INTERNAL", "a defect of the centre; nothing was decided by this answer")


class BodyTooLarge(Exception):
    """The request body exceeds the limit."""


class Edge:
    """The outermost layer around one application."""

    def __init__(
        self,
        app: AsgiApp,
        lanes: Mapping[str, Lane],
        reads: ReadLanes,
        metrics: Metrics,
        *,
        body_bytes_max: int,
    ) -> None:
        self._app = app
        self._lanes = lanes
        self._reads = reads
        self._metrics = metrics
        self._body_bytes_max = body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._body_bytes_max)
        try:
            exchange.check_declared_length()
            await self._answered(scope, exchange)
        except BodyTooLarge:
            await exchange.give_up(self._too_large())
        except Exception:  # noqa: BLE001 - the outermost loop of the gateway
            _log.exception("request %s failed", exchange.request_id.decode())
            await exchange.give_up(INTERNAL)
        self._metrics.answered(scope["method"], exchange.status, exchange.started_s)

    async def _answered(self, scope: Scope, exchange: "_Exchange") -> None:
        """Send a request down its lane, or else to the application."""
        method, path = scope["method"], scope["path"]
        if method == "POST" and path in self._lanes:
            with contextlib.suppress(ClientGone):
                body = await read_body(exchange.receive)
                await exchange.answer(await self._lanes[path](scope, body), LANE_HEADERS)
            return
        if method == "GET" and not scope["query_string"]:
            found = self._reads.find(path)
            if found is not None:
                answer = await self._reads.answer(*found, scope)
                await exchange.answer(answer, SECURITY_HEADERS)
                return
        await self._app(scope, exchange.receive, exchange.send)

    def _too_large(self) -> Answer:
        detail = f"a body of more than {self._body_bytes_max} bytes"
        return problem(413, "BODY_TOO_LARGE", detail, headers={"Connection": "close"})


class _Exchange:
    """One request and its answer, watched on both sides."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, body_bytes_max: int) -> None:
        self._receive = receive
        self._send = send
        self._bytes_left = body_bytes_max
        self.started_s = time.perf_counter()
        self.status = 0
        given = declared = b""
        for name, value in scope["headers"]:
            if name == b"request-id":
                given = given or value
            elif name == b"content-length":
                declared = declared or value
        self._declared = declared
        if not _REQUEST_ID.fullmatch(given):
            given = b"req_%s%08x" % (_process, next(_requests))
        self.request_id = given

    def check_declared_length(self) -> None:
        """Refuse a body by its declared length, before any of it is read.

        Raises: BodyTooLarge.
        """
        declared = self._declared
        if declared.isdigit() and int(declared[:20]) > self._bytes_left:
            raise BodyTooLarge

    async def receive(self) -> Message:
        """Take the next part of the request.

        Raises: BodyTooLarge.
        """
        message = await self._receive()
        if message["type"] == "http.request":
            self._bytes_left -= len(message.get("body", b""))
            if self._bytes_left < 0:
                raise BodyTooLarge
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer; its start gets the headers of the edge."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], (b"request-id", self.request_id)]
            given = {name.lower() for name, _ in headers}
            headers += [pair for pair in SECURITY_HEADERS if pair[0] not in given]
            message = {**message, "headers": headers}
        await self._send(message)

    async def answer(self, answer: Answer, own: Headers) -> None:
        """Send a whole answer, with those of the edge's `own` headers that it does not bring."""
        self.status = answer.status
        headers = headers_of(answer)
        if answer.headers:
            given = {name for name, _ in headers}
            own = tuple(pair for pair in own if pair[0] not in given)
        headers += ((b"request-id", self.request_id), *own)
        await self._send(
            {"type": "http.response.start", "status": answer.status, "headers": headers}
        )
        await self._send({"type": "http.response.body", "body": answer.body})

    async def give_up(self, answer: Answer) -> None:
        """Answer with a problem, unless an answer has begun."""
        if self.status == 0:
            await self.answer(answer, SECURITY_HEADERS)
