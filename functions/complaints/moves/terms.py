"""The terms a body is given: computed, and explained in data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.complaints.calendar import CalendarYearMissing
from functions.complaints.complaint import WITH_AGENCY, Complaint
from functions.complaints.deadlines import Deadline, due, forwarding_due, near
from functions.complaints.duration import Duration
from functions.complaints.region import Region


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """`promise` explains `due_at` in data; `near_at` is when a quarter of the term is left."""

    due_at: datetime
    near_at: datetime
    promise: dict[str, Any]


def term(duration: Duration, *, start: datetime, agency_id: str | None, region: Region) -> Term:
    """A term that runs from `start` by the calendar of the body. Raises CalendarYearMissing."""
    deadline = due(duration, received_at=start, calendar=region.calendar_of(agency_id))
    return Term(
        due_at=deadline.at, near_at=near(deadline, start), promise=promise(deadline, agency_id=agency_id)
    )


def acknowledge_by(
    complaint: Complaint, *, start: datetime, agency_id: str, region: Region
) -> datetime | None:
    """By when the body must say that it has seen it, None where the category does not ask for that."""
    within = region.categories[complaint.category].acknowledge_within
    if within is None:
        return None
    return due(within, received_at=start, calendar=region.calendar_of(agency_id)).at


def forward_by(complaint: Complaint, *, region: Region) -> datetime | None:
    """By when the body that has it must pass it on if it is not its own (art. 65), from when it got it; None where it
    is with no body, or the calendar does not reach that far.
    """
    if complaint.status not in WITH_AGENCY or complaint.assigned_at is None:
        return None
    calendar = region.calendar_of(complaint.agency_id)
    try:
        return forwarding_due(received_at=complaint.assigned_at, calendar=calendar).at
    except CalendarYearMissing:
        return None


def promise(deadline: Deadline, *, agency_id: str | None) -> dict[str, Any]:
    """How it was counted, and by whose calendar: it can be counted again after a transfer."""
    return deadline.explanation().to_dict() | {"agency": agency_id}


def reminder(complaint: Complaint, deadline: Deadline, *, now: datetime) -> datetime | None:
    """When to remind of a deadline that was moved: of one that has been reminded of, only if it is still ahead."""
    at = near(deadline, deadline.received_at)
    return at if complaint.near_at is not None or at > now else None
