"""The sender's Lambda function on real sockets: endpoints that misbehave in every way beside one that does not."""

import importlib
import itertools
import json
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import botocore.client
import pytest
from standardwebhooks import Webhook

from functions.complaints import agencies
from functions.complaints.clock import utc_now
from functions.notify.webhooks import transport
from functions.notify.webhooks.delivery import Nudge, ticket_of
from functions.notify.webhooks.message import delivery_of
from functions.notify.webhooks.nudges import to_text
from functions.notify.webhooks.signature import new_secret
from functions.notify.webhooks.store import DynamoDeliveries
from tests.dynamodb import tables
from tests.functions.test_webhook_transport import Receiver, endless, ok, resetting, saying, trickling
from tests.functions.webhook_world import (
    MemoryDeliveries,
    MemoryEndpoints,
    MemoryTimers,
    NoLimit,
    NoSlots,
    event,
    memory_endpoint,
)
from tests.region_fixture import RAW

LIMIT = 1.0
HEALTHY_EVENTS = 60
BAD_EVENTS = 8
WORKERS = 48


class Context:
    def get_remaining_time_in_millis(self):
        return 60_000


@pytest.fixture
def sender(monkeypatch, tmp_path):
    """The handler's module with the local stage's region file, one attempt limited to LIMIT seconds."""
    region = RAW | {"webhooks": {"allow_http": True, "allow_private": True}}
    (tmp_path / "region.json").write_text(json.dumps(region))
    for name, value in {
        "REGION_FILE": str(tmp_path / "region.json"),
        "DELIVERIES_QUEUE_URL": "queue",
        "WARNINGS_TOPIC_ARN": "topic",
    }.items():
        monkeypatch.setenv(name, value)
    with tables():
        module = importlib.reload(importlib.import_module("functions.notify.webhooks.handler"))
        real = transport.attempt
        monkeypatch.setattr(
            module, "attempt", lambda url, **options: real(url, total_timeout=LIMIT, **options)
        )
        queued = []
        monkeypatch.setattr(module, "_nudges", queued.extend)
        # moto's tables are not made for many threads; requests to them take turns.
        turn = threading.Lock()
        request = botocore.client.BaseClient._make_api_call

        def in_turn(client, operation, parameters):
            with turn:
                return request(client, operation, parameters)

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", in_turn)
        module.queued = queued
        yield module


def subscribe(agency_id, port, **options):
    return agencies.new_subscription(
        agency_id,
        url=f"http://127.0.0.1:{port}/hook",
        types=("complaint.*",),
        secret=new_secret(),
        active=True,
        max_rate=100,
        now=utc_now(),
        **options,
    )


def waiting(item, count, *, prefix="C"):
    """So many deliveries, each in a lane of its own; their nudges."""
    store, made = DynamoDeliveries(), []
    for number in range(count):
        published = event(f"{prefix}{number}", 1, at=utc_now(), agency_id=item.agency_id)
        delivery = delivery_of(published, agency_id=item.agency_id, subscription_id=item.id)
        store.add(delivery)
        store.announce(delivery.lane, [ticket_of(1)], now=utc_now())
        made.append(Nudge(lane=delivery.lane))
    return made


def record(nudge, number=0):
    return {"messageId": f"message-{number}", "body": to_text(nudge)}


def test_a_message_arrives_signed_and_its_attempt_is_logged(sender, capsys):
    with Receiver(saying(ok(b"thanks"))) as receiver:
        item = subscribe("roads", receiver.port)
        (nudge,) = waiting(item, 1)
        assert sender.handler({"Records": [record(nudge)]}, Context()) == {"batchItemFailures": []}
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert Webhook(item.secrets[0]["secret"]).verify(body, headers)["data"]["id"] == "C0"
    delivery = DynamoDeliveries().get(nudge.lane, 1)
    assert (delivery.status, delivery.attempts[0]["response"]) == ("delivered", "thanks")
    line = json.loads(next(line for line in capsys.readouterr().out.splitlines() if "_aws" in line))
    assert (line["Delivered"], line["Failed"], line["Subscription"]) == (1, 0, item.id)


def test_a_record_that_cannot_be_worked_off_is_handed_out_again_and_the_others_are_not(sender, monkeypatch):
    with Receiver(saying(ok())) as receiver:
        item = subscribe("roads", receiver.port)
        good = waiting(item, 3)
        records = [record(nudge, number) for number, nudge in enumerate(good)]
        records.insert(1, {"messageId": "broken", "body": "{"})
        answer = sender.handler({"Records": records}, Context())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert len(receiver.requests) == 3


def redirecting(connection, request):
    saying(ok(status=b"302 Found", fields=b"Location: /hook\r\n"))(connection, request)


BAD = {
    "dead": None,
    "trickling": trickling(b"HTTP/1.1 200 OK\r\n\r\n"),
    "endless": endless,
    "redirecting": redirecting,
    "resetting": resetting(),
}


class InTurn:
    """Calls of many threads, one after the other: what a table does for its items."""

    def __init__(self, inner):
        self._inner, self._turn = inner, threading.Lock()

    def __getattr__(self, name):
        call = getattr(self._inner, name)

        def in_turn(*arguments, **options):
            with self._turn:
                return call(*arguments, **options)

        return in_turn if callable(call) else call


