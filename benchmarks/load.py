"""The load generator: a process of its own that pays over HTTP/1.1 and prints what it saw as JSON.

How: keep-alive connections with raw writes of requests that were encoded before the clock starts, every payment with ids of its own. Closed
loop: each connection sends its next payment when the answer to the last is complete. Open loop (`--rate`): payments fall due by the
clock, whether or not the server keeps up, wait for a free connection if need be, and are timed from the instant they fell due, so that
a stalled server cannot hide its stalls. No request is cut off at the end: what was sent is waited for.
"""

import argparse
import asyncio
import collections
import json
import sys
import time
from collections.abc import Callable
from typing import Final, cast

import msgspec
import uvloop

from benchmarks import centre
from huangpu.demo.seed import token_of

REQUESTS_A_SECOND_MAX: Final = 30_000
DRAIN_S: Final = 30.0
HEAD_END: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length: "
QUANTILES: Final = {"50": 0.5, "99": 0.99, "999": 0.999, "100": 1.0}


def requests_of(first: int, count: int) -> list[bytes]:
    """Encode payments as whole HTTP requests, head and body."""
    found = []
    for number in range(first, first + count):
        submission = centre.payment_of(number)
        body = msgspec.json.encode(submission.command)
        head = (
            "POST /v1/commands HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token_of(submission.by)}\r\nIdempotency-Key: {submission.id}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        found.append(head.encode() + body)
    return found


class Connection(asyncio.Protocol):
    """One keep-alive connection: sends a request, reads the answer to its end, tells who waits; `body` is the last answer's."""

    def __init__(
        self,
        answered: Callable[["Connection", int, float], None],
        lost: Callable[["Connection"], None] | None = None,
    ) -> None:
        self._answered = answered
        self._lost = lost
        self.body = b""
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None
        self._due_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        # uvloop's transport has the methods and is no subclass.
        self._transport = cast(asyncio.WriteTransport, transport)

    def send(self, request: bytes, due_s: float) -> None:
        """Write one request whole; it is timed from the instant it fell due."""
        assert self._transport is not None
        self._due_s = due_s
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect the answer; when it is whole, tell its status and time."""
        received = self._received + data if self._received else data
        head_end = received.find(HEAD_END)
        if head_end < 0:
            self._received = received
            return
        start = received.find(LENGTH, 0, head_end) + len(LENGTH)
        length = int(received[start : received.index(b"\r\n", start)])
        if len(received) < head_end + len(HEAD_END) + length:
            self._received = received
            return
        self._received = b""
        self.body = received[head_end + len(HEAD_END) :]
        self._answered(self, int(received[9:12]), time.perf_counter() - self._due_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop where the server hangs up while an answer is owed, or tell who waits for that."""
        if self._due_s < 0:
            return
        if self._lost is not None:
            self._lost(self)
            return
        sys.exit(f"the server closed a connection: {exc}")

    def close(self) -> None:
        """Hang up."""
        self._due_s = -1.0
        assert self._transport is not None
        self._transport.close()


class Run:
    """One measurement: what is still to send, who is idle, what came back."""

    def __init__(self, requests: list[bytes], seconds: float, rate: float) -> None:
        self._left = iter(requests)
        self._seconds = seconds
        self._rate = rate
        self._idle: collections.deque[Connection] = collections.deque()
        self._due: collections.deque[float] = collections.deque()
        self._in_flight = 0
        self.sent = 0
        self.statuses: collections.Counter[int] = collections.Counter()
        self.latencies_s: list[float] = []
        self.last_s = 0.0
        self._start_s = self._end_s = 0.0
        self._settled = asyncio.Event()

    async def over(self, port: int, connections: int) -> float:
        """Send until the time is over, wait for every answer, and give the seconds from first to last."""
        loop = asyncio.get_running_loop()
        opened = [
            (await loop.create_connection(lambda: Connection(self._answered), "127.0.0.1", port))[1]
            for _ in range(connections)
        ]
        self._start_s = time.perf_counter()
        self._end_s = self._start_s + self._seconds
        if self._rate:
            self._idle.extend(opened)
            await self._open_loop()
        else:
            for connection in opened:
                self._send(connection, time.perf_counter())
        await asyncio.wait_for(self._settled.wait(), self._seconds + DRAIN_S)
        for connection in opened:
            connection.close()
        return self.last_s - self._start_s

    async def _open_loop(self) -> None:
        """Let payments fall due by the clock, several at a time if the clock has run ahead."""
        for number in range(int(self._rate * self._seconds)):
            due_s = self._start_s + number / self._rate
            wait_s = due_s - time.perf_counter()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            self._due.append(due_s)
            while self._due and self._idle:
                self._send(self._idle.popleft(), self._due.popleft())
        self._end_s = 0.0
        if not self._in_flight:
            self._settled.set()

    def _send(self, connection: Connection, due_s: float) -> None:
        request = next(self._left, None)
        if request is None:
            # A server faster than was thought possible: a closed loop is over sooner.
            assert not self._rate, "more payments fell due than were encoded"
            return
        self.sent += 1
        self._in_flight += 1
        connection.send(request, due_s)

    def _answered(self, connection: Connection, status: int, latency_s: float) -> None:
        self.statuses[status] += 1
        self.latencies_s.append(latency_s)
        self._in_flight -= 1
        self.last_s = time.perf_counter()
        if self._rate:
            if self._due:
                self._send(connection, self._due.popleft())
            else:
                self._idle.append(connection)
        elif self.last_s < self._end_s:
            self._send(connection, self.last_s)
        if not self._in_flight and not (self._rate and self._end_s):
            self._settled.set()


def main() -> None:
    """Read the arguments, run, print one JSON object."""
    parser = argparse.ArgumentParser(description="Pay over HTTP and measure.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    a_second = given.rate or REQUESTS_A_SECOND_MAX
    requests = requests_of(given.first, int(a_second * given.seconds) + given.connections)
    run = Run(requests, given.seconds, given.rate)
    seconds = uvloop.run(run.over(given.port, given.connections))
    ordered = sorted(run.latencies_s)
    found = {
        "sent": run.sent,
        "statuses": {str(status): count for status, count in sorted(run.statuses.items())},
        "acknowledged": run.statuses[200],
        "seconds": seconds,
        "rate": run.statuses[200] / seconds,
        **{f"p{name}_ms": quantile_ms(ordered, share) for name, share in QUANTILES.items()},
    }
    print(json.dumps(found))


def quantile_ms(ordered_s: list[float], share: float) -> float:
    """Give the value that a share of the sorted times does not exceed, in milliseconds."""
    place = min(int(share * len(ordered_s)), len(ordered_s) - 1)
    return ordered_s[place] * 1_000


if __name__ == "__main__":
    main()
