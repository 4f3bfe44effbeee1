"""Streams and their readers: a notice is encoded once for all who are told the same, and nobody waits for a slow reader.

A subject is (topics, institution). After each durable batch every subject that is read gets its notices, and at most four times a second the
public figures that changed. A reader's queue is bounded: who falls behind loses the queue, is told so (`reset`) and starts from fresh figures.
A reader who comes back with the number of the last entry seen gets what was missed out of the journal.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from huangpu.engine import Centre, Entry, Gate
from huangpu.gateways.stream.notices import (
    Audience,
    Share,
    audience_of,
    notice_of,
    share_of,
    topic_of,
)

QUEUE_FRAMES_MAX = 64
READERS_MAX = 2_000
RESUMED_ENTRIES_MAX = 10_000
FIGURES_PAUSE_S = 0.25
HEARTBEAT_S = 15.0
RETRY = b"retry: 2000\n\n"
HEARTBEAT = b": still here\n\n"

Figures = Callable[[Centre, int, int], Any]
"""Public figures of a topic: centre, instant of the newest entry, number of the newest entry."""


class Subject(NamedTuple):
    """What a reader follows: topics in order, and the institution they read for (None: of all)."""

    topics: tuple[str, ...]
    institution: str | None


class _Batch:
    """The entries of one durable batch, and each notice of them that was encoded: one for all readers of the same share."""

    def __init__(self, centre: Centre, entries: Iterable[Entry]) -> None:
        self._centre = centre
        self._entries = [(entry, topic_of(type(entry.command))) for entry in entries]
        self._audiences: dict[int, Audience] = {}
        self._encoded: dict[tuple[int, Share], bytes] = {}

    def told(self, subject: Subject) -> bytes:
        """Return the notices that a subject's readers get."""
        parts: list[bytes] = []
        for entry, topic in self._entries:
            if topic not in subject.topics:
                continue
            audience = self._audiences.get(entry.seq)
            if audience is None:
                audience = self._audiences[entry.seq] = audience_of(self._centre, entry)
            share = share_of(self._centre, entry, audience, subject.institution)
            if share is None:
                continue
            frame = self._encoded.get((entry.seq, share))
            if frame is None:
                frame = encoded("entry", notice_of(entry, share), entry.seq)
                self._encoded[entry.seq, share] = frame
            parts.append(frame)
        return b"".join(parts)


class Reader:
    """One client's bounded queue of frames."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self._ready = asyncio.Event()
        self._fell_behind = False

    def give(self, frame: bytes) -> None:
        """Queue a frame; a full queue is dropped and the reader starts anew."""
        if len(self._frames) >= QUEUE_FRAMES_MAX:
            self._frames.clear()
            self._fell_behind = True
        if not self._fell_behind:
            self._frames.append(frame)
        self._ready.set()

    async def next(self, timeout_s: float) -> bytes | None:
        """Wait for frames; empty when the reader fell behind, None when there were none in time."""
        try:
            await asyncio.wait_for(self._ready.wait(), timeout_s)
        except TimeoutError:
            return None
        self._ready.clear()
        if self._fell_behind:
            self._fell_behind = False
            return b""
        frames = b"".join(self._frames)
        self._frames.clear()
        return frames


def encoded(event: str, body: Any, seq: int | None = None) -> bytes:
    """Write one server-sent event; the id of a notice is the number of its entry."""
    head = b"" if seq is None else b"id: %d\n" % seq
    return b"%bevent: %b\ndata: %b\n\n" % (head, event.encode(), msgspec.json.encode(body))


class Hub:
    """All readers of one gate."""

    def __init__(self, gate: Gate, figures: Mapping[str, Figures]) -> None:
        self._gate = gate
        self._figures = figures
        self._readers: dict[Subject, set[Reader]] = {}
        self._shown: dict[str, bytes] = {}
        self._changed = asyncio.Event()
        self._turning: asyncio.Task[None] | None = None
        gate.listen(self._on_batch)

    def is_full(self) -> bool:
        """Tell whether no further stream can be opened now."""
        return sum(map(len, self._readers.values())) >= READERS_MAX

    async def frames(
        self, subject: Subject, after_seq: int | None, goes_on: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        """Yield frames for one reader until it leaves or `goes_on` says no."""
        reader = Reader()
        await self._gate.settled()
        now_seq = self._gate.engine.next_seq - 1
        self._readers.setdefault(subject, set()).add(reader)
        self._turn_on()
        try:
            yield RETRY + await self._greeting(subject, after_seq, now_seq)
            while goes_on():
                frame = await reader.next(HEARTBEAT_S)
                if frame == b"":
                    await self._gate.settled()
                    frame = self._reset(subject)
                yield HEARTBEAT if frame is None else frame
        finally:
            readers = self._readers[subject]
            readers.discard(reader)
            if not readers:
                del self._readers[subject]

    async def _greeting(self, subject: Subject, after_seq: int | None, now_seq: int) -> bytes:
        """Return what was missed, or a reset, and the figures as they are."""
        if after_seq is None:
            return encoded("hello", {"seq": now_seq}, now_seq) + self._all_figures(subject)
        if not now_seq - RESUMED_ENTRIES_MAX <= after_seq <= now_seq:
            return self._reset(subject)
        missed = await asyncio.to_thread(self._missed, after_seq, now_seq)
        await self._gate.settled()
        return _Batch(self._gate.engine.centre, missed).told(subject) + self._all_figures(subject)

    def _missed(self, after_seq: int, now_seq: int) -> list[Entry]:
        if after_seq == now_seq:
            return []
        entries = self._gate.engine.entries(after_seq + 1)
        return list(itertools.takewhile(lambda entry: entry.seq <= now_seq, entries))

    def _reset(self, subject: Subject) -> bytes:
        seq = self._gate.engine.next_seq - 1
        return encoded("reset", {"seq": seq}, seq) + self._all_figures(subject)

    def _on_batch(self, entries: list[Entry]) -> None:
        if not self._readers:
            return
        self._changed.set()
        batch = _Batch(self._gate.engine.centre, entries)
        for subject, readers in self._readers.items():
            frame = batch.told(subject)
            if frame:
                for reader in readers:
                    reader.give(frame)

    def _all_figures(self, subject: Subject) -> bytes:
        return b"".join(self._frame_of(t) for t in subject.topics if t in self._figures)

    def _frame_of(self, topic: str) -> bytes:
        engine = self._gate.engine
        figures = self._figures[topic](engine.centre, engine.last_at_us, engine.next_seq - 1)
        return encoded(f"figures.{topic}", figures)

    def _turn_on(self) -> None:
        if self._turning is None or self._turning.done():
            self._turning = asyncio.get_running_loop().create_task(self._turn(), name="stream")

    async def _turn(self) -> None:
        """Tell the figures that changed, until nobody reads any more."""
        while self._readers:
            await self._changed.wait()
            self._changed.clear()
            await self._gate.settled()
            if self._gate.engine.stopped:
                # Memory may be ahead of the journal; the next batch brings the figures after the reopening.
                continue
            wanted = {topic for subject in self._readers for topic in subject.topics}
            for topic in sorted(wanted & self._figures.keys()):
                self._tell(topic, self._frame_of(topic))
            await asyncio.sleep(FIGURES_PAUSE_S)
        self._shown.clear()

    def _tell(self, topic: str, frame: bytes) -> None:
        if self._shown.get(topic) == frame:
            return
        self._shown[topic] = frame
        for subject, readers in self._readers.items():
            if topic in subject.topics:
                for reader in readers:
                    reader.give(frame)
