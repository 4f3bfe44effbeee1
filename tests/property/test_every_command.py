"""Every command there is, with every kind of field, sent by people who may and people who may not.

Nothing escapes the engine as an exception, a refusal changes nothing and cites, money sums to zero, a centre loaded from a dump goes on
as the one that was dumped, and an audit of the whole journal finds no difference.
"""

import datetime
import enum
import functools
import os
import random
from collections import defaultdict
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect as kinds
from tests.support.centre import MONDAY_0930_US
from tests.support.market import market, played, seeded_entries

from huangpu.app import load_rules
from huangpu.core.calendar import DAY_US
from huangpu.core.message import Command, Rejected
from huangpu.engine import Entry, replay
from huangpu.engine.centre import COMMANDS, PERMISSIONS, Centre
from huangpu.engine.writer import CODEC, Engine, Submission
from huangpu.registry.charter import Tick

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
EXAMPLES = 400 if DEEP else 40
TODAY = datetime.date(2026, 11, 23)

NUMBERS = st.one_of(
    st.integers(min_value=-3, max_value=3),
    st.sampled_from([100, 200, 500, 1_000, 1_237, 2_000, 10_000, 50_000_000, 100_000_000]),
    st.integers(min_value=1, max_value=10**9),
    st.sampled_from([-(2**63), -(2**31) - 1, 2**31, 2**36, 2**61, 2**62 - 1, 2**62, 2**63 - 1]),
    st.sampled_from([2**63, 2**64 - 1]),
)
DATES = st.one_of(
    st.sampled_from([datetime.date.min, datetime.date.max, TODAY]),
    st.dates(TODAY - datetime.timedelta(days=400), TODAY + datetime.timedelta(days=800)),
)
WILD = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "\n",
            "A\n",
            "\x00",
            "A\x00B",
            "|",
            "A|B",
            "A/B",
            "../x",
            "-",
            "\u202e",
            "寒武纪",
            "é",
            "e\u0301",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["x" * 10_000, "界" * 300]),
)
STEPS_US = st.sampled_from([0, 0, 0, 1, 60_000_000, 3_600_000_000, DAY_US, 3 * DAY_US, 40 * DAY_US])


class Samples(msgspec.Struct):
    """Commands that a living market sent, by type, and the words that stand in them and in the registers."""

    commands: dict[str, list[Command]]
    words: list[str]
    by_field: dict[str, list[str]]


@functools.cache
def samples() -> Samples:
    """Collect from the seed and a drawn day."""
    engine = market()
    entries = [*seeded_entries(), *played(engine, list(range(150)))]
    chance = random.Random(7)
    found: defaultdict[str, list[Command]] = defaultdict(list)
    by_field: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for entry in entries:
        found[type(entry.command).__name__].append(entry.command)
        _collect(msgspec.to_builtins(entry.command), "", by_field)
    commands = {name: chance.sample(kept, min(len(kept), 40)) for name, kept in found.items()}
    ledger = engine.centre.ledger
    codes = [ledger.account(number).code for number in range(ledger.account_count())]
    some = {
        name: chance.sample(list(words), min(len(words), 30)) for name, words in by_field.items()
    }
    words = [*chance.sample(codes, 60), *(rule.name for rule in engine.centre.rules)]
    words += [word for kept in some.values() for word in kept[:6]]
    return Samples(commands, words, some)


def _collect(tree: Any, name: str, found: dict[str, dict[str, None]]) -> None:
    if isinstance(tree, dict):
        for key, child in tree.items():
            _collect(child, key, found)
    elif isinstance(tree, list):
        for child in tree:
            _collect(child, name, found)
    elif isinstance(tree, str):
        found[name][tree] = None


def texts(name: str) -> st.SearchStrategy[str]:
    """Draw a text for a field of this name: one that the market knows there, one it knows elsewhere, or a wild one."""
    known = samples().by_field.get(name)
    near = st.sampled_from(known) if known else WILD
    return st.one_of(near, near, st.sampled_from(samples().words), WILD)


def values(kind: kinds.Type, name: str) -> st.SearchStrategy[Any]:
    """Draw a value of an annotated type."""
    if isinstance(kind, kinds.IntType):
        low, high = kind.ge, kind.le
        return NUMBERS.filter(lambda n: (low is None or n >= low) and (high is None or n <= high))
    if isinstance(kind, kinds.BoolType):
        return st.booleans()
    if isinstance(kind, kinds.StrType):
        return texts(name)
    if isinstance(kind, kinds.BytesType):
        return st.one_of(st.binary(max_size=200), st.binary(min_size=64, max_size=64))
    if isinstance(kind, kinds.DateType):
        return DATES
    if isinstance(kind, kinds.NoneType):
        return st.none()
    if isinstance(kind, kinds.EnumType):
        members: type[enum.Enum] = kind.cls
        return st.sampled_from(list(members))
    if isinstance(kind, kinds.ListType):
        item = values(kind.item_type, name)
        return st.one_of(st.lists(item, max_size=3), item.map(_many))
    if isinstance(kind, kinds.DictType):
        return st.dictionaries(
            values(kind.key_type, name), values(kind.value_type, name), max_size=3
        )
    if isinstance(kind, kinds.UnionType):
        return st.one_of(*(values(one, name) for one in kind.types))
    assert isinstance(kind, kinds.StructType), kind
    return structs(kind.cls)


