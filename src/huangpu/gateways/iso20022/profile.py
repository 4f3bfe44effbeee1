"""Message profiles: the tables of this package, compiled once for each message.

`tables/types.tbl` holds the leaf types, `tables/components.tbl` the components in the order of
their elements, `tables/messages.tbl` the messages and how they narrow the standard, some of it from
a date on. A profile is the graph of components of one message as of a date, keyed by the qualified
element name that the reader meets. Nothing here knows what a payment is.
"""

import bisect
import datetime
import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from huangpu.gateways.iso20022.refusal import Fault, shown

NAMESPACE_PREFIX = "urn:iso:std:iso:20022:tech:xsd:"
HEADER_DEFINITION = "head.001.001.02"
UNBOUNDED = 2**31
TABLES = Path(__file__).parent / "tables"

# XML characters without the control characters that no payment text needs.
TEXT_CHARACTER = "[\t\n\r -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
ZONE = r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?"
PATTERNS = {
    "boolean": "true|false|1|0",
    "date": DATE,
    "datetime": f"{DATE}T{TIME}{ZONE}",
    "time": TIME + ZONE,
    "month": r"[0-9]{4}-(0[1-9]|1[0-2])",
}

Match = Callable[[str], object]


class Leaf(msgspec.Struct, frozen=True):
    """One leaf type: `match` accepts the whole text, `calendar` then accepts the date in it."""

    name: str
    kind: str
    limits: str
    code: str
    match: Match
    calendar: Callable[[str], object] | None = None


class Row(msgspec.Struct):
    """One row of a component: an element, how often it may occur, and what it holds.

    `leaf` is set for a value, `component` for a nested element. Rows are filled while a profile is
    compiled and never changed after.
    """

    tag: str
    position: int
    low: int
    high: int
    code: str
    business_name: str
    leaf: Leaf | None
    component: "Component | None"
    is_list: bool


class Step(NamedTuple):
    """What the reader needs of a row at every element; a tuple because it is unpacked there.

    `plain` accepts the text of a leaf that needs no more than its pattern, else None; `nested` is
    the component of an element that is not free XML, else None.
    """

    position: int
    mandatory: int
    tag: str
    plain: "Match | None"
    nested: "Component | None"
    row: Row


class Component(msgspec.Struct):
    """One component: its rows in order, and the reader's steps by qualified element name."""

    name: str
    kind: str
    rows: tuple[Row, ...] = ()
    steps: dict[str, Step] = {}
    mandatory_count: int = 0
    bounded: tuple[Row, ...] = ()


class Profile(msgspec.Struct, frozen=True):
    """One message: its definition, namespace, root element and the root's component."""

    definition: str
    namespace: str
    root: str
    component: Component


class _RowText(msgspec.Struct, frozen=True):
    tag: str
    low: int
    high: int
    type_name: str
    business_name: str
    code: str = "CH21"


class _Dated(msgspec.Struct, frozen=True):
    """A narrowing of one component's row in every message, from a date on."""

    start: datetime.date
    component: str
    tag: str
    narrowing: str


class _Tables(msgspec.Struct, frozen=True):
    leaves: dict[str, Leaf]
    kinds: dict[str, str]
    rows: dict[str, tuple[_RowText, ...]]
    messages: dict[str, tuple[str, str]]
    uses: dict[str, dict[str, str]]
    dated: tuple[_Dated, ...]


class _Plan(NamedTuple):
    """What one compilation needs: components without narrowing below them are compiled once."""

    tables: _Tables
    rows: dict[str, tuple[_RowText, ...]]
    namespace: str
    uses: dict[str, str]
    shared: dict[str, Component]


def definitions() -> tuple[str, ...]:
    """Name the messages that have a profile, the business header apart."""
    return tuple(name for name in _tables().messages if name != HEADER_DEFINITION)


def profile_of(definition: str, on: datetime.date | None = None) -> Profile:
    """Return the profile of one message as of a date; None means the latest edition."""
    starts = _starts()
    edition = len(starts) if on is None else bisect.bisect_right(starts, on)
    return _profile_of(definition, edition)


