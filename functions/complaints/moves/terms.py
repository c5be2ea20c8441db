"""The terms a body is given: computed, and explained in data.

Nothing waits for a calendar: where it lacks a year, a term is counted as well as it can be (`deadlines.due_as_known`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.complaints import deadlines
from functions.complaints.calendar import as_best_known
from functions.complaints.complaint import WITH_AGENCY, Complaint
from functions.complaints.deadlines import Deadline, due_as_known
from functions.complaints.duration import Duration
from functions.complaints.region import Category, Region


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """`promise` explains `due_at` in data; `near_at` is when the body is reminded, if it is."""

    due_at: datetime
    near_at: datetime | None
    promise: dict[str, Any]


def term(
    duration: Duration, *, start: datetime, agency_id: str | None, category: Category, region: Region
) -> Term:
    """A term that runs from `start` by the calendar of the body."""
    deadline = due_as_known(duration, received_at=start, calendar=region.calendar_of(agency_id))
    return Term(
        due_at=deadline.at,
        near_at=_reminder(deadline, now=start, agency_id=agency_id, category=category, region=region),
        promise=promise(deadline, agency_id=agency_id),
    )


def acknowledge_by(
    complaint: Complaint, *, start: datetime, agency_id: str, region: Region
) -> datetime | None:
    """By when the body must say that it has seen it, None where the category does not ask for that."""
    within = region.category(complaint.category).acknowledge_within
    if within is None:
        return None
    return due_as_known(within, received_at=start, calendar=region.calendar_of(agency_id)).at


def forward_by(complaint: Complaint, *, region: Region) -> datetime | None:
    """By when the body that has it must pass it on if it is not its own (art. 65), from when it got it; None where it
    is with no body.
    """
    if complaint.status not in WITH_AGENCY or complaint.assigned_at is None:
        return None
    calendar = region.calendar_of(complaint.agency_id)
    return due_as_known(region.forward_within, received_at=complaint.assigned_at, calendar=calendar).at


def promise(deadline: Deadline, *, agency_id: str | None) -> dict[str, Any]:
    """How it was counted, and by whose calendar: it can be counted again after a transfer."""
    return deadline.explanation().to_dict() | {"agency": agency_id}


def reminder_of_moved(
    complaint: Complaint, deadline: Deadline, *, region: Region, now: datetime
) -> datetime | None:
    """When to remind of a deadline that was moved. Of one that has been reminded of, only where the moment by which
    the setting asks for it is still ahead.
    """
    at = reminder(complaint, deadline, agency_id=complaint.agency_id, region=region, now=now)
    if complaint.near_at is not None:
        return at
    early = reminder(
        complaint, deadline, agency_id=complaint.agency_id, region=region, now=deadline.received_at
    )
    return at if early is not None and early > now else None


def reminder(
    complaint: Complaint, deadline: Deadline, *, agency_id: str | None, region: Region, now: datetime
) -> datetime | None:
    """When a body that has the complaint now is reminded of this deadline."""
    category = region.category(complaint.category)
    return _reminder(deadline, now=now, agency_id=agency_id, category=category, region=region)


def _reminder(
    deadline: Deadline, *, now: datetime, agency_id: str | None, category: Category, region: Region
) -> datetime | None:
    at, _ = as_best_known(
        lambda calendar: deadlines.reminder(
            category.reminder,
            deadline=deadline.at,
            start=deadline.received_at,
            now=now,
            calendar=calendar,
            by_the_clock=category.danger,
        ),
        calendar=region.calendar_of(agency_id),
    )
    return at
