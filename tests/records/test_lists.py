"""Lists, each page of them one query."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.faults import Invalid
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.records import lists
from functions.records import worklist as worklists
from functions.records.codec import complaint_item, urgency
from functions.records.move import move
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintItem, SupervisorItem
from functions.records.worklist import Wanted, lines
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, START, Story, assigned, filed
from tests.records.keeping import HOUR, REGION, answered, kept, then
from tests.region_fixture import EAST, region, with_category

AKIMAT = Actor(kind=ActorKind.AGENCY, id="akimat")

ENDING = region(withdrawal={"with_joiners": "ends"})


def test_a_persons_list_has_their_own_and_those_they_joined_newest_first(store: ComplaintStore) -> None:
    mine = [kept(store, filed(REGION)) for _ in range(3)]
    draft = Draft(category="rubbish", comment="x", lat=52.5, lon=76.5)
    other = file(draft, region=REGION, reporter="neighbour", now=START + HOUR)
    store.write(other)
    move(store, other.after.id, lambda each: citizen.join(each, by=REPORTER, now=START + HOUR))
    first = lists.own("person", limit=3, cursor=None)
    assert first.cursor is not None
    rest = lists.own("person", limit=3, cursor=first.cursor)
    ids = [item.id for item in (*first.items, *rest.items)]
    assert ids == sorted([other.after.id, *(story.complaint.id for story in mine)], reverse=True)
    assert rest.cursor is None
    assert {item.id: item.kind for item in first.items}[other.after.id] == "follower"


def test_the_worklist_is_by_due_time_then_danger_then_joined_and_pages_without_gap(
    store: ComplaintStore,
) -> None:
    stories = [kept(store, assigned(REGION)) for _ in range(6)]
    crowded, popular = stories[4], stories[2]
    for person in ("a", "b", "c", "d"):
        by = Actor(kind=ActorKind.CITIZEN, id=person)
        then(store, crowded, lambda each, by=by: citizen.join(each, by=by, now=START))
    then(store, popular, lambda each: citizen.join(each, by=NEIGHBOUR, now=START))
    urgent = kept(store, assigned(with_category("open_manhole"), category="open_manhole"))
    danger = kept(store, assigned(with_category("rubbish", danger=True)))
    pages = list(read_by(3))
    first, rest = [urgent.complaint.id, danger.complaint.id], sorted(each.complaint.id for each in stories)
    assert [sorted(page) for page in pages] == [sorted([*first, rest[0]]), rest[1:4], rest[4:]]
    # What is equally urgent stands on a page by how many joined.
    (whole,) = read_by(8)
    assert whole == [
        *first,
        crowded.complaint.id,
        popular.complaint.id,
        *(each for each in rest if each not in (crowded.complaint.id, popular.complaint.id)),
    ]


def read_by(limit: int, between: Callable[[], object] = lambda: None) -> Iterator[list[str]]:
    """The pages of a body's worklist, as its API shows them; `between` any two something happens."""
    cursor = None
    while True:
        page = worklists.worklist("housing", limit=limit, cursor=cursor)
        yield [line.complaint.id for line in lines(page.items)]
        cursor = page.cursor
        if cursor is None:
            return
        between()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 4), joining=st.lists(st.integers(0, 8), min_size=1, max_size=20))
def test_a_worklist_that_is_read_while_people_join_skips_nobody_and_shows_nobody_twice(
    store: ComplaintStore, limit: int, joining: list[int]
) -> None:
    there = [item.id for item in worklists.worklist("housing", limit=100, cursor=None).items]
    for complaint_id in there:
        move(
            store,
            complaint_id,
            lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=ENDING, now=START),
        )
    stories = [kept(store, assigned(REGION)) for _ in range(9)]
    people = itertools.count()

    def join() -> None:
        for number in joining:
            by = Actor(kind=ActorKind.CITIZEN, id=f"p{next(people)}")
            then(store, stories[number], lambda each, by=by: citizen.join(each, by=by, now=START))

    seen = [each for page in read_by(limit, join) for each in page]
    assert sorted(seen) == sorted(each.complaint.id for each in stories)


@pytest.mark.parametrize("limit", [1, 2, 3, 6])
def test_a_full_page_at_the_end_has_no_cursor(store: ComplaintStore, limit: int) -> None:
    for _ in range(6):
        kept(store, assigned(REGION))
    for read in (partial(worklists.worklist, "housing"), partial(lists.own, "person")):
        pages, cursor = 0, None
        while True:
            page = read(limit=limit, cursor=cursor)
            pages, cursor = pages + 1, page.cursor
            assert len(page.items) == limit
            if cursor is None:
                break
        assert pages == 6 // limit


