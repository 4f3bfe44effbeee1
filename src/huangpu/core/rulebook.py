"""Rules as data: dated, cited rows, and the value in force on a date.

A row is `from`, `value`, `unit`, `cite`, `note`; a rule is its rows in date order; a rule book is rules by dotted name
(`[[transfer.FTE.NRA.FOREIGN]]` in TOML is the rule `transfer.FTE.NRA.FOREIGN`). The loader is strict and reads text, not
files. Rows are never edited: a change is a later row. A what-if lays rows over a book; equal dates replace.
"""

import bisect
import datetime
import hashlib
import re
import tomllib
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

import msgspec

TIME_OF_DAY = "time of day"
"""How the unit of a row begins whose value is `HH:MM`."""

RowValue = int | bool | str | list[str]


class RuleBookError(Exception):
    """The text of a rule file is not a list of dated, cited rows; names the file, the rule and the fault."""


class RuleNotInForce(Exception):
    """No row of the rule is in force on the date asked for; `rule` is its name, `cite` its first row's clause."""

    def __init__(self, first: "Row", date: datetime.date) -> None:
        super().__init__(f"{first.rule}: first row is from {first.from_date}, asked for {date}")
        self.rule = first.rule
        self.cite = first.cite


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_date": "from"}):
    """One dated, cited value."""

    rule: str
    from_date: datetime.date
    value: RowValue
    unit: str
    cite: str
    note: str = ""
    source: str = ""

    @property
    def integer(self) -> int:
        """Return the value of a numeric row."""
        assert isinstance(self.value, int)
        return self.value

    @property
    def text(self) -> str:
        """Return the value of a textual row."""
        assert isinstance(self.value, str)
        return self.value

    @property
    def flag(self) -> bool:
        """Return the value of a switch."""
        assert isinstance(self.value, bool)
        return self.value

    @property
    def texts(self) -> list[str]:
        """Return the value of a list row."""
        assert isinstance(self.value, list)
        return self.value


class Rule:
    """The rows of one rule in date order."""

    def __init__(self, name: str, rows: Iterable[Row]) -> None:
        self.name = name
        self.rows = sorted(rows, key=lambda row: row.from_date)
        self._dates = [row.from_date for row in self.rows]
        self._cached: tuple[datetime.date, Row] | None = None

    def at(self, date: datetime.date) -> Row:
        """Return the row in force on `date`.

        Raises: RuleNotInForce when the first row is later than `date`.
        """
        if self._cached is not None and self._cached[0] == date:
            return self._cached[1]
        index = bisect.bisect_right(self._dates, date) - 1
        if index < 0:
            raise RuleNotInForce(self.rows[0], date)
        self._cached = (date, self.rows[index])
        return self.rows[index]


class Rows(dict[str, Row]):
    """The rows in force on one date by the name of their rule, each looked up once.

    `kept` is for what a room works out from these rows alone and needs again and again; it goes with them.
    """

    __slots__ = ("_book", "date", "kept")

    def __init__(self, book: "RuleBook", date: datetime.date) -> None:
        self._book = book
        self.date = date
        self.kept: dict[Hashable, Any] = {}

    def __missing__(self, name: str) -> Row:
        row = self[name] = self._book[name].at(self.date)
        return row


