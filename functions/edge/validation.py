"""What pydantic finds wrong with a request, as faults with a key each, whose texts are in three languages.

Pydantic's error types: https://docs.pydantic.dev/latest/errors/validation_errors/
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from functions.complaints.faults import FieldFault, Invalid, NotFound, pointer
from functions.edge.fields import FAULT
from functions.edge.problems import Problem

type Error = Mapping[str, Any]
"""One of `ValidationError.errors()`: `type`, `loc` and, where it has parameters, `ctx`."""

NO_SUCH: Final = "no_such"
"""The type of the error where a path names what there cannot be."""

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
_QUOTED: Final = re.compile(r"'([^']*)'")
_HEADERS: Final = {IDEMPOTENCY_KEY.lower(): IDEMPOTENCY_KEY}


def _wrong_type(expected: str) -> Callable[[Error], tuple[str, Mapping[str, Any]]]:
    return lambda _: ("wrong_type", {"expected": expected})


def _key(key: str) -> Callable[[Error], tuple[str, Mapping[str, Any]]]:
    return lambda _: (key, {})


def _bound(key: str, name: str, bound: str) -> Callable[[Error], tuple[str, Mapping[str, Any]]]:
    return lambda error: (key, {name: error["ctx"][bound]})


def _too_short(error: Error) -> tuple[str, Mapping[str, Any]]:
    least = error["ctx"]["min_length"]
    return "empty" if least == 1 else "too_short", {"min": least}


def _choices(error: Error) -> tuple[str, Mapping[str, Any]]:
    return "unknown_choice", {"choices": tuple(_QUOTED.findall(error["ctx"]["expected"]))}


FAULTS: Final[Mapping[str, Callable[[Error], tuple[str, Mapping[str, Any]]]]] = {
    "missing": _key("missing"),
    "extra_forbidden": _key("unknown_field"),
    "string_too_short": _too_short,
    "string_too_long": _bound("too_long", "max", "max_length"),
    "string_pattern_mismatch": _key("wrong_form"),
    "string_unicode": _key("not_unicode"),
    "literal_error": _choices,
    "enum": _choices,
    "greater_than_equal": _bound("too_small", "min", "ge"),
    "less_than_equal": _bound("too_large", "max", "le"),
    "too_short": _bound("too_few", "min", "min_length"),
    "too_long": _bound("too_many", "max", "max_length"),
    "string_type": _wrong_type("string"),
    "int_type": _wrong_type("integer"),
    "int_parsing": _wrong_type("integer"),
    "int_parsing_size": _wrong_type("integer"),
    "int_from_float": _wrong_type("integer"),
    "float_type": _wrong_type("number"),
    "float_parsing": _wrong_type("number"),
    "finite_number": _wrong_type("number"),
    "bool_type": _wrong_type("boolean"),
    "list_type": _wrong_type("array"),
    "dict_type": _wrong_type("object"),
    "model_type": _wrong_type("object"),
    "model_attributes_type": _wrong_type("object"),
}
"""The key of a fault and its parameters, by pydantic's type; a fault of ours (`fields.fault`) brings its own."""


def refusal(errors: Sequence[Error]) -> Exception:
    """What the caller is told of `errors`: Invalid with every fault at once, NotFound where the path names nothing, or
    Problem where a required Idempotency-Key is missing.
    """
    if any(error["type"] == NO_SUCH for error in errors):
        return NotFound()
    if any(error["loc"] == ("header", IDEMPOTENCY_KEY.lower()) and _is_absent(error) for error in errors):
        return Problem("idempotency-key-missing")
    return Invalid(_faults(errors))


def _is_absent(error: Error) -> bool:
    return error["type"] in {"missing", FAULT + "missing"}


def _faults(errors: Iterable[Error]) -> Iterable[FieldFault]:
    for error in errors:
        key, params = _named(error)
        yield FieldFault(pointer=_pointer(error["loc"]), key=key, params=params)


def _named(error: Error) -> tuple[str, Mapping[str, Any]]:
    if error["type"].startswith(FAULT):
        return error["ctx"]["key"], {name: value for name, value in error["ctx"].items() if name != "key"}
    return FAULTS[error["type"]](error)


def _pointer(location: Sequence[str | int]) -> str:
    """A JSON Pointer into the body (RFC 6901), or the name of a parameter or header."""
    place, *steps = location
    if place != "body":
        return _HEADERS.get(str(steps[0]), str(steps[0]))
    return pointer(*steps)
