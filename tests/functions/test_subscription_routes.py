"""Every route to keys, subscriptions and deliveries, walked by the document: its scope, its faults, its body."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest

from functions.complaints.texts import LANGUAGES, UNKNOWN
from functions.edge.throttle import Throttle
from tests.dynamodb import tables
from tests.functions.api_client import officer
from tests.functions.subscription_door import Door
from tests.functions.webhook_world import event
from tests.openapi_answers import published, resolved

EVERYTHING = "read write admin"
LESSER = {"read": "", "write": "read", "admin": "read write"}
JUNK = (
    None, True, "", " ", "x" * 3_000, "\ud800", "https://localhost/", "2020-01-01T00:00:00Z", "2020-01-01",
    -1, 1.5, 10**6, [], [None], ["eaten"], ["read"] * 50, {}, {"a": 1},
)  # fmt: skip
QUERIES = ("", "x", "-1", "1000", "2020-01-01", "bm9uZQ", "\ud800", "[" * 10_000)


def operations():
    return [
        (method.upper(), path.removeprefix("/v1/agency/"), operation)
        for path, methods in published()["paths"].items()
        for method, operation in methods.items()
        if {"Subscriptions", "Keys"} & set(operation["tags"])
    ]


@contextmanager
def furnished(monkeypatch):
    """A door behind which there is one of each, and what fills in the paths."""
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    with tables():
        door = Door()
        subscription = door.subscribed()
        door.deliver(subscription["id"], event("C1", 1))
        key = door("POST", "keys", {"name": "x", "scopes": ["read"]})[1]
        yield door, {"id": subscription["id"], "key_id": key["id"], "delivery_id": "C1-1"}


def body_of(operation):
    """The schema of the request's body and an example that fits it; none where it has no body."""
    if "requestBody" not in operation:
        return {}, None
    schema = resolved(operation["requestBody"]["content"]["application/json"]["schema"])
    (example,) = schema.get("examples", [{}])
    return schema, example


def queries_of(operation):
    parameters = (resolved(each) for each in operation["parameters"])
    return [each["name"] for each in parameters if each["in"] == "query"]


def test_a_key_without_the_scope_is_forbidden_and_with_it_the_example_is_taken(monkeypatch):
    walked = operations()
    assert len(walked) == 19
    for method, path, operation in walked:
        (scope,) = operation["security"][0]["agency"]
        _, example = body_of(operation)
        with furnished(monkeypatch) as (door, names):
            at = path.format(**names)
            assert door(method, at, example, scopes=LESSER[scope])[0] == 403, operation["operationId"]
            assert door(method, at, example, scopes=EVERYTHING)[0] < 300, operation["operationId"]


def test_every_fault_has_a_text_in_each_language(monkeypatch):
    found = {}
    with furnished(monkeypatch) as (door, names):

        def asked(method, at, body, **query):
            told = {}
            for language in LANGUAGES:
                status, answer = door(method, at, body, language=language, **query)
                if status != 422:
                    return
                for fault in answer["errors"]:
                    if (fault["pointer"], fault["key"]) not in found:
                        told.setdefault((fault["pointer"], fault["key"]), []).append(fault["detail"])
                if not told:
                    return
            found.update(told)

        for method, path, operation in operations():
            at = path.format(**names)
            schema, example = body_of(operation)
            if schema:
                asked(method, at, {})
                asked(method, at, example | {"colour": 1})
            for name in schema.get("properties", ()):
                for junk in JUNK:
                    asked(method, at, example | {name: junk})
                    door.clock.advance(timedelta(minutes=1))
            for name in queries_of(operation):
                for junk in QUERIES:
                    asked(method, at, None, **{name: junk})
    for where, texts in found.items():
        assert len(set(texts)) == len(LANGUAGES), (where, texts)
        assert UNKNOWN not in "".join(texts), where
    assert {key for _, key in found} == {
        "empty", "missing", "not_an_instant", "not_in_future", "not_in_range", "not_unicode", "too_few", "too_large",
        "too_long", "too_many", "too_small", "unknown_choice", "unknown_field", "url_refused", "wrong_form",
        "wrong_type",
    }  # fmt: skip


def test_where_no_body_is_read_none_is_judged(monkeypatch):
    with furnished(monkeypatch) as (door, names):
        caller = officer(door.api.serve, "roads", scopes=EVERYTHING)
        for raw in (b"\xff", "no JSON", "x" * 70_000):
            pause = f"/v1/agency/subscriptions/{names['id']}/pause"
            assert caller("POST", pause, raw=raw, content_type="text/plain").status == 200
            rotate = f"/v1/agency/subscriptions/{names['id']}/rotate-secret"
            assert caller("POST", rotate, raw=raw, content_type="text/plain").status in (413, 415)
            assert caller("POST", "/v1/agency/nowhere", raw=raw).status == 404
            assert caller("PUT", pause, raw=raw).status == 405


@pytest.mark.parametrize("name", ["x", "x" * 3_000, "01KJR9YAXN5V7C2M4T8W6QZ3HU", "%ud800", "C1-1"])
def test_what_cannot_be_a_name_is_not_found(monkeypatch, name):
    with furnished(monkeypatch) as (door, _):
        for method, path, operation in operations():
            if "{" in path:
                _, example = body_of(operation)
                at = path.format(id=name, key_id=name, delivery_id=name)
                assert door(method, at, example)[0] == 404, operation["operationId"]


def test_the_fields_of_an_answer_are_absent_or_null_as_they_were(monkeypatch):
    with furnished(monkeypatch) as (door, names):
        at = f"subscriptions/{names['id']}"
        assert door("POST", f"{at}/pause", {})[1]["verification"]["next_attempt_at"] is None
        shown = door("GET", at)[1]
        assert (
            shown["description"] is shown["health"]["failing_since"] is shown["previous_secret_until"] is None
        )
        assert shown["health"]["paused_because"] == "asked"
        job = door("POST", f"{at}/replay", {"from": "2026-03-01T00:00:00Z"})[1]
        assert (job["from"], job["to"]) == ("2026-03-01T00:00:00.000Z", "2026-03-03T04:00:00.000Z")
        attempt = door("GET", f"{at}/deliveries/C1-1")[1]["attempts"][0]
        assert {"error", "response"}.isdisjoint(attempt)
        assert json.dumps(attempt).count("null") == 0
