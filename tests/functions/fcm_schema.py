"""The message of FCM's HTTP v1 API as a JSON Schema, made from the discovery document that Google publishes."""

import functools
import json
import re
from importlib.resources import files
from typing import Any

DURATION = r"^-?[0-9]+(\.[0-9]{1,9})?s$"
"""A google.protobuf.Duration in JSON: https://protobuf.dev/programming-guides/json/"""


@functools.cache
def fcm_message() -> dict[str, Any]:
    """`Message` with all that it refers to; stricter than the document in that unknown fields are refused."""
    document = files("googleapiclient") / "discovery_cache" / "documents" / "fcm.v1.json"
    schemas = json.loads(document.read_text(encoding="utf-8"))["schemas"]
    return {"$ref": "#/$defs/Message", "$defs": {name: _schema(found) for name, found in schemas.items()}}


def _schema(found: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in found:
        return {"$ref": f"#/$defs/{found['$ref']}"}
    if found["type"] == "any":
        return {}
    schema: dict[str, Any] = {key: found[key] for key in ("type", "enum") if key in found}
    if found.get("format") == "google-duration":
        schema["pattern"] = DURATION
    if "items" in found:
        schema["items"] = _schema(found["items"])
    if "properties" in found:
        schema["properties"] = {name: _schema(each) for name, each in found["properties"].items()}
    if found["type"] == "object":
        others = found.get("additionalProperties")
        schema["additionalProperties"] = False if others is None else _schema(others)
    return schema


def in_proto_json(message: dict[str, Any]) -> dict[str, Any]:
    """With the names that the document uses: every proto field is known by its original name and in lowerCamelCase.

    The keys below `data` are the sender's own. https://protobuf.dev/programming-guides/json/
    """
    return {
        _camel(name): in_proto_json(value) if isinstance(value, dict) and name != "data" else value
        for name, value in message.items()
    }


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
