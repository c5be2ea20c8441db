"""What each move does and what it refuses, one at a time."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.complaints.clock import iso
from functions.complaints.complaint import Actor, ActorKind, Complaint, PhotoStatus, Status
from functions.complaints.duration import Duration
from functions.complaints.events import EventType, chain_fault
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.history import line, push_kind
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.escalation import next_rung, tick
from functions.complaints.moves.filing import DeclaredPhoto
from functions.complaints.moves.parts import part_of
from functions.complaints.moves.photos import add_photo, refuse_photo, skip_photos, still_to_come
from functions.complaints.moves.recount import move_deadline
from functions.complaints.region import region_from_dict
from functions.complaints.timers import timers
from functions.complaints.transitions import Move, MoveRefused
from functions.complaints.visibility import BODIES, Viewer
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, START, Story, assigned, filed
from tests.region_fixture import RAW, region, with_category

REGION = region()
ROADS = Actor(kind=ActorKind.AGENCY, id="roads")
AKIMAT = Actor(kind=ActorKind.AGENCY, id="akimat")
STRANGER = Actor(kind=ActorKind.AGENCY, id="ministry")
PHOTO = DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64)
WHY = "The road belongs to another body."
HOUR = timedelta(hours=1)


def in_work(category: str = "rubbish", **region_changes: object) -> Story:
    return assigned(with_category(category, **region_changes), category=category)


def proven(story: Story, *, by: Actor = HOUSING) -> str:
    """A proof photo that was declared and found good."""
    story.then(lambda each: expect_photos(each, (PHOTO,), by=by, region=story.region, now=story.now))
    photo = story.complaint.photos[-1].id
    story.then(lambda each: add_photo(each, photo, width=1, height=1, clean_sha256="0" * 64, now=story.now))
    return photo


def answered(story: Story, outcome: str = "resolved", **more: object):
    return story.then(
        lambda each: agency.answer(
            each,
            by=HOUSING,
            outcome=outcome,
            text="It was put right this morning.",
            region=story.region,
            now=story.now,
            **more,
        )
    )


def transferred(story: Story, to: str, *, by: Actor = HOUSING):
    return story.then(
        lambda each: agency.transfer(each, by=by, to=to, reason=WHY, region=story.region, now=story.now)
    )


def extended(story: Story, by: str, *, officer: Actor = HOUSING):
    return story.then(
        lambda each: agency.extend_deadline(
            each, by=officer, extension=Duration.parse(by), reason=WHY, region=story.region, now=story.now
        )
    )


def keys(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.key) for fault in refused.value.faults]


# Photos


def test_a_complaint_without_photos_is_complete_at_once() -> None:
    complaint = filed(REGION).complaint
    assert complaint.status == Status.SUBMITTED
    assert complaint.started_at == START


def test_the_last_photo_that_comes_completes_it_and_starts_its_clock() -> None:
    story = filed(REGION, photos=2)
    first, second = (photo.id for photo in story.complaint.photos)
    story.then(lambda each: add_photo(each, first, width=1, height=1, clean_sha256="0" * 64, now=story.now))
    assert story.complaint.status == Status.AWAITING_PHOTOS
    story.then(
        lambda each: add_photo(each, second, width=1, height=1, clean_sha256="0" * 64, now=story.now),
        after=HOUR,
    )
    assert story.complaint.status == Status.SUBMITTED
    assert story.complaint.started_at == story.now


def test_one_whose_only_photo_was_refused_waits_for_another() -> None:
    story = filed(REGION, photos=1)
    photo = story.complaint.photos[0].id
    story.then(lambda each: refuse_photo(each, photo, reason="corrupt", now=story.now))
    assert story.complaint.status == Status.AWAITING_PHOTOS
    story.then(lambda each: expect_photos(each, (PHOTO,), by=REPORTER, region=REGION, now=story.now))
    story.then(
        lambda each: add_photo(
            each, each.photos[-1].id, width=1, height=1, clean_sha256="0" * 64, now=story.now
        )
    )
    assert story.complaint.status == Status.SUBMITTED


def test_a_photo_that_comes_while_the_wait_lapses_counts_whoever_is_first() -> None:
    story = filed(REGION, photos=1)
    photo = story.complaint.photos[0].id
    late = START + timedelta(hours=25)
    lapsed = tick(story.complaint, region=REGION, now=late)
    assert lapsed is not None
    # The body has it in the same write.
    assert [step.after.status for step in lapsed.steps] == [Status.SUBMITTED, Status.ASSIGNED]
    assert lapsed.after.photos[0].status == PhotoStatus.MISSED
    then = add_photo(lapsed.after, photo, width=1, height=1, clean_sha256="0" * 64, now=late)
    assert then is not None
    assert then.after.photos[0].status == PhotoStatus.READY
    first = add_photo(story.complaint, photo, width=1, height=1, clean_sha256="0" * 64, now=late)
    assert first is not None
    again = tick(first.after, region=REGION, now=late)
    assert again is None


def test_who_goes_on_without_photos_is_asked_for_nothing_more_and_what_comes_counts() -> None:
    story = filed(REGION, photos=2)
    came, missing = (photo.id for photo in story.complaint.photos)
    story.then(lambda each: add_photo(each, came, width=1, height=1, clean_sha256="0" * 64, now=story.now))
    with pytest.raises(NotFound):
        skip_photos(story.complaint, by=NEIGHBOUR, now=story.now)
    event = story.then(lambda each: skip_photos(each, by=REPORTER, now=story.now))
    assert (event.type, event.status, event.actor) == (
        EventType.PHOTO_MISSED,
        Status.SUBMITTED,
        ActorKind.CITIZEN,
    )
    assert event.data == {"photos": [missing], "by": ActorKind.CITIZEN}
    assert story.complaint.started_at == story.now
    assert push_kind(event) is None
    assert skip_photos(story.complaint, by=REPORTER, now=story.now) is None
    assert still_to_come(story.complaint, missing, by=REPORTER).id == missing
    late = add_photo(story.complaint, missing, width=1, height=1, clean_sha256="0" * 64, now=story.now)
    assert late is not None
    assert late.after.photos[1].status == PhotoStatus.READY


def test_a_photo_can_be_sent_until_it_is_there_is_refused_or_the_complaint_ends() -> None:
    story = filed(REGION, photos=3)
    first, second, third = (photo.id for photo in story.complaint.photos)
    story.then(lambda each: add_photo(each, first, width=1, height=1, clean_sha256="0" * 64, now=story.now))
    story.then(lambda each: refuse_photo(each, second, reason="corrupt", now=story.now))
    assert still_to_come(story.complaint, third, by=REPORTER).id == third
    for by, photo_id in ((NEIGHBOUR, third), (REPORTER, "none")):
        with pytest.raises(NotFound):
            still_to_come(story.complaint, photo_id, by=by)
    story.then(lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=story.now))
    for photo_id, why in ((first, "photo_there"), (second, "photo_refused"), (third, "photo_too_late")):
        with pytest.raises(Conflict, match=why):
            still_to_come(story.complaint, photo_id, by=REPORTER)


def test_each_category_waits_as_long_as_it_says_and_danger_not_at_all() -> None:
    region = replace(
        REGION,
        categories={
            name: replace(each, photos_wait=Duration.parse("PT2H") if name == "rubbish" else None)
            for name, each in REGION.categories.items()
        },
    )
    assert filed(region, photos=1).complaint.photos_due_at == START + 2 * HOUR
    assert filed(region, category="pothole", photos=1).complaint.photos_due_at == START + 24 * HOUR
    danger = filed(region, category="open_manhole", photos=1).complaint
    assert (danger.status, danger.started_at) == (Status.SUBMITTED, START)
    # They are on their way all the same, and if they do not come that is said once.
    assert danger.photos_due_at == START + 24 * HOUR


def test_what_follows_at_once_is_written_with_it() -> None:
    opened = filed(REGION).changes[0]
    made = with_assignment(opened, region=REGION, now=START)
    assert (made.first, made.steps) == (opened, (opened, made))
    assert [step.event.seq for step in made.steps] == [1, 2]
    assert made.event.previous == opened.event.hash
    assert chain_fault([step.event for step in made.steps], head=made.after.head) is None
    assert made.watch_round == 1
    nobody = replace(REGION, categories={"other": REGION.categories["other"]})
    assert with_assignment(opened, region=nobody, now=START) is opened
    waiting = filed(REGION, photos=1).changes[0]
    assert with_assignment(waiting, region=REGION, now=START) is waiting


def test_photos_are_settled_once() -> None:
    story = filed(REGION, photos=2)
    first = story.complaint.photos[0].id
    story.then(lambda each: add_photo(each, first, width=1, height=1, clean_sha256="0" * 64, now=story.now))
    assert add_photo(story.complaint, first, width=1, height=1, clean_sha256="0" * 64, now=story.now) is None
    assert refuse_photo(story.complaint, first, reason="corrupt", now=story.now) is None
    with pytest.raises(NotFound):
        add_photo(story.complaint, "none", width=1, height=1, clean_sha256="0" * 64, now=story.now)


def test_a_refused_photo_does_not_become_good() -> None:
    story = filed(REGION, photos=1)
    photo = story.complaint.photos[0].id
    story.then(lambda each: refuse_photo(each, photo, reason="corrupt", now=story.now))
    assert refuse_photo(story.complaint, photo, reason="corrupt", now=story.now) is None
    with pytest.raises(Conflict):
        add_photo(story.complaint, photo, width=1, height=1, clean_sha256="0" * 64, now=story.now)


def test_a_later_photo_that_never_came_takes_no_place_for_ever() -> None:
    story = assigned(REGION)
    story.then(lambda each: expect_photos(each, (PHOTO,) * 5, by=REPORTER, region=REGION, now=story.now))
    almost = story.now + timedelta(days=1) - timedelta(milliseconds=1)
    with pytest.raises(Invalid):
        expect_photos(story.complaint, (PHOTO,), by=REPORTER, region=REGION, now=almost)
    late = story.now + timedelta(days=1)
    again = expect_photos(story.complaint, (PHOTO,) * 5, by=REPORTER, region=REGION, now=late)
    # One that comes after all is taken, and counts.
    came = add_photo(
        again.after, story.complaint.photos[0].id, width=1, height=1, clean_sha256="0" * 64, now=late
    )
    assert came is not None
    with pytest.raises(Invalid) as refused:
        expect_photos(came.after, (PHOTO,), by=REPORTER, region=REGION, now=late)
    assert refused.value.faults[0].params["left"] == 0


def test_of_a_later_photo_that_never_came_it_is_said_once_and_nothing_else_moves() -> None:
    story = assigned(REGION)
    before = story.complaint
    story.then(lambda each: expect_photos(each, (PHOTO,) * 2, by=REPORTER, region=REGION, now=story.now))
    came, missing = (photo.id for photo in story.complaint.photos)
    story.then(lambda each: add_photo(each, came, width=1, height=1, clean_sha256="0" * 64, now=story.now))
    late = story.now + timedelta(days=1)
    missed = tick(story.complaint, region=REGION, now=late)
    assert missed is not None
    assert (missed.event.type, missed.event.data) == (
        EventType.PHOTO_MISSED,
        {"photos": [missing], "by": ActorKind.CITIZEN},
    )
    assert [photo.status for photo in missed.after.photos] == [PhotoStatus.READY, PhotoStatus.MISSED]
    assert timers(missed.after) == timers(before)
    assert (missed.after.status, missed.after.started_at) == (before.status, before.started_at)
    assert missed.watch_round is None
    assert tick(missed.after, region=REGION, now=late) is None
    after_all = add_photo(missed.after, missing, width=1, height=1, clean_sha256="0" * 64, now=late)
    assert after_all is not None
    assert after_all.after.photos[1].status == PhotoStatus.READY


def test_what_the_body_did_not_send_is_said_apart_and_not_to_the_citizen() -> None:
    story = assigned(REGION)
    for by in (HOUSING, REPORTER):
        story.then(lambda each, by=by: expect_photos(each, (PHOTO,), by=by, region=REGION, now=story.now))
    late = story.now + timedelta(days=1)
    told = []
    for _ in range(2):
        story.then(lambda each: tick(each, region=REGION, now=late))
        told.append(story.events[-1])
    assert [event.data["by"] for event in told] == [ActorKind.CITIZEN, ActorKind.AGENCY]
    assert [line(event, language="en", region=REGION) is not None for event in told] == [True, False]
    assert [push_kind(event) is not None for event in told] == [True, False]
    assert tick(story.complaint, region=REGION, now=late) is None


def test_a_photo_for_a_complaint_that_has_ended_is_let_go() -> None:
    story = filed(REGION, photos=1)
    photo = story.complaint.photos[0].id
    story.then(lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=story.now))
    assert add_photo(story.complaint, photo, width=1, height=1, clean_sha256="0" * 64, now=story.now) is None
    assert refuse_photo(story.complaint, photo, reason="corrupt", now=story.now) is None


def test_the_limit_of_photos_counts_each_side_and_grows_with_each_answer() -> None:
    story = assigned(REGION)
    story.then(lambda each: expect_photos(each, (PHOTO,) * 5, by=REPORTER, region=REGION, now=story.now))
    with pytest.raises(Invalid) as refused:
        expect_photos(story.complaint, (PHOTO,), by=REPORTER, region=REGION, now=story.now)
    assert keys(refused) == [("/photos", "too_many_photos")]
    assert expect_photos(story.complaint, (PHOTO,) * 5, by=HOUSING, region=REGION, now=story.now)
    answered(story)
    assert expect_photos(story.complaint, (PHOTO,) * 5, by=REPORTER, region=REGION, now=story.now)


# Agency


def test_acknowledging_twice_is_acknowledging_once() -> None:
    story = assigned(REGION)
    story.then(lambda each: agency.acknowledge(each, by=HOUSING, now=story.now))
    assert agency.acknowledge(story.complaint, by=HOUSING, now=story.now) is None


@pytest.mark.parametrize(
    "move",
    [
        lambda each: agency.acknowledge(each, by=STRANGER, now=START),
        lambda each: agency.ask(each, by=STRANGER, text="?", now=START),
        lambda each: agency.comment(each, by=STRANGER, text="!", internal=True, now=START),
        lambda each: agency.transfer(each, by=STRANGER, to="roads", reason=WHY, region=REGION, now=START),
        lambda each: agency.split(each, by=STRANGER, parts=[], region=REGION, now=START),
        lambda each: agency.answer(each, by=STRANGER, outcome="resolved", text="x", region=REGION, now=START),
        lambda each: citizen.comment(each, by=NEIGHBOUR, text="x", now=START),
        lambda each: citizen.withdraw(each, by=NEIGHBOUR, reason=None, region=REGION, now=START),
    ],
)
def test_what_is_not_yours_does_not_exist_for_you(move) -> None:
    with pytest.raises(NotFound):
        move(assigned(REGION).complaint)


def test_not_ours_is_refused_as_an_answer_and_points_to_transfer() -> None:
    with pytest.raises(Invalid) as refused:
        answered(assigned(REGION), "not_ours")
    assert keys(refused) == [("/outcome", "not_ours_is_a_transfer")]
    with pytest.raises(Invalid) as refused:
        answered(assigned(REGION), "maybe")
    assert keys(refused) == [("/outcome", "unknown_choice")]


def test_a_refusal_needs_reasons() -> None:
    story = assigned(REGION)
    with pytest.raises(Invalid) as refused:
        agency.answer(
            story.complaint, by=HOUSING, outcome="declined", text="   no          ", region=REGION, now=START
        )
    assert keys(refused) == [("/text", "too_short")]


def test_done_needs_a_proof_photo_where_the_category_says_so() -> None:
    story = in_work("open_manhole")
    with pytest.raises(Invalid) as refused:
        answered(story)
    assert keys(refused) == [("/photos", "proof_photo_required")]
    story.then(lambda each: expect_photos(each, (PHOTO,), by=HOUSING, region=story.region, now=story.now))
    waiting = story.complaint.photos[-1].id
    with pytest.raises(Invalid) as refused:
        answered(story, photos=(waiting,))
    assert keys(refused) == [("/photos/0", "photo_not_ready")]
    story.then(lambda each: add_photo(each, waiting, width=1, height=1, clean_sha256="0" * 64, now=story.now))
    answered(story, photos=(waiting,))
    assert story.complaint.status == Status.ANSWERED


def test_the_reporters_photo_is_no_proof() -> None:
    story = in_work("open_manhole")
    photo = proven(story, by=REPORTER)
    with pytest.raises(Invalid) as refused:
        answered(story, photos=(photo, "none"))
    assert keys(refused) == [("/photos/0", "unknown_photo"), ("/photos/1", "unknown_photo")]


def test_the_same_answer_twice_is_one_and_another_is_refused() -> None:
    story = assigned(REGION)
    answered(story)
    given = story.complaint.answer
    assert given is not None
    again = agency.answer(
        story.complaint, by=HOUSING, outcome="resolved", text=given.text, region=REGION, now=story.now
    )
    assert again is None
    with pytest.raises(MoveRefused) as refused:
        answered(story, "declined")
    assert refused.value.status == Status.ANSWERED


def test_a_transfer_keeps_the_promised_deadline() -> None:
    story = assigned(REGION)
    before = story.complaint
    event = transferred(story, "roads")
    after = story.complaint
    assert (after.agency_id, after.status) == ("roads", Status.ASSIGNED)
    assert (after.due_at, after.near_at, after.promise) == (before.due_at, before.near_at, before.promise)
    assert after.passed_by == ("housing",)
    assert event.data["reason"] == WHY


@pytest.mark.parametrize(("within", "in_time"), [("P3BD", True), ("PT1H", False)])
def test_a_transfer_says_whether_it_came_in_the_time_that_the_region_gives_for_it(
    within: str, in_time: bool
) -> None:
    here = region(terms=RAW["terms"] | {"forward_within": within})
    story = assigned(here)
    got_at = story.complaint.assigned_at
    story.now += 2 * HOUR
    event = transferred(story, "roads")
    assert got_at is not None
    until = here.calendar.add(Duration.parse(within), got_at)
    assert (event.data["forward_by"], event.data["in_time"]) == (iso(until), in_time)
    said = {
        viewer: line(event, language="en", region=here, viewer=viewer)
        for viewer in (Viewer.REPORTER, *BODIES)
    }
    late = {viewer for viewer, told in said.items() if told is not None and "passed on late" in told["body"]}
    assert late == (set() if in_time else BODIES)


def test_what_a_body_above_takes_to_another_was_forwarded_by_nobody() -> None:
    story = assigned(REGION)
    while not story.complaint.escalated_to:
        story.wait()
    event = transferred(story, "roads", by=AKIMAT)
    assert {"forward_by", "in_time"}.isdisjoint(event.data)


def test_after_a_transfer_the_reminder_comes_in_the_hours_of_the_body_that_has_it_now() -> None:
    """Quarter of the term or working days: by whose calendar the deadline was counted is another matter."""
    raw = deepcopy(RAW)
    raw["categories"]["rubbish"]["reminder"] = "P2BD"
    raw["agencies"]["roads"]["hours"] = {"opens": "11:00", "closes": "16:00"}
    here = region_from_dict(raw)
    story = assigned(here)
    before = story.complaint
    transferred(story, "roads")
    after = story.complaint
    assert (after.due_at, after.promise) == (before.due_at, before.promise)
    opens = [here.calendar.local(each.near_at).strftime("%d %H:%M") for each in (before, after)]
    assert opens == ["19 09:00", "19 11:00"]


def test_a_reminder_that_fell_due_while_an_answer_stood_is_not_made_up_for() -> None:
    story = assigned(REGION)
    answered(story)
    assert story.complaint.near_at is not None
    story.then(
        lambda each: citizen.refute(each, by=REPORTER, reason="Still there.", now=story.now),
        after=story.complaint.near_at - story.now + HOUR,
    )
    assert story.complaint.near_at is None
    assert story.wait().type == EventType.ESCALATED


def test_nobody_is_reminded_where_the_region_says_so() -> None:
    story = assigned(with_category("rubbish", reminder=None))
    assert story.complaint.near_at is None
    assert story.wait().type == EventType.ESCALATED
    assert story.complaint.near_at is None


def test_the_smaller_number_of_photos_holds() -> None:
    for photos, category, holds in ((2, 5, 2), (5, 3, 3)):
        raw = deepcopy(RAW)
        raw["limits"]["photos"] = photos
        raw["categories"]["rubbish"]["max_photos"] = category
        assert region_from_dict(raw).categories["rubbish"].max_photos == holds


def test_a_transfer_that_is_sent_again_is_done_already() -> None:
    story = assigned(REGION)
    transferred(story, "roads")
    again = agency.transfer(story.complaint, by=HOUSING, to="roads", reason=WHY, region=REGION, now=START)
    assert again is None
    with pytest.raises(NotFound):
        agency.transfer(story.complaint, by=HOUSING, to="ministry", reason=WHY, region=REGION, now=START)


def test_nobody_gets_back_what_they_passed_on_except_from_above() -> None:
    story = assigned(REGION)
    transferred(story, "roads")
    with pytest.raises(Conflict) as refused:
        transferred(story, "housing", by=ROADS)
    assert refused.value.key == "passed_on_before"
    story.wait()
    story.wait()
    assert story.complaint.escalated_to == ("akimat",)
    transferred(story, "housing", by=AKIMAT)
    assert story.complaint.agency_id == "housing"
    assert story.complaint.passed_by == ("housing", "roads")


@pytest.mark.parametrize(("to", "key"), [("nobody", "unknown_agency"), ("housing", "already_there")])
def test_a_transfer_goes_to_another_body_that_there_is(to: str, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        transferred(assigned(REGION), to)
    assert keys(refused) == [("/to", key)]


def test_a_supervising_body_that_takes_it_over_no_longer_supervises() -> None:
    story = assigned(REGION)
    story.wait()
    story.wait()
    transferred(story, "akimat")
    assert (story.complaint.agency_id, story.complaint.escalated_to) == ("akimat", ())
    assert next_rung(story.complaint, region=REGION, now=story.now) == "ministry"


def test_the_new_body_gets_its_own_time_to_acknowledge() -> None:
    story = in_work("open_manhole")
    transferred(story, "roads")
    assert story.complaint.acknowledge_by == story.now + HOUR


# Extension


def test_an_extension_moves_the_deadline_and_says_from_where() -> None:
    story = assigned(REGION)
    before = story.complaint
    event = extended(story, "P10BD")
    after = story.complaint
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at > before.due_at
    assert event.data["from"] < event.data["due_at"]
    assert after.promise is not None
    assert after.promise["params"]["extensions"] == ["P10BD"]
    assert after.promise["params"]["received_at"] == before.promise["params"]["received_at"]
    assert after.near_at is not None
    assert after.near_at > before.near_at


def test_a_second_extension_only_where_the_rule_allows() -> None:
    story = assigned(REGION)
    extended(story, "P5BD")
    with pytest.raises(Conflict) as refused:
        extended(story, "P5BD")
    assert (refused.value.key, refused.value.params) == ("extended_before", {"times": 1})
    story = in_work("rubbish", extension={"limit": "P2M", "times": 2})
    extended(story, "P5BD")
    extended(story, "P5BD")
    assert story.complaint.promise["params"]["extensions"] == ["P5BD", "P5BD"]


def test_no_extension_beyond_two_months_from_registration() -> None:
    story = assigned(REGION)
    with pytest.raises(Invalid) as refused:
        extended(story, "P2M")
    assert keys(refused) == [("/by", "extension_too_long")]
    extended(story, "P1M")


def test_no_extension_once_the_deadline_has_passed() -> None:
    story = assigned(REGION)
    assert story.complaint.due_at is not None
    story.now = story.complaint.due_at - timedelta(minutes=1)
    with pytest.raises(Conflict) as refused:
        extended(story, "P5BD")
    assert refused.value.key == "deadline_passed"


def test_what_was_escalated_only_the_body_above_can_extend() -> None:
    story = assigned(REGION)
    story.wait()
    story.wait()
    with pytest.raises(Conflict) as refused:
        extended(story, "P2BD")
    assert refused.value.key == "extended_from_above"
    before = story.complaint
    extended(story, "P2BD", officer=AKIMAT)
    after = story.complaint
    # The term of the level that is extended began when the body above got it.
    assert after.promise["params"]["received_at"] == before.promise["params"]["received_at"]
    assert after.promise["agency"] == "akimat"


# Parts


def divided(story: Story, *bodies: str):
    parts = [agency.Part(agency_id=body, text=f"The part of {body}.") for body in bodies]
    return story.then(
        lambda each: agency.split(each, by=HOUSING, parts=parts, region=story.region, now=story.now)
    )


def made(story: Story, place: int = 0, *, after: timedelta = HOUR) -> Complaint:
    event = story.events[-1]
    change = part_of(
        story.complaint, event.data["parts"][place], split=event, region=story.region, now=story.now + after
    )
    return change.after


def test_dividing_keeps_the_lead_and_its_clock_and_names_the_parts() -> None:
    story = assigned(REGION)
    before = story.complaint
    event = divided(story, "roads", "akimat")
    after = story.complaint
    assert (after.agency_id, after.status, after.due_at) == ("housing", before.status, before.due_at)
    assert after.children == tuple(part["id"] for part in event.data["parts"])
    assert [part["number"] for part in event.data["parts"]] == [f"{after.number}-1", f"{after.number}-2"]


def test_a_part_tells_the_same_on_the_same_clock_to_its_own_body() -> None:
    story = filed(REGION, photos=1)
    photo = story.complaint.photos[0].id
    story.then(lambda each: add_photo(each, photo, width=1, height=1, clean_sha256="0" * 64, now=story.now))
    story.wait()
    divided(story, "roads")
    parent, part = story.complaint, made(story)
    assert (part.parent_id, part.agency_id, part.part) == (parent.id, "roads", "The part of roads.")
    assert (part.comment, part.lat, part.reporter) == (parent.comment, parent.lat, parent.reporter)
    assert (part.due_at, part.promise, part.submitted_at) == (
        parent.due_at,
        parent.promise,
        parent.submitted_at,
    )
    assert [(each.id, each.kept_with) for each in part.photos] == [(photo, parent.id)]
    given = tick(part, region=REGION, now=story.now + 2 * HOUR)
    assert given is not None
    assert given.event.type == EventType.ASSIGNED
    assert (given.after.agency_id, given.after.due_at) == ("roads", parent.due_at)
    assert given.watch_round == 1


def test_a_part_of_what_is_overdue_gets_a_term_of_its_own() -> None:
    story = assigned(REGION)
    while not story.complaint.overdue:
        story.wait()
    divided(story, "roads")
    part = made(story)
    assert part.due_at is not None
    assert part.due_at > story.now
    assert not part.overdue
    assert part.promise["agency"] == "roads"


def test_a_part_is_the_same_whenever_it_is_made() -> None:
    story = assigned(REGION)
    divided(story, "roads", "akimat")
    assert made(story, 1).id == made(story, 1, after=2 * HOUR).id == story.complaint.children[1]


def test_done_waits_for_every_part_and_declining_does_not() -> None:
    story = assigned(REGION)
    divided(story, "roads", "akimat")
    roads, akimat = made(story, 0), made(story, 1)
    settled = replace(roads, status=Status.ANSWERED)
    for parts in ((), (roads, akimat), (settled,), (settled, akimat)):
        with pytest.raises(Conflict) as refused:
            answered(story, parts=parts)
        assert refused.value.key == "parts_open"
    answered(story, "declined", parts=(roads, akimat))
    assert story.complaint.status == Status.ANSWERED
    story.then(lambda each: citizen.refute(each, by=REPORTER, reason="No.", now=story.now))
    answered(story, parts=(settled, replace(akimat, status=Status.WITHDRAWN)))


def test_withdrawing_names_the_parts_that_go_with_it() -> None:
    story = assigned(REGION)
    divided(story, "roads")
    event = story.then(
        lambda each: citizen.withdraw(each, by=REPORTER, reason="Done.", region=REGION, now=story.now)
    )
    assert event.data == {"reason": "Done.", "parts": list(story.complaint.children)}


def test_a_complaint_is_joined_as_a_whole() -> None:
    """Who joined is told of every part; who joined a part alone would be told of nothing."""
    story = assigned(REGION)
    divided(story, "roads")
    with pytest.raises(Conflict) as refused:
        citizen.join(made(story), by=NEIGHBOUR, now=story.now)
    assert refused.value.key == "part_not_joined"
    assert citizen.join(story.complaint, by=NEIGHBOUR, now=story.now)


def test_a_part_is_passed_on_but_not_divided_nor_given_back() -> None:
    story = assigned(REGION)
    divided(story, "roads")
    part = tick(made(story), region=REGION, now=story.now + 2 * HOUR)
    assert part is not None
    with pytest.raises(Conflict) as refused:
        agency.split(
            part.after,
            by=ROADS,
            parts=[agency.Part(agency_id="akimat", text=WHY)],
            region=REGION,
            now=story.now,
        )
    assert refused.value.key == "part_not_divided"
    with pytest.raises(Conflict) as refused:
        agency.transfer(part.after, by=ROADS, to="housing", reason=WHY, region=REGION, now=story.now)
    assert refused.value.key == "passed_on_before"
    assert agency.transfer(part.after, by=ROADS, to="akimat", reason=WHY, region=REGION, now=story.now)


def test_parts_go_to_different_bodies_and_are_nine_at_the_most() -> None:
    story = assigned(REGION)
    with pytest.raises(Invalid) as refused:
        divided(story, "roads", "roads")
    assert keys(refused) == [("/parts/1/to", "already_there")]
    with pytest.raises(Invalid) as refused:
        divided(story, "housing")
    assert keys(refused) == [("/parts/0/to", "already_there")]
    for _ in range(4):
        divided(story, "roads", "akimat")
    with pytest.raises(Invalid) as refused:
        divided(story, "roads", "akimat")
    assert keys(refused) == [("/parts", "too_many")]
    divided(story, "roads")
    assert len(set(story.complaint.children)) == 9


# Citizen


def test_a_comment_answers_an_open_question() -> None:
    story = assigned(REGION)
    story.then(lambda each: agency.ask(each, by=HOUSING, text="Where?", now=story.now))
    assert story.complaint.open_question == "Where?"
    event = story.then(lambda each: citizen.comment(each, by=REPORTER, text="There.", now=story.now))
    assert event.data["reply"] is True
    assert story.complaint.open_question is None
    event = story.then(lambda each: citizen.comment(each, by=REPORTER, text="Well?", now=story.now))
    assert event.data["reply"] is False


def test_a_refuted_answer_goes_back_on_the_old_clock_and_is_counted() -> None:
    story = assigned(REGION)
    due_at = story.complaint.due_at
    answered(story)
    story.then(lambda each: citizen.refute(each, by=REPORTER, reason="It is not.", now=story.now))
    after = story.complaint
    assert (after.status, after.due_at, after.refutations) == (Status.ASSIGNED, due_at, 1)
    assert (after.answer, after.close_at, after.answered_at) == (None, None, None)


def test_a_refutation_after_the_deadline_escalates_at_once() -> None:
    story = assigned(REGION)
    answered(story)
    assert story.complaint.due_at is not None
    late = story.complaint.due_at + HOUR
    back = citizen.refute(story.complaint, by=REPORTER, reason="It is not.", now=late)
    assert back.watch_round == 2
    missed = tick(back.after, region=REGION, now=late)
    assert missed is not None
    assert missed.event.type == EventType.ESCALATED


def test_refuting_with_a_photo_takes_the_persons_own() -> None:
    story = assigned(REGION)
    proof = proven(story)
    answered(story)
    story.then(lambda each: expect_photos(each, (PHOTO,), by=REPORTER, region=REGION, now=story.now))
    mine = story.complaint.photos[-1].id
    for wrong in (proof, "none"):
        with pytest.raises(Invalid) as refused:
            citizen.refute(story.complaint, by=REPORTER, reason="No.", photos=(mine, wrong), now=story.now)
        assert keys(refused) == [("/photos/1", "unknown_photo")]
    event = story.then(
        lambda each: citizen.refute(each, by=REPORTER, reason="No.", photos=(mine,), now=story.now)
    )
    assert event.data["photos"] == [mine]


def test_confirming_and_withdrawing_twice_is_once() -> None:
    story = assigned(REGION)
    answered(story)
    story.then(lambda each: citizen.confirm(each, by=REPORTER, now=story.now))
    assert citizen.confirm(story.complaint, by=REPORTER, now=story.now) is None
    story = assigned(REGION)
    story.then(lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=story.now))
    assert citizen.withdraw(story.complaint, by=REPORTER, reason=None, region=REGION, now=story.now) is None


def test_withdrawing_while_the_agency_answers_both_orders() -> None:
    story = assigned(REGION)
    withdrawn = citizen.withdraw(story.complaint, by=REPORTER, reason=None, region=REGION, now=story.now)
    assert withdrawn is not None
    with pytest.raises(MoveRefused) as refused:
        agency.answer(
            withdrawn.after, by=HOUSING, outcome="resolved", text="Done.", region=REGION, now=story.now
        )
    public = (Move.HIDE, Move.UNHIDE, Move.REDACT)
    assert (refused.value.status, refused.value.possible) == (Status.WITHDRAWN, public)
    answered(story)
    assert citizen.withdraw(story.complaint, by=REPORTER, reason=None, region=REGION, now=story.now)


def test_one_does_not_join_ones_own_complaint() -> None:
    story = assigned(REGION)
    with pytest.raises(Conflict):
        citizen.join(story.complaint, by=REPORTER, now=story.now)
    joined = citizen.join(story.complaint, by=NEIGHBOUR, now=story.now)
    assert (joined.after.joined, joined.follower) == (1, "neighbour")


# Time


def test_silence_climbs_to_the_top_and_stays_there_for_all_to_see() -> None:
    story = assigned(REGION)
    types = []
    while not story.complaint.overdue:
        types.append(story.wait().type)
    near, up = EventType.DEADLINE_NEAR, EventType.ESCALATED
    assert types == [near, up, near, up, near, up]
    assert story.complaint.escalated_to == ("akimat", "ministry")
    assert story.complaint.escalation_level == 3
    assert story.events[-1].data["exhausted"] is True
    assert tick(story.complaint, region=REGION, now=story.now + timedelta(days=999)) is None
    assert chain_fault(story.events, head=story.complaint.head) is None


def test_a_missed_acknowledgement_raises_the_level_and_leaves_the_term() -> None:
    story = in_work("open_manhole")
    due_at = story.complaint.due_at
    event = story.wait()
    assert event.data["missed"] == "late_acknowledgement"
    after = story.complaint
    assert (after.escalation_level, after.escalated_to, after.due_at) == (1, ("akimat",), due_at)


def test_after_an_outage_one_missed_term_is_one_level() -> None:
    story = in_work("open_manhole")
    assert story.complaint.due_at is not None
    missed = tick(story.complaint, region=story.region, now=story.complaint.due_at + 10 * HOUR)
    assert missed is not None
    assert (missed.event.data["missed"], missed.after.escalation_level) == ("silence", 1)
    assert missed.after.due_at == story.complaint.due_at + 12 * HOUR
    assert missed.after.acknowledge_by is None


def test_nothing_happens_before_its_time() -> None:
    story = assigned(REGION)
    assert story.complaint.near_at is not None
    assert (
        tick(story.complaint, region=REGION, now=story.complaint.near_at - timedelta(milliseconds=1)) is None
    )
    reminded = tick(story.complaint, region=REGION, now=story.complaint.near_at)
    assert reminded is not None
    assert reminded.event.type == EventType.DEADLINE_NEAR


def test_the_reminder_comes_with_a_quarter_of_the_term_left() -> None:
    complaint = in_work("open_manhole").complaint
    assert (complaint.due_at, complaint.near_at) == (START + 4 * HOUR, START + 3 * HOUR)


def test_an_answer_nobody_disputes_closes_by_itself() -> None:
    story = assigned(REGION)
    answered(story)
    assert story.complaint.close_at == story.now + timedelta(days=10)
    event = story.wait()
    assert (event.type, event.data["confirmed"]) == (EventType.CLOSED, False)


# A changed calendar


def moved_calendar(**changes: object):
    return region(calendar=RAW["calendar"] | changes)


def test_a_freed_day_moves_an_open_deadline_and_says_so() -> None:
    story = assigned(REGION)
    before = story.complaint
    event = story.then(
        lambda each: move_deadline(each, region=moved_calendar(moved_off=["2026-06-08"]), now=story.now)
    )
    assert event.type == EventType.DEADLINE_MOVED
    assert before.due_at is not None
    assert story.complaint.due_at == before.due_at + timedelta(days=1)
    assert story.complaint.promise["params"]["moved_off"] == ["2026-06-08"]
    again = move_deadline(story.complaint, region=moved_calendar(moved_off=["2026-06-08"]), now=story.now)
    assert again is None


def test_an_extended_deadline_is_counted_again_from_its_beginning() -> None:
    story = assigned(REGION)
    extended(story, "P5BD")
    free = moved_calendar(moved_off=["2026-06-03"])
    before = story.complaint.due_at
    story.then(lambda each: move_deadline(each, region=free, now=story.now))
    assert before is not None
    assert story.complaint.due_at == before + timedelta(days=1)
    assert story.complaint.promise["params"]["extensions"] == ["P5BD"]


def test_a_deadline_is_counted_by_the_calendar_it_was_promised_by_also_after_a_transfer() -> None:
    story = assigned(REGION)
    transferred(story, "roads")
    agencies = RAW["agencies"] | {
        "roads": RAW["agencies"]["roads"] | {"hours": {"opens": "06:00", "closes": "12:00"}}
    }
    assert move_deadline(story.complaint, region=region(agencies=agencies), now=story.now) is None


def test_nobody_misses_a_deadline_that_they_could_not_know_of() -> None:
    story = assigned(REGION)
    assert story.complaint.due_at is not None
    story.now = story.complaint.due_at - timedelta(minutes=5)
    earlier = moved_calendar(moved_working=["2026-06-06"])
    assert move_deadline(story.complaint, region=earlier, now=story.now) is None
    assert move_deadline(story.complaint, region=earlier, now=START) is not None


def test_the_acknowledgement_is_counted_again_also_where_the_answer_stays_and_that_is_the_bodies_own() -> (
    None
):
    """The answer's term is in hours by the clock; when it must be seen is in working days."""
    terms = {"answer_within": "P9D", "acknowledge_within": "P2BD"}
    story = in_work(**terms)
    before = story.complaint
    raw = deepcopy(RAW)
    raw["categories"]["rubbish"] |= terms
    raw["calendar"]["moved_off"] = ["2026-06-02"]
    event = story.then(lambda each: move_deadline(each, region=region_from_dict(raw), now=story.now))
    assert before.acknowledge_by is not None
    assert story.complaint.acknowledge_by == before.acknowledge_by + timedelta(days=1)
    assert story.complaint.due_at == before.due_at
    assert line(event, language="en", region=REGION) is None
    told = line(event, language="en", region=REGION, viewer=Viewer.IN_CHARGE)
    assert told is not None
    assert "begin work by 4 June" in told["body"]
    assert push_kind(event) is None


def test_while_an_answer_stands_its_term_to_be_refuted_and_the_old_clock_are_counted_again() -> None:
    raw = deepcopy(RAW)
    raw["terms"]["close_after_answer"] = "P10BD"
    story = assigned(region_from_dict(deepcopy(raw)))
    answered(story)
    before = story.complaint
    raw["calendar"]["moved_off"] = ["2026-06-08"]
    changed = region_from_dict(raw)
    event = story.then(lambda each: move_deadline(each, region=changed, now=story.now))
    after = story.complaint
    assert before.close_at is not None
    assert after.close_at == before.close_at + timedelta(days=1)
    assert before.due_at is not None
    assert after.due_at == before.due_at + timedelta(days=1)
    assert after.status == Status.ANSWERED
    assert "The body must now answer by" in line(event, language="en", region=changed)["body"]


def test_no_deadline_moves_where_none_runs() -> None:
    free = moved_calendar(moved_off=["2026-06-08"])
    assert move_deadline(filed(REGION).complaint, region=free, now=START) is None
    story = assigned(REGION)
    while not story.complaint.overdue:
        story.wait()
    assert move_deadline(story.complaint, region=free, now=story.now) is None
