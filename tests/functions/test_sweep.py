"""The sweep finds what lost its watch; and the command that counts deadlines again."""

from datetime import timedelta

from functions.complaints.complaint import Complaint, Status
from functions.complaints.moves import agency
from functions.route.escalation.sweep import GRACE, sweep
from functions.route.recompute import Left, Shift, apply, plan
from tests.core.story import HOUSING, START
from tests.functions.watching import Route
from tests.region_fixture import RAW, region, with_category

HOUR = timedelta(hours=1)


def swept(route: Route, **more):
    return sweep(route.store.due_before, store=route.store, region=route.region, now=route.now, **more)


def test_it_leaves_a_minute_to_watches_that_work() -> None:
    route = Route()
    complaint_id = route.files(category="open_manhole")
    route.consumed()
    acknowledge_by = START + HOUR
    route.waits(until=acknowledge_by + GRACE)
    assert swept(route).found == 0
    route.waits(until=acknowledge_by + GRACE + timedelta(seconds=1))
    done = swept(route)
    assert (done.found, done.moved, done.failed) == (1, 1, 0)
    assert route.store.get(complaint_id).escalation_level == 1


def test_what_it_moves_is_watched_again() -> None:
    route = Route()
    complaint_id = route.files(category="open_manhole")
    route.consumed()
    route.waits(hours=2)
    swept(route)
    route.consumed()
    assert route.watches.started == [(complaint_id, 1), (complaint_id, 2)]
    assert route.watches.stopped == [(complaint_id, 1)]


def test_twice_is_once() -> None:
    route = Route()
    complaint_id = route.files(category="open_manhole")
    route.consumed()
    route.waits(hours=2)
    swept(route)
    assert swept(route).found == 0
    assert route.store.get(complaint_id).escalation_level == 1


def test_it_assigns_what_was_lost_on_the_way() -> None:
    route = Route()
    complaint_id = route.files()
    route.stream.clear()
    route.waits(minutes=5)
    assert swept(route).moved == 1
    complaint = route.store.get(complaint_id)
    assert complaint.status == Status.ASSIGNED
    assert complaint.due_at is not None
    route.consumed()
    assert route.watches.started == [(complaint_id, 1)]


def test_it_goes_on_without_photos_that_do_not_come_and_closes_what_nobody_disputes() -> None:
    route = Route()
    waiting, answered = route.files(photos=1), route.files()
    route.consumed()
    route.does(
        answered,
        lambda each: agency.answer(
            each, by=HOUSING, outcome="resolved", text="Done.", region=route.region, now=route.now
        ),
    )
    route.waits(days=11)
    assert swept(route).moved == 2
    assert route.store.get(waiting).status == Status.ASSIGNED
    assert route.store.get(answered).status == Status.CLOSED


def test_one_that_cannot_be_moved_keeps_no_other_waiting() -> None:
    route = Route()
    lost = route.files()
    route.waits(minutes=1)
    found = route.files(category="pothole")
    route.stream.clear()
    unowned = RAW["categories"]["rubbish"] | {"responsible": {"default": None, "districts": {}}}
    route.region = region(categories=RAW["categories"] | {"rubbish": unowned})
    route.waits(minutes=10)
    done = swept(route)
    assert (done.found, done.moved, done.failed) == (2, 1, 1)
    assert route.store.get(found).status == Status.ASSIGNED
    assert route.store.get(lost).status == Status.SUBMITTED


def test_what_is_left_when_time_runs_out_is_found_by_the_next() -> None:
    route = Route()
    for _ in range(3):
        route.files()
    route.stream.clear()
    route.waits(minutes=10)
    turns = iter((True, True, False))
    assert swept(route, going_on=lambda: next(turns)).moved == 2
    assert swept(route).moved == 1


# Counting again


def changed_calendar(route: Route) -> None:
    route.region = region(calendar=RAW["calendar"] | {"moved_off": ["2026-06-08"]})


def due_at(route: Route, complaint_id: str):
    complaint: Complaint = route.store.get(complaint_id)
    return complaint.due_at


def test_the_plan_says_what_would_move_and_moves_nothing() -> None:
    route = Route()
    moving, clock = route.files(), route.files(category="open_manhole")
    route.consumed()
    before = due_at(route, moving)
    changed_calendar(route)
    (shift,) = plan(route.store.with_timer(), store=route.store, region=route.region, now=lambda: route.now)
    assert (shift.complaint_id, shift.before) == (moving, before)
    assert shift.after == before + timedelta(days=1)
    assert due_at(route, moving) == before
    assert clock != shift.complaint_id


def test_applying_moves_it_with_an_event_and_again_nothing() -> None:
    route = Route()
    moving = route.files()
    route.files(category="open_manhole")
    route.consumed()
    changed_calendar(route)
    arguments = {"store": route.store, "region": route.region, "now": lambda: route.now}
    planned = list(plan(route.store.with_timer(), **arguments))
    assert list(apply(route.store.with_timer(), **arguments)) == planned
    assert due_at(route, moving) == planned[0].after
    assert route.store.changes[moving][-1].event.type == "complaint.deadline_moved"
    assert list(apply(route.store.with_timer(), **arguments)) == []
    assert list(plan(["gone"], **arguments)) == list(apply(["gone"], **arguments)) == []


def test_what_cannot_be_counted_again_is_named_and_keeps_no_other_waiting() -> None:
    route = Route(with_category("open_manhole", acknowledge_within=None, answer_within="P200BD"))
    uncountable, moving = route.files(category="open_manhole"), route.files()
    route.consumed()
    route.region = region(calendar=RAW["calendar"] | {"moved_off": ["2026-06-08"], "years": [2026]})
    arguments = {"store": route.store, "region": route.region, "now": lambda: route.now}
    for step in (plan, apply):
        found = list(step(sorted((uncountable, moving)), **arguments))
        assert {type(each): each.complaint_id for each in found} == {Left: uncountable, Shift: moving}
        assert "2027" in next(each.why for each in found if isinstance(each, Left))
    ends = RAW["calendar"] | {"years": [2025], "moved_off": ["2026-06-08"]}
    arguments["region"] = region(calendar=ends)
    (left,) = plan([moving], **arguments)
    assert isinstance(left, Left)
    assert "2026" in left.why
