"""Moving a complaint: read, decide, write, until no other change comes between."""

import random
import time
from collections.abc import Callable
from typing import Final

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.faults import Conflict, Stale
from functions.complaints.transitions import Move, MoveRefused
from functions.records.requests import Request
from functions.records.store import Store

ATTEMPTS: Final = 8


def move(
    store: Store,
    complaint_id: str,
    decide: Callable[[Complaint], Change | None],
    *,
    request: Request | None = None,
    possible: Callable[[Complaint], tuple[Move, ...]] | None = None,
) -> tuple[Complaint, Change | None]:
    """Read, decide, write; again from the start when another change came first, so that none is lost.

    Returns the complaint as it stands then, and the change made (None: `decide` found nothing to do). Raises
    what `decide` raises, Stale after ATTEMPTS collisions, NotFound, RequestSeen, AlreadyJoined, NotJoined. A request
    that is sent again raises RequestSeen even where the complaint, which it moved before, would now refuse it.
    `possible` says what the actor can do instead: a refusal by the complaint's state carries it.
    """
    for attempt in range(ATTEMPTS):
        complaint = store.get(complaint_id)
        try:
            change = decide(complaint)
        except Exception as error:
            if request is not None and (seen := store.seen(request)) is not None:
                raise seen from None
            if possible is not None and isinstance(error, (Conflict, MoveRefused)):
                error.status, error.possible = complaint.status, possible(complaint)
            raise
        if change is None:
            return complaint, None
        try:
            store.write(change, request=request)
        except Stale:
            if attempt + 1 == ATTEMPTS:
                raise
            # Jitter: two officers who collided once must not collide in step for ever.
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
        else:
            return change.after, change
    raise AssertionError("unreachable")
