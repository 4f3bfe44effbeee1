"""Statements and reports over HTTP: what is downloaded is what is shown, and nobody gets what is not theirs."""

import csv
import io
import zipfile
from collections.abc import Iterator

import pytest
from lxml import etree
from tests.support.centre import accepted, register, send
from tests.support.offshore import instruct, inward_order, offshore_engine, overseas_order, receive
from tests.support.reports import close_day
from tests.support.rest import Api, give_token

from huangpu.registry.institutions import InstitutionKind

STATEMENT = "/v1/offshore/accounts/FTE-OTC1/USD/statement"
DAY = {"from_date": "2026-11-23"}
READERS = ("bk1-maker", "bk2-maker", "otc1-treasurer", "otc2-treasurer", "ovb-desk", "supervisor-1")


def sheet(body: bytes) -> list[list[str]]:
    """Read the only sheet of a workbook: the text or number of every cell; a formula would be neither."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        words = etree.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(one.itertext()) for one in words.iterfind("{*}si")]
        tree = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert tree.find(".//{*}f") is None
    return [
        [
            texts[int(cell.findtext("{*}v") or 0)]
            if cell.get("t") == "s"
            else cell.findtext("{*}v") or ""
            for cell in row.iterfind("{*}c")
        ]
        for row in tree.iterfind(".//{*}row")
    ]


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    engine = offshore_engine()
    people = {"supervisor-1": ["SUPERVISOR"]}
    register(engine, "PBC", InstitutionKind.SUPERVISOR, people)
    for by, command in (
        ("otc1-treasurer", instruct(overseas_order(900_000_00, remittance="=HYPERLINK(1)"))),
        ("ovb-desk", receive(inward_order(1_250_000_50))),
    ):
        accepted(send(engine, by, command))
    close_day(engine)
    for reader in READERS:
        give_token(engine, reader)
    api = Api(engine)
    yield api
    api.close()


def test_the_statement_is_the_same_in_every_form(api: Api) -> None:
    shown = api.call("GET", STATEMENT, by="otc1-treasurer", params=DAY).json()
    assert (shown["opening"], shown["closing"]) == (0, 1_350_000_50)
    expected = [str(entry["booked_after"]) for entry in shown["entries"]]
    found = api.call("GET", f"{STATEMENT}.csv", by="otc1-treasurer", params=DAY)
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    name = 'attachment; filename="FTE-OTC1-USD-2026-11-23-2026-11-23.csv"'
    assert found.headers["content-disposition"] == name
    rows = list(csv.DictReader(io.StringIO(found.text)))
    assert [row["balance"].replace(".", "") for row in rows[1:-1]] == expected
    assert rows[-1]["balance"] == "1350000.50"
    found = api.call("GET", f"{STATEMENT}.xlsx", by="otc1-treasurer", params=DAY)
    cells = sheet(found.content)
    assert cells[0] == list(rows[0])
    assert [round(float(row[5]) * 100) for row in cells[2:-1]] == list(map(int, expected))
    again = api.call("GET", f"{STATEMENT}.xlsx", by="otc1-treasurer", params=DAY)
    assert again.content == found.content


def test_a_remittance_text_does_not_become_a_formula(api: Api) -> None:
    found = api.call("GET", f"{STATEMENT}.csv", by="bk1-maker", params=DAY)
    texts = [row["remittance"] for row in csv.DictReader(io.StringIO(found.text))]
    assert "'=HYPERLINK(1)" in texts
    found = api.call("GET", f"{STATEMENT}.xlsx", by="bk1-maker", params=DAY)
    assert any("=HYPERLINK(1)" in row for row in sheet(found.content))


@pytest.mark.parametrize("ending", ["", ".csv", ".xlsx"])
def test_a_statement_is_shown_to_its_holder_its_bank_and_those_who_read_all(
    api: Api, ending: str
) -> None:
    seen = {
        reader: api.call("GET", STATEMENT + ending, by=reader, params=DAY).status_code
        for reader in READERS
    }
    assert [reader for reader, status in seen.items() if status == 200] == [
        "bk1-maker",
        "otc1-treasurer",
        "supervisor-1",
    ]
    assert set(seen.values()) == {200, 404}


def test_the_supervisor_reads_every_stream_without_a_gap(api: Api) -> None:
    streams = api.call("GET", "/v1/offshore/report-streams", by="supervisor-1").json()["items"]
    assert len(streams) == 4
    for stream in streams:
        path = f"/v1/offshore/report-streams/{stream['unit']}/{stream['kind']}"
        files = api.call("GET", path, by="supervisor-1").json()["items"]
        assert [file["sequence"] for file in files] == [1]
        assert files[0]["digest"] == stream["digest"]
        found = api.call("GET", f"{path}/1", by="supervisor-1")
        assert found.headers["content-type"] == "text/plain; charset=utf-8"
        assert found.text.startswith("H,HUANGPU,1,")
        assert api.call("GET", f"{path}/2", by="supervisor-1").status_code == 404
    path = "/v1/offshore/report-streams/BK1-SAU/NOTHING"
    assert api.call("GET", path, by="supervisor-1").status_code == 404


def test_a_bank_reads_its_own_reports_and_nobody_elses(api: Api) -> None:
    path = "/v1/offshore/report-streams/BK1-SAU/TRANSACTIONS/1"
    for reader in READERS:
        expected = 200 if reader in ("bk1-maker", "supervisor-1") else 404
        assert api.call("GET", path, by=reader).status_code == expected
    counts: dict[str, list[int]] = {}
    for name in ("report-streams", "large-value-reports", "breaks", "report-corrections"):
        for reader in READERS:
            items = api.call("GET", f"/v1/offshore/{name}", by=reader).json()["items"]
            counts.setdefault(reader, []).append(len(items))
    assert counts == {
        "bk1-maker": [2, 2, 1, 0],
        "bk2-maker": [2, 0, 1, 0],
        "otc1-treasurer": [0, 0, 0, 0],
        "otc2-treasurer": [0, 0, 0, 0],
        "ovb-desk": [0, 0, 0, 0],
        "supervisor-1": [4, 2, 2, 0],
    }


def test_pages_of_breaks_and_reports_are_cut(api: Api) -> None:
    first = api.call("GET", "/v1/offshore/breaks", by="supervisor-1", params={"limit": 1}).json()
    query = {"limit": 1, "after": first["next"]}
    second = api.call("GET", "/v1/offshore/breaks", by="supervisor-1", params=query).json()
    numbers = [page["items"][0]["found"]["number"] for page in (first, second)]
    assert (numbers, second["next"]) == ([1, 0], "")


def test_a_statement_from_the_correspondent_is_compared(api: Api) -> None:
    body = {
        "bank": "BK1",
        "correspondent": "OVB",
        "currency": "USD",
        "date": "2026-11-23",
        "opening": 0,
        "closing": 0,
        "entries": [],
    }
    path = "/v1/offshore/correspondent-statements"
    answer = api.call("POST", path, by="bk2-maker", key="cs-0", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_YOUR_INSTITUTION")
    answer = api.call("POST", path, by="ovb-desk", key="cs-1", json=body)
    assert answer.status_code == 200, answer.text
    received = api.call("GET", path, by="bk1-maker").json()["items"]
    assert [(one["matched"], one["breaks"]) for one in received] == [(0, 3)]
    assert api.call("GET", path, by="bk2-maker").json()["items"] == []
