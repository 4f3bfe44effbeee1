"""The tables are complete and consistent."""

import datetime
import re

from huangpu.gateways.iso20022 import READERS, definitions
from huangpu.gateways.iso20022.profile import (
    HEADER_DEFINITION,
    UNBOUNDED,
    Component,
    _tables,
    profile_of,
)
from huangpu.gateways.iso20022.rule_checks import BODY, HEADER
from huangpu.gateways.iso20022.rules import rule_rows


def reachable(component: Component, found: dict[int, Component]) -> dict[int, Component]:
    if id(component) not in found:
        found[id(component)] = component
        for row in component.rows:
            if row.component is not None:
                reachable(row.component, found)
    return found


def test_every_message_has_a_reader() -> None:
    assert set(definitions()) == set(READERS)


def test_every_component_and_type_of_the_tables_is_used() -> None:
    tables = _tables()
    components: dict[int, Component] = {}
    for definition in (*definitions(), HEADER_DEFINITION):
        reachable(profile_of(definition).component, components)
    assert {component.name for component in components.values()} == set(tables.kinds)
    leaves = {row.leaf.name for c in components.values() for row in c.rows if row.leaf}
    # Types that only the standard's own row had, before a message narrowed it.
    assert set(tables.leaves) - leaves <= {"ActiveCurrencyCode", "Exact4AlphaNumericText"}


def test_every_narrowing_meets_a_row() -> None:
    tables = _tables()
    for definition, uses in tables.uses.items():
        for path in uses:
            component: Component | None = profile_of(definition).component
            for tag in path.split("/"):
                assert component is not None, path
                row = next((row for row in component.rows if row.tag == tag), None)
                assert row is not None, f"{definition}: no row for {path}"
                component = row.component


def test_occurrences_make_sense() -> None:
    for definition in definitions():
        for component in reachable(profile_of(definition).component, {}).values():
            for row in component.rows:
                assert 0 <= row.low <= row.high <= UNBOUNDED
                assert (row.leaf is None) != (row.component is None)


def test_a_narrowed_row_stays_within_its_message() -> None:
    def transfers(definition: str, tag: str) -> int:
        rows = profile_of(definition).component.rows
        return next(row.high for row in rows if row.tag == tag)

    assert transfers("pacs.008.001.08", "CdtTrfTxInf") == 1
    standard = _tables().rows["FIToFICustomerCreditTransferV08"]
    assert {row.high for row in standard if row.tag == "CdtTrfTxInf"} == {UNBOUNDED}


def test_the_address_of_sr2026_is_asked_for_from_its_date_on() -> None:
    def town_low(on: datetime.date) -> set[int]:
        found = reachable(profile_of("pacs.008.001.08", on).component, {})
        address = next(c for c in found.values() if c.name == "PostalAddress24")
        return {row.low for row in address.rows if row.tag in {"TwnNm", "Ctry"}}

    assert town_low(datetime.date(2026, 11, 13)) == {0}
    assert town_low(datetime.date(2026, 11, 14)) == {1}


def test_every_rule_has_a_check_a_code_and_a_text() -> None:
    rows = rule_rows()
    assert {row.definition for row in rows} == set(definitions())
    for row in rows:
        assert row.text, row
        assert re.fullmatch("[A-Z]{2}[0-9]{2}", row.code), row
        assert row.check in {*BODY, *HEADER, "relay_payment_id"}, row
