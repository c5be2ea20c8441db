"""The citizen's API: what it takes, what it refuses and how, and that nothing is half-written or told to a log."""

import gzip
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.complaints.clock import iso, parse_iso, utc_now
from functions.complaints.complaint import SYSTEM, Actor, ActorKind, Status
from functions.complaints.faults import Stale
from functions.complaints.moves import agency, escalation
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.filing import file
from functions.complaints.moves.photos import add_photo, refuse_photo
from functions.complaints.moves.publicity import redact
from functions.complaints.region import region_from_dict
from functions.complaints.wording import is_blank, is_broken
from functions.edge.problems import PROBLEMS
from functions.edge.request_body import BODY_MAX
from functions.intake.filed import filed as filed_once
from functions.intake.submission import CLOCK_SKEW, WRITTEN_AT_MOST, submission
from functions.records.move import move
from functions.records.people.day_limits import CountItem
from functions.records.requests import REQUEST_KEPT, Request, RequestItem
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintItem, EventItem
from functions.records.transaction import NumberTaken
from tests.dynamodb import tables
from tests.functions.api_client import Answer, Client, anybody, load, person
from tests.functions.faults import aws_calls
from tests.naughty import NAUGHTY, packed
from tests.openapi_answers import assert_described
from tests.region_fixture import RAW, WEST
from tests.sweeps import draws

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PHOTO = {"content_type": "image/jpeg", "size": 1_000, "sha256": HASH}
PLACE = {"lat": WEST[0], "lon": WEST[1]}
GOOD: dict[str, Any] = {"category": "rubbish", "comment": "Мусор не вывезен", "location": PLACE}


def world() -> dict[str, Any]:
    raw = deepcopy(RAW)
    raw["categories"]["rubbish"]["questions"] = [
        {"id": "since", "text": RAW["name"], "kind": "text", "required": False, "choices": []},
        {"id": "days", "text": RAW["name"], "kind": "number", "required": False, "choices": []},
    ]
    raw["categories"]["pothole"]["questions"] = [
        {
            "id": "depth",
            "text": RAW["name"],
            "kind": "choice",
            "required": True,
            "choices": [{"id": "deep", "text": RAW["name"]}, {"id": "flat", "text": RAW["name"]}],
        }
    ]
    raw["limits"]["complaints_per_person_per_day"] = 100_000
    return raw


REGION = region_from_dict(world())


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        yield load(
            "functions.intake.api.handler",
            folder=tmp_path_factory.mktemp("asset"),
            monkeypatch=patch,
            raw=world(),
        )


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    with tables():
        yield


@pytest.fixture
def me(module: Any) -> Client:
    return person(module.handler)


def described(client: Client) -> Client:
    """The same client, with every answer held to the OpenAPI document."""

    class Held:
        def __call__(self, method: str, path: str, *args: Any, **more: Any) -> Answer:
            answer = client(method, path, *args, **more)
            assert_described(method, path, answer)
            return answer

    return Held()  # type: ignore[return-value]


def stored() -> int:
    return len(list(ComplaintItem.scan(ComplaintItem.kind == ComplaintItem.KIND)))


def filed(me: Client, *, key: str = "k", **changes: Any) -> Any:
    answer = me("POST", "/v1/complaints", GOOD | changes, key=key)
    assert answer.status == 201, answer.text
    return answer.json


def advanced(complaint_id: str, *decisions: Any) -> None:
    for decide in decisions:
        move(ComplaintStore(), complaint_id, decide)


def answered(complaint: Any) -> Any:
    by = Actor(kind=ActorKind.AGENCY, id=complaint.agency_id)
    return agency.answer(
        complaint, by=by, outcome="resolved", text="Вывезен.", region=REGION, now=datetime.now(UTC)
    )


# ------------------------------------------------------------------------------------------- rejects
FAR = {"lat": 43.2, "lon": 76.9}
SUBMISSIONS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "unknown category": (GOOD | {"category": "ufo"}, {"/category": "unknown_category"}),
    "place outside": (GOOD | {"location": FAR}, {"/location": "outside_region"}),
    "no such latitude": (GOOD | {"location": PLACE | {"lat": 91}}, {"/location/lat": "too_large"}),
    "latitude as text": (GOOD | {"location": PLACE | {"lat": "52"}}, {"/location/lat": "wrong_type"}),
    "empty comment": (GOOD | {"comment": ""}, {"/comment": "missing"}),
    "blank comment": (GOOD | {"comment": " \n\t"}, {"/comment": "empty"}),
    "long comment": (GOOD | {"comment": "я" * 2_001}, {"/comment": "too_long"}),
    "no comment": ({name: GOOD[name] for name in ("category", "location")}, {"/comment": "missing"}),
    "unsupported type": (
        GOOD | {"photos": [PHOTO | {"content_type": "image/gif"}]},
        {"/photos/0/content_type": "unknown_choice"},
    ),
    "empty file": (GOOD | {"photos": [PHOTO | {"size": 0}]}, {"/photos/0/size": "too_small"}),
    "large file": (GOOD | {"photos": [PHOTO | {"size": 15_728_641}]}, {"/photos/0/size": "too_large"}),
    "size beyond reason": (GOOD | {"photos": [PHOTO | {"size": 10**400}]}, {"/photos/0/size": "wrong_type"}),
    "no hash": (GOOD | {"photos": [PHOTO | {"sha256": "abc"}]}, {"/photos/0/sha256": "wrong_form"}),
    "many photos": (GOOD | {"photos": [PHOTO] * 6}, {"/photos": "too_many_photos"}),
    "unknown field": (GOOD | {"urgent": True}, {"/urgent": "unknown_field"}),
    "unknown question": (GOOD | {"answers": {"a/b~c": "x"}}, {"/answers/a~1b~0c": "unknown_question"}),
    "not a number": (GOOD | {"answers": {"days": "many"}}, {"/answers/days": "wrong_type"}),
    "question not answered": (GOOD | {"category": "pothole"}, {"/answers/depth": "missing"}),
    "no such choice": (
        GOOD | {"category": "pothole", "answers": {"depth": "bottomless"}},
        {"/answers/depth": "unknown_choice"},
    ),
    "answers of the wrong type": (
        GOOD | {"category": "pothole", "answers": {"depth": 3}},
        {"/answers/depth": "wrong_type"},
    ),
    "written long ago": (GOOD | {"written_at": "2020-01-01T00:00:00Z"}, {"/written_at": "not_recent"}),
    "written tomorrow": (GOOD | {"written_at": "9999-12-31T23:59:59Z"}, {"/written_at": "not_recent"}),
    "written before all time": (
        GOOD | {"written_at": "0001-01-01T00:00:00+23:59"},
        {"/written_at": "not_an_instant"},
    ),
    "not an object": ([GOOD], {"": "wrong_type"}),  # type: ignore[dict-item]
    "everything at once": (
        {
            "category": "ufo",
            "comment": "\ud800",
            "location": FAR,
            "photos": [PHOTO | {"size": 0, "sha256": "x"}],
            "written_at": "2020-01-01T00:00:00Z",
            "public_name": " ",
            "x": 1,
        },
        {
            "/category": "unknown_category",
            "/comment": "not_unicode",
            "/location": "outside_region",
            "/photos/0/size": "too_small",
            "/photos/0/sha256": "wrong_form",
            "/written_at": "not_recent",
            "/public_name": "empty",
            "/x": "unknown_field",
        },
    ),
}


