"""What is near a complaint, and what its place had before: no more of others' than everybody knows, and of one's own what
is still kept.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.moves import agency, citizen
from functions.records.dynamodb import connection
from functions.records.erasure import erase_words
from functions.records.lists import BEFORE_LOOKED_AT
from tests.bench.units import counting
from tests.functions.api_client import Client, officer
from tests.functions.test_agency_api import (
    CITIZEN,
    REGION,
    WEST,
    advanced,
    described,
    given_to_housing,
    handler,
    housing,
    missed,
    table,
)

__all__ = ("handler", "housing", "table")
HOUSING = Actor(kind=ActorKind.AGENCY, id="housing")
SAID = "Осмотрено на месте: это не мусор."


def around(client: Client, complaint: Complaint) -> dict[str, list[dict[str, Any]]]:
    answer = client("GET", f"/v1/agency/complaints/{complaint.id}/nearby")
    assert answer.status == 200, answer.text
    return dict(answer.json)


def closed(*, days_ago: int = 0, place: tuple[float, float] = WEST) -> Complaint:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    complaint = given_to_housing(at=at, place=place)
    said: dict[str, Any] = {"outcome": "declined", "text": SAID, "region": REGION, "now": at}
    advanced(complaint.id, lambda each: agency.answer(each, by=HOUSING, **said))
    return advanced(complaint.id, lambda each: citizen.confirm(each, by=CITIZEN, now=at))


def ids(lines: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in lines]


def test_open_ones_near_it_are_shown_as_everybody_may_know_them(housing: Client) -> None:
    here = given_to_housing()
    beside = given_to_housing(place=(WEST[0] + 0.0004, WEST[1]))
    given_to_housing(place=(WEST[0] + 0.02, WEST[1]))
    given_to_housing(category="open_manhole")
    found = around(housing, here)
    assert ids(found["nearby"]) == [beside.id]
    (near,) = found["nearby"]
    assert set(near) == {
        *("id", "number", "status", "category", "agency", "location", "distance_m", "joined"),
        *("submitted_at", "due_at", "overdue"),
    }
    assert near["location"] == {"lat": round(beside.lat, 3), "lon": round(beside.lon, 3)}
    assert "Мусор" not in str(found)
    assert found["before"] == []


def test_what_the_place_had_in_the_last_year_is_there_with_what_was_answered(housing: Client) -> None:
    late, early = closed(days_ago=10), closed(days_ago=300)
    closed(days_ago=370)
    closed(place=(WEST[0] + 0.02, WEST[1]))
    here = given_to_housing()
    found = around(housing, here)
    assert ids(found["before"]) == [late.id, early.id]
    assert {(each["outcome"], each["text"], each["distance_m"]) for each in found["before"]} == {
        ("declined", SAID, 0)
    }
    assert found["nearby"] == []
    erase_words(late.id, connection=connection())
    assert ids(around(housing, here)["before"]) == [early.id]


def test_what_was_taken_back_or_another_bodys_is_not_among_them(handler: Any, housing: Client) -> None:
    withdrawn = given_to_housing()
    now = datetime.now(UTC)
    advanced(
        withdrawn.id,
        lambda each: citizen.withdraw(each, by=CITIZEN, reason=None, region=REGION, now=now),
    )
    closed()
    here = missed(given_to_housing())
    assert len(around(housing, here)["before"]) == 1
    above = described(officer(handler, "akimat"))
    assert around(above, here) == {"nearby": [], "before": []}


def test_nobody_asks_for_what_is_not_theirs(handler: Any, housing: Client) -> None:
    here = given_to_housing()
    for body in ("roads", "akimat"):
        stranger = described(officer(handler, body))
        assert stranger("GET", f"/v1/agency/complaints/{here.id}/nearby").status == 404
    done = housing(
        "POST", f"/v1/agency/complaints/{here.id}/transfer", {"to": "roads", "reason": SAID}, key="k"
    )
    assert done.status == 200, done.text
    assert housing("GET", f"/v1/agency/complaints/{here.id}/nearby").status == 404


@pytest.fixture
def many(handler: Any) -> Complaint:
    for _ in range(BEFORE_LOOKED_AT + 5):
        closed()
    return given_to_housing()


def test_it_is_a_bounded_read_however_much_the_place_had(housing: Client, many: Complaint) -> None:
    with counting() as counter:
        counter.by = "around"
        found = around(housing, many)
    assert len(found["before"]) == 10
    # Beside it, how often the body calls may be counted.
    spent = [each for each in counter.spent if each.operation != "UpdateItem"]
    queries = [each for each in spent if each.operation == "Query"]
    assert len(queries) <= 2 * 4
    assert all(each.looked_at <= BEFORE_LOOKED_AT for each in queries)
    assert sorted(each.operation for each in spent if each.operation != "Query") == [
        "BatchGetItem",
        "GetItem",
    ]
