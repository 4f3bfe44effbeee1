"""Runs the table of what does not end at once: each row is one message, read or command over HTTP, on a clock that the table sets."""

import datetime
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.support.centre import accepted, send
from tests.support.iso20022 import (
    camt029,
    camt056,
    original,
    pacs008,
    pacs028,
    pain001,
    post,
    read,
    transfer,
)
from tests.support.liquidity import liquidity_engine
from tests.support.monitoring import at
from tests.support.offshore import balances, uetr
from tests.support.rest import Api, give_token
from tests.support.screening import LISTED

from huangpu.core.calendar import instant_us
from huangpu.core.reasons import Reason
from huangpu.core.values import CURRENCY_DIGITS, format_decimal
from huangpu.gateways.iso20022 import (
    Code,
    CustomerStatusReport,
    InterbankStatusReport,
    OriginalPayment,
    Party,
    PaymentReturnMessage,
    ResolutionOfInvestigation,
    StatusReason,
    receive,
)
from huangpu.gateways.iso20022.reasons import CODES
from huangpu.registry.people import Person, RegisterPerson

FOLDER = Path(__file__).parent
DATE = datetime.date(2026, 11, 23)
PEOPLE = ("otc1", "sup1", "a", "b", "c")
READERS = ("ovb-desk", "bk1-maker", "bk1-checker", "bk2-checker", "clock", "bk1-both")
MORE_PEOPLE = (
    Person(id="bk1-both", institution="BK1", roles=["BANK_OPERATOR", "BANK_OFFICER"]),
    Person(id="comp-1", institution="HUANGPU", roles=["COMPLIANCE"]),
    Person(id="comp-2", institution="HUANGPU", roles=["COMPLIANCE"]),
)
CAMT_056 = "camt.056.001.08"
UNTOLD = ("MIRROR", "INTERUNIT", "OPENING")

Row = dict[str, str]


def rows() -> list[Row]:
    text = (FOLDER / "g_waiting.table").read_text()
    lines = [line for line in text.splitlines() if line[:1] not in {"", "#", " "}]
    header = lines[0].split()
    return [dict(zip(header, line.split(), strict=True)) for line in lines[1:]]


CASES = {case: list(group) for case, group in itertools.groupby(rows(), lambda row: row["case"])}
_keys = itertools.count(1)


@pytest.fixture
def api() -> Iterator[Api]:
    engine = liquidity_engine()
    for person in MORE_PEOPLE:
        accepted(send(engine, "operator", RegisterPerson(person=person)))
    for name in (*(f"{company}-treasurer" for company in PEOPLE), *READERS, "comp-1", "comp-2"):
        give_token(engine, name)
    api = Api(engine)
    yield api
    api.close()


def name_of(row: Row) -> str:
    """Return the UETR of a payment that the table calls P1, P2 and so on."""
    return uetr(int(row["what"][1:]))


def minor(row: Row) -> int:
    return int(row["amount"].replace(".", ""))


def message_id(row: Row) -> str:
    return f"{row['do'].upper()}-{next(_keys)}"


def paid_by(row: Row) -> str:
    """Return the id of the message that brings a payment."""
    return f"M-{row['what']}"


def about(row: Row, definition: str = "pacs.008.001.08") -> OriginalPayment:
    return original(name_of(row), paid_by(row), definition)


def reasons_of(found: tuple[StatusReason, ...]) -> str:
    """Write the code of a rejection; the text to a customer names no screening."""
    for one in found:
        assert not (one.code == "RR04" and "SCREEN" in " ".join(one.information).upper())
    return "".join(f"/{one.code or one.proprietary}" for one in found)


def told(api: Api, row: Row, data: bytes) -> str:
    """Send a message and write what its answer says: status or confirmation, and codes."""
    report = read(post(api, row["by"], data))
    if isinstance(report, InterbankStatusReport):
        return report.status + reasons_of(report.reasons)
    if isinstance(report, ResolutionOfInvestigation):
        return report.confirmation + reasons_of(report.reasons)
    assert isinstance(report, CustomerStatusReport), report
    return report.group_status + reasons_of(report.payments[0].transfers[0].reasons)


