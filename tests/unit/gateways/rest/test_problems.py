"""Problems: every reason has its status, a path is taken out of a message, the same refusal gives the same bytes."""

import msgspec
import pytest

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.gateways.rest.problems import STATUS, Problem, malformed, refused


def test_every_reason_has_a_status() -> None:
    assert set(STATUS) == set(Reason)
    assert set(STATUS.values()) == {403, 422}


@pytest.mark.parametrize(
    ("message", "what", "path"),
    [
        (
            "Expected `int`, got `str` - at `$.order.amount`",
            "Expected `int`, got `str`",
            "$.order.amount",
        ),
        (
            "JSON is malformed: trailing comma (byte 4)",
            "JSON is malformed: trailing comma (byte 4)",
            "$",
        ),
        ("Invalid value 'a - at b' - at `$.type`", "Invalid value 'a - at b'", "$.type"),
    ],
)
def test_what_is_malformed_names_its_path(message: str, what: str, path: str) -> None:
    body = msgspec.json.decode(malformed(msgspec.ValidationError(message)).body, type=Problem)
    assert (body.detail, body.path, body.status) == (what, path, 400)


def test_a_refusal_carries_reason_value_and_clause() -> None:
    rejected = Rejected(
        Reason.TRANSFER_FORBIDDEN, "R-14: FTI to DOM", "R-14", "transfer.FTI.DOM.CNY"
    )
    answer = refused(rejected, 7)
    body = msgspec.json.decode(answer.body, type=Problem)
    assert (answer.status, body.code, body.cite, body.rule, body.seq) == (
        422,
        "TRANSFER_FORBIDDEN",
        "R-14",
        "transfer.FTI.DOM.CNY",
        7,
    )
    assert refused(rejected, 7).body == answer.body