@pytest.mark.parametrize("case", SUBMISSIONS)
def test_a_wrong_submission_names_every_field_and_leaves_nothing(case: str, me: Client) -> None:
    body, faults = SUBMISSIONS[case]
    answer = described(me)("POST", "/v1/complaints", body, key="k")
    assert answer.slug == "invalid-request"
    assert answer.faults == faults
    assert all(error["detail"] for error in answer.json["errors"])
    assert stored() == 0
    assert me("POST", "/v1/complaints", GOOD, key="k").status == 201, "the key is still free"


def test_a_place_and_a_photo_are_enough(me: Client) -> None:
    """The category is asked last: what comes without one is sorted by a body."""
    for number, comment in enumerate(({}, {"comment": ""}, {"comment": " \u200b"})):
        body = {"location": PLACE, "photos": [PHOTO]} | comment
        made = described(me)("POST", "/v1/complaints", body, key=f"k{number}")
        assert made.status == 201, made.text
        complaint = ComplaintStore().get(made.json["id"])
        assert (complaint.category, complaint.comment) == ("other", "")


def test_limits_are_the_regions(me: Client) -> None:
    filed(me, comment="я" * 2_000, photos=[PHOTO | {"size": 15_728_640}])


@pytest.mark.parametrize(
    ("request_", "slug"),
    [
        ({"body": GOOD}, "idempotency-key-missing"),
        ({"body": GOOD, "key": ""}, "idempotency-key-missing"),
        ({"raw": "{", "key": "k"}, "malformed-json"),
        ({"raw": '{"category": NaN}', "key": "k"}, "malformed-json"),
        ({"raw": "[" * 60_000, "key": "k"}, "malformed-json"),
        ({"raw": b"\xff\xfe\x00", "key": "k"}, "malformed-json"),
        ({"raw": json.dumps(GOOD) + " " * BODY_MAX, "key": "k"}, "body-too-large"),
        ({"body": GOOD, "key": "k", "content_type": "text/plain"}, "unsupported-media-type"),
        (
            {"raw": b"a=b", "key": "k", "content_type": "application/x-www-form-urlencoded"},
            "unsupported-media-type",
        ),
        ({"body": GOOD, "key": "k" * 256}, "invalid-request"),
        ({"body": GOOD, "key": "ключ"}, "invalid-request"),
        ({"raw": "", "key": "k"}, "invalid-request"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_with_its_problem(
    request_: dict[str, Any], slug: str, me: Client
) -> None:
    answer = described(me)("POST", "/v1/complaints", **request_)
    assert (answer.slug, answer.status) == (slug, PROBLEMS[slug].status)
    assert set(PROBLEMS[slug].headers.items()) <= set(answer.headers.items())
    assert stored() == 0


CHARSETS = ("utf-8", "UTF-8", "utf8", "UTF8", '"utf-8"', '"UTF8"', "'utf-8'")
OTHER_CHARSETS = (
    "windows-1251",
    "CP1251",
    "koi8-r",
    "utf-16",
    "utf-16le",
    "iso-8859-1",
    '"windows-1251"',
    "",
)


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("form", ["Application/JSON; charset={}", "application/json;charset={}; q=1"])
def test_a_body_in_base64_is_read_and_utf_8_is_no_offence(charset: str, form: str, me: Client) -> None:
    raw = json.dumps(GOOD, ensure_ascii=False).encode()
    answer = me("POST", "/v1/complaints", raw=raw, key="k", content_type=form.format(charset))
    assert answer.status == 201


@pytest.mark.parametrize("charset", OTHER_CHARSETS)
@pytest.mark.parametrize("form", ["application/json; charset={}", "application/json;v=1;CHARSET = {}"])
def test_another_charset_is_refused_as_such(charset: str, form: str, me: Client) -> None:
    raw = json.dumps(GOOD, ensure_ascii=False).encode()
    answer = described(me)("POST", "/v1/complaints", raw=raw, key="k", content_type=form.format(charset))
    assert answer.slug == "unsupported-media-type"
    assert stored() == 0


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip", "deflate", "br", "zstd", "gzip, identity"])
def test_a_compressed_body_is_refused_as_such(coding: str, me: Client) -> None:
    raw = gzip.compress(json.dumps(GOOD).encode())
    answer = described(me)("POST", "/v1/complaints", raw=raw, key="k", content_encoding=coding)
    assert answer.slug == "unsupported-media-type"
    assert (answer.headers["accept"], answer.headers["accept-encoding"]) == ("application/json", "identity")
    assert stored() == 0


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_a_body_that_is_said_to_be_as_it_stands_is_read(coding: str, me: Client) -> None:
    assert me("POST", "/v1/complaints", GOOD, key="k", content_encoding=coding).status == 201


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("DELETE", "/v1/complaints", 405, "GET, POST"),
        ("PUT", "/v1/complaints/01JNZ5V2B8Q4M7T9XWYC3D6FGH", 405, "GET"),
        ("GET", "/v1/complaints/01JNZ5V2B8Q4M7T9XWYC3D6FGH/join", 405, "DELETE, POST"),
        ("GET", "/v1/nowhere", 404, None),
        ("POST", "/v1/complaints/01JNZ5V2B8Q4M7T9XWYC3D6FGH/explode", 404, None),
    ],
)
def test_no_such_method_or_address(
    method: str, path: str, status: int, allow: str | None, me: Client
) -> None:
    answer = me(method, path)
    assert answer.status == status
    assert answer.slug == {404: "not-found", 405: "method-not-allowed"}[status]
    assert answer.headers.get("allow") == allow


@pytest.mark.parametrize(
    ("accepted", "locale", "title"),
    [
        ("en", None, "Not found"),
        ("ru-RU,en;q=0.5", None, "Не найдено"),
        ("de", None, "Табылмады"),
        ("en", "ru", "Не найдено"),
        ("en", "kk-KZ", "Табылмады"),
    ],
)
def test_errors_are_in_the_callers_language(
    accepted: str, locale: str | None, title: str, module: Any
) -> None:
    client = person(module.handler, locale=locale)
    answer = client("GET", "/v1/nowhere", accept_language=accepted)
    assert answer.json["title"] == title


def test_what_the_person_chose_goes_before_what_the_token_and_the_request_say(module: Any) -> None:
    client = person(module.handler, locale="en")
    complaint_id = filed(client)["id"]
    assert client("PATCH", "/v1/me", {"language": "ru"}).status == 200
    asked = {"accept_language": "en"}
    made = client("POST", "/v1/complaints", GOOD, key="second", **asked).json
    assert made["status_text"] == "У ответственного органа"
    assert ComplaintStore().get(made["id"]).language == "ru"
    assert (
        client("GET", f"/v1/complaints/{complaint_id}", **asked).json["status_text"]
        == "У ответственного органа"
    )
    lines = client("GET", "/v1/complaints", **asked).json["items"]
    assert {line["status_text"] for line in lines} == {"У ответственного органа"}
    withdrawn = client("POST", f"/v1/complaints/{complaint_id}/withdraw", {}, **asked).json
    assert withdrawn["status_text"] == "Отозвано"
    wrong = client("POST", "/v1/complaints", GOOD | {"comment": ""}, key="third", **asked).json
    assert wrong["errors"][0]["detail"] == "Напишите в нескольких словах, что случилось."
    assert client("GET", "/v1/complaints/x", **asked).json["title"] == "Не найдено"
    client("PATCH", "/v1/me", {"language": None})
    assert client("GET", "/v1/complaints/x", **asked).json["title"] == "Not found"
    assert client("GET", "/v1/complaints/x", accept_language="ru").json["title"] == "Not found"


def test_the_choice_is_read_once_and_only_where_words_are_said(module: Any) -> None:
    client = person(module.handler)
    with aws_calls() as calls:
        client("GET", "/v1/complaints")
    assert calls.made == ["Query"]
    filed(client, key="1")
    filed(client, key="2")
    with aws_calls() as calls:
        client("GET", "/v1/complaints")
    assert calls.made == ["Query", "GetItem"]
    with aws_calls() as calls:
        client("GET", "/v1/notifications")
    assert calls.made == ["GetItem", "Query", "Query"]
    with aws_calls() as calls:
        anybody(module.handler)("GET", "/v1/categories")
    assert calls.made == []


def test_a_choice_that_cannot_be_read_does_not_hide_what_is_wrong(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: str) -> str | None:
        raise RuntimeError("not now")

    client = person(module.handler)
    filed(client)
    monkeypatch.setattr(module.app, "_chosen_language", busy)
    assert client("GET", "/v1/complaints/x", accept_language="ru").json["title"] == "Не найдено"
    assert client("GET", "/v1/complaints").slug == "internal"


MINE_ONLY = [
    ("GET", "", None),
    ("GET", "/appeal", None),
    ("POST", "/photos", {"photos": [PHOTO]}),
    ("POST", "/comments", {"text": "x"}),
    ("POST", "/confirm", {}),
    ("POST", "/refute", {"reason": "x"}),
    ("POST", "/withdraw", {}),
    ("POST", "/correct", {"category": "pothole"}),
]


@pytest.mark.parametrize(("method", "what", "body"), MINE_ONLY)
def test_someone_elses_complaint_does_not_exist(
    method: str, what: str, body: Any, me: Client, module: Any
) -> None:
    complaint_id = filed(me)["id"]
    before = ComplaintStore().get(complaint_id)
    other = described(person(module.handler, "person-2"))
    for address in (complaint_id, "01JNZ5V2B8Q4M7T9XWYC3D6FGH", "x", "x" * 5_000, "%00"):
        answer = other(method, f"/v1/complaints/{address}{what}", body, key="k2")
        assert (answer.status, answer.slug) == (404, "not-found")
    assert ComplaintStore().get(complaint_id) == before


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", "9" * 5_000, "٣", ""])
def test_a_page_is_of_1_to_100(limit: str, me: Client) -> None:
    answer = described(me)("GET", "/v1/complaints", query={"limit": limit})
    assert answer.faults == {"limit": "not_in_range"}


def test_a_list_goes_on_by_its_cursor_and_by_no_other(me: Client, module: Any) -> None:
    ids = [filed(me, key=str(n))["id"] for n in range(5)]
    seen, cursor = [], None
    for _ in range(4):
        page = described(me)(
            "GET", "/v1/complaints", query={"limit": "2"} | ({"cursor": cursor} if cursor else {})
        )
        seen += [item["id"] for item in page.json["items"]]
        last, cursor = cursor, page.json["cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids)
    assert seen == sorted(seen, reverse=True)
    assert last is not None
    other = person(module.handler, "person-2")
    for client, text in (
        (other, last),
        (me, "x"),
        (me, "bm9uc2Vuc2U"),
        (me, "e30"),
        (me, "W10"),
        (me, "é"),
        (me, "W1tb" * 4_000),
        (me, last[:-8]),
    ):
        answer = client("GET", "/v1/complaints", query={"cursor": text})
        assert answer.faults == {"cursor": "wrong_form"}, text


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({}, {"category": "missing", "lat": "missing", "lon": "missing"}),
        ({"category": "ufo", "lat": "1", "lon": "1"}, {"category": "unknown_category"}),
        ({"category": "rubbish"}, {"lat": "missing", "lon": "missing"}),
        ({"category": "rubbish", "lat": "north", "lon": "1"}, {"lat": "wrong_type"}),
        ({"category": "rubbish", "lat": "91", "lon": "1"}, {"lat": "not_in_range"}),
        ({"category": "rubbish", "lat": "nan", "lon": "1"}, {"lat": "not_in_range"}),
        ({"category": "rubbish", "lat": "52", "lon": "inf"}, {"lon": "not_in_range"}),
    ],
)
def test_nearby_needs_a_category_and_a_place(
    query: dict[str, str], faults: dict[str, str], me: Client
) -> None:
    assert described(me)("GET", "/v1/complaints/nearby", query=query).faults == faults


