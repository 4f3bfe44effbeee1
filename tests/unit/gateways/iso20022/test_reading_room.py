"""Large messages are read in a process of their own, with the same result; it may die at any time and nobody notices."""

import asyncio
import datetime
import io
import os
import signal
import sys

import pytest
from tests.support.shared import shared_path

from huangpu.gateways.iso20022 import PaymentInitiation, reading_room
from huangpu.gateways.iso20022.reading_room import ReadingRoom, read_message
from huangpu.gateways.iso20022.refusal import Refusal
from huangpu.gateways.iso20022.signing import Sender
from huangpu.registry.signing_keys import SigningKeys

ANYBODY = Sender("OTC1", "", SigningKeys(), False, datetime.date(2026, 11, 23))
"""A sender who need not sign."""
SIGNER = Sender("OTC1", "", SigningKeys(), True, datetime.date(2026, 11, 23))


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_room, "LARGE_BYTES", 1)


def samples() -> list[bytes]:
    """Every sample message, valid or not; a customer's order that can be read comes first."""
    files = sorted(shared_path("samples", "iso20022").rglob("*.xml"))
    messages = [file.read_bytes() for file in files]
    return sorted(
        messages, key=lambda data: not isinstance(read_message(data, ANYBODY), PaymentInitiation)
    )


def test_the_other_process_reads_every_sample_alike() -> None:
    messages = [*samples(), b"", b"<", b"<Document/>", bytes(100_000)]

    async def read() -> None:
        room = ReadingRoom()
        for sender in (ANYBODY, SIGNER):
            found = await asyncio.gather(*(room.read(data, sender) for data in messages))
            assert found == [read_message(data, sender) for data in messages]
            kinds = {type(message) for message in found}
            assert kinds >= {Refusal, PaymentInitiation} if sender is ANYBODY else {Refusal}
        await room.close()

    asyncio.run(read())


def test_a_process_that_dies_is_replaced_and_nobody_notices() -> None:
    data = samples()[0]

    async def read() -> None:
        room = ReadingRoom()
        first = await room.read(data, ANYBODY)
        process = room._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        assert await room.read(data, ANYBODY) == first
        assert await room.read(data, ANYBODY) == first
        assert room._process is not None
        assert room._process.pid != process.pid
        await room.close()
        assert room._process is None

    asyncio.run(read())


def test_an_answer_that_nobody_waited_for_is_not_the_next_ones() -> None:
    order = samples()[0]

    async def read() -> None:
        room = ReadingRoom()
        await room.read(order, ANYBODY)
        given_up = asyncio.create_task(room.read(order, ANYBODY))
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert isinstance(await room.read(b"<", ANYBODY), Refusal)
        assert await room.read(order, ANYBODY) == read_message(order, ANYBODY)
        await room.close()

    asyncio.run(read())


def test_a_process_that_cannot_be_started_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    data = samples()[0]
    found = asyncio.run(ReadingRoom().read(data, ANYBODY))
    assert found == read_message(data, ANYBODY)


def test_questions_end_with_their_stream() -> None:
    answers = io.BytesIO()
    reading_room.serve(io.BytesIO(b""), answers)
    reading_room.serve(io.BytesIO(b"half a question"[:9]), answers)
    assert answers.getvalue() == b""


def test_a_small_message_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_room, "LARGE_BYTES", 1_000_000)
    room = ReadingRoom()
    data = samples()[0]
    found = asyncio.run(room.read(data, ANYBODY))
    assert isinstance(found, PaymentInitiation)
    assert room._process is None
