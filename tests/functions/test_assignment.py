"""The consumer that assigns, divides and keeps watch: once for each event, however often it runs."""

from dataclasses import replace
from functools import partial

import pytest

from functions.complaints.change import Change
from functions.complaints.complaint import SYSTEM, Complaint, Status
from functions.complaints.events import EventType
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.photos import add_photo
from functions.complaints.moves.publicity import redact
from functions.complaints.redaction import Box
from tests.core.story import HOUSING, REPORTER
from tests.functions.watching import Route
from tests.region_fixture import RAW, region


def types(route: Route, complaint_id: str) -> list[str]:
    return [change.event.type.rpartition(".")[2] for change in route.store.changes[complaint_id]]


def divided(route: Route, *bodies: str) -> str:
    complaint_id = route.files()
    route.consumed()
    parts = [agency.Part(agency_id=body, text="Your part.") for body in bodies]
    route.does(
        complaint_id,
        lambda each: agency.split(each, by=HOUSING, parts=parts, region=route.region, now=route.now),
    )
    return complaint_id


def answered(complaint: Complaint, route: Route) -> Change | None:
    return agency.answer(
        complaint, by=HOUSING, outcome="resolved", text="Done.", region=route.region, now=route.now
    )


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_is_filed_is_assigned_and_watched_once(times: int) -> None:
    route = Route()
    complaint_id = route.files()
    route.consumed(times=times)
    assert types(route, complaint_id) == ["submitted", "assigned"]
    assert set(route.watches.started) == {(complaint_id, 1)}
    assert route.watches.stopped == []


def test_one_that_waits_for_photos_is_neither_assigned_nor_watched() -> None:
    route = Route()
    complaint_id = route.files(photos=1)
    route.consumed()
    assert route.store.get(complaint_id).status == Status.AWAITING_PHOTOS
    assert route.watches.started == []


def test_one_that_was_withdrawn_meanwhile_is_left_alone() -> None:
    route = Route()
    complaint_id = route.files()
    submitted = route.stream[0]
    route.does(
        complaint_id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=route.region, now=route.now),
    )
    route.carries_on(submitted)
    assert types(route, complaint_id) == ["submitted", "withdrawn"]


def shown(route: Route) -> tuple[str, str]:
    """A complaint with a body, and its photo, which was found good."""
    complaint_id = route.files(photos=1)
    photo_id = route.store.get(complaint_id).photos[0].id
    route.does(
        complaint_id,
        lambda each: add_photo(each, photo_id, width=640, height=480, clean_sha256="0" * 64, now=route.now),
    )
    route.consumed()
    return complaint_id, photo_id


@pytest.mark.parametrize("times", [1, 2])
def test_what_a_body_hides_in_a_photo_has_its_copy_made_anew(times: int) -> None:
    route = Route()
    complaint_id, photo_id = shown(route)
    for by in (SYSTEM, HOUSING):
        boxes = (Box(x=0.1, y=0.1, w=0.2, h=0.2 if by == SYSTEM else 0.3),)
        route.does(complaint_id, partial(redact, photo_id=photo_id, boxes=boxes, by=by, now=route.now))
        route.consumed(times=times)
        # What the detector found it has made a copy of before it says so.
        assert route.copies == ([] if by == SYSTEM else [(complaint_id, photo_id)] * times)


def test_what_is_withdrawn_has_its_copies_taken_away() -> None:
    """Whether there are any yet or not: one may be under way."""
    route = Route()
    complaint_id, photo_id = shown(route)
    route.does(
        complaint_id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=route.region, now=route.now),
    )
    route.consumed()
    assert route.copies == [(complaint_id, photo_id)]


def test_assigning_does_not_wait_for_step_functions() -> None:
    route = Route()
    route.watches.down = True
    complaint_id = route.files()
    route.consumed()
    assert route.store.get(complaint_id).status == Status.ASSIGNED


@pytest.mark.parametrize("end", ["answer", "withdraw", "refute"])
def test_what_an_end_and_a_new_round_cause_does_not_wait_for_step_functions(end: str) -> None:
    route = Route()
    complaint_id = divided(route, "roads") if end == "withdraw" else route.files()
    route.consumed()
    if end == "withdraw":
        route.does(
            complaint_id,
            lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=route.region, now=route.now),
        )
    else:
        route.does(complaint_id, lambda each: answered(each, route))
    if end == "refute":
        route.consumed()
        route.does(complaint_id, lambda each: citizen.refute(each, by=REPORTER, reason="No.", now=route.now))
    route.watches.down = True
    route.consumed()
    assert route.watches.stopped == ([(complaint_id, 1)] if end == "refute" else [])
    assert all(part.status == Status.WITHDRAWN for part in route.store.parts(route.store.get(complaint_id)))


