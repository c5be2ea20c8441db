"""A complaint's public page in a browser: in every language with and without a script, for everybody, on any screen."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from functions.complaints.public_record import HIDDEN, PublicRecord, record_of
from functions.complaints.region import Region, region_from_dict
from functions.complaints.texts import text
from functions.notify.publisher import page as publisher
from functions.notify.publisher.page import page_of
from infra.region import load_region_file
from tests.core.public_lives import LIVES, Life, Lives
from tests.core.story import START
from tests.web.opened import LANGUAGES, WIDTHS
from tests.web.people import MARKUP
from tests.web.test_everybody import is_sound, is_sound_in_both

ORIGIN: Final = "https://qamqor.example.kz"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
FOLDER: Final = Path(publisher.__file__).parent
TYPES: Final = {".css": "text/css", ".js": "text/javascript"}
PLACE: Final = (52.2873, 76.9674)


@cache
def pavlodar() -> Region:
    return region_from_dict(json.loads(load_region_file("pavlodar").compiled))


def lives(region: Region) -> Lives:
    return Lives(region=region, category="no_heating", place=PLACE)


def made(life: Life, *, region: Region | None = None, **changes: Any) -> bytes:
    here = region or pavlodar()
    story = life(lives(here))
    record = replace(record_of(story.complaint, story.events, region=here), **changes)
    return page_of(record, story.events, region=here, base_url=ORIGIN)


def hidden() -> bytes:
    told = {"submitted_at": START, "updated_at": START, "hidden_reason": "На фото видно лицо."}
    record = PublicRecord(number="PVL-26-7K3M9T", status=HIDDEN, **told)
    return page_of(record, [], region=pavlodar(), base_url=ORIGIN)


@cache
def photo() -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (1600, 1200), (96, 112, 88)).save(into, "JPEG")
    return into.getvalue()


@contextmanager
def opened(
    browser: Browser,
    document: bytes,
    *,
    language: str = "en",
    width: int = 1280,
    at: str = "",
    scripts: bool = True,
    may_complain: bool = False,
) -> Iterator[Page]:
    """The document in a tab, under the policy that it is served with. Whatever its console complains of fails the test, but
    where it `may_complain`.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale=language, java_script_enabled=scripts
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    turn_to(page, document, at=at)
    try:
        yield page
    finally:
        context.close()
    assert complaints == [] or may_complain


def turn_to(page: Page, document: bytes, *, at: str = "") -> None:
    """The document, in a tab that may have had another."""
    page.route("**/*", lambda route: _served(route, document))
    page.goto(f"{ORIGIN}/c/PVL-26-7K3M9T{at}")


def _served(route: Route, document: bytes) -> None:
    path = Path(route.request.url.removeprefix(ORIGIN).partition("#")[0])
    headers = {"content-security-policy": POLICY}
    match path.parent.as_posix():
        case "/c":
            route.fulfill(body=document, content_type="text/html; charset=utf-8", headers=headers)
        case "/open":
            route.fulfill(body=(FOLDER / path.name).read_bytes(), content_type=TYPES[path.suffix])
        case "/photos":
            route.fulfill(body=photo(), content_type="image/jpeg")
        case _:
            route.fulfill(status=404)


def seen(page: Page) -> list[str | None]:
    """The languages that are shown."""
    return [each.get_attribute("lang") for each in page.locator(".page").all() if each.is_visible()]


@pytest.mark.parametrize(("width", "language"), [*product(WIDTHS, LANGUAGES)])
def test_everybody_can_read_it_in_light_and_in_dark(browser: Browser, width: int, language: str) -> None:
    with opened(browser, b"", language=language, width=width) as page:
        for life in (Lives.exhausted, Lives.resolved, Lives.disputed_and_overdue):
            turn_to(page, made(life, photo="photos/1.jpg", proof="within_50"))
            assert seen(page) == [language]
            is_sound_in_both(page, life.__name__)


def test_every_other_state_is_sound(browser: Browser, subtests: pytest.Subtests) -> None:
    with opened(browser, b"", language="kk", width=360) as page:
        for life in LIVES:
            with subtests.test(life.__name__):
                turn_to(page, made(life))
                is_sound(page, life.__name__)