def test_a_worklist_shows_a_state_alone_and_refuses_a_strange_cursor(store: ComplaintStore) -> None:
    one, two = (kept(store, assigned(REGION)) for _ in range(2))
    then(store, one, lambda each: agency.acknowledge(each, by=HOUSING, now=START))
    page = worklists.worklist(
        "housing", limit=5, cursor=None, wanted=Wanted(statuses=frozenset({"acknowledged"}))
    )
    assert [item.id for item in page.items] == [one.complaint.id]
    assert two.complaint.id not in {item.id for item in page.items}
    for cursor in ("x", "bnVsbA", "%%%"):
        with pytest.raises(Invalid):
            worklists.worklist("housing", limit=5, cursor=cursor)


def climbed(store: ComplaintStore) -> Story:
    """A complaint that the body above has too."""
    story = kept(store, assigned(REGION))
    story.wait()
    story.wait()
    assert story.complaint.escalated_to == ("akimat",)
    return kept(store, story)


def listed(agency_id: str, **more: object) -> list[str]:
    return [item.id for item in worklists.worklist(agency_id, limit=50, cursor=None, **more).items]


def test_what_is_escalated_appears_on_the_list_above_and_moves_with_its_deadline(
    store: ComplaintStore,
) -> None:
    quiet = kept(store, assigned(REGION))
    story = climbed(store)
    assert listed("akimat") == [story.complaint.id]
    assert listed("ministry") == []
    (entry,) = worklists.worklist("akimat", limit=5, cursor=None).items
    assert (entry.kind, entry.urgency) == ("supervisor", urgency(story.complaint))
    (line,) = lines([entry])
    whole = line.complaint
    assert (line.role, whole.agency_id, whole.number) == ("supervisor", "housing", story.complaint.number)
    story.wait()
    story.wait()
    kept(store, story)
    (entry,) = worklists.worklist("akimat", limit=5, cursor=None).items
    assert entry.urgency == urgency(story.complaint)
    assert listed("ministry") == [story.complaint.id]
    assert quiet.complaint.id in listed("housing")


def test_a_supervisors_list_can_be_asked_for_a_state(store: ComplaintStore) -> None:
    story = climbed(store)
    assert listed("akimat", wanted=Wanted(statuses=frozenset({"assigned"}))) == [story.complaint.id]
    then(store, story, lambda each: agency.acknowledge(each, by=HOUSING, now=story.now))
    assert listed("akimat", wanted=Wanted(statuses=frozenset({"assigned"}))) == []
    assert listed("akimat", wanted=Wanted(statuses=frozenset({"acknowledged"}))) == [story.complaint.id]


def test_a_supervisors_entry_is_written_again_only_when_its_place_changes(store: ComplaintStore) -> None:
    story = climbed(store)
    before = SupervisorItem.get(f"complaint#{story.complaint.id}", "supervisor#akimat").urgency
    places = []
    for number in range(8):
        by = Actor(kind=ActorKind.CITIZEN, id=f"p{number}")
        then(store, story, lambda each, by=by: citizen.join(each, by=by, now=story.now))
        places.append(SupervisorItem.get(f"complaint#{story.complaint.id}", "supervisor#akimat").urgency)
    assert set(places) == {before}
    then(store, story, answered)
    assert SupervisorItem.get(f"complaint#{story.complaint.id}", "supervisor#akimat").urgency > before


def test_what_ends_or_is_taken_over_disappears_from_the_list_above(store: ComplaintStore) -> None:
    story = climbed(store)
    then(
        store,
        story,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=story.now),
    )
    assert (listed("akimat"), listed("housing")) == ([], [])
    story = climbed(store)
    then(
        store,
        story,
        lambda each: agency.transfer(
            each, by=AKIMAT, to="akimat", reason="We do it ourselves.", region=REGION, now=story.now
        ),
    )
    (entry,) = worklists.worklist("akimat", limit=5, cursor=None).items
    assert entry.kind == "complaint"
    assert listed("housing") == []