def test_what_the_region_file_does_not_foresee_holds_nobody_up() -> None:
    unowned = RAW["categories"]["rubbish"] | {"responsible": {"default": None, "districts": {}}}
    route = Route(region(categories=RAW["categories"] | {"rubbish": unowned}))
    lost, found = route.files(), route.files(category="pothole")
    route.consumed()
    assert route.store.get(lost).status == Status.SUBMITTED
    assert route.store.get(found).status == Status.ASSIGNED
    assert lost in set(route.store.with_timer())


def test_a_new_round_stops_the_one_before() -> None:
    route = Route()
    complaint_id = route.files()
    route.consumed()
    for decide in (
        lambda each: agency.answer(
            each, by=HOUSING, outcome="resolved", text="Done.", region=route.region, now=route.now
        ),
        lambda each: citizen.refute(each, by=REPORTER, reason="No.", now=route.now),
    ):
        route.does(complaint_id, decide)
    route.consumed()
    assert route.watches.started == [(complaint_id, 1), (complaint_id, 2)]
    assert route.watches.stopped == [(complaint_id, 1), (complaint_id, 1)]


@pytest.mark.parametrize(
    "end",
    [
        lambda each, now: citizen.withdraw(each, by=REPORTER, reason=None, region=region(), now=now),
        lambda each, now: agency.answer(
            each, by=HOUSING, outcome="resolved", text="Done.", region=region(), now=now
        ),
    ],
)
def test_an_answer_and_an_end_stop_the_watch(end) -> None:
    route = Route()
    complaint_id = route.files()
    route.consumed()
    route.does(complaint_id, lambda each: end(each, route.now))
    route.consumed()
    assert route.watches.stopped == [(complaint_id, 1)]


@pytest.mark.parametrize("times", [1, 2])
def test_dividing_makes_each_part_once_and_gives_it_to_its_body(times: int) -> None:
    route = Route()
    parent_id = divided(route, "roads", "akimat")
    route.consumed(times=times)
    parent = route.store.get(parent_id)
    parts = route.store.parts(parent)
    assert [(part.agency_id, part.status, part.parent_id) for part in parts] == [
        ("roads", Status.ASSIGNED, parent_id),
        ("akimat", Status.ASSIGNED, parent_id),
    ]
    assert all(types(route, part.id) == ["submitted", "assigned"] for part in parts)
    assert all(part.due_at == parent.due_at for part in parts)
    assert {(part.id, 1) for part in parts} <= set(route.watches.started)
    assert len(route.store.ids()) == 3


def test_withdrawing_the_whole_withdraws_every_open_part() -> None:
    route = Route()
    parent_id = divided(route, "roads", "akimat")
    route.consumed()
    first, second = route.store.get(parent_id).children
    route.does(
        first,
        lambda each: citizen.withdraw(each, by=REPORTER, reason="Done.", region=route.region, now=route.now),
    )
    route.does(
        parent_id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=route.region, now=route.now),
    )
    route.consumed(times=2)
    assert types(route, first).count("withdrawn") == 1
    assert types(route, second) == ["submitted", "assigned", "withdrawn"]


def test_withdrawn_before_its_parts_were_made_nothing_is_left_open() -> None:
    route = Route()
    parent_id = divided(route, "roads")
    route.does(
        parent_id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=route.region, now=route.now),
    )
    route.consumed()
    assert route.store.parts(route.store.get(parent_id)) == ()


def test_a_part_can_be_told_by_those_who_joined_the_whole() -> None:
    route = Route()
    parent_id = divided(route, "roads")
    split = route.stream[0]
    route.consumed()
    (part,) = route.store.parts(route.store.get(parent_id))
    change = route.store.changes[part.id][0]
    assert change.event.type == EventType.SUBMITTED
    assert split.followed == parent_id
    assert replace(split, parent_id=parent_id).followed == parent_id
    assert part.joined == route.store.get(parent_id).joined


def test_assigning_twice_at_once_is_assigning_once() -> None:
    route = Route()
    complaint_id = route.files()
    submitted = route.stream[0]
    route.does(complaint_id, lambda each: assign(each, region=route.region, now=route.now))
    route.carries_on(submitted)
    assert types(route, complaint_id) == ["submitted", "assigned"]
