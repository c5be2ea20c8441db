"""The one timer that a complaint has at any moment: what happens next if nobody does anything."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from functions.complaints.complaint import OPEN, Complaint, Status

ASSIGNED_WITHIN: Final = timedelta(minutes=2)
"""Assigning takes seconds; what has not been assigned by then was lost on the way, and the sweep assigns it."""


class TimerKind(StrEnum):
    PHOTOS = "photos"
    ASSIGNMENT = "assignment"
    ACKNOWLEDGEMENT = "acknowledgement"
    NEAR = "near"
    DUE = "due"
    CLOSE = "close"


WATCHED: Final = frozenset({TimerKind.ACKNOWLEDGEMENT, TimerKind.NEAR, TimerKind.DUE})
"""What the seconds matter for has a watch of its own. The rest is the sweep's, a few minutes late at the most:
photos that do not come, and a complaint that closes by itself, are not worth an execution each.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """What happens at an instant if nobody does anything before."""

    kind: TimerKind
    at: datetime


def timers(complaint: Complaint) -> tuple[Timer, ...]:
    """Every timer that runs in the complaint's state, the weightiest first."""
    running: list[tuple[TimerKind, datetime | None]]
    match complaint.status:
        case Status.SUBMITTED:
            running = [(TimerKind.ASSIGNMENT, complaint.changed_at + ASSIGNED_WITHIN)]
        case Status.ANSWERED:
            running = [(TimerKind.CLOSE, complaint.close_at)]
        case Status.ASSIGNED | Status.ACKNOWLEDGED if not complaint.overdue:
            assigned = complaint.status == Status.ASSIGNED
            running = [
                (TimerKind.DUE, complaint.due_at),
                (TimerKind.ACKNOWLEDGEMENT, complaint.acknowledge_by if assigned else None),
                (TimerKind.NEAR, complaint.near_at),
            ]
        case _:
            running = []
    # Who has sent none that can be used may still send another.
    waits = complaint.status == Status.AWAITING_PHOTOS
    if waits or (complaint.expects_photos and complaint.status in OPEN):
        running.append((TimerKind.PHOTOS, complaint.photos_due_at))
    return tuple([Timer(kind=kind, at=at) for kind, at in running if at is not None])


def without_idle(complaint: Complaint) -> Complaint:
    """Without the times that have no timer any more, so that nobody is told of one at which nothing happens.

    The answer's term stays: after a dispute it goes on.
    """
    to_be_seen = complaint.status == Status.ASSIGNED and not complaint.overdue
    return replace(
        complaint,
        acknowledge_by=complaint.acknowledge_by if to_be_seen else None,
        close_at=complaint.close_at if complaint.status == Status.ANSWERED else None,
    )


def next_timer(complaint: Complaint) -> Timer | None:
    """The earliest timer."""
    return _earliest(timers(complaint))


def watched_timer(complaint: Complaint) -> Timer | None:
    """The earliest timer that a watch sleeps for."""
    return earliest_watched(timers(complaint))


def earliest_watched(running: Iterable[Timer]) -> Timer | None:
    return _earliest([timer for timer in running if timer.kind in WATCHED])


def passed_timer(complaint: Complaint, *, now: datetime) -> Timer | None:
    """The weightiest timer that has run out: after an outage nobody is reminded of what is missed already."""
    return next((timer for timer in timers(complaint) if timer.at <= now), None)


def _earliest(running: Iterable[Timer]) -> Timer | None:
    return min(running, key=lambda timer: timer.at, default=None)
