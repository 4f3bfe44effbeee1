"""The centre's signature over a supervisor's file: who has file and seal can check both, and a file that is not signed says so."""

import base64
import datetime
import hashlib
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.support.centre import accepted, send
from tests.support.offshore import instruct, offshore_engine, overseas_order
from tests.support.reports import close_day
from tests.support.rest import Api, give_token
from tests.support.signing import KEY, LONG_KEY, private_pem, public_pem

from huangpu.config import Settings
from huangpu.core.calendar import date_of
from huangpu.engine.writer import Engine
from huangpu.registry.people import Person, RegisterPerson
from huangpu.registry.signing_keys import ApproveSigningKey, RegisterSigningKey

FILE = "/v1/offshore/report-streams/BK1-SAU/TRANSACTIONS/1"
SEAL = f"{FILE}/signature"


def closed_engine() -> Engine:
    engine = offshore_engine()
    accepted(send(engine, "otc1-treasurer", instruct(overseas_order(900_000_00))))
    close_day(engine)
    for person in ("bk1-maker", "bk2-maker", "otc1-treasurer"):
        give_token(engine, person)
    return engine


def register_key(engine: Engine, key: ec.EllipticCurvePrivateKey) -> None:
    person = Person(id="operator-2", institution="HUANGPU", roles=["OPERATOR"])
    accepted(send(engine, "operator", RegisterPerson(person=person)))
    today = date_of(engine.last_at_us)
    proposal = RegisterSigningKey(
        key_id="K1",
        pem=public_pem(key),
        valid_from=today,
        valid_to=today + datetime.timedelta(days=30),
    )
    accepted(send(engine, "operator", proposal))
    accepted(send(engine, "operator-2", ApproveSigningKey(key_id="K1")))


@pytest.mark.parametrize(
    ("key", "algorithm", "digest"),
    [(KEY, "ECDSA_SHA256", hashes.SHA256()), (LONG_KEY, "ECDSA_SHA384", hashes.SHA384())],
)
def test_a_file_is_sealed_by_the_registered_key_and_only_then(
    key: ec.EllipticCurvePrivateKey, algorithm: str, digest: hashes.HashAlgorithm, tmp_path: Path
) -> None:
    engine = closed_engine()
    path = tmp_path / "key.pem"
    path.write_bytes(private_pem(key))
    api = Api(engine, Settings(sandbox=True, snapshot_entries=0, signing_key=str(path)))
    assert api.call("GET", SEAL, by="bk1-maker").text.splitlines()[1:] == ["UNSIGNED"]
    register_key(engine, key)
    seal = api.call("GET", SEAL, by="bk1-maker")
    place, named, signature = seal.text.splitlines()
    chained = bytes(32)
    for line in api.call("GET", FILE, by="bk1-maker").content.split(b"\n")[:-1]:
        chained = hashlib.sha256(chained + line).digest()
    assert place == f"HUANGPU-FILE,1,TRANSACTIONS,BK1-SAU,2026-11-23,1,{chained.hex()}"
    assert named == f"KEY,HUANGPU/K1,{algorithm}"
    raw = base64.b64decode(signature.removeprefix("SIGNATURE,"))
    key.public_key().verify(raw, place.encode(), ec.ECDSA(digest))
    changed = place.replace("BK1", "BK2")
    with pytest.raises(InvalidSignature):
        key.public_key().verify(raw, changed.encode(), ec.ECDSA(digest))
    assert api.call("GET", SEAL, by="bk1-maker").content == seal.content
    api.close()


def test_without_a_key_a_file_says_that_it_is_unsigned_and_strangers_see_nothing() -> None:
    api = Api(closed_engine())
    found = api.call("GET", SEAL, by="bk1-maker")
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    assert found.text.splitlines()[1:] == ["UNSIGNED"]
    for by in ("bk2-maker", "otc1-treasurer"):
        assert api.call("GET", SEAL, by=by).status_code == 404
    for path in (
        SEAL.replace("/1/", "/2/"),
        SEAL.replace("/1/", "/0/"),
        SEAL.replace("TRANS", "X"),
        SEAL.replace("BK1-SAU", "NOBODY"),
    ):
        assert api.call("GET", path, by="bk1-maker").status_code == 404
    api.close()
