"""What was reported is put right, and everything that hangs on it follows in the one change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.complaints.complaint import Actor, ActorKind, Complaint, Status
from functions.complaints.duration import Duration
from functions.complaints.events import Event, EventType, chain_fault, event_id
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.correcting import Correction, Place, correct, follow_whole
from functions.complaints.moves.lapses import least_by
from functions.complaints.moves.parts import part_of
from functions.complaints.moves.possible import possible
from functions.complaints.moves.recount import move_deadline
from functions.complaints.personal import event_without_words, without_person, without_words
from functions.complaints.region import Region
from functions.complaints.timers import timers
from functions.complaints.transitions import Move, MoveRefused
from functions.complaints.verification import complaint_fault
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, START, Story, assigned, filed
from tests.region_fixture import EAST, WEST, category, region

WHY = "It is about something else."
ROADS = Actor(kind=ActorKind.AGENCY, id="roads")
AKIMAT = Actor(kind=ActorKind.AGENCY, id="akimat")
QUESTIONS = [
    {"id": "size", "text": {"en": "Size"}, "kind": "number", "required": True},
    {"id": "colour", "text": {"en": "Colour"}, "kind": "text"},
]
CATEGORIES = (
    category("rubbish"),
    category("street_light", answer_within="P20BD", acknowledge_within="P1BD"),
    category("insects", answer_within="P5BD", escalation_terms=["P2BD"], acknowledge_within="PT2BH"),
    category("pothole", responsible={"default": None, "districts": {"west": "roads", "east": "roads"}}),
    category(
        "open_manhole",
        danger=True,
        answer_within="PT4H",
        acknowledge_within="PT1H",
        escalation_terms=["PT2H", "PT1H"],
        responsible={"default": "housing", "districts": {"east": "roads"}},
    ),
    category("fallen_tree", questions=QUESTIONS),
    category("hole", questions=[QUESTIONS[1]], responsible={"default": "roads", "districts": {}}),
)
REGION = region(categories={each["id"]: each for each in CATEGORIES})
THERE = Place(lat=EAST[0], lon=EAST[1], address="Beside the school")
HERE = Place(lat=52.5012, lon=76.5012, address=None)


def put_right(
    story: Story, *, by: Actor = HOUSING, after: timedelta = timedelta(minutes=1), **what: Any
) -> Event:
    correction = Correction(**{"reason": WHY, **what})
    return story.then(
        lambda each: correct(each, correction, by=by, region=story.region, now=story.now), after=after
    )


def faults(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.key) for fault in refused.value.faults]


def held(story: Story) -> None:
    """The history holds, and the complaint is what it left."""
    assert chain_fault(story.events, head=story.complaint.head) is None
    assert complaint_fault(story.complaint, story.events) is None


def can(complaint: Complaint, by: Actor, *, region: Region = REGION) -> set[Move]:
    found = possible(complaint, by=by, region=region, now=START)
    return {Move.RECATEGORISE, Move.RELOCATE} & {*found}


# Who, and when


def test_the_reporter_puts_it_right_before_any_body_has_it() -> None:
    story = filed(REGION, photos=1)
    event = put_right(story, by=REPORTER, category="pothole", place=THERE)
    assert (event.type, event.status) == (EventType.RECATEGORISED, Status.AWAITING_PHOTOS)
    assert (story.complaint.category, story.complaint.lon) == ("pothole", EAST[1])
    assert story.complaint.agency_id is None
    assert story.complaint.photos_due_at == story.changes[0].after.photos_due_at
    held(story)


def test_it_is_then_assigned_by_what_it_says_now() -> None:
    story = filed(REGION)
    put_right(story, by=REPORTER, category="open_manhole", place=THERE)
    story.wait()
    complaint = story.complaint
    assert (complaint.agency_id, complaint.district, complaint.danger) == ("roads", "east", True)
    assert complaint.due_at == START + timedelta(hours=4)


@pytest.mark.parametrize("begun", ["acknowledged", "extended", "divided", "refuted"])
def test_once_a_body_has_taken_it_up_the_reporter_cannot(begun: str) -> None:
    story = assigned(REGION)
    assert can(story.complaint, REPORTER) == {Move.RECATEGORISE, Move.RELOCATE}
    match begun:
        case "acknowledged":
            story.then(lambda each: agency.acknowledge(each, by=HOUSING, now=story.now))
        case "extended":
            more = Duration.parse("P5BD")
            story.then(
                lambda each: agency.extend_deadline(
                    each, by=HOUSING, extension=more, reason=WHY, region=REGION, now=story.now
                )
            )
        case "divided":
            _divided(story)
        case "refuted":
            _refuted(story)
    with pytest.raises(Conflict) as refused:
        put_right(story, by=REPORTER, category="pothole")
    assert refused.value.key == "taken_up"
    assert can(story.complaint, REPORTER) == set()
    assert can(story.complaint, HOUSING) == {Move.RECATEGORISE, Move.RELOCATE}


@pytest.mark.parametrize("by", [NEIGHBOUR, ROADS, Actor(kind=ActorKind.CITIZEN, id=None)])
def test_nobody_else_can(by: Actor) -> None:
    story = assigned(REGION)
    with pytest.raises(NotFound):
        put_right(story, by=by, category="pothole")
    assert can(story.complaint, NEIGHBOUR) == set()


def test_a_body_above_can_once_it_was_escalated_to_it() -> None:
    story = assigned(REGION)
    with pytest.raises(NotFound):
        put_right(story, by=AKIMAT, category="pothole")
    while story.wait().type != EventType.ESCALATED:
        pass
    put_right(story, by=AKIMAT, category="pothole")
    assert story.complaint.in_charge == ("roads", "akimat")
    assert story.complaint.passed_by == ("housing",)


def test_nothing_is_put_right_while_an_answer_stands_or_after_the_end() -> None:
    story = assigned(REGION)
    _answered(story)
    with pytest.raises(MoveRefused):
        put_right(story, category="pothole")
    story.then(lambda each: citizen.confirm(each, by=REPORTER, now=story.now))
    for by in (HOUSING, REPORTER):
        with pytest.raises(MoveRefused):
            put_right(story, by=by, category="pothole")


def test_a_part_is_not_put_right_but_follows_its_whole() -> None:
    story = assigned(REGION)
    part = _divided(story)
    for by in (ROADS, REPORTER):
        with pytest.raises(Conflict) as refused:
            correct(part, Correction(category="hole"), by=by, region=REGION, now=story.now)
        assert refused.value.key == "part_not_corrected"
    event = put_right(story, category="open_manhole", place=THERE)
    assert event.data["parts"] == [part.id]
    follows = follow_whole(part, story.complaint, region=REGION, now=story.now)
    assert follows is not None
    after = follows.after
    assert (after.agency_id, after.category, after.danger) == ("roads", "open_manhole", True)
    assert (after.lat, after.lon, after.address, after.district) == (*EAST, THERE.address, "east")
    assert after.due_at is not None
    assert part.due_at is not None
    assert after.due_at < part.due_at
    assert follow_whole(after, story.complaint, region=REGION, now=story.now) is None


# What may be said


def test_something_must_be_said_and_must_be_otherwise() -> None:
    story = assigned(REGION)
    with pytest.raises(Invalid) as refused:
        put_right(story)
    assert faults(refused) == [("", "nothing_to_correct")]
    same = Place(lat=WEST[0], lon=WEST[1])
    with pytest.raises(Invalid) as refused:
        put_right(story, category="rubbish", place=same, answers={})
    assert faults(refused) == [
        ("/category", "unchanged"),
        ("/location", "unchanged"),
        ("/answers", "unchanged"),
    ]


def test_every_fault_is_said_at_once() -> None:
    story = assigned(REGION)
    outside = Place(lat=10.0, lon=10.0)
    answers = {"size": "big", "weight": "heavy"}
    with pytest.raises(Invalid) as refused:
        put_right(story, category="fallen_tree", place=outside, answers=answers)
    assert faults(refused) == [
        ("/location", "outside_region"),
        ("/answers/weight", "unknown_question"),
        ("/answers/size", "wrong_type"),
    ]
    with pytest.raises(Invalid) as refused:
        put_right(story, category="nonsense")
    assert faults(refused) == [("/category", "unknown_category")]
    with pytest.raises(Invalid) as refused:
        put_right(assigned(replace(REGION, canary="hole")), category="hole")
    assert faults(refused) == [("/category", "unknown_category")]
    with pytest.raises(Invalid) as refused:
        put_right(story, answers={"a/b~": "x"})
    assert faults(refused) == [("/answers/a~1b~0", "unknown_question")]


def test_a_category_that_nobody_answers_for_there_is_none() -> None:
    unowned = category("fishing", responsible={"default": None, "districts": {"east": "roads"}})
    here = region(categories={each["id"]: each for each in (*CATEGORIES, unowned)})
    story = assigned(here)
    with pytest.raises(Invalid) as refused:
        put_right(story, category="fishing")
    assert faults(refused) == [("/category", "nobody_responsible")]
    put_right(story, category="fishing", place=THERE)
    assert story.complaint.agency_id == "roads"
    with pytest.raises(Invalid) as refused:
        put_right(story, by=ROADS, place=HERE)
    assert faults(refused) == [("/location", "nobody_responsible")]


def test_the_reporter_answers_what_the_new_category_asks_and_a_body_cannot_for_them() -> None:
    story = assigned(REGION)
    with pytest.raises(Invalid) as refused:
        put_right(story, by=REPORTER, category="fallen_tree")
    assert faults(refused) == [("/answers/size", "missing")]
    put_right(story, category="fallen_tree")
    assert story.complaint.answers == {}


def test_answers_that_the_new_category_asks_for_too_stay() -> None:
    story = assigned(REGION)
    put_right(story, category="fallen_tree", answers={"size": "3", "colour": "green"})
    event = put_right(story, category="hole")
    assert story.complaint.answers == {"colour": "green"}
    assert event.data["answers"] == {"colour": "green"}
    assert event.data["answers_before"] == {"size": "3", "colour": "green"}
    held(story)


# Whose it is then


def test_it_goes_to_the_body_that_answers_for_what_it_is() -> None:
    story = assigned(REGION)
    event = put_right(story, category="pothole")
    complaint = story.complaint
    assert (event.type, event.status) == (EventType.RECATEGORISED, Status.ASSIGNED)
    assert (complaint.agency_id, complaint.passed_by) == ("roads", ("housing",))
    assert event.data == {
        "category": "pothole",
        "category_before": "rubbish",
        "district": "west",
        "from": "housing",
        "to": "roads",
        "due_at": event.standing["due_at"],
        "reason": WHY,
    }
    assert complaint.had_since == {"roads": story.now}
    assert complaint.passed_on is not None
    assert complaint.passed_on.agency_id == "housing"
    held(story)


def test_another_place_may_be_another_bodys() -> None:
    story = assigned(REGION, category="open_manhole")
    story.then(lambda each: agency.acknowledge(each, by=HOUSING, now=story.now))
    event = put_right(story, place=THERE)
    complaint = story.complaint
    assert event.type == EventType.RELOCATED
    assert (complaint.agency_id, complaint.district, complaint.status) == ("roads", "east", Status.ASSIGNED)
    assert complaint.acknowledge_by == story.now + timedelta(hours=1)
    assert complaint.acknowledged_at is None
    assert complaint.address == THERE.address
    held(story)


def test_where_the_same_body_answers_for_it_nothing_changes_hands() -> None:
    story = assigned(REGION)
    story.then(lambda each: agency.acknowledge(each, by=HOUSING, now=story.now))
    before = story.complaint
    event = put_right(story, place=THERE)
    assert story.complaint.status == Status.ACKNOWLEDGED
    assert story.complaint.had_since == before.had_since
    assert story.complaint.due_at == before.due_at
    assert not {"from", "to", "promise"} & event.data.keys()


def test_a_transfer_that_was_decided_on_stands() -> None:
    """The routing says nothing new of a place some metres off, nor of a category of the same body."""
    story = assigned(REGION)
    story.then(
        lambda each: agency.transfer(each, by=HOUSING, to="roads", reason=WHY, region=REGION, now=story.now)
    )
    put_right(story, by=ROADS, place=HERE)
    put_right(story, by=ROADS, category="street_light")
    assert story.complaint.agency_id == "roads"


def test_no_body_gives_it_back_by_another_category_but_one_above_and_the_reporter() -> None:
    story = assigned(REGION)
    put_right(story, category="pothole")
    with pytest.raises(Conflict) as refused:
        put_right(story, by=ROADS, category="rubbish")
    assert refused.value.key == "passed_on_before"
    put_right(story, by=REPORTER, category="rubbish")
    assert story.complaint.agency_id == "housing"
    story = assigned(REGION)
    put_right(story, category="pothole")
    while story.wait().type != EventType.ESCALATED:
        pass
    put_right(story, by=AKIMAT, category="rubbish")
    assert story.complaint.agency_id == "housing"


# By when


def test_a_shorter_term_is_counted_from_the_first_registration() -> None:
    story = assigned(REGION)
    event = put_right(story, category="insects", after=timedelta(days=2))
    fresh = assigned(REGION, category="insects").complaint
    assert story.complaint.due_at == fresh.due_at
    assert story.complaint.promise == fresh.promise
    assert story.complaint.near_at == fresh.near_at
    assert event.data["promise"] == fresh.promise
    assert move_deadline(story.complaint, region=REGION, now=story.now) is None


def test_nothing_is_later_than_what_was_promised() -> None:
    story = assigned(REGION)
    before = story.complaint
    event = put_right(story, category="street_light")
    assert (story.complaint.due_at, story.complaint.promise) == (before.due_at, before.promise)
    assert "promise" not in event.data
    assert event.data["due_at"] == event.standing["due_at"]


def test_danger_tightens_at_once_and_leaves_the_least_time() -> None:
    story = assigned(REGION)
    put_right(story, category="open_manhole", after=timedelta(days=2))
    complaint = story.complaint
    assert complaint.danger
    assert complaint.due_at == story.now + timedelta(hours=2)
    assert complaint.acknowledge_by == story.now + timedelta(hours=1)
    assert story.changes[-1].watch_round is not None


def test_an_extension_is_not_cut_by_a_category_of_the_same_term() -> None:
    story = assigned(REGION)
    more = Duration.parse("P5BD")
    story.then(
        lambda each: agency.extend_deadline(
            each, by=HOUSING, extension=more, reason=WHY, region=REGION, now=story.now
        )
    )
    extended = story.complaint.due_at
    put_right(story, category="fallen_tree")
    assert story.complaint.due_at == extended
    put_right(story, category="insects")
    assert story.complaint.due_at is not None
    assert extended is not None
    assert story.complaint.due_at < extended


def test_what_a_body_corrects_too_late_is_not_held_against_who_gets_it() -> None:
    story = assigned(REGION)
    promised = story.complaint.due_at
    assert promised is not None
    story.now = promised - timedelta(minutes=10)
    put_right(story, category="pothole")
    assert story.complaint.due_at == promised
    while (event := story.wait()).type != EventType.ESCALATED:
        pass
    assert (event.data["missed"], event.data["agency"]) == ("passed_on_late", "housing")


def test_what_the_reporter_sends_elsewhere_begins_there_anew() -> None:
    """No body passed it on, so none is said to have done so too late: the other has its least time."""
    story = assigned(REGION)
    promised = story.complaint.due_at
    assert promised is not None
    story.now = promised - timedelta(minutes=10)
    event = put_right(story, by=REPORTER, category="pothole")
    least = least_by("pothole", to="roads", region=REGION, level=0, start=story.now)
    assert story.complaint.due_at == least > promised
    assert story.complaint.passed_on is None
    assert event.data["promise"] == story.complaint.promise
    while (event := story.wait()).type != EventType.ESCALATED:
        pass
    assert (event.data["missed"], event.data["agency"]) == ("silence", "roads")


def test_what_was_escalated_stays_so_with_the_shorter_of_the_terms() -> None:
    story = assigned(REGION)
    while story.wait().type != EventType.ESCALATED:
        pass
    before = story.complaint
    lapsed = before.lapse
    assert lapsed is not None
    put_right(story, category="insects")
    complaint = story.complaint
    assert (complaint.escalation_level, complaint.escalated_to) == (1, ("akimat",))
    assert before.due_at is not None
    assert complaint.due_at is not None
    assert lapsed.told_at < complaint.due_at < before.due_at
    assert complaint.lapse == lapsed


def test_what_is_overdue_stays_so() -> None:
    story = assigned(REGION)
    while not story.complaint.overdue:
        story.wait()
    before = story.complaint
    event = put_right(story, category="open_manhole")
    assert story.complaint.overdue
    assert (story.complaint.due_at, story.complaint.lapse) == (before.due_at, before.lapse)
    assert "due_at" not in event.data
    assert timers(story.complaint) == ()


@pytest.mark.parametrize(
    ("old", "new", "waited", "within"),
    [
        # From the assignment, as long as that is ahead.
        ("street_light", "insects", timedelta(minutes=5), "PT2BH"),
        # Nobody is late at once: from now, or by when it was to be said anyway.
        ("street_light", "insects", timedelta(hours=5), None),
        ("rubbish", "insects", timedelta(hours=5), None),
        ("insects", "rubbish", timedelta(minutes=5), None),
    ],
)
def test_by_when_the_body_says_that_it_has_seen_it(
    old: str, new: str, waited: timedelta, within: str | None
) -> None:
    story = assigned(REGION, category=old)
    before = story.complaint.acknowledge_by
    put_right(story, category=new, after=waited)
    found = story.complaint.acknowledge_by
    if new == "rubbish":
        assert found is None
    elif within is not None:
        assert found == assigned(REGION, category=new).complaint.acknowledge_by
    else:
        assert found is not None
        assert story.now < found <= (before or found)
    assert move_deadline(story.complaint, region=REGION, now=story.now) is None


# What is the person's own


def test_the_place_is_in_the_event_as_it_is_in_the_complaint_and_goes_with_it() -> None:
    story = assigned(REGION)
    event = put_right(story, place=THERE, category="pothole")
    assert event.data["location"] == {"lat": EAST[0], "lon": EAST[1], "address": THERE.address}
    assert event.data["location_before"] == {"lat": WEST[0], "lon": WEST[1], "address": None}
    held(story)
    story.events = [event_without_words(each) for each in story.events]
    story.complaint = without_person(without_words(story.complaint))
    held(story)
    # What the body wrote is its own.
    assert story.events[-1].data["reason"] == WHY
    assert not {"location", "location_before"} & story.events[-1].data.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("location", {"lat": 52.6, "lon": 76.6, "address": None}),
        ("location_before", {"lat": 52.6, "lon": 76.6, "address": None}),
        ("reason", "Another reason."),
        ("category", "rubbish"),
        ("to", "akimat"),
    ],
)
def test_whoever_changes_what_was_put_right_is_found_out(name: str, value: object) -> None:
    story = assigned(REGION)
    put_right(story, place=THERE, category="pothole")
    last = story.events[-1]
    forged = replace(last, data={**last.data, name: value})
    fault = chain_fault([*story.events[:-1], forged], head=story.complaint.head)
    assert fault is not None
    assert event_id(fault.complaint_id, fault.seq) == last.id


def test_of_an_erased_reporters_the_category_alone_is_put_right() -> None:
    story = assigned(REGION)
    story.complaint = without_person(without_words(story.complaint))
    for what in ({"place": HERE}, {"answers": {}}, {"place": HERE, "category": "pothole"}):
        with pytest.raises(Conflict) as refused:
            put_right(story, **what)
        assert refused.value.key == "place_erased"
    assert can(story.complaint, HOUSING) == {Move.RECATEGORISE}
    put_right(story, category="fallen_tree")
    held(story)
    assert without_words(story.complaint) == story.complaint


def _answered(story: Story) -> None:
    story.then(
        lambda each: agency.answer(
            each, by=HOUSING, outcome="resolved", text="Done.", region=story.region, now=story.now
        )
    )


def _refuted(story: Story) -> None:
    _answered(story)
    story.then(lambda each: citizen.refute(each, by=REPORTER, reason="It is not.", now=story.now))


def _divided(story: Story) -> Complaint:
    """The part of the roads' body."""
    asked = [agency.Part(agency_id="roads", text="Mend the road.")]
    event = story.then(
        lambda each: agency.split(each, by=HOUSING, parts=asked, region=story.region, now=story.now)
    )
    made: Mapping[str, Any] = event.data["parts"][0]
    return part_of(story.complaint, made, split=event, region=story.region, now=story.now).after
