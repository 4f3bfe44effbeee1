"""The SQLite file of a journal: how it is made, opened and told from other files.

Two tables: `journal`, one row a group commit, and `meta` with format version, epoch and head. The
head is kept beside the rows and moved in the same transaction, so that rows missing at the end are
noticed.
Left out: appending and reading (`sqlite.py`).
"""

import contextlib
import sqlite3
from pathlib import Path

from huangpu.journal import wal
from huangpu.journal.disk import sync_file, sync_folder
from huangpu.journal.store import GENESIS, INTEGER_MAX, SEQ_FIRST, Tail, Unreadable

FORMAT = 1
EXPECTED = f"a huangpu journal of format {FORMAT}"

_BUSY_SECONDS = 10
_TABLE_JOURNAL = """
CREATE TABLE journal(
    first_seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, epoch INTEGER NOT NULL,
    previous BLOB NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL
)"""
_TABLE_META = "CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID"


def prepare(path: Path, page_bytes: int) -> None:
    """Create the journal where there is none; refuse what is visibly not whole.

    Raises: Unreadable.
    """
    log = path.with_name(path.name + "-wal")
    if path.exists():
        refuse_rotted_log(path)
        if path.stat().st_size == 0:
            raise Unreadable(str(path), "an empty file", EXPECTED)
        return
    if log.exists():
        raise Unreadable(str(path), "no such file beside its own write-ahead log", EXPECTED)
    draft = path.with_name(path.name + ".new")
    for leftover in path.parent.glob(draft.name + "*"):
        leftover.unlink()
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {page_bytes:d}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE_JOURNAL)
        connection.execute(_TABLE_META)
        meta = (("format", FORMAT), ("epoch", GENESIS.epoch), ("head", head_text(GENESIS)))
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta)
        connection.execute("COMMIT")
    sync_file(draft)
    draft.rename(path)
    sync_folder(path.parent)


def refuse_rotted_log(path: Path) -> None:
    """Check, before anything opens `path`, that its log is whole up to a torn end.

    Raises: Unreadable.
    """
    lost = wal.lost_commits(path)
    if lost:
        log = path.with_name(path.name + "-wal")
        found = f"a bad frame with at least {lost} acknowledged commits behind it"
        raise Unreadable(str(log), found, "frames that verify up to a torn end")


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection that may write; its calls come one at a time, from any thread."""
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        for setting in (
            "synchronous = FULL",
            "wal_autocheckpoint = 0",
            "fullfsync = ON",
            "checkpoint_fullfsync = ON",
            "cell_size_check = ON",
        ):
            connection.execute(f"PRAGMA {setting}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that only reads."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA cell_size_check = ON")
    # A damaged text must come back as the bytes it is, not as an error of decoding.
    connection.text_factory = bytes
    return connection


def check_format(connection: sqlite3.Connection, path: Path) -> None:
    """Check that the file is a journal of our format, in WAL mode.

    Raises: Unreadable.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not {"journal", "meta"} <= tables:
        named = ", ".join(sorted(map(str, tables))) or "none"
        raise Unreadable(str(path), f"a database with the tables: {named}", EXPECTED)
    found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    if found is None or found[0] != FORMAT:
        version = "no format version" if found is None else f"format {found[0]!r}"
        raise Unreadable(str(path), version, EXPECTED)
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        raise Unreadable(str(path), f"journal mode {mode}", "journal mode wal")


def stored_tail(connection: sqlite3.Connection, path: Path) -> Tail:
    """Read head and epoch from the meta table.

    Raises: Unreadable.
    """
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    epoch, head = meta.get("epoch"), meta.get("head")
    if not isinstance(epoch, int) or not 0 <= epoch < INTEGER_MAX:
        raise Unreadable(str(path), f"epoch {epoch!r}", "an epoch of 0 or more")
    number, _, digest = str(head).partition(" ")
    try:
        tail = Tail(int(number), epoch, bytes.fromhex(digest))
    except ValueError as malformed:
        raise Unreadable(str(path), f"head {head!r}", "a sequence and a digest") from malformed
    if tail.next_seq < SEQ_FIRST or head_text(tail) != head:
        raise Unreadable(str(path), f"head {head!r}", "a sequence and a digest")
    return tail


def head_text(tail: Tail) -> str:
    """Return the stored form of a head: next sequence number and digest, readable in `sqlite3`."""
    return f"{tail.next_seq} {tail.digest.hex()}"
