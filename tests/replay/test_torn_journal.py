"""A journal whose writing was cut short: all rows or all but the last, never a half one.

A live journal is copied with its write-ahead log, the copy is torn, and the torn copy is opened.
What was acknowledged long ago must be there; where the log has rotted in the middle, the opening
must say so.
"""

import contextlib
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import huangpu
from huangpu.journal.sqlite import FILE_NAME, SqliteReader, SqliteStore
from huangpu.journal.store import Append, Corrupted, Row, Unreadable
from huangpu.journal.verify import verify

LOG_NAME = FILE_NAME + "-wal"


class Live(NamedTuple):
    """A journal as a crash finds it: file, log, and where in the log the last commit begins."""

    file: bytes
    log: bytes
    last_commit_at: int
    rows: list[Row]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of openings, and no sync to wait for."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def live(folder: Path, page_bytes: int, last_body_bytes: int) -> Live:
    bodies = [*(bytes([65 + number]) * 150 for number in range(6)), bytes(last_body_bytes)]
    with contextlib.closing(SqliteStore(folder, page_bytes=page_bytes)) as store:
        epoch = store.acquire_epoch()
        for number, body in enumerate(bodies):
            before = (folder / LOG_NAME).stat().st_size
            seq = store.tail().next_seq
            assert store.append(seq, epoch, number + 1, body) is Append.DURABLE
        rows = list(store.read(1))
        return Live(
            file=(folder / FILE_NAME).read_bytes(),
            log=(folder / LOG_NAME).read_bytes(),
            last_commit_at=before,
            rows=rows,
        )


def reopened(folder: Path, journal: Live, log: bytes) -> list[Row]:
    """Open `journal` with this log as a crash left it; return its checked rows, append one."""
    (folder / FILE_NAME).write_bytes(journal.file)
    (folder / LOG_NAME).write_bytes(log)
    (folder / (FILE_NAME + "-shm")).unlink(missing_ok=True)
    with contextlib.closing(SqliteStore(folder)) as store:
        rows = list(store.read(1))
        report = verify(store)
        assert report.first_bad is None
        assert report.rows == len(rows)
        epoch = store.acquire_epoch()
        assert store.append(store.tail().next_seq, epoch, 1, b"next") is Append.DURABLE
        assert verify(store).rows == len(rows) + 1
        return rows


def test_a_log_cut_at_any_byte_of_its_last_commit_drops_that_row_and_no_other(
    folder: Path,
) -> None:
    journal = live(folder, page_bytes=512, last_body_bytes=400)
    size = len(journal.log)
    assert size - journal.last_commit_at >= 3 * 536, "several frames"
    for cut in range(journal.last_commit_at, size):
        assert reopened(folder, journal, journal.log[:cut]) == journal.rows[:-1], cut
    assert reopened(folder, journal, journal.log) == journal.rows


def test_a_log_cut_around_the_frames_of_full_size_pages(folder: Path) -> None:
    journal = live(folder, page_bytes=4096, last_body_bytes=6_000)
    size = len(journal.log)
    cuts = set(range(journal.last_commit_at, size, 61))
    for frame_at in range(journal.last_commit_at, size + 1, 4096 + 24):
        cuts.update(range(frame_at - 3, frame_at + 28))
    for cut in sorted(cut for cut in cuts if journal.last_commit_at <= cut < size):
        assert reopened(folder, journal, journal.log[:cut]) == journal.rows[:-1], cut


def test_a_log_cut_anywhere_keeps_a_gapless_beginning(folder: Path) -> None:
    journal = live(folder, page_bytes=512, last_body_bytes=600)
    kept = []
    for cut in range(0, len(journal.log), 97):
        rows = reopened(folder, journal, journal.log[:cut])
        assert rows == journal.rows[: len(rows)]
        kept.append(len(rows))
    assert kept == sorted(kept)
    assert set(kept) == set(range(7))


@pytest.mark.parametrize("filling", ["zeros", "noise"])
def test_a_last_commit_of_which_sectors_never_arrived_is_dropped_whole(
    folder: Path, filling: str
) -> None:
    journal = live(folder, page_bytes=512, last_body_bytes=1_500)
    draw = random.Random(3)
    sectors = range(journal.last_commit_at, len(journal.log), 512)
    choices = [
        missing
        for missing in itertools.product([False, True], repeat=min(6, len(sectors)))
        if any(missing)
    ]
    for missing in choices:
        log = bytearray(journal.log)
        for sector, lost in zip(sectors, missing, strict=False):
            end = min(sector + 512, len(log))
            if lost:
                log[sector:end] = (
                    bytes(end - sector) if filling == "zeros" else draw.randbytes(end - sector)
                )
        assert reopened(folder, journal, bytes(log)) == journal.rows[:-1], missing


