"""Everybody can use it: axe finds nothing serious in any state, and nothing is wider than the screen.

Every width, language and scheme for what officers see all day; each form and every other state in some of them.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from infra.toolchain import PAGES
from tests.web.front import Front, Reply
from tests.web.opened import LANGUAGES, WIDTHS, Scheme, opened, show, without_connection
from tests.web.people import ABOVE, BODY, Settled

FORMS = (
    "ask",
    "comment",
    "note",
    "transfer",
    "instruct",
    "split",
    "extend",
    "correct",
    "merge",
    "hide",
    "redact",
)
GRAVE = ("serious", "critical")


@cache
def axe() -> str:
    return (PAGES / "node_modules" / "axe-core" / "axe.min.js").read_text()


def grave(page: Page, *rules: str) -> list[tuple[str, str, str]]:
    """What axe finds that is serious or critical, by these rules or by all: the rule, the element, and why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe())
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(options).then(r => r.violations)", options
    )
    return [
        (each["id"], node["html"][:200], node["failureSummary"])
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def is_sound(page: Page, state: str) -> None:
    assert grave(page) == [], state
    assert not is_too_wide(page), state


def is_sound_in_both(page: Page, state: str) -> None:
    """In the scheme that it is in, and in the other, where nothing is another but the colours."""
    other: Scheme = "light" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "dark"
    is_sound(page, state)
    page.emulate_media(color_scheme=other)
    assert grave(page, "color-contrast") == [], f"{state}, {other}"


def test_what_nobody_could_use_is_found(browser: Browser) -> None:
    with browser.new_page() as page:
        page.set_content("<main><h1>x</h1><button></button><p style='color: #aaa'>Too pale.</p></main>")
        assert {rule for rule, _, _ in grave(page)} >= {"button-name", "color-contrast"}
        assert not is_too_wide(page)
        page.set_content("<main><h1>x</h1><p style='width: 3000px'>y</p></main>")
        assert is_too_wide(page)


@pytest.mark.parametrize(("width", "language"), [*product(WIDTHS, LANGUAGES)])
def test_the_list_a_complaint_and_its_answer(
    browser: Browser, served: Front, here: Settled, width: int, language: str
) -> None:
    with opened(browser, served, who=ABOVE, language=language, width=width) as page:
        expect(page.locator(".row.escalated")).to_have_count(3)
        is_sound_in_both(page, "list")
        show(page, here.ids["escalated"])
        is_sound_in_both(page, "complaint")
        show(page, here.ids["escalated"], "answer")
        page.locator("form.move .primary").click()
        expect(page.locator(".field.wrong")).to_have_count(1)
        is_sound_in_both(page, "answer with a fault")


@pytest.mark.parametrize(("width", "language", "scheme"), [(360, "kk", "dark"), (1280, "ru", "light")])
def test_every_form(
    browser: Browser, served: Front, here: Settled, width: int, language: str, scheme: Scheme
) -> None:
    with opened(browser, served, who=ABOVE, language=language, width=width, scheme=scheme) as page:
        for form in FORMS:
            show(page, here.ids["escalated"], form)
            expect(page.locator("form.move")).to_be_visible()
            is_sound(page, form)


@pytest.mark.parametrize(("width", "language", "scheme"), [(360, "ru", "light"), (1280, "kk", "dark")])
def test_every_other_state(
    browser: Browser, served: Front, here: Settled, width: int, language: str, scheme: Scheme
) -> None:
    with opened(browser, served, who=BODY, language=language, width=width, scheme=scheme) as page:
        for state, shown in _states(page, served, here):
            expect(shown()).to_be_visible(timeout=20_000)
            is_sound(page, state)


def _states(page: Page, served: Front, here: Settled) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each with what is to be seen in it; the session's end comes last."""
    page.locator(".filters summary").click()
    page.locator(".row input").first.check()
    yield "some selected, filters open", lambda: page.locator(".bulk")
    for name in ("templates", "officers", "settings", "nowhere"):
        page.evaluate("at => { location.hash = at }", f"#/{name}")
        yield name, lambda: page.locator("main h1")
    page.evaluate("location.hash = '#/complaints/none'")
    yield "a complaint that there is not", lambda: page.locator("main > h1")
    with without_connection(page):
        yield "offline", lambda: page.locator(".connection p")
    refused = Reply(status=500, headers={"content-type": "application/json"}, body=b'{"message": "x"}')
    served.before = lambda method, path: refused if path == "/v1/agency/complaints" else None
    page.evaluate("location.hash = '#/'")
    yield "an error", lambda: page.locator(".notice.bad")
    served.before = lambda method, path: None
    show(page, here.ids["manhole"], "answer")
    # What the form reads by itself is read by then.
    page.wait_for_load_state("networkidle")
    page.locator("form.move textarea").fill("…")
    served.end_session(BODY)
    # What the page reads by itself may find it out first, and its dialog lies over the button then.
    page.locator("form.move .primary").dispatch_event("click")
    yield "the session has ended", lambda: page.locator("dialog")


def test_signing_in(browser: Browser, served: Front) -> None:
    for width, language in product(WIDTHS, LANGUAGES):
        page = browser.new_page(viewport={"width": width, "height": 800}, locale=language)
        page.goto(f"{served.address}/desk/")
        expect(page.locator("h1")).to_be_visible()
        is_sound(page, "sign-in")
        assert page.evaluate("document.documentElement.lang") == language
        page.close()