def test_nearby_finds_open_ones_of_the_category_nearest_first_with_who_joined(store: ComplaintStore) -> None:
    def reported(lat: float, lon: float, category: str = "rubbish", photos: int = 0) -> Complaint:
        declared = (DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64),) * photos
        draft = Draft(category=category, comment="x", lat=lat, lon=lon, photos=declared)
        change = file(draft, region=REGION, reporter="person", now=START)
        store.write(change)
        return change.after

    near, here = reported(52.5011, 76.4998), reported(52.5001, 76.5002)
    reported(52.502, 76.5)
    reported(52.5, 76.5, category="pothole")
    reported(52.5, 76.5, photos=1)
    gone = reported(52.5, 76.5)
    move(
        store,
        gone.id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=START),
    )
    move(store, here.id, lambda each: citizen.join(each, by=NEIGHBOUR, now=START))
    found = lists.nearby("rubbish", lat=52.5, lon=76.5, radius_m=100, limit=10)
    assert [each.item.id for each in found] == [here.id, near.id]
    assert [int(each.item.joined) for each in found] == [1, 0]
    assert found[0].distance_m == 0
    assert found[1].distance_m == pytest.approx(111.2, abs=0.1)
    assert lists.nearby("rubbish", lat=EAST[0], lon=EAST[1], radius_m=100, limit=10) == ()
    assert lists.nearby("rubbish", lat=52.5, lon=76.5, radius_m=0, limit=10) == ()


def test_nearby_answers_alike_wherever_within_its_rounded_place_a_complaint_is(store: ComplaintStore) -> None:
    """Else whoever asks often enough finds the door that it was filed from."""
    draft = Draft(category="rubbish", comment="x", lat=52.50049, lon=76.49951, photos=())
    store.write(file(draft, region=REGION, reporter="person", now=START))
    store.write(file(replace(draft, lat=52.49951, lon=76.50049), region=REGION, reporter="person", now=START))
    for radius in (30, 100, 300):
        for step in range(60):
            found = lists.nearby("rubbish", lat=52.5 + step * 0.0001, lon=76.5, radius_m=radius, limit=10)
            assert len(found) in (0, 2)
            assert len({each.distance_m for each in found}) <= 1


def test_the_nearest_is_found_however_many_newer_ones_its_cell_holds(store: ComplaintStore) -> None:
    nearest = kept(store, filed(REGION)).complaint
    template = complaint_item(nearest)
    with ComplaintItem.batch_write() as batch:
        for number in range(120):
            template.pk, template.id = f"complaint#Z{number}", f"Z{number:025d}"
            template.lat = nearest.lat + 0.001
            batch.save(ComplaintItem(**template.attribute_values))
    found = lists.nearby("rubbish", lat=nearest.lat, lon=nearest.lon, radius_m=100, limit=5)
    assert (found[0].item.id, len(found)) == (nearest.id, 5)


def test_what_is_overdue_at_the_top_is_listed_until_it_is_answered_longest_first(
    store: ComplaintStore,
) -> None:
    manhole = assigned(with_category("open_manhole"), category="open_manhole")
    stories = [manhole, *sorted((assigned(REGION) for _ in range(4)), key=lambda each: each.complaint.id)]
    for story in stories:
        while not story.complaint.overdue:
            story.wait()
        kept(store, story)
    kept(store, assigned(REGION))
    pages: list[str] = []
    cursor = None
    for _ in range(3):
        page = lists.overdue(limit=2, cursor=cursor)
        pages += [item.number for item in page.items]
        cursor = page.cursor
    assert cursor is None
    assert pages == [story.complaint.number for story in stories]
    story = stories[1]
    for still_listed, move_on in (
        (4, answered),
        (5, lambda each: citizen.refute(each, by=REPORTER, reason="No.", now=START)),
        (4, lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=START)),
    ):
        then(store, story, move_on)
        assert len(lists.overdue(limit=9, cursor=None).items) == still_listed


def test_due_before_names_what_has_run_out_longest_overdue_first(store: ComplaintStore) -> None:
    stories = [kept(store, assigned(REGION)) for _ in range(3)]
    urgent = kept(store, assigned(with_category("open_manhole"), category="open_manhole"))
    assert list(lists.due_before(START)) == []
    assert urgent.complaint.acknowledge_by is not None
    assert list(lists.due_before(urgent.complaint.acknowledge_by + HOUR)) == [urgent.complaint.id]
    late = START + timedelta(days=60)
    ids = list(lists.due_before(late))
    assert ids[0] == urgent.complaint.id
    assert set(ids) == {each.complaint.id for each in (*stories, urgent)} == set(lists.with_timer())
    while not urgent.complaint.overdue:
        urgent.wait()
    kept(store, urgent)
    assert urgent.complaint.id not in set(lists.due_before(late))
