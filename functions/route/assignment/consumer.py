"""What follows from an event on the way to the right body: assignment, and the watch over the clock."""

from collections.abc import Callable
from datetime import datetime

from functions.complaints.change import Change
from functions.complaints.complaint import ENDED, Complaint, Status
from functions.complaints.moves.assignment import assign
from functions.complaints.outbox import Published
from functions.complaints.region import Region
from functions.complaints.store import Store, move
from functions.route.watch import Watch


def on_event(
    published: Published, *, store: Store, watch: Watch, region: Region, now: Callable[[], datetime]
) -> None:
    """Carry on from one event. Every step may run twice: the second time finds it done.

    The watch comes first: should assigning fail for long, the complaint is watched none the less.
    """
    complaint_id = published.event.complaint_id
    if published.started_watch is not None:
        watch.start(complaint_id, watch_round=published.started_watch)
        if published.started_watch > 1:
            watch.stop(complaint_id, watch_round=published.started_watch - 1)
    if published.event.status == Status.SUBMITTED:
        move(store, complaint_id, lambda complaint: _assigned(complaint, region=region, now=now()))
    elif published.event.status in ENDED and published.watch_round:
        watch.stop(complaint_id, watch_round=published.watch_round)


def _assigned(complaint: Complaint, *, region: Region, now: datetime) -> Change | None:
    if complaint.status != Status.SUBMITTED:
        return None
    return assign(complaint, region=region, now=now)