def test_a_hidden_one_is_sound_and_says_why(browser: Browser) -> None:
    with opened(browser, hidden(), language="ru", width=360) as page:
        is_sound_in_both(page, "hidden")
        expect(page.get_by_text("На фото видно лицо.").locator("visible=true")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_says_which_language_is_read(browser: Browser, language: str) -> None:
    with opened(browser, made(Lives.new), language=f"{language}-KZ") as page:
        assert seen(page) == [language]
        assert page.evaluate("document.documentElement.lang") == language
        assert text("status.assigned", language) in page.title()


def test_who_reads_none_of_them_gets_the_regions_first(browser: Browser) -> None:
    with opened(browser, made(Lives.new), language="de") as page:
        assert seen(page) == ["kk"]


@pytest.mark.parametrize("scripts", [True, False])
def test_another_language_is_a_tap_away_and_the_way_back_too(browser: Browser, scripts: bool) -> None:
    with opened(browser, made(Lives.overdue), language="kk", width=360, scripts=scripts) as page:
        assert seen(page) == ["kk"]
        for name, language in (("Русский", "ru"), ("English", "en"), ("Қазақша", "kk")):
            page.get_by_role("link", name=name).click()
            expect(page.locator(f"#{language}")).to_be_visible()
            assert seen(page) == [language]
            expect(page.locator(".page:visible [aria-current]")).to_have_text(name)
        page.go_back()
        expect(page.locator("#en")).to_be_visible()
        assert seen(page) == ["en"]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_may_name_the_language(browser: Browser, scripts: bool, language: str) -> None:
    with opened(browser, made(Lives.new), language="ru", at=f"#{language}", scripts=scripts) as page:
        assert seen(page) == [language]


def test_the_photo_and_what_was_missed_are_on_the_first_screens_of_a_phone(browser: Browser) -> None:
    with opened(browser, made(Lives.overdue, photo="photos/1.jpg"), language="ru", width=360) as page:
        state, photo_of_it = page.locator(".state:visible"), page.locator("img:visible")
        assert state.bounding_box()["y"] < 300  # type: ignore[index]
        assert photo_of_it.bounding_box()["y"] < 1_200  # type: ignore[index]
        assert photo_of_it.evaluate("image => image.naturalWidth") == 1600
        assert photo_of_it.get_attribute("alt")


def test_the_keyboard_reaches_every_link_and_shows_where_it_is(browser: Browser) -> None:
    with opened(browser, made(Lives.new), language="en") as page:
        links = page.locator(".page:visible :is(a, summary)").count()
        reached = set()
        for _ in range(links):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.outerHTML"))
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
        assert len(reached) == links


def test_what_can_be_tapped_is_large_enough(browser: Browser) -> None:
    with opened(browser, made(Lives.new), language="ru", width=360) as page:
        for link in page.locator(".page:visible :is(nav a, footer a, header a, summary)").all():
            box = link.bounding_box()
            assert box is not None
            assert box["height"] >= 44


@pytest.mark.parametrize(("width", "language"), [(360, "kk"), (360, "ru"), (1280, "en")])
def test_what_should_not_be_public_is_said_in_three_taps(browser: Browser, width: int, language: str) -> None:
    asked: list[Any] = []

    def answered(route: Route) -> None:
        asked.append(
            (route.request.method, route.request.post_data_json, route.request.headers["accept-language"])
        )
        route.fulfill(status=204)

    with opened(browser, made(Lives.new), language=language, width=width) as page:
        page.route("**/v1/public/*/flag", answered)
        here = page.locator(f"#{language}")
        here.locator("summary").click()
        is_sound_in_both(page, "open")
        here.locator("button").click()
        assert asked == []
        here.get_by_label(text("flag.person", language)).check()
        here.locator("button").click()
        expect(here.get_by_role("status")).to_have_text(text("public.flag.sent", language))
        expect(here.locator("fieldset")).to_have_count(0)
        assert asked == [("POST", {"reason": "person"}, language)]
        is_sound_in_both(page, "sent")


def test_what_is_answered_is_shown_and_can_be_tried_again(browser: Browser) -> None:
    answers: list[dict[str, Any]] = [
        {"status": 429, "body": '{"detail": "Three a day."}', "content_type": "application/problem+json"},
        {"status": 502, "body": "<html>", "content_type": "text/html"},
        {"status": 204},
    ]
    with opened(browser, made(Lives.new), language="en", may_complain=True) as page:
        page.route("**/v1/public/*/flag", lambda route: route.fulfill(**answers.pop(0)))
        here = page.locator("#en")
        here.locator("summary").click()
        here.get_by_label(text("flag.untrue", "en")).check()
        for told in ("Three a day.", text("public.flag.failed", "en"), text("public.flag.sent", "en")):
            here.locator("button").click()
            expect(here.get_by_role("status")).to_have_text(told)


def test_without_a_script_nothing_is_offered_that_does_nothing(browser: Browser) -> None:
    with opened(browser, made(Lives.new), scripts=False) as page:
        expect(page.locator(".flag:visible")).to_have_count(0)


def test_a_name_with_markup_stays_text(browser: Browser) -> None:
    raw = json.loads(load_region_file("pavlodar").compiled)
    names = dict.fromkeys(LANGUAGES, MARKUP)
    for kind in ("agencies", "categories"):
        raw[kind] = {key: each | {"name": names} for key, each in raw[kind].items()}
    raw["districts"] = [each | {"name": names} for each in raw["districts"]]
    document = made(Lives.overdue, region=region_from_dict(raw | {"name": names}))
    with opened(browser, document, language="en", width=360) as page:
        expect(page.locator("h1:visible")).to_have_text(MARKUP)
        assert MARKUP in page.title()
        assert page.locator("img, script:not([src]):not([type])").count() == 0
        is_sound(page, "markup")


def test_on_paper_there_is_ink_and_no_ground(browser: Browser) -> None:
    with opened(browser, made(Lives.overdue), language="ru") as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert not page.locator(".page:visible nav").is_visible()
        paper = "each => { const s = getComputedStyle(each); return [s.color, s.backgroundColor] }"
        ink = ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]
        assert page.locator(".state:visible").evaluate(paper) == ink
        assert page.locator(".state:visible .large").evaluate(paper) == ink
