"""The table of transitions: whole, without dead ends, and its refusals say what is possible instead."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.complaint import ENDED, OPEN, Actor, ActorKind, Status
from functions.complaints.events import EventType
from functions.complaints.transitions import TRANSITIONS, Move, MoveRefused, possible_moves, require
from functions.edge.problems import problem_of
from tests.core.story import filed
from tests.region_fixture import region

COMPLAINT = filed(region()).complaint
statuses = st.sampled_from(list(Status))
kinds = st.sampled_from(list(ActorKind))
moves = st.sampled_from(list(Move))


def test_every_move_is_in_the_table_and_every_event_has_a_move() -> None:
    assert set(TRANSITIONS) == set(Move)
    assert {each.event for each in TRANSITIONS.values()} | {EventType.SUBMITTED} == set(EventType)


def test_nothing_leaves_an_ended_state_and_only_what_is_public_of_it_changes() -> None:
    assert frozenset(Status) == OPEN | ENDED
    after_its_end = {move for move, transition in TRANSITIONS.items() if transition.sources & ENDED}
    assert after_its_end == {Move.HIDE, Move.UNHIDE, Move.FLAG, Move.REDACT}
    assert {TRANSITIONS[move].target for move in after_its_end} == {None}


def test_every_state_can_be_reached_and_every_open_one_can_end() -> None:
    steps = {
        (source, transition.target)
        for transition in TRANSITIONS.values()
        for source in transition.sources
        if transition.target is not None
    } | {(Status.AWAITING_PHOTOS, Status.SUBMITTED)}
    reached = {Status.AWAITING_PHOTOS, Status.SUBMITTED}
    while more := {target for source, target in steps if source in reached} - reached:
        reached |= more
    assert reached == set(Status)
    ending = set(ENDED)
    while more := {source for source, target in steps if target in ending} - ending:
        ending |= more
    assert ending == set(Status)


def test_time_alone_closes_what_nobody_touches() -> None:
    """From each open state the system can go on, or mark for everybody to see, without anybody's doing."""
    for status in OPEN:
        assert any(
            status in transition.sources
            and ActorKind.SYSTEM in transition.actors
            and move in (Move.MISS_PHOTOS, Move.ASSIGN, Move.ESCALATE, Move.LAPSE)
            for move, transition in TRANSITIONS.items()
        ), status


def test_only_time_escalates_and_only_the_person_refutes_confirms_and_withdraws() -> None:
    for move in (
        Move.ESCALATE,
        Move.REMIND,
        Move.LAPSE,
        Move.MISS_PHOTOS,
        Move.ASSIGN,
        Move.MOVE_DEADLINE,
        Move.END_PART,
    ):
        assert TRANSITIONS[move].actors == {ActorKind.SYSTEM}
    for move in (Move.REFUTE, Move.CONFIRM, Move.WITHDRAW, Move.JOIN):
        assert TRANSITIONS[move].actors == {ActorKind.CITIZEN}


@given(status=statuses, kind=kinds, move=moves)
def test_what_is_said_to_be_possible_is_what_is_allowed(status: Status, kind: ActorKind, move: Move) -> None:
    complaint = replace(COMPLAINT, status=status)
    by = Actor(kind=kind, id="somebody")
    if move in possible_moves(complaint, by=kind):
        assert require(complaint, move, by=by) is TRANSITIONS[move]
    else:
        with pytest.raises(MoveRefused) as refused:
            require(complaint, move, by=by)
        assert refused.value.possible == possible_moves(complaint, by=kind)


@given(status=statuses, kind=kinds, move=moves)
def test_a_refusal_names_the_state_and_the_moves_that_are_possible(
    status: Status, kind: ActorKind, move: Move
) -> None:
    complaint = replace(COMPLAINT, status=status)
    possible = [str(each) for each in possible_moves(complaint, by=kind)]
    if str(move) in possible:
        return
    with pytest.raises(MoveRefused) as refused:
        require(complaint, move, by=Actor(kind=kind))
    document = problem_of(refused.value).document("en")
    assert (document["status"], document["state"], document["move"]) == (409, str(status), str(move))
    assert document["possible"] == possible
