"""The schedule of snapshots: beside the running centre a second process writes one whenever enough entries have come."""

import asyncio
from pathlib import Path

import pytest
from tests.support.shared import ROOT

from huangpu.app import SNAPSHOTS, load_rules, open_centre, open_engine, web
from huangpu.config import Settings
from huangpu.engine import Gate
from huangpu.journal.snapshot import load
from huangpu.journal.sqlite import SqliteStore
from huangpu.registry.charter import Tick

AT_US = 1_795_397_400_000_000
WAIT_S = 30


async def ticks(gate: Gate, count: int) -> None:
    for _ in range(count):
        await gate.submit("clock", f"tick-{gate.engine.next_seq}", Tick())


async def written(folder: Path, count: int) -> list[Path]:
    """Wait for so many whole snapshots."""
    for _ in range(WAIT_S * 20):
        found = listed(folder)
        if len(found) >= count:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(found)} snapshots after {WAIT_S} s, expected {count}")


def listed(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.snapshot"))


async def scheduled(settings: Settings) -> tuple[list[Path], int, str]:
    """Run a centre with the schedule on; return the snapshots, the entries at the end and the state then."""
    gate = Gate(lambda: open_centre(settings, lambda: AT_US))
    gate.start()
    schedule = asyncio.create_task(web._snapshots(gate, settings))
    folder = settings.data / SNAPSHOTS
    await asyncio.sleep(0)
    await ticks(gate, settings.snapshot_entries - 1)
    await asyncio.sleep(0.3)
    assert not listed(folder), "too early"
    await ticks(gate, 1)
    await written(folder, 1)
    await ticks(gate, settings.snapshot_entries + 3)
    found = await written(folder, 2)
    await asyncio.sleep(0.5)  # The second process ends after its file is there.
    schedule.cancel()
    entries, state = gate.engine.next_seq - 1, gate.engine.centre.digest()
    await gate.stop()
    return found, entries, state


def test_snapshots_are_written_by_the_count_of_entries_and_restart_the_centre(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SNAPSHOT_LOOK_S", 0.05)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    settings = Settings(data=tmp_path, sandbox=True, snapshot_entries=5)
    found, entries, state = asyncio.run(scheduled(settings))
    assert [load(path).seq <= entries for path in found] == [True, True]
    assert load(found[1]).seq - load(found[0]).seq >= settings.snapshot_entries
    store = SqliteStore(tmp_path)
    replayed: list[int] = []
    again = open_engine(
        store,
        load_rules(),
        lambda: AT_US,
        snapshots=tmp_path / SNAPSHOTS,
        progress=lambda what, done, _: replayed.append(done) if what == "replay" else None,
    )
    store.close()
    assert again.centre.digest() == state
    assert again.next_seq == entries + 1
