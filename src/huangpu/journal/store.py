"""The four verbs of a journal store, and the chain that every store keeps.

A store holds rows. A row is one group commit: `count` entries, encoded elsewhere into one body of
opaque bytes. Rows are numbered by their first entry, follow each other without a gap, and each
carries the SHA-256 of its own content together with the digest of the row before, so that the last
digest (the head) speaks for the whole journal. Who holds the newest epoch may append; an older
writer is answered CONFLICT.
Left out: how entries are encoded (`codec.py`), where rows lie (`sqlite.py`, `memory.py`).
"""

import enum
import hashlib
import struct
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

SEQ_FIRST = 1
COUNT_MAX = 2**32 - 1
INTEGER_MAX = 2**63 - 1
DIGEST_BYTES = 32
BODY_BYTES_MAX = 256 * 1024 * 1024

_NUMBERS = struct.Struct("<QIQ")


class Row(msgspec.Struct, frozen=True):
    """One group commit as it is stored: `count` entries from `first_seq` on, in one body."""

    first_seq: int
    count: int
    epoch: int
    previous: bytes
    digest: bytes
    body: bytes


class Append(enum.Enum):
    """What is known about a row after an append; UNKNOWN means: reopen the store and look."""

    DURABLE = "durable"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


class Tail(msgspec.Struct, frozen=True):
    """Where the next row goes: its first sequence, the epoch in force, the head of the chain."""

    next_seq: int
    epoch: int
    digest: bytes


GENESIS = Tail(next_seq=SEQ_FIRST, epoch=0, digest=bytes(DIGEST_BYTES))


class Corrupted(Exception):
    """A row is not what was written, or is missing: stop, restore from a replica or a backup."""

    def __init__(self, first_seq: int, what: str) -> None:
        super().__init__(f"journal row at sequence {first_seq}: {what}")
        self.first_seq = first_seq
        self.what = what


class Locked(Exception):
    """Another process (or another store of this one) works on the data folder."""

    def __init__(self, folder: str, pid: int | None) -> None:
        holder = "a process that left no number" if pid is None else f"process {pid}"
        super().__init__(f"data folder {folder} is in use by {holder}; one centre a folder")
        self.folder = folder
        self.pid = pid


class Unreadable(Exception):
    """The file is no journal, no whole journal, or one of another format version."""

    def __init__(self, path: str, found: str, expected: str) -> None:
        super().__init__(f"{path}: found {found}, expected {expected}")
        self.path = path
        self.found = found
        self.expected = expected


class Unwritable(Exception):
    """An epoch could not be made durable: the store takes no more writes until it is reopened."""


class Store(Protocol):
    """A journal of rows. Calls may come from any thread; one call of `append` runs at a time."""

    def acquire_epoch(self) -> int:
        """Raise the epoch by one, durably, and return it; every older writer is fenced.

        Raises: Unwritable.
        """
        ...

    def append(self, expected_seq: int, epoch: int, count: int, body: bytes) -> Append:
        """Write one row durably, if `expected_seq` is the next and `epoch` (1 or more) is in force.

        Disk trouble is an answer (UNKNOWN), never an exception; after it every append is UNKNOWN.
        """
        ...

    def read(self, from_seq: int) -> Iterator[Row]:
        """Yield, each checked, the row that contains `from_seq` and all after it up to the tail.

        Raises: Corrupted, at the first row that does not follow.
        """
        ...

    def tail(self) -> Tail:
        """Return the place of the next row; its digest is the head to publish."""
        ...

    def row_of(self, seq: int) -> Row | None:
        """Return the row that contains entry `seq`, checked; None where no such entry is durable.

        Raises: Corrupted.
        """
        ...

    def close(self) -> None:
        """Release everything; may be called twice."""
        ...


def row_digest(previous: bytes, first_seq: int, count: int, epoch: int, body: bytes) -> bytes:
    """Return SHA-256 over previous ‖ first_seq u64 ‖ count u32 ‖ epoch u64 ‖ body, little endian."""
    digest = hashlib.sha256(previous)
    digest.update(_NUMBERS.pack(first_seq, count, epoch))
    digest.update(body)
    return digest.digest()


def sealed(tail: Tail, count: int, body: bytes) -> Row:
    """Build the row that follows `tail` in the tail's epoch."""
    assert 1 <= count <= COUNT_MAX, f"{count} entries in a row, 1 to {COUNT_MAX}"
    assert len(body) <= BODY_BYTES_MAX, f"body of {len(body)} bytes, at most {BODY_BYTES_MAX}"
    assert tail.next_seq <= INTEGER_MAX - count, f"sequence {tail.next_seq} + {count} overflows"
    digest = row_digest(tail.digest, tail.next_seq, count, tail.epoch, body)
    return Row(
        first_seq=tail.next_seq,
        count=count,
        epoch=tail.epoch,
        previous=tail.digest,
        digest=digest,
        body=body,
    )


def position_after(row: Row) -> Tail:
    """Return the place right after `row`, in the row's own epoch."""
    return Tail(next_seq=row.first_seq + row.count, epoch=row.epoch, digest=row.digest)


def admits(tail: Tail, expected_seq: int, epoch: int) -> bool:
    """Tell whether an append so expected is the next one; epoch 0 was never acquired."""
    return expected_seq == tail.next_seq and epoch == tail.epoch and epoch > 0


def check_content(row: Row) -> None:
    """Check that a row is whole in itself.

    Raises: Corrupted.
    """
    if not SEQ_FIRST <= row.first_seq <= INTEGER_MAX:
        raise Corrupted(row.first_seq, f"sequence {row.first_seq}, at least {SEQ_FIRST}")
    if not 1 <= row.count <= COUNT_MAX:
        raise Corrupted(row.first_seq, f"{row.count} entries, 1 to {COUNT_MAX}")
    if not 1 <= row.epoch <= INTEGER_MAX:
        raise Corrupted(row.first_seq, f"epoch {row.epoch}, at least 1")
    digest = row_digest(row.previous, row.first_seq, row.count, row.epoch, row.body)
    if digest != row.digest:
        found, computed = row.digest.hex(), digest.hex()
        raise Corrupted(row.first_seq, f"digest {found} stored, {computed} computed")


def check_follows(position: Tail, row: Row) -> None:
    """Check that `row` is whole and is the one that follows `position`.

    Raises: Corrupted.
    """
    if row.first_seq != position.next_seq:
        raise Corrupted(
            position.next_seq, f"the row found here is {row.first_seq}: rows are missing"
        )
    if row.epoch < position.epoch:
        raise Corrupted(row.first_seq, f"epoch {row.epoch} after epoch {position.epoch}")
    if row.previous != position.digest:
        found, expected = row.previous.hex(), position.digest.hex()
        raise Corrupted(row.first_seq, f"follows digest {found}, the row before has {expected}")
    check_content(row)


def checked(rows: Iterable[Row], start: Tail, end: Tail) -> Iterator[Row]:
    """Yield `rows`, each checked to follow the one before, and check that they reach `end`.

    Raises: Corrupted, at the first row that does not follow.
    """
    position = start
    for row in rows:
        check_follows(position, row)
        position = position_after(row)
        yield row
    if position.next_seq != end.next_seq:
        raise Corrupted(position.next_seq, f"no row here, the journal ends at {end.next_seq}")
    if position.digest != end.digest:
        found, expected = position.digest.hex(), end.digest.hex()
        raise Corrupted(
            position.next_seq, f"the rows before end in {found}, the head is {expected}"
        )
