"""In order per complaint, whatever fails and whoever works at the same time: many random interleavings, in memory.

Ten thousand of worlds with a hundred complaints are `python -m tests.interleavings`.
"""

import hashlib
import random
from dataclasses import dataclass
from datetime import timedelta

import pytest

from functions.notify.webhooks.delivery import Nudge
from functions.notify.webhooks.nudges import JobCall
from tests.functions.webhook_world import (
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

COMPLAINTS = 100
EVENTS = 3


class Interleaved:
    """Between any two calls of a worker others may run, whole or until they die, more may be published, and now and
    then the queue loses a nudge.
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
        self.sending = set()
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
            self.publish_one()

    def publish_one(self):
        if not self.unpublished:
            return
        number = self.unpublished.pop()
        self.published[number] += 1
        published = event(f"C{number}", self.published[number])
        # Whole: of one complaint, a stream hands out one event after the other.
        depth, self.depth = self.depth, 3
        dying, self.dying = self.dying, 0
        try:
            self.world.publish(published, subscriptions=lambda _: [Subscribed()])
        finally:
            self.depth, self.dying = depth, dying

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
            self.publish_one()
            if self.chance.random() < 0.3:
                self.work_one()
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
    calls of another, `deaths` those that never ended.
    """

    digest: bytes
    interruptions: int
    deaths: int


def histories(count, *, first, complaints):
    """So many interleavings, each a world of its own, in which everything was delivered and in order."""
    for seed in range(first, first + count):
        play = Interleaved(seed, complaints=complaints)
        play.play()
        assert play.agency.order() == {f"C{n}": [1, 2, 3] for n in range(complaints)}, f"seed {seed}"
        recorded = sum(each.status == "delivered" for each in play.deliveries.items.values())
        assert recorded == complaints * EVENTS, f"seed {seed}"
        assert play.agency.extra() == play.unrecorded - recorded <= play.world.faults, f"seed {seed}"
        attempts = [(each.lane.complaint_id, each.seq) for each in play.agency.attempts]
        yield History(
            digest=hashlib.sha256(repr(attempts).encode()).digest(),
            interruptions=play.interleavings,
            deaths=play.world.faults,
        )


def test_order_holds_in_every_interleaving_of_a_hundred_complaints():
    found = list(histories(15, first=0, complaints=COMPLAINTS))
    assert len({each.digest for each in found}) == 15
    assert sum(each.interruptions for each in found) > 1000
    assert sum(each.deaths for each in found) > 15


@pytest.mark.slow
def test_order_holds_in_thousands_of_interleavings_of_few_complaints():
    """Where few wait, the same few meet again and again."""
    found = list(histories(2000, first=1000, complaints=5))
    assert len({each.digest for each in found}) > 1900
    assert sum(each.interruptions for each in found) > 4000
