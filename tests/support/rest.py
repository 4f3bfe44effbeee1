"""A centre behind its REST application, driven in process: one event loop, one HTTP client, no sockets."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
from litestar import Litestar
from litestar.datastructures import State

from huangpu.config import Settings
from huangpu.engine import Engine, Gate
from huangpu.engine.access import hash_of_password, hash_of_token
from huangpu.gateways import rest
from huangpu.gateways.iso20022 import http as iso20022
from huangpu.gateways.iso20022.reading_room import ReadingRoom
from huangpu.gateways.iso20022.signing import signer_from
from huangpu.gateways.stream import sse
from huangpu.registry.people import IssueCredential
from tests.support.centre import accepted, founded_engine, send

T = TypeVar("T")
PASSWORD = "a long pass phrase"


def token_of(person: str) -> str:
    """Return the bearer token that `give_token` binds to a person."""
    return f"token-of-{person}"


def give_token(engine: Engine, person: str) -> None:
    """Let a person call the API with `token_of(person)`."""
    hashed = hash_of_token(token_of(person))
    command = IssueCredential(person_id=person, scheme="token", hashed=hashed)
    accepted(send(engine, "operator", command))


def give_password(engine: Engine, person: str) -> None:
    """Let a person sign in with `PASSWORD`."""
    hashed = hash_of_password(PASSWORD)
    command = IssueCredential(person_id=person, scheme="password", hashed=hashed)
    accepted(send(engine, "operator", command))


def build_app(gate: Gate, settings: Settings) -> Any:
    """Return REST, ISO 20022 and the stream on one gate, with the edge."""
    room = ReadingRoom()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        gate.start()
        yield
        await room.close()
        await gate.stop()

    who = functools.partial(rest.requester, gate)
    reads = functools.partial(rest.scope_of, gate)
    app = Litestar(
        route_handlers=[
            *rest.build_routes(gate, settings),
            *iso20022.build_routes(gate, room, who, reads, signer_from(settings.signing_key)),
            *sse.build_routes(gate, who, reads),
        ],
        exception_handlers=rest.EXCEPTION_HANDLERS,
        state=State({"gate": gate, "settings": settings}),
        request_max_body_size=None,
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
    )
    return rest.edge(app)


class Api:
    """A founded centre with the operator's token, and calls to its API."""

    def __init__(
        self,
        engine: Engine | None = None,
        settings: Settings | None = None,
        reopen: Callable[[], Engine] | None = None,
    ) -> None:
        self.loop = asyncio.new_event_loop()
        self.engine = engine or founded_engine()
        give_token(self.engine, "operator")
        self.gate = Gate(reopen or (lambda: self.engine))
        app = build_app(self.gate, settings or Settings(sandbox=True))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://centre.test")
        self.run(self._start())

    async def _start(self) -> None:
        self.gate.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run one coroutine on the centre's loop."""
        return self.loop.run_until_complete(work)

    def call(
        self,
        method: str,
        path: str,
        *,
        by: str | None = "operator",
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **parts: Any,
    ) -> httpx.Response:
        """Send one request as a person."""
        sent = dict(headers or {})
        if by is not None:
            sent["Authorization"] = f"Bearer {token_of(by)}"
        if key is not None:
            sent["Idempotency-Key"] = key
        return self.run(self.client.request(method, path, headers=sent, **parts))

    def close(self) -> None:
        """Stop the gate and the loop."""
        self.run(self.client.aclose())
        self.run(self.gate.stop())
        self.loop.close()
