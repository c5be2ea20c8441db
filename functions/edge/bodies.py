"""What the request bodies of both APIs share: objects, an empty one, and photos as they are declared."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from functions.complaints.limits import PHOTOS_MOST, Limits
from functions.complaints.moves.filing import DeclaredPhoto

PHOTO_TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")


def object_of(properties: Mapping[str, Any], *, required: Sequence[str] = ()) -> dict[str, Any]:
    """The schema of an object with these properties and no others."""
    schema: dict[str, Any] = {"type": "object"}
    if required:
        schema["required"] = list(required)
    return schema | {"additionalProperties": False, "properties": dict(properties)}


NOTHING: Final = object_of({})


def photo(limits: Limits) -> dict[str, Any]:
    """The schema of one declared photo."""
    properties = {
        "content_type": {
            "type": "string",
            "enum": list(PHOTO_TYPES),
            "description": "What the file is. Its content is checked: a renamed file is refused.",
        },
        "size": {
            "type": "integer",
            "minimum": 1,
            "maximum": limits.photo_bytes,
            "description": "Size of the file in bytes.",
        },
        "sha256": {
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "SHA-256 of the file, in lower-case hex. The upload takes this very file and no other.",
        },
    }
    return object_of(properties, required=["content_type", "size", "sha256"])


def photos(limits: Limits, *, least: int = 0) -> dict[str, Any]:
    """The schema of a list of declared photos."""
    schema = {"type": "array", "maxItems": PHOTOS_MOST, "items": photo(limits)}
    return schema | ({"minItems": least} if least else {})


def photos_body(limits: Limits) -> dict[str, Any]:
    """The schema of a request that declares further photos."""
    return object_of({"photos": photos(limits, least=1)}, required=["photos"])


def declared_photos(body: Mapping[str, Any]) -> tuple[DeclaredPhoto, ...]:
    """The photos of a body that was checked."""
    return tuple(
        DeclaredPhoto(content_type=raw["content_type"], size=int(raw["size"]), sha256=raw["sha256"])
        for raw in body.get("photos", ())
    )
