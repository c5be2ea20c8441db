"""What a body's proof photo says of itself, and where the body showed the same picture before."""

from datetime import datetime

from functions.complaints.complaint import Photo
from functions.complaints.proof import Found
from functions.intake.photos.exif import Suggestion
from functions.intake.photos.image import CleanPhoto
from functions.records.proofs import copied_from


def found_in(cleaned: CleanPhoto, photo: Photo, *, now: datetime) -> Found | None:
    """None for a citizen's photo, which proves nothing to anybody."""
    if photo.agency_id is None:
        return None
    said, views = cleaned.suggestion or Suggestion(), cleaned.views
    return Found(
        place=None if said.lat is None or said.lon is None else (said.lat, said.lon),
        error_m=said.error_m or 0.0,
        taken_at=said.taken_at,
        views=views,
        copied_from=frozenset()
        if views is None
        else copied_from(photo.agency_id, views, photo_id=photo.id, now=now),
    )
