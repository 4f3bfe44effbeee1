"""The edge: request ids, security headers, problems for every error, health and figures."""

from collections.abc import Iterator
from typing import cast

import pytest
from tests.support.rest import PASSWORD, Api, give_password

from huangpu.engine import Gate, Overloaded
from huangpu.gateways.rest.acts import parameters_of
from huangpu.gateways.rest.lane import ReadLanes
from huangpu.gateways.rest.resources import VIEWS


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    api = Api()
    give_password(api.engine, "operator")
    yield api
    api.close()


def test_every_answer_carries_a_request_id(api: Api) -> None:
    given = api.call("GET", "/livez", headers={"Request-Id": "abc-1"})
    assert given.headers["request-id"] == "abc-1"
    made = api.call("GET", "/livez", headers={"Request-Id": "not one, it has blanks"})
    assert made.headers["request-id"].startswith("req_")
    assert api.call("GET", "/no").headers["request-id"] != made.headers["request-id"]


@pytest.mark.parametrize("path", ["/livez", "/v1/people/me", "/no-such", "/v1/commands"])
def test_every_answer_carries_security_headers(api: Api, path: str) -> None:
    headers = api.call("GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/rules", "?limit=100"),
        ("/v1/institutions", "?limit=50"),
        ("/v1/rules/offshore.queue.on", "?date=2026-11-23"),
    ],
)
def test_a_read_answers_alike_with_and_without_the_framework(
    api: Api, path: str, query: str
) -> None:
    short, long = api.call("GET", path), api.call("GET", path + query)
    assert short.status_code == 200
    assert short.content == long.content
    own = {"request-id", "date"}
    assert {k: v for k, v in short.headers.items() if k not in own} == {
        k: v for k, v in long.headers.items() if k not in own
    }


def test_an_exact_path_goes_before_one_with_a_parameter() -> None:
    lanes = ReadLanes(cast(Gate, None), VIEWS)
    for view in VIEWS:
        names = parameters_of(view.path)
        found = lanes.find(view.path.format(**dict.fromkeys(names, "x")))
        last = view.path.endswith("}") and len(names) == 1
        assert found == ((view, {names[0]: "x"}) if last else None if names else (view, {}))
    assert lanes.find("/v1/offshore/payments/") is None


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/no-such", 404, "NOT_FOUND"),
        ("GET", "/v1/institutions/NOBODY", 404, "NOT_FOUND"),
        ("GET", "/v1/rules/no.such.rule", 404, "NOT_FOUND"),
        ("GET", "/v1/journal/entries/999999", 404, "NOT_FOUND"),
        ("GET", "/v1/journal/entries/0", 404, "NOT_FOUND"),
        ("GET", "/v1/journal/entries/x", 404, "NOT_FOUND"),
        ("PUT", "/v1/commands", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/v1/people/me", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v1/rules?limit=0", 400, "MALFORMED"),
        ("GET", "/v1/rules?limit=many", 400, "MALFORMED"),
        ("GET", "/v1/rules?unknown=1", 400, "MALFORMED"),
        ("GET", "/v1/rules?date=2026-13-01", 400, "MALFORMED"),
        ("GET", "/v1/offshore/matrix?date=1999-01-01", 400, "RULE_NOT_IN_FORCE"),
    ],
)
def test_every_error_is_a_problem(api: Api, method: str, path: str, status: int, code: str) -> None:
    response = api.call(method, path)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/v1/people/me", "GET"), ("/v1/rules", "GET, POST"), ("/v1/growth/orders/1/cancel", "POST")],
)
def test_a_wrong_method_is_told_the_right_ones(api: Api, path: str, allowed: str) -> None:
    response = api.call("PUT", path)
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) - {"OPTIONS"} == set(allowed.split(", "))


