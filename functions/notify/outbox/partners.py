"""What partners are told of what they filed: each step that everybody sees, by number and state."""

from typing import Any, Final

from functions.complaints.complaint import ENDED
from functions.complaints.events import Event, EventType
from functions.complaints.ids import whole_number
from functions.complaints.partners import partner_of
from functions.complaints.visibility import Shown, Viewer, shown
from functions.notify.webhooks.delivery import to_body
from functions.records.outbox import Published

HIDDEN: Final = "hidden"
"""As `public_record` has it, which knows more than is needed here."""


def partner_told(published: Published) -> str | None:
    """The subject of the partner to tell; None where no partner filed it, or whoever it filed it for was erased since, and
    where the step is not for everybody.
    """
    partner = partner_of(published.reporter)
    if partner is None or shown(published.event, Viewer.PUBLIC) == Shown.NOTHING:
        return None
    return partner


def body_for_partner(published: Published, *, is_public: bool) -> str:
    """As Open311 has it: nothing that its record does not say. Where what it is about is not public (any more), the number
    and whether it is open, and nothing else.
    """
    event = published.event
    data: dict[str, Any] = {"service_request_id": published.number, "status": _state(event)}
    if is_public:
        data["detailed_status"] = HIDDEN if event.type == EventType.HIDDEN else event.status.value
        data["updated_datetime"] = f"{event.at:%Y-%m-%dT%H:%M:%S}Z"
        if published.parent_id is not None:
            data["part_of"] = whole_number(published.number)
    return to_body(event.type.value, at=event.at, data=data)


def _state(event: Event) -> str:
    """One that is hidden is closed to whoever follows it, as among the updates of Open311."""
    return "closed" if event.status in ENDED or event.type == EventType.HIDDEN else "open"
