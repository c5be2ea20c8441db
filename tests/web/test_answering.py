"""An officer answers: in a few presses, with a proof photo, and whatever becomes of the connection and the session."""

from collections.abc import Callable
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from infra.local.story import photograph
from tests.web.front import PHOTOS, Front, Reply
from tests.web.opened import events, opened, show, sign_in, without_connection
from tests.web.people import BODY, MARKUP, Settled, file

SAID = "Люк закрыт новой крышкой."


@pytest.fixture
def new(here: Settled, served: Front) -> Callable[[str], str]:
    """A complaint of the category, for the one test."""

    def filed(category: str, comment: str = "Қараңызшы.") -> str:
        with served.turn:
            return file(here.town, category, comment)

    return filed


def types(served: Front, complaint_id: str) -> list[str]:
    return [each["type"].removeprefix("complaint.") for each in events(served, complaint_id, who=BODY)]


def write(page: Page, text: str) -> None:
    page.get_by_label("The answer").fill(text)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send").click()


def is_done(page: Page) -> None:
    expect(page.locator(".panel > .done")).to_contain_text("Done: Answer")


def late(comes: Event) -> None:
    """Nothing else than the answer, once it may come."""
    assert comes.wait(30)


def test_a_first_answer_takes_three_presses_from_the_list(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("no_heating")
    with opened(browser, served, who=BODY) as page:
        page.locator(f'[data-id="{complaint_id}"]').click()
        page.get_by_role("link", name="Answer", exact=True).click()
        write(page, SAID)
        send(page)
        is_done(page)
    answered = events(served, complaint_id, who=BODY)[-1]
    assert (answered["type"], answered["data"]["text"]) == ("complaint.answered", SAID)
    assert answered["data"]["outcome"] == "resolved"


def test_whole_by_keyboard(browser: Browser, served: Front, new: Callable[[str], str]) -> None:
    complaint_id = new("no_heating")
    with opened(browser, served, who=BODY) as page:
        expect(page.locator("[data-id]").first).to_be_visible()
        while page.evaluate("document.activeElement.dataset.id") != complaint_id:
            page.keyboard.press("j")
        page.keyboard.press("Enter")
        to(page, "Answer")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_focused()
        to(page, "The answer")
        page.keyboard.type(SAID)
        to(page, "Send")
        page.keyboard.press("Enter")
        is_done(page)
    assert types(served, complaint_id)[-1] == "answered"


def to(page: Page, name: str) -> None:
    """By the Tab key, to what is called that."""
    expect(page.locator("article.complaint h1")).to_be_visible()
    called = "e => (e.labels?.[0] ?? e).textContent.trim()"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"({called})(document.activeElement)") == name:
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) == "solid", "its focus is not to be seen"
            return
    raise AssertionError(f"no way by Tab to {name}")


def test_what_is_wrong_stands_beside_its_field(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("no_heating")
    with opened(browser, served, who=BODY, language="ru") as page:
        show(page, complaint_id, "answer")
        page.get_by_role("button", name="Отправить").click()
        field = page.get_by_label("Текст ответа")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.locator(".field.wrong .fault")).not_to_be_empty()
        expect(page.locator("form.move [role=alert]")).to_contain_text("Ничего не сохранено")
    assert "answered" not in types(served, complaint_id)


