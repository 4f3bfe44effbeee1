"""The SQLite store: what it refuses to open, how it breaks, what it notices, how it checkpoints."""

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import huangpu
from huangpu.journal.sqlite import FILE_NAME, SqliteStore
from huangpu.journal.store import (
    Append,
    Corrupted,
    Locked,
    Row,
    Unreadable,
    Unwritable,
    row_digest,
)
from huangpu.journal.verify import verify

SOURCE = Path(huangpu.__file__).parents[1]


def fill(folder: Path, rows: int = 20, body_bytes: int = 200) -> list[Row]:
    """Write a closed journal of `rows` rows and return them."""
    draw = random.Random(rows)
    with contextlib.closing(SqliteStore(folder)) as store:
        epoch = store.acquire_epoch()
        for number in range(rows):
            body = draw.randbytes(body_bytes)
            seq = store.tail().next_seq
            assert store.append(seq, epoch, number % 3 + 1, body) is Append.DURABLE
        return list(store.read(1))


def change(folder: Path, statement: str, *arguments: Any) -> None:
    """Tamper with the file as a person with `sqlite3` can."""
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute(statement, arguments)
        connection.commit()


def run_child(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def finding(folder: Path, rows: list[Row]) -> str:
    """Open and read everything; say what was noticed, or "same" when every row is as it was."""
    try:
        with contextlib.closing(SqliteStore(folder)) as store:
            report = verify(store)
            if report.first_bad is not None:
                return report.first_bad
            assert list(store.read(1)) == rows, "a changed journal passed the check"
            return "same"
    except (Corrupted, Unreadable) as damage:
        return str(damage)


# ── who may open ─────────────────────────────────────────────────────────────────────────────────


def test_a_second_process_is_refused_and_told_who_has_the_folder(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from huangpu.journal.sqlite import SqliteStore\n"
        "SqliteStore(pathlib.Path(sys.argv[1])).close()\n"
    )
    store = SqliteStore(tmp_path)
    refused = run_child(code, str(tmp_path))
    assert refused.returncode == 1
    assert f"Locked: data folder {tmp_path} is in use by process {os.getpid()}" in refused.stderr
    store.close()
    assert run_child(code, str(tmp_path)).returncode == 0


def test_a_second_store_in_this_process_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    with pytest.raises(Locked, match=str(os.getpid())):
        SqliteStore(tmp_path)
    # The refusal must not have dropped the first one's lock.
    code = (
        "import sys, pathlib\n"
        "from huangpu.journal.disk import FolderLock\n"
        "FolderLock(pathlib.Path(sys.argv[1]))\n"
    )
    assert "Locked" in run_child(code, str(tmp_path)).stderr
    store.close()
    SqliteStore(tmp_path).close()


def test_a_failed_opening_leaves_the_folder_free(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"")
    with pytest.raises(Unreadable):
        SqliteStore(tmp_path)
    (tmp_path / FILE_NAME).unlink()
    SqliteStore(tmp_path).close()


# ── what it refuses to open ──────────────────────────────────────────────────────────────────────


def test_garbage_an_empty_file_and_other_databases_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"no database at all" * 500)
    with pytest.raises(Unreadable, match=r"file is not a database, expected a huangpu journal"):
        SqliteStore(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(Unreadable, match="found an empty file"):
        SqliteStore(tmp_path)
    path.unlink()
    change(tmp_path, "CREATE TABLE recipes(name)")
    with pytest.raises(Unreadable, match="a database with the tables: recipes"):
        SqliteStore(tmp_path)


def test_another_format_version_is_named(tmp_path: Path) -> None:
    fill(tmp_path)
    change(tmp_path, "UPDATE meta SET value = 2 WHERE key = 'format'")
    with pytest.raises(
        Unreadable, match="found format 2, expected a huangpu journal of format 1"
    ) as refusal:
        SqliteStore(tmp_path)
    assert refusal.value.path == str(tmp_path / FILE_NAME)
    change(tmp_path, "DELETE FROM meta WHERE key = 'format'")
    with pytest.raises(Unreadable, match="found no format version"):
        SqliteStore(tmp_path)


def test_a_log_without_its_file_is_not_taken_for_a_new_journal(tmp_path: Path) -> None:
    (tmp_path / (FILE_NAME + "-wal")).write_bytes(bytes(100))
    with pytest.raises(Unreadable, match="beside its own write-ahead log"):
        SqliteStore(tmp_path)


def test_a_truncated_file_is_noticed_wherever_it_ends(tmp_path: Path) -> None:
    rows = fill(tmp_path / "data", rows=60)
    whole = (tmp_path / "data" / FILE_NAME).read_bytes()
    for size in [*range(0, len(whole), 1024), len(whole) - 1]:
        (tmp_path / "data" / FILE_NAME).write_bytes(whole[:size])
        assert finding(tmp_path / "data", rows) != "same", f"cut at {size} of {len(whole)} bytes"


def test_a_half_made_journal_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / (FILE_NAME + ".new")).write_bytes(b"power was lost here")
    (tmp_path / (FILE_NAME + ".new-wal")).write_bytes(b"and here")
    with contextlib.closing(SqliteStore(tmp_path)) as store:
        assert store.tail().next_seq == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE_NAME, "lock"]


