"""Assignment: the body that owns this category at this place, and the clock that starts for it."""

from datetime import datetime

from functions.complaints.change import Change, change
from functions.complaints.clock import iso
from functions.complaints.complaint import SYSTEM, Complaint
from functions.complaints.deadlines import due
from functions.complaints.moves.terms import term
from functions.complaints.region import Region
from functions.complaints.routing import responsible_agency
from functions.complaints.transitions import Move


def assign(complaint: Complaint, *, region: Region, now: datetime) -> Change:
    """Give the complaint to the body that answers for it; its clock runs from when the complaint was complete."""
    category = region.categories[complaint.category]
    place = responsible_agency(region, category_id=complaint.category, lat=complaint.lat, lon=complaint.lon)
    calendar = region.calendar_of(place.agency_id)
    start = complaint.started_at or complaint.submitted_at
    answer = term(category.answer_within, start=start, calendar=calendar)
    acknowledge_by = (
        due(category.acknowledge_within, received_at=start, calendar=calendar).at
        if category.acknowledge_within
        else None
    )
    return change(
        complaint,
        Move.ASSIGN,
        by=SYSTEM,
        now=now,
        data={
            "agency": place.agency_id,
            "district": place.district_id,
            "due_at": iso(answer.due_at),
            "promise": answer.promise,
        },
        agency_id=place.agency_id,
        district=place.district_id,
        due_at=answer.due_at,
        near_at=answer.near_at,
        acknowledge_by=acknowledge_by,
        promise=answer.promise,
        assigned_at=now,
    )