def test_a_defect_shows_no_stack(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(self: Gate, *parts: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(Gate, "settled", broken)
    monkeypatch.setattr(Gate, "submit", broken)
    body = {"type": "PostOpeningBalance", "debit": "A", "credit": "B", "amount": 5}
    for response in (
        api.call("GET", "/v1/people/me"),
        api.call("POST", "/v1/commands", key="k", json=body),
    ):
        assert response.status_code == 500
        assert response.json()["code"] == "INTERNAL"
        assert "secret" not in response.text
        assert "Traceback" not in response.text


def test_an_overloaded_centre_says_when_to_come_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(self: Gate, *parts: object) -> None:
        raise Overloaded("20000 commands queued, at most 20000")

    monkeypatch.setattr(Gate, "submit", full)
    body = {"type": "PostOpeningBalance", "debit": "A", "credit": "B", "amount": 5}
    response = api.call("POST", "/v1/commands", key="k", json=body)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert response.json()["code"] == "OVERLOADED"


def test_a_password_becomes_a_token_and_the_token_becomes_void(api: Api) -> None:
    asked = {"person": "operator", "password": PASSWORD}
    signed_in = api.call("POST", "/v1/tokens", by=None, json=asked)
    assert signed_in.status_code == 201, signed_in.text
    token = signed_in.json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert (
        api.call("GET", "/v1/people/me", by=None, headers=headers).json()["person"]["id"]
        == "operator"
    )
    assert api.call("DELETE", "/v1/tokens/current", by=None, headers=headers).status_code == 204
    assert api.call("GET", "/v1/people/me", by=None, headers=headers).status_code == 401
    journal = api.call("GET", "/v1/journal/entries?limit=500").text
    assert token not in journal
    assert "argon2id" not in journal


def test_wrong_passwords_are_slowed_down(api: Api) -> None:
    asked = {"person": "nobody", "password": "wrong"}
    codes = [api.call("POST", "/v1/tokens", by=None, json=asked).status_code for _ in range(6)]
    assert codes == [401, 401, 401, 401, 401, 429]


def test_health_and_figures_need_no_token(api: Api) -> None:
    assert api.call("GET", "/livez", by=None).json() == {"status": "alive"}
    assert api.call("GET", "/readyz", by=None).json() == {"status": "ready"}
    assert set(api.call("GET", "/version", by=None).json()) == {"version"}
    text = api.call("GET", "/metrics", by=None).text
    assert f"huangpu_journal_entries {api.engine.next_seq - 1}.0" in text
    assert 'huangpu_requests_total{method="GET",status="200"}' in text


def test_a_page_leads_to_the_next_and_the_last_page_ends(api: Api) -> None:
    names: list[str] = []
    after = ""
    while True:
        page = api.call("GET", "/v1/rules", params={"limit": 60, "after": after}).json()
        names += [item["name"] for item in page["items"]]
        after = page["next"]
        if not after:
            break
    assert names == [rule.name for rule in api.engine.centre.rules]


def test_the_journal_can_be_read_to_its_end(api: Api) -> None:
    after, seqs = 0, []
    while True:
        page = api.call("GET", "/v1/journal/entries", params={"limit": 2, "after": after}).json()
        if not page["items"]:
            break
        seqs += [item["seq"] for item in page["items"]]
        after = page["next"]
    assert seqs == list(range(1, api.engine.next_seq))
    proof = api.call("GET", "/v1/journal/entries/1").json()
    row = api.engine.store.row_of(1)
    assert row is not None
    assert proof["digest"] == row.digest.hex()


def test_the_documentation_describes_every_route(api: Api) -> None:
    document = api.call("GET", "/v1/openapi.json", by=None).json()
    assert document["openapi"] == "3.1.0"
    for path, operations in document["paths"].items():
        for method in operations:
            counted = path.replace("{number}", "1").replace("{sequence}", "1")
            filled = counted.replace("{", "x").replace("}", "x")
            answer = api.call(method.upper(), filled, by=None)
            assert answer.status_code not in {404, 405}, (method, path, answer.text)
