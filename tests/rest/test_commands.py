"""Commands over HTTP: who may send, what is malformed, what is refused, what a repeated key gets."""

from collections.abc import Iterator

import httpx
import pytest
from tests.support.centre import accepted, register, send
from tests.support.rest import Api, give_token

from huangpu.config import Settings
from huangpu.registry.institutions import InstitutionKind
from huangpu.registry.people import Person, RegisterPerson

TICK = {"type": "Tick"}
PLAIN = {"type": "PostOpeningBalance", "debit": "A", "credit": "B", "amount": 5}


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    register(
        api.engine, "BK1", InstitutionKind.BANK, {"bk1-maker": ["BANK_OPERATOR"]}, bic="TSTACNSHXXX"
    )
    give_token(api.engine, "bk1-maker")
    yield api
    api.close()


def problem_of(response: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = response.json()
    assert body["code"] == code
    assert body["status"] == status
    return body


def institution(number: int) -> dict[str, object]:
    from huangpu.core.identifiers import lei_of

    return {
        "institution": {
            "id": f"CO{number}",
            "name": "Simulated Company",
            "name_zh": "模拟公司",
            "kind": "COMPANY",
            "lei": lei_of(f"98450000REST{number:06d}"),
            "domicile": "SG",
        }
    }


def test_without_a_token_nothing_is_taken(api: Api) -> None:
    before = api.engine.next_seq
    for headers in (
        {},
        {"Authorization": "Basic b3BlcmF0b3I6eA=="},
        {"Authorization": "Bearer wrong"},
    ):
        response = api.call("POST", "/v1/commands", by=None, key="k", headers=headers, json=PLAIN)
        problem_of(response, 401, "NOT_AUTHENTICATED")
        assert response.headers["www-authenticate"].startswith("Bearer")
    assert api.engine.next_seq == before


def test_a_person_without_the_permission_gets_403_with_the_clause(api: Api) -> None:
    response = api.call("POST", "/v1/commands", by="bk1-maker", key="k", json=PLAIN)
    body = problem_of(response, 403, "PERMISSION_MISSING")
    assert body["cite"] == "huangpu policy 1"
    assert body["rule"] == "role.BANK_OPERATOR"


def test_a_command_by_its_tag_is_accepted_and_durable(api: Api) -> None:
    response = api.call(
        "POST", "/v1/commands", key="k1", json={"type": "RegisterInstitution", **institution(1)}
    )
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["outcome"] == "accepted"
    assert body["id"] == "k1"
    assert body["at"] == "2026-11-23T01:30:00.000000Z"
    assert body["events"][0]["type"] == "InstitutionRegistered"
    entry = api.engine.entry(body["seq"])
    assert entry is not None
    assert entry.id == "k1"


def test_a_resource_path_means_the_same_command(api: Api) -> None:
    created = api.call("POST", "/v1/institutions", key="k1", json=institution(1))
    assert created.status_code == 200, created.text
    suspended = api.call("POST", "/v1/institutions/CO1/suspend", key="k2", json={"cause": "test"})
    assert suspended.json()["events"] == [
        {"type": "InstitutionSuspended", "institution_id": "CO1", "cause": "test"}
    ]
    assert api.call("GET", "/v1/institutions/CO1").json()["suspended"] is True


def test_a_path_parameter_outweighs_the_body(api: Api) -> None:
    api.call("POST", "/v1/institutions", key="k1", json=institution(1))
    body = {"cause": "test", "institution_id": "BK1"}
    answer = api.call("POST", "/v1/institutions/CO1/suspend", key="k2", json=body)
    assert answer.json()["events"][0]["institution_id"] == "CO1"


@pytest.mark.parametrize("path", ["/v1/commands", "/v1/institutions"])
def test_the_same_key_with_the_same_content_gets_the_same_bytes(api: Api, path: str) -> None:
    body = (
        institution(1)
        if path.endswith("institutions")
        else {"type": "RegisterInstitution", **institution(1)}
    )
    first = api.call("POST", path, key="k", json=body)
    again = api.call("POST", path, key="k", json=body)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


def test_a_refusal_is_stored_and_repeated_too(api: Api) -> None:
    first = api.call("POST", "/v1/commands", key="k", json=PLAIN)
    seq = problem_of(first, 422, "ACCOUNT_UNKNOWN")["seq"]
    again = api.call("POST", "/v1/commands", key="k", json=PLAIN)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert seq == api.engine.next_seq - 1


def test_the_same_key_with_other_content_is_refused(api: Api) -> None:
    before = api.engine.next_seq
    api.call("POST", "/v1/commands", key="k", json=PLAIN)
    other = api.call("POST", "/v1/commands", key="k", json={**PLAIN, "amount": 6})
    problem_of(other, 422, "COMMAND_ID_REUSED")
    assert api.engine.next_seq == before + 1


@pytest.mark.parametrize("key", [None, "", "x" * 129, "tab\there"])
def test_a_key_is_needed(api: Api, key: str | None) -> None:
    response = api.call("POST", "/v1/commands", key=key, json=PLAIN)
    problem_of(response, 400, "IDEMPOTENCY_KEY_MISSING")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"type": "PostOpeningBalance", "debit": "A", "credit": "B", "amount": "5"}', "$.amount"),
        (b'{"type": "PostOpeningBalance", "debit": "A", "credit": "B", "amount": 5.5}', "$.amount"),
        (b'{"type": "PostOpeningBalance", "debit": "A", "credit": "B"}', "$"),
        (b'{"type": "NoSuchCommand"}', "$.type"),
        (b'{"type": "PostOpeningBalance", "debit": "\xff"}', "$"),
        (b'{"type": "PostOpeningBalance", "debit": "\\ud800"}', "$"),
        (b"[" * 100_000, "$"),
        (b'{"type": "AdoptRules", "unknown": ' + b"[" * 100_000, "$"),
        (b"", "$"),
        (b"{", "$"),
        (b"null", "$"),
        (
            b'{"type": "PostOpeningBalance", "debit": "A", "credit": "B", "amount": 1'
            + b"0" * 40
            + b"}",
            "$",
        ),
    ],
)
def test_malformed_json_is_answered_with_its_path_and_never_journaled(
    api: Api, body: bytes, path: str
) -> None:
    before = api.engine.next_seq
    response = api.call("POST", "/v1/commands", key="k", content=body)
    assert problem_of(response, 400, "MALFORMED")["path"] == path
    assert api.engine.next_seq == before


