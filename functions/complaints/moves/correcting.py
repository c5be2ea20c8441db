"""What was reported is put right: its category, its place, the answers to the category's questions.

Whose it is, by when it is answered and who is told follow in the same change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from functions.complaints.change import Change, change, told_to_parts
from functions.complaints.clock import iso
from functions.complaints.complaint import (
    SYSTEM,
    WITH_AGENCY,
    Actor,
    ActorKind,
    Complaint,
    Status,
)
from functions.complaints.deadlines import Deadline, due_as_known
from functions.complaints.faults import Conflict, FieldFault, Invalid, NotFound, invalid, pointer
from functions.complaints.moves.handover import handed_over
from functions.complaints.moves.lapses import least
from functions.complaints.moves.terms import acknowledge_by, promise, reminder_of_moved
from functions.complaints.officers import require_role
from functions.complaints.personal import words_erased, words_of
from functions.complaints.questions import MISSING, answer_faults
from functions.complaints.region import Category, Region
from functions.complaints.routing import NobodyResponsible, district_at, place_fault, responsible_agency
from functions.complaints.seals import Seal
from functions.complaints.transitions import TRANSITIONS, Move, MoveRefused, possible_moves, require

_LOCATION: Final = "/location"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where it is, and how people there call it. `pointer` says where in the request it stood."""

    lat: float
    lon: float
    address: str | None = None
    pointer: str = _LOCATION


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What is put right; None stays. `answers` are all of them, those that were given before as well."""

    category: str | None = None
    place: Place | None = None
    answers: Mapping[str, str] | None = None
    reason: str | None = None


def correct(
    complaint: Complaint, correction: Correction, *, by: Actor, region: Region, now: datetime
) -> Change:
    """Put it right: by the reporter until a body has taken it up, by the bodies in charge as long as they have it.

    It goes to the body that answers for what it is now, where that is another than for what it was: a transfer that
    somebody decided on stands. What was promised stays or comes sooner; a body gets its least time all the same, within
    what was promised, or beyond it where the reporter themselves sent it to another one.

    Raises Invalid with every fault, also where nothing would change; Conflict; MoveRefused; NotFound.
    """
    _require_concerned(complaint, by)
    recategorised = correction.category not in (None, complaint.category)
    move = Move.RECATEGORISE if recategorised else Move.RELOCATE
    require_role(by, move)
    require(complaint, move, by=by)
    refusal = correction_refusal(complaint, move, by=by)
    if refusal is not None:
        raise refusal
    after = _corrected(complaint, correction, by=by, region=region, now=now)
    owner = _owner(complaint, after, by=by, region=region, now=now)
    return _change(
        complaint, after, owner=owner, move=move, by=by, reason=correction.reason, region=region, now=now
    )


def follow_whole(part: Complaint, whole: Complaint, *, region: Region, now: datetime) -> Change | None:
    """A part is about what its whole is about, and stays with the body that it was given to; None where it is so already,
    or where it is answered or has ended.
    """
    move = Move.RECATEGORISE if part.category != whole.category else Move.RELOCATE
    if part.status not in TRANSITIONS[move].sources or words_erased(part) != words_erased(whole):
        return None
    after = _resealed(
        part,
        category=whole.category,
        danger=whole.danger,
        lat=whole.lat,
        lon=whole.lon,
        address=whole.address,
        answers=whole.answers,
    )
    if after == part:
        return None
    return _change(
        part, after, owner=part.agency_id, move=move, by=SYSTEM, reason=None, region=region, now=now
    )


def correction_refusal(complaint: Complaint, move: Move, *, by: Actor) -> Exception | None:
    """Why this actor cannot put it right, whatever came with it; None where they can."""
    if complaint.parent_id is not None:
        return Conflict("part_not_corrected")
    if by.kind == ActorKind.CITIZEN and _is_taken_up(complaint):
        return Conflict("taken_up")
    if by.kind == ActorKind.AGENCY and complaint.status not in WITH_AGENCY:
        return MoveRefused(move=move, status=complaint.status, possible=possible_moves(complaint, by=by.kind))
    if move == Move.RELOCATE and words_erased(complaint):
        return Conflict("place_erased")
    return None


def _is_taken_up(complaint: Complaint) -> bool:
    """Whether a body has begun with it, by whatever it did."""
    return bool(
        complaint.acknowledged_at
        or complaint.answered_at
        or complaint.refutations
        or complaint.extensions
        or complaint.children
    )


def _require_concerned(complaint: Complaint, by: Actor) -> None:
    mine = by.id == complaint.reporter if by.kind == ActorKind.CITIZEN else by.id in complaint.in_charge
    if by.id is None or not mine:
        raise NotFound(complaint.id)


# What it says then


def _corrected(
    complaint: Complaint, correction: Correction, *, by: Actor, region: Region, now: datetime
) -> Complaint:
    """The complaint with what was put right. Raises Invalid with every fault."""
    given = {
        "/category": correction.category,
        _LOCATION if correction.place is None else correction.place.pointer: correction.place,
        "/answers": correction.answers,
    }
    asked = [name for name, value in given.items() if value is not None]
    if not asked:
        raise invalid("", "nothing_to_correct")
    if words_erased(complaint) and asked != ["/category"]:
        raise Conflict("place_erased")
    category = region.categories.get(correction.category or complaint.category)
    changed = category is None or category.id != complaint.category
    if category is None or (changed and category not in region.offered(at=now)):
        key = "retired_category" if category is not None and category.is_retired(now) else "unknown_category"
        raise Invalid(
            (FieldFault(pointer="/category", key=key), *_outside(correction, region=region, now=now))
        )
    answers = _answers(complaint, correction, category)
    faults = (
        *_place_faults(complaint, correction, category, region=region, now=now),
        *_answer_faults(correction, answers, category, by=by),
    )
    if faults:
        raise Invalid(faults)
    place = correction.place
    after = _resealed(
        complaint,
        category=category.id,
        danger=complaint.danger if category.id == complaint.category else category.danger,
        lat=complaint.lat if place is None else place.lat,
        lon=complaint.lon if place is None else place.lon,
        address=complaint.address if place is None else place.address,
        answers=answers,
    )
    if after == complaint:
        raise Invalid(FieldFault(pointer=name, key="unchanged") for name in asked)
    return after


def _answers(complaint: Complaint, correction: Correction, category: Category) -> Mapping[str, str]:
    """Those that are given; else those that were given before, as far as they answer what this category asks."""
    if correction.answers is not None:
        return correction.answers
    if category.id == complaint.category:
        return complaint.answers
    wrong = {fault.pointer for fault in answer_faults(complaint.answers, category)}
    return {name: given for name, given in complaint.answers.items() if name not in wrong}


def _outside(correction: Correction, *, region: Region, now: datetime) -> Iterator[FieldFault]:
    """What is wrong with the new place whatever it is about."""
    place = correction.place
    if place is not None:
        key = place_fault(region, category_id=None, lat=place.lat, lon=place.lon, at=now)
        if key is not None:
            yield FieldFault(pointer=place.pointer, key=key)


def _place_faults(
    complaint: Complaint, correction: Correction, category: Category, *, region: Region, now: datetime
) -> Iterator[FieldFault]:
    """Of the new place; of the old one, which may have left the region with its border, that somebody answers for it."""
    place = correction.place
    lat, lon = (complaint.lat, complaint.lon) if place is None else (place.lat, place.lon)
    if place is not None:
        key = place_fault(region, category_id=category.id, lat=lat, lon=lon, at=now)
        if key is not None:
            yield FieldFault(pointer=place.pointer, key=key)
    elif correction.category is not None:
        try:
            responsible_agency(region, category_id=category.id, lat=lat, lon=lon, at=now)
        except NobodyResponsible:
            yield FieldFault(pointer="/category", key="nobody_responsible")


def _answer_faults(
    correction: Correction, answers: Mapping[str, str], category: Category, *, by: Actor
) -> Iterator[FieldFault]:
    """As filing judges them; but what the person has not said, no body can say for them: it can ask."""
    if correction.answers is None and correction.category is None:
        return
    for fault in answer_faults(answers, category):
        if fault.key != MISSING or by.kind == ActorKind.CITIZEN:
            yield replace(fault, pointer=pointer("answers", fault.pointer))


def _resealed(complaint: Complaint, **changes: Any) -> Complaint:
    """With the changes, and a new seal where they are of what is sealed."""
    after = replace(complaint, **changes)
    if words_of(after) == words_of(complaint):
        return after
    return replace(after, words_seal=Seal.of(words_of(after)))


# Whose it is then


def _owner(complaint: Complaint, after: Complaint, *, by: Actor, region: Region, now: datetime) -> str | None:
    """Raises Conflict where a body would give it back to one that passed it on, as with a transfer."""
    if complaint.agency_id is None:
        return None
    routed = _responsible(after, region=region, now=now)
    before = _responsible(complaint, region=region, now=now)
    if routed in (None, before, complaint.agency_id):
        return complaint.agency_id
    given_back = routed in complaint.passed_by and by.id not in complaint.escalated_to
    if by.kind == ActorKind.AGENCY and given_back:
        raise Conflict("passed_on_before", agency=routed)
    return routed


def _responsible(complaint: Complaint, *, region: Region, now: datetime) -> str | None:
    """None where the region file does not say it (any more)."""
    try:
        return responsible_agency(
            region, category_id=complaint.category, lat=complaint.lat, lon=complaint.lon, at=now
        ).agency_id
    except LookupError:
        return None


# What follows


def _change(
    complaint: Complaint,
    after: Complaint,
    *,
    owner: str | None,
    move: Move,
    by: Actor,
    reason: str | None,
    region: Region,
    now: datetime,
) -> Change:
    moved = owner != complaint.agency_id
    updates: dict[str, Any] = {
        name: getattr(after, name)
        for name in ("category", "danger", "lat", "lon", "address", "answers", "words_seal")
    }
    data = _said(complaint, after)
    if owner is not None:
        district = district_at(region, lat=after.lat, lon=after.lon)
        updates |= {"district": None if district is None else district.id}
        updates |= {"acknowledge_by": _acknowledge_by(complaint, after, region=region, now=now)}
        updates |= _handed_over(after, to=owner, by=by, region=region, now=now) if moved else {}
        overdue = updates.get("overdue", complaint.overdue)
        updates |= _due(complaint, after, owner=owner, moved=moved, by=by, region=region, now=now)
        data |= {"district": updates["district"]}
        data |= {"from": complaint.agency_id, "to": owner} if moved else {}
        data |= {"promise": updates["promise"]} if "promise" in updates else {}
        due_at = updates.get("due_at", complaint.due_at)
        if due_at is not None and not overdue:
            data |= {"due_at": iso(due_at)}
    if reason is not None:
        data["reason"] = reason
    data |= told_to_parts(complaint)
    status = Status.ASSIGNED if moved else None
    if complaint.status == Status.AWAITING_PHOTOS and after.danger:
        # Danger waits for none.
        status, updates["started_at"] = Status.SUBMITTED, now
    return change(complaint, move, by=by, now=now, data=data, status=status, **updates)


def _said(complaint: Complaint, after: Complaint) -> dict[str, Any]:
    """What the event says of what was put right, and of what it was."""
    data: dict[str, Any] = {}
    if after.category != complaint.category:
        data |= {"category": after.category, "category_before": complaint.category}
    if _location(after) != _location(complaint):
        data |= {"location": _location(after), "location_before": _location(complaint)}
    if after.answers != complaint.answers:
        data |= {"answers": dict(after.answers), "answers_before": dict(complaint.answers)}
    return data


def _location(complaint: Complaint) -> dict[str, Any]:
    return {"lat": float(complaint.lat), "lon": float(complaint.lon), "address": complaint.address}


def _handed_over(after: Complaint, *, to: str, by: Actor, region: Region, now: datetime) -> dict[str, Any]:
    """Where the reporter sent it to another body, no body is said to have passed it on too late."""
    handed = handed_over(after, to=to, region=region, now=now)
    return handed | {"passed_on": None} if by.kind == ActorKind.CITIZEN else handed


def _due(
    complaint: Complaint,
    after: Complaint,
    *,
    owner: str,
    moved: bool,
    by: Actor,
    region: Region,
    now: datetime,
) -> dict[str, Any]:
    """The term where it is another; past the top of the ladder none runs any more."""
    if complaint.due_at is None or complaint.overdue:
        return {}
    now = max(now, complaint.changed_at)
    at_least = least(after.category, to=owner, region=region, level=complaint.escalation_level, start=now)
    found: Deadline | None = None
    counted = _counted(complaint, after, owner=owner, region=region)
    if counted is not None:
        found = max(counted, at_least, key=lambda deadline: deadline.at)
        found = found if comes_sooner(found, complaint.due_at) else None
    if moved and by.kind == ActorKind.CITIZEN and complaint.due_at < at_least.at:
        found = at_least
    if found is None:
        return {}
    return {
        "due_at": found.at,
        "near_at": reminder_of_moved(replace(after, agency_id=owner), found, region=region, now=now),
        "promise": promise(found, agency_id=owner),
    }


def comes_sooner(deadline: Deadline, promised: datetime) -> bool:
    """Whether it may take the place of what the person was promised."""
    return deadline.at < promised


def _counted(complaint: Complaint, after: Complaint, *, owner: str, region: Region) -> Deadline | None:
    """The new category's term: from when the complaint was complete, and of one that was escalated from then. None where
    it is no shorter than the old one's: what was extended is not cut by another category alone.
    """
    if after.category == complaint.category:
        return None
    lapse, calendar = complaint.lapse, region.calendar_of(owner)
    start = (complaint.started_at or complaint.submitted_at) if lapse is None else lapse.told_at

    def term(category_id: str) -> Deadline | None:
        category = region.categories.get(category_id)
        if category is None:
            return None
        level = complaint.escalation_level
        duration = category.answer_within if lapse is None else category.escalation_term(level)
        return due_as_known(duration, received_at=start, calendar=calendar)

    old, new = term(complaint.category), term(after.category)
    return None if old is not None and new is not None and new.at >= old.at else new


def _acknowledge_by(
    complaint: Complaint, after: Complaint, *, region: Region, now: datetime
) -> datetime | None:
    """By when the body that goes on having it must say that it has seen it; it is told of another term in time."""
    before = complaint.acknowledge_by
    if complaint.status != Status.ASSIGNED or after.category == complaint.category:
        return before
    old = region.categories.get(complaint.category)
    asked = old is None or old.acknowledge_within is not None
    if before is None and (asked or complaint.escalation_level or complaint.refutations):
        # Missed already, or seen.
        return None
    assert complaint.agency_id is not None
    passed_on = complaint.passed_by or complaint.parent_id is not None
    start = (complaint.assigned_at if passed_on else complaint.started_at) or complaint.submitted_at
    at = acknowledge_by(after, start=start, agency_id=complaint.agency_id, region=region)
    if at is None or at > now:
        return at
    fresh = acknowledge_by(after, start=now, agency_id=complaint.agency_id, region=region)
    return fresh if before is None or fresh is None else min(before, fresh)
