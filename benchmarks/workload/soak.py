"""The soak: works of the full mix while the server is killed by SIGKILL again and again, and what must be true in the end.

The schedule of kills is drawn from the seed: after how many answers, and how much later. A work that was cut off is taken up again at
the step whose answer is missing, under the same id; the client cannot know whether that step was journaled. After every start some
answers from before the kill are asked for again, and in the end all of them: each must come back byte for byte. Then the journal is held to
the invariants: one posting a UETR, no available balance below zero at any entry, sums zero, what was answered is what is journaled.
"""

import asyncio
import collections
import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import uvloop

from benchmarks.load import Connection
from benchmarks.served import DEMO, Server, kill, start, stop
from benchmarks.workload.invariants import Found, checked
from benchmarks.workload.mix import SEED, Step, Work, works
from benchmarks.workload.world import World, build

CONNECTIONS: Final = 64
ASKED_AFTER_A_KILL: Final = 300
LATE_S_MAX: Final = 0.02
SILENT_S_MAX: Final = 60.0


class Soaked(msgspec.Struct):
    """What a soak did. Units: seconds; `recovery_s` from each start of the process to its first answer."""

    works: int
    kills: int
    cut_off: int
    repeated: int
    seconds: float
    recovery_s: list[float]
    found: Found


class Cut(NamedTuple):
    """A work at the step whose answer is missing."""

    work: Work
    place: int


class Client:
    """Holds conversations over whatever server is there, and remembers every answer by its digest."""

    def __init__(self, given: Iterator[Work]) -> None:
        self._given = given
        self._talks: dict[Connection, Cut] = {}
        self._over = asyncio.Event()
        self._kill_at = 0
        self.again: collections.deque[Cut] = collections.deque()
        self.digests: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        self.steps: dict[str, Step] = {}
        self.answered = self.ended = 0

    async def talk(self, server: Server, kill_at: int) -> bool:
        """Talk until `kill_at` answers are there (0: until all is said); tell whether anything is left to say."""
        self._kill_at = kill_at
        self._over = asyncio.Event()
        loop = asyncio.get_running_loop()
        opened = [
            (await loop.create_connection(self._connection, "127.0.0.1", server.port))[1]
            for _ in range(CONNECTIONS)
        ]
        for connection in opened:
            self._next(connection)
        before = -1
        while not self._over.is_set():
            assert self.answered > before, f"no answer for {SILENT_S_MAX} s"
            before = self.answered
            try:
                await asyncio.wait_for(self._over.wait(), SILENT_S_MAX)
            except TimeoutError:
                continue
        return bool(self._talks or self.again)

    async def drop(self) -> int:
        """After the kill: take note of what was cut off, to be taken up again; give how many works that were."""
        await asyncio.sleep(0)
        for connection, cut in self._talks.items():
            connection.close()
            self.again.append(cut)
        dropped = len(self._talks)
        self._talks = {}
        return dropped

    def _connection(self) -> Connection:
        return Connection(self._took, self._lost)

    def _lost(self, connection: Connection) -> None:
        """Nothing: the kill is expected, and `drop` collects what it cut off."""

    def _next(self, connection: Connection) -> None:
        if self.again:
            self._send(connection, self.again.popleft())
            return
        work = next(self._given, None)
        if work is not None:
            self._send(connection, Cut(work, 0))
        elif not self._talks:
            self._over.set()

    def _send(self, connection: Connection, cut: Cut) -> None:
        self._talks[connection] = cut
        connection.send(cut.work.steps[cut.place].encoded(), time.perf_counter())

    def _took(self, connection: Connection, status: int, _latency_s: float) -> None:
        work, place = self._talks.pop(connection)
        step = work.steps[place]
        assert status in step.statuses, f"{work.kind} {step.id}: {status} {connection.body[:500]!r}"
        if step.body:
            self._keep(step, status, connection.body)
        self.answered += 1
        if self.answered == self._kill_at:
            self._over.set()
        if place + 1 < len(work.steps):
            self._send(connection, Cut(work, place + 1))
            return
        self.ended += 1
        self._next(connection)

    def _keep(self, step: Step, status: int, body: bytes) -> None:
        """Keep the first answer to an id; every later one must be the same bytes."""
        digest = hashlib.sha256(body).digest()
        first = self.digests.setdefault(step.id, digest)
        assert first == digest, f"{step.id}: answered otherwise than the first time: {body[:500]!r}"
        self.statuses[step.id] = status
        self.steps[step.id] = step

    async def ask_again(self, server: Server, ids: Sequence[str]) -> None:
        """Send commands that were answered once more, byte for byte; `_keep` compares."""
        asker = Client(Work(0, _SAME, (self.steps[key],)) for key in ids)
        asker.digests, asker.steps = self.digests, self.steps
        left = await asker.talk(server, 0)
        assert not left
        assert asker.answered == len(ids)


_SAME: Final = next(works(World(2, 2, 0), 0, 1)).kind


def soak(folder: Path, world: World, *, count: int, kills: int, seed: int = SEED) -> Soaked:
    """Build a world, run `count` works through `kills` kills, ask for every answer again, check the journal.

    Raises: AssertionError naming the first thing that is not as it must be.
    """
    build(folder, world)
    begun_s = time.perf_counter()
    client = Client(works(world, 0, count, seed=seed))
    chance = random.Random(seed)
    # About 1.15 answers a work; the last stretch runs to the end.
    points = sorted(chance.sample(range(count // (2 * kills), count), kills))
    recovery_s, cut_off = uvloop.run(_through(folder, client, points, chance))
    seconds = time.perf_counter() - begun_s
    assert client.ended == count, f"{client.ended} of {count} works ended"
    found = checked(folder, client.statuses)
    return Soaked(count, kills, cut_off, len(client.digests), seconds, recovery_s, found)


async def _through(
    folder: Path, client: Client, points: Sequence[int], chance: random.Random
) -> tuple[list[float], int]:
    recovery_s, cut_off = [], 0
    for point in points:
        process, server = start(DEMO, folder)
        try:
            recovery_s.append(server.start_s)
            known = sorted(client.digests)
            asked = chance.sample(known, min(ASKED_AFTER_A_KILL, len(known)))
            await client.ask_again(server, asked)
            await client.talk(server, point)
            await asyncio.sleep(chance.random() * LATE_S_MAX)
        finally:
            kill(process)
        cut_off += await client.drop()
    process, server = start(DEMO, folder)
    recovery_s.append(server.start_s)
    try:
        await client.talk(server, 0)
        await client.ask_again(server, sorted(client.digests))
    finally:
        stop(process)
    return recovery_s, cut_off
