"""Jobs over many deliveries of a subscription, page by page through the queue: recovery and replay of a range.

A job's progress is in its item, which also has it found again should its message be lost. A page may run twice: waking
a lane twice is harmless, and a delivery is replayed once for each job.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from functions.complaints.clock import iso, parse_iso
from functions.notify.webhooks.delivery import (
    VERIFICATION_LANE,
    Delivery,
    DeliveryStatus,
    Lane,
    Nudge,
    ticket_of,
)
from functions.notify.webhooks.nudges import JobCall
from functions.notify.webhooks.store import GRACE, Deliveries, delivery_of_item
from functions.notify.webhooks.tables import DeliveryItem, event_sk, lane_pk
from functions.notify.webhooks.timers import Job, job_of, save_job
from functions.records.conditional import updated

PAGE: Final = 100

type Enqueue = Callable[[Sequence[Nudge | JobCall]], None]


def go_on(
    call: JobCall,
    *,
    deliveries: Deliveries,
    enqueue: Enqueue,
    now: Callable[[], datetime],
    going_on: Callable[[], bool],
) -> None:
    """Do pages of the job while `going_on`, then hand the rest on through the queue."""
    job = job_of(call.agency_id, call.subscription_id, call.job_id)
    while job is not None and job.ended is None:
        if not going_on():
            enqueue([call])
            return
        job = _page(job, deliveries=deliveries, enqueue=enqueue, now=now)


def replay_one(delivery: Delivery, *, deliveries: Deliveries, enqueue: Enqueue, now: datetime) -> None:
    """Have one delivery sent again, under the same `webhook-id`, before what waits behind it."""
    _send_again([delivery], at=now, deliveries=deliveries, now=now)
    enqueue([Nudge(lane=delivery.lane)])


def _page(job: Job, *, deliveries: Deliveries, enqueue: Enqueue, now: Callable[[], datetime]) -> Job:
    query = DeliveryItem.by_time.query(
        job.subscription_id,
        DeliveryItem.created.between(job.start, job.end),
        limit=PAGE,
        page_size=PAGE,
        last_evaluated_key=job.cursor,
    )
    found = [delivery_of_item(item) for item in query]
    if job.kind == "replay":
        events = [each for each in found if each.lane.complaint_id != VERIFICATION_LANE]
        lanes = _send_again(events, at=parse_iso(job.begun), deliveries=deliveries, now=now())
    else:
        lanes = _wake(found, deliveries=deliveries, now=now())
    enqueue([Nudge(lane=lane) for lane in lanes])
    cursor = query.last_evaluated_key
    progress = replace(
        job,
        cursor=cursor,
        done=job.done + len(found),
        ended=None if cursor is not None else iso(now()),
    )
    save_job(progress, next_at=None if cursor is None else now() + GRACE, now=now())
    return progress


def _wake(found: Sequence[Delivery], *, deliveries: Deliveries, now: datetime) -> tuple[Lane, ...]:
    waiting = (each.lane for each in found if each.status == DeliveryStatus.PENDING)
    lanes = tuple(dict.fromkeys(waiting))
    for lane in lanes:
        deliveries.wake(lane, now=now)
    return lanes


def _send_again(
    found: Sequence[Delivery], *, at: datetime, deliveries: Deliveries, now: datetime
) -> tuple[Lane, ...]:
    """Mark deliveries as waiting again for the replay that was asked for `at`, and put them into their lanes."""
    by_lane: dict[Lane, list[int]] = {}
    for delivery in found:
        by_lane.setdefault(delivery.lane, []).append(_ticket_again(delivery, at=at))
    for lane, tickets in by_lane.items():
        deliveries.announce(lane, tickets, now=now)
        deliveries.wake(lane, now=now)
    return tuple(by_lane)


def _ticket_again(delivery: Delivery, *, at: datetime) -> int:
    """Have the delivery wait again, and give the ticket that it waits under.

    Once for each replay: what this one has sent already is not sent again when its page runs twice. What waits already
    goes on waiting under the same ticket, however often it is replayed: a lane's queue does not grow by that. A
    delivery that is given a new try starts its schedule anew.
    """
    lane = delivery.lane
    item = DeliveryItem(lane_pk(lane.subscription_id, lane.complaint_id), event_sk(delivery.seq))
    new = DeliveryItem.pk.exists() & (
        DeliveryItem.replayed_at.does_not_exist() | (DeliveryItem.replayed_at < at)
    )
    anew = [DeliveryItem.replayed_at.set(at), DeliveryItem.tries.set(0), DeliveryItem.first_at.remove()]
    ended = DeliveryItem.status != DeliveryStatus.PENDING.value
    again = [*anew, DeliveryItem.status.set(DeliveryStatus.PENDING.value), DeliveryItem.replays.add(1)]
    if not updated(item, again, condition=new & ended) and not updated(item, anew, condition=new & ~ended):
        item = DeliveryItem.get(item.pk, item.sk, consistent_read=True)
    return ticket_of(delivery.seq, replay=int(item.replays or 0))
