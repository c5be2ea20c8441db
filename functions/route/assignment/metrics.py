"""What happens to people's complaints, in numbers: how many come, are assigned, answered in time, escalated, refuted.

The canary's are none of theirs and count nowhere here; how late one is told of them does count
(`functions.notify.outbox.metrics`), for that is the machine's promise, and the same machine tells people.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from functions.complaints.clock import parse_iso
from functions.complaints.events import EventType
from functions.complaints.region import Region
from functions.complaints.timers import ASSIGNED_WITHIN
from functions.edge import metrics
from functions.records.outbox import Published

PROMPT: Final = timedelta(minutes=1)
"""An escalation later than this, after it could first be known, was not the watch's, which is seconds late at the most."""

_COUNTED: Final[Mapping[EventType, str]] = {
    EventType.SUBMITTED: metrics.SUBMITTED,
    EventType.ASSIGNED: metrics.ASSIGNED,
    EventType.ANSWERED: metrics.ANSWERED,
    EventType.ESCALATED: metrics.ESCALATED,
    EventType.TRANSFERRED: metrics.FORWARDED,
    EventType.REFUTED: metrics.REFUTED,
    EventType.CLOSED: metrics.CLOSED,
}


def report(published: Published, *, region: Region) -> None:
    """One line for an event that counts, with its body and category; none for others."""
    values = numbers(published)
    if values and published.category != region.canary:
        metrics.emit(
            values,
            Agency=published.agency_id,
            Category=published.category,
            Complaint=published.event.complaint_id,
        )


def report_assignment(published: Published, *, region: Region, now: datetime) -> None:
    """How long a complaint waited for its body since the event that made it ready, and whether that was no longer than
    it should be.
    """
    if published.category == region.canary:
        return
    delay = max(0.0, (now - published.event.at).total_seconds())
    promptly = int(delay <= ASSIGNED_WITHIN.total_seconds())
    metrics.emit(
        {metrics.ASSIGNMENT_DELAY: delay, metrics.ASSIGNED_PROMPTLY: promptly},
        Complaint=published.event.complaint_id,
    )


def numbers(published: Published) -> dict[str, float]:
    event = published.event
    name = _COUNTED.get(event.type)
    if name is None:
        return {}
    values: dict[str, float] = {name: 1}
    if event.type == EventType.ANSWERED:
        values[metrics.ANSWERED_IN_TIME] = int(event.data.get("in_time") is True)
    if event.type == EventType.TRANSFERRED:
        values[metrics.FORWARDED_LATE] = int(event.data.get("in_time") is False)
    known_at = event.data.get("known_at") if event.type == EventType.ESCALATED else None
    if known_at is not None:
        delay = event.at - parse_iso(known_at)
        values[metrics.ESCALATION_DELAY] = max(0.0, delay.total_seconds())
        values[metrics.ESCALATED_LATE] = int(delay > PROMPT)
    return values
