"""A store that fails on purpose, around any other store; for tests of whatever stands on a journal.

A `Plan` says which append (counted over all reopenings) meets which fault, as a table or drawn from
a seed. It lives outside the store, with what a damaged medium would keep: to reopen, build a new
`FaultyStore` with the same plan on the reopened inner store. After an unknown result the store is
broken, as the real one is.
Left out: faults of reading other than a flipped bit.
"""

import enum
import errno
import random
from collections.abc import Iterator, Mapping, Sequence

from huangpu.journal.store import (
    SEQ_FIRST,
    Append,
    Corrupted,
    Row,
    Store,
    Tail,
    Unwritable,
    admits,
    check_content,
    position_after,
    sealed,
)


class Fault(enum.Enum):
    """What goes wrong at an append."""

    FAIL_BEFORE_WRITE = "unknown, and nothing was written"
    WRITE_THEN_UNKNOWN = "unknown, though the row is durable"
    CONFLICT = "conflict, as if another writer had come first"
    TEAR = "unknown; the row can be read until the store is reopened, and is gone then"
    NO_SPACE = "OSError(ENOSPC), though a store should never raise it"
    FLIP = "durable, but one bit of the body flips on the medium"


class Plan:
    """Which append meets which fault, and the rows whose bits have flipped."""

    def __init__(self, faults: Mapping[int, Fault]) -> None:
        """Plan `faults` by the number of the append, from 0."""
        self.faults = dict(faults)
        self.append_count = 0
        self.flipped: set[int] = set()

    @classmethod
    def seeded(
        cls, seed: int, *, appends: int, faults_per_thousand: int, kinds: Sequence[Fault]
    ) -> "Plan":
        """Draw a plan for `appends` appends; the same seed gives the same plan."""
        draw = random.Random(seed)  # noqa: S311  a test must be repeatable
        return cls(
            {
                number: draw.choice(kinds)
                for number in range(appends)
                if draw.randrange(1_000) < faults_per_thousand
            }
        )

    def next_fault(self) -> Fault | None:
        """Count one append and return the fault it meets."""
        self.append_count += 1
        return self.faults.get(self.append_count - 1)


class FaultyStore:
    """A store around `inner` that meets the faults of `plan`."""

    def __init__(self, inner: Store, plan: Plan) -> None:
        """Wrap `inner`; rows torn before are gone, flipped bits stay flipped."""
        self._inner = inner
        self._plan = plan
        self._broken = False
        self._torn: Row | None = None

    def acquire_epoch(self) -> int:
        """Raise the epoch by one, durably, and return it.

        Raises: Unwritable, when broken.
        """
        if self._broken:
            raise Unwritable("broken by plan")
        return self._inner.acquire_epoch()

    def append(self, expected_seq: int, epoch: int, count: int, body: bytes) -> Append:
        """Append one row, or meet the planned fault.

        Raises: OSError, by plan.
        """
        if self._broken:
            return Append.UNKNOWN
        fault = self._plan.next_fault()
        tail = self._inner.tail()
        if fault is None or not admits(tail, expected_seq, epoch):
            return self._inner.append(expected_seq, epoch, count, body)
        if fault is Fault.CONFLICT:
            return Append.CONFLICT
        if fault is Fault.FLIP:
            outcome = self._inner.append(expected_seq, epoch, count, body)
            if outcome is Append.DURABLE and body:
                self._plan.flipped.add(expected_seq)
            return outcome
        self._broken = True
        if fault is Fault.NO_SPACE:
            raise OSError(errno.ENOSPC, "no space left, by plan")
        if fault is Fault.WRITE_THEN_UNKNOWN:
            self._inner.append(expected_seq, epoch, count, body)
        if fault is Fault.TEAR:
            self._torn = sealed(tail, count, body)
        return Append.UNKNOWN

    def read(self, from_seq: int) -> Iterator[Row]:
        """Yield the rows of the inner store, bits flipped by plan, then the torn row.

        Raises: Corrupted.
        """
        assert from_seq >= SEQ_FIRST, f"sequence {from_seq}, at least {SEQ_FIRST}"
        for row in self._inner.read(from_seq):
            yield self._as_on_medium(row)
        if self._torn is not None and from_seq < position_after(self._torn).next_seq:
            yield self._torn

    def tail(self) -> Tail:
        """Return the place of the next row, after the torn one if there is one."""
        return self._inner.tail() if self._torn is None else position_after(self._torn)

    def row_of(self, seq: int) -> Row | None:
        """Return the row that contains entry `seq`.

        Raises: Corrupted.
        """
        torn = self._torn
        if torn is not None and torn.first_seq <= seq < position_after(torn).next_seq:
            return torn
        row = self._inner.row_of(seq)
        return None if row is None else self._as_on_medium(row)

    def close(self) -> None:
        """Close the inner store too."""
        self._broken = True
        self._inner.close()

    def _as_on_medium(self, row: Row) -> Row:
        if row.first_seq not in self._plan.flipped:
            return row
        body = bytes([row.body[0] ^ 1]) + row.body[1:]
        flipped = Row(
            first_seq=row.first_seq,
            count=row.count,
            epoch=row.epoch,
            previous=row.previous,
            digest=row.digest,
            body=body,
        )
        check_content(flipped)
        raise Corrupted(row.first_seq, "a flipped bit passed the check")
