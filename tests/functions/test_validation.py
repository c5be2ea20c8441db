"""What is wrong with a request: every fault at once, where it is, by a key that has words in each language."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from functions.complaints.faults import Invalid
from functions.complaints.limits import Limits
from functions.edge.declared_photos import more_photos
from functions.edge.fields import Body, GivenInstant, described, omitted, words
from functions.edge.validation import refusal
from infra.packaging.openapi.doors import every_route
from tests.functions.api_client import Answer, anybody
from tests.functions.carried import errors
from tests.region_fixture import RAW, WEST, region

API = every_route(region())


def filed(body: Any = None, **request: Any) -> Answer:
    return anybody(API.serve)("POST", "/v1/complaints", body, **{"key": "k"} | request)


def faults(adapter: TypeAdapter[Any], value: object) -> list[tuple[str, str]]:
    """Where they are, and their keys."""
    refused = refusal([{**error, "loc": ("body", *error["loc"])} for error in errors(adapter, value)])
    assert isinstance(refused, Invalid)
    return [(fault.pointer, fault.key) for fault in refused.faults]


# ------------------------------------------------------------------------------------ all at once, and where
def test_every_fault_is_named_at_once_and_where() -> None:
    body = {"category": "", "location": {"lat": 91, "lon": "x"}, "photos": [{"size": 0}], "more": 1}
    assert filed(body).faults == {
        "/category": "empty",
        "/location/lat": "too_large",
        "/location/lon": "wrong_type",
        "/photos/0/content_type": "missing",
        "/photos/0/sha256": "missing",
        "/photos/0/size": "too_small",
        "/more": "unknown_field",
    }


def test_faults_of_parameters_headers_and_body_are_named_together() -> None:
    where = "/v1/complaints/nearby"
    assert anybody(API.serve)("GET", where, query={"lat": "91", "lon": "x"}).faults == {
        "category": "missing",
        "lat": "not_in_range",
        "lon": "wrong_type",
    }
    assert filed({}, key="k" * 256).faults == {
        "/comment": "missing",
        "/location": "missing",
        "Idempotency-Key": "too_long",
    }


def test_where_no_body_sorts_what_has_no_category_one_is_asked_for() -> None:
    categories = {name: each for name, each in RAW["categories"].items() if name != "other"}
    without = every_route(region(categories=categories))
    body = {"location": {"lat": WEST[0], "lon": WEST[1]}, "comment": "x"}
    answer = anybody(without.serve)("POST", "/v1/complaints", body, key="k")
    assert answer.faults == {"/category": "missing"}


def test_a_name_in_a_pointer_is_escaped() -> None:
    """RFC 6901."""
    assert filed({"a/b~c": 1, "": 2}).faults.keys() >= {"/a~1b~0c", "/"}


def test_a_path_that_names_what_there_cannot_be_is_not_found_whatever_else_is_wrong() -> None:
    assert anybody(API.serve)("POST", "/v1/complaints/x/comments", {"more": 1}).slug == "not-found"


# ------------------------------------------------------------------------------------- numbers, texts, instants
SIZES = TypeAdapter(more_photos(Limits()))


NUMBERS = [
    "1e400",
    "-1e400",
    "9" * 299,
    "9" * 301,
    "-" + "9" * 5_000,
    "1e300",
    "true",
    '"1"',
    "null",
    "[]",
    "1.5",
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda each: each[:9])
def test_numbers_of_any_size_are_judged_without_failing(number: str) -> None:
    for field in ("lat", "lon"):
        answer = filed(raw=f'{{"location": {{"{field}": {number}, "x": 0}}}}')
        assert (answer.status, answer.faults["/location/x"]) == (422, "unknown_field")
        if number != "1.5":
            assert answer.faults[f"/location/{field}"] in {"too_large", "too_small", "wrong_type"}
    answer = filed(raw=f'{{"photos": [{{"size": {number}}}]}}')
    assert answer.faults["/photos/0/size"] in {"too_large", "too_small", "wrong_type"}


def test_a_whole_number_may_be_written_with_a_point() -> None:
    photo = {"content_type": "image/png", "size": 5.0, "sha256": "0" * 64}
    (read,) = SIZES.validate_python({"photos": [photo]}).photos
    assert (read.size, type(read.size)) == (5, int)
    for size, key in ((0.0, "too_small"), (1e300, "too_large"), (5.5, "wrong_type")):
        assert faults(SIZES, {"photos": [photo | {"size": size}]}) == [("/photos/0/size", key)]


def test_a_line_feed_at_the_end_does_not_slip_through_a_pattern() -> None:
    photo = {"content_type": "image/png", "size": 1, "sha256": "0" * 64 + "\n"}
    assert faults(SIZES, {"photos": [photo]}) == [("/photos/0/sha256", "wrong_form")]
    assert filed({}, key="k\n").faults["Idempotency-Key"] == "wrong_form"


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert filed(raw='{"comment": "\\ud83d", "more": 1}').faults.items() >= {
        ("/comment", "not_unicode"),
        ("/more", "unknown_field"),
    }


def test_half_a_surrogate_pair_in_a_name_does_not_break_the_answer() -> None:
    named = filed(raw='{"\\ud800": 1}')
    assert (named.status, set(named.faults.values())) == (422, {"not_unicode"})
    answers = '{"category": "rubbish", "answers": {"\\ud800": "x"}}'
    assert "unknown_question" in filed(raw=answers).faults.values()


INSTANT = TypeAdapter(GivenInstant)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-03T09:30:00+05:00",
        "2026-03-03T09:30:00Z",
        "2026-03-03T09:30:00.123456789Z",
        "2024-02-29T23:59:59-00:00",
    ],
)
def test_instants_of_rfc_3339_are_taken(text: str) -> None:
    assert not errors(INSTANT, text)


def test_an_instant_is_read_to_the_millisecond() -> None:
    read = INSTANT.validate_python("2026-03-03T09:30:00.123456789+05:00")
    assert read == datetime(2026, 3, 3, 4, 30, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-03",
        "2026-03-03T09:30:00",
        "2026-03-03t09:30:00z",
        "2026-03-03T09:30+05:00",
        "20260303T093000Z",
        "2026-W10-2T09:30:00Z",
        "2026-03-03 09:30:00,5Z",
        "2026-02-29T00:00:00Z",
        "2026-03-03T09:30:00+25:00",
        "0001-01-01T00:00:00+05:00",
        "٢٠٢٦-03-03T09:30:00Z",
        "2026-03-03T09:30:00Z\n",
        "\ud800",
        "",
    ],
)
def test_what_is_no_instant_of_rfc_3339_is_refused(text: str) -> None:
    assert faults(INSTANT, text) == [("", "not_an_instant")]


@pytest.mark.parametrize("value", [None, 1_772_510_706, 1.5, True, [], {}, datetime.now(UTC)])
def test_an_instant_is_written_as_a_text(value: object) -> None:
    assert faults(INSTANT, value) == [("", "wrong_type")]


# ------------------------------------------------------------------------------------------- null and absence
class Choice(Body):
    """Of a field that may be left out, and one that may be null as well."""

    name: Annotated[str, words(5, "A name")] = omitted()
    kind: Annotated[str | None, described("A kind")] = omitted()


def test_null_is_no_value_of_a_field_unless_it_says_so() -> None:
    choice = TypeAdapter(Choice)
    assert not errors(choice, {})
    assert not errors(choice, {"kind": None})
    assert faults(choice, {"name": None}) == [("/name", "wrong_type")]


def test_the_choices_of_a_field_are_told_as_a_list_and_by_their_names() -> None:
    photo = {"content_type": "image/gif", "size": 1, "sha256": "0" * 64}
    told = json.loads(filed({"photos": [photo]}, accept_language="en").text)["errors"]
    (said,) = (each for each in told if each["key"] == "unknown_choice")
    assert said["detail"].endswith(": JPEG; PNG; WebP; HEIC; HEIF.")
    assert said["choices"] == ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"]


@pytest.mark.parametrize("blank", [" ", "\t\n", "\u2003", "\x85", "\u200b", "\ufeff\u3164"])
def test_a_text_of_blanks_alone_is_no_text(blank: str) -> None:
    model = TypeAdapter(Annotated[str, words(100, "Any.")])
    with pytest.raises(ValidationError) as refused:
        model.validate_python(blank)
    assert [error["type"] for error in refused.value.errors()] == ["fault.empty"]
    assert model.validate_python(f"{blank}a{blank}")
    assert model.json_schema()["pattern"] == r"\S"
