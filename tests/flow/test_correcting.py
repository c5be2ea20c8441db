"""What was reported is put right at both doors, and lists, feeds, webhooks, inboxes and the chain follow."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from functions.complaints.complaint import Complaint
from functions.complaints.verification import complaint_fault, verify
from infra.local.citizen import declaration
from infra.local.receiver import Receiver
from tests.flow.test_photo_suggestion import THERE, filed, photo
from tests.flow.test_whole_way import MONDAY, PLACE, _subscribed
from tests.flow.town import Reply, Town, _scan, town
from tests.openapi_answers import assert_described
from tests.region_fixture import EAST, RAW

REASON = "На фото не мусор, а открытый люк."
IN_THE_EAST = {"lat": EAST[0], "lon": EAST[1], "address": "Абая, 7"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    raw = deepcopy(RAW)
    raw["categories"]["pothole"]["questions"] = [
        {"id": "depth", "text": raw["name"], "kind": "number", "required": True, "choices": []}
    ]
    with town(tmp_path, start=MONDAY, raw=raw) as built:
        yield built


def reported(here: Town, **changes: Any) -> str:
    body = {"category": "rubbish", "comment": "Мусор", "location": PLACE} | changes
    complaint_id = here.citizen("POST", "/v1/complaints", body).body["id"]
    here.settle()
    return str(complaint_id)


def asked(
    here: Town, complaint_id: str, body: Any, *, by: str | None = None, key: str | None = None
) -> Reply:
    """By the reporter, or by a body."""
    door = "/v1/complaints" if by is None else "/v1/agency/complaints"
    address = f"{door}/{complaint_id}/correct"
    reply = (
        here.citizen("POST", address, body, key=key)
        if by is None
        else here.agency("POST", address, body, who=by, key=key)
    )
    kind = "application/json" if reply.status < 400 else "application/problem+json"
    answer = SimpleNamespace(status=reply.status, headers={"content-type": kind}, json=reply.body)
    assert_described("POST", address, answer)
    here.settle()
    return reply


def faults(reply: Reply) -> list[str]:
    assert reply.status == 422
    return [each["pointer"] for each in reply.body["errors"]]


def kept(complaint_id: str) -> Complaint:
    """As it is kept, once its history has been held against it."""
    from functions.records.store import ComplaintStore

    complaint, history, _ = ComplaintStore().with_history(complaint_id)
    assert verify(history, (), head=complaint.head) is None
    assert complaint_fault(complaint, history) is None
    return complaint


def worklist(here: Town, who: str) -> list[str]:
    return [each["id"] for each in here.agency("GET", "/v1/agency/complaints", who=who).body["items"]]


def near(here: Town, category: str, place: dict[str, Any]) -> list[str]:
    query = f"category={category}&lat={place['lat']}&lon={place['lon']}"
    found = here.citizen("GET", f"/v1/complaints/nearby?{query}", who="stranger").body["items"]
    return [each["id"] for each in found]


def test_a_body_puts_it_right_and_everything_follows(here: Town) -> None:
    with Receiver() as receiver:
        _subscribed(here, receiver, agency_id="roads")
        complaint_id = reported(here)
        assert here.citizen("POST", f"/v1/complaints/{complaint_id}/join", who="dana").status == 200
        here.settle()
        due = kept(complaint_id).due_at
        reply = asked(
            here,
            complaint_id,
            {"category": "open_manhole", "location": IN_THE_EAST, "reason": REASON},
            by="housing",
        )
        assert (reply.body["category"], reply.body["agency"]) == ("open_manhole", "roads")
        assert reply.body["status"] == "assigned"
        complaint = kept(complaint_id)
        assert (complaint.danger, complaint.district, complaint.address) == (True, "east", "Абая, 7")
        assert complaint.due_at is not None
        assert due is not None
        assert complaint.due_at < due
        assert (worklist(here, "housing"), worklist(here, "roads")) == ([], [complaint_id])
        assert (near(here, "rubbish", PLACE), near(here, "open_manhole", PLACE)) == ([], [])
        assert near(here, "open_manhole", IN_THE_EAST) == [complaint_id]
        told = [receiver.received.get(timeout=1) for _ in range(receiver.received.qsize())]
        assert [each.type for each in told] == ["complaint.recategorised"]
        assert (told[0].data["from"], told[0].data["to"]) == ("housing", "roads")
        shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body
        assert (shown["category"], shown["due_at"]) == ("open_manhole", reply.body["due_at"])
        assert "4 hours" in shown["deadline_explanation"]
        assert shown["timeline"][-1]["body"].endswith(f"Reason: {REASON}")
        assert here.agency("GET", f"/v1/agency/complaints/{complaint_id}").status == 200
    for who, words in (("aigerim", True), ("dana", False)):
        lines = here.citizen("GET", "/v1/notifications", who=who).body["items"]
        (line,) = (each for each in lines if each["type"] == "complaint.recategorised")
        assert "Open Manhole" in line["body"]
        assert (REASON in line["body"]) is words
    inboxes = [item for item in _scan("people") if item["pk"]["S"] == "person#dana"]
    assert "Абая" not in json.dumps(inboxes, ensure_ascii=False)


def test_the_watch_wakes_for_the_term_that_came_sooner(here: Town) -> None:
    complaint_id = reported(here)
    asked(here, complaint_id, {"category": "open_manhole", "reason": REASON}, by="housing")
    here.move_clock(timedelta(hours=4, minutes=1))
    assert here.events(complaint_id)[2:] == ["recategorised", "escalated", "deadline_near", "escalated"]


def test_the_reporter_puts_it_right_and_who_joined_is_told(here: Town) -> None:
    complaint_id = reported(here)
    here.citizen("POST", f"/v1/complaints/{complaint_id}/join", who="dana")
    here.settle()
    reply = asked(here, complaint_id, {"location": IN_THE_EAST, "category": "open_manhole"})
    assert (reply.body["agency"]["id"], reply.body["category"]) == ("roads", "open_manhole")
    assert kept(complaint_id).passed_on is None
    lines = here.citizen("GET", "/v1/notifications", who="dana").body["items"]
    assert [each["type"] for each in lines] == ["complaint.recategorised"]
    (joined,) = here.citizen("GET", "/v1/complaints", who="dana").body["items"]
    assert (joined["category"], joined["category_name"]) == ("open_manhole", "Open Manhole")
    here.agency("POST", f"/v1/agency/complaints/{complaint_id}/acknowledge", who="roads")
    here.settle()
    refused = asked(here, complaint_id, {"category": "rubbish"})
    assert (refused.status, refused.body["key"]) == (409, "taken_up")
    assert not {"recategorise", "relocate"} & {*refused.body["possible"]}


@pytest.mark.parametrize("category", ["open_manhole", "pothole"])
def test_it_is_put_right_before_it_is_assigned_and_then_assigned_as_it_is(here: Town, category: str) -> None:
    photo = {"content_type": "image/jpeg", "size": 1, "sha256": "0" * 64}
    body = {"category": "rubbish", "comment": "Мусор", "location": PLACE, "photos": [photo]}
    complaint_id = here.citizen("POST", "/v1/complaints", body).body["id"]
    answers = {"depth": "2"} if category == "pothole" else {}
    asked(here, complaint_id, {"category": category, "location": IN_THE_EAST, "answers": answers})
    if category == "open_manhole":
        # Danger waits for no photos.
        assert here.events(complaint_id) == ["submitted", "recategorised", "assigned"]
    else:
        assert here.events(complaint_id) == ["submitted", "recategorised"]
        here.citizen("POST", f"/v1/complaints/{complaint_id}/photos/skip")
        here.settle()
        assert here.events(complaint_id) == ["submitted", "recategorised", "photo_missed", "assigned"]
    assert kept(complaint_id).agency_id == "roads"


def test_a_request_that_is_sent_again_puts_nothing_right_again(here: Town) -> None:
    complaint_id = reported(here)
    for by, body in (
        (None, {"location": IN_THE_EAST}),
        ("housing", {"category": "pothole", "reason": REASON}),
    ):
        first = asked(here, complaint_id, body, by=by, key="once")
        again = asked(here, complaint_id, body, by=by, key="once")
        assert (first.status, again.status) == (200, 200)
        assert first.body["version"] == again.body["version"]


def test_what_is_wrong_is_said_at_once_and_by_its_pointer(here: Town) -> None:
    complaint_id = reported(here)
    wrong = {"category": "pothole", "location": {"lat": 10.0, "lon": 10.0}, "answers": {"width": "2"}}
    assert faults(asked(here, complaint_id, wrong)) == ["/location", "/answers/width", "/answers/depth"]
    assert faults(asked(here, complaint_id, wrong | {"reason": REASON}, by="housing")) == [
        "/location",
        "/answers/width",
    ]
    assert faults(asked(here, complaint_id, {"category": "pothole"}, by="housing")) == ["/reason"]
    assert faults(asked(here, complaint_id, {})) == [""]
    assert faults(asked(here, complaint_id, {"category": "rubbish", "location": PLACE})) == [
        "/category",
        "/location",
    ]
    form = {
        "category": 7,
        "location": {"lat": 91, "lon": "x"},
        "answers": [],
        "reason": "",
        "suggested": True,
    }
    assert faults(asked(here, complaint_id, form)) == [
        "/category",
        "/location/lat",
        "/location/lon",
        "/answers",
        "/reason",
        "/suggested",
    ]
    assert kept(complaint_id).version == 2


def test_somebody_elses_is_not_there(here: Town) -> None:
    complaint_id = reported(here)
    body = {"category": "pothole", "answers": {"depth": "2"}}
    assert here.citizen("POST", f"/v1/complaints/{complaint_id}/correct", body, who="dana").status == 404
    assert asked(here, complaint_id, {"category": "pothole", "reason": REASON}, by="roads").status == 404


def test_parts_follow_their_whole(here: Town) -> None:
    complaint_id = reported(here)
    parts = {"parts": [{"to": "roads", "text": "Восстановить покрытие."}]}
    assert here.agency("POST", f"/v1/agency/complaints/{complaint_id}/split", parts).status == 200
    here.settle()
    (part,) = kept(complaint_id).children
    asked(
        here,
        complaint_id,
        {"location": IN_THE_EAST, "category": "open_manhole", "reason": REASON},
        by="housing",
    )
    there = kept(part)
    assert (there.category, there.lon, there.address) == ("open_manhole", EAST[1], "Абая, 7")
    assert there.agency_id == "roads"
    assert there.due_at == kept(complaint_id).due_at
    here.deliver_again()
    assert kept(part).version == there.version


def test_the_exact_place_goes_with_the_person_from_history_and_stream(here: Town) -> None:
    complaint_id = reported(here, location=PLACE | {"lat": 52.512347, "lon": 76.515678, "address": "Абая, 5"})
    moved = {"location": {"lat": 52.598761, "lon": 76.587654, "address": "Абая, 7"}}
    asked(here, complaint_id, moved)
    asked(here, complaint_id, {"location": IN_THE_EAST | {"lat": 52.567891}, "reason": REASON}, by="housing")
    places = ("52.5123", "76.5156", "52.5987", "76.5876", "52.5678", "Абая")
    before = json.dumps(list(_scan("complaints")), ensure_ascii=False, default=str)
    assert [each for each in places if each not in before] == []
    assert here.citizen("DELETE", "/v1/me").body["complete"]
    here.settle()
    after = json.dumps(list(_scan("complaints")), ensure_ascii=False, default=str)
    assert [each for each in places if each in after] == []
    # What the body decided stays.
    assert REASON in after
    kept(complaint_id)
    refused = asked(here, complaint_id, {"location": PLACE, "reason": REASON}, by="housing")
    assert (refused.status, refused.body["key"]) == (409, "place_erased")


def test_what_was_photographed_and_sent_is_sorted_by_a_body(here: Town) -> None:
    """No category, no word: the akimat says what it is, and the term of that counts from the registration."""
    content = photo(place=False, time=False)
    body = {"location": PLACE, "photos": [declaration(content)]}
    sent = here.citizen("POST", "/v1/complaints", body).body
    here.settle()
    here.upload(content, sent["uploads"][0])
    complaint = kept(sent["id"])
    assert (complaint.category, complaint.agency_id) == ("other", "akimat")
    assert complaint.acknowledge_by is not None
    assert worklist(here, "akimat") == [sent["id"]]
    here.move_clock(timedelta(hours=1))
    assert asked(here, sent["id"], {"category": "rubbish", "reason": REASON}, by="akimat").status == 200
    sorted_out = kept(sent["id"])
    fresh = kept(reported(here))
    assert (sorted_out.agency_id, sorted_out.due_at) == ("housing", fresh.due_at)
    assert here.agency("GET", f"/v1/agency/complaints/{sent['id']}", who="akimat").status == 200


def test_what_nobody_sorts_in_time_goes_up(here: Town) -> None:
    content = photo(place=False, time=False)
    body = {"location": PLACE, "photos": [declaration(content)]}
    sent = here.citizen("POST", "/v1/complaints", body).body
    here.settle()
    here.upload(content, sent["uploads"][0])
    here.move_clock(timedelta(days=2))
    assert here.events(sent["id"])[-1] == "escalated"
    assert kept(sent["id"]).escalated_to == ("ministry",)


# The photo's own place


def test_the_photos_place_is_accepted_with_one_call(here: Town) -> None:
    complaint_id = filed(here, photo())
    shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["photos"][0]
    accepted = asked(here, complaint_id, {"suggested_place": shown["id"]}, key="once")
    assert accepted.status == 200
    complaint = kept(complaint_id)
    assert (complaint.lat, complaint.lon) == pytest.approx(THERE, abs=1e-5)
    assert here.events(complaint_id)[-1] == "relocated"
    assert not [item for item in _scan("complaints") if item["sk"]["S"].startswith("exif#")]
    assert asked(here, complaint_id, {"suggested_place": shown["id"]}, key="once").status == 200
    assert faults(asked(here, complaint_id, {"suggested_place": shown["id"]})) == ["/suggested_place"]


@pytest.mark.parametrize("named", ["x", "01JNZ5V2B8Q4M7T9XWYC3D6FGH", "x" * 5_000])
def test_what_suggests_no_place_is_refused(here: Town, named: str) -> None:
    complaint_id = filed(here, photo(place=False))
    assert faults(asked(here, complaint_id, {"suggested_place": named})) == ["/suggested_place"]
    shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["photos"][0]
    assert faults(asked(here, complaint_id, {"suggested_place": shown["id"]})) == ["/suggested_place"]


def test_there_is_one_place_and_after_a_day_no_suggestion(here: Town) -> None:
    complaint_id = filed(here, photo())
    shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["photos"][0]
    both = {"location": IN_THE_EAST, "suggested_place": shown["id"]}
    assert faults(asked(here, complaint_id, both)) == ["/suggested_place"]
    here.move_clock(timedelta(days=1, seconds=1))
    assert faults(asked(here, complaint_id, {"suggested_place": shown["id"]})) == ["/suggested_place"]


def test_a_place_outside_the_region_is_refused_by_the_photos_name(tmp_path: Path) -> None:
    raw = deepcopy(RAW)
    north = PLACE["lat"] + 0.01
    square = [[[[76.0, 52.0], [78.0, 52.0], [78.0, north], [76.0, north], [76.0, 52.0]]]]
    raw |= {"boundary": square, "districts": [raw["districts"][0] | {"polygons": square}]}
    with town(tmp_path, start=MONDAY, raw=raw) as here:
        complaint_id = filed(here, photo())
        shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["photos"][0]
        assert shown["suggestion"]["lat"] > north
        assert faults(asked(here, complaint_id, {"suggested_place": shown["id"]})) == ["/suggested_place"]
