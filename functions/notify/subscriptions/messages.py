"""The messages about complaints, as webhooks bring them and as they are polled."""

from typing import Annotated

from pydantic import Field

from functions.complaints.complaint import Status
from functions.complaints.events import EventType
from functions.edge.complaint_fields import MissedTerm
from functions.edge.fields import Absent, Count, Id, Instant, View, described


class EventData(View):
    """The event, and the complaint as it stood right after it."""

    id: Id
    number: str
    sequence: Annotated[Count, described("Number of the event within its complaint, from 1 without a hole.")]
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
            str, described("Of a transfer, an instruction or a correction: the body that had it before.")
        ]
    ] = Field(alias="from")
    to: Absent[
        Annotated[str, described("Of a transfer, an instruction or a correction: the body that has it now.")]
    ]
    missed: Absent[MissedTerm]
    missed_by: Absent[Annotated[str, described("Of a term that passed: the body that let it pass.")]]
    missed_at: Absent[Annotated[Instant, described("Of a term that passed: when it ended.")]]


class EventMessage(View):
    """The payload of Standard Webhooks: `type`, `timestamp`, `data`."""

    type: EventType
    timestamp: Instant
    data: EventData
