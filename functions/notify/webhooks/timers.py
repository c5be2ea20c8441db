"""What must happen to a subscription later: the probe of a resting endpoint, and jobs over many deliveries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from functions.complaints.clock import iso
from functions.complaints.ids import new_id
from functions.notify.webhooks.delivery import KEPT, Lane
from functions.notify.webhooks.store import GRACE
from functions.notify.webhooks.tables import TimerItem, due_shard, subscription_pk

PROBE: Final = "probe"
RECOVERY: Final = "job#recovery"
RECOVERY_MARGIN: Final = timedelta(hours=1)
"""How long before its run of failures an endpoint may have left a delivery waiting."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A pass over a subscription's deliveries with events from `start` to `end`: `recovery` wakes their lanes,
    `replay` has them sent again. `cursor` is where to go on; `done` counts what was handled so far.
    """

    agency_id: str
    subscription_id: str
    id: str
    kind: str
    start: str
    end: str
    begun: str
    cursor: dict[str, Any] | None = None
    done: int = 0
    ended: str | None = None


class Timers(Protocol):
    """The DynamoDB one below, and one in memory for tests."""

    def set_probe(self, lane: Lane, *, at: datetime, now: datetime) -> None: ...

    def clear_probe(self, lane: Lane) -> None: ...

    def recover(self, lane: Lane, *, since: datetime, now: datetime) -> str: ...


class DynamoTimers:
    def set_probe(self, lane: Lane, *, at: datetime, now: datetime) -> None:
        """Have this lane's endpoint probed at `at`, by this lane."""
        pk = subscription_pk(lane.subscription_id)
        TimerItem(
            pk,
            PROBE,
            agency_id=lane.agency_id,
            job={"complaint_id": lane.complaint_id},
            due_shard=due_shard(pk),
            next_at=at,
            expires=now + KEPT,
        ).save()

    def clear_probe(self, lane: Lane) -> None:
        TimerItem(subscription_pk(lane.subscription_id), PROBE, agency_id=lane.agency_id).delete()

    def recover(self, lane: Lane, *, since: datetime, now: datetime) -> str:
        """Have every lane of the subscription woken in which something waits since `since`; the job's id."""
        job = Job(
            agency_id=lane.agency_id,
            subscription_id=lane.subscription_id,
            id=RECOVERY,
            kind="recovery",
            start=iso(since - RECOVERY_MARGIN),
            end=iso(now + timedelta(days=1)),
            begun=iso(now),
        )
        save_job(job, next_at=now + GRACE, now=now)
        return job.id


def start_replay(
    agency_id: str, subscription_id: str, *, start: datetime, end: datetime, now: datetime
) -> Job:
    """Have every delivery of an event from `start` up to `end` sent again, in order."""
    job = Job(
        agency_id=agency_id,
        subscription_id=subscription_id,
        id=f"job#{new_id(now)}",
        kind="replay",
        start=iso(start),
        end=iso(end),
        begun=iso(now),
    )
    save_job(job, next_at=now + GRACE, now=now)
    return job


def save_job(job: Job, *, next_at: datetime | None, now: datetime) -> None:
    """Write the job's progress; `next_at` is when to go on should nobody have, None when it has ended."""
    pk = subscription_pk(job.subscription_id)
    TimerItem(
        pk,
        job.id,
        agency_id=job.agency_id,
        job={
            "kind": job.kind,
            "start": job.start,
            "end": job.end,
            "begun": job.begun,
            "cursor": job.cursor,
            "done": job.done,
            "ended": job.ended,
        },
        due_shard=None if next_at is None else due_shard(pk),
        next_at=next_at,
        expires=now + KEPT,
    ).save()


def job_of(agency_id: str, subscription_id: str, job_id: str) -> Job | None:
    try:
        item = TimerItem.get(subscription_pk(subscription_id), job_id, consistent_read=True)
    except TimerItem.DoesNotExist:
        return None
    return Job(agency_id=agency_id, subscription_id=subscription_id, id=job_id, **item.job)


def jobs_of(agency_id: str, subscription_id: str) -> tuple[Job, ...]:
    """A subscription's jobs, the newest first."""
    items = TimerItem.query(
        subscription_pk(subscription_id), TimerItem.sk.startswith("job#"), scan_index_forward=False
    )
    return tuple(
        Job(agency_id=agency_id, subscription_id=subscription_id, id=item.sk, **item.job) for item in items
    )
