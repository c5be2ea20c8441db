"""No side can add to a complaint without end, and none takes room away from another."""

from typing import Any

import pytest

from functions.complaints.caps import ADDITIONS_MOST, PHOTOS_LOST_MOST, REFUTATIONS_MOST
from functions.complaints.complaint import Actor, ActorKind, PhotoStatus
from functions.complaints.faults import Conflict
from functions.complaints.moves.photos import refuse_photo
from functions.complaints.moves.possible import possible
from functions.complaints.transitions import Move
from tests.core.full import REGION, Deed, answers, asks, comments, declares, done, refutes
from tests.core.story import HOUSING, REPORTER, Story, assigned

AKIMAT = Actor(kind=ActorKind.AGENCY, id="akimat")


def refused_by(story: Story, deed: Deed) -> tuple[str, Any]:
    with pytest.raises(Conflict) as refused:
        deed(story.complaint, story)
    return refused.value.key, refused.value.params


@pytest.mark.parametrize("by", [REPORTER, HOUSING], ids=lambda by: by.kind)
def test_each_side_adds_so_much_and_no_more_and_takes_nothing_from_the_other(by: Actor) -> None:
    story = assigned(REGION)
    for _ in range(ADDITIONS_MOST):
        done(story, comments(by))
    assert refused_by(story, comments(by)) == ("additions_full", {"limit": ADDITIONS_MOST})
    assert refused_by(story, declares(by))[0] == "additions_full"
    left = possible(story.complaint, by=by, region=REGION, now=story.now)
    assert not {Move.COMMENT, Move.ASK, Move.EXPECT_PHOTO, Move.TRANSFER} & {*left}
    done(story, comments(HOUSING if by is REPORTER else REPORTER))


def test_one_body_does_not_use_up_what_another_may_say() -> None:
    story = assigned(REGION)
    while not story.complaint.escalated_to:
        story.wait()
    for _ in range(ADDITIONS_MOST):
        done(story, comments(HOUSING))
    assert refused_by(story, comments(HOUSING))[0] == "additions_full"
    done(story, comments(AKIMAT))


def test_what_a_side_says_is_counted_across_all_of_its_ways() -> None:
    story = assigned(REGION)
    for number in range(ADDITIONS_MOST):
        done(story, asks if number % 2 else comments(HOUSING))
    assert refused_by(story, asks)[0] == refused_by(story, comments(HOUSING))[0] == "additions_full"


def test_an_answer_is_refuted_so_often_and_no_more() -> None:
    story = assigned(REGION)
    for _ in range(REFUTATIONS_MOST):
        done(story, answers)
        assert Move.REFUTE in possible(story.complaint, by=REPORTER, region=REGION, now=story.now)
        done(story, refutes)
    done(story, answers)
    assert refused_by(story, refutes) == ("refutations_full", {"limit": REFUTATIONS_MOST})
    assert Move.REFUTE not in possible(story.complaint, by=REPORTER, region=REGION, now=story.now)
    assert Move.CONFIRM in possible(story.complaint, by=REPORTER, region=REGION, now=story.now)


@pytest.mark.parametrize("by", [REPORTER, HOUSING], ids=lambda by: by.kind)
def test_photos_that_are_refused_and_declared_anew_come_to_an_end(by: Actor) -> None:
    story = assigned(REGION)
    most = 20 + PHOTOS_LOST_MOST
    for _ in range(most):
        done(story, declares(by))
        (new,) = (photo for photo in story.complaint.photos if photo.status == PhotoStatus.EXPECTED)
        story.then(lambda each, new=new: refuse_photo(each, new.id, reason="corrupt", now=story.now))
    assert refused_by(story, declares(by)) == ("photos_full", {"limit": most})
    # A new round, and there is room for its proof.
    done(story, answers)
    done(story, declares(by))
