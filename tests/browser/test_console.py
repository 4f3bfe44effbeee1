"""The console in a real browser: every page in both languages and both lights, and what people do there."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Enter = Callable[..., Page]
PAGES = (
    "/",
    "/reinsurance",
    "/reinsurance/members",
    "/offshore",
    "/offshore?status=PDNG&direction=BOOK&currency=USD",
    "/offshore?status=RJCT&day=2026-11-20",
    "/offshore/bank",
    "/offshore/accounts",
    "/offshore/accounts/FT-OTC01?currency=USD",
    "/offshore/white-list",
    "/offshore/matrix",
    "/growth",
    "/growth/688256",
    "/rules",
    "/rules/offshore.trade_types",
    "/journal",
    "/journal/2",
)
AXE = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}))
  .violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`)"""


def first_of(page: Page, selector: str) -> str:
    """Return where the first link of a kind leads."""
    found = page.locator(selector).first.get_attribute("href")
    assert found
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_clean(
    enter: Enter, centre: Served, axe_script: str, language: str, theme: str
) -> None:
    payer = enter("otc01-treasurer")
    payer.goto(f"{centre.address}/offshore")
    instruct(payer, "9,999,999,999,999.00")
    expect(payer.get_by_role("status")).to_contain_text("Accepted")
    page = enter("supervisor-supervisor", language, theme)
    page.goto(f"{centre.address}/offshore?status=ACCC")
    payment = first_of(page, "a[href^='/offshore/payments/']")
    page.goto(f"{centre.address}/reinsurance")
    slip = first_of(page, "a[href^='/reinsurance/slips/']")
    page.goto(f"{centre.address}/offshore?status=PDNG")
    waiting = first_of(page, "a[href^='/offshore/payments/']")
    found: dict[str, list[str]] = {}
    for path in (*PAGES, payment, waiting, slip):
        page.goto(centre.address + path)
        expect(page.locator("html")).to_have_attribute(
            "lang", {"en": "en", "zh": "zh-Hans"}[language]
        )
        expect(page.locator("html")).to_have_attribute("data-stream", "open")
        expect(page.locator(".simulated")).to_contain_text("模拟")
        page.evaluate(axe_script)
        found[path] = page.evaluate(AXE)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_forms_are_clean(enter: Enter, centre: Served, axe_script: str, theme: str) -> None:
    for person, path in (
        ("otc01-treasurer", "/offshore"),
        ("otc01-treasurer", "/offshore/treasurer"),
        ("simb1-maker", "/offshore/bank"),
        ("brk01-broker", "/reinsurance/place"),
        ("sec1-trader", "/growth/688256"),
    ):
        page = enter(person, "zh", theme)
        page.goto(centre.address + path)
        expect(page.locator("main form").first).to_be_visible()
        page.evaluate(axe_script)
        assert page.evaluate(AXE) == [], path


def test_the_door_refuses_a_wrong_password(
    browser: Browser, centre: Served, axe_script: str
) -> None:
    page = browser.new_page()
    page.goto(f"{centre.address}/journal")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.evaluate(axe_script)
    assert page.evaluate(AXE) == []
    page.locator("#person").fill("sec1-trader")
    page.locator("#password").fill("not the password")
    page.locator(".door-form form button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#person")).to_have_value("sec1-trader")
    page.close()


def test_the_language_and_the_light_stay(enter: Enter, centre: Served) -> None:
    page = enter("supervisor-supervisor")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_role("button", name="浅色").click()
    page.goto(f"{centre.address}/growth")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("html")).to_have_attribute("data-theme", "auto")


def test_a_payment_moves_the_figure_that_another_person_sees(enter: Enter, centre: Served) -> None:
    watcher = enter("supervisor-supervisor")
    watcher.goto(f"{centre.address}/offshore")
    expect(watcher.locator("html")).to_have_attribute("data-stream", "open")
    before = watcher.locator("[data-live='o.today']").inner_text()
    payer = enter("otc01-treasurer")
    payer.goto(f"{centre.address}/offshore")
    instruct(payer, "1234.56")
    expect(payer.get_by_role("status")).to_contain_text("Accepted")
    expect(watcher.locator("[data-live='o.today']")).not_to_have_text(before)
    expect(watcher.locator("#part-payments")).to_contain_text("1,234.56")


def instruct(page: Page, amount: str) -> None:
    """Fill the form of a payment overseas and send it."""
    page.locator("#instruct-creditor_account").fill("DE-SUPPLIER-77")
    page.locator("#instruct-amount").fill(amount)
    page.get_by_text("Creditor overseas, ids and remittance").click()
    bic = page.locator("#instruct-creditor_agent")
    bic.fill("SIMBDEFF")
    page.locator("#instruct-creditor_country").fill("DE")
    page.locator("#instruct-creditor_name").fill("Simulated Supplier DE")
    page.get_by_role("button", name="Instruct").click()


def test_the_stream_is_filtered_without_scripts(browser: Browser, centre: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{centre.address}/sign-in")
    page.locator("#person").fill("supervisor-supervisor")
    page.locator("#password").fill(centre.password)
    page.locator(".door-form form button").click()
    page.goto(f"{centre.address}/offshore")
    page.locator("#filter-currency").select_option("CNY")
    page.locator("#filter-status").select_option("ACCC")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile("status=ACCC.*currency=CNY"))
    amounts = page.locator("#part-payments tbody td:nth-child(5) small").all_inner_texts()
    assert amounts
    assert set(amounts) == {"CNY"}
    context.close()


