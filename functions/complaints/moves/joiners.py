"""A complaint that its reporter left to those who joined it: it goes on as theirs, and ends when the last of them leaves.

Nobody can confirm its answer any more; any of those who joined can dispute it, and time closes it.
"""

from datetime import datetime

from functions.complaints.change import Change, change, told_to_parts
from functions.complaints.complaint import ENDED, SYSTEM, Actor, Complaint
from functions.complaints.personal import left_by_reporter
from functions.complaints.region import Region
from functions.complaints.transitions import TRANSITIONS, Move


def goes_on(complaint: Complaint, *, region: Region) -> bool:
    """Whether others keep it when its reporter takes it back: once a body has it, and not of a part alone."""
    return (
        region.goes_on_with_joiners
        and complaint.joined > 0
        and complaint.parent_id is None
        and complaint.merged_into is None
        and complaint.status in TRANSITIONS[Move.LEAVE_TO_JOINERS].sources
    )


def leave_to_joiners(complaint: Complaint, *, by: Actor, now: datetime) -> Change:
    """The reporter goes, with all that is theirs; of its history and its parts it is taken out afterwards
    (`records.erasure`). What a body asked them, nobody is left to answer.
    """
    return change(
        complaint,
        Move.LEAVE_TO_JOINERS,
        by=by,
        now=now,
        data={"joined": complaint.joined},
        left_to_joiners=True,
        open_question=None,
        **left_by_reporter(complaint),
    )


def end_abandoned(complaint: Complaint, *, now: datetime) -> Change | None:
    """The last of those whom it was left to has gone; None where it is not so, or no longer."""
    if not complaint.left_to_joiners or complaint.joined > 0 or complaint.status in ENDED:
        return None
    return change(
        complaint, Move.END_ABANDONED, by=SYSTEM, now=now, data=told_to_parts(complaint), ended_at=now
    )
