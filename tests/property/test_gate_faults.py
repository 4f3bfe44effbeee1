"""Faults of the disk under a living gate: writes lost, done but unknown, torn, out of space, overtaken by another writer.

Senders repeat what they got no answer to. In the end every command stands in the journal once, every answer that was given is given again
byte for byte, and a centre opened from the journal is the one that ran.
"""

import asyncio
import logging
import os
import random

import pytest
from tests.support.market import drawn, market, seeded_entries

from huangpu.app import load_rules, open_engine
from huangpu.core.message import Command
from huangpu.engine import CODEC, EngineStopped, Entry
from huangpu.engine import gate as gates
from huangpu.engine.gate import Gate
from huangpu.engine.writer import Engine
from huangpu.journal.faulty import Fault, FaultyStore, Plan
from huangpu.journal.memory import Medium, MemoryStore

SEEDS = range(60 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 5)
FAULTS = [
    Fault.FAIL_BEFORE_WRITE,
    Fault.WRITE_THEN_UNKNOWN,
    Fault.CONFLICT,
    Fault.TEAR,
    Fault.NO_SPACE,
]
Sent = tuple[str, str, Command]


def seeded_medium() -> Medium:
    """Return a medium that holds the seeded market in one row."""
    medium = Medium()
    store = MemoryStore(medium)
    entries = seeded_entries()
    store.append(1, store.acquire_epoch(), len(entries), CODEC.encode(entries))
    return medium


def opened(medium: Medium, plan: Plan) -> Engine:
    """Open the centre from what the medium holds."""
    store = FaultyStore(MemoryStore(medium), plan)
    return open_engine(store, load_rules(), lambda: seeded_entries()[-1].at_us)


def durable(medium: Medium) -> dict[tuple[str, str], Entry]:
    """Read what the medium holds beyond the seed."""
    rows = medium.rows[1:]
    return {(entry.by, entry.id): entry for row in rows for entry in CODEC.decode(row.body)}


async def answered(gate: Gate, sent: Sent, told: dict[tuple[str, str], Entry]) -> int:
    """Send a command again until it is answered; return how often its outcome was unknown."""
    unknown = 0
    while True:
        try:
            answer = await gate.submit(*sent)
        except EngineStopped:
            unknown += 1
            continue
        assert isinstance(answer, Entry)
        told[sent[:2]] = answer
        return unknown


async def lived(medium: Medium, seed: int) -> int:
    """Live through one plan of faults; return how many answers were unknown at first."""
    plan = Plan.seeded(seed, appends=400, faults_per_thousand=300, kinds=FAULTS)
    gate = Gate(lambda: opened(medium, plan))
    gate.start()
    source = market()
    numbers = random.Random(seed).sample(range(10**6), 10)
    sent = [
        (by, f"{number}-{step}", command)
        for number in numbers
        for step, (by, command) in enumerate(drawn(source, number))
    ]
    told: dict[tuple[str, str], Entry] = {}
    unknown = 0
    for start in range(0, len(sent), 5):
        batch = sent[start : start + 5]
        unknown += sum(await asyncio.gather(*(answered(gate, one, told) for one in batch)))
        assert told.items() <= durable(medium).items(), "answered before it was durable"
    plan.faults = {}
    first = dict(told)
    for one in sent:
        await answered(gate, one, told)
        assert gate.engine.answer(told[one[:2]]) == gate.engine.answer(first[one[:2]])
    live = gate.engine.centre.digest()
    entries = list(gate.engine.entries(1))
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert sorted((entry.by, entry.id) for entry in entries[len(seeded_entries()) :]) == sorted(
        (by, command_id) for by, command_id, _ in sent
    )
    await gate.stop()
    assert opened(medium, plan).centre.digest() == live
    return unknown


def test_nothing_answered_is_lost_and_nothing_is_done_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gates, "REOPEN_PAUSE_S", 0)
    logging.getLogger("huangpu.engine").setLevel(logging.CRITICAL)
    unknown = [asyncio.run(lived(seeded_medium(), seed)) for seed in SEEDS]
    assert sum(unknown) > 10
