"""The venue's pages by address and by role: what filters find, what each sees of a payment, and that nobody sees what is not theirs."""

import io
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from litestar.testing import TestClient
from tests.support.iso20022 import pain001, transfer
from tests.support.market import journaled_market
from tests.support.offshore import BK1_BIC, OVB_BIC

from huangpu.app.web import Centred, build_app
from huangpu.config import SANDBOX_PASSWORD, Settings
from huangpu.console.offshore.payment import SCALE, Step, stretches_of
from huangpu.core.message import Command
from huangpu.engine import Entry, Gate
from huangpu.engine.writer import Engine, Submission
from huangpu.venues.offshore.fx.quotes import QuoteRate
from huangpu.venues.offshore.fx.state import FxSide
from huangpu.venues.offshore.payments.words import InstructPayment
from huangpu.venues.offshore.state import PaymentOrder

OWN = {"sec-fetch-site": "same-origin"}
TODAY = "2026-11-23"
TOO_MUCH = 10**15


class Pages(NamedTuple):
    """The pages in front of an engine, and the payments that were sent to it."""

    client: TestClient[Any]
    engine: Engine
    settled: str
    queued: str
    release: str
    foreign: str


def step(engine: Engine, by: str, command: Command) -> Entry:
    answer = engine.step([Submission(by, f"t-{engine.next_seq}", command)])[0]
    assert isinstance(answer, Entry)
    assert answer.rejected is None, answer.rejected
    return answer


def pay(engine: Engine, company: str, **changes: Any) -> str:
    """Send an order of a company to a supplier's account here, and return its UETR."""
    fields: dict[str, Any] = {
        "uetr": str(uuid.UUID(int=engine.next_seq, version=4)),
        "end_to_end_id": f"E2E-{engine.next_seq}",
        "debtor_account": f"FT-{company}",
        "creditor_account": "FT-SUP-HK",
        "currency": "USD",
        "amount": 1_000_00,
        "trade_type": "RESALE",
    }
    order = PaymentOrder(**(fields | changes))
    bank = engine.centre.registry.cash_accounts[f"FT-{company}"].bank
    message = InstructPayment(message_id=f"M-{engine.next_seq}", bank=bank, order=order)
    step(engine, f"{company.lower()}-treasurer", message)
    return order.uetr


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    engine = journaled_market()
    settled = pay(engine, "OTC01")
    foreign = pay(engine, "OTC02", currency="CNY", creditor_account="FT-SUP-SG")
    queued = pay(engine, "OTC01", amount=TOO_MUCH)
    release = pay(
        engine,
        "OTC01",
        creditor_account="DOM-OTC01",
        currency="CNY",
        purpose="CURR",
        trade_type="",
        amount=5_000_00,
    )
    gate = Gate(lambda: engine)
    app = build_app(Centred(gate=gate, settings=Settings(sandbox=True, snapshot_entries=0)))
    with TestClient(app) as client:
        yield Pages(client, engine, settled, queued, release, foreign)


def enter(pages: Pages, person: str) -> str:
    """Sign in and return the token of the session's forms."""
    form = {"person": person, "password": SANDBOX_PASSWORD, "next": "/"}
    answer = pages.client.post("/sign-in", data=form, headers=OWN)
    assert answer.status_code == 200, answer.text
    return str(answer.text.split('name="csrf" value="')[1].split('"')[0])


def found(pages: Pages, query: str) -> set[str]:
    """Return which of the fixture's payments a filter lists."""
    text = pages.client.get(f"/offshore?part=payments&{query}").text
    names = ("settled", "queued", "release", "foreign")
    return {name for name in names if f"/offshore/payments/{getattr(pages, name)}" in text}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"settled", "queued", "release", "foreign"}),
        ("status=PDNG", {"queued", "release"}),
        ("status=ACCC", {"settled", "foreign"}),
        ("status=RJCT", set()),
        ("wait=QUEUE", {"queued"}),
        ("wait=RELEASE", {"release"}),
        ("line=SECOND", {"release"}),
        ("direction=BOOK&currency=CNY", {"release", "foreign"}),
        ("direction=INWARD", set()),
        ("currency=CNY&status=ACCC", {"foreign"}),
        ("party=sup-sg", {"foreign"}),
        ("party=DOM-OTC01", {"release"}),
        (f"day={TODAY}", {"settled", "queued", "release", "foreign"}),
        ("day=2026-11-20", set()),
        ("day=2027-01-01&status=ACCC", set()),
        ("status=NONSENSE&day=yesterday", {"settled", "queued", "release", "foreign"}),
    ],
)
def test_a_filter_finds_by_address_alone(pages: Pages, query: str, names: set[str]) -> None:
    enter(pages, "supervisor-supervisor")
    assert found(pages, query) == names


