"""The agency's API: the worklist, every move, what is refused and how, and what is not this agency's."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.complaints.clock import iso
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.moves import citizen, escalation
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.moves.photos import add_photo
from functions.complaints.wording import has_words, is_broken, seen_length
from functions.edge.fields import Body
from functions.records.move import move
from functions.records.store import ComplaintStore
from functions.route.api.answering import Answer as AnswerBody
from functions.route.api.conversing import Question, Remark
from functions.route.api.extending import Extension
from functions.route.api.passing_on import Instruction, Transfer
from tests.dynamodb import tables
from tests.functions.api_client import Answer, Client, load, officer
from tests.naughty import NAUGHTY, packed
from tests.openapi_answers import assert_described
from tests.region_fixture import EAST, RAW, WEST, region
from tests.sweeps import draws

REGION = region()
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PHOTO = {"content_type": "image/jpeg", "size": 1_000, "sha256": HASH}
REASON = "Этот люк на балансе отдела дорог."
CITIZEN = Actor(kind=ActorKind.CITIZEN, id="person-1")
NOWHERE = "01JNZ5V2B8Q4M7T9XWYC3D6FGH"
LEVEL = timedelta(days=60)


@pytest.fixture(scope="module")
def handler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("asset")
        module = load("functions.route.api.handler", folder=folder, monkeypatch=patch, raw=RAW)
        patch.setattr("functions.edge.throttle.PER_MINUTE", 10**9)
        yield module.handler


@pytest.fixture(autouse=True)
def table(handler: Any) -> Iterator[None]:
    with tables():
        yield


@pytest.fixture
def housing(handler: Any) -> Client:
    return described(officer(handler))


@pytest.fixture
def roads(handler: Any) -> Client:
    return described(officer(handler, "roads"))


def described(client: Client) -> Client:
    """The same client, with every answer held to the OpenAPI document."""

    class Held:
        def __call__(self, method: str, path: str, *args: Any, **more: Any) -> Answer:
            answer = client(method, path, *args, **more)
            assert_described(method, path, answer)
            return answer

    return Held()  # type: ignore[return-value]


def given_to_housing(
    *,
    category: str = "rubbish",
    place: tuple[float, float] = WEST,
    at: datetime | None = None,
    photos: int = 0,
) -> Complaint:
    """A complaint in the tables that was assigned."""
    now = at or datetime.now(UTC)
    declared = tuple(DeclaredPhoto(content_type="image/jpeg", size=10, sha256=HASH) for _ in range(photos))
    draft = Draft(category=category, comment="Мусор", lat=place[0], lon=place[1], photos=declared)
    made = file(draft, region=REGION, reporter="person-1", now=now)
    store = ComplaintStore()
    store.write(made)
    for photo in made.after.photos:
        advanced(
            made.after.id,
            lambda each, photo=photo: add_photo(each, photo.id, width=2, height=1, clean_sha256="0", now=now),
        )
    return advanced(made.after.id, lambda each: assign(each, region=REGION, now=now))


def advanced(complaint_id: str, decide: Any) -> Complaint:
    complaint, _ = move(ComplaintStore(), complaint_id, decide)
    return complaint


def missed(complaint: Complaint) -> Complaint:
    """Its deadline passed, and the body above was told."""
    while not complaint.escalated_to:
        assert complaint.due_at is not None
        late = complaint.due_at + timedelta(seconds=1)
        complaint = advanced(complaint.id, partial(escalation.tick, region=REGION, now=late))
    return complaint


def unsigned(receipt: dict[str, Any]) -> dict[str, Any]:
    """What is the same each time that it is answered; each time the uploads are signed anew, for the same term."""
    uploads = [
        upload | {"url": upload["url"].partition("?")[0], "expires_at": None} for upload in receipt["uploads"]
    ]
    return receipt | {"uploads": uploads}


def at(complaint: Complaint, verb: str = "") -> str:
    return f"/v1/agency/complaints/{complaint.id}" + (f"/{verb}" if verb else "")


MOVES: dict[str, Any] = {
    "acknowledge": {},
    "answer": {"outcome": "declined", "text": "Это частная земля, договор на вывоз не заключён."},
    "transfer": {"to": "roads", "reason": REASON},
    "split": {"parts": [{"to": "roads", "text": REASON}]},
    "extend": {"by": "P2BD", "reason": REASON},
    "ask": {"text": "Какой подъезд?"},
    "comment": {"text": "Бригада выехала.", "internal": True},
    "photos": {"photos": [PHOTO]},
}


# ------------------------------------------------------------------------------------ what is whose
@pytest.mark.parametrize("verb", ["", *MOVES])
def test_what_is_not_this_agencys_does_not_exist(verb: str, roads: Client) -> None:
    complaint = given_to_housing()
    method = "POST" if verb else "GET"
    for address in (at(complaint, verb), at(complaint, verb).replace(complaint.id, NOWHERE)):
        answer = roads(method, address, MOVES.get(verb), key="k")
        assert (answer.status, answer.slug) == (404, "not-found")
    assert ComplaintStore().get(complaint.id).version == complaint.version


@pytest.mark.parametrize("address", ["x", "x" * 5_000, "TST-26-000000", "a-b-" + "c" * 3_000, "%", "-", "Қ"])
def test_an_address_that_cannot_be_one_is_404(address: str, housing: Client) -> None:
    assert housing("GET", f"/v1/agency/complaints/{address}").status == 404
    assert housing("POST", f"/v1/agency/complaints/{address}/acknowledge", {}).status == 404


@pytest.mark.parametrize("verb", MOVES)
def test_a_key_that_may_only_read_moves_nothing(verb: str, handler: Any) -> None:
    complaint = given_to_housing()
    reader = described(officer(handler, scopes="read"))
    assert reader("POST", at(complaint, verb), MOVES[verb], key="k").slug == "forbidden"
    assert reader("GET", at(complaint)).status == 200
    assert described(officer(handler, scopes=""))("GET", at(complaint)).slug == "forbidden"


def test_the_supervising_body_sees_what_was_escalated_to_it_and_nothing_else(handler: Any) -> None:
    akimat = described(officer(handler, "akimat"))
    calm, late = given_to_housing(), given_to_housing()
    missed(late)
    items = akimat("GET", "/v1/agency/complaints").json["items"]
    assert [(item["id"], item["role"]) for item in items] == [(late.id, "supervisor")]
    assert akimat("GET", at(late)).json["escalated_to"] == ["akimat"]
    assert akimat("GET", at(calm)).status == 404


def test_who_passed_it_on_may_still_read_it_but_no_internal_comment_of_the_others(
    housing: Client, roads: Client
) -> None:
    complaint = given_to_housing()
    ours = {"text": "Между собой: чей это двор?", "internal": True}
    assert housing("POST", at(complaint, "comment"), ours, key="1").status == 200
    assert (
        housing("POST", at(complaint, "transfer"), MOVES["transfer"], key="M-transfer").json["agency"]
        == "roads"
    )
    theirs = {"text": "Только для отдела дорог", "internal": True}
    assert roads("POST", at(complaint, "comment"), theirs, key="1").status == 200
    assert theirs["text"] in roads("GET", at(complaint)).text
    seen = housing("GET", at(complaint))
    assert seen.status == 200
    assert theirs["text"] not in seen.text
    assert housing("POST", at(complaint, "acknowledge"), {}).status == 404


# ------------------------------------------------------------------------------------------- rejects
WRONG: list[tuple[str, Any, dict[str, str]]] = [
    ("acknowledge", {"x": 1}, {"/x": "unknown_field"}),
    ("answer", {}, {"/outcome": "missing", "/text": "missing"}),
    ("answer", {"outcome": "not_ours", "text": "x" * 30}, {"/outcome": "not_ours_is_a_transfer"}),
    ("answer", {"outcome": "done", "text": "x" * 30}, {"/outcome": "unknown_choice"}),
    ("answer", {"outcome": "declined", "text": "нет"}, {"/text": "too_short"}),
    ("answer", {"outcome": "resolved", "text": "x", "photos": ["y"]}, {"/photos/0": "unknown_photo"}),
    ("answer", {"outcome": "resolved", "text": "x" * 4_001}, {"/text": "too_long"}),
    ("transfer", {"to": "nasa", "reason": REASON}, {"/to": "unknown_agency"}),
    ("transfer", {"to": "housing", "reason": REASON}, {"/to": "already_there"}),
    ("transfer", {"to": "roads", "reason": "не наше"}, {"/reason": "too_short"}),
    ("extend", {"by": "two weeks", "reason": REASON}, {"/by": "not_a_duration"}),
    ("extend", {"by": "P0BD", "reason": REASON}, {"/by": "not_a_duration"}),
    ("extend", {"by": "P36525BD", "reason": REASON}, {"/by": "extension_too_long"}),
    ("extend", {"by": "P999999BD", "reason": REASON}, {"/by": "not_a_duration"}),
    ("transfer", {"to": "ministry", "reason": REASON}, {"/to": "past_a_rung"}),
    ("split", {"parts": []}, {"/parts": "too_few"}),
    ("split", {"parts": [{"to": "x", "text": REASON}]}, {"/parts/0/to": "unknown_agency"}),
    ("ask", {"text": "  "}, {"/text": "empty"}),
    *(("ask", {"text": each}, {"/text": "empty"}) for each in ("\u200b", "\u3164\u2800", "\ufeff\ufe0f")),
    *(("comment", {"text": each}, {"/text": "not_text"}) for each in ("да\ufffd", "да\0", "\x1b[1m")),
    ("extend", {"by": "P2BD", "reason": "\u200b" * 20}, {"/reason": "empty"}),
    ("extend", {"by": "P2BD", "reason": "." + "\u200b" * 20}, {"/reason": "too_short"}),
    ("extend", {"by": "P2BD", "reason": "1234567890 – !!!"}, {"/reason": "no_words"}),
    ("transfer", {"to": "roads", "reason": "……………………………"}, {"/reason": "no_words"}),
    ("answer", {"outcome": "declined", "text": "а" + "\u3164" * 30}, {"/text": "too_short"}),
    ("answer", {"outcome": "declined", "text": "№ 123-456/789, 2026.03.03"}, {"/text": "no_words"}),
    ("comment", {"text": "x", "internal": "no"}, {"/internal": "wrong_type"}),
    ("photos", {"photos": []}, {"/photos": "too_few"}),
    ("photos", {"photos": [PHOTO | {"size": 0}]}, {"/photos/0/size": "too_small"}),
    (
        "photos",
        {"photos": [PHOTO | {"content_type": "image/gif"}]},
        {"/photos/0/content_type": "unknown_choice"},
    ),
    ("photos", {"photos": [PHOTO] * 6}, {"/photos": "too_many_photos"}),
]


@pytest.mark.parametrize(("verb", "body", "faults"), WRONG)
def test_a_wrong_move_names_its_fields_and_changes_nothing(
    verb: str, body: Any, faults: dict[str, str], housing: Client
) -> None:
    complaint = given_to_housing()
    answer = housing("POST", at(complaint, verb), body, key="k")
    assert (answer.slug, answer.faults) == ("invalid-request", faults)
    assert ComplaintStore().get(complaint.id) == complaint
    assert housing("POST", at(complaint, verb), MOVES[verb], key="k").status in {200, 201}


@pytest.mark.parametrize("verb", ["answer", "transfer", "split", "extend", "ask", "comment", "photos"])
def test_what_would_be_done_twice_needs_a_key(verb: str, housing: Client) -> None:
    complaint = given_to_housing()
    assert housing("POST", at(complaint, verb), MOVES[verb]).slug == "idempotency-key-missing"
    first = housing("POST", at(complaint, verb), MOVES[verb], key="k")
    again = housing("POST", at(complaint, verb), MOVES[verb], key="k")
    assert (again.status, unsigned(again.json)) == (first.status, unsigned(first.json))
    assert again.json["version"] == complaint.version + 1
    other = {"text": "Другое, и длиннее."} if verb in {"ask", "comment"} else MOVES[verb] | {"x": 1}
    slug = housing("POST", at(complaint, verb), other, key="k").slug
    assert slug == ("idempotency-key-reused" if verb in {"ask", "comment"} else "invalid-request")


def test_an_agency_that_says_twice_that_it_has_seen_it_has_said_so_once(housing: Client) -> None:
    complaint = given_to_housing()
    first = housing("POST", at(complaint, "acknowledge"), {})
    assert housing("POST", at(complaint, "acknowledge"), {}).json == first.json
    assert first.json["version"] == complaint.version + 1


def test_an_answer_that_is_sent_again_after_it_was_refuted_answers_nothing(housing: Client) -> None:
    complaint = given_to_housing()
    assert housing("POST", at(complaint, "answer"), MOVES["answer"], key="k").status == 200
    by = Actor(kind=ActorKind.CITIZEN, id="person-1")
    advanced(complaint.id, lambda each: citizen.refute(each, by=by, reason="No.", now=datetime.now(UTC)))
    assert housing("POST", at(complaint, "answer"), MOVES["answer"], key="k").json["status"] == "assigned"


def test_what_a_supervising_body_passes_on_twice_it_has_passed_on_once(handler: Any) -> None:
    akimat = described(officer(handler, "akimat"))
    complaint = missed(given_to_housing())
    for _ in range(2):
        passed_on = akimat("POST", at(complaint, "transfer"), MOVES["transfer"], key="k")
        assert (passed_on.status, passed_on.json["agency"]) == (200, "roads")
    assert passed_on.json["version"] == complaint.version + 1


def test_a_body_sees_to_whom_it_can_give_it_and_the_one_above_gives_it_back(
    housing: Client, handler: Any
) -> None:
    akimat = described(officer(handler, "akimat"))
    complaint = given_to_housing()
    shown = housing("GET", at(complaint)).json
    assert (shown["transfer_to"], shown["instruct_to"]) == (["roads", "akimat"], [])
    assert "instruct" not in shown["possible"]
    up = {"to": "akimat", "reason": REASON}
    assert housing("POST", at(complaint, "transfer"), up, key="up").status == 200
    assert (seen := housing("GET", at(complaint)).json)["transfer_to"] == seen["instruct_to"] == []
    shown = akimat("GET", at(complaint)).json
    assert (shown["transfer_to"], shown["instruct_to"]) == (["roads", "ministry"], ["housing", "roads"])
    for body, faults in (
        ({"to": "ministry", "reason": REASON}, {"/to": "not_below"}),
        ({"to": "akimat", "reason": REASON}, {"/to": "already_there"}),
        ({"to": "nasa", "reason": REASON}, {"/to": "unknown_agency"}),
        ({"to": "housing", "reason": "иди"}, {"/reason": "too_short"}),
        ({"to": "housing"}, {"/reason": "missing"}),
    ):
        assert akimat("POST", at(complaint, "instruct"), body, key="wrong").faults == faults
    down = {"to": "housing", "reason": REASON}
    assert akimat("POST", at(complaint, "instruct"), down).slug == "idempotency-key-missing"
    for _ in range(2):
        given = akimat("POST", at(complaint, "instruct"), down, key="down")
        assert (given.status, given.json["agency"], given.json["escalated_to"]) == (
            200,
            "housing",
            ["akimat"],
        )
    assert given.json["version"] == complaint.version + 2
    assert given.json["due_at"] == shown["due_at"]
    (item,) = akimat("GET", "/v1/agency/complaints").json["items"]
    assert (item["id"], item["role"]) == (complaint.id, "supervisor")


@pytest.mark.parametrize(
    ("language", "named"),
    [("kk", "Akimat (kk)"), ("ru", "Akimat (ru)"), ("en", "The body next above yours: Akimat")],
)
def test_who_would_pass_a_rung_is_told_in_words_which_is_next(
    language: str, named: str, housing: Client
) -> None:
    refused = housing(
        "POST",
        at(given_to_housing(), "transfer"),
        {"to": "ministry", "reason": REASON},
        key="k",
        accept_language=language,
    )
    assert named in refused.json["errors"][0]["detail"]


def test_a_move_that_the_state_does_not_allow_says_what_it_does_allow(housing: Client) -> None:
    complaint = given_to_housing()
    assert housing("POST", at(complaint, "answer"), MOVES["answer"], key="M-answer").status == 200
    refused = housing("POST", at(complaint, "transfer"), MOVES["transfer"], key="M-transfer")
    assert (refused.slug, refused.json["state"]) == ("move-refused", "answered")
    assert "comment" in refused.json["possible"]


def test_a_body_sees_by_when_it_must_pass_on_what_is_not_its_own(housing: Client) -> None:
    """Art. 65: three working days; not where it is answered."""
    monday = datetime(2026, 6, 1, 5, tzinfo=UTC)
    complaint = given_to_housing(at=monday)
    assert housing("GET", at(complaint)).json["forward_by"] == "2026-06-04T13:30:00.000Z"
    housing("POST", at(complaint, "answer"), MOVES["answer"], key="k")
    assert housing("GET", at(complaint)).json["forward_by"] is None


def test_a_body_sees_how_much_open_time_is_left(housing: Client) -> None:
    complaint = given_to_housing(at=datetime.now(UTC))
    shown = (
        housing("GET", at(complaint)).json["left"],
        housing("GET", at(complaint), accept_language="ru").json["left"],
    )
    # By the hour at which the test runs.
    assert shown in [(f"{days} working days", f"{days} рабочих дней") for days in (14, 15, 16)]
    housing("POST", at(complaint, "answer"), MOVES["answer"], key="k")
    assert housing("GET", at(complaint)).json["left"] is None


def test_a_body_sees_what_was_missed_by_whom_and_since_when_that_one_had_it(housing: Client) -> None:
    complaint = given_to_housing()
    names = ("missed", "missed_by", "missed_at", "had_since")
    shown = housing("GET", at(complaint)).json
    assert [shown[name] for name in names] == [None] * 4
    late = missed(complaint)
    shown = housing("GET", at(complaint)).json
    assert (shown["missed"], shown["missed_by"]) == ("silence", "housing")
    assert (shown["missed_at"], shown["had_since"]) == (iso(complaint.due_at), iso(complaint.assigned_at))
    (told,) = (each for each in shown["events"] if each["type"] == "complaint.escalated")
    assert told["data"]["missed"] == "silence"
    assert late.lapse is not None


def test_an_extension_is_given_once(housing: Client) -> None:
    complaint = given_to_housing()
    longer = housing("POST", at(complaint, "extend"), MOVES["extend"], key="1").json
    assert complaint.due_at is not None
    assert longer["due_at"] > complaint.due_at.isoformat()
    again = housing("POST", at(complaint, "extend"), MOVES["extend"], key="2")
    assert (again.slug, again.json["key"]) == ("conflict", "extended_before")
    assert again.json["state"] == "assigned"
    assert "extend" in housing("POST", at(given_to_housing(), "acknowledge"), {}).json["possible"]
    assert "answer" in again.json["possible"]
    for possible in (
        again.json["possible"],
        longer["possible"],
        housing("GET", at(complaint)).json["possible"],
    ):
        assert "extend" not in possible


def test_a_danger_is_resolved_with_a_proof_photo_and_not_without(handler: Any) -> None:
    roads = described(officer(handler, "roads"))
    complaint = given_to_housing(category="open_manhole", place=EAST)
    done = {"outcome": "resolved", "text": "Люк закрыт."}
    assert roads("POST", at(complaint, "answer"), done, key="d-answer").faults == {
        "/photos": "proof_photo_required"
    }
    (upload,) = roads("POST", at(complaint, "photos"), {"photos": [PHOTO]}, key="1").json["uploads"]
    assert upload["method"] == "PUT"
    assert upload["headers"]["content-length"] == "1000"
    proof = done | {"photos": [upload["photo_id"]]}
    assert roads("POST", at(complaint, "answer"), proof, key="p-answer").faults == {
        "/photos/0": "photo_not_ready"
    }
    advanced(
        complaint.id,
        lambda each: add_photo(
            each, upload["photo_id"], width=4, height=3, clean_sha256="0", now=datetime.now(UTC)
        ),
    )
    assert roads("POST", at(complaint, "answer"), proof, key="p-answer").json["status"] == "answered"
    photo = roads("GET", at(complaint)).json["photos"][-1]
    assert (photo["by"], photo["status"]) == ("agency", "ready")
    assert f"/photos/{complaint.id}/" in photo["url"]


@pytest.mark.parametrize(
    ("request_", "slug"),
    [
        ({"raw": "{"}, "malformed-json"),
        ({"raw": "x" * 70_000}, "body-too-large"),
        ({"body": {}, "content_type": "text/csv"}, "unsupported-media-type"),
        ({"body": {}, "content_type": "application/json; charset=cp1251"}, "unsupported-media-type"),
        ({"body": {}, "content_encoding": "gzip"}, "unsupported-media-type"),
        ({"body": []}, "invalid-request"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused(request_: Any, slug: str, housing: Client) -> None:
    complaint = given_to_housing()
    for verb in MOVES:
        assert housing("POST", at(complaint, verb), key="k", **request_).slug == slug


def test_no_such_method_or_address(handler: Any) -> None:
    client = officer(handler)
    assert client("PATCH", f"/v1/agency/complaints/{NOWHERE}").headers["allow"] == "GET"
    assert client("POST", f"/v1/agency/complaints/{NOWHERE}/explode").slug == "not-found"


# ------------------------------------------------------------------------------------------- reading
def test_the_worklist_goes_on_by_its_cursor_most_urgent_first(housing: Client) -> None:
    now = datetime.now(UTC)
    made = [given_to_housing(at=now - timedelta(days=days)) for days in (1, 30, 8, 15, 40, 3)]
    made.append(given_to_housing(category="open_manhole"))
    expected = sorted(made, key=lambda each: (each.due_at, each.id))
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    for _ in range(10):
        page = housing("GET", "/v1/agency/complaints", query=query).json
        seen += [item["id"] for item in page["items"]]
        if page["cursor"] is None:
            break
        query["cursor"] = page["cursor"]
    assert [each.due_at for each in expected] == [
        next(each.due_at for each in made if each.id == complaint_id) for complaint_id in seen
    ]
    assert len(set(seen)) == len(made) == len(seen)


def test_the_worklist_can_be_of_some_states_only(housing: Client) -> None:
    first, second = given_to_housing(), given_to_housing()
    housing("POST", at(first, "acknowledge"), {})
    for status, expected in (
        ("acknowledged", {first.id}),
        ("assigned", {second.id}),
        ("assigned,acknowledged", {first.id, second.id}),
        ("answered,assigned,answered", {second.id}),
        ("answered", set()),
    ):
        items = housing("GET", "/v1/agency/complaints", query={"status": status}).json["items"]
        assert {item["id"] for item in items} == expected


def test_states_that_are_given_one_by_one_are_all_asked_for(handler: Any) -> None:
    """The gateway joins what comes twice by a comma, and tells the query as it was besides."""
    given_to_housing()
    twice = {"rawQueryString": "status=answered&status=assigned"}
    client = described(officer(lambda event, context: handler({**event, **twice}, context)))
    found = client("GET", "/v1/agency/complaints", query={"status": "answered,assigned"})
    assert [item["status"] for item in found.json["items"]] == ["assigned"]


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({"status": "lost"}, {"status": "unknown_choice"}),
        ({"status": ""}, {"status": "unknown_choice"}),
        ({"status": "assigned,"}, {"status": "unknown_choice"}),
        ({"status": "lost", "limit": "x"}, {"status": "unknown_choice", "limit": "not_in_range"}),
        ({"limit": "0"}, {"limit": "not_in_range"}),
        ({"cursor": "x"}, {"cursor": "wrong_form"}),
        ({"cursor": "e30"}, {"cursor": "wrong_form"}),
        ({"cursor": "eyJ1cmdlbmN5IjoxfQ"}, {"cursor": "wrong_form"}),
        ({"cursor": "eyJ1cmdlbmN5IjoiIn0"}, {"cursor": "wrong_form"}),
        ({"cursor": "W10"}, {"cursor": "wrong_form"}),
    ],
)
def test_a_wrong_question_names_its_parameter(
    query: dict[str, str], faults: dict[str, str], housing: Client
) -> None:
    assert housing("GET", "/v1/agency/complaints", query=query).faults == faults


def test_the_agency_sees_the_matter_and_not_the_person(housing: Client) -> None:
    complaint = given_to_housing(photos=1)
    shown = housing("GET", at(complaint))
    assert "person-1" not in shown.text
    assert [event["sequence"] for event in shown.json["events"]] == list(range(1, complaint.version + 1))
    assert shown.json["events"][-1]["hash"] == shown.json["chain_head"]
    assert shown.json["photos"][0]["thumbnail_url"].startswith("https://photos.s3.")
    assert (
        housing("GET", at(complaint), accept_language="ru").json["events"][0]["title"]
        != (shown.json["events"][0]["title"])
    )


def test_a_divided_complaint_shows_its_parts_and_what_the_person_says_is_shown(housing: Client) -> None:
    complaint = given_to_housing()
    assert housing("POST", at(complaint, "split"), MOVES["split"], key="1").status == 200
    assert housing("GET", at(complaint)).json["parts"] == []
    done = {"outcome": "resolved", "text": "Готово."}
    assert housing("POST", at(complaint, "answer"), done, key="a").json["key"] == "parts_open"
    assert housing("POST", at(complaint, "ask"), MOVES["ask"], key="2").status == 200
    assert housing("GET", at(complaint)).json["question"] == MOVES["ask"]["text"]
    advanced(
        complaint.id, lambda each: citizen.comment(each, by=CITIZEN, text="Второй.", now=datetime.now(UTC))
    )
    shown = housing("GET", at(complaint)).json
    assert shown["question"] is None
    assert shown["events"][-1]["body"] == "Второй."


def test_every_answer_tells_how_many_requests_are_left(handler: Any) -> None:
    for answer in (
        officer(handler)("GET", "/v1/agency/complaints"),
        officer(handler)("GET", f"/v1/agency/complaints/{NOWHERE}"),
    ):
        assert answer.headers["ratelimit"].startswith('"agency";r=')
        assert answer.headers["ratelimit-policy"].endswith(";w=60")


def test_who_asks_too_often_is_told_to_wait(handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.edge import throttle

    monkeypatch.setattr(throttle, "PER_MINUTE", 3)
    client = described(officer(handler, "ministry"))
    answers = [client("GET", "/v1/agency/complaints") for _ in range(8)]
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) >= 2
    assert all(answer.slug == "too-many-requests" for answer in refused)
    assert 1 <= int(refused[0].headers["retry-after"]) <= 60


# --------------------------------------------------------------------------------------------- words
WRITTEN: dict[str, tuple[str, dict[str, Any]]] = {
    "comment": ("text", {}),
    "ask": ("text", {}),
    "extend": ("reason", {"by": "P2BD"}),
    "transfer": ("reason", {"to": "akimat"}),
    "instruct": ("reason", {"to": "roads"}),
    "answer": ("text", {"outcome": "declined"}),
}
"""What each verb has to be said, and besides."""


@pytest.mark.parametrize(
    ("verb", "model"),
    [
        ("comment", Remark),
        ("ask", Question),
        ("extend", Extension),
        ("transfer", Transfer),
        ("instruct", Instruction),
        ("answer", AnswerBody),
    ],
)
def test_each_naughty_string_is_taken_or_refused_with_its_field(verb: str, model: type[Body]) -> None:
    field, more = WRITTEN[verb]
    for text in NAUGHTY:
        reason = field == "reason"
        wrong = (
            seen_length(text) < (10 if reason else 1) or is_broken(text) or (reason and not has_words(text))
        )
        if not wrong:
            assert getattr(model.model_validate({field: text} | more), field) == text
        else:
            with pytest.raises(ValidationError) as refused:
                model.model_validate({field: text} | more)
            assert {error["loc"] for error in refused.value.errors()} == {(field,)}, text


def test_naughty_strings_are_kept_to_the_byte(housing: Client, roads: Client, handler: Any) -> None:
    others = {"answer": roads, "instruct": described(officer(handler, "akimat"))}
    for text in packed(4_000):
        complaint = given_to_housing()
        for verb, (field, more) in WRITTEN.items():
            client = others.get(verb, housing)
            assert (
                client("POST", at(complaint, verb), {field: text} | more, key=complaint.id + verb).status
                == 200
            )
        shown = roads("GET", at(complaint)).json
        said = [each["data"].get("text") or each["data"].get("reason") for each in shown["events"]]
        assert [each for each in said if each is not None] == [text] * len(WRITTEN)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def nearly_good(draw: st.DrawFn) -> tuple[str, Any]:
    verb = draw(st.sampled_from(sorted(MOVES)))
    body = dict(MOVES[verb])
    for name in draw(st.lists(st.sampled_from([*body, "x"]), max_size=2)):
        body[name] = draw(JSON)
    return verb, draw(st.just(body) | JSON)


@settings(
    max_examples=draws(gate=25, whole=200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=nearly_good(), key=st.text(max_size=20))
def test_no_body_ever_breaks_it(made: tuple[str, Any], key: str, housing: Client) -> None:
    verb, body = made
    complaint = given_to_housing()
    answer = housing("POST", at(complaint, verb), body, key=key)
    assert answer.status < 500
