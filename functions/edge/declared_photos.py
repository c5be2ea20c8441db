"""Photos as a request declares them before they are uploaded; both APIs take them."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from functions.complaints.limits import PHOTOS_MOST, Limits
from functions.complaints.moves import filing
from functions.edge.fields import Body, bound, described, list_of, whole

EXAMPLE: Final = {
    "content_type": "image/jpeg",
    "size": 482_113,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


class DeclaredPhoto(Body):
    """A photo that will be uploaded."""

    content_type: Annotated[
        Literal["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"],
        described(
            "What the file is said to be. What counts is its content, which may be of any of these types."
        ),
    ]
    size: int
    sha256: Annotated[
        str,
        Field(
            pattern="^[0-9a-f]{64}$",
            description="SHA-256 of the file, in lower-case hex. The upload takes this very file and no other.",
            json_schema_extra={"maxLength": 64},
        ),
    ]


class MorePhotos(Body):
    """Further photos."""

    photos: list[DeclaredPhoto]


def declared_photo(limits: Limits) -> type[DeclaredPhoto]:
    """The model under one region's limits."""
    said = Field(ge=1, le=limits.photo_bytes, description="Size of the file in bytes.")
    return bound(DeclaredPhoto, size=(Annotated[int, said, BeforeValidator(whole)], ...))


def more_photos(limits: Limits) -> type[MorePhotos]:
    """The model of a request that declares further photos, under one region's limits."""
    said = Field(min_length=1, max_length=PHOTOS_MOST, examples=[[EXAMPLE]])
    return bound(MorePhotos, photos=(list_of(declared_photo(limits), said), ...))


def as_declared(photos: Sequence[DeclaredPhoto]) -> tuple[filing.DeclaredPhoto, ...]:
    return tuple(
        filing.DeclaredPhoto(content_type=photo.content_type, size=photo.size, sha256=photo.sha256)
        for photo in photos
    )
