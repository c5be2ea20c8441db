"""A request's body: JSON of a bounded size, an object, and nothing else."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.faults import invalid
from functions.edge.problems import Problem

BODY_MAX: Final = 64 * 1024
JSON_TYPE: Final = "application/json"
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_UTF_8: Final = frozenset({"utf-8", "utf8"})
_DIGITS_MOST: Final = 300


def readable(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event with its body as text that is to be read as JSON; an absent body counts as an empty object.

    Raises Problem where it is too long, of another media type, in another charset, compressed, or no UTF-8.
    """
    if event["requestContext"]["http"]["method"] not in _WITH_BODY:
        return event
    raw = raw_body(event)
    if len(raw) > BODY_MAX:
        raise Problem("body-too-large", max=BODY_MAX)
    headers: Mapping[str, str] = event.get("headers") or {}
    if raw.strip():
        _require_plain_json(headers)
    try:
        text = raw.decode("utf-8", "surrogatepass") if raw.strip() else "{}"
    except ValueError as error:
        raise Problem("malformed-json") from error
    return {
        **event,
        "headers": {**headers, "content-type": JSON_TYPE},
        "body": text,
        "isBase64Encoded": False,
    }


def _require_plain_json(headers: Mapping[str, str]) -> None:
    """Raises Problem where the headers say that the body is anything but JSON in UTF-8 as it stands."""
    media_type, *parameters = headers.get("content-type", JSON_TYPE).lower().split(";")
    charsets = {value for name, value in map(_parameter, parameters) if name == "charset"}
    coding = headers.get("content-encoding", "").strip().lower()
    if media_type.strip() != JSON_TYPE or not charsets <= _UTF_8 or coding not in ("", "identity"):
        raise Problem("unsupported-media-type")


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip().strip("\"'")


def raw_body(event: Mapping[str, Any]) -> bytes:
    """The body's bytes as they were sent. Raises Problem where the gateway's base64 cannot be read."""
    text: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text)
    except ValueError as error:
        raise Problem("malformed-json") from error


def parsed(text: str) -> dict[str, Any]:
    """The JSON object in `text`. Raises Problem where it is no JSON, Invalid where it is no object."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed-json") from error
    if not isinstance(value, dict):
        raise invalid("", "wrong_type", expected="object")
    return value


def _refuse_constant(name: str) -> None:
    # Python reads NaN and Infinity, which are not JSON.
    raise ValueError(name)


def _integer(digits: str) -> int | float:
    # A longer one has no value as a float, and is in no field's range.
    return int(digits) if len(digits) <= _DIGITS_MOST else float(digits)
