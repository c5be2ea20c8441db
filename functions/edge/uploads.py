"""Uploads: for each photo that is expected, the request that the app or the agency sends the file with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from functions.complaints.clock import iso
from functions.complaints.complaint import ActorKind, Complaint, Photo, PhotoStatus
from functions.complaints.texts import text
from functions.edge.presign import presigned_get, presigned_put
from functions.records.photo_keys import clean_key, quarantine_key, thumbnail_key

UPLOAD_VALID: Final = timedelta(hours=1)
LINK_VALID: Final = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoUpload:
    """The request that the file is sent with, as it stands, until it expires."""

    photo_id: str
    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime

    def to_dict(self) -> dict[str, Any]:
        return {
            "photo_id": self.photo_id,
            "method": self.method,
            "url": self.url,
            "headers": self.headers,
            "expires_at": iso(self.expires_at),
        }


def uploads_of(complaint: Complaint, *, by: ActorKind, bucket: str, now: datetime) -> tuple[PhotoUpload, ...]:
    """One upload for each photo of this side that has not come yet."""
    return tuple(
        _upload(complaint.id, photo, bucket=bucket, now=now)
        for photo in complaint.photos
        if photo.by == by and photo.status == PhotoStatus.EXPECTED
    )


def _upload(complaint_id: str, photo: Photo, *, bucket: str, now: datetime) -> PhotoUpload:
    upload = presigned_put(
        bucket=bucket,
        key=quarantine_key(complaint_id, photo.id),
        content_type=photo.content_type,
        size=photo.size,
        sha256=photo.sha256,
        expires_in=UPLOAD_VALID,
        now=now,
    )
    return PhotoUpload(
        photo_id=photo.id,
        method=upload.method,
        url=upload.url,
        headers=dict(upload.headers),
        expires_at=upload.expires_at,
    )


def photo_views(
    complaint: Complaint, *, language: str, bucket: str, now: datetime
) -> Sequence[dict[str, Any]]:
    """Every photo as both APIs show it; a clean one with links that are good for a quarter of an hour."""
    return [
        _view(complaint.id, photo, language=language, bucket=bucket, now=now) for photo in complaint.photos
    ]


def _view(complaint_id: str, photo: Photo, *, language: str, bucket: str, now: datetime) -> dict[str, Any]:
    view: dict[str, Any] = {"id": photo.id, "by": photo.by, "status": photo.status}
    if photo.reason is not None:
        view |= {"reason": photo.reason, "reason_text": text(f"photo.{photo.reason}", language)}
    if photo.status == PhotoStatus.READY:
        kept_with = photo.kept_with or complaint_id
        keys = {
            "url": clean_key(kept_with, photo.id),
            "thumbnail_url": thumbnail_key(kept_with, photo.id),
        }
        view |= {"width": photo.width, "height": photo.height}
        view |= {name: _link(key, bucket=bucket, now=now) for name, key in keys.items()}
    return view


def _link(key: str, *, bucket: str, now: datetime) -> str:
    return presigned_get(
        bucket=bucket,
        key=key,
        expires_in=LINK_VALID,
        now=now,
        filename=key.rpartition("/")[2],
        content_type="image/jpeg",
    )
