"""What is written in one turn of the event loop leaves in one write, in order, and nothing is lost by a close."""

import asyncio
from typing import cast

from huangpu.gateways.rest.protocol import GATHERED_BYTES_MAX, Gathering


class Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def test_head_and_body_leave_together_at_the_end_of_the_turn() -> None:
    wire = Wire()

    async def answer() -> None:
        out = Gathering(cast(asyncio.Transport, wire), asyncio.get_running_loop())
        out.write(b"head ")
        out.write(b"body")
        assert wire.writes == []
        await asyncio.sleep(0)
        assert wire.writes == [b"head body"]
        out.write(b"event")
        await asyncio.sleep(0)

    asyncio.run(answer())
    assert wire.writes == [b"head body", b"event"]


def test_much_leaves_at_once_and_a_close_keeps_nothing_back() -> None:
    wire = Wire()

    async def answer() -> None:
        out = Gathering(cast(asyncio.Transport, wire), asyncio.get_running_loop())
        out.write(b"head")
        out.write(bytes(GATHERED_BYTES_MAX))
        assert [len(data) for data in wire.writes] == [4 + GATHERED_BYTES_MAX]
        out.write(b"last words")
        out.close()
        assert wire.writes[-1] == b"last words"
        assert out.is_closing()
        await asyncio.sleep(0)

    asyncio.run(answer())
    assert wire.closed
    assert len(wire.writes) == 2
