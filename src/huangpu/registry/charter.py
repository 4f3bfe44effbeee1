"""The centre's own life: founding, the rule book in force, adopted rule rows, the clock.

State: whether this is a sandbox, which rule book opened it, rows adopted since, the last tick. The outside world (a new row, the
passing of time) enters here as a command like any other.
"""

import datetime

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.room import Handler, Table
from huangpu.core.rulebook import Row, RuleBook


class FoundCentre(Command, frozen=True):
    """First entry of every journal: names the centre, its first operator and the operator's password hash."""

    name: str
    sandbox: bool
    operator: str
    operator_lei: str
    person: str
    password_hash: str
    clock_person: str
    rules_sha256: str


class OpenCentre(Command, frozen=True):
    """Journal the rule book that the running version brings; sent by the centre itself at each start that changes it."""

    rules_sha256: str
    version: str


class AdoptRules(Command, frozen=True):
    """Lay new dated rows over the rule book; never changes a row that is there."""

    rows: list[Row]


class Tick(Command, frozen=True):
    """Tell the centre that time has passed; everything due until the entry's instant happens now."""


class CentreFounded(Event, frozen=True):
    """The centre exists."""

    name: str
    sandbox: bool
    rules_sha256: str


class CentreOpened(Event, frozen=True):
    """The rule book with this digest decides from here on."""

    rules_sha256: str
    version: str


class RulesAdopted(Event, frozen=True):
    """Rows are in the rule book from here on, each in force from its date."""

    rows: list[Row]


class Ticked(Event, frozen=True):
    """Time reached the entry's instant."""


class Charter(msgspec.Struct):
    """What the centre knows of itself."""

    name: str = ""
    sandbox: bool = False
    rules_sha256: str = ""
    adopted: list[Row] = []
    last_tick_us: int = 0

    @property
    def founded(self) -> bool:
        """Tell whether the founding entry is there."""
        return self.name != ""


def open_centre(charter: Charter, rules: RuleBook, command: OpenCentre, stamp: Stamp) -> Decision:
    """Record which rule book decides from here on."""
    return [CentreOpened(rules_sha256=command.rules_sha256, version=command.version)]


def adopt_rules(charter: Charter, rules: RuleBook, command: AdoptRules, stamp: Stamp) -> Decision:
    """Accept new rows, none of them in the past and none in place of another.

    Rule: architecture 6: rows are never edited, only added; a replay of last year uses last year's rule.
    Rejects: RULE_ROW_REJECTED.
    """
    if not command.rows:
        return Rejected(Reason.RULE_ROW_REJECTED, "0 rows, at least 1", "huangpu policy 4")
    seen: set[tuple[str, datetime.date]] = set()
    for row in command.rows:
        fault = rules.fault_of(row)
        if not fault and row.from_date <= stamp.date:
            fault = f"from {row.from_date}, at the earliest the day after {stamp.date}"
        there = not fault and any(old.from_date == row.from_date for old in rules[row.rule].rows)
        if there or (row.rule, row.from_date) in seen:
            fault = fault or f"a row from {row.from_date} is there"
        if fault:
            detail = f"{row.rule}: {fault}"
            return Rejected(Reason.RULE_ROW_REJECTED, detail, "huangpu policy 4", rule=row.rule)
        seen.add((row.rule, row.from_date))
    return [RulesAdopted(rows=command.rows)]


def apply_founded(charter: Charter, event: CentreFounded, stamp: Stamp) -> None:
    """Name the centre."""
    charter.name = event.name
    charter.sandbox = event.sandbox
    charter.rules_sha256 = event.rules_sha256


def apply_opened(charter: Charter, event: CentreOpened, stamp: Stamp) -> None:
    """Keep the digest of the rule book in force."""
    charter.rules_sha256 = event.rules_sha256


def apply_adopted(charter: Charter, event: RulesAdopted, stamp: Stamp) -> None:
    """Keep the rows; the engine lays them over its book."""
    charter.adopted = [*charter.adopted, *event.rows]


def apply_ticked(charter: Charter, event: Ticked, stamp: Stamp) -> None:
    """Remember the instant."""
    charter.last_tick_us = stamp.at_us


TABLE = Table(
    name="charter",
    handlers=(
        Handler(OpenCentre, "clock.tick", open_centre),
        Handler(AdoptRules, "rules.adopt", adopt_rules),
    ),
    appliers={
        CentreFounded: apply_founded,
        CentreOpened: apply_opened,
        RulesAdopted: apply_adopted,
        Ticked: apply_ticked,
    },
)
