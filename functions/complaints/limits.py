"""How much a request may hold: the region file's `limits`, and what it leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

PHOTOS_MOST: Final = 20
"""Photos in one request, whatever a category allows."""

PARTS_MOST: Final = 9
"""Parts of one complaint."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """`comment_length` in characters, `photo_bytes` in bytes, `photos` in one complaint; the rest is what one person
    may do in a day, and `partner_complaints_per_day` what one partner may file in it for all of its people.

    `declarations_per_day` counts requests that declare later photos, `devices_per_day` push tokens that a
    person's phones sign in with; `flags_per_day` is of a network address, for who flags is not known.
    """

    comment_length: int = 2_000
    photo_bytes: int = 15_000_000
    photos: int = 5
    complaints_per_day: int = 20
    comments_per_day: int = 100
    declarations_per_day: int = 40
    joins_per_day: int = 50
    devices_per_day: int = 20
    partner_complaints_per_day: int = 300
    flags_per_day: int = 10

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Self:
        """From the compiled region file's `limits`."""
        return cls(
            comment_length=raw.get("comment_length", cls().comment_length),
            photo_bytes=raw.get("photo_bytes", cls().photo_bytes),
            photos=raw.get("photos", cls().photos),
            partner_complaints_per_day=raw.get(
                "complaints_per_partner_per_day", cls().partner_complaints_per_day
            ),
            flags_per_day=raw.get("flags_per_day", cls().flags_per_day),
            **{
                f"{what}_per_day": raw[f"{what}_per_person_per_day"]
                for what in ("complaints", "comments", "declarations", "joins", "devices")
                if f"{what}_per_person_per_day" in raw
            },
        )
