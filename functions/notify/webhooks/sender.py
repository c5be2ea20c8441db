"""The sender: works through one lane, in order, until it is empty, one delivery fails, or its time is used up.

What holds, whatever fails in between: a lane has one worker at a time (lease), a delivery is done when its item says so,
and a lane in which something waits has a `next_at` or a worker. A delivery is attempted before it is marked, so a crash
between the two sends it once more, under the same `webhook-id`.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from functions.edge.telemetry import logger
from functions.notify.webhooks import schedule
from functions.notify.webhooks.attempt import Attempt, attempt_record
from functions.notify.webhooks.delivery import (
    KEPT,
    Delivery,
    DeliveryStatus,
    Lane,
    Nudge,
    seq_of,
    with_attempt,
)
from functions.notify.webhooks.due import AHEAD
from functions.notify.webhooks.endpoints import Endpoint, Endpoints, with_notice
from functions.notify.webhooks.nudges import LONGEST_DELAY, JobCall
from functions.notify.webhooks.schedule import Pause, Permit
from functions.notify.webhooks.store import GRACE, Deliveries, Taken
from functions.notify.webhooks.timers import Timers

ATTEMPT_RESERVE: Final = timedelta(seconds=20)
"""No attempt begins with less of the lease left: one lasts up to 15 s, then comes the writing."""
PARKED: Final = timedelta(hours=1)
PAUSED: Final = timedelta(hours=6)
"""How long until a lane is looked at again that the end of a rest, or of a pause, should have woken; each look also says
how long its events have been waiting.
"""
SLOW_WAIT_S: Final = (10.0, 60.0)
UNPROVEN_WAIT_S: Final = (1.0, 5.0)
"""How long a lane waits where all places at its endpoint are taken."""
RESTS_LONGEST: Final = timedelta(hours=12)


class Rate(Protocol):
    def wait(self, subscription_id: str, *, rate: int | None, now: datetime) -> timedelta: ...


class Places(Protocol):
    def take(self, subscription_id: str, *, places: int, owner: str, now: datetime) -> str | None: ...

    def give_back(self, subscription_id: str, slot: str, *, owner: str) -> None: ...


type Post = Callable[[Endpoint, Delivery], Attempt]
type Report = Callable[[Endpoint, Delivery, Attempt], None]
type ReportWaiting = Callable[[Endpoint, Delivery], None]
type Tell = Callable[[Endpoint], Endpoint]


@dataclass(frozen=True, kw_only=True)
class Sender:
    """`post` makes one signed attempt, `tell` mails an endpoint's unmailed notices, `report` measures an attempt and
    `report_waiting` what is put off; `random` gives numbers from 0 up to 1, `new_owner` a name for each lease.
    `patience`: after how long an attempt that goes on counts against its endpoint.
    """

    deliveries: Deliveries
    endpoints: Endpoints
    timers: Timers
    rate: Rate
    slots: Places
    enqueue: Callable[[Sequence[Nudge | JobCall]], None]
    post: Post
    tell: Tell
    report: Report
    report_waiting: ReportWaiting
    now: Callable[[], datetime]
    random: Callable[[], float]
    new_owner: Callable[[], str]
    patience: timedelta = schedule.QUICK_WITHIN
    timer: Callable[[float, Callable[[], None]], threading.Timer] = threading.Timer

    def work(self, nudge: Nudge) -> None:
        """Look into a lane and send what may be sent. Raises what a store raises; the lane is then found again."""
        lane = nudge.lane
        endpoint = self.endpoints.get(lane.agency_id, lane.subscription_id)
        if endpoint is None:
            self._drop(lane)
        elif (until := self._held_until(endpoint)) is not None:
            self._note_waiting(self.told(endpoint), lane)
            self.deliveries.park(lane, next_at=until, now=self.now())
            self._look_again(lane)
        else:
            taken = self.deliveries.take(lane, owner=self.new_owner(), now=self.now(), early=nudge.probe)
            if taken is not None:
                _Turn(self, endpoint, taken).run()
            elif nudge.probe and not self.deliveries.pending(lane):
                self._probe_by_another(lane)

    def told(self, endpoint: Endpoint) -> Endpoint:
        """Mail at best effort: what SNS does not take now stays unmailed for the next time, and delays no delivery."""
        try:
            return self.tell(endpoint)
        except Exception:
            logger.warning("notice not mailed", exc_info=True)
            return endpoint

    def _note_waiting(self, endpoint: Endpoint, lane: Lane) -> None:
        """Measure the lane's oldest delivery, and have the recovery look as far back as its event."""
        ticket = next(iter(self.deliveries.pending(lane)), None)
        delivery = None if ticket is None else self.deliveries.get(lane, seq_of(ticket))
        if delivery is not None and delivery.status == DeliveryStatus.PENDING:
            self.note_waiting(endpoint, delivery)

    def note_waiting(self, endpoint: Endpoint, delivery: Delivery) -> None:
        self.endpoints.change(
            endpoint,
            lambda each: replace(each, health=schedule.waiting(each.health, since=delivery.created)),
        )
        self.report_waiting(endpoint, delivery)

    def _probe_by_another(self, lane: Lane) -> None:
        """Nothing is left here to probe with: let every lane in which something waits try, and the first do it."""
        job_id = self.timers.recover(lane, since=self.now() - KEPT, now=self.now())
        self.timers.clear_probe(lane)
        self.enqueue([_job_call(lane, job_id)])

    def _held_until(self, endpoint: Endpoint) -> datetime | None:
        """When to look again at a lane whose endpoint must not be sent to now; None if it may be."""
        _, permit = schedule.ask(endpoint.health, now=self.now())
        return self._look_at(endpoint, permit)

    def _look_at(self, endpoint: Endpoint, permit: Permit) -> datetime | None:
        now = self.now()
        if not endpoint.active or permit.kind == "paused":
            return now + PAUSED
        return max(now, permit.until or now) + PARKED if permit.kind == "wait" else None

    def _look_again(self, lane: Lane) -> None:
        """The endpoint may have recovered just before its lane was parked, with nobody left to wake this one."""
        endpoint = self.endpoints.get(lane.agency_id, lane.subscription_id)
        if endpoint is not None and self._held_until(endpoint) is None:
            self.enqueue([Nudge(lane=lane)])

    def _drop(self, lane: Lane) -> None:
        """The subscription is deleted: nothing waits for it any more."""
        taken = self.deliveries.take(lane, owner=self.new_owner(), now=self.now(), early=True)
        if taken is not None:
            self.deliveries.finish(taken, done=frozenset(taken.pending))
        self.timers.clear_probe(lane)


