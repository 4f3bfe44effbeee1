"""The report of a verification."""

import msgspec
import pytest

from huangpu.journal.memory import Medium, MemoryStore
from huangpu.journal.store import GENESIS, Append, Corrupted, position_after, sealed
from huangpu.journal.verify import verify


def filled(rows: int) -> tuple[Medium, MemoryStore]:
    medium = Medium()
    store = MemoryStore(medium)
    epoch = store.acquire_epoch()
    for _ in range(rows):
        store.append(store.tail().next_seq, epoch, 3, b"abc")
    return medium, store


def test_a_whole_journal_is_reported_with_its_head() -> None:
    _, store = filled(10)
    report = verify(store, count_of=len)
    assert (report.rows, report.entries, report.first_bad) == (10, 30, None)
    assert report.head == store.tail().digest


def test_an_empty_journal_is_whole() -> None:
    report = verify(MemoryStore())
    assert (report.rows, report.entries, report.first_bad) == (0, 0, None)
    assert report.head == GENESIS.digest


def test_a_body_that_holds_another_number_of_entries_is_named() -> None:
    _, store = filled(2)
    store.append(7, 1, 2, b"abc")
    store.append(9, 1, 3, b"abc")
    assert verify(store).first_bad is None
    report = verify(store, count_of=len)
    assert report.first_bad == "journal row at sequence 7: 3 entries in the body, 2 in the row"
    assert (report.rows, report.entries) == (2, 6)


def test_a_body_that_cannot_be_read_is_named() -> None:
    _, store = filled(1)
    report = verify(store, count_of=int)
    assert report.first_bad is not None
    assert "sequence 1: the body cannot be read: invalid literal" in report.first_bad


def test_verification_stops_at_the_first_bad_row_and_keeps_the_good_head() -> None:
    medium, store = filled(10)
    good = medium.rows[5].digest
    medium.rows[6] = msgspec.structs.replace(medium.rows[6], body=b"abd")
    report = verify(store)
    assert (report.rows, report.entries, report.head) == (6, 18, good)
    assert report.first_bad is not None
    assert report.first_bad.startswith("journal row at sequence 19: digest")


def test_a_row_of_a_deposed_writer_is_found_though_its_digest_fits() -> None:
    medium, store = filled(2)
    newer = store.acquire_epoch()
    assert store.append(7, newer, 3, b"abc") is Append.DURABLE
    deposed = msgspec.structs.replace(medium.tail, epoch=newer - 1)
    medium.rows.append(sealed(deposed, 3, b"abc"))
    medium.tail = msgspec.structs.replace(position_after(medium.rows[-1]), epoch=newer)
    assert verify(store).first_bad == "journal row at sequence 10: epoch 1 after epoch 2"


def test_looking_up_a_damaged_row_in_memory_raises_too() -> None:
    medium, store = filled(3)
    medium.rows[1] = msgspec.structs.replace(medium.rows[1], count=2)
    assert store.row_of(3) == medium.rows[0]
    for seq in (4, 6):
        with pytest.raises(Corrupted):
            store.row_of(seq)


def test_progress_counts_up_to_all_entries() -> None:
    _, store = filled(600)
    told: list[tuple[int, int]] = []
    verify(store, progress=lambda done, all_: told.append((done, all_)))
    assert told == [(768, 1800), (1536, 1800), (1800, 1800)]
