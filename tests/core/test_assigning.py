"""Whom a body gives a complaint to among its own: each body has its own, and it ends with the body's having it."""

import pytest

from functions.complaints.caps import ADDITIONS_MOST
from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.faults import Conflict, NotFound
from functions.complaints.history import line
from functions.complaints.moves import agency
from functions.complaints.moves.officers import assign_officer
from functions.complaints.moves.possible import possible
from functions.complaints.texts import LANGUAGES
from functions.complaints.transitions import Move, MoveRefused
from functions.complaints.visibility import Viewer, is_ones_own
from tests.core.story import HOUSING, Story, assigned, filed
from tests.region_fixture import region

REGION = region()
AKIMAT, MINISTRY, ROADS = (Actor(kind=ActorKind.AGENCY, id=each) for each in ("akimat", "ministry", "roads"))
WHY = "It is a road, and no yard."


def gives(story: Story, by: Actor, to: str | None):
    return story.then(lambda each: assign_officer(each, by=by, to=to, now=story.now))


def climbed(levels: int = 1) -> Story:
    story = assigned(REGION)
    while len(story.complaint.escalated_to) < levels:
        story.wait()
    return story


def test_each_body_in_charge_has_its_own() -> None:
    story = climbed()
    gives(story, HOUSING, "one")
    gives(story, AKIMAT, "two")
    assert story.complaint.officers == {"housing": "one", "akimat": "two"}
    gives(story, HOUSING, None)
    assert story.complaint.officers == {"akimat": "two"}


def test_what_stands_already_is_no_step() -> None:
    story = assigned(REGION)
    assert assign_officer(story.complaint, by=HOUSING, to=None, now=story.now) is None
    gives(story, HOUSING, "one")
    assert assign_officer(story.complaint, by=HOUSING, to="one", now=story.now) is None


def test_whoever_has_it_no_longer_has_nobody_who_has_it() -> None:
    story = climbed()
    gives(story, HOUSING, "one")
    gives(story, AKIMAT, "two")
    story.then(
        lambda each: agency.transfer(each, by=AKIMAT, to="roads", reason=WHY, region=REGION, now=story.now)
    )
    assert story.complaint.officers == {"akimat": "two"}
    story.then(
        lambda each: agency.instruct(each, by=AKIMAT, to="housing", reason=WHY, region=REGION, now=story.now)
    )
    assert story.complaint.officers == {"akimat": "two"}


def test_a_stranger_and_one_who_passed_it_on_find_none() -> None:
    story = assigned(REGION)
    with pytest.raises(NotFound):
        gives(story, ROADS, "one")
    story.then(
        lambda each: agency.transfer(each, by=HOUSING, to="roads", reason=WHY, region=REGION, now=story.now)
    )
    with pytest.raises(NotFound):
        gives(story, HOUSING, "one")


def test_it_is_possible_as_long_as_a_body_has_it() -> None:
    story = assigned(REGION)
    assert Move.ASSIGN_OFFICER in possible(story.complaint, by=HOUSING, region=REGION, now=story.now)
    assert Move.ASSIGN_OFFICER not in possible(story.complaint, by=ROADS, region=REGION, now=story.now)
    assert Move.ASSIGN_OFFICER not in possible(
        filed(REGION).complaint, by=HOUSING, region=REGION, now=story.now
    )
    story.then(
        lambda each: agency.answer(
            each, by=HOUSING, outcome="resolved", text=WHY, region=REGION, now=story.now
        )
    )
    gives(story, HOUSING, "one")
    while story.complaint.status != "closed":
        story.wait()
    with pytest.raises(MoveRefused):
        gives(story, HOUSING, None)


def test_an_officer_cannot_be_changed_without_end() -> None:
    story = assigned(REGION)
    for number in range(ADDITIONS_MOST):
        gives(story, HOUSING, str(number))
    with pytest.raises(Conflict):
        gives(story, HOUSING, None)


def test_its_own_body_and_those_above_it_see_it_and_nobody_else() -> None:
    story = climbed(2)
    steps = {by.id: gives(story, by, "one") for by in (HOUSING, AKIMAT, MINISTRY)}
    see = {
        actor: [each for each in story.complaint.in_charge if is_ones_own(step, story.complaint, each)]
        for actor, step in steps.items()
    }
    assert see == {
        "housing": ["housing", "akimat", "ministry"],
        "akimat": ["akimat", "ministry"],
        "ministry": ["ministry"],
    }
    story.then(
        lambda each: agency.transfer(each, by=MINISTRY, to="roads", reason=WHY, region=REGION, now=story.now)
    )
    assert not is_ones_own(steps["housing"], story.complaint, "roads")
    assert is_ones_own(story.events[-1], story.complaint, "roads")
    for viewer in (Viewer.REPORTER, Viewer.JOINER, Viewer.PASSED_ON, Viewer.PUBLIC):
        assert line(steps["housing"], language="en", region=REGION, viewer=viewer) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_words_that_name_no_officer(language: str) -> None:
    story = assigned(REGION)
    given, taken = gives(story, HOUSING, "officer-1"), gives(story, HOUSING, None)
    said = [
        line(each, language=language, region=REGION, viewer=Viewer.IN_CHARGE) or {} for each in (given, taken)
    ]
    assert said[0]["title"] != said[1]["title"]
    for each in said:
        assert "Housing" in each["body"]
        assert "officer-1" not in str(each)
