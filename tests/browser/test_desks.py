"""The desks of the offshore venue in a real browser: every page in both languages and lights, on a phone, and what people do there."""

import datetime
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from huangpu.core.calendar import instant_us
from huangpu.demo import desks, past
from huangpu.engine.writer import Engine, Submission
from huangpu.registry.charter import Tick
from tests.browser.test_console import AXE, first_of
from tests.support.served import Served, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Enter = Callable[..., Page]
TODAY = datetime.date(2026, 12, 7)
PAGES = (
    "/offshore/queue",
    "/offshore/releases",
    "/offshore/screening",
    "/offshore/samples",
    "/offshore/inbox",
    "/offshore/white-list?at=2026-12-01T10:00",
    "/offshore/monitors",
    "/offshore/reports",
    "/offshore/supervision",
)
FORMS = {
    "simb1-officer": ("releases", "screening", "inbox", "monitors", "reports"),
    "simb1-maker": ("inbox", "monitors", "reports", "white-list"),
    "otc09-treasurer": ("queue",),
    "otc01-treasurer": ("samples?status=REJECTED",),
    "zone-2": ("white-list", "inbox"),
}


@pytest.fixture(scope="module")
def centre() -> Iterator[Served]:
    """A market with a past and something on every desk."""
    with served(0, prepared) as found:
        yield found


def prepared(engine: Engine) -> None:
    past.play(engine, TODAY)
    engine.step([Submission("clock", "today", Tick(), instant_us(TODAY, 9, 30))])
    assert desks.play(engine) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_desk_is_clean(
    enter: Enter, centre: Served, axe_script: str, language: str, theme: str
) -> None:
    page = enter("supervisor-supervisor", language, theme)
    page.goto(f"{centre.address}/offshore/screening")
    case = first_of(page, "main a[href^='/offshore/screening/']")
    page.goto(f"{centre.address}/offshore/samples")
    sample = first_of(page, "main a[href^='/offshore/samples/']")
    found: dict[str, list[str]] = {}
    for path in (*PAGES, case, sample):
        page.goto(centre.address + path)
        expect(page.locator("h1")).to_be_visible()
        page.evaluate(axe_script)
        found[path] = page.evaluate(AXE)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_open_forms_of_the_desks_are_clean(
    enter: Enter, centre: Served, axe_script: str, theme: str
) -> None:
    found: dict[str, list[str]] = {}
    for person, rooms in FORMS.items():
        page = enter(person, "zh", theme)
        for room in rooms:
            page.goto(f"{centre.address}/offshore/{room}")
            if room.startswith(("samples", "screening")):
                page.locator("main tbody a").first.click()
                expect(page.locator("main form").first).to_be_visible()
            page.evaluate(
                "() => document.querySelectorAll('main details').forEach((d) => d.open = true)"
            )
            page.evaluate(axe_script)
            found[f"{person} {room}"] = page.evaluate(AXE)
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_the_desks_fit_a_phone(enter: Enter, centre: Served) -> None:
    page = enter("supervisor-supervisor", "zh")
    page.set_viewport_size({"width": 390, "height": 844})
    for path in PAGES:
        page.goto(centre.address + path)
        widths = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], (path, widths)


def test_the_queue_is_drawn(enter: Enter, centre: Served) -> None:
    page = enter("supervisor-supervisor")
    page.goto(f"{centre.address}/offshore/queue")
    graph = page.locator("svg.graph")
    expect(graph.locator("path.edge")).to_have_count(len(desks.CHAIN))
    expect(graph.locator("g.node")).to_have_count(5)
    expect(graph.locator("g.short")).to_have_count(4)
    expect(page.locator("main")).to_contain_text("all together")


def test_an_officer_releases_what_another_entered(enter: Enter, centre: Served) -> None:
    maker = enter("simb1-maker")
    maker.goto(f"{centre.address}/offshore/releases")
    expect(maker.locator(".docket").first).to_contain_text("an officer with the permission does")
    expect(maker.get_by_role("button", name="Release")).to_have_count(0)
    officer = enter("simb1-officer")
    officer.goto(f"{centre.address}/offshore/releases")
    before = officer.locator(".docket").count()
    officer.get_by_role("button", name="Release").first.click()
    expect(officer.locator("#told")).to_contain_text("Accepted")
    expect(officer.locator(".docket")).to_have_count(before - 1)


def test_a_treasurer_uploads_and_the_officer_accepts(enter: Enter, centre: Served) -> None:
    payer = enter("otc01-treasurer")
    payer.goto(f"{centre.address}/offshore/samples?status=OPEN")
    payer.locator("main tbody a").first.click()
    for kind in ("CONTRACT", "INVOICE"):
        payer.locator(f"#file-{kind}").set_input_files(
            FilePayload(name=f"{kind}.pdf", mimeType="application/pdf", buffer=kind.encode())
        )
    payer.get_by_role("button", name="Upload").click()
    expect(payer.locator("#told")).to_contain_text("Accepted")
    address = payer.url.partition("?")[0]
    officer = enter("simb1-officer", "zh", "dark")
    officer.goto(address)
    officer.get_by_role("button", name="接受单据").click()
    expect(officer.locator("#told")).to_contain_text("已接受")
    payer.goto(address)
    expect(payer.locator(".headline")).to_contain_text("accepted")


def test_a_second_person_of_the_zone_confirms(enter: Enter, centre: Served) -> None:
    page = enter("zone-2")
    page.goto(f"{centre.address}/offshore/white-list")
    row = page.locator("#company-OTC07")
    row.get_by_text("change").click()
    row.get_by_role("button", name="Confirm as the second person").click()
    expect(page.locator("#told")).to_contain_text("Accepted")
    expect(page.locator("#company-OTC07")).to_contain_text("removed")


def test_a_daily_file_is_downloaded(enter: Enter, centre: Served) -> None:
    page = enter("simb1-officer")
    page.goto(f"{centre.address}/offshore/reports")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^download")).first.click()
    assert waiting.value.suggested_filename.endswith(".csv")