# ── damage ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("first_seq", [1, 18, 38])
@pytest.mark.parametrize("column", ["body", "digest", "previous"])
def test_a_flipped_bit_in_a_row_is_found_and_the_row_named(
    tmp_path: Path, column: str, first_seq: int
) -> None:
    rows = fill(tmp_path)
    row = next(row for row in rows if row.first_seq >= first_seq)
    content = bytearray(getattr(row, column))
    content[len(content) // 2] ^= 0x10
    change(
        tmp_path,
        f"UPDATE journal SET {column} = ? WHERE first_seq = ?",
        bytes(content),
        row.first_seq,
    )
    assert f"journal row at sequence {row.first_seq}:" in finding(tmp_path, rows)


@pytest.mark.parametrize("first_seq", [1, 16, 38])
@pytest.mark.parametrize(
    "assignment",
    ["count = count + 1", "epoch = epoch + 1", "epoch = 0", "count = 0", "count = -1"],
)
def test_a_changed_number_is_found(tmp_path: Path, assignment: str, first_seq: int) -> None:
    rows = fill(tmp_path)
    assert any(row.first_seq == first_seq for row in rows)
    change(tmp_path, f"UPDATE journal SET {assignment} WHERE first_seq = ?", first_seq)
    assert finding(tmp_path, rows) != "same"


@pytest.mark.parametrize("value", ["a text", 7, b"short", "é" * 16])
def test_a_column_of_another_type_is_found(tmp_path: Path, value: object) -> None:
    rows = fill(tmp_path)
    for column in ("digest", "previous", "count"):
        change(tmp_path, f"UPDATE journal SET {column} = ? WHERE first_seq = 1", value)
        assert finding(tmp_path, rows) != "same"


@pytest.mark.parametrize("index", [0, 1, 9, 18, 19])
def test_a_deleted_row_is_found_even_the_last(tmp_path: Path, index: int) -> None:
    rows = fill(tmp_path)
    change(tmp_path, "DELETE FROM journal WHERE first_seq = ?", rows[index].first_seq)
    assert f"sequence {rows[index].first_seq}:" in finding(tmp_path, rows)


def test_all_rows_deleted_is_found(tmp_path: Path) -> None:
    rows = fill(tmp_path)
    change(tmp_path, "DELETE FROM journal")
    assert "sequence 1: no row here" in finding(tmp_path, rows)


@pytest.mark.parametrize("keep", ["own digests", "digests made to fit"])
def test_swapped_rows_are_found(tmp_path: Path, keep: str) -> None:
    rows = fill(tmp_path)
    one, two = rows[3], rows[6]
    assert one.count == two.count
    for place, source in ((one, two), (two, one)):
        digest = source.digest
        if keep == "digests made to fit":
            digest = row_digest(
                place.previous, place.first_seq, place.count, place.epoch, source.body
            )
        change(
            tmp_path,
            "UPDATE journal SET body = ?, digest = ? WHERE first_seq = ?",
            source.body,
            digest,
            place.first_seq,
        )
    assert finding(tmp_path, rows) != "same"


def test_a_row_rewritten_with_a_fitting_digest_breaks_the_next(tmp_path: Path) -> None:
    rows = fill(tmp_path)
    row = rows[5]
    forged = row_digest(row.previous, row.first_seq, row.count, row.epoch, b"forged")
    change(
        tmp_path,
        "UPDATE journal SET body = ?, digest = ? WHERE first_seq = ?",
        b"forged",
        forged,
        row.first_seq,
    )
    assert f"sequence {rows[6].first_seq}: follows digest" in finding(tmp_path, rows)


def test_the_last_row_rewritten_with_a_fitting_digest_misses_the_head(tmp_path: Path) -> None:
    rows = fill(tmp_path)
    row = rows[-1]
    forged = row_digest(row.previous, row.first_seq, row.count, row.epoch, b"forged")
    change(
        tmp_path,
        "UPDATE journal SET body = ?, digest = ? WHERE first_seq = ?",
        b"forged",
        forged,
        row.first_seq,
    )
    assert "the head is" in finding(tmp_path, rows)


def test_looking_up_an_entry_of_a_deleted_row_raises(tmp_path: Path) -> None:
    rows = fill(tmp_path)
    change(tmp_path, "DELETE FROM journal WHERE first_seq = ?", rows[0].first_seq)
    change(tmp_path, "DELETE FROM journal WHERE first_seq = ?", rows[4].first_seq)
    with contextlib.closing(SqliteStore(tmp_path)) as store:
        for gone in (rows[0], rows[4]):
            with pytest.raises(Corrupted, match="no row here"):
                store.row_of(gone.first_seq)


def test_damage_in_the_newest_rows_is_found_on_opening(tmp_path: Path) -> None:
    rows = fill(tmp_path)
    change(tmp_path, "UPDATE journal SET body = x'00' WHERE first_seq = ?", rows[-2].first_seq)
    with pytest.raises(Corrupted) as damage:
        SqliteStore(tmp_path)
    assert damage.value.first_seq == rows[-2].first_seq


def test_an_epoch_set_back_behind_the_rows_is_found_on_opening(tmp_path: Path) -> None:
    fill(tmp_path)
    fill_again = SqliteStore(tmp_path)
    epoch = fill_again.acquire_epoch()
    assert fill_again.append(fill_again.tail().next_seq, epoch, 1, b"x") is Append.DURABLE
    fill_again.close()
    change(tmp_path, "UPDATE meta SET value = 1 WHERE key = 'epoch'")
    with pytest.raises(Corrupted, match="epoch 2, the epoch in force is 1"):
        SqliteStore(tmp_path)


def test_looking_up_a_damaged_row_raises_and_others_still_answer(tmp_path: Path) -> None:
    rows = fill(tmp_path)
    change(tmp_path, "UPDATE journal SET body = x'00' WHERE first_seq = ?", rows[4].first_seq)
    with contextlib.closing(SqliteStore(tmp_path)) as store:
        assert store.row_of(rows[2].first_seq) == rows[2]
        assert store.row_of(rows[-1].first_seq) == rows[-1]
        with pytest.raises(Corrupted) as damage:
            store.row_of(rows[4].first_seq)
        assert damage.value.first_seq == rows[4].first_seq


def test_flipped_bits_anywhere_in_the_file_are_found_or_harmless(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    rows = fill(folder, rows=60)
    whole = (folder / FILE_NAME).read_bytes()
    seed = 20_261_120
    draw = random.Random(seed)
    found = 0
    for _ in range(400):
        offset, bit = draw.randrange(len(whole)), draw.randrange(8)
        damaged = bytearray(whole)
        damaged[offset] ^= 1 << bit
        (folder / FILE_NAME).write_bytes(damaged)
        for name in ("-wal", "-shm"):
            (folder / (FILE_NAME + name)).unlink(missing_ok=True)
        try:
            found += finding(folder, rows) != "same"
        except BaseException:
            print(f"seed {seed}, byte {offset}, bit {bit}")
            raise
    # The rest lies in free space, of which a file of 60 rows has about a third.
    assert found > 200, found


# ── trouble while writing ────────────────────────────────────────────────────────────────────────


class Troubled:
    """A commit connection on which one statement fails, before or after it has taken effect."""

    def __init__(self, inner: sqlite3.Connection, statement: str, *, takes_effect: bool) -> None:
        self.inner, self.statement, self.takes_effect = inner, statement, takes_effect
        self.executed: list[str] = []

    def execute(self, statement: str, *arguments: Any) -> sqlite3.Cursor:
        self.executed.append(statement)
        if not statement.startswith(self.statement):
            return self.inner.execute(statement, *arguments)
        if self.takes_effect:
            self.inner.execute(statement, *arguments)
        raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.parametrize(
    ("statement", "takes_effect", "rows_after"),
    [
        ("BEGIN", False, 3),
        ("UPDATE meta", False, 3),
        ("INSERT", False, 3),
        ("INSERT", True, 3),
        ("COMMIT", False, 3),
        ("COMMIT", True, 4),
    ],
)
def test_disk_trouble_is_unknown_once_and_for_all_and_a_reopening_is_whole(
    tmp_path: Path, statement: str, takes_effect: bool, rows_after: int
) -> None:
    rows = fill(tmp_path, rows=3)
    store = SqliteStore(tmp_path)
    epoch, seq = store.acquire_epoch(), store.tail().next_seq
    troubled = Troubled(store._writer, statement, takes_effect=takes_effect)
    store._writer = troubled  # type: ignore[assignment]
    assert store.append(seq, epoch, 2, b"in doubt") is Append.UNKNOWN
    assert store.broken == f"append at sequence {seq}: disk I/O error"
    troubled.executed.clear()
    assert store.append(seq, epoch, 2, b"in doubt") is Append.UNKNOWN
    with pytest.raises(Unwritable, match="disk I/O error"):
        store.acquire_epoch()
    assert troubled.executed == [], "a broken store tried again"
    assert list(store.read(1))[:3] == rows, "a broken store still reads"
    store.close()
    with contextlib.closing(SqliteStore(tmp_path)) as reopened:
        assert verify(reopened).rows == rows_after
        after = reopened.tail()
        epoch = reopened.acquire_epoch()
        assert reopened.append(after.next_seq, epoch, 1, b"on it goes") is Append.DURABLE


def test_a_full_disk_is_unknown_and_a_reopening_is_whole(tmp_path: Path) -> None:
    code = """
import pathlib, resource, signal, sys
from huangpu.journal.sqlite import SqliteStore
from huangpu.journal.store import Append
from huangpu.journal.verify import verify
folder = pathlib.Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = SqliteStore(folder)
epoch = store.acquire_epoch()
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
durable = 0
while store.append(durable + 1, epoch, 1, bytes(3_000)) is Append.DURABLE:
    durable += 1
assert 10 < durable < 150, durable
assert store.append(durable + 1, epoch, 1, b"small") is Append.UNKNOWN
assert len(list(store.read(1))) == durable
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
store.close()
assert (folder / "journal.sqlite-wal").exists()
full = SqliteStore(folder)
assert "cannot be folded" in full.broken
assert verify(full).first_bad is None and verify(full).rows in (durable, durable + 1)
assert full.append(full.tail().next_seq, epoch, 1, b"small") is Append.UNKNOWN
full.close()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store = SqliteStore(folder)
report = verify(store)
assert report.first_bad is None and report.rows in (durable, durable + 1), report
assert store.append(report.rows + 1, store.acquire_epoch(), 1, b"space again") is Append.DURABLE
store.close()
print("whole", report.rows - durable)
"""
    child = run_child(code, str(tmp_path))
    assert child.stdout.startswith("whole"), child.stderr


def test_a_full_file_system_is_unknown_and_a_reopening_is_whole(tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(volume)],
            capture_output=True,
            check=False,
        ).returncode
    )
    if not mounted:
        pytest.skip("needs the right to mount a small tmpfs")
    try:
        store = SqliteStore(volume)
        epoch, durable = store.acquire_epoch(), 0
        while store.append(durable + 1, epoch, 1, bytes(3_000)) is Append.DURABLE:
            durable += 1
        assert 10 < durable < 150
        assert "full" in str(store.broken)
        assert store.append(durable + 1, epoch, 1, b"small") is Append.UNKNOWN
        store.close()
        subprocess.run(["mount", "-o", "remount,size=4m", str(volume)], check=True)
        with contextlib.closing(SqliteStore(volume)) as store:
            report = verify(store)
            assert report.first_bad is None
            assert report.rows in (durable, durable + 1)
            epoch = store.acquire_epoch()
            assert store.append(report.rows + 1, epoch, 1, b"space again") is Append.DURABLE
    finally:
        subprocess.run(["umount", str(volume)], check=True)


