"""A world around the webhook sender: a clock moved by hand, a queue that forgets nothing, agencies' endpoints, and
faults before, during and after every call. Deliveries are kept by moto's DynamoDB, or in memory where there are many.
"""

import heapq
import itertools
import json
import random
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import botocore.client

from functions.complaints.complaint import ActorKind, Status
from functions.complaints.events import Event, EventType
from functions.edge.stream import Batch
from functions.notify.outbox.deliveries import deliver
from functions.notify.webhooks import due, jobs
from functions.notify.webhooks.asking import Asker
from functions.notify.webhooks.attempt import Attempt
from functions.notify.webhooks.delivery import VERIFICATION_LANE, Delivery, DeliveryStatus, Nudge
from functions.notify.webhooks.endpoints import Endpoint
from functions.notify.webhooks.nudges import JobCall
from functions.notify.webhooks.schedule import SubscriptionHealth
from functions.notify.webhooks.sender import Sender
from functions.notify.webhooks.store import GRACE, LEASE, Taken
from functions.records.outbox import Published
from tests.region_fixture import region

START = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
REGION = region()


class Died(BaseException):
    """The worker is no more: nothing after this line runs, not even what cleans up."""


class Fault(Exception):
    """A call failed; whether it did its work nobody knows."""


def event(complaint_id, seq, *, type=EventType.COMMENTED, at=START, data=None, agency_id="roads", **changes):
    """An event as the stream hands it out."""
    made = Event(
        complaint_id=complaint_id,
        seq=seq,
        type=type,
        at=at,
        actor=ActorKind.SYSTEM,
        status=Status.ASSIGNED,
        data=data or {},
    )
    fields = {
        "visible": True,
        "number": "TST-26-7K3M9T",
        "region": "testville",
        "category": "rubbish",
        "agency_id": agency_id,
        "escalated_to": (),
        "escalation_level": 0,
        "due_at": at + timedelta(days=15),
        "reporter": "person-1",
        "language": "kk",
        "joined": 0,
        "watch_round": 1,
        "started_watch": None,
        "watch_at": None,
        "correlation_id": "request-1",
    } | changes
    return Published(event=made, **fields)


def answered(status=200, *, latency_ms=20, error=None, retry_after=None):
    if 200 <= status < 300:
        outcome = "delivered"
    else:
        outcome, error = ("gone" if status == 410 else "failed"), error or "http_status"
    return Attempt(
        outcome=outcome,
        status=status,
        error=error,
        latency_ms=latency_ms,
        body=b"",
        response_head="",
        retry_after=retry_after,
        address="192.0.2.1",
    )


class Clock:
    def __init__(self, now=START):
        self.now = now

    def __call__(self):
        return self.now

    def advance(self, step):
        self.now += step


class Queue:
    """What SQS promises: at least once, in no order, again after a while if it was not worked off."""

    VISIBILITY = timedelta(seconds=180)

    def __init__(self, clock, *, chance=None):
        self._clock, self._chance = clock, chance or random.Random(1)
        self._count = itertools.count()
        self.waiting = []
        self.sent = 0

    def __call__(self, messages):
        for message in messages:
            self.put(message, after=message.delay)

    def put(self, message, *, after=timedelta(0)):
        self.sent += 1
        entry = (self._clock() + after, self._chance.random(), next(self._count), message)
        heapq.heappush(self.waiting, entry)

    def take(self):
        if self.waiting and self.waiting[0][0] <= self._clock():
            return heapq.heappop(self.waiting)[-1]
        return None


class Agency:
    """An endpoint that keeps what it accepted; `answer(delivery)` says what it does."""

    def __init__(self, answer=lambda delivery: answered()):
        self.answer = answer
        self.attempts = []
        self.accepted = []

    def __call__(self, endpoint, delivery):
        self.attempts.append(delivery)
        attempt = self.answer(delivery)
        if attempt.outcome == "delivered":
            self.accepted.append(delivery)
        return attempt

    def order(self):
        """Of each complaint the numbers accepted, in the order in which each came first."""
        seen = defaultdict(dict)
        for delivery in self.accepted:
            seen[delivery.lane.complaint_id][delivery.seq] = None
        return {complaint: list(numbers) for complaint, numbers in seen.items()}

    def extra(self):
        return len(self.accepted) - len({delivery.message_id for delivery in self.accepted})


class NoLimit:
    def wait(self, subscription_id, *, rate, now):
        return timedelta(0)


class NoSlots:
    def take(self, subscription_id, *, places, owner, now):
        return "slot#0"

    def give_back(self, subscription_id, slot, *, owner):
        pass


class NoTimer:
    """No time passes during an attempt, as the world's clock has it."""

    def __init__(self, seconds, function):
        pass

    def start(self):
        pass

    def cancel(self):
        pass


class NoFeed:
    def append(self, part, events, *, now):
        pass


