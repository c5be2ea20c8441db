"""When the calendar of working days changes: which open deadlines move, and moving them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.complaints.calendar import CalendarYearMissing
from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.faults import NotFound
from functions.complaints.moves.recount import move_deadline
from functions.complaints.region import Region
from functions.records.move import move
from functions.records.store import Store

UNCOUNTABLE: Final = CalendarYearMissing
"""The calendar ends before the term does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """A term that moves, or was moved, from `before` to `after`: `due_at`, `acknowledge_by` or `close_at`."""

    complaint_id: str
    number: str
    agency_id: str | None
    term: str
    before: datetime
    after: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """A complaint whose terms could not be counted again, and why; it keeps those it has."""

    complaint_id: str
    number: str
    why: str


def plan(
    complaint_ids: Iterable[str], *, store: Store, region: Region, now: Callable[[], datetime]
) -> Iterator[Shift | Left]:
    """What would move under the region's present calendar; nothing is written.

    `complaint_ids` are those with a timer (`lists.with_timer`).
    """
    for complaint_id in complaint_ids:
        try:
            complaint = store.get(complaint_id)
        except NotFound:
            continue
        try:
            change = move_deadline(complaint, region=region, now=now())
        except UNCOUNTABLE as error:
            yield _left(complaint, error)
            continue
        if change is not None:
            yield from _shifts(change)


def apply(
    complaint_ids: Iterable[str], *, store: Store, region: Region, now: Callable[[], datetime]
) -> Iterator[Shift | Left]:
    """Move what is to be moved, each in one write with its event. Run again after a failure, it goes on where it
    stopped: what was moved is found where it should be. One that cannot be counted keeps no other waiting.
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
        except UNCOUNTABLE as error:
            yield _left(store.get(complaint_id), error)
            continue
        if change is not None:
            yield from _shifts(change)


def _moved(complaint: Complaint, *, region: Region, now: datetime) -> Change | None:
    return move_deadline(complaint, region=region, now=now)


def _shifts(change: Change) -> Iterator[Shift]:
    before, after = change.before, change.after
    assert before is not None
    for term in ("due_at", "acknowledge_by", "close_at"):
        was, is_now = getattr(before, term), getattr(after, term)
        if was != is_now:
            yield Shift(
                complaint_id=after.id,
                number=after.number,
                agency_id=after.agency_id,
                term=term,
                before=was,
                after=is_now,
            )


def _left(complaint: Complaint, error: Exception) -> Left:
    return Left(complaint_id=complaint.id, number=complaint.number, why=f"{type(error).__name__}: {error}")
