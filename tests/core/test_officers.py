"""Roles of officers: what each may do is in one table, and every move of a body asks it."""

from itertools import product

import pytest

from functions.complaints.change import change
from functions.complaints.complaint import Actor, ActorKind, Role
from functions.complaints.events import EventType
from functions.complaints.faults import RoleRefused
from functions.complaints.moves.possible import possible
from functions.complaints.officers import HEADS_ALONE, MOVES, SCOPES, allows, require_role
from functions.complaints.routing import with_those_below
from functions.complaints.transitions import TRANSITIONS, Move
from functions.complaints.visibility import Viewer, as_seen
from tests.core.story import START, assigned
from tests.region_fixture import region

REGION = region()
OF_A_BODY = {move for move, each in TRANSITIONS.items() if ActorKind.AGENCY in each.actors}


def officer(role: Role, *, body: str = "housing") -> Actor:
    return Actor(kind=ActorKind.AGENCY, id=body, officer="01JNZ5V2B8Q4M7T9XWYC3D6FGH", role=role)


def test_a_viewer_moves_nothing_an_officer_all_but_what_a_head_decides() -> None:
    assert MOVES[Role.VIEWER] == frozenset()
    assert MOVES[Role.HEAD] == OF_A_BODY
    assert MOVES[Role.HEAD] - MOVES[Role.OFFICER] == HEADS_ALONE
    assert {str(move) for move in HEADS_ALONE} == {"extend", "transfer", "split", "instruct"}
    assert {role: scopes[-1] for role, scopes in SCOPES.items()} == {
        Role.VIEWER: "read",
        Role.OFFICER: "write",
        Role.HEAD: "admin",
    }


@pytest.mark.parametrize("move", sorted(OF_A_BODY))
def test_a_bodys_own_system_has_no_role_and_is_refused_nothing(move: Move) -> None:
    assert allows(None, move)
    require_role(Actor(kind=ActorKind.AGENCY, id="housing"), move)


@pytest.mark.parametrize(("role", "move"), list(product(Role, sorted(OF_A_BODY))))
def test_no_change_is_made_that_the_role_does_not_allow(role: Role, move: Move) -> None:
    complaint = assigned(REGION).complaint
    if complaint.status not in TRANSITIONS[move].sources:
        return
    if move in MOVES[role]:
        made = change(complaint, move, by=officer(role), now=START)
        assert (made.event.actor_agency, made.event.actor_officer) == ("housing", officer(role).officer)
        return
    with pytest.raises(RoleRefused) as refused:
        change(complaint, move, by=officer(role), now=START)
    assert (refused.value.role, refused.value.move) == (role, move)


@pytest.mark.parametrize("role", Role)
def test_what_is_said_to_be_possible_is_what_the_role_allows(role: Role) -> None:
    complaint = assigned(REGION).complaint
    whole = possible(complaint, by=Actor(kind=ActorKind.AGENCY, id="housing"), region=REGION, now=START)
    listed = possible(complaint, by=officer(role), region=REGION, now=START)
    assert listed == tuple(move for move in whole if move in MOVES[role])
    assert possible(complaint, by=officer(role, body="roads"), region=REGION, now=START) == ()


def test_who_acted_is_known_to_the_officers_body_and_to_those_above_it() -> None:
    known = {each: with_those_below(REGION, each, at=START) for each in REGION.agencies}
    assert known == {
        "housing": {"housing"},
        "roads": {"roads"},
        "akimat": {"akimat", "housing", "roads"},
        "ministry": {"ministry", "akimat", "housing", "roads"},
    }


@pytest.mark.parametrize("viewer", Viewer)
def test_who_acted_is_shown_to_nobody_who_is_not_said_to_know(viewer: Viewer) -> None:
    story = assigned(REGION)
    event = story.then(lambda each: change(each, Move.ACKNOWLEDGE, by=officer(Role.OFFICER), now=story.now))
    assert event.type == EventType.ACKNOWLEDGED
    assert event.actor_officer is not None
    seen, known = as_seen(event, viewer), as_seen(event, viewer, officers_of={"housing"})
    assert seen is not None
    assert known is not None
    assert seen.actor_officer is None
    assert known.actor_officer == event.actor_officer
    other = as_seen(event, viewer, officers_of={"roads"})
    assert other is not None
    assert other.actor_officer is None
