"""The agency's API for keys, subscriptions and deliveries, on moto's tables and real sockets."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from functions.complaints import keys
from functions.complaints.clock import iso
from functions.complaints.events import EventType
from functions.edge.throttle import Throttle
from functions.notify import feed
from functions.notify.outbox.deliveries import CachedSubscriptions
from functions.notify.webhooks import jobs
from functions.notify.webhooks.address import AddressPolicy
from functions.notify.webhooks.delivery import KEPT, Lane
from functions.notify.webhooks.endpoints import DynamoEndpoints
from functions.notify.webhooks.message import body_of, delivery_of
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.transport import attempt
from functions.notify.webhooks.verification import echoes
from functions.records.agencies.keys import caller_with
from functions.records.agencies.subscriptions import subscriptions_of
from tests.dynamodb import tables
from tests.functions.faults import aws_calls
from tests.functions.subscription_door import LOCAL_STAGE, Door
from tests.functions.test_webhook_transport import Receiver, ok, saying
from tests.functions.webhook_world import START, answered, event

DAY = timedelta(days=1)


@pytest.fixture
def door(monkeypatch):
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    with tables():
        yield Door()


# ---- keys


def test_keys_are_made_listed_rotated_and_revoked_over_the_api(door):
    status, made = door("POST", "keys", {"name": "case system", "scopes": ["write"]})
    assert (status, made["scopes"]) == (201, ["read", "write"])
    assert caller_with(keys.read_token(made["token"]), now=START).agency_id == "roads"
    status, rotated = door("POST", f"keys/{made['id']}/rotate", {"overlap_hours": 1})
    assert status == 201
    _, listed = door("GET", "keys")
    assert {key["id"]: key["expires_at"] is None for key in listed["items"]} == {
        made["id"]: False,
        rotated["id"]: True,
    }
    assert "token" not in listed["items"][0]
    assert "hash" not in listed["items"][0]
    assert door("DELETE", f"keys/{rotated['id']}")[0] == 204
    door.clock.advance(timedelta(seconds=1))
    assert caller_with(keys.read_token(rotated["token"]), now=door.clock()) is None


def test_a_key_that_has_expired_before_it_is_made_is_refused(door):
    body = {"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}
    status, problem = door("POST", "keys", body)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/expires_at")


def test_what_is_another_agencys_is_not_found(door):
    subscription = door.subscribed()
    key = door("POST", "keys", {"name": "x", "scopes": ["read"]})[1]
    door.deliver(subscription["id"], event("C1", 1))
    at = f"subscriptions/{subscription['id']}"
    for method, path, body in [
        ("GET", at, None), ("PATCH", at, {"description": "x"}), ("DELETE", at, None),
        ("POST", f"{at}/verify", {}), ("POST", f"{at}/pause", {}), ("POST", f"{at}/resume", {}),
        ("POST", f"{at}/rotate-secret", {}), ("POST", f"{at}/test", {}),
        ("POST", f"{at}/replay", {"from": "2026-03-01T00:00:00Z"}), ("GET", f"{at}/deliveries", None),
        ("GET", f"{at}/deliveries/C1-1", None), ("POST", f"{at}/deliveries/C1-1/replay", {}),
        ("DELETE", f"keys/{key['id']}", None), ("POST", f"keys/{key['id']}/rotate", {}),
    ]:  # fmt: skip
        assert door(method, path, body, agency_id="housing")[0] == 404, path
    assert door("GET", "subscriptions", agency_id="housing")[1] == {"items": []}


# ---- subscriptions


def test_a_subscription_is_active_once_its_endpoint_echoed_the_signed_challenge(door):
    from standardwebhooks import Webhook

    made = door.subscribe(description="case system")
    assert door.posted == []
    _, asked = door("POST", f"subscriptions/{made['id']}/verify")
    url, body, headers = door.posted[0]
    message = json.loads(body)
    assert (url, message["type"]) == ("http://127.0.0.1:9/hook", "subscription.verification")
    assert message["data"].keys() == {"subscription_id", "challenge"}
    signed = {**headers, "webhook-timestamp": headers["webhook-timestamp"]}
    real_now = int(signed["webhook-timestamp"])
    assert real_now == int(START.timestamp())
    verifier = Webhook(made["secret"])
    assert verifier.sign(headers["webhook-id"], START, body.decode()) == headers["webhook-signature"]
    assert asked["status"] == "active"
    assert (asked["verification"]["verified"], asked["verification"]["verify"]) == (True, None)
    status, shown = door("GET", f"subscriptions/{made['id']}")
    assert (status, shown["status"], shown["description"]) == (200, "active", "case system")
    assert "secret" not in json.dumps(shown).replace("previous_secret_until", "")


def test_a_subscription_waits_until_its_endpoint_echoes(door):
    door.echo = False
    made = door.subscribe()
    assert made["status"] == "pending"
    assert (made["verification"]["attempts"], made["verification"]["error"]) == (0, None)
    at = f"subscriptions/{made['id']}"
    assert door("POST", f"{at}/test", {})[0] == 409
    for attempts in (1, 2):
        shown = door("POST", f"{at}/verify", {})[1]
        assert (shown["status"], shown["verification"]["error"]) == ("pending", "challenge_not_echoed")
        assert shown["verification"]["attempts"] == attempts
    door.echo = True
    assert door("POST", f"{at}/verify", {})[1]["status"] == "active"
    assert len({json.loads(body)["data"]["challenge"] for _, body, _ in door.posted}) == 3


ECHOES = {
    "plain": lambda said: json.dumps({"challenge": said}).encode(),
    "a byte order mark": lambda said: b"\xef\xbb\xbf" + json.dumps({"challenge": said}).encode(),
    "UTF-16, as PowerShell writes": lambda said: json.dumps({"challenge": said}).encode("utf-16"),
    "after 1,024 bytes": lambda said: json.dumps({"log": "x" * 9_000, "challenge": said}).encode(),
    "before much else": lambda said: json.dumps({"challenge": said, "log": ["x"] * 1_500}).encode(),
    "between blanks": lambda said: (
        b"\r\n" * 900 + json.dumps({"challenge": said}, indent=8).encode() + b"\n" * 900
    ),
}


@pytest.mark.parametrize("form", ECHOES)
def test_an_echo_counts_in_whatever_form_it_comes(door, form):
    def echo(connection, request):
        challenge = json.loads(request.partition(b"\r\n\r\n")[2])["data"]["challenge"]
        saying(ok(ECHOES[form](challenge)))(connection, request)

    door.post = lambda url, body, headers: attempt(url, body=body, headers=headers, policy=LOCAL_STAGE)
    with Receiver(echo) as receiver:
        made = door.subscribed(url=f"http://127.0.0.1:{receiver.port}/")
    assert (made["status"], made["verification"]["verified"]) == ("active", True)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b'"c"',
        b"[" * 9_000,
        b'{"challenge": null}',
        b'{"challenge": "\\ud800"}',
    ],
)
def test_what_is_no_echo_does_not_count(answer):
    assert not echoes(answer, "c")


def test_the_challenge_goes_over_a_real_socket(door):
    def echo(connection, request):
        challenge = json.loads(request.partition(b"\r\n\r\n")[2])["data"]["challenge"]
        saying(ok(json.dumps({"challenge": challenge}).encode()))(connection, request)

    door.post = lambda url, body, headers: attempt(url, body=body, headers=headers, policy=LOCAL_STAGE)
    for behaviour, active in ((echo, True), (saying(ok(b"{}")), False), (saying(ok(b"[1")), False)):
        with Receiver(behaviour) as receiver:
            made = door.subscribed(url=f"http://127.0.0.1:{receiver.port}/")
            assert (made["status"] == "active") is active


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example.com/", "https://127.0.0.1/", "https://hooks.example.com:8443/", "https://a@b.example/",
     "https://localhost/", "ftp://hooks.example.com/", "https://metadata.internal/"],
)  # fmt: skip
def test_a_url_that_the_guard_refuses_is_refused_with_its_field(monkeypatch, url):
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    with tables():
        cloud = Door(policy=AddressPolicy())
        status, problem = cloud(
            "POST", "subscriptions", {"url": url, "types": ["complaint.*"], "max_rate": 0}
        )
        faults = {each["pointer"]: each["key"] for each in problem["errors"]}
        assert (status, faults) == (422, {"/url": "url_refused", "/max_rate": "too_small"})
        assert cloud.posted == []
        assert subscriptions_of("roads") == ()


def test_every_fault_of_a_body_is_named_at_once(door):
    status, problem = door(
        "POST", "subscriptions", {"types": ["complaint.eaten"], "max_rate": 0, "colour": 1}
    )
    assert status == 422
    assert {each["pointer"] for each in problem["errors"]} == {"/url", "/types/0", "/max_rate", "/colour"}


def test_a_change_takes_effect_and_a_new_url_has_to_echo(door):
    made = door.subscribed()
    at = f"subscriptions/{made['id']}"
    _, changed = door("PATCH", at, {"types": ["complaint.answered"], "description": None, "max_rate": 5})
    assert (changed["types"], changed["max_rate"], changed["status"]) == (["complaint.answered"], 5, "active")
    door.echo = False
    _, moved = door("PATCH", at, {"url": "http://127.0.0.1:10/"})
    assert (moved["status"], moved["verification"]["verified"]) == ("pending", False)
    assert door("GET", at)[1]["status"] == "pending"


def test_an_agency_has_so_many_subscriptions_and_no_more(door, monkeypatch):
    monkeypatch.setattr("functions.notify.subscriptions.manage.SUBSCRIPTIONS_MOST", 3)
    for _ in range(3):
        door.subscribed()
    status, problem = door("POST", "subscriptions", {"url": "http://127.0.0.1:9/", "types": ["complaint.*"]})
    assert (status, problem["key"]) == (409, "too_many_subscriptions")


def test_rotation_signs_with_both_for_a_day(door):
    made = door.subscribed()
    at = f"subscriptions/{made['id']}"
    _, rotated = door("POST", f"{at}/rotate-secret", {"algorithm": "v1a"})
    assert (rotated["algorithm"], rotated["secret"][:5]) == ("v1a", "whpk_")
    endpoint = DynamoEndpoints().get("roads", made["id"])
    assert len(endpoint.signing_secrets(START + DAY - timedelta(seconds=1))) == 2
    assert len(endpoint.signing_secrets(START + DAY)) == 1
    assert endpoint.signing_secrets(START)[1] == made["secret"]
    assert rotated["previous_secret_until"] == "2026-03-04T04:00:00.000Z"
    assert "whsk_" not in json.dumps(rotated)


# ---- deliveries


def test_a_test_event_arrives_and_is_listed(door):
    made = door.subscribed()
    status, sent = door("POST", f"subscriptions/{made['id']}/test", {})
    assert (status, sent["type"], sent["status"]) == (202, "subscription.test", "pending")
    door.work_off()
    assert [json.loads(each.body)["type"] for each in door.agency.accepted] == ["subscription.test"]
    _, shown = door("GET", f"subscriptions/{made['id']}/deliveries/{sent['id']}")
    assert (shown["status"], shown["attempts"][0]["status"], shown["next_attempt_at"]) == (
        "delivered",
        200,
        None,
    )


def test_a_test_event_that_would_have_to_wait_is_refused_with_the_reason(door):
    made = door.subscribed()
    at = f"subscriptions/{made['id']}"
    door("POST", f"{at}/pause", {})
    status, problem = door("POST", f"{at}/test", {})
    assert (status, problem["key"]) == (409, "subscription_paused")
    door("POST", f"{at}/resume", {})
    door.agency.answer = lambda delivery: answered(503)
    door.deliver(made["id"], *(event(f"C{n}", 1) for n in range(5)))
    status, problem = door("POST", f"{at}/test", {})
    assert (status, problem["key"]) == (409, "subscription_resting")
    assert door("GET", at)[1]["health"]["resting_until"] in problem["detail"]
    assert door("GET", f"{at}/deliveries")[1]["items"][0]["type"] != "subscription.test"


def test_a_test_event_does_not_wait_for_an_earlier_one_that_failed(door):
    made = door.subscribed()
    at = f"subscriptions/{made['id']}/test"
    door.agency.answer = lambda delivery: answered(503)
    door("POST", at, {})
    door.work_off()
    door.agency.answer = lambda delivery: answered()
    door.clock.advance(timedelta(seconds=1))
    door("POST", at, {})
    door.work_off()
    assert len(door.agency.accepted) == 2


def test_deliveries_are_listed_newest_first_in_pages_that_join_up(door):
    made = door.subscribed()
    door.deliver(made["id"], *(event("C1", n, at=START + timedelta(seconds=n)) for n in range(1, 12)))
    seen, cursor = [], ""
    while cursor is not None:
        query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        _, page = door("GET", f"subscriptions/{made['id']}/deliveries", **query)
        seen += [each["sequence"] for each in page["items"]]
        cursor = page["cursor"]
    assert seen == list(range(11, 0, -1))


def test_deliveries_are_listed_by_status_and_time(door):
    made = door.subscribed()
    door.agency.answer = lambda delivery: answered(503 if delivery.lane.complaint_id == "C2" else 200)
    later = START + timedelta(hours=1)
    door.deliver(made["id"], event("C1", 1), event("C2", 1), event("C3", 1, at=later))
    at = f"subscriptions/{made['id']}/deliveries"
    assert [each["complaint_id"] for each in door("GET", at, status="pending")[1]["items"]] == ["C2"]
    found = door("GET", at, from_="2026-03-03T04:30:00Z")[1]["items"]
    assert [each["complaint_id"] for each in found] == ["C3"]
    assert door("GET", at, status="eaten")[0] == 422
    assert door("GET", at, from_="yesterday")[0] == 422
    assert door("GET", at, cursor="bm9uZQ")[0] == 422


@pytest.mark.parametrize(
    ("field", "range_"),
    [
        ("to", {"from_": "2026-03-04T00:00:00Z", "to": "2026-03-03T00:00:00Z"}),
        ("to", {"from_": "2026-03-03T00:00:00Z", "to": "2026-03-03T00:00:00Z"}),
        ("to", {"to": "2026-01-03T00:00:00Z"}),
        ("from", {"from_": "2026-01-03T00:00:00Z"}),
        ("from", {"from_": "2026-01-03T00:00:00Z", "to": "2026-01-04T00:00:00Z"}),
        ("from", {"from_": "2026-03-09T00:00:00Z"}),
    ],
)
def test_a_time_in_which_nothing_can_lie_is_refused_with_its_field(door, field, range_):
    made = door.subscribed()
    door.deliver(made["id"], event("C1", 1))
    status, problem = door("GET", f"subscriptions/{made['id']}/deliveries", **range_)
    assert (status, [(each["pointer"], each["key"]) for each in problem["errors"]]) == (
        422,
        [(field, "not_in_range")],
    )


def test_the_oldest_that_is_kept_can_be_asked_for_page_by_page(door):
    made = door.subscribed()
    door.deliver(made["id"], *(event("C1", n, at=START + timedelta(seconds=n)) for n in range(1, 4)))
    at, since = f"subscriptions/{made['id']}/deliveries", iso(door.clock() - KEPT)
    cursor = door("GET", at, from_=since, limit=2)[1]["cursor"]
    door.clock.advance(timedelta(minutes=10))
    assert [each["sequence"] for each in door("GET", at, from_=since, cursor=cursor)[1]["items"]] == [1]


@pytest.mark.parametrize("status", [None, "delivered"])
def test_a_full_page_at_the_end_has_no_cursor(door, status):
    made = door.subscribed()
    door.deliver(made["id"], *(event("C1", n, at=START + timedelta(seconds=n)) for n in range(1, 5)))
    query = {"limit": 2} | ({} if status is None else {"status": status})
    at = f"subscriptions/{made['id']}/deliveries"
    first = door("GET", at, **query)[1]
    last = door("GET", at, cursor=first["cursor"], **query)[1]
    assert [each["sequence"] for each in (*first["items"], *last["items"])] == [4, 3, 2, 1]
    assert last["cursor"] is None


def test_a_cursor_is_taken_by_the_list_that_gave_it_and_no_other(door):
    made, other = door.subscribed(), door.subscribed()
    for each in (made, other):
        door.deliver(each["id"], *(event("C1", n, at=START + timedelta(seconds=n)) for n in range(1, 4)))
    at = f"subscriptions/{made['id']}/deliveries"
    cursor = door("GET", at, limit=1)[1]["cursor"]
    assert [each["sequence"] for each in door("GET", at, cursor=cursor)[1]["items"]] == [2, 1]
    assert door("GET", f"subscriptions/{other['id']}/deliveries", cursor=cursor)[0] == 422
    assert door("GET", at, cursor=cursor, to="2026-03-03T04:00:02Z")[0] == 422


def test_a_waiting_delivery_shows_its_attempts_and_the_next(door):
    made = door.subscribed()
    door.agency.answer = lambda delivery: answered(503, latency_ms=41)
    door.deliver(made["id"], event("C1", 1))
    _, shown = door("GET", f"subscriptions/{made['id']}/deliveries/C1-1")
    first = shown["attempts"][0]
    assert (first["n"], first["status"], first["error"], first["latency_ms"]) == (1, 503, "http_status", 41)
    assert shown["status"] == "pending"
    assert "2026-03-03T04:00:04" <= shown["next_attempt_at"] <= "2026-03-03T04:00:06.1"
    assert shown["payload"]["data"]["id"] == "C1"


def test_the_list_shows_when_each_is_tried_next_in_one_read_more(door):
    made = door.subscribed()
    at = f"subscriptions/{made['id']}/deliveries"
    door.agency.answer = lambda delivery: answered(200 if delivery.lane.complaint_id == "C0" else 503)
    door.deliver(made["id"], *(event(f"C{n}", seq) for n in range(3) for seq in (1, 2)))
    with aws_calls() as calls:
        _, page = door("GET", at)
    assert Counter(calls.made) == {"GetItem": 1, "Query": 1, "BatchGetItem": 1}
    shown = {(each["complaint_id"], each["sequence"]): each["next_attempt_at"] for each in page["items"]}
    assert shown["C0", 1] is shown["C0", 2] is None
    for complaint in ("C1", "C2"):
        assert shown[complaint, 1] == shown[complaint, 2] > "2026-03-03T04:00:03"
    door.deliver(made["id"], *(event(f"D{n}", 1) for n in range(5)))
    resting = door("GET", f"subscriptions/{made['id']}")[1]["health"]["resting_until"]
    assert {each["next_attempt_at"] for each in door("GET", at, status="pending")[1]["items"]} == {resting}
    door("POST", f"subscriptions/{made['id']}/pause", {})
    assert {each["next_attempt_at"] for each in door("GET", at)[1]["items"]} == {None}


@pytest.mark.parametrize("name", ["C1-2", "C9-1", "C1", "C1-x", "-1", "C1-" + "9" * 30])
def test_a_delivery_that_there_is_not_is_not_found(door, name):
    made = door.subscribed()
    door.deliver(made["id"], event("C1", 1))
    assert door("GET", f"subscriptions/{made['id']}/deliveries/{name}")[0] == 404


def test_a_replay_sends_the_same_message_again(door):
    made = door.subscribed()
    door.deliver(made["id"], event("C1", 1), event("C1", 2))
    status, again = door("POST", f"subscriptions/{made['id']}/deliveries/C1-1/replay", {})
    assert (status, again["status"], again["attempts_made"]) == (202, "pending", 1)
    door.work_off()
    first, second, replayed = door.agency.accepted
    assert (replayed.message_id, replayed.body) == (first.message_id, first.body)
    assert second.seq == 2
    assert door("GET", f"subscriptions/{made['id']}/deliveries/C1-1")[1]["attempts_made"] == 2


def lane_of(made, complaint_id):
    return Lane(agency_id="roads", subscription_id=made["id"], complaint_id=complaint_id)


def test_what_waits_is_replayed_again_and_again_under_one_ticket_and_sent_once(door):
    made = door.subscribed()
    door.deliver(made["id"], *(event("C1", seq) for seq in (1, 2)))
    for _ in range(40):
        door.clock.advance(timedelta(milliseconds=1))
        for seq in (1, 2):
            assert door("POST", f"subscriptions/{made['id']}/deliveries/C1-{seq}/replay", {})[0] == 202
        door("POST", f"subscriptions/{made['id']}/replay", {"from": "2026-03-03T00:00:00Z"})
    assert len(DynamoDeliveries().pending(lane_of(made, "C1"))) == 2
    door.agency.accepted.clear()
    door.work_off()
    assert {*door.agency.order()["C1"]} == {1, 2}
    assert DynamoDeliveries().pending(lane_of(made, "C1")) == ()


def test_a_replay_while_the_delivery_is_just_being_sent_is_sent_too(door):
    made = door.subscribed()
    asked = iter([True])

    def meanwhile(delivery):
        """The first is accepted, and before the lane is given back it is asked for again."""
        if delivery.seq == 2 and next(asked, False):
            door("POST", f"subscriptions/{made['id']}/deliveries/C1-1/replay", {})
        return answered()

    door.agency.answer = meanwhile
    door.deliver(made["id"], event("C1", 1), event("C1", 2))
    assert [each.seq for each in door.agency.accepted].count(1) == 2


def test_a_range_is_replayed_in_order_each_once_and_the_job_says_so(door, monkeypatch):
    monkeypatch.setattr(jobs, "PAGE", 7)
    made = door.subscribed()
    events = [
        event(f"C{complaint}", seq, at=START + timedelta(minutes=seq))
        for seq in range(1, 13)
        for complaint in range(2)
    ]
    door.deliver(made["id"], *events)
    door.agency.accepted.clear()
    door.clock.advance(timedelta(hours=2))
    body = {"from": "2026-03-03T04:02:00Z", "to": "2026-03-03T04:11:00Z"}
    status, job = door("POST", f"subscriptions/{made['id']}/replay", body)
    assert (status, job["kind"], job["ended_at"]) == (202, "replay", None)
    door.work_off()
    assert door.agency.order() == {f"C{n}": list(range(2, 11)) for n in range(2)}
    assert door.agency.extra() == 0
    _, shown = door("GET", f"subscriptions/{made['id']}")
    assert (shown["jobs"][0]["deliveries"], shown["jobs"][0]["ended_at"] is None) == (18, False)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/from"), ({"from": "2026-01-01T00:00:00Z"}, "/from"), ({"from": "soon"}, "/from"),
        ({"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "/to"),
    ],
)  # fmt: skip
def test_a_range_that_cannot_be_replayed_is_refused(door, body, pointer):
    made = door.subscribed()
    status, problem = door("POST", f"subscriptions/{made['id']}/replay", body)
    assert (status, problem["errors"][0]["pointer"]) == (422, pointer)


def test_what_comes_while_paused_goes_out_in_order_on_resuming(door):
    made = door.subscribed()
    at = f"subscriptions/{made['id']}"
    assert door("POST", f"{at}/pause", {})[1]["status"] == "paused"
    door.deliver(
        made["id"], *(event(f"C{n % 3}", n // 3 + 1, at=START + timedelta(seconds=n)) for n in range(9))
    )
    assert door.agency.attempts == []
    assert door("POST", f"{at}/resume", {})[1]["status"] == "active"
    door.work_off()
    assert door.agency.order() == {f"C{n}": [1, 2, 3] for n in range(3)}
    assert door.agency.extra() == 0


def test_a_new_url_takes_over_what_the_old_one_did_not_take(door):
    made = door.subscribed()
    door.agency.answer = lambda delivery: answered(410)
    door.deliver(made["id"], event("C1", 1), event("C2", 1))
    at = f"subscriptions/{made['id']}"
    assert door("GET", at)[1]["status"] == "disabled"
    door.agency.answer = lambda delivery: answered()
    _, moved = door("PATCH", at, {"url": "http://127.0.0.1:10/new"})
    assert (moved["status"], moved["health"]["failures"]) == ("active", 0)
    door.work_off()
    assert door.agency.order() == {"C1": [1], "C2": [1]}


def test_what_happens_before_a_new_url_has_echoed_goes_there_once_it_has(door):
    made = door.subscribed()
    at = f"subscriptions/{made['id']}"
    door.echo = False
    door("PATCH", at, {"url": "http://127.0.0.1:10/new"})
    door.world.publish(event("C1", 1), CachedSubscriptions(now=door.clock))
    door.work_off()
    assert door.agency.attempts == []
    door.echo = True
    assert door("POST", f"{at}/verify", {})[1]["status"] == "active"
    door.work_off()
    assert door.agency.order() == {"C1": [1]}


def test_nothing_is_sent_to_a_deleted_subscription(door):
    made = door.subscribed()
    door("POST", f"subscriptions/{made['id']}/pause", {})
    door.deliver(made["id"], event("C1", 1))
    assert door("DELETE", f"subscriptions/{made['id']}")[0] == 204
    assert door("GET", f"subscriptions/{made['id']}")[0] == 404
    door.world.clock = door.clock
    door.clock.advance(timedelta(days=2))
    door.world.sweep()
    door.work_off()
    assert door.agency.attempts == []
    lane = delivery_of(event("C1", 1), agency_id="roads", subscription_id=made["id"]).lane
    assert DynamoDeliveries().pending(lane) == ()


# ---- the feed


def test_changes_are_polled_with_a_cursor(door):
    writer = feed.Feed()
    for seq in (1, 2, 3):
        each = event("01KJR9YAXN5V7C2M4T8W6QZ3HD", seq)
        writer.append(feed.part_of("roads", each), [each], now=START)
    _, first = door("GET", "changes", limit=2)
    assert ([each["data"]["sequence"] for each in first["items"]], first["more"]) == ([1, 2], True)
    _, second = door("GET", "changes", cursor=first["cursor"])
    assert ([each["data"]["sequence"] for each in second["items"]], second["more"]) == ([3], False)
    assert door("GET", "changes", cursor="no")[0] == 422
    assert door("GET", "changes", agency_id="housing")[1]["items"] == []


def test_a_transfer_names_both_bodies_and_nothing_else_does(door):
    complaint = "01KJR9YAXN5V7C2M4T8W6QZ3HD"
    moved = event(complaint, 1, type=EventType.TRANSFERRED, data={"from": "housing", "to": "roads"})
    feed.Feed().append(feed.part_of("roads", moved), [moved, event(complaint, 2)], now=START)
    transfer, comment = (each["data"] for each in door("GET", "changes")[1]["items"])
    assert (transfer["from"], transfer["to"]) == ("housing", "roads")
    assert {"from", "to", "by_agency"}.isdisjoint(comment)
    assert transfer == json.loads(body_of(moved))["data"]