def test_a_payment_is_found_by_its_ids(pages: Pages) -> None:
    enter(pages, "supervisor-supervisor")
    assert found(pages, f"text={pages.queued}") == {"queued"}
    assert found(pages, f"text={pages.queued.upper()[:30]}") <= {
        "settled",
        "queued",
        "release",
        "foreign",
    }
    record = pages.engine.centre.offshore.record_of(pages.foreign)
    assert record is not None
    assert found(pages, f"text={record.message_id}") == {"foreign"}


def test_an_empty_list_says_why(pages: Pages) -> None:
    enter(pages, "supervisor-supervisor")
    refused = pages.client.get("/offshore?status=RJCT").text
    assert "An order that is refused on receipt leaves no payment" in refused
    assert "/journal?room=offshore&amp;outcome=refused" in refused
    enter(pages, "sec1-trader")
    assert "others&#39; payments are not shown" in pages.client.get("/offshore").text


def test_a_customer_is_not_told_what_kind_of_review_holds_a_payment(pages: Pages) -> None:
    enter(pages, "otc01-treasurer")
    assert found(pages, "wait=RELEASE") == set()
    assert found(pages, "wait=REVIEW") == {"release"}
    text = pages.client.get(f"/offshore/payments/{pages.release}").text
    assert "release across the second line" not in text
    enter(pages, "simb1-maker")
    assert found(pages, "wait=RELEASE") == {"release"}
    assert found(pages, "wait=REVIEW") == set()


ALL = {"settled", "queued", "release", "foreign"}
ROLES = [
    ("supervisor-supervisor", ALL),
    ("operator", ALL),
    ("simb1-maker", {"settled", "queued", "release"}),
    ("simb1-officer", {"settled", "queued", "release"}),
    ("simb2-maker", {"foreign"}),
    ("otc01-treasurer", {"settled", "queued", "release"}),
    ("otc02-treasurer", {"foreign"}),
    ("otc03-treasurer", set()),
    ("ovb-hk-correspondent", set()),
    ("zone-1", set()),
    ("compliance-1", set()),
    ("sec1-trader", set()),
    ("brk01-broker", set()),
]


@pytest.mark.parametrize(("person", "theirs"), ROLES)
def test_each_role_sees_its_own_payments_and_no_other(
    pages: Pages, person: str, theirs: set[str]
) -> None:
    enter(pages, person)
    shared = _banks_of_suppliers(pages, person)
    assert found(pages, "") == theirs | shared
    for name in ALL:
        seen = name in theirs | shared
        path = f"/offshore/payments/{getattr(pages, name)}"
        assert (pages.client.get(path).status_code == 200) is seen, (person, name)
        listed = pages.client.get(f"{path}/messages/NT000000000000D")
        assert listed.status_code in ((200, 404) if seen else (404,)), (person, name)


def _banks_of_suppliers(pages: Pages, person: str) -> set[str]:
    """Name the payments that the bank of a person keeps the creditor account of."""
    registry = pages.engine.centre.registry
    own = registry.people.persons[person].institution
    kept = {"settled": "FT-SUP-HK", "queued": "FT-SUP-HK", "foreign": "FT-SUP-SG"}
    return {name for name, account in kept.items() if registry.cash_accounts[account].bank == own}


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("supervisor-supervisor", True),
        ("simb1-maker", True),
        ("otc01-treasurer", True),
        ("simb2-maker", False),
        ("otc02-treasurer", False),
        ("zone-1", False),
        ("sec1-trader", False),
    ],
)
def test_accounts_and_statements_are_for_holder_and_bank(
    pages: Pages, person: str, seen: bool
) -> None:
    enter(pages, person)
    status = 200 if seen else 404
    account = "/offshore/accounts/FT-OTC01"
    period = f"currency=USD&from_date={TODAY}"
    assert pages.client.get(account).status_code == status
    for form in ("show", "csv", "xlsx", "xml"):
        answer = pages.client.get(f"{account}/statement?{period}&form={form}")
        assert answer.status_code == status, (person, form)


