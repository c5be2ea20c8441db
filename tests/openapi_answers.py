"""Holds answers to the OpenAPI document: the address, the status and every field must be in it."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from infra.packaging.openapi import document
from tests.region_fixture import region


@cache
def published() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(document(region()))
    return parsed


@cache
def _strict() -> dict[str, Any]:
    """The same document, with no field allowed that it does not name."""
    whole = deepcopy(published())
    for schema in _schemas(whole):
        if "properties" in schema and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    return whole


def assert_described(method: str, path: str, answer: Any) -> None:
    """`answer` is one of `api_client`'s."""
    operation = operation_at(method, path)
    assert str(answer.status) in operation["responses"], (method, path, answer.status)
    response = resolved(operation["responses"][str(answer.status)])
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if not response.get("content"):
        assert not answer.text
        return
    assert media_type in response["content"], (method, path, answer.status, media_type)
    schema = response["content"][media_type]["schema"]
    if media_type == "text/html":
        return
    validator = _validator(json.dumps(schema, sort_keys=True))
    faults = [
        f"{list(fault.absolute_path)}: {fault.message[:300]}" for fault in validator.iter_errors(answer.json)
    ]
    assert not faults, (method, path, faults)


@cache
def _validator(schema: str) -> Draft202012Validator:
    """Made once for all answers that have this schema."""
    said = json.loads(schema)
    return Draft202012Validator(
        {**said, "components": _strict()["components"]}
        if "$ref" in said
        else {"allOf": [_closed(said)], "components": _strict()["components"]},
        format_checker=FormatChecker(),
    )


def operation_at(method: str, path: str) -> dict[str, Any]:
    """The described operation; literal segments go before those in braces."""
    matching = [
        each
        for each in published()["paths"]
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each), path)
        and method.lower() in published()["paths"][each]
    ]
    assert matching, (method, path)
    found: dict[str, Any] = published()["paths"][min(matching, key=lambda each: each.count("{"))][
        method.lower()
    ]
    return found


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    found: Any = published()
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    whole = deepcopy(schema)
    for each in _schemas(whole):
        if "properties" in each:
            each.setdefault("additionalProperties", False)
    return whole


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _schemas(each)
    elif isinstance(value, list):
        for each in value:
            yield from _schemas(each)
