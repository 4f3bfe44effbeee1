"""The tables of acts and views: they name what exists, and pages cut lists without loss."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huangpu.engine import COMMANDS, PERMISSIONS
from huangpu.gateways.rest.acts import parameters_of, reader_of, reader_with
from huangpu.gateways.rest.reads import Window, number_in, page_after
from huangpu.gateways.rest.resources import ACTS, VIEWS


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.path)
def test_an_act_is_a_command_and_its_parameters_are_fields_of_it(act) -> None:  # type: ignore[no-untyped-def]
    assert act.command in COMMANDS
    assert act.command.__name__ in PERMISSIONS
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(act.command)}
    for name in parameters_of(act.path):
        assert fields[name] is str


def test_paths_are_named_once() -> None:
    assert len({act.path for act in ACTS}) == len(ACTS)
    assert len({view.path for view in VIEWS}) == len(VIEWS)
    assert len({act.command for act in ACTS}) == len(ACTS)


def test_every_member_command_has_a_resource_path() -> None:
    by_tag_only = {
        "FoundCentre",
        "OpenCentre",
        "Tick",
        "OpenLedgerAccount",
        "PostOpeningBalance",
        "PostTransferBlock",
        "IssueOwnToken",
        "RevokeOwnToken",
    }
    named = {act.command.__name__ for act in ACTS}
    assert {command.__name__ for command in COMMANDS} - named == by_tag_only


def test_a_number_the_journal_cannot_hold_is_malformed() -> None:
    act = next(act for act in ACTS if act.path == "/v1/growth/investors/{investor_id}/cash")
    read = reader_with(act, {"investor_id": "I1"})
    assert read(b'{"amount_fen": 18446744073709551615}').amount_fen == 2**64 - 1  # type: ignore[attr-defined]
    with pytest.raises(msgspec.ValidationError):
        read(b'{"amount_fen": 18446744073709551616}')
    plain = next(act for act in ACTS if act.path == "/v1/growth/orders")
    body = b'{"client_order_id":"a","investor_id":"b","code":"c","side":"BUY","price_fen":%d,"quantity":1}'
    with pytest.raises(msgspec.ValidationError):
        reader_of(plain)(body % 10**30)


@given(st.integers(0, 40), st.integers(1, 12))
def test_pages_together_are_the_list(length: int, limit: int) -> None:
    items = [f"i{number}" for number in range(length)]
    seen: list[str] = []
    after = ""
    while True:
        page = page_after(items, Window(limit, after), lambda item: item)
        assert len(page.items) <= limit
        seen += page.items
        after = page.next
        if not after:
            break
    assert seen == items


def test_an_unknown_cursor_gives_an_empty_page() -> None:
    assert page_after(["a"], Window(5, "nobody"), lambda item: item).items == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("12", 12), ("-1", None), ("", None), ("1e3", None), ("٣", None), ("9" * 16, None)],
)
def test_a_number_in_a_path(text: str, number: int | None) -> None:
    assert number_in(text) == number
