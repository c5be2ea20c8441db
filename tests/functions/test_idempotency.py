"""Idempotency-Keys: which there can be, and what is the same request under one."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.event_handler.api_gateway import Router
from hypothesis import given
from hypothesis import strategies as st

from functions.edge.idempotency import KEY_MAX, RequiredKey, TakenKey, canonical, request_of
from functions.edge.resolver import Api
from functions.records.requests import Request
from tests.functions.api_client import Answer, anybody

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(value=JSON, indent=st.integers(0, 3), keys=st.booleans())
def test_two_spellings_of_one_value_are_one_request(value: Any, indent: int, keys: bool) -> None:
    spelt = json.dumps(value, indent=indent, sort_keys=keys, ensure_ascii=keys).encode(
        "utf-8", "surrogatepass"
    )
    assert canonical(json.dumps(value).encode()) in {canonical(spelt), spelt}


@given(one=JSON, other=JSON)
def test_two_values_are_two_requests(one: Any, other: Any) -> None:
    raw = [json.dumps(each, sort_keys=True).encode() for each in (one, other)]
    assert (canonical(raw[0]) == canonical(raw[1])) == (raw[0] == raw[1])


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_stays_as_it_is(raw: bytes) -> None:
    assert canonical(raw) == raw


def keyed() -> Api:
    """Two routes, which answer the request that they were called with under its key."""
    router, api = Router(), Api()

    @router.route("/x", method=["POST", "PUT"])
    def needed(key: RequiredKey) -> dict[str, str | None]:
        return named(key)

    @router.post("/y")
    def taken(key: TakenKey = None) -> dict[str, str | None]:
        return named(key)

    def named(key: str | None) -> dict[str, str | None]:
        if key is None:
            return {"pk": None}
        event = router.current_event.raw_event
        request = request_of(event, caller=event["headers"].get("x-caller", "c"), key=key)
        return {"pk": request.pk, "digest": request.digest}

    api.include_router(router)
    return api


API = keyed()


def asked(path: str = "/x", *, method: str = "POST", key: str | None = "k", **request: Any) -> Answer:
    return anybody(API.serve)(method, path, **({"body": {"a": 1}} | request), key=key)


@pytest.mark.parametrize(
    ("key", "fault"),
    [("k" * (KEY_MAX + 1), "too_long"), ("é", "wrong_form"), ("a\tb", "wrong_form"), ("k\n", "wrong_form")],
)
@pytest.mark.parametrize("path", ["/x", "/y"])
def test_a_key_that_cannot_be_one_is_refused(key: str, fault: str, path: str) -> None:
    assert asked(path, key=key).faults == {"Idempotency-Key": fault}


def test_half_a_surrogate_pair_is_no_key() -> None:
    assert asked(key="\ud800").status == 422


@pytest.mark.parametrize("key", ["k", "a,b", "a, b", " ", "k" * KEY_MAX, '"quoted"'])
@pytest.mark.parametrize("path", ["/x", "/y"])
def test_any_text_that_can_be_printed_is_one(key: str, path: str) -> None:
    assert asked(path, key=key).json["pk"] == Request(caller="c", key=key, digest="").pk


def test_a_key_that_is_not_there_or_empty_is_missed_where_one_is_needed_and_nowhere_else() -> None:
    for key in (None, ""):
        assert asked("/x", key=key).slug == "idempotency-key-missing"
        assert asked("/y", key=key).json == {"pk": None}


def test_a_request_is_named_by_caller_method_address_and_body() -> None:
    same = asked().json
    assert asked(raw='{ "a":1 }').json == same
    assert asked(raw=b'{"a": 1}').json == same
    assert asked(body={"a": 2}).json["digest"] != same["digest"]
    assert asked(body={"a": 2}).json["pk"] == same["pk"]
    assert asked(method="PUT").json["digest"] != same["digest"]
    assert asked("/y").json["digest"] != same["digest"]
    assert asked(x_caller="another").json["pk"] != same["pk"]
    assert asked(key="l").json["pk"] != same["pk"]
