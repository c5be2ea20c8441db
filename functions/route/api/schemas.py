"""The request bodies of the agency's API, as the OpenAPI document publishes them and `schema.check` enforces."""

from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 4_000, "pattern": r"\S"}
REASON: Final[Schema] = TEXT | {"minLength": 10}
PROOF_TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/heic")

NOTHING: Final[Schema] = {"type": "object", "additionalProperties": False, "properties": {}}
ANSWER: Final[Schema] = {
    "type": "object",
    "required": ["outcome", "text"],
    "additionalProperties": False,
    "properties": {
        "outcome": {
            "type": "string",
            "description": "`resolved` or `declined`. What is not yours is not an answer: transfer it.",
        },
        "text": TEXT,
        "photos": {
            "type": "array",
            "maxItems": 20,
            "items": {"type": "string"},
            "description": "Ids of proof photos that were declared under /photos, uploaded and found good",
        },
    },
}
TRANSFER: Final[Schema] = {
    "type": "object",
    "required": ["to", "reason"],
    "additionalProperties": False,
    "properties": {"to": {"type": "string", "minLength": 1, "maxLength": 64}, "reason": REASON},
}
SPLIT: Final[Schema] = {
    "type": "object",
    "required": ["parts"],
    "additionalProperties": False,
    "properties": {
        "parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 5,
            "items": {
                "type": "object",
                "required": ["to", "text"],
                "additionalProperties": False,
                "properties": {
                    "to": {"type": "string", "minLength": 1, "maxLength": 64},
                    "text": REASON,
                },
            },
        }
    },
}
EXTENSION: Final[Schema] = {
    "type": "object",
    "required": ["by", "reason"],
    "additionalProperties": False,
    "properties": {
        "by": {
            "type": "string",
            "maxLength": 20,
            "description": "How much more time, as a duration: P10BD (working days), P1M, PT12H",
        },
        "reason": REASON,
    },
}
QUESTION: Final[Schema] = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": TEXT},
}
COMMENT: Final[Schema] = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {
        "text": TEXT,
        "internal": {"type": "boolean", "description": "For the bodies in charge alone"},
    },
}
PHOTOS: Final[Schema] = {
    "type": "object",
    "required": ["photos"],
    "additionalProperties": False,
    "properties": {
        "photos": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["content_type", "size", "sha256"],
                "additionalProperties": False,
                "properties": {
                    "content_type": {"type": "string", "enum": list(PROOF_TYPES)},
                    "size": {"type": "integer", "minimum": 1, "maximum": 15 * 1024 * 1024},
                    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                },
            },
        }
    },
}
