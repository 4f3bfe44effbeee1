"""The first three quarters of an hour of the demo's day, played at once: so that the first page shows a market and not an empty hall.

The commands are drawn like the living traffic and stamped with the instants at which they would have come; the engine decides them one by one.
"""

import heapq
from collections.abc import Callable, Iterator

from huangpu.core.message import Command
from huangpu.demo import desks
from huangpu.demo.cast import COMPANIES
from huangpu.demo.seed import investors
from huangpu.demo.traffic import Author, limit_order, next_placement, payment
from huangpu.engine import Engine, Submission
from huangpu.registry.charter import Tick

MINUTES = 45
SECOND_US = 1_000_000
TICK_S, PAYMENT_S, SLIP_S, ORDER_S = 30.0, 1.2, 20.0, 0.5
BATCH = 100

Sent = tuple[int, str, Command]
Progress = Callable[[str, int, int], None]


def play(engine: Engine, from_us: int, progress: Progress | None = None) -> None:
    """Send three quarters of an hour of commands from an instant on, after something was put on every desk."""
    author = Author(lambda: engine, 1)
    engine.step([Submission("clock", author.next_id(), Tick(), from_us)])
    desks.play(engine)
    start_us = engine.last_at_us + SECOND_US
    end_us = start_us + MINUTES * 60 * SECOND_US
    loops = (
        _ticks(start_us),
        _payments(author, start_us),
        _slips(author, start_us),
        _orders(author, start_us),
    )
    batch: list[Submission] = []
    for at_us, by, command in heapq.merge(*loops, key=lambda sent: sent[0]):
        if at_us >= end_us:
            break
        batch.append(Submission(by, author.next_id(), command, at_us))
        if len(batch) == BATCH:
            engine.step(batch)
            batch = []
            if progress is not None:
                progress("first 45 minutes", (at_us - start_us) // SECOND_US, MINUTES * 60)
    engine.step(batch)


def _ticks(at_us: int) -> Iterator[Sent]:
    while True:
        yield at_us, "clock", Tick()
        at_us += int(TICK_S * SECOND_US)


def _payments(author: Author, at_us: int) -> Iterator[Sent]:
    while True:
        at_us += int(author.chance.expovariate(1 / PAYMENT_S) * SECOND_US)
        yield at_us, *payment(author, author.chance.randrange(len(COMPANIES)))


def _slips(author: Author, at_us: int) -> Iterator[Sent]:
    under_way: list[tuple[int, int, list[tuple[str, Command]]]] = []
    count = 0
    while True:
        at_us += int(author.chance.expovariate(1 / SLIP_S) * SECOND_US)
        while under_way and under_way[0][0] <= at_us:
            due_us, number, steps = heapq.heappop(under_way)
            yield due_us, *steps[0]
            if steps[1:]:
                later_us = due_us + author.chance.randrange(5, 60) * SECOND_US
                heapq.heappush(under_way, (later_us, number, steps[1:]))
        count += 1
        heapq.heappush(under_way, (at_us, count, next_placement(author)))


def _orders(author: Author, at_us: int) -> Iterator[Sent]:
    people = investors()
    while True:
        at_us += int(author.chance.expovariate(1 / ORDER_S) * SECOND_US)
        investor, firm, _ = author.chance.choice(people)
        yield at_us, f"{firm.lower()}-trader", limit_order(author, investor)
