"""What agencies are sent of an event. Apart from `delivery`, for who sends it on has no need of complaints."""

from typing import Any

from functions.complaints.clock import iso_or_none
from functions.complaints.events import HANDED
from functions.notify.webhooks.delivery import Delivery, Lane, message_id, to_body
from functions.records.outbox import Published


def delivery_of(
    published: Published, *, agency_id: str, subscription_id: str, body: str | None = None
) -> Delivery:
    """The delivery of an event to a subscription: the same in every run. `body` is what is sent, where that is not what
    agencies are.
    """
    event = published.event
    return Delivery(
        lane=Lane(agency_id=agency_id, subscription_id=subscription_id, complaint_id=event.complaint_id),
        seq=event.seq,
        message_id=message_id(event.id, subscription_id),
        type=event.type.value,
        body=body_of(published) if body is None else body,
        created=event.at,
        correlation_id=published.correlation_id,
    )


def body_of(published: Published) -> str:
    """Ids and state, nothing personal and no text that a person wrote: the agency reads those over the API."""
    event = published.event
    data: dict[str, Any] = {
        "id": event.complaint_id,
        "number": published.number,
        "sequence": event.seq,
        "status": event.status.value,
        "category": published.category,
        "agency": published.agency_id,
        "in_charge": list(published.in_charge),
        "escalation_level": published.escalation_level,
        "due_at": iso_or_none(published.due_at),
        "internal": not published.visible,
    }
    if event.actor_agency is not None:
        data["by_agency"] = event.actor_agency
    moved = {name: event.data[name] for name in ("from", "to") if name in event.data}
    if event.type in HANDED:
        data |= moved
    if "why" in event.data:
        data["why"] = event.data["why"]
    if event.type == "complaint.escalated":
        told = {"missed": "missed", "missed_by": "agency", "missed_at": "missed_at"}
        data |= {name: event.data[said] for name, said in told.items() if said in event.data}
    return to_body(event.type.value, at=event.at, data=data)
