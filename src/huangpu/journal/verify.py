"""Read a whole journal and say whether every row is what was written.

The store checks chain and gaps while it reads; here the rows are counted, the number of entries in
each body is compared where the caller can tell it, and the first bad row is reported instead of
raised.
Left out: what the entries mean; that is the engine's audit.
"""

from collections.abc import Callable

import msgspec

from huangpu.journal.store import GENESIS, SEQ_FIRST, Corrupted, Store, position_after

_ROWS_A_REPORT = 256


class Report(msgspec.Struct, frozen=True):
    """What was read: good rows, their entries, their head; and the first bad row in words."""

    rows: int
    entries: int
    first_bad: str | None
    head: bytes


def verify(
    store: Store,
    *,
    count_of: Callable[[bytes], int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Check every row from the first to the tail as it stands now.

    Units: `count_of` gives the entries in a body, and may raise ValueError for a body it cannot
    read; `progress` is told the entries read and the entries in all, every 256 rows and at the end.
    """
    position = GENESIS
    rows = 0
    first_bad = None
    entries_all = store.tail().next_seq - SEQ_FIRST
    try:
        for row in store.read(SEQ_FIRST):
            if count_of is not None:
                _check_count(row.first_seq, row.count, row.body, count_of)
            position = position_after(row)
            rows += 1
            if progress is not None and rows % _ROWS_A_REPORT == 0:
                progress(position.next_seq - SEQ_FIRST, entries_all)
    except Corrupted as damage:
        first_bad = str(damage)
    entries = position.next_seq - SEQ_FIRST
    if progress is not None:
        progress(entries, entries_all)
    return Report(rows=rows, entries=entries, first_bad=first_bad, head=position.digest)


def _check_count(first_seq: int, count: int, body: bytes, count_of: Callable[[bytes], int]) -> None:
    try:
        found = count_of(body)
    except ValueError as unreadable:
        raise Corrupted(first_seq, f"the body cannot be read: {unreadable}") from unreadable
    if found != count:
        raise Corrupted(first_seq, f"{found} entries in the body, {count} in the row")
