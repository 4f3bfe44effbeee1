"""ISO 20022 over HTTP: what cannot be read, attacks, and the reason code of every refusal."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.iso20022 import pacs008, pain001, post, read, transfer
from tests.support.offshore import offshore_engine, uetr
from tests.support.rest import Api, give_token
from tests.support.shared import shared_path

from huangpu.core.reasons import Reason
from huangpu.gateways.iso20022 import CustomerStatusReport, MessageReject
from huangpu.gateways.iso20022.reasons import CODES, EXPLICIT, PROPRIETARY

SOURCES = Path(__file__).resolve().parents[2] / "src" / "huangpu"
ENTITY = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    engine = offshore_engine()
    for person in ("otc1-treasurer", "ovb-desk", "bk1-maker"):
        give_token(engine, person)
    api = Api(engine)
    yield api
    api.close()


def order(message_id: str = "X1", number: int = 900) -> bytes:
    return pain001(message_id, "BK1", "FTE-OTC1", transfer("FTN-SUP1", "USD", 100, uetr(number)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<a/>",
        b"<?xml version='1.0'?>" + ENTITY.encode() + b"<d>&b;</d>",
        order().replace(b"?>\n", b"?>" + ENTITY.encode(), 1),
        order().replace(b"?>\n", b"?>" + OUTSIDE.encode(), 1),
        order().replace(b"<Document", b"<?php x?><Document", 1),
        b"<a>" * 100_000,
        order()[:-20],
        b"\xff\xfe" + order(),
    ],
)
def test_what_cannot_be_read_is_answered_and_never_journaled(api: Api, data: bytes) -> None:
    before = api.engine.next_seq
    response = post(api, "otc1-treasurer", data)
    assert response.status_code == 400
    report = read(response)
    assert isinstance(report, MessageReject)
    assert report.reason == "FF01"
    assert b"root:" not in response.content
    assert api.engine.next_seq == before
    assert post(api, "otc1-treasurer", data).content == response.content


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b">1.00<", b">0.00<"), "AM01"),
        ((b">1.00<", b">1.001<"), "CH20"),
        ((b">1.00<", b">-1.00<"), "FF01"),
        ((b"<NbOfTxs>1<", b"<NbOfTxs>2<"), "AM19"),
        ((b"<PmtMtd>TRF<", b"<PmtMtd>CHK<"), "FF01"),
        ((b"TRADETYPE/RESALE", b"TRADETYPE/BARTER"), "RR05"),
    ],
)
def test_a_message_whose_references_can_be_read_gets_a_status_report(
    api: Api, change: tuple[bytes, bytes], code: str
) -> None:
    data = order()
    assert change[0] in data
    before = api.engine.next_seq
    response = post(api, "otc1-treasurer", data.replace(*change))
    report = read(response)
    assert response.status_code == 400
    assert isinstance(report, CustomerStatusReport)
    assert report.original_message_id == "X1"
    assert (report.group_status, report.reasons[0].code) == ("RJCT", code)
    assert api.engine.next_seq == before


def test_a_message_of_another_kind_is_refused(api: Api) -> None:
    answer = post(api, "otc1-treasurer", order("K1", 901))
    assert answer.status_code == 200
    again = post(api, "otc1-treasurer", answer.content)
    assert isinstance(read(again), MessageReject)


def test_who_may_not_send_is_told_so(api: Api) -> None:
    response = post(api, "bk1-maker", pacs008("Y1", "FTE-OTC1", "EUR", 100, uetr(902)))
    assert response.status_code == 422
    forbidden = post(api, "ovb-desk", order("Y2", 903))
    assert forbidden.status_code == 403
    report = read(forbidden)
    assert isinstance(report, CustomerStatusReport)
    assert report.payments[0].transfers[0].reasons[0].code == "AG08"


def test_the_edge_applies_to_xml_too(api: Api) -> None:
    assert api.call("POST", "/v1/iso20022", by=None, content=order()).status_code == 401
    headers = {"Content-Type": "application/json"}
    wrong = api.call("POST", "/v1/iso20022", by="ovb-desk", headers=headers, content=order())
    assert wrong.status_code == 415
    assert wrong.json()["code"] == "MEDIA_TYPE_UNSUPPORTED"
    large = post(api, "ovb-desk", b"<a>" + b" " * 10_000_000)
    assert large.status_code == 413


def test_every_reason_of_a_payment_has_a_code() -> None:
    files = [
        *(SOURCES / "venues" / "offshore" / "payments").glob("*.py"),
        *(SOURCES / "venues" / "offshore" / "recalls").glob("*.py"),
        *(SOURCES / "venues" / "offshore" / "bank_transfers").glob("*.py"),
        SOURCES / "registry" / "register.py",
        SOURCES / "engine" / "writer.py",
    ]
    used = {
        Reason(name)
        for file in files
        for name in re.findall(r"Reason\.([A-Z_]+)", file.read_text(encoding="utf-8"))
    }
    assert len(used) > 20
    assert used - EXPLICIT.keys() == set()
    assert set(CODES) == set(Reason)


def test_every_code_is_in_the_published_set() -> None:
    files = list(shared_path("samples", "iso20022", "codes").glob("*status_reason*"))
    published = "".join(file.read_text(encoding="utf-8") for file in files)
    assert {code for code in CODES.values() if f'"{code}"' not in published} == PROPRIETARY
