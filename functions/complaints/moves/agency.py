"""What an agency does with a complaint that is with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from functions.complaints.calendar import CalendarYearMissing
from functions.complaints.change import Change, change
from functions.complaints.clock import iso
from functions.complaints.complaint import (
    ENDED,
    OUTCOMES,
    Actor,
    ActorKind,
    Answer,
    Complaint,
    PhotoStatus,
    Status,
)
from functions.complaints.deadlines import Deadline, DeadlineLimitExceeded, due_as_known, extend
from functions.complaints.duration import Duration
from functions.complaints.faults import Conflict, FieldFault, Invalid, NotFound, invalid
from functions.complaints.ids import new_id, part_number
from functions.complaints.limits import PARTS_MOST
from functions.complaints.moves.handover import hand_over
from functions.complaints.moves.lapses import within_term
from functions.complaints.moves.receivers import instruction_refusal, receiver_refusal
from functions.complaints.moves.terms import promise, reminder_of_moved
from functions.complaints.officers import require_role
from functions.complaints.region import Region
from functions.complaints.transitions import Move, require
from functions.complaints.wording import has_words, seen_length

REASON_MIN: Final = 20


def acknowledge(complaint: Complaint, *, by: Actor, now: datetime) -> Change | None:
    """The agency has seen it; None if it said so before."""
    _require_theirs(complaint, Move.ACKNOWLEDGE, by=by)
    if complaint.status == Status.ACKNOWLEDGED:
        return None
    return change(complaint, Move.ACKNOWLEDGE, by=by, now=now, acknowledged_at=now)


def answer(
    complaint: Complaint,
    *,
    by: Actor,
    outcome: str,
    text: str,
    photos: Sequence[str] = (),
    parts: Sequence[Complaint] = (),
    region: Region,
    now: datetime,
) -> Change | None:
    """Answer the complaint; None if this very answer stands already.

    "Not ours" is not an answer but a transfer, so the only outcomes are `resolved` and `declined`. Raises
    Invalid where the category asks for a proof photo and none is ready, or where a refusal has no reasons.

    Whoever divided a complaint answers for the whole of it: `resolved` is possible once every one of `parts`
    (as they stand now) has been answered or has ended, and a Conflict before. To decline what is left to itself
    is always possible: the parts go on by themselves.
    """
    agency_id = _require_theirs(complaint, Move.ANSWER, by=by)
    given = Answer(outcome=outcome, text=text, agency_id=agency_id, photos=tuple(photos))
    if complaint.status == Status.ANSWERED and complaint.answer == given:
        return None
    require(complaint, Move.ANSWER, by=by)
    _check_answer(complaint, given, region=region)
    settled = {part.id for part in parts if part.status == Status.ANSWERED or part.status in ENDED}
    if outcome == "resolved" and not settled.issuperset(complaint.children):
        raise Conflict("parts_open")
    close = due_as_known(region.close_after_answer, received_at=now, calendar=region.calendar)
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
            "in_time": complaint.lapse is None and within_term(complaint, at=now),
        }
        | ({"theirs": True} if complaint.left_to_joiners else {}),
        answer=given,
        answered_at=now,
        close_at=close.at,
        open_question=None,
    )


def _check_answer(complaint: Complaint, given: Answer, *, region: Region) -> None:
    """Raises Invalid with every fault."""
    faults = tuple(_answer_faults(complaint, given, region=region))
    if faults:
        raise Invalid(faults)


def _answer_faults(complaint: Complaint, given: Answer, *, region: Region) -> Iterator[FieldFault]:
    if given.outcome not in OUTCOMES:
        key = "not_ours_is_a_transfer" if given.outcome == "not_ours" else "unknown_choice"
        yield FieldFault(pointer="/outcome", key=key, params={"choices": tuple(OUTCOMES)})
    if given.outcome == "declined":
        if seen_length(given.text) < REASON_MIN:
            yield FieldFault(pointer="/text", key="too_short", params={"min": REASON_MIN})
        elif not has_words(given.text):
            yield FieldFault(pointer="/text", key="no_words")
    for index, photo_id in enumerate(given.photos):
        photo = complaint.photo(photo_id)
        if photo is None or photo.by != ActorKind.AGENCY:
            yield FieldFault(pointer=f"/photos/{index}", key="unknown_photo")
        elif photo.status != PhotoStatus.READY:
            yield FieldFault(pointer=f"/photos/{index}", key="photo_not_ready")
    proof_required = region.category(complaint.category).proof_photo_required
    if given.outcome == "resolved" and proof_required and not given.photos:
        yield FieldFault(pointer="/photos", key="proof_photo_required")


def ask(complaint: Complaint, *, by: Actor, text: str, now: datetime) -> Change:
    """Ask the person a question; the clock goes on meanwhile."""
    _require_theirs(complaint, Move.ASK, by=by)
    return change(complaint, Move.ASK, by=by, now=now, data={"text": text}, open_question=text)


def comment(complaint: Complaint, *, by: Actor, text: str, internal: bool, now: datetime) -> Change:
    """Say something to the person, or (`internal`) to the agencies in charge alone."""
    _require_theirs(complaint, Move.COMMENT, by=by)
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
) -> Change | None:
    """Pass it on to the right body (`receivers`), on the clock that runs (`handover`). None if this body passed it there
    already.
    """
    if to == complaint.agency_id and by.id in complaint.passed_by and by.id not in complaint.in_charge:
        require_role(by, Move.TRANSFER)
        return None
    _require_theirs(complaint, Move.TRANSFER, by=by)
    require(complaint, Move.TRANSFER, by=by)
    refusal = receiver_refusal(complaint, to, by=by, region=region, now=now, pointer="/to")
    if refusal is not None:
        raise refusal
    return hand_over(complaint, Move.TRANSFER, by=by, to=to, reason=reason, region=region, now=now)


def instruct(
    complaint: Complaint, *, by: Actor, to: str, reason: str, region: Region, now: datetime
) -> Change:
    """Give it down, or back, to a body below; whoever instructs stays in charge beside it, and the clock goes on."""
    _require_theirs(complaint, Move.INSTRUCT, by=by)
    require(complaint, Move.INSTRUCT, by=by)
    refusal = instruction_refusal(complaint, to, by=by, region=region, now=now)
    if refusal is not None:
        raise refusal
    return hand_over(complaint, Move.INSTRUCT, by=by, to=to, reason=reason, region=region, now=now)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of a complaint for another body; `text` says what is asked of it."""

    agency_id: str
    text: str