def test_statements_come_in_three_forms_with_the_same_balance(pages: Pages) -> None:
    enter(pages, "otc01-treasurer")
    address = f"/offshore/accounts/FT-OTC01/statement?currency=USD&from_date={TODAY}&form="
    plain = pages.client.get(f"{address}csv")
    assert plain.headers["content-disposition"].startswith("attachment")
    assert "CLOSING_BALANCE" in plain.text
    sheet = pages.client.get(f"{address}xlsx").content
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(sheet)).namelist()
    message = pages.client.get(f"{address}xml").text
    assert "camt.052.001.08" in message
    closing = plain.text.splitlines()[-1].split(",")[5]
    assert f">{closing}<" in message


@pytest.mark.parametrize(
    ("person", "treasurer", "bank"),
    [
        ("otc01-treasurer", 200, 404),
        ("simb1-maker", 404, 200),
        ("simb1-officer", 404, 200),
        ("supervisor-supervisor", 404, 200),
        ("zone-1", 404, 404),
        ("sec1-trader", 404, 404),
    ],
)
def test_each_page_is_for_its_role(pages: Pages, person: str, treasurer: int, bank: int) -> None:
    enter(pages, person)
    home = pages.client.get("/offshore").text
    assert pages.client.get("/offshore/treasurer").status_code == treasurer
    assert ('href="/offshore/treasurer"' in home) is (treasurer == 200)
    assert pages.client.get("/offshore/bank").status_code == bank
    assert ('href="/offshore/bank"' in home) is (bank == 200)


def test_a_bank_does_not_see_another_banks_desk(pages: Pages) -> None:
    enter(pages, "simb1-maker")
    assert pages.client.get("/offshore/bank?bank=SIMB2").status_code == 404
    assert "NOSTRO-SIMB2" not in pages.client.get("/offshore/bank").text
    enter(pages, "supervisor-supervisor")
    assert "NOSTRO-SIMB2" in pages.client.get("/offshore/bank?bank=SIMB2").text


def test_the_treasurer_sees_place_and_want_of_what_waits(pages: Pages) -> None:
    enter(pages, "otc01-treasurer")
    text = pages.client.get("/offshore/treasurer?part=waiting").text
    row = text.split(f"/offshore/payments/{pages.queued}")[1].split("</tr>")[0]
    assert "10,000,000,000,000.00" in row
    assert ">1<small>" in row.replace("\n", "")
    assert pages.foreign not in text


def test_the_life_names_rule_entry_checks_and_messages(pages: Pages) -> None:
    enter(pages, "simb1-officer")
    text = pages.client.get(f"/offshore/payments/{pages.settled}").text
    record = pages.engine.centre.offshore.record_of(pages.settled)
    assert record is not None
    for part in (
        "R-02",
        "final since",
        f"entry {record.seq:,}",
        "transfer matrix",
        "screening of both names",
        "Re-run now",
        "camt.054.001.08",
        "FT-OTC01/USD",
    ):
        assert part in text, part
    waiting = pages.client.get(f"/offshore/payments/{pages.release}").text
    assert "Held for it" in waiting
    assert "release by a second officer" in waiting
    queued = pages.client.get(f"/offshore/payments/{pages.queued}").text
    assert "funds insufficient" in queued.lower()
    assert "Place 1 in the line" in queued


def test_only_an_officer_reads_of_screening(pages: Pages) -> None:
    for person, told in (
        ("otc01-treasurer", False),
        ("simb1-maker", False),
        ("simb1-officer", True),
        ("supervisor-supervisor", True),
    ):
        enter(pages, person)
        text = pages.client.get(f"/offshore/payments/{pages.settled}").text
        assert ("screening of both names" in text) is told, person
        assert ("Screened with" in text) is told, person


def test_the_creditor_sees_no_table_of_checks(pages: Pages) -> None:
    keeper = pages.engine.centre.registry.cash_accounts["FT-SUP-SG"].bank
    person = f"{keeper.lower()}-officer"
    enter(pages, person)
    text = pages.client.get(f"/offshore/payments/{pages.foreign}").text
    assert ("What was checked" in text) is (keeper == "SIMB2")


def test_asking_the_checks_again_changes_nothing(pages: Pages) -> None:
    enter(pages, "simb1-officer")
    before = pages.engine.centre.offshore.dump()
    for uetr in (pages.settled, pages.queued, pages.release):
        assert pages.client.get(f"/offshore/payments/{uetr}").status_code == 200
    assert pages.engine.centre.offshore.dump() == before


