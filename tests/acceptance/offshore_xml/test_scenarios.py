"""Runs the XML tables: each row is one message over HTTP, its answer a status report that keeps its own profile."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.iso20022 import pacs008, pain001, post, read, transfer
from tests.support.offshore import balances, offshore_engine, uetr
from tests.support.rest import Api, give_token

from huangpu.gateways.iso20022 import CustomerStatusReport, InterbankStatusReport
from huangpu.registry.people import Person

FOLDER = Path(__file__).parent
DEBTORS = {"otc1-treasurer": "FTE-OTC1", "otc3-treasurer": "FTE-OTC3"}


def rows(name: str) -> list[dict[str, str]]:
    lines = [line for line in (FOLDER / name).read_text().splitlines() if line[:1] not in {"", "#"}]
    header = lines[0].split()
    return [dict(zip(header, line.split(), strict=True)) for line in lines[1:]]


CASES = {
    case: list(group)
    for case, group in itertools.groupby(rows("g_scenarios.table"), lambda row: row["case"])
}


def minor(text: str) -> int:
    return int(text.replace(".", ""))


@pytest.fixture
def api() -> Iterator[Api]:
    engine = offshore_engine()
    people: dict[str, Person] = engine.centre.registry.people.persons
    for person in ("ovb-desk", "otc1-treasurer", "otc3-treasurer", "bk1-maker", "sup1-treasurer"):
        assert person in people
        give_token(engine, person)
    api = Api(engine)
    yield api
    api.close()


def message(row: dict[str, str]) -> bytes:
    amount, given = minor(row["amount"]), uetr(int(row["uetr"]))
    if row["message"] == "pacs.008":
        return pacs008(row["message_id"], row["account"], row["currency"], amount, given)
    order = transfer(row["account"], row["currency"], amount, given)
    return pain001(row["message_id"], row["via"], DEBTORS[row["by"]], order)


@pytest.mark.parametrize("case", CASES)
def test_scenario(api: Api, case: str) -> None:
    wanted = balances(api.engine)
    for row in rows("balances.table"):
        if row["case"] == case:
            wanted[row["account"]] = minor(row["balance"])
    sent = answer = b""
    for row in CASES[case]:
        again = row["message"] == "again"
        sent = sent if again else message(row)
        response = post(api, row["by"], sent)
        if again:
            assert response.content == answer
        answer = response.content
        status, _, code = row["status"].partition("/")
        report = read(response)
        if isinstance(report, InterbankStatusReport):
            found, reasons = report.status, report.reasons
        else:
            assert isinstance(report, CustomerStatusReport)
            found, reasons = report.group_status, report.payments[0].transfers[0].reasons
        assert (found, [reason.code for reason in reasons]) == (status, [code] if code else [])
        assert response.status_code == (422 if code else 200)
    moved = {
        code: amount
        for code, amount in balances(api.engine).items()
        if amount != wanted[code] and not code.startswith(("MIRROR", "INTERUNIT", "OPENING"))
    }
    assert moved == {}


def test_a_pilot_refusal_says_so(api: Api) -> None:
    order = transfer("HK-SUPPLIER", "USD", 100, uetr(8))
    report = read(post(api, "otc3-treasurer", pain001("B1", "BK1", "FTE-OTC3", order)))
    assert isinstance(report, CustomerStatusReport)
    assert report.payments[0].transfers[0].reasons[0].information[0].startswith("PILOT-STATUS")


def test_a_message_of_several_transfers_tells_what_became_of_each(api: Api) -> None:
    orders = [
        transfer("FTN-SUP1", "USD", 400_000_00, uetr(1)),
        transfer("DOM-HOLD1-FX", "USD", 10_000_00, uetr(2)),
        transfer("NRA-BUY2", "USD", 600_000_00, uetr(3)),
        transfer("NRA-BUY2", "USD", 1, uetr(1)),
    ]
    response = post(api, "otc1-treasurer", pain001("B1", "BK1", "FTE-OTC1", *orders))
    report = read(response)
    assert response.status_code == 200
    assert isinstance(report, CustomerStatusReport)
    assert report.group_status == "PART"
    found = [
        (one.original_uetr, one.status, [reason.code for reason in one.reasons])
        for one in report.payments[0].transfers
    ]
    assert found == [
        (uetr(1), "ACCC", []),
        (uetr(2), "RJCT", ["AM03"]),
        (uetr(3), "ACCC", []),
        (uetr(1), "RJCT", ["AM05"]),
    ]


def test_a_payment_leaves_the_messages_it_owes_and_shows_each_to_its_parties(api: Api) -> None:
    order = transfer("HK-SUPPLIER", "USD", 900_000_00, uetr(2))
    post(api, "otc1-treasurer", pain001("B1", "BK1", "FTE-OTC1", order))
    path = f"/v1/offshore/payments/{uetr(2)}/messages"

    def seen_by(person: str) -> list[tuple[str, str, str]]:
        items = api.call("GET", path, by=person).json()["items"]
        return [(item["definition"], item["sender"], item["receiver"]) for item in items]

    assert seen_by("operator") == [
        ("pacs.008.001.08", "BK1", "OVB"),
        ("camt.054.001.08", "BK1", "OTC1"),
    ]
    assert seen_by("ovb-desk") == [("pacs.008.001.08", "BK1", "OVB")]
    assert seen_by("otc1-treasurer") == [("camt.054.001.08", "BK1", "OTC1")]
    assert api.call("GET", path, by="sup1-treasurer").status_code == 404
    assert api.call("GET", path, by=None).status_code == 401
    first = api.call("GET", path, by="operator")
    assert first.content == api.call("GET", path, by="operator").content
    transfer_out = first.json()["items"][0]["xml"]
    assert f"<UETR>{uetr(2)}</UETR>" in transfer_out
    assert "<EndToEndId>E2E-0002</EndToEndId>" in transfer_out


def test_an_inward_payment_leaves_one_status_and_one_credit_notice(api: Api) -> None:
    post(api, "ovb-desk", pacs008("S1", "FTE-OTC1", "USD", 1_250_000_00, uetr(1)))
    items = api.call("GET", f"/v1/offshore/payments/{uetr(1)}/messages").json()["items"]
    assert [item["definition"] for item in items] == ["pacs.002.001.10", "camt.054.001.08"]
    assert "<CdtDbtInd>CRDT</CdtDbtInd>" in items[1]["xml"]
    assert f"<UETR>{uetr(1)}</UETR>" in items[1]["xml"]
