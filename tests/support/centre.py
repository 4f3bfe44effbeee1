"""Builders for tests: an engine on a memory journal with a founded centre, and one-line submissions."""

import itertools

from huangpu.app import load_rules
from huangpu.core.identifiers import lei_of, uscc_of
from huangpu.core.message import Command, Rejected
from huangpu.core.rulebook import RuleBook
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine, Submission
from huangpu.journal.entry import Entry
from huangpu.journal.memory import MemoryStore
from huangpu.registry.charter import FoundCentre
from huangpu.registry.institutions import Institution, InstitutionKind, RegisterInstitution
from huangpu.registry.people import Person, RegisterPerson

MONDAY_0930_US = 1_795_397_400_000_000
"""2026-11-23 09:30:00 in Shanghai (01:30 UTC), a Monday."""

_ids = itertools.count(1)


def founded_engine(rules: RuleBook | None = None, at_us: int = MONDAY_0930_US) -> Engine:
    """Return an engine whose first entry founded the centre; the operator is `operator`, the clock `clock`."""
    engine = Engine(Centre(rules or load_rules()), MemoryStore(), lambda: at_us)
    found = FoundCentre(
        name="huangpu test centre",
        sandbox=True,
        operator="HUANGPU",
        operator_lei=lei_of("984500HUANGPUSIM00"),
        person="operator",
        password_hash="$argon2id$test",
        clock_person="clock",
        rules_sha256=engine.centre.rules.digest(),
    )
    accepted(send(engine, "founder", found))
    return engine


def send(
    engine: Engine, by: str, command: Command, id: str | None = None, at_us: int | None = None
) -> Entry | Rejected:
    """Submit one command and return its entry (or the refusal of a reused id)."""
    command_id = id or f"t{next(_ids)}"
    return engine.step([Submission(by, command_id, command, at_us)])[0]


def accepted(answer: Entry | Rejected) -> Entry:
    """Return the entry, asserting that the command was accepted."""
    assert isinstance(answer, Entry), answer
    assert not isinstance(answer.outcome, Rejected), answer.outcome
    return answer


def refused(answer: Entry | Rejected) -> Rejected:
    """Return the refusal, asserting that there was one."""
    if isinstance(answer, Rejected):
        return answer
    assert isinstance(answer.outcome, Rejected), answer.outcome
    return answer.outcome


def register(
    engine: Engine,
    id: str,
    kind: InstitutionKind,
    people: dict[str, list[str]],
    *,
    domicile: str = "CN",
    bic: str = "",
    group: str = "",
) -> Institution:
    """Register an institution with valid identifiers and its people with their roles, by the operator."""
    number = len(engine.centre.registry.institutions)
    found = Institution(
        id=id,
        name=f"Simulated {id}",
        name_zh=f"模拟{id}",
        kind=kind,
        lei=lei_of(f"98450000TEST{number:06d}"),
        domicile=domicile,
        bic=bic,
        uscc=uscc_of(f"91310000MA{number:07d}") if domicile == "CN" else "",
        group=group,
    )
    accepted(send(engine, "operator", RegisterInstitution(institution=found)))
    for person_id, roles in people.items():
        person = Person(id=person_id, institution=id, roles=roles)
        accepted(send(engine, "operator", RegisterPerson(person=person)))
    return found