def test_who_is_not_signed_in_is_told_so_even_without_the_gateway(module: Any) -> None:
    assert anybody(module.handler)("GET", "/v1/complaints").slug == "unauthenticated"


def test_too_many_in_a_day_are_refused_and_a_repeat_is_not_counted(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = world()
    raw["limits"]["complaints_per_person_per_day"] = 2
    handler = load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=raw).handler
    me = described(person(handler))
    first = me("POST", "/v1/complaints", GOOD, key="1")
    assert [me("POST", "/v1/complaints", GOOD, key="1").json for _ in range(5)] == [first.json] * 5
    assert me("POST", "/v1/complaints", GOOD | {"comment": ""}, key="2").status == 422
    assert me("POST", "/v1/complaints", GOOD, key="3").status == 201
    refused = me("POST", "/v1/complaints", GOOD, key="4")
    assert refused.slug == "daily-limit-reached"
    assert refused.json["limit"] == 2
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert me("POST", "/v1/complaints", GOOD, key="1").json == first.json
    assert person(handler, "person-2")("POST", "/v1/complaints", GOOD, key="4").status == 201
    assert stored() == 3


def test_a_repeat_on_a_day_that_is_full_still_finds_what_it_filed(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = world()
    raw["limits"]["complaints_per_person_per_day"] = 1
    module = load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=raw)
    me = person(module.handler)
    first = me("POST", "/v1/complaints", GOOD, key="1")
    for item in CountItem.scan():
        item.update([CountItem.requests.set({"another's"})])
    again = me("POST", "/v1/complaints", GOOD, key="1")
    assert (again.status, again.json) == (201, first.json)
    assert me("POST", "/v1/complaints", GOOD | {"comment": "y"}, key="1").slug == "idempotency-key-reused"
    assert me("POST", "/v1/complaints", GOOD, key="2").slug == "daily-limit-reached"


def test_what_else_a_person_does_has_its_limit_of_the_day_and_says_so(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = world()
    raw["limits"] |= {
        f"{what}_per_person_per_day": 1 for what in ("comments", "declarations", "joins", "devices")
    }
    handler = load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=raw).handler
    me, other = described(person(handler)), person(handler, "person-2")
    path = f"/v1/complaints/{filed(me)['id']}"
    theirs = [filed(other, key=key)["id"] for key in ("1", "2")]

    def phone(name: str) -> Answer:
        return me("PUT", f"/v1/devices/{name}", {"platform": "fcm", "token": name}, accept_language="en")

    done = {
        "comments": lambda key: me("POST", f"{path}/comments", {"text": "x"}, key=f"comment {key}"),
        "declarations": lambda key: me("POST", f"{path}/photos", {"photos": [PHOTO]}, key=f"photo {key}"),
        "joins": lambda key: me("POST", f"/v1/complaints/{theirs[key]}/join", {}),
        "devices": lambda key: phone(f"phone-{key}"),
    }
    said = {"comments": "1 message a day", "declarations": "1 time a day", "joins": "1 complaint a day"}
    for what, do in done.items():
        first = do(0)
        refused = do(1)
        assert (refused.slug, refused.json["limit"]) == ("daily-limit-reached", 1), what
        assert said.get(what, "1 phone a day") in refused.json["detail"]
        assert int(refused.headers["retry-after"]) > 0
        # What was done already is no second time, and is answered as before.
        again = do(0)
        assert (again.status, again.slug if again.status >= 400 else "") == (
            first.status,
            first.slug if first.status >= 400 else "",
        ), what
    # However often under one name: each token is another endpoint at SNS.
    another = me("PUT", "/v1/devices/phone-0", {"platform": "fcm", "token": "another"})
    assert another.slug == "daily-limit-reached"
    for item in CountItem.scan():
        item.update([CountItem.requests.set({"of another day"})])
    assert done["comments"](0).status == 200
    assert done["declarations"](0).status == 201
    assert done["joins"](0).status == 200
    assert done["joins"](1).slug == "daily-limit-reached"
    assert len(ComplaintStore().get(path.rpartition("/")[2]).photos) == 1


