"""Anybody flags a public complaint: once from an address in a day, so many in a day, and nothing of the address is kept."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from functions.complaints.complaint import SYSTEM, ActorKind, Complaint, Hidden
from functions.complaints.moves.publicity import unhide
from functions.complaints.publicity import LOOKED_AT
from functions.edge.visitors import address_of
from functions.records.people.visitors import visitor_of
from functions.records.store import ComplaintStore
from tests.dynamodb import tables
from tests.functions.api_client import Answer, Client, anybody, load
from tests.functions.test_agency_api import advanced, given_to_housing
from tests.openapi_answers import assert_described
from tests.region_fixture import RAW

ZONE = "Asia/Almaty"


@pytest.fixture(scope="module")
def handler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    raw = deepcopy(RAW)
    raw["limits"]["flags_per_day"] = 2
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("asset")
        yield load("functions.intake.api.handler", folder=folder, monkeypatch=patch, raw=raw).handler


@pytest.fixture(autouse=True)
def table(handler: Any) -> Iterator[None]:
    with tables():
        yield


def flagged(
    handler: Any, complaint: Complaint, *, address: str = "192.0.2.1", reason: Any = "person"
) -> Answer:
    def from_there(event: Any, context: Any) -> Any:
        event["requestContext"]["http"]["sourceIp"] = address
        return handler(event, context)

    caller: Client = anybody(from_there)
    path = f"/v1/public/{complaint.number}/flag"
    answer = caller("POST", path, {"reason": reason})
    assert_described("POST", path, answer)
    return answer


def stored(complaint: Complaint) -> Complaint:
    return ComplaintStore().get(complaint.id)


def test_three_from_three_addresses_hide_it_until_somebody_has_looked(handler: Any) -> None:
    complaint = given_to_housing()
    for number in range(1, 3):
        assert flagged(handler, complaint, address=f"192.0.2.{number}").status == 204
        assert (stored(complaint).flags, stored(complaint).hidden) == (number, None)
    assert flagged(handler, complaint, address="192.0.2.3").status == 204
    hidden = stored(complaint).hidden
    assert isinstance(hidden, Hidden)
    assert hidden.by == ActorKind.CITIZEN
    advanced(complaint.id, lambda each: unhide(each, by=SYSTEM, reason="Looked at.", now=datetime.now(UTC)))
    assert flagged(handler, complaint, address="192.0.2.4").status == 204
    assert (stored(complaint).flags, stored(complaint).hidden) == (LOOKED_AT, None)


def test_one_address_counts_once_for_a_complaint(handler: Any) -> None:
    complaint = given_to_housing()
    for reason in ("person", "person", "offensive"):
        assert flagged(handler, complaint, reason=reason).status == 204
    assert stored(complaint).flags == 1


def test_of_one_address_so_many_in_a_day(handler: Any) -> None:
    for _ in range(2):
        assert flagged(handler, given_to_housing()).status == 204
    more = given_to_housing()
    refused = flagged(handler, more)
    assert (refused.status, refused.slug) == (429, "daily-limit-reached")
    assert "network address" in refused.json["detail"]
    assert stored(more).flags == 0
    assert flagged(handler, more, address="192.0.2.9").status == 204


def test_what_is_not_public_is_not_there_to_be_flagged(handler: Any) -> None:
    other = given_to_housing(category="other")
    assert (flagged(handler, other).status, stored(other).flags) == (404, 0)


@pytest.mark.parametrize("reason", ["dislike", "", 1, None])
def test_a_reason_is_one_of_a_few(reason: Any, handler: Any) -> None:
    complaint = given_to_housing()
    assert flagged(handler, complaint, reason=reason).status == 422
    assert stored(complaint).flags == 0


def test_no_address_is_kept_and_what_stands_for_it_is_another_the_next_day(handler: Any) -> None:
    complaint = given_to_housing()
    address = "198.51.100.77"
    assert flagged(handler, complaint, address=address).status == 204
    for name in ("people", "complaints"):
        assert address not in str(boto3.client("dynamodb").scan(TableName=name))
    days = [datetime(2026, 6, day, 12, tzinfo=UTC) for day in (1, 1, 2)]
    one, same, other = (visitor_of(address, now=day, zone=ZONE) for day in days)
    assert one == same != other
    assert visitor_of("198.51.100.78", now=days[0], zone=ZONE) != one


@pytest.mark.parametrize(
    ("through", "has_front", "found"),
    [
        ("203.0.113.7", False, "192.0.2.1"),
        ("203.0.113.7, 192.0.2.1", True, "203.0.113.7"),
        ("10.0.0.1, 203.0.113.7, 192.0.2.1", True, "203.0.113.7"),
        ("10.0.0.1, 203.0.113.7, 192.0.2.1", False, "192.0.2.1"),
        ("nonsense, 192.0.2.1", True, "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6, 192.0.2.1", True, "2001:db8:1:2::/64"),
        ("", True, "192.0.2.1"),
    ],
)
def test_the_address_is_the_callers_and_not_what_a_caller_wrote(
    through: str, has_front: bool, found: str
) -> None:
    event = {
        "requestContext": {"http": {"sourceIp": "192.0.2.1"}},
        "headers": {"x-forwarded-for": through} if through else {},
    }
    assert address_of(event, has_front=has_front) == found