def do_pay(api: Api, row: Row) -> str:
    order = transfer(row["to"], row["currency"], minor(row), name_of(row))
    given = "" if row["with"] in ("-", "LISTED") else row["with"]
    order = msgspec.structs.replace(order, purpose=Code(proprietary=given))
    if row["with"] == "LISTED":
        assert order.creditor.address is not None
        order = msgspec.structs.replace(order, creditor=Party(LISTED, order.creditor.address))
    return told(api, row, pain001(paid_by(row), "BK1", row["from"], order))


def do_receive(api: Api, row: Row) -> str:
    data = pacs008(paid_by(row), row["to"], row["currency"], minor(row), name_of(row))
    return told(api, row, data)


def do_recall(api: Api, row: Row) -> str:
    return told(api, row, camt056(message_id(row), about(row), row["with"]))


def do_answer(api: Api, row: Row) -> str:
    confirmation, _, reason = row["with"].partition("/")
    return told(api, row, camt029(message_id(row), about(row), confirmation, reason))


def do_ask(api: Api, row: Row) -> str:
    return told(api, row, pacs028(message_id(row), about(row)))


def do_query(api: Api, row: Row) -> str:
    return told(api, row, pacs028(message_id(row), about(row, CAMT_056)))


def got(api: Api, row: Row, path: str) -> Any:
    answer = api.call("GET", f"/v1/offshore/{path}", by=row["by"])
    assert answer.status_code == 200, answer.text
    return answer.json()


def do_read(api: Api, row: Row) -> str:
    payment = got(api, row, f"payments/{name_of(row)}")["payment"]
    if row["by"] == "otc1-treasurer" and payment["reason"] == "REGULATORY_REASON":
        assert payment["detail"] == ""
    return ":".join([payment["status"], *payment["waits"]])


def do_place(api: Api, row: Row) -> str:
    answer = api.call("GET", f"/v1/offshore/queue/{name_of(row)}", by=row["by"])
    if answer.status_code != 200:
        return str(answer.status_code)
    return str(answer.json()["position"])


def do_record(api: Api, row: Row) -> str:
    """Find the cross-border record of a payment, with its purpose and amount."""
    records = got(api, row, "bop-records")["items"]
    found = next(one for one in records if one["uetr"] == name_of(row))
    assert (found["purpose"], found["amount"]) == (row["with"], minor(row)), found
    return str(got(api, row, f"payments/{name_of(row)}")["payment"]["rule"])


def do_gridlock(api: Api, row: Row) -> str:
    """Name the method that settled the payments of a row in one step."""
    wanted = sorted(uetr(int(name[1:])) for name in row["with"].split(","))
    found = got(api, row, "queue-resolutions")["items"]
    assert [sorted(one["uetrs"]) for one in found] == [wanted]
    return str(found[0]["method"])


def do_returned(api: Api, row: Row) -> str:
    """Read the pacs.004 that a payment left, and the camt.029 beside it."""
    items = got(api, row, f"payments/{name_of(row)}/messages")["items"]
    sent = {item["definition"]: receive(item["xml"].encode()) for item in items}
    back = sent["pacs.004.001.09"]
    assert isinstance(back, PaymentReturnMessage)
    assert (back.returned_amount.amount_minor, back.original.uetr) == (minor(row), name_of(row))
    assert got(api, row, "returns")["items"][0]["uetr"] == name_of(row)
    return back.reasons[0].code


def posted(api: Api, row: Row, path: str, **body: Any) -> str:
    """Send a REST command and write how it ended: the status of a payment or deal, or ISO code and reason of its refusal."""
    answer = api.call(
        "POST", f"/v1/offshore/{path}", by=row["by"], key=f"k-{next(_keys)}", json=body
    )
    content = answer.json()
    if answer.status_code != 200:
        return f"{CODES[Reason(content['code'])]}/{content['code']}"
    kinds = {event["type"]: event for event in content["events"]}
    for name, key in (("PaymentSettled", "payment"), ("PaymentEnded", "payment")):
        if name in kinds:
            return str(kinds[name][key]["status"])
    return "ACCC" if "FxDealSettled" in kinds else "-"


def do_release(api: Api, row: Row) -> str:
    return posted(api, row, f"releases/{name_of(row)}/release")


def case_of(api: Api, row: Row) -> Any:
    [found] = got(api, row, f"payments/{name_of(row)}/screening-cases")["items"]
    return got(api, row, f"screening-cases/{found['id']}")["case"]


def do_case(api: Api, row: Row) -> str:
    found = case_of(api, row)
    return f"{found['list_version']}/{found['score_bp']}"


