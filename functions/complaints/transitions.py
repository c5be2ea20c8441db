"""The table of transitions: who may do what in which state, and which event and state it leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from functions.complaints.complaint import ENDED, OPEN, WITH_AGENCY, Actor, ActorKind, Complaint, Status
from functions.complaints.events import EventType

_CITIZEN: Final = frozenset({ActorKind.CITIZEN})
_AGENCY: Final = frozenset({ActorKind.AGENCY})
_SYSTEM: Final = frozenset({ActorKind.SYSTEM})
_BEFORE_ANSWER: Final = frozenset(
    {Status.AWAITING_PHOTOS, Status.SUBMITTED, Status.ASSIGNED, Status.ACKNOWLEDGED}
)
_IN_WORK: Final = _BEFORE_ANSWER - {Status.AWAITING_PHOTOS}
_PUBLIC: Final = WITH_AGENCY | {Status.ANSWERED} | ENDED
"""What everybody may read of: whoever takes it from the public may when it has ended too."""


class Move(StrEnum):
    """What can be done to a complaint; the verbs of both APIs and of the timers."""

    EXPECT_PHOTO = "expect_photo"
    ADD_PHOTO = "add_photo"
    REFUSE_PHOTO = "refuse_photo"
    MISS_PHOTOS = "miss_photos"
    SKIP_PHOTOS = "skip_photos"
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    COMMENT = "comment"
    ASK = "ask"
    ANSWER = "answer"
    TRANSFER = "transfer"
    INSTRUCT = "instruct"
    REASSIGN = "reassign"
    SPLIT = "split"
    RECATEGORISE = "recategorise"
    RELOCATE = "relocate"
    MERGE = "merge"
    ABSORB = "absorb"
    EXTEND = "extend"
    MOVE_DEADLINE = "move_deadline"
    REMIND = "remind"
    ESCALATE = "escalate"
    REFUTE = "refute"
    CONFIRM = "confirm"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    LEAVE_TO_JOINERS = "leave_to_joiners"
    END_ABANDONED = "end_abandoned"
    END_PART = "end_part"
    JOIN = "join"
    LEAVE = "leave"
    ASSIGN_OFFICER = "assign_officer"
    HIDE = "hide"
    UNHIDE = "unhide"
    FLAG = "flag"
    REDACT = "redact"


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    """`target` None keeps the state."""

    event: EventType
    sources: frozenset[Status]
    target: Status | None
    actors: frozenset[ActorKind]


TRANSITIONS: Final[Mapping[Move, Transition]] = {
    Move.EXPECT_PHOTO: Transition(
        event=EventType.PHOTO_EXPECTED, sources=OPEN, target=None, actors=_CITIZEN | _AGENCY
    ),
    Move.ADD_PHOTO: Transition(event=EventType.PHOTO_ADDED, sources=OPEN, target=None, actors=_SYSTEM),
    Move.REFUSE_PHOTO: Transition(event=EventType.PHOTO_REFUSED, sources=OPEN, target=None, actors=_SYSTEM),
    Move.MISS_PHOTOS: Transition(event=EventType.PHOTO_MISSED, sources=OPEN, target=None, actors=_SYSTEM),
    Move.SKIP_PHOTOS: Transition(
        event=EventType.PHOTO_MISSED,
        sources=frozenset({Status.AWAITING_PHOTOS}),
        target=Status.SUBMITTED,
        actors=_CITIZEN,
    ),
    Move.ASSIGN: Transition(
        event=EventType.ASSIGNED,
        sources=frozenset({Status.SUBMITTED}),
        target=Status.ASSIGNED,
        actors=_SYSTEM,
    ),
    Move.ACKNOWLEDGE: Transition(
        event=EventType.ACKNOWLEDGED,
        sources=frozenset({Status.ASSIGNED}),
        target=Status.ACKNOWLEDGED,
        actors=_AGENCY,
    ),
    Move.COMMENT: Transition(event=EventType.COMMENTED, sources=OPEN, target=None, actors=_CITIZEN | _AGENCY),
    Move.ASK: Transition(event=EventType.QUESTION_ASKED, sources=WITH_AGENCY, target=None, actors=_AGENCY),
    Move.ANSWER: Transition(
        event=EventType.ANSWERED, sources=WITH_AGENCY, target=Status.ANSWERED, actors=_AGENCY
    ),
    Move.TRANSFER: Transition(
        event=EventType.TRANSFERRED, sources=WITH_AGENCY, target=Status.ASSIGNED, actors=_AGENCY
    ),
    Move.INSTRUCT: Transition(
        event=EventType.INSTRUCTED, sources=WITH_AGENCY, target=Status.ASSIGNED, actors=_AGENCY
    ),
    # The state is kept but where the new owner has not seen it yet.
    Move.REASSIGN: Transition(
        event=EventType.REASSIGNED, sources=_IN_WORK | {Status.ANSWERED}, target=None, actors=_SYSTEM
    ),
    Move.SPLIT: Transition(event=EventType.SPLIT, sources=WITH_AGENCY, target=None, actors=_AGENCY),
    # Who may when, `moves.correcting` says more closely; the system's are those of parts, which follow the whole.
    Move.RECATEGORISE: Transition(
        event=EventType.RECATEGORISED, sources=_BEFORE_ANSWER, target=None, actors=frozenset(ActorKind)
    ),
    Move.RELOCATE: Transition(
        event=EventType.RELOCATED, sources=_BEFORE_ANSWER, target=None, actors=frozenset(ActorKind)
    ),
    # Until it closes, whoever reported it can say that it is another matter, as of an answer.
    Move.MERGE: Transition(
        event=EventType.MERGED, sources=WITH_AGENCY, target=Status.ANSWERED, actors=_AGENCY
    ),
    Move.ABSORB: Transition(event=EventType.ABSORBED, sources=WITH_AGENCY, target=None, actors=_SYSTEM),
    Move.EXTEND: Transition(
        event=EventType.DEADLINE_EXTENDED, sources=WITH_AGENCY, target=None, actors=_AGENCY
    ),
    Move.MOVE_DEADLINE: Transition(
        event=EventType.DEADLINE_MOVED, sources=WITH_AGENCY | {Status.ANSWERED}, target=None, actors=_SYSTEM
    ),
    Move.REMIND: Transition(event=EventType.DEADLINE_NEAR, sources=WITH_AGENCY, target=None, actors=_SYSTEM),
    Move.ESCALATE: Transition(event=EventType.ESCALATED, sources=WITH_AGENCY, target=None, actors=_SYSTEM),
    Move.REFUTE: Transition(
        event=EventType.REFUTED,
        sources=frozenset({Status.ANSWERED}),
        target=Status.ASSIGNED,
        actors=_CITIZEN,
    ),
    Move.CONFIRM: Transition(
        event=EventType.CLOSED,
        sources=frozenset({Status.ANSWERED}),
        target=Status.CLOSED,
        actors=_CITIZEN,
    ),
    Move.LAPSE: Transition(
        event=EventType.CLOSED,
        sources=frozenset({Status.ANSWERED}),
        target=Status.CLOSED,
        actors=_SYSTEM,
    ),
    Move.WITHDRAW: Transition(
        event=EventType.WITHDRAWN,
        sources=_BEFORE_ANSWER | {Status.ANSWERED},
        target=Status.WITHDRAWN,
        actors=_CITIZEN,
    ),
    # What `withdraw` does where others have joined: it is no verb of its own.
    Move.LEAVE_TO_JOINERS: Transition(
        event=EventType.LEFT_TO_JOINERS, sources=WITH_AGENCY | {Status.ANSWERED}, target=None, actors=_CITIZEN
    ),
    Move.END_ABANDONED: Transition(
        event=EventType.WITHDRAWN,
        sources=WITH_AGENCY | {Status.ANSWERED},
        target=Status.WITHDRAWN,
        actors=_SYSTEM,
    ),
    Move.END_PART: Transition(
        event=EventType.WITHDRAWN, sources=OPEN, target=Status.WITHDRAWN, actors=_SYSTEM
    ),
    Move.JOIN: Transition(
        event=EventType.JOINED, sources=_IN_WORK | {Status.ANSWERED}, target=None, actors=_CITIZEN
    ),
    Move.LEAVE: Transition(
        event=EventType.LEFT, sources=_IN_WORK | {Status.ANSWERED}, target=None, actors=_CITIZEN
    ),
    # Within the body; `assign` is how a complaint comes to one.
    Move.ASSIGN_OFFICER: Transition(
        event=EventType.ASSIGNED_TO_OFFICER,
        sources=WITH_AGENCY | {Status.ANSWERED},
        target=None,
        actors=_AGENCY,
    ),
    # The system's are those of whoever runs the region.
    Move.HIDE: Transition(event=EventType.HIDDEN, sources=_PUBLIC, target=None, actors=_AGENCY | _SYSTEM),
    Move.UNHIDE: Transition(event=EventType.UNHIDDEN, sources=_PUBLIC, target=None, actors=_AGENCY | _SYSTEM),
    # Nobody knows who did.
    Move.FLAG: Transition(event=EventType.FLAGGED, sources=_PUBLIC, target=None, actors=_SYSTEM),
    Move.REDACT: Transition(
        event=EventType.PHOTO_REDACTED, sources=frozenset(Status), target=None, actors=_AGENCY | _SYSTEM
    ),
}


class MoveRefused(Exception):
    """The complaint's state does not allow the move; `possible` lists what the same actor may do now."""

    def __init__(self, *, move: Move, status: Status, possible: tuple[Move, ...]) -> None:
        super().__init__(f"{move} is not possible while the complaint is {status}")
        self.move, self.status, self.possible = move, status, possible


def possible_moves(complaint: Complaint, *, by: ActorKind) -> tuple[Move, ...]:
    return tuple(
        move
        for move, transition in TRANSITIONS.items()
        if complaint.status in transition.sources and by in transition.actors
    )


def require(complaint: Complaint, move: Move, *, by: Actor) -> Transition:
    """The transition's rule; raises MoveRefused where the table does not allow it."""
    transition = TRANSITIONS[move]
    if complaint.status not in transition.sources or by.kind not in transition.actors:
        raise MoveRefused(move=move, status=complaint.status, possible=possible_moves(complaint, by=by.kind))
    return transition
