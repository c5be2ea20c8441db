"""What makes a secret makes it once for its Idempotency-Key: the same answer again, and nothing kept that tells it."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest

from functions.complaints import keys
from functions.edge.throttle import Throttle
from functions.notify.subscriptions.manage import ROTATION, SECRETS_MOST
from functions.notify.webhooks.endpoints import DynamoEndpoints
from functions.records.agencies.keys import KeyItem, caller_with, keys_of
from functions.records.agencies.made import MadeItem
from functions.records.agencies.subscriptions import subscriptions_of
from functions.records.dynamodb import raw_items
from functions.records.requests import REQUEST_KEPT
from tests.dynamodb import tables
from tests.functions.faults import aws_calls
from tests.functions.subscription_door import TOKEN, Door
from tests.functions.webhook_world import START

HOUR = timedelta(hours=1)
HOOK = {"url": "http://127.0.0.1:9/hook", "types": ["complaint.*"]}
KEY = {"name": "case system", "scopes": ["write"], "expires_at": "2026-06-01T00:00:00Z"}


@pytest.fixture
def door(monkeypatch):
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    with tables():
        yield Door()


def wanted(door):
    """Of each kind of secret: what asks for one, and what in its answer it is."""
    hook = door("POST", "subscriptions", HOOK)[1]["id"]
    key = door("POST", "keys", KEY)[1]["id"]
    return {
        "key": ("keys", KEY, "token"),
        "key's successor": (f"keys/{key}/rotate", {"overlap_hours": 3}, "token"),
        "subscription": ("subscriptions", HOOK, "secret"),
        "subscription with v1a": ("subscriptions", HOOK | {"algorithm": "v1a"}, "secret"),
        "new secret": (f"subscriptions/{hook}/rotate-secret", None, "secret"),
        "new secret with v1a": (f"subscriptions/{hook}/rotate-secret", {"algorithm": "v1a"}, "secret"),
    }


KINDS = (
    "key", "key's successor", "subscription", "subscription with v1a", "new secret", "new secret with v1a",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_request_is_answered_with_the_same_secret_and_makes_nothing(door, kind):
    path, body, secret = wanted(door)[kind]
    status, first = door("POST", path, body, idempotency_key="k")
    there = (len(keys_of("roads")), len(subscriptions_of("roads")))
    door.clock.advance(HOUR)
    assert door("POST", path, body, idempotency_key="k") == (status, first)
    assert (len(keys_of("roads")), len(subscriptions_of("roads"))) == there
    other = door("POST", path, body, idempotency_key="l")[1]
    if "token" not in other or kind == "key":
        assert other[secret] != first[secret]


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_key_each_request_makes_one(door, kind):
    path, body, secret = wanted(door)[kind]
    assert door("POST", path, body)[1][secret] != door("POST", path, body)[1][secret]


@pytest.mark.parametrize("kind", KINDS)
def test_another_request_under_the_same_key_is_refused(door, kind):
    path, body, _ = wanted(door)[kind]
    door("POST", path, body, idempotency_key="k")
    other = {"name": "x", "scopes": ["read"]} if path == "keys" else {"overlap_hours": 4}
    if "subscriptions" in path:
        other = HOOK | {"max_rate": 5} if body and "url" in body else {"algorithm": "v1"}
    status, problem = door("POST", path, other, idempotency_key="k")
    assert (status, problem["type"]) == (422, "/problems/idempotency-key-reused")


def test_a_token_that_was_answered_again_gets_in(door):
    made = door("POST", "keys", KEY, idempotency_key="k")[1]
    again = door("POST", "keys", KEY, idempotency_key="k")[1]
    assert caller_with(keys.read_token(again["token"]), now=START).key_id == made["id"]


def test_no_secret_of_a_key_stands_anywhere_and_none_follows_from_what_does(door):
    token = door("POST", "keys", KEY, idempotency_key="k")[1]["token"]
    rows = str([*raw_items(KeyItem.scan())])
    assert keys.read_token(token).secret not in rows
    (note,) = (each for each in MadeItem.scan() if each.sk.startswith("request#"))
    assert "k" not in {note.salt, note.made}
    made = [keys.derived(secret, salt=note.salt) for secret in (str(TOKEN), "", note.salt, note.digest)]
    secrets = [keys.token_of("0" * 16, each).secret for each in made]
    assert [each == keys.read_token(token).secret for each in secrets] == [True, False, False, False]
    assert note.expires == START + REQUEST_KEPT


def test_anothers_key_makes_another_request_of_it(door):
    first = door("POST", "keys", KEY, idempotency_key="k")[1]
    other = door("POST", "keys", KEY, idempotency_key="k", token=keys.new_token())[1]
    assert other["id"] != first["id"]
    assert door("POST", "keys", KEY, idempotency_key="k")[1] == first


def test_a_rotated_secret_is_answered_as_it_was_though_another_came_after_it(door):
    hook = f"subscriptions/{door('POST', 'subscriptions', HOOK)[1]['id']}/rotate-secret"
    first = door("POST", hook, {"algorithm": "v1a"}, idempotency_key="k")[1]["secret"]
    door("POST", hook, {"algorithm": "v1"}, idempotency_key="l")
    assert door("POST", hook, {"algorithm": "v1a"}, idempotency_key="k")[1]["secret"] == first


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["key", "key's successor", "subscription", "new secret"])
def test_whatever_fails_on_the_way_it_is_made_once_and_told(monkeypatch, kind, when):
    for hit in range(1, 12):
        monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
        with tables():
            door = Door()
            path, body, secret = wanted(door)[kind]
            before = (len(keys_of("roads")), len(subscriptions_of("roads")))
            with aws_calls(fail=hit, when=when) as calls, suppress(Exception):
                door("POST", path, body, idempotency_key="k")
            status, told = door("POST", path, body, idempotency_key="k")
            assert status in (200, 201), (hit, calls.made)
            assert told == door("POST", path, body, idempotency_key="k")[1]
            after = (len(keys_of("roads")), len(subscriptions_of("roads")))
            assert sum(after) - sum(before) == (0 if kind == "new secret" else 1), (hit, calls.made)
            if kind == "new secret":
                assert subscriptions_of("roads")[0].secrets[0]["secret"] == told[secret]
            if kind == "subscription":
                assert told["verification"]["next_attempt_at"] is not None
        if len(calls.made) <= hit:
            return


def test_a_second_rotation_keeps_what_the_first_one_promised(door):
    made = door("POST", "subscriptions", HOOK)[1]
    at = f"subscriptions/{made['id']}/rotate-secret"
    secrets = [made["secret"]]
    for _ in range(SECRETS_MOST - 1):
        secrets.append(door("POST", at)[1]["secret"])
        door.clock.advance(HOUR)
    status, problem = door("POST", at)
    assert (status, problem["key"]) == (409, "too_many_secrets")
    assert "2026-03-04T04:00:00.000Z" in problem["detail"]
    endpoint = DynamoEndpoints().get("roads", made["id"])
    for number, secret in enumerate(secrets[:-1]):
        ends = START + number * HOUR + ROTATION
        assert secret in endpoint.signing_secrets(ends - timedelta(milliseconds=1))
        assert secret not in endpoint.signing_secrets(ends)
    assert endpoint.signing_secrets(door.clock())[0] == secrets[-1]
    door.clock.now = START + ROTATION
    assert door("POST", at)[0] == 200


@pytest.mark.parametrize(
    ("expires_at", "fault"),
    [
        ("2026-03-03T04:00:00Z", "not_in_future"),
        ("2031-03-03T00:00:00Z", "not_in_range"),
        ("9999-12-31T23:59:59Z", "not_in_range"),
    ],
)
def test_a_key_ends_ahead_and_within_five_years(door, expires_at, fault):
    status, problem = door("POST", "keys", KEY | {"expires_at": expires_at})
    assert (status, [each["key"] for each in problem["errors"]]) == (422, [fault])


def test_a_key_is_listed_with_its_name_and_its_end_and_ends_then(door):
    made = door("POST", "keys", KEY)[1]
    assert (made["name"], made["expires_at"]) == ("case system", "2026-06-01T00:00:00.000Z")
    (listed,) = door("GET", "keys")[1]["items"]
    assert (listed["name"], listed["valid"], listed["expires_at"]) == (
        "case system",
        True,
        made["expires_at"],
    )
    token = keys.read_token(made["token"])
    end = START.replace(month=6, day=1, hour=0)
    assert caller_with(token, now=end - timedelta(milliseconds=1)) is not None
    assert caller_with(token, now=end) is None
    door.clock.now = end
    assert door("GET", "keys")[1]["items"][0]["valid"] is False
    assert "token" not in json.dumps(door("GET", "keys")[1])


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_officer_had_made_is_made_once_and_its_secret_shown_once(door, kind):
    """Their token is another one by then, and nothing else that they have could make the secret again."""
    path, body, secret = wanted(door)[kind]
    officer = {"officer_id": "01JNZ5V2B8Q4M7T9XWYC3D6FGH"}
    status, first = door("POST", path, body, idempotency_key="k", **officer)
    assert status in (200, 201)
    assert first[secret]
    there = (len(keys_of("roads")), len(subscriptions_of("roads")))
    status, refused = door("POST", path, body, idempotency_key="k", token=keys.new_token(), **officer)
    assert (status, refused["key"]) == (409, "shown_once")
    assert (len(keys_of("roads")), len(subscriptions_of("roads"))) == there
    if "token" in first:
        assert caller_with(keys.read_token(first["token"]), now=START).key_id == first["id"]