def split(complaint: Complaint, *, by: Actor, parts: Sequence[Part], region: Region, now: datetime) -> Change:
    """Give other bodies their parts; the complaint itself stays where it is, with the lead that answers for the
    whole. Each part becomes a complaint of its own (`parts.part_of`), under the id and number fixed here.

    A part is not divided again, but can be passed on. Raises Invalid and Conflict for a body that cannot be given any.
    """
    _require_theirs(complaint, Move.SPLIT, by=by)
    require(complaint, Move.SPLIT, by=by)
    if complaint.parent_id is not None:
        raise Conflict("part_not_divided")
    left, faults = PARTS_MOST - len(complaint.children), list[FieldFault]()
    if len(parts) > left:
        faults.append(FieldFault(pointer="/parts", key="too_many", params={"max": left}))
    taken: set[str] = set()
    for index, part in enumerate(parts):
        refusal = receiver_refusal(
            complaint, part.agency_id, by=by, region=region, now=now, pointer=f"/parts/{index}/to"
        )
        if isinstance(refusal, Invalid):
            faults += refusal.faults
        elif refusal is not None:
            raise refusal
        elif part.agency_id in taken:
            faults.append(FieldFault(pointer=f"/parts/{index}/to", key="already_there"))
        taken.add(part.agency_id)
    if faults:
        raise Invalid(faults)
    first = len(complaint.children) + 1
    data = [
        {
            "id": new_id(now),
            "number": part_number(complaint.number, place=place),
            "to": part.agency_id,
            "text": part.text,
        }
        for place, part in enumerate(parts, start=first)
    ]
    children = (*complaint.children, *(each["id"] for each in data))
    return change(complaint, Move.SPLIT, by=by, now=now, data={"parts": data}, children=children)


def extend_deadline(
    complaint: Complaint, *, by: Actor, extension: Duration, reason: str, region: Region, now: datetime
) -> Change:
    """Give the agency more time by a reasoned decision, once unless the category allows more, while the
    deadline has not passed. What was escalated, a body above alone can extend.

    Source of the limit: Administrative Procedural and Process-Related Code of Kazakhstan, art. 76.
    """
    _require_theirs(complaint, Move.EXTEND, by=by)
    require(complaint, Move.EXTEND, by=by)
    refusal = extension_refusal(complaint, by=by, region=region, now=now)
    if refusal is not None:
        raise refusal
    assert complaint.due_at is not None
    limit = region.category(complaint.category).extension_limit
    try:
        deadline = _extended(complaint, extension, limit=limit, region=region)
    except DeadlineLimitExceeded as error:
        raise invalid("/by", "extension_too_long", limit=str(limit)) from error
    except CalendarYearMissing as error:
        # A promise that somebody asks for is no estimate.
        raise invalid("/by", "calendar_year_missing", year=str(error.year)) from error
    told = promise(deadline, agency_id=_counted_for(complaint))
    return change(
        complaint,
        Move.EXTEND,
        by=by,
        now=now,
        data={
            "from": iso(complaint.due_at),
            "due_at": iso(deadline.at),
            "reason": reason,
            "promise": told,
        },
        due_at=deadline.at,
        near_at=reminder_of_moved(complaint, deadline, region=region, now=now),
        promise=told,
        extensions=complaint.extensions + 1,
    )


def extension_refusal(complaint: Complaint, *, by: Actor, region: Region, now: datetime) -> Conflict | None:
    """Why a body in charge cannot extend the deadline, however reasoned; None where it can."""
    if complaint.due_at is None or complaint.overdue or now >= complaint.due_at:
        return Conflict("deadline_passed")
    if complaint.escalated_to and by.id not in complaint.escalated_to:
        return Conflict("extended_from_above")
    times = region.category(complaint.category).extension_times
    if complaint.extensions >= times:
        return Conflict("extended_before", times=times)
    return None


def _extended(complaint: Complaint, extension: Duration, *, limit: Duration, region: Region) -> Deadline:
    """The limit runs from when the complaint was complete, also where the term that is extended began later."""
    assert complaint.promise is not None
    term = Deadline.explained_by(complaint.promise)
    longer = extend(
        term,
        by=extension,
        received_at=complaint.started_at or complaint.submitted_at,
        limit=limit,
        calendar=region.calendar_of(_counted_for(complaint)),
    )
    return replace(longer, received_at=term.received_at)


def _counted_for(complaint: Complaint) -> str | None:
    """The body whose calendar the deadline was counted by: a transfer does not change it."""
    counted: str | None = (complaint.promise or {}).get("agency", complaint.agency_id)
    return counted


def _require_theirs(complaint: Complaint, move: Move, *, by: Actor) -> str:
    """What is not this agency's does not exist for it; what is, its officers move as their role allows."""
    if by.id is None or by.id not in complaint.in_charge:
        raise NotFound(complaint.id)
    require_role(by, move)
    return by.id
