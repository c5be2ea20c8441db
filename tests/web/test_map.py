"""The desk's maps on the districts alone: a body's complaints, and the place of one."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.base_map import becomes, share_of
from tests.web.front import PHOTOS, Front
from tests.web.opened import SCREENS, opened, show
from tests.web.people import ABOVE, BODY, Settled
from tests.web.test_everybody import is_sound, is_sound_in_both

SPOT = (179, 38, 30)
"""The place of a complaint, in a light page; as is what stands for several:"""
GROUPED = (51, 80, 94)


def has_drawn(page: Page) -> None:
    expect(page.locator(".ground[data-standing=there]")).to_be_visible(timeout=60_000)


def on_the_map(page: Page, *, of: str = "") -> None:
    """The list's complaints, or those with these words."""
    if of:
        page.locator("#search").fill(of)
        page.locator("form[role=search] button").click()
        expect(page.locator(".row")).to_have_count(1)
    page.evaluate("location.hash = '#/map'")
    has_drawn(page)


def asked_elsewhere(page: Page, *places: str) -> list[str]:
    """What is asked of anybody but `places`, from now on."""
    found: list[str] = []
    page.on(
        "request",
        lambda asked: asked.url.startswith((*places, "blob:", "data:")) or found.append(asked.url),
    )
    return found


# A body's complaints


def test_the_bodys_complaints_are_on_it_and_nobody_else_is_asked_for_anything(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY, maps=True) as page:
        elsewhere = asked_elsewhere(page, served.address, PHOTOS)
        page.get_by_role("link", name="Show on the map").click()
        has_drawn(page)
        assert (
            page.evaluate("performance.getEntriesByType('resource').filter(of => /map-base/.test(of.name))")
            == []
        )
        expect(page.locator("main")).to_be_focused()
        # All of them are at one place, which is then the map's middle.
        page.locator(".maplibregl-canvas").click()
        numbers = page.locator(".row .number").all_inner_texts()
        assert len(numbers) == len(here.ids)
        expect(page.locator(".picked .number")).to_have_count(len(numbers))
        assert set(page.locator(".picked .number").all_inner_texts()) == set(numbers)
        is_sound_in_both(page, "picked on the map")
        assert elsewhere == []


def test_one_that_is_pressed_opens_and_one_comes_back_to_it_in_the_list(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY, maps=True) as page:
        on_the_map(page, of="дети")
        page.locator(".maplibregl-canvas").click()
        expect(page).to_have_url(f"{served.address}/desk/#/complaints/{here.ids['escalated']}")
        expect(page.locator("article.complaint h1")).to_be_visible()
        page.go_back()
        expect(page.locator(f'[data-id="{here.ids["escalated"]}"]')).to_be_focused()


def test_it_is_used_by_keyboard_alone(browser: Browser, served: Front, here: Settled) -> None:
    with opened(browser, served, who=BODY, maps=True) as page:
        on_the_map(page)
        ground = page.locator(".ground")
        assert becomes(lambda: share_of(GROUPED, ground) > 0, page)
        before = share_of(GROUPED, ground)
        # Who goes through the list is shown where that is, by a ring.
        page.keyboard.press("j")
        expect(page.locator("[data-id]").first).to_be_focused()
        assert becomes(lambda: share_of(GROUPED, ground) > before * 1.2, page)
        page.locator(".maplibregl-canvas").focus()
        pointed = ground.screenshot()
        page.keyboard.press("ArrowRight")
        assert becomes(lambda: ground.screenshot() != pointed, page)
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Zoom in")).to_be_focused()
        first = page.locator("[data-id]").first
        first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("article.complaint h1")).to_be_visible()


def test_what_lies_at_one_place_is_gone_through_by_keyboard(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY, maps=True) as page:
        on_the_map(page)
        page.locator(".maplibregl-canvas").click()
        expect(page.locator(".picked")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(".picked")).to_have_count(0)
        page.locator(".maplibregl-canvas").click()
        expect(page.locator(".picked")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Close")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("article.complaint h1")).to_be_visible()


def test_other_filters_show_others(browser: Browser, served: Front, here: Settled) -> None:
    with opened(browser, served, who=ABOVE, maps=True) as page:
        on_the_map(page)
        whole = page.locator(".ground").screenshot()
        page.locator(".count.overdue").click()
        expect(page.locator(".row")).to_have_count(0)
        assert becomes(lambda: page.locator(".ground").screenshot() != whole, page)


@pytest.mark.parametrize("without", ["WebGL", "the map's files"])
def test_without_a_map_the_list_stands_and_the_page_says_why(
    browser: Browser, served: Front, here: Settled, without: str
) -> None:
    with opened(browser, served, who=BODY, maps=True) as page:
        if without == "WebGL":
            page.evaluate("HTMLCanvasElement.prototype.getContext = () => null")
        else:
            page.route("**/desk/map-*", lambda route: route.abort())
        page.evaluate("location.hash = '#/map'")
        expect(page.locator(".mapped .notice")).to_contain_text("no WebGL. All complaints are in the list.")
        expect(page.locator(".row")).to_have_count(len(here.ids))
        expect(page.locator(".legend")).to_have_count(0)
        is_sound_in_both(page, "no map")
        show(page, here.ids["leak"])
        page.locator(".place-map").scroll_into_view_if_needed()
        expect(page.locator(".place-map .notice")).to_contain_text("The place is given above in words.")


@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_everybody_can_use_it(
    browser: Browser, served: Front, here: Settled, width: int, language: str
) -> None:
    with opened(browser, served, who=ABOVE, language=language, width=width, maps=True) as page:
        on_the_map(page)
        is_sound_in_both(page, "map")
        show(page, here.ids["escalated"])
        page.locator(".place-map").scroll_into_view_if_needed()
        has_drawn(page)
        is_sound(page, "a complaint and its place")


# The place of one


def test_a_complaints_place_is_on_it_once_it_is_in_view(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY, width=360, maps=True) as page:
        elsewhere = asked_elsewhere(page, served.address, PHOTOS)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/desk/map-" in request.url else None)
        page.set_viewport_size({"width": 360, "height": 320})
        show(page, here.ids["manhole"])
        page.wait_for_load_state("networkidle")
        assert asked == []
        page.locator(".place-map").scroll_into_view_if_needed()
        has_drawn(page)
        assert len(asked) >= 3
        assert becomes(lambda: share_of(SPOT, page.locator(".place-map .ground")) > 0, page)
        assert elsewhere == []


def test_a_sheet_of_paper_has_the_place_in_words_and_no_map(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY, maps=True) as page:
        show(page, here.ids["manhole"])
        has_drawn(page)
        page.emulate_media(media="print")
        expect(page.locator(".place-map")).to_be_hidden()
        expect(page.locator(".report .facts")).to_contain_text("52.2873, 76.9674")
        page.evaluate("location.hash = '#/map'")
        expect(page.locator(".row")).to_have_count(len(here.ids))
        expect(page.locator(".mapped")).to_be_hidden()
