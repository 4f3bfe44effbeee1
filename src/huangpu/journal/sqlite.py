"""The default store: one SQLite file, `<data>/journal.sqlite`, one row a group commit.

Write-ahead log with `synchronous=FULL`: an append is one transaction and one sync. The commit
connection never checkpoints; a second thread with its own connection does. Readers have their own
read-only connections, so that reading never waits for the writer nor holds it up. After any trouble
on the disk the store is broken: it writes nothing more and retries nothing; close it, open it anew,
and it shows the row in doubt whole or not at all.
Left out: compression, and any guard against a WAL file that somebody deletes while no process is
running.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from huangpu.journal import sqlite_file
from huangpu.journal.disk import FolderLock
from huangpu.journal.store import (
    DIGEST_BYTES,
    GENESIS,
    SEQ_FIRST,
    Append,
    Corrupted,
    Locked,
    Row,
    Tail,
    Unreadable,
    Unwritable,
    admits,
    check_content,
    check_follows,
    checked,
    position_after,
    sealed,
)

FILE_NAME = "journal.sqlite"
PAGE_BYTES = 4096
CHECKPOINT_BYTES = 32 * 1024 * 1024

_ROWS_A_QUERY = 32
_ROWS_CHECKED_ON_OPEN = 8
_COPIES_BESIDE_WRITER = 3
_ROW = "SELECT first_seq, count, epoch, previous, digest, body FROM journal "
# Compare and append in one statement: it moves the head only where head and epoch are as expected.
_MOVE_HEAD = (
    "UPDATE meta SET value = ? WHERE key = 'head' AND value = ?"
    " AND (SELECT value FROM meta WHERE key = 'epoch') = ?"
)


class SqliteStore:
    """A journal in a data folder, which this store locks until it is closed."""

    def __init__(
        self,
        folder: Path,
        *,
        page_bytes: int = PAGE_BYTES,
        checkpoint_bytes: int = CHECKPOINT_BYTES,
    ) -> None:
        """Open the journal in `folder`, or create one; check its newest rows.

        Units: page_bytes counts only when the file is created; checkpoint_bytes of bodies between
        checkpoints.
        Raises: Locked, Unreadable, Corrupted.
        """
        self._path = folder / FILE_NAME
        self._checkpoint_bytes = checkpoint_bytes
        self._bytes_since_checkpoint = 0
        self._broken: str | None = None
        self._writing = threading.Lock()
        # A writer in a tight loop would take its own lock again before a waiting checkpoint could:
        # it passes here first, where it holds nothing for long.
        self._turnstile = threading.Lock()
        self._looking_up = threading.Lock()
        self._checkpoint_due = threading.Event()
        self._closing = False
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as undo:
            lock = FolderLock(folder)
            undo.callback(lock.release)
            try:
                sqlite_file.prepare(self._path, page_bytes)
                self._writer = sqlite_file.connect(self._path)
                undo.callback(self._writer.close)
                sqlite_file.check_format(self._writer, self._path)
                self._settle_wal()
                self._tail = sqlite_file.stored_tail(self._writer, self._path)
                self._lookup = sqlite_file.connect_reader(self._path)
                undo.callback(self._lookup.close)
                self._checkpointer = sqlite_file.connect(self._path)
                undo.callback(self._checkpointer.close)
            except sqlite3.Error as trouble:
                raise Unreadable(str(self._path), str(trouble), sqlite_file.EXPECTED) from trouble
            self._check_newest()
            self._release = undo.pop_all()
        self._thread = threading.Thread(
            target=self._checkpoint_when_due, name="journal-checkpoint", daemon=True
        )
        self._thread.start()

    @property
    def broken(self) -> str | None:
        """Say why this store writes nothing more; None while it does."""
        return self._broken

    def acquire_epoch(self) -> int:
        """Raise the epoch by one, durably, and return it.

        Raises: Unwritable.
        """
        with self._writing:
            if self._broken is not None:
                raise Unwritable(self._broken)
            epoch = self._tail.epoch + 1
            try:
                self._writer.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (epoch,))
            except sqlite3.Error as trouble:
                self._broken = f"epoch {epoch}: {trouble}"
                raise Unwritable(self._broken) from trouble
            self._tail = Tail(self._tail.next_seq, epoch, self._tail.digest)
            return epoch

    def append(self, expected_seq: int, epoch: int, count: int, body: bytes) -> Append:
        """Write one row in one durable transaction."""
        with self._turnstile:
            pass
        with self._writing:
            if self._broken is not None:
                return Append.UNKNOWN
            if not admits(self._tail, expected_seq, epoch):
                return Append.CONFLICT
            row = sealed(self._tail, count, body)
            try:
                written = self._commit(row)
            except sqlite3.Error as trouble:
                self._broken = f"append at sequence {expected_seq}: {trouble}"
                return Append.UNKNOWN
            if not written:
                return Append.CONFLICT
            self._tail = position_after(row)
            self._bytes_since_checkpoint += len(body) + PAGE_BYTES
            if self._bytes_since_checkpoint >= self._checkpoint_bytes:
                self._bytes_since_checkpoint = 0
                self._checkpoint_due.set()
            return Append.DURABLE

    def read(self, from_seq: int) -> Iterator[Row]:
        """Yield the checked rows from the one that contains `from_seq` up to the present tail.

        Raises: Corrupted.
        """
        assert not self._closing, "the store is closed"
        yield from _read(self._path, from_seq, self.tail())

    def tail(self) -> Tail:
        """Return the place of the next row, as of the last durable append."""
        return self._tail

    def row_of(self, seq: int) -> Row | None:
        """Return the row that contains entry `seq`, checked against itself and the row before.

        Raises: Corrupted.
        """
        assert not self._closing, "the store is closed"
        with self._looking_up:
            return _row_holding(self._lookup, seq, self._tail)

    def close(self) -> None:
        """Stop the thread, fold the WAL into the file, free the folder; may be called twice."""
        with self._writing:
            if self._closing:
                return
            self._closing = True
            healthy = self._broken is None
            self._broken = self._broken or "the store is closed"
        self._checkpoint_due.set()
        self._thread.join()
        with self._looking_up, self._release:
            if healthy:
                # What fails here stays in the WAL, where the next opening finds it.
                with contextlib.suppress(sqlite3.Error):
                    self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _commit(self, row: Row) -> bool:
        """Write `row` and the new head at once; False where the file is not as expected."""
        before = Tail(row.first_seq, row.epoch, row.previous)
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            moved = self._writer.execute(
                _MOVE_HEAD,
                (
                    sqlite_file.head_text(position_after(row)),
                    sqlite_file.head_text(before),
                    row.epoch,
                ),
            )
            if moved.rowcount != 1:
                self._writer.execute("ROLLBACK")
                return False
            self._writer.execute(
                "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)",
                (row.first_seq, row.count, row.epoch, row.previous, row.digest, row.body),
            )
        except sqlite3.IntegrityError:
            self._writer.execute("ROLLBACK")
            return False
        except sqlite3.Error:
            # Before the commit: what was begun is dropped, and the trouble goes on to the caller.
            with contextlib.suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
            raise
        self._writer.execute("COMMIT")
        return True

    def _settle_wal(self) -> None:
        """Write what was recovered from the WAL into the file.

        After a failed sync the page cache may show a row that the disk does not have, and a second
        sync of the same pages proves nothing. Copying the rows into the main file writes and syncs
        them anew.
        """
        try:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.OperationalError as trouble:
            self._broken = f"the write-ahead log cannot be folded into the file: {trouble}"

    def _check_newest(self) -> None:
        """Check the last few rows and that they end in the stored head.

        Raises: Corrupted.
        """
        if self._tail.next_seq == SEQ_FIRST:
            return
        found = _fetch(
            self._lookup,
            SEQ_FIRST,
            "SELECT min(first_seq) FROM"
            " (SELECT first_seq FROM journal ORDER BY first_seq DESC LIMIT ?)",
            (_ROWS_CHECKED_ON_OPEN,),
        )
        oldest = found[0][0] if isinstance(found[0][0], int) else SEQ_FIRST
        start = _position_before(self._lookup, oldest)
        epoch = self._tail.epoch
        for row in checked(_rows_between(self._lookup, start, self._tail), start, self._tail):
            if row.epoch > epoch:
                raise Corrupted(row.first_seq, f"epoch {row.epoch}, the epoch in force is {epoch}")

    def _checkpoint_when_due(self) -> None:
        """Run on the checkpoint thread until the store closes."""
        while True:
            self._checkpoint_due.wait()
            self._checkpoint_due.clear()
            if self._closing:
                return
            try:
                self._checkpoint()
            except sqlite3.Error as trouble:
                self._broken = self._broken or f"checkpoint: {trouble}"

    def _checkpoint(self) -> None:
        """Copy the WAL into the file beside the writer, then the few frames that came meanwhile.

        SQLite starts the WAL over only when all of it is copied; a writer that never pauses would
        make it grow without end. Each copy takes less time than the one before, so that the writer
        waits only for the last, small one.
        """
        passive = "PRAGMA wal_checkpoint(PASSIVE)"
        for _ in range(_COPIES_BESIDE_WRITER):
            self._checkpointer.execute(passive).fetchall()
        with self._turnstile, self._writing:
            self._checkpointer.execute(passive).fetchall()


class SqliteReader:
    """The journal of a data folder for reading only, beside a running centre or without one.

    Sees what was durable when it was opened; takes no lock and no epoch, and appends nothing.
    """

    def __init__(self, folder: Path) -> None:
        """Open the journal in `folder`.

        Raises: Unreadable.
        """
        self._path = folder / FILE_NAME
        if not self._path.exists():
            raise Unreadable(str(self._path), "no such file", sqlite_file.EXPECTED)
        _check_log_at_rest(self._path)
        try:
            self._lookup = sqlite_file.connect_reader(self._path)
            self._lookup.text_factory = str
            sqlite_file.check_format(self._lookup, self._path)
            self._tail = sqlite_file.stored_tail(self._lookup, self._path)
            self._lookup.text_factory = bytes
        except sqlite3.Error as trouble:
            raise Unreadable(str(self._path), str(trouble), sqlite_file.EXPECTED) from trouble

    def acquire_epoch(self) -> int:
        """Return the epoch in force; a reader never raises it."""
        return self._tail.epoch

    def append(self, expected_seq: int, epoch: int, count: int, body: bytes) -> Append:
        """Refuse: a reader writes nothing."""
        del expected_seq, epoch, count, body
        return Append.CONFLICT

    def read(self, from_seq: int) -> Iterator[Row]:
        """Yield the checked rows from the one that contains `from_seq` up to the tail at opening.

        Raises: Corrupted.
        """
        yield from _read(self._path, from_seq, self._tail)

    def tail(self) -> Tail:
        """Return the place after the last row that was durable at opening."""
        return self._tail

    def row_of(self, seq: int) -> Row | None:
        """Return the row that contains entry `seq`, checked against itself and the row before.

        Raises: Corrupted.
        """
        return _row_holding(self._lookup, seq, self._tail)

    def close(self) -> None:
        """Close the connection."""
        self._lookup.close()


def _check_log_at_rest(path: Path) -> None:
    """Check the log of a journal that no centre has open; one that has, checked it on opening.

    Raises: Unreadable.
    """
    try:
        lock = FolderLock(path.parent)
    except (Locked, PermissionError):
        return
    try:
        sqlite_file.refuse_rotted_log(path)
    finally:
        lock.release()


def _read(path: Path, from_seq: int, end: Tail) -> Iterator[Row]:
    assert from_seq >= SEQ_FIRST, f"sequence {from_seq}, at least {SEQ_FIRST}"
    if from_seq >= end.next_seq:
        return
    with contextlib.closing(sqlite_file.connect_reader(path)) as reader:
        found = _fetch(
            reader,
            from_seq,
            "SELECT max(first_seq) FROM journal WHERE first_seq <= ?",
            (from_seq,),
        )
        first_seq = found[0][0] if isinstance(found[0][0], int) else SEQ_FIRST
        start = _position_before(reader, first_seq)
        yield from checked(_rows_between(reader, start, end), start, end)


def _row_holding(reader: sqlite3.Connection, seq: int, end: Tail) -> Row | None:
    if not SEQ_FIRST <= seq < end.next_seq:
        return None
    found = _fetch(
        reader,
        seq,
        _ROW + "WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1",
        (seq,),
    )
    if not found:
        raise Corrupted(seq, "no row here, though the journal goes on")
    row = _row_from(found[0], seq)
    check_follows(_position_before(reader, row.first_seq), row)
    if seq >= row.first_seq + row.count:
        raise Corrupted(seq, f"no row here, the row before holds {row.count} entries")
    return row


def _fetch(
    reader: sqlite3.Connection, seq: int, query: str, arguments: tuple[int, ...]
) -> list[Any]:
    """Run a query; what SQLite cannot read is a corrupted row at `seq`.

    Raises: Corrupted.
    """
    try:
        return reader.execute(query, arguments).fetchall()
    except sqlite3.DatabaseError as trouble:
        raise Corrupted(seq, f"SQLite cannot read it: {trouble}") from trouble


def _rows_between(reader: sqlite3.Connection, start: Tail, end: Tail) -> Iterator[Row]:
    """Yield the rows from `start` to `end`, in short queries that hold no checkpoint back."""
    next_seq = start.next_seq
    query = _ROW + "WHERE first_seq >= ? AND first_seq < ? ORDER BY first_seq LIMIT ?"
    while found := _fetch(reader, next_seq, query, (next_seq, end.next_seq, _ROWS_A_QUERY)):
        for stored in found:
            row = _row_from(stored, next_seq)
            yield row
            # The consumer has checked the row by now: its count is positive and we move on.
            next_seq = row.first_seq + row.count


def _position_before(reader: sqlite3.Connection, first_seq: int) -> Tail:
    """Return where the row before `first_seq` ends; the beginning where there is none.

    Raises: Corrupted.
    """
    found = _fetch(
        reader,
        first_seq,
        _ROW + "WHERE first_seq < ? ORDER BY first_seq DESC LIMIT 1",
        (first_seq,),
    )
    if not found:
        return GENESIS
    row = _row_from(found[0], first_seq)
    check_content(row)
    return position_after(row)


def _row_from(stored: Any, seq: int) -> Row:
    """Make a row of what SQLite holds, whose types are only what the file says.

    Raises: Corrupted.
    """
    first_seq, count, epoch, previous, digest, body = stored
    if not all(isinstance(number, int) for number in (first_seq, count, epoch)):
        raise Corrupted(seq, f"numbers are {first_seq!r}, {count!r}, {epoch!r}")
    if not all(isinstance(content, bytes) for content in (previous, digest, body)):
        raise Corrupted(seq, "a digest or the body is not bytes")
    if not len(previous) == len(digest) == DIGEST_BYTES:
        raise Corrupted(seq, f"digests of {len(previous)} and {len(digest)} bytes")
    return Row(
        first_seq=first_seq,
        count=count,
        epoch=epoch,
        previous=previous,
        digest=digest,
        body=body,
    )