def _many(one: Any) -> list[Any]:
    """Repeat a short item 10,000 times."""
    return [one] * (10_000 if len(repr(one)) < 100 else 2)


@functools.cache
def structs(kind: type) -> st.SearchStrategy[Any]:
    """Draw a struct, field by field."""
    described = kinds.type_info(kind)
    assert isinstance(described, kinds.StructType)
    fields = {field.name: values(field.type, field.encode_name) for field in described.fields}
    return st.builds(kind, **fields)


@st.composite
def near_misses(draw: st.DrawFn, known: list[Command]) -> Command:
    """Draw a command that the market sent, with up to two fields exchanged."""
    command = draw(st.sampled_from(known))
    described = kinds.type_info(type(command))
    assert isinstance(described, kinds.StructType)
    for field in (
        draw(st.lists(st.sampled_from(described.fields), max_size=2)) if described.fields else []
    ):
        value = getattr(command, field.name)
        if isinstance(value, msgspec.Struct) and draw(st.booleans()):
            changed = draw(deeper(value))
        else:
            changed = draw(values(field.type, field.encode_name))
        command = msgspec.structs.replace(command, **{field.name: changed})
    return command


@st.composite
def deeper(draw: st.DrawFn, value: msgspec.Struct) -> msgspec.Struct:
    """Exchange one field inside a struct."""
    described = kinds.type_info(type(value))
    assert isinstance(described, kinds.StructType)
    field = draw(st.sampled_from(described.fields))
    return msgspec.structs.replace(
        value, **{field.name: draw(values(field.type, field.encode_name))}
    )


@st.composite
def submissions(draw: st.DrawFn) -> tuple[str, Command, int]:
    """Draw who sends what, and how long after the one before."""
    kind = draw(st.sampled_from(COMMANDS))
    known = samples().commands.get(kind.__name__)
    command = draw(near_misses(known) if known and draw(st.integers(0, 3)) else structs(kind))
    people = _people()[PERMISSIONS.get(kind.__name__, "")]
    by = draw(st.one_of(st.sampled_from(people), st.sampled_from(people), texts("id")))
    return by, command, draw(STEPS_US)


@functools.cache
def _people() -> dict[str, list[str]]:
    centre = market().centre
    held: defaultdict[str, list[str]] = defaultdict(list)
    for person in centre.registry.people.persons.values():
        held[""].append(person.id)
        for role in person.roles:
            for permission in centre.rules[f"role.{role}"].at(TODAY).texts:
                held[permission].append(person.id)
    return dict(held)


def sent(engine: Engine, by: str, command: Command, at_us: int) -> Entry:
    """Send one command and check what must hold after any."""
    before = engine.centre.digest()
    answer = engine.step([Submission(by, f"e-{engine.next_seq}", command, at_us)])[0]
    assert isinstance(answer, Entry)
    assert CODEC.decode(CODEC.encode([answer])) == [answer]
    assert engine.answer(answer)
    if isinstance(answer.outcome, Rejected):
        assert engine.centre.digest() == before, f"a refusal changed the state: {answer}"
        assert answer.outcome.cite
    assert not any(engine.centre.ledger.totals().values())
    return answer


@settings(max_examples=EXAMPLES)
@given(st.lists(submissions(), min_size=1, max_size=8), st.integers(min_value=0, max_value=7))
def test_nothing_escapes_and_a_refusal_changes_nothing(
    drawn: list[tuple[str, Command, int]], reload_at: int
) -> None:
    engine = market()
    twin: Centre | None = None
    at_us = MONDAY_0930_US
    entries: list[Entry] = []
    for position, (by, command, step_us) in enumerate(drawn):
        at_us += step_us
        if position == reload_at:
            twin = Centre.load(load_rules(), engine.centre.dump())
        for who, what in (("clock", Tick()), (by, command)) if step_us else ((by, command),):
            entry = sent(engine, who, what, at_us)
            entries.append(entry)
            if twin is not None:
                stamp = twin.stamp(entry.seq, entry.at_us, entry.by)
                assert twin.decide(entry.command, stamp) == entry.outcome
                if not isinstance(entry.outcome, Rejected):
                    twin.apply(entry.outcome, stamp)
                assert twin.digest() == engine.centre.digest()
    report = replay.audit(load_rules(), [*seeded_entries(), *entries])
    assert report.differences == []
    assert report.state_sha256 == engine.centre.digest()
    assert Centre.load(load_rules(), engine.centre.dump()).digest() == report.state_sha256
