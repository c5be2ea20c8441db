"""What somebody is told to be possible is what they can do."""

from contextlib import suppress
from datetime import timedelta

import pytest

from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.duration import Duration
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.limits import PARTS_MOST
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.possible import possible
from functions.complaints.transitions import Move, MoveRefused
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, Story, assigned, filed
from tests.region_fixture import region, with_category

REGION = region()
AKIMAT = Actor(kind=ActorKind.AGENCY, id="akimat")
ROADS = Actor(kind=ActorKind.AGENCY, id="roads")
WHY = "The pipe has to be ordered first."
REFUSED = (Conflict, Invalid, MoveRefused, NotFound)


def fresh() -> Story:
    return assigned(REGION)


def extended() -> Story:
    story = fresh()
    story.then(lambda each: extends(each, HOUSING, story))
    return story


def climbed() -> Story:
    story = fresh()
    while not story.complaint.escalated_to:
        story.wait()
    return story


def overdue() -> Story:
    story = fresh()
    while not story.complaint.overdue:
        story.wait()
    return story


def late() -> Story:
    """Its deadline has passed, and no timer has woken up yet."""
    story = fresh()
    assert story.complaint.due_at is not None
    story.now = story.complaint.due_at + timedelta(seconds=1)
    return story


def divided() -> Story:
    story = fresh()
    for _ in range(5):
        story.then(lambda each: divides(each, HOUSING, story))
        if len(story.complaint.children) == PARTS_MOST - 1:
            break
    story.then(
        lambda each: agency.split(
            each, by=HOUSING, parts=[agency.Part(agency_id="roads", text=WHY)], region=REGION, now=story.now
        )
    )
    return story


def passed_up() -> Story:
    """The owner's own parent has it, and may hand it back."""
    story = fresh()
    story.then(
        lambda each: agency.transfer(each, by=HOUSING, to="akimat", reason=WHY, region=REGION, now=story.now)
    )
    return story


def never_extended() -> Story:
    return assigned(with_category("rubbish", extension={"limit": "P2M", "times": 0}))


def answered() -> Story:
    story = fresh()
    story.then(lambda each: answers(each, HOUSING, story))
    return story


def extends(each, by, story):
    return agency.extend_deadline(
        each, by=by, extension=Duration.parse("P1BD"), reason=WHY, region=story.region, now=story.now
    )


def divides(each, by, story):
    """Between two of the bodies that can be given a part; a pair with `akimat` is none for `akimat` itself."""
    for pair in (("roads", "akimat"), ("roads", "ministry")):
        parts = [agency.Part(agency_id=to, text=WHY) for to in pair]
        with suppress(Invalid):
            return agency.split(each, by=by, parts=parts, region=story.region, now=story.now)
    raise Conflict("part_not_divided")


def answers(each, by, story):
    return agency.answer(each, by=by, outcome="declined", text=WHY, region=story.region, now=story.now)


def given(each, by, story, move):
    """To the first body that it can be given to."""
    for to in story.region.agencies:
        with suppress(Conflict, Invalid):
            return move(each, by=by, to=to, reason=WHY, region=story.region, now=story.now)
    raise Conflict("passed_on_before")


def passes_on(each, by, story):
    return given(each, by, story, agency.transfer)


def instructs(each, by, story):
    return given(each, by, story, agency.instruct)


def joins(each, by, story):
    return citizen.join(each, by=by, now=story.now)


def leaves(each, by, story):
    return citizen.leave(each, by=by, now=story.now)


def withdraws(each, by, story):
    return citizen.withdraw(each, by=by, reason=None, region=REGION, now=story.now)


DEEDS = {
    Move.EXTEND: extends,
    Move.SPLIT: divides,
    Move.TRANSFER: passes_on,
    Move.INSTRUCT: instructs,
    Move.ANSWER: answers,
    Move.JOIN: joins,
    Move.LEAVE: leaves,
    Move.WITHDRAW: withdraws,
}


@pytest.mark.parametrize("by", [HOUSING, AKIMAT, ROADS, REPORTER, NEIGHBOUR], ids=lambda by: by.id)
@pytest.mark.parametrize(
    "told",
    [
        lambda: filed(REGION),
        fresh,
        extended,
        climbed,
        overdue,
        late,
        divided,
        passed_up,
        never_extended,
        answered,
    ],
)
def test_what_is_said_to_be_possible_can_be_done_and_nothing_else(told, by: Actor) -> None:
    story = told()
    listed = possible(story.complaint, by=by, region=story.region, now=story.now)
    for name, deed in DEEDS.items():
        try:
            done = deed(story.complaint, by, story) is not None
        except REFUSED:
            done = False
        assert (name in listed) == done, name
