"""Thin typed posts: a resource path stands for one command, its path parameters for fields of it.

One table row, `Act(path, command, summary)`, is the route, the documentation and the reader of the body. The body is the command without its
`type`; what the path names is not repeated in the body.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from huangpu.core.message import Command
from huangpu.engine import CODEC
from huangpu.gateways.rest.commands import Read

_PARAMETER = re.compile(r"\{(\w+)\}")


class Act(NamedTuple):
    """A resource path and the command a POST to it means."""

    path: str
    command: type[Command]
    summary: str = ""


def parameters_of(path: str) -> list[str]:
    """Return the names of the parameters in a path."""
    return _PARAMETER.findall(path)


def reader_of(act: Act) -> Read:
    """Return the reader of a path without parameters: the body is the command but for its type."""
    assert not parameters_of(act.path)
    decoder = msgspec.json.Decoder(act.command)

    def read(body: bytes) -> Command:
        return journalable(decoder.decode(body))

    return read


def reader_with(act: Act, path: Mapping[str, str]) -> Read:
    """Return the reader of one request to a path with parameters: they become fields of the command."""
    kinds = {field.encode_name: field.type for field in msgspec.structs.fields(act.command)}

    def read(body: bytes) -> Command:
        tree: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any]) if body else {}
        for name, text in path.items():
            tree[name] = msgspec.convert(text, kinds[name], strict=False)
        command: Command = msgspec.convert(tree, act.command)
        return journalable(command)

    return read


def read_tagged(body: bytes) -> Command:
    """Read any command by its tag."""
    return journalable(CODEC.command_from_json(body))


def journalable(command: Command) -> Command:
    """Refuse a number that the journal cannot hold before it reaches the engine.

    Raises: msgspec.ValidationError.
    """
    try:
        msgspec.msgpack.encode(command)
    except OverflowError as error:
        raise msgspec.ValidationError("Expected integers from -2**63 to 2**64 - 1") from error
    return command
