"""What the person who reported can do afterwards, and what others who saw the same can do."""

from collections.abc import Sequence
from datetime import datetime

from functions.complaints.change import Change, change, told_to_parts
from functions.complaints.complaint import ENDED, Actor, ActorKind, Complaint, PhotoStatus, Status
from functions.complaints.faults import Conflict, FieldFault, Invalid, NotFound
from functions.complaints.moves.joiners import goes_on, leave_to_joiners
from functions.complaints.moves.lapses import disputed_answer
from functions.complaints.region import Region
from functions.complaints.transitions import Move, require

_SHOWN = frozenset({PhotoStatus.EXPECTED, PhotoStatus.READY})


def comment(complaint: Complaint, *, by: Actor, text: str, now: datetime) -> Change:
    """Add a comment; while a question of the agency is open, this is its answer."""
    _require_reporter(complaint, by)
    return change(
        complaint,
        Move.COMMENT,
        by=by,
        now=now,
        data={"text": text, "reply": complaint.open_question is not None},
        open_question=None,
    )


def confirm(complaint: Complaint, *, by: Actor, now: datetime) -> Change | None:
    """The answer is accepted and the complaint ends; None if it did so already."""
    _require_reporter(complaint, by)
    if complaint.status == Status.CLOSED:
        return None
    return change(complaint, Move.CONFIRM, by=by, now=now, data={"confirmed": True}, ended_at=now)


def refute(
    complaint: Complaint, *, by: Actor, reason: str, photos: tuple[str, ...] = (), now: datetime
) -> Change:
    """ "Done" is not done: back to the agency, on the old clock.

    `photos` are ids of the person's own, declared before and ready or still on their way. Raises Invalid for
    another. Where it was left to those who joined, any of them can; the store sees to it that nobody else does.
    """
    if not complaint.left_to_joiners:
        _require_reporter(complaint, by)
    require(complaint, Move.REFUTE, by=by)
    require_own(complaint, photos)
    return change(
        complaint,
        Move.REFUTE,
        by=by,
        now=now,
        data={"reason": reason, "photos": list(photos), "count": complaint.refutations + 1},
        refutations=complaint.refutations + 1,
        disputed=(*complaint.disputed, disputed_answer(complaint, now=now)),
        answer=None,
        answered_at=None,
        # Whoever is told now that the old clock runs on needs no reminder that fell due meanwhile.
        near_at=None if complaint.near_at is not None and complaint.near_at <= now else complaint.near_at,
        speaker=by.id if complaint.left_to_joiners else None,
    )


def withdraw(
    complaint: Complaint, *, by: Actor, reason: str | None, region: Region, now: datetime
) -> Change | None:
    """The person takes it back, with every part of it; None if they did so already. Where others have joined, it goes on as
    theirs, unless the region says otherwise; the reason goes with the person's other words.
    """
    _require_reporter(complaint, by)
    if complaint.status == Status.WITHDRAWN:
        return None
    if goes_on(complaint, region=region):
        return leave_to_joiners(complaint, by=by, now=now)
    data = {} if reason is None else {"reason": reason}
    return change(
        complaint,
        Move.WITHDRAW,
        by=by,
        now=now,
        data={**data, **told_to_parts(complaint)},
        ended_at=now,
    )


def join(complaint: Complaint, *, by: Actor, now: datetime) -> Change:
    """Another person saw the same; the store sees to it that each joins once.

    A complaint that was divided is joined as a whole: who joined it is told of every part.
    """
    if by.id is None or by.id == complaint.reporter:
        raise Conflict("own_complaint")
    if complaint.parent_id is not None:
        raise Conflict("part_not_joined")
    if complaint.merged_into is not None:
        raise Conflict("merged_not_joined")
    return change(
        complaint,
        Move.JOIN,
        by=by,
        now=now,
        data={"joined": complaint.joined + 1},
        joined=complaint.joined + 1,
        follower=by.id,
    )


def leave(complaint: Complaint, *, by: Actor, now: datetime) -> Change | None:
    """Whoever joined goes; the store sees to it that nobody does who has not joined. None where it has ended: nothing of
    it changes any more, and that they follow it is the store's alone to forget.
    """
    if by.id is None or by.id == complaint.reporter or complaint.parent_id is not None:
        raise NotFound(complaint.id)
    if complaint.status in ENDED:
        return None
    left = max(0, complaint.joined - 1)
    return change(complaint, Move.LEAVE, by=by, now=now, data={"joined": left}, joined=left, leaver=by.id)


def require_own(complaint: Complaint, photos: Sequence[str]) -> None:
    """Raises Invalid for what is no photo of the person's. Who joined has none."""
    faults = []
    for index, photo_id in enumerate(photos):
        photo = None if complaint.left_to_joiners else complaint.photo(photo_id)
        if photo is None or photo.by != ActorKind.CITIZEN or photo.status not in _SHOWN:
            faults.append(FieldFault(pointer=f"/photos/{index}", key="unknown_photo"))
    if faults:
        raise Invalid(faults)


def _require_reporter(complaint: Complaint, by: Actor) -> None:
    if by.id is None or by.id != complaint.reporter:
        raise NotFound(complaint.id)
