"""What one particular person or body can do with a complaint now: the table's moves, less those that their own rules
would refuse whatever came with them.
"""

from datetime import datetime

from functions.complaints.caps import cap_reached
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.limits import PARTS_MOST
from functions.complaints.moves.agency import extension_refusal
from functions.complaints.moves.correcting import correction_refusal
from functions.complaints.moves.merging import merging_refusal
from functions.complaints.moves.publicity import hidden_by_somebody, unhiding_refusal
from functions.complaints.moves.receivers import instructed, receivers
from functions.complaints.officers import allows
from functions.complaints.publicity import may_be_public, may_have_public_copy
from functions.complaints.region import Region
from functions.complaints.transitions import Move, possible_moves


def possible(complaint: Complaint, *, by: Actor, region: Region, now: datetime) -> tuple[Move, ...]:
    """Empty for a body that it is not with, and for an officer who only looks. Whether somebody joined before, the store
    alone knows.
    """
    if by.kind == ActorKind.AGENCY and by.id not in complaint.in_charge:
        return ()
    return tuple(
        move
        for move in possible_moves(complaint, by=by.kind)
        if allows(by.role, move) and _open_to(complaint, move, by=by, region=region, now=now)
    )


def _open_to(complaint: Complaint, move: Move, *, by: Actor, region: Region, now: datetime) -> bool:
    if cap_reached(complaint, move, by=by) is not None:
        return False
    match move:
        case Move.LEAVE_TO_JOINERS:
            return False
        case Move.REFUTE if complaint.left_to_joiners:
            return True
        case Move.EXTEND:
            return extension_refusal(complaint, by=by, region=region, now=now) is None
        case Move.TRANSFER:
            return bool(receivers(complaint, by=by, region=region, now=now))
        case Move.INSTRUCT:
            return bool(instructed(complaint, by=by, region=region, now=now))
        case Move.HIDE:
            return may_be_public(complaint, region=region) and not hidden_by_somebody(complaint)
        case Move.UNHIDE:
            return complaint.hidden is not None and unhiding_refusal(complaint, by=by) is None
        case Move.REDACT:
            return any(may_have_public_copy(complaint, photo) for photo in complaint.photos)
        case Move.MERGE:
            return merging_refusal(complaint) is None
        case Move.SPLIT:
            divisible = complaint.parent_id is None and len(complaint.children) < PARTS_MOST
            return divisible and bool(receivers(complaint, by=by, region=region, now=now))
        case Move.RECATEGORISE | Move.RELOCATE if correction_refusal(complaint, move, by=by) is not None:
            return False
        case Move.JOIN | Move.LEAVE:
            joinable = move == Move.LEAVE or complaint.merged_into is None
            return by.id != complaint.reporter and complaint.parent_id is None and joinable
    return by.kind != ActorKind.CITIZEN or by.id == complaint.reporter
