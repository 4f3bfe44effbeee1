"""Institutions, people, roles, credentials, adopted rules: who may do what, and what is refused."""

import datetime

import msgspec
import pytest
from tests.support.centre import MONDAY_0930_US, accepted, founded_engine, refused, register, send

from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.engine import access
from huangpu.registry import people
from huangpu.registry.charter import AdoptRules, FoundCentre, Tick
from huangpu.registry.institutions import (
    Institution,
    InstitutionKind,
    RegisterInstitution,
    ReinstateInstitution,
    SuspendInstitution,
)


def test_a_second_founding_is_refused() -> None:
    engine = founded_engine()
    again = FoundCentre(
        name="x", sandbox=True, operator="X", operator_lei="", person="p", password_hash="", clock_person="c",
        rules_sha256="",
    )  # fmt: skip
    assert refused(send(engine, "founder", again)).reason is Reason.CENTRE_ALREADY_FOUNDED


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("lei", "984500TEST0000000199", "LEI"),
        ("bic", "", "BIC is empty"),
        ("bic", "short", "BIC"),
        ("uscc", "91310000MA0000001X", "unified social credit code"),
        ("domicile", "China", "domicile"),
        ("id", "a b", "id"),
    ],
)
def test_a_wrong_identifier_is_named_with_the_standard(field: str, value: str, found: str) -> None:
    engine = founded_engine()
    good = register(engine, "BK1", InstitutionKind.BANK, {}, bic="TSTACNSHXXX")
    other = msgspec.structs.replace(good, **{"id": "BK2", field: value})
    rejected = refused(send(engine, "operator", RegisterInstitution(institution=other)))
    assert rejected.reason is Reason.IDENTIFIER_MALFORMED
    assert found in rejected.detail


@pytest.mark.parametrize("field", ["id", "lei", "bic", "uscc"])
def test_an_identifier_belongs_to_one_institution(field: str) -> None:
    engine = founded_engine()
    first = register(engine, "BK1", InstitutionKind.BANK, {}, bic="TSTACNSHXXX")
    second = register(engine, "BK2", InstitutionKind.BANK, {}, bic="TSTBCNSHXXX")
    third = Institution(
        **{**msgspec.structs.asdict(second), "id": "BK3", field: getattr(first, field)}
    )
    assert (
        refused(send(engine, "operator", RegisterInstitution(institution=third))).reason
        is Reason.INSTITUTION_KNOWN
    )


def test_only_the_right_role_of_an_acting_institution_may_act() -> None:
    engine = founded_engine()
    bank = register(
        engine,
        "BK1",
        InstitutionKind.BANK,
        {"maker": ["BANK_OPERATOR"], "boss": ["OPERATOR"]},
        bic="TSTACNSHXXX",
    )
    command = RegisterInstitution(institution=bank)
    assert refused(send(engine, "nobody", command)).reason is Reason.ACTOR_UNKNOWN
    missing = refused(send(engine, "maker", command))
    assert missing.reason is Reason.PERMISSION_MISSING
    assert missing.rule == "role.BANK_OPERATOR"
    accepted(send(engine, "operator", SuspendInstitution(institution_id="BK1", cause="test")))
    assert refused(send(engine, "boss", command)).reason is Reason.INSTITUTION_SUSPENDED
    accepted(send(engine, "operator", ReinstateInstitution(institution_id="BK1")))
    assert refused(send(engine, "boss", command)).reason is Reason.INSTITUTION_KNOWN


def test_a_credential_is_kept_as_a_hash_and_can_be_revoked() -> None:
    engine = founded_engine()
    token = access.new_token()
    hashed = access.hash_of_token(token)
    accepted(
        send(
            engine,
            "operator",
            people.IssueCredential(person_id="operator", scheme="token", hashed=hashed),
        )
    )
    found = access.person_of_token(engine.centre, token)
    assert found is not None
    assert found.id == "operator"
    assert token.encode() not in engine.centre.dump()
    clear = people.IssueCredential(person_id="operator", scheme="token", hashed=token)
    assert refused(send(engine, "operator", clear)).reason is Reason.IDENTIFIER_MALFORMED
    accepted(send(engine, "operator", people.RevokeCredentials(person_id="operator")))
    assert access.person_of_token(engine.centre, token) is None


def test_a_password_is_proved_and_an_unknown_person_is_not_told_apart() -> None:
    engine = founded_engine()
    hashed = access.hash_of_password("right password")
    accepted(
        send(
            engine,
            "operator",
            people.IssueCredential(person_id="operator", scheme="password", hashed=hashed),
        )
    )
    assert access.person_of_password(engine.centre, "operator", "right password") is not None
    assert access.person_of_password(engine.centre, "operator", "wrong password") is None
    assert access.person_of_password(engine.centre, "nobody", "right password") is None


def test_adopted_rows_come_into_force_on_their_day_and_survive_a_dump() -> None:
    engine = founded_engine()
    rules = engine.centre.rules
    row = Row(
        "role.SUPERVISOR",
        datetime.date(2026, 12, 1),
        ["read.all", "rules.adopt"],
        "permissions",
        "policy x",
    )
    accepted(send(engine, "operator", AdoptRules(rows=[row])))
    rule = engine.centre.rules["role.SUPERVISOR"]
    assert rule.at(datetime.date(2026, 11, 30)).texts == ["read.all"]
    assert rule.at(datetime.date(2026, 12, 1)).texts == ["read.all", "rules.adopt"]
    again = type(engine.centre).load(rules, engine.centre.dump())
    assert again.rules.digest() == engine.centre.rules.digest()


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (
            Row("role.NOBODY", datetime.date(2027, 1, 1), ["x"], "permissions", "c"),
            "no rule of that name",
        ),
        (
            Row("role.SUPERVISOR", datetime.date(2026, 11, 23), ["x"], "permissions", "c"),
            "at the earliest",
        ),
        (Row("role.SUPERVISOR", datetime.date(2027, 1, 1), 5, "permissions", "c"), "unit"),
    ],
)
def test_a_row_that_would_change_the_past_or_the_unit_is_refused(row: Row, found: str) -> None:
    engine = founded_engine()
    rejected = refused(send(engine, "operator", AdoptRules(rows=[row])))
    assert rejected.reason is Reason.RULE_ROW_REJECTED
    assert found in rejected.detail


def test_a_command_older_than_the_rule_it_needs_is_refused() -> None:
    engine = founded_engine(at_us=1_000_000_000_000_000)  # September 2001
    refusal = refused(send(engine, "operator", Tick()))
    assert refusal.reason is Reason.RULE_NOT_IN_FORCE
    assert refusal.rule == "role.OPERATOR"


def test_the_clock_does_not_go_back_and_only_the_clock_ticks() -> None:
    engine = founded_engine()
    accepted(send(engine, "clock", Tick(), at_us=MONDAY_0930_US + 5_000_000))
    later = accepted(send(engine, "clock", Tick(), at_us=MONDAY_0930_US))
    assert later.at_us == MONDAY_0930_US + 5_000_000
    assert refused(send(engine, "operator", Tick())).reason is Reason.PERMISSION_MISSING
