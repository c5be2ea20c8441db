"""Where and when a photo says that it was taken: offered to its reporter once, within a day, and kept nowhere else.

It stands beside the complaint and never in it. No event carries it, so neither the history nor a webhook, a push or
an agency's view can.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pynamodb.exceptions import DeleteError

from functions.complaints.clock import iso_or_none
from functions.complaints.codec import complaint_pk
from functions.complaints.complaint import Complaint, PhotoStatus
from functions.complaints.places import distance_m
from functions.complaints.tables import SuggestionItem, suggestion_sk
from functions.complaints.texts import datetime_text, distance_text, text

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


def suggestion_view(
    item: SuggestionItem, complaint: Complaint, *, language: str, zone: str
) -> dict[str, Any]:
    """What the app shows: the photo's place and time, how far that is from the complaint's place, and in words."""
    place = (float(item.lat), float(item.lon)) if "lat" in item.attribute_values else None
    if place is None:
        distance = None
        said = text("suggestion.time", language, when=datetime_text(item.taken_at, language, zone))
    else:
        distance = round(distance_m((complaint.lat, complaint.lon), place))
        said = text("suggestion.place", language, distance=distance_text(distance, language))
    lat, lon = place or (None, None)
    return {
        "lat": lat,
        "lon": lon,
        "taken_at": iso_or_none(item.taken_at),
        "distance_m": distance,
        "text": said,
    }


def _is_ready(item: SuggestionItem, complaint: Complaint) -> bool:
    photo = complaint.photo(item.photo_id)
    return photo is not None and photo.status == PhotoStatus.READY


def _taken(item: SuggestionItem) -> bool:
    """Whether it was still there to be deleted: of two requests at once, one is offered it."""
    try:
        item.delete(condition=SuggestionItem.pk.exists())
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
