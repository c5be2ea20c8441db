"""The models of requests take what the OpenAPI document says that they take and refuse the rest: `jsonschema` judges."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from functions.complaints.faults import Invalid
from functions.edge.fields import FAULT, ID_FORM
from functions.edge.validation import refusal
from tests.functions.carried import Carried, carried
from tests.functions.error_types import error_types
from tests.sweeps import draws

Schema = dict[str, Any]
UNSEEN = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc\ufffd\U0001d159"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)

# What both sides need not agree on: half a surrogate pair is no text to us, `$` is the very end, and what is unseen.
letters = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Zl", "Zp"), exclude_characters=UNSEEN)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(letters, max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(letters, max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
ANY = object()
LEFT_TO_THE_CORE: dict[tuple[str, str], Any] = {
    ("enum", "outcome"): ANY,
    **{
        (rule, field): value
        for rule, value in ID_FORM.items()
        for field in ("ids", "photos", "suggested_place")
    },
}
"""What is said of a field for its readers; what else is sent is judged by the move, which knows no such thing. By rule and
field, with the rule's value.
"""


def near(schema: Schema, defined: Schema) -> st.SearchStrategy[Any]:
    """Values that fit the schema, or almost: what random values would never reach."""
    fitting = _fitting(schema, defined)
    return st.one_of(fitting, fitting, fitting, junk)


def _fitting(schema: Schema, defined: Schema) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _fitting(defined[schema["$ref"].rpartition("/")[2]], defined)
    if "anyOf" in schema:
        return st.one_of(*(_fitting(each, defined) for each in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    match schema["type"]:
        case "object":
            properties = {name: near(each, defined) for name, each in schema.get("properties", {}).items()}
            required = set(schema.get("required", ()))
            fitting = st.fixed_dictionaries(
                {name: each for name, each in properties.items() if name in required},
                optional={name: each for name, each in properties.items() if name not in required},
            )
            more = schema.get("additionalProperties", True)
            extra = near(more, defined) if isinstance(more, dict) else junk
            others = st.dictionaries(st.text(letters, min_size=1, max_size=3), extra, max_size=2)
            sparse = fitting.map(lambda each: dict(list(each.items())[1:]))
            return fitting | sparse | st.builds(lambda a, b: b | a, fitting, others)
        case "array":
            most = schema.get("maxItems", 3)
            sizes = st.sampled_from(sorted({schema.get("minItems", 0), 1, most, most + 1}))
            item = near(schema.get("items", {"type": "string"}), defined)
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


def _without_format(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _without_format(each) for name, each in schema.items() if name != "format"}
    return [_without_format(each) for each in schema] if isinstance(schema, list) else schema


def _prepared(body: Carried) -> tuple[Carried, st.SearchStrategy[Any], Draft202012Validator]:
    schema = _without_format(body.adapter.json_schema())
    return body, near(schema, schema.get("$defs", {})), Draft202012Validator(schema)


PREPARED = {each.route: _prepared(each) for each in carried() if each.place == "body"}


def pointers(errors: Iterable[jsonschema.ValidationError]) -> Iterator[str]:
    for error in errors:
        field = str(next(iter(error.absolute_path), ""))
        left = LEFT_TO_THE_CORE.get((error.validator, field))
        if left is ANY or (left is not None and left == error.validator_value):
            continue
        yield "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.absolute_path)
        yield from pointers(error.context or ())


def is_of_form(error: Mapping[str, Any]) -> bool:
    """What a body holds is judged besides, against the region and the day."""
    return not error["type"].startswith(FAULT) or error["ctx"]["key"] in ("wrong_type", "too_long", "empty")


def test_there_are_bodies_to_check() -> None:
    assert len(PREPARED) >= 17


@settings(max_examples=draws(gate=120, whole=1_000))
@given(route=st.sampled_from(sorted(PREPARED)), draw=st.data())
def test_a_body_is_taken_or_refused_as_the_document_says(route: str, draw: st.DataObject) -> None:
    body, values, validator = PREPARED[route]
    value = draw.draw(values)
    found = [error for error in body.errors(value) if is_of_form(error)]
    kinds = {error["type"] for error in found if not error["type"].startswith(FAULT)}
    assert kinds <= set(error_types(body.adapter.core_schema))
    refused = refusal(found)
    assert isinstance(refused, Invalid)
    faults = {(fault.pointer, fault.key) for fault in refused.faults}
    expected = set(pointers(validator.iter_errors(value)))
    assert bool(faults) == bool(expected), (value, faults, expected)
    for pointer, key in faults:
        parent = pointer.rpartition("/")[0]
        assert (parent if key in ("missing", "unknown_field") else pointer) in expected
