"""A store in memory, for tests, scenario runs and what-if runs.

It keeps the meaning of the store that lasts: the same chain, the same fencing, the same checks on
reading. What outlives a reopening is the `Medium`; a store opened on the same medium finds the rows
again.
Left out: durability.
"""

import bisect
from collections.abc import Iterator

from huangpu.journal.store import (
    GENESIS,
    SEQ_FIRST,
    Append,
    Corrupted,
    Row,
    Tail,
    Unwritable,
    admits,
    check_follows,
    checked,
    position_after,
    sealed,
)


class Medium:
    """What a disk would hold: the rows, the head and the epoch."""

    def __init__(self) -> None:
        """Begin an empty journal."""
        self.rows: list[Row] = []
        self.tail = GENESIS


class MemoryStore:
    """A journal in a list."""

    def __init__(self, medium: Medium | None = None) -> None:
        """Open the journal on `medium`, or on a new one."""
        self._medium = Medium() if medium is None else medium
        self._closed = False

    def acquire_epoch(self) -> int:
        """Raise the epoch by one and return it.

        Raises: Unwritable, when closed.
        """
        if self._closed:
            raise Unwritable("the store is closed")
        tail = self._medium.tail
        self._medium.tail = Tail(tail.next_seq, tail.epoch + 1, tail.digest)
        return tail.epoch + 1

    def append(self, expected_seq: int, epoch: int, count: int, body: bytes) -> Append:
        """Append one row."""
        if self._closed:
            return Append.UNKNOWN
        if not admits(self._medium.tail, expected_seq, epoch):
            return Append.CONFLICT
        row = sealed(self._medium.tail, count, body)
        self._medium.rows.append(row)
        self._medium.tail = position_after(row)
        return Append.DURABLE

    def read(self, from_seq: int) -> Iterator[Row]:
        """Yield the checked rows from the one that contains `from_seq` up to the present tail.

        Raises: Corrupted.
        """
        assert from_seq >= SEQ_FIRST, f"sequence {from_seq}, at least {SEQ_FIRST}"
        end = self._medium.tail
        if from_seq >= end.next_seq:
            return
        index = self._index(from_seq)
        yield from checked(self._medium.rows[index:], self._position(index), end)

    def tail(self) -> Tail:
        """Return the place of the next row."""
        return self._medium.tail

    def row_of(self, seq: int) -> Row | None:
        """Return the row that contains entry `seq`, checked.

        Raises: Corrupted.
        """
        if not SEQ_FIRST <= seq < self._medium.tail.next_seq:
            return None
        index = self._index(seq)
        row = self._medium.rows[index]
        check_follows(self._position(index), row)
        if seq >= row.first_seq + row.count:
            raise Corrupted(seq, f"no row here, the row before holds {row.count} entries")
        return row

    def close(self) -> None:
        """Refuse further writes."""
        self._closed = True

    def _index(self, seq: int) -> int:
        """Return the index of the last row that starts at or before `seq`."""
        after = bisect.bisect_right(self._medium.rows, seq, key=lambda row: row.first_seq)
        return max(0, after - 1)

    def _position(self, index: int) -> Tail:
        return position_after(self._medium.rows[index - 1]) if index else GENESIS