def test_an_entrepreneurs_complaint_says_so_to_the_body_and_never_the_number(module: Any) -> None:
    client = person(module.handler)
    assert ComplaintStore().get(filed(client, key="1")["id"]).reporter_kind == "citizen"
    number = {"kind": "entrepreneur", "bin": "000140002217"}
    assert client("PATCH", "/v1/me", number).status == 200
    complaint = ComplaintStore().get(filed(client, key="2")["id"])
    assert complaint.reporter_kind == "entrepreneur"
    assert number["bin"] not in str(list(ComplaintItem.scan()))


# --------------------------------------------------------------------------------------- idempotency
def test_the_same_key_with_another_body_is_refused(me: Client) -> None:
    first = filed(me)
    answer = described(me)("POST", "/v1/complaints", GOOD | {"comment": "another"}, key="k")
    assert (answer.slug, answer.status) == ("idempotency-key-reused", 422)
    spelt = json.dumps(dict(reversed(GOOD.items())), indent=3)
    assert me("POST", "/v1/complaints", raw=spelt, key="k").json == first
    assert stored() == 1


def test_a_draft_whose_answer_was_lost_is_one_complaint_from_whatever_network_and_however_late(
    me: Client,
) -> None:
    start = datetime(2026, 6, 1, 4, tzinfo=UTC)
    body = GOOD | {"written_at": iso(start)}
    with time_machine.travel(start, tick=False) as clock:
        first = filed(me, written_at=iso(start))
        for days in (1, 8, 29, 30, 30.9):
            clock.move_to(start + timedelta(days=days))
            elsewhere = replace(me, headers={"x-forwarded-for": "198.51.100.7", "user-agent": "another"})
            again = elsewhere("POST", "/v1/complaints", body, key="k")
            assert (again.status, again.json) == (201, first), days
        # The same words in another draft are too old by now, and another text under the key is another request.
        assert me("POST", "/v1/complaints", body, key="new").faults == {"/written_at": "not_recent"}
        other = me("POST", "/v1/complaints", body | {"comment": "another"}, key="k")
        assert other.slug == "idempotency-key-reused"
    assert stored() == 1


def test_a_key_is_kept_for_as_long_as_its_draft_may_be_sent(me: Client) -> None:
    assert WRITTEN_AT_MOST + timedelta(days=1) <= REQUEST_KEPT
    filed(me)
    (item,) = (item for item in RequestItem.scan() if item.sk == RequestItem.SK)
    assert item.expires - datetime.now(UTC) > WRITTEN_AT_MOST + CLOCK_SKEW


def test_a_key_is_its_callers_own(me: Client, module: Any) -> None:
    assert filed(me)["id"] != filed(person(module.handler, "person-2"))["id"]


def test_a_repeat_answers_the_uploads_of_the_first_and_of_no_other(me: Client) -> None:
    two = [PHOTO, PHOTO | {"sha256": HASH[::-1]}]
    first = filed(me, photos=two)
    ids = [upload["photo_id"] for upload in first["uploads"]]
    assert len(ids) == 2
    more = described(me)("POST", f"/v1/complaints/{first['id']}/photos", {"photos": [PHOTO]}, key="more")
    (later,) = more.json["uploads"]
    assert later["photo_id"] not in ids
    again = me("POST", "/v1/complaints", GOOD | {"photos": two}, key="k").json
    assert unsigned(again["uploads"]) == unsigned(first["uploads"])
    now = datetime.now(UTC)
    advanced(
        first["id"], lambda each: add_photo(each, ids[0], width=1, height=1, clean_sha256="0" * 64, now=now)
    )
    again = me("POST", "/v1/complaints", GOOD | {"photos": two}, key="k").json
    assert [upload["photo_id"] for upload in again["uploads"]] == ids[1:]
    repeat = me("POST", f"/v1/complaints/{first['id']}/photos", {"photos": [PHOTO]}, key="more")
    assert unsigned(repeat.json["uploads"]) == unsigned([later])


def unsigned(uploads: Any) -> Any:
    """What is the same each time that the uploads are answered; each time they are signed anew, for the same term."""
    return [upload | {"url": upload["url"].partition("?")[0], "expires_at": None} for upload in uploads]


@pytest.mark.slow
def test_one_key_sent_300_times_at_once_is_one_complaint_with_one_set_of_uploads_and_one_answer() -> None:
    draft = SUBMISSION.model_validate(GOOD | {"photos": [PHOTO, PHOTO]}).draft(language="en")
    request = Request(caller="person-1", key="k", digest="d")
    store = ComplaintStore()

    def file_it(_: int) -> tuple[str, tuple[str, ...]]:
        complaint, photo_ids = filed_once(
            lambda: file(draft, region=REGION, reporter="person-1", now=datetime.now(UTC)),
            store=store,
            request=request,
        )
        return complaint.id, tuple(photo_ids)

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(file_it, range(300)))
    assert len(set(answers)) == 1
    assert len(answers[0][1]) == 2
    assert stored() == 1


