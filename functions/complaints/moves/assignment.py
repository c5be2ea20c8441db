"""Assignment: the body that owns this category at this place, and the clock that starts for it."""

from dataclasses import replace
from datetime import datetime

from functions.complaints.change import Change, change
from functions.complaints.clock import iso
from functions.complaints.complaint import SYSTEM, Complaint, Status
from functions.complaints.moves.again import body_above, term_above
from functions.complaints.moves.lapses import held_by, least_by
from functions.complaints.moves.terms import acknowledge_by, term
from functions.complaints.personal import words_erased
from functions.complaints.places import coarse
from functions.complaints.region import Region
from functions.complaints.routing import responsible_agency
from functions.complaints.transitions import Move


def with_assignment(made: Change, *, region: Region, now: datetime) -> Change:
    """The change with the assignment that follows from it, where nothing has to be waited for: both are written together.

    Where the region file does not say who answers for it, the complaint is left for the operator and the sweep.
    """
    if made.after.status != Status.SUBMITTED:
        return made
    try:
        return replace(assign(made.after, region=region, now=now), follows=made)
    except LookupError:
        return made


def assign(complaint: Complaint, *, region: Region, now: datetime) -> Change:
    """Give the complaint to the body that answers for it; its clock runs from when the complaint was complete.

    What was closed and is reported again starts one rung up. A part goes to the body it was made for, on the clock it was
    made with. Raises NobodyResponsible, and KeyError for a category that the region file no longer has.
    """
    if complaint.parent_id is not None:
        return _assign_part(complaint, region=region, now=now)
    category = region.category(complaint.category)
    place = responsible_agency(
        region, category_id=complaint.category, lat=complaint.lat, lon=complaint.lon, at=now
    )
    start = complaint.started_at or complaint.submitted_at
    answer = term(
        category.answer_within, start=start, agency_id=place.agency_id, category=category, region=region
    )
    had_since = held_by(complaint, place.agency_id, now=now)
    above = body_above(complaint, owner=place.agency_id, region=region, now=now)
    if above is not None:
        answer = term_above(complaint, answer, above=above, start=start, region=region)
        had_since = {above: had_since[place.agency_id], **had_since}
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
        }
        | ({} if above is None else {"above": above, "level": 1}),
        escalation_level=0 if above is None else 1,
        escalated_to=() if above is None else (above,),
        agency_id=place.agency_id,
        district=place.district_id,
        due_at=answer.due_at,
        near_at=answer.near_at,
        acknowledge_by=acknowledge_by(complaint, start=start, agency_id=place.agency_id, region=region),
        promise=answer.promise,
        assigned_at=now,
        had_since=had_since,
        # Of who had everything erased before it had a body, the place was left until now.
        lat=coarse(complaint.lat) if words_erased(complaint) else complaint.lat,
        lon=coarse(complaint.lon) if words_erased(complaint) else complaint.lon,
    )


def _assign_part(part: Complaint, *, region: Region, now: datetime) -> Change:
    assert part.agency_id is not None
    assert part.due_at is not None
    passed_on = part.passed_on
    if passed_on is not None:
        least = least_by(
            part.category, to=part.agency_id, region=region, level=part.escalation_level, start=now
        )
        passed_on = replace(passed_on, receiver_by=least)
    return change(
        part,
        Move.ASSIGN,
        by=SYSTEM,
        now=now,
        data={
            "agency": part.agency_id,
            "district": part.district,
            "due_at": iso(part.due_at),
            "promise": part.promise,
        },
        acknowledge_by=acknowledge_by(part, start=now, agency_id=part.agency_id, region=region),
        assigned_at=now,
        had_since=held_by(part, part.agency_id, now=now),
        passed_on=passed_on,
    )
