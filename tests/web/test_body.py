"""What a body makes of its desk: templates, many at once, figures to choose by, and whose complaint it is."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.front import Front
from tests.web.opened import events, opened, show
from tests.web.people import ABOVE, BODY, Settled, file


def go(page: Page, at: str) -> None:
    page.evaluate("at => { location.hash = at }", at)


def test_a_template_is_made_and_an_answer_by_it_takes_four_presses(
    browser: Browser, served: Front, here: Settled
) -> None:
    with served.turn:
        complaint_id = file(here.town, "no_heating", "Үйде жылу жоқ.")
    with opened(browser, served, who=BODY) as page:
        go(page, "#/templates")
        page.get_by_role("button", name="Add a template").click()
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".field.wrong")).to_have_count(3)
        for language, text in (
            ("Kazakh", "{number} бойынша жұмыс аяқталды."),
            ("Russian", "По обращению {number} работа выполнена."),
            ("English", "The work of {number} is done."),
        ):
            page.get_by_label(f"Text in {language}").fill(text)
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".card .words")).to_have_text("The work of {number} is done.")
        go(page, "#/")
        page.locator(f'[data-id="{complaint_id}"]').click()
        page.get_by_role("link", name="Answer", exact=True).click()
        page.get_by_role("button", name="The work of PVL").click()
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".panel > .done")).to_contain_text("Done")
    text = events(served, complaint_id, who=BODY)[-1]["data"]["text"]
    assert text.startswith("The work of PVL-26-")
    assert text.endswith(" is done.")


def test_work_is_begun_on_many_at_once_and_what_could_not_be_says_why(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY) as page:
        for name in ("rubbish", "dump"):
            page.locator(".row", has=page.locator(f'[data-id="{here.ids[name]}"]')).get_by_role(
                "checkbox"
            ).check()
        with served.turn:
            path = f"/v1/agency/complaints/{here.ids['dump']}/answer"
            answer = {"outcome": "declined", "text": "Участок в частной собственности."}
            assert here.town.agency("POST", path, answer, who=BODY).status == 200
        page.get_by_role("button", name="Begin work on them").click()
        expect(page.locator(".bulk")).to_contain_text("Done: 1")
        expect(page.locator(".bulk li")).to_have_count(1)
    assert events(served, here.ids["rubbish"], who=BODY)[-1]["type"] == "complaint.acknowledged"


def test_figures_and_filters_show_those_alone(browser: Browser, served: Front, here: Settled) -> None:
    with opened(browser, served, who=ABOVE, language="ru") as page:
        expect(page.locator("header .body")).to_have_text("Акимат города Павлодара")
        expect(page.locator(".count.escalated_to_us strong")).to_have_text("3")
        page.locator(".count.escalated_to_us").click()
        expect(page.locator(".count.escalated_to_us")).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".row.escalated")).to_have_count(3)
        page.locator(".count.overdue").click()
        expect(page.locator(".row")).to_have_count(0)
        page.get_by_role("button", name="Сбросить фильтры").last.click()
        page.get_by_label("Номер или слова").fill("дети")
        page.get_by_role("button", name="Найти").click()
        expect(page.locator(".row")).to_have_count(1)
        expect(page.locator(".row .excerpt")).to_have_text(
            "Открытый люк у школы № 5, дети обходят по дороге."
        )
        expect(page.locator(".row img")).to_have_count(1)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", "Енді бұл өтініш Сіздің бақылауыңызда"),
        ("ru", "Теперь это обращение на Вашем контроле"),
        ("en", "now under your control"),
    ],
)
def test_what_was_escalated_to_the_body_says_so_on_its_page(
    browser: Browser, served: Front, here: Settled, language: str, said: str
) -> None:
    with opened(browser, served, who=ABOVE, language=language) as page:
        show(page, here.ids["escalated"])
        expect(page.locator(".notice.escalated")).to_contain_text(said)


def test_a_complaint_shows_what_is_around_it(browser: Browser, served: Front, here: Settled) -> None:
    with opened(browser, served, who=BODY) as page:
        show(page, here.ids["escalated"])
        page.get_by_text("Complaints around here").click()
        expect(page.locator(".near").first.locator("li")).to_have_count(1)
        page.locator(".near a").first.click()
        expect(page).to_have_url(f"{served.address}/desk/#/complaints/{here.ids['manhole']}")
