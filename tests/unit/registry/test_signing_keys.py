"""A key signs after two people of its institution wanted it, within its dates, and never again once revoked."""

import datetime

import msgspec
import pytest
from tests.support.centre import accepted, founded_engine, refused, register, send
from tests.support.signing import KEY, LONG_KEY, OTHER_KEY, certificate_pem, public_pem

from huangpu.core.reasons import Reason
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine
from huangpu.registry.institutions import InstitutionKind
from huangpu.registry.key_forms import PublicKey, read_public_key
from huangpu.registry.signing_keys import (
    ApproveSigningKey,
    RegisterSigningKey,
    RevokeSigningKey,
    SigningKeyStatus,
    usable,
)

START = datetime.date(2026, 11, 23)
PROPOSAL = RegisterSigningKey(
    key_id="K1", pem=public_pem(KEY), valid_from=START, valid_to=datetime.date(2027, 11, 22)
)


@pytest.fixture
def engine() -> Engine:
    engine = founded_engine()
    for bank, bic in (("BK1", "TSTACNSHXXX"), ("BK2", "TSTBCNSHXXX")):
        people = {f"{bank}-maker": ["BANK_OPERATOR"], f"{bank}-officer": ["BANK_OFFICER"]}
        register(engine, bank, InstitutionKind.BANK, people, bic=bic)
    return engine


def test_a_key_signs_once_a_second_person_approved_it(engine: Engine) -> None:
    keys = engine.centre.registry.signing_keys
    accepted(send(engine, "BK1-maker", PROPOSAL))
    assert not usable(keys.by_name["BK1/K1"], START)
    own = refused(send(engine, "BK1-maker", ApproveSigningKey(key_id="K1")))
    assert own.reason is Reason.OWN_ACT_NOT_APPROVABLE
    other = refused(send(engine, "BK2-officer", ApproveSigningKey(key_id="K1")))
    assert other.reason is Reason.SIGNING_KEY_UNKNOWN
    accepted(send(engine, "BK1-officer", ApproveSigningKey(key_id="K1")))
    found = keys.by_name["BK1/K1"]
    assert usable(found, START)
    assert not usable(found, START - datetime.timedelta(days=1))
    assert not usable(found, datetime.date(2027, 11, 23))
    again = refused(send(engine, "BK1-officer", ApproveSigningKey(key_id="K1")))
    assert again.reason is Reason.SIGNING_KEY_STATE_WRONG


def test_one_person_stops_a_key_and_it_stays_used_up(engine: Engine) -> None:
    accepted(send(engine, "BK1-maker", PROPOSAL))
    accepted(send(engine, "BK1-officer", ApproveSigningKey(key_id="K1")))
    revoke = RevokeSigningKey(key_id="K1", cause="lost")
    assert refused(send(engine, "BK2-maker", revoke)).reason is Reason.SIGNING_KEY_UNKNOWN
    accepted(send(engine, "BK1-maker", revoke))
    keys = engine.centre.registry.signing_keys
    assert keys.by_name["BK1/K1"].status is SigningKeyStatus.REVOKED
    assert refused(send(engine, "BK1-maker", revoke)).reason is Reason.SIGNING_KEY_STATE_WRONG
    assert refused(send(engine, "BK1-maker", PROPOSAL)).reason is Reason.SIGNING_KEY_KNOWN
    renamed = msgspec.structs.replace(PROPOSAL, key_id="K2")
    assert refused(send(engine, "BK1-maker", renamed)).reason is Reason.SIGNING_KEY_KNOWN


def test_a_key_has_one_owner_and_nobody_learns_who(engine: Engine) -> None:
    accepted(send(engine, "BK1-maker", PROPOSAL))
    refusal = refused(send(engine, "BK2-maker", PROPOSAL))
    assert refusal.reason is Reason.SIGNING_KEY_KNOWN
    assert "BK1" not in refusal.detail


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key_id": "a b"}, Reason.IDENTIFIER_MALFORMED),
        ({"pem": "KEY"}, Reason.IDENTIFIER_MALFORMED),
        ({"pem": "x" * 8_193}, Reason.IDENTIFIER_MALFORMED),
        ({"valid_to": datetime.date(2026, 11, 22)}, Reason.FIELD_OUT_OF_RANGE),
        ({"valid_to": datetime.date(2029, 11, 23)}, Reason.FIELD_OUT_OF_RANGE),
        (
            {"valid_from": datetime.date(2026, 1, 1), "valid_to": datetime.date(2026, 11, 22)},
            Reason.FIELD_OUT_OF_RANGE,
        ),
        ({"pem": certificate_pem(KEY, 2025, 2027)}, Reason.FIELD_OUT_OF_RANGE),
    ],
)
def test_a_proposal_out_of_form_is_refused(
    engine: Engine, change: dict[str, object], reason: Reason
) -> None:
    proposal = msgspec.structs.replace(PROPOSAL, **change)
    assert refused(send(engine, "BK1-maker", proposal)).reason is reason


def test_who_may_not_sign_may_not_register(engine: Engine) -> None:
    assert refused(send(engine, "clock", PROPOSAL)).reason is Reason.PERMISSION_MISSING


def test_the_register_survives_a_snapshot(engine: Engine) -> None:
    accepted(send(engine, "BK1-maker", PROPOSAL))
    loaded = Centre.load(engine.centre.base_rules, engine.centre.dump())
    assert loaded.registry.signing_keys == engine.centre.registry.signing_keys


def test_a_key_and_its_certificate_are_the_same_key() -> None:
    plain, carried = (
        read_public_key(public_pem(KEY)),
        read_public_key(certificate_pem(KEY, 2025, 2051)),
    )
    assert isinstance(plain, PublicKey)
    assert isinstance(carried, PublicKey)
    assert (plain.curve, plain.der) == (carried.curve, carried.der)
    assert carried.not_before == datetime.date(2025, 1, 1)
    assert carried.not_after == datetime.date(2051, 1, 1)
    long = read_public_key(public_pem(LONG_KEY))
    assert isinstance(long, PublicKey)
    assert long.curve == "P-384"


def test_a_broken_key_is_told_in_words() -> None:
    pem = certificate_pem(OTHER_KEY, 2025, 2027)
    lines = pem.splitlines()
    for broken in (
        pem.replace("CERTIFICATE", "PRIVATE KEY"),
        pem + pem,
        "\n".join([lines[0], *lines[2:]]),
        "\n".join([*lines[:-3], lines[-1]]),
        public_pem(KEY).replace("MFkw", "MFow"),
    ):
        assert isinstance(read_public_key(broken), str)
