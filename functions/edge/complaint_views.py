"""What both APIs show of a complaint in the same fields: in short, the matter itself, and as a line of a list."""

from collections.abc import Sequence
from typing import Annotated, Any

from functions.complaints.clock import iso, iso_or_none
from functions.complaints.complaint import Complaint, Status
from functions.edge.complaint_fields import Number, Place
from functions.edge.fields import Count, Id, Instant, View, described
from functions.edge.uploads import Upload
from functions.records.tables import ComplaintItem

Due = Annotated[Instant | None, described("By when the body must answer.")]
Overdue = Annotated[bool, described("Every body of the ladder has missed its term.")]
PartText = Annotated[str | None, described("What is asked of the body of this part.")]


class ComplaintInShort(View):
    """The state of a complaint in short: what every move answers."""

    id: Id
    number: Number
    status: Status
    version: Count
    category: str
    submitted_at: Instant
    changed_at: Instant
    due_at: Due
    escalation_level: Count
    overdue: Overdue
    uploads: Annotated[
        list[Upload],
        described("How to send the photos that this request declared and that have not come yet."),
    ]


class Matter(View):
    """What the person reported, and what came of it."""

    comment: Annotated[
        str,
        described(
            "Empty where photos alone show it, where it was erased (the person left, or its time is over), and for all but "
            "the reporter and the bodies in charge."
        ),
    ]
    written_at: Annotated[
        Instant | None,
        described("When the person wrote it, as their phone says, where that was before it could be sent."),
    ]
    location: Annotated[
        Place,
        described(
            "Exact, and with the address, for the reporter and the bodies in charge; rounded for everybody else, as in "
            "`/v1/overdue`."
        ),
    ]
    district: str | None
    joined: Count
    cursor: Annotated[
        str | None, described("Leads to the steps before those that are shown; null where there are none.")
    ]
    question: Annotated[str | None, described("What the body asks and nobody has answered yet.")]
    parent_id: Id | None
    again_of: Annotated[
        Id | None,
        described(
            "The earlier complaint of the same person that was closed and that this one is of again; for the reporter and "
            "the bodies in charge."
        ),
    ]
    merged_into: Annotated[
        Id | None, described("The complaint nearby as which it is dealt with; its news are told there.")
    ]
    part: PartText


class ListedComplaint(View):
    """A complaint as a line of a list."""

    id: Id
    number: Number
    status: Status
    due_at: Due
    escalation_level: Count
    overdue: Overdue
    joined: Count
    submitted_at: Instant


def in_short(complaint: Complaint, *, uploads: Sequence[Upload]) -> dict[str, Any]:
    """The fields of `ComplaintInShort`."""
    return {
        "id": complaint.id,
        "number": complaint.number,
        "status": complaint.status,
        "version": complaint.version,
        "category": complaint.category,
        "submitted_at": iso(complaint.submitted_at),
        "changed_at": iso(complaint.changed_at),
        "due_at": iso_or_none(complaint.due_at),
        "escalation_level": complaint.escalation_level,
        "overdue": complaint.overdue,
        "uploads": list(uploads),
    }


def matter(complaint: Complaint, *, cursor: str | None) -> dict[str, Any]:
    """The fields of `Matter`; `cursor` leads to the steps before those that are shown."""
    return {
        "comment": complaint.comment,
        "written_at": iso_or_none(complaint.written_at),
        "location": Place(lat=complaint.lat, lon=complaint.lon, address=complaint.address),
        "district": complaint.district,
        "joined": complaint.joined,
        "cursor": cursor,
        "question": complaint.open_question,
        "parent_id": complaint.parent_id,
        "again_of": complaint.again_of,
        "merged_into": complaint.merged_into,
        "part": complaint.part,
    }


def listed(item: ComplaintItem) -> dict[str, Any]:
    """The fields of `ListedComplaint`."""
    return {
        "id": item.id,
        "number": item.number,
        "status": Status(item.status),
        "due_at": iso_or_none(item.due_at),
        "escalation_level": int(item.escalation_level or 0),
        "overdue": bool(item.overdue),
        "joined": int(item.joined or 0),
        "submitted_at": iso(item.submitted_at),
    }
