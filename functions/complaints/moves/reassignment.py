"""Going on elsewhere: what is open with a body that is no more, or in a category that is given up for another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from functions.complaints.change import Change, change
from functions.complaints.clock import iso_or_none
from functions.complaints.complaint import SYSTEM, WITH_AGENCY, Complaint, Status
from functions.complaints.moves.handover import handed_over
from functions.complaints.moves.lapses import held_by, taken_over
from functions.complaints.region import Region
from functions.complaints.retirement import Why, category_in_use, in_office
from functions.complaints.transitions import TRANSITIONS, Move

OWNER: Final = "owner"
SUPERVISOR: Final = "supervisor"


def reassign(complaint: Complaint, *, region: Region, now: datetime) -> Change | None:
    """The next of the changes that put whoever took over in the place of a retired body, and the category that is in use in
    the place of a retired one; None where there is nothing to put right.

    The clock that the person was promised goes on. A body that has it from now on has a least time in which nothing is held
    against it, as after a transfer (`lapses`).
    """
    if complaint.status not in TRANSITIONS[Move.REASSIGN].sources:
        return None
    for agency_id in complaint.in_charge:
        heir = in_office(region, agency_id, at=now)
        if heir is not None and heir != agency_id:
            return _to_body(complaint, gone=agency_id, heir=heir, region=region, now=now)
    category = category_in_use(region, complaint.category, at=now)
    if category != complaint.category:
        return _to_category(complaint, category, region=region, now=now)
    return None


def _to_body(complaint: Complaint, *, gone: str, heir: str, region: Region, now: datetime) -> Change:
    owned = complaint.agency_id == gone
    owner = heir if owned else complaint.agency_id
    above = [heir if each == gone else each for each in complaint.escalated_to]
    changed: dict[str, Any] = {
        "agency_id": owner,
        "escalated_to": tuple(dict.fromkeys(each for each in above if each != owner)),
        "had_since": _had_since(complaint, gone=gone, heir=heir, now=now),
    }
    if owned and complaint.status in WITH_AGENCY:
        changed |= handed_over(complaint, to=heir, region=region, now=now) | {"status": Status.ASSIGNED}
    elif owned:
        changed |= {"passed_by": tuple(dict.fromkeys((*complaint.passed_by, gone)))}
        changed |= _fresh_owner(complaint, heir, region=region, now=now)
    # Of a part that no body has yet, no clock runs.
    idle = changed.get("overdue", complaint.overdue) or complaint.status == Status.SUBMITTED
    due_at = None if idle else changed.get("due_at", complaint.due_at)
    promised = {"promise": changed["promise"]} if "promise" in changed else {}
    return change(
        complaint,
        Move.REASSIGN,
        by=SYSTEM,
        now=now,
        data={
            "from": gone,
            "to": heir,
            "why": Why.BODY_RETIRED.value,
            "role": OWNER if owned else SUPERVISOR,
            "due_at": iso_or_none(due_at),
        }
        | promised,
        **changed,
    )


def _fresh_owner(complaint: Complaint, heir: str, *, region: Region, now: datetime) -> dict[str, Any]:
    """What a body begins with that has from now on what no clock runs for: an answer stands, or it has no body yet."""
    begun: dict[str, Any] = {"passed_on": taken_over(complaint, to=heir, region=region, now=now)}
    if complaint.status == Status.SUBMITTED:
        # A part that no body has yet: its clock begins when it is assigned.
        return begun
    return begun | {"assigned_at": now}


def _had_since(complaint: Complaint, *, gone: str, heir: str, now: datetime) -> Mapping[str, datetime]:
    """Of an answer that stands it is still asked since when its body had it."""
    answered = complaint.answer is not None and complaint.answer.agency_id == gone
    return {
        name: since for name, since in held_by(complaint, heir, now=now).items() if name != gone or answered
    }


def _to_category(complaint: Complaint, category: str, *, region: Region, now: datetime) -> Change:
    """The terms that run were promised and stay; those of later levels are the new category's."""
    return change(
        complaint,
        Move.REASSIGN,
        by=SYSTEM,
        now=now,
        data={
            "why": Why.CATEGORY_RETIRED.value,
            "from_category": complaint.category,
            "category": category,
        },
        category=category,
        danger=region.category(category).danger,
    )
