"""The tables of the documentation that the code dictates: commands, structures, events, reasons, settings.

A table stands between `<!-- table NAME -->` and `<!-- end -->`. The columns that the code knows are written from the code; the columns
after them are written by hand and kept, by the key in the first column. `python -m tests.docs.tables` (in the virtual environment, from the
root of the repository) writes all tables anew; the tests fail when a page is not what that would write.
"""

import datetime
import enum
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from huangpu.config import Settings
from huangpu.core.reasons import Reason
from huangpu.engine.centre import COMMANDS, EVENTS, PERMISSIONS, TABLES
from huangpu.gateways.iso20022.reasons import EXPLICIT
from huangpu.gateways.rest.problems import STATUS

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("centre", "registry", "ledger", "offshore", "reinsurance", "growth")
_REGISTRY = ("charter", "institutions", "people", "cash_accounts", "signing_keys")
_BLOCK = re.compile(r"<!-- table (?P<name>[\w-]+) -->\n(?P<body>.*?)<!-- end -->", re.DOTALL)
_WORDS = {
    "en": {"str": "text", "int": "integer", "bool": "flag", "bytes": "bytes", "date": "date"},
    "zh": {"str": "文本", "int": "整数", "bool": "是否", "bytes": "字节", "date": "日期"},
}


class Table(NamedTuple):
    """A table as the code dictates it: rows by key; the heading is the page's own and is kept."""

    rows: list[list[str]]


def room_of(name: str) -> str:
    """Name the room of the documentation that a room's table belongs to."""
    return "registry" if name in _REGISTRY else name


def commands_of(room: str, language: str) -> Table:
    """List the commands of one room: name, permission, fields and, in English, what the docstring says."""
    rows = []
    kinds = [COMMANDS[0]] if room == "registry" else []
    for table in TABLES:
        if room_of(table.name) == room:
            kinds += [handler.command for handler in table.handlers]
    for kind in kinds:
        name = kind.__name__
        permission = PERMISSIONS.get(name)
        asked = {None: "—", "": "—"}.get(permission, f"`{permission}`")
        row = [f"`{name}`", asked, fields_of(kind, language)]
        rows.append([*row, summary_of(kind)] if language == "en" else row)
    return Table(rows)


def structures(language: str) -> Table:
    """List the structures inside commands, with their fields."""
    found: dict[str, type] = {}
    for command in COMMANDS:
        _collect(command, found, msgspec.Struct)
    names = {kind.__name__ for kind in COMMANDS}
    chosen = [found[name] for name in sorted(found) if name not in names]
    return Table([[f"`{kind.__name__}`", fields_of(kind, language)] for kind in chosen])


def enumerations(_language: str) -> Table:
    """List the enumerations inside commands, with their values."""
    found: dict[str, type] = {}
    for command in COMMANDS:
        _collect(command, found, enum.Enum)
    return Table(
        [
            [f"`{name}`", " ".join(f"`{one.value}`" for one in typing.cast(Any, found[name]))]
            for name in sorted(found)
        ]
    )


def events_of(language: str) -> Table:
    """List the events of every room and, in English, what the docstring says."""
    rows = []
    for table in TABLES:
        for event in table.appliers:
            row = [f"`{event.__name__}`", room_of(table.name)]
            rows.append([*row, summary_of(event)] if language == "en" else row)
    assert len(rows) == len(EVENTS)
    return Table(rows)


def families() -> list[list[Reason]]:
    """Return the reasons in the families that their module's comments tell apart."""
    found: list[list[Reason]] = []
    for line in inspect.getsource(Reason).splitlines():
        if re.match(r"\s+# \d · ", line):
            found.append([])
        if name := re.match(r"\s+([A-Z_]+) = ", line):
            found[-1].append(Reason[name[1]])
    assert sorted(one for family in found for one in family) == sorted(Reason)
    return found


def reasons_of(family: int) -> Table:
    """List the reasons of one family: name with the anchor of its problem type, HTTP status, ISO 20022 code."""
    return Table(
        [
            [f'<a id="{one.lower()}"></a>`{one}`', str(STATUS[one]), EXPLICIT.get(one, "NARR")]
            for one in families()[family - 1]
        ]
    )


def settings(_language: str) -> Table:
    """List the settings: name in a file, name in the environment, default."""
    rows = []
    for field in msgspec.structs.fields(Settings):
        default = field.default
        shown = (
            "—"
            if default == ""
            else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        )
        rows.append([f"`{field.name}`", f"`HUANGPU_{field.name.upper()}`", shown])
    return Table(rows)


