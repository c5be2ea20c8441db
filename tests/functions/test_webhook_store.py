"""The store in memory, on which the many random interleavings run, means the same as the one in DynamoDB."""

import random
from datetime import timedelta

import pytest

from functions.notify.webhooks.delivery import DeliveryStatus, ticket_of, with_attempt
from functions.notify.webhooks.message import delivery_of
from functions.notify.webhooks.store import GRACE, DynamoDeliveries
from functions.notify.webhooks.tables import LaneItem, lane_pk
from tests.dynamodb import tables
from tests.functions.webhook_world import START, MemoryDeliveries, event


class Both:
    """Does everything to both stores and insists on the same answer."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.real, self.memory = DynamoDeliveries(), MemoryDeliveries()
        self.now = START
        self.taken = []
        self.workers = 0
        delivery = delivery_of(event(f"C{seed}", 1), agency_id="roads", subscription_id="s")
        self.lane = delivery.lane

    def ask(self, name, *arguments, **options):
        answers = [getattr(store, name)(*arguments, **options) for store in (self.real, self.memory)]
        assert answers[0] == answers[1], (name, arguments, options)
        return answers[0]

    def step(self):
        kind = self.chance.choice(
            ["announce", "announce", "take", "take", "record", "finish", "leave", "park", "wake", "time"]
        )
        getattr(self, kind)()
        self.ask("pending", self.lane)
        self.compare()

    def announce(self):
        seq = self.chance.randint(1, 4)
        delivery = delivery_of(event(self.lane.complaint_id, seq), agency_id="roads", subscription_id="s")
        self.ask("add", delivery)
        self.ask("announce", self.lane, [ticket_of(seq, replay=self.chance.randint(0, 1))], now=self.now)
        self.ask("get", self.lane, seq)

    def take(self):
        self.workers += 1
        early = self.chance.random() < 0.3
        taken = self.ask("take", self.lane, owner=f"w{self.workers}", now=self.now, early=early)
        if taken is not None:
            self.taken.append(taken)

    def record(self):
        seq = self.chance.randint(1, 4)
        delivery = self.ask("get", self.lane, seq)
        if delivery is not None:
            status = self.chance.choice(list(DeliveryStatus))
            changed = with_attempt(delivery, {"status": 200}, at=self.now)
            object.__setattr__(changed, "status", status)
            self.ask("record", changed)
            self.ask("get", self.lane, seq)

    def finish(self):
        if self.taken:
            taken = self.chance.choice(self.taken)
            self.ask("finish", taken, done=frozenset(taken.pending))

    def leave(self):
        if self.taken:
            taken = self.chance.choice(self.taken)
            done = frozenset(self.chance.sample(taken.pending, k=self.chance.randint(0, len(taken.pending))))
            attempt_at = self.chance.choice([None, self.now + timedelta(seconds=30)])
            self.ask("leave", taken, done=done, next_at=self.now + GRACE, attempt_at=attempt_at)

    def park(self):
        self.ask("park", self.lane, next_at=self.now + timedelta(hours=1), now=self.now)

    def wake(self):
        self.ask("wake", self.lane, now=self.now)

    def time(self):
        self.now += timedelta(seconds=self.chance.choice([1, 20, 61]))

    def compare(self):
        state = self.memory.lanes.get(self.lane)
        if state is None:
            return
        item = LaneItem.get(lane_pk("s", self.lane.complaint_id), LaneItem.SK)
        assert (item.lease_owner, item.lease_until, item.attempt_at, item.next_at) == (
            state.owner,
            state.lease_until,
            state.attempt_at,
            state.next_at,
        )
        assert (item.due_shard is None) == (item.next_at is None)


@pytest.fixture(scope="module", autouse=True)
def table():
    with tables():
        yield


@pytest.mark.parametrize("seed", range(5))
def test_both_stores_answer_alike(seed):
    both = Both(seed)
    for _ in range(30):
        both.step()


@pytest.mark.slow
def test_both_stores_answer_alike_for_long():
    for seed in range(100, 106):
        both = Both(seed)
        for _ in range(50):
            both.step()
