"""The same once more: who closed a complaint and finds that it was not done files it again, and it starts one rung up."""

from datetime import datetime
from typing import Final

from functions.complaints.complaint import Complaint, Status
from functions.complaints.faults import Invalid, invalid
from functions.complaints.moves.filing import Draft
from functions.complaints.moves.terms import Term, term
from functions.complaints.personal import words_erased
from functions.complaints.places import coarse, distance_m
from functions.complaints.region import Region
from functions.complaints.routing import ladder

POINTER: Final = "/again_of"
WITHIN_M: Final = 100
"""A phone is not more exact; where the category's own radius is larger, that one."""


def again_refusal(
    earlier: Complaint | None, draft: Draft, *, person: str, region: Region, now: datetime
) -> Invalid | None:
    """Why the draft is not `earlier` once more; None where it is. What is another person's is not there for this one."""
    if earlier is None or earlier.reporter != person or earlier.parent_id is not None:
        return invalid(POINTER, "unknown_complaint")
    if earlier.status != Status.CLOSED or earlier.ended_at is None:
        return invalid(POINTER, "again_not_closed")
    days = region.again_within.elapsed
    if earlier.ended_at + days < now:
        return invalid(POINTER, "again_too_late", days=days.days)
    if earlier.category != draft.category or not _is_there(earlier, draft, region=region):
        return invalid(POINTER, "again_elsewhere")
    return None


def _is_there(earlier: Complaint, draft: Draft, *, region: Region) -> bool:
    if words_erased(earlier):
        return (coarse(draft.lat), coarse(draft.lon)) == (earlier.lat, earlier.lon)
    reach = max(WITHIN_M, region.categories[draft.category].duplicate_radius_m)
    return distance_m((earlier.lat, earlier.lon), (draft.lat, draft.lon)) <= reach


def body_above(complaint: Complaint, *, owner: str, region: Region, now: datetime) -> str | None:
    """The body that is in charge beside its owner from the start; None of one that is new, and at the ladder's top."""
    above = () if complaint.again_of is None else ladder(region, owner, at=now)
    return above[0] if above else None


def term_above(complaint: Complaint, answer: Term, *, above: str, start: datetime, region: Region) -> Term:
    """The term of the first level, by the calendar of the body above, where that is shorter than the owner's own."""
    category = region.category(complaint.category)
    first = term(category.escalation_term(1), start=start, agency_id=above, category=category, region=region)
    return min(answer, first, key=lambda each: each.due_at)