# ------------------------------------------------------------------------------- the way through it
def test_a_complaint_lives_and_every_answer_is_as_described(me: Client, module: Any) -> None:
    client = described(me)
    made = client(
        "POST",
        "/v1/complaints",
        GOOD
        | {
            "photos": [PHOTO],
            "answers": {"since": "вчера", "days": "2,5"},
            "public_name": "А.",
            "location": PLACE | {"address": "ул. Ленина, 12"},
            "written_at": iso(datetime.now(UTC) - timedelta(days=2)),
        },
        key="1",
    )
    complaint_id = made.json["id"]
    address = f"/v1/complaints/{complaint_id}"
    assert made.headers["location"] == address
    now = datetime.now(UTC)
    photo_id = made.json["uploads"][0]["photo_id"]
    advanced(
        complaint_id,
        lambda each: with_assignment(
            add_photo(each, photo_id, width=4, height=3, clean_sha256="0", now=now), region=REGION, now=now
        ),
    )
    shown = client("GET", address).json
    assert shown["answers"] == {"since": "вчера", "days": "2,5"}
    (photo,) = shown["photos"]
    assert (photo["shown"], "url" in photo) == ("preparing", False)
    assert photo["shown_text"].endswith("is being prepared.")
    advanced(complaint_id, lambda each: redact(each, photo_id, boxes=(), by=SYSTEM, now=now))
    (photo,) = client("GET", address).json["photos"]
    assert photo["shown"] == "public"
    for name in ("url", "thumbnail_url"):
        assert f"/public/{complaint_id}/{photo_id}.1." in photo[name]
    assert shown["timeline"][0]["type"] == "complaint.submitted"
    assert client("GET", "/v1/complaints").json["items"][0]["status"] == "assigned"

    near = client("GET", "/v1/complaints/nearby", query={"category": "rubbish", "lat": "52.5", "lon": "76.5"})
    assert [(each["id"], each["mine"]) for each in near.json["items"]] == [(complaint_id, True)]
    neighbour = described(person(module.handler, "person-2"))
    (near,) = neighbour(
        "GET", "/v1/complaints/nearby", query={"category": "rubbish", "lat": "52.5", "lon": "76.5"}
    ).json["items"]
    assert (near["mine"], near["overdue"], near["escalation_level"]) == (False, False, 0)
    assert (near["agency"]["name"], near["due_at"]) == ("Housing", shown["due_at"])
    assert (near["category"], near["category_name"], near["joined"]) == ("rubbish", "Rubbish", 0)
    assert (near["submitted_at"], near["location"]) == (shown["submitted_at"], {"lat": 52.5, "lon": 76.5})
    assert neighbour("POST", f"{address}/join", {}).status == 200
    assert neighbour("POST", f"{address}/join", {}).status == 200
    refused = client("POST", f"{address}/join", {})
    assert (refused.slug, refused.json["key"], refused.json["state"]) == (
        "conflict",
        "own_complaint",
        "assigned",
    )
    assert refused.json["possible"] == shown["possible"]
    assert set(shown["possible"]) == {"comment", "expect_photo", "withdraw", "recategorise", "relocate"}
    theirs = neighbour("GET", address).json
    assert theirs["joined"] == 1
    assert not {"answers", "public_name", "possible"} & set(theirs)
    assert neighbour("GET", "/v1/complaints").json["items"][0]["joined_by_me"] is True

    assert client("POST", f"{address}/comments", {"text": "Ещё там."}, key="2").status == 200
    assert client("POST", f"{address}/comments", {"text": "Ещё там."}, key="2").status == 200
    assert client("POST", f"{address}/comments", {"text": "Ещё там."}).slug == "idempotency-key-missing"
    assert client("POST", f"{address}/confirm", {}).slug == "move-refused"
    early = client("GET", f"{address}/appeal", accept_language="en")
    assert (early.status, early.json["key"]) == (409, "appeal_too_early")
    assert early.json["detail"].startswith("The body has until ")
    assert neighbour("GET", f"{address}/appeal").json["key"] == "appeal_too_early"
    assert person(module.handler, "person-3")("GET", f"{address}/appeal").slug == "not-found"
    advanced(complaint_id, answered)
    assert client("POST", f"{address}/refute", {}, key="r").faults == {"/reason": "missing"}
    assert client("POST", f"{address}/refute", {"reason": "x", "photos": ["y"]}, key="r").faults == {
        "/photos/0": "unknown_photo"
    }
    assert (
        client("POST", f"{address}/refute", {"reason": "Не вывезен."}, key="r").json["status"] == "assigned"
    )
    late = ComplaintStore().get(complaint_id).due_at
    assert late is not None
    advanced(complaint_id, lambda each: escalation.tick(each, region=REGION, now=late + timedelta(seconds=1)))
    if ComplaintStore().get(complaint_id).escalation_level == 0:
        advanced(
            complaint_id, lambda each: escalation.tick(each, region=REGION, now=late + timedelta(seconds=2))
        )
    appeal = client("GET", f"{address}/appeal")
    assert set(appeal.json["texts"]) == {"kk", "ru", "en"}
    advanced(complaint_id, answered)
    assert client("GET", address).json["answer"]["outcome"] == "resolved"
    assert client("POST", f"{address}/confirm", raw="").json["status"] == "closed"
    assert client("POST", f"{address}/confirm", {}).json["status"] == "closed"
    assert client("POST", f"{address}/photos", {"photos": [PHOTO]}, key="3").slug == "move-refused"
    second = filed(me, key="9")
    assert client("POST", f"/v1/complaints/{second['id']}/withdraw", {"reason": "Уже убрали"}).status == 200
    events = [line["type"] for line in client("GET", address).json["timeline"]]
    assert events.count("complaint.commented") == 1
    assert events.count("complaint.joined") == 1


def test_what_is_open_is_open_and_as_described(module: Any) -> None:
    client = described(anybody(module.handler))
    assert [each["id"] for each in client("GET", "/v1/categories").json["items"]] == list(RAW["categories"])
    assert client("GET", "/v1/agencies").json["items"][0]["name"] == "Housing"
    assert client("GET", "/v1/webhook-addresses").json == {"items": []}
    assert client("GET", "/v1/categories").headers["vary"] == "accept-language"
    assert client("GET", "/v1/region").json["id"] == RAW["id"]


def test_what_is_overdue_at_the_top_everybody_can_see_and_nothing_that_a_person_wrote(
    me: Client, module: Any
) -> None:
    place = {"lat": 52.123456, "lon": 76.654321, "address": "улица Мира, 1"}
    body = GOOD | {"comment": "Тайна соседа", "location": place, "public_name": "Айгуль"}
    complaint_id = me("POST", "/v1/complaints", body, key="1").json["id"]
    client = described(anybody(module.handler))
    assert client("GET", "/v1/overdue").json == {"items": [], "cursor": None}
    far = datetime.now(UTC)
    while not ComplaintStore().get(complaint_id).overdue:
        far += timedelta(days=30)
        advanced(complaint_id, partial(escalation.tick, region=REGION, now=far))
    listed = client("GET", "/v1/overdue")
    (shown,) = listed.json["items"]
    complaint = ComplaintStore().get(complaint_id)
    assert shown["location"] == {"lat": 52.123, "lon": 76.654}
    assert shown["district"] == "west"
    assert shown["overdue_since"] == shown["missed_at"] == iso(complaint.due_at)
    assert (shown["missed"], shown["missed_by"]["id"]) == ("silence", "housing")
    assert shown["escalation_level"] == complaint.escalation_level
    assert [each["id"] for each in (shown["agency"], *shown["escalated_to"])] == [
        "housing",
        "akimat",
        "ministry",
    ]
    for personal in ("person", "Тайна", "Айгуль", "Мира", complaint_id, "52.1234"):
        assert personal not in listed.text
    assert "max-age" in listed.headers["cache-control"]
    passed_at = far + timedelta(days=3)
    akimat = Actor(kind=ActorKind.AGENCY, id="akimat")
    advanced(
        complaint_id,
        lambda each: agency.transfer(
            each, by=akimat, to="roads", reason="It is theirs.", region=REGION, now=passed_at
        ),
    )
    (shown,) = client("GET", "/v1/overdue").json["items"]
    assert (shown["agency"]["id"], shown["missed_by"]["id"]) == ("roads", "housing")
    assert (shown["overdue_since"], shown["missed_at"]) == (iso(passed_at), iso(complaint.due_at))
    assert client("GET", "/v1/overdue", query={"cursor": "x"}).faults == {"cursor": "wrong_form"}
    advanced(complaint_id, answered)
    assert client("GET", "/v1/overdue").json["items"] == []


@pytest.mark.parametrize(("language", "words"), [("en", "damaged"), ("ru", "повреждён"), ("kk", "бүлінген")])
def test_a_refused_photo_says_why_in_the_readers_words(me: Client, language: str, words: str) -> None:
    made = filed(me, photos=[PHOTO | {"content_type": "image/heif"}])
    photo = made["uploads"][0]["photo_id"]
    advanced(made["id"], lambda each: refuse_photo(each, photo, reason="corrupt", now=datetime.now(UTC)))
    view = described(me)("GET", f"/v1/complaints/{made['id']}", accept_language=language).json
    (shown,) = view["photos"]
    assert (shown["status"], shown["reason"]) == ("refused", "corrupt")
    assert words in shown["reason_text"].lower()


