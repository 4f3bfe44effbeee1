"""Every movement of booked money in order: columns that are only ever appended to, 32 bytes a leg, for all venues at once.

There is no list an account: a reader cuts the instants it wants by binary search and compares two columns of account numbers, which is a
millisecond over a million legs, and a statement reads backwards from the balance of now. So a payment pays less than a microsecond and a
restart no more. Holds and their release move no booked balance and are not here. Decision record 12 weighs the alternatives.
"""

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from huangpu.ledger import kernel
from huangpu.ledger.kernel import Records
from huangpu.ledger.transfers import Leg

MOVEMENT_RECORD = np.dtype(
    [("seq", "<i8"), ("at_us", "<i8"), ("amount", "<i8"), ("debit", "<i4"), ("credit", "<i4")]
)
_PACKED = struct.Struct("<qqqii")
_CAPACITY_MIN = 64
_LOW = 0xFFFF_FFFF
_MOVING = (kernel.TRANSFER, kernel.POST)
assert _PACKED.size == MOVEMENT_RECORD.itemsize


class History:
    """The movements since the centre was founded; row n is the n-th leg that moved booked money."""

    __slots__ = ("_bytes", "_count", "_rows")

    def __init__(self) -> None:
        self._count = 0
        self._take(np.zeros(_CAPACITY_MIN, dtype=MOVEMENT_RECORD))

    def __len__(self) -> int:
        return self._count

    def note(self, seq: int, at_us: int, legs: Sequence[Leg]) -> None:
        """Append the legs of a posted chain that moved booked money."""
        if self._count + len(legs) > len(self._rows):
            self._make_room(len(legs))
        count = self._count
        for leg in legs:
            if leg.kind in _MOVING:
                place = count * _PACKED.size
                _PACKED.pack_into(self._bytes, place, seq, at_us, leg.amount, leg.debit, leg.credit)
                count += 1
        self._count = count

    def note_block(
        self, seq: int, at_us: int, records: Records, codes: npt.NDArray[np.uint8]
    ) -> None:
        """Append the records of a block that were posted and moved booked money."""
        moved = (codes == kernel.OK) & (
            (records["kind"] == kernel.TRANSFER) | (records["kind"] == kernel.POST)
        )
        posted = records[moved]
        if self._count + len(posted) > len(self._rows):
            self._make_room(len(posted))
        rows = self._rows[self._count : self._count + len(posted)]
        rows["seq"], rows["at_us"] = seq, at_us
        for name in ("amount", "debit", "credit"):
            rows[name] = posted[name]
        self._count += len(posted)

    def rows(self, first: int = 0, end: int | None = None) -> Records:
        """Return rows `first` to `end`, exclusive, as a view that must not be kept: the next movement may move the columns.

        Shape: one-dimensional, MOVEMENT_RECORD.
        """
        found: Records = self._rows[first : self._count if end is None else end]
        return found

    def row_at(self, at_us: int) -> int:
        """Return the number of the first row at or after an instant."""
        return int(np.searchsorted(self.rows()["at_us"], at_us, side="left"))

    def row_of_entry(self, seq: int) -> int:
        """Return the number of the first row of a journal entry, or of the first one after it."""
        return int(np.searchsorted(self.rows()["seq"], seq, side="left"))

    def rows_of(self, number: int, first: int, end: int) -> list[int]:
        """List the rows from `first` to `end`, exclusive, that moved an account, in order."""
        rows = self.rows(first, end)
        found = np.flatnonzero((rows["debit"] == number) | (rows["credit"] == number))
        listed: list[int] = (found + first).tolist()
        return listed

    def moved(self, number: int, first: int, end: int) -> int:
        """Return by how much the rows from `first` to `end`, exclusive, changed an account's booked balance."""
        rows = self.rows(first, end)
        amounts = rows["amount"]
        return _sum(amounts[rows["credit"] == number]) - _sum(amounts[rows["debit"] == number])

    def turnover(self, first: int, end: int) -> dict[int, tuple[int, int]]:
        """Return what the rows from `first` to `end`, exclusive, debited and credited, by account in order of numbers."""
        rows = self.rows(first, end)
        numbers = np.unique(np.concatenate((rows["debit"], rows["credit"])))
        debits = _sums(np.searchsorted(numbers, rows["debit"]), rows["amount"], len(numbers))
        credited = _sums(np.searchsorted(numbers, rows["credit"]), rows["amount"], len(numbers))
        return dict(zip(numbers.tolist(), zip(debits, credited, strict=True), strict=True))

    def dump(self) -> bytes:
        """Write the rows as little-endian bytes."""
        return self.rows().tobytes()

    def restore(self, body: bytes) -> None:
        """Take the rows of a dump."""
        assert self._count == 0
        found = np.frombuffer(body, dtype=MOVEMENT_RECORD)
        self._make_room(len(found))
        self._rows[: len(found)] = found
        self._count = len(found)

    def _make_room(self, wanted: int) -> None:
        capacity = 1 << (self._count + wanted).bit_length()
        rows = np.zeros(capacity, dtype=MOVEMENT_RECORD)
        rows[: self._count] = self._rows[: self._count]
        self._take(rows)

    def _take(self, rows: Records) -> None:
        """Adopt a column store; chains are packed through its bytes, five times faster than a NumPy row."""
        self._rows = rows
        self._bytes = rows.view(np.uint8).data


def _sum(amounts: npt.NDArray[np.int64]) -> int:
    """Add up in two halves: amounts stay below 2^62, their sum need not."""
    return (int((amounts >> 32).sum()) << 32) + int((amounts & _LOW).sum())


def _sums(places: npt.NDArray[np.int64], amounts: npt.NDArray[np.int64], size: int) -> list[int]:
    """Add amounts up by place, in two halves."""
    high, low = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.add.at(high, places, amounts >> 32)
    np.add.at(low, places, amounts & _LOW)
    return [(h << 32) + part for h, part in zip(high.tolist(), low.tolist(), strict=True)]
