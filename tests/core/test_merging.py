"""Two complaints of the same thing: what can be merged, which deadline counts, and that its reporter undoes it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.complaints.complaint import Actor, ActorKind, Complaint, Status
from functions.complaints.events import EventType
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.history import line, push_kind
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.merging import absorb, merge, put_apart
from functions.complaints.moves.possible import possible
from functions.complaints.texts import LANGUAGES
from functions.complaints.timers import next_timer
from functions.complaints.transitions import Move, MoveRefused
from functions.complaints.visibility import Viewer
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, Story, assigned, pushed
from tests.region_fixture import region, with_category

REGION = region()
ROADS = Actor(kind=ActorKind.AGENCY, id="roads")
WHY = "It is the same heap of rubbish."


def pair() -> tuple[Story, Story]:
    """The one that is merged, and the other."""
    return assigned(REGION), assigned(REGION)


def merges(story: Story, into: Complaint | None, *, by: Actor = HOUSING):
    return story.then(lambda each: merge(each, into, by=by, reason=WHY, region=REGION, now=story.now))


def merged() -> tuple[Story, Story]:
    story, other = pair()
    merges(story, other.complaint)
    return story, other


def test_it_waits_for_its_reporter_as_an_answer_does_and_then_closes() -> None:
    story, other = merged()
    complaint = story.complaint
    assert (complaint.status, complaint.merged_into) == (Status.ANSWERED, other.complaint.id)
    assert story.changes[-1].beside == other.complaint
    assert complaint.answer is None
    story.wait()
    assert (story.complaint.status, story.complaint.merged_into) == (Status.CLOSED, other.complaint.id)


@pytest.mark.parametrize(
    "changed",
    [
        {"category": "pothole"},
        {"lat": 52.5011},
        {"parent_id": "another"},
        {"status": Status.ANSWERED},
        {"status": Status.CLOSED},
        {"absorbed": ("x",) * 50},
    ],
    ids=str,
)
def test_what_it_cannot_be_merged_into(changed) -> None:
    story, other = pair()
    for into in (replace(other.complaint, **changed), story.complaint, None):
        with pytest.raises(Invalid):
            merges(story, into)
    assert replace(other.complaint, lat=52.5008).lat == merges_near(story, other)


def merges_near(story: Story, other: Story) -> float:
    near = replace(other.complaint, lat=52.5008)
    merges(story, near)
    return near.lat


def test_of_a_category_of_which_two_are_never_the_same_none_is_merged() -> None:
    given = with_category("rubbish", duplicate_radius_m=0)
    story, other = assigned(given), assigned(given)
    with pytest.raises(Invalid):
        merge(story.complaint, other.complaint, by=HOUSING, reason=None, region=given, now=story.now)


@pytest.mark.parametrize(
    "changed",
    [
        {"parent_id": "another"},
        {"children": ("a",)},
        {"absorbed": ("a",)},
        {"overdue": True},
        {"refutations": 1},
        {"left_to_joiners": True},
    ],
    ids=str,
)
def test_what_is_merged_into_nothing(changed) -> None:
    story, other = pair()
    assert Move.MERGE in possible(story.complaint, by=HOUSING, region=REGION, now=story.now)
    story.complaint = replace(story.complaint, **changed)
    assert Move.MERGE not in possible(story.complaint, by=HOUSING, region=REGION, now=story.now)
    with pytest.raises(Conflict):
        merges(story, other.complaint)


def test_only_the_body_that_has_both_merges_and_only_once() -> None:
    story, other = pair()
    with pytest.raises(NotFound):
        merges(story, other.complaint, by=ROADS)
    with pytest.raises(Invalid):
        merges(story, replace(other.complaint, agency_id="roads"))
    merges(story, other.complaint)
    with pytest.raises(MoveRefused):
        merges(story, other.complaint)


def test_nobody_joins_it_and_it_ends_when_it_is_taken_back() -> None:
    story, _ = pair()
    story.then(lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    merges(story, assigned(REGION).complaint)
    other = Actor(kind=ActorKind.CITIZEN, id="other")
    with pytest.raises(Conflict):
        citizen.join(story.complaint, by=other, now=story.now)
    assert Move.JOIN not in possible(story.complaint, by=other, region=REGION, now=story.now)
    story.then(lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=story.now))
    assert story.complaint.status == Status.WITHDRAWN


def test_the_earlier_deadline_counts_once_and_leaves_the_least_time() -> None:
    story, other = merged()
    promised = other.complaint.due_at
    later = absorb(other.complaint, story.complaint, region=REGION, now=other.now)
    assert (later.after.due_at, later.after.absorbed) == (promised, (story.complaint.id,))
    assert "due_at" not in later.event.data
    three = timedelta(days=3)
    early = replace(story.complaint, due_at=promised - three, near_at=story.complaint.near_at - three)
    sooner = absorb(other.complaint, early, region=REGION, now=other.now)
    assert sooner.after.due_at == promised - timedelta(days=3)
    assert next_timer(sooner.after).at <= sooner.after.due_at
    assert sooner.watch_round == 2
    passed = replace(story.complaint, due_at=other.now - timedelta(days=3))
    least = absorb(other.complaint, passed, region=REGION, now=other.now)
    assert other.now + timedelta(hours=8) < least.after.due_at < promised
    assert absorb(sooner.after, early, region=REGION, now=other.now) is None
    ended = replace(other.complaint, status=Status.ANSWERED)
    assert absorb(ended, early, region=REGION, now=other.now) is None


def puts_apart(story: Story, *, after: timedelta = timedelta(minutes=1), by: Actor = REPORTER):
    return story.then(
        lambda each: put_apart(each, by=by, reason=WHY, region=REGION, now=story.now), after=after
    )


def test_its_reporter_puts_it_apart_and_it_goes_on_on_its_old_clock() -> None:
    story, _ = pair()
    before = story.complaint
    merges(story, assigned(REGION).complaint)
    puts_apart(story)
    after = story.complaint
    assert (after.status, after.merged_into, after.close_at) == (Status.ASSIGNED, None, None)
    assert (after.due_at, after.near_at, after.escalation_level) == (before.due_at, before.near_at, 0)
    assert story.changes[-1].watch_round == 2
    with pytest.raises(Conflict):
        merges(story, assigned(REGION).complaint)


def test_where_its_term_has_passed_meanwhile_it_has_the_least_time() -> None:
    story, _ = pair()
    story.now = story.complaint.due_at - timedelta(hours=1)
    merges(story, assigned(REGION).complaint)
    event = puts_apart(story, after=timedelta(days=2))
    assert story.complaint.due_at > story.now
    assert "due_at" in event.data
    story.wait()
    story.wait()
    assert story.events[-1].type == EventType.ESCALATED


def test_nobody_but_its_reporter_does_and_not_once_it_has_closed() -> None:
    story, _ = merged()
    with pytest.raises(NotFound):
        puts_apart(story, by=NEIGHBOUR)
    story.wait()
    with pytest.raises(MoveRefused):
        puts_apart(story)


def test_while_it_is_merged_the_body_does_nothing_about_it() -> None:
    story, _ = merged()
    assert possible(story.complaint, by=HOUSING, region=REGION, now=story.now) == (
        Move.EXPECT_PHOTO,
        Move.COMMENT,
        Move.ASSIGN_OFFICER,
        Move.HIDE,
    )
    with pytest.raises(MoveRefused):
        agency.acknowledge(story.complaint, by=HOUSING, now=story.now)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_words_to_those_of_both(language: str) -> None:
    story, other = merged()
    number = other.complaint.number
    early = replace(story.complaint, due_at=other.complaint.due_at - timedelta(days=3))
    absorbed = absorb(other.complaint, early, region=REGION, now=other.now).event
    quiet = absorb(other.complaint, story.complaint, region=REGION, now=other.now).event
    apart = puts_apart(story)
    for viewer in Viewer:
        said = line(story.events[-2], language=language, region=REGION, viewer=viewer)
        assert number in said["body"]
        assert (WHY in said["body"]) is (viewer not in (Viewer.JOINER, Viewer.PUBLIC))
        for event in (absorbed, quiet):
            assert (
                story.complaint.number in line(event, language=language, region=REGION, viewer=viewer)["body"]
            )
        assert line(apart, language=language, region=REGION, viewer=viewer) is not None
    for viewer in (Viewer.REPORTER, Viewer.JOINER):
        shows = pushed(story.events[-2], region=REGION, language=language, viewer=viewer)
        assert number in shows.body
        assert pushed(absorbed, region=REGION, language=language, viewer=viewer) is not None
        assert push_kind(quiet, viewer=viewer) is None
