"""The journal as it is shown: no secrets, the right room, the fields by their path."""

from tests.support.centre import founded_engine

from huangpu.console.entries import fields_of, lane_of
from huangpu.registry.people import IssueCredential
from huangpu.venues.growth.orders import CancelOrder
from huangpu.venues.reinsurance.placement.quoting import DeclineSlip


def test_hashes_of_secrets_are_hidden() -> None:
    fields = dict(fields_of(IssueCredential(person_id="p", scheme="token", hashed="f" * 64)))
    assert fields == {"person_id": "p", "scheme": "token", "hashed": "••••••"}
    founding = founded_engine().entry(1)
    assert founding is not None
    assert "$argon2id$test" not in str(fields_of(founding.command))


def test_empty_fields_are_left_out() -> None:
    assert fields_of(DeclineSlip(slip_id="S", cause="")) == [("slip_id", "S")]


def test_a_command_lies_in_the_room_that_decides_it() -> None:
    assert lane_of(CancelOrder(client_order_id="x")) == "growth"
    assert lane_of(IssueCredential(person_id="p", scheme="token", hashed="")) == "centre"
