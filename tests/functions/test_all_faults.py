"""All faults of a request at once: of its form, and of the content that only the complaint or the person can tell."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.moves import agency
from functions.edge.resolver import Api
from functions.edge.throttle import Throttle
from functions.intake.people.devices import Devices
from functions.records.store import ComplaintStore
from infra.packaging.openapi import doors
from tests.dynamodb import tables
from tests.functions.api_client import Answer, Client, officer, person
from tests.functions.faults import TRANSIENT, aws_calls
from tests.functions.test_agency_api import NOWHERE, PHOTO, REASON, advanced, given_to_housing
from tests.openapi_answers import assert_described, published
from tests.region_fixture import WEST, region

NOW = datetime.now(UTC)
PLACE = {"lat": WEST[0], "lon": WEST[1]}
AWAY = {"lat": 10, "lon": 20}
HOUSING = Actor(kind=ActorKind.AGENCY, id="housing")


class World:
    """Every door of the region, with a complaint in it that `housing` has, and another that it has answered."""

    def __init__(self) -> None:
        self.api: Api = doors.every_route(region())
        self.open = given_to_housing()
        answered = given_to_housing(at=NOW - timedelta(hours=1))
        self.answered = advanced(
            answered.id,
            lambda each: agency.answer(
                each,
                by=HOUSING,
                outcome="declined",
                text=REASON,
                photos=(),
                parts=(),
                region=region(),
                now=NOW,
            ),
        )

    def client(self, path: str, **more: Any) -> Client:
        if path.startswith("/v1/agency/"):
            return officer(self.api.serve, scopes="read write admin")
        return person(self.api.serve, **more)

    def at(self, path: str) -> str:
        complaint = self.answered if path.endswith("/refute") else self.open
        return path.format(id=complaint.id, photo_id=NOWHERE, device_id="phone", key_id="0123456789abcdef")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    monkeypatch.setattr(doors, "Devices", lambda _: Devices({"fcm": "arn", "apns": "arn"}))
    with tables():
        yield World()


BAD_PHOTO = PHOTO | {"size": 0}
# Of each operation that carries a body: one that is wrong in form and in content, and what must be said of it at once.
BOTH: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "fileComplaint": (
        {"category": "nope", "location": AWAY, "comment": 1, "photos": [BAD_PHOTO], "x": 1},
        {
            "/category": "unknown_category",
            "/location": "outside_region",
            "/comment": "wrong_type",
            "/photos/0/size": "too_small",
            "/x": "unknown_field",
        },
    ),
    "fileComplaint again": (
        {"category": "rubbish", "location": PLACE, "comment": "Снова", "again_of": NOWHERE, "public_name": 1},
        {"/again_of": "unknown_complaint", "/public_name": "wrong_type"},
    ),
    "addPhotos": (
        {"photos": [BAD_PHOTO, *[PHOTO] * 9]},
        {"/photos/0/size": "too_small", "/photos": "too_many_photos"},
    ),
    "refuteAnswer": (
        {"reason": "", "photos": [NOWHERE, "x"]},
        {"/reason": "empty", "/photos/0": "unknown_photo", "/photos/1": "unknown_photo"},
    ),
    "correctComplaint": (
        {"category": "nope", "location": AWAY, "reason": 1},
        {"/category": "unknown_category", "/location": "outside_region", "/reason": "wrong_type"},
    ),
    "signInOnPhone": (
        {"platform": "apns", "token": "not hex"[3:], "language": "de"},
        {"/token": "wrong_form", "/language": "unknown_choice"},
    ),
    "choose": (
        {"bin": "000740000728", "zone": "Mars"},
        {"/bin": "for_entrepreneurs", "/zone": "unknown_zone"},
    ),
    "photosWork": (
        {"photos": [BAD_PHOTO, *[PHOTO] * 9]},
        {"/photos/0/size": "too_small", "/photos": "too_many_photos"},
    ),
    "answerWork": (
        {"outcome": "declined", "text": "нет", "photos": [NOWHERE, "x"], "x": 1},
        {
            "/text": "too_short",
            "/photos/0": "unknown_photo",
            "/photos/1": "unknown_photo",
            "/x": "unknown_field",
        },
    ),
    "assignWork": ({"to": "", "x": 1}, {"/to": "empty", "/x": "unknown_field"}),
    "redactPhoto": (
        {"boxes": [{"x": 0.9, "y": 0.5, "w": 0.125, "h": 0.25}, {"x": 0.1}], "x": 1},
        {
            "/boxes/0/w": "box_off_photo",
            "/boxes/1/y": "missing",
            "/boxes/1/w": "missing",
            "/boxes/1/h": "missing",
            "/x": "unknown_field",
        },
    ),
    "transferWork": ({"to": "nobody"}, {"/to": "unknown_agency", "/reason": "missing"}),
    "instructWork": ({"to": "nobody", "reason": 1}, {"/to": "unknown_agency", "/reason": "wrong_type"}),
    "splitWork": (
        {"parts": [{"to": "nobody", "text": "x"}, {"to": "housing", "text": REASON}, {"to": "roads"}]},
        {
            "/parts/0/to": "unknown_agency",
            "/parts/0/text": "too_short",
            "/parts/1/to": "already_there",
            "/parts/2/text": "missing",
        },
    ),
    "mergeWork": ({"into": NOWHERE, "reason": 1}, {"/into": "unknown_complaint", "/reason": "wrong_type"}),
    "correctWork": (
        {"category": "nope", "location": AWAY},
        {"/category": "unknown_category", "/location": "outside_region", "/reason": "missing"},
    ),
    "extendWork": ({"by": "P900D", "reason": 1}, {"/by": "extension_too_long", "/reason": "wrong_type"}),
    "subscribe": (
        {"url": "https://localhost/", "types": 1},
        {"/url": "url_refused", "/types": "wrong_type"},
    ),
    "changeSubscription": (
        {"url": "https://localhost/", "types": 1},
        {"/url": "url_refused", "/types": "wrong_type"},
    ),
    "replayRange": (
        {"from": "2020-01-01T00:00:00Z", "x": 1},
        {"/from": "not_in_range", "/x": "unknown_field"},
    ),
    "moveMany": (
        {"move": "assign", "ids": [], "x": 1},
        {"/ids": "too_few", "/to": "missing", "/x": "unknown_field"},
    ),
    "makeTemplate": (
        {"category": "nope", "text": {"kk": "{x}", "ru": "x}"}, "order": -1, "x": 1},
        {
            "/category": "unknown_category",
            "/text/kk": "unknown_placeholder",
            "/text/ru": "stray_brace",
            "/text/en": "missing",
            "/order": "too_small",
            "/x": "unknown_field",
        },
    ),
    "changeTemplate": (
        {"category": "nope", "enabled": 1},
        {"/category": "unknown_category", "/enabled": "wrong_type"},
    ),
    "makeKey": (
        {"name": "", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"},
        {"/name": "empty", "/expires_at": "not_in_future"},
    ),
}
NOTHING_BESIDE_ITS_FORM = {
    "comment", "confirmAnswer", "join", "skipPhotos", "withdraw", "markRead", "acknowledgeWork", "askWork", "commentWork",
    "hideWork", "unhideWork", "flagPublic", "rotateSecret", "rotateKey", "changeOfficer", "inviteOfficer", "changeCaller",
}  # fmt: skip
"""Whose body is judged by its form alone: texts, switches and choices that stand in the document."""


def operations() -> dict[str, tuple[str, str]]:
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in published()["paths"].items()
        for method, operation in methods.items()
        if "requestBody" in operation
    }


def test_every_operation_with_a_body_is_here() -> None:
    assert {name.partition(" ")[0] for name in BOTH} | NOTHING_BESIDE_ITS_FORM == operations().keys()


def asked(world: World, name: str, body: Any, **more: Any) -> Answer:
    method, path = operations()[name.partition(" ")[0]]
    at = world.at(path)
    if name in ("changeSubscription", "replayRange"):
        at = path.format(id=NOWHERE)
    answer = world.client(path, **more)(method, at, body, key="k")
    assert_described(method, at, answer)
    return answer


@pytest.mark.parametrize("name", BOTH)
def test_faults_of_form_and_of_content_are_told_at_once(world: World, name: str) -> None:
    body, expected = BOTH[name]
    answer = asked(world, name, body)
    assert (answer.status, answer.faults) == (422, expected)


CONTENT_ALONE: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "answerWork": (
        {"outcome": "declined", "text": "нет", "photos": [NOWHERE]},
        {"/text": "too_short", "/photos/0": "unknown_photo"},
    ),
    "splitWork": (
        {
            "parts": [
                {"to": "nobody", "text": REASON},
                {"to": "roads", "text": REASON},
                {"to": "roads", "text": REASON},
            ]
        },
        {"/parts/0/to": "unknown_agency", "/parts/2/to": "already_there"},
    ),
    "correctWork": (
        {"category": "nope", "location": AWAY, "reason": REASON},
        {"/category": "unknown_category", "/location": "outside_region"},
    ),
    "refuteAnswer": (
        {"reason": REASON, "photos": [NOWHERE, "x"]},
        {"/photos/0": "unknown_photo", "/photos/1": "unknown_photo"},
    ),
}


@pytest.mark.parametrize("name", CONTENT_ALONE)
def test_faults_of_content_are_told_at_once(world: World, name: str) -> None:
    body, expected = CONTENT_ALONE[name]
    assert asked(world, name, body).faults == expected


@pytest.mark.parametrize("name", BOTH)
def test_nothing_is_written_by_looking(world: World, name: str) -> None:
    with aws_calls() as calls:
        asked(world, name, BOTH[name][0])
    # What counts how often an agency called is no change of anything here.
    assert set(calls.made) <= {"GetItem", "Query", "BatchGetItem", "UpdateItem"}
    assert ComplaintStore().get(world.open.id) == world.open


SPURIOUS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "answerWork": ({"outcome": 1, "text": "нет", "photos": []}, {"/outcome": "wrong_type"}),
    "correctWork": ({"category": 1, "location": PLACE, "reason": REASON}, {"/category": "wrong_type"}),
    "transferWork": ({"to": 1, "reason": REASON}, {"/to": "wrong_type"}),
    "splitWork": ({"parts": 1}, {"/parts": "wrong_type"}),
    "mergeWork": ({"into": 1}, {"/into": "wrong_type"}),
    "extendWork": ({"by": 1, "reason": REASON}, {"/by": "wrong_type"}),
    "refuteAnswer": ({"reason": REASON, "photos": [1]}, {"/photos/0": "wrong_type"}),
}


@pytest.mark.parametrize("name", SPURIOUS)
def test_nothing_is_said_that_only_follows_from_what_is_wrong(world: World, name: str) -> None:
    body, expected = SPURIOUS[name]
    assert asked(world, name, body).faults == expected


@pytest.mark.parametrize("name", ["transferWork", "answerWork", "refuteAnswer", "addPhotos"])
def test_of_what_is_not_ones_own_nothing_is_told(world: World, name: str) -> None:
    method, path = operations()[name]
    body, _ = BOTH[name]
    others: Callable[..., Answer] = (
        officer(world.api.serve, "roads")
        if path.startswith("/v1/agency/")
        else person(world.api.serve, "stranger")
    )
    told = others(method, world.at(path), body, key="k").faults
    right = {"reason": REASON} if name in ("transferWork", "refuteAnswer") else {}
    assert not set(told.values()) & {"unknown_agency", "unknown_photo", "too_many_photos"}
    assert others(method, world.at(path), body | right | {"x": 1}, key="k").status == 422


def test_a_table_that_does_not_answer_is_said_to_be_so(world: World) -> None:
    body, _ = BOTH["transferWork"]
    with aws_calls(fail=0, error=TRANSIENT["busy"]):
        assert asked(world, "transferWork", body).status == 503
