"""The base map of an operator on the desk and the site: asked for, shown, its makers named, and nobody else asked."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web import test_site
from tests.web.base_map import COLOUR, MAKERS, BaseMap, becomes, share_of
from tests.web.front import PHOTOS, Front
from tests.web.opened import opened, show
from tests.web.people import BODY, Settled, settled
from tests.web.public_files import town
from tests.web.site_front import site_front
from tests.web.test_everybody import is_sound_in_both
from tests.web.test_map import asked_elsewhere, has_drawn, on_the_map


@pytest.fixture(scope="module")
def here(browser: Browser, streets: BaseMap, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settled]:
    """A town whose region file names it."""
    with settled(tmp_path_factory.mktemp("town"), base_map={"style": streets.style}) as made:
        yield made


def test_the_desk_shows_it_under_a_bodys_complaints(
    browser: Browser, served: Front, here: Settled, streets: BaseMap
) -> None:
    with opened(browser, served, who=BODY, scheme="dark", maps=True) as page:
        elsewhere = asked_elsewhere(page, served.address, PHOTOS, streets.address)
        on_the_map(page)
        expect(page.locator(".maplibregl-ctrl-attrib")).to_have_text(MAKERS)
        assert "/style.json" in streets.asked
        assert becomes(lambda: share_of(COLOUR, page.locator(".ground")) > 0.5, page)
        assert any(path.endswith(".png") for path in streets.asked)
        # They lie on it as they do without, at one place.
        page.locator(".maplibregl-canvas").click()
        expect(page.locator(".picked .number")).to_have_count(len(here.ids))
        is_sound_in_both(page, "on a base map")
        assert elsewhere == []


def test_the_desk_shows_the_streets_around_a_complaint(
    browser: Browser, served: Front, here: Settled, streets: BaseMap
) -> None:
    with opened(browser, served, who=BODY, maps=True) as page:
        show(page, here.ids["leak"])
        page.locator(".place-map").scroll_into_view_if_needed()
        has_drawn(page)
        expect(page.locator(".maplibregl-ctrl-attrib")).to_have_text(MAKERS)
        assert becomes(lambda: share_of(COLOUR, page.locator(".ground")) > 0.5, page)
        assert max(int(path.split("/")[1]) for path in streets.asked if path.endswith(".png")) >= 14


def test_where_it_does_not_come_the_districts_stand(
    browser: Browser, served: Front, here: Settled, streets: BaseMap
) -> None:
    with opened(browser, served, who=BODY, maps=True) as page:
        page.route(f"{streets.address}/**", lambda route: route.abort())
        on_the_map(page)
        assert share_of(COLOUR, page.locator(".ground")) == 0
        page.locator(".maplibregl-canvas").click()
        expect(page.locator(".picked .number")).to_have_count(len(here.ids))


def test_the_site_shows_it_too(browser: Browser, streets: BaseMap) -> None:
    made = town(30)
    region = json.loads(made.files["/open/region.json"]) | {"base_map": {"style": streets.style}}
    files = {**made.files, "/open/region.json": json.dumps(region).encode()}
    with (
        site_front(files) as served,
        test_site.opened(browser, served, beside=streets.address, maps=True) as page,
    ):
        test_site.has_drawn(page)
        expect(page.locator(".maplibregl-ctrl-attrib")).to_have_text(MAKERS)
        assert becomes(lambda: share_of(COLOUR, page.locator(".ground")) > 0.5, page)
