"""The worklist over the agency's door: what a line shows, what can be asked for, how much there is, and whose it is."""

from typing import Any

import pytest

from functions.complaints.clock import utc_now
from functions.complaints.complaint import Role
from functions.records.agencies.officers import OfficerItem, invited, let_go
from functions.records.store import ComplaintStore
from tests.functions.api_client import Client, officer
from tests.functions.test_agency_api import (
    WEST,
    described,
    given_to_housing,
    handler,
    housing,
    missed,
    table,
)

__all__ = ("handler", "housing", "table")
WORK = "/v1/agency/complaints"


def listed(client: Client, **query: str) -> list[dict[str, Any]]:
    answer = client("GET", WORK, query=query)
    assert answer.status == 200, answer.text
    return list(answer.json["items"])


def test_a_line_has_what_an_officer_chooses_by(housing: Client) -> None:
    given_to_housing(photos=1)
    (line,) = listed(housing)
    assert (line["excerpt"], line["address"], line["danger"]) == ("Мусор", None, False)
    assert line["location"] == {"lat": WEST[0], "lon": WEST[1]}
    assert line["thumbnail"]["url"].startswith("https://")
    assert "thumb.jpg" in line["thumbnail"]["url"]
    assert line["thumbnail"]["expires_at"] > line["submitted_at"]
    given_to_housing()
    assert [each["thumbnail"] is None for each in listed(housing)].count(True) == 1


def test_each_filter_asks_for_its_own(housing: Client) -> None:
    one, two = given_to_housing(), given_to_housing(category="open_manhole")
    housing("POST", f"{WORK}/{one.id}/acknowledge", {})
    for query, found in (
        ({"status": "acknowledged"}, [one]),
        ({"category": "open_manhole"}, [two]),
        ({"district": "nowhere"}, []),
        ({"overdue": "true"}, []),
        ({"overdue": "false"}, [two, one]),
        ({"role": "supervisor"}, []),
        ({"assigned_to": "nobody"}, [two, one]),
        ({"q": "МУСОР"}, [two, one]),
        ({"q": one.number.lower().replace("-", " ")}, [one]),
        ({"q": one.number, "category": "open_manhole"}, []),
    ):
        assert [line["id"] for line in listed(housing, **query)] == [each.id for each in found], query


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"overdue": "maybe"}, {"overdue": "unknown_choice"}),
        ({"role": "boss"}, {"role": "unknown_choice"}),
        ({"q": " "}, {"q": "empty"}),
        ({"q": "x" * 101}, {"q": "too_long"}),
        ({"assigned_to": "x" * 65}, {"assigned_to": "too_long"}),
        ({"assigned_to": "me"}, {"assigned_to": "no_officer"}),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    housing: Client, query: dict[str, str], fault: dict[str, str]
) -> None:
    answer = housing("GET", WORK, query=query)
    assert (answer.status, answer.faults) == (422, fault)


def test_an_officer_asks_for_what_is_theirs(handler: Any, housing: Client) -> None:
    one, _ = given_to_housing(), given_to_housing()
    me = described(officer(handler, officer_id="officer-1"))
    answer = me("POST", f"{WORK}/{one.id}/assign", {"to": "officer-1"})
    assert answer.status == 200
    assert [(line["id"], line["assigned_to"]) for line in listed(me, assigned_to="me")] == [
        (one.id, "officer-1")
    ]
    assert len(listed(me, assigned_to="nobody")) == 1
    shown = housing("GET", f"{WORK}/{one.id}").json
    assert (shown["assigned_to"], shown["events"][-1]["data"]) == ("officer-1", {"officer": "officer-1"})
    again = me("POST", f"{WORK}/{one.id}/assign", {"to": "officer-1"})
    assert again.json["version"] == answer.json["version"]
    taken = me("POST", f"{WORK}/{one.id}/assign", {"to": None}, key="k")
    assert taken.json["version"] == answer.json["version"] + 1
    assert me("POST", f"{WORK}/{one.id}/assign", {"to": None}, key="k").json == taken.json
    assert listed(me, assigned_to="me") == []


def test_each_body_in_charge_sees_its_own_officer(handler: Any, housing: Client) -> None:
    complaint = missed(given_to_housing())
    above = described(officer(handler, "akimat"))
    at = f"{WORK}/{complaint.id}"
    assert housing("POST", f"{at}/assign", {"to": "ours"}).status == 200
    assert above("POST", f"{at}/assign", {"to": "theirs"}).status == 200
    assert [client("GET", at).json["assigned_to"] for client in (housing, above)] == ["ours", "theirs"]
    assert [listed(client)[0]["assigned_to"] for client in (housing, above)] == ["ours", "theirs"]
    seen = [
        [each["data"]["officer"] for each in client("GET", at).json["events"] if "officer" in each["data"]]
        for client in (housing, above)
    ]
    assert seen == [["ours"], ["ours", "theirs"]]
    assert described(officer(handler, "roads"))("POST", f"{at}/assign", {"to": "x"}).status == 404


def test_counts_say_how_much_there_is(handler: Any, housing: Client) -> None:
    missed(given_to_housing())
    given_to_housing()
    found = housing("GET", "/v1/agency/counts").json
    assert (found["open"], found["escalated_to_us"], found["unassigned"]) == (2, 0, 2)
    assert (found["overdue"], found["capped"]) == (0, False)
    above = described(officer(handler, "akimat"))("GET", "/v1/agency/counts").json
    assert (above["open"], above["escalated_to_us"]) == (1, 1)


def test_an_officer_names_one_of_their_body_who_has_not_left(handler: Any) -> None:
    complaint, now = given_to_housing(), utc_now()

    def known(body: str, email: str) -> OfficerItem:
        return invited(
            body,
            email=email,
            name="x",
            role=Role.OFFICER,
            language=None,
            created_by="operator",
            now=now,
        )

    colleague, stranger, left = (
        known("housing", "a@b.org"),
        known("roads", "a@b.org"),
        known("housing", "c@b.org"),
    )
    let_go(left, last_head_too=True)
    me = described(officer(handler, role=Role.OFFICER))
    for other in ("somebody", stranger.id, left.id):
        answer = me("POST", f"{WORK}/{complaint.id}/assign", {"to": other})
        assert (answer.status, answer.faults) == (422, {"/to": "unknown_officer"})
    assert me("POST", f"{WORK}/{complaint.id}/assign", {"to": colleague.id}).status == 200
    assert ComplaintStore().get(complaint.id).officers == {"housing": colleague.id}


def test_a_bodys_own_system_names_whoever_it_knows(housing: Client) -> None:
    complaint = given_to_housing()
    assert housing("POST", f"{WORK}/{complaint.id}/assign", {"to": "desk-7"}).status == 200
    assert ComplaintStore().get(complaint.id).officers == {"housing": "desk-7"}
