"""Who sends a request: the person behind a bearer token, and what they may read."""

from typing import Any

from litestar import Request

from huangpu.core.calendar import date_of
from huangpu.engine.access import person_of_token
from huangpu.engine.gate import Gate
from huangpu.gateways.rest.problems import problem
from huangpu.registry import holds_permission
from huangpu.registry.people import Person

AnyRequest = Request[Any, Any, Any]

READ_ALL = "read.all"

NOT_AUTHENTICATED = problem(
    401,
    "NOT_AUTHENTICATED",
    "send `Authorization: Bearer <token>` with a token of a registered person (POST /v1/tokens issues one)",
    headers={"WWW-Authenticate": 'Bearer realm="huangpu"'},
)


def gate_of(request: AnyRequest) -> Gate:
    """Return the gate this application was built on."""
    gate = request.app.state.gate
    assert isinstance(gate, Gate)
    return gate


def bearer_of(authorization: str) -> str:
    """Return the token of an Authorization header; empty when it carries none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def person_of(gate: Gate, authorization: str) -> Person | None:
    """Return the person whose bearer token the header carries."""
    token = bearer_of(authorization)
    return person_of_token(gate.engine.centre, token) if token else None


def requester(gate: Gate, request: AnyRequest) -> Person | None:
    """Return the person behind the bearer token of a request."""
    return person_of(gate, request.headers.get("authorization", ""))


def may(gate: Gate, person: Person, permission: str) -> bool:
    """Tell whether a person holds a permission on the business date of the newest entry."""
    engine = gate.engine
    date = date_of(engine.last_at_us)
    centre = engine.centre
    return holds_permission(centre.registry, centre.rules, person.id, permission, date)


def scope_of(gate: Gate, person: Person) -> str | None:
    """Return the institution a person reads for; None when they may read everything."""
    return None if may(gate, person, READ_ALL) else person.institution