class World:
    """Consumer, queue, sender and requeue with their clock; faults are of a worker and never of the world."""

    def __init__(self, *, deliveries, endpoints, timers, post, feed=None, seed=1, ask=None, **tools):
        self.feed = feed or NoFeed()
        self.chance = random.Random(seed)
        self.clock = Clock()
        self.queue = Queue(self.clock, chance=self.chance)
        self.mails = []
        self.deliveries = deliveries
        names = itertools.count()
        options = {
            "rate": NoLimit(),
            "slots": NoSlots(),
            "tell": lambda endpoint: endpoint,
            "report": lambda *_: None,
            "report_waiting": lambda *_: None,
            "enqueue": self.queue,
            "timer": NoTimer,
        } | tools
        self.sender = Sender(
            deliveries=deliveries,
            endpoints=endpoints,
            timers=timers,
            post=post,
            now=self.clock,
            random=self.chance.random,
            new_owner=lambda: f"worker-{next(names)}",
            **options,
        )
        self.asker = Asker(
            deliveries=deliveries,
            enqueue=lambda messages: self.sender.enqueue(messages),
            post=ask or (lambda url, body, headers: answered(503)),
            now=self.clock,
            new_owner=lambda: f"worker-{next(names)}",
        )
        self.faults = 0

    def publish(self, published, subscriptions):
        """Consume one event as a stream does: again until it is done."""
        while True:
            batch = Batch([published])
            with suppress(Died):
                deliver(
                    batch,
                    deliveries=self.deliveries,
                    subscriptions=subscriptions,
                    enqueue=self.sender.enqueue,
                    region=REGION,
                    now=self.clock,
                    feed=self.feed,
                )
                if not batch.failed:
                    return
            self.faults += 1

    def work(self, message):
        try:
            if isinstance(message, JobCall):
                jobs.go_on(
                    message,
                    deliveries=self.deliveries,
                    enqueue=self.sender.enqueue,
                    now=self.clock,
                    going_on=lambda: True,
                )
            elif message.lane.complaint_id == VERIFICATION_LANE:
                self.asker.work(message)
            else:
                self.sender.work(message)
        except (Fault, Died):
            self.faults += 1
            self.queue.put(message, after=Queue.VISIBILITY)

    def work_off(self):
        """Everything that is ready; the count."""
        worked = 0
        while (message := self.queue.take()) is not None:
            self.work(message)
            worked += 1
        return worked

    def sweep(self):
        try:
            due.requeue(enqueue=self.sender.enqueue, now=self.clock())
        except (Fault, Died):
            self.faults += 1

    def pass_time(self, duration, *, step=timedelta(seconds=60), until=lambda: False):
        """Let time pass, the requeue running at each step, until `until` says so."""
        end = self.clock() + duration
        while self.clock() < end and not until():
            self.clock.advance(step)
            self.sweep()
            self.work_off()


class Faults:
    """Makes calls fail: `plan(number)` says of each call None, or a pair of ("before" | "after", exception)."""

    def __init__(self, plan):
        self.plan = plan
        self.calls = []
        self.active = True

    def around(self, name, call):
        if not self.active:
            return call()
        number = len(self.calls)
        self.calls.append(name)
        fault = self.plan(number)
        if fault is None:
            return call()
        when, exception = fault
        if when == "after":
            call()
        raise exception(f"{when} {name}")

    @contextmanager
    def in_aws(self):
        """Around every request of every AWS client, PynamoDB's and boto3's."""
        real = botocore.client.BaseClient._make_api_call

        def faulty(client, operation, parameters):
            return self.around(operation, lambda: real(client, operation, parameters))

        botocore.client.BaseClient._make_api_call = faulty
        try:
            yield self
        finally:
            botocore.client.BaseClient._make_api_call = real

    @contextmanager
    def paused(self):
        self.active = False
        try:
            yield
        finally:
            self.active = True


# ---- in memory


