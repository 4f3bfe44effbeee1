"""A table of ids that are used up: from a text to a number, for a million of them in tens of megabytes.

Only a 64-bit hash of each text is kept, in flat arrays that a snapshot copies as they are: loading ten million keys takes no
longer than reading their bytes. A hash can collide, so `find` gives candidates, and whoever asks compares with the record itself.
Open addressing with linear probing in 64 segments, each doubled when half full, so that no single growth is long. The
same additions in the same order give the same bytes. Leaves out: removal; an id once used stays used.
"""

from typing import Self

import msgspec
import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

SEGMENT_SHIFT = 58
SEGMENTS = 1 << (64 - SEGMENT_SHIFT)
CAPACITY_MIN = 8
NOTHING: tuple[int, ...] = ()

Slots = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]


class _Segment:
    """One part of the table: hashes (0: free) and numbers, seen by Python through memory views, which read faster."""

    __slots__ = ("hashes", "mask", "numbers", "room")

    def __init__(self, hashes: Slots, numbers: Numbers, used: int) -> None:
        self.hashes = hashes.data
        self.numbers = numbers.data
        self.mask = len(hashes) - 1
        self.room = len(hashes) // 2 - used


class KeyTable:
    """Texts and the numbers given to them; a text may be added more than once."""

    __slots__ = ("_count", "_segments")

    def __init__(self) -> None:
        self._segments = [_empty(CAPACITY_MIN) for _ in range(SEGMENTS)]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: str, number: int) -> None:
        """Give a text a number."""
        found = _hash_of(key)
        segment = self._segments[found >> SEGMENT_SHIFT]
        if not segment.room:
            segment = self._segments[found >> SEGMENT_SHIFT] = _doubled(segment)
        hashes, mask = segment.hashes, segment.mask
        slot = found & mask
        while hashes[slot]:
            slot = (slot + 1) & mask
        hashes[slot] = found
        segment.numbers[slot] = number
        segment.room -= 1
        self._count += 1

    def find(self, key: str) -> tuple[int, ...]:
        """Return the numbers that the text may have, in no particular order; almost always none or one."""
        sought = _hash_of(key)
        segment = self._segments[sought >> SEGMENT_SHIFT]
        hashes, mask = segment.hashes, segment.mask
        slot = sought & mask
        candidates = NOTHING
        while there := hashes[slot]:
            if there == sought:
                candidates = (*candidates, segment.numbers[slot])
            slot = (slot + 1) & mask
        return candidates

    def dump(self) -> bytes:
        """Write the table as msgpack; the same additions in the same order give the same bytes."""
        return msgspec.msgpack.encode(
            [(bytes(segment.hashes), bytes(segment.numbers)) for segment in self._segments]
        )

    @classmethod
    def load(cls, body: bytes | memoryview) -> Self:
        """Rebuild a table from `dump`."""
        table = cls()
        parts = msgspec.msgpack.decode(body, type=list[tuple[memoryview, memoryview]])
        assert len(parts) == SEGMENTS, len(parts)
        for place, (hashes, numbers) in enumerate(parts):
            slots = np.frombuffer(hashes, dtype="<u8").copy()
            used = int(np.count_nonzero(slots))
            given = np.frombuffer(numbers, dtype="<i8").copy()
            table._segments[place] = _Segment(slots, given, used)
            table._count += used
        return table


def _hash_of(key: str) -> int:
    """Return the hash of a text, never 0; lone surrogates, which a sender may write, count as they are."""
    try:
        written = key.encode()
    except UnicodeEncodeError:
        written = key.encode("utf-8", "surrogatepass")
    return xxh3_64_intdigest(written) or 1


def _empty(capacity: int) -> _Segment:
    return _Segment(np.zeros(capacity, np.uint64), np.zeros(capacity, np.int64), 0)


def _doubled(segment: _Segment) -> _Segment:
    """Copy a segment into one of twice the room.

    In order of home slot, each key takes its home or the slot after the key before it: one running maximum. The few that
    run over the end are put in one by one.
    """
    hashes = np.asarray(segment.hashes)
    taken = np.flatnonzero(hashes)
    capacity = 2 * len(hashes)
    homes = (hashes[taken] & np.uint64(capacity - 1)).astype(np.int64)
    order = np.lexsort((hashes[taken], homes))
    kept, numbers = hashes[taken][order], np.asarray(segment.numbers)[taken][order]
    places = np.arange(len(order))
    slots = places + np.maximum.accumulate(homes[order] - places)
    inside = slots < capacity
    grown_hashes, grown_numbers = np.zeros(capacity, np.uint64), np.zeros(capacity, np.int64)
    grown_hashes[slots[inside]] = kept[inside]
    grown_numbers[slots[inside]] = numbers[inside]
    for found, number in zip(kept[~inside].tolist(), numbers[~inside].tolist(), strict=True):
        slot = found & (capacity - 1)
        while grown_hashes[slot]:
            slot = (slot + 1) & (capacity - 1)
        grown_hashes[slot], grown_numbers[slot] = found, number
    return _Segment(grown_hashes, grown_numbers, len(order))
