"""What a body that is no more has left is moved on by the sweep, however much it is and whatever fails on the way."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.complaints.complaint import Complaint
from functions.complaints.moves.reassignment import reassign
from functions.complaints.region import region_from_dict
from functions.records import lists
from functions.records.lists import held_by, of_category
from functions.records.store import ComplaintStore
from functions.route.escalation import moving
from functions.route.escalation.moving import MovedOn, move_on
from tests.core.story import HOUSING, assigned
from tests.dynamodb import tables
from tests.functions.watching import Route
from tests.region_fixture import region, retired

REGION = region()
SINCE = datetime(2026, 6, 2, 19, tzinfo=UTC)
LATER = SINCE + timedelta(hours=2)
WITHOUT_HOUSING = region_from_dict(retired(since="2026-06-03", agencies={"housing": "roads"}))


@pytest.fixture
def store():
    with tables():
        yield ComplaintStore()


def kept(store: ComplaintStore, *, category: str = "rubbish", escalated: bool = False) -> str:
    story = assigned(REGION, category=category)
    while escalated and not story.complaint.escalated_to:
        story.wait()
    for change in story.changes:
        store.write(change)
    return story.complaint.id


def test_everything_goes_to_whoever_took_over_and_nothing_is_left(store) -> None:
    ids = [kept(store) for _ in range(7)] + [kept(store, escalated=True)]
    done = move_on(lists, store=store, region=WITHOUT_HOUSING, now=LATER)
    assert done == MovedOn(found=8, moved=8, failed=0, oldest=timedelta(0), emptied=("housing",))
    assert list(held_by("housing")) == []
    assert sorted(held_by("roads")) == sorted(ids)
    assert [store.get(each).version for each in ids] == [3] * 7 + [store.get(ids[-1]).version]
    again = move_on(lists, store=store, region=WITHOUT_HOUSING, now=LATER)
    assert (again.found, again.moved) == (0, 0)


def test_a_body_above_that_is_no_more_has_nothing_left_either(store) -> None:
    kept(store, escalated=True)
    where = region_from_dict(retired(since="2026-06-03", agencies={"akimat": None}))
    assert len(list(held_by("akimat"))) == 1
    assert move_on(lists, store=store, region=where, now=LATER + timedelta(days=60)).moved == 1
    assert list(held_by("akimat")) == []
    assert len(list(held_by("ministry"))) == 1


def test_before_the_day_nobody_looks(store) -> None:
    kept(store)
    done = move_on(lists, store=store, region=WITHOUT_HOUSING, now=SINCE - timedelta(seconds=1))
    assert (done.found, done.emptied) == (0, ())


def test_what_is_left_when_time_runs_out_is_found_the_next_time_and_known_of_until_then(store) -> None:
    for _ in range(5):
        kept(store)
    turns = iter([True, True, False])
    done = move_on(lists, store=store, region=WITHOUT_HOUSING, now=LATER, going_on=lambda: next(turns))
    assert (done.moved, done.oldest, done.emptied) == (2, timedelta(hours=2), ())
    assert move_on(lists, store=store, region=WITHOUT_HOUSING, now=LATER).moved == 3


def test_one_that_fails_keeps_no_other_waiting_and_is_known_of(store, monkeypatch) -> None:
    poisonous, _, _, _ = (kept(store) for _ in range(4))

    def fails(complaint: Complaint, **more):
        if complaint.id == poisonous:
            raise RuntimeError
        return reassign(complaint, **more)

    monkeypatch.setattr(moving, "reassign", fails)
    done = move_on(lists, store=store, region=WITHOUT_HOUSING, now=LATER)
    assert (done.moved, done.failed, done.oldest, done.emptied) == (3, 1, timedelta(hours=2), ())
    assert list(held_by("housing")) == [poisonous]


def test_a_category_that_is_given_up_for_another_is_left_by_what_is_open(store) -> None:
    ids = [kept(store) for _ in range(3)]
    other = kept(store, category="open_manhole")
    where = region_from_dict(retired(since="2026-06-03", categories={"rubbish": "pothole"}))
    assert sorted(of_category("rubbish", agencies=where.agencies)) == sorted(ids)
    done = move_on(lists, store=store, region=where, now=LATER)
    assert (done.moved, done.emptied) == (3, ())
    assert {store.get(each).category for each in ids} == {"pothole"}
    assert store.get(other).category == "open_manhole"
    assert list(of_category("rubbish", agencies=where.agencies)) == []


def test_both_at_once_are_two_steps_of_one_run(store) -> None:
    complaint_id = kept(store)
    where = region_from_dict(
        retired(since="2026-06-03", agencies={"housing": "roads"}, categories={"rubbish": "pothole"})
    )
    move_on(lists, store=store, region=where, now=LATER)
    complaint = store.get(complaint_id)
    assert (complaint.agency_id, complaint.category) == ("roads", "pothole")


def test_who_answers_for_it_from_that_day_on_is_whoever_took_over() -> None:
    route = Route(WITHOUT_HOUSING)
    before = route.files()
    route.consumed()
    route.now = LATER
    after = route.files()
    route.consumed()
    assert route.store.get(before).agency_id == HOUSING.id
    assert route.store.get(after).agency_id == "roads"
