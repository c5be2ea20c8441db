"""What an agency does with a complaint that is with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.complaints.change import Change, change
from functions.complaints.clock import iso
from functions.complaints.complaint import Actor, ActorKind, Answer, Complaint, PhotoStatus, Status
from functions.complaints.deadlines import DeadlineLimitExceeded, due, extend, near
from functions.complaints.duration import Duration
from functions.complaints.faults import Conflict, NotFound, invalid
from functions.complaints.region import Region
from functions.complaints.transitions import Move, require

OUTCOMES: Final = ("resolved", "declined")
REASON_MIN: Final = 20


def acknowledge(complaint: Complaint, *, by: Actor, now: datetime) -> Change | None:
    """The agency has seen it; None if it said so before."""
    _require_in_charge(complaint, by)
    if complaint.status == Status.ACKNOWLEDGED:
        return None
    return change(complaint, Move.ACKNOWLEDGE, by=by, now=now, acknowledged_at=now, acknowledge_by=None)


def answer(
    complaint: Complaint,
    *,
    by: Actor,
    outcome: str,
    text: str,
    photos: Sequence[str] = (),
    region: Region,
    now: datetime,
) -> Change | None:
    """Answer the complaint; None if this very answer stands already.

    "Not ours" is not an answer but a transfer, so the only outcomes are `resolved` and `declined`. Raises
    Invalid where the category asks for a proof photo and none is ready, or where a refusal has no reasons.
    """
    agency_id = _require_in_charge(complaint, by)
    given = Answer(outcome=outcome, text=text, agency_id=agency_id, photos=tuple(photos))
    if complaint.status == Status.ANSWERED and complaint.answer == given:
        return None
    require(complaint, Move.ANSWER, by=by)
    _check_answer(complaint, given, region=region)
    close = due(region.close_after_answer, received_at=now, calendar=region.calendar)
    return change(
        complaint,
        Move.ANSWER,
        by=by,
        now=now,
        data={
            "outcome": outcome,
            "text": text,
            "photos": list(photos),
            "closes_at": iso(close.at),
        },
        answer=given,
        answered_at=now,
        close_at=close.at,
        open_question=None,
    )


def _check_answer(complaint: Complaint, given: Answer, *, region: Region) -> None:
    if given.outcome not in OUTCOMES:
        key = "not_ours_is_a_transfer" if given.outcome == "not_ours" else "unknown_choice"
        raise invalid("/outcome", key, choices=", ".join(OUTCOMES))
    if given.outcome == "declined" and len(given.text.strip()) < REASON_MIN:
        raise invalid("/text", "too_short", min=REASON_MIN)
    for index, photo_id in enumerate(given.photos):
        photo = complaint.photo(photo_id)
        if photo is None or photo.by != ActorKind.AGENCY:
            raise invalid(f"/photos/{index}", "unknown_photo")
        if photo.status != PhotoStatus.READY:
            raise invalid(f"/photos/{index}", "photo_not_ready")
    proof_required = region.categories[complaint.category].proof_photo_required
    if given.outcome == "resolved" and proof_required and not given.photos:
        raise invalid("/photos", "proof_photo_required")


def ask(complaint: Complaint, *, by: Actor, text: str, now: datetime) -> Change:
    """Ask the person a question; the clock goes on meanwhile."""
    _require_in_charge(complaint, by)
    return change(complaint, Move.ASK, by=by, now=now, data={"text": text}, open_question=text)


def comment(complaint: Complaint, *, by: Actor, text: str, internal: bool, now: datetime) -> Change:
    """Say something to the person, or (`internal`) to the agencies in charge alone."""
    _require_in_charge(complaint, by)
    return change(
        complaint,
        Move.COMMENT,
        by=by,
        now=now,
        data={"text": text, "internal": internal},
        visible=not internal,
    )


def transfer(
    complaint: Complaint, *, by: Actor, to: str, reason: str, region: Region, now: datetime
) -> Change:
    """Pass it on to the right body; the clock that the citizen was promised goes on.

    Source: Administrative Procedural and Process-Related Code of Kazakhstan, art. 65 (forwarding with
    simultaneous notice). A body that passed it on does not get it back, except from a supervising body.
    """
    agency_id = _require_in_charge(complaint, by)
    require(complaint, Move.TRANSFER, by=by)
    if to not in region.agencies:
        raise invalid("/to", "unknown_agency")
    if to == complaint.agency_id:
        raise invalid("/to", "already_there")
    if to in complaint.passed_by and agency_id not in complaint.escalated_to:
        raise Conflict("passed_on_before", agency=to)
    within = region.categories[complaint.category].acknowledge_within
    acknowledge_by = due(within, received_at=now, calendar=region.calendar_of(to)).at if within else None
    assert complaint.agency_id is not None
    return change(
        complaint,
        Move.TRANSFER,
        by=by,
        now=now,
        data={
            "from": complaint.agency_id,
            "to": to,
            "reason": reason,
            "due_at": None if complaint.due_at is None else iso(complaint.due_at),
        },
        agency_id=to,
        escalated_to=tuple(each for each in complaint.escalated_to if each != to),
        passed_by=(*complaint.passed_by, complaint.agency_id),
        acknowledge_by=acknowledge_by,
        acknowledged_at=None,
        assigned_at=now,
    )


def extend_deadline(
    complaint: Complaint, *, by: Actor, extension: Duration, reason: str, region: Region, now: datetime
) -> Change:
    """Give the agency more time by a reasoned decision, once unless the category allows more, while the
    deadline has not passed.

    Source of the limit: Administrative Procedural and Process-Related Code of Kazakhstan, art. 76.
    """
    _require_in_charge(complaint, by)
    require(complaint, Move.EXTEND, by=by)
    category = region.categories[complaint.category]
    start = complaint.started_at or complaint.submitted_at
    if complaint.due_at is None or complaint.overdue or now >= complaint.due_at:
        raise Conflict("deadline_passed")
    if complaint.extensions >= category.extension_times:
        raise Conflict("extended_before", times=category.extension_times)
    try:
        deadline = extend(
            complaint.due_at,
            by=extension,
            received_at=start,
            limit=category.extension_limit,
            calendar=region.calendar_of(complaint.agency_id),
        )
    except DeadlineLimitExceeded as error:
        raise invalid("/by", "extension_too_long", limit=str(category.extension_limit)) from error
    promise = deadline.explanation().to_dict()
    return change(
        complaint,
        Move.EXTEND,
        by=by,
        now=now,
        data={
            "from": iso(complaint.due_at),
            "due_at": iso(deadline.at),
            "reason": reason,
            "promise": promise,
        },
        due_at=deadline.at,
        near_at=near(deadline, start),
        promise=promise,
        extensions=complaint.extensions + 1,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of a complaint for another body; `text` says which part."""

    agency_id: str
    text: str


def _require_in_charge(complaint: Complaint, by: Actor) -> str:
    """What is not this agency's does not exist for it."""
    if by.id is None or by.id not in complaint.in_charge:
        raise NotFound(complaint.id)
    return by.id
