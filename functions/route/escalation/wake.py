"""A timer woke up: act once, or find that there is nothing to do any more."""

from datetime import datetime

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.moves.escalation import tick
from functions.complaints.region import Region
from functions.records.move import move
from functions.records.store import Store


def wake(
    complaint_id: str,
    *,
    deadline_version: int,
    store: Store,
    region: Region,
    now: datetime,
) -> bool:
    """Whether the complaint was moved. A timer of an older deadline, an early one and a second one change nothing."""

    def decide(complaint: Complaint) -> Change | None:
        if complaint.deadline_version != deadline_version:
            return None
        return tick(complaint, region=region, now=now)

    _, change = move(store, complaint_id, decide)
    return change is not None
