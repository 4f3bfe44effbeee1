"""A centre with a seeded market behind a real server on a free port, for tests that look at it from outside."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import uvicorn

from huangpu.app.web import Centred, build_app
from huangpu.config import SANDBOX_PASSWORD, Settings
from huangpu.engine import Gate
from huangpu.engine.writer import Engine
from tests.support.market import journaled_market, played

STARTS_S = 30
PLAYED = 60


class Served(NamedTuple):
    """Where the centre is, and the gate behind it."""

    address: str
    gate: Gate
    password: str = SANDBOX_PASSWORD


@contextlib.contextmanager
def served(
    numbers: int = PLAYED, prepare: Callable[[Engine], None] | None = None
) -> Iterator[Served]:
    """Serve a seeded market in which some payments, orders and slips have happened, and what `prepare` adds."""
    engine = journaled_market()
    played(engine, list(range(numbers)))
    if prepare is not None:
        prepare(engine)
    gate = Gate(lambda: engine)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(sandbox=True, snapshot_entries=0)
    config = uvicorn.Config(
        build_app(Centred(gate=gate, settings=settings)),
        port=port,
        log_level="error",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="served", daemon=True)
    thread.start()
    deadline_s = time.monotonic() + STARTS_S
    while not server.started:
        assert time.monotonic() < deadline_s, "the server did not start"
        assert thread.is_alive(), "the server ended at once"
        time.sleep(0.02)
    try:
        yield Served(f"http://127.0.0.1:{port}", gate)
    finally:
        server.should_exit = True
        thread.join(timeout=15)
