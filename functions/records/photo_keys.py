"""Where a photo's files are in the bucket. The server makes every key; nothing in one comes from a person."""

from typing import NamedTuple

QUARANTINE = "quarantine/"
CLEAN = "photos/"
PUBLIC = "public/"
REDACT = "redact/"
_ENDINGS = ("jpg", "thumb.jpg")


class PhotoKey(NamedTuple):
    complaint_id: str
    photo_id: str


def quarantine_key(complaint_id: str, photo_id: str) -> str:
    """Where the upload goes; nobody may read it there, and it is gone within a day."""
    return f"{QUARANTINE}{complaint_id}/{photo_id}"


def clean_key(complaint_id: str, photo_id: str) -> str:
    return f"{CLEAN}{complaint_id}/{photo_id}.jpg"


def thumbnail_key(complaint_id: str, photo_id: str) -> str:
    return f"{CLEAN}{complaint_id}/{photo_id}.thumb.jpg"


def public_key(complaint_id: str, photo_id: str, *, revision: int) -> str:
    """Where the copy is that anybody may see: faces and number plates are hidden in it. Each redaction has a file of its
    own, so that what was kept somewhere of an older one is never taken for the newer.
    """
    return f"{PUBLIC}{complaint_id}/{photo_id}.{revision}.jpg"


def public_thumbnail_key(complaint_id: str, photo_id: str, *, revision: int) -> str:
    return f"{PUBLIC}{complaint_id}/{photo_id}.{revision}.thumb.jpg"


def public_keys(complaint_id: str, photo_id: str, *, revision: int) -> tuple[str, str]:
    """Of a copy and of its thumbnail."""
    return (
        public_key(complaint_id, photo_id, revision=revision),
        public_thumbnail_key(complaint_id, photo_id, revision=revision),
    )


def copies_prefix(complaint_id: str, photo_id: str) -> str:
    """What the keys of all public copies of the photo begin with, and no other's."""
    return f"{PUBLIC}{complaint_id}/{photo_id}."


def redact_key(complaint_id: str, photo_id: str) -> str:
    """A mark: what the photo's public copy is made of has changed."""
    return f"{REDACT}{complaint_id}/{photo_id}"


def read_redact_key(key: str) -> PhotoKey:
    """Raises ValueError for a key that `redact_key` does not make."""
    return _read(key, prefix=REDACT)


def read_clean_key(key: str) -> PhotoKey | None:
    """None for a thumbnail; raises ValueError for a key that neither `clean_key` nor `thumbnail_key` makes."""
    prefix, _, rest = key.partition("/")
    complaint_id, slash, name = rest.partition("/")
    photo_id, _, ending = name.partition(".")
    named = complaint_id and slash and photo_id and "/" not in photo_id
    if prefix + "/" != CLEAN or not named or ending not in _ENDINGS:
        raise ValueError(f"not the key of a clean photo: {key!r}")
    return PhotoKey(complaint_id, photo_id) if ending == "jpg" else None


def read_quarantine_key(key: str) -> PhotoKey:
    """Raises ValueError for a key that `quarantine_key` does not make."""
    return _read(key, prefix=QUARANTINE)


def _read(key: str, *, prefix: str) -> PhotoKey:
    complaint_id, slash, photo_id = key.removeprefix(prefix).partition("/")
    if not key.startswith(prefix) or not slash or "/" in photo_id or not photo_id:
        raise ValueError(f"not a key of {prefix}: {key!r}")
    return PhotoKey(complaint_id, photo_id)
