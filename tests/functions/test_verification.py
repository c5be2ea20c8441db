"""An endpoint is asked to echo by itself: when, how often, what is said of it, and that nothing else goes there before."""

import json
import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from functions.complaints.clock import iso, parse_iso
from functions.edge.throttle import Throttle
from functions.notify.outbox.deliveries import CachedSubscriptions
from functions.notify.webhooks.delivery import VERIFICATION_LANE, Lane
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.verification import ASKED_AFTER, next_asking
from tests.dynamodb import tables
from tests.functions.subscription_door import Door
from tests.functions.webhook_world import START, Died, Fault, Faults, answered, event

MINUTE = timedelta(minutes=1)


@pytest.fixture
def door(monkeypatch):
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    with tables():
        yield Door()


def shown(door, made):
    return door("GET", f"subscriptions/{made['id']}")[1]


def pass_time(door, duration, *, step=timedelta(seconds=1)):
    """With SQS at hand, and the requeue each minute."""
    end = door.clock() + duration
    while door.clock() < end:
        door.clock.advance(step)
        if door.clock().second == 0:
            door.world.sweep()
        door.work_off()


class Strict:
    """A receiver that echoes what verifies under the secret it was given, and refuses everything else, as it should."""

    def __init__(self, door):
        self.door, self.secret, self.asked = door, None, []

    def __call__(self, url, body, headers):
        self.asked.append(self.door.clock())
        if self.secret is None:
            return answered(401)
        verifier = Webhook(self.secret)
        at = self.door.clock()
        assert headers["webhook-timestamp"] == str(int(at.timestamp()))
        if (
            verifier.sign(headers["webhook-id"], at, body.decode())
            not in headers["webhook-signature"].split()
        ):
            return answered(401)
        self.door.echo = True
        return Door.post(self.door, url, body, headers)


def test_a_receiver_that_verifies_is_verified_by_itself_once_it_has_the_secret(door):
    door.post = receiver = Strict(door)
    made = door.subscribe()
    assert (made["status"], receiver.asked) == ("pending", [])
    assert made["verification"] == {
        "verified": False, "attempts": 0, "at": None, "status": None, "error": None, "latency_ms": None,
        "next_attempt_at": "2026-03-03T04:00:05.000Z", "verify": f"/v1/agency/subscriptions/{made['id']}/verify",
    }  # fmt: skip
    pass_time(door, timedelta(seconds=20))
    waiting = shown(door, made)
    assert (waiting["status"], waiting["verification"]["error"]) == ("pending", "http_status")
    assert (waiting["verification"]["status"], waiting["verification"]["attempts"]) == (401, 1)
    receiver.secret = made["secret"]
    pass_time(door, timedelta(seconds=20))
    active = shown(door, made)
    assert (active["status"], active["verification"]["verified"]) == ("active", True)
    assert active["verification"]["verify"] is active["verification"]["next_attempt_at"] is None
    assert len(receiver.asked) == 2
    pass_time(door, 15 * MINUTE)
    assert len(receiver.asked) == 2


def test_it_is_asked_so_often_and_then_says_why_not_and_how_to_go_on(door):
    door.post = receiver = Strict(door)
    made = door.subscribe()
    pass_time(door, 20 * MINUTE)
    assert [at - START for at in receiver.asked] == list(ASKED_AFTER)
    given_up = shown(door, made)
    assert (given_up["status"], given_up["verification"]["next_attempt_at"]) == ("pending", None)
    assert (given_up["verification"]["attempts"], given_up["verification"]["status"]) == (5, 401)
    assert given_up["health"]["failures"] == 0
    (delivery,) = door("GET", f"subscriptions/{made['id']}/deliveries")[1]["items"]
    assert (delivery["type"], delivery["status"]) == ("subscription.verification", "failed")
    assert [each["status"] for each in delivery["attempts"]] == [401] * 5
    receiver.secret = made["secret"]
    _, active = door("POST", given_up["verification"]["verify"].removeprefix("/v1/agency/"))
    assert (active["status"], active["verification"]["attempts"]) == ("active", 6)


def test_each_try_is_a_message_of_its_own_with_a_challenge_that_nobody_is_shown(door):
    door.echo = False
    made = door.subscribe()
    pass_time(door, 3 * MINUTE)
    challenges = {json.loads(body)["data"]["challenge"] for _, body, _ in door.posted}
    names = {headers["webhook-id"] for *_, headers in door.posted}
    assert len(challenges) == len(names) == len(door.posted) == 3
    (listed,) = door("GET", f"subscriptions/{made['id']}/deliveries")[1]["items"]
    assert names == {f"{listed['message_id']}_{n}" for n in (1, 2, 3)}
    assert listed["next_attempt_at"] == "2026-03-03T04:05:00.000Z"
    _, whole = door("GET", f"subscriptions/{made['id']}/deliveries/{listed['id']}")
    assert not any(challenge in json.dumps(whole) for challenge in challenges)
    assert door("POST", f"subscriptions/{made['id']}/deliveries/{listed['id']}/replay")[1]["key"] == (
        "verification_not_replayed"
    )


def test_nothing_else_is_sent_before_and_what_was_kept_comes_after(door):
    made = door.subscribed()
    door.echo = False
    assert (
        door("PATCH", f"subscriptions/{made['id']}", {"url": "http://127.0.0.1:10/new"})[1]["status"]
        == "pending"
    )
    door.world.publish(event("C1", 1), CachedSubscriptions(now=door.clock))
    pass_time(door, 3 * MINUTE)
    assert door.agency.attempts == []
    door.echo = True
    pass_time(door, 3 * MINUTE)
    assert shown(door, made)["status"] == "active"
    assert door.agency.order() == {"C1": [1]}


