"""`open/schema.json`: what the fields of a public record are, as JSON Schema (draft 2020-12), made of the record itself.

It is of a complaint as the fields say it: a row of a month's file has them as columns, and a feature of the map has them as
properties, with `lat` and `lon` as its geometry. Pydantic would make it too, and is not carried for that alone.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from functions.complaints.complaint import OUTCOMES, Status
from functions.complaints.proof import Distance
from functions.complaints.public_record import ALWAYS, COLUMNS, HIDDEN, KINDS, OPEN
from functions.complaints.publicity import ROUNDED
from functions.complaints.texts import LANGUAGES, text

SCHEMA: Final = "open/schema.json"
_TEXT: Final[Mapping[str, Any]] = {"type": "string"}
_TYPES: Final[Mapping[type, Mapping[str, Any]]] = {
    str: _TEXT,
    tuple: {"type": "array", "items": _TEXT},
    int: {"type": "integer", "minimum": 0},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
}
_ONE_OF: Final[Mapping[str, list[str]]] = {
    "status": [*sorted(OPEN), Status.CLOSED, Status.WITHDRAWN, HIDDEN],
    "place": ["exact", ROUNDED],
    "outcome": [*OUTCOMES],
    "proof": [*Distance],
}


def record_schema(*, base_url: str) -> bytes:
    """In UTF-8. A field's `description` is in English, and in every language in `x-descriptions`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base_url}/{SCHEMA}",
        **_described("record", called="title"),
        "type": "object",
        "properties": {
            name: _described(f"record.{name}", called="description") | _field(name) for name in COLUMNS
        },
        "required": [name for name in COLUMNS if name in ALWAYS],
        "additionalProperties": False,
    }
    return json.dumps(schema, ensure_ascii=False, indent=1).encode()


def _described(key: str, *, called: str) -> dict[str, Any]:
    said = {language: text(key, language) for language in LANGUAGES}
    return {called: said["en"], f"x-{called}s": said}


def _field(name: str) -> dict[str, Any]:
    """What does not apply is left out, and so never null."""
    return {**_TYPES[KINDS[name]], **({"enum": _ONE_OF[name]} if name in _ONE_OF else {})}