def do_clear(api: Api, row: Row) -> str:
    case_id = case_of(api, row)["id"]
    return posted(api, row, f"screening-cases/{case_id}/{row['do']}", text="compared")


def do_list(api: Api, row: Row) -> str:
    """Propose and adopt a version of the test list; its entry differs from version to version."""
    version = row["what"]
    entry = {
        "id": "E1",
        "kind": "ENTITY",
        "names": [LISTED, f"Simulated Alias {version}"],
        "countries": ["HK"],
    }
    body = {"list_id": "SIM", "version": version, "published": "2026-11-20", "entries": [entry]}
    assert posted(api, row, "screening-lists", **body) == "-"
    second = row | {"by": "comp-2"}
    return posted(api, second, "screening-lists/SIM/adopt", version=version)


def do_quote(api: Api, row: Row) -> str:
    body = {
        "quote_id": row["what"],
        "account": row["from"],
        "pair": "USD/CNY",
        "side": "BUY",
        "currency": row["currency"],
        "amount": minor(row),
        "mid": int(row["with"]),
        "rate": int(row["with"]),
        "valid_s": 10,
    }
    return posted(api, row, "fx/quotes", **body)


def do_accept(api: Api, row: Row) -> str:
    return posted(api, row, f"fx/quotes/{row['what']}/accept", bank="BK1")


def do_position(api: Api, row: Row) -> str:
    """Write the counter amount of the unit's open position, whose base is the row's amount."""
    [found] = got(api, row, "fx/positions")["items"]
    assert (found["unit"], found["base"]) == ("BK1-SAU", minor(row)), found
    return format_decimal(found["counter"], 2)


def do_tick(api: Api, row: Row) -> str:
    answer = api.call(
        "POST", "/v1/commands", by="clock", key=f"k-{next(_keys)}", json={"type": "Tick"}
    )
    assert answer.status_code == 200, answer.text
    return row["expect"]


STEPS: dict[str, Callable[[Api, Row], str]] = {
    "pay": do_pay,
    "receive": do_receive,
    "recall": do_recall,
    "answer": do_answer,
    "ask": do_ask,
    "query": do_query,
    "read": do_read,
    "place": do_place,
    "record": do_record,
    "gridlock": do_gridlock,
    "returned": do_returned,
    "release": do_release,
    "case": do_case,
    "clear": do_clear,
    "confirm": do_clear,
    "list": do_list,
    "quote": do_quote,
    "accept": do_accept,
    "position": do_position,
    "tick": do_tick,
}


def money(api: Api, code: str) -> str:
    """Write a balance, or with `held:` the reserved money, of an account as the operator reads it over HTTP; what has no resource, from the ledger."""
    held, name = code.startswith("held:"), code.removeprefix("held:")
    account, currency = name.split("/")
    answer = api.call("GET", f"/v1/offshore/accounts/{account}")
    if answer.status_code != 200:
        return format_decimal(balances(api.engine)[name], CURRENCY_DIGITS[currency])
    shown = {one["currency"]: one for one in answer.json()["balances"]}
    return format_decimal(shown[currency]["held" if held else "booked"], CURRENCY_DIGITS[currency])


@pytest.mark.parametrize("case", CASES)
def test_scenario(api: Api, case: str) -> None:
    before = balances(api.engine)
    named: set[str] = set()
    for row in CASES[case]:
        hour, minute, second = map(int, row["at"].split(":"))
        at(api.engine, instant_us(DATE, hour, minute, second))
        assert STEPS[row["do"]](api, row) == row["expect"], row
        for part in row["leaves"].split(",") if row["leaves"] != "-" else ():
            code, amount = part.split("=")
            assert money(api, code) == amount, (row, code)
            named.add(code)
    moved = {code for code, amount in balances(api.engine).items() if amount != before[code]}
    assert {code for code in moved if not code.startswith(UNTOLD)} <= named
    assert not any(api.engine.centre.ledger.totals().values())


def test_every_scenario_of_the_note_is_played_over_http() -> None:
    scenarios = (FOLDER / "g_scenarios.table").read_text().splitlines()
    at_once = {line.split()[0] for line in scenarios if line[:1].isdecimal()}
    waiting = {"".join(filter(str.isdecimal, case)) for case in CASES}
    assert at_once | waiting == {str(number) for number in range(1, 16)}
