"""The copies of photos that everybody may see, where a complaint loses its person or words: they go with these."""

from collections.abc import Iterator
from typing import Final

from functions.complaints.complaint import Complaint
from functions.edge.clients import client
from functions.records.photo_keys import public_keys

_AT_ONCE: Final = 1000
"""S3 deletes so many objects in one call."""


class NotDeleted(RuntimeError):
    """S3 kept some of them: worth another try."""


def forget(complaint: Complaint, *, bucket: str) -> None:
    """Delete them all; what is gone is no fault. Raises NotDeleted."""
    keys = list(_keys(complaint))
    for start in range(0, len(keys), _AT_ONCE):
        objects = [{"Key": key} for key in keys[start : start + _AT_ONCE]]
        answer = client("s3").delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        if answer.get("Errors"):
            raise NotDeleted(complaint.id)


def _keys(complaint: Complaint) -> Iterator[str]:
    """Of the first revision too where the complaint has none yet: its copy is stored before it is known of."""
    for photo in complaint.photos:
        if photo.kept_with is not None:
            continue
        for revision in range(1, 1 + (1 if photo.redaction is None else photo.redaction.revision)):
            yield from public_keys(complaint.id, photo.id, revision=revision)
