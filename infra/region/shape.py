"""The language in which the form of a region file is written: one description, checked and published.

A shape checks nodes (`check`) and writes itself as JSON Schema 2020-12 (`json_schema`), so that the editor
and the linter cannot disagree. With `partial` a shape is that of a file which extends another: keys may be
left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from functions.complaints.duration import Duration
from infra.region.finding import Finding
from infra.region.source import Node
from infra.region.words import meant


class Shape(Protocol):
    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]: ...

    def json_schema(self, *, partial: bool) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Text:
    """Text that fits `pattern` whole; `what` names it in a sentence ("a date such as 2026-03-09")."""

    what: str
    pattern: str
    rule: str = "bad-value"

    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        if not isinstance(node.value, str):
            yield _wrong_type(node, f"text: {self.what}")
        elif not _fits(self.pattern, node.value):
            yield node.fault(self.rule, f"{node.value!r} is not {self.what}.", f"Write {self.what}.")

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        return {"type": "string", "pattern": self.pattern}


_CLOCK_TIME = "(?=[0-9])([0-9]{1,6}H)?([0-9]{1,6}M)?([0-9]{1,6}S)?"
_TERM = rf"^(P[0-9]{{1,6}}(BD|M|D)|PT[0-9]{{1,6}}BH|P[0-9]{{1,6}}DT{_CLOCK_TIME}|PT{_CLOCK_TIME})$"


@dataclass(frozen=True, kw_only=True)
class Term:
    """A duration as `functions.complaints.duration` reads it."""

    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        if not isinstance(node.value, str):
            yield _wrong_type(node, "a duration such as PT4H or P15BD")
            return
        try:
            Duration.parse(node.value)
        except ValueError:
            yield node.fault(
                "duration",
                f"{node.value!r} is not a term.",
                "Write PT4H, PT30M or P3D (by the clock), P15BD or PT8BH (working days, hours), or P2M.",
            )

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        return {"type": "string", "pattern": _TERM}


@dataclass(frozen=True, kw_only=True)
class Integer:
    minimum: int
    maximum: int

    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        if not isinstance(node.value, int) or isinstance(node.value, bool):
            yield _wrong_type(node, "a whole number")
        elif not self.minimum <= node.value <= self.maximum:
            allowed = f"between {self.minimum} and {self.maximum}"
            yield node.fault("bad-value", f"{node.value} is not {allowed}.", f"Write a number {allowed}.")

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, kw_only=True)
class Flag:
    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        if not isinstance(node.value, bool):
            yield _wrong_type(node, "true or false")

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        if not isinstance(node.value, str):
            yield _wrong_type(node, f"one of {', '.join(self.words)}")
        elif node.value not in self.words:
            yield node.fault(
                "bad-value",
                f"{node.value!r} is not known here.{meant(node.value, self.words)}",
                f"Write one of {', '.join(self.words)}.",
            )

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Nullable:
    """The shape, or `null` for "none"."""

    shape: Shape

    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        if node.value is not None:
            yield from self.shape.check(node, partial=partial)

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        return {"anyOf": [self.shape.json_schema(partial=partial), {"type": "null"}]}


@dataclass(frozen=True, kw_only=True)
class ListOf:
    item: Shape
    minimum: int = 0

    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        if not isinstance(node.value, list):
            yield _wrong_type(node, "a list")
            return
        if len(node.value) < self.minimum:
            yield node.fault(
                "missing-key",
                f"This list needs {self.minimum} or more and has {len(node.value)}.",
                "Add what is missing.",
            )
        for item in node.value:
            yield from self.item.check(item, partial=partial)

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "array", "items": self.item.json_schema(partial=partial)}
        return schema | ({"minItems": self.minimum} if self.minimum else {})


@dataclass(frozen=True, kw_only=True)
class Table:
    """Free keys that fit `pattern`, each with a value of the same shape."""

    what: str
    pattern: str
    item: Shape

    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        if not isinstance(node.value, dict):
            yield _wrong_type(node, "keys with values")
            return
        for key, value in node.value.items():
            if not _fits(self.pattern, key):
                yield value.fault("bad-value", f"The key {key!r} is not {self.what}.", f"Write {self.what}.")
            yield from self.item.check(value, partial=partial)

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        return {
            "type": "object",
            "propertyNames": {"pattern": self.pattern},
            "additionalProperties": self.item.json_schema(partial=partial),
        }


@dataclass(frozen=True)
class Key:
    """A key of a record: its shape, what it is for, and whether it may be left out."""

    shape: Shape
    doc: str
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Record:
    """Known keys. `identity` are those that a partial record needs too, to be found by."""

    what: str
    keys: Mapping[str, Key]
    identity: Sequence[str] = ()
    missing_rule: str = "missing-key"

    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        if not isinstance(node.value, dict):
            yield _wrong_type(node, f"{self.what} with its keys")
            return
        for name in self._required(partial):
            if name not in node.value:
                yield node.fault(
                    self.missing_rule,
                    f"{self.what.capitalize()} lacks {name!r}.",
                    f"Add {name}: {self.keys[name].doc}",
                )
        for name, value in node.value.items():
            if name in self.keys:
                yield from self.keys[name].shape.check(value, partial=partial)
            else:
                yield value.fault(
                    "unknown-key",
                    f"{self.what.capitalize()} has no key {name!r}.{meant(name, tuple(self.keys))}",
                    f"Remove it, or use one of {', '.join(self.keys)}.",
                )

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                name: {"description": key.doc} | key.shape.json_schema(partial=partial)
                for name, key in self.keys.items()
            },
            "required": self._required(partial),
            "additionalProperties": False,
        }

    def _required(self, partial: bool) -> list[str]:
        return list(self.identity) if partial else [name for name, key in self.keys.items() if key.required]


@dataclass(frozen=True, kw_only=True)
class Either:
    """One of some records, told apart by the key that each must have."""

    what: str
    records: Mapping[str, Record] = field(default_factory=dict)

    def check(self, node: Node, *, partial: bool) -> Iterator[Finding]:
        chosen = [record for key, record in self.records.items() if key in node.fields()]
        if len(chosen) == 1:
            yield from chosen[0].check(node, partial=False)
        else:
            yield node.fault(
                "missing-key",
                f"{self.what.capitalize()} needs exactly one of {', '.join(self.records)}.",
                f"Keep one of {', '.join(self.records)}.",
            )

    def json_schema(self, *, partial: bool) -> dict[str, Any]:
        return {"oneOf": [record.json_schema(partial=False) for record in self.records.values()]}


def _fits(pattern: str, text: str) -> bool:
    """As JSON Schema matches, where `$` is the end and not, as in Python, also before a last line break."""
    return re.search(pattern, text) is not None and not (pattern.endswith("$") and text.endswith("\n"))


def _wrong_type(node: Node, expected: str) -> Finding:
    found = {dict: "keys", list: "a list", bool: "true or false", type(None): "nothing"}.get(
        type(node.value), repr(node.value)
    )
    remedy = f"Write {expected}."
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        remedy += " Put quotes around a number that is a name."
    return node.fault("wrong-type", f"Expected {expected}, found {found}.", remedy)
