"""Whatever moves are made in whatever region: a promised time has a timer, and a timer a promise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.complaints.change import Change
from functions.complaints.clock import parse_iso, to_milliseconds
from functions.complaints.complaint import OPEN, SYSTEM, WITH_AGENCY, Actor, ActorKind, Complaint, Status
from functions.complaints.duration import Duration
from functions.complaints.events import Event, EventType
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.correcting import Correction, Place, correct
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.escalation import tick
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.moves.joiners import end_abandoned
from functions.complaints.moves.merging import absorb, merge, put_apart
from functions.complaints.moves.officers import assign_officer
from functions.complaints.moves.parts import end_part, part_of
from functions.complaints.moves.photos import add_photo, refuse_photo
from functions.complaints.moves.publicity import flag, hide, redact, unhide
from functions.complaints.moves.reassignment import reassign
from functions.complaints.moves.recount import move_deadline
from functions.complaints.moves.terms import term
from functions.complaints.redaction import Box
from functions.complaints.region import Region
from functions.complaints.routing import ladder
from functions.complaints.timers import TimerKind, next_timer, timers, watched_timer
from functions.complaints.transitions import TRANSITIONS, Move, MoveRefused
from tests.core.story import START
from tests.core.test_passing_on import regions
from tests.region_fixture import RAW, WEST, region
from tests.sweeps import draws

REFUSED: Final = (MoveRefused, Conflict, Invalid, NotFound)
WHY: Final = "It belongs to another body."
PHOTO: Final = DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64)
PERSON, NEIGHBOUR = (Actor(kind=ActorKind.CITIZEN, id=each) for each in ("person", "neighbour"))
NOT_TOLD: Final = {TimerKind.NEAR, TimerKind.ASSIGNMENT}
"""Timers of the service's own: it reminds, and assigns what was lost on the way."""
TOLD_AS: Final = {
    "due_at": TimerKind.DUE,
    "acknowledge_by": TimerKind.ACKNOWLEDGEMENT,
    "closes_at": TimerKind.CLOSE,
}
"""The times that an event's data and texts tell, and the timers that must keep them."""


def promised(complaint: Complaint) -> set[tuple[TimerKind, datetime]]:
    """Every time that a receipt or a view of the complaint tells as one that is still to come."""
    told = {
        TimerKind.ACKNOWLEDGEMENT: complaint.acknowledge_by,
        TimerKind.CLOSE: complaint.close_at,
        TimerKind.DUE: complaint.due_at
        if complaint.status in WITH_AGENCY and not complaint.overdue
        else None,
        TimerKind.PHOTOS: complaint.photos_due_at
        # Who has sent none that can be used may still send another.
        if complaint.status == Status.AWAITING_PHOTOS
        or (complaint.expects_photos and complaint.status in OPEN)
        else None,
    }
    return {(kind, at) for kind, at in told.items() if at is not None}


def fault_of(change: Change) -> str | None:
    """What is promised without a timer by this change, or which timer keeps no promise; None where each has its other."""
    after, event = change.after, change.event
    running = {(each.kind, each.at) for each in timers(after)}
    kept = {each for each in running if each[0] not in NOT_TOLD}
    if kept != promised(after):
        return f"promised {promised(after)}, kept {kept}"
    if after.status in WITH_AGENCY and after.overdue and (after.due_at is None or after.due_at > event.at):
        return f"overdue, and due at {after.due_at}"
    if after.status in WITH_AGENCY and not after.overdue:
        if after.due_at is None or after.promise is None:
            return "with a body that was given no term"
        if parse_iso(after.promise["params"]["due_at"]) != after.due_at:
            return f"due at {after.due_at}, explained as {after.promise}"
    return told_in_vain(event, after)


def told_in_vain(event: Event, after: Complaint) -> str | None:
    running = {(each.kind, each.at) for each in timers(after)}
    for name, kind in TOLD_AS.items():
        told = event.data.get(name)
        # While an answer stands its term waits for a dispute.
        waits = kind == TimerKind.DUE and after.status == Status.ANSWERED
        if told is not None and not waits and (kind, parse_iso(told)) not in running:
            return f"{event.type} tells {name} {told}, kept {running}"
    return None


class Watch:
    """The execution that sleeps for a complaint: it wakes at the timer that it last read, reads, and sleeps on or ends."""

    def __init__(self) -> None:
        self.wakes_at: datetime | None = None

    def sees(self, change: Change, *, now: datetime) -> None:
        timer = watched_timer(change.after)
        if change.watch_round is not None:
            self.wakes_at = None if timer is None else timer.at
        self._wakes(change.after, now=now)
        if timer is not None:
            assert self.wakes_at is not None, "nobody wakes for it"
            assert self.wakes_at <= max(timer.at, now), "it wakes too late"

    def _wakes(self, complaint: Complaint, *, now: datetime) -> None:
        if self.wakes_at is not None and self.wakes_at <= now:
            timer = watched_timer(complaint)
            self.wakes_at = None if timer is None else timer.at


