"""The whole state of the centre and the two functions that touch it: `decide` and `apply`.

Rooms are listed by hand in `ROOMS`, each with the part of the state it works on. Commands of the centre itself (founding, ticks)
are decided here because they concern every room.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from huangpu.core import identifiers
from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.room import Apply, Handler, Rerun, Table
from huangpu.core.rulebook import Row, RuleBook, RuleNotInForce
from huangpu.ledger import events as ledger_events
from huangpu.ledger.book import Book
from huangpu.registry import (
    Registry,
    cash_accounts,
    charter,
    institutions,
    people,
    refusal,
    signing_keys,
)
from huangpu.registry.charter import FoundCentre, RulesAdopted, Tick
from huangpu.registry.institutions import Institution, InstitutionKind
from huangpu.venues import growth, offshore, reinsurance


class Centre:
    """Registry, ledger and the three venues under one rule book."""

    def __init__(self, base_rules: RuleBook, overlay: Sequence[Row] = ()) -> None:
        """Start empty; `overlay` are the rows of a what-if, which lie over whatever is adopted."""
        self.base_rules = base_rules
        self.overlay = overlay
        self.rules = base_rules.with_rows(overlay)
        self.registry = Registry()
        self.ledger = Book()
        self.offshore = offshore.Offshore(self.registry, self.ledger)
        self.reinsurance = reinsurance.Reinsurance(self.registry, self.ledger)
        self.growth = growth.Growth(self.registry, self.ledger)
        self._bind()

    def dump(self) -> bytes:
        """Return the whole state as bytes; the same state gives the same bytes."""
        parts = [
            msgspec.msgpack.encode(self.registry),
            self.ledger.dump(),
            self.offshore.dump(),
            self.reinsurance.dump(),
            self.growth.dump(),
        ]
        return msgspec.msgpack.encode(parts)

    @classmethod
    def load(cls, base_rules: RuleBook, body: bytes | memoryview) -> "Centre":
        """Rebuild a centre from `dump`."""
        parts = msgspec.msgpack.decode(body, type=list[memoryview])
        centre = cls(base_rules)
        registry = centre.registry = msgspec.msgpack.decode(parts[0], type=Registry)
        ledger = centre.ledger = Book.load(bytes(parts[1]))
        centre.rules = base_rules.with_rows(registry.charter.adopted)
        centre.offshore = offshore.Offshore.load(parts[2], registry, ledger)
        centre.reinsurance = reinsurance.Reinsurance.load(bytes(parts[3]), registry, ledger)
        centre.growth = growth.Growth.load(bytes(parts[4]), registry, ledger)
        centre._bind()
        return centre

    def _bind(self) -> None:
        self._handlers, self._appliers = _tables_of(self)

    def digest(self) -> str:
        """Return the SHA-256 of the whole state, in hexadecimal."""
        return hashlib.sha256(self.dump()).hexdigest()

    def stamp(self, seq: int, at_us: int, by: str) -> Stamp:
        """Return the stamp of an entry; an unknown person has no institution."""
        person = self.registry.people.persons.get(by)
        return Stamp(seq, at_us, date_of(at_us), by, person.institution if person else "")

    def decide(self, command: Command, stamp: Stamp) -> Decision:
        """Decide one command against the present state; changes nothing (block commands excepted).

        Rejects: CENTRE_ALREADY_FOUNDED, RULE_NOT_IN_FORCE, then whatever `refusal` and the room's own decision name.
        """
        if isinstance(command, FoundCentre):
            return self._found(command)
        bound = self._handlers[type(command)]
        try:
            refused = refusal(self.registry, self.rules, stamp.person, bound.permission, stamp.date)
            if refused is not None:
                return refused
            return bound.decide(bound.state, self.rules, command, stamp)
        except RuleNotInForce as early:
            # A decision is pure, so nothing has happened yet: the command is older than the rule it needs.
            return Rejected(Reason.RULE_NOT_IN_FORCE, str(early), early.cite, early.rule)

    def runs_block(self, command: Command) -> bool:
        """Tell whether deciding this command already changes the state (second lane)."""
        bound = self._handlers.get(type(command))
        return bound is not None and bound.rerun is not None

    def rerun_block(self, command: Command, stamp: Stamp) -> list[Event]:
        """Run the kernel on a block that the journal holds as accepted, and return what it gives now."""
        bound = self._handlers[type(command)]
        assert bound.rerun is not None, command
        return bound.rerun(bound.state, command, stamp)

    def apply(self, events: Sequence[Event], stamp: Stamp) -> None:
        """Apply the events of one entry in their order."""
        for event in events:
            apply, state = self._appliers[type(event)]
            apply(state, event, stamp)
            if type(event) is RulesAdopted:
                adopted = self.registry.charter.adopted
                self.rules = self.base_rules.with_rows([*adopted, *self.overlay])

    def _found(self, command: FoundCentre) -> Decision:
        """Found the centre once, by a well-formed operator with two people: one who acts, one who is the clock.

        Rejects: CENTRE_ALREADY_FOUNDED, IDENTIFIER_MALFORMED.
        """
        if self.registry.charter.founded:
            detail = f"{self.registry.charter.name} is founded"
            return Rejected(Reason.CENTRE_ALREADY_FOUNDED, detail, "huangpu policy 4")
        operator = Institution(
            id=command.operator,
            name=command.name,
            name_zh=command.name,
            kind=InstitutionKind.OPERATOR,
            lei=command.operator_lei,
            domicile="CN",
        )
        ids = (command.person, command.clock_person)
        malformed = institutions.malformed_in(operator)
        if not malformed and (not all(map(identifiers.is_code, ids)) or len(set(ids)) < len(ids)):
            malformed = f"person {ids[0]!r}, clock {ids[1]!r}: two codes of 1 to 64 characters"
        if not malformed and not command.password_hash.startswith("$argon2id$"):
            malformed = "the password comes as an argon2id hash"
        if malformed:
            return Rejected(Reason.IDENTIFIER_MALFORMED, malformed, "huangpu policy 4")
        events: list[Event] = [
            charter.CentreFounded(
                name=command.name, sandbox=command.sandbox, rules_sha256=command.rules_sha256
            ),
            institutions.InstitutionRegistered(institution=operator),
        ]
        for person_id, role in ((command.person, "OPERATOR"), (command.clock_person, "SYSTEM")):
            person = people.Person(id=person_id, institution=operator.id, roles=[role])
            events.append(people.PersonRegistered(person=person))
        events.append(
            people.CredentialIssued(
                person_id=command.person, scheme="password", hashed=command.password_hash
            )
        )
        return events


def _tick(centre: Centre, rules: RuleBook, command: Tick, stamp: Stamp) -> Decision:
    """Collect what has become due in every venue.

    Rejects: CLOCK_BACKWARDS.
    """
    last = centre.registry.charter.last_tick_us
    if stamp.at_us < last:
        return Rejected(
            Reason.CLOCK_BACKWARDS, f"{stamp.at_us} us, last tick {last} us", "huangpu policy 4"
        )
    events: list[Event] = [charter.Ticked()]
    for table, state in _rooms(centre):
        if table.on_tick is not None:
            events.extend(table.on_tick(state, rules, stamp))
    return events


class _Bound(NamedTuple):
    permission: str
    decide: Callable[[Any, RuleBook, Any, Stamp], Decision]
    rerun: Rerun | None
    state: Any


TICK_TABLE = Table(name="centre", handlers=(Handler(Tick, "clock.tick", _tick),), appliers={})

TABLES: tuple[Table, ...] = (
    TICK_TABLE,
    charter.TABLE,
    institutions.TABLE,
    people.TABLE,
    cash_accounts.TABLE,
    signing_keys.TABLE,
    ledger_events.TABLE,
    offshore.TABLE,
    reinsurance.TABLE,
    growth.TABLE,
)
COMMANDS: tuple[type[Command], ...] = (
    FoundCentre,
    *(handler.command for table in TABLES for handler in table.handlers),
)
EVENTS: tuple[type[Event], ...] = tuple(event for table in TABLES for event in table.appliers)
PERMISSIONS: dict[str, str] = {
    handler.command.__name__: handler.permission for table in TABLES for handler in table.handlers
}


def _rooms(centre: Centre) -> list[tuple[Table, Any]]:
    registry = centre.registry
    states = (
        centre,
        registry.charter,
        registry.institutions,
        people.PeopleRoom(registry.people, registry.institutions),
        registry.cash_accounts,
        registry.signing_keys,
        centre.ledger,
        centre.offshore,
        centre.reinsurance,
        centre.growth,
    )
    return list(zip(TABLES, states, strict=True))


def _tables_of(
    centre: Centre,
) -> tuple[dict[type[Command], _Bound], dict[type[Event], tuple[Apply, Any]]]:
    handlers: dict[type[Command], _Bound] = {}
    appliers: dict[type[Event], tuple[Apply, Any]] = {}
    for table, state in _rooms(centre):
        for handler in table.handlers:
            assert handler.command not in handlers
            handlers[handler.command] = _Bound(
                handler.permission, handler.decide, handler.rerun, state
            )
        for event, apply in table.appliers.items():
            assert event not in appliers
            appliers[event] = (apply, state)
    return handlers, appliers