def summary_of(kind: type) -> str:
    """Return the docstring's summary and its headings as one line of a table."""
    text = inspect.getdoc(kind) or ""
    return " ".join(text.split()).replace("|", "\\|")


def fields_of(kind: type, language: str) -> str:
    """Write the fields of a structure, each with its type and, where it may be left out, its default."""
    hints = typing.get_type_hints(kind)
    parts = []
    for field in msgspec.structs.fields(kind):
        text = f"`{field.encode_name}` {_kind(hints[field.name], language)}"
        if not field.required:
            text += f" = {_default(field)}"
        parts.append(text)
    return " · ".join(parts) or "—"


def _default(field: Any) -> str:
    if field.default is msgspec.NODEFAULT:
        return f"`{field.default_factory()!r}`" if field.default_factory in (list, dict) else "`{}`"
    value = field.default
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, msgspec.Struct):
        return "`{}`"
    return f"`{msgspec.json.encode(value).decode()}`"


def _kind(hint: Any, language: str) -> str:
    words = _WORDS[language]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _kind(arguments[0], language)
    if origin in (list, dict):
        inner = ", ".join(_kind(one, language) for one in arguments)
        return f"[{inner}]" if origin is list else f"{{{inner}}}"
    if origin in (typing.Union, types.UnionType):
        return " / ".join(
            "null" if one is type(None) else _kind(one, language) for one in arguments
        )
    if hint is datetime.date:
        return words["date"]
    return words.get(hint.__name__, f"*{hint.__name__}*")


def _collect(kind: Any, found: dict[str, type], wanted: type) -> None:
    for argument in typing.get_args(kind):
        _collect(argument, found, wanted)
    if not isinstance(kind, type) or kind.__name__ in found:
        return
    if issubclass(kind, wanted):
        found[kind.__name__] = kind
    if issubclass(kind, msgspec.Struct):
        for hint in typing.get_type_hints(kind).values():
            _collect(hint, found, wanted)


def _commands_in(room: str) -> Callable[[str], Table]:
    return lambda language: commands_of(room, language)


def _reasons_in(family: int) -> Callable[[str], Table]:
    return lambda _language: reasons_of(family)


TABLES_BY_NAME: dict[str, Callable[[str], Table]] = {
    **{f"commands-{room}": _commands_in(room) for room in ROOMS},
    "structures": structures,
    "enumerations": enumerations,
    "events": events_of,
    **{f"reasons-{family}": _reasons_in(family) for family in range(1, len(families()) + 1)},
    "settings": settings,
}


def pages() -> list[Path]:
    """Return every page of the documentation."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def language_of(page: Path) -> str:
    """Tell the language of a page by its place."""
    return "zh" if page.name.endswith(".zh-CN.md") or "zh" in page.parts else "en"


def names_in(text: str) -> list[str]:
    """Name the tables of a page."""
    return [match["name"] for match in _BLOCK.finditer(text)]


def refreshed(text: str, language: str) -> str:
    """Write the tables of a page anew, keeping what was written by hand."""

    def write(match: re.Match[str]) -> str:
        table = TABLES_BY_NAME[match["name"]](language)
        return f"<!-- table {match['name']} -->\n{_written(table, match['body'])}<!-- end -->"

    return _BLOCK.sub(write, text)


def _written(table: Table, body: str) -> str:
    heading, rule, *old = body.splitlines()
    width = len(cells(heading))
    kept = {row[0]: row for row in map(cells, old)}
    lines = [heading, rule]
    for row in table.rows:
        by_hand = kept.get(row[0], [])[len(row) :]
        by_hand += [""] * (width - len(row) - len(by_hand))
        lines.append(f"| {' | '.join([*row, *by_hand])} |")
    return "\n".join(lines) + "\n"


def cells(line: str) -> list[str]:
    """Split a line of a table; a bar inside a cell is escaped."""
    return [part.strip() for part in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def rows_of(text: str, name: str) -> Iterable[list[str]]:
    """Yield the rows of one table of a page."""
    for match in _BLOCK.finditer(text):
        if match["name"] == name:
            yield from (cells(line) for line in match["body"].splitlines()[2:])


def main() -> None:
    """Write all tables of all pages."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = refreshed(text, language_of(page))
        if new != text:
            page.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
