"""Large messages are read beside the engine: a second process turns their bytes into a message, and the event loop goes on meanwhile.

A file of a thousand transactions takes as long to read as to settle. It is read by the same function in a process of its own, which
knows the sender's keys from the request and nothing else, and ends when its pipe does. A small message is read at once, and so is any
other when that process fails: who asks cannot tell. Leaves out: deciding, which only the engine does.
"""

import asyncio
import contextlib
import gc
import signal
import struct
import sys
from typing import BinaryIO, Final

import msgspec

from huangpu.gateways.iso20022 import READERS, Message
from huangpu.gateways.iso20022.refusal import Refusal
from huangpu.gateways.iso20022.signing import Sender, parse_from

LARGE_BYTES: Final = 64 * 1_024
"""From this size on a message is worth the way to the other process and back."""
BUFFER_BYTES: Final = 4 * 1_024 * 1_024
CLOSE_S: Final = 5.0

_QUESTION: Final = struct.Struct("<QQ")
_ANSWER: Final = struct.Struct("<BQ")
_encode = msgspec.msgpack.Encoder().encode
_TYPES: Final[tuple[type[Message | Refusal], ...]] = (Refusal, *Message.__args__)
_DECODERS: Final = tuple(msgspec.msgpack.Decoder(kind) for kind in _TYPES)


def read_message(data: bytes, sender: Sender) -> Message | Refusal:
    """Read one message of an authenticated sender into its struct.

    Rejects: whatever `parse_from` or the message's `read_*` rejects; never raises on any input.
    """
    document = parse_from(data, sender)
    if isinstance(document, Refusal):
        return document
    return READERS[document.definition](document)


class ReadingRoom:
    """Where messages are read: here, or, the large ones, in a process that is started with the first of them."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def read(self, data: bytes, sender: Sender) -> Message | Refusal:
        """Read one message, as `read_message`."""
        if len(data) >= LARGE_BYTES:
            async with self._turn:
                try:
                    return await self._read_beside(data, sender)
                except (OSError, asyncio.IncompleteReadError):
                    # It could not be started, or it died: this message is read here, the next large one starts another.
                    self._abandon()
                except BaseException:
                    # Nobody waits for the answer any more, and the next question must not get it.
                    self._abandon()
                    raise
        return read_message(data, sender)

    async def close(self) -> None:
        """End the process, if there is one."""
        async with self._turn:
            process, self._process = self._process, None
            if process is None or process.stdin is None:
                return
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), CLOSE_S)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _read_beside(self, data: bytes, sender: Sender) -> Message | Refusal:
        process = self._process
        if process is None:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __spec__.name,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=BUFFER_BYTES,
            )
        assert process.stdin is not None
        assert process.stdout is not None
        who = _encode(sender)
        process.stdin.writelines((_QUESTION.pack(len(who), len(data)), who, data))
        await process.stdin.drain()
        place, size = _ANSWER.unpack(await process.stdout.readexactly(_ANSWER.size))
        found: Message | Refusal = _DECODERS[place].decode(await process.stdout.readexactly(size))
        return found

    def _abandon(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer questions from one stream on another until the first ends."""
    decode = msgspec.msgpack.Decoder(Sender).decode
    while len(head := questions.read(_QUESTION.size)) == _QUESTION.size:
        who, size = _QUESTION.unpack(head)
        sender = decode(questions.read(who))
        found = read_message(questions.read(size), sender)
        body = _encode(found)
        answers.write(_ANSWER.pack(_TYPES.index(type(found)), len(body)))
        answers.write(body)
        answers.flush()


if __name__ == "__main__":
    # Ctrl-C is for the centre; this process ends when its questions do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A message is thousands of objects that all go when it is answered: the collector would look at them for nothing.
    gc.freeze()
    gc.set_threshold(200_000, 10, 10)
    serve(sys.stdin.buffer, sys.stdout.buffer)