@pytest.mark.parametrize(
    "foreign",
    [
        "UPDATE meta SET value = value + 1 WHERE key = 'epoch'",
        "UPDATE meta SET value = '9 ' || substr(value, 3) WHERE key = 'head'",
        "INSERT INTO journal VALUES (4, 1, 1, zeroblob(32), zeroblob(32), x'00')",
    ],
)
def test_a_writer_that_came_in_past_the_lock_makes_a_conflict(tmp_path: Path, foreign: str) -> None:
    fill(tmp_path, rows=2)
    store = SqliteStore(tmp_path)
    epoch = store.acquire_epoch()
    assert store.tail().next_seq == 4
    change(tmp_path, foreign)
    assert store.append(4, epoch, 1, b"mine") is Append.CONFLICT
    assert store.tail().next_seq == 4
    store.close()


# ── checkpoints ──────────────────────────────────────────────────────────────────────────────────


def test_the_log_stays_bounded_while_a_reader_dawdles(tmp_path: Path) -> None:
    log = tmp_path / (FILE_NAME + "-wal")
    with contextlib.closing(SqliteStore(tmp_path, checkpoint_bytes=100_000)) as store:
        epoch = store.acquire_epoch()
        assert store.append(1, epoch, 1, b"first") is Append.DURABLE
        dawdler = store.read(1)
        next(dawdler)
        for seq in range(2, 1_002):
            assert store.append(seq, epoch, 1, bytes(20_000)) is Append.DURABLE
        assert log.stat().st_size < 10_000_000, "20 MB were written"
        assert list(dawdler) == []
        assert verify(store).rows == 1_001
    assert not log.exists()


