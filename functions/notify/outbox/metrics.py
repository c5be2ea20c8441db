"""Telling, in numbers: how long after the event everybody was told, and what became of pushes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from functions.edge import metrics
from functions.notify.outbox.payload import Message
from functions.notify.outbox.push import Outcome
from functions.records.outbox import Published
from functions.records.people.devices import DeviceItem

PROMISED: Final = timedelta(minutes=1)
_FAILURES: Final = frozenset({Outcome.FAILED, Outcome.REFUSED, Outcome.THROTTLED})


def report_told(published: Published, *, now: datetime) -> None:
    """Everybody whom the event concerns has it in the inbox and in the queue of webhooks; the canary's person too."""
    delay = now - published.event.at
    metrics.emit(
        {
            metrics.TOLD: 1,
            metrics.TOLD_LATE: int(delay > PROMISED),
            metrics.TELLING_DELAY: max(0.0, delay.total_seconds()),
        },
        Complaint=published.event.complaint_id,
    )


def counted(push: Callable[[DeviceItem, Message], Outcome]) -> Callable[[DeviceItem, Message], Outcome]:
    """The pusher, with its outcomes counted. A phone that is gone is a normal end, and neither sent nor failed."""

    def pushed(device: DeviceItem, message: Message) -> Outcome:
        outcome = push(device, message)
        if outcome is not Outcome.GONE:
            failed = outcome in _FAILURES
            metrics.emit({metrics.PUSH_SENT: int(not failed), metrics.PUSH_FAILED: int(failed)})
        return outcome

    return pushed
