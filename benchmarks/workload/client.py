"""The generator of the workload: a process of its own that holds conversations over HTTP and prints what it saw as JSON.

Closed loop: each connection begins its next work when the last is over. Open loop (`--tier`): works fall due by the clock, wait for a free
connection if need be, and are timed from the instant they fell due, so that a stalled server cannot hide its stalls. All requests are encoded
before the clock starts. What was answered, id by id, goes to `--answers`, for the check against the journal.
"""

import argparse
import asyncio
import collections
import contextlib
import gc
import json
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import uvloop

from benchmarks.load import Connection, quantile_ms
from benchmarks.workload.mix import Kind, Step, Variant, Work, works
from benchmarks.workload.tiers import Tier, arrivals
from benchmarks.workload.world import World

CLOSED_A_SECOND_MAX: Final = 8_000
DRAIN_S: Final = 60.0
QUANTILES: Final = {"50": 0.5, "95": 0.95, "99": 0.99, "999": 0.999, "100": 1.0}


class Talk(NamedTuple):
    """A conversation under way: the work, its requests, which of them is out, when it fell due and when that one left."""

    work: Work
    requests: list[bytes]
    place: int
    due_s: float
    sent_s: float
    first_body: bytes = b""

    @property
    def step(self) -> Step:
        """Return the step whose answer is awaited."""
        return self.work.steps[self.place]


class Run:
    """One measurement."""

    def __init__(
        self, given: list[tuple[Work, list[bytes]]], dues: list[float], seconds: float
    ) -> None:
        self._left = iter(given)
        self._dues = dues
        self._seconds = seconds
        self._talks: dict[Connection, Talk] = {}
        self._idle: collections.deque[Connection] = collections.deque()
        self._waiting: collections.deque[float] = collections.deque()
        self._opened: set[Connection] = set()
        self._port = self._connections = 0
        self._start_s = 0.0
        self._all_sent = False
        self._over = asyncio.Event()
        self.last_s = 0.0
        self.begun = self.ended = self.requests = 0
        self.final_s: dict[Kind, list[float]] = collections.defaultdict(list)
        self.looks_s: list[float] = []
        self.answers: list[str] = []
        self.wrong: list[str] = []

    async def over(self, port: int, connections: int) -> float:
        """Talk until the time is over and every answer is there; give the seconds from first to last."""
        self._port, self._connections = port, connections
        opened = [await self._connected() for _ in range(connections)]
        self._start_s = time.perf_counter()
        if self._dues:
            self._idle.extend(opened)
            await self._open_loop()
        else:
            for connection in opened:
                self._begin(connection, time.perf_counter())
        await asyncio.wait_for(self._over.wait(), self._seconds + DRAIN_S)
        for connection in self._opened:
            connection.close()
        return self.last_s - self._start_s

    async def _connected(self) -> Connection:
        loop = asyncio.get_running_loop()
        found = await loop.create_connection(self._connection, "127.0.0.1", self._port)
        self._opened.add(found[1])
        return found[1]

    def _connection(self) -> Connection:
        return Connection(self._answered, self._lost)

    def _lost(self, connection: Connection) -> None:
        """Let an idle connection go that the server closed after its keep-alive time; another is opened when it is needed."""
        if connection in self._talks:
            sys.exit("the server closed a connection while an answer was owed")
        self._opened.discard(connection)
        with contextlib.suppress(ValueError):
            self._idle.remove(connection)

    async def _open_loop(self) -> None:
        """Let works fall due by the clock, several at a time if the clock has run ahead."""
        for due in self._dues:
            due_s = self._start_s + due
            wait_s = due_s - time.perf_counter()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            self._waiting.append(due_s)
            if len(self._opened) < self._connections:
                self._idle.append(await self._connected())
            while self._waiting and self._idle:
                self._begin(self._idle.popleft(), self._waiting.popleft())
        self._all_sent = True
        self._end_if_done()

    def _begin(self, connection: Connection, due_s: float) -> None:
        found = next(self._left, None)
        if found is None:
            assert not self._dues, "more works fell due than were encoded"
            self._end_if_done()
            return
        self.begun += 1
        self._send(connection, Talk(*found, place=0, due_s=due_s, sent_s=time.perf_counter()))

    def _send(self, connection: Connection, talk: Talk) -> None:
        self._talks[connection] = talk
        self.requests += 1
        connection.send(talk.requests[talk.place], talk.sent_s)

    def _answered(self, connection: Connection, status: int, latency_s: float) -> None:
        talk = self._talks.pop(connection)
        step, now_s, body = talk.step, time.perf_counter(), connection.body
        if status not in step.statuses or (step.same and body != talk.first_body):
            self.wrong.append(f"{talk.work.kind} {step.id}: {status} {body[:300]!r}")
        if step.body:
            self.answers.append(f"{step.id} {status}")
        else:
            self.looks_s.append(latency_s)
        if step.final:
            self.final_s[talk.work.kind].append(now_s - talk.due_s)
        self.last_s = now_s
        if talk.place + 1 < len(talk.work.steps):
            first = talk.first_body or body
            self._send(
                connection,
                talk._replace(place=talk.place + 1, sent_s=now_s, first_body=first),
            )
            return
        self.ended += 1
        self._next(connection, now_s)

    def _next(self, connection: Connection, now_s: float) -> None:
        if self._dues:
            if self._waiting:
                self._begin(connection, self._waiting.popleft())
            else:
                self._idle.append(connection)
        elif now_s < self._start_s + self._seconds:
            self._begin(connection, now_s)
        self._end_if_done()

    def _end_if_done(self) -> None:
        if not self._talks and not self._waiting and (self._all_sent or not self._dues):
            self._over.set()


def main() -> None:
    """Read the arguments, run, print one JSON object."""
    parser = argparse.ArgumentParser(description="Talk over HTTP and measure.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--tier", type=Tier, default=None)
    parser.add_argument("--variant", type=Variant, default=Variant.FULL)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--world", type=json.loads, default={})
    parser.add_argument("--answers", type=Path, required=True)
    given = parser.parse_args()
    dues = arrivals(given.tier, given.seconds, given.first) if given.tier else []
    count = len(dues) or int(CLOSED_A_SECOND_MAX * given.seconds)
    world = msgspec.convert(given.world, World)
    found = list(works(world, given.first, count, variant=given.variant))
    encoded = [(work, [step.encoded() for step in work.steps]) for work in found]
    gc.freeze()
    gc.disable()
    run = Run(encoded, dues, given.seconds)
    seconds = uvloop.run(run.over(given.port, given.connections))
    given.answers.write_text("\n".join(run.answers))
    print(json.dumps(summary(run, seconds)))


def summary(run: Run, seconds: float) -> dict[str, object]:
    """Sum a run up."""
    final = sorted(time_s for times in run.final_s.values() for time_s in times)
    looks = sorted(run.looks_s)
    return {
        "begun": run.begun,
        "ended": run.ended,
        "requests": run.requests,
        "final": len(final),
        "looks": len(looks),
        "seconds": seconds,
        "rate": len(final) / seconds,
        "wrong": len(run.wrong),
        "wrongs": run.wrong[:5],
        "looks_p50_ms": quantile_ms(looks, 0.5) if looks else None,
        "looks_p99_ms": quantile_ms(looks, 0.99) if looks else None,
        "kinds": {
            str(kind): [len(times), quantile_ms(sorted(times), 0.99)]
            for kind, times in sorted(run.final_s.items())
        },
        **{f"p{name}_ms": quantile_ms(final, share) for name, share in QUANTILES.items()},
    }


if __name__ == "__main__":
    main()
