"""Nothing is lost, whatever dies and when: faults before, during and after every AWS call and every attempt.

The feed of changes, which the consumer writes besides, has faults of its own in `test_feed`.
"""

import json
import random
from collections import Counter
from datetime import timedelta

import pytest

from functions.complaints import agencies
from functions.notify.outbox.deliveries import CachedSubscriptions
from functions.notify.webhooks import nudges
from functions.notify.webhooks.endpoints import DynamoEndpoints, endpoint_of, proven
from functions.notify.webhooks.limits import AttemptRate, Slots
from functions.notify.webhooks.signature import new_secret
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.timers import DynamoTimers
from tests.dynamodb import tables
from tests.functions.webhook_world import (
    START,
    Agency,
    Died,
    Fault,
    Faults,
    MemoryWorld,
    Subscribed,
    World,
    answered,
    event,
)

RATE = 1000


@pytest.fixture
def subscription():
    with tables():
        yield subscribe()


def subscribe():
    """A new subscription, the only one."""
    for item in agencies.subscriptions_of("roads"):
        item.delete()
    return agencies.new_subscription(
        "roads",
        url="https://hooks.example.com/",
        types=("complaint.*",),
        secret=new_secret(),
        max_rate=RATE,
        active=True,
        now=START,
    )


class FaultyQueue:
    """SqsNudges, whose requests arrive in the world's queue."""

    def __init__(self, faults):
        self.faults, self.queue = faults, None
        self.nudges = nudges.SqsNudges("queue")

    def __call__(self, messages):
        self.nudges(messages)

    def send_message_batch(self, **request):
        def send():
            for entry in request["Entries"]:
                message = nudges.from_text(entry["MessageBody"])
                self.queue.put(message, after=timedelta(seconds=entry.get("DelaySeconds", 0)))
            return {"Successful": request["Entries"]}

        return self.faults.around("SendMessageBatch", send)


def world_with(faults, agency, monkeypatch, *, seed=1):
    """The real consumer, sender, store and requeue on moto's DynamoDB."""
    queue = FaultyQueue(faults)
    monkeypatch.setattr(nudges, "client", lambda service: queue)
    made = World(
        deliveries=DynamoDeliveries(),
        endpoints=DynamoEndpoints(),
        timers=DynamoTimers(),
        post=lambda endpoint, delivery: faults.around("POST", lambda: agency(endpoint, delivery)),
        rate=AttemptRate(),
        slots=Slots(),
        enqueue=queue,
        seed=seed,
    )
    queue.queue = made.queue
    return made


def subscribed(world):
    return CachedSubscriptions(now=world.clock)


def rest(world, faults, complete):
    """Until all has arrived and the queue is empty; at most three hours."""
    world.work_off()
    world.pass_time(timedelta(hours=3), until=lambda: complete() and not world.queue.waiting)
    faults.active = False
    assert complete()


def play(monkeypatch, plan, *, events=2, complaints=1, agency=None, seed=1, name="C", eager=0.5):
    faults = Faults(plan)
    agency = agency or Agency()
    world = world_with(faults, agency, monkeypatch, seed=seed)
    subscriptions = subscribed(world)
    expected = {f"{name}{n}": list(range(1, events + 1)) for n in range(complaints)}
    with faults.in_aws():
        for seq in range(1, events + 1):
            for number in range(complaints):
                world.publish(event(f"{name}{number}", seq), subscriptions)
                if world.chance.random() < 0.5:
                    world.work_off()
        rest(world, faults, lambda: agency.order() == expected)
    return world, agency, faults


def test_without_a_fault_each_event_is_sent_once_in_few_calls(subscription, monkeypatch):
    """At an endpoint that was quick before; that its agency set a rate costs one more, once for ten attempts."""
    DynamoEndpoints().change(endpoint_of(subscription), proven)
    _, agency, faults = play(monkeypatch, lambda number: None, events=1)
    assert len(agency.attempts) == 1
    assert Counter(faults.calls) == {
        "Query": 1,
        "PutItem": 1,
        "SendMessageBatch": 1,
        "GetItem": 2,
        "UpdateItem": 4 + 1,
        "POST": 1,
    }


@pytest.mark.parametrize("exception", [Died, pytest.param(Fault, marks=pytest.mark.slow)])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_at_any_one_call_loses_nothing(subscription, monkeypatch, when, exception):
    """Every call that the sound run makes to an endpoint that is new, one after the other."""
    sound = len(play(monkeypatch, lambda number: None)[2].calls)
    for hit in range(sound):
        subscribe()
        world, agency, faults = play(
            monkeypatch,
            lambda number, hit=hit: (when, exception) if number == hit else None,
            name=f"H{hit}-",
        )
        label = f"{when} {faults.calls[hit]} ({hit})"
        assert world.faults <= 1, label
        assert agency.extra() <= 1, label


def test_a_connection_lost_in_the_middle_of_an_exchange_is_sent_again(subscription, monkeypatch):
    """The endpoint had the message, its answer never came."""
    lost = iter([True, False, True, True, False, False])

    class Losing(Agency):
        def __call__(self, endpoint, delivery):
            super().__call__(endpoint, delivery)
            return answered(503, error="connection_reset") if next(lost) else answered()

    _, agency, _ = play(monkeypatch, lambda number: None, agency=Losing())
    assert agency.extra() == 3
    assert {each.seq: each.body for each in agency.attempts}.keys() == {1, 2}
    for seq in (1, 2):
        same = [each for each in agency.attempts if each.seq == seq]
        assert len({(each.message_id, each.body) for each in same}) == 1


WHENS = [(when, kind) for when in ("before", "after") for kind in (Died, Fault)]


def sometimes(chance, share):
    return lambda number: chance.choice(WHENS) if chance.random() < share else None


def failing(chance, share):
    return Agency(lambda delivery: answered(503) if chance.random() < share else answered())


def check(world, agency, *, least):
    """At most one delivery too many for each fault, and the same message each time."""
    assert world.faults > least
    assert agency.extra() <= world.faults
    bodies = {}
    for delivery in agency.attempts:
        known = bodies.setdefault((delivery.lane.complaint_id, delivery.seq), delivery)
        assert (known.message_id, known.body) == (delivery.message_id, delivery.body)
        assert json.loads(delivery.body)["data"]["sequence"] == delivery.seq


@pytest.mark.slow
def test_a_hundred_events_with_a_fault_in_every_twentieth_call(subscription, monkeypatch):
    chance = random.Random(7)
    world, agency, _ = play(
        monkeypatch,
        sometimes(chance, 0.05),
        events=4,
        complaints=25,
        agency=failing(chance, 0.05),
        seed=7,
    )
    check(world, agency, least=5)


@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_events_with_a_fault_in_every_tenth_call(seed):
    """In memory, with faults around every call of a store, of the queue and of the endpoint."""
    chance = random.Random(seed)
    faults, agency = Faults(sometimes(chance, 0.1)), failing(chance, 0.1)
    world = MemoryWorld(
        faults,
        post=lambda endpoint, delivery: faults.around("POST", lambda: agency(endpoint, delivery)),
        seed=seed,
    )
    expected = {f"C{n}": list(range(1, 11)) for n in range(100)}
    for seq in range(1, 11):
        for name in expected:
            world.publish(event(name, seq), lambda agency_id: [Subscribed()])
            if chance.random() < 0.2:
                world.work_off()
    rest(world, faults, lambda: agency.order() == expected)
    check(world, agency, least=500)
