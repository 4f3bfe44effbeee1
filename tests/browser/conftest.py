"""One served centre a module, and signed-in pages that fail a test on any error they log or any request that leaves the host."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.served import Served, served

WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def centre() -> Iterator[Served]:
    """A seeded market behind a server."""
    with served() as found:
        yield found


class Watched:
    """A browser context whose pages report what must not happen."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.faults: list[str] = []
        context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        page.on("console", lambda m: m.type in ("error", "warning") and self._note(m.text))
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("request", lambda r: r.url.startswith(self.address) or self._note(r.url))

    def _note(self, fault: str) -> None:
        # A refusal is answered 422 and shown; the browser logs every such status.
        if "status of 422" not in fault and "status of 401" not in fault:
            self.faults.append(fault)


@pytest.fixture
def enter(browser: Browser, centre: Served) -> Iterator[Callable[..., Page]]:
    """Sign a person in with a language and a light; afterwards, expect that nothing went wrong in the page."""
    opened: list[Watched] = []

    def sign_in(person: str, language: str = "en", theme: str = "light") -> Page:
        context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
        watched = Watched(context, centre.address)
        opened.append(watched)
        for name, value in (("language", language), ("theme", theme)):
            context.add_cookies([{"name": f"hp_{name}", "value": value, "url": centre.address}])
        page = context.new_page()
        page.goto(f"{centre.address}/sign-in")
        page.locator("#person").fill(person)
        page.locator("#password").fill(centre.password)
        page.locator(".door-form form button").click()
        page.wait_for_url(f"{centre.address}/")
        return page

    yield sign_in
    for watched in opened:
        watched.context.close()
    assert [fault for watched in opened for fault in watched.faults] == []
