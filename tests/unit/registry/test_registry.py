"""Institutions, people, roles, credentials, adopted rules: who may do what, and what is refused."""

import datetime

import msgspec
import pytest
from tests.support.centre import MONDAY_0930_US, accepted, founded_engine, refused, register, send

from huangpu.app import load_rules, open_engine
from huangpu.core.identifiers import lei_of
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.engine import access
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine
from huangpu.journal.memory import MemoryStore
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
        (Row("role.SUPERVISOR", datetime.date(2027, 1, 1), 5, "permissions", "c"), "value 5"),
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


@pytest.mark.parametrize("bic", ["TSTACNSH", "TSTACNSHXXX"])
def test_a_head_office_has_one_bic_in_both_its_lengths(bic: str) -> None:
    engine = founded_engine()
    register(engine, "BK1", InstitutionKind.BANK, {}, bic=bic)
    other = register(engine, "BK2", InstitutionKind.BANK, {}, bic="TSTBCNSHXXX")
    for same in ("TSTACNSH", "TSTACNSHXXX"):
        third = msgspec.structs.replace(
            other, id="BK3", bic=same, lei=lei_of("98450000TEST999999"), uscc=""
        )
        answer = refused(send(engine, "operator", RegisterInstitution(institution=third)))
        assert answer.reason is Reason.INSTITUTION_KNOWN
    branch = msgspec.structs.replace(third, bic="TSTACNSH001")
    accepted(send(engine, "operator", RegisterInstitution(institution=branch)))


GOOD_FOUNDING = FoundCentre(
    name="x",
    sandbox=True,
    operator="X",
    operator_lei=lei_of("984500HUANGPUSIM00"),
    person="p",
    password_hash="$argon2id$x",
    clock_person="c",
    rules_sha256="",
)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"operator": ""},
        {"operator_lei": "984500HUANGPUSIM0000"},
        {"person": ""},
        {"person": "c"},
        {"password_hash": "plain"},
    ],
)
def test_a_founding_is_checked_like_any_registration(changes: dict[str, str]) -> None:
    """A centre without a name could be founded again, and one person in both parts stopped the engine."""
    engine = Engine(Centre(load_rules()), MemoryStore(), lambda: MONDAY_0930_US)
    wrong = msgspec.structs.replace(GOOD_FOUNDING, **changes)
    assert refused(send(engine, "f", wrong)).reason is Reason.IDENTIFIER_MALFORMED
    assert engine.centre.digest() == Centre(load_rules()).digest()
    accepted(send(engine, "f", GOOD_FOUNDING))


def test_an_answered_id_is_found_again_by_an_engine_that_replayed_its_senders_registration() -> (
    None
):
    store = MemoryStore()
    engine = Engine(Centre(load_rules()), store, lambda: MONDAY_0930_US)
    first = send(engine, "p", GOOD_FOUNDING, id="1")
    again = open_engine(store, load_rules(), lambda: MONDAY_0930_US)
    assert again.answered.dump() == engine.answered.dump()
    assert accepted(first).seq == 1


def test_a_stranger_uses_up_no_institutions_ids() -> None:
    engine = founded_engine()
    people_of = {"maker": ["BANK_OPERATOR"]}
    bank = register(engine, "BK1", InstitutionKind.BANK, people_of, bic="TSTACNSHXXX")
    command = RegisterInstitution(institution=bank)
    assert refused(send(engine, "BK1", command, id="1")).reason is Reason.ACTOR_UNKNOWN
    assert refused(send(engine, "maker", command, id="1")).reason is Reason.PERMISSION_MISSING


def test_a_token_of_another_person_is_not_bound_again() -> None:
    engine = founded_engine()
    people_of = {"a": ["BANK_OPERATOR"], "b": ["BANK_OPERATOR"]}
    register(engine, "BK1", InstitutionKind.BANK, people_of, bic="TSTACNSHXXX")
    token = access.hash_of_token("one")
    for_a = people.IssueCredential(person_id="a", scheme="token", hashed=token)
    accepted(send(engine, "operator", for_a))
    for_b = msgspec.structs.replace(for_a, person_id="b")
    assert refused(send(engine, "operator", for_b)).reason is Reason.IDENTIFIER_MALFORMED
    found = access.person_of_token(engine.centre, "one")
    assert found is not None
    assert found.id == "a"


def test_one_command_adopts_no_two_rows_of_one_day() -> None:
    engine = founded_engine()
    name = "order.quantity_shares_min"
    day = datetime.date(2026, 12, 1)
    rows = [Row(name, day, value, "shares", "proposal") for value in (300, 400)]
    answer = refused(send(engine, "operator", AdoptRules(rows=rows)))
    assert answer.reason is Reason.RULE_ROW_REJECTED