OFTEN: Final = (
    *(Move.ESCALATE, Move.TRANSFER, Move.INSTRUCT, Move.MOVE_DEADLINE),
    *(Move.JOIN, Move.ANSWER, Move.ANSWER, Move.REFUTE, Move.REFUTE),
)
steps = st.lists(
    st.tuples(
        st.sampled_from([*Move, *OFTEN]),
        st.integers(0, 7),
        st.integers(0, 7),
        st.sampled_from([timedelta(), timedelta(minutes=1), timedelta(hours=5), timedelta(days=9)]),
    ),
    min_size=15,
    max_size=40,
)


class Life:
    """A complaint, and what is held of each change of it."""

    def __init__(self, first: Change, *, here: Region, now: datetime) -> None:
        self.region, self.now, self.watch = here, now, Watch()
        self.complaint = first.after
        self.made: set[EventType] = set()
        self.splits: list[tuple[Complaint, Event]] = []
        self._hold(first)

    def takes(self, move: Move, *, who: int, to: int, after: timedelta) -> None:
        self.now += after
        decide = self._decision(move, who=who, to=to)
        try:
            change = decide(self.complaint)
        except REFUSED:
            return
        if change is not None:
            self._hold(change)

    def _hold(self, change: Change) -> None:
        assert fault_of(change) is None
        assert change.after.officers.keys() <= {*change.after.in_charge}
        self.watch.sees(change, now=self.now)
        self.complaint = change.after
        self.made |= {step.event.type for step in change.steps}
        if change.event.type == EventType.SPLIT:
            self.splits.append((change.after, change.event))

    def _decision(self, move: Move, *, who: int, to: int) -> Callable[[Complaint], Change | None]:
        here, now = self.region, self.now
        bodies = sorted(here.agencies)
        in_charge = self.complaint.in_charge or ("nobody",)
        by = Actor(kind=ActorKind.AGENCY, id=in_charge[who % len(in_charge)])
        receiver = bodies[to % len(bodies)]
        photo = self.complaint.photos[to % len(self.complaint.photos)].id if self.complaint.photos else ""
        given: dict[str, Any] = {"by": by, "to": receiver, "reason": WHY, "region": here, "now": now}
        said: dict[str, Any] = {"by": by, "now": now}
        match move:
            case Move.EXPECT_PHOTO:
                side = by if who % 2 else PERSON
                return lambda each: expect_photos(each, (PHOTO,), by=side, region=here, now=now)
            case Move.ADD_PHOTO:
                return lambda each: add_photo(each, photo, width=1, height=1, clean_sha256="0" * 64, now=now)
            case Move.REFUSE_PHOTO:
                return lambda each: refuse_photo(each, photo, reason="corrupt", now=now)
            case Move.ACKNOWLEDGE:
                return lambda each: agency.acknowledge(each, **said)
            case Move.COMMENT:
                return lambda each: agency.comment(each, text=".", internal=False, **said)
            case Move.ASSIGN_OFFICER:
                return lambda each: assign_officer(each, to=(None, "one", "two")[to % 3], **said)
            case Move.HIDE | Move.UNHIDE:
                by = by if who % 2 else SYSTEM
                turn = hide if move == Move.HIDE else unhide
                return lambda each: turn(each, by=by, reason=WHY, now=now)
            case Move.FLAG:
                return lambda each: flag(each, reason="person", now=now)
            case Move.REDACT:
                boxes = (Box(x=0.1 * to, y=0.1, w=0.1, h=0.1),)
                return lambda each: redact(each, photo, boxes=boxes, by=by if who % 2 else SYSTEM, now=now)
            case Move.ASK:
                return lambda each: agency.ask(each, text="?", **said)
            case Move.ANSWER:
                return lambda each: agency.answer(each, outcome="declined", text=WHY, region=here, **said)
            case Move.TRANSFER:
                return lambda each: agency.transfer(each, **given)
            case Move.INSTRUCT:
                return lambda each: agency.instruct(each, **given)
            case Move.SPLIT:
                parts = [agency.Part(agency_id=receiver, text=WHY)]
                return lambda each: agency.split(each, parts=parts, region=here, **said)
            case Move.EXTEND:
                longer = Duration.parse("P5BD")
                return lambda each: agency.extend_deadline(
                    each, extension=longer, reason=WHY, region=here, **said
                )
            case Move.MOVE_DEADLINE:
                # A day soon to come is free all at once, or worked.
                day = (now + timedelta(days=to + 1)).date().isoformat()
                moved = region(
                    calendar=RAW["calendar"] | {"moved_off" if who % 4 else "moved_working": [day]},
                    agencies=dict(here.raw["agencies"]),
                    categories=dict(here.raw["categories"]),
                )
                return lambda each: move_deadline(each, region=moved, now=now)
            case Move.REFUTE if self.complaint.merged_into is not None:
                return lambda each: put_apart(each, by=PERSON, reason="No.", region=here, now=now)
            case Move.REFUTE:
                return lambda each: citizen.refute(each, by=PERSON, reason="No.", now=now)
            case Move.CONFIRM if who == 0:
                return lambda each: citizen.confirm(each, by=PERSON, now=now)
            case Move.WITHDRAW | Move.LEAVE_TO_JOINERS if who == 0 or (
                move == Move.LEAVE_TO_JOINERS and self.complaint.joined
            ):
                return lambda each: citizen.withdraw(each, by=PERSON, reason=None, region=here, now=now)
            case Move.END_ABANDONED:
                return lambda each: end_abandoned(each, now=now)
            case Move.RECATEGORISE | Move.RELOCATE:
                found = Correction(
                    category=sorted(here.categories)[to % len(here.categories)]
                    if move == Move.RECATEGORISE
                    else None,
                    place=Place(lat=WEST[0], lon=WEST[1] + 0.01 * to) if move == Move.RELOCATE else None,
                    reason=WHY,
                )
                return lambda each: correct(each, found, by=by if who % 2 else PERSON, region=here, now=now)
            case Move.MERGE:
                return lambda each: merge(
                    each, replace(each, id="another"), by=by, reason=None, region=here, now=now
                )
            case Move.ABSORB:
                sooner = term(
                    Duration.parse("P1BD"),
                    start=now,
                    agency_id=self.complaint.agency_id,
                    category=here.category(self.complaint.category),
                    region=here,
                )
                other = replace(
                    self.complaint,
                    id=f"another-{to}",
                    due_at=to_milliseconds(sooner.due_at),
                    near_at=sooner.near_at,
                    promise=sooner.promise,
                )
                return lambda each: absorb(each, other, region=here, now=now)
            case Move.REASSIGN:
                gone = here.raw["agencies"][in_charge[0]] if in_charge[0] in here.agencies else None
                # Nobody below takes over, for whom it would be its own body above.
                if gone is not None and in_charge[0] not in (receiver, *ladder(here, receiver, at=now)):
                    retired = {"since": now.date().isoformat(), "moved_to": receiver}
                    after = region(
                        agencies=dict(here.raw["agencies"]) | {in_charge[0]: gone | {"retired": retired}},
                        categories=dict(here.raw["categories"]),
                    )
                    return lambda each: reassign(each, region=after, now=now)
            case Move.END_PART if who == 0 and self.complaint.parent_id is not None:
                return lambda each: end_part(each, now=now)
            case Move.JOIN:
                return lambda each: citizen.join(each, by=NEIGHBOUR, now=now)
            case Move.LEAVE:
                return lambda each: citizen.leave(each, by=NEIGHBOUR, now=now)
        # What time does: assigning, reminding, escalating, closing, going on without photos.
        timer = next_timer(self.complaint)
        if timer is not None:
            self.now = now = max(now, timer.at)
        return lambda each: tick(each, region=here, now=now, restart_watch=who == 0)


