"""The outbox: an event as the table's stream hands it on, with the complaint as it stood then.

The stream carries the complaint's own item, which has its last event in it, and not the event's item. For AWS keeps the
order of what becomes of one item (partition and sort key), and of nothing else: events that are items of their own may
come in any order. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
Of events that were written together the item has the last, with the one before in it.

A cursor of each consumer for each complaint ("told up to n") would hold as well. It costs two requests more for each
event and consumer, and a lease, where this costs what the event adds to the item.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from functions.complaints.events import Event
from functions.records.codec import event_of
from functions.records.tables import ComplaintItem, EventItem

type Image = Mapping[str, Any]
"""An item in DynamoDB's own notation."""

_OWN: Final = "seq type at actor actor_agency status data visible started_watch correlation_id".split()
"""What the complaint's item has of its last event, beside what it has anyway: the event's hash is its `head`."""
_BESIDE: Final = (
    "number region category agency_id escalated_to escalation_level due_at language joined watch_round watch_at parent_id"
).split()
"""What an event's item repeats of the complaint as it stood."""
_BEFORE: Final = "written_before"
"""In the last event: the one before it, that was written with it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """An event and the complaint as it stood right after it.

    `started_watch` is the round whose watch this event starts, None where the running one will do. `carried_on`: what
    follows from it is known to have been written with it.
    """

    event: Event
    visible: bool
    number: str
    region: str
    category: str
    agency_id: str | None
    escalated_to: tuple[str, ...]
    escalation_level: int
    due_at: datetime | None
    reporter: str | None
    language: str
    joined: int
    watch_round: int
    started_watch: int | None
    watch_at: datetime | None
    parent_id: str | None = None
    correlation_id: str | None
    carried_on: bool = False

    @property
    def followed(self) -> str:
        """The complaint that people joined: a part is followed by those who joined its parent."""
        return self.parent_id or self.event.complaint_id

    @property
    def in_charge(self) -> tuple[str, ...]:
        return (() if self.agency_id is None else (self.agency_id,)) + self.escalated_to


def last_event(*events: Image) -> dict[str, Any]:
    """As the complaint's item has it, of the events' own items: those that were written together, in order."""
    last = {name: events[-1][name] for name in _OWN if name in events[-1]}
    if len(events) == 1:
        return last
    before = events[-2]
    beside = {name: before[name] for name in (*_BESIDE, "hash") if name in before}
    return last | {_BEFORE: {"M": beside | last_event(*events[:-1])}}


def image_of(*events: Image) -> Image:
    """The complaint's item right after these events, as far as it is read from the stream."""
    event = events[-1]
    return {
        "kind": {"S": ComplaintItem.KIND},
        "id": event["complaint_id"],
        "head": event["hash"],
        **{name: event[name] for name in (*_BESIDE, "reporter") if name in event},
        "last_event": {"M": last_event(*events)},
    }


def published_by(image: Image) -> tuple[Published, ...]:
    """The events that a change of a complaint's item has brought, in order. Raises KeyError where it brought none."""
    last = image["last_event"]["M"]
    beside = {name: image[name] for name in _BESIDE if name in image} | {"hash": image["head"]}
    reporter = image.get("person", image.get("reporter"))
    common = {"complaint_id": image["id"]} | ({} if reporter is None else {"reporter": reporter})
    *before, newest = [
        published(EventItem.from_raw_data(each | common)) for each in _events_in(beside | last)
    ]
    return (*(replace(each, carried_on=True) for each in before), newest)


def first_seq(image: Image) -> int:
    """The number of the first event that it has brought."""
    return int(_events_in(image["last_event"]["M"])[0]["seq"]["N"])


def _events_in(last: Image) -> list[dict[str, Any]]:
    before = last.get(_BEFORE)
    own = {name: value for name, value in last.items() if name != _BEFORE}
    return [own] if before is None else [*_events_in(before["M"]), own]


def published(item: EventItem) -> Published:
    return Published(
        event=event_of(item),
        visible=item.visible is not False,
        number=item.number,
        region=item.region,
        category=item.category,
        agency_id=item.agency_id,
        escalated_to=tuple(item.escalated_to or ()),
        escalation_level=int(item.escalation_level or 0),
        due_at=item.due_at,
        reporter=item.reporter,
        language=item.language or "kk",
        joined=int(item.joined or 0),
        watch_round=int(item.watch_round or 0),
        started_watch=None if item.started_watch is None else int(item.started_watch),
        watch_at=item.watch_at,
        parent_id=item.parent_id,
        correlation_id=item.correlation_id,
    )
