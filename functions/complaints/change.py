"""A change: the complaint's next state and the one event that says so, made together and written together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from functions.complaints.clock import to_milliseconds
from functions.complaints.complaint import Actor, Complaint, Status
from functions.complaints.events import Event, EventType, sealed
from functions.complaints.timers import timers, watched_timer
from functions.complaints.transitions import Move, require


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """`before` is None for a new complaint. The write is conditioned on `before`'s status and version.

    `visible` is False for what only agencies may read (an internal comment).
    """

    before: Complaint | None
    after: Complaint
    event: Event
    visible: bool = True
    follower: str | None = None

    @property
    def watch_round(self) -> int | None:
        """The round whose watch this change starts, or None if the running watch will do."""
        before = 0 if self.before is None else self.before.watch_round
        return self.after.watch_round if self.after.watch_round > before else None


def opening(complaint: Complaint, *, data: Mapping[str, Any], by: Actor) -> Change:
    """The first change of a complaint that is not stored yet, at its `changed_at`."""
    return _sealed(None, complaint, type=EventType.SUBMITTED, by=by, at=complaint.changed_at, data=data)


def change(
    complaint: Complaint,
    move: Move,
    *,
    by: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    status: Status | None = None,
    visible: bool = True,
    follower: str | None = None,
    restart_watch: bool = False,
    **updates: Any,
) -> Change:
    """Apply one move; `status` overrides the table's target where the move decides it by itself.

    Instants are cut to the milliseconds that can be stored, so that what is read back equals what was written;
    a clock that is behind the last change does not turn time back. Raises MoveRefused where the table of
    transitions does not allow the move.
    """
    transition = require(complaint, move, by=by)
    now = max(to_milliseconds(now), complaint.changed_at)
    target = status or transition.target or complaint.status
    kept: dict[str, Any] = {
        name: to_milliseconds(each) if isinstance(each, datetime) else each for name, each in updates.items()
    }
    after = replace(complaint, status=target, changed_at=now, **kept)
    return _sealed(
        complaint,
        after,
        type=transition.event,
        by=by,
        at=now,
        data=data or {},
        visible=visible,
        follower=follower,
        restart_watch=restart_watch,
    )


def _sealed(
    before: Complaint | None,
    after: Complaint,
    *,
    type: EventType,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any],
    visible: bool = True,
    follower: str | None = None,
    restart_watch: bool = False,
) -> Change:
    event = sealed(
        Event(
            complaint_id=after.id,
            seq=after.version + 1,
            type=type,
            at=at,
            actor=by.kind,
            actor_agency=by.id if by.kind == "agency" else None,
            status=after.status,
            data=data,
            previous=after.head,
        )
    )
    after = replace(after, version=event.seq, head=event.hash)
    return Change(
        before=before,
        after=_with_watch(before, after, restart=restart_watch),
        event=event,
        visible=visible,
        follower=follower,
    )


def _with_watch(before: Complaint | None, after: Complaint, *, restart: bool) -> Complaint:
    """Count the deadline's version, and ask for a new watch where the running one would wake too late.

    A watch sleeps until the timer it last read. A later timer it finds by itself when it wakes; an earlier one,
    or the first, needs a new watch.
    """
    old = None if before is None else watched_timer(before)
    new = watched_timer(after)
    moved = timers(after) != (() if before is None else timers(before))
    fresh = new is not None and (old is None or new.at < old.at or restart)
    return replace(
        after,
        deadline_version=after.deadline_version + (1 if moved or fresh else 0),
        watch_round=after.watch_round + (1 if fresh else 0),
    )
