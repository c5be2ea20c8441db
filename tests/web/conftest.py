"""A browser, a town, and what stands between them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from infra.local.chromium import launched
from tests.web.base_map import BaseMap, base_map
from tests.web.front import Front, front
from tests.web.people import Settled, settled

# Beside other tests a page may have to wait for its turn.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a process; each makes its own context in it."""
    with launched() as started:
        yield started


@pytest.fixture(scope="module")
def here(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settled]:
    """A town of the module's own. The browser is started first: its driver's clock is not for turning back."""
    with settled(tmp_path_factory.mktemp("town")) as made:
        yield made


@pytest.fixture(scope="module")
def served(here: Settled) -> Iterator[Front]:
    with front(here.town) as made:
        yield made


@pytest.fixture(scope="module")
def streets() -> Iterator[BaseMap]:
    """An operator's base map, for who names it."""
    with base_map() as made:
        yield made
