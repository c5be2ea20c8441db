"""Nothing is lost, whatever dies and when: faults before, during and after every AWS call and every attempt.

The feed of changes, which the consumer writes besides, has faults of its own in `test_feed`.
"""

import json
import random
import re
import socket
import struct
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from functions.complaints.clock import utc_now
from functions.edge.clients import client
from functions.notify.outbox.deliveries import CachedSubscriptions
from functions.notify.webhooks import nudges
from functions.notify.webhooks.endpoints import DynamoEndpoints, endpoint_of, proven
from functions.notify.webhooks.limits import AttemptRate, Slots
from functions.notify.webhooks.message import delivery_of
from functions.notify.webhooks.schedule import SubscriptionHealth
from functions.notify.webhooks.signature import new_secret, signed_headers
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.timers import DynamoTimers
from functions.notify.webhooks.transport import attempt
from functions.notify.webhooks.warnings import CLAIMED_FOR, Mailer
from functions.records.agencies.subscriptions import SubscriptionItem, new_subscription, subscriptions_of
from tests.dynamodb import REGION, tables
from tests.functions.test_webhook_transport import LOCAL_STAGE, Receiver, ok, read_request
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
DOWN = SubscriptionHealth(
    failures=9,
    failing_since=START - timedelta(hours=1),
    breaker="open",
    rest_until=START + timedelta(minutes=1),
    rests=1,
    proven=True,
)


WHENS = [(when, kind) for when in ("before", "after") for kind in (Died, Fault)]


@pytest.fixture
def subscription():
    with tables():
        yield subscribe()


