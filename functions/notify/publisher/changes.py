"""Which complaints changed: out of the index of changes, and all of them where everything is to be written anew."""

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from functions.complaints.clock import iso, parse_iso
from functions.complaints.events import EventType
from functions.records.codec import day_shard
from functions.records.tables import SHARDS, ComplaintItem, EventItem

WALKED_AT_ONCE: Final = 1000
"""Items of the table that one request of a walk looks at."""
_DAY: Final = timedelta(days=1)
_TAKES_BACK: Final = frozenset(
    {
        EventType.FLAGGED,
        EventType.HIDDEN,
        EventType.LEFT_TO_JOINERS,
        EventType.PHOTO_REDACTED,
        EventType.REASSIGNED,
        EventType.RECATEGORISED,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """A complaint that changed, at a `moment` of the index. `seq` is its event's number; erasure has none. `takes_back`:
    something that was public may be so no more.
    """

    moment: str
    complaint_id: str
    seq: int | None
    takes_back: bool


def noted(position: str, *, until: datetime) -> Iterator[Noted]:
    """What changed after the position up to `until`, in the order of time; SHARDS queries a day, read page by page."""
    day = parse_iso(position.partition("#")[0]).replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= until:
        # `~` sorts after every id.
        within = EventItem.moment.between(position, f"{iso(until)}#~")
        shards = (EventItem.by_change.query(day_shard(day, shard), within) for shard in range(SHARDS))
        for item in heapq.merge(*shards, key=lambda item: str(item.moment)):
            if item.moment != position:
                seq = None if item.seq is None else int(item.seq)
                yield Noted(
                    moment=str(item.moment),
                    complaint_id=item.complaint_id,
                    seq=seq,
                    takes_back=seq is None or item.type in _TAKES_BACK,
                )
        day += _DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class Walked:
    """Some complaints, and where the walk goes on (as JSON), None at its end."""

    complaint_ids: tuple[str, ...]
    key: str | None


def walked(key: dict[str, Any] | None) -> Walked:
    """One page of a walk through the whole table."""
    scan = ComplaintItem.scan(
        ComplaintItem.kind == ComplaintItem.KIND,
        attributes_to_get=["pk", "sk", "kind", "id"],
        page_size=WALKED_AT_ONCE,
        last_evaluated_key=key,
    )
    page = next(scan.page_iter)
    ids = tuple(item["id"]["S"] for item in page["Items"])
    after = page.get("LastEvaluatedKey")
    return Walked(complaint_ids=ids, key=None if after is None else json.dumps(after))
