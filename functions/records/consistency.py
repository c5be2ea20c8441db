"""Whether the items of a complaint are what is written of it: each attribute that is made of others, and those that events
repeat. What the attributes themselves must be, the history says (`complaints.verification`).

Not held: `correlation_id` of an event, which names a request in the logs; and that the complaint's item has its last event,
which the stream takes from it, for restoring and erasing take it away.
"""

from collections.abc import Sequence
from typing import Any

from functions.complaints.events import ChainFault, Event
from functions.records.codec import (
    complaint_item,
    complaint_of,
    complaint_pk,
    day_shard,
    event_of,
    event_sk,
    moment,
)
from functions.records.collection import collection_of
from functions.records.outbox import last_event
from functions.records.tables import ComplaintItem, EventItem, shard_of

type Raw = dict[str, Any]
"""An item in DynamoDB's own notation."""


def items_fault(complaint_id: str, items: Sequence[Raw]) -> ChainFault | None:
    """The first attribute that is not as it must be, or None; the items are of one complaint and in order."""
    found = collection_of(items)
    if found.complaint is None:
        return ChainFault(complaint_id=complaint_id, seq=0, reason="there is no such complaint (any more)")
    events = [raw for raw in items if raw["kind"]["S"] == EventItem.KIND]
    (raw,) = (raw for raw in items if raw["kind"]["S"] == ComplaintItem.KIND)
    last = raw.get("last_event", {}).get("M")
    wrong = _differing(raw, complaint_item(complaint_of(found.complaint)).serialize())
    if wrong is None and last and last not in (last_event(events[-1]), last_event(*events[-2:])):
        wrong = "last_event"
    if wrong is not None:
        return ChainFault(complaint_id=complaint_id, seq=0, reason=f"the complaint's {wrong} is made up")
    for raw, item in zip(events, found.events, strict=True):
        wrong = _differing(raw, item.serialize() | _beside(event_of(item), found.complaint))
        if wrong is not None:
            return ChainFault(complaint_id=complaint_id, seq=int(item.seq), reason=f"its {wrong} is made up")
    return None


def _beside(event: Event, complaint: ComplaintItem) -> Raw:
    """Of an event's item what is made of others; None: it is not to be there."""
    reporter = complaint.person or complaint.reporter
    return {
        "pk": {"S": complaint_pk(event.complaint_id)},
        "sk": {"S": event_sk(event.seq)},
        "kind": {"S": EventItem.KIND},
        "previous": {"S": event.previous},
        "data": {"S": EventItem.data.serialize(dict(event.data))},
        "day_shard": {"S": day_shard(event.at, shard_of(event.complaint_id))},
        "moment": {"S": moment(event)},
        "reporter": {"S": reporter} if reporter else None,
    }


def _differing(one: Raw, other: Raw) -> str | None:
    return next((name for name in sorted(one.keys() | other.keys()) if not _same(name, one, other)), None)


def _same(name: str, one: Raw, other: Raw) -> bool:
    if name in ("last_event", "correlation_id"):
        return True
    this, that = one.get(name), other.get(name)
    if this is not None and that is not None and "N" in this and "N" in that:
        return float(this["N"]) == float(that["N"])
    return bool(this == that)
