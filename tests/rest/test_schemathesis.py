"""The API keeps its own OpenAPI document: made-up requests get no 5xx and nothing that is not described."""

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.support.offshore import offshore_engine
from tests.support.rest import give_token, token_of
from tests.support.server import served

from huangpu.gateways.rest.openapi import document

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 12
_numbers = itertools.count()
# A stream does not end, and XML is fuzzed by the ISO 20022 tests.
schema = schemathesis.openapi.from_dict(msgspec.json.decode(document())).exclude(
    path=["/v1/stream", "/v1/iso20022"]
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    engine = offshore_engine()
    for person in ("operator", "bk1-maker", "zone-1"):
        give_token(engine, person)
    with served(engine) as address:
        yield address


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_conforms(case: schemathesis.Case[Any], address: str) -> None:
    headers = {"Authorization": f"Bearer {token_of(sender(case))}"}
    number = next(_numbers)
    if case.method == "POST" and number % 4:
        # One key would meet only "used for another command"; one in four keeps the made-up key.
        headers["Idempotency-Key"] = f"made-up-{number}"
    case.call_and_validate(base_url=address, headers=headers, checks=CHECKS)


def sender(case: schemathesis.Case[Any]) -> str:
    """Choose who may do most there; who signs out is not asked again."""
    if case.path == "/v1/tokens/current":
        return "zone-1"
    rooms = {"offshore": "bk1-maker"}
    room = case.path.split("/")[2] if case.path.count("/") > 1 else ""
    return rooms.get(room, "operator") if case.method == "POST" else "operator"