class _Turn:
    """One worker's turn in one lane."""

    def __init__(self, sender: Sender, endpoint: Endpoint, taken: Taken) -> None:
        self._sender = sender
        self._endpoint = endpoint
        self._taken = taken
        self._lane = taken.lane
        self._done: set[int] = set()
        self._attempted = False

    def run(self) -> None:
        waiting = self._taken.pending
        try:
            while waiting:
                for ticket in waiting:
                    if not self._handled(seq_of(ticket)):
                        return
                    self._done.add(ticket)
                waiting = self._sender.deliveries.finish(self._taken, done=frozenset(self._done))
        except Exception:
            self._let_go()
            raise

    def _handled(self, seq: int) -> bool:
        """Whether this delivery is done with. If not, the lane was given back and the turn is over."""
        sender = self._sender
        if self._taken.until - sender.now() < ATTEMPT_RESERVE:
            self._leave(wait=timedelta(0))
            return False
        delivery = sender.deliveries.get(self._lane, seq)
        if delivery is None or delivery.status != DeliveryStatus.PENDING:
            return True
        if self._attempted and not self._is_still_there():
            return True
        wait = sender.rate.wait(self._lane.subscription_id, rate=self._endpoint.max_rate, now=sender.now())
        if wait:
            self._come_back(sender.now() + wait)
            return False
        if not self._permitted(delivery):
            return False
        attempt = self._attempt(delivery)
        if attempt is None:
            return False
        return self._after(delivery, attempt)

    def _is_still_there(self) -> bool:
        """Look at the subscription as it is by now: it may have been paused, deleted, or given a new URL or secret since
        the attempt before.
        """
        endpoint = self._sender.endpoints.get(self._lane.agency_id, self._lane.subscription_id)
        if endpoint is None:
            return False
        self._endpoint = endpoint
        return True

    def _permitted(self, delivery: Delivery) -> bool:
        sender, endpoint = self._sender, self._endpoint
        health, permit = schedule.ask(endpoint.health, now=sender.now())
        until = sender._look_at(endpoint, permit)
        if until is None and permit.kind == "probe":
            probing = sender.endpoints.replace(endpoint, replace(endpoint, health=health))
            if probing is None:
                until = sender.now() + PARKED
            else:
                self._endpoint = probing
        if until is None:
            return True
        sender.note_waiting(endpoint, delivery)
        self._give_back(next_at=until)
        sender._look_again(self._lane)
        return False

    def _attempt(self, delivery: Delivery) -> Attempt | None:
        """One attempt, or None where the places at the endpoint are taken."""
        self._attempted = True
        sender, health = self._sender, self._endpoint.health
        places = schedule.places(health)
        if places is None:
            with self._patience():
                return sender.post(self._endpoint, delivery)
        slot = sender.slots.take(
            self._lane.subscription_id, places=places, owner=self._taken.owner, now=sender.now()
        )
        if slot is None:
            shortest, longest = SLOW_WAIT_S if health.slow else UNPROVEN_WAIT_S
            self._leave(wait=timedelta(seconds=shortest + (longest - shortest) * sender.random()))
            return None
        try:
            return sender.post(self._endpoint, delivery)
        finally:
            sender.slots.give_back(self._lane.subscription_id, slot, owner=self._taken.owner)

    @contextmanager
    def _patience(self) -> Iterator[None]:
        """Say that the endpoint is slow while an attempt is still waiting for it: others may be about to begin."""
        timer = self._sender.timer(self._sender.patience.total_seconds(), self._overdue)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _overdue(self) -> None:
        try:
            self._sender.endpoints.change(
                self._endpoint, lambda each: replace(each, health=schedule.overdue(each.health))
            )
        except Exception:
            logger.warning("endpoint not marked as slow", exc_info=True)

    def _after(self, delivery: Delivery, attempt: Attempt) -> bool:
        now = self._sender.now()
        delivery = with_attempt(delivery, attempt_record(attempt, at=now), at=now)
        if attempt.outcome == "delivered":
            self._delivered(delivery, attempt, now=now)
            return True
        return self._failed(delivery, attempt, now=now)

    def _delivered(self, delivery: Delivery, attempt: Attempt, *, now: datetime) -> None:
        sender, before = self._sender, self._endpoint
        delivery = replace(delivery, status=DeliveryStatus.DELIVERED, delivered_at=now)
        sender.deliveries.record(delivery)
        took = timedelta(milliseconds=attempt.latency_ms)
        recovered = before.health.breaker != "closed"
        job_id = None
        if recovered:
            # Before the breaker closes: a job that starts too early does no harm, one that is never made would.
            since = before.health.waiting_since or before.health.failing_since or now - KEPT
            job_id = sender.timers.recover(self._lane, since=since, now=now)
        self._endpoint = sender.endpoints.change(
            before,
            lambda each: replace(each, health=schedule.after_success(each.health, took=took)),
        )
        if job_id is not None:
            sender.timers.clear_probe(self._lane)
            sender.enqueue([_job_call(self._lane, job_id)])
        self._endpoint = sender.told(self._endpoint)
        sender.report(self._endpoint, delivery, attempt)

    def _failed(self, delivery: Delivery, attempt: Attempt, *, now: datetime) -> bool:
        """Whether the lane goes on without this delivery: only if it alone did not get through for five days."""
        sender, before = self._sender, self._endpoint
        sender.deliveries.record(delivery)
        after = sender.endpoints.change(
            before,
            lambda each: after_failed(each, attempt, waiting=delivery.created, now=now, random=sender.random),
        )
        due = schedule.next_attempt(
            attempts_made=delivery.tries,
            now=now,
            first_at=delivery.first_at or now,
            retry_after=attempt.retry_after,
            random=sender.random,
        )
        given_up = due is None and not _failing_since(after, delivery.first_at or now)
        if given_up:
            delivery = replace(delivery, status=DeliveryStatus.FAILED)
            sender.deliveries.record(delivery)
        self._endpoint = sender.told(after)
        sender.report(after, delivery, attempt)
        if given_up:
            return True
        self._wait(due or now + RESTS_LONGEST, now=now)
        return False

    def _wait(self, due: datetime, *, now: datetime) -> None:
        """Give the lane back until `due`, or until the endpoint's rest or pause is over."""
        sender, health = self._sender, self._endpoint.health
        _, permit = schedule.ask(health, now=now)
        until = sender._look_at(self._endpoint, permit)
        if until is not None:
            self._give_back(next_at=until, attempt_at=due)
            if permit.kind == "wait" and permit.until is not None:
                self._probe_at(permit.until, now=now)
            else:
                sender._look_again(self._lane)
            return
        self._come_back(due)

    def _come_back(self, at: datetime) -> None:
        """Give the lane back until then; whoever looks into it before finds that it is not its time."""
        delay = at - self._sender.now()
        soon = delay <= LONGEST_DELAY
        self._give_back(next_at=at + GRACE if soon else at - AHEAD, attempt_at=at)
        if soon:
            self._sender.enqueue([Nudge(lane=self._lane, delay=delay)])

    def _probe_at(self, at: datetime, *, now: datetime) -> None:
        soon = at - now <= LONGEST_DELAY
        self._sender.timers.set_probe(self._lane, at=at + GRACE if soon else at, now=now)
        if soon:
            self._sender.enqueue([Nudge(lane=self._lane, probe=True, delay=at - now)])

    def _leave(self, *, wait: timedelta) -> None:
        """Give the lane back with its turn not over, and have it go on after `wait`."""
        sender = self._sender
        self._give_back(next_at=sender.now() + wait + GRACE)
        sender.enqueue([Nudge(lane=self._lane, delay=wait)])

    def _give_back(self, *, next_at: datetime, attempt_at: datetime | None = None) -> None:
        self._sender.deliveries.leave(
            self._taken, done=frozenset(self._done), next_at=next_at, attempt_at=attempt_at
        )

    def _let_go(self) -> None:
        """After a fault: give the lane back at best effort, so that nobody waits for the lease to run out."""
        try:
            self._give_back(next_at=self._sender.now())
        except Exception:
            logger.warning("lane not given back", exc_info=True)


