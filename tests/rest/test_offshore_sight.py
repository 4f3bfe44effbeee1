"""Nobody sees what is not theirs: who reads what of every offshore resource, as a table, and every word of every answer searched."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import sight
from tests.support.rest import Api, give_token

from huangpu.gateways.rest.acts import parameters_of
from huangpu.gateways.rest.resources import VIEWS

FILE = Path(__file__).parent / "offshore_sight.table"
PREFIX = "/v1/offshore/"
ELSEWHERE = "report-streams/{unit}/{kind}"
"""The streams of files are played in `test_reports.py`."""
PLACES = {
    "SETTLED": sight.SETTLED,
    "QUEUED": sight.QUEUED,
    "UNRELEASED": sight.UNRELEASED,
    "RELEASED": sight.RELEASED,
    "SCREENED": sight.SCREENED,
    "OVERSEAS": sight.OVERSEAS,
    "INWARD": sight.INWARD,
    "AFFILIATE": sight.AFFILIATE,
    "OTHER": sight.OTHER,
    "BETWEEN": sight.BETWEEN,
}
# Whom a payment concerns: its creditor and the correspondent once it has settled. The operator and the supervisor read everything, compliance nothing but screening.
OTC1 = {"otc1-treasurer", "bk1-maker", "bk1-checker"}
PARTIES = {
    "SETTLED": OTC1 | {"sup1-treasurer"},
    "QUEUED": OTC1,
    "UNRELEASED": OTC1,
    "RELEASED": OTC1,
    "SCREENED": OTC1 | {"comp-1"},
    "OVERSEAS": OTC1 | {"ovb-desk"},
    "INWARD": OTC1 | {"ovb-desk"},
    "AFFILIATE": OTC1 | {"hold1-treasurer"},
    "OTHER": {"otc2-treasurer", "bk2-maker"},
    "BETWEEN": {"bk1-maker", "bk1-checker", "ovb-desk"},
}
READ_ALL = {"operator", "supervisor-1"}
NAMES_EVERY_PAYMENT = {"sample-cases", "findings"}
"""What an administration checks; elsewhere it sees no payment."""


def table() -> list[tuple[str, dict[str, str]]]:
    lines = [line.split() for line in FILE.read_text().splitlines() if line[:1] not in {"", "#"}]
    return [(line[0], dict(zip(lines[0][1:], line[1:], strict=True))) for line in lines[1:]]


ROWS = table()
READERS = list(ROWS[0][1])


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    engine = sight.busy_engine()
    for reader in READERS:
        give_token(engine, reader)
    api = Api(engine)
    yield api
    api.close()


def path_of(api: Api, name: str) -> str:
    """Fill in what the table calls a payment, or the case that SCREENED opened."""
    [case] = api.engine.centre.offshore.books.screening.cases
    for word, found in {**PLACES, "CASE1": case}.items():
        name = name.replace(word, found)
    return PREFIX + name


def shown(api: Api, name: str, reader: str) -> str:
    """Write what a reader gets: how many items, `yes` for one thing, the status of a refusal."""
    answer = api.call("GET", path_of(api, name), by=reader)
    if answer.status_code != 200:
        assert answer.status_code in (403, 404), answer.text
        return "-"
    if answer.headers["content-type"] != "application/json":
        return "yes"
    content = answer.json()
    if "waiting" in content:
        return f"{len(content['waiting'])}+{len(content['incoming'])}"
    return str(len(content["items"])) if "items" in content else "yes"


@pytest.mark.parametrize(("name", "wanted"), ROWS, ids=[name for name, _ in ROWS])
def test_who_reads_what(api: Api, name: str, wanted: dict[str, str]) -> None:
    assert {reader: shown(api, name, reader) for reader in READERS} == wanted


def test_every_resource_is_in_the_table(api: Api) -> None:
    named = [path_of(api, name).partition("?")[0].split("/") for name, _ in ROWS]
    missing = []
    for view in VIEWS:
        if not view.path.startswith(PREFIX) or ELSEWHERE in view.path:
            continue
        parts = view.path.split("/")
        fits = (
            path
            for path in named
            if len(path) == len(parts)
            and all(
                part == found or parameters_of(part)
                for part, found in zip(parts, path, strict=True)
            )
        )
        if next(fits, None) is None:
            missing.append(view.path)
    assert missing == []


@pytest.mark.parametrize("reader", READERS)
def test_no_answer_names_a_payment_of_others(api: Api, reader: str) -> None:
    foreign = {
        uetr
        for word, uetr in PLACES.items()
        if reader not in PARTIES[word] | READ_ALL and word in PARTIES
    }
    told = []
    for name, _ in ROWS:
        place = name.partition("?")[0].split("/")[0]
        if reader == "zone-1" and place in NAMES_EVERY_PAYMENT:
            continue
        answer = api.call("GET", path_of(api, name), by=reader)
        if answer.status_code == 200:
            told += [(name, uetr) for uetr in foreign if uetr in answer.text]
    assert told == []


@pytest.mark.parametrize("reader", ["otc1-treasurer", "bk1-maker", "ovb-desk", "zone-1"])
def test_a_customer_and_a_maker_are_told_nothing_of_screening(api: Api, reader: str) -> None:
    for name, _ in ROWS:
        answer = api.call("GET", path_of(api, name), by=reader)
        if answer.status_code == 200:
            assert "SIM" not in answer.text.replace("Simulated", ""), (name, reader)
            assert "score_bp" not in answer.text, (name, reader)


def test_nothing_is_read_without_a_token(api: Api) -> None:
    for name, _ in ROWS:
        assert api.call("GET", path_of(api, name), by=None).status_code == 401


def test_a_day_of_nobody_is_not_found(api: Api) -> None:
    tomorrow = datetime.date(2026, 11, 24)
    path = f"{PREFIX}accounts/FTE-OTC1/USD/statement.xml?date={tomorrow}"
    assert api.call("GET", path, by="otc1-treasurer").status_code == 404
