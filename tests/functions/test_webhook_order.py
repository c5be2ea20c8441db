"""In order per complaint, whatever fails and whoever works at the same time: many random interleavings, in memory.

The stream is handed out as AWS may: batches of several complaints, some of them twice, and what fails for one recipient
is set aside and tried again while later batches go on.

Ten thousand of worlds with a hundred complaints are `python -m tests.interleavings`.
"""

import hashlib
import random
from dataclasses import dataclass
from datetime import timedelta

import pytest

from functions.complaints.behind import Behind, person
from functions.edge.stream import Batch
from functions.notify.outbox.deliveries import deliver
from functions.notify.webhooks.delivery import Nudge
from functions.notify.webhooks.nudges import JobCall
from tests.functions.webhook_world import (
    REGION,
    START,
    Agency,
    Died,
    MemoryDeliveries,
    MemoryEndpoints,
    MemoryTimers,
    Subscribed,
    World,
    answered,
    event,
    memory_endpoint,
)
from tests.sweeps import draws

COMPLAINTS = 100
EVENTS = 3


class MemoryFeed:
    """Keeps each event once, as the real one's marks see to, and now and then takes nothing."""

    def __init__(self, fails):
        self.fails, self.kept = fails, {}

    def append(self, part, events, *, now):
        if self.fails():
            raise RuntimeError("planted")
        for each in events:
            self.kept.setdefault(each.event.complaint_id, {})[each.event.seq] = None


class Interleaved:
    """Between any two calls of a worker others may run, whole or until they die, more may be published, what is set
    aside may be tried again, and now and then the queue loses a nudge.
    """

    def __init__(self, seed, *, complaints=COMPLAINTS, failing=0.2, dying=0.02, losing=0.03):
        self.chance = random.Random(seed)
        self.deliveries = MemoryDeliveries(self.between)
        self.agency = Agency(self.answer)
        self.world = World(
            deliveries=self.deliveries,
            endpoints=MemoryEndpoints(memory_endpoint()),
            timers=MemoryTimers(),
            post=self.post,
            seed=seed,
        )
        self.failing, self.dying, self.losing = failing, dying, losing
        self.depth = self.interleavings = self.unrecorded = 0
        self.handing_out = False
        self.sending = set()
        self.behind, self.events, self.told, self.last = {}, {}, {}, []
        self.set_aside = 0
        self.feed = MemoryFeed(self.fails)
        self.published = dict.fromkeys(range(complaints), 0)
        self.unpublished = [number for number in range(complaints) for _ in range(EVENTS)]
        self.chance.shuffle(self.unpublished)

    def answer(self, delivery):
        return answered(503 if self.chance.random() < self.failing else 200)

    def post(self, endpoint, delivery):
        assert delivery.lane not in self.sending, "two at once in one lane"
        self.sending.add(delivery.lane)
        try:
            self.between()
            attempt = self.agency(endpoint, delivery)
            # Whoever dies from here until it is recorded has sent it for nothing.
            self.unrecorded += attempt.outcome == "delivered"
            self.between()
        finally:
            self.sending.discard(delivery.lane)
        return attempt

    def between(self):
        drawn = self.chance.random()
        if self.depth and drawn < self.dying:
            raise Died
        if self.depth >= 3:
            return
        if drawn > 0.9:
            self.work_one()
        elif drawn > 0.8:
            self.publish_some()
        elif drawn > 0.78:
            self.try_again()

    def publish_some(self):
        """The next batch of the stream; now and then the one before once more."""
        if self.handing_out or (not self.unpublished and not self.last):
            return
        if not self.unpublished or (self.last and self.chance.random() < 0.1):
            events, self.last = self.last, []
        else:
            events = self.last = [
                self.publish_one() for _ in range(self.chance.randint(1, 6)) if self.unpublished
            ]
        self.handing_out = True
        try:
            behind = {
                each: self.behind[each]
                for each in {e.event.complaint_id for e in events} & self.behind.keys()
            }
            batch = Batch(events, behind=behind)
            self.tell(batch)
        finally:
            self.handing_out = False
        last = {each.event.complaint_id: each.event.seq for each in events}
        for complaint_id, fallen in batch.fallen_behind.items():
            seen = last[complaint_id]
            before = self.behind.get(complaint_id, Behind(waiting={}, seen=seen))
            self.behind[complaint_id] = before.joined_by(fallen, seen=seen)
            self.set_aside += 1

    def publish_one(self):
        number = self.unpublished.pop()
        self.published[number] += 1
        published = event(f"C{number}", self.published[number])
        self.events[published.event.complaint_id, published.event.seq] = published
        return published

    def try_again(self):
        for complaint_id, behind in list(self.behind.items()):
            first = min(behind.waiting.values())
            events = [self.events[complaint_id, seq] for seq in range(first, behind.seen + 1)]
            batch = Batch(events, behind={complaint_id: behind}, again=True)
            self.tell(batch)
            failed = batch.fallen_behind.get(complaint_id, {})
            now = self.behind.get(complaint_id)
            if now is None:
                continue
            left = now.after_telling(through=behind.seen, failed=failed, tried=behind.waiting)
            if left is None:
                del self.behind[complaint_id]
            else:
                self.behind[complaint_id] = left

    def tell(self, batch):
        """Whole: who dies here has the batch handed out again."""
        depth, self.depth = self.depth, 3
        dying, self.dying = self.dying, 0
        try:
            batch.each(self.line, to=lambda published: [person(published.reporter)])
            deliver(
                batch,
                deliveries=self.deliveries,
                subscriptions=self.subscriptions,
                enqueue=self.world.sender.enqueue,
                region=REGION,
                now=self.world.clock,
                feed=self.feed,
            )
        finally:
            self.depth, self.dying = depth, dying

    def line(self, published, recipient):
        if self.fails():
            raise RuntimeError("planted")
        self.told.setdefault(published.event.complaint_id, {})[published.event.seq] = None
        self.between()

    def subscriptions(self, agency_id):
        if self.fails():
            raise RuntimeError("planted")
        return [Subscribed()]

    def fails(self):
        return self.chance.random() < 0.05

    def work_one(self):
        message = self.world.queue.take()
        if message is None or self.chance.random() < self.losing:
            return
        self.interleavings += self.depth > 0
        self.run(message)

    def run(self, message):
        self.depth += 1
        try:
            if isinstance(message, JobCall):
                self.wake_all()
            else:
                self.world.work(message)
        finally:
            self.depth -= 1

    def wake_all(self):
        for lane in list(self.deliveries.lanes):
            self.deliveries.lanes[lane].attempt_at = None
            self.world.queue([Nudge(lane=lane)])

    def play(self):
        """Publish all events in some order that keeps each complaint's own, and let everything come to rest."""
        while self.unpublished:
            self.publish_some()
            for _ in range(3):
                if self.chance.random() < 0.3:
                    self.work_one()
            if self.chance.random() < 0.1:
                self.try_again()
        while self.behind:
            self.try_again()
        self.failing = 0.1
        while any(state.pending for state in self.deliveries.lanes.values()):
            self.rest()

    def rest(self):
        clock = self.world.clock
        while self.world.queue.waiting and self.world.queue.waiting[0][0] <= clock():
            self.work_one()
        ahead = [entry[0] for entry in self.world.queue.waiting[:1]]
        ahead += [state.next_at for state in self.deliveries.lanes.values() if state.next_at]
        clock.now = max(clock.now, min(ahead, default=clock.now)) + timedelta(seconds=1)
        assert clock.now < START + timedelta(days=30), "it never comes to rest"
        for lane in self.deliveries.due(clock.now):
            self.deliveries.lanes[lane].next_at = clock.now + timedelta(minutes=2)
            self.world.queue([Nudge(lane=lane)])