def test_a_message_is_handed_out_as_a_file(pages: Pages) -> None:
    enter(pages, "otc01-treasurer")
    text = pages.client.get(f"/offshore/payments/{pages.settled}").text
    link = text.split(f'href="/offshore/payments/{pages.settled}/messages/')[1].split('"')[0]
    answer = pages.client.get(f"/offshore/payments/{pages.settled}/messages/{link}")
    assert answer.headers["content-type"].startswith("application/xml")
    assert pages.settled in answer.text


def file_uetr(message_id: str, position: int) -> str:
    """Name a transfer of a file."""
    return str(uuid.UUID(int=int.from_bytes(message_id.encode()) * 10 + position, version=4))


def order_file(pages: Pages, message_id: str, *amounts: int, account: str = "FT-SUP-HK") -> bytes:
    """Write a pain.001 of OTC01 with the identifiers of the demo's banks."""
    institutions = pages.engine.centre.registry.institutions
    bank = pages.engine.centre.registry.cash_accounts["FT-OTC01"].bank
    kept_at = pages.engine.centre.registry.cash_accounts[account].bank
    transfers = [
        transfer(account, "USD", amount, file_uetr(message_id, n))
        for n, amount in enumerate(amounts)
    ]
    data = pain001(message_id, "BK1", "FT-OTC01", *transfers)
    debtor, creditor = institutions[bank].bic, institutions[kept_at].bic
    first, last = data.split(b"<CdtTrfTxInf>", 1)
    first = first.replace(BK1_BIC.encode(), debtor.encode())
    last = last.replace(BK1_BIC.encode(), creditor.encode())
    return (first + b"<CdtTrfTxInf>" + last).replace(
        OVB_BIC.encode(), institutions["OVB-HK"].bic.encode()
    )


def send_file(pages: Pages, csrf: str, data: bytes) -> Any:
    files = {"file": ("orders.xml", data, "application/xml")}
    return pages.client.post("/offshore/orders", data={"csrf": csrf}, files=files, headers=OWN)


def test_a_file_is_answered_row_by_row_and_paid_once(pages: Pages) -> None:
    csrf = enter(pages, "otc01-treasurer")
    data = order_file(pages, "FILE-1", 100_00, 200_00)
    first = send_file(pages, csrf, data)
    assert first.status_code == 200, first.text
    assert "ACCC" in first.text
    for position in range(2):
        assert f"/offshore/payments/{file_uetr('FILE-1', position)}" in first.text
    count = len(pages.engine.centre.offshore.payments)
    again = send_file(pages, csrf, data)
    assert again.status_code == 200
    assert len(pages.engine.centre.offshore.payments) == count


def test_a_refused_row_names_reason_and_clause(pages: Pages) -> None:
    csrf = enter(pages, "otc01-treasurer")
    pay_twice = order_file(pages, "FILE-2", 100_00, 200_00)
    one, two = (file_uetr("FILE-2", n) for n in range(2))
    same = pay_twice.replace(two.encode(), one.encode())
    answer = send_file(pages, csrf, same)
    assert answer.status_code == 200, answer.text
    row = answer.text.split(f"E2E-{two[-4:]}")[1].split("</tr>")[0]
    assert "RJCT" in row
    assert "UETR" in row
    assert "huangpu policy 23" in row


@pytest.mark.parametrize("data", [b"", b"<a/>", b"not xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"])
def test_a_file_that_cannot_be_read_is_not_journaled(pages: Pages, data: bytes) -> None:
    csrf = enter(pages, "otc01-treasurer")
    seq = pages.engine.next_seq
    answer = send_file(pages, csrf, data)
    assert answer.status_code == 422
    assert "The file was not taken" in answer.text
    ticks = [e for e in pages.engine.entries(seq) if type(e.command).__name__ != "Tick"]
    assert ticks == []


def test_who_may_not_instruct_sends_no_file(pages: Pages) -> None:
    csrf = enter(pages, "supervisor-supervisor")
    assert send_file(pages, csrf, order_file(pages, "FILE-3", 100_00)).status_code == 404
    assert send_file(pages, "", order_file(pages, "FILE-4", 100_00)).status_code == 403


