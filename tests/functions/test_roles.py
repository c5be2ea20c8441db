"""Who may make which move with whose complaint: every role, every move, one's own, another's, one passed on, one below."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.complaints.clock import utc_now
from functions.complaints.complaint import Complaint, Role
from functions.complaints.faults import RoleRefused
from functions.complaints.officers import MOVES, allows
from functions.complaints.texts import LANGUAGES, text
from functions.complaints.transitions import Move
from functions.edge.problems import problem_of
from functions.records.agencies.officers import caller_with_claims
from functions.records.store import ComplaintStore
from infra.stacks.api import AGENCY
from tests.dynamodb import tables
from tests.functions.api_client import Client, load, officer
from tests.functions.test_agency_api import PHOTO, REASON, at, described, given_to_housing, missed
from tests.openapi_answers import published
from tests.region_fixture import RAW

type Asked = tuple[Move, str, dict[str, Any]]

BOX = {"x": 0.25, "y": 0.5, "w": 0.125, "h": 0.25}
ASKED: dict[str, Asked] = {
    "assign": (Move.ASSIGN_OFFICER, "assign", {"to": "somebody"}),
    "acknowledge": (Move.ACKNOWLEDGE, "acknowledge", {}),
    "answer": (Move.ANSWER, "answer", {"outcome": "declined", "text": REASON}),
    "ask": (Move.ASK, "ask", {"text": "Какой подъезд?"}),
    "comment": (Move.COMMENT, "comment", {"text": "Бригада выехала."}),
    "comment inside": (Move.COMMENT, "comment", {"text": "Между собой.", "internal": True}),
    "correct": (Move.RECATEGORISE, "correct", {"category": "open_manhole", "reason": REASON}),
    "extend": (Move.EXTEND, "extend", {"by": "P2BD", "reason": REASON}),
    "instruct": (Move.INSTRUCT, "instruct", {"to": "roads", "reason": REASON}),
    "merge": (Move.MERGE, "merge", {"into": "{other}"}),
    "photos": (Move.EXPECT_PHOTO, "photos", {"photos": [PHOTO]}),
    "split": (Move.SPLIT, "split", {"parts": [{"to": "roads", "text": REASON}]}),
    "hide": (Move.HIDE, "hide", {"reason": REASON}),
    "redact": (Move.REDACT, "photos/{photo}/redact", {"boxes": [BOX]}),
    "unhide": (Move.UNHIDE, "unhide", {"reason": REASON}),
    "transfer": (Move.TRANSFER, "transfer", {"to": "roads", "reason": REASON}),
}
WHOSE = {"own": "housing", "foreign": "roads", "passed on": "housing", "above": "akimat"}
"""Which body looks at the complaint."""
CALLERS: dict[str, Role | None] = {"key": None} | {str(role): role for role in Role}


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


def caller(handler: Any, body: str, name: str) -> Client:
    return described(officer(handler, body, role=CALLERS[name]))


def standing(handler: Any, whose: str) -> Complaint:
    """A complaint that is to the body of `WHOSE` what is said."""
    complaint = given_to_housing(photos=1)
    if whose == "above":
        return missed(complaint)
    if whose == "passed on":
        to_roads = {"to": "roads", "reason": "Это дорога, её содержит отдел дорог."}
        answer = officer(handler)("POST", at(complaint, "transfer"), to_roads, key="before")
        assert answer.status == 200, answer.text
    return ComplaintStore().get(complaint.id)


def known(officer_id: str, *, body: str) -> None:
    """An officer of this body who has been here."""
    caller_with_claims(officer_id, agency_id=body, role=Role.OFFICER, name=None, now=utc_now())


def test_every_route_of_a_move_is_in_the_matrix() -> None:
    rule = "/v1/agency/complaints/{id}/{move}"
    assert rule in AGENCY
    verbs = {
        path.rpartition("/")[2]
        for path, operations in published()["paths"].items()
        if path.startswith("/v1/agency/complaints/{id}/") and "post" in operations
    }
    assert verbs == {verb.rpartition("/")[2] for _, verb, _ in ASKED.values()}


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize("whose", WHOSE)
@pytest.mark.parametrize("asked", ASKED)
def test_a_move_is_made_where_it_is_theirs_and_the_role_allows_it(
    asked: str, whose: str, name: str, handler: Any
) -> None:
    move, verb, said = ASKED[asked]
    complaint = standing(handler, whose)
    verb = verb.replace("{photo}", complaint.photos[0].id)
    body = json.loads(json.dumps(said).replace("{other}", given_to_housing().id))
    client = caller(handler, WHOSE[whose], name)
    if asked == "assign":
        known(said["to"], body=WHOSE[whose])
    before = ComplaintStore().get(complaint.id)
    answer = client("POST", at(complaint, verb), body, key="k")
    after = ComplaintStore().get(complaint.id)
    if whose == "foreign" or (whose == "passed on" and asked != "transfer"):
        assert (answer.status, answer.slug) == (404, "not-found")
    elif not allows(CALLERS[name], move):
        assert (answer.status, answer.slug) == (403, "forbidden")
        assert answer.json["detail"] == text(
            "role.refuses_move",
            "en",
            role=text(f"role.{name}", "en"),
            move=text(f"move.{move}", "en"),
        )
    else:
        # Of two that are below, one has it; of what is late, no other is joined with it.
        assert answer.status in (200, 201) or (whose, asked) in {
            ("own", "instruct"),
            ("above", "merge"),
            ("above", "correct"),
        }, answer.text
        assert answer.status not in (403, 404)
        return
    assert after == before


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize("whose", ["own", "passed on", "above"])
def test_what_is_possible_is_what_the_caller_may(whose: str, name: str, handler: Any) -> None:
    complaint = standing(handler, whose)
    of_a_key = caller(handler, WHOSE[whose], "key")("GET", at(complaint)).json
    shown = caller(handler, WHOSE[whose], name)("GET", at(complaint)).json
    assert shown["possible"] == [each for each in of_a_key["possible"] if allows(CALLERS[name], Move(each))]
    assert bool(shown["transfer_to"]) == ("transfer" in shown["possible"])
    assert bool(shown["instruct_to"]) <= ("instruct" in shown["possible"])


@pytest.mark.parametrize("name", CALLERS)
def test_everybody_of_the_body_reads_what_is_theirs(name: str, handler: Any) -> None:
    complaint = given_to_housing()
    client = caller(handler, "housing", name)
    assert [each["id"] for each in client("GET", "/v1/agency/complaints").json["items"]] == [complaint.id]
    assert caller(handler, "roads", name)("GET", at(complaint)).status == 404


@pytest.mark.parametrize("name", CALLERS)
def test_what_is_wrong_with_a_request_says_nothing_of_what_is_not_theirs(name: str, handler: Any) -> None:
    complaint = given_to_housing()
    wrong = {"to": "nobody", "reason": REASON, "x": 1}
    client = caller(handler, "roads", name)
    here = client("POST", at(complaint, "transfer"), wrong, key="k")
    nowhere = client("POST", at(complaint, "transfer").replace(complaint.id, "0" * 26), wrong, key="k")
    assert here.faults == nowhere.faults == {"/x": "unknown_field"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", Role)
def test_a_refusal_says_why_in_the_callers_language(role: Role, language: str, handler: Any) -> None:
    for move in sorted({each for each, _, _ in ASKED.values()} - MOVES[role]):
        said = problem_of(RoleRefused(role=role, move=move)).document(language)
        assert said["status"] == 403
        assert text(f"role.{role}", language) in said["detail"]
        assert text(f"move.{move}", language) in said["detail"]
        assert "…" not in said["detail"]


def test_a_repeated_acknowledgement_of_one_who_only_looks_is_refused_too(handler: Any) -> None:
    complaint = given_to_housing()
    key, viewer = (caller(handler, "housing", name) for name in ("key", "viewer"))
    assert key("POST", at(complaint, "acknowledge"), {}).status == 200
    assert viewer("POST", at(complaint, "acknowledge"), {}).status == 403


def test_whom_a_body_has_is_told_to_nobody_who_may_not_give_it_to_them(handler: Any) -> None:
    complaint = given_to_housing()
    viewer = caller(handler, "housing", "viewer")
    known("somebody", body="housing")
    for to in ("somebody", "nobody", None):
        answer = viewer("POST", at(complaint, "assign"), {"to": to}, key="k")
        assert (answer.status, answer.slug) == (403, "forbidden"), to


# ----------------------------------------------------------------------------------------- who acted
def test_who_acted_is_shown_to_their_own_body_and_to_those_above_it_alone(handler: Any) -> None:
    complaint = given_to_housing()
    ours, theirs = "01JNZ5V2B8Q4M7T9XWYC3D6FGH", "01JNZ5V2B8Q4M7T9XWYC3D6FGJ"
    head = officer(handler, role=Role.HEAD, officer_id=ours)
    assert head("POST", at(complaint, "acknowledge"), {}, key="1").status == 200
    assert head("POST", at(complaint, "transfer"), ASKED["transfer"][2], key="2").status == 200
    other = officer(handler, "roads", role=Role.OFFICER, officer_id=theirs)
    assert other("POST", at(complaint, "ask"), ASKED["ask"][2], key="3").status == 200
    missed(ComplaintStore().get(complaint.id))

    def shown(body: str) -> dict[str, str | None]:
        events = officer(handler, body, role=Role.VIEWER)("GET", at(complaint)).json["events"]
        return {each["type"].partition(".")[2]: each["officer"] for each in events}

    assert (shown("housing")["acknowledged"], shown("housing")["transferred"]) == (ours, ours)
    assert theirs not in shown("housing").values()
    assert shown("roads")["question_asked"] == theirs
    assert ours not in shown("roads").values()
    assert {shown("akimat")[each] for each in ("acknowledged", "transferred", "question_asked")} == {
        ours,
        theirs,
    }
    for each in (shown("akimat"), shown("roads"), shown("housing")):
        assert [each[by_nobody] for by_nobody in ("submitted", "assigned")] == [None, None]


def test_a_key_leaves_no_officer(handler: Any) -> None:
    complaint = given_to_housing()
    client = officer(handler)
    assert client("POST", at(complaint, "acknowledge"), {}).status == 200
    assert {each["officer"] for each in client("GET", at(complaint)).json["events"]} == {None}
