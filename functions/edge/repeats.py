"""A request that is sent again under its Idempotency-Key: it finds what the first one did, and does nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from functions.complaints.complaint import Complaint
from functions.complaints.events import Event
from functions.edge.problems import Problem
from functions.edge.uploads import UPLOAD_VALID
from functions.records.store import ComplaintStore, Request, RequestSeen

_STEP: Final = UPLOAD_VALID / 2


def first_of(seen: RequestSeen, request: Request, *, store: ComplaintStore) -> tuple[Complaint, Event]:
    """The complaint as it stands, and the event of the key's first request.

    Raises Problem where that request was another one.
    """
    if seen.digest != request.digest:
        raise Problem("idempotency-key-reused")
    complaint, history, _ = store.with_history(seen.complaint_id)
    return complaint, history[seen.seq - 1]


def photos_declared(event: Event | None) -> Sequence[str]:
    """The ids of the photos that the event declared."""
    declared: Sequence[str] = () if event is None else event.data.get("photos", ())
    return declared


def signing_time(complaint: Complaint, *, now: datetime) -> datetime:
    """The instant to sign uploads at, the same for half an hour: a repeated request gets the same answer to the
    letter, and an upload is good for half an hour at least.
    """
    age: timedelta = max(now - complaint.submitted_at, timedelta())
    return complaint.submitted_at + age // _STEP * _STEP
