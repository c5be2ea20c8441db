"""The sweep: what lost its watch is found by the index of timers, acted on, and watched again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.moves.escalation import tick
from functions.complaints.region import Region
from functions.complaints.timers import WATCHED, passed_timer
from functions.edge.telemetry import follow, logger
from functions.records.move import move
from functions.records.store import Store

# A watch that works is seconds late at the most; what is later than this has none.
GRACE: Final = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """How many were found, how many of them moved, and how many could not be looked at."""

    found: int
    moved: int
    failed: int
    unwatched: int = field(default=0, compare=False)
    oldest: timedelta = field(default=timedelta(0), compare=False)
    """How many should have had a watch of their own, and how late the one that waited longest was."""


def sweep(
    overdue: Callable[[datetime], Iterable[str]],
    *,
    store: Store,
    region: Region,
    now: datetime,
    grace: timedelta = GRACE,
    going_on: Callable[[], bool] = lambda: True,
) -> Swept:
    """Act on every complaint whose timer ran out more than `grace` ago, and have it watched again.

    `overdue` lists the ids of complaints whose timer ran out before an instant. One that fails does not keep
    the others waiting; what is left when time runs out is found by the next sweep.
    """
    found = moved = failed = 0
    lost: dict[str, timedelta] = {}

    def decide(complaint: Complaint) -> Change | None:
        timer = passed_timer(complaint, now=now)
        if timer is not None and timer.kind in WATCHED:
            lost[complaint.id] = now - timer.at
        return tick(complaint, region=region, now=now, restart_watch=True)

    for complaint_id in overdue(now - grace):
        if not going_on():
            break
        found += 1
        follow(complaint_id=complaint_id, correlation_id=f"sweep-{now:%Y%m%dT%H%M%S}")
        try:
            _, change = move(store, complaint_id, decide)
        except Exception:
            logger.exception("sweep could not move a complaint")
            failed += 1
        else:
            moved += change is not None
    oldest = max(lost.values(), default=timedelta(0))
    return Swept(found=found, moved=moved, failed=failed, unwatched=len(lost), oldest=oldest)
