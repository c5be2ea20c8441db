"""The outbox: an event as the table's stream hands it on, with the complaint as it stood then."""

from dataclasses import dataclass
from datetime import datetime

from functions.complaints.events import Event
from functions.records.codec import event_of
from functions.records.tables import EventItem


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """An event and the complaint as it stood right after it.

    `started_watch` is the round whose watch this event starts, None where the running one will do.
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

    @property
    def followed(self) -> str:
        """The complaint that people joined: a part is followed by those who joined its parent."""
        return self.parent_id or self.event.complaint_id

    @property
    def in_charge(self) -> tuple[str, ...]:
        return (() if self.agency_id is None else (self.agency_id,)) + self.escalated_to


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
