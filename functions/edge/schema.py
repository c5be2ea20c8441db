"""Check a JSON value against the JSON Schemas that the OpenAPI document publishes, and name every fault at once.

The subset of JSON Schema 2020-12 that the API's request bodies use: type (one name, or several), required,
properties, additionalProperties, maxProperties, items, enum (of strings), pattern, minLength, maxLength, minimum,
maximum, minItems, maxItems, format date-time. A test holds it to the `jsonschema` library, which is too heavy for
a cold start.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from functions.complaints.clock import parse_iso
from functions.complaints.faults import FieldFault, Invalid

Schema = Mapping[str, Any]


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Final[Mapping[str, Callable[[object], bool]]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _number,
    "integer": lambda value: _number(value) and (isinstance(value, int) or value.is_integer()),  # type: ignore[attr-defined]
}


# RFC 3339, section 5.6, in capital letters as it advises: narrower than the ISO 8601 that Python reads (week
# dates, no separators, commas).
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII)


def check(value: object, schema: Schema) -> None:
    """Raise Invalid with every fault of `value`, or return."""
    faults = tuple(_faults(value, schema, ""))
    if faults:
        raise Invalid(faults)


def _faults(value: object, schema: Schema, pointer: str) -> Iterator[FieldFault]:
    types = schema.get("type")
    names = [types] if isinstance(types, str) else types
    if names is not None and not any(_TYPES[name](value) for name in names):
        yield FieldFault(pointer=pointer, key="wrong_type", params={"expected": " / ".join(names)})
        return
    if "enum" in schema and value not in schema["enum"]:
        choices = ", ".join(str(choice) for choice in schema["enum"])
        yield FieldFault(pointer=pointer, key="unknown_choice", params={"choices": choices})
        return
    if isinstance(value, str):
        yield from _string_faults(value, schema, pointer)
    elif isinstance(value, dict):
        yield from _object_faults(value, schema, pointer)
    elif isinstance(value, list):
        yield from _array_faults(value, schema, pointer)
    elif _number(value):
        yield from _number_faults(value, schema, pointer)  # type: ignore[arg-type]


def _string_faults(value: str, schema: Schema, pointer: str) -> Iterator[FieldFault]:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength")
    if len(value) < shortest:
        key = "empty" if shortest == 1 else "too_short"
        yield FieldFault(pointer=pointer, key=key, params={"min": shortest})
    elif longest is not None and len(value) > longest:
        yield FieldFault(pointer=pointer, key="too_long", params={"max": longest})
    elif "pattern" in schema and not _matches(schema["pattern"], value):
        yield FieldFault(pointer=pointer, key="wrong_form")
    elif schema.get("format") == "date-time" and not _is_instant(value):
        yield FieldFault(pointer=pointer, key="not_an_instant")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        # A lone surrogate is legal in JSON and cannot be stored as UTF-8.
        yield FieldFault(pointer=pointer, key="not_unicode")


def _matches(pattern: str, value: str) -> bool:
    """Patterns are ECMA-262's, where `$` is the very end; Python's also matches before a last line feed."""
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    return re.search(pattern[:-1] + r"\Z" if ends else pattern, value) is not None


def _is_instant(value: str) -> bool:
    try:
        parse_iso(value)
    except ValueError:
        return False
    return _INSTANT.fullmatch(value) is not None


def _object_faults(value: Mapping[str, object], schema: Schema, pointer: str) -> Iterator[FieldFault]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield FieldFault(pointer=f"{pointer}/{_escaped(name)}", key="missing")
    others = schema.get("additionalProperties", True)
    for name, item in value.items():
        at = f"{pointer}/{_escaped(name)}"
        if name in properties:
            yield from _faults(item, properties[name], at)
        elif others is False:
            yield FieldFault(pointer=at, key="unknown_field")
        elif isinstance(others, Mapping):
            yield from _faults(item, others, at)
    most = schema.get("maxProperties")
    if most is not None and len(value) > most:
        yield FieldFault(pointer=pointer, key="too_many", params={"max": most})


def _array_faults(value: list[object], schema: Schema, pointer: str) -> Iterator[FieldFault]:
    if len(value) < schema.get("minItems", 0):
        yield FieldFault(pointer=pointer, key="too_few", params={"min": schema["minItems"]})
    if "maxItems" in schema and len(value) > schema["maxItems"]:
        yield FieldFault(pointer=pointer, key="too_many", params={"max": schema["maxItems"]})
        return
    if "items" in schema:
        for index, item in enumerate(value):
            yield from _faults(item, schema["items"], f"{pointer}/{index}")


def _number_faults(value: float, schema: Schema, pointer: str) -> Iterator[FieldFault]:
    if "minimum" in schema and value < schema["minimum"]:
        yield FieldFault(pointer=pointer, key="too_small", params={"min": schema["minimum"]})
    if "maximum" in schema and value > schema["maximum"]:
        yield FieldFault(pointer=pointer, key="too_large", params={"max": schema["maximum"]})


def _escaped(name: str) -> str:
    """A reference token of RFC 6901."""
    return name.replace("~", "~0").replace("/", "~1")