@dataclass(frozen=True, kw_only=True)
class History:
    """One interleaving: `digest` is of all attempts in their order, `interruptions` counts workers that ran between two
    calls of another, `deaths` those that never ended, `set_aside` the times that somebody fell behind.
    """

    digest: bytes
    interruptions: int
    deaths: int
    set_aside: int


def histories(count, *, first, complaints):
    """So many interleavings, each a world of its own, in which everything was delivered and in order."""
    for seed in range(first, first + count):
        play = Interleaved(seed, complaints=complaints)
        play.play()
        in_order = {f"C{n}": [1, 2, 3] for n in range(complaints)}
        assert play.agency.order() == in_order, f"seed {seed}"
        for each in (play.told, play.feed.kept):
            assert {complaint: list(seqs) for complaint, seqs in each.items()} == in_order, f"seed {seed}"
        recorded = sum(each.status == "delivered" for each in play.deliveries.items.values())
        assert recorded == complaints * EVENTS, f"seed {seed}"
        assert play.agency.extra() == play.unrecorded - recorded <= play.world.faults, f"seed {seed}"
        attempts = [(each.lane.complaint_id, each.seq) for each in play.agency.attempts]
        yield History(
            digest=hashlib.sha256(repr(attempts).encode()).digest(),
            interruptions=play.interleavings,
            deaths=play.world.faults,
            set_aside=play.set_aside,
        )


def test_order_holds_in_every_interleaving_of_a_hundred_complaints():
    count = draws(gate=5, whole=100)
    found = list(histories(count, first=0, complaints=COMPLAINTS))
    assert len({each.digest for each in found}) == count
    assert sum(each.interruptions for each in found) > 1000 / 15 * count
    assert sum(each.deaths for each in found) > count
    assert sum(each.set_aside for each in found) > 100 / 15 * count


@pytest.mark.slow
def test_order_holds_in_hundreds_of_interleavings_of_few_complaints():
    """Where few wait, the same few meet again and again."""
    count = draws(gate=150, whole=2_000)
    found = list(histories(count, first=1000, complaints=5))
    assert len({each.digest for each in found}) > 0.95 * count
    assert sum(each.interruptions for each in found) > 2 * count