def test_a_proof_photo_is_declared_sent_and_checked(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("open_manhole")
    with opened(browser, served, who=BODY) as page:
        show(page, complaint_id, "answer")
        write(page, SAID)
        send(page)
        # The category asks for a photo, and the API says so beside the place for it.
        expect(page.locator(".proofs.wrong .fault")).not_to_be_empty()
        page.get_by_label("Choose a photo").set_input_files(_photo())
        expect(page.locator(".proofs").get_by_text("Accepted")).to_be_visible()
        send(page)
        is_done(page)
        expect(page.get_by_alt_text("The body's proof photo 1")).to_be_visible()
    assert types(served, complaint_id)[-1] == "answered"


def test_a_photo_goes_again_after_a_broken_connection(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("open_manhole")
    broken = iter((True, False))

    def torn(route: Route) -> None:
        if route.request.method == "PUT" and next(broken, False):
            route.abort("connectionreset")
        else:
            route.fallback()

    with opened(browser, served, who=BODY) as page:
        page.route(f"{PHOTOS}/**", torn)
        show(page, complaint_id, "answer")
        page.get_by_label("Choose a photo").set_input_files(_photo())
        expect(page.locator(".proofs").get_by_text("Accepted")).to_be_visible(timeout=15_000)
    assert types(served, complaint_id).count("photo_expected") == 1


def test_of_two_officers_the_second_sees_what_the_first_did_and_keeps_the_text(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("no_heating")
    with (
        opened(browser, served, who=BODY) as first,
        opened(browser, served, who=BODY) as second,
    ):
        for page in (first, second):
            show(page, complaint_id, "answer")
        write(second, "I was about to say this.")
        write(first, SAID)
        send(first)
        is_done(first)
        send(second)
        expect(second.locator(".changed")).to_contain_text(SAID)
        expect(second.get_by_label("The answer")).to_have_value("I was about to say this.")
        expect(second.get_by_text("This is no longer possible.")).to_be_visible()
        expect(second.get_by_role("button", name="Send")).to_have_count(0)
        second.get_by_role("button", name="Discard what I wrote").click()
        assert second.evaluate("sessionStorage.length") == 0
    assert types(served, complaint_id).count("answered") == 1


def test_a_session_that_ends_in_mid_answer_loses_no_text(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("no_heating")
    with opened(browser, served, who=BODY) as page:
        show(page, complaint_id, "answer")
        write(page, SAID)
        # What the form reads by itself is read by then.
        page.wait_for_load_state("networkidle")
        served.end_session(BODY)
        send(page)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("What you wrote is kept")
        dialog.get_by_role("button", name="Sign in").click()
        expect(page.get_by_label("The answer")).to_have_value(SAID)
        send(page)
        is_done(page)
        assert page.evaluate("sessionStorage.length") == 0
    assert types(served, complaint_id).count("answered") == 1


def test_a_token_that_has_ended_is_made_anew_without_a_word(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("no_heating")
    with opened(browser, served, who=BODY) as page:
        show(page, complaint_id, "answer")
        write(page, SAID)
        # What the form reads by itself is read by then.
        page.wait_for_load_state("networkidle")
        served.end_session(BODY)
        served.refreshes = True
        send(page)
        is_done(page)


def test_tokens_are_kept_in_memory_alone(browser: Browser, served: Front) -> None:
    with opened(browser, served, who=BODY) as page:
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        assert "qk_" not in kept
        assert "code" not in page.url
        page.reload()
        expect(page.locator(".signin")).to_be_visible()
        sign_in(page)


def test_an_answer_that_was_lost_on_its_way_is_asked_for_again_and_done_once(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("no_heating")
    lost = iter((True, True))

    def after(method: str, path: str, reply: Reply) -> Reply:
        if method == "POST" and next(lost, False):
            return Reply(status=502, headers={"content-type": "text/html"}, body=b"<h1>502</h1>")
        return reply

    with opened(browser, served, who=BODY) as page:
        show(page, complaint_id, "comment")
        page.get_by_label("Text").fill("Бригада выехала.")
        served.after = after
        served.asked.clear()
        send(page)
        expect(page.locator(".connection")).to_contain_text("never carried out twice")
        expect(page.locator(".panel > .done")).to_contain_text("Done", timeout=15_000)
        expect(page.locator(".connection p")).to_have_count(0)
    keys = [headers["idempotency-key"] for method, _, headers in served.asked if method == "POST"]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert types(served, complaint_id).count("commented") == 1


def test_without_a_connection_the_text_waits_and_goes_once_it_is_back(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("no_heating")
    with opened(browser, served, who=BODY) as page:
        show(page, complaint_id, "answer")
        with without_connection(page):
            expect(page.locator(".connection")).to_contain_text("You are offline")
            write(page, SAID)
            send(page)
            expect(page.get_by_role("button", name="Sending…")).to_be_visible()
        is_done(page)
    assert types(served, complaint_id).count("answered") == 1


def test_an_answer_that_was_on_its_way_does_not_say_that_the_connection_is_back(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id = new("no_heating")
    with opened(browser, served, who=BODY) as page:
        held: list[Route] = []
        page.route(f"**/v1/agency/complaints/{complaint_id}", lambda route: held.append(route))
        page.evaluate("at => { location.hash = at }", f"#/complaints/{complaint_id}")
        while not held:
            page.wait_for_timeout(50)
        answer = held[0].fetch()
        with without_connection(page):
            expect(page.locator(".connection")).to_contain_text("You are offline")
            held[0].fulfill(response=answer)
            page.locator("article").wait_for()
            expect(page.locator(".connection")).to_contain_text("You are offline")
        expect(page.locator(".connection")).to_have_text("")


def test_a_browser_that_knows_of_no_connection_is_not_believed_once_there_is_an_answer(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY) as page:
        page.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', {get: () => false})")
        page.reload()
        sign_in(page)
        show(page, here.ids["manhole"])
        expect(page.locator(".connection")).to_have_text("")


def test_on_a_slow_network_it_says_what_it_waits_for_and_what_is_pressed_again_goes_once(
    browser: Browser, served: Front, new: Callable[[str], str]
) -> None:
    complaint_id, comes = new("no_heating"), Event()
    with opened(browser, served, who=BODY) as page:
        served.before = lambda method, path: late(comes)
        page.evaluate("at => { location.hash = at }", f"#/complaints/{complaint_id}")
        expect(page.locator("main .loading")).to_be_visible()
        comes.set()
        show(page, complaint_id, "answer")
        write(page, SAID)
        page.wait_for_load_state("networkidle")
        comes.clear()
        send(page)
        expect(page.locator("form.move .primary")).to_be_disabled()
        page.locator("form.move").dispatch_event("submit")
        comes.set()
        is_done(page)
    assert types(served, complaint_id).count("answered") == 1


def test_texts_that_hold_markup_stay_texts(
    browser: Browser, served: Front, here: Settled, new: Callable[[str], str]
) -> None:
    complaint_id = new("no_heating")
    with opened(browser, served, who=BODY) as page:
        show(page, here.ids["markup"])
        expect(page.locator(".report .words").first).to_have_text(MARKUP)
        show(page, complaint_id, "answer")
        write(page, MARKUP)
        send(page)
        is_done(page)
        expect(page.locator(".history li.answered .words")).to_contain_text(MARKUP)
        assert page.locator("article b, article script, article img[src=x]").count() == 0
        assert page.title() != "run"


def _photo() -> list[dict[str, object]]:
    return [{"name": "proof.jpg", "mimeType": "image/jpeg", "buffer": photograph()}]
