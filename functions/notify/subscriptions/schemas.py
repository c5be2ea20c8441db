"""Request bodies of subscriptions and keys, as JSON Schema; the OpenAPI document shows these very values."""

from typing import Any, Final

from functions.complaints.keys import SCOPES
from functions.notify.subscriptions.manage import ALGORITHMS, TYPES
from functions.notify.webhooks.address import MAX_URL_LENGTH

RATE_MOST: Final = 100
DESCRIPTION_MOST: Final = 500
OVERLAP_MOST_H: Final = 7 * 24

MAX_RATE_SAID: Final = "Attempts a second, at most, counted over each ten seconds."
_URL: Final[dict[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_URL_LENGTH,
    "description": "https, port 443, a public host name; no user name, no fragment.",
}
_TYPES: Final[dict[str, Any]] = {
    "type": "array",
    "minItems": 1,
    "maxItems": len(TYPES),
    "items": {"type": "string", "enum": list(TYPES)},
    "description": "Event types, each exact or `complaint.*` for all of them.",
}
_DESCRIPTION: Final[dict[str, Any]] = {"type": ["string", "null"], "maxLength": DESCRIPTION_MOST}
_MAX_RATE: Final[dict[str, Any]] = {
    "type": ["integer", "null"],
    "minimum": 1,
    "maximum": RATE_MOST,
    "description": MAX_RATE_SAID,
}
_ALGORITHM: Final[dict[str, Any]] = {
    "type": "string",
    "enum": list(ALGORITHMS),
    "description": "`v1`: HMAC-SHA256 with a shared secret. `v1a`: ed25519; the answer holds the public key.",
}

NEW_SUBSCRIPTION: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["url", "types"],
    "properties": {
        "url": _URL,
        "types": _TYPES,
        "description": _DESCRIPTION,
        "algorithm": _ALGORITHM,
        "max_rate": _MAX_RATE,
    },
    "additionalProperties": False,
}
CHANGED_SUBSCRIPTION: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"url": _URL, "types": _TYPES, "description": _DESCRIPTION, "max_rate": _MAX_RATE},
    "additionalProperties": False,
}
ROTATION: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"algorithm": _ALGORITHM},
    "additionalProperties": False,
}
REPLAY: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["from"],
    "properties": {
        "from": {
            "type": "string",
            "format": "date-time",
            "description": "Events from this instant on; at most 30 days back.",
        },
        "to": {"type": "string", "format": "date-time", "description": "Up to this instant; now if absent."},
    },
    "additionalProperties": False,
}
NOTHING: Final[dict[str, Any]] = {"type": "object", "properties": {}, "additionalProperties": False}

NEW_KEY: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["name", "scopes"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 100},
        "scopes": {
            "type": "array",
            "minItems": 1,
            "maxItems": len(SCOPES),
            "items": {"type": "string", "enum": list(SCOPES)},
            "description": "`write` includes `read`, `admin` includes both.",
        },
        "expires_at": {"type": ["string", "null"], "format": "date-time"},
    },
    "additionalProperties": False,
}
KEY_ROTATION: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "overlap_hours": {
            "type": "integer",
            "minimum": 0,
            "maximum": OVERLAP_MOST_H,
            "description": "How long the old key goes on working; 24 if absent.",
        }
    },
    "additionalProperties": False,
}
