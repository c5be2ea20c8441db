"""Counting again: what a change of the calendar makes of a deadline that was promised."""

from datetime import datetime

from functions.complaints.change import Change, change
from functions.complaints.clock import iso, to_milliseconds
from functions.complaints.complaint import SYSTEM, WITH_AGENCY, Complaint, Status
from functions.complaints.deadlines import recompute
from functions.complaints.moves.terms import acknowledge_by, promise, reminder
from functions.complaints.region import Region
from functions.complaints.transitions import Move


def move_deadline(complaint: Complaint, *, region: Region, now: datetime) -> Change | None:
    """The change that moves the deadline to where the region's present calendar puts it, None if it is there.

    Neither is a deadline moved that has passed, nor is any moved into the past: nobody is to have missed what
    they could not know of. Raises CalendarYearMissing.
    """
    if complaint.status not in WITH_AGENCY or complaint.overdue:
        return None
    if complaint.promise is None or complaint.due_at is None or complaint.due_at <= now:
        return None
    counted_for = complaint.promise.get("agency", complaint.agency_id)
    deadline = recompute(complaint.promise, region.calendar_of(counted_for))
    at = to_milliseconds(deadline.at)
    if at == complaint.due_at or at <= now:
        return None
    told = promise(deadline, agency_id=counted_for)
    return change(
        complaint,
        Move.MOVE_DEADLINE,
        by=SYSTEM,
        now=now,
        data={"from": iso(complaint.due_at), "due_at": iso(at), "promise": told},
        due_at=at,
        near_at=reminder(complaint, deadline, now=now),
        acknowledge_by=_acknowledge_by(complaint, region=region, now=now),
        promise=told,
    )


def _acknowledge_by(complaint: Complaint, *, region: Region, now: datetime) -> datetime | None:
    if complaint.status != Status.ASSIGNED or complaint.acknowledge_by is None or complaint.agency_id is None:
        return complaint.acknowledge_by
    passed_on = complaint.passed_by or complaint.parent_id is not None
    start = complaint.assigned_at if passed_on else complaint.started_at
    at = acknowledge_by(
        complaint, start=start or complaint.submitted_at, agency_id=complaint.agency_id, region=region
    )
    return at if at is not None and at > now else complaint.acknowledge_by