class RuleBook:
    """All rules of the centre by name."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        by_name: dict[str, dict[datetime.date, Row]] = {}
        for row in rows:
            by_name.setdefault(row.rule, {})[row.from_date] = row
        self._rules = {name: Rule(name, dated.values()) for name, dated in sorted(by_name.items())}
        self._day = Rows(self, datetime.date.min)

    def __getitem__(self, name: str) -> Rule:
        return self._rules[name]

    def __contains__(self, name: str) -> bool:
        return name in self._rules

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    def on(self, date: datetime.date) -> Rows:
        """Return the rows in force on a date, for a decision that asks for many of them.

        Raises: RuleNotInForce when the first row of a rule asked for is later than `date`.
        """
        day = self._day
        if day.date != date:
            day = self._day = Rows(self, date)
        return day

    def find(self, name: str) -> Rule | None:
        """Return the rule of that name, or None."""
        return self._rules.get(name)

    def fault_of(self, row: Row) -> str:
        """Say why a row cannot be laid over this book, or nothing: its rule, unit and type of value must be there already."""
        rule = self.find(row.rule)
        if rule is None:
            return "no rule of that name"
        newest = rule.rows[-1]
        if row.unit != newest.unit:
            return f"unit {row.unit}, in force {newest.unit}"
        if type(row.value) is not type(newest.value):
            return f"value {row.value!r}, in force {newest.value!r}"
        if isinstance(row.value, int) and row.value < 0:
            return f"{row.value} {row.unit}, at least 0"
        if row.unit.startswith(TIME_OF_DAY) and not _is_time(row.value):
            return f"{row.value!r}, a {row.unit} from 00:00 to 24:00"
        return "" if row.cite else "the clause is empty"

    def rows(self) -> list[Row]:
        """Return every row, by rule name and date."""
        return [row for rule in self for row in rule.rows]

    def with_rows(self, rows: Iterable[Row]) -> "RuleBook":
        """Return a book with `rows` laid over this one; a row of equal rule and date replaces."""
        return RuleBook([*self.rows(), *rows])

    def digest(self) -> str:
        """Return the SHA-256 of the canonical rows, in hexadecimal: the rule book in force is journaled by it."""
        return hashlib.sha256(msgspec.msgpack.encode(self.rows())).hexdigest()


def _is_time(value: RowValue) -> bool:
    """Tell whether a value is a time of day, 24:00 included."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    return value <= "24:00"


_TIME = re.compile(r"[0-2][0-9]:[0-5][0-9]")
_ROW_KEYS = {"from", "value", "unit", "cite", "note"}


def parse_rows(text: str, source: str) -> list[Row]:
    """Read the rows of one TOML rule file.

    Raises: RuleBookError naming the source, the rule and what is wrong; nothing is guessed or skipped.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleBookError(f"{source}: {error}") from error
    rows = list(_walk(tree, "", source))
    seen: set[tuple[str, datetime.date]] = set()
    for row in rows:
        key = (row.rule, row.from_date)
        if key in seen:
            raise RuleBookError(f"{source}: {row.rule}: two rows from {row.from_date}")
        seen.add(key)
    return rows


def _walk(node: object, name: str, source: str) -> Iterator[Row]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield from _walk(child, f"{name}.{key}" if name else key, source)
        return
    if not isinstance(node, list):
        raise RuleBookError(
            f"{source}: {name}: a rule is a list of rows, found {type(node).__name__}"
        )
    for item in node:
        yield _row(item, name, source)


def _row(item: object, name: str, source: str) -> Row:
    if not isinstance(item, dict):
        raise RuleBookError(f"{source}: {name}: a row is a table, found {type(item).__name__}")
    unknown = sorted(set(item) - _ROW_KEYS)
    missing = sorted(_ROW_KEYS - {"note"} - set(item))
    if unknown or missing:
        raise RuleBookError(f"{source}: {name}: unknown keys {unknown}, missing keys {missing}")
    from_date, value = item["from"], item["value"]
    if type(from_date) is not datetime.date:
        raise RuleBookError(f"{source}: {name}: `from` is a date, found {from_date!r}")
    if not (
        isinstance(value, int | str)
        or (isinstance(value, list) and all(isinstance(part, str) for part in value))
    ):
        raise RuleBookError(
            f"{source}: {name}: `value` is an integer, a flag, a text or texts, found {value!r}"
        )
    for key in ("unit", "cite"):
        if not isinstance(item[key], str) or not item[key]:
            raise RuleBookError(
                f"{source}: {name}: `{key}` is a text that is not empty, found {item[key]!r}"
            )
    note = item.get("note", "")
    if not isinstance(note, str):
        raise RuleBookError(f"{source}: {name}: `note` is a text, found {note!r}")
    return Row(name, from_date, value, item["unit"], item["cite"], note, source)
