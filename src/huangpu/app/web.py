"""One Litestar application on one gate: REST, ISO 20022, the stream and the console, and what runs beside them."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import msgspec
from litestar import Litestar
from litestar.datastructures import State

from huangpu import console
from huangpu.app.desk import MessageDesk
from huangpu.app.opening import SNAPSHOTS, write_snapshot
from huangpu.clock import ticking
from huangpu.config import Settings
from huangpu.core.message import Rejected
from huangpu.engine import EngineStopped, Entry, Gate, Overloaded
from huangpu.gateways import rest
from huangpu.gateways.iso20022 import http as iso20022
from huangpu.gateways.iso20022.reading_room import ReadingRoom
from huangpu.gateways.iso20022.signing import signer_from
from huangpu.gateways.rest.edge import Edge
from huangpu.gateways.stream import sse as stream
from huangpu.registry.charter import Tick
from huangpu.venues.growth.state import warm_up

SNAPSHOT_LOOK_S = 10


class Centred(msgspec.Struct, frozen=True):
    """One running centre: its gate, its settings, and what runs beside the server (demo traffic)."""

    gate: Gate
    settings: Settings
    companions: Sequence[Callable[[], Awaitable[None]]] = ()


def build_app(centred: Centred) -> Edge:
    """Compose REST, the stream, ISO 20022 and the console on one gate."""
    gate, settings = centred.gate, centred.settings
    room = ReadingRoom()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        gate.start()
        loop = asyncio.get_running_loop()
        # The compiled order book is loaded beside the first pages, not before them.
        warming = loop.create_task(asyncio.to_thread(warm_up), name="warm-up")
        tasks = [loop.create_task(ticking(lambda: tick(gate)), name="clock")]
        tasks.append(loop.create_task(_snapshots(gate, settings), name="snapshots"))
        tasks += [loop.create_task(_coroutine(run), name="companion") for run in centred.companions]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(warming, *tasks, return_exceptions=True)
        await room.close()
        with contextlib.suppress(EngineStopped):
            await gate.readable()
            if settings.snapshot_entries:
                write_snapshot(gate.engine, settings.data / SNAPSHOTS)
        await gate.stop()

    person_of, scope_of = partial(rest.requester, gate), partial(rest.scope_of, gate)
    signer = signer_from(settings.signing_key)
    app = Litestar(
        route_handlers=[
            *rest.build_routes(gate, settings),
            *iso20022.build_routes(gate, room, person_of, scope_of, signer),
            *stream.build_routes(gate, person_of, scope_of),
            *console.build_routes(gate, MessageDesk(gate, room, signer)),
        ],
        exception_handlers=rest.EXCEPTION_HANDLERS,
        lifespan=[lifespan],
        state=State({"gate": gate, "settings": settings}),
        # The edge limits bodies before they are read; the log is the process's own.
        request_max_body_size=None,
        logging_config=None,
        openapi_config=None,
    )
    return rest.edge(app)


async def _snapshots(gate: Gate, settings: Settings) -> None:
    """Let a second process write a snapshot from the journal whenever enough entries have come since the last."""
    last_seq = gate.engine.next_seq
    while settings.snapshot_entries:
        await asyncio.sleep(SNAPSHOT_LOOK_S)
        if gate.engine.next_seq - last_seq < settings.snapshot_entries:
            continue
        last_seq = gate.engine.next_seq
        command = (
            sys.executable,
            "-m",
            "huangpu",
            "journal",
            "snapshot",
            "--data",
            str(settings.data),
        )
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        await process.wait()


async def _coroutine(run: Callable[[], Awaitable[None]]) -> None:
    await run()


async def tick(gate: Gate) -> bool:
    """Tell the centre that time has passed; when the engine is reopening the next tick covers it.

    Return whether the next one should come sooner: something was due, and no commands wait for the engine.
    """
    with contextlib.suppress(EngineStopped, Overloaded):
        answer = await gate.submit("clock", f"tick-{gate.engine.next_seq}", Tick())
        # An accepted tick has one event of its own; every other is something that was due.
        outcome = answer.outcome if isinstance(answer, Entry) else answer
        return not isinstance(outcome, Rejected) and len(outcome) > 1 and not gate.queued
    return False
