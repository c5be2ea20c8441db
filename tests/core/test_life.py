"""Any life of a complaint, by hypothesis: what holds after every step, whatever people and time do to it."""

from datetime import timedelta
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from functions.complaints.change import Change
from functions.complaints.complaint import (
    ENDED,
    SYSTEM,
    WITH_AGENCY,
    Actor,
    ActorKind,
    Answer,
    Complaint,
    Status,
)
from functions.complaints.duration import Duration
from functions.complaints.events import EventType, chain_fault
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.escalation import next_rung, tick
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.moves.photos import add_photo, refuse_photo
from functions.complaints.moves.publicity import flag, hide, redact, unhide
from functions.complaints.moves.recount import move_deadline
from functions.complaints.publicity import FLAG_REASONS, FLAGS_HIDE
from functions.complaints.redaction import Box
from functions.complaints.timers import next_timer, passed_timer, watched_timer
from functions.complaints.transitions import TRANSITIONS, MoveRefused, possible_moves
from tests.core.story import START
from tests.region_fixture import RAW, region
from tests.sweeps import draws

REGION = region()
PHOTO = DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64)
REFUSED = (MoveRefused, Conflict, Invalid, NotFound)
bodies = st.sampled_from(("housing", "roads", "akimat", "ministry"))
WHY = "The road belongs to another body."
WHAT_IS_PUBLIC = {
    EventType.HIDDEN,
    EventType.UNHIDDEN,
    EventType.FLAGGED,
    EventType.PHOTO_REDACTED,
}


