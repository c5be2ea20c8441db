"""With every cap reached a complaint is kept, answered and escalated like any other."""

from functions.complaints.change import Change
from functions.complaints.moves import agency
from functions.records.codec import complaint_item, complaint_of, event_item
from functions.records.outbox import last_event
from functions.records.store import ComplaintStore
from tests.core.full import EMOJI, REGION, answers, done, full
from tests.core.story import HOUSING
from tests.records.keeping import kept

FAR_BELOW = 200_000
"""Bytes; DynamoDB keeps an item of 400 KB."""


def size(change: Change) -> int:
    item = complaint_item(change.after)
    item.last_event = last_event(event_item(change, correlation_id="x" * 36).serialize())
    return sum(len(name) + len(repr(value).encode()) for name, value in item.serialize().items())


def test_with_every_cap_reached_a_complaint_is_far_below_what_can_be_kept_and_goes_on(
    store: ComplaintStore,
) -> None:
    story = full()
    parts = [
        agency.Part(agency_id="roads", text=EMOJI * 4_000),
        agency.Part(agency_id="ministry", text="x" * 4_000),
    ]
    story.then(lambda each: agency.split(each, by=HOUSING, parts=parts, region=REGION, now=story.now))
    assert max(map(size, story.changes)) < FAR_BELOW
    assert complaint_of(complaint_item(story.complaint)) == story.complaint
    level = story.complaint.escalation_level
    while not story.complaint.overdue:
        story.wait()
    assert story.complaint.escalation_level > level
    done(story, answers)
    assert size(story.changes[-1]) < FAR_BELOW
    story.wait()
    assert story.complaint.ended_at is not None
    assert max(map(size, story.changes)) < FAR_BELOW
    assert store.get(kept(store, story).complaint.id) == story.complaint
