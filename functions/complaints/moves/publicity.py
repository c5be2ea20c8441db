"""What is public: taken from the public and given back, flagged by anybody, and what is hidden in a photo."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime

from functions.complaints.change import Change, change, told_to_parts
from functions.complaints.clock import to_milliseconds
from functions.complaints.complaint import SYSTEM, Actor, ActorKind, Complaint, Hidden, PhotoStatus
from functions.complaints.faults import Conflict, FieldFault, Invalid, NotFound, pointer
from functions.complaints.officers import require_role
from functions.complaints.publicity import FLAG_REASONS, FLAGGED, FLAGS_HIDE, LOOKED_AT, may_have_public_copy
from functions.complaints.redaction import Box, Redaction, bounded, box_fault
from functions.complaints.transitions import TRANSITIONS, Move, require


def hide(complaint: Complaint, *, by: Actor, reason: str, now: datetime) -> Change | None:
    """Take it from the public, with a reason that is public; None where it stands so already. What flags have hidden,
    whoever has looked may go on to hide.
    """
    _require_theirs(complaint, Move.HIDE, by=by)
    hidden = complaint.hidden
    if hidden is not None and hidden_by_somebody(complaint):
        if (hidden.agency_id, hidden.reason) == (_agency(by), reason):
            return None
        raise Conflict("hidden_before")
    return change(
        complaint,
        Move.HIDE,
        by=by,
        now=now,
        data={"reason": reason, **told_to_parts(complaint)},
        hidden=Hidden(by=by.kind, agency_id=_agency(by), reason=reason, at=_at(complaint, now)),
        flags=LOOKED_AT,
    )


def hidden_by_somebody(complaint: Complaint) -> bool:
    """Whether it was hidden by more than flags."""
    return complaint.hidden is not None and complaint.hidden.by != ActorKind.CITIZEN


def unhide(complaint: Complaint, *, by: Actor, reason: str, now: datetime) -> Change | None:
    """Give it back to the public; None where it is not hidden. Flags count no more: somebody has looked.

    Raises Conflict where whoever hid it stands above who asks, and of a part that is hidden as the whole is.
    """
    _require_theirs(complaint, Move.UNHIDE, by=by)
    if complaint.hidden is None:
        return None
    refusal = unhiding_refusal(complaint, by=by)
    if refusal is not None:
        raise refusal
    return change(
        complaint,
        Move.UNHIDE,
        by=by,
        now=now,
        data={"reason": reason, **told_to_parts(complaint)},
        hidden=None,
        flags=LOOKED_AT,
    )


def unhiding_refusal(complaint: Complaint, *, by: Actor) -> Conflict | None:
    """Why this body cannot give back what was hidden; None where it can."""
    hidden = complaint.hidden
    if hidden is not None and hidden.with_whole:
        return Conflict("hidden_with_whole")
    if hidden is None or by.kind == ActorKind.SYSTEM:
        return None
    if hidden.by == ActorKind.SYSTEM:
        return Conflict("hidden_by_operator")
    # Those above stand in their order, the nearest first, and the owner below them.
    ladder = complaint.in_charge
    if (
        hidden.agency_id in ladder
        and by.id in ladder
        and ladder.index(by.id) < ladder.index(hidden.agency_id)
    ):
        return Conflict("hidden_from_above")
    return None


def follow_hiding(part: Complaint, whole: Complaint, *, now: datetime) -> Change | None:
    """Hidden as the whole is, and given back with it; None where it stands so already, where something hides the part
    alone, and before a body has it: it is not public yet.
    """
    if part.status not in TRANSITIONS[Move.HIDE].sources:
        return None
    hidden = hidden_with(whole)
    if hidden == part.hidden or (part.hidden is not None and not part.hidden.with_whole):
        return None
    data: dict[str, object] = {"parent": whole.id}
    if hidden is None:
        return change(part, Move.UNHIDE, by=SYSTEM, now=now, data=data, hidden=None)
    if hidden.by != ActorKind.CITIZEN:
        data["reason"] = hidden.reason
    return change(part, Move.HIDE, by=SYSTEM, now=now, data=data, hidden=hidden)


def hidden_with(whole: Complaint) -> Hidden | None:
    """How a part of it is hidden."""
    return None if whole.hidden is None else replace(whole.hidden, with_whole=True)


def flag(complaint: Complaint, *, reason: str, now: datetime) -> Change | None:
    """Somebody, nobody knows who, finds that it should not be public, for one of FLAG_REASONS. Three of them hide it; None
    where it is hidden, or somebody has looked at it: no more flags count.
    """
    if reason not in FLAG_REASONS:
        raise Invalid(
            (FieldFault(pointer="/reason", key="unknown_choice", params={"choices": tuple(FLAG_REASONS)}),)
        )
    require(complaint, Move.FLAG, by=SYSTEM)
    if complaint.hidden is not None or complaint.flags == LOOKED_AT:
        return None
    flags = complaint.flags + 1
    flagged = change(
        complaint,
        Move.FLAG,
        by=SYSTEM,
        now=now,
        data={"reason": reason, "count": flags},
        visible=False,
        flags=flags,
    )
    if flags < FLAGS_HIDE:
        return flagged
    hidden = Hidden(by=ActorKind.CITIZEN, agency_id=None, reason=FLAGGED, at=_at(complaint, now))
    follows = change(
        flagged.after,
        Move.HIDE,
        by=SYSTEM,
        now=now,
        data={"count": flags, **told_to_parts(complaint)},
        hidden=hidden,
    )
    return replace(follows, follows=flagged)


def redact(
    complaint: Complaint, photo_id: str, *, boxes: Iterable[Box], by: Actor, now: datetime
) -> Change | None:
    """Say what is hidden in the public copy of a photo: the detector's verdict, or all the boxes that a body wants from now
    on. None where it stands so already, and for the detector where anything has been said: a body's word stays.

    Raises NotFound where the photo is not among its own, Conflict where there is no copy to be made of it.
    """
    _require_theirs(complaint, Move.REDACT, by=by)
    require(complaint, Move.REDACT, by=by)
    boxes = tuple(boxes)
    photo = complaint.photo(photo_id)
    if photo is None or photo.kept_with is not None:
        raise NotFound(photo_id)
    if not may_have_public_copy(complaint, photo):
        if by.kind == ActorKind.SYSTEM:
            return None
        raise Conflict("photo_private" if photo.status == PhotoStatus.READY else "photo_not_ready")
    faults = tuple(
        FieldFault(pointer=pointer("boxes", place, side), key="box_off_photo")
        for place, box in enumerate(boxes)
        if (side := box_fault(box)) is not None
    )
    if faults and by.kind == ActorKind.AGENCY:
        raise Invalid(faults)
    before, kept = photo.redaction, bounded(boxes)
    if before is not None and (by.kind == ActorKind.SYSTEM or before.boxes == kept):
        return None
    redaction = Redaction(boxes=kept, revision=1 if before is None else before.revision + 1, by=by.kind)
    return change(
        complaint,
        Move.REDACT,
        by=by,
        now=now,
        data={
            "photo": photo.id,
            "by": photo.by,
            "revision": redaction.revision,
            "boxes": [asdict(box) for box in redaction.boxes],
        },
        photos=tuple(
            replace(each, redaction=redaction) if each is photo else each for each in complaint.photos
        ),
    )


def _require_theirs(complaint: Complaint, move: Move, *, by: Actor) -> None:
    """Raises NotFound for a body that it is not with, RoleRefused for an officer who may not."""
    if by.kind == ActorKind.AGENCY and by.id not in complaint.in_charge:
        raise NotFound(complaint.id)
    require_role(by, move)


def _agency(by: Actor) -> str | None:
    return by.id if by.kind == ActorKind.AGENCY else None


def _at(complaint: Complaint, now: datetime) -> datetime:
    """As the event has it (`change`)."""
    return max(to_milliseconds(now), complaint.changed_at)
