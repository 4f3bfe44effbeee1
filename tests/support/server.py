"""An application on a real socket, served by a thread of this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from huangpu.config import Settings
from huangpu.engine import Engine, Gate
from tests.support.rest import build_app

START_S = 10


@contextmanager
def served(engine: Engine, settings: Settings | None = None) -> Iterator[str]:
    """Serve REST, ISO 20022 and the stream on one engine; yields the address."""
    gate = Gate(lambda: engine)
    app = build_app(gate, settings or Settings(sandbox=True))

    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="served", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_S
    while not server.started:
        assert time.monotonic() < deadline, f"not serving after {START_S} s"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=START_S)
