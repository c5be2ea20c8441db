"""Endpoints on real sockets, a healthy one and bad ones of every kind, before one pool of workers of the real sender.

Deliveries and places are in memory, so that the sockets are what takes time.
"""

import itertools
import json
import socket
import threading
import time
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from functions.complaints.clock import utc_now
from functions.notify.webhooks.delivery import Nudge, ticket_of
from functions.notify.webhooks.endpoints import proven
from functions.notify.webhooks.message import delivery_of
from functions.notify.webhooks.nudges import to_text
from functions.notify.webhooks.schedule import QUICK_WITHIN
from functions.notify.webhooks.signature import new_secret
from tests.functions.test_webhook_transport import Receiver, endless, ok, resetting, saying
from tests.functions.webhook_world import (
    MemoryDeliveries,
    MemoryEndpoints,
    MemoryTimers,
    NoLimit,
    event,
    memory_endpoint,
)

HEALTHY = "healthy"


def redirecting(connection, request):
    saying(ok(status=b"302 Found", fields=b"Location: /hook\r\n"))(connection, request)


def trickling(every):
    """A byte now and then, for as long as anybody reads."""

    def behaviour(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            time.sleep(every)
            connection.sendall(b"x")

    return behaviour


def black_hole(connection, _):
    """Takes everything and never answers, until the other side gives up."""
    connection.settimeout(60)
    connection.recv(1)


class FullBacklog:
    """A server that accepts nobody any more: whoever connects hears nothing at all."""

    def __enter__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.waiting = [socket.socket() for _ in range(3)]
        for each in self.waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", self.port))
        return self

    def __exit__(self, *_):
        for each in (*self.waiting, self.listener):
            each.close()


class Refusing:
    """Nobody listens there."""

    port = 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def bad_ones(*, trickle):
    """Whoever does not answer, by name; the first three hold an attempt for as long as it may last."""
    return {
        "trickling": Receiver(trickling(trickle)),
        "black hole": Receiver(black_hole),
        "full backlog": FullBacklog(),
        "dead": Refusing(),
        "endless": Receiver(endless),
        "redirecting": Receiver(redirecting),
        "resetting": Receiver(resetting()),
    }


HOLDING = ("trickling", "black hole", "full backlog")


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


class MemorySlots:
    def __init__(self):
        self._held = defaultdict(dict)

    def take(self, subscription_id, *, places, owner, now):
        held = self._held[subscription_id]
        if len(held) >= places:
            return None
        slot = next(name for name in map("slot#{}".format, itertools.count()) if name not in held)
        held[slot] = owner
        return slot

    def give_back(self, subscription_id, slot, *, owner):
        assert self._held[subscription_id].pop(slot) == owner


class Street:
    """`attempts`: of each subscription what came of them; `most`: how many were under way at once."""

    def __init__(self, handler, *, healthy, trickle, patience=QUICK_WITHIN):
        self.endpoints = MemoryEndpoints()
        self.deliveries = InTurn(MemoryDeliveries())
        self.attempts, self.under_way, self.most = defaultdict(list), Counter(), Counter()
        self._counting = threading.Lock()
        self._handler, self._stack = handler, ExitStack()
        self._places = {HEALTHY: Receiver(healthy)} | bad_ones(trickle=trickle)
        self.made = replace(
            handler._sender(),
            deliveries=self.deliveries,
            endpoints=InTurn(self.endpoints),
            timers=InTurn(MemoryTimers()),
            slots=InTurn(MemorySlots()),
            enqueue=lambda messages: None,
            rate=NoLimit(),
            report=lambda *_: None,
            report_waiting=lambda *_: None,
            tell=lambda endpoint: endpoint,
            post=self.post,
            patience=patience,
        )

    def __enter__(self):
        for place in self._places.values():
            self._stack.enter_context(place)
        self.subscribe(HEALTHY, at=HEALTHY, new=False)
        return self

    def __exit__(self, *_):
        self._stack.close()

    def subscribe(self, name, *, at, new=True):
        """A subscription at the place of that name; unless it is new, it has been quick before."""
        endpoint = memory_endpoint(
            name,
            agency_id=name,
            url=f"http://127.0.0.1:{self._places[at].port}/",
            secrets=((new_secret(), None),),
        )
        self.endpoints.known[name] = endpoint if new else proven(endpoint)
        return name

    def new_bad_ones(self, turn):
        """A new subscription at every bad place: kind by name."""
        kinds = [kind for kind in self._places if kind != HEALTHY]
        return {self.subscribe(f"{kind} {turn}", at=kind): kind for kind in kinds}

    def post(self, endpoint, delivery):
        with self._under_way(endpoint.subscription_id):
            made = self._handler._post(endpoint, delivery)
        self.attempts[endpoint.subscription_id].append(made)
        return made

    @contextmanager
    def _under_way(self, name):
        with self._counting:
            self.under_way[name] += 1
            self.most[name] = max(self.most[name], self.under_way[name])
        try:
            yield
        finally:
            with self._counting:
                self.under_way[name] -= 1

    def nudges(self, name, count, *, prefix=""):
        """So many deliveries to the subscription, each in a lane of its own; their nudges."""
        made = []
        for number in range(count):
            published = event(f"{prefix}{name}{number}", 1, at=utc_now(), agency_id=name)
            delivery = delivery_of(published, agency_id=name, subscription_id=name)
            self.deliveries.add(delivery)
            self.deliveries.announce(delivery.lane, [ticket_of(1)], now=utc_now())
            made.append(Nudge(lane=delivery.lane))
        return made

    def work(self, nudge):
        """As the Lambda function works on a record."""
        self.made.work(nudge)

    def delivery(self, nudge):
        return self.deliveries.get(nudge.lane, 1)

    def health(self, name):
        return self.endpoints.known[name].health


def record(nudge, number=0):
    return {"messageId": f"message-{number}", "body": to_text(nudge)}


def mixed(*kinds):
    """One of each kind in turn."""
    return [each for row in itertools.zip_longest(*kinds) for each in row if each is not None]


def local_stage(region, folder):
    """The environment in which the handler reads a region file that allows the loopback."""
    file = folder / "region.json"
    file.write_text(json.dumps(region | {"webhooks": {"allow_http": True, "allow_private": True}}))
    return {"REGION_FILE": str(file), "DELIVERIES_QUEUE_URL": "queue", "WARNINGS_TOPIC_ARN": "topic"}
