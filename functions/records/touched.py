"""That a complaint was changed without an event: what is erased has none, and whoever follows the index of changes has to
learn of it all the same.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from functions.complaints.clock import iso
from functions.records.codec import complaint_pk, day_shard
from functions.records.tables import ComplaintsTable, shard_of

KEPT: Final = timedelta(days=30)


class TouchedItem(ComplaintsTable):
    """Stands in the index beside events, and has no number as these have: whoever reads events there passes over it."""

    KIND: ClassVar = "touched"
    SK: ClassVar = "touched"

    sk = UnicodeAttribute(range_key=True, default=SK)
    kind = UnicodeAttribute(default=KIND)
    complaint_id = UnicodeAttribute()
    day_shard = UnicodeAttribute()
    moment = UnicodeAttribute()
    expires = TTLAttribute()


def touched(complaint_id: str, *, now: datetime) -> TouchedItem:
    """To be written together with what was changed."""
    return TouchedItem(
        complaint_pk(complaint_id),
        complaint_id=complaint_id,
        day_shard=day_shard(now, shard_of(complaint_id)),
        moment=f"{iso(now)}#{complaint_id}#{TouchedItem.SK}",
        expires=now + KEPT,
    )
