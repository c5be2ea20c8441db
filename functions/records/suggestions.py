"""Where and when a photo says that it was taken: offered to its reporter once, within a day, and kept nowhere else.

It stands beside the complaint and never in it. No event carries it, so neither the history nor a webhook, a push or
an agency's view can.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from functions.complaints.complaint import Complaint, PhotoStatus
from functions.records.codec import complaint_pk
from functions.records.conditional import deleted
from functions.records.tables import SuggestionItem, suggestion_sk

KEPT: Final = timedelta(days=1)


def keep(
    complaint_id: str,
    photo_id: str,
    *,
    lat: float | None,
    lon: float | None,
    taken_at: datetime | None,
    now: datetime,
) -> None:
    """Store it over what an earlier run stored; `lat` and `lon` in degrees, both or neither."""
    SuggestionItem(
        complaint_pk(complaint_id),
        suggestion_sk(photo_id),
        photo_id=photo_id,
        lat=lat,
        lon=lon,
        taken_at=taken_at,
        expires=now + KEPT,
    ).save()


def forget(complaint_id: str, photo_id: str) -> None:
    SuggestionItem(complaint_pk(complaint_id), suggestion_sk(photo_id)).delete()


def take(items: Sequence[SuggestionItem], complaint: Complaint, *, now: datetime) -> Sequence[SuggestionItem]:
    """Those of the items that may be offered now; they are deleted, so that nobody is offered them again."""
    return [item for item in items if _is_ready(item, complaint) and _taken(item) and item.expires > now]


def _is_ready(item: SuggestionItem, complaint: Complaint) -> bool:
    photo = complaint.photo(item.photo_id)
    return photo is not None and photo.status == PhotoStatus.READY


def _taken(item: SuggestionItem) -> bool:
    """Whether it was still there to be deleted: of two requests at once, one is offered it."""
    return deleted(item, condition=SuggestionItem.pk.exists())
