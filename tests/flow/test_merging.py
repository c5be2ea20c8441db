"""What was merged, over the doors: its people follow the other, once; none of their words reach the other's."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.flow.test_whole_way import MONDAY
from tests.flow.town import Reply, Town, town
from tests.region_fixture import RAW

WORDS, OTHERS = "Канарейкина, кв. 17", "Соловьёв, кв. 18"
PLACE = {"lat": 52.512347, "lon": 76.515678}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, start=MONDAY, raw=deepcopy(RAW)) as built:
        yield built


def filed(here: Town, who: str, comment: str) -> Any:
    body = {
        "category": "rubbish",
        "comment": comment,
        "location": PLACE | {"address": comment},
        "public_name": comment,
    }
    reply = here.citizen("POST", "/v1/complaints", body, who=who)
    assert reply.status == 201, reply.body
    here.settle()
    return reply.body


def joined(here: Town, complaint: Any, who: str) -> None:
    assert here.citizen("POST", f"/v1/complaints/{complaint['id']}/join", {}, who=who).status == 200
    here.settle()


def merged(here: Town, one: Any, into: str, **more: Any) -> Reply:
    path = f"/v1/agency/complaints/{one['id']}/merge"
    reply = here.agency("POST", path, {"into": into, "reason": "It is the same heap."} | more)
    here.settle()
    return reply


def two(here: Town) -> tuple[Any, Any]:
    """The one that is merged, of aigerim and joined by dana, and the other, of bolat and joined by era."""
    one, other = filed(here, "aigerim", WORDS), filed(here, "bolat", OTHERS)
    joined(here, one, "dana")
    joined(here, other, "era")
    return one, other


def seen(here: Town, complaint: Any, who: str) -> Reply:
    return here.citizen("GET", f"/v1/complaints/{complaint['id']}?limit=100", who=who)


def test_its_people_follow_the_other_once_and_may_leave_it_for_good(here: Town) -> None:
    one, other = two(here)
    reply = merged(here, one, other["number"])
    assert (reply.status, reply.body["status"]) == (200, "answered")
    shown = seen(here, one, "aigerim").body
    assert (shown["merged_into"], shown["status_text"]) == (other["id"], "Dealt with together with another")
    assert other["number"] in shown["timeline"][-1]["body"]
    for who in ("aigerim", "dana"):
        assert seen(here, other, who).body["joined_by_me"] is True
    assert seen(here, other, "bolat").body["joined"] == 3
    here.deliver_again()
    assert seen(here, other, "bolat").body["joined"] == 3
    assert here.citizen("DELETE", f"/v1/complaints/{other['id']}/join", who="dana").status == 204
    here.deliver_again()
    assert seen(here, other, "dana").status == 404
    answer = {"outcome": "resolved", "text": "It has been taken away."}
    assert here.agency("POST", f"/v1/agency/complaints/{other['id']}/answer", answer).status == 200
    here.settle()
    told = here.citizen("GET", "/v1/notifications").body["items"]
    assert {"complaint.merged", "complaint.answered"} <= {each["type"] for each in told}


def test_who_agrees_before_the_other_knows_of_it_follows_it_all_the_same_and_who_takes_it_back_does_not(
    here: Town,
) -> None:
    other = filed(here, "bolat", OTHERS)
    for who, act, follows in (("aigerim", "confirm", True), ("dana", "withdraw", False)):
        one = filed(here, who, WORDS)
        body = {"into": other["id"]}
        assert here.agency("POST", f"/v1/agency/complaints/{one['id']}/merge", body).status == 200
        assert here.citizen("POST", f"/v1/complaints/{one['id']}/{act}", {}, who=who).status == 200
        here.settle()
        assert seen(here, other, who).status == (200 if follows else 404), act


def test_no_words_of_the_one_reach_the_people_of_the_other(here: Town) -> None:
    one, other = two(here)
    merged(here, one, other["id"])
    for who, strange in (("aigerim", OTHERS), ("dana", OTHERS), ("bolat", WORDS), ("era", WORDS)):
        read = [seen(here, each, who).body for each in (one, other)]
        read += [here.citizen("GET", path, who=who).body for path in ("/v1/notifications", "/v1/complaints")]
        assert strange not in json.dumps(read, ensure_ascii=False), who
    # Of the other's people nobody comes to know the one.
    assert [seen(here, one, who).status for who in ("bolat", "era")] == [404, 404]


def test_its_reporter_undoes_it_and_follows_the_other_no_longer(here: Town) -> None:
    one, other = two(here)
    before = seen(here, one, "aigerim").body["due_at"]
    merged(here, one, other["id"])
    refute = f"/v1/complaints/{one['id']}/refute"
    assert here.citizen("POST", refute, {"reason": "Another heap."}, who="dana").status == 404
    assert here.citizen("POST", refute, {"reason": "Another heap."}).body["status"] == "assigned"
    here.settle()
    here.deliver_again()
    shown = seen(here, one, "aigerim").body
    assert (shown["merged_into"], shown["due_at"]) == (None, before)
    assert seen(here, other, "aigerim").status == 404
    assert merged(here, one, other["id"]).status == 409


def test_what_is_not_the_bodys_or_not_there_is_refused_alike(here: Town) -> None:
    one, other = two(here)
    elsewhere = filed(here, "bolat", OTHERS)
    assert (
        here.agency(
            "POST",
            f"/v1/agency/complaints/{elsewhere['id']}/transfer",
            {"to": "roads", "reason": "It lies on the road there."},
        ).status
        == 200
    )
    refusals = [
        merged(here, one, each) for each in (elsewhere["id"], elsewhere["number"], "0" * 26, "nothing")
    ]
    assert {reply.status for reply in refusals} == {422}
    assert len({str(reply.body["errors"]) for reply in refusals}) == 1
    assert (
        here.agency(
            "POST", f"/v1/agency/complaints/{one['id']}/merge", {"into": other["id"]}, who="roads"
        ).status
        == 404
    )


def test_who_is_erased_before_the_merger_is_known_does_not_follow_the_other(here: Town) -> None:
    one, other = two(here)
    path = f"/v1/agency/complaints/{one['id']}/merge"
    assert here.agency("POST", path, {"into": other["id"]}).status == 200
    assert here.citizen("DELETE", "/v1/me").status == 200
    here.settle()
    assert seen(here, other, "aigerim").status == 404
    assert seen(here, other, "dana").status == 200
