"""How much a request may hold: the region file's `limits`, and what it leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

PHOTOS_MOST: Final = 20
"""Photos in one request, whatever a category allows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """`comment_length` in characters, `photo_bytes` in bytes, `complaints_per_day` for one person."""

    comment_length: int = 2_000
    photo_bytes: int = 15_000_000
    complaints_per_day: int = 20

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Self:
        """From the compiled region file's `limits`."""
        return cls(
            comment_length=raw.get("comment_length", cls().comment_length),
            photo_bytes=raw.get("photo_bytes", cls().photo_bytes),
            complaints_per_day=raw.get("complaints_per_person_per_day", cls().complaints_per_day),
        )
