"""The region file changes under what is open: a body is retired, or gone by mistake, and nobody is stranded."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.records.agencies.keys import create_key, keys_of
from functions.records.agencies.subscriptions import subscriptions_of
from infra.local.receiver import Receiver
from tests.flow.test_whole_way import MONDAY, PLACE, _subscribed
from tests.flow.town import Town, town
from tests.region_fixture import RAW, retired

WHY = "The pipe has to be ordered first."
DONE = {"outcome": "declined", "text": "Nothing is wrong there, as was seen on the spot."}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, start=MONDAY) as built:
        yield built


def filed(here: Town, category: str = "rubbish") -> str:
    body = {"category": category, "comment": "It lies there.", "location": PLACE, "photos": []}
    reply = here.citizen("POST", "/v1/complaints", body)
    assert reply.status == 201, reply.body
    here.settle()
    return str(reply.body["id"])


def test_a_body_that_is_retired_hands_on_what_it_has_and_both_are_told(here: Town) -> None:
    create_key("housing", scopes=("read",), name="case system", expires_at=None, now=here.now)
    with Receiver() as receiver:
        _subscribed(here, receiver)
        complaint_id = filed(here)
        due_at = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["due_at"]
        here.redeploy(retired(since="2026-06-03", agencies={"housing": "roads"}))
        here.move_clock(timedelta(days=1))
        assert here.events(complaint_id) == ["submitted", "assigned"]
        assert {"housing", "roads"} <= agencies(here)
        here.move_clock(timedelta(days=1))
        assert here.events(complaint_id) == ["submitted", "assigned", "reassigned"]
        told = [receiver.received.get(timeout=1) for _ in range(receiver.received.qsize())]
    assert [each.type for each in told][-1] == "complaint.reassigned"
    assert {name: told[-1].data[name] for name in ("from", "to", "why", "agency")} == {
        "from": "housing",
        "to": "roads",
        "why": "body_retired",
        "agency": "roads",
    }
    shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body
    assert (shown["agency"]["id"], shown["due_at"]) == ("roads", due_at)
    assert "In its place: Roads" in shown["timeline"][-1]["body"]
    (told_me,) = [
        each
        for each in here.citizen("GET", "/v1/notifications").body["items"]
        if "reassigned" in each["type"]
    ]
    assert "Roads" in told_me["body"]
    assert "housing" not in agencies(here)
    theirs = f"/v1/agency/complaints/{complaint_id}"
    assert here.agency("POST", f"{theirs}/answer", DONE, who="housing").status == 404
    assert here.agency("GET", theirs, who="housing").status == 200
    assert (
        here.agency("POST", f"{theirs}/transfer", {"to": "housing", "reason": WHY}, who="roads").status == 422
    )
    another = filed(here)
    assert here.citizen("GET", f"/v1/complaints/{another}").body["agency"]["id"] == "roads"
    assert here.agency("POST", f"{theirs}/answer", DONE, who="roads").status == 200
    assert [key.is_valid(here.now) for key in keys_of("housing")] == [True]
    here.move_clock(timedelta(days=6))
    assert [key.is_valid(here.now) for key in keys_of("housing")] == [False]
    assert subscriptions_of("housing") == ()


def test_a_category_that_is_retired_is_neither_offered_nor_taken_and_what_is_open_goes_on(here: Town) -> None:
    complaint_id = filed(here)
    here.redeploy(retired(since="2026-06-01", categories={"rubbish": "pothole"}))
    assert "rubbish" not in {each["id"] for each in here.citizen("GET", "/v1/categories").body["items"]}
    body = {"category": "rubbish", "comment": "It lies there.", "location": PLACE, "photos": []}
    refused = here.citizen("POST", "/v1/complaints", body)
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/category")
    here.on_schedule()
    shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body
    assert shown["category"] == "pothole"
    assert here.events(complaint_id)[-1] == "reassigned"
    assert here.agency("POST", f"/v1/agency/complaints/{complaint_id}/answer", DONE).status == 200


def agencies(here: Town) -> set[str]:
    return {each["id"] for each in here.citizen("GET", "/v1/agencies").body["items"]}


# ------------------------------------------------------------------------------- gone by mistake
KINDS = [("agencies", name) for name in RAW["agencies"]] + [
    ("categories", name) for name in RAW["categories"]
]


@pytest.mark.parametrize(("kind", "gone"), KINDS)
def test_whatever_is_gone_from_the_file_every_door_answers_and_every_timer_escalates(
    here: Town, kind: str, gone: str
) -> None:
    every = [filed(here, category) for category in dict.fromkeys((*concerned(kind, gone), "rubbish"))]
    answered, divided = filed(here), filed(here)
    assert here.agency("POST", f"/v1/agency/complaints/{answered}/answer", DONE).status == 200
    parts = {"parts": [{"to": "akimat", "text": WHY}]}
    assert here.agency("POST", f"/v1/agency/complaints/{divided}/split", parts).status == 200
    here.settle()
    every += [answered, divided]

    changed = deepcopy(RAW)
    del changed[kind][gone]
    here.redeploy(changed)
    read_by_all(here, every, language="kk")
    for complaint_id in every:
        act_on(here, complaint_id)
    here.settle()
    here.move_clock(timedelta(days=90))
    read_by_all(here, every, language="ru")
    for complaint_id in every:
        shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body
        assert shown["overdue"] or shown["status"] in ("answered", "closed"), shown
    here.deliver_again()


def concerned(kind: str, gone: str) -> list[str]:
    """Categories of what is open when it goes: itself, or those that the body answers for somewhere."""
    if kind == "categories":
        return [gone]
    answers = {
        name: {responsible["default"], *responsible["districts"].values()}
        for name, category in RAW["categories"].items()
        for responsible in [category["responsible"]]
    }
    return [name for name, bodies in answers.items() if gone in bodies]


def read_by_all(here: Town, complaint_ids: list[str], *, language: str) -> None:
    """Every way to read."""
    open_to_all = ("categories", "agencies", "overdue", "complaints", "notifications", "me")
    paths = [f"/v1/{each}" for each in open_to_all]
    paths += [f"/v1/complaints/{each}{more}" for each in complaint_ids for more in ("", "/appeal")]
    paths += [f"/v1/complaints/nearby?category={each}&lat=52.5&lon=76.5" for each in RAW["categories"]]
    for path in paths:
        fine(here.citizen("GET", path, locale=language), path)
    for body in RAW["agencies"]:
        fine(here.agency("GET", "/v1/agency/complaints", who=body), body)
        for each in complaint_ids:
            fine(here.agency("GET", f"/v1/agency/complaints/{each}", who=body), body)


def act_on(here: Town, complaint_id: str) -> None:
    """Every move of every body and of the person; what it comes to is the move's own affair."""
    moves: list[tuple[str, Any]] = [
        ("acknowledge", {}),
        ("comment", {"text": WHY}),
        ("ask", {"text": WHY}),
        ("extend", {"by": "P1BD", "reason": WHY}),
        ("extend", {"by": "P900BD", "reason": WHY}),
        ("photos", {"photos": []}),
        ("split", {"parts": [{"to": "roads", "text": WHY}]}),
        ("answer", {"outcome": "resolved", "text": WHY}),
        ("correct", {"category": "rubbish", "reason": WHY}),
        ("merge", {"into": "TST-26-7K3M9T"}),
        ("instruct", {"to": "roads", "reason": WHY}),
        ("transfer", {"to": "roads", "reason": WHY}),
    ]
    for verb, body in moves:
        for who in ("housing", "roads", "akimat"):
            fine(here.agency("POST", f"/v1/agency/complaints/{complaint_id}/{verb}", body, who=who), verb)
    mine = f"/v1/complaints/{complaint_id}"
    fine(here.citizen("POST", f"{mine}/comments", {"text": WHY}), "comments")
    fine(here.citizen("POST", f"{mine}/refute", {"reason": WHY}), "refute")
    fine(here.citizen("POST", f"{mine}/join", who="daulet"), "join")
    fine(here.citizen("GET", mine, who="daulet"), "joined")


def fine(reply: Any, what: str) -> None:
    assert reply.status < 500, (what, reply.status, json.dumps(reply.body, ensure_ascii=False))