def after_failed(
    endpoint: Endpoint, attempt: Attempt, *, waiting: datetime, now: datetime, random: schedule.Chance
) -> Endpoint:
    """The endpoint after a failed attempt at an event of the time `waiting`: its health, and the notices that fell due
    with it.
    """
    health = schedule.after_failure(
        endpoint.health,
        now=now,
        retry_after=attempt.retry_after,
        random=random,
        took=timedelta(milliseconds=attempt.latency_ms),
    )
    health = schedule.waiting(health, since=waiting)
    if attempt.outcome == "gone" and health.paused is None:
        gone = replace(endpoint, health=schedule.after_gone(health, now=now))
        return with_notice(gone, f"paused_{Pause.GONE}", at=now)
    for warning in schedule.due_warnings(health, now=now):
        health = schedule.with_warned(health, warning, now=now)
        endpoint = with_notice(endpoint, warning.value, at=now)
    if schedule.pause_due(health, now=now):
        health = schedule.paused(health, reason=Pause.FAILING, now=now)
        endpoint = with_notice(endpoint, f"paused_{Pause.FAILING}", at=now)
    return replace(endpoint, health=health)


def _job_call(lane: Lane, job_id: str) -> JobCall:
    return JobCall(agency_id=lane.agency_id, subscription_id=lane.subscription_id, job_id=job_id)


def _failing_since(endpoint: Endpoint, instant: datetime) -> bool:
    """Whether the endpoint took nothing at all since `instant`; then no single delivery is to blame."""
    since = endpoint.health.failing_since
    return endpoint.health.paused is not None or (since is not None and since <= instant)