class Street:
    """Endpoints on real sockets, each an agency's; deliveries in memory, so that the sockets are what takes time."""

    def __init__(self, sender, monkeypatch):
        self.receivers = {}
        self.endpoints = MemoryEndpoints()
        self.deliveries = InTurn(MemoryDeliveries())
        self.queued = []
        made = replace(
            sender._sender(),
            deliveries=self.deliveries,
            endpoints=InTurn(self.endpoints),
            timers=InTurn(MemoryTimers()),
            enqueue=self.queued.extend,
            rate=NoLimit(),
            report=lambda *_: None,
            report_waiting=lambda *_: None,
            tell=lambda endpoint: endpoint,
            slots=NoSlots(),
        )
        monkeypatch.setattr(sender, "_sender", lambda: made)
        self.sender = sender

    def __enter__(self):
        for name, behaviour in BAD.items():
            if behaviour is not None:
                self.settle(name, behaviour)
        self.settle("healthy", saying(ok()))
        self.known("dead", port=1)
        return self

    def __exit__(self, *_):
        for receiver in self.receivers.values():
            receiver.__exit__()

    def settle(self, name, behaviour):
        receiver = self.receivers[name] = Receiver(behaviour)
        receiver.__enter__()
        self.known(name, port=receiver.port)

    def known(self, name, *, port):
        self.endpoints.known[name] = memory_endpoint(
            name, agency_id=name, url=f"http://127.0.0.1:{port}/", secrets=((new_secret(), None),)
        )

    def nudges(self, name, count, *, prefix=""):
        made = []
        for number in range(count):
            published = event(f"{prefix}{name}{number}", 1, at=utc_now(), agency_id=name)
            delivery = delivery_of(published, agency_id=name, subscription_id=name)
            self.deliveries.add(delivery)
            self.deliveries.announce(delivery.lane, [ticket_of(1)], now=utc_now())
            made.append(Nudge(lane=delivery.lane))
        return made

    def timed(self, nudge):
        started = time.perf_counter()
        assert self.sender._worked(record(nudge), lambda: True)
        return nudge.lane.agency_id, time.perf_counter() - started


@pytest.fixture
def street(sender, monkeypatch):
    with Street(sender, monkeypatch) as made:
        yield made


def test_a_slow_neighbour_in_the_batch_makes_nobody_wait(street):
    arrived = []
    street.receivers["healthy"].behaviour = lambda connection, request: (
        arrived.append(time.monotonic()),
        saying(ok())(connection, request),
    )
    nudges = street.nudges("trickling", 1) + street.nudges("healthy", 4)
    started = time.monotonic()
    street.sender.handler({"Records": [record(each, n) for n, each in enumerate(nudges)]}, Context())
    assert time.monotonic() - started >= LIMIT - 0.05
    assert len(arrived) == 4
    assert max(arrived) - started < LIMIT / 2


def mixed(*kinds):
    """One of each kind in turn."""
    return [each for row in itertools.zip_longest(*kinds) for each in row if each is not None]


def test_bad_endpoints_beside_a_healthy_one_cost_a_bounded_time_and_their_own_deliveries_only(street):
    bad = {name: street.nudges(name, BAD_EVENTS) for name in BAD}
    with ThreadPoolExecutor(WORKERS) as pool:
        took = list(pool.map(street.timed, mixed(street.nudges("healthy", HEALTHY_EVENTS), *bad.values())))
    assert len(street.receivers["healthy"].requests) == HEALTHY_EVENTS
    assert max(seconds for _, seconds in took) < LIMIT + 1.5
    health = {name: street.endpoints.known[name].health for name in BAD}
    # A success whose body never ends is a success, and is cut off.
    assert health.pop("endless").failures == 0
    assert all(each.failures >= 5 and each.breaker == "open" for each in health.values())
    logs = {
        name: [street.deliveries.get(nudge.lane, 1).attempts for nudge in nudges]
        for name, nudges in bad.items()
    }
    errors = {name: {log[0].get("error") for log in attempts if log} for name, attempts in logs.items()}
    assert errors["trickling"] == {"timeout_answer"}
    assert errors["endless"] == {None}
    assert errors["redirecting"] == {"redirect"}
    assert errors["dead"] == {"connection_refused"}
    assert errors["resetting"] <= {"connection_reset", "no_answer"}


@pytest.mark.slow
def test_a_healthy_endpoints_p99_is_the_same_beside_bad_ones(street, record_property):
    """Nudges of the healthy endpoint one by one, alone and while all the bad ones have as much to be sent, in turns; of
    each the best turn, for the machine has other work too.
    """
    alone, beside = [], []
    for turn in range(4):
        alone.append(p99(street, street.nudges("healthy", 150, prefix=f"a{turn}")))
        going_on = threading.Event()
        bad = mixed(*(street.nudges(name, 40, prefix=f"b{turn}") for name in BAD))

        def others(nudges=bad, going_on=going_on):
            for nudge in nudges:
                street.timed(nudge)
                if going_on.wait(0.005):
                    return

        threads = [threading.Thread(target=others) for _ in range(2)]
        for thread in threads:
            thread.start()
        beside.append(p99(street, street.nudges("healthy", 150, prefix=f"c{turn}")))
        going_on.set()
        for thread in threads:
            thread.join()
    record_property("p99_alone_ms", min(alone) * 1000)
    record_property("p99_beside_ms", min(beside) * 1000)
    assert min(beside) < min(alone) * 1.5 + 0.002


def p99(street, nudges):
    return statistics.quantiles([street.timed(nudge)[1] for nudge in nudges], n=100)[-1]
