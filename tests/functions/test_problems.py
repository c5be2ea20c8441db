"""Problem details: RFC 9457's members, the right status, the field named, the caller's language."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from functions.complaints.complaint import Status
from functions.complaints.faults import Conflict, FieldFault, Invalid, NotFound, invalid
from functions.complaints.region import OTHER
from functions.complaints.texts import LANGUAGES, UNKNOWN
from functions.complaints.transitions import Move, MoveRefused
from functions.edge.problems import CONTENT_TYPE, PROBLEMS, Problem, fault_text, problem_of
from functions.edge.validation import refusal
from functions.intake.submission import submission
from tests.naughty import NAUGHTY
from tests.region_fixture import RAW, region

# RFC 9457, section 3.1, and appendix A.
RFC_9457 = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "pattern": "^/problems/[a-z-]+$"},
        "title": {"type": "string", "minLength": 1},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "minLength": 1},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["pointer", "key", "detail"],
                "properties": {name: {"type": "string"} for name in ("pointer", "key", "detail")},
                "additionalProperties": False,
            },
        },
    },
}
MEMBERS = {"type", "title", "status", "detail", "instance"}
SAMPLES: dict[str, dict[str, Any]] = {
    "conflict": {"members": {"key": "own_complaint"}},
    "move-refused": {"members": {"move": "answer", "state": "closed", "possible": []}},
    "body-too-large": {"max": 65_536},
    "invalid-request": {"faults": (FieldFault(pointer="/comment", key="empty"),)},
    "too-many-requests": {"retry_after": 30},
    "daily-limit-reached": {"retry_after": 7_000, "limit": 20},
    "unavailable": {"retry_after": 1},
}


@pytest.mark.parametrize("slug", PROBLEMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_the_members_of_the_rfc_and_no_others_than_listed(slug: str, language: str) -> None:
    problem = Problem(slug, **SAMPLES.get(slug, {}))
    document = problem.document(language, instance="/v1/complaints")
    Draft202012Validator(RFC_9457).validate(document)
    assert document["type"] == f"/problems/{slug}"
    assert document["status"] == problem.status == PROBLEMS[slug].status
    assert set(document) == MEMBERS | set(PROBLEMS[slug].members)
    assert UNKNOWN not in document["title"] + document["detail"]
    json.dumps(document)
    assert all(name == name.lower() and isinstance(value, str) for name, value in problem.headers.items())


def test_the_content_type_is_the_registered_one() -> None:
    assert CONTENT_TYPE == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "slug", "status"),
    [
        (invalid("/comment", "empty"), "invalid-request", 422),
        (NotFound("01"), "not-found", 404),
        (Conflict("own_complaint"), "conflict", 409),
        (MoveRefused(move=Move.ANSWER, status=Status.CLOSED, possible=()), "move-refused", 409),
        (Problem("unauthenticated"), "unauthenticated", 401),
        (ZeroDivisionError("secret"), "internal", 500),
        (KeyError("secret"), "internal", 500),
    ],
)
def test_each_exception_is_one_problem(error: Exception, slug: str, status: int) -> None:
    problem = problem_of(error)
    assert (problem.slug, problem.status) == (slug, status)


def test_of_an_unforeseen_failure_nothing_is_told() -> None:
    said = json.dumps(problem_of(RuntimeError("table qamqor-pavlodar")).document("en"))
    assert "qamqor-pavlodar" not in said


def test_what_is_not_yours_reads_as_what_does_not_exist() -> None:
    documents = [problem_of(NotFound(name)).document("ru") for name in ("theirs", "nobody's")]
    assert documents[0] == documents[1]


def test_every_fault_is_named_with_its_field_in_the_callers_language() -> None:
    # Where there is no category for the rest, one has to be chosen.
    chosen = {name: raw for name, raw in RAW["categories"].items() if name != OTHER}
    model = submission(region(categories=chosen), now=lambda: datetime.now(UTC))
    with pytest.raises(ValidationError) as caught:
        model.model_validate(
            {"comment": "x" * 2001, "photos": [{"content_type": "image/gif", "size": 0, "sha256": "x"}]}
        )
    errors = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    document = problem_of(refusal(errors)).document("ru")
    said = {error["pointer"]: (error["key"], error["detail"]) for error in document["errors"]}
    assert said == {
        "/category": ("missing", "Выберите, о чём Вы сообщаете."),
        "/location": ("missing", "Отметьте место на карте."),
        "/comment": ("too_long", "Слишком длинно: не больше 2000 символов."),
        "/photos/0/content_type": (
            "unknown_choice",
            "Файлы такого типа не принимаются. Отправьте один из этих: JPEG; PNG; WebP; HEIC; HEIF.",
        ),
        "/photos/0/size": ("too_small", "Файл пуст."),
        "/photos/0/sha256": ("wrong_form", "Значение записано неправильно. Проверьте его."),
    }
    assert document["detail"].startswith("Исправьте 6 ошибок")


@pytest.mark.parametrize(
    ("fault", "language", "said"),
    [
        (
            FieldFault(pointer="/comment", key="too_long", params={"max": 2000}),
            "en",
            "Too long: at most 2000 characters.",
        ),
        (
            FieldFault(pointer="/text", key="too_short", params={"min": 21}),
            "ru",
            "Слишком коротко: нужен хотя бы 21 символ.",
        ),
        (
            FieldFault(pointer="/photos/3/size", key="too_large", params={"max": 15_728_640}),
            "en",
            "The file is too large: at most 15 MB.",
        ),
        (
            FieldFault(pointer="/lat", key="too_large", params={"max": 90}),
            "en",
            "The value must not be above 90.",
        ),
        (
            FieldFault(pointer="/by", key="extension_too_long", params={"limit": "P2M"}),
            "kk",
            "Бұл рұқсат етілгеннен ұзақ. Ең көп ұзарту мерзімі: 2 ай.",
        ),
        (
            FieldFault(pointer="/url", key="url_refused", params={"reason": "host_private"}),
            "ru",
            "Этот адрес использовать нельзя. Хост должен находиться в открытом интернете.",
        ),
        (
            FieldFault(pointer="/photos", key="too_many_photos", params={"limit": 5, "left": 1}),
            "ru",
            "Можно не больше 5 фотографий; ещё можно добавить: 1.",
        ),
    ],
)
def test_limits_are_said_in_words(fault: FieldFault, language: str, said: str) -> None:
    assert fault_text(fault, language) == said


def test_a_refused_move_says_the_state_and_what_is_possible() -> None:
    refused = MoveRefused(move=Move.EXTEND, status=Status.ANSWERED, possible=(Move.COMMENT, Move.SPLIT))
    document = problem_of(refused).document("en")
    assert (document["move"], document["state"]) == ("extend", "answered")
    assert document["possible"] == ["comment", "split"]
    assert document["detail"] == (
        "“extend the deadline” is not possible now. The state of the complaint: “Answered”."
    )


def test_a_conflict_keeps_its_key_and_says_why() -> None:
    document = problem_of(Conflict("extended_before", times=1)).document("en")
    assert document["key"] == "extended_before"
    assert document["detail"] == "The deadline was extended before; that is possible 1 time at most."
    assert not {"state", "possible"} & set(document)


def test_a_conflict_with_a_complaint_says_its_state_and_what_is_possible() -> None:
    conflict = Conflict("parts_open")
    conflict.status, conflict.possible = Status.ASSIGNED, (Move.COMMENT,)
    document = problem_of(conflict).document("en")
    assert (document["state"], document["possible"]) == ("assigned", ["comment"])


def test_the_headers_that_a_status_demands_are_there() -> None:
    assert problem_of(Problem("unauthenticated")).headers == {"www-authenticate": "Bearer"}
    assert Problem("too-many-requests", retry_after=30).headers == {"retry-after": "30"}
    assert Problem("method-not-allowed", allow=("GET", "POST")).headers == {"allow": "GET, POST"}


def test_one_answers_headers_do_not_leak_into_the_next() -> None:
    Problem("unauthenticated").headers["www-authenticate"] = "Basic"
    assert Problem("unauthenticated").headers == {"www-authenticate": "Bearer"}


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [(1, "1 second"), (90, "90 seconds"), (121, "3 minutes"), (7_000, "117 minutes"), (7_201, "3 hours")],
)
def test_a_wait_is_rounded_up_to_what_a_person_would_wait(seconds: int, wait: str) -> None:
    document = Problem("too-many-requests", retry_after=seconds).document("en")
    assert document["detail"] == f"Please wait {wait} and try again."
    assert document["retry_after"] == seconds


def test_an_unlisted_problem_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        Problem("teapot")


@given(
    pointer=st.one_of(st.text(), st.sampled_from(NAUGHTY)),
    key=st.text(),
    params=st.dictionaries(
        st.sampled_from(["min", "max", "limit", "choices", "count"]),
        st.one_of(st.text(), st.integers(), st.none()),
    ),
    language=st.sampled_from(LANGUAGES),
)
def test_any_fault_can_be_told(pointer: str, key: str, params: dict[str, Any], language: str) -> None:
    document = problem_of(Invalid([FieldFault(pointer=pointer, key=key, params=params)])).document(language)
    Draft202012Validator(RFC_9457).validate(document)
    assert document["errors"][0]["pointer"] == pointer
