"""A change: the complaint's next state and the one event that says so, made together and written together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from functions.complaints.caps import additions, cap_reached
from functions.complaints.clock import to_milliseconds
from functions.complaints.complaint import Actor, ActorKind, Complaint, Status
from functions.complaints.events import Event, EventType, sealed
from functions.complaints.timers import earliest_watched, timers
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
    event = _event(
        complaint,
        type=EventType.SUBMITTED,
        status=complaint.status,
        by=by,
        at=complaint.changed_at,
        data=data,
    )
    after = replace(complaint, version=event.seq, head=event.hash)
    return Change(before=None, after=_with_watch(None, after, restart=False), event=event)


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
    transitions does not allow the move, Conflict where a cap is reached.
    """
    transition = require(complaint, move, by=by)
    full = cap_reached(complaint, move, by=by)
    if full is not None:
        raise full
    now = max(to_milliseconds(now), complaint.changed_at)
    target = status or transition.target or complaint.status
    event = _event(complaint, type=transition.event, status=target, by=by, at=now, data=data or {})
    kept: dict[str, Any] = {
        name: to_milliseconds(each) if isinstance(each, datetime) else each for name, each in updates.items()
    }
    after = replace(
        complaint,
        status=target,
        changed_at=now,
        version=event.seq,
        head=event.hash,
        additions=additions(complaint, move, by=by),
        **kept,
    )
    return Change(
        before=complaint,
        after=_with_watch(complaint, after, restart=restart_watch),
        event=event,
        visible=visible,
        follower=follower,
    )


def _event(
    complaint: Complaint,
    *,
    type: EventType,
    status: Status,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any],
) -> Event:
    return sealed(
        Event(
            complaint_id=complaint.id,
            seq=complaint.version + 1,
            type=type,
            at=at,
            actor=by.kind,
            actor_agency=by.id if by.kind == ActorKind.AGENCY else None,
            status=status,
            data=data,
            previous=complaint.head,
        )
    )


def _with_watch(before: Complaint | None, after: Complaint, *, restart: bool) -> Complaint:
    """Count the deadline's version, and ask for a new watch where the running one would wake too late.

    A watch sleeps until the timer it last read. A later timer it finds by itself when it wakes; an earlier one,
    or the first, needs a new watch.
    """
    then = () if before is None else timers(before)
    now = timers(after)
    if then == now and not restart:
        return after
    old, new = earliest_watched(then), earliest_watched(now)
    fresh = new is not None and (old is None or new.at < old.at or restart)
    return replace(
        after,
        deadline_version=after.deadline_version + 1,
        watch_round=after.watch_round + (1 if fresh else 0),
    )
