"""A browser, a town, and what stands between them."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.web.chromium import chromium
from tests.web.front import Front, front
from tests.web.people import Settled, settled

# Beside other tests a page may have to wait for its turn.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a process; each makes its own context in it."""
    found = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found.executable, args=list(found.args), env={**os.environ, **found.env}
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def here(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settled]:
    """A town of the module's own. The browser is started first: its driver's clock is not for turning back."""
    with settled(tmp_path_factory.mktemp("town")) as made:
        yield made


@pytest.fixture(scope="module")
def served(here: Settled) -> Iterator[Front]:
    with front(here.town) as made:
        yield made
