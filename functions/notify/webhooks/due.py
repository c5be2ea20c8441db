"""What is due and has nobody working on it: found by the index, nudged, and looked at again a little later."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from functions.notify.webhooks.delivery import Lane, Nudge
from functions.notify.webhooks.nudges import BATCH, JobCall
from functions.notify.webhooks.tables import DUE_SHARDS, LaneItem, TimerItem
from functions.notify.webhooks.timers import PROBE
from functions.records.conditional import updated

AGAIN: Final = timedelta(minutes=2)
"""How long a nudge is given before the next."""
AHEAD: Final = timedelta(minutes=1)
"""How long before its time a lane is due here: the queue holds the nudge back until then."""
PAGE: Final = 500


def requeue(
    *,
    enqueue: Callable[[Sequence[Nudge | JobCall]], None],
    now: datetime,
    going_on: Callable[[], bool] = lambda: True,
) -> int:
    """Nudge what was due at `now`, the longest overdue first in each shard; the count.

    What is nudged is looked at again AGAIN later, if it is still due. That is written first: should the nudge be lost
    then, it comes two minutes later.
    """
    nudged = 0
    for shard in range(DUE_SHARDS):
        waiting: list[Nudge | JobCall] = []
        for found in _due(str(shard), now):
            if not going_on():
                break
            message = _claimed(found, now=now)
            if message is None:
                continue
            waiting.append(message)
            if len(waiting) == BATCH:
                enqueue(waiting)
                nudged, waiting = nudged + len(waiting), []
        if waiting:
            enqueue(waiting)
            nudged += len(waiting)
    return nudged


def _due(shard: str, now: datetime) -> Iterator[LaneItem]:
    yield from LaneItem.due.query(shard, LaneItem.next_at <= now, limit=PAGE, page_size=PAGE)


def _claimed(found: LaneItem, *, now: datetime) -> Nudge | JobCall | None:
    """The message for a due item, with its time put off; None where somebody was quicker."""
    model: Any = LaneItem if found.sk == LaneItem.SK else TimerItem
    item = model(found.pk, found.sk)
    still_due = model.next_at.exists() & (model.next_at <= now)
    if not updated(item, [model.next_at.set(now + AGAIN)], condition=still_due):
        return None
    if model is LaneItem:
        _, subscription_id, complaint_id = found.pk.split("#")
        delay = max(timedelta(0), (item.attempt_at or now) - now)
        return Nudge(lane=_lane(item.agency_id, subscription_id, complaint_id), delay=delay)
    subscription_id = found.pk.partition("#")[2]
    if found.sk == PROBE:
        return Nudge(lane=_lane(item.agency_id, subscription_id, item.job["complaint_id"]), probe=True)
    return JobCall(agency_id=item.agency_id, subscription_id=subscription_id, job_id=found.sk)


def _lane(agency_id: str, subscription_id: str, complaint_id: str) -> Lane:
    return Lane(agency_id=agency_id, subscription_id=subscription_id, complaint_id=complaint_id)
