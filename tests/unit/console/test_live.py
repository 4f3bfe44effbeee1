"""Frames: differences for who keeps up, the whole for who does not."""

import asyncio

import msgspec

from huangpu.console.live import Channel, Reader


def sent(frame: bytes | None) -> dict[str, object]:
    """Return the state in a frame."""
    assert frame is not None
    data = next(line for line in frame.split(b"\n") if line.startswith(b"data: "))
    found: dict[str, object] = msgspec.json.decode(data[6:])
    return found


def test_a_reader_who_keeps_up_gets_differences() -> None:
    async def run() -> None:
        channel, reader = Channel(), Reader()
        channel.readers.add(reader)
        channel.tell(1, {"a": "1", "b": "1"})
        assert sent(await reader.next(1)) == {"a": "1", "b": "1"}
        channel.tell(2, {"a": "2", "b": "1"})
        assert sent(await reader.next(1)) == {"a": "2"}

    asyncio.run(run())


def test_a_reader_who_lags_gets_the_whole_of_the_newest_state() -> None:
    async def run() -> None:
        channel, reader = Channel(), Reader()
        channel.readers.add(reader)
        channel.tell(1, {"a": "1", "b": "1"})
        channel.tell(2, {"a": "2", "b": "1"})
        channel.tell(3, {"a": "2", "b": "3"})
        assert sent(await reader.next(1)) == {"a": "2", "b": "3"}
        assert await reader.next(0.01) is None

    asyncio.run(run())


def test_nothing_is_sent_when_nothing_changed() -> None:
    async def run() -> None:
        channel, reader = Channel(), Reader()
        channel.readers.add(reader)
        channel.tell(1, {"a": "1"})
        await reader.next(1)
        channel.tell(2, {"a": "1"})
        assert await reader.next(0.01) is None

    asyncio.run(run())


def test_readers_of_one_channel_share_one_encoded_frame() -> None:
    async def run() -> None:
        channel, readers = Channel(), [Reader(), Reader()]
        channel.readers.update(readers)
        channel.tell(1, {"a": "1"})
        first, second = [await reader.next(1) for reader in readers]
        assert first is second

    asyncio.run(run())
