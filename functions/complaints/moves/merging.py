"""Two complaints of the same thing: the body in charge of both deals with one of them, and the other follows it.

Who reported the other, and who joined it, join the one; the earlier deadline counts. The reporter can say that it is
another matter until it closes, as of an answer: it then goes on by itself, on its old clock.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from functions.complaints.change import Change, change
from functions.complaints.clock import iso, to_milliseconds
from functions.complaints.complaint import SYSTEM, WITH_AGENCY, Actor, Complaint
from functions.complaints.deadlines import due_as_known
from functions.complaints.faults import Conflict, NotFound, invalid
from functions.complaints.moves.citizen import require_own
from functions.complaints.moves.terms import Term, term
from functions.complaints.officers import require_role
from functions.complaints.places import distance_m
from functions.complaints.region import Region
from functions.complaints.transitions import Move, require

POINTER: Final = "/into"
ABSORBED_MOST: Final = 50
"""Complaints that one is joined with."""


def merge(
    complaint: Complaint,
    into: Complaint | None,
    *,
    by: Actor,
    reason: str | None,
    region: Region,
    now: datetime,
) -> Change:
    """The body in charge of both deals with it as with `into`. Raises NotFound, MoveRefused, Conflict, Invalid."""
    if by.id is None or by.id not in complaint.in_charge:
        raise NotFound(complaint.id)
    require_role(by, Move.MERGE)
    require(complaint, Move.MERGE, by=by)
    refusal = merging_refusal(complaint)
    if refusal is not None:
        raise refusal
    if into is None or by.id not in into.in_charge:
        raise invalid(POINTER, "unknown_complaint")
    if not _is_there(complaint, into, region=region):
        raise invalid(POINTER, "merge_not_there")
    closes = due_as_known(region.close_after_answer, received_at=now, calendar=region.calendar)
    said = {} if reason is None else {"reason": reason}
    return change(
        complaint,
        Move.MERGE,
        by=by,
        now=now,
        data={"into": into.id, "into_number": into.number, "closes_at": iso(closes.at)} | said,
        merged_into=into.id,
        close_at=closes.at,
        open_question=None,
        beside=into,
    )


def merging_refusal(complaint: Complaint) -> Conflict | None:
    """Why it is joined with no other, whichever: parts, what has others in it, what every body let pass, and what its
    reporter has disputed stand by themselves.
    """
    alone = complaint.parent_id or complaint.children or complaint.absorbed
    if alone or complaint.overdue or complaint.refutations or complaint.left_to_joiners:
        return Conflict("not_merged")
    return None


def _is_there(complaint: Complaint, into: Complaint, *, region: Region) -> bool:
    """Whether the other is an open one of the same matter nearby, that can have others in it."""
    category = region.categories.get(complaint.category)
    # Of one with a radius of 0, two are never the same.
    radius = 0 if category is None else category.duplicate_radius_m
    return (
        into.id != complaint.id
        and into.status in WITH_AGENCY
        and into.parent_id is None
        and len(into.absorbed) < ABSORBED_MOST
        and into.category == complaint.category
        and radius > 0
        and distance_m((complaint.lat, complaint.lon), (into.lat, into.lon)) <= radius
    )


def absorb(into: Complaint, merged: Complaint, *, region: Region, now: datetime) -> Change | None:
    """It has the other in it, and the other's deadline where that is earlier, though never less than the least time from
    now. None if it had before, or is answered or has ended.
    """
    if merged.id in into.absorbed or into.status not in WITH_AGENCY:
        return None
    earlier = _earlier(into, merged, region=region, now=now)
    updates: dict[str, Any] = {}
    data: dict[str, Any] = {"number": merged.number}
    if earlier is not None:
        data |= {"due_at": iso(earlier.due_at), "promise": earlier.promise}
        near_at = earlier.near_at if earlier.near_at is not None and earlier.near_at > now else None
        updates = {"due_at": earlier.due_at, "near_at": near_at, "promise": earlier.promise}
    return change(
        into, Move.ABSORB, by=SYSTEM, now=now, data=data, absorbed=(*into.absorbed, merged.id), **updates
    )


def _earlier(into: Complaint, merged: Complaint, *, region: Region, now: datetime) -> Term | None:
    """The other's term where it ends before this one's; None where this one's stays."""
    if into.overdue or into.due_at is None or merged.due_at is None or merged.promise is None:
        return None
    least = _least(into, region=region, now=now)
    theirs = Term(due_at=merged.due_at, near_at=merged.near_at, promise=dict(merged.promise))
    found = max(theirs, least, key=lambda each: to_milliseconds(each.due_at))
    return found if to_milliseconds(found.due_at) < into.due_at else None


def put_apart(
    complaint: Complaint, *, by: Actor, reason: str, photos: Sequence[str] = (), region: Region, now: datetime
) -> Change:
    """Its reporter says that it is another matter: it goes on by itself, on its old clock; where that has run out
    meanwhile, with the least time. Raises NotFound, MoveRefused, Invalid.
    """
    if by.id is None or by.id != complaint.reporter:
        raise NotFound(complaint.id)
    require_own(complaint, photos)
    data: dict[str, Any] = {"reason": reason, "photos": list(photos), "count": complaint.refutations + 1}
    data |= {"into": complaint.merged_into}
    updates: dict[str, Any] = {}
    if complaint.due_at is not None and complaint.due_at <= now:
        least = _least(complaint, region=region, now=now)
        data |= {"due_at": iso(least.due_at), "promise": least.promise}
        updates = {"due_at": least.due_at, "near_at": least.near_at, "promise": least.promise}
    return change(
        complaint,
        Move.REFUTE,
        by=by,
        now=now,
        data=data,
        refutations=complaint.refutations + 1,
        merged_into=None,
        **updates,
    )


def _least(complaint: Complaint, *, region: Region, now: datetime) -> Term:
    return term(
        region.least_after_transfer,
        start=now,
        agency_id=complaint.agency_id,
        category=region.category(complaint.category),
        region=region,
    )
