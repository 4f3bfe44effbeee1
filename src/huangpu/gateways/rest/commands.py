"""Commands over HTTP: any command by its tag, thin typed posts, and many in one request.

The actor's `Idempotency-Key` is the command id: the same key with the same content gets the stored answer byte for byte, also after a
restart; with other content it is refused. Malformed input is answered 400 with its path and never reaches the journal.
"""

from collections.abc import Callable

import msgspec

from huangpu.core.message import Command, Rejected
from huangpu.engine import CODEC, EngineStopped, Entry, Gate, Overloaded
from huangpu.gateways.rest.actor import NOT_AUTHENTICATED, person_of
from huangpu.gateways.rest.problems import malformed, problem, refused
from huangpu.gateways.rest.wire import JSON, NO_HEADERS, Answer
from huangpu.ledger.events import PostTransferBlock

KEY_LENGTH_MAX = 128
BULK_COMMANDS_MAX = 10_000
REPLAYED = {"Idempotent-Replayed": "true"}
PACKED = "application/octet-stream"

Read = Callable[[bytes], Command]
"""Reads a request body as one command. Raises: msgspec.DecodeError, RecursionError."""


class BulkLine(msgspec.Struct, frozen=True):
    """One command of a bulk request with its own idempotency key."""

    id: str
    do: msgspec.Raw


_bulk = msgspec.json.Decoder(list[BulkLine])


async def answer_command(
    gate: Gate, authorization: str, key: str, body: bytes, read: Read
) -> Answer:
    """Read one command of an authenticated person, submit it and translate its answer."""
    person = person_of(gate, authorization)
    if person is None:
        return NOT_AUTHENTICATED
    if not is_key(key):
        return _key_wrong(key, "header Idempotency-Key")
    try:
        command = read(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return malformed(error)
    return await submitted(gate, person.id, key, command)


async def submitted(gate: Gate, person_id: str, key: str, command: Command) -> Answer:
    """Submit one command and translate its answer."""
    next_seq = gate.engine.next_seq
    try:
        answer = await gate.submit(person_id, key, command)
    except (Overloaded, EngineStopped) as error:
        return not_taken(error)
    if isinstance(answer, Rejected):
        return refused(answer)
    headers = REPLAYED if answer.seq < next_seq else None
    if isinstance(answer.outcome, Rejected):
        return refused(answer.outcome, answer.seq, headers)
    return Answer(200, gate.engine.answer(answer), headers=headers or NO_HEADERS)


async def answer_bulk(
    gate: Gate, authorization: str, key: str, media_type: str, body: bytes
) -> Answer:
    """Submit up to 10,000 commands, or one block of packed transfers; the answers keep the order."""
    if media_type.startswith(PACKED):
        return await answer_command(
            gate, authorization, key, body, lambda records: PostTransferBlock(records=records)
        )
    person = person_of(gate, authorization)
    if person is None:
        return NOT_AUTHENTICATED
    try:
        lines = _bulk.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return malformed(error)
    if len(lines) > BULK_COMMANDS_MAX:
        detail = f"{len(lines)} commands, at most {BULK_COMMANDS_MAX}"
        return problem(400, "TOO_MANY_COMMANDS", detail, path="$")
    commands: list[tuple[str, Command]] = []
    for number, line in enumerate(lines):
        if not is_key(line.id):
            return _key_wrong(line.id, f"$[{number}].id")
        try:
            commands.append((line.id, CODEC.command_from_json(bytes(line.do))))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return malformed(error, f"$[{number}].do")
    try:
        answers = await gate.submit_all(person.id, commands)
    except (Overloaded, EngineStopped) as error:
        return not_taken(error)
    return Answer(200, b"[" + b",".join(_line(gate, answer) for answer in answers) + b"]")


def is_key(key: str) -> bool:
    """Tell whether a text may serve as an idempotency key."""
    return 0 < len(key) <= KEY_LENGTH_MAX and key.isascii() and key.isprintable()


def not_taken(error: Overloaded | EngineStopped) -> Answer:
    """Return the 503 for a command that was not taken or whose outcome is unknown."""
    if isinstance(error, Overloaded):
        return problem(503, "OVERLOADED", str(error), headers={"Retry-After": "1"})
    detail = f"{error}; the outcome is unknown: send the same key again to learn it"
    return problem(503, "OUTCOME_UNKNOWN", detail, headers={"Retry-After": "2"})


def other_media_type(found: str) -> Answer:
    """Return the 415 for a body that is not what this path reads."""
    return problem(415, "MEDIA_TYPE_UNSUPPORTED", f"{found!r}; send {JSON}")


def _key_wrong(key: str, path: str) -> Answer:
    detail = f"{len(key)} characters; an idempotency key has 1 to {KEY_LENGTH_MAX} printable ASCII characters"
    return problem(400, "IDEMPOTENCY_KEY_MISSING", detail, path=path)


def _line(gate: Gate, answer: Entry | Rejected) -> bytes:
    if isinstance(answer, Entry):
        return gate.engine.answer(answer)
    return msgspec.json.encode({"outcome": "rejected", **msgspec.structs.asdict(answer)})
