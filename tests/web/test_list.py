"""The list: what is most urgent on top, what was escalated unmistakable, and the way through it."""

from playwright.sync_api import Browser, expect

from tests.web.front import Front
from tests.web.opened import opened
from tests.web.people import ABOVE, BODY, Settled, file_many

PAGE = 25


def test_the_most_urgent_is_on_top(browser: Browser, served: Front, here: Settled) -> None:
    with opened(browser, served, who=BODY) as page:
        expect(page.locator("[data-id]").first).to_be_visible()
        shown = page.locator("[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
        assert shown[:3] == [here.ids["escalated"], here.ids["manhole"], here.ids["leak"]]
        expect(page.locator(".row").first).to_contain_text("Danger")
        expect(page.locator(".row").first.locator(".due.today")).to_contain_text("left")


def test_what_was_escalated_to_the_body_says_so_in_words_and_to_whom_it_belongs(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=ABOVE) as page:
        row = page.locator(".row.escalated", has=page.locator(f'[data-id="{here.ids["escalated"]}"]'))
        expect(row).to_contain_text("Escalated to us · Level")
        expect(row).to_contain_text("With: Housing and utilities department")
    with opened(browser, served, who=BODY) as page:
        expect(page.locator(".row").first).to_be_visible()
        expect(page.locator(".row.escalated")).to_have_count(0)


def test_one_comes_back_to_where_one_was(browser: Browser, served: Front, here: Settled) -> None:
    with opened(browser, served, who=BODY) as page:
        row = page.locator(f'[data-id="{here.ids["leak"]}"]')
        row.click()
        expect(page.locator("article.complaint")).to_be_visible()
        page.get_by_role("link", name="Back to the list").click()
        expect(row).to_be_focused()


def test_keys_go_through_it_and_can_be_turned_off(browser: Browser, served: Front, here: Settled) -> None:
    with opened(browser, served, who=BODY) as page:
        rows = page.locator("[data-id]")
        expect(rows.first).to_be_visible()
        page.keyboard.press("j")
        expect(rows.first).to_be_focused()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        expect(rows.nth(1)).to_be_focused()
        page.keyboard.press("x")
        expect(page.locator(".bulk")).to_contain_text("Selected: 1")
        page.keyboard.press("/")
        expect(page.locator("#search")).to_be_focused()
        page.keyboard.type("xj")
        expect(page.locator("#search")).to_have_value("xj")
        page.evaluate("location.hash = '#/settings'")
        page.get_by_role("checkbox", name="On").uncheck()
        page.evaluate("location.hash = '#/'")
        expect(rows.first).to_be_visible()
        page.keyboard.press("j")
        expect(rows.first).not_to_be_focused()


def test_the_next_page_goes_on_where_the_first_ended(browser: Browser, served: Front, here: Settled) -> None:
    with served.turn:
        file_many(here.town, "playground", count=PAGE)
    with opened(browser, served, who=BODY) as page:
        rows = page.locator("[data-id]")
        expect(rows).to_have_count(PAGE)
        page.get_by_role("button", name="Next complaints").click()
        expect(page.get_by_role("button", name="Next complaints")).to_have_count(0)
        expect(rows.nth(PAGE)).to_be_focused()
        ids = rows.evaluate_all("rows => rows.map(row => row.dataset.id)")
        assert len(set(ids)) == len(ids) == PAGE + len(here.ids)


def test_the_language_is_changed_at_once_and_kept(browser: Browser, served: Front) -> None:
    with opened(browser, served, who=BODY) as page:
        page.evaluate("location.hash = '#/settings'")
        page.get_by_role("button", name="Қазақша").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Баптаулар")
        expect(page.locator("html")).to_have_attribute("lang", "kk")
        page.get_by_role("link", name="Өтініштер").click()
        expect(page.locator(".row").first).to_contain_text("Ашық құдық")
        page.reload()
        expect(page.get_by_role("button", name="Кіру")).to_be_visible()


def test_a_body_without_the_desk_is_told_so(browser: Browser, served: Front) -> None:
    with browser.new_page(locale="ru") as page:
        page.route("**/v1/region", lambda route: route.fulfill(json=route.fetch().json() | {"desk": None}))
        page.goto(f"{served.address}/desk/")
        expect(page.get_by_text("вход для сотрудников не настроен")).to_be_visible()


def test_to_open_a_complaint_takes_one_read_of_the_api(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY) as page:
        row = page.locator(f'[data-id="{here.ids["leak"]}"]')
        expect(row).to_be_visible()
        page.wait_for_load_state("networkidle")
        served.asked.clear()
        row.click()
        expect(page.locator("article.complaint h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert [(method, path) for method, path, _ in served.asked] == [
            ("GET", f"/v1/agency/complaints/{here.ids['leak']}")
        ]
