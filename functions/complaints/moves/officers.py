"""Whom a body gives a complaint to among its own officers: its own affair, in which nobody else has a part.

Each body in charge has its own; whose complaint it is no longer has none (`change`).
"""

from datetime import datetime
from typing import Final

from functions.complaints.change import Change, change
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.faults import NotFound
from functions.complaints.officers import require_role
from functions.complaints.transitions import Move, require

OFFICER_ID_MOST: Final = 64
"""Characters of an officer's id, which says nothing to us."""


def assign_officer(complaint: Complaint, *, by: Actor, to: str | None, now: datetime) -> Change | None:
    """Give it to the officer `to` of this body, or take it back from whoever has it; None where it stands so already."""
    if by.id is None or by.id not in complaint.in_charge:
        raise NotFound(complaint.id)
    require_role(by, Move.ASSIGN_OFFICER)
    require(complaint, Move.ASSIGN_OFFICER, by=by)
    if complaint.officers.get(by.id) == to:
        return None
    others = {body: officer for body, officer in complaint.officers.items() if body != by.id}
    officers = others if to is None else others | {by.id: to}
    return change(
        complaint,
        Move.ASSIGN_OFFICER,
        by=by,
        now=now,
        data={"officer": to},
        visible=False,
        officers=dict(sorted(officers.items())),
    )
