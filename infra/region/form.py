"""What pydantic finds wrong with the form of a region file, as findings at the lines where it stands.

Pydantic's error types: https://docs.pydantic.dev/latest/errors/validation_errors/
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from pydantic import ValidationError

from infra.region.finding import Finding
from infra.region.schema import LANGUAGES, Region, region_schema
from infra.region.source import Node
from infra.region.words import meant

type Schema = Mapping[str, Any]
"""A part of the JSON Schema of `Region`: what an error may say of the key beside it."""

_REGION: Final[Schema] = region_schema()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`node` is the value at fault, or what lacks it; `value` what was found; `schema` is of the value, `around` of what
    holds it under `key`.
    """

    node: Node
    key: str
    value: Any
    schema: Schema
    around: Schema

    @classmethod
    def at(cls, root: Node, location: Sequence[str | int]) -> Self:
        """`location` is an error's `loc`: keys, numbers in lists, the name of a union's model, `[key]` for a key."""
        node, around, schema = root, _REGION, _REGION
        for step in location:
            if step != "[key]":
                node, around, schema = node.child(step) or node, schema, _inside(schema, step)
        key = location[-1] if location else ""
        if key == "[key]":
            return cls(
                node=node, key=str(key), value=location[-2], schema=around["propertyNames"], around=around
            )
        return cls(node=node, key=str(key), value=node.value, schema=schema, around=around)


def _inside(schema: Schema, step: str | int) -> Schema:
    """Empty for a key that there is not."""
    found: Schema
    if "oneOf" in schema:
        found = _REGION["$defs"][step]
    elif isinstance(step, int):
        found = schema["items"]
    elif "patternProperties" in schema:
        (found,) = schema["patternProperties"].values()
    else:
        found = schema["properties"].get(step, {})
    found, *_ = found.get("anyOf", (found,))
    return _referred(found) if "$ref" in found else found


def _referred(schema: Schema) -> Schema:
    found: Schema = _REGION["$defs"][schema["$ref"].rpartition("/")[2]]
    return found


type Told = tuple[str, str, str]
"""The rule, what is wrong and what to do."""


def _missing(fault: Fault) -> Told:
    return (
        "missing-language" if fault.key in LANGUAGES else "missing-key",
        f"{fault.around['title']} lacks {fault.key!r}.",
        f"Add {fault.key}: {fault.around['properties'][fault.key]['description']}.",
    )


def _unknown(fault: Fault) -> Told:
    known = tuple(fault.around["properties"])
    return (
        "unknown-key",
        f"{fault.around['title']} has no key {fault.key!r}.{meant(fault.key, known)}",
        f"Remove it, or use one of {', '.join(known)}.",
    )


def _misspelt(fault: Fault) -> Told:
    form = fault.schema
    return form["x-rule"], f"{fault.value!r} has not the form that belongs here.", form["patternErrorMessage"]


def _out_of_range(fault: Fault) -> Told:
    allowed = f"between {fault.schema['minimum']} and {fault.schema['maximum']}"
    return "bad-value", f"{fault.value} is not {allowed}.", f"Write a number {allowed}."


def _no_choice(fault: Fault) -> Told:
    choices = fault.schema.get("enum") or [fault.schema["const"]]
    remedy = f"Write one of {', '.join(choices)}."
    if not isinstance(fault.value, str):
        return _wrong_type("a word", lambda _: remedy)(fault)
    return "bad-value", f"{fault.value!r} is not known here.{meant(fault.value, choices)}", remedy


def _too_few(fault: Fault) -> Told:
    return (
        "missing-key",
        f"This list needs {fault.schema['minItems']} or more and has {len(fault.value)}.",
        "Add what is missing.",
    )


def _neither_or_both(fault: Fault) -> Told:
    keys = ", ".join(_referred(one)["required"][0] for one in fault.schema["oneOf"])
    return "missing-key", f"{fault.key.capitalize()} needs exactly one of {keys}.", f"Keep one of {keys}."


def _wrong_type(expected: str, remedy: Callable[[Fault], str]) -> Callable[[Fault], Told]:
    def told(fault: Fault) -> Told:
        found = {dict: "keys", list: "a list", bool: "true or false", type(None): "nothing"}.get(
            type(fault.value), repr(fault.value)
        )
        quotes = " Put quotes around a number that is a name." if type(fault.value) in (int, float) else ""
        return "wrong-type", f"Expected {expected}, found {found}.", remedy(fault) + quotes

    return told


def _keys(fault: Fault) -> str:
    return f"Write keys: {', '.join(fault.schema['properties'])}."


FINDINGS: Final[Mapping[str, Callable[[Fault], Told]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_pattern_mismatch": _misspelt,
    "value_error": _misspelt,
    "greater_than_equal": _out_of_range,
    "less_than_equal": _out_of_range,
    "literal_error": _no_choice,
    "too_short": _too_few,
    "union_tag_not_found": _neither_or_both,
    "string_type": _wrong_type("text", lambda fault: fault.schema["patternErrorMessage"]),
    "int_type": _wrong_type("a whole number", lambda _: "Write a whole number."),
    "bool_type": _wrong_type("true or false", lambda _: "Write true or false."),
    "list_type": _wrong_type("a list", lambda _: "Write a list."),
    "dict_type": _wrong_type("keys with values", lambda _: "Write keys with values."),
    "model_type": _wrong_type("keys", _keys),
    "null": _wrong_type("a value", lambda _: "Write one, or leave the key out."),
}
"""What is told of a fault, by pydantic's type; `null` is of `schema.LeftOut`."""


def form_findings(root: Node, *, partial: bool = False) -> Iterator[Finding]:
    """Every fault of the form, where it stands in the files that `root` was read of. `partial`: what is left out is none,
    since another file says it.
    """
    try:
        Region.model_validate(root.plain())
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_context=False, include_input=False):
            if not (partial and error["type"] == "missing"):
                fault = Fault.at(root, error["loc"])
                yield fault.node.fault(*FINDINGS[error["type"]](fault))
