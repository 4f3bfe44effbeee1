"""A seeded market and a drawn stream of commands for it: what the invariants are tested on."""

import functools
import random

from huangpu.app import load_rules
from huangpu.core.message import Command
from huangpu.demo import seed, traffic
from huangpu.demo.cast import COMPANIES
from huangpu.engine import CODEC, Entry
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine, Submission
from huangpu.journal.memory import MemoryStore
from huangpu.registry.charter import Tick
from tests.support.centre import MONDAY_0930_US, founded_engine, send


@functools.cache
def _seeded() -> tuple[tuple[Entry, ...], bytes]:
    engine = founded_engine()
    seed.seed(engine)
    send(engine, "clock", Tick(), at_us=MONDAY_0930_US)
    return tuple(engine.entries(1)), engine.centre.dump()


def seeded_entries() -> tuple[Entry, ...]:
    """Return the entries of the seed: the journal that every drawn stream goes on from."""
    return _seeded()[0]


def journaled_market() -> Engine:
    """Return a market whose journal holds its seed too: numbers of entries go on, as in a centre that runs."""
    entries, _ = _seeded()
    store = MemoryStore()
    epoch = store.acquire_epoch()
    for entry in entries:
        store.append(entry.seq, epoch, 1, CODEC.encode([entry]))
    return market(store)


def market(store: MemoryStore | None = None) -> Engine:
    """Return an engine on a seeded market in continuous trading, with an empty journal of its own."""
    entries, body = _seeded()
    engine = Engine(Centre.load(load_rules(), body), store or MemoryStore(), lambda: MONDAY_0930_US)
    engine.last_at_us = MONDAY_0930_US
    for entry in entries:
        engine.answered.add(f"seed|{entry.id}", entry.seq)
    return engine


def drawn(engine: Engine, number: int) -> list[tuple[str, Command]]:
    """Return the commands that one drawn number stands for: a payment, an order, or the life of a slip."""
    author = traffic.Author(lambda: engine, number)
    kind = number % 5
    if kind < 2:
        return [traffic.payment(author, number % len(COMPANIES))]
    if kind < 4:
        investor, firm, _ = random.Random(number).choice(seed.investors())
        return [(f"{firm.lower()}-trader", traffic.limit_order(author, investor))]
    markets = [f"RE{n:02d}" for n in range(1, 8)]
    panel = author.chance.sample(markets, 4)
    return traffic.placement(
        author, f"BRK{1 + number % 12:02d}", f"INS{1 + number % 70:02d}", panel
    )


def played(engine: Engine, numbers: list[int]) -> list[Entry]:
    """Send what the numbers stand for, one command at a time, and return the entries."""
    entries = []
    for number in numbers:
        for by, command in drawn(engine, number):
            answer = engine.step([Submission(by, f"d-{engine.next_seq}", command)])[0]
            assert isinstance(answer, Entry)
            entries.append(answer)
    return entries