def test_of_two_urls_the_later_is_asked(door):
    door.echo = False
    made = door.subscribe()
    pass_time(door, 10 * timedelta(seconds=1))
    door("PATCH", f"subscriptions/{made['id']}", {"url": "http://127.0.0.1:10/new"})
    moved = shown(door, made)["verification"]
    assert (moved["attempts"], moved["next_attempt_at"]) == (1, "2026-03-03T04:00:15.000Z")
    door.posted.clear()
    pass_time(door, 20 * MINUTE)
    assert {url for url, *_ in door.posted} == {"http://127.0.0.1:10/new"}
    assert len(door.posted) == len(ASKED_AFTER)


def test_a_url_that_is_changed_while_the_old_one_echoes_is_not_active(door):
    made = door.subscribe()
    at = f"subscriptions/{made['id']}"
    posts = []

    def meanwhile(url, body, headers):
        posts.append(url)
        if len(posts) == 1:
            door.post = lambda *_: answered(503)
            door("PATCH", at, {"url": "http://127.0.0.1:10/new"})
            door.post = meanwhile
        return Door.post(door, url, body, headers) if url.endswith("/hook") else answered(503)

    door.post = meanwhile
    pass_time(door, 12 * MINUTE)
    assert posts[0].endswith("/hook")
    assert shown(door, made)["status"] == "pending"
    assert shown(door, made)["verification"]["error"] == "http_status"


def test_verify_and_the_one_by_itself_may_meet(door):
    made = door.subscribe()
    at = f"subscriptions/{made['id']}"
    inner = []

    def meanwhile(url, body, headers):
        if not inner:
            inner.append(None)
            assert door("POST", f"{at}/verify")[1]["status"] == "active"
        return Door.post(door, url, body, headers)

    door.post = meanwhile
    pass_time(door, MINUTE)
    assert shown(door, made)["status"] == "active"
    assert shown(door, made)["verification"]["verified"]


def test_a_range_that_is_replayed_has_no_verification_in_it(door):
    made = door.subscribe()
    pass_time(door, 10 * timedelta(seconds=1))
    door.deliver(made["id"], event("C1", 1, at=door.clock()))
    asked = len(door.posted)
    door.clock.advance(timedelta(seconds=1))
    assert door("POST", f"subscriptions/{made['id']}/replay", {"from": "2026-03-03T00:00:00Z"})[0] == 202
    door.work_off()
    assert [each.seq for each in door.agency.accepted] == [1, 1]
    assert len(door.posted) == asked


def test_what_is_deleted_is_not_asked(door):
    made = door.subscribe()
    assert door("DELETE", f"subscriptions/{made['id']}")[0] == 204
    pass_time(door, 12 * MINUTE)
    assert door.posted == []
    assert DynamoDeliveries().pending(lane_of(made)) == ()


def lane_of(made):
    return Lane(agency_id="roads", subscription_id=made["id"], complaint_id=VERIFICATION_LANE)


@given(st.integers(0, 700_000))
def test_the_next_time_is_the_first_of_the_schedule_that_is_not_over(milliseconds):
    now = START + timedelta(milliseconds=milliseconds)
    ahead = next_asking(START, now=now)
    left = [START + each for each in ASKED_AFTER if START + each > now]
    assert ahead == (left[0] if left else None)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.integers(0, 2**32), willing_after=st.sampled_from([0, 7, 45, 200, 400]))
def test_whatever_fails_on_the_way_it_is_active_in_the_end_or_says_why_not(monkeypatch, seed, willing_after):
    """Workers die and calls fail before or after they did their work; nothing but challenges goes to the endpoint before
    it is active, and once it is, what was kept for it comes.
    """
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    chance = random.Random(seed)

    def plan(number):
        if chance.random() < 0.06:
            return chance.choice(["before", "after"]), chance.choice([Fault, Died])
        return None

    with tables():
        door = Door()
        made = door.subscribed()
        door.echo = False
        door("PATCH", f"subscriptions/{made['id']}", {"url": "http://127.0.0.1:10/new"})
        door.world.publish(event("C1", 1), CachedSubscriptions(now=door.clock))
        asked = []

        def post(url, body, headers):
            asked.append(door.clock())
            door.echo = door.clock() - START >= timedelta(seconds=willing_after)
            return Door.post(door, url, body, headers)

        door.post = post
        with Faults(plan).in_aws():
            pass_time(door, 12 * MINUTE)
        pass_time(door, 10 * MINUTE)
        found = shown(door, made)
        assert found["status"] == "active"
        assert parse_iso(found["verified_at"]) <= START + 22 * MINUTE
        assert door.agency.order() == {"C1": [1]}
        assert DynamoDeliveries().pending(lane_of(made)) == ()
        assert iso(asked[0]) >= iso(START)


def test_a_queue_that_takes_nothing_costs_nobody_the_secret(door, monkeypatch):
    put = door.queue.put
    monkeypatch.setattr(door.queue, "put", lambda *_, **__: (_ for _ in ()).throw(Fault("SendMessageBatch")))
    made = door.subscribe()
    assert made["secret"].startswith("whsec_")
    monkeypatch.setattr(door.queue, "put", put)
    pass_time(door, 4 * MINUTE)
    assert shown(door, made)["status"] == "active"
