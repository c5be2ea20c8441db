"""To whom a body may give what it has: pass it on, ask for a part of it, or instruct a body below it."""

from datetime import datetime

from functions.complaints.complaint import Actor, Complaint
from functions.complaints.faults import Conflict, Invalid, invalid
from functions.complaints.region import Region
from functions.complaints.routing import answering, ladder


def receiver_refusal(
    complaint: Complaint, to: str, *, by: Actor, region: Region, now: datetime, pointer: str
) -> Conflict | Invalid | None:
    """Why `to` cannot be passed the complaint, or a part of it, by `by`; None where it can.

    It must answer for something (art. 65: the competent body), or be the next rung of the giver's own ladder; never one
    further up, past a rung that would not hear. A body in charge beside the owner may take it over itself. Who passed
    it on does not get it back, except from a supervising body.
    """
    if to not in region.agencies:
        return invalid(pointer, "unknown_agency")
    if region.agencies[to].is_retired(now):
        return invalid(pointer, "retired_agency")
    if to == complaint.agency_id:
        return invalid(pointer, "already_there")
    if to in complaint.passed_by and by.id not in complaint.escalated_to:
        return Conflict("passed_on_before", agency=to)
    above = _above(by, region=region, now=now)
    if to in above[1:]:
        return invalid(pointer, "past_a_rung", next=region.agencies[above[0]].name)
    if to not in answering(region, at=now) and to not in above and to != by.id:
        return invalid(pointer, "answers_for_nothing")
    return None


def receivers(complaint: Complaint, *, by: Actor, region: Region, now: datetime) -> tuple[str, ...]:
    """Every body that `by` can pass it on to."""
    return tuple(
        to
        for to in region.agencies
        if receiver_refusal(complaint, to, by=by, region=region, now=now, pointer="/to") is None
    )


def instruction_refusal(
    complaint: Complaint, to: str, *, by: Actor, region: Region, now: datetime
) -> Invalid | None:
    """Why `by` cannot instruct `to`; None where it can: it stands below, whether it passed the complaint on or not."""
    if to not in region.agencies:
        return invalid("/to", "unknown_agency")
    if region.agencies[to].is_retired(now):
        return invalid("/to", "retired_agency")
    if to == complaint.agency_id:
        return invalid("/to", "already_there")
    return None if by.id in ladder(region, to, at=now) else invalid("/to", "not_below")


def instructed(complaint: Complaint, *, by: Actor, region: Region, now: datetime) -> tuple[str, ...]:
    """Every body that `by` can instruct."""
    return tuple(
        to
        for to in region.agencies
        if instruction_refusal(complaint, to, by=by, region=region, now=now) is None
    )


def _above(by: Actor, *, region: Region, now: datetime) -> tuple[str, ...]:
    return () if by.id is None else ladder(region, by.id, at=now)
