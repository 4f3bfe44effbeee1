"""A disk that is full: the client is told that the outcome is unknown, and the same key finds it out once there is room."""

from collections.abc import Iterator

import pytest
from tests.support.centre import MONDAY_0930_US
from tests.support.iso20022 import pain001, post, transfer
from tests.support.offshore import offshore_engine, uetr
from tests.support.rest import Api, give_token

from huangpu.app import load_rules, open_engine
from huangpu.engine import gate
from huangpu.journal.faulty import Fault, FaultyStore, Plan
from huangpu.journal.memory import MemoryStore

NEXT_IN_MEMORY = "CO1"


def institution() -> dict[str, object]:
    from huangpu.core.identifiers import lei_of

    return {
        "institution": {
            "id": NEXT_IN_MEMORY,
            "name": "Simulated Company",
            "name_zh": "模拟公司",
            "kind": "COMPANY",
            "lei": lei_of("98450000FULL000001"),
            "domicile": "SG",
        }
    }


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """A centre whose first two writes after the fixture find no room."""
    monkeypatch.setattr(gate, "REOPEN_PAUSE_S", 0.01)
    engine = offshore_engine()
    give_token(engine, "otc1-treasurer")
    store = engine.store
    assert isinstance(store, MemoryStore)
    medium, rules = store._medium, load_rules()
    plan = Plan({0: Fault.NO_SPACE, 1: Fault.NO_SPACE})
    api = Api(
        engine,
        reopen=lambda: open_engine(
            FaultyStore(MemoryStore(medium), plan), rules, lambda: MONDAY_0930_US
        ),
    )
    yield api
    api.close()


def test_a_full_disk_is_a_503_and_the_same_key_finds_the_outcome(api: Api) -> None:
    for _ in range(2):
        refused = api.call("POST", "/v1/institutions", key="k", json=institution())
        assert refused.status_code == 503, refused.text
        assert refused.json()["code"] == "OUTCOME_UNKNOWN"
        assert refused.headers["retry-after"] == "2"
        assert api.call("GET", f"/v1/institutions/{NEXT_IN_MEMORY}").status_code == 503
        assert api.call("GET", "/readyz").status_code == 503
        assert api.call("GET", "/livez").status_code == 200
    done = api.call("POST", "/v1/institutions", key="k", json=institution())
    assert done.status_code == 200, done.text
    again = api.call("POST", "/v1/institutions", key="k", json=institution())
    assert again.content == done.content
    assert api.call("GET", f"/v1/institutions/{NEXT_IN_MEMORY}").status_code == 200
    assert api.call("GET", "/readyz").status_code == 200


def test_a_payment_message_on_a_full_disk_is_not_answered_as_done(api: Api) -> None:
    data = pain001("B1", "BK1", "FTE-OTC1", transfer("FTN-SUP1", "USD", 100, uetr(1)))
    for _ in range(2):
        unknown = post(api, "otc1-treasurer", data)
        assert unknown.status_code == 503
        assert unknown.json()["code"] == "NOT_READY"
        assert "retry-after" in unknown.headers
    first = post(api, "otc1-treasurer", data)
    assert first.status_code == 200
    assert post(api, "otc1-treasurer", data).content == first.content
