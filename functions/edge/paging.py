"""Lists by pages: how many items, and the cursor that goes on where the page before ended."""

import base64
import json
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator

from functions.complaints.faults import invalid
from functions.edge.fields import fault

PAGE_SIZE: Final = 25
PAGE_MOST: Final = 100
_CURSOR_MOST: Final = 4_000
_VALUE_MAX: Final = 500


def _page_size(value: object) -> object:
    text = str(value)
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(PAGE_MOST))
    if not digits or not 1 <= int(text) <= PAGE_MOST:
        raise fault("not_in_range", min=1, max=PAGE_MOST)
    return int(text)


PageSize = Annotated[
    int,
    Query(
        alias="limit",
        description="Items on a page, at most.",
        json_schema_extra={"minimum": 1, "maximum": PAGE_MOST},
    ),
    BeforeValidator(_page_size),
]
Cursor = Annotated[
    str | None,
    Query(
        alias="cursor",
        description="The `cursor` of the page before. It is opaque; a made-up one is refused.",
        json_schema_extra={"pattern": "^[A-Za-z0-9_=-]*$", "maxLength": _CURSOR_MOST},
    ),
]


def checked(cursor: str | None, *names: str, **fixed: str) -> str | None:
    """The cursor, if it is one of this list: an object of exactly these names, some with a fixed value.

    Raises Invalid for another: it was made up, or belongs to another list.
    """
    if cursor is None:
        return None
    key = _key(cursor)
    if set(key) != {*names, *fixed} or any(key[name] != value for name, value in fixed.items()):
        raise invalid("cursor", "wrong_form")
    return cursor


def _key(text: str) -> dict[str, str]:
    """The attributes that a cursor names, empty where it cannot be one."""
    if len(text) > _CURSOR_MOST:
        return {}
    try:
        key: Any = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(key, dict):
        return {}
    texts: dict[str, str] = {}
    for name, value in key.items():
        held = value.get("S") if isinstance(value, dict) else value
        if not isinstance(held, str) or not 0 < len(held) <= _VALUE_MAX:
            return {}
        texts[name] = held
    return texts
