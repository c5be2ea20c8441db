"""A change: the complaint's next state and the one event that says so, made together and written together; where another
follows from it at once, both in one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from functions.complaints.caps import additions, cap_reached
from functions.complaints.clock import to_milliseconds
from functions.complaints.complaint import Actor, ActorKind, Complaint, Status
from functions.complaints.events import Event, EventType, sealed
from functions.complaints.officers import require_role
from functions.complaints.personal import with_seals
from functions.complaints.standing import standing_of, state_of
from functions.complaints.timers import earliest_watched, timers, without_idle
from functions.complaints.transitions import Move, require


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """`before` is None for a new complaint. The write is conditioned on `before`'s status and version.

    `visible` is False for what only agencies may read (an internal comment). `follower` is whoever joins by it, `leaver`
    whoever had joined and goes, `speaker` whoever had joined and says what is written in it. `beside` is
    another complaint, which must still be as it was read. `follows` is the change that this one is written together with:
    it left the complaint as `before`.
    """

    before: Complaint | None
    after: Complaint
    event: Event
    visible: bool = True
    follower: str | None = None
    leaver: str | None = None
    speaker: str | None = None
    beside: Complaint | None = None
    follows: "Change | None" = None

    @property
    def first(self) -> "Change":
        """What was asked for; the others follow from it."""
        return self if self.follows is None else self.follows.first

    @property
    def steps(self) -> tuple["Change", ...]:
        """All that is written together, in order: one event each."""
        return (self,) if self.follows is None else (*self.follows.steps, self)

    @property
    def watch_round(self) -> int | None:
        """The round whose watch this change starts, or None if the running watch will do."""
        return _started_watch(self.before, self.after)


def opening(complaint: Complaint, *, data: Mapping[str, Any], by: Actor) -> Change:
    """The first change of a complaint that is not stored yet, at its `changed_at`."""
    after = _with_watch(None, replace(with_seals(complaint), version=1), restart=False)
    return _changed(None, after, type=EventType.SUBMITTED, by=by, data=data)


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
    leaver: str | None = None,
    speaker: str | None = None,
    beside: Complaint | None = None,
    restart_watch: bool = False,
    **updates: Any,
) -> Change:
    """Apply one move; `status` overrides the table's target where the move decides it by itself.

    Instants are cut to the milliseconds that can be stored, so that what is read back equals what was written;
    a clock that is behind the last change does not turn time back. Raises MoveRefused where the table of
    transitions does not allow the move, RoleRefused where the officer's role does not, Conflict where a cap is reached.
    """
    transition = require(complaint, move, by=by)
    require_role(by, move)
    full = cap_reached(complaint, move, by=by)
    if full is not None:
        raise full
    now = max(to_milliseconds(now), complaint.changed_at)
    target = status or transition.target or complaint.status
    kept: dict[str, Any] = {
        name: to_milliseconds(each) if isinstance(each, datetime) else each for name, each in updates.items()
    }
    moved = replace(
        complaint,
        status=target,
        changed_at=now,
        version=complaint.version + 1,
        additions=additions(complaint, move, by=by),
        **kept,
    )
    moved = _of_those_in_charge(without_idle(moved))
    after = _with_watch(complaint, moved, restart=restart_watch)
    return _changed(
        complaint,
        after,
        type=transition.event,
        by=by,
        data=data or {},
        visible=visible,
        follower=follower,
        leaver=leaver,
        speaker=speaker,
        beside=beside,
    )


def told_to_parts(complaint: Complaint) -> dict[str, list[str]]:
    """What an event's data names where the parts follow it: their ids, as `parts`; nothing where there are none."""
    return {"parts": list(complaint.children)} if complaint.children else {}


def _of_those_in_charge(complaint: Complaint) -> Complaint:
    """What was an officer's of a body that has it no longer is nobody's: were it to come back, it would begin anew."""
    officers = {body: each for body, each in complaint.officers.items() if body in complaint.in_charge}
    return complaint if officers == complaint.officers else replace(complaint, officers=officers)


def _changed(
    before: Complaint | None,
    after: Complaint,
    *,
    type: EventType,
    by: Actor,
    data: Mapping[str, Any],
    visible: bool = True,
    follower: str | None = None,
    leaver: str | None = None,
    speaker: str | None = None,
    beside: Complaint | None = None,
) -> Change:
    """The change with its event, which the complaint has as its head."""
    event = sealed(
        Event(
            complaint_id=after.id,
            seq=after.version,
            type=type,
            at=after.changed_at,
            actor=by.kind,
            actor_agency=by.id if by.kind == ActorKind.AGENCY else None,
            actor_officer=by.officer if by.kind == ActorKind.AGENCY else None,
            status=after.status,
            data=data,
            standing=standing_of(after, visible=visible, started_watch=_started_watch(before, after)),
            state=state_of(after),
            previous="" if before is None else before.head,
        )
    )
    return Change(
        before=before,
        after=replace(after, head=event.hash),
        event=event,
        visible=visible,
        follower=follower,
        leaver=leaver,
        speaker=speaker,
        beside=beside,
    )


def _started_watch(before: Complaint | None, after: Complaint) -> int | None:
    round_before = 0 if before is None else before.watch_round
    return after.watch_round if after.watch_round > round_before else None


def _with_watch(before: Complaint | None, after: Complaint, *, restart: bool) -> Complaint:
    """Ask for a new watch where the running one would wake too late.

    A watch sleeps until the timer it was last told of. A later timer it hears of when it wakes; an earlier one, or the
    first, needs a new watch.
    """
    then = () if before is None else timers(before)
    now = timers(after)
    if then == now and not restart:
        return after
    old, new = earliest_watched(then), earliest_watched(now)
    fresh = new is not None and (old is None or new.at < old.at or restart)
    return replace(after, watch_round=after.watch_round + 1) if fresh else after
