"""Counting again: what a change of the calendar makes of the terms that were promised."""

from datetime import datetime
from typing import Any

from functions.complaints.change import Change, change
from functions.complaints.clock import iso, to_milliseconds
from functions.complaints.complaint import SYSTEM, WITH_AGENCY, Complaint, Status
from functions.complaints.deadlines import Deadline, due_as_known, recompute
from functions.complaints.moves.terms import acknowledge_by, promise, reminder_of_moved
from functions.complaints.region import Region
from functions.complaints.transitions import Move


def move_deadline(complaint: Complaint, *, region: Region, now: datetime) -> Change | None:
    """The change that moves the terms to where the region's present calendar puts them, None if they are there: the
    answer's, also while an answer stands that may yet be refuted; the acknowledgement's; and the one after which an
    answer counts as accepted.

    Neither is a term moved that has passed, nor is any moved into the past: nobody is to have missed what they could
    not know of. Where the acknowledgement alone moves, that is between the bodies. Raises CalendarYearMissing.
    """
    if complaint.status not in WITH_AGENCY | {Status.ANSWERED}:
        return None
    data: dict[str, Any] = {}
    updates: dict[str, Any] = {}
    deadline = _answer_due(complaint, region=region, now=now)
    if deadline is not None and complaint.due_at is not None:
        told = promise(deadline, agency_id=_counted_for(complaint))
        data |= {"from": iso(complaint.due_at), "due_at": iso(deadline.at), "promise": told}
        near_at = reminder_of_moved(complaint, deadline, region=region, now=now)
        updates |= {"due_at": deadline.at, "near_at": near_at, "promise": told}
    seen_by = _acknowledge_by(complaint, region=region, now=now)
    if seen_by != complaint.acknowledge_by and seen_by is not None:
        data |= {"acknowledge_by": iso(seen_by)} | ({} if updates else {"internal": True})
        updates["acknowledge_by"] = seen_by
    closes = _close_at(complaint, region=region, now=now)
    if closes != complaint.close_at and closes is not None:
        data |= {"closes_at": iso(closes)} | ({"theirs": True} if complaint.left_to_joiners else {})
        updates["close_at"] = closes
    if not updates:
        return None
    visible = not data.get("internal")
    return change(complaint, Move.MOVE_DEADLINE, by=SYSTEM, now=now, data=data, visible=visible, **updates)


def _answer_due(complaint: Complaint, *, region: Region, now: datetime) -> Deadline | None:
    """The deadline where it moves."""
    if complaint.overdue or complaint.promise is None or complaint.due_at is None or complaint.due_at <= now:
        return None
    deadline = recompute(complaint.promise, region.calendar_of(_counted_for(complaint)))
    at = to_milliseconds(deadline.at)
    return None if at == complaint.due_at or at <= now else deadline


def _counted_for(complaint: Complaint) -> str | None:
    counted: str | None = (complaint.promise or {}).get("agency", complaint.agency_id)
    return counted


def _acknowledge_by(complaint: Complaint, *, region: Region, now: datetime) -> datetime | None:
    before = complaint.acknowledge_by
    if complaint.status != Status.ASSIGNED or before is None or complaint.agency_id is None or before <= now:
        return before
    passed_on = complaint.passed_by or complaint.parent_id is not None
    start = complaint.assigned_at if passed_on else complaint.started_at
    at = acknowledge_by(
        complaint, start=start or complaint.submitted_at, agency_id=complaint.agency_id, region=region
    )
    return to_milliseconds(at) if at is not None and at > now else before


def _close_at(complaint: Complaint, *, region: Region, now: datetime) -> datetime | None:
    before = complaint.close_at
    if (
        complaint.status != Status.ANSWERED
        or complaint.answered_at is None
        or before is None
        or before <= now
    ):
        return before
    term = due_as_known(
        region.close_after_answer, received_at=complaint.answered_at, calendar=region.calendar
    )
    return to_milliseconds(term.at) if term.at > now else before
