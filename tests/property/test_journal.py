"""Whatever is done to them, the store in memory and the one on disk answer alike."""

import contextlib
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from huangpu.journal.memory import Medium, MemoryStore
from huangpu.journal.sqlite import SqliteStore
from huangpu.journal.store import Append, Store
from huangpu.journal.verify import verify

appends = st.tuples(
    st.just("append"),
    st.sampled_from([0, 0, 0, 0, 0, -1, 1, 7]),
    st.sampled_from([0, 0, 0, 0, -1, 1]),
    st.sampled_from([1, 2, 3, 1_000, 2**32 - 1]),
    st.binary(max_size=80),
)
verbs = st.one_of(
    appends,
    appends,
    appends,
    st.tuples(st.just("acquire")),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("look"), st.integers(1, 10_000)),
)


def answer(store: Store, step: tuple[object, ...]) -> object:
    """Do one step that changes or asks; expectations are relative to the tail."""
    match step:
        case ("append", int(off_seq), int(off_epoch), int(count), bytes(body)):
            tail = store.tail()
            outcome = store.append(tail.next_seq + off_seq, tail.epoch + off_epoch, count, body)
            right = off_seq == off_epoch == 0 and tail.epoch > 0
            assert outcome is (Append.DURABLE if right else Append.CONFLICT)
            return outcome
        case ("acquire",):
            return store.acquire_epoch()
        case ("look", int(place)):
            seq = store.tail().next_seq * place // 10_000 + 1
            return store.row_of(seq), [row.first_seq for row in store.read(seq)]
    raise AssertionError(step)


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(verbs, max_size=25))
def test_memory_and_sqlite_answer_alike(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as opened:
        medium = Medium()
        memory: Store = MemoryStore(medium)
        disk: Store = SqliteStore(Path(folder), page_bytes=512, checkpoint_bytes=600)
        for step in steps:
            if step == ("reopen",):
                memory.close()
                disk.close()
                memory, disk = MemoryStore(medium), SqliteStore(Path(folder))
            else:
                assert answer(memory, step) == answer(disk, step), step
            assert memory.tail() == disk.tail(), step
        opened.callback(disk.close)
        assert list(memory.read(1)) == list(disk.read(1))
        assert verify(memory) == verify(disk)
        assert verify(disk).first_bad is None
