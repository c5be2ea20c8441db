"""Officers: the people of a body, and what each role may do. Pure.

A body's own system acts by a key, whose scopes say what it may (`keys`); it has no role, and no move is closed to it.
"""

from collections.abc import Mapping
from typing import Final

from functions.complaints.complaint import Actor, ActorKind, Role
from functions.complaints.faults import RoleRefused
from functions.complaints.transitions import TRANSITIONS, Move

HEADS_ALONE: Final = frozenset({Move.EXTEND, Move.TRANSFER, Move.SPLIT, Move.INSTRUCT})
"""What changes whose the complaint is, or by when it is answered: decisions of the body, which one person signs."""
_OF_A_BODY: Final = frozenset(
    move for move, transition in TRANSITIONS.items() if ActorKind.AGENCY in transition.actors
)
MOVES: Final[Mapping[Role, frozenset[Move]]] = {
    Role.VIEWER: frozenset(),
    Role.OFFICER: _OF_A_BODY - HEADS_ALONE,
    Role.HEAD: _OF_A_BODY,
}
SCOPES: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.VIEWER: ("read",),
    Role.OFFICER: ("read", "write"),
    Role.HEAD: ("read", "write", "admin"),
}
"""What each may beside complaints, in the words of keys."""


def allows(role: Role | None, move: Move) -> bool:
    return role is None or move in MOVES[role]


def require_role(by: Actor, move: Move) -> None:
    """Raises RoleRefused where the actor is an officer whose role does not allow the move."""
    if by.role is not None and not allows(by.role, move):
        raise RoleRefused(role=by.role, move=move)
