"""A change: one event and the state after it, the deadline's version and the round of the watch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.complaints.change import change
from functions.complaints.complaint import SYSTEM, Actor, ActorKind, Complaint, Status
from functions.complaints.transitions import Move, MoveRefused
from tests.core.story import HOUSING, REPORTER, START, filed
from tests.region_fixture import region

HOUR = timedelta(hours=1)


def assigned(**changes: object) -> Complaint:
    complaint = filed(region()).complaint
    return replace(
        complaint,
        **{
            "status": Status.ASSIGNED,
            "agency_id": "housing",
            "due_at": START + 8 * HOUR,
            "near_at": START + 6 * HOUR,
            "watch_round": 2,
        }
        | changes,
    )


def moved(complaint: Complaint, *, now: datetime = START + HOUR, restart: bool = False, **updates: object):
    return change(complaint, Move.MOVE_DEADLINE, by=SYSTEM, now=now, restart_watch=restart, **updates)


def test_event_and_state_are_of_one_piece() -> None:
    before = assigned()
    made = change(
        before, Move.ACKNOWLEDGE, by=HOUSING, now=START + HOUR, data={"a": 1}, acknowledged_at=START
    )
    after, event = made.after, made.event
    assert (after.version, after.head) == (before.version + 1, event.hash)
    assert (event.seq, event.previous) == (before.version + 1, before.head)
    assert after.status == event.status == Status.ACKNOWLEDGED
    assert after.changed_at == event.at == START + HOUR
    assert (event.actor, event.actor_agency) == (ActorKind.AGENCY, "housing")
    assert made.before is before


def test_a_person_is_never_named_in_an_event() -> None:
    made = change(assigned(), Move.COMMENT, by=REPORTER, now=START, data={"text": "x"})
    assert made.event.actor == ActorKind.CITIZEN
    assert made.event.actor_agency is None


def test_what_the_table_refuses_is_no_change() -> None:
    with pytest.raises(MoveRefused):
        change(assigned(), Move.CONFIRM, by=REPORTER, now=START)
    with pytest.raises(MoveRefused):
        change(assigned(), Move.ESCALATE, by=HOUSING, now=START)


def test_a_clock_that_is_behind_does_not_turn_time_back() -> None:
    before = assigned(changed_at=START + HOUR)
    made = change(before, Move.ACKNOWLEDGE, by=HOUSING, now=START)
    assert made.event.at == START + HOUR


def test_instants_are_cut_to_what_can_be_stored() -> None:
    sharp = datetime(2026, 6, 1, 6, 0, 0, 123_456, tzinfo=UTC)
    made = moved(assigned(), now=sharp, due_at=sharp + HOUR)
    assert made.event.at.microsecond == 123_000
    assert made.after.due_at == datetime(2026, 6, 1, 7, 0, 0, 123_000, tzinfo=UTC)


def test_no_watch_is_started_where_no_timer_moved() -> None:
    before = assigned()
    after = change(before, Move.COMMENT, by=HOUSING, now=START, data={}).after
    assert after.watch_round == 2


def test_a_later_timer_leaves_the_watch_to_hear_of_it() -> None:
    made = moved(assigned(), due_at=START + 20 * HOUR, near_at=START + 16 * HOUR)
    assert made.after.watch_round == 2
    assert made.watch_round is None


def test_an_earlier_timer_needs_a_new_watch() -> None:
    made = moved(assigned(), near_at=START + 2 * HOUR)
    assert made.after.watch_round == 3
    assert made.watch_round == 3


def test_a_timer_behind_the_next_one_needs_no_new_watch() -> None:
    made = moved(assigned(), due_at=START + 9 * HOUR)
    assert made.after.watch_round == 2


def test_a_watch_that_is_gone_is_started_anew_although_its_timer_is_later() -> None:
    made = moved(assigned(), restart=True, near_at=None)
    assert made.watch_round == 3


def test_an_answer_ends_the_watch_and_a_refutation_starts_another() -> None:
    answered = change(
        assigned(), Move.ANSWER, by=HOUSING, now=START, close_at=START + HOUR, answered_at=START
    )
    assert answered.watch_round is None
    refuted = change(answered.after, Move.REFUTE, by=REPORTER, now=START, close_at=None)
    assert refuted.watch_round == 3


def test_nothing_is_watched_before_there_is_a_term() -> None:
    story = filed(region(), photos=1)
    assert story.changes[0].watch_round is None


def test_a_follower_travels_with_the_change() -> None:
    by = Actor(kind=ActorKind.CITIZEN, id="neighbour")
    assert change(assigned(), Move.JOIN, by=by, now=START, follower="neighbour").follower == "neighbour"
