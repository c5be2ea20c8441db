"""What is said of a body whose term passed: what it did not do, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.change import Change
from functions.complaints.clock import iso, parse_iso
from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.events import Event, EventType
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.history import line
from functions.complaints.lapse import Missed
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.parts import part_of
from functions.complaints.texts import LANGUAGES, UNKNOWN, text
from functions.complaints.timers import next_timer
from functions.complaints.transitions import MoveRefused
from tests.core.story import HOUSING, REPORTER, Story, assigned, pushed
from tests.region_fixture import region as small_region

REGION = small_region()
MINUTE = timedelta(minutes=1)
ROADS = Actor(kind=ActorKind.AGENCY, id="roads")
AKIMAT = Actor(kind=ActorKind.AGENCY, id="akimat")
WHY = "It belongs to another body."
REFUSED = (MoveRefused, Conflict, Invalid, NotFound)
REASONS = "There is nothing of the kind at this place."


def already() -> Change:
    raise Conflict("already_there")


def answers(story: Story, by: Actor = HOUSING, *, after: timedelta = MINUTE) -> Event:
    return story.then(
        lambda each: (
            agency.answer(each, by=by, outcome="declined", text=REASONS, region=REGION, now=story.now)
            or already()
        ),
        after=after,
    )


def disputes(story: Story, *, after: timedelta = MINUTE) -> Event:
    return story.then(
        lambda each: citizen.refute(each, by=REPORTER, reason="No.", now=story.now), after=after
    )


def passes_on(story: Story, to: str, by: Actor = HOUSING, *, after: timedelta = MINUTE) -> Event:
    return story.then(
        lambda each: (
            agency.transfer(each, by=by, to=to, reason=WHY, region=REGION, now=story.now) or already()
        ),
        after=after,
    )


def until_due(story: Story) -> timedelta:
    assert story.complaint.due_at is not None
    return story.complaint.due_at - story.now


def next_lapse(story: Story) -> dict[str, Any]:
    """Past reminders, to the escalation."""
    while (event := story.wait()).type != EventType.ESCALATED:
        pass
    return dict(event.data)


def test_who_never_answered_was_silent_since_it_had_it() -> None:
    story = assigned(REGION)
    had_since, due_at = story.now, story.complaint.due_at
    data = next_lapse(story)
    assert data["missed"] == Missed.SILENCE
    assert (data["agency"], data["had_since"]) == ("housing", iso(had_since))
    assert data["missed_at"] == data["known_at"] == iso(due_at)


def test_an_answer_that_stood_when_the_term_ended_and_is_disputed_later_is_no_silence() -> None:
    story = assigned(REGION)
    answered_at = answers(story).at
    due_at = story.complaint.due_at
    disputed_at = disputes(story, after=until_due(story) + timedelta(days=5)).at
    data = next_lapse(story)
    assert (data["missed"], data["agency"]) == (Missed.DISPUTED_ANSWER, "housing")
    assert (data["answered_at"], data["disputed_at"]) == (iso(answered_at), iso(disputed_at))
    assert (data["missed_at"], data["known_at"]) == (iso(due_at), iso(disputed_at))
    # And the one above, whose term it was then, is the one that was silent.
    later = next_lapse(story)
    assert (later["missed"], later["agency"]) == (Missed.SILENCE, "akimat")
    assert later["had_since"] == iso(parse_iso(data["disputed_at"]))


def test_an_answer_that_was_disputed_before_the_term_ended_is_no_silence_either() -> None:
    story = assigned(REGION)
    answers(story)
    disputes(story)
    data = next_lapse(story)
    assert (data["missed"], data["agency"]) == (Missed.DISPUTED_ANSWER, "housing")
    assert data["known_at"] == data["missed_at"]


def test_an_answer_after_the_term_is_no_answer_in_time() -> None:
    story = assigned(REGION)
    answers(story, after=until_due(story) + MINUTE)
    disputed_at = disputes(story, after=timedelta(days=2)).at
    data = next_lapse(story)
    assert (data["missed"], data["known_at"]) == (Missed.SILENCE, iso(disputed_at))


def test_an_acknowledgement_that_did_not_come_is_no_missing_answer() -> None:
    story = assigned(REGION, category="open_manhole")
    seen_by = story.complaint.acknowledge_by
    data = next_lapse(story)
    assert (data["missed"], data["agency"]) == (Missed.LATE_ACKNOWLEDGEMENT, "housing")
    assert data["missed_at"] == iso(seen_by)
    assert story.complaint.lapse is None
    answer = answers(story)
    assert answer.data["in_time"] is True


@pytest.mark.parametrize("left", [timedelta(), MINUTE, timedelta(hours=3)])
def test_who_was_given_it_on_the_last_day_is_not_the_one_that_let_it_lapse(left: timedelta) -> None:
    story = assigned(REGION)
    had_since, promised = story.now, story.complaint.due_at
    passed_at = passes_on(story, "roads", after=until_due(story) - left).at
    assert story.complaint.due_at == promised
    data = next_lapse(story)
    assert (data["missed"], data["agency"]) == (Missed.PASSED_ON_LATE, "housing")
    assert (data["had_since"], data["missed_at"]) == (iso(had_since), iso(promised))
    assert (data["passed_to"], data["passed_at"]) == ("roads", iso(passed_at))
    # Its own least time has passed too when the next term ends.
    assert story.complaint.passed_on is not None
    later = next_lapse(story)
    assert parse_iso(later["missed_at"]) >= story.complaint.passed_on.receiver_by
    assert (later["missed"], later["agency"], later["had_since"]) == ("silence", "roads", iso(passed_at))


def test_who_had_time_enough_of_its_own_is_named() -> None:
    story = assigned(REGION)
    passed_at = passes_on(story, "roads", after=until_due(story) - timedelta(days=4)).at
    data = next_lapse(story)
    assert (data["missed"], data["agency"], data["had_since"]) == ("silence", "roads", iso(passed_at))


def test_who_hands_on_at_once_what_it_was_handed_late_is_not_named() -> None:
    story = assigned(REGION)
    passes_on(story, "roads", after=until_due(story) - 2 * MINUTE)
    passes_on(story, "akimat", by=ROADS)
    data = next_lapse(story)
    assert (data["missed"], data["agency"], data["passed_to"]) == (Missed.PASSED_ON_LATE, "housing", "akimat")


@pytest.mark.parametrize(("category", "to"), [("rubbish", "roads"), ("open_manhole", "akimat")])
def test_a_part_for_another_body_on_the_last_day_is_the_leads_lateness(category: str, to: str) -> None:
    story = assigned(REGION, category=category)
    if category == "open_manhole":
        # The body above has the whole since then, and its part no longer than anybody's.
        assert next_lapse(story)["to"] == to
    event = story.then(
        lambda each: agency.split(
            each,
            by=HOUSING,
            parts=[agency.Part(agency_id=to, text="The kerb")],
            region=REGION,
            now=story.now,
        ),
        after=until_due(story) - MINUTE,
    )
    opening = part_of(story.complaint, event.data["parts"][0], split=event, region=REGION, now=story.now)
    part = Story(region=REGION, complaint=opening.after, now=story.now, events=[opening.event])
    part.then(lambda each: assign(each, region=REGION, now=part.now), after=timedelta(seconds=1))
    data = next_lapse(part)
    assert (data["missed"], data["agency"], data["passed_to"]) == (Missed.PASSED_ON_LATE, "housing", to)


def test_danger_leaves_less_than_the_regions_least_time() -> None:
    story = assigned(REGION, category="open_manhole")
    passes_on(story, "roads", after=timedelta(minutes=5))
    story.then(lambda each: agency.acknowledge(each, by=ROADS, now=story.now))
    data = next_lapse(story)
    assert (data["missed"], data["agency"]) == (Missed.SILENCE, "roads")


def test_overdue_with_a_body_is_never_since_before_it_had_it() -> None:
    story = assigned(REGION)
    while not story.complaint.overdue:
        story.wait()
    assert story.complaint.overdue_since == parse_iso(story.events[-1].data["missed_at"])
    passed_at = passes_on(story, "roads", by=AKIMAT, after=timedelta(days=3)).at
    assert story.complaint.overdue_since == passed_at


steps = st.lists(
    st.tuples(
        st.sampled_from(("answers", "disputes", "passes on", "waits")),
        st.sampled_from(("housing", "roads", "akimat", "ministry")),
        st.sampled_from(("housing", "roads", "akimat", "ministry")),
        st.sampled_from((MINUTE, timedelta(hours=20), timedelta(days=5), timedelta(days=21))),
    ),
    max_size=14,
)


@given(steps=steps)
def test_nobody_is_said_to_have_been_silent_who_answered_in_time_or_could_not(
    steps: list[tuple[str, str, str, timedelta]],
) -> None:
    story = assigned(REGION)
    due_at = story.complaint.due_at
    in_time: set[str] = set()
    for deed, by, to, after in steps:
        actor = Actor(kind=ActorKind.AGENCY, id=by)
        deeds = {
            "answers": lambda actor=actor, after=after: answers(story, actor, after=after),
            "disputes": lambda after=after: disputes(story, after=after),
            "passes on": lambda actor=actor, to=to, after=after: passes_on(story, to, actor, after=after),
            "waits": story.wait,
        }
        if next_timer(story.complaint) is None and deed == "waits":
            continue
        try:
            event = deeds[deed]()
        except REFUSED:
            continue
        if deed == "answers" and due_at is not None and event.at <= due_at:
            in_time.add(by)
        if event.type == EventType.ESCALATED:
            data = event.data
            if data["missed"] == Missed.SILENCE:
                assert data["agency"] not in in_time
                assert parse_iso(data["had_since"]) < parse_iso(data["missed_at"])
            if data["missed"] == Missed.DISPUTED_ANSWER:
                assert data["agency"] in in_time
            assert parse_iso(data["missed_at"]) <= parse_iso(data["known_at"]) <= event.at
        due_at = None if story.complaint.overdue else story.complaint.due_at


def lives() -> dict[Missed, Story]:
    """A story that ends with each kind of lapse."""
    silent, disputed, unseen, handed = (
        assigned(REGION),
        assigned(REGION),
        assigned(REGION, category="open_manhole"),
        assigned(REGION),
    )
    answers(disputed)
    disputes(disputed, after=until_due(disputed) + timedelta(days=5))
    passes_on(handed, "roads", after=until_due(handed) - MINUTE)
    stories = (silent, disputed, unseen, handed)
    return {Missed(next_lapse(story)["missed"]): story for story in stories}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_four_are_four_different_sentences_in_history_and_push(language: str) -> None:
    stories = lives()
    assert set(stories) == set(Missed)
    lines, pushes = set(), set()
    for missed, story in stories.items():
        said = line(story.events[-1], language=language, region=REGION)
        told = pushed(story.events[-1], region=REGION, language=language)
        assert said is not None
        assert told is not None
        assert UNKNOWN not in said["body"] + told.body
        assert "Housing" in said["body"]
        assert (
            missed == Missed.SILENCE
            or text_of_silence(language) not in said["title"] + told.title + told.body
        )
        lines.add((said["title"], said["body"]))
        pushes.add((told.title, told.body))
    assert len(lines) == len(pushes) == 4


def text_of_silence(language: str) -> str:
    return text("event.complaint.escalated.silence.title", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("missed", [Missed.SILENCE, Missed.DISPUTED_ANSWER, Missed.PASSED_ON_LATE])
def test_at_the_top_the_same_is_said_and_that_nobody_is_left(language: str, missed: Missed) -> None:
    event = lives()[missed].events[-1]
    top = replace(event, data=dict(event.data) | {"to": None, "due_at": None, "exhausted": True})
    said, told = line(top, language=language, region=REGION), pushed(top, region=REGION, language=language)
    assert said is not None
    assert told is not None
    assert UNKNOWN not in said["body"] + told.body
    refusal = {"kk": "бас тарту деп есептеледі", "ru": "считается отказом", "en": "counts as a refusal"}
    assert (refusal[language] in said["body"]) == (missed != Missed.DISPUTED_ANSWER)
