"""The messages about complaints, as webhooks bring them and as they are polled."""

from typing import Annotated

from pydantic import Field

from functions.complaints.complaint import Status
from functions.complaints.events import EventType
from functions.complaints.retirement import Why
from functions.edge.complaint_fields import MissedTerm
from functions.edge.fields import Absent, Count, Id, Instant, View, described, one_of


class EventData(View):
    """The event, and the complaint as it stood right after it."""

    id: Id
    number: str
    sequence: Annotated[
        Count,
        described(
            "Number of the event within its complaint, which counts each from 1. A body to which it came later is told "
            "from the event on that brought it there; a body that it left, a type that is not subscribed to and a "
            "subscription that was made later leave holes, and nothing else does."
        ),
    ]
    status: Status
    category: str
    agency: Annotated[str | None, described("The body that has it.")]
    in_charge: Annotated[list[str], described("Every body that may act on it.")]
    escalation_level: Count
    due_at: Instant | None
    internal: Annotated[bool, described("Only agencies may read this one.")]
    by_agency: Absent[Annotated[str, described("The body that acted.")]]
    giver: Absent[
        Annotated[
            str,
            described("Of a step by which another body has it: the one that had it before, or is no more."),
        ]
    ] = Field(alias="from")
    to: Absent[
        Annotated[str, described("Of such a step: the body that has it now, or is in the other's place.")]
    ]
    why: Absent[
        Annotated[
            str,
            one_of(*Why),
            described("Where it goes on elsewhere by itself: whether the body is no more, or the category."),
        ]
    ]
    missed: Absent[MissedTerm]
    missed_by: Absent[Annotated[str, described("Of a term that passed: the body that let it pass.")]]
    missed_at: Absent[Annotated[Instant, described("Of a term that passed: when it ended.")]]


class PartnerData(View):
    """The request right after the step, as Open311 has it."""

    service_request_id: str
    status: Annotated[str, one_of("open", "closed")]
    detailed_status: Absent[
        Annotated[
            str,
            described(
                "The state by its own name, or `hidden`; absent, as all that follows, where the service is not public."
            ),
        ]
    ]
    updated_datetime: Absent[Annotated[str, described("When, in whole seconds, in UTC.")]]
    part_of: Absent[Annotated[str, described("Of a part: the request that was divided.")]]


class PartnerMessage(View):
    """What a partner is sent, of what it filed itself and everybody sees."""

    type: EventType
    timestamp: Instant
    data: PartnerData


class EventMessage(View):
    """The payload of Standard Webhooks: `type`, `timestamp`, `data`."""

    type: EventType
    timestamp: Instant
    data: EventData
