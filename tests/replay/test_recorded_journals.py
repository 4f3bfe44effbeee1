"""Journals of released versions: each must verify, replay to its recorded state hash, and audit with no difference but those listed.

`python -m tests.replay.test_recorded_journals VERSION` records a new one from a drawn market day; a released one is never replaced. The
state hash covers the whole state as the present version keeps it: a version that keeps more may write a new hash beside the old
journal, with its reason in the commit, but never a new journal. A version that decides otherwise lists each entry and says why: what
was refused because a thing was not built yet may now be accepted, and no other entry may change.
"""

import json
import shutil
import sys
from pathlib import Path

import pytest
from tests.support.market import drawn, seeded_entries

from huangpu.app import load_rules
from huangpu.engine import CODEC, Entry, replay
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine, Submission
from huangpu.journal.sqlite import SqliteReader, SqliteStore
from huangpu.journal.verify import verify

FOLDER = Path(__file__).parent / "journals"
EXPECTED = (
    json.loads((FOLDER / "expected.json").read_text())
    if (FOLDER / "expected.json").exists()
    else {}
)


def entries_of(reader: SqliteReader) -> list[Entry]:
    return [entry for row in reader.read(1) for entry in CODEC.decode(row.body)]


@pytest.mark.parametrize("version", sorted(EXPECTED))
def test_a_recorded_journal_replays_to_its_hash(version: str, tmp_path: Path) -> None:
    shutil.copytree(FOLDER / version, tmp_path / "data")
    reader = SqliteReader(tmp_path / "data")
    expected = EXPECTED[version]
    report = verify(reader, count_of=CODEC.count)
    assert (report.first_bad, report.entries, report.head.hex()) == (
        None,
        expected["entries"],
        expected["head"],
    )
    entries = entries_of(reader)
    centre = Centre(load_rules())
    for entry in entries:
        replay.apply_entry(centre, entry)
    assert centre.digest() == expected["state_sha256"]
    audit = replay.audit(load_rules(), entries)
    found = [[one.seq, one.command, one.was, one.now] for one in audit.differences]
    assert found == [one["entry"] for one in expected["differences"]]
    assert all(one["why"] for one in expected["differences"])
    assert audit.state_sha256 == expected["state_sha256"]


def test_there_is_a_recorded_journal() -> None:
    assert EXPECTED


def record(version: str) -> None:
    """Record a journal of a drawn market day with its expected hash."""
    folder = FOLDER / version
    assert not folder.exists(), f"{version} is recorded; a released journal is never replaced"
    store = SqliteStore(folder)
    seeded = seeded_entries()
    engine = Engine(Centre(load_rules()), store, lambda: seeded[-1].at_us)
    for start in range(0, len(seeded), 500):
        batch = seeded[start : start + 500]
        engine.step([Submission(e.by, e.id, e.command, e.at_us) for e in batch])
    for number in range(400):
        steps = drawn(engine, number)
        for by, command in steps:
            engine.step([Submission(by, f"d-{engine.next_seq}", command)])
    tail, digest = store.tail(), engine.centre.digest()
    store.close()
    (folder / "lock").unlink(missing_ok=True)
    EXPECTED[version] = {
        "entries": tail.next_seq - 1,
        "head": tail.digest.hex(),
        "state_sha256": digest,
        "differences": [],
    }
    (FOLDER / "expected.json").write_text(json.dumps(EXPECTED, indent=2) + "\n")


if __name__ == "__main__":
    record(sys.argv[1])
