"""Tell a torn end of SQLite's write-ahead log from damage in its middle.

SQLite recovers a WAL up to the first frame whose checksum fails and silently drops the rest. That
is right for the one commit that was being written when the machine stopped, and wrong when an older
frame has rotted: then acknowledged commits are gone without a word. A commit starts only after the
one before is synced, so a stop can spoil one commit at most: a second commit mark at or behind the
first bad frame is proof of damage.
Left out: damage to the very last commit, which nothing in the file tells from a torn write.
"""

import functools
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_ORDERS = {0x377F0682: "<", 0x377F0683: ">"}
_PAGE_BYTES_AT = 16
_MASK = 0xFFFFFFFF

Sums = tuple[int, int]


class _Weights(NamedTuple):
    """The coefficients of SQLite's WAL checksum, which is linear in its words modulo 2^32."""

    words: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]
    carry: tuple[Sums, Sums]


def lost_commits(database: Path) -> int:
    """Count (at least) the acknowledged commits that SQLite would drop from the WAL.

    To be called before any connection is open: the first one recovers, and the last one deletes,
    the WAL.
    """
    wal_path = database.with_name(database.name + "-wal")
    if not wal_path.exists():
        return 0
    with database.open("rb") as main:
        field = main.read(_PAGE_BYTES_AT + 2)[_PAGE_BYTES_AT:]
    # SQLite writes the page size 65,536 as 1.
    page_bytes = 65_536 if field == b"\x00\x01" else int.from_bytes(field, "big")
    if page_bytes < 512:
        return 0
    with wal_path.open("rb") as wal:
        return max(0, _marks_from_first_bad(wal, page_bytes) - 1)


def _marks_from_first_bad(wal: BinaryIO, page_bytes: int) -> int:
    """Count the commit marks of the current WAL generation at or behind its first bad frame."""
    header = wal.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return 0
    magic, _, _, _, *salts, header_sum_1, header_sum_2 = _HEADER.unpack(header)
    order = _ORDERS.get(magic, "<")
    sums = (header_sum_1, header_sum_2)
    good = magic in _ORDERS and _checksum(header[:24], (0, 0), order) == sums
    marks = 0
    while len(frame := wal.read(_FRAME.size + page_bytes)) == _FRAME.size + page_bytes:
        _, pages_after, salt_1, salt_2, frame_sum_1, frame_sum_2 = _FRAME.unpack_from(frame)
        exact = [salt_1, salt_2] == salts
        if good:
            before, content = sums, frame[_FRAME.size :]
            sums = _checksum(frame[:8] + content, before, order)
            good = exact and sums == (frame_sum_1, frame_sum_2)
            # The first bad frame may be bad in its very mark, when it was none.
            unmarked = _checksum(frame[:4] + bytes(4) + content, before, order)
            if not good and unmarked == (frame_sum_1, frame_sum_2):
                continue
        # Both salts change from one generation to the next; one that differs alone has rotted.
        current = salt_1 == salts[0] or salt_2 == salts[1]
        if not good and current and pages_after:
            marks += 1
    return marks


def _checksum(content: bytes, sums: Sums, order: str) -> Sums:
    """Continue the WAL checksum `sums` over `content`, read as 32-bit words in `order`."""
    words = np.frombuffer(content, dtype=f"{order}u4").astype(np.uint32)
    weights = _weights(words.size)
    result_1, result_2 = (
        (int(np.dot(weight, words)) + carry_1 * sums[0] + carry_2 * sums[1]) & _MASK
        for weight, (carry_1, carry_2) in zip(weights.words, weights.carry, strict=True)
    )
    return result_1, result_2


@functools.cache
def _weights(word_count: int) -> _Weights:
    """Work out the coefficients for `word_count` words, backwards from the last pair.

    One pair (a, b) takes (s, t) to s' = s + t + a and t' = t + b + s'. A final sum u s' + v t'
    therefore has the coefficients u + v for a, v for b, u + v for s and u + 2 v for t.
    """
    words: list[npt.NDArray[np.uint32]] = []
    carry: list[Sums] = []
    for final in ((1, 0), (0, 1)):
        u, v = final
        weight = np.zeros(word_count, dtype=np.uint32)
        for pair in range(word_count - 2, -1, -2):
            weight[pair] = (u + v) & _MASK
            weight[pair + 1] = v
            u, v = (u + v) & _MASK, (u + 2 * v) & _MASK
        words.append(weight)
        carry.append((u, v))
    return _Weights((words[0], words[1]), (carry[0], carry[1]))
