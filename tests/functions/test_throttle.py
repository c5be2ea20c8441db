"""The agencies' rate limit: nobody beyond it, everybody told, and cheaply counted."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge.problems import Problem
from functions.edge.resolver import Api
from functions.edge.throttle import CLAIM, PER_MINUTE, WINDOW_S, Throttle, agency_limit
from functions.records.agencies.agreements import agree
from tests.dynamodb import tables
from tests.functions.webhook_world import Faults

NOW = datetime(2026, 3, 3, 4, 5, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def table():
    with tables():
        yield


def admitted(throttle, count, *, agency_id="roads", now=NOW):
    let_in = 0
    for _ in range(count):
        try:
            throttle.check(agency_id, now)
        except Problem:
            continue
        let_in += 1
    return let_in


def test_so_many_get_in_and_no_more_and_then_again():
    throttle = Throttle()
    assert admitted(throttle, PER_MINUTE + 50) == PER_MINUTE
    assert admitted(throttle, 5) == 0
    assert admitted(throttle, 5, agency_id="housing") == 5
    assert admitted(throttle, 5, now=NOW + MINUTE) == 5


def test_containers_share_the_limit():
    agree("roads", requests_per_minute=60, now=NOW)
    containers = [Throttle() for _ in range(4)]
    assert sum(admitted(each, 30) for each in containers) == 60


def test_what_was_agreed_counts_from_the_next_claim_and_so_does_taking_it_back():
    throttle = Throttle()
    assert throttle.check("roads", NOW).limit == PER_MINUTE
    agree("roads", requests_per_minute=20, now=NOW)
    assert throttle.check("roads", NOW).limit == PER_MINUTE
    assert admitted(throttle, 50) == 18
    assert throttle.check("roads", NOW + MINUTE).limit == 20
    agree("roads", requests_per_minute=None, now=NOW)
    assert throttle.check("roads", NOW + 2 * MINUTE).limit == PER_MINUTE


def test_agreeing_in_the_middle_of_a_minute_does_not_give_it_anew():
    agree("roads", requests_per_minute=20, now=NOW)
    throttle = Throttle()
    assert admitted(throttle, 15) == 15
    agree("roads", requests_per_minute=30, now=NOW)
    assert admitted(Throttle(), 50) + admitted(throttle, 50) == 15


@given(
    limit=st.integers(1, 35), steps=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 90)), max_size=120)
)
def test_however_containers_and_clocks_interleave_no_minute_is_given_more_than_the_limit(limit, steps):
    """Each request comes to one of three containers at a second of the minute and a half; clocks go back as well."""
    with tables():
        agree("roads", requests_per_minute=limit, now=NOW)
        containers, let_in = [Throttle() for _ in range(3)], Counter()
        begin = NOW.replace(second=0)
        for container, second in steps:
            at = begin + timedelta(seconds=second)
            let_in[at.minute] += admitted(containers[container], 1, now=at)
        assert sum(let_in.values()) <= 2 * limit
        in_order, let_in = [Throttle() for _ in range(3)], Counter()
        begin += timedelta(hours=1)
        for container, second in sorted(steps, key=lambda each: each[1]):
            at = begin + timedelta(seconds=second)
            let_in[at.minute] += admitted(in_order[container], 1, now=at)
        assert all(count <= limit for count in let_in.values())


def test_a_limit_below_a_claim_is_kept_too():
    agree("roads", requests_per_minute=3, now=NOW)
    assert sum(admitted(each, 5) for each in (Throttle(), Throttle())) == 3


def test_the_headers_say_what_is_left_and_how_long():
    throttle = Throttle()
    limit = [throttle.check("roads", NOW) for _ in range(3)][-1]
    assert (limit.limit, limit.remaining, limit.reset_s) == (PER_MINUTE, PER_MINUTE - 3, 40)
    assert limit.headers == {
        "ratelimit-policy": '"agency";q=600;w=60',
        "ratelimit": '"agency";r=597;t=40',
    }


def test_the_refusal_says_when_to_come_again():
    throttle = Throttle()
    admitted(throttle, PER_MINUTE)
    with pytest.raises(Problem) as refusal:
        throttle.check("roads", NOW + timedelta(seconds=0.5))
    assert refusal.value.status == 429
    assert refusal.value.headers["retry-after"] == "40"
    assert refusal.value.headers["ratelimit"] == '"agency";r=0;t=40'


def test_a_busy_agency_costs_a_tenth_of_a_write_for_each_request():
    throttle, faults = Throttle(), Faults(lambda number: None)
    with faults.in_aws():
        admitted(throttle, 200)
        admitted(throttle, PER_MINUTE)
        admitted(throttle, 100)
    # Past the limit nothing until the next window.
    assert faults.calls == ["UpdateItem"] * (PER_MINUTE // CLAIM)


def test_a_quiet_agency_costs_one_write_and_no_read():
    faults = Faults(lambda number: None)
    with faults.in_aws():
        Throttle().check("roads", NOW)
        Throttle().check("roads", NOW + MINUTE)
    assert faults.calls == ["UpdateItem"] * 2


def test_an_api_tells_the_limit_with_every_answer(monkeypatch):
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    agree("roads", requests_per_minute=2, now=NOW)
    api = Api(gate=agency_limit(now=lambda: NOW))

    @api.get("/v1/agency/changes")
    def _changes():
        return {}

    @api.get("/v1/agency/keys")
    def _keys():
        raise Problem("forbidden")

    answers = [api.serve(request(path), None) for path in ("changes", "keys", "changes")]
    assert [each["statusCode"] for each in answers] == [200, 403, 429]
    left = [int(re.search(r"r=(\d+)", each["headers"]["ratelimit"])[1]) for each in answers]
    assert left == [1, 0, 0]
    assert answers[2]["headers"]["retry-after"] == str(WINDOW_S - NOW.second)
    assert all(each["headers"]["ratelimit-policy"] == '"agency";q=2;w=60' for each in answers)


def request(path, *, agency_id="roads"):
    return {
        "version": "2.0",
        "rawPath": f"/v1/agency/{path}",
        "headers": {},
        "requestContext": {
            "requestId": "request-1",
            "stage": "$default",
            "http": {"method": "GET", "path": f"/v1/agency/{path}"},
            "authorizer": {"lambda": {"agency_id": agency_id, "key_id": "k", "scopes": "read"}},
        },
    }
