"""Everything written is valid against the published schemas, and the tables agree with them."""

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.support.shared import shared_path
from tests.unit.gateways.iso20022 import messages as m

from huangpu.gateways.iso20022 import (
    BusinessHeader,
    Document,
    definitions,
    parse,
    receive,
    write_admi002,
    write_camt029,
    write_camt052,
    write_camt053,
    write_camt054,
    write_camt056,
    write_pacs002,
    write_pacs004,
    write_pacs008,
    write_pacs009,
    write_pacs028,
    write_pain001,
    write_pain002,
)
from huangpu.gateways.iso20022.profile import HEADER_DEFINITION, Component, profile_of

WRITERS: list[tuple[str, Any, Callable[..., bytes]]] = [
    ("pain.001.001.09", m.ORDER, write_pain001),
    ("pacs.008.001.08", m.PAYMENT, write_pacs008),
    ("pain.002.001.10", m.CUSTOMER_STATUS, write_pain002),
    ("pacs.002.001.10", m.INTERBANK_STATUS, write_pacs002),
    ("camt.054.001.08", m.NOTICE, write_camt054),
    ("admi.002.001.01", m.REJECT, write_admi002),
    ("camt.056.001.08", m.RECALL, write_camt056),
    ("camt.029.001.09", m.RECALL_ANSWER, write_camt029),
    ("pacs.004.001.09", m.RETURN, write_pacs004),
    ("pacs.009.001.08", m.BANK_TRANSFER, write_pacs009),
    ("pacs.009.001.08", m.COVER, write_pacs009),
    ("pacs.028.001.03", m.STATUS_REQUEST, write_pacs028),
    ("camt.052.001.08", m.REPORT, write_camt052),
    ("camt.053.001.08", m.STATEMENT, write_camt053),
]
XS = "{http://www.w3.org/2001/XMLSchema}"


def bic(message: Any, *fields: str) -> str:
    """Give the first of the fields that the message has."""
    return next((getattr(message, each) for each in fields if hasattr(message, each)), "TSTACNSH")


@cache
def schema(definition: str) -> etree.XMLSchema:
    path = shared_path("samples", "iso20022", "xsd", f"{definition}.xsd")
    return etree.XMLSchema(etree.parse(path))


@pytest.mark.parametrize(("definition", "message", "write"), WRITERS)
def test_what_is_written_is_valid(
    definition: str, message: Any, write: Callable[..., bytes]
) -> None:
    schema(definition).assertValid(etree.fromstring(write(message)))


@pytest.mark.parametrize(("definition", "message", "write"), WRITERS)
def test_what_is_written_with_a_header_is_valid(
    definition: str, message: Any, write: Callable[..., bytes]
) -> None:
    header = BusinessHeader(
        from_bic=bic(message, "instructing_bic", "assigner_bic"),
        to_bic=bic(message, "instructed_bic", "assignee_bic"),
        business_message_id=getattr(message, "message_id", "ADMI-1"),
        definition=definition,
        created_at=m.AT,
        possible_duplicate=False,
    )
    header_element, document = etree.fromstring(write(message, header=header))
    schema(HEADER_DEFINITION).assertValid(header_element)
    schema(definition).assertValid(document)


@pytest.mark.parametrize(("definition", "message", "write"), WRITERS)
def test_what_is_written_is_read_back(
    definition: str, message: Any, write: Callable[..., bytes]
) -> None:
    assert receive(write(message)) == message


def test_a_status_of_many_reasons_is_valid() -> None:
    report = msgspec.structs.replace(
        m.CUSTOMER_STATUS, reasons=m.CUSTOMER_STATUS.payments[0].transfers[0].reasons * 3
    )
    schema("pain.002.001.10").assertValid(etree.fromstring(write_pain002(report)))


@pytest.mark.parametrize("definition", [*definitions(), HEADER_DEFINITION])
def test_the_tables_have_the_rows_of_the_schema(definition: str) -> None:
    """Elements and their order are the schema's; occurrence is the schema's or narrower."""
    path = shared_path("samples", "iso20022", "xsd", f"{definition}.xsd")
    types = {
        each.get("name"): each for each in etree.parse(path).getroot().iter(XS + "complexType")
    }
    profile = profile_of(definition)
    seen: set[int] = set()

    def compare(component: Component) -> None:
        if id(component) in seen or component.kind == "any":
            return
        seen.add(id(component))
        body = types[component.name][0]
        assert body.tag == XS + {"all": "sequence", "choice": "choice"}[component.kind]
        assert [row.tag for row in component.rows] == [each.get("name") for each in body]
        for row, element in zip(component.rows, body, strict=True):
            high = element.get("maxOccurs", "1")
            assert row.low >= int(element.get("minOccurs", "1"))
            assert high == "unbounded" or row.high <= int(high)
            if row.component is not None:
                assert row.component.name == element.get("type")
                compare(row.component)

    compare(profile.component)
    assert len(seen) >= 3


MAXIMAL = (
    *("pain.001", "pacs.008", "pacs.002", "pacs.004", "pacs.009", "pacs.009_cov"),
    *("camt.052", "camt.054"),
)


@pytest.mark.parametrize("name", MAXIMAL)
@given(data=st.data())
def test_what_is_accepted_is_valid(name: str, data: st.DataObject) -> None:
    """Change one element of the fullest sample; the tables accept nothing the schema refuses."""
    root = etree.parse(
        shared_path("samples", "iso20022", name[:8], f"cbpr_sr2026_{name}.max.xml")
    ).getroot()
    header, document = root
    elements = [each for each in root.iter() if each not in (root, header, document)]
    chosen = data.draw(st.sampled_from(elements))
    parent = chosen.getparent()
    assert parent is not None
    change = data.draw(st.sampled_from(["delete", "repeat", "move", "text", "empty", "attribute"]))
    if change == "delete":
        parent.remove(chosen)
    elif change == "repeat":
        chosen.addnext(copy.deepcopy(chosen))
    elif change == "move":
        parent.insert(data.draw(st.integers(0, len(parent))), chosen)
    elif change == "text":
        chosen.text = data.draw(st.sampled_from(["", "9", "-1", "AB12", "2026-13-01", "x" * 141]))
    elif change == "empty":
        chosen.clear()
    else:
        chosen.set("Ccy", data.draw(st.sampled_from(["EUR", "EURO", ""])))
    definition = etree.QName(document).namespace.rpartition(":")[2]
    valid = schema(definition).validate(document) and schema(HEADER_DEFINITION).validate(header)
    accepted = isinstance(parse(etree.tostring(root)), Document)
    assert valid or not accepted, f"{change} at {root.getroottree().getpath(chosen)}"