def quote(pages: Pages) -> None:
    """Let OTC01's bank quote it a rate for 10,000 USD."""
    bank = pages.engine.centre.registry.cash_accounts["FT-OTC01"].bank
    command = QuoteRate(
        quote_id="Q-PAGES",
        account="FT-OTC01",
        pair="USD/CNY",
        side=FxSide.BUY,
        currency="USD",
        amount=10_000_00,
        mid=71_000,
        rate=71_050,
        valid_s=60,
    )
    step(pages.engine, f"{bank.lower()}-maker", command)


def test_a_quote_is_shown_to_its_two_sides_and_accepted_once(pages: Pages) -> None:
    quote(pages)
    for person, seen in (("otc01-treasurer", True), ("otc02-treasurer", False)):
        csrf = enter(pages, person)
        text = pages.client.get("/offshore/treasurer?part=quotes").text
        assert ("71,050.00" in text) is seen, person
    csrf = enter(pages, "otc02-treasurer")
    form = {"csrf": csrf, "bank": "SIMB1", "quote_id": "Q-PAGES"}
    stolen = pages.client.post("/offshore/fx/accept", data=form, headers=OWN)
    assert stolen.status_code == 422
    csrf = enter(pages, "otc01-treasurer")
    done = pages.client.post("/offshore/fx/accept", data=form | {"csrf": csrf}, headers=OWN)
    assert done.status_code == 200, done.text
    assert "Accepted" in done.text
    again = pages.client.post("/offshore/fx/accept", data=form | {"csrf": csrf}, headers=OWN)
    assert again.status_code == 422
    assert "FX_QUOTE_USED" in again.text


def test_a_request_is_answered_by_a_quote_from_the_banks_page(pages: Pages) -> None:
    csrf = enter(pages, "otc01-treasurer")
    asked = {"account": "FT-OTC01", "pair": "USD/CNY", "side": "SELL", "currency": "USD"}
    form = {"csrf": csrf, "command_id": "ask", "amount": "5,000.00", **asked}
    assert pages.client.post("/offshore/fx/request", data=form, headers=OWN).status_code == 200
    csrf = enter(pages, "simb1-maker")
    page = pages.client.get("/offshore/bank?answer=cask").text
    assert "In answer to the request of" in page
    terms = {"mid": "7.1000", "rate": "7.0950", "valid_s": "60", "request_id": "cask"}
    form |= {"csrf": csrf, "command_id": "give", **terms}
    given = pages.client.post("/offshore/fx/quote", data=form, headers=OWN)
    assert "Accepted" in given.text, given.text
    enter(pages, "otc01-treasurer")
    text = pages.client.get("/offshore/treasurer?part=quotes").text
    assert "35,475.00" in text
    assert "Asked and not answered yet" not in text


def test_a_rate_that_is_no_number_is_refused_beside_its_form(pages: Pages) -> None:
    csrf = enter(pages, "simb1-maker")
    form = {"csrf": csrf, "account": "FT-OTC01", "pair": "USD/CNY", "side": "BUY", "amount": "1"}
    answer = pages.client.post(
        "/offshore/fx/quote", data=form | {"currency": "USD", "mid": "7.10001"}, headers=OWN
    )
    assert answer.status_code == 422
    assert "FIELD_OUT_OF_RANGE" in answer.text
    assert pages.client.post("/offshore/fx/steal", data=form, headers=OWN).status_code == 404


def test_the_drawing_of_waits_fills_its_width_in_order() -> None:
    def at(us: int, wait: str) -> Step:
        return Step("PDNG", us, wait, "", "", 1, True, 0)

    steps = [at(0, ""), at(0, "SCREENING"), at(1, "RELEASE"), at(1_000_000, "")]
    drawn = stretches_of(steps, 0)
    assert [s.wait for s in drawn] == ["SCREENING", "RELEASE"]
    assert [s.x for s in drawn] == [0, drawn[0].width]
    assert SCALE - 2 <= sum(s.width for s in drawn) <= SCALE
    assert stretches_of(steps[:1], 0) == []
    assert stretches_of(steps[:2], 5)[0].took_us == 5


def test_the_journal_tells_a_sender_nothing_of_screening(pages: Pages) -> None:
    record = pages.engine.centre.offshore.record_of(pages.release)
    assert record is not None
    entry = f"/journal/{record.seq}"
    enter(pages, "otc01-treasurer")
    text = pages.client.get(entry).text
    assert "PaymentWaiting" in text
    for word in ("screened", "score_bp", "RELEASE", "PartiesScreened"):
        assert word not in text, word
    enter(pages, "supervisor-supervisor")
    assert "RELEASE" in pages.client.get(entry).text