def test_a_flipped_bit_in_the_last_commit_drops_that_row_only(folder: Path) -> None:
    journal = live(folder, page_bytes=512, last_body_bytes=600)
    draw = random.Random(4)
    for offset in range(journal.last_commit_at, len(journal.log), 7):
        log = bytearray(journal.log)
        log[offset] ^= 1 << draw.randrange(8)
        assert reopened(folder, journal, bytes(log)) == journal.rows[:-1], offset


def test_a_flipped_bit_before_the_last_commit_is_never_passed_over(folder: Path) -> None:
    journal = live(folder, page_bytes=512, last_body_bytes=600)
    draw = random.Random(5)
    for offset in range(0, journal.last_commit_at, 11):
        log = bytearray(journal.log)
        log[offset] ^= 1 << draw.randrange(8)
        with pytest.raises((Unreadable, Corrupted)) as damage:
            reopened(folder, journal, bytes(log))
        assert "acknowledged commits behind it" in str(damage.value), offset
        # What was found must still be there for whoever repairs it.
        assert (folder / LOG_NAME).read_bytes() == log


def test_a_reader_without_a_centre_does_not_pass_over_a_rotted_log(folder: Path) -> None:
    journal = live(folder, page_bytes=512, last_body_bytes=600)
    log = bytearray(journal.log)
    log[len(log) // 3] ^= 1
    (folder / FILE_NAME).write_bytes(journal.file)
    (folder / LOG_NAME).write_bytes(log)
    with pytest.raises(Unreadable, match="acknowledged commits behind it"):
        SqliteReader(folder)
    (folder / LOG_NAME).write_bytes(journal.log)
    with contextlib.closing(SqliteReader(folder)) as reader:
        assert list(reader.read(1)) == journal.rows


def test_frames_of_an_older_generation_of_the_log_raise_no_alarm(folder: Path) -> None:
    with contextlib.closing(SqliteStore(folder, page_bytes=512)) as store:
        epoch = store.acquire_epoch()
        for seq in range(1, 20):
            assert store.append(seq, epoch, 1, bytes(400)) is Append.DURABLE
        store._checkpointer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        size = (folder / LOG_NAME).stat().st_size
        for seq in range(20, 23):
            assert store.append(seq, epoch, 1, b"new generation") is Append.DURABLE
        assert (folder / LOG_NAME).stat().st_size == size, "the log was begun anew"
        journal = Live(
            file=(folder / FILE_NAME).read_bytes(),
            log=(folder / LOG_NAME).read_bytes(),
            last_commit_at=0,
            rows=list(store.read(1)),
        )
    assert reopened(folder, journal, journal.log) == journal.rows


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    code = """
import pathlib, sys
from huangpu.journal.sqlite import SqliteStore
from huangpu.journal.store import Append
store = SqliteStore(pathlib.Path(sys.argv[1]), checkpoint_bytes=200_000)
epoch = store.acquire_epoch()
while True:
    seq = store.tail().next_seq
    if store.append(seq, epoch, 3, seq.to_bytes(8, "little") * 200) is not Append.DURABLE:
        sys.exit(store.broken)
    print(seq + 2, flush=True)
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(huangpu.__file__).parents[1])}
    draw = random.Random(6)
    acknowledged = 0
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            assert child.stderr is not None
            first = child.stdout.readline()
            assert first, child.stderr.read()
            time.sleep(0.05 + draw.random() / 4)
            child.kill()
            # The last line may have been cut short by the kill.
            lines = (first + child.stdout.read()).split("\n")[:-1]
        newest = int(lines[-1])
        assert newest > acknowledged
        acknowledged = newest
        with contextlib.closing(SqliteStore(tmp_path)) as store:
            report = verify(store, count_of=lambda body: 3 * (len(body) // 1_600))
            assert report.first_bad is None
            assert report.entries >= acknowledged
            assert report.entries <= acknowledged + 3, "at most the row in flight is more"
            assert all(
                row.body == row.first_seq.to_bytes(8, "little") * 200 for row in store.read(1)
            )
