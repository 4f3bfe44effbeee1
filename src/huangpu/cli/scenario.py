"""Scenario files: JSON Lines, one command a line, played through an embedded centre.

A line is `{"at": "2026-11-23T01:30:00Z", "by": "bk1-maker", "id": "p-1", "do": {"type": "InstructPayment", …}}`. Output is one JSON line
an entry: `seq, at, id, outcome` with `events`, or with `reason, detail, cite`. Tests, demos, documentation and what-if runs are all
scenario files.
"""

import datetime
from collections.abc import Iterable, Iterator

import msgspec

from huangpu.core.calendar import instant_us
from huangpu.core.message import Command, Rejected
from huangpu.core.rulebook import RuleBook
from huangpu.engine.centre import Centre
from huangpu.engine.writer import CODEC, Engine, Submission
from huangpu.journal.codec import answer_tree
from huangpu.journal.memory import MemoryStore


class ScenarioError(Exception):
    """A line is no command: names the file, the line, the path of the field and what was expected."""


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    at: datetime.datetime
    by: str
    id: str
    do: msgspec.Raw


_decoder = msgspec.json.Decoder(_Line)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
AT_US_MAX = instant_us(datetime.date(9999, 1, 1), 0) - 1
"""Last instant a scenario may name: venues count some days ahead, and the calendar ends with the year 9999."""


def read_scenario(lines: Iterable[str], source: str) -> Iterator[Submission]:
    """Read the submissions of a scenario file; blank lines and lines that start with `#` are passed over.

    Raises: ScenarioError.
    """
    for number, line in _numbered(lines, source):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            parsed = _decoder.decode(text)
            command: Command = CODEC.command_from_json(bytes(parsed.do))
        except msgspec.DecodeError as error:
            raise ScenarioError(f"{source}, line {number}: {error}") from error
        if parsed.at.tzinfo is None:
            raise ScenarioError(f"{source}, line {number}: `at` has no zone, write …Z or …+08:00")
        at_us = (parsed.at - _EPOCH) // datetime.timedelta(microseconds=1)
        if at_us > AT_US_MAX:
            raise ScenarioError(f"{source}, line {number}: `at` {parsed.at}, until the end of 9998")
        yield Submission(parsed.by, parsed.id, command, at_us)


def _numbered(lines: Iterable[str], source: str) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            yield number, line
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{source}, after line {number}: no text in UTF-8, {error}") from error


def play(rules: RuleBook, submissions: Iterable[Submission]) -> tuple[Engine, Iterator[bytes]]:
    """Play submissions one by one through an embedded centre; the answers come as JSON lines."""
    engine = Engine(Centre(rules), MemoryStore(), lambda: 0)
    return engine, _answers(engine, submissions)


def _answers(engine: Engine, submissions: Iterable[Submission]) -> Iterator[bytes]:
    for submission in submissions:
        answer = engine.step([submission])[0]
        if isinstance(answer, Rejected):
            yield msgspec.json.encode(
                {"id": submission.id, "outcome": "rejected", **msgspec.structs.asdict(answer)}
            )
            continue
        yield msgspec.json.encode(answer_tree(answer))