def test_a_treasurer_asks_and_deals_at_the_rate_that_the_bank_quotes(
    enter: Enter, centre: Served, axe_script: str
) -> None:
    payer = enter("otc01-treasurer", "zh", "dark")
    payer.goto(f"{centre.address}/offshore/treasurer")
    payer.locator("#request-amount").fill("12,345.00")
    payer.get_by_role("button", name="询价").click()
    expect(payer.locator("#part-quotes")).to_contain_text("12,345.00")
    desk = enter("simb1-maker")
    desk.goto(f"{centre.address}/offshore/bank")
    desk.get_by_role("link", name="quote it").first.click()
    desk.locator("#quote-mid").fill("7.1000")
    desk.locator("#quote-rate").fill("7.1100")
    desk.get_by_role("button", name="Quote", exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("Accepted")
    # The treasurer's page shows the quote without being asked.
    accept = payer.get_by_role("button", name="接受")
    expect(accept).to_be_visible()
    payer.evaluate(axe_script)
    assert payer.evaluate(AXE) == []
    accept.click()
    expect(payer.get_by_role("status")).to_contain_text("已接受")
    expect(payer.locator("#part-quotes")).to_contain_text("87,772.95")


def test_a_file_that_is_no_order_is_told_so_in_words(
    enter: Enter, centre: Served, axe_script: str
) -> None:
    page = enter("otc01-treasurer", "zh")
    page.goto(f"{centre.address}/offshore/treasurer")
    file = FilePayload(name="orders.xml", mimeType="application/xml", buffer=b"<Document/>")
    page.locator("#upload-file").set_input_files(file)
    page.get_by_role("button", name="发送文件").click()
    expect(page.get_by_role("alert")).to_contain_text("文件格式错误")
    page.evaluate(axe_script)
    assert page.evaluate(AXE) == []


def test_a_refusal_names_its_clause_and_keeps_what_was_typed(enter: Enter, centre: Served) -> None:
    page = enter("sec1-trader", "zh")
    page.goto(f"{centre.address}/growth/688256")
    page.locator("#ticket-quantity").fill("150")
    page.get_by_role("button", name="买入").click()
    alert = page.locator("#ticket").get_by_role("alert")
    expect(alert).to_contain_text("低于最低申报数量")
    expect(alert).to_contain_text("150 shares, minimum 200")
    expect(page.locator("#ticket-quantity")).to_have_value("150")
    alert.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/rules/order\.quantity_shares_min"))
    expect(page.locator("main")).to_contain_text("200")


def test_an_order_reaches_the_book_and_can_be_cancelled(enter: Enter, centre: Served) -> None:
    page = enter("sec1-trader")
    page.goto(f"{centre.address}/growth/688256")
    low = page.locator(".head .figure", has_text="Limits of the day").inner_text()
    floor = re.findall(r"[\d,]+\.\d\d", low)[0]
    page.locator("#ticket-price").fill(floor)
    page.locator("#ticket-quantity").fill("200")
    page.get_by_role("button", name="Buy").click()
    expect(page.locator("#ticket").get_by_role("status")).to_contain_text("entry")
    row = page.locator("#part-orders tbody tr").filter(has_text=floor).first
    expect(row).to_contain_text("in the book")
    row.get_by_role("button").click()
    expect(page.locator("#part-orders tbody tr").filter(has_text=floor).first).to_contain_text(
        "cancelled"
    )


def test_a_slip_is_placed_quoted_and_ordered(enter: Enter, centre: Served) -> None:
    broker = enter("brk01-broker")
    broker.goto(f"{centre.address}/reinsurance/place")
    broker.locator("#place-slip_id").fill("B1/BROWSER:1")
    broker.locator("#place-cedent").select_option("INS01")
    broker.locator("#place-interest").fill("all property written in the period")
    broker.get_by_role("button", name="Place the slip").click()
    expect(broker.locator("h1")).to_have_text("B1/BROWSER:1")
    expect(broker.get_by_role("status")).to_contain_text("Accepted")
    slip = f"{centre.address}/reinsurance/slips/B1/BROWSER:1"
    market = enter("re01-underwriter")
    market.goto(slip)
    market.get_by_role("button", name="Quote").click()
    expect(market.get_by_role("status")).to_contain_text("Accepted")
    cedent = enter("ins01-cedent")
    cedent.goto(slip)
    cedent.get_by_role("button", name="Give the firm order").click()
    expect(cedent.locator(".steps .now")).to_contain_text("firm order")
    expect(broker.locator(".steps .now")).to_contain_text("firm order")


def test_the_rule_book_is_searched_as_one_types(enter: Enter, centre: Served) -> None:
    page = enter("supervisor-supervisor")
    page.goto(f"{centre.address}/rules")
    page.locator("#words").press_sequentially("order.tick")
    expect(page.locator("#rule-list tbody tr")).to_have_count(1)
    expect(page.locator("#rule-list")).to_contain_text("Price tick")
    expect(page.locator("#words")).to_be_focused()


def test_a_phone_shows_no_sideways_scroll(enter: Enter, centre: Served) -> None:
    page = enter("supervisor-supervisor", "zh")
    page.set_viewport_size({"width": 390, "height": 844})
    for path in PAGES:
        page.goto(centre.address + path)
        widths = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], (path, widths)
