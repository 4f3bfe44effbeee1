"""Each planned fault does what its name says, and no more."""

import errno

import pytest

from huangpu.journal.faulty import Fault, FaultyStore, Plan
from huangpu.journal.memory import Medium, MemoryStore
from huangpu.journal.store import Append, Corrupted, Unwritable
from huangpu.journal.verify import verify


def at_the_third_append(fault: Fault) -> tuple[Medium, Plan, FaultyStore, int]:
    medium, plan = Medium(), Plan({2: fault})
    store = FaultyStore(MemoryStore(medium), plan)
    epoch = store.acquire_epoch()
    for seq in (1, 2):
        assert store.append(seq, epoch, 1, b"good") is Append.DURABLE
    return medium, plan, store, epoch


@pytest.mark.parametrize(
    ("fault", "next_seq_before", "next_seq_after"),
    [
        (Fault.FAIL_BEFORE_WRITE, 3, 3),
        (Fault.WRITE_THEN_UNKNOWN, 8, 8),
        (Fault.TEAR, 8, 3),
    ],
)
def test_an_unknown_row_is_there_or_not_after_reopening(
    fault: Fault, next_seq_before: int, next_seq_after: int
) -> None:
    medium, plan, store, epoch = at_the_third_append(fault)
    assert store.append(3, epoch, 5, b"in doubt") is Append.UNKNOWN
    assert store.append(3, epoch, 5, b"in doubt") is Append.UNKNOWN
    with pytest.raises(Unwritable):
        store.acquire_epoch()
    assert store.tail().next_seq == next_seq_before
    assert verify(store).entries == next_seq_before - 1
    assert (store.row_of(7) is not None) == (next_seq_before == 8)
    reopened = FaultyStore(MemoryStore(medium), plan)
    assert reopened.tail().next_seq == next_seq_after
    assert verify(reopened).entries == next_seq_after - 1
    assert verify(reopened).head == reopened.tail().digest
    assert reopened.append(next_seq_after, epoch, 1, b"on it goes") is Append.DURABLE


def test_a_planned_conflict_writes_nothing_and_does_not_break_the_store() -> None:
    _, _, store, epoch = at_the_third_append(Fault.CONFLICT)
    assert store.append(3, epoch, 1, b"x") is Append.CONFLICT
    assert store.tail().next_seq == 3
    assert store.append(3, epoch, 1, b"x") is Append.DURABLE


def test_a_planned_full_disk_raises_and_breaks_the_store() -> None:
    _, _, store, epoch = at_the_third_append(Fault.NO_SPACE)
    with pytest.raises(OSError, match="no space") as trouble:
        store.append(3, epoch, 1, b"x")
    assert trouble.value.errno == errno.ENOSPC
    assert store.append(3, epoch, 1, b"x") is Append.UNKNOWN
    assert store.tail().next_seq == 3


def test_a_flipped_bit_is_found_on_reading_and_stays_after_reopening() -> None:
    medium, plan, store, epoch = at_the_third_append(Fault.FLIP)
    assert store.append(3, epoch, 1, b"rots") is Append.DURABLE
    assert store.append(4, epoch, 1, b"good") is Append.DURABLE
    for reader in (store, FaultyStore(MemoryStore(medium), plan)):
        report = verify(reader)
        assert report.rows == 2
        assert report.first_bad is not None
        assert report.first_bad.startswith("journal row at sequence 3: digest")
        with pytest.raises(Corrupted):
            reader.row_of(3)
        assert reader.row_of(4) is not None


def test_an_honest_conflict_comes_before_a_planned_fault() -> None:
    store = FaultyStore(MemoryStore(), Plan({0: Fault.NO_SPACE}))
    assert store.append(9, store.acquire_epoch(), 1, b"x") is Append.CONFLICT


def test_a_seed_gives_one_plan() -> None:
    plans = [
        Plan.seeded(seed, appends=500, faults_per_thousand=200, kinds=list(Fault)).faults
        for seed in (7, 7, 8)
    ]
    assert plans[0] == plans[1] != plans[2]
    assert 50 < len(plans[0]) < 150
    assert set(plans[0].values()) == set(Fault)
