"""Live figures: after each durable batch the pages that look are told what changed, at most four times a second.

A channel is (topics, language, visibility). Its state is one flat dictionary, computed once a turn and encoded once for all its readers: the
difference from the turn before, or the whole for a reader who has just come or has not kept up. A reader holds at most one
frame; a newer one takes its place as a whole, so a slow browser costs nothing and misses nothing. A reader who reconnects, with or
without Last-Event-ID, starts from a whole frame.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from huangpu.engine import Entry, Gate

TURN_S = 0.25
HEARTBEAT_S = 15.0
READERS_MAX = 2_000

State = dict[str, Any]


class Subject(NamedTuple):
    """What one channel shows: topics such as `growth:688256`, in one language, of one institution (None: of all)."""

    topics: tuple[str, ...]
    language: str
    scope: str | None


Look = Callable[[Gate, str, Subject], State]
"""A topic's reader: gate, what follows the colon of the topic, and for whom."""


class TooManyReaders(Exception):
    """No further stream can be opened now."""


class Reader:
    """One browser's place in a channel: at most one frame waits for it."""

    def __init__(self) -> None:
        self._frame: bytes | None = None
        self._ready = asyncio.Event()

    def give(self, difference: bytes, whole: Callable[[], bytes]) -> None:
        """Hand a frame over; one that was not fetched yet is replaced by the whole."""
        self._frame = difference if self._frame is None else whole()
        self._ready.set()

    async def next(self, timeout_s: float) -> bytes | None:
        """Wait for a frame; None when none came in time."""
        try:
            await asyncio.wait_for(self._ready.wait(), timeout_s)
        except TimeoutError:
            return None
        self._ready.clear()
        frame, self._frame = self._frame, None
        return frame


class Channel:
    """The readers of one subject and the state that they were last told."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.state: State = {}
        self._whole: tuple[int, bytes] | None = None

    def tell(self, seq: int, state: State) -> None:
        """Give every reader what changed; nothing when nothing did."""
        changed = {key: value for key, value in state.items() if self.state.get(key) != value}
        self.state = state
        if not changed:
            return
        self._whole = None
        difference = encoded(seq, changed)
        for reader in self.readers:
            reader.give(difference, lambda: self.whole(seq))

    def whole(self, seq: int) -> bytes:
        """Return the whole state as a frame, encoded once."""
        if self._whole is None or self._whole[0] != seq:
            self._whole = (seq, encoded(seq, self.state))
        return self._whole[1]


def encoded(seq: int, state: Mapping[str, Any]) -> bytes:
    """Write a server-sent event; its id is the number of the newest entry that it shows."""
    return b"id: %d\nevent: frame\ndata: %b\n\n" % (seq, msgspec.json.encode(state))


class Hub:
    """All channels of this process, and the one task that turns them."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._looks: Mapping[str, Look] = {}
        self._channels: dict[Subject, Channel] = {}
        self._changed = asyncio.Event()
        self._turning: asyncio.Task[None] | None = None
        gate.listen(self._on_batch)

    def teach(self, looks: Mapping[str, Look]) -> None:
        """Say which topics there are and who reads them."""
        self._looks = looks

    def knows(self, topic: str) -> bool:
        """Tell whether there is such a topic."""
        return topic.partition(":")[0] in self._looks

    def readers(self) -> int:
        """Count the browsers that look."""
        return sum(len(channel.readers) for channel in self._channels.values())

    def _on_batch(self, _entries: list[Entry]) -> None:
        if self._channels:
            self._changed.set()

    async def frames(self, subject: Subject, goes_on: Callable[[], bool]) -> AsyncIterator[bytes]:
        """Give a browser its frames until it leaves or `goes_on` says no.

        Raises: TooManyReaders.
        """
        if self.readers() >= READERS_MAX:
            raise TooManyReaders
        channel = self._channels.setdefault(subject, Channel())
        reader = Reader()
        channel.readers.add(reader)
        self._turn_on()
        try:
            await self._gate.settled()
            # The channel keeps what the others were told last: their next difference starts there.
            state = self._look(subject)
            channel.state = channel.state or state
            yield b"retry: 2000\n\n" + encoded(self._gate.engine.next_seq - 1, state)
            while goes_on():
                frame = await reader.next(HEARTBEAT_S)
                yield frame if frame is not None else b": still here\n\n"
        finally:
            channel.readers.discard(reader)
            if not channel.readers:
                self._channels.pop(subject, None)

    def _turn_on(self) -> None:
        if self._turning is None or self._turning.done():
            self._turning = asyncio.get_running_loop().create_task(self._turn(), name="console")

    async def _turn(self) -> None:
        while self._channels:
            await self._changed.wait()
            self._changed.clear()
            await self._gate.settled()
            seq = self._gate.engine.next_seq - 1
            for subject, channel in list(self._channels.items()):
                channel.tell(seq, self._look(subject))
            await asyncio.sleep(TURN_S)

    def _look(self, subject: Subject) -> State:
        state: State = {}
        for topic in subject.topics:
            name, _, rest = topic.partition(":")
            state.update(self._looks[name](self._gate, rest, subject))
        return state