def test_every_commit_and_every_checkpoint_is_synced(tmp_path: Path) -> None:
    with contextlib.closing(SqliteStore(tmp_path)) as store:
        for connection in (store._writer, store._checkpointer):
            # 2 is FULL: with NORMAL a commit in WAL mode is not durable.
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
            assert connection.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_trouble_in_a_checkpoint_stops_writing_not_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: SqliteStore) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(SqliteStore, "_checkpoint", fail)
    store = SqliteStore(tmp_path, checkpoint_bytes=1)
    epoch = store.acquire_epoch()
    outcomes = [store.append(seq, epoch, 1, b"x") for seq in range(1, 500)]
    durable = outcomes.count(Append.DURABLE)
    assert outcomes == [Append.DURABLE] * durable + [Append.UNKNOWN] * (499 - durable)
    assert store.broken == "checkpoint: disk I/O error"
    assert verify(store).rows == durable > 0
    store.close()


def test_any_thread_may_append_and_look_up(tmp_path: Path) -> None:
    with contextlib.closing(SqliteStore(tmp_path, checkpoint_bytes=50_000)) as store:
        epoch = store.acquire_epoch()
        failures: list[object] = []
        done = threading.Event()

        def look() -> None:
            while not done.is_set():
                seq = store.tail().next_seq - 1
                row = store.row_of(seq) if seq else None
                if seq and (row is None or row.body != b"%d" % row.first_seq):
                    failures.append(row)

        def write() -> None:
            for seq in range(1, 301):
                if store.append(seq, epoch, 1, b"%d" % seq) is not Append.DURABLE:
                    failures.append(seq)
            done.set()

        threads = [threading.Thread(target=work) for work in (look, look, write)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert verify(store).rows == 300
