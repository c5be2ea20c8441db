"""An archive of tiles under the maps of the desk and the site: in the pages' own colours, light and dark, read in parts
from where it lies, and nobody else asked.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.web import test_site
from tests.web.base_map import COLOUR, MAKERS, BaseMap, becomes, colour_of, share_of
from tests.web.front import PHOTOS, Front
from tests.web.opened import Scheme, opened, show
from tests.web.people import BODY, Settled, settled
from tests.web.public_files import town
from tests.web.site_front import site_front
from tests.web.test_everybody import is_sound_in_both
from tests.web.test_map import asked_elsewhere, has_drawn, on_the_map

OPEN_STREET_MAP = "© OpenStreetMap"


@pytest.fixture(scope="module")
def here(browser: Browser, streets: BaseMap, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settled]:
    """A town whose region file names it."""
    with settled(tmp_path_factory.mktemp("town"), base_map={"pmtiles": streets.archive}) as made:
        yield made


def is_drawn(page: Page, *, dark: bool, least: float = 0.05) -> bool:
    """Land, a park and a lake, whatever part of a tile is in view, and a road."""
    ground = page.locator(".ground")
    return becomes(
        lambda: (
            all(share_of(colour_of(each, dark=dark), ground) > least for each in ("land", "green", "water"))
            and share_of(colour_of("road", dark=dark), ground) > 0
        ),
        page,
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_draws_it_in_its_own_colours(
    browser: Browser, served: Front, here: Settled, streets: BaseMap, scheme: Scheme
) -> None:
    streets.asked.clear()
    with opened(browser, served, who=BODY, scheme=scheme, maps=True) as page:
        elsewhere = asked_elsewhere(page, served.address, PHOTOS, streets.archive)
        on_the_map(page)
        expect(page.locator(".maplibregl-ctrl-attrib")).to_have_text(OPEN_STREET_MAP)
        # Until a whole tile is in view, and then a half of it at least.
        for _ in range(2):
            page.get_by_role("button", name="Zoom out").click()
        assert is_drawn(page, dark=scheme == "dark")
        page.locator(".maplibregl-canvas").click()
        expect(page.locator(".picked .number")).to_have_count(len(here.ids))
        is_sound_in_both(page, "on an archive")
        assert elsewhere == []
    assert set(streets.asked) == {"/city.pmtiles"}
    assert streets.whole == set()


def test_the_desk_shows_the_streets_around_a_complaint(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY, maps=True) as page:
        show(page, here.ids["leak"])
        page.locator(".place-map").scroll_into_view_if_needed()
        has_drawn(page)
        expect(page.locator(".maplibregl-ctrl-attrib")).to_have_text(OPEN_STREET_MAP)
        ground = page.locator(".ground")
        assert becomes(lambda: share_of(colour_of("building", dark=False), ground) > 0.01, page)


@pytest.mark.parametrize("comes", ["nothing", "something else"])
def test_where_it_does_not_come_the_districts_stand(
    browser: Browser, served: Front, here: Settled, streets: BaseMap, comes: str
) -> None:
    def answer(route: Route) -> None:
        if comes == "nothing":
            route.abort()
            return
        route.fulfill(status=200, body="404" * 99, headers={"access-control-allow-origin": "*"})

    with opened(browser, served, who=BODY, maps=True) as page:
        page.route(f"{streets.address}/**", answer)
        on_the_map(page)
        page.wait_for_load_state("networkidle")
        ground = page.locator(".ground")
        assert becomes(lambda: share_of(colour_of("area", dark=False), ground) > 0.5, page)
        page.locator(".maplibregl-canvas").click()
        expect(page.locator(".picked .number")).to_have_count(len(here.ids))


@contextmanager
def site_on(browser: Browser, streets: BaseMap, **named: str) -> Iterator[Page]:
    """The site of a region whose file names that; beside its own files that server alone is asked."""
    made = town(30)
    region = json.loads(made.files["/open/region.json"]) | {"base_map": named}
    files = {**made.files, "/open/region.json": json.dumps(region).encode()}
    streets.asked.clear()
    with (
        site_front(files) as served,
        test_site.opened(browser, served, beside=streets.address, maps=True) as page,
    ):
        test_site.has_drawn(page)
        yield page


def test_the_site_draws_it_too_light_and_dark(browser: Browser, streets: BaseMap) -> None:
    with site_on(browser, streets, pmtiles=streets.archive) as page:
        expect(page.locator(".maplibregl-ctrl-attrib")).to_have_text(OPEN_STREET_MAP)
        assert is_drawn(page, dark=False)
        page.emulate_media(color_scheme="dark")
        assert is_drawn(page, dark=True)
    assert set(streets.asked) == {"/city.pmtiles"}
    assert streets.whole == set()


def test_an_archive_of_pictures_is_shown_as_it_is(browser: Browser, streets: BaseMap) -> None:
    with site_on(browser, streets, pmtiles=streets.pictures) as page:
        expect(page.locator(".maplibregl-ctrl-attrib")).to_have_text(MAKERS)
        assert becomes(lambda: share_of(COLOUR, page.locator(".ground")) > 0.5, page)
    assert set(streets.asked) == {"/pictures.pmtiles"}
    assert streets.whole == set()


def test_a_style_may_have_its_tiles_in_an_archive(browser: Browser, streets: BaseMap) -> None:
    with site_on(browser, streets, style=streets.style_over_archive) as page:
        expect(page.locator(".maplibregl-ctrl-attrib")).to_have_text(MAKERS)
        assert becomes(lambda: share_of(COLOUR, page.locator(".ground")) > 0.5, page)
    assert "/pictures.pmtiles" in streets.asked
    assert "/pictures.pmtiles" not in streets.whole


def test_where_its_tiles_are_of_another_kind_the_districts_stand(browser: Browser, streets: BaseMap) -> None:
    with site_on(browser, streets, pmtiles=streets.unknown) as page:
        page.wait_for_load_state("networkidle")
        assert "/unknown.pmtiles" in streets.asked
        assert becomes(lambda: share_of(colour_of("area", dark=False), page.locator(".ground")) > 0.2, page)
