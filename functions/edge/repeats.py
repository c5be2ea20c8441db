"""A request that is sent again under its Idempotency-Key: it finds what the first one did, and does nothing.

It is answered in the same way, but for the uploads that are still to come: these are signed anew, and so are good for
their whole time again.
"""

from collections.abc import Callable, Sequence

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.events import Event
from functions.complaints.transitions import Move
from functions.edge.problems import Problem
from functions.records.move import move
from functions.records.requests import Request, RequestSeen
from functions.records.store import ComplaintStore


def first_of(seen: RequestSeen, request: Request, *, store: ComplaintStore) -> tuple[Complaint, Event]:
    """The complaint as it stands, and the event of the key's first request.

    Raises Problem where that request was another one.
    """
    if seen.digest != request.digest:
        raise Problem("idempotency-key-reused")
    return store.get(seen.complaint_id), store.event(seen.complaint_id, seen.seq)


def moved_once(
    store: ComplaintStore,
    complaint_id: str,
    decide: Callable[[Complaint], Change | None],
    *,
    request: Request | None,
    possible: Callable[[Complaint], tuple[Move, ...]],
) -> tuple[Complaint, Sequence[str]]:
    """The complaint after the move, and the ids of the photos that the move declared; raises what `move` raises.

    A request that is sent again moves nothing, and has what it made the first time.
    """
    try:
        complaint, change = move(store, complaint_id, decide, request=request, possible=possible)
    except RequestSeen as seen:
        assert request is not None
        return of_same(seen, request, store=store)
    return complaint, photos_declared(None if change is None else change.event)


def of_same(seen: RequestSeen, request: Request, *, store: ComplaintStore) -> tuple[Complaint, Sequence[str]]:
    """The complaint as it stands, and the ids of the photos that the key's first request declared."""
    complaint, event = first_of(seen, request, store=store)
    return complaint, photos_declared(event)


def photos_declared(event: Event | None) -> Sequence[str]:
    """The ids of the photos that the event declared."""
    declared: Sequence[str] = () if event is None else event.data.get("photos", ())
    return declared
