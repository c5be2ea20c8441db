"""The one timer that a complaint has at any moment: what happens next if nobody does anything."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.complaints.complaint import WITH_AGENCY, Complaint, Status


class TimerKind(StrEnum):
    PHOTOS = "photos"
    ACKNOWLEDGEMENT = "acknowledgement"
    NEAR = "near"
    DUE = "due"
    CLOSE = "close"


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    kind: TimerKind
    at: datetime


def next_timer(complaint: Complaint) -> Timer | None:
    """The earliest timer of the complaint's state; of two at one instant the missed one goes before the reminder."""
    if complaint.status == Status.AWAITING_PHOTOS:
        return _timer(TimerKind.PHOTOS, complaint.photos_due_at)
    if complaint.status == Status.ANSWERED:
        return _timer(TimerKind.CLOSE, complaint.close_at)
    if complaint.status not in WITH_AGENCY or complaint.overdue:
        return None
    acknowledge_by = complaint.acknowledge_by if complaint.status == Status.ASSIGNED else None
    timers = [
        timer
        for timer in (
            _timer(TimerKind.DUE, complaint.due_at),
            _timer(TimerKind.ACKNOWLEDGEMENT, acknowledge_by),
            _timer(TimerKind.NEAR, complaint.near_at),
        )
        if timer is not None
    ]
    return min(timers, key=lambda timer: timer.at, default=None)


def _timer(kind: TimerKind, at: datetime | None) -> Timer | None:
    return None if at is None else Timer(kind=kind, at=at)