@functools.cache
def _profile_of(definition: str, edition: int) -> Profile:
    """Compile the profile of one message in one edition of the tables."""
    tables = _tables()
    root, component_name = tables.messages[definition]
    namespace = NAMESPACE_PREFIX + definition
    uses = tables.uses.get(definition, {})
    plan = _Plan(tables, _rows_in(edition), namespace, uses, {})
    component = _compile(plan, component_name, "")
    return Profile(definition=definition, namespace=namespace, root=root, component=component)


@functools.cache
def _starts() -> tuple[datetime.date, ...]:
    """Return the dates on which a new edition begins, in order."""
    return tuple(sorted({each.start for each in _tables().dated}))


@functools.cache
def _rows_in(edition: int) -> dict[str, tuple[_RowText, ...]]:
    """Return the rows of all components with the dated narrowings of one edition."""
    rows = dict(_tables().rows)
    begun = _starts()[:edition]
    for each in _tables().dated:
        if each.start in begun:
            rows[each.component] = tuple(
                _narrow(row, each.narrowing) if row.tag == each.tag else row
                for row in rows[each.component]
            )
    return rows


def check_leaf(leaf: Leaf, text: str) -> None:
    """Accept the text of one leaf.

    Raises: Fault with the code of the type, the value found and the limit.
    """
    if not leaf.match(text):
        raise _leaf_fault(leaf, text)
    if leaf.calendar is not None:
        try:
            leaf.calendar(text)
        except ValueError:
            detail = f"{shown(text)} is no {leaf.kind} of the calendar"
            raise Fault(leaf.code, detail) from None


def occurrence(low: int, high: int) -> str:
    """Write an occurrence as the tables do."""
    return f"{low}..{'n' if high == UNBOUNDED else high}"


def _leaf_fault(leaf: Leaf, text: str) -> Fault:
    if leaf.kind in {"text", "external"}:
        bad = re.search("[^" + TEXT_CHARACTER[1:], text)
        if bad is not None:
            place = f"character U+{ord(bad.group()):04X} at position {bad.start() + 1}"
            return Fault("RR10", place + " is not allowed in text")
        return Fault(leaf.code, f"{len(text)} characters, limits {leaf.limits}: {shown(text)}")
    wanted = leaf.limits or leaf.kind
    label = "is none of" if leaf.kind == "code" else f"is no {leaf.kind}:"
    return Fault(leaf.code, f"{shown(text)} {label} {wanted}")


def _compile(plan: _Plan, name: str, path: str) -> Component:
    tables, uses, shared = plan.tables, plan.uses, plan.shared
    narrowed = any(use.startswith(path + "/" if path else "") for use in uses)
    if not narrowed and name in shared:
        return shared[name]
    component = Component(name=name, kind=tables.kinds[name])
    if not narrowed:
        shared[name] = component
    rows = []
    for position, text in enumerate(plan.rows[name]):
        below = f"{path}/{text.tag}" if path else text.tag
        row_text = _narrow(text, uses[below]) if below in uses else text
        leaf = tables.leaves.get(row_text.type_name)
        nested = _compile(plan, row_text.type_name, below) if leaf is None else None
        rows.append(_row(row_text, position, leaf, nested, is_list=text.high > 1))
    component.rows = tuple(rows)
    component.steps = {f"{{{plan.namespace}}}{row.tag}": _step(row) for row in rows}
    component.mandatory_count = sum(1 for row in rows if row.low > 0)
    component.bounded = tuple(row for row in rows if row.is_list and row.high < UNBOUNDED)
    return component


def _row(
    text: _RowText, position: int, leaf: Leaf | None, nested: Component | None, *, is_list: bool
) -> Row:
    return Row(
        tag=text.tag,
        position=position,
        low=text.low,
        high=text.high,
        code=text.code,
        business_name=text.business_name,
        leaf=leaf,
        component=nested,
        is_list=is_list,
    )


