"""Where a photo's files are in the bucket. The server makes every key; nothing in one comes from a person."""

from typing import NamedTuple

QUARANTINE = "quarantine/"
CLEAN = "photos/"


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


def read_quarantine_key(key: str) -> PhotoKey:
    """Raises ValueError for a key that `quarantine_key` does not make."""
    prefix, _, rest = key.partition("/")
    complaint_id, slash, photo_id = rest.partition("/")
    if prefix + "/" != QUARANTINE or not slash or "/" in photo_id or not photo_id:
        raise ValueError(f"not a quarantine key: {key!r}")
    return PhotoKey(complaint_id, photo_id)
