"""What its reporter takes back and others have joined goes on as theirs: without anything of the reporter."""

from dataclasses import replace

import pytest

from functions.complaints.complaint import ENDED, Actor, ActorKind, Status
from functions.complaints.events import EventType, chain_fault
from functions.complaints.faults import Invalid, NotFound
from functions.complaints.history import line, push_kind
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.joiners import end_abandoned
from functions.complaints.moves.possible import possible
from functions.complaints.texts import LANGUAGES, text
from functions.complaints.transitions import Move
from functions.complaints.verification import complaint_fault
from functions.complaints.visibility import Viewer
from tests.core.story import HOUSING, NEIGHBOUR, NUMBER, REPORTER, Story, assigned, filed, pushed
from tests.region_fixture import region

REGION = region()
ENDS = region(withdrawal={"with_joiners": "ends"})
WORDS = "Not collected, flat 17"
OTHER = Actor(kind=ActorKind.CITIZEN, id="other")


def joined(given=REGION) -> Story:
    story = assigned(given, comment=WORDS)
    story.then(lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    return story


def takes_back(story: Story):
    return story.then(
        lambda each: citizen.withdraw(each, by=REPORTER, reason=WORDS, region=story.region, now=story.now)
    )


def left() -> Story:
    story = joined()
    takes_back(story)
    return story


def answers(story: Story):
    return story.then(
        lambda each: agency.answer(
            each, by=HOUSING, outcome="resolved", text="Done.", region=REGION, now=story.now
        )
    )


def test_it_goes_on_on_its_clock_and_nothing_of_the_reporter_is_in_it() -> None:
    before = joined()
    story = left()
    complaint = story.complaint
    assert story.events[-1].type == EventType.LEFT_TO_JOINERS
    assert (complaint.status, complaint.due_at) == (before.complaint.status, before.complaint.due_at)
    assert (complaint.reporter, complaint.comment, complaint.address) == (None, "", None)
    assert (complaint.lat, complaint.lon) == (round(complaint.lat, 2), round(complaint.lon, 2))
    assert WORDS not in str(complaint)
    assert WORDS not in str(story.events[-1])
    assert chain_fault(story.events, head=complaint.head) is None
    assert complaint_fault(complaint, story.events) is None


def test_the_reporter_has_nothing_to_do_with_it_any_more() -> None:
    story = left()
    answers(story)
    for move in (citizen.confirm, citizen.withdraw):
        more = {"reason": None, "region": REGION} if move is citizen.withdraw else {}
        with pytest.raises(NotFound):
            move(story.complaint, by=REPORTER, now=story.now, **more)


def test_where_the_region_says_so_or_nobody_joined_or_no_body_has_it_or_it_is_a_part_it_ends() -> None:
    alone, early = assigned(REGION), filed(REGION)
    early.then(lambda each: citizen.join(each, by=NEIGHBOUR, now=early.now))
    part = joined()
    part.complaint = replace(part.complaint, parent_id="another")
    for story in (joined(ENDS), alone, early, part):
        takes_back(story)
        assert story.complaint.status == Status.WITHDRAWN
        assert story.complaint.reporter is not None


def test_any_who_joined_can_dispute_the_answer_without_photos_and_nobody_can_confirm_it() -> None:
    story = left()
    answers(story)
    assert Move.REFUTE in possible(story.complaint, by=NEIGHBOUR, region=REGION, now=story.now)
    with pytest.raises(NotFound):
        citizen.confirm(story.complaint, by=NEIGHBOUR, now=story.now)
    with pytest.raises(Invalid):
        citizen.refute(story.complaint, by=NEIGHBOUR, reason="No.", photos=("x",), now=story.now)
    refuted = citizen.refute(story.complaint, by=NEIGHBOUR, reason="No.", now=story.now)
    assert (refuted.after.status, refuted.speaker) == (Status.ASSIGNED, NEIGHBOUR.id)
    own = joined()
    answers(own)
    assert citizen.refute(own.complaint, by=REPORTER, reason="No.", now=own.now).speaker is None


def test_an_answer_that_nobody_disputes_closes() -> None:
    story = left()
    answers(story)
    story.wait()
    assert story.complaint.status == Status.CLOSED


def test_a_question_to_the_reporter_is_open_no_more() -> None:
    story = joined()
    story.then(lambda each: agency.ask(each, by=HOUSING, text="Where?", now=story.now))
    takes_back(story)
    assert story.complaint.open_question is None


def test_it_ends_when_the_last_of_them_has_left_and_not_before() -> None:
    story = joined()
    story.then(lambda each: citizen.join(each, by=OTHER, now=story.now))
    takes_back(story)
    story.then(lambda each: citizen.leave(each, by=OTHER, now=story.now))
    assert end_abandoned(story.complaint, now=story.now) is None
    story.then(lambda each: citizen.leave(each, by=NEIGHBOUR, now=story.now))
    story.then(lambda each: end_abandoned(each, now=story.now))
    assert story.complaint.status in ENDED
    assert end_abandoned(story.complaint, now=story.now) is None
    # Nobody joined one that has a reporter: it is theirs.
    assert end_abandoned(assigned(REGION).complaint, now=story.now) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_words(language: str) -> None:
    story = left()
    event = story.events[-1]
    for viewer in Viewer:
        said = line(event, language=language, region=REGION, viewer=viewer)
        assert said is not None
        assert "1" in said["body"] or language == "en"
    shows = pushed(event, region=REGION, language=language, viewer=Viewer.JOINER)
    assert shows is not None
    assert shows.title == f"{text('push.joined.left_to_joiners.title', language)} · {NUMBER}"
    assert push_kind(event, viewer=Viewer.REPORTER) is None
    answered = answers(story)
    theirs = line(answered, language=language, region=REGION, viewer=Viewer.JOINER)
    own = joined()
    others = line(answers(own), language=language, region=REGION, viewer=Viewer.JOINER)
    assert theirs is not None
    assert others is not None
    assert theirs["body"] != others["body"]
    story.complaint = replace(story.complaint, joined=0)
    ended = story.then(lambda each: end_abandoned(each, now=story.now))
    said = line(ended, language=language, region=REGION, viewer=Viewer.IN_CHARGE)
    assert said is not None
    assert push_kind(ended, viewer=Viewer.JOINER) is None
