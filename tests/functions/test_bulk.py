"""One move of many complaints: each by itself, once for the request's key, and whatever is refused said of each."""

from typing import Any
from unittest.mock import patch

import pytest

from functions.records.store import ComplaintStore
from tests.functions.api_client import Answer, Client, officer
from tests.functions.faults import TRANSIENT, aws_calls
from tests.functions.test_agency_api import (
    EAST,
    NOWHERE,
    described,
    given_to_housing,
    handler,
    housing,
    table,
)

__all__ = ("handler", "housing", "table")


def asked(client: Client, body: dict[str, Any], key: str = "k") -> Answer:
    return client("POST", "/v1/agency/bulk", body, key=key)


def statuses(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.text
    return [each["status"] for each in answer.json["results"]]


def versions(*complaints: Any) -> list[int]:
    return [ComplaintStore().get(each.id).version for each in complaints]


@pytest.mark.parametrize(
    ("said", "event"),
    [
        ({"move": "acknowledge"}, "complaint.acknowledged"),
        ({"move": "assign", "to": "officer-1"}, "complaint.assigned_to_officer"),
        ({"move": "comment", "text": "Бригада выехала."}, "complaint.commented"),
    ],
)
def test_each_is_moved_once_for_the_requests_key(housing: Client, said: dict[str, Any], event: str) -> None:
    several = [given_to_housing() for _ in range(3)]
    body = {**said, "ids": [each.id for each in several]}
    first = asked(housing, body)
    assert statuses(first) == [200] * 3
    assert [each["id"] for each in first.json["results"]] == body["ids"]
    after = versions(*several)
    assert after == [each.version + 1 for each in several]
    assert asked(housing, body).json == first.json
    assert versions(*several) == after
    shown = housing("GET", f"/v1/agency/complaints/{several[0].id}").json["events"][-1]
    assert shown["type"] == event
    assert said["move"] != "comment" or shown["data"]["internal"]


def test_what_one_refuses_stops_none_of_the_others(handler: Any, housing: Client) -> None:
    fine, gone = given_to_housing(), given_to_housing()
    others = described(officer(handler, "roads"))
    done = housing("POST", f"/v1/agency/complaints/{gone.id}/answer", ANSWER, key="a")
    assert done.status == 200, done.text
    ids = [NOWHERE, "x", gone.id, fine.id, fine.id]
    answer = asked(housing, {"move": "acknowledge", "ids": ids})
    assert statuses(answer) == [404, 404, 409, 200]
    problems = [each.get("problem") for each in answer.json["results"]]
    assert [problem and problem["type"].rpartition("/")[2] for problem in problems] == [
        "not-found",
        "not-found",
        "move-refused",
        None,
    ]
    assert problems[2]["state"] == "answered"
    assert problems[2]["instance"] == f"/v1/agency/complaints/{gone.id}/acknowledge"
    assert statuses(asked(others, {"move": "acknowledge", "ids": [fine.id]})) == [404]
    assert versions(fine) == [fine.version + 1]


ANSWER = {"outcome": "declined", "text": "Осмотрено на месте: это не мусор."}


def test_a_request_that_broke_off_goes_on_where_it_was(housing: Client) -> None:
    several = [given_to_housing() for _ in range(4)]
    body = {"move": "comment", "text": "x", "ids": [each.id for each in several]}
    with aws_calls() as calm:
        asked(housing, body, key="calm")
    for number in range(len(calm.made)):
        before = versions(*several)
        with aws_calls(fail=number, error=TRANSIENT["busy"]), patch("time.sleep"):
            broken = asked(housing, body, key=f"k{number}")
        assert broken.status in (200, 503)
        assert statuses(asked(housing, body, key=f"k{number}")) == [200] * 4
        assert versions(*several) == [each + 1 for each in before]


def test_a_key_is_good_for_one_request(housing: Client) -> None:
    one, two = given_to_housing(), given_to_housing(place=EAST)
    assert statuses(asked(housing, {"move": "acknowledge", "ids": [one.id]})) == [200]
    again = asked(housing, {"move": "acknowledge", "ids": [two.id]})
    assert (again.status, again.slug) == (422, "idempotency-key-reused")
    single = housing("POST", f"/v1/agency/complaints/{one.id}/comment", {"text": "x"}, key="k")
    assert (single.status, single.slug) == (422, "idempotency-key-reused")
    assert versions(one) == [one.version + 1]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"move": "answer", "ids": [NOWHERE]}, {"/move": "unknown_choice"}),
        ({"move": "assign", "ids": [NOWHERE]}, {"/to": "missing"}),
        ({"move": "comment", "ids": [NOWHERE]}, {"/text": "missing"}),
        ({"move": "acknowledge", "ids": [NOWHERE] * 26}, {"/ids": "too_many"}),
    ],
)
def test_what_is_wrong_with_the_request_is_said_of_all(
    housing: Client, body: dict[str, Any], faults: dict[str, str]
) -> None:
    answer = asked(housing, body)
    assert (answer.status, answer.faults) == (422, faults)


def test_a_key_that_may_not_write_moves_nothing(handler: Any) -> None:
    complaint = given_to_housing()
    reader = described(officer(handler, scopes="read"))
    assert asked(reader, {"move": "acknowledge", "ids": [complaint.id]}).status == 403
    assert versions(complaint) == [complaint.version]
