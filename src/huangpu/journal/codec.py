"""Entries to bytes and back: a journal row's body is the MessagePack array of its entries.

The union of commands and events is handed in by the engine, so the journal knows no venue. Bytes are the same for the same
entries on any machine; a member's answer is made from the entry alone, so a repeated question gets the same bytes.
"""

from collections.abc import Callable, Sequence
from typing import Any, Union

import msgspec

from huangpu.core.calendar import utc_text
from huangpu.core.message import Command, Event, Rejected
from huangpu.journal.entry import Entry, Outcome


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    seq: int
    at_us: int
    by: str
    id: str
    command: msgspec.Raw
    outcome: msgspec.Raw


class Codec:
    """Encoder and decoders of one set of commands and events; `told` says what an answer tells an institution of its entry's events."""

    def __init__(
        self,
        commands: Sequence[type[Command]],
        events: Sequence[type[Event]],
        told: Callable[[Sequence[Event], str], Sequence[object]] = lambda events, _: events,
    ) -> None:
        self._told = told
        self.command_type: Any = Union[tuple(commands)]  # noqa: UP007 - a union built at run time
        event_type: Any = Union[tuple(events)]  # noqa: UP007 - a union built at run time
        self._encoder = msgspec.msgpack.Encoder()
        self._stored = msgspec.msgpack.Decoder(list[_Stored])
        self._command = msgspec.msgpack.Decoder(self.command_type)
        self._outcome = msgspec.msgpack.Decoder(list[event_type] | Rejected)
        self._json_command = msgspec.json.Decoder(self.command_type)
        self._json = msgspec.json.Encoder()

    def encode(self, entries: Sequence[Entry]) -> bytes:
        """Return the body of a row."""
        return self._encoder.encode(entries)

    def encode_command(self, command: Command) -> bytes:
        """Return a command as a row holds it.

        Raises: OverflowError, UnicodeEncodeError for what no journal can hold (integers beyond 64 bits, lone surrogates).
        """
        return self._encoder.encode(command)

    def encode_prepared(self, entries: Sequence[Entry], commands: Sequence[bytes]) -> bytes:
        """Return the body of a row whose commands are encoded already; the same bytes as `encode`."""
        return self._encoder.encode(
            [
                (entry.seq, entry.at_us, entry.by, entry.id, msgspec.Raw(command), entry.outcome)
                for entry, command in zip(entries, commands, strict=True)
            ]
        )

    def decode(self, body: bytes) -> list[Entry]:
        """Return the entries of a row's body."""
        return [self._entry(stored) for stored in self._stored.decode(body)]

    def decode_one(self, body: bytes, place: int) -> Entry:
        """Return one entry of a row's body, the others left unread. Units: place from 0."""
        return self._entry(self._stored.decode(body)[place])

    def _entry(self, s: _Stored) -> Entry:
        command, outcome = self._command.decode(s.command), self._outcome.decode(s.outcome)
        return Entry(s.seq, s.at_us, s.by, s.id, command, outcome)

    def count(self, body: bytes) -> int:
        """Return how many entries a body holds."""
        return len(self._stored.decode(body))

    def command_from_json(self, body: bytes | str) -> Command:
        """Read one tagged command from JSON.

        Raises: msgspec.ValidationError with the path of the first field that does not fit.
        """
        command: Command = self._json_command.decode(body)
        return command

    def command_from_object(self, tree: object) -> Command:
        """Read one tagged command from a decoded JSON object; same errors as `command_from_json`."""
        command: Command = msgspec.convert(tree, self.command_type)
        return command

    def answer(self, entry: Entry, institution: str) -> bytes:
        """Return the JSON answer to the institution that sent an entry: the same bytes every time it is asked for."""
        tree = answer_tree(entry)
        if not isinstance(entry.outcome, Rejected):
            tree["events"] = self._told(entry.outcome, institution)
        return self._json.encode(tree)


def answer_tree(entry: Entry) -> dict[str, Any]:
    """Return the answer to an entry as a tree with all events: what scenario files print."""
    head: dict[str, Any] = {"seq": entry.seq, "at": utc_text(entry.at_us), "id": entry.id}
    outcome: Outcome = entry.outcome
    if isinstance(outcome, Rejected):
        head["outcome"] = "rejected"
        head["reason"] = outcome.reason
        head["detail"] = outcome.detail
        head["cite"] = outcome.cite
        head["rule"] = outcome.rule
        return head
    head["outcome"] = "accepted"
    head["events"] = outcome
    return head
