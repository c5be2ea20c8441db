"""The store on moto's DynamoDB: one transaction, and named refusals."""

from dataclasses import replace

import pytest

from functions.complaints.complaint import PhotoStatus, Status
from functions.complaints.events import chain_fault
from functions.complaints.faults import NotFound, Stale
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.photos import add_photo
from functions.records.codec import complaint_item, complaint_of
from functions.records.move import move
from functions.records.names import meant
from functions.records.outbox import published
from functions.records.requests import Request, RequestSeen
from functions.records.store import ComplaintStore
from functions.records.tables import EventItem
from functions.records.transaction import AlreadyJoined, NumberTaken
from tests.core.story import HOUSING, NEIGHBOUR, Story, assigned, filed
from tests.records.keeping import REGION, asked, commented, kept, then

REQUEST = Request(caller="person", key="k1", digest="d1")


def test_what_is_read_is_what_was_written(store: ComplaintStore) -> None:
    story = filed(REGION, photos=2)
    first, second = (photo.id for photo in story.complaint.photos)
    story.then(lambda each: add_photo(each, first, width=4, height=3, clean_sha256="0" * 64, now=story.now))
    story.then(lambda each: add_photo(each, second, width=4, height=3, clean_sha256="0" * 64, now=story.now))
    kept(store, story)
    story.wait()
    story.then(lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    parts = [agency.Part(agency_id="roads", text="The kerb.")]
    story.then(lambda each: agency.split(each, by=HOUSING, parts=parts, region=REGION, now=story.now))
    story.then(
        lambda each: agency.answer(
            each, by=HOUSING, outcome="declined", text="It is not a violation.", region=REGION, now=story.now
        )
    )
    kept(store, story)
    assert store.get(story.complaint.id) == story.complaint
    complaint, history, internal = store.with_history(story.complaint.id)
    assert complaint == story.complaint
    assert list(history) == story.events
    assert chain_fault(history, head=complaint.head) is None
    assert internal == frozenset()


def test_a_part_is_read_back_with_its_reporter_and_not_listed_apart(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    part = replace(
        story.complaint,
        id="P" * 26,
        number="TST-26-AAAAAA-1",
        parent_id=story.complaint.id,
        part="The kerb.",
        photos=(replace_photo(story),),
    )
    item = complaint_item(part)
    assert complaint_of(item) == part
    assert (item.person, item.reporter, item.place) == (None, "person", None)


def replace_photo(story: Story):
    declared = filed(REGION, photos=1).complaint.photos[0]
    return replace(declared, status=PhotoStatus.READY, width=1, height=1, kept_with=story.complaint.id)


def test_what_agencies_say_among_themselves_is_marked(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    then(store, story, lambda each: agency.comment(each, by=HOUSING, text="!", internal=True, now=story.now))
    assert store.with_history(story.complaint.id)[2] == {3}


def test_a_long_history_is_read_whole(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    for _ in range(8):
        then(store, story, lambda each: commented(each, "x" * 200_000))
    _, history, _ = store.with_history(story.complaint.id)
    assert [event.seq for event in history] == list(range(1, 11))


def test_what_is_not_there_is_not_found(store: ComplaintStore) -> None:
    for look in (store.get, store.with_history, meant):
        with pytest.raises(NotFound):
            look("nothing")


def test_the_short_number_finds_its_complaint(store: ComplaintStore) -> None:
    story = kept(store, filed(REGION))
    assert meant(story.complaint.number) == story.complaint.id


def test_the_event_carries_what_consumers_need(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    item = EventItem.get(f"complaint#{story.complaint.id}", "event#000002")
    record = published(item)
    assert record.event == story.events[1]
    assert (record.agency_id, record.reporter, record.number) == ("housing", "person", story.complaint.number)
    assert (record.watch_round, record.started_watch, record.correlation_id) == (1, 1, "corr-1")
    assert record.watch_at == story.complaint.near_at
    assert (record.parent_id, record.followed) == (None, story.complaint.id)


# Refusals


def test_of_two_changes_from_one_version_one_is_written(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    one, other = commented(story.complaint, "one"), asked(story.complaint)
    store.write(one)
    with pytest.raises(Stale):
        store.write(other)
    complaint, history, _ = store.with_history(story.complaint.id)
    assert complaint == one.after
    assert history[-1] == one.event
    assert len(history) == 3


def test_a_change_from_another_state_is_refused_although_the_version_fits(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    elsewhere = replace(story.complaint, status=Status.ACKNOWLEDGED)
    with pytest.raises(Stale):
        store.write(asked(elsewhere))
    assert store.get(story.complaint.id) == story.complaint


def test_a_complaint_is_not_made_twice(store: ComplaintStore) -> None:
    story = filed(REGION)
    change = story.changes[0]
    store.write(change)
    with pytest.raises((Stale, NumberTaken)):
        store.write(change)


def test_a_taken_number_is_told_apart_and_leaves_nothing_behind(store: ComplaintStore) -> None:
    first = kept(store, filed(REGION))
    change = filed(REGION).changes[0]
    taken = replace(change, after=replace(change.after, number=first.complaint.number))
    with pytest.raises(NumberTaken):
        store.write(taken)
    with pytest.raises(NotFound):
        store.get(change.after.id)


def test_a_key_that_was_used_names_what_it_was_used_for(store: ComplaintStore) -> None:
    story = filed(REGION)
    store.write(story.changes[0], request=REQUEST)
    with pytest.raises(RequestSeen) as seen:
        store.write(filed(REGION).changes[0], request=replace(REQUEST, digest="d2"))
    assert (seen.value.complaint_id, seen.value.digest, seen.value.seq) == (story.complaint.id, "d1", 1)
    found = store.seen(REQUEST)
    assert found is not None
    assert found.complaint_id == story.complaint.id
    assert store.seen(replace(REQUEST, caller="another")) is None


def test_the_same_request_again_is_known_before_the_stale_version_that_comes_with_it(
    store: ComplaintStore,
) -> None:
    story = kept(store, assigned(REGION))
    change = commented(story.complaint)
    store.write(change, request=REQUEST)
    with pytest.raises(RequestSeen) as seen:
        store.write(change, request=REQUEST)
    assert seen.value.seq == 3


def test_a_person_joins_once(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    then(store, story, lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    with pytest.raises(AlreadyJoined):
        move(store, story.complaint.id, lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    assert store.get(story.complaint.id).joined == 1
    assert list(store.followers(story.complaint.id)) == ["neighbour"]
    assert store.is_follower(story.complaint.id, "neighbour")
    assert not store.is_follower(story.complaint.id, "person")
