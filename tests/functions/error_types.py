"""The types of errors that pydantic can raise of a request, read off the core schemas that it validates by.

Source: https://docs.pydantic.dev/latest/errors/validation_errors/
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

type Schema = Mapping[str, Any]
type Kinds = set[str]

_BOUNDS: Final = {
    "ge": "greater_than_equal",
    "gt": "greater_than",
    "le": "less_than_equal",
    "lt": "less_than",
    "multiple_of": "multiple_of",
}
_OF_TEXT: Final = {
    "min_length": "string_too_short",
    "max_length": "string_too_long",
    "pattern": "string_pattern_mismatch",
}
_OF_SEVERAL: Final = {"min_length": "too_short", "max_length": "too_long"}


def error_types(schema: Schema, *, strict: bool = False) -> Iterator[str]:
    """Of JSON that is read by this schema. Raises KeyError for a kind of schema that is not known here."""
    strict = schema.get("config", {}).get("strict", strict)
    yield from _RAISED[schema["type"]](schema, strict)
    for inner in _within(schema):
        yield from error_types(inner, strict=strict)


def _within(schema: Schema) -> Iterator[Schema]:
    for name in ("schema", "items_schema", "keys_schema", "values_schema"):
        if name in schema:
            yield schema[name]
    yield from schema["fields"].values() if schema["type"] == "model-fields" else ()
    yield from schema.get("definitions", ())


def _text(schema: Schema, strict: bool) -> Kinds:
    return {"string_type", "string_unicode"} | _limited(schema, _OF_TEXT)


def _several(schema: Schema, strict: bool) -> Kinds:
    return {f"{schema['type']}_type"} | _limited(schema, _OF_SEVERAL)


def _number(*lax: str) -> Callable[[Schema, bool], Kinds]:
    def raised(schema: Schema, strict: bool) -> Kinds:
        finite = {"finite_number"} if schema.get("allow_inf_nan") is False else set[str]()
        return {f"{schema['type']}_type"} | finite | _limited(schema, _BOUNDS) | set(() if strict else lax)

    return raised


def _limited(schema: Schema, limits: Mapping[str, str]) -> Kinds:
    return {kind for name, kind in limits.items() if name in schema}


def _always(*kinds: str) -> Callable[[Schema, bool], Kinds]:
    return lambda schema, strict: set(kinds)


_RAISED: Final[Mapping[str, Callable[[Schema, bool], Kinds]]] = {
    "str": _text,
    "int": _number("int_from_float", "int_parsing", "int_parsing_size", "finite_number"),
    "float": _number("float_parsing"),
    "bool": lambda schema, strict: {"bool_type"} | set(() if strict else {"bool_parsing"}),
    "list": _several,
    "dict": _several,
    "literal": _always("literal_error"),
    "enum": _always("enum"),
    "model": _always("model_type", "model_attributes_type"),
    "model-fields": _always("missing", "extra_forbidden", "string_unicode"),
    # These find nothing wrong by themselves; a validator of ours raises faults of ours.
    **dict.fromkeys(("model-field", "nullable", "default", "any"), _always()),
    **dict.fromkeys(("function-before", "function-after", "function-plain"), _always()),
    **dict.fromkeys(("definitions", "definition-ref"), _always()),
}