def lived(here: Region, category: str, photos: int, deeds: list[Any]) -> set[EventType]:
    """The life of a complaint, and then of every part of it; which events there were."""
    draft = Draft(category=category, comment="Wrong.", lat=WEST[0], lon=WEST[1], photos=(PHOTO,) * photos)
    life = Life(file(draft, region=here, reporter="person", now=START), here=here, now=START)
    for move, who, to, after in ((Move.ASSIGN, 1, 0, timedelta()), *deeds):
        life.takes(move, who=who, to=to, after=after)
    made = set(life.made)
    for parent, split in life.splits:
        for part in split.data["parts"]:
            first = part_of(parent, part, split=split, region=here, now=split.at)
            of_part = Life(first, here=here, now=split.at)
            for move, who, to, after in (*deeds, (Move.END_PART, 0, 0, timedelta())):
                of_part.takes(move, who=who, to=to, after=after)
            made |= of_part.made
    return made


@settings(max_examples=draws(gate=40, whole=400), deadline=None)
@given(
    here=regions(),
    category=st.sampled_from(sorted(RAW["categories"])),
    photos=st.integers(0, 2),
    deeds=steps,
)
def test_a_promised_time_has_a_timer_and_a_timer_a_promise(
    here: Region, category: str, photos: int, deeds: list[Any]
) -> None:
    lived(here, category, photos, deeds)


def test_the_lives_hold_every_event_there_is() -> None:
    """Each move was made somewhere, or nothing would have been held of it."""
    made: set[EventType] = set()

    @settings(max_examples=400, deadline=None, database=None, derandomize=True)
    @given(
        here=regions(),
        category=st.sampled_from(sorted(RAW["categories"])),
        photos=st.integers(0, 2),
        deeds=steps,
    )
    def live(here: Region, category: str, photos: int, deeds: list[Any]) -> None:
        if made != every:
            made.update(lived(here, category, photos, deeds))

    every = {each.event for each in TRANSITIONS.values()} | {EventType.SUBMITTED}
    live()
    assert made == every
