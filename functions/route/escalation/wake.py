"""A watch woke up: what is due is done, and the watch is told until when to sleep on."""

from datetime import datetime, timedelta
from typing import Final

from functions.complaints.change import Change
from functions.complaints.clock import whole_second
from functions.complaints.complaint import Complaint
from functions.complaints.moves.escalation import tick
from functions.complaints.region import Region
from functions.complaints.timers import watched_timer
from functions.records.move import move
from functions.records.store import Store

PAUSE: Final = timedelta(seconds=2)
"""Step Functions' clock and a function's differ a little: who woke too early for the function sleeps this long at least."""


def wake(
    complaint_id: str, *, watch_round: int, store: Store, region: Region, now: datetime
) -> datetime | None:
    """Act if it is time, once, and say until when to sleep: a whole second, for a Wait drops what is below it.

    None ends the watch: the complaint has no timer that is worth one any more, or another round watches it. A timer that
    moved, an early one and a second one change nothing: the complaint is read anew, and the write is conditioned on what
    was read. Raises NotFound, and Stale where others never stop coming between.
    """

    def decide(complaint: Complaint) -> Change | None:
        return tick(complaint, region=region, now=now) if complaint.watch_round == watch_round else None

    complaint, change = move(store, complaint_id, decide)
    timer = watched_timer(complaint)
    if timer is None or complaint.watch_round != watch_round:
        return None
    until = whole_second(timer.at)
    return until if change is not None else max(until, whole_second(now + PAUSE))
