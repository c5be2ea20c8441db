"""What happens when time passes and nobody acts: reminder, escalation, closing. Silence has a consequence here."""

from datetime import datetime

from functions.complaints.change import Change, change
from functions.complaints.clock import iso, to_milliseconds
from functions.complaints.complaint import SYSTEM, Complaint
from functions.complaints.lapse import Missed
from functions.complaints.moves.assignment import assign, with_assignment
from functions.complaints.moves.lapses import (
    held_by,
    lapse_of_acknowledgement,
    lapse_of_answer,
    silent_bodies,
)
from functions.complaints.moves.photos import miss_photos
from functions.complaints.moves.terms import term
from functions.complaints.region import Region
from functions.complaints.routing import next_above
from functions.complaints.timers import TimerKind, passed_timer
from functions.complaints.transitions import Move


def tick(
    complaint: Complaint, *, region: Region, now: datetime, restart_watch: bool = False
) -> Change | None:
    """The change that the complaint's timer calls for at `now`, or None: never early, whoever asks.

    `restart_watch` makes the change start a new watch, for whoever found that the old one is gone.
    """
    timer = passed_timer(complaint, now=now)
    if timer is None:
        return None
    match timer.kind:
        case TimerKind.PHOTOS:
            return with_assignment(miss_photos(complaint, now=now), region=region, now=now)
        case TimerKind.ASSIGNMENT:
            return assign(complaint, region=region, now=now)
        case TimerKind.CLOSE:
            return change(complaint, Move.LAPSE, by=SYSTEM, now=now, data={"confirmed": False}, ended_at=now)
        case TimerKind.NEAR:
            return _remind(complaint, now=now, restart_watch=restart_watch)
        case TimerKind.ACKNOWLEDGEMENT | TimerKind.DUE:
            return _escalate(complaint, timer.kind, region=region, now=now, restart_watch=restart_watch)


def _remind(complaint: Complaint, *, now: datetime, restart_watch: bool) -> Change:
    return change(
        complaint,
        Move.REMIND,
        by=SYSTEM,
        now=now,
        data={"due_at": None if complaint.due_at is None else iso(complaint.due_at)},
        near_at=None,
        restart_watch=restart_watch,
    )


def _escalate(
    complaint: Complaint, missed: TimerKind, *, region: Region, now: datetime, restart_watch: bool
) -> Change:
    """One level up. A missed acknowledgement leaves the answer's clock as it is; a missed answer gives the next,
    shorter, term from now, so that the body that hears of it now has all of it; past the top nobody is left and
    the complaint is overdue for everybody to see.
    """
    level = complaint.escalation_level + 1
    above = next_rung(complaint, region=region, now=now)
    late_acknowledgement = missed == TimerKind.ACKNOWLEDGEMENT
    lapse_of = lapse_of_acknowledgement if late_acknowledgement else lapse_of_answer
    lapse = lapse_of(complaint, now=to_milliseconds(max(now, complaint.changed_at)))
    data = {"level": level, "to": above} | lapse.to_data()
    if lapse.missed == Missed.SILENCE:
        data["silent"] = list(silent_bodies(complaint))
    had_since = complaint.had_since if above is None else held_by(complaint, above, now=now)
    escalated_to = complaint.escalated_to if above is None else (*complaint.escalated_to, above)
    if late_acknowledgement:
        return change(
            complaint,
            Move.ESCALATE,
            by=SYSTEM,
            now=now,
            data=data,
            restart_watch=restart_watch,
            escalation_level=level,
            escalated_to=escalated_to,
            had_since=had_since,
            acknowledge_by=None,
        )
    if above is None:
        return change(
            complaint,
            Move.ESCALATE,
            by=SYSTEM,
            now=now,
            data=data | {"exhausted": True},
            escalation_level=level,
            lapse=lapse,
            overdue=True,
            near_at=None,
        )
    category = region.category(complaint.category)
    next_term = term(
        category.escalation_term(level), start=now, agency_id=above, category=category, region=region
    )
    return change(
        complaint,
        Move.ESCALATE,
        by=SYSTEM,
        now=now,
        data=data | {"due_at": iso(next_term.due_at), "promise": next_term.promise},
        restart_watch=restart_watch,
        escalation_level=level,
        escalated_to=escalated_to,
        had_since=had_since,
        lapse=lapse,
        due_at=next_term.due_at,
        near_at=next_term.near_at,
        acknowledge_by=None,
        promise=next_term.promise,
    )


def next_rung(complaint: Complaint, *, region: Region, now: datetime) -> str | None:
    """The body that hears next (`routing.next_above`)."""
    if complaint.agency_id is None:
        return None
    return next_above(region, owner=complaint.agency_id, beside=complaint.escalated_to, at=now)
