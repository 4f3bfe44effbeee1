"""Sessions, forms and paths: what keeps strangers out."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient
from tests.support.market import market, played

from huangpu.app.web import Centred, build_app
from huangpu.config import SANDBOX_PASSWORD, Settings
from huangpu.console.security import content_policy, local_path
from huangpu.console.sessions import ATTEMPTS_MAX, ATTEMPTS_WINDOW_S, IDLE_S, LIFE_S, Sessions
from huangpu.engine import Gate

OWN = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def client() -> Iterator[TestClient[Any]]:
    engine = market()
    played(engine, list(range(12)))
    app = build_app(
        Centred(gate=Gate(lambda: engine), settings=Settings(sandbox=True, snapshot_entries=0))
    )
    with TestClient(app) as found:
        yield found


def sign_in(client: TestClient[Any], person: str) -> str:
    """Sign in and return the token that the forms of the session carry."""
    form = {"person": person, "password": SANDBOX_PASSWORD, "next": "/"}
    answer = client.post("/sign-in", data=form, headers=OWN)
    assert answer.status_code == 200, answer.text
    return str(answer.text.split('name="csrf" value="')[1].split('"')[0])


def test_a_session_ends_by_idling_by_age_and_by_signing_out() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    idle, old, out = (sessions.begin("p") for _ in range(3))
    assert sessions.find(idle)
    sessions.end(out)
    assert sessions.find(out) is None
    for _ in range(int(LIFE_S / IDLE_S * 2)):
        now[0] += IDLE_S / 2
        alive = sessions.find(old)
    assert alive is None
    assert sessions.find(idle) is None


def test_passwords_cannot_be_tried_at_speed() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    for _ in range(ATTEMPTS_MAX):
        assert sessions.may_try("p")
        sessions.failed("p")
    assert not sessions.may_try("p")
    assert sessions.may_try("q")
    now[0] += ATTEMPTS_WINDOW_S + 1
    assert sessions.may_try("p")


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "x", "", "/a\nb"],
)
def test_nobody_is_sent_elsewhere_after_signing_in(target: str) -> None:
    assert local_path(target) == "/"


def test_a_local_path_stays() -> None:
    assert local_path("/rules?room=growth") == "/rules?room=growth"


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    policy = content_policy("N")
    assert policy.startswith("default-src 'none'; script-src 'self' 'nonce-N';")
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_pages_send_the_policy_and_a_fresh_nonce(client: TestClient[Any]) -> None:
    first, second = (client.get("/sign-in").headers["content-security-policy"] for _ in range(2))
    assert "default-src 'none'" in first
    assert first != second


def test_a_stranger_is_led_to_the_door(client: TestClient[Any]) -> None:
    for path in ("/", "/journal", "/growth/688256", "/console/stream?topics=overview"):
        answer = client.get(path, follow_redirects=False)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_strangers(
    client: TestClient[Any],
) -> None:
    form = {"person": "sec1-trader", "password": SANDBOX_PASSWORD}
    answer = client.post("/sign-in", data=form, headers=OWN, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_forms_from_elsewhere_or_without_the_token_are_refused(client: TestClient[Any]) -> None:
    csrf = sign_in(client, "sec1-trader")
    form = {"side": "BUY", "price": "1.00", "quantity": "200", "investor_id": "SEC1-INV1"}
    sent = [
        client.post("/growth/688256/orders", data=form, headers=OWN),
        client.post("/growth/688256/orders", data=form | {"csrf": "x"}, headers=OWN),
        client.post("/growth/688256/orders", data=form | {"csrf": csrf}),
        client.post(
            "/growth/688256/orders",
            data=form | {"csrf": csrf},
            headers={"sec-fetch-site": "cross-site"},
        ),
    ]
    assert [answer.status_code for answer in sent] == [403, 403, 403, 403]
    own = client.post("/growth/688256/orders", data=form | {"csrf": csrf}, headers=OWN)
    assert own.status_code == 422
    assert "PRICE_OUTSIDE_LIMIT" in own.text


def test_a_field_that_is_no_number_is_refused_beside_its_form(client: TestClient[Any]) -> None:
    csrf = sign_in(client, "sec1-trader")
    form = {"csrf": csrf, "side": "BUY", "price": "1.005", "quantity": "<b>200", "investor_id": "x"}
    answer = client.post("/growth/688256/orders", data=form, headers=OWN)
    assert answer.status_code == 422
    assert "FIELD_OUT_OF_RANGE" in answer.text
    assert "&lt;b&gt;200" in answer.text
    assert "<b>200" not in answer.text


def test_others_affairs_are_not_found(client: TestClient[Any]) -> None:
    sign_in(client, "supervisor-supervisor")
    payments = client.get("/offshore").text.split("/offshore/payments/")
    uetr = payments[1].split('"')[0]
    assert client.get(f"/offshore/payments/{uetr}").status_code == 200
    assert client.get("/offshore/accounts/FT-OTC01").status_code == 200
    sign_in(client, "sec1-trader")
    assert client.get(f"/offshore/payments/{uetr}").status_code == 404
    assert client.get("/offshore/accounts/FT-OTC01").status_code == 404
    assert client.get("/reinsurance/place").status_code == 404
    assert "order ticket" in client.get("/growth/688256").text.lower()


def test_an_entry_of_others_is_not_found_and_secrets_are_never_shown(
    client: TestClient[Any],
) -> None:
    sign_in(client, "supervisor-supervisor")
    listed = client.get("/journal?room=offshore").text
    seq = listed.split('href="/journal/')[1].split('"')[0]
    assert client.get(f"/journal/{seq}").status_code == 200
    sign_in(client, "sec1-trader")
    assert client.get(f"/journal/{seq}").status_code == 404
