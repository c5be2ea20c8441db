"""Officers as people at the desk: who has what, given one by one or many at once, and found by whom it was given to."""

from typing import Final

from playwright.sync_api import Browser, Locator, Page, expect

from functions.complaints.complaint import Role
from tests.web.front import Front, Person
from tests.web.opened import events, opened, show
from tests.web.people import BODY, Settled

HEAD: Final = Person(id="h" * 32, agency_id=BODY, role=Role.HEAD, name="Head of housing")
OFFICER: Final = Person(id="o" * 32, agency_id=BODY, role=Role.OFFICER, name="Inspector of yards")
VIEWER: Final = Person(id="v" * 32, agency_id=BODY, role=Role.VIEWER, name="Who reads")


def known(browser: Browser, served: Front, *people: Person) -> None:
    """Each has been here once."""
    served.people = {each.id: each for each in people}
    for each in people:
        with opened(browser, served, who=each.id) as page:
            expect(page.locator("[data-id]").first).to_be_visible()


def row(page: Page, complaint_id: str) -> Locator:
    return page.locator(".row", has=page.locator(f'[data-id="{complaint_id}"]'))


def test_a_head_gives_many_to_an_officer_at_once_and_finds_them_by_the_officer(
    browser: Browser, served: Front, here: Settled
) -> None:
    known(browser, served, OFFICER, HEAD)
    with opened(browser, served, who=HEAD.id) as page:
        for name in ("rubbish", "dump"):
            row(page, here.ids[name]).get_by_role("checkbox").check()
        page.get_by_role("button", name="Assign to an officer").click()
        page.locator(".bulk").get_by_label("Officer").select_option(label=OFFICER.name)
        page.locator(".bulk").get_by_role("button", name="Send").click()
        expect(page.locator(".bulk")).to_contain_text("Done: 2")
        page.get_by_text("Filters", exact=True).click()
        page.locator(".selects").get_by_label("Officer").select_option(label=OFFICER.name)
        expect(page.locator(".row")).to_have_count(2)
        expect(page.locator(".row").first).to_contain_text(f"Officer: {OFFICER.name}")
    for name in ("rubbish", "dump"):
        last = events(served, here.ids[name], who=BODY)[-1]
        assert (last["type"], last["officer"]) == ("complaint.assigned_to_officer", HEAD.id)
    with opened(browser, served, who=OFFICER.id) as page:
        page.get_by_text("Filters", exact=True).click()
        page.locator(".selects").get_by_label("Officer").select_option(label="Assigned to me")
        expect(page.locator(".row")).to_have_count(2)


def test_a_note_goes_to_each_of_those_selected_and_an_empty_one_says_what_is_wrong(
    browser: Browser, served: Front, here: Settled
) -> None:
    with opened(browser, served, who=BODY) as page:
        for name in ("leak", "markup"):
            row(page, here.ids[name]).get_by_role("checkbox").check()
        page.get_by_role("button", name="Add an internal note").click()
        page.locator(".bulk").get_by_role("button", name="Send").click()
        expect(page.locator(".bulk .fault")).to_be_visible()
        page.locator(".bulk").get_by_label("Internal note").fill("The contractor comes on Tuesday.")
        page.locator(".bulk").get_by_role("button", name="Send").click()
        expect(page.locator(".bulk")).to_contain_text("Done: 2")
    for name in ("leak", "markup"):
        last = events(served, here.ids[name], who=BODY)[-1]
        assert last["data"]["text"] == "The contractor comes on Tuesday."


def test_an_officer_takes_one_and_who_only_reads_has_no_buttons(
    browser: Browser, served: Front, here: Settled
) -> None:
    known(browser, served, OFFICER, VIEWER)
    with opened(browser, served, who=OFFICER.id) as page:
        show(page, here.ids["manhole"], "assign")
        expect(page.locator("form.move select")).to_have_value(OFFICER.id)
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".panel > .done")).to_be_visible()
    assert events(served, here.ids["manhole"], who=BODY)[-1]["officer"] == OFFICER.id
    with opened(browser, served, who=VIEWER.id) as page:
        show(page, here.ids["manhole"])
        expect(page.locator(".panel a.button")).to_have_count(0)


def test_a_head_sees_the_bodys_officers_and_an_officer_has_no_such_page(
    browser: Browser, served: Front, here: Settled
) -> None:
    known(browser, served, OFFICER, VIEWER, HEAD)
    with opened(browser, served, who=HEAD.id) as page:
        page.get_by_role("link", name="Officers").click()
        for each in (HEAD, OFFICER, VIEWER):
            expect(page.locator("main")).to_contain_text(each.name)
    with opened(browser, served, who=OFFICER.id) as page:
        expect(page.get_by_role("link", name="Officers")).to_have_count(0)
