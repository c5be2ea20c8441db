"""What holds where a region file says nothing; terms by law are those of the Code, arts. 65 and 76."""

from typing import Any, Final

CATEGORY: Final[dict[str, Any]] = {
    "hint": {},
    "reminder": None,
    "proof_photo_required": True,
    "duplicate_radius_m": 50,
    "max_photos": 5,
    "questions": [],
}
EXTENSION: Final[dict[str, Any]] = {"limit": "P2M", "times": 1}
TERMS: Final = {
    "photos_wait": "PT24H",
    "close_after_answer": "P10D",
    "forward_within": "P3BD",
    "tell_extension_within": "P3BD",
    "quarantine": "P1D",
    "inbox": "P90D",
}
LIMITS: Final = {
    "complaints_per_person_per_day": 20,
    "comments_per_person_per_day": 100,
    "declarations_per_person_per_day": 40,
    "joins_per_person_per_day": 50,
    "devices_per_person_per_day": 20,
    "comment_length": 2000,
    "photo_bytes": 15_000_000,
    "photos": 5,
}
RETENTION: Final = {"photos": "P1095D", "logs": "P90D", "audit": "P1825D"}
WEBHOOKS: Final = {"allow_http": False, "allow_private": False, "fixed_addresses": False}
