"""The tables are complete and consistent."""

from huangpu.gateways.iso20022 import READERS, definitions
from huangpu.gateways.iso20022.profile import (
    HEADER_DEFINITION,
    UNBOUNDED,
    Component,
    _tables,
    profile_of,
)


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
    transfer = next(
        row.component
        for row in profile_of("pacs.008.001.08").component.rows
        if row.tag == "CdtTrfTxInf"
    )
    assert transfer is not None
    identification = next(row for row in transfer.rows if row.tag == "PmtId").component
    assert identification is not None
    assert {row.tag: row.low for row in identification.rows}["UETR"] == 1
    assert {row.low for row in _tables().rows["PaymentIdentification7"] if row.tag == "UETR"} == {0}
