"""The public site in a real browser: found, sieved and read by anybody, with a map and without one."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from functions.complaints.public_record import PublicRecord
from tests.web.opened import SCREENS, without_maps
from tests.web.public_files import REGION, Town, geojson, town
from tests.web.site_front import SiteFront, site_front
from tests.web.test_everybody import is_sound, is_sound_in_both

COMPLAINTS = 300
BODY = "city_housing"
WORKING = ("assigned", "acknowledged")


@pytest.fixture(scope="module")
def made() -> Town:
    return town(COMPLAINTS)


@pytest.fixture(scope="module")
def served(made: Town) -> Iterator[SiteFront]:
    with site_front(made.files) as front:
        yield front


@contextmanager
def opened(
    browser: Browser,
    served: SiteFront,
    at: str = "/",
    *,
    language: str = "en",
    width: int = 1280,
    beside: str | None = None,
    maps: bool = False,
) -> Iterator[Page]:
    """A tab of its own, with `maps` where a test is about them. What its policy refuses, what its script fails at, and a
    request elsewhere, but `beside`, fail the test.
    """
    own = (served.address, beside or served.address)
    served.refused.clear()
    served.asked.clear()
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale=language, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    if not maps:
        without_maps(page)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    page.on("request", lambda asked: asked.url.startswith(own) or wrong.append(asked.url))
    page.goto(f"{served.address}{at}")
    try:
        yield page
    finally:
        context.close()
    assert wrong == []


def seen(page: Page) -> list[str]:
    """The numbers in the list, in order."""
    return page.locator(".listed .number").all_inner_texts()


def count(page: Page, state: str) -> int:
    return int(page.locator(f".count.{state} strong").inner_text())


def found(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator(".listed [role=status]").inner_text()))


def has_drawn(page: Page) -> None:
    expect(page.locator(".ground[data-standing=there]")).to_be_visible(timeout=60_000)


def visible(made: Town) -> list[PublicRecord]:
    return [record for record in made.records if not record.is_hidden]


# What is told


def test_what_is_overdue_and_what_was_answered_this_week_is_counted_first(
    browser: Browser, served: SiteFront, made: Town
) -> None:
    week = made.now - timedelta(days=7)
    with opened(browser, served) as page:
        expect(page.locator(".row").first).to_be_visible()
        assert count(page, "overdue") == sum(record.overdue is True for record in made.records)
        assert count(page, "working") == sum(record.status in WORKING for record in made.records)
        assert count(page, "week") == sum(
            record.answered_at is not None and record.answered_at > week for record in made.records
        )
        assert found(page) == len(visible(made))
        # The list begins with what has come highest.
        overdue = {record.number: record.level for record in made.records if record.overdue}
        levels = [overdue.get(number) for number in seen(page)]
        assert None not in levels
        assert levels == sorted(levels, key=lambda level: -(level or 0))


def test_a_row_says_until_when_and_who_and_leads_to_the_complaints_page(
    browser: Browser, served: SiteFront, made: Town
) -> None:
    due = min(
        (record for record in made.records if record.status in WORKING and not record.overdue),
        key=lambda record: record.due_at or made.now,
    )
    assert due.agency
    assert due.category
    with opened(browser, served, f"/#/?agency={due.agency}&category={due.category}") as page:
        row = page.locator(".listed .row", has_text=due.number)
        expect(row).to_contain_text("left")
        expect(row).to_contain_text(REGION.agencies[due.agency].name["en"])
        expect(row).to_contain_text(REGION.categories[due.category].name["en"])
        row.locator("a").click()
        expect(page).to_have_url(f"{served.address}/c/{due.number}")
        page.go_back()
        expect(page.locator(".listed .row", has_text=due.number)).to_be_visible()


@pytest.mark.parametrize(
    ("label", "field"), [("Category", "category"), ("Body", "agency"), ("District", "district")]
)
def test_filters_leave_what_they_say(
    browser: Browser, served: SiteFront, made: Town, label: str, field: str
) -> None:
    values = [getattr(record, field) for record in visible(made)]
    most = max(set(values), key=values.count)
    with opened(browser, served) as page:
        page.get_by_label(label, exact=True).select_option(most)
        expected = sum(
            getattr(record, field) == most or (field == "agency" and most in record.escalated_to)
            for record in visible(made)
        )
        expect(page.locator(".listed [role=status]")).to_have_text(f"Found: {expected}")
        assert f"{field}={most}" in page.url
        # Another filter beside it, and none again.
        page.get_by_label("State", exact=True).select_option("overdue")
        expect(page.locator(".listed [role=status]")).to_have_text(f"Found: {count(page, 'overdue')}")
        assert count(page, "overdue") < expected
        page.get_by_role("button", name="Clear the filters").click()
        expect(page.locator(".listed [role=status]")).to_have_text(f"Found: {len(visible(made))}")
        assert page.url.endswith("#/")


@pytest.mark.parametrize("state", ["overdue", "today", "working", "week", "answered", "ended"])
def test_an_address_with_filters_opens_with_them(browser: Browser, served: SiteFront, state: str) -> None:
    with opened(browser, served, f"/#/?state={state}") as page:
        expect(page.get_by_label("State", exact=True)).to_have_value(state)
        button = page.locator(f".count.{state}")
        if button.count():
            expect(button).to_have_attribute("aria-pressed", "true")
            assert found(page) == count(page, state)
            button.click()
            expect(button).to_have_attribute("aria-pressed", "false")


def test_a_number_is_found_however_it_is_typed(browser: Browser, served: SiteFront, made: Town) -> None:
    record = made.records[len(made.records) // 2]
    short = record.number.removeprefix(f"{REGION.number_prefix}-")
    with opened(browser, served) as page:
        for typed in (record.number, record.number.lower(), f" {record.number.replace('-', ' ')} ", short):
            page.get_by_label("Complaint number").fill(typed)
            page.keyboard.press("Enter")
            link = page.locator(".search .row a")
            expect(link).to_have_attribute("href", f"/c/{record.number}")


def test_a_hidden_one_says_why_and_an_old_one_where_it_may_be(
    browser: Browser, served: SiteFront, made: Town
) -> None:
    hidden = made.records[0]
    assert hidden.hidden_reason
    with opened(browser, served) as page:
        page.get_by_label("Complaint number").fill(hidden.number)
        page.keyboard.press("Enter")
        expect(page.locator(".search .notice")).to_contain_text(hidden.hidden_reason)
        page.get_by_label("Complaint number").fill("pvl-24-abcdef")
        page.keyboard.press("Enter")
        expect(page.locator(".search .notice a")).to_have_attribute("href", "/c/PVL-24-ABCDEF")


# By keyboard


def test_all_of_it_goes_by_keyboard(browser: Browser, served: SiteFront, made: Town) -> None:
    with opened(browser, served) as page:
        expect(page.locator(".row").first).to_be_visible()
        press = page.keyboard.press
        press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        press("Enter")
        expect(page.locator("main")).to_be_focused()
        press("Tab")
        expect(page.get_by_label("Complaint number")).to_be_focused()
        press("Tab")
        press("Tab")
        expect(page.locator(".count.overdue")).to_be_focused()
        press("Enter")
        expect(page.locator(".listed [role=status]")).to_have_text(f"Found: {count(page, 'overdue')}")
        expect(page.locator(".count.overdue")).to_be_focused()
        press("Space")
        expect(page.locator(".listed [role=status]")).to_have_text(f"Found: {len(visible(made))}")
        # What more brings is gone on with.
        page.get_by_role("button", name="Show more").focus()
        press("Enter")
        expect(page.locator(".listed .row").nth(20).locator("a")).to_be_focused()
        number = page.locator(".listed .row").nth(20).locator(".number").inner_text()
        press("Enter")
        expect(page).to_have_url(f"{served.address}/c/{number}")


def test_the_map_takes_its_place_in_the_order_and_moves_by_arrows(
    browser: Browser, served: SiteFront
) -> None:
    with opened(browser, served, maps=True) as page:
        has_drawn(page)
        page.locator(".maplibregl-canvas").focus()
        before = page.locator(".ground").screenshot()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(500)
        assert page.locator(".ground").screenshot() != before
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Zoom in")).to_be_focused()


# The map


def test_the_map_comes_after_the_list_and_shows_the_same(browser: Browser, served: SiteFront) -> None:
    with opened(browser, served, maps=True) as page:
        has_drawn(page)
        asked = [path for path in served.asked if "/map-" in path]
        assert len(asked) >= 3
        first = served.asked.index(asked[0])
        assert served.asked.index("/open/complaints.geojson") < first
        assert served.asked.index("/open/region.json") < first
        whole = page.locator(".ground").screenshot()
        page.locator(".count.today").click()
        expect(page.locator(".count.today")).to_have_attribute("aria-pressed", "true")
        page.wait_for_timeout(1_000)
        assert page.locator(".ground").screenshot() != whole


def test_without_a_map_the_list_stands_and_the_page_says_so(browser: Browser, served: SiteFront) -> None:
    with opened(browser, served, "/#/data", maps=True) as page:
        served.refused.add("/site/map-")
        page.goto(f"{served.address}/#/")
        expect(page.locator(".mapped .notice")).to_contain_text("All complaints are in the list")
        assert len(seen(page)) == 20


def test_what_lies_on_one_spot_is_listed_when_it_is_pressed(
    browser: Browser, served: SiteFront, made: Town
) -> None:
    """Three in the very middle of the map."""
    points = [point for polygon in REGION.boundary for point in polygon[0]]
    lon = (min(point[0] for point in points) + max(point[0] for point in points)) / 2
    lat = (min(point[1] for point in points) + max(point[1] for point in points)) / 2
    there = [replace(record, lat=lat, lon=lon) for record in visible(made)[:3]]
    public = {**made.files, "/open/complaints.geojson": geojson(there)}
    with site_front(public) as front, opened(browser, front, maps=True) as page:
        has_drawn(page)
        page.locator(".maplibregl-canvas").click()
        expect(page.locator(".picked .number")).to_have_count(3)
        assert set(page.locator(".picked .number").all_inner_texts()) == {record.number for record in there}
        is_sound_in_both(page, "picked on the map")
        page.locator(".picked").focus()
        page.keyboard.press("Escape")
        expect(page.locator(".picked")).to_have_count(0)


# Figures


def test_figures_are_those_of_the_file_each_with_what_it_means(
    browser: Browser, served: SiteFront, made: Town
) -> None:
    figures = json.loads(made.files["/open/figures.json"])
    body = figures["agencies"][BODY]["all"]
    with opened(browser, served, "/#/figures") as page:
        rows = page.locator(".ranks li")
        expect(rows).to_have_count(len(figures["agencies"]))
        page.locator(f'.ranks a[href="#/agencies/{BODY}"]').click()
        expect(page.locator("h1")).to_have_text(REGION.agencies[BODY].name["en"])
        expect(page.locator(".big strong")).to_have_text(f"{round(body['in_time_share'] * 100)}%")
        text = page.locator("main").inner_text()
        for name, said in figures["definitions"].items():
            if name not in ("rank", "hidden", "judged", "in_time", "late", "overdue"):
                assert said["en"] in text, name
        expect(page.locator(".defined div", has_text="Received").locator(".value")).to_have_text(
            str(body["received"])
        )
        page.get_by_role("link", name="See what is overdue").click()
        expect(page.locator(".count.overdue")).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_label("Body", exact=True)).to_have_value(BODY)


def test_under_ten_cases_no_rank_is_shown(browser: Browser, served: SiteFront, made: Town) -> None:
    figures: dict[str, Any] = json.loads(made.files["/open/figures.json"])
    few = [named for named, group in figures["agencies"].items() if group["all"]["rank"] is None]
    assert few
    with opened(browser, served, "/#/figures") as page:
        for named in few:
            row = page.locator(f'.ranks a[href="#/agencies/{named}"]')
            expect(row.locator(".place")).to_have_text("–")
            expect(row).to_contain_text("fewer than 10 cases")


def test_before_the_first_night_the_site_stands_without_figures(browser: Browser, made: Town) -> None:
    public = {path: content for path, content in made.files.items() if "figures" not in path}
    with site_front(public) as front, opened(browser, front, "/#/figures") as page:
        expect(page.locator(".empty")).to_contain_text("counted each night")
        page.evaluate(f"location.hash = '#/agencies/{BODY}'")
        expect(page.locator("h1")).to_have_text(REGION.agencies[BODY].name["en"])


def test_a_file_that_does_not_come_is_asked_for_again(browser: Browser, served: SiteFront) -> None:
    with opened(browser, served, "/#/data") as page:
        served.refused.add("/open/complaints.geojson")
        page.reload()
        page.evaluate("location.hash = '#/'")
        expect(page.locator(".notice.bad")).to_be_visible()
        served.refused.clear()
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".listed .row").first).to_be_visible()


def test_every_month_is_named_in_both_of_its_forms(browser: Browser, served: SiteFront, made: Town) -> None:
    months = json.loads(made.files["/open/figures.json"])["months"]
    with opened(browser, served, "/#/data") as page:
        links = page.locator("[aria-labelledby=months] a")
        expect(links).to_have_count(2 * len(months))
        assert {link.get_attribute("href") for link in links.all()} == {
            f"/open/{month}.{ending}" for month in months for ending in ("csv.gz", "parquet")
        }


# Everybody


@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_everybody_can_use_it(browser: Browser, served: SiteFront, width: int, language: str) -> None:
    with opened(browser, served, language=language, width=width, maps=True) as page:
        has_drawn(page)
        assert page.evaluate("document.documentElement.lang") == language
        is_sound_in_both(page, "start")
        for place in ("#/figures/districts", f"#/agencies/{BODY}", "#/data", "#/nowhere"):
            page.evaluate("at => { location.hash = at }", place)
            expect(page.locator("h1")).to_be_visible()
            page.wait_for_load_state("networkidle")
            is_sound(page, place)


def test_the_language_is_changed_and_kept(browser: Browser, served: SiteFront) -> None:
    with opened(browser, served, language="en") as page:
        page.get_by_label("Language of this page").select_option("kk")
        expect(page.locator("h1")).to_contain_text("кім жауап беріп жатыр")
        assert page.evaluate("document.documentElement.lang") == "kk"
        page.reload()
        expect(page.locator("h1")).to_contain_text("кім жауап беріп жатыр")
        expect(page.locator(".listed .row").first).to_be_visible()