@pytest.mark.parametrize("amount", [0, -1, 2**62, -(2**62), 2**63, 2**64 - 1])
def test_an_amount_out_of_range_is_refused_by_the_rule(api: Api, amount: int) -> None:
    response = api.call("POST", "/v1/commands", key="k", json={**PLAIN, "amount": amount})
    problem_of(response, 422, "FIELD_OUT_OF_RANGE")


def test_another_media_type_is_refused(api: Api) -> None:
    headers = {"Content-Type": "text/plain"}
    for path in ("/v1/commands", "/v1/commands/bulk", "/v1/institutions/CO1/suspend"):
        response = api.call("POST", path, key="k", headers=headers, content=b"{}")
        problem_of(response, 415, "MEDIA_TYPE_UNSUPPORTED")


def test_a_bulk_request_answers_each_command_in_order(api: Api) -> None:
    lines = [
        {"id": "b1", "do": {"type": "RegisterInstitution", **institution(1)}},
        {"id": "b2", "do": PLAIN},
        {"id": "b1", "do": PLAIN},
        {"id": "b1", "do": {"type": "RegisterInstitution", **institution(1)}},
    ]
    response = api.call("POST", "/v1/commands/bulk", json=lines)
    assert response.status_code == 200, response.text
    first, second, third, fourth = response.json()
    assert first["outcome"] == "accepted"
    assert (second["outcome"], second["reason"]) == ("rejected", "ACCOUNT_UNKNOWN")
    assert (third["outcome"], third["reason"]) == ("rejected", "COMMAND_ID_REUSED")
    assert fourth == first


def test_a_malformed_line_of_a_bulk_request_takes_none(api: Api) -> None:
    before = api.engine.next_seq
    lines = [{"id": "b1", "do": PLAIN}, {"id": "b2", "do": {**PLAIN, "amount": None}}]
    response = api.call("POST", "/v1/commands/bulk", json=lines)
    assert problem_of(response, 400, "MALFORMED")["path"] == "$[1].do $.amount"
    assert api.engine.next_seq == before


def test_packed_transfers_are_one_block(api: Api) -> None:
    person = Person(id="bulk", institution="HUANGPU", roles=["BULK"])
    accepted(send(api.engine, "operator", RegisterPerson(person=person)))
    give_token(api.engine, "bulk")
    headers = {"Content-Type": "application/octet-stream"}
    response = api.call(
        "POST", "/v1/commands/bulk", by="bulk", key="k", headers=headers, content=b"short"
    )
    problem_of(response, 422, "BLOCK_MALFORMED")


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    api = Api(settings=Settings(sandbox=True, body_bytes_max=1_000_000))
    read = 0

    async def ten_megabytes() -> object:
        nonlocal read
        for _ in range(100):
            read += 100_000
            yield b"x" * 100_000

    before = api.engine.next_seq
    for path in ("/v1/commands", "/v1/tokens", "/v1/institutions/CO1/suspend"):
        read = 0
        streamed = api.call(
            "POST",
            path,
            key="k",
            headers={"Content-Type": "application/json"},
            content=ten_megabytes(),
        )
        problem_of(streamed, 413, "BODY_TOO_LARGE")
        assert read <= 1_200_000
        declared = api.call("POST", path, key="k", content=b"x" * 10_000_000)
        problem_of(declared, 413, "BODY_TOO_LARGE")
        assert declared.headers["connection"] == "close"
    assert api.engine.next_seq == before
    api.close()
