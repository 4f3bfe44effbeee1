"""The desks of the venue by address and by role: who sees what, four eyes, and acts that go the way of every command."""

import datetime
import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from litestar.testing import TestClient
from tests.support.market import journaled_market

from huangpu.app.web import Centred, build_app
from huangpu.config import SANDBOX_PASSWORD, Settings
from huangpu.console.offshore.graph import BOX_H, BOX_W, WIDTH, drawn
from huangpu.console.offshore.plots import HEIGHT, plotted
from huangpu.console.offshore.plots import WIDTH as PLOT_WIDTH
from huangpu.console.offshore.screening import compare
from huangpu.core.calendar import instant_us
from huangpu.demo import desks, past
from huangpu.engine import Gate
from huangpu.engine.writer import Engine, Submission
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.liquidity.views import Edge, Node, QueueGraph
from huangpu.venues.offshore.monitoring import views as monitoring
from huangpu.venues.offshore.monitoring.books import CaseState, ProposalState
from huangpu.venues.offshore.orders import Wait
from huangpu.venues.offshore.state import ListingState
from huangpu.venues.offshore.white_list import state_at

OWN = {"sec-fetch-site": "same-origin"}
TODAY = datetime.date(2026, 12, 7)


class Desks(NamedTuple):
    """The pages in front of an engine in which something lies on every desk."""

    client: TestClient[Any]
    engine: Engine


@pytest.fixture(scope="module")
def pages() -> Iterator[Desks]:
    engine = journaled_market()
    past.play(engine, TODAY)
    engine.step([Submission("clock", "today", Tick(), instant_us(TODAY, 9, 30))])
    assert desks.play(engine) == []
    gate = Gate(lambda: engine)
    app = build_app(Centred(gate=gate, settings=Settings(sandbox=True, snapshot_entries=0)))
    with TestClient(app) as client:
        yield Desks(client, engine)


def enter(pages: Desks, person: str) -> str:
    """Sign in and return the token of the session's forms."""
    form = {"person": person, "password": SANDBOX_PASSWORD, "next": "/"}
    answer = pages.client.post("/sign-in", data=form, headers=OWN)
    assert answer.status_code == 200, answer.text
    return str(answer.text.split('name="csrf" value="')[1].split('"')[0])


def act(pages: Desks, csrf: str, name: str, page: str, **fields: str) -> tuple[int, str]:
    """Send a form of a desk; a refusal is answered 422 on the page that it was sent from."""
    form = {"csrf": csrf, "page": page, "next": "/offshore/inbox", **fields}
    answer = pages.client.post(
        f"/offshore/acts/{name}", data=form, headers=OWN, follow_redirects=False
    )
    return answer.status_code, answer.text


def main_of(pages: Desks, path: str) -> str:
    answer = pages.client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.text.split("<main", 1)[1])


ROOMS = (
    "queue",
    "releases",
    "screening",
    "samples",
    "inbox",
    "white-list",
    "monitors",
    "reports",
    "supervision",
)
REACH = {
    "supervisor-supervisor": set(ROOMS),
    "simb1-officer": set(ROOMS) - {"supervision"},
    "simb1-maker": set(ROOMS) - {"supervision", "screening"},
    "otc01-treasurer": {"queue", "samples", "white-list", "monitors"},
    "zone-1": {"samples", "inbox", "white-list", "monitors"},
    "ovb-hk-correspondent": {"queue", "white-list"},
    "compliance-1": {"screening", "inbox", "white-list"},
    "ins01-cedent": {"white-list"},
}


@pytest.mark.parametrize("person", REACH)
def test_each_role_reaches_its_desks_and_no_other(pages: Desks, person: str) -> None:
    enter(pages, person)
    reached = {room for room in ROOMS if pages.client.get(f"/offshore/{room}").status_code == 200}
    assert reached == REACH[person]
    tabs = set(re.findall(r'href="/offshore/([a-z-]+)"', main_of(pages, "/offshore/matrix")))
    assert tabs & set(ROOMS) == REACH[person], "the tabs show the way to what may be seen"


def test_a_stranger_is_led_to_the_door(pages: Desks) -> None:
    pages.client.cookies.clear()
    for room in ROOMS:
        answer = pages.client.get(f"/offshore/{room}", follow_redirects=False)
        assert answer.status_code == 303, room


