"""The request bodies of the citizen's API, as the OpenAPI document publishes them and `schema.check` enforces."""

from typing import Any, Final

PHOTO_TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/heic")
COMMENT_MAX: Final = 2_000
PHOTO_BYTES_MAX: Final = 15 * 1024 * 1024
PHOTOS_MAX: Final = 20

Schema = dict[str, Any]

PHOTO: Final[Schema] = {
    "type": "object",
    "required": ["content_type", "size", "sha256"],
    "additionalProperties": False,
    "properties": {
        "content_type": {"type": "string", "enum": list(PHOTO_TYPES)},
        "size": {"type": "integer", "minimum": 1, "maximum": PHOTO_BYTES_MAX},
        "sha256": {
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "SHA-256 of the file, in lower-case hex",
        },
    },
}
PHOTOS: Final[Schema] = {"type": "array", "maxItems": PHOTOS_MAX, "items": PHOTO}
TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": COMMENT_MAX, "pattern": r"\S"}

SUBMISSION: Final[Schema] = {
    "type": "object",
    "required": ["category", "comment", "location"],
    "additionalProperties": False,
    "properties": {
        "category": {"type": "string", "minLength": 1, "maxLength": 64},
        "comment": TEXT,
        "location": {
            "type": "object",
            "required": ["lat", "lon"],
            "additionalProperties": False,
            "properties": {
                "lat": {"type": "number", "minimum": -90, "maximum": 90},
                "lon": {"type": "number", "minimum": -180, "maximum": 180},
                "address": {"type": "string", "maxLength": 300},
            },
        },
        "photos": PHOTOS,
        "answers": {
            "type": "object",
            "maxProperties": 20,
            "additionalProperties": {"type": "string", "maxLength": 500},
            "description": "Answers to the category's questions, by question id",
        },
        "public_name": {"type": "string", "minLength": 1, "maxLength": 100},
        "written_at": {
            "type": "string",
            "format": "date-time",
            "description": "When the person wrote it, where that was without a network",
        },
    },
}
MORE_PHOTOS: Final[Schema] = {
    "type": "object",
    "required": ["photos"],
    "additionalProperties": False,
    "properties": {"photos": PHOTOS | {"minItems": 1}},
}
COMMENT: Final[Schema] = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": TEXT},
}
REFUTATION: Final[Schema] = {
    "type": "object",
    "required": ["reason"],
    "additionalProperties": False,
    "properties": {
        "reason": TEXT,
        "photos": {"type": "array", "maxItems": PHOTOS_MAX, "items": {"type": "string"}},
    },
}
WITHDRAWAL: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"reason": TEXT},
}
NOTHING: Final[Schema] = {"type": "object", "additionalProperties": False, "properties": {}}
