"""Telling many: how far the followers of an event have been told of it."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from functions.records.people.table import PeopleTable

_PROGRESS_KEPT: Final = timedelta(days=2)


class ProgressItem(PeopleTable):
    SK: ClassVar = "progress"

    sk = UnicodeAttribute(range_key=True, default=SK)
    after = UnicodeAttribute()
    expires = TTLAttribute()


def progress_of(event_id: str) -> str | None:
    """The last follower who was told of the event, None before the first."""
    try:
        return ProgressItem.get(f"telling#{event_id}", ProgressItem.SK, consistent_read=True).after
    except ProgressItem.DoesNotExist:
        return None


def note_progress(event_id: str, *, after: str, now: datetime) -> None:
    ProgressItem(f"telling#{event_id}", after=after, expires=now + _PROGRESS_KEPT).save()