def test_a_release_is_its_banks_alone_and_never_its_makers(pages: Desks) -> None:
    room = pages.engine.centre.offshore
    waiting = [p for p in room.books.pending.values() if Wait.RELEASE in p.waits]
    own, other = waiting[0].order.uetr, waiting[-1].order.uetr
    csrf = enter(pages, "simb2-officer")
    assert own not in main_of(pages, "/offshore/releases")
    status, _ = act(pages, csrf, "release", "releases", uetr=own)
    assert status == 422
    csrf = enter(pages, "simb1-maker")
    text = main_of(pages, "/offshore/releases")
    assert own in text
    assert "/offshore/acts/release" not in text
    assert "Your role does not decide this" in text
    csrf = enter(pages, "simb1-officer")
    text = main_of(pages, "/offshore/releases")
    assert "LOAN-2026-01" in text
    assert "old enough" in text
    status, text = act(pages, csrf, "refuse-release", "releases", uetr=other, cause="")
    assert status == 422
    assert "FIELD_OUT_OF_RANGE" in text
    assert act(pages, csrf, "release", "releases", uetr=own)[0] == 303
    assert act(pages, csrf, "refuse-release", "releases", uetr=other, cause="not ours")[0] == 303
    ended = room.payments.get(other)
    assert room.payments.get(own) is not None
    assert ended is not None
    assert ended.status == "RJCT"


def test_a_case_is_told_to_its_officers_and_to_nobody_else(pages: Desks) -> None:
    room = pages.engine.centre.offshore
    case = next(c for c in room.books.screening.cases.values() if c.bank == "SIMB1")
    path = f"/offshore/screening/{case.id}"
    for person in ("simb2-officer", "simb1-maker", "otc01-treasurer", "zone-1"):
        enter(pages, person)
        assert pages.client.get(path).status_code == 404, person
        text = pages.client.get("/offshore/screening").text
        assert case.name not in text, person
    csrf = enter(pages, "simb1-officer")
    text = main_of(pages, path)
    assert case.entry_id in text
    assert case.list_version in text
    status, text = act(pages, csrf, "case-clear", "case", case_id=case.id, text=" ")
    assert status == 422
    assert case.name in text, "the refusal is shown on the case"
    assert act(pages, csrf, "case-note", "case", case_id=case.id, text="asked")[0] == 303
    assert act(pages, csrf, "case-clear", "case", case_id=case.id, text="other firm")[0] == 303
    assert "asked" in main_of(pages, path)
    assert case.uetr not in room.books.pending


def test_words_of_two_names_show_what_agrees() -> None:
    found = compare("Simulatd Embargoed Yard", "Simulated Embargoed Shipyard LLC")
    assert [token.alike_bp > 0 for token in found.tokens] == [True, True, False]
    assert found.tokens[1].alike_bp == 10_000


def test_documents_are_known_by_the_digest_that_the_server_computes(pages: Desks) -> None:
    room, now_us = pages.engine.centre.offshore, pages.engine.last_at_us
    every = monitoring.cases(room, now_us, institution="OTC01", state=CaseState.OPEN, limit=500)
    uetr = every.cases[0].case.payment.uetr
    csrf = enter(pages, "otc02-treasurer")
    assert pages.client.get(f"/offshore/samples/{uetr}").status_code == 404
    csrf = enter(pages, "otc01-treasurer")
    body = b"SIMULATED contract"
    answer = pages.client.post(
        f"/offshore/samples/{uetr}/documents",
        data={"csrf": csrf, "reference-CONTRACT": "C-1"},
        files={"file-CONTRACT": ("c.pdf", body, "application/pdf")},
        headers=OWN,
    )
    assert answer.status_code == 200, answer.text
    kept = room.books.monitor.cases[uetr].documents[0]
    assert (kept.sha256, kept.size, kept.name, kept.reference) == (
        hashlib.sha256(body).hexdigest(),
        len(body),
        "c.pdf",
        "C-1",
    )
    csrf = enter(pages, "simb1-officer")
    status, text = act(pages, csrf, "accept-documents", "sample", uetr=uetr)
    assert status == 422
    assert "DOCUMENTS_MISSING" in text
    cause = "the invoice is missing"
    assert act(pages, csrf, "reject-documents", "sample", uetr=uetr, cause=cause)[0] == 303
    assert cause in main_of(pages, f"/offshore/samples/{uetr}")


def test_a_form_without_a_file_is_refused_on_its_page(pages: Desks) -> None:
    room, now_us = pages.engine.centre.offshore, pages.engine.last_at_us
    every = monitoring.cases(room, now_us, institution="OTC01", state=CaseState.OPEN, limit=500)
    uetr = every.cases[-1].case.payment.uetr
    csrf = enter(pages, "otc01-treasurer")
    answer = pages.client.post(
        f"/offshore/samples/{uetr}/documents", data={"csrf": csrf}, headers=OWN
    )
    assert answer.status_code == 422
    assert "FIELD_OUT_OF_RANGE" in answer.text


