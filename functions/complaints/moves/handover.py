"""What changes hands when another body has a complaint from now on, whether it was passed on, given down or put right:
whose it is, who stays in charge beside, and the clock.

Source: Administrative Procedural and Process-Related Code of Kazakhstan, art. 65 (forwarding with simultaneous notice).
"""

from datetime import datetime
from typing import Any

from functions.complaints.change import Change, change
from functions.complaints.clock import iso
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.deadlines import Deadline
from functions.complaints.moves.lapses import held_by, taken_over, waited_since
from functions.complaints.moves.terms import Term, acknowledge_by, forward_by, reminder, term
from functions.complaints.region import Region
from functions.complaints.routing import beyond, ladder
from functions.complaints.transitions import Move


def hand_over(
    complaint: Complaint, move: Move, *, by: Actor, to: str, reason: str, region: Region, now: datetime
) -> Change:
    """The clock that the citizen was promised goes on, and the receiver has a least time in which nothing is held against
    it (`lapses`).
    """
    owner = complaint.agency_id
    updates = handed_over(complaint, to=to, instructed=move == Move.INSTRUCT, region=region, now=now)
    due_at = None if updates["overdue"] else updates.get("due_at", complaint.due_at)
    data: dict[str, Any] = {
        "from": owner,
        "to": to,
        "reason": reason,
        "due_at": None if due_at is None else iso(due_at),
    }
    if "promise" in updates:
        data["promise"] = updates["promise"]
    if move == Move.TRANSFER:
        data |= _forwarded(complaint, by=by, region=region, now=now)
    return change(complaint, move, by=by, now=now, data=data, **updates)


def handed_over(
    complaint: Complaint, *, to: str, instructed: bool = False, region: Region, now: datetime
) -> dict[str, Any]:
    """The attributes that change: `to` owns it, with a term to say that it has seen it, and the owner has passed it on.

    The rungs that were climbed stay in charge: they saw what was missed. Where every term had passed and the receiver's
    ladder is not at its end, the receiver gets the term of the level that was reached: nothing is left without a clock
    by going to a body of another ladder.
    """
    owner = complaint.agency_id
    assert owner is not None
    fresh = _fresh_term(complaint, to=to, region=region, now=now)
    stays = owner in ladder(region, to, at=now) and (instructed or complaint.escalation_level > 0)
    beside = tuple(each for each in ((owner,) if stays else ()) + complaint.escalated_to if each != to)
    held = held_by(complaint, to, now=now)
    waited = waited_since(complaint, to=to, now=now)
    return {
        "agency_id": to,
        "escalated_to": beside,
        "passed_by": tuple(dict.fromkeys((*complaint.passed_by, owner))),
        "had_since": {name: since for name, since in held.items() if name in (to, *beside)}
        | ({} if waited is None else {to: waited}),
        "passed_on": taken_over(complaint, to=to, region=region, now=now) if fresh is None else None,
        # Where no clock runs any more, none is left (`timers.without_idle`).
        "acknowledge_by": acknowledge_by(complaint, start=now, agency_id=to, region=region),
        "acknowledged_at": None,
        "assigned_at": now,
        **_clock(complaint, fresh, to=to, region=region, now=now),
    }


def _clock(
    complaint: Complaint, fresh: Term | None, *, to: str, region: Region, now: datetime
) -> dict[str, Any]:
    if fresh is None:
        near_at = _reminder_there(complaint, to=to, region=region, now=now)
        return {"overdue": complaint.overdue, "near_at": near_at}
    return {
        "overdue": False,
        "due_at": fresh.due_at,
        "near_at": fresh.near_at,
        "promise": fresh.promise,
    }


def _fresh_term(complaint: Complaint, *, to: str, region: Region, now: datetime) -> Term | None:
    if not complaint.overdue or not beyond(
        (to, *ladder(region, to, at=now)), (*complaint.in_charge, *complaint.passed_by)
    ):
        return None
    category = region.category(complaint.category)
    level = max(1, complaint.escalation_level)
    return term(category.escalation_term(level), start=now, agency_id=to, category=category, region=region)


def _reminder_there(complaint: Complaint, *, to: str, region: Region, now: datetime) -> datetime | None:
    """In the hours of the body that it goes to; one that is due already comes as it is."""
    if complaint.near_at is None or complaint.near_at <= now or complaint.promise is None:
        return complaint.near_at
    deadline = Deadline.explained_by(complaint.promise)
    return reminder(complaint, deadline, agency_id=to, region=region, now=now)


def _forwarded(complaint: Complaint, *, by: Actor, region: Region, now: datetime) -> dict[str, Any]:
    """Whether the body that had it passed it on in the time that the law gives it (art. 65), and when that ended. Of one
    from whom a body above takes it, nothing: it has forwarded nothing.
    """
    until = forward_by(complaint, region=region) if by.id == complaint.agency_id else None
    return {} if until is None else {"forward_by": iso(until), "in_time": now <= until}
