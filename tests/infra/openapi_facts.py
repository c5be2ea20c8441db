"""An OpenAPI document as the facts that a client can rely on, whatever names and words it is written in.

Operations, parameters, bodies and answers, each field by its path with its type, whether it must be there, may be null,
and its limits. Descriptions, examples, titles, the names of components and the order of anything are no facts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

LIMITS = (
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "maxProperties",
    "format",
)
type Facts = dict[str, Any]


def facts(document: Mapping[str, Any]) -> Facts:
    """Every fact by where it is: `POST /v1/complaints body /comment maxLength`."""
    found: Facts = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found |= {
                f"{method.upper()} {path} {where}": fact for where, fact in _operation(operation, document)
            }
    for name, item in document["webhooks"].items():
        schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        found |= {f"webhook {name} {where}": fact for where, fact in _schema(schema, "", document)}
    return found


def _operation(operation: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "id", operation["operationId"]
    yield "security", sorted(name for each in operation["security"] for name in each)
    for parameter in (_resolved(each, document) for each in operation.get("parameters", ())):
        where = f"{parameter['in']} {parameter['name'].lower()}"
        yield f"{where} required", bool(parameter.get("required"))
        for at, fact in _schema(parameter["schema"], "", document):
            if at != "/ null":
                yield f"{where} {at}", fact
    if "requestBody" in operation:
        body = operation["requestBody"]
        yield "body required", bool(body.get("required"))
        for at, fact in _schema(body["content"]["application/json"]["schema"], "", document):
            yield f"body {at}", fact
    for status, response in operation["responses"].items():
        whole = _resolved(response, document)
        yield f"{status} headers", sorted(name.lower() for name in whole.get("headers", ()))
        yield f"{status} content", sorted(whole.get("content", ()))
        for media_type, content in whole.get("content", {}).items():
            for at, fact in _schema(content.get("schema", {}), "", document):
                yield f"{status} {media_type} {at}", fact


def _schema(schema: Mapping[str, Any], at: str, document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    whole, nullable = _plain(schema, document)
    where = at or "/"
    if nullable:
        yield f"{where} null", True
    if "oneOf" in whole:
        for index, each in enumerate(whole["oneOf"]):
            yield from _schema(each, f"{at}|{_mark(each, document, index)}", document)
        return
    choices = [whole["const"]] if "const" in whole else whole.get("enum")
    if choices is not None:
        yield f"{where} enum", sorted(str(each) for each in choices if each is not None)
    elif "type" in whole:
        yield f"{where} type", whole["type"]
    yield from ((f"{where} {limit}", whole[limit]) for limit in LIMITS if limit in whole)
    if whole.get("additionalProperties") is False:
        yield f"{where} closed", True
    if "required" in whole:
        yield f"{where} required", sorted(whole["required"])
    for name, each in whole.get("properties", {}).items():
        yield from _schema(each, f"{at}/{name}", document)
    if isinstance(whole.get("additionalProperties"), Mapping):
        yield from _schema(whole["additionalProperties"], f"{at}/*", document)
    if "items" in whole:
        yield from _schema(whole["items"], f"{at}/[]", document)


def _plain(schema: Mapping[str, Any], document: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """The schema without references, and whether null fits it too."""
    whole = dict(_resolved(schema, document))
    types = whole.get("type")
    nullable = isinstance(types, list) and "null" in types
    if isinstance(types, list):
        (whole["type"],) = [each for each in types if each != "null"]
    if None in whole.get("enum", ()):
        nullable = True
    branches = whole.pop("anyOf", None) or whole.get("oneOf")
    if branches is not None:
        others = [each for each in branches if each.get("type") != "null"]
        nullable = nullable or len(others) < len(branches)
        whole.pop("oneOf", None)
        if len(others) == 1:
            inner, also = _plain(others[0], document)
            return {**whole, **inner}, nullable or also
        whole["oneOf"] = others
    return whole, nullable


def _mark(schema: Mapping[str, Any], document: Mapping[str, Any], index: int) -> str:
    """What tells one of several shapes from the others: a constant of theirs."""
    whole, _ = _plain(schema, document)
    marks = [
        f"{name}={each['const'] if 'const' in each else each['enum'][0]}"
        for name, raw in whole.get("properties", {}).items()
        if "const" in (each := _plain(raw, document)[0]) or len(each.get("enum", ())) == 1
    ]
    return sorted(marks)[0] if marks else str(index)


def _resolved(value: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in value:
        found: Any = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        value = {**found, **{name: each for name, each in value.items() if name != "$ref"}}
    return value
