"""What every test shares: search profiles, the kernels' compile cache, and the browser or the reason for its absence."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]

# Before anything imports numba: a kernel is compiled once a machine, not once a run.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".cache" / "numba"))

# `ci` finds the same examples each time, so that a change is what breaks a test; `deep` searches on.
_SLOW_START = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large]
hypothesis.settings.register_profile(
    "ci",
    derandomize=True,
    max_examples=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=_SLOW_START,
)
hypothesis.settings.register_profile(
    "deep",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=_SLOW_START,
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def _browser_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("HUANGPU_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return found if found and Path(found).exists() else None


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The installed Chromium; its absence skips the test, or fails it when HUANGPU_REQUIRE_BROWSER is set."""
    found = _browser_path()
    if found is None:
        reason = "no Chromium on PATH (apt-get install chromium) and HUANGPU_CHROMIUM names none"
        if os.environ.get("HUANGPU_REQUIRE_BROWSER", "") not in {"", "0"}:
            pytest.fail(f"a browser is required here: {reason}")
        pytest.skip(reason)
    return Path(found)


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> "Iterator[Browser]":
    """A headless Chromium for one module; tests make their own contexts.

    Not for the whole run: while Playwright is open its event loop runs in this thread, and asyncio.run in later tests
    of the same worker would be refused.
    """
    from playwright.sync_api import sync_playwright

    # Chromium's own sandbox refuses to work for root, as in most containers.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield running
        running.close()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The text of axe-core, which ./dev keeps beside the tests."""
    return (ROOT / "tests" / ".vendor" / "axe.min.js").read_text(encoding="utf-8")
