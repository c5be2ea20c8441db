"""An officer takes a complaint from the public and gives it back, sees what readers flagged, and hides parts of a photo."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.front import Front
from tests.web.opened import events, opened, show
from tests.web.people import BODY, Settled, file

WHY = "На фото видно, кто живёт в доме."


@pytest.fixture
def new(here: Settled, served: Front) -> Callable[[], str]:
    """A complaint with a photo, for the one test."""

    def filed() -> str:
        with served.turn:
            return file(here.town, "open_manhole", "Люк ашық.", photos=1)

    return filed


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def is_done(page: Page, what: str) -> None:
    expect(page.locator(".panel > .done")).to_contain_text(f"Done: {what}")


def boxes(served: Front, complaint_id: str) -> list[list[float]]:
    """Of the last redaction."""
    last = events(served, complaint_id, who=BODY)[-1]
    assert last["type"] == "complaint.photo_redacted"
    return [[box[side] for side in "xywh"] for box in last["data"]["boxes"]]


def test_what_readers_flagged_is_plain_and_is_hidden_and_shown_again(
    browser: Browser, served: Front, here: Settled, new: Callable[[], str]
) -> None:
    complaint_id = new()
    with served.turn:
        number = here.town.agency("GET", f"/v1/agency/complaints/{complaint_id}", who=BODY).body["number"]
        assert here.town.anybody("POST", f"/v1/public/{number}/flag", {"reason": "private"}).status == 204
    with opened(browser, served, who=BODY) as page:
        show(page, complaint_id)
        expect(page.locator(".notice.flagged")).to_contain_text(
            "Readers find that this should not be public: 1."
        )
        show(page, complaint_id, "hide")
        page.get_by_label("Reason").fill(WHY)
        press(page, "Send")
        is_done(page, "Hide from the public")
        expect(page.locator(".hidden-from-public")).to_contain_text(WHY)
        expect(page.locator(".notice.flagged")).to_have_count(0)
        show(page, complaint_id, "unhide")
        page.get_by_label("Reason").fill("Это другой дом.")
        press(page, "Send")
        is_done(page, "Show to the public again")
        expect(page.locator(".hidden-from-public")).to_have_count(0)
    last = [each["type"] for each in events(served, complaint_id, who=BODY)][-3:]
    assert last == ["complaint.flagged", "complaint.hidden", "complaint.unhidden"]


def test_boxes_are_drawn_typed_and_taken_away(
    browser: Browser, served: Front, new: Callable[[], str]
) -> None:
    complaint_id = new()
    with opened(browser, served, who=BODY) as page:
        show(page, complaint_id, "redact")
        picture = page.locator(".redacting svg")
        picture.scroll_into_view_if_needed()
        at = picture.bounding_box()
        assert at is not None
        page.mouse.move(at["x"] + at["width"] * 0.25, at["y"] + at["height"] * 0.5)
        page.mouse.down()
        page.mouse.move(at["x"] + at["width"] * 0.5, at["y"] + at["height"] * 0.75)
        page.mouse.up()
        expect(page.locator(".boxes li")).to_have_count(1)
        press(page, "Add a box")
        second = page.get_by_role("group", name="Box 2", exact=True)
        for side, value in (
            ("From the left, %", "10"),
            ("From the top, %", "20,5"),
            ("Width, %", "30"),
            ("Height, %", "40"),
        ):
            second.get_by_label(side).fill(value)
        press(page, "Send")
        is_done(page, "Hide parts of a photo")
        drawn, typed = boxes(served, complaint_id)
        assert drawn == pytest.approx([0.25, 0.5, 0.25, 0.25], abs=0.02)
        assert typed == pytest.approx([0.1, 0.205, 0.3, 0.4], abs=0.0002)
        # Once the page has read what it is now.
        changed = page.get_by_text("changed what is hidden in the public copy")
        expect(changed).to_have_count(1)
        show(page, complaint_id, "redact")
        press(page, "Remove box 1")
        second = page.get_by_role("group", name="Box 1", exact=True)
        second.get_by_label("Width, %").fill("95")
        press(page, "Send")
        expect(page.locator(".fault")).to_be_visible()
        second.get_by_label("Width, %").fill("30")
        press(page, "Send")
        expect(changed).to_have_count(2)
    assert len(boxes(served, complaint_id)) == 1