class MemoryDeliveries:
    """The store of deliveries with the meaning of the one in DynamoDB. `between` is called around every call."""

    def __init__(self, between=lambda: None):
        self._between = between
        self.items = {}
        self.lanes = {}

    def add(self, delivery):
        self._between()
        self.items.setdefault((delivery.lane, delivery.seq), delivery)

    def announce(self, lane, tickets, *, now):
        self._between()
        state = self.lanes.setdefault(lane, MemoryLane())
        state.pending |= set(tickets)
        state.next_at = state.next_at or now + GRACE

    def take(self, lane, *, owner, now, early=False):
        self._between()
        state = self.lanes.get(lane)
        if state is None or not state.pending or (state.lease_until and state.lease_until >= now):
            return None
        if not early and state.attempt_at is not None and state.attempt_at > now:
            return None
        state.owner, state.lease_until = owner, now + LEASE
        return Taken(lane=lane, owner=owner, until=state.lease_until, pending=tuple(sorted(state.pending)))

    def pending(self, lane):
        state = self.lanes.get(lane)
        return tuple(sorted(state.pending)) if state else ()

    def get(self, lane, seq):
        self._between()
        return self.items.get((lane, seq))

    def record(self, delivery):
        self._between()
        key = (delivery.lane, delivery.seq)
        if self.items[key].status == DeliveryStatus.PENDING:
            self.items[key] = delivery

    def finish(self, taken, *, done):
        self._between()
        state = self.lanes[taken.lane]
        if state.owner != taken.owner:
            return ()
        if len(state.pending) == len(done):
            state.pending -= done
            state.owner = state.lease_until = state.attempt_at = state.next_at = None
            return ()
        return tuple(sorted(state.pending - done))

    def leave(self, taken, *, done, next_at, attempt_at):
        self._between()
        state = self.lanes[taken.lane]
        if state.owner == taken.owner:
            state.pending -= done
            state.owner = state.lease_until = None
            state.next_at, state.attempt_at = next_at, attempt_at

    def park(self, lane, *, next_at, now):
        self._between()
        state = self.lanes.get(lane)
        if state and state.pending and not (state.lease_until and state.lease_until >= now):
            state.next_at = next_at

    def wake(self, lane, *, now):
        self._between()
        state = self.lanes.get(lane)
        if state and state.pending:
            state.attempt_at, state.next_at = None, now + GRACE

    def due(self, now):
        return [lane for lane, state in self.lanes.items() if state.next_at and state.next_at <= now]


class MemoryLane:
    def __init__(self):
        self.pending = set()
        self.owner = self.lease_until = self.attempt_at = self.next_at = None


class MemoryEndpoints:
    def __init__(self, *endpoints):
        self.known = {each.subscription_id: each for each in endpoints}

    def get(self, agency_id, subscription_id):
        return self.known.get(subscription_id)

    def replace(self, endpoint, changed):
        if self.known[endpoint.subscription_id].version != endpoint.version:
            return None
        changed = replace(changed, version=endpoint.version + 1)
        self.known[endpoint.subscription_id] = changed
        return changed

    def change(self, endpoint, decide):
        current = self.known[endpoint.subscription_id]
        changed = decide(current)
        return current if changed == current else self.replace(current, changed)


class MemoryTimers:
    def __init__(self):
        self.probes = {}
        self.recoveries = []

    def set_probe(self, lane, *, at, now):
        self.probes[lane.subscription_id] = (at, lane)

    def clear_probe(self, lane):
        self.probes.pop(lane.subscription_id, None)

    def recover(self, lane, *, since, now):
        self.recoveries.append(lane)
        return "job#recovery"


class FaultyStore:
    """A store whose every call may fail before or after it did its work."""

    def __init__(self, inner, faults):
        self._inner, self._faults = inner, faults

    def __getattr__(self, name):
        call = getattr(self._inner, name)
        return lambda *given, **named: self._faults.around(name, lambda: call(*given, **named))


class MemoryWorld(World):
    """A world whose stores are in memory; the requeue and the recovery's job look there."""

    def __init__(self, faults, *, post, seed=1, endpoint=None):
        self.memory = MemoryDeliveries()
        self.timers = MemoryTimers()
        super().__init__(
            deliveries=FaultyStore(self.memory, faults),
            endpoints=FaultyStore(MemoryEndpoints(endpoint or memory_endpoint()), faults),
            timers=FaultyStore(self.timers, faults),
            post=post,
            seed=seed,
        )
        queue = self.queue
        object.__setattr__(
            self.sender,
            "enqueue",
            lambda messages: faults.around("SendMessageBatch", lambda: queue(messages)),
        )

    def work(self, message):
        if not isinstance(message, JobCall):
            super().work(message)
            return
        for lane, state in self.memory.lanes.items():
            if state.pending:
                self.memory.wake(lane, now=self.clock())
                self.queue([Nudge(lane=lane)])

    def sweep(self):
        now = self.clock()
        for lane in self.memory.due(now):
            self.memory.lanes[lane].next_at = now + due.AGAIN
            self.queue([Nudge(lane=lane)])
        for at, lane in self.timers.probes.values():
            if at <= now:
                self.queue([Nudge(lane=lane, probe=True)])


class Subscribed:
    """What the consumer reads of a subscription."""

    def __init__(self, id="s1", *, types=("complaint.*",), status="active", verified_at=None):
        self.id, self.types, self.status, self.verified_at = id, types, status, verified_at


def memory_endpoint(subscription_id="s1", **changes):
    fields = {
        "agency_id": "roads",
        "subscription_id": subscription_id,
        "url": "https://hooks.example.com/",
        "secrets": (("whsec_" + "A" * 32, None),),
        "active": True,
        "max_rate": None,
        "health": SubscriptionHealth(),
        "notices": (),
        "version": 0,
    }
    return Endpoint(**fields | changes)


def sequence_of(delivery: Delivery):
    return json.loads(delivery.body)["data"]["sequence"]
