"""Where and when a photo says that it was taken: offered to its reporter for a day, or until they accepted it, and kept
nowhere else.

It stands beside the complaint and never in it. No event carries it, so neither the history nor a webhook, a push or
an agency's view can.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from functions.complaints.complaint import Complaint, PhotoStatus
from functions.records.codec import complaint_pk
from functions.records.tables import SHARDS, SuggestionItem, shard_of, suggestion_sk

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
    until = now + KEPT
    SuggestionItem(
        complaint_pk(complaint_id),
        suggestion_sk(photo_id),
        photo_id=photo_id,
        lat=lat,
        lon=lon,
        taken_at=taken_at,
        expires=until,
        ended_shard=_key(shard_of(complaint_id)),
        ended_at=until,
    ).save()


def forget(complaint_id: str, photo_id: str) -> None:
    SuggestionItem(complaint_pk(complaint_id), suggestion_sk(photo_id)).delete()


def expired(*, now: datetime) -> Iterator[SuggestionItem]:
    """Keys of those that are offered no more, read page by page: DynamoDB takes up to a few days to delete them by itself.
    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    """
    for shard in range(SHARDS):
        yield from SuggestionItem.by_end.query(_key(shard), SuggestionItem.ended_at < now, page_size=100)


def offered(
    items: Sequence[SuggestionItem], complaint: Complaint, *, now: datetime
) -> Sequence[SuggestionItem]:
    """Those of the items that may be offered now."""
    return [item for item in items if _is_offered(item, complaint, now=now)]


def place_of(complaint: Complaint, photo_id: str, *, now: datetime) -> tuple[float, float] | None:
    """The place that the photo suggests, `(lat, lon)` in degrees; None where it suggests none (any more)."""
    if complaint.photo(photo_id) is None:
        return None
    try:
        item = SuggestionItem.get(complaint_pk(complaint.id), suggestion_sk(photo_id), consistent_read=True)
    except SuggestionItem.DoesNotExist:
        return None
    if item.lat is None or item.lon is None or not _is_offered(item, complaint, now=now):
        return None
    return float(item.lat), float(item.lon)


def _is_offered(item: SuggestionItem, complaint: Complaint, *, now: datetime) -> bool:
    photo = complaint.photo(item.photo_id)
    return photo is not None and photo.status == PhotoStatus.READY and item.expires > now


def _key(shard: int) -> str:
    return f"suggestion#{shard}"