class Life(RuleBasedStateMachine):
    """Every change goes through `_take`, which holds what must hold of each."""

    @initialize(
        category=st.sampled_from(("rubbish", "open_manhole", "pothole")),
        photos=st.integers(0, 2),
        east=st.booleans(),
        known=st.booleans(),
    )
    def begins(self, category: str, photos: int, east: bool, known: bool) -> None:
        """Where the region file has not `known` whose it is, that follows later."""
        draft = Draft(
            category=category,
            comment="Wrong.",
            lat=52.5,
            lon=77.5 if east else 76.5,
            photos=(PHOTO,) * photos,
        )
        self.now = START
        opened = file(draft, region=REGION, reporter="person", now=self.now)
        made = with_assignment(opened, region=REGION, now=self.now) if known else opened
        self.changes = list(made.steps)
        self.complaint = made.after
        self.due_events: set[str] = set()

    def _take(self, decide) -> None:
        before = self.complaint
        try:
            change: Change | None = decide(before)
        except REFUSED:
            return
        if change is None:
            return
        for step in change.steps:
            self._is_right(step, before)
            self.changes.append(step)
            before = step.after
        self.complaint = change.after

    def _is_right(self, change: Change, before: Complaint) -> None:
        after = change.after
        assert change.before is before
        assert before.status not in ENDED or change.event.type in WHAT_IS_PUBLIC
        assert after.version == change.event.seq == before.version + 1
        assert after.changed_at == change.event.at >= before.changed_at
        assert after.status == change.event.status
        self._clock_counts(change)
        self._escalates_rightly(change)

    def _clock_counts(self, change: Change) -> None:
        before, after = change.before, change.after
        assert before is not None
        restarted = after.watch_round > before.watch_round
        old, new = watched_timer(before), watched_timer(after)
        wakes_too_late = new is not None and (old is None or new.at < old.at)
        if wakes_too_late:
            assert change.watch_round == before.watch_round + 1
        elif not restarted:
            assert change.watch_round is None

    def _escalates_rightly(self, change: Change) -> None:
        before, event = change.before, change.event
        assert before is not None
        if event.type != EventType.ESCALATED:
            assert change.after.escalation_level == before.escalation_level
            return
        assert before.status in WITH_AGENCY
        assert not before.overdue
        assert change.after.escalation_level == before.escalation_level + 1
        missed = before.acknowledge_by if event.data["missed"] == "late_acknowledgement" else before.due_at
        assert missed is not None
        assert missed <= event.at
        term = (
            f"{event.data['missed']} {event.data['missed_at']} {before.agency_id} {before.escalation_level}"
        )
        assert term not in self.due_events
        self.due_events.add(term)
        if change.after.overdue:
            assert next_rung(before, region=REGION, now=event.at) is None
        else:
            assert change.after.due_at is not None

    @rule(seconds=st.sampled_from((0, 1, 60, 3_600, 86_400, 5 * 86_400)))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(restart=st.booleans(), early=st.integers(-2, 2))
    def the_timer_runs_out(self, restart: bool, early: int) -> None:
        timer = next_timer(self.complaint)
        if timer is not None:
            now = max(self.now, timer.at + timedelta(milliseconds=early))
            if now < timer.at:
                assert tick(self.complaint, region=REGION, now=now) is None
            self.now = now
        self._take(lambda each: tick(each, region=REGION, now=self.now, restart_watch=restart))

    @rule(by=bodies)
    def acknowledged(self, by: str) -> None:
        self._take(lambda each: agency.acknowledge(each, by=officer(by), now=self.now))

    @rule(by=bodies, outcome=st.sampled_from(("resolved", "declined", "not_ours")))
    def answered(self, by: str, outcome: str) -> None:
        proof = [
            photo.id for photo in self.complaint.photos if photo.by == "agency" and photo.status == "ready"
        ]
        self._take(
            lambda each: agency.answer(
                each,
                by=officer(by),
                outcome=outcome,
                text="It was looked at, and put right.",
                photos=proof,
                region=REGION,
                now=self.now,
            )
        )

    @rule(by=bodies, to=bodies)
    def transferred(self, by: str, to: str) -> None:
        due_at = self.complaint.due_at
        self._take(
            lambda each: agency.transfer(each, by=officer(by), to=to, reason=WHY, region=REGION, now=self.now)
        )
        assert self.complaint.due_at == due_at

    @rule(by=bodies, to=bodies)
    def instructed(self, by: str, to: str) -> None:
        due_at = self.complaint.due_at
        self._take(
            lambda each: agency.instruct(each, by=officer(by), to=to, reason=WHY, region=REGION, now=self.now)
        )
        assert self.complaint.due_at == due_at

    @rule(by=bodies, extension=st.sampled_from(("PT1H", "P5BD", "P1M", "P2M")))
    def extended(self, by: str, extension: str) -> None:
        self._take(
            lambda each: agency.extend_deadline(
                each,
                by=officer(by),
                extension=Duration.parse(extension),
                reason=WHY,
                region=REGION,
                now=self.now,
            )
        )
        assert self.complaint.extensions <= 1

    @rule(by=bodies, to=bodies)
    def divided(self, by: str, to: str) -> None:
        parts = [agency.Part(agency_id=to, text="A part.")]
        self._take(lambda each: agency.split(each, by=officer(by), parts=parts, region=REGION, now=self.now))

    @rule(by=bodies, internal=st.booleans())
    def said(self, by: str, internal: bool) -> None:
        self._take(
            lambda each: agency.comment(each, by=officer(by), text="!", internal=internal, now=self.now)
        )

    @rule(by=bodies)
    def asked(self, by: str) -> None:
        self._take(lambda each: agency.ask(each, by=officer(by), text="?", now=self.now))

    @rule(who=st.sampled_from(("person", "neighbour", "housing")))
    def declared_a_photo(self, who: str) -> None:
        kind = ActorKind.AGENCY if who == "housing" else ActorKind.CITIZEN
        by = Actor(kind=kind, id=who)
        self._take(lambda each: expect_photos(each, (PHOTO,), by=by, region=REGION, now=self.now))

    @precondition(lambda self: self.complaint.photos)
    @rule(good=st.booleans(), which=st.integers(0, 20))
    def photo_came(self, good: bool, which: int) -> None:
        photo = self.complaint.photos[which % len(self.complaint.photos)].id
        if good:
            self._take(partial(self._added, photo))
        else:
            self._take(lambda each: refuse_photo(each, photo, reason="corrupt", now=self.now))

    @rule(by=bodies, operator=st.booleans(), shown=st.booleans())
    def hidden_or_shown(self, by: str, operator: bool, shown: bool) -> None:
        who = SYSTEM if operator else officer(by)
        self._take(lambda each: (unhide if shown else hide)(each, by=who, reason=WHY, now=self.now))

    @rule(reason=st.sampled_from(FLAG_REASONS))
    def flagged(self, reason: str) -> None:
        self._take(lambda each: flag(each, reason=reason, now=self.now))

    @precondition(lambda self: self.complaint.photos)
    @rule(which=st.integers(0, 20), by=st.sampled_from((None, "housing", "akimat")), boxes=st.integers(0, 3))
    def redacted(self, which: int, by: str | None, boxes: int) -> None:
        photo = self.complaint.photos[which % len(self.complaint.photos)].id
        found = [Box(x=0.1 * place, y=0.2, w=0.1, h=0.1) for place in range(boxes)]
        who = SYSTEM if by is None else officer(by)
        self._take(lambda each: redact(each, photo, boxes=found, by=who, now=self.now))

    @invariant()
    def three_flags_hide_it_until_somebody_has_looked(self) -> None:
        if hasattr(self, "changes"):
            assert self.complaint.flags <= FLAGS_HIDE
            assert self.complaint.hidden is not None or self.complaint.flags < FLAGS_HIDE

    def _added(self, photo: str, each: Complaint) -> Change | None:
        added = add_photo(each, photo, width=1, height=1, clean_sha256="0" * 64, now=self.now)
        return None if added is None else with_assignment(added, region=REGION, now=self.now)

    @rule(
        what=st.sampled_from(("comment", "confirm", "refute", "withdraw")), mine=st.sampled_from((1, 1, 1, 0))
    )
    def the_citizen_acts(self, what: str, mine: int) -> None:
        by = Actor(kind=ActorKind.CITIZEN, id="person" if mine else "stranger")
        match what:
            case "comment":
                self._take(lambda each: citizen.comment(each, by=by, text=".", now=self.now))
            case "confirm":
                self._take(lambda each: citizen.confirm(each, by=by, now=self.now))
            case "refute":
                self._take(lambda each: citizen.refute(each, by=by, reason="No.", now=self.now))
            case "withdraw" if self.complaint.version > 6:
                self._take(
                    lambda each: citizen.withdraw(each, by=by, reason=None, region=REGION, now=self.now)
                )

    @rule(who=st.sampled_from(("person", "neighbour", "passer-by")))
    def joined(self, who: str) -> None:
        by = Actor(kind=ActorKind.CITIZEN, id=who)
        self._take(lambda each: citizen.join(each, by=by, now=self.now))

    @rule(who=st.sampled_from(("person", "neighbour", "passer-by")))
    def left(self, who: str) -> None:
        by = Actor(kind=ActorKind.CITIZEN, id=who)
        self._take(lambda each: citizen.leave(each, by=by, now=self.now))

    @rule(day=st.integers(1, 28), free=st.booleans())
    def the_calendar_changed(self, day: int, free: bool) -> None:
        key = "moved_off" if free else "moved_working"
        changed = region(calendar=RAW["calendar"] | {key: [f"2026-06-{day:02d}"]})
        self._take(lambda each: move_deadline(each, region=changed, now=self.now))

    @invariant()
    def the_chain_verifies(self) -> None:
        if hasattr(self, "changes"):
            assert chain_fault([each.event for each in self.changes], head=self.complaint.head) is None
            assert len(self.changes) == self.complaint.version

    @invariant()
    def it_has_ended_or_is_watched_or_overdue_for_all_to_see(self) -> None:
        if not hasattr(self, "changes"):
            return
        complaint = self.complaint
        if complaint.status in ENDED:
            assert next_timer(complaint) is None
            left = {move for kind in ActorKind for move in possible_moves(complaint, by=kind)}
            assert {TRANSITIONS[move].event for move in left} == WHAT_IS_PUBLIC
        elif not (complaint.overdue and complaint.status in WITH_AGENCY):
            assert next_timer(complaint) is not None
        if complaint.overdue:
            assert complaint.escalation_level > 0

    @invariant()
    def an_answer_stands_exactly_while_it_is_answered_or_closed(self) -> None:
        if hasattr(self, "changes") and self.complaint.status != Status.WITHDRAWN:
            stands = self.complaint.status in (Status.ANSWERED, Status.CLOSED)
            assert isinstance(self.complaint.answer, Answer) == stands

    def teardown(self) -> None:
        """Left alone from here, it comes to its end or to the top of the ladder."""
        for _ in range(20):
            timer = next_timer(self.complaint) if hasattr(self, "changes") else None
            if timer is None:
                return
            self.now = max(self.now, timer.at)
            assert passed_timer(self.complaint, now=self.now) is not None
            self._take(lambda each: tick(each, region=REGION, now=self.now))
        raise AssertionError("it goes on for ever")


def officer(agency_id: str) -> Actor:
    return Actor(kind=ActorKind.AGENCY, id=agency_id)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=draws(gate=25, whole=300), stateful_step_count=40, deadline=None)
