"""What retired bodies have left, and categories that are given up for others: moved on, one complaint at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.faults import NotFound
from functions.complaints.moves.reassignment import reassign
from functions.complaints.region import Region
from functions.complaints.retirement import replaced_categories, retired_agencies
from functions.edge.telemetry import follow, logger
from functions.records.move import move
from functions.records.store import Store


class Held(Protocol):
    """The ids of open complaints; by the index in DynamoDB (`records.lists`), or in memory for simulations."""

    def held_by(self, agency_id: str) -> Iterable[str]: ...

    def of_category(self, category_id: str, *, agencies: Iterable[str]) -> Iterable[str]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedOn:
    """How many complaints were found with what is retired, how many of them moved, and how many could not be; for how long
    the one that waits longest should have been elsewhere, 0 where none is left; and the bodies that nothing is left with.
    """

    found: int
    moved: int
    failed: int
    oldest: timedelta
    emptied: tuple[str, ...]


def move_on(
    held: Held,
    *,
    store: Store,
    region: Region,
    now: datetime,
    going_on: Callable[[], bool] = lambda: True,
) -> MovedOn:
    """Reassign whatever retired bodies and categories still have. One that fails keeps no other waiting; what is left when
    time runs out is found the next time.
    """
    found = moved = failed = 0
    oldest = timedelta(0)
    emptied: list[str] = []
    for body, since, complaint_ids in _retired(held, region=region, now=now):
        left = False
        for complaint_id in complaint_ids:
            if not going_on():
                left = True
                break
            found += 1
            follow(complaint_id=complaint_id, correlation_id=f"moving-{now:%Y%m%dT%H%M%S}")
            try:
                moved += _moved(complaint_id, store=store, region=region, now=now)
            except Exception:
                logger.exception("a complaint could not be moved on")
                failed += 1
                left = True
        if left:
            oldest = max(oldest, now - since)
        elif body is not None:
            emptied.append(body)
    return MovedOn(found=found, moved=moved, failed=failed, oldest=oldest, emptied=tuple(emptied))


def _retired(
    held: Held, *, region: Region, now: datetime
) -> Iterator[tuple[str | None, datetime, Iterable[str]]]:
    """Which body is retired (None: a category is), since when, and the ids of what it has."""
    for name in retired_agencies(region, at=now):
        retired = region.agencies[name].retired
        assert retired is not None
        yield name, retired.since, held.held_by(name)
    for name in replaced_categories(region, at=now):
        retired = region.categories[name].retired
        assert retired is not None
        yield None, retired.since, held.of_category(name, agencies=region.agencies)


def _moved(complaint_id: str, *, store: Store, region: Region, now: datetime) -> bool:
    """Whether anything was to be done; each step is a write of its own."""

    def decide(complaint: Complaint) -> Change | None:
        return reassign(complaint, region=region, now=now)

    steps = 0
    try:
        while move(store, complaint_id, decide)[1] is not None:
            steps += 1
    except NotFound:
        return False
    return steps > 0
