"""The sender's Lambda function on real sockets: endpoints that misbehave in every way beside one that does not.

How long the healthy one takes is measured by `python -m tests.bench webhooks`.
"""

import importlib
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import botocore.client
import pytest
from standardwebhooks import Webhook

from functions.complaints.clock import utc_now
from functions.notify.webhooks import transport
from functions.notify.webhooks.delivery import DeliveryStatus, Nudge, ticket_of
from functions.notify.webhooks.message import delivery_of
from functions.notify.webhooks.schedule import SLOW_PLACES, UNPROVEN_PLACES
from functions.notify.webhooks.signature import new_secret
from functions.notify.webhooks.store import DynamoDeliveries
from functions.records.agencies.subscriptions import new_subscription
from tests.dynamodb import tables
from tests.functions.test_webhook_transport import Receiver, ok, saying
from tests.functions.webhook_street import HEALTHY, HOLDING, Street, local_stage, mixed, record
from tests.functions.webhook_world import event
from tests.region_fixture import RAW

LIMIT = 1.0
TURNS = 2
HEALTHY_EVENTS = 40
BAD_EVENTS = 10
# All of them could be held by bad endpoints, if these had no limit.
WORKERS = 24


class Context:
    def get_remaining_time_in_millis(self):
        return 60_000


@pytest.fixture
def sender(monkeypatch, tmp_path):
    """The handler's module with the local stage's region file, one attempt limited to LIMIT seconds."""
    for name, value in local_stage(RAW, tmp_path).items():
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
    return new_subscription(
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
    assert (line["Delivered"], line["Failed"], line["Subscription"]) == ([1], [0], item.id)
    # A subscription has no metric of its own, which would be paid for by the month.
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [[]]
    assert [each["Name"] for each in directive["Metrics"]] == ["UndeliveredAge"]


def test_an_attempt_is_logged_with_the_complaint_and_what_caused_it(sender, caplog):
    caplog.set_level(logging.INFO, logger="qamqor")
    with Receiver(saying(ok())) as receiver:
        item = subscribe("roads", receiver.port)
        published = replace(event("C0", 1, at=utc_now(), agency_id="roads"), correlation_id="request-7")
        delivery = delivery_of(published, agency_id="roads", subscription_id=item.id)
        DynamoDeliveries().add(delivery)
        DynamoDeliveries().announce(delivery.lane, [ticket_of(1)], now=utc_now())
        sender.handler({"Records": [record(Nudge(lane=delivery.lane))]}, Context())
    (line,) = [each for each in caplog.records if each.message == "webhook attempted"]
    assert (line.complaint_id, line.correlation_id, line.outcome) == ("C0", "request-7", "delivered")


def test_a_nudge_that_cannot_be_worked_off_is_logged_with_its_complaint(sender, monkeypatch, caplog):
    monkeypatch.setattr(sender, "_sender", lambda: None)
    nudge = {"agency": "roads", "subscription": "S", "complaint": "C0"}
    sender.handler({"Records": [{"messageId": "m", "body": json.dumps(nudge)}]}, Context())
    (line,) = [each for each in caplog.records if each.message == "nudge not worked off"]
    assert line.complaint_id == "C0"


def test_a_record_that_cannot_be_worked_off_is_handed_out_again_and_the_others_are_not(sender, monkeypatch):
    with Receiver(saying(ok())) as receiver:
        item = subscribe("roads", receiver.port)
        good = waiting(item, 3)
        records = [record(nudge, number) for number, nudge in enumerate(good)]
        records.insert(1, {"messageId": "broken", "body": "{"})
        answer = sender.handler({"Records": records}, Context())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert len(receiver.requests) == 3


def test_a_batch_of_which_nothing_can_be_worked_off_is_handed_out_again_whole(sender):
    answer = sender.handler({"Records": [{"messageId": each, "body": "{"} for each in "ab"]}, Context())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "b"}]}


@pytest.fixture
def street(sender):
    with Street(sender, healthy=saying(ok()), trickle=0.05, patience=timedelta(seconds=LIMIT / 8)) as made:
        yield made


def test_a_slow_neighbour_in_the_batch_makes_nobody_wait(sender, street, monkeypatch):
    """The trickling one holds its record until the limit; the others are long done by then."""
    monkeypatch.setattr(sender, "_sender", lambda: street.made)
    street.subscribe("slow", at="trickling")
    nudges = street.nudges("slow", 1) + street.nudges(HEALTHY, 4)
    under_way = []
    post = street.post

    def seen(endpoint, delivery):
        made = post(endpoint, delivery)
        if endpoint.subscription_id == HEALTHY:
            under_way.append(street.under_way["slow"])
        return made

    object.__setattr__(street.made, "post", seen)
    answer = sender.handler({"Records": [record(each, n) for n, each in enumerate(nudges)]}, Context())
    assert answer == {"batchItemFailures": []}
    assert under_way == [1, 1, 1, 1]
    assert [street.delivery(each).status for each in nudges[1:]] == [DeliveryStatus.DELIVERED] * 4


def test_bad_endpoints_hold_no_more_than_their_places_and_a_healthy_one_always_gets_one(street):
    """In every turn all kinds of bad endpoints are new, have as much to be sent, and share one pool with the healthy
    one.
    """
    for turn in range(TURNS):
        bad = street.new_bad_ones(turn)
        healthy = street.nudges(HEALTHY, HEALTHY_EVENTS, prefix=f"{turn}-")
        others = {name: street.nudges(name, BAD_EVENTS) for name in bad}
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(street.work, mixed(healthy, *others.values())))
        delivered = [street.delivery(nudge) for nudge in healthy]
        assert {(each.status, each.attempts_made) for each in delivered} == {(DeliveryStatus.DELIVERED, 1)}
        for name, kind in bad.items():
            attempts = street.attempts[name]
            assert len(attempts) >= UNPROVEN_PLACES, name
            assert all(each.latency_ms < (LIMIT + 10) * 1000 for each in attempts), name
            assert {each.error for each in attempts} <= ERRORS[kind], name
            assert (street.most[name] <= UNPROVEN_PLACES) or kind not in HOLDING, name
            # A success whose body never ends is a success, and is cut off.
            assert (street.health(name).failures == 0) == (kind == "endless"), name
    assert len(HOLDING) * UNPROVEN_PLACES < WORKERS < len(HOLDING) * BAD_EVENTS


ERRORS = {
    "trickling": {"timeout_answer"},
    "black hole": {"timeout_answer"},
    "full backlog": {"timeout_connect"},
    "dead": {"connection_refused"},
    "endless": {None},
    "redirecting": {"redirect"},
    "resetting": {"connection_reset", "no_answer"},
}


def test_a_busy_endpoint_that_dies_holds_what_was_under_way_and_then_two_places(street):
    """It was quick, so nothing limited it; the first attempt that is overdue does, long before it ends."""
    street.subscribe("busy", at="black hole", new=False)
    with ThreadPoolExecutor(WORKERS) as pool:
        first = [pool.submit(street.work, each) for each in street.nudges("busy", 8, prefix="first")]
        ends = time.monotonic() + 10
        while not street.health("busy").slow and time.monotonic() < ends:
            time.sleep(0.005)
        assert not any(each.done() for each in first)
        then = [pool.submit(street.work, each) for each in street.nudges("busy", 10, prefix="then")]
        for each in (*first, *then):
            each.result()
    assert street.most["busy"] <= 8 + SLOW_PLACES
    assert len(street.attempts["busy"]) == 8 + SLOW_PLACES
