"""The four verbs, the same for every store: memory, SQLite, and faulty without faults."""

import hashlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from huangpu.journal.faulty import FaultyStore, Plan
from huangpu.journal.memory import Medium, MemoryStore
from huangpu.journal.sqlite import SqliteStore
from huangpu.journal.store import GENESIS, Append, Store, Tail, Unwritable

Opener = Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite", "faulty"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Close the store that is open, and open it on what it left behind."""
    medium = Medium()
    opened: list[Store] = []

    def open_again() -> Store:
        for store in opened:
            store.close()
        opened.clear()
        if request.param == "sqlite":
            opened.append(SqliteStore(tmp_path / "data"))
        elif request.param == "memory":
            opened.append(MemoryStore(medium))
        else:
            opened.append(FaultyStore(MemoryStore(medium), Plan({})))
        return opened[0]

    yield open_again
    for store in opened:
        store.close()


def filled(store: Store, counts: list[int]) -> int:
    epoch = store.acquire_epoch()
    for count in counts:
        seq = store.tail().next_seq
        assert store.append(seq, epoch, count, b"row at %d" % seq) is Append.DURABLE
    return epoch


def test_a_new_journal_is_empty(reopen: Opener) -> None:
    store = reopen()
    assert store.tail() == Tail(next_seq=1, epoch=0, digest=bytes(32)) == GENESIS
    assert list(store.read(1)) == []
    assert store.row_of(1) is None


def test_rows_come_back_in_order_and_without_gap(reopen: Opener) -> None:
    store = reopen()
    epoch = filled(store, [3, 1, 1000, 2])
    rows = list(store.read(1))
    assert [(row.first_seq, row.count) for row in rows] == [(1, 3), (4, 1), (5, 1000), (1005, 2)]
    assert {row.epoch for row in rows} == {epoch}
    assert rows[2].body == b"row at 5"
    assert store.tail() == Tail(next_seq=1007, epoch=epoch, digest=rows[-1].digest)


def test_the_chain_is_sha256_over_previous_numbers_and_body(reopen: Opener) -> None:
    store = reopen()
    filled(store, [3, 2])
    previous = bytes(32)
    for row in store.read(1):
        numbers = struct.pack("<QIQ", row.first_seq, row.count, row.epoch)
        assert row.previous == previous
        assert row.digest == hashlib.sha256(previous + numbers + row.body).digest()
        previous = row.digest
    assert store.tail().digest == previous


def test_reading_starts_at_the_row_that_contains_the_entry(reopen: Opener) -> None:
    store = reopen()
    filled(store, [3, 2, 4])
    starts = {seq: [row.first_seq for row in store.read(seq)] for seq in (1, 3, 4, 5, 6, 9, 10, 99)}
    assert starts == {
        1: [1, 4, 6],
        3: [1, 4, 6],
        4: [4, 6],
        5: [4, 6],
        6: [6],
        9: [6],
        10: [],
        99: [],
    }


def test_row_of_finds_every_entry_and_nothing_else(reopen: Opener) -> None:
    store = reopen()
    filled(store, [3, 2])
    found = [store.row_of(seq) for seq in range(7)]
    assert [row and row.first_seq for row in found] == [None, 1, 1, 1, 4, 4, None]


def test_a_wrong_sequence_is_a_conflict_and_changes_nothing(reopen: Opener) -> None:
    store = reopen()
    epoch = filled(store, [3])
    before = store.tail()
    for seq in (1, 3, 5, 400):
        assert store.append(seq, epoch, 1, b"x") is Append.CONFLICT
    assert store.tail() == before
    assert len(list(store.read(1))) == 1


def test_a_newer_epoch_fences_the_older_writer(reopen: Opener) -> None:
    store = reopen()
    older = filled(store, [1])
    newer = store.acquire_epoch()
    assert newer == older + 1
    assert store.append(2, older, 1, b"late") is Append.CONFLICT
    assert store.append(2, newer + 1, 1, b"early") is Append.CONFLICT
    assert store.append(2, newer, 1, b"in force") is Append.DURABLE
    assert [row.epoch for row in store.read(1)] == [older, newer]


def test_nobody_appends_in_an_epoch_that_was_never_acquired(reopen: Opener) -> None:
    store = reopen()
    assert store.append(1, 0, 1, b"x") is Append.CONFLICT
    assert store.tail() == GENESIS


def test_epoch_and_rows_outlive_a_reopening(reopen: Opener) -> None:
    store = reopen()
    epoch = filled(store, [2, 2])
    rows, tail = list(store.read(1)), store.tail()
    store = reopen()
    assert store.tail() == tail
    assert list(store.read(1)) == rows
    assert store.append(5, epoch, 1, b"same writer") is Append.DURABLE
    assert store.acquire_epoch() == epoch + 1


def test_an_empty_body_and_a_large_one_are_stored(reopen: Opener) -> None:
    store = reopen()
    epoch = store.acquire_epoch()
    large = bytes(range(256)) * 8192
    assert store.append(1, epoch, 1, b"") is Append.DURABLE
    assert store.append(2, epoch, 7, large) is Append.DURABLE
    assert [row.body for row in store.read(1)] == [b"", large]


def test_a_reader_sees_the_journal_as_it_was_when_it_began(reopen: Opener) -> None:
    store = reopen()
    epoch = filled(store, [1] * 100)
    reader = store.read(1)
    assert next(reader).first_seq == 1
    assert store.append(101, epoch, 1, b"later") is Append.DURABLE
    assert len(list(reader)) == 99
    assert len(list(store.read(1))) == 101


def test_a_closed_store_writes_nothing(reopen: Opener) -> None:
    store = reopen()
    epoch = filled(store, [1])
    store.close()
    store.close()
    assert store.append(2, epoch, 1, b"x") is Append.UNKNOWN
    with pytest.raises(Unwritable):
        store.acquire_epoch()
    assert reopen().tail().next_seq == 2