def test_it_shows_when_it_was_written(me: Client) -> None:
    written = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    offset = written.astimezone(timezone(timedelta(hours=5))).isoformat()
    for sent, shown in ((offset, iso(written)), (None, None)):
        made = filed(me, key=f"{sent}", **({"written_at": sent} if sent else {}))
        assert described(me)("GET", f"/v1/complaints/{made['id']}").json["written_at"] == shown


def test_leaving_does_not_give_the_day_anew(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = world()
    raw["limits"]["complaints_per_person_per_day"] = 1
    handler = load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=raw).handler
    me = person(lambda event, _: handler(event, SimpleNamespace(get_remaining_time_in_millis=lambda: 15_000)))
    filed(me)
    assert me("DELETE", "/v1/me").json["complete"]
    assert me("POST", "/v1/complaints", GOOD, key="new").slug == "daily-limit-reached"


def test_an_internal_comment_of_agencies_is_shown_to_no_person(me: Client) -> None:
    complaint_id = filed(me)["id"]
    by = Actor(kind=ActorKind.AGENCY, id="housing")
    secret = "Проверить, кто это."
    advanced(
        complaint_id,
        lambda each: agency.comment(each, by=by, text=secret, internal=True, now=datetime.now(UTC)),
    )
    assert secret not in me("GET", f"/v1/complaints/{complaint_id}").text


# ------------------------------------------------------------------------------------ when it fails
def test_a_complaint_that_is_always_changed_first_is_503_with_retry_after(
    me: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint_id = filed(me)["id"]
    tries = []

    def stale(*_: Any, **__: Any) -> None:
        tries.append(1)
        raise Stale

    monkeypatch.setattr(ComplaintStore, "write", stale)
    monkeypatch.setattr("functions.records.move.time.sleep", lambda _: None)
    answer = described(me)("POST", f"/v1/complaints/{complaint_id}/comments", {"text": "x"}, key="c")
    assert (answer.slug, answer.status, answer.headers["retry-after"]) == ("unavailable", 503, "1")
    assert len(tries) > 3


def test_numbers_that_are_all_taken_are_503(me: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: Any, **__: Any) -> None:
        raise NumberTaken

    monkeypatch.setattr(ComplaintStore, "write", taken)
    assert me("POST", "/v1/complaints", GOOD, key="k").slug == "unavailable"


# ---------------------------------------------------------------------------- words, and only words
def logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    out, err = capsys.readouterr()
    return out + err + caplog.text + "".join(str(record.__dict__) for record in caplog.records)


CANARY = "Қанарейка-7781-Ivan"


def test_what_a_person_wrote_is_in_no_line_of_the_log(
    me: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    body = GOOD | {
        "comment": CANARY,
        "public_name": CANARY,
        "location": PLACE | {"address": CANARY},
        "answers": {"since": CANARY},
    }
    me("POST", "/v1/complaints", body, key="ok")
    me("POST", "/v1/complaints", body | {"category": CANARY, CANARY: CANARY}, key="bad")
    me("GET", f"/v1/complaints/{CANARY}")

    def fails(change: Any, **_: Any) -> None:
        try:
            raise KeyError(change.after.comment)
        except KeyError as error:
            raise RuntimeError(f"cannot write {change.after}") from error

    monkeypatch.setattr(ComplaintStore, "write", lambda _, change, **more: fails(change, **more))
    answer = me("POST", "/v1/complaints", body, key="500")
    assert (answer.slug, answer.status) == ("internal", 500)
    assert CANARY not in answer.text
    said = logged(capsys, caplog)
    assert CANARY not in said
    assert "request failed" in said
    assert "RuntimeError" in said
    assert "KeyError" in said
    assert "test_intake_api" in said


FILLED_IN = {"/comment": 2_000, "/public_name": 100, "/location/address": 300, "/answers/since": 500}
"""The fields of a complaint that hold what a person wrote, and how many characters they take."""


def with_texts(texts: Mapping[str, str]) -> dict[str, Any]:
    return GOOD | {
        "comment": texts["/comment"],
        "public_name": texts["/public_name"],
        "location": PLACE | {"address": texts["/location/address"]},
        "answers": {"since": texts["/answers/since"]},
    }


def texts_of(shown: Any) -> dict[str, Any]:
    return {
        "/comment": shown["comment"],
        "/public_name": shown["public_name"],
        "/location/address": shown["location"]["address"],
        "/answers/since": shown["answers"]["since"],
    }


SUBMISSION = submission(REGION, now=lambda: datetime.now(UTC))


def drafted(body: Any) -> set[str]:
    """The fields that are refused."""
    try:
        SUBMISSION.model_validate(body)
    except ValidationError as refused:
        return {"/" + "/".join(map(str, error["loc"])) for error in refused.errors()}
    return set()


@pytest.mark.parametrize("field", FILLED_IN)
def test_each_naughty_string_is_taken_or_refused_with_its_field(field: str) -> None:
    for text in NAUGHTY:
        blank = is_blank(text) and field in ("/comment", "/public_name")
        broken = is_broken(text, lines=field != "/public_name")
        refused = blank or broken or len(text) > FILLED_IN[field]
        body = with_texts(dict.fromkeys(FILLED_IN, "good") | {field: text})
        assert drafted(body) == ({field} if refused else set()), text


@pytest.mark.slow
@pytest.mark.parametrize("tenth", range(10))
def test_naughty_strings_are_filed_and_shown_to_the_byte(tenth: int, me: Client) -> None:
    texts = {field: packed(most, lines=field != "/public_name") for field, most in FILLED_IN.items()}
    for number in range(tenth, max(len(each) for each in texts.values()), 10):
        turn = {field: each[number % len(each)] for field, each in texts.items()}
        answer = me("POST", "/v1/complaints", with_texts(turn), key=f"{number}")
        assert answer.status == 201, (turn, answer.text)
        assert texts_of(me("GET", f"/v1/complaints/{answer.json['id']}").json) == turn


@pytest.mark.parametrize(
    ("verb", "field"), [("comments", "text"), ("refute", "reason"), ("withdraw", "reason")]
)
def test_naughty_strings_said_later_are_kept_to_the_byte_or_refused(
    verb: str, field: str, me: Client
) -> None:
    wrong = [text for text in NAUGHTY if is_blank(text) or is_broken(text)]
    assert len(wrong) > 5
    complaint_id = filed(me, key="blank")["id"]
    for text in wrong:
        refused = me("POST", f"/v1/complaints/{complaint_id}/{verb}", {field: text}, key="blank")
        assert set(refused.faults) == {f"/{field}"}, text
    for text in packed(2_000):
        complaint_id = filed(me, key=hashlib.sha256(text.encode()).hexdigest())["id"]
        advanced(complaint_id, answered)
        assert (
            me("POST", f"/v1/complaints/{complaint_id}/{verb}", {field: text}, key=complaint_id).status == 200
        )
        said = me("GET", f"/v1/complaints/{complaint_id}").json["timeline"][-1]["body"]
        assert said.endswith(text)


@pytest.mark.parametrize("field", FILLED_IN)
@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(
            (each, "empty")
            for each in ("\u200b\ufeff", "\u3164", "\u2800 \u2800", "\ufe0f", "\u00a0\n", "\u2060")
        ),
        *((each, "not_text") for each in ("а\ufffdб", "а\0б", "\0", "\x1b[31m", "\ufffd", "а\x7f")),
    ],
)
def test_what_is_unseen_counts_as_empty_and_what_is_broken_is_refused(
    field: str, text: str, key: str, me: Client
) -> None:
    answer = described(me)(
        "POST", "/v1/complaints", with_texts(dict.fromkeys(FILLED_IN, "good") | {field: text}), key="k"
    )
    if key == "empty" and field in ("/location/address", "/answers/since"):
        assert answer.status == 201, answer.text
        shown = me("GET", f"/v1/complaints/{answer.json['id']}").json
        assert shown["location"]["address"] == (None if field == "/location/address" else "good")
    else:
        assert answer.faults == {field: key}


