"""Stories that are kept in the tables as they happen, and what may happen in them."""

from datetime import timedelta

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.moves import agency, citizen
from functions.records.store import ComplaintStore
from tests.core.story import HOUSING, REPORTER, START, Story
from tests.region_fixture import region

REGION = region()
HOUR = timedelta(hours=1)


def kept(store: ComplaintStore, story: Story) -> Story:
    """Everything that happened in the story so far, written."""
    for change in story.changes:
        store.write(change)
    story.changes.clear()
    return story


def then(store: ComplaintStore, story: Story, decide) -> Story:
    story.then(decide)
    return kept(store, story)


def commented(complaint: Complaint, text: str = "x") -> Change:
    return citizen.comment(complaint, by=REPORTER, text=text, now=START + HOUR)


def answered(complaint: Complaint) -> Change | None:
    return agency.answer(
        complaint, by=HOUSING, outcome="resolved", text="Done.", region=REGION, now=START + HOUR
    )


def asked(complaint: Complaint) -> Change:
    return agency.ask(complaint, by=HOUSING, text="?", now=START + HOUR)