def test_nobody_decides_what_he_proposed(pages: Desks) -> None:
    proposals = pages.engine.centre.offshore.books.monitor.proposals
    number = next(
        str(p.number)
        for p in proposals
        if p.institution == "SIMB1" and p.state is ProposalState.PROPOSED
    )
    csrf = enter(pages, "simb1-maker")
    text = main_of(pages, "/offshore/inbox")
    assert "this is your own act" in text
    assert "/offshore/acts/approve-proposal" not in text
    assert act(pages, csrf, "approve-proposal", "inbox", number=number)[0] == 422
    csrf = enter(pages, "simb3-officer")
    assert act(pages, csrf, "approve-proposal", "inbox", number=number)[0] == 422
    csrf = enter(pages, "simb1-officer")
    assert "/offshore/acts/approve-proposal" in main_of(pages, "/offshore/inbox")
    assert act(pages, csrf, "approve-proposal", "inbox", number=number)[0] == 303
    assert proposals[int(number)].state is ProposalState.APPROVED


def test_corrections_and_upgrades_wait_in_the_same_inbox(pages: Desks) -> None:
    enter(pages, "simb1-officer")
    text = main_of(pages, "/offshore/inbox")
    for name in ("decide-correction", "approve-bop"):
        assert f"/offshore/acts/{name}" in text, name
    enter(pages, "simb2-officer")
    text = main_of(pages, "/offshore/inbox")
    assert "/offshore/acts/approve-upgrade" in text
    assert "SIMB1-SAU" not in text


def test_the_queue_shows_balances_to_their_owners_alone(pages: Desks) -> None:
    payer, payee, _ = desks.CHAIN[0]
    csrf = enter(pages, f"{payer.lower()}-treasurer")
    text = main_of(pages, "/offshore/queue")
    assert f"FT-{payee}" in text
    assert "balance not yours to see" in text
    uetr = re.findall(r'name="uetr" value="([0-9a-f-]{36})"', text)[0]
    changed = act(pages, csrf, "priority", "queue", uetr=uetr, priority="HIGH")
    assert changed[0] == 303
    status, text = act(pages, csrf, "priority", "queue", uetr=uetr, priority="SOON")
    assert status == 422
    assert "FIELD_OUT_OF_RANGE" in text
    assert act(pages, csrf, "move", "queue", uetr=uetr, to="LAST")[0] == 303
    room = pages.engine.centre.offshore
    assert room.books.pending[uetr].priority == "HIGH"
    csrf = enter(pages, "otc02-treasurer")
    assert uetr not in main_of(pages, "/offshore/queue")
    assert act(pages, csrf, "cancel", "queue", uetr=uetr)[0] == 422
    assert uetr in room.books.pending
    csrf = enter(pages, f"{payer.lower()}-treasurer")
    assert act(pages, csrf, "cancel", "queue", uetr=uetr, cause="no longer")[0] == 303
    assert uetr not in room.books.pending


def test_the_white_list_answers_for_a_past_instant(pages: Desks) -> None:
    enter(pages, "zone-1")
    assert "11 companies could pay" in main_of(pages, "/offshore/white-list?at=2026-12-01T10:00")
    assert "0 companies could pay" in main_of(pages, "/offshore/white-list?at=2020-01-01T10:00")
    assert "date and time as" in main_of(pages, "/offshore/white-list?at=noon")
    enter(pages, "otc01-treasurer")
    text = main_of(pages, "/offshore/white-list?at=2026-12-01T10:00")
    assert "1 companies could pay" in text
    assert "OTC02" not in text


def test_a_suspension_of_one_person_is_confirmed_by_another(pages: Desks) -> None:
    company = "OTC08"
    fields = {"company": company, "state": "SUSPENDED"}
    csrf = enter(pages, "zone-1")
    assert act(pages, csrf, "confirm-listing", "white-list", **fields)[0] == 422
    csrf = enter(pages, "simb1-officer")
    assert "/offshore/acts/suspend" not in main_of(pages, "/offshore/white-list")
    csrf = enter(pages, "zone-2")
    assert act(pages, csrf, "confirm-listing", "white-list", **fields)[0] == 303
    listing = pages.engine.centre.offshore.books.listings[company]
    at_us = listing.steps[-1].at_us
    assert listing.steps[-1].confirmed_by == "zone-2"
    assert state_at(listing, at_us) is ListingState.SUSPENDED
    status, text = act(pages, csrf, "list", "white-list", company="OTC12", **{"from": "soon"})
    assert status == 422
    assert "date and time as" in text