@pytest.mark.parametrize("field", ["category", "written_at"])
def test_naughty_strings_are_no_category_and_no_time(field: str) -> None:
    for text in NAUGHTY:
        assert drafted(GOOD | {field: text}) == {f"/{field}"}, text


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
    | st.sampled_from(["rubbish", "image/jpeg", HASH, "2026-03-03T04:05:06Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def nearly_good(draw: st.DrawFn) -> Any:
    """A good body with a few of its places changed, so that the checks behind the first one are reached."""
    body = deepcopy(
        GOOD | {"photos": [PHOTO], "answers": {"since": "x"}, "written_at": iso(datetime.now(UTC))}
    )
    for _ in range(draw(st.integers(0, 3))):
        holder: Any = body
        name = draw(st.sampled_from([*body, "public_name", "x"]))
        if draw(st.booleans()) and isinstance(holder.get(name), dict):
            holder, name = (
                holder[name],
                draw(st.text(max_size=8) | st.sampled_from(["lat", "lon", "address"])),
            )
        holder[name] = draw(JSON)
    return body


@settings(
    max_examples=draws(gate=40, whole=400),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=nearly_good() | JSON, key=st.text(max_size=300))
def test_no_body_and_no_key_ever_breaks_it(body: Any, key: str, me: Client) -> None:
    answer = me("POST", "/v1/complaints", raw=json.dumps(body), key=key)
    assert answer.status in {201, 400, 422}, answer.text
    assert_described("POST", "/v1/complaints", answer)


@settings(
    max_examples=draws(gate=30, whole=300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(raw=st.binary(max_size=200) | st.text(max_size=200), path=st.text(max_size=40))
def test_no_bytes_and_no_address_ever_break_it(raw: bytes | str, path: str, me: Client) -> None:
    assert me("POST", "/v1/complaints", raw=raw, key="k").status < 500
    assert me("GET", f"/v1/complaints/{path}").status < 500
    assert me("POST", f"/v1/complaints/{path}/comments", raw=raw, key="k").status < 500
    assert me("GET", "/v1/complaints", query={"cursor": path, "limit": path}).status < 500
    assert me("GET", "/v1/complaints/nearby", query={"category": path, "lat": path}).status < 500


def test_whoever_joined_leaves_and_the_count_follows_however_often_it_is_asked(module: Any) -> None:
    me, neighbour = described(person(module.handler)), described(person(module.handler, "person-2"))
    path = f"/v1/complaints/{filed(me)['id']}"
    # Who has not joined has left already.
    assert neighbour("DELETE", f"{path}/join").status == 204
    assert me("DELETE", f"{path}/join").status == 204
    for joined in (1, 2):
        assert neighbour("POST", f"{path}/join", {}).status == 200
        assert me("GET", path).json["joined"] == 1
        for _ in range(2):
            assert neighbour("DELETE", f"{path}/join").status == 204
        assert neighbour("GET", path).status == 404
        assert neighbour("GET", "/v1/complaints").json["items"] == []
        shown = me("GET", path).json
        assert shown["joined"] == 0
        types = [step["type"] for step in shown["timeline"]]
        assert (types.count("complaint.joined"), types.count("complaint.left")) == (joined, joined)
    assert neighbour("DELETE", "/v1/complaints/01JNZ5V2B8Q4M7T9XWYC3D6FGH/join").status == 404


def test_whoever_joined_leaves_what_has_ended_and_it_stays_as_it_ended(module: Any) -> None:
    me, neighbour = described(person(module.handler)), described(person(module.handler, "person-2"))
    path = f"/v1/complaints/{filed(me)['id']}"
    assert neighbour("POST", f"{path}/join", {}).status == 200
    advanced(path.rpartition("/")[2], answered)
    ended = me("POST", f"{path}/confirm", {}).json
    for _ in range(2):
        assert neighbour("DELETE", f"{path}/join").status == 204
    assert neighbour("GET", "/v1/complaints").json["items"] == []
    assert me("GET", path).json["version"] == ended["version"]


def test_what_others_have_joined_is_theirs_when_it_is_taken_back(module: Any) -> None:
    me, neighbour = described(person(module.handler)), described(person(module.handler, "person-2"))
    stranger = described(person(module.handler, "person-3"))
    path = f"/v1/complaints/{filed(me)['id']}"
    assert neighbour("POST", f"{path}/join", {}).status == 200
    assert "possible" not in neighbour("GET", path).json
    assert me("POST", f"{path}/withdraw", {"reason": "Moved"}, key="back").json["status"] == "assigned"
    # Sent again under its key it is answered as it was; it is theirs no more.
    assert me("POST", f"{path}/withdraw", {"reason": "Moved"}, key="back").status == 200
    assert me("GET", path).status == me("POST", f"{path}/withdraw", {}).status == 404
    assert me("GET", "/v1/complaints").json["items"] == []
    advanced(path.rpartition("/")[2], answered)
    shown = neighbour("GET", path).json
    assert shown["possible"] == ["refute", "join", "leave"]
    assert shown["timeline"][-2]["type"] == "complaint.left_to_joiners"
    for who in (me, stranger):
        assert who("POST", f"{path}/refute", {"reason": "No"}, key="no").status == 404
    assert neighbour("POST", f"{path}/confirm", {}).status == 404
    assert neighbour("POST", f"{path}/refute", {"reason": "Тут"}, key="no").json["status"] == "assigned"
    assert "Тут" in str(EventItem.get(f"complaint#{path[15:]}", "event#000006").data)
    assert neighbour("DELETE", f"{path}/join").status == 204
    assert "Тут" not in str([item.attribute_values for item in EventItem.scan()])
    assert stranger("POST", f"{path}/join", {}).status == 200


def test_what_was_closed_is_reported_again_by_whose_it_was_and_starts_one_rung_up(module: Any) -> None:
    me, neighbour = described(person(module.handler)), described(person(module.handler, "person-2"))
    first = filed(me)
    path = f"/v1/complaints/{first['id']}"

    def refused(who: Client, name: str) -> str:
        answer = who("POST", "/v1/complaints", GOOD | {"again_of": name}, key=str(uuid4()))
        assert (answer.status, list(answer.faults)) == (422, ["/again_of"])
        return answer.faults["/again_of"]

    assert refused(me, first["id"]) == "again_not_closed"
    advanced(first["id"], answered)
    assert me("POST", f"{path}/confirm", {}).status == 200
    nobodys = {
        refused(neighbour, first["id"]),
        refused(neighbour, first["number"]),
        refused(me, "01JNZ5V2B8Q4M7T9XWYC3D6FGH"),
        refused(me, "of last week"),
    }
    assert nobodys == {"unknown_complaint"}
    for _ in range(2):
        again = filed(me, key="again", again_of=first["number"])
    shown = me("GET", f"/v1/complaints/{again['id']}").json
    assert (shown["again_of"], shown["escalation_level"]) == (first["id"], 1)
    assert neighbour("POST", f"/v1/complaints/{again['id']}/join", {}).status == 200
    others = neighbour("GET", f"/v1/complaints/{again['id']}").json
    assert others["again_of"] is None
    assert first["id"] not in str(others)


def test_what_was_reported_again_in_time_is_answered_so_whenever_it_is_sent_again(module: Any) -> None:
    me = described(person(module.handler))
    first = filed(me)
    advanced(first["id"], answered)
    assert me("POST", f"/v1/complaints/{first['id']}/confirm", {}).status == 200
    again = filed(me, key="again", again_of=first["id"])
    late = utc_now() + timedelta(days=91)
    with time_machine.travel(late, tick=False):
        assert filed(me, key="again", again_of=first["id"])["id"] == again["id"]
        assert me("POST", "/v1/complaints", GOOD | {"again_of": first["id"]}, key="new").status == 422


def test_joining_again_after_leaving_counts_once_more_in_the_day(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one person makes as many events as they like of one complaint."""
    raw = world()
    raw["limits"] |= {"joins_per_person_per_day": 2}
    handler = load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=raw).handler
    me, neighbour = described(person(handler)), described(person(handler, "person-2"))
    path = f"/v1/complaints/{filed(me)['id']}"
    for _ in range(2):
        assert neighbour("POST", f"{path}/join", {}).status == 200
        assert neighbour("DELETE", f"{path}/join").status == 204
    assert neighbour("POST", f"{path}/join", {}).slug == "daily-limit-reached"


def test_whose_it_is_and_by_when_is_answered_at_once_and_however_often_it_is_sent(me: Client) -> None:
    made = filed(me)
    assert (made["status"], made["agency"]["name"], made["version"]) == ("assigned", "Housing", 2)
    assert made["due_at"] > made["submitted_at"]
    assert made["deadline_explanation"].startswith("Due ")
    assert "waits_for" not in made
    assert filed(me) == made
    timeline = me("GET", f"/v1/complaints/{made['id']}").json["timeline"]
    assert [step["type"] for step in timeline] == ["complaint.submitted", "complaint.assigned"]


def test_what_waits_for_photos_says_until_when_and_whose_it_will_be(me: Client) -> None:
    me = described(me)
    made = filed(me, photos=[PHOTO, PHOTO])
    assert (made["status"], made["agency"], made["due_at"]) == ("awaiting_photos", None, None)
    waits = made["waits_for"]
    assert waits["until"] == iso(parse_iso(made["submitted_at"]) + timedelta(hours=24))
    assert waits["photos"] == [each["photo_id"] for each in made["uploads"]]
    assert waits["agency"] == {"id": "housing", "name": "Housing"}
    assert waits["text"].startswith("We are waiting for 2 photos until ")
    shown = me("GET", f"/v1/complaints/{made['id']}").json
    assert shown["waits_for"] == waits
    assert "skip_photos" in shown["possible"]


def test_going_on_without_photos_is_one_call_and_one_that_comes_later_is_added(me: Client) -> None:
    me = described(me)
    made = filed(me, photos=[PHOTO])
    path = f"/v1/complaints/{made['id']}"
    (photo_id,) = made["waits_for"]["photos"]
    for _ in range(2):
        gone_on = me("POST", f"{path}/photos/skip").json
        assert (gone_on["status"], gone_on["agency"]["name"], gone_on["version"]) == (
            "assigned",
            "Housing",
            3,
        )
    timeline = me("GET", path).json["timeline"]
    assert [step["type"].partition(".")[2] for step in timeline] == ["submitted", "photo_missed", "assigned"]
    assert timeline[1]["title"] == "Photos not waited for"
    advanced(
        made["id"],
        lambda each: add_photo(each, photo_id, width=4, height=3, clean_sha256="0", now=datetime.now(UTC)),
    )
    shown = me("GET", path).json
    assert (shown["status"], shown["photos"][0]["status"]) == ("assigned", "ready")
    assert me("POST", f"{path}/withdraw").status == 200
    assert me("POST", f"{path}/photos/skip").slug == "move-refused"


def test_nobody_else_goes_on_without_photos_or_has_a_request_for_them(me: Client, module: Any) -> None:
    made = filed(me, photos=[PHOTO])
    path = f"/v1/complaints/{made['id']}/photos"
    (photo_id,) = made["waits_for"]["photos"]
    other = described(person(module.handler, "person-2"))
    assert other("POST", f"{path}/skip").slug == "not-found"
    assert other("POST", f"{path}/{photo_id}/upload").slug == "not-found"
    assert ComplaintStore().get(made["id"]).status == Status.AWAITING_PHOTOS


def test_danger_waits_for_no_photo_and_its_photos_follow(me: Client) -> None:
    me = described(me)
    made = filed(me, category="open_manhole", photos=[PHOTO])
    assert made["status"] == "assigned"
    assert "waits_for" not in made
    (upload,) = made["uploads"]
    path = f"/v1/complaints/{made['id']}"
    assert "1 photo is to follow" in me("GET", path).json["timeline"][0]["body"]
    before = ComplaintStore().get(made["id"])
    advanced(
        made["id"],
        lambda each: refuse_photo(each, upload["photo_id"], reason="corrupt", now=datetime.now(UTC)),
    )
    after = ComplaintStore().get(made["id"])
    assert (after.status, after.due_at, after.acknowledge_by) == (
        before.status,
        before.due_at,
        before.acknowledge_by,
    )


def test_a_lost_request_for_a_photo_is_renewed_until_the_photo_is_there(me: Client) -> None:
    me = described(me)
    made = filed(me, photos=[PHOTO, PHOTO])
    first, second = (each["photo_id"] for each in made["uploads"])
    path = f"/v1/complaints/{made['id']}/photos"
    renewed = me("POST", f"{path}/{first}/upload")
    assert renewed.status == 200
    assert (renewed.json["photo_id"], renewed.json["method"]) == (first, "PUT")
    assert renewed.json["url"].partition("?")[0] == made["uploads"][0]["url"].partition("?")[0]
    assert renewed.json["headers"] == made["uploads"][0]["headers"]
    now = datetime.now(UTC)
    # One that was not waited for may still come.
    assert me("POST", f"{path}/skip").status == 200
    assert me("POST", f"{path}/{second}/upload").status == 200
    advanced(
        made["id"],
        lambda each: add_photo(each, first, width=4, height=3, clean_sha256="0", now=now),
        lambda each: refuse_photo(each, second, reason="corrupt", now=now),
    )
    for photo_id, key in ((first, "photo_there"), (second, "photo_refused")):
        refused = me("POST", f"{path}/{photo_id}/upload")
        assert (refused.status, refused.json["key"], refused.json["state"]) == (409, key, "assigned")
    for unknown in ("01JNZ5V2B8Q4M7T9XWYC3D6FGH", "x", "%00"):
        assert me("POST", f"{path}/{unknown}/upload").slug == "not-found"


def test_requests_for_photos_are_counted_as_declarations(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = world()
    raw["limits"] |= {"declarations_per_person_per_day": 1}
    handler = load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=raw).handler
    me = described(person(handler))
    made = filed(me, photos=[PHOTO, PHOTO])
    first, second = (each["photo_id"] for each in made["uploads"])
    path = f"/v1/complaints/{made['id']}/photos"
    assert me("POST", f"{path}/{first}/upload").status == 200
    assert me("POST", f"{path}/{second}/upload").slug == "daily-limit-reached"