def _step(row: Row) -> Step:
    leaf, nested = row.leaf, row.component
    plain = leaf is not None and leaf.calendar is None and leaf.kind != "amount"
    return Step(
        position=row.position,
        mandatory=1 if row.low > 0 else 0,
        tag=row.tag,
        plain=leaf.match if leaf is not None and plain else None,
        nested=nested if nested is not None and nested.kind != "any" else None,
        row=row,
    )


@functools.cache
def _tables() -> _Tables:
    kinds, rows = _load_components(_lines("components.tbl"))
    messages: dict[str, tuple[str, str]] = {}
    uses: dict[str, dict[str, str]] = {}
    dated: list[_Dated] = []
    for line in _lines("messages.tbl"):
        word, rest = line.split(maxsplit=1)
        if word == "message":
            definition, root, component = rest.split()
            messages[definition] = (root, component)
        elif word == "use":
            path, narrowing = rest.split(maxsplit=1)
            uses.setdefault(definition, {})[path] = narrowing
        else:
            assert word == "from", line
            start, path, narrowing = rest.split(maxsplit=2)
            name, tag = path.split("/")
            assert tag in {row.tag for row in rows[name]}, line
            dated.append(_Dated(datetime.date.fromisoformat(start), name, tag, narrowing))
    leaves = {leaf.name: leaf for leaf in map(_load_leaf, _lines("types.tbl"))}
    return _Tables(leaves, kinds, rows, messages, uses, tuple(dated))


def _lines(name: str) -> list[str]:
    text = (TABLES / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _load_components(
    lines: list[str],
) -> tuple[dict[str, str], dict[str, tuple[_RowText, ...]]]:
    kinds: dict[str, str] = {}
    rows: dict[str, list[_RowText]] = {}
    for line in lines:
        if line.startswith("component "):
            _, name, kind = line.split()
            assert kind in {"all", "choice", "any"}, line
            assert name not in kinds, line
            kinds[name] = kind
            rows[name] = []
            continue
        tag, count, type_name, business_name = line.split(maxsplit=3)
        low, high = _occurrence(count)
        rows[name].append(_RowText(tag, low, high, type_name, business_name))
    return kinds, {name: tuple(found) for name, found in rows.items()}


def _occurrence(text: str) -> tuple[int, int]:
    low, high = text.split("..")
    return int(low), UNBOUNDED if high == "n" else int(high)


def _narrow(row: _RowText, narrowing: str) -> _RowText:
    count, *rest = narrowing.split()
    low, high = _occurrence(count)
    type_name, code = row.type_name, row.code
    for word in rest:
        if word.startswith("!"):
            code = word[1:]
        else:
            type_name = word
    return _RowText(row.tag, low, high, type_name, row.business_name, code)


def _load_leaf(line: str) -> Leaf:
    body, _, code = line.partition("  !")
    name, kind, *rest = body.split(maxsplit=2)
    limits = rest[0].strip() if rest else ""
    match: Match = re.compile(_pattern(kind, limits)).fullmatch
    if kind == "code":
        match = frozenset(limits.split()).__contains__
    calendar: Callable[[str], object] | None = None
    if kind == "date":
        calendar = datetime.date.fromisoformat
    if kind == "datetime":
        calendar = datetime.datetime.fromisoformat
    if kind == "time":
        calendar = datetime.time.fromisoformat
    return Leaf(name, kind, limits, code.strip() or "FF01", match, calendar)


def _pattern(kind: str, limits: str) -> str:
    if kind in {"text", "external"}:
        low, high = limits.split("..")
        return f"{TEXT_CHARACTER}{{{low},{high}}}"
    if kind in {"amount", "decimal"}:
        total, fraction, *signed = limits.split()
        sign = "-?" if signed else ""
        whole = f"[0-9]{{1,{total}}}"
        if fraction == "0":
            return f"{sign}{whole}(?:\\.0{{1,5}})?"
        # A number with a point has one character more than digits, and digits on both sides.
        return f"{sign}(?:{whole}|(?=.{{3,{int(total) + 1}}}$)[0-9]+\\.[0-9]{{1,{fraction}}})"
    if kind in {"pattern", "code"}:
        return limits if kind == "pattern" else ""
    return PATTERNS[kind]
