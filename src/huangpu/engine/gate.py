"""The asynchronous door: many gateways submit, one loop commits, and nobody is answered before the write is durable.

Everything runs on the event loop but the durable write itself, which runs on one thread. While it runs, new submissions queue:
the write is the batching window, there is no timer. The queue is bounded; a full queue refuses at once.
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from huangpu.core.message import Command, Rejected
from huangpu.engine.writer import BATCH_ENTRIES_MAX, Engine, EngineStopped, Prepared, Submission
from huangpu.journal.entry import Entry

QUEUE_MAX = 20_000
REOPEN_PAUSE_S = 1
LATENCIES_KEPT = 4_096

_log = logging.getLogger("huangpu.engine")


class Overloaded(Exception):
    """The queue is full; the command was not taken and may be sent again."""


class Gate:
    """The queue in front of one engine, and what is told to listeners after each durable batch."""

    def __init__(self, open_engine: Callable[[], Engine]) -> None:
        self._open_engine = open_engine
        self.engine = open_engine()
        self._queue: deque[tuple[Submission, asyncio.Future[Entry | Rejected]]] = deque()
        self._wake = asyncio.Event()
        self._durable = asyncio.Event()
        self._durable.set()
        self._readers = 0
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._listeners: list[Callable[[list[Entry]], None]] = []
        self._task: asyncio.Task[None] | None = None
        self.latencies_s: dict[type[Command], deque[float]] = defaultdict(
            lambda: deque(maxlen=LATENCIES_KEPT)
        )

    def start(self) -> None:
        """Start the commit loop on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="commit")

    async def stop(self) -> None:
        """Let the batch in flight finish, refuse the rest, and close the journal."""
        if self._task is not None:
            await self._durable.wait()
            self._task.cancel()
        self._fail_queue(EngineStopped("the centre is closing"))
        self._writer.shutdown()
        self.engine.store.close()

    def listen(self, listener: Callable[[list[Entry]], None]) -> None:
        """Call `listener` with the new entries after each durable batch, on the event loop."""
        self._listeners.append(listener)

    @property
    def queued(self) -> int:
        """Return how many commands wait for the engine."""
        return len(self._queue)

    async def submit(
        self, by: str, command_id: str, command: Command, at_us: int | None = None
    ) -> Entry | Rejected:
        """Submit one command and wait for its durable answer.

        Raises: Overloaded when the queue is full; EngineStopped when the outcome is unknown.
        """
        if len(self._queue) >= QUEUE_MAX:
            raise Overloaded(f"{len(self._queue)} commands queued, at most {QUEUE_MAX}")
        loop = asyncio.get_running_loop()
        received_s = perf_counter()
        future: asyncio.Future[Entry | Rejected] = loop.create_future()
        self._queue.append((Submission(by, command_id, command, at_us), future))
        self._wake.set()
        answer = await future
        self.latencies_s[type(command)].append(perf_counter() - received_s)
        return answer

    async def submit_all(
        self, by: str, commands: list[tuple[str, Command]]
    ) -> list[Entry | Rejected]:
        """Submit many commands of one person at once; each is decided on its own, the answers keep the order.

        Raises: Overloaded when they do not all fit into the queue (none is taken); EngineStopped.
        """
        if len(self._queue) + len(commands) > QUEUE_MAX:
            raise Overloaded(
                f"{len(self._queue)} commands queued, {len(commands)} more exceed {QUEUE_MAX}"
            )
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Entry | Rejected]] = []
        for command_id, command in commands:
            future: asyncio.Future[Entry | Rejected] = loop.create_future()
            self._queue.append((Submission(by, command_id, command), future))
            futures.append(future)
        self._wake.set()
        return list(await asyncio.gather(*futures))

    async def settled(self) -> None:
        """Wait until no write is in flight; readers call it before they look, and look at `engine.stopped` after.

        What is read before the next await is durable.
        """
        self._readers += 1
        try:
            while not self._durable.is_set():
                await self._durable.wait()
        finally:
            self._readers -= 1

    async def readable(self) -> None:
        """Wait until what memory shows is durable.

        Raises: EngineStopped while the engine waits to be reopened: memory may then show what the journal does not hold.
        """
        await self.settled()
        if self.engine.stopped:
            raise EngineStopped("the engine reopens from its journal")

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await self._batch()
                if self._readers:
                    # Who waited for the write looks now, before the next batch is in memory and not on disk.
                    await asyncio.sleep(0)

    async def _batch(self) -> None:
        count = min(len(self._queue), BATCH_ENTRIES_MAX)
        taken = [self._queue.popleft() for _ in range(count)]
        try:
            self._reopen_when_stopped()
            prepared = self.engine.prepare([submission for submission, _ in taken])
            if prepared.entries:
                await self._commit(prepared)
        except Exception as error:  # noqa: BLE001 - the outermost loop: whatever fails, memory cannot be trusted
            # Memory may be ahead of the journal or half applied: nothing of it may be shown or built upon.
            _log.exception("the engine stopped; it reopens from the journal")
            self.engine.stopped = True
            for _, future in taken:
                if not future.done():
                    future.set_exception(EngineStopped(str(error)))
            await asyncio.sleep(REOPEN_PAUSE_S)
            return
        for (_, future), answer in zip(taken, prepared.answers, strict=True):
            if not future.done():
                future.set_result(answer)
        for listener in self._listeners:
            listener(prepared.entries)

    async def _commit(self, prepared: Prepared) -> None:
        self._durable.clear()
        try:
            loop = asyncio.get_running_loop()
            result = await loop.run_in_executor(self._writer, self.engine.commit, prepared)
            self.engine.finish(result, prepared)
        finally:
            self._durable.set()

    def _reopen_when_stopped(self) -> None:
        if self.engine.stopped:
            self.engine.store.close()
            self.engine = self._open_engine()

    def _fail_queue(self, error: Exception) -> None:
        while self._queue:
            _, future = self._queue.popleft()
            if not future.done():
                future.set_exception(error)
