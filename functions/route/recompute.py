"""When the calendar of working days changes: which open deadlines move, and moving them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.faults import NotFound
from functions.complaints.moves.recount import move_deadline
from functions.complaints.region import Region
from functions.complaints.store import Store, move


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """A deadline that moves, or was moved, from `before` to `after`."""

    complaint_id: str
    number: str
    agency_id: str | None
    before: datetime
    after: datetime


def plan(
    complaint_ids: Iterable[str], *, store: Store, region: Region, now: Callable[[], datetime]
) -> Iterator[Shift]:
    """What would move under the region's present calendar; nothing is written.

    `complaint_ids` are those with a timer (`lists.with_timer`). Raises CalendarYearMissing.
    """
    for complaint_id in complaint_ids:
        try:
            complaint = store.get(complaint_id)
        except NotFound:
            continue
        change = move_deadline(complaint, region=region, now=now())
        if change is not None:
            yield _shift(change)


def apply(
    complaint_ids: Iterable[str], *, store: Store, region: Region, now: Callable[[], datetime]
) -> Iterator[Shift]:
    """Move what is to be moved, each in one write with its event. Run again after a failure, it goes on where it
    stopped: what was moved is found where it should be.
    """
    # Moving a deadline moves its place in the index that is being read.
    for complaint_id in tuple(complaint_ids):
        try:
            _, change = move(
                store,
                complaint_id,
                lambda complaint: _moved(complaint, region=region, now=now()),
            )
        except NotFound:
            continue
        if change is not None:
            yield _shift(change)


def _moved(complaint: Complaint, *, region: Region, now: datetime) -> Change | None:
    return move_deadline(complaint, region=region, now=now)


def _shift(change: Change) -> Shift:
    before, after = change.before, change.after
    assert before is not None
    assert before.due_at is not None
    assert after.due_at is not None
    return Shift(
        complaint_id=after.id,
        number=after.number,
        agency_id=after.agency_id,
        before=before.due_at,
        after=after.due_at,
    )
