"""Names that are opaque to who holds them: of a place in a list, and of an item of one.

Base64url without padding (RFC 4648, section 5) of a text in ASCII; a cursor's is mostly the JSON of a key.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.faults import invalid

NAME_MOST: Final = 4_000
VALUE_MOST: Final = 500


def opaque(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("ascii")).decode().rstrip("=")


def plain(name: str, *, field: str = "cursor") -> str:
    """The text that `opaque` made this name of, be it padded or not; raises Invalid for anything else, under `field`."""
    if len(name) > NAME_MOST:
        raise invalid(field, "wrong_form")
    bare = name.rstrip("=")
    try:
        text = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4)).decode("ascii")
    except ValueError as error:
        raise invalid(field, "wrong_form") from error
    if opaque(text) != bare:
        raise invalid(field, "wrong_form")
    return text


def cursor_at(key: Mapping[str, Any] | None) -> str | None:
    """The cursor that goes on after this key; None at the list's end."""
    return None if key is None else opaque(json.dumps(key, separators=(",", ":")))


def position(cursor: str | None, *names: str, **fixed: str) -> dict[str, str] | None:
    """The texts that the cursor's key holds, None for the list's beginning.

    Raises Invalid for the cursor of another list: its key has not exactly these names, or not these `fixed` texts.
    """
    if cursor is None:
        return None
    try:
        texts = _texts(json.loads(plain(cursor)))
    except (ValueError, RecursionError) as error:
        raise invalid("cursor", "wrong_form") from error
    if texts.keys() != {*names, *fixed} or not fixed.items() <= texts.items():
        raise invalid("cursor", "wrong_form")
    return texts


def key_at(texts: Mapping[str, str] | None) -> dict[str, Any] | None:
    """The position as DynamoDB takes it."""
    return None if texts is None else {name: {"S": text} for name, text in texts.items()}


def _texts(key: Any) -> dict[str, str]:
    """What a key holds, be it plain or as DynamoDB gives it. Raises ValueError where that is not texts alone."""
    if not isinstance(key, dict):
        raise ValueError("no key")
    texts: dict[str, str] = {}
    for name, value in key.items():
        text = value.get("S") if isinstance(value, dict) else value
        if not isinstance(text, str) or not 0 < len(text.encode()) <= VALUE_MOST:
            raise ValueError("no text")
        texts[name] = text
    return texts
