"""With every cap reached a complaint is kept, answered and escalated like any other."""

from dataclasses import replace
from functools import cache

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.moves import agency
from functions.complaints.moves.correcting import Correction, Place, correct
from functions.records.codec import complaint_item, complaint_of, event_item
from functions.records.outbox import last_event
from functions.records.store import ComplaintStore
from tests.core.full import EMOJI, REGION, answers, done, full
from tests.core.story import HOUSING, Story
from tests.region_fixture import with_category

FAR_BELOW = 200_000
"""Bytes; DynamoDB keeps an item of 400 KB."""


ALLOWED = 320_000
"""The same, of what is in the stream with the answers before and after."""


def size(change: Change) -> int:
    item = complaint_item(change.after)
    item.last_event = last_event(event_item(change, correlation_id="x" * 36).serialize())
    return sum(len(name) + len(repr(value).encode()) for name, value in item.serialize().items())


def kept_last(store: ComplaintStore, story: Story) -> Complaint:
    """As the story ends: its last change is written, to what there was before it."""
    before, last = story.changes[-2:]
    complaint_item(before.after).save()
    store.write(last)
    return store.get(story.complaint.id)


@cache
def _full() -> Story:
    return full()


def full_anew() -> Story:
    story = _full()
    return replace(story, events=list(story.events), changes=list(story.changes))


def test_with_every_cap_reached_a_complaint_is_far_below_what_can_be_kept_and_goes_on(
    store: ComplaintStore,
) -> None:
    story = full_anew()
    parts = [
        agency.Part(agency_id="roads", text=EMOJI * 4_000),
        agency.Part(agency_id="akimat", text="x" * 4_000),
    ]
    story.then(lambda each: agency.split(each, by=HOUSING, parts=parts, region=REGION, now=story.now))
    filled = len(story.changes)
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
    assert max(map(size, story.changes[filled:])) < FAR_BELOW
    assert kept_last(store, story) == story.complaint


def test_even_then_everything_that_was_reported_can_be_put_right(store: ComplaintStore) -> None:
    """By the body above: whoever has added as much as they may has corrected as much as they may."""
    story = full_anew()
    while not story.complaint.escalated_to:
        story.wait()
    given = dict.fromkeys(story.complaint.answers, "y" + EMOJI * 499)
    questions = [{"id": name, "text": {"en": "x"}, "kind": "text"} for name in given]
    correction = Correction(
        place=Place(lat=52.6, lon=76.6, address=EMOJI * 300), answers=given, reason=EMOJI * 4_000
    )
    region = with_category("rubbish", questions=questions)
    by = Actor(kind=ActorKind.AGENCY, id=story.complaint.escalated_to[0])
    story.then(lambda each: correct(each, correction, by=by, region=region, now=story.now))
    assert size(story.changes[-1]) < ALLOWED
    assert kept_last(store, story) == story.complaint
