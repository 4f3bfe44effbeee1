"""A journal is read without the folder's lock: beside a running centre, and when none runs."""

from pathlib import Path

import pytest

from huangpu.journal.sqlite import SqliteReader, SqliteStore
from huangpu.journal.store import Append, Unreadable


def test_a_reader_works_beside_the_writer_and_alone(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    epoch = store.acquire_epoch()
    assert store.append(1, epoch, 2, b"first") is Append.DURABLE
    reader = SqliteReader(tmp_path)
    assert store.append(3, epoch, 1, b"second") is Append.DURABLE
    assert [row.body for row in reader.read(1)] == [b"first"]
    assert reader.row_of(3) is None
    reader.close()
    store.close()
    alone = SqliteReader(tmp_path)
    assert [row.body for row in alone.read(1)] == [b"first", b"second"]
    assert alone.tail().next_seq == 4
    assert alone.append(4, alone.acquire_epoch(), 1, b"third") is Append.CONFLICT
    alone.close()


def test_a_folder_without_a_journal_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        SqliteReader(tmp_path)
