"""In order per complaint, whatever fails and whoever works at the same time: many random interleavings, in memory."""

import random
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
    """Between any two calls of a worker others may run, whole or until they die."""

    def __init__(self, seed, *, failing=0.2, dying=0.02):
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
        self.failing, self.dying, self.depth, self.interleavings = failing, dying, 0, 0

    def answer(self, delivery):
        return answered(503 if self.chance.random() < self.failing else 200)

    def post(self, endpoint, delivery):
        self.between()
        attempt = self.agency(endpoint, delivery)
        self.between()
        return attempt

    def between(self):
        drawn = self.chance.random()
        if self.depth and drawn < self.dying:
            raise Died
        if self.depth < 3 and drawn > 0.9 and (message := self.world.queue.take()) is not None:
            self.interleavings += 1
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
        waiting = [number for number in range(COMPLAINTS) for _ in range(EVENTS)]
        self.chance.shuffle(waiting)
        published = dict.fromkeys(range(COMPLAINTS), 0)
        for number in waiting:
            published[number] += 1
            self.world.publish(event(f"C{number}", published[number]), subscriptions=lambda _: [Subscribed()])
            if self.chance.random() < 0.3 and (message := self.world.queue.take()) is not None:
                self.run(message)
        self.failing = 0.1
        while any(state.pending for state in self.deliveries.lanes.values()):
            self.rest()

    def rest(self):
        clock = self.world.clock
        while (message := self.world.queue.take()) is not None:
            self.run(message)
        ahead = [entry[0] for entry in self.world.queue.waiting[:1]]
        ahead += [state.next_at for state in self.deliveries.lanes.values() if state.next_at]
        clock.now = max(clock.now, min(ahead, default=clock.now)) + timedelta(seconds=1)
        assert clock.now < START + timedelta(days=30), "it never comes to rest"
        for lane in self.deliveries.due(clock.now):
            self.deliveries.lanes[lane].next_at = clock.now + timedelta(minutes=2)
            self.world.queue([Nudge(lane=lane)])


def check(runs, *, first=0):
    interleavings = 0
    for seed in range(first, first + runs):
        play = Interleaved(seed)
        play.play()
        assert play.agency.order() == {f"C{n}": [1, 2, 3] for n in range(COMPLAINTS)}, f"seed {seed}"
        assert play.agency.extra() <= play.world.faults, f"seed {seed}"
        interleavings += play.interleavings
    return interleavings


def test_order_holds_in_every_interleaving():
    assert check(20) > 100


@pytest.mark.slow
def test_order_holds_in_ten_thousand_interleavings_of_a_hundred_complaints():
    interleavings, first = 0, 1000
    while interleavings < 10_000:
        interleavings += check(20, first=first)
        first += 20
