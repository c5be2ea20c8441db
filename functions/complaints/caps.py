"""How much may be added to one complaint, so that what is kept of it stays small enough to be written and read.

What the system does is under no cap, nor is an answer: neither it nor an escalation may ever become unwritable.
"""

from collections.abc import Mapping
from typing import Final

from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.faults import Conflict
from functions.complaints.transitions import Move

ADDITIONS_MOST: Final = 200
"""Comments, questions, declarations of photos, transfers, instructions, corrections, changes of the officer and of what is
public of one person, or of one body, in one complaint.
"""
REFUTATIONS_MOST: Final = 5
"""Rounds of answer and refutation; the last answer can be appealed against."""
PHOTOS_LOST_MOST: Final = 30
"""Photos that one side may have declared in vain, refused or never come, beyond those that its complaint takes."""

ADDED_SAID: Final = (
    f"At most {ADDITIONS_MOST} times in one complaint from one side, comments, questions, declarations of photos, "
    "transfers, instructions, corrections, changes of the officer and of what is public together."
)
_ADDITIONS: Final = frozenset(
    (
        *(Move.COMMENT, Move.ASK, Move.EXPECT_PHOTO),
        *(Move.TRANSFER, Move.INSTRUCT, Move.RECATEGORISE, Move.RELOCATE, Move.ASSIGN_OFFICER),
        *(Move.HIDE, Move.UNHIDE, Move.REDACT),
    )
)


def cap_reached(complaint: Complaint, move: Move, *, by: Actor) -> Conflict | None:
    """Why the move would be one too many, whatever came with it; None where there is room."""
    if _is_counted(move, by=by) and complaint.additions.get(_name(by), 0) >= ADDITIONS_MOST:
        return Conflict("additions_full", limit=ADDITIONS_MOST)
    if move == Move.REFUTE and complaint.refutations >= REFUTATIONS_MOST:
        return Conflict("refutations_full", limit=REFUTATIONS_MOST)
    return None


def additions(complaint: Complaint, move: Move, *, by: Actor) -> Mapping[str, int]:
    """How much each has added, this move included."""
    if not _is_counted(move, by=by):
        return complaint.additions
    name = _name(by)
    return {**complaint.additions, name: complaint.additions.get(name, 0) + 1}


def photos_full(complaint: Complaint, *, by: Actor, limit: int, more: int) -> Conflict | None:
    """Why `more` photos would be too many of those that this side ever declared, where it takes `limit` good ones."""
    ever = limit + PHOTOS_LOST_MOST
    declared = sum(1 for photo in complaint.photos if photo.by == by.kind)
    return Conflict("photos_full", limit=ever) if declared + more > ever else None


def _is_counted(move: Move, *, by: Actor) -> bool:
    return move in _ADDITIONS and by.kind != ActorKind.SYSTEM


def _name(by: Actor) -> str:
    return f"agency#{by.id}" if by.kind == ActorKind.AGENCY else by.kind
