"""One write an answer: the server hands head and body to the socket apart, and each is a call of the system.

At some thousands of answers a second that second call costs a tenth of the centre's rate. What is written within one turn of the event
loop goes out together at its end, or as soon as it is much. Leaves out: everything else, which is uvicorn's.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

GATHERED_BYTES_MAX = 65_536


class OneWrite(HttpToolsProtocol):
    """Uvicorn's HTTP/1.1 over a transport that gathers what is written."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(Gathering(transport, self.loop))  # type: ignore[arg-type]


class Gathering:
    """A transport that writes once a turn; all but writing and closing is the transport's own."""

    __slots__ = ("_gathered", "_loop", "_parts", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._gathered = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Keep the data until the turn ends or there is much of it."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)
        self._gathered += len(data)
        if self._gathered >= GATHERED_BYTES_MAX:
            self._flush()

    def close(self) -> None:
        """Write what is kept, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            self._transport.write(b"".join(self._parts))
            self._parts.clear()
            self._gathered = 0
