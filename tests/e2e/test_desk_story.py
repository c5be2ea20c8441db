"""The story of one complaint, told by two browsers at the desk of a deployment: an officer on a phone, and the head of the
body above at a computer, each in a language of their own, while the citizen looks on through the API.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from infra.local.chromium import launched
from infra.local.front.desk import shown
from infra.local.front.server import Server
from infra.local.officers import demo_officers
from infra.local.story import Cast, photograph, wait_until

PATIENCE_MS: Final = 60_000
OFFICER, HEAD_ABOVE = 0, 2
SAID: Final = "Люк закрыт новой крышкой."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.fixture(scope="module")
def front(players: Cast) -> Iterator[Server]:
    with shown(players.deployed, demo_officers(players.deployed, players.scene)) as server:
        yield server


@contextmanager
def desk(browser: Browser, front: Server, who: int, *, width: int, language: str) -> Iterator[Page]:
    """A tab of its own, signed in by the button of the officer `who`. What its console complains of fails the test."""
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=language)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    page.goto(front.desk)
    page.locator(".signin .primary").click()
    page.locator("form:has(button):not(:has(input[type=password])) button").nth(who).click()
    page.locator("header.top").wait_for()
    assert page.evaluate("document.documentElement.lang") == language
    try:
        yield page
    finally:
        context.close()
    assert wrong == []


def test_a_missed_term_is_seen_above_and_an_officer_answers_with_a_proof_from_the_phone(
    browser: Browser, front: Server, players: Cast
) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    scene = players.scene
    filed = players.citizen.post(
        "/v1/complaints",
        {"category": scene.category, "comment": "<b>Люк</b> ашық тұр", "location": scene.place},
    )
    complaint_id, number = str(filed.body["id"]), str(filed.body["number"])
    wait_until(players, complaint_id, lambda it: it["escalation_level"] >= 1)

    with desk(browser, front, HEAD_ABOVE, width=1280, language="ru") as page:
        row = page.locator(f'.row.escalated:has([data-id="{complaint_id}"])')
        expect(row).to_contain_text(number)
        # What a person wrote is text, whatever it looks like.
        expect(row).to_contain_text("<b>Люк</b>")

    with desk(browser, front, OFFICER, width=360, language="kk") as page:
        page.locator(f'[data-id="{complaint_id}"]').click()
        page.locator('a.button[href$="/answer"]').click()
        page.locator("form.move textarea").fill(SAID)
        page.locator("form.move input[type=file]").last.set_input_files(
            {"name": "proof.jpg", "mimeType": "image/jpeg", "buffer": photograph(covered=True)}
        )
        expect(page.locator(".proofs .good")).to_be_visible()
        page.locator("form.move .primary").click()
        expect(page.locator(".panel > .done")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    told = players.citizen.get(f"/v1/complaints/{complaint_id}").body
    assert (told["status"], told["answer"]["text"]) == ("answered", SAID)
    (proof,) = [photo for photo in told["photos"] if photo["by"] == "agency"]
    assert (proof["status"], proof["proof"]["reused"]) == ("ready", None)
    events = players.agency.get(f"/v1/agency/complaints/{complaint_id}").body["events"]
    assert next(each["officer"] for each in events if each["type"] == "complaint.answered")
    assert "officer" not in str(told["timeline"])
