"""The request checker against the `jsonschema` library, over every schema that the APIs publish."""

import math
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from functions.complaints.faults import Invalid
from functions.complaints.limits import Limits
from functions.edge.schema import check
from functions.intake.api import schemas as intake
from functions.intake.people import schemas as people
from functions.route.api import schemas as route

Schema = dict[str, Any]


def published() -> dict[str, Schema]:
    """Every request body of both APIs, by where it is and what it is called."""
    bodies = {
        f"intake.{each.name}": getattr(intake.bodies(Limits()), each.name) for each in fields(intake.Bodies)
    }
    for name, module in (("route", route), ("people", people)):
        bodies |= {
            f"{name}.{key.lower()}": value
            for key, value in vars(module).items()
            if key.isupper() and isinstance(value, dict) and "type" in value
        }
    return bodies


SCHEMAS = published()
# What both sides need not agree on: half a surrogate pair is no text to us, and `$` is the very end.
letters = st.characters(exclude_categories=("Cs",), exclude_characters="\n")
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(letters, max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(letters, max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def near(schema: Schema) -> st.SearchStrategy[Any]:
    """Values that fit the schema, or almost: what random values would never reach."""
    return st.one_of(_fitting(schema), _fitting(schema), _fitting(schema), junk)


def _fitting(schema: Schema) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"] if isinstance(schema["type"], str) else schema["type"][0]:
        case "object":
            properties = {name: near(each) for name, each in schema.get("properties", {}).items()}
            required = set(schema.get("required", ()))
            fitting = st.fixed_dictionaries(
                {name: each for name, each in properties.items() if name in required},
                optional={name: each for name, each in properties.items() if name not in required},
            )
            more = schema.get("additionalProperties", True)
            extra = near(more) if isinstance(more, dict) else junk
            others = st.dictionaries(st.text(letters, min_size=1, max_size=3), extra, max_size=2)
            sparse = fitting.map(lambda each: dict(list(each.items())[1:]))
            return fitting | sparse | st.builds(lambda a, b: b | a, fitting, others)
        case "array":
            most = schema.get("maxItems", 3)
            sizes = st.sampled_from(sorted({schema.get("minItems", 0), 1, most, most + 1}))
            item = near(schema.get("items", {"type": "string"}))
            return sizes.flatmap(lambda size: st.lists(item, max_size=min(size, 4)) | _many(item, size))
        case "string":
            least, most = schema.get("minLength", 0), schema.get("maxLength", 50)
            sizes = st.sampled_from(sorted({0, max(0, least - 1), least, most, most + 1}))
            exact = sizes.flatmap(lambda size: st.sampled_from(["x", " ", "ж"]).map(lambda each: each * size))
            return exact | st.text(letters, max_size=20) | st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
        case "integer" | "number":
            edges = [schema.get("minimum", 0), schema.get("maximum", 9)]
            return st.sampled_from(
                [each + by for each in edges for by in (-1, -0.5, 0, 0.5, 1, 1.0)]
            ) | st.floats(allow_nan=False)
        case "boolean":
            return st.booleans()
    return st.none()


def _many(item: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[list[Any]]:
    return item.map(lambda each: [each] * size)


def errors(validator: Draft202012Validator, value: Any) -> set[str]:
    return {
        "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.absolute_path)
        for error in validator.iter_errors(value)
    }


def _without_format(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _without_format(each) for name, each in schema.items() if name != "format"}
    return [_without_format(each) for each in schema] if isinstance(schema, list) else schema


PREPARED = {
    name: (schema, near(schema), Draft202012Validator(schema))
    for name, schema in ((name, _without_format(each)) for name, each in SCHEMAS.items())
}


def ours(schema: Schema, value: Any) -> list[tuple[str, str]]:
    try:
        check(value, schema)
    except Invalid as invalid:
        return [(fault.pointer, fault.key) for fault in invalid.faults]
    return []


def test_there_are_schemas_to_check() -> None:
    assert len(SCHEMAS) >= 15


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_keyword_that_is_published_is_one_that_is_checked(name: str) -> None:
    known = {"type", "required", "properties", "additionalProperties", "maxProperties", "items", "enum"}
    known |= {"pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "format"}
    Draft202012Validator.check_schema(SCHEMAS[name])
    for schema in _schemas(SCHEMAS[name]):
        assert set(schema) <= known | {"description", "default"}
        assert schema.get("format", "date-time") == "date-time"


def _schemas(schema: Schema) -> Iterator[Schema]:
    yield schema
    for each in (
        *schema.get("properties", {}).values(),
        schema.get("items"),
        schema.get("additionalProperties"),
    ):
        if isinstance(each, dict):
            yield from _schemas(each)


@settings(max_examples=400)
@given(name=st.sampled_from(sorted(SCHEMAS)), draw=st.data())
def test_it_accepts_and_refuses_what_the_library_does(name: str, draw: st.DataObject) -> None:
    schema, values, validator = PREPARED[name]
    value = draw.draw(values)
    found, expected = ours(schema, value), errors(validator, value)
    assert bool(found) == bool(expected), (value, found, expected)
    for pointer, key in found:
        parent = pointer.rpartition("/")[0]
        assert (parent if key in ("missing", "unknown_field") else pointer) in expected


def test_every_fault_is_named_at_once_and_where() -> None:
    body = {"category": "", "location": {"lat": 91, "lon": "x"}, "photos": [{"size": 0}], "more": 1}
    assert dict(ours(intake.SUBMISSION, body)) == {
        "/category": "empty",
        "/comment": "missing",
        "/location/lat": "too_large",
        "/location/lon": "wrong_type",
        "/photos/0/content_type": "missing",
        "/photos/0/sha256": "missing",
        "/photos/0/size": "too_small",
        "/more": "unknown_field",
    }


@pytest.mark.parametrize("value", [10**400, 1e300, math.inf, -math.inf, True, "1", None, [], 1.5])
def test_numbers_of_any_size_are_judged_without_failing(value: object) -> None:
    assert ours({"type": "integer", "minimum": 1, "maximum": 9}, value)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert not ours({"type": "integer", "minimum": 1, "maximum": 9}, 5.0)


def test_a_line_feed_at_the_end_does_not_slip_through_a_pattern() -> None:
    assert ours({"type": "string", "pattern": "^[0-9a-f]{2}$"}, "ab\n") == [("", "wrong_form")]
    assert not ours({"type": "string", "pattern": "^[0-9a-f]{2}$"}, "ab")
    assert not ours({"type": "string", "pattern": r"^costs 5\$"}, "costs 5$ or so")


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert ours({"type": "string"}, "\ud83d") == [("", "not_unicode")]


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
    assert not ours({"type": "string", "format": "date-time"}, text)


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
        "",
    ],
)
def test_what_is_no_instant_of_rfc_3339_is_refused(text: str) -> None:
    assert ours({"type": "string", "format": "date-time"}, text) == [("", "not_an_instant")]