def subscribe():
    """A new subscription, the only one."""
    for item in subscriptions_of("roads"):
        item.delete()
    return new_subscription(
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
    """The real consumer, sender, mailer, store and requeue on moto's DynamoDB and SNS."""
    queue = FaultyQueue(faults)
    monkeypatch.setattr(nudges, "client", lambda service: queue)
    endpoints = DynamoEndpoints(sleep=lambda _: None)
    made = World(
        deliveries=DynamoDeliveries(),
        endpoints=endpoints,
        timers=DynamoTimers(),
        post=lambda endpoint, delivery: faults.around("POST", lambda: agency(endpoint, delivery)),
        tell=Mailer(
            topic_arn=client("sns").create_topic(Name="warnings")["TopicArn"],
            endpoints=endpoints,
            publish=lambda **mail: client("sns").publish(**mail),
            now=lambda: made.clock(),
        ),
        rate=AttemptRate(),
        slots=Slots(),
        enqueue=queue,
        seed=seed,
    )
    queue.queue = made.queue
    return made


def mails():
    """The kinds of warnings that SNS took, in order."""
    (topic,) = sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics.values()
    return [attributes["kind"]["Value"] for _, _, _, attributes, _ in topic.sent_notifications]


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


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_at_any_one_call_loses_nothing(subscription, monkeypatch, when):
    """Every call that the sound run makes to an endpoint that is new, one after the other."""
    sound = len(play(monkeypatch, lambda number: None)[2].calls)
    for hit in range(sound):
        subscribe()
        exception = (Died, Fault)[hit % 2]
        world, agency, faults = play(
            monkeypatch,
            lambda number, hit=hit, exception=exception: (when, exception) if number == hit else None,
            name=f"H{hit}-",
        )
        label = f"{when} {faults.calls[hit]} ({hit})"
        assert world.faults <= 1, label
        assert agency.extra() <= 1, label


def outage(monkeypatch, plan, *, name):
    """An endpoint that has been down for an hour, with two complaints waiting: a probe that fails and the warning that
    is due with it, then a probe that gets through, and the recovery.
    """
    item = subscribe()
    DynamoEndpoints().change(endpoint_of(item), lambda each: replace(each, health=DOWN))
    faults = Faults(plan)
    refused = iter([503])
    agency = Agency(lambda delivery: answered(next(refused, 200)))
    world = world_with(faults, agency, monkeypatch)
    complaints = [f"{name}{n}" for n in range(2)]
    with faults.in_aws():
        for complaint in complaints:
            world.publish(event(complaint, 1), subscribed(world))
        world.work_off()
        with faults.paused():
            lane = delivery_of(event(complaints[0], 1), agency_id="roads", subscription_id=item.id).lane
            DynamoTimers().set_probe(lane, at=DOWN.rest_until, now=world.clock())
        world.pass_time(
            timedelta(hours=3),
            step=timedelta(minutes=5),
            until=lambda: agency.order() == {each: [1] for each in complaints} and not world.queue.waiting,
        )
        assert agency.order() == {each: [1] for each in complaints}
        # A warning that died with its mailer is claimed for a while, and mailed with the next event.
        faults.active = False
        world.clock.advance(CLAIMED_FOR)
        world.publish(event(f"{name}last", 1), subscribed(world))
        world.work_off()
    return agency, faults.calls


def test_a_fault_in_a_warning_or_a_recovery_loses_neither_events_nor_the_warning(subscription, monkeypatch):
    """Every call from the one that claims the warning: its mail, the probe, the job that wakes what waits."""
    sound = outage(monkeypatch, lambda number: None, name="S-")[1]
    assert mails() == ["failing_1h"]
    first = sound.index("Publish") - 1
    assert {"Publish", "POST", "PutItem", "DeleteItem", "Query"} <= set(sound[first:])
    # The mail itself may be lost before SNS has it, or be there and its answer lost.
    hits = [(hit, WHENS[hit % len(WHENS)]) for hit in range(first, len(sound))]
    mail = sound.index("Publish")
    hits += [(mail, fault) for fault in WHENS if (mail, fault) not in hits]
    for hit, (when, exception) in hits:
        sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics.clear()
        agency, calls = outage(
            monkeypatch,
            lambda number, hit=hit, fault=(when, exception): fault if number == hit else None,
            name=f"H{hit}-",
        )
        label = f"{when} {calls[hit]} ({hit})"
        assert agency.extra() <= 1, label
        # Of a mail that SNS took, and whose answer was lost, nobody knows.
        most = 2 if (when, calls[hit]) == ("after", "Publish") or sound[hit - 1] == "Publish" else 1
        assert mails() in (["failing_1h"], ["failing_1h"] * most), label


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


def test_forty_events_with_a_fault_in_every_tenth_call(subscription, monkeypatch):
    chance = random.Random(7)
    world, agency, _ = play(
        monkeypatch,
        sometimes(chance, 0.1),
        events=4,
        complaints=10,
        agency=failing(chance, 0.05),
        seed=7,
    )
    check(world, agency, least=5)


class Unreliable(Receiver):
    """A receiver on a real socket that resets some connections before it has read the message, or in the middle of its
    answer, or when its answer is out. `taken`: what it has read whole, in order; `lost`: connections reset too early.
    """

    def __init__(self, chance, *, share):
        super().__init__(None)
        self.chance, self.share = chance, share
        self.taken, self.lost = [], 0

    def _answer(self, connection):
        when = (
            self.chance.choice(["before", "middle", "after"]) if self.chance.random() < self.share else None
        )
        self.lost += when in ("before", "middle")
        connection.settimeout(5)
        with connection:
            if when in ("before", "after"):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if when == "before":
                return
            head, _, body = read_request(connection).partition(b"\r\n\r\n")
            message_id = re.search(rb"(?im)^webhook-id: (\S+)", head)[1].decode()
            self.taken.append((message_id, json.loads(body)["data"]))
            answer = ok(b"thanks")
            if when == "middle":
                connection.sendall(answer[: len(answer) // 2])
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            connection.sendall(answer)
            if when == "after":
                # The sender reads and closes; only then is the connection reset.
                connection.recv(1)


def test_real_exchanges_that_are_reset_beside_faults_in_every_twentieth_call(subscription, monkeypatch):
    """By the real transport over the loopback, events stored and sent through moto."""
    chance, complaints, events = random.Random(11), 10, 8
    faults = Faults(sometimes(chance, 0.05))
    expected = {f"C{n}": list(range(1, events + 1)) for n in range(complaints)}
    with Unreliable(random.Random(12), share=0.3) as receiver:
        subscription.update([SubscriptionItem.url.set(f"http://127.0.0.1:{receiver.port}/")])
        world = world_with(faults, transported, monkeypatch, seed=11)

        def order():
            seen = defaultdict(dict)
            for _, data in receiver.taken:
                seen[data["id"]][data["sequence"]] = None
            return {complaint: list(numbers) for complaint, numbers in seen.items()}

        subscriptions = subscribed(world)
        with faults.in_aws():
            for seq in range(1, events + 1):
                for name in expected:
                    world.publish(event(name, seq), subscriptions)
                    if world.chance.random() < 0.3:
                        world.work_off()
            rest(world, faults, lambda: order() == expected)
    names = defaultdict(set)
    for message_id, data in receiver.taken:
        names[data["id"], data["sequence"]].add(message_id)
    assert {len(ids) for ids in names.values()} == {1}
    assert len(names) == len({id for ids in names.values() for id in ids}) == complaints * events
    assert receiver.lost > 10
    assert world.faults > 20
    assert len(receiver.taken) - len(names) <= receiver.lost + world.faults


def transported(endpoint, delivery):
    """Signed and sent as the Lambda function does it."""
    now, body = utc_now(), delivery.body.encode()
    headers = signed_headers(
        message_id=delivery.message_id, timestamp=now, body=body, secrets=endpoint.signing_secrets(now)
    )
    return attempt(endpoint.url, body=body, headers=headers, policy=LOCAL_STAGE)


def test_a_thousand_events_with_a_fault_in_every_tenth_call():
    """In memory, with faults around every call of a store, of the queue and of the endpoint."""
    chance = random.Random(1)
    faults, agency = Faults(sometimes(chance, 0.1)), failing(chance, 0.1)
    world = MemoryWorld(
        faults,
        post=lambda endpoint, delivery: faults.around("POST", lambda: agency(endpoint, delivery)),
    )
    expected = {f"C{n}": list(range(1, 11)) for n in range(100)}
    for seq in range(1, 11):
        for name in expected:
            world.publish(event(name, seq), lambda agency_id: [Subscribed()])
            if chance.random() < 0.2:
                world.work_off()
    rest(world, faults, lambda: agency.order() == expected)
    check(world, agency, least=500)