def test_monitors_show_a_company_its_own_and_no_findings(pages: Desks) -> None:
    enter(pages, "otc01-treasurer")
    text = main_of(pages, "/offshore/monitors")
    assert text.count('class="plot"') == 1
    assert "Simulated Trading 01" in text
    assert "Simulated Trading 02" not in text
    assert 'id="findings"' not in text
    assert "/offshore/acts/set-limit" not in text
    enter(pages, "supervisor-supervisor")
    text = main_of(pages, "/offshore/monitors")
    assert text.count('class="plot"') > 10
    assert "same goods twice" in text


def test_a_file_is_its_banks_and_is_what_its_digest_says(pages: Desks) -> None:
    path = "/offshore/reports/files/SIMB1-SAU/TRANSACTIONS/1"
    enter(pages, "simb2-officer")
    assert pages.client.get(path).status_code == 404
    assert "SIMB1-SAU" not in main_of(pages, "/offshore/reports")
    enter(pages, "simb1-officer")
    answer = pages.client.get(path)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    digest = "0" * 64
    for line in answer.text.split("\n")[:-1]:
        digest = hashlib.sha256(bytes.fromhex(digest) + line.encode()).hexdigest()
    stream = pages.engine.centre.offshore.books.reports.files["TRANSACTIONS|SIMB1-SAU"]
    assert digest == stream[0].digest
    assert pages.client.get(path[:-1] + "999").status_code == 404


def test_a_break_is_assigned_explained_and_closed_by_two(pages: Desks) -> None:
    breaks = pages.engine.centre.offshore.books.reports.breaks
    csrf = enter(pages, "simb1-officer")
    cause = "a fee"
    assert act(pages, csrf, "close-break", "reports", break_id="0", cause=cause)[0] == 422
    csrf = enter(pages, "simb1-maker")
    assert act(pages, csrf, "close-break", "reports", break_id="0", cause=cause)[0] == 303
    assert act(pages, csrf, "decide-break", "inbox", break_id="0", approve="yes")[0] == 422
    csrf = enter(pages, "simb1-officer")
    assert cause in main_of(pages, "/offshore/inbox")
    assert act(pages, csrf, "decide-break", "inbox", break_id="0", approve="yes")[0] == 303
    assert breaks[0].closed_by == "simb1-officer"


def test_a_form_of_another_page_or_act_is_nothing(pages: Desks) -> None:
    csrf = enter(pages, "simb1-officer")
    assert act(pages, csrf, "release", "no-such-page", uetr="x")[0] == 404
    assert act(pages, csrf, "no-such-act", "releases", uetr="x")[0] == 404
    assert act(pages, "forged", "release", "releases", uetr="x")[0] == 403
    form = {"csrf": csrf, "page": "releases", "uetr": "x"}
    foreign = {"sec-fetch-site": "cross-site"}
    answer = pages.client.post("/offshore/acts/release", data=form, headers=foreign)
    assert answer.status_code == 403


@pytest.mark.parametrize("count", range(2, 15))
def test_boxes_of_a_ring_keep_apart_and_inside(count: int) -> None:
    names = [f"A{n}" for n in range(count)]
    nodes = [Node(account=n, holder=n, kind="FTE", available=1, owes=5, is_owed=5) for n in names]
    edges = [
        Edge(payer=n, payee=names[(i + 1) % count], count=1, value=5, uetrs=[])
        for i, n in enumerate(names)
    ]
    found = drawn(QueueGraph("CNY", nodes, edges))
    assert len(found.boxes) == count
    assert len(found.arrows) == count
    for place, box in enumerate(found.boxes):
        assert BOX_W / 2 <= box.x <= WIDTH - BOX_W / 2
        assert BOX_H / 2 <= box.y <= found.height - BOX_H / 2
        for other in found.boxes[place + 1 :]:
            assert abs(box.x - other.x) >= BOX_W or abs(box.y - other.y) >= BOX_H, (box, other)


def test_what_does_not_fit_into_the_graph_is_counted() -> None:
    edges = [Edge(payer=f"A{n}", payee="", count=1, value=100 - n, uetrs=[]) for n in range(20)]
    found = drawn(QueueGraph("CNY", [], edges))
    assert (len(found.boxes), found.left_out) == (14, 7)


def test_a_plot_stays_inside_its_frame(pages: Desks) -> None:
    centre = pages.engine.centre
    views = monitoring.deviations(centre.offshore, centre.rules, pages.engine.last_at_us, None)
    for view in views:
        plot = plotted(view)
        for point in plot.line.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= PLOT_WIDTH
            assert 0 <= y <= HEIGHT
        assert plot.red_y < plot.amber_y
        for bar in (*plot.receipts, *plot.payments):
            assert bar.y >= 0
            assert bar.y + bar.height <= HEIGHT - 10, "bars leave the dates free"
