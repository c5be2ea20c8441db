"""What must hold in every world, judged from what was written and when, and from the region's rules alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final

from functions.complaints.behind import agency, is_person
from functions.complaints.change import Change
from functions.complaints.clock import iso, iso_or_none, parse_iso
from functions.complaints.complaint import ENDED, WITH_AGENCY, ActorKind, Complaint, Status
from functions.complaints.events import HANDED, WITHIN_A_BODY, Event, EventType, chain_fault
from functions.complaints.history import line
from functions.complaints.lapse import Missed
from functions.complaints.publicity import FLAGS_HIDE
from functions.complaints.timers import TimerKind, timers
from functions.complaints.transitions import TRANSITIONS, Move
from functions.complaints.visibility import as_seen
from functions.records.people.inbox import InboxItem, event_of, viewer_of
from functions.route.escalation.sweep import GRACE
from tests.simulation.world import SWEEP_EVERY, SWEEP_TRIED_AGAIN, World

LATE_MOST: Final = SWEEP_EVERY + GRACE + SWEEP_TRIED_AGAIN
"""A sweep comes every five minutes, leaves a minute to watches that work, and is tried again after one that died."""


TOLD_WITHIN: Final = timedelta(minutes=5)
"""One hand-out, and the half minute of each that a worker died in."""


_SURELY: Final = timedelta(days=2)
_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


class Invariant(StrEnum):
    NEVER_EARLY = "no escalation early"
    NONE_AFTER_ANSWER = "none after an answer was committed"
    EACH_LEVEL_ONCE = "each level exactly once per missed term"
    IN_TIME = "no escalation later than the sweep allows"
    NOT_SILENT = "nobody is said to have been silent who answered in time"
    NOT_PUT_OFF = "no body puts an answer off by a correction"
    NOTHING_FORGOTTEN = "ended, overdue at the top, or watched"
    HANDED_ON = "nothing stays with what is retired"
    TOP_IS_TOP = "overdue only at the top of the ladder"
    PROMISED = "every promise has its timer"
    NUMBERED = "events numbered without a hole"
    CHAIN = "the chain of events verifies"
    LEGAL = "every step is one that the table allows"
    NOTHING_LOST = "what was said to be done is in the history"
    PARTS = "every part of a divided complaint is there, once"
    PARTS_END = "parts end with their parent"
    THEIRS = "left to who joined: nothing of the reporter, ends with them"
    OWN_OFFICER = "given to officers by bodies that have it, and nobody is told"
    FOLLOWS = "who reported what was merged follows the other"
    PUBLIC = "hidden by whoever may, or by three flags, and a part with its whole"
    PROVED = "of a body's photo three facts, of a citizen's none"
    TOLD = "what people and bodies were told matches the history"
    TOLD_IN_ORDER = "told in order"
    TOLD_ONCE = "told once"
    OTHERS = "others not delayed"


@dataclass(frozen=True, kw_only=True)
class Violation:
    invariant: Invariant
    complaint_id: str
    seq: int
    what: str


@dataclass(kw_only=True)
class Findings:
    """`lateness` in seconds, of escalations alone; those that a watch made and those that the sweep made."""

    complaints: int = 0
    events: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    lateness: list[float] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        self.complaints += other.complaints
        self.events += other.events
        self.ends += other.ends
        self.faults += other.faults
        self.violations += other.violations
        self.lateness += other.lateness

    def count(self, invariant: Invariant) -> int:
        return sum(1 for violation in self.violations if violation.invariant == invariant)


def judge(world: World) -> Findings:
    findings = Findings(faults=world.faults)
    for complaint_id in world.store.ids():
        life = _Life(world, complaint_id)
        findings.complaints += 1
        findings.events.update(event.type for event in life.history)
        findings.ends[
            "overdue" if life.last.overdue and life.last.status in WITH_AGENCY else life.last.status
        ] += 1
        findings.violations += life.violations()
        findings.lateness += life.lateness
    findings.violations += _lost(world)
    return findings


def _lost(world: World) -> Iterator[Violation]:
    for complaint_id, seq, digest in world.confirmed:
        changes = world.store.changes.get(complaint_id, [])
        there = any(c.event.seq == seq and digest in ("", c.event.hash) for c in changes)
        if not there:
            yield Violation(
                invariant=Invariant.NOTHING_LOST, complaint_id=complaint_id, seq=seq, what="not there"
            )
    for complaint_id, seq, error in world.broken:
        yield Violation(invariant=Invariant.NOTHING_LOST, complaint_id=complaint_id, seq=seq, what=error)


class _Life:
    """One complaint from its first event to its last."""

    def __init__(self, world: World, complaint_id: str) -> None:
        self.world = world
        self.id = complaint_id
        self.changes: Sequence[Change] = world.store.changes[complaint_id]
        self.written_at = world.store.written_at[complaint_id]
        self.history: Sequence[Event] = [change.event for change in self.changes]
        self.last: Complaint = world.store.get(complaint_id)
        self.lateness: list[float] = []

    def violations(self) -> Iterator[Violation]:
        yield from self._numbering()
        yield from self._steps()
        yield from self._clock()
        yield from self._promises()
        yield from self._said_of_bodies()
        yield from self._handed_on()
        yield from self._end()
        yield from self._parts()
        yield from self._public()
        yield from self._left()
        yield from self._merged()
        yield from self._proved()
        yield from self._told()
        yield from self._bodies_told()
        yield from self._officers()
        yield from self._telling()

    def _broken(self, invariant: Invariant, seq: int, what: str) -> Violation:
        return Violation(invariant=invariant, complaint_id=self.id, seq=seq, what=what)

    def _proved(self) -> Iterator[Violation]:
        for event in self.history:
            proof, by = event.data.get("proof"), event.data.get("by")
            if event.type == EventType.PHOTO_ADDED and (
                (by == ActorKind.AGENCY) != (proof is not None)
                or (proof is not None and set(proof) != {"distance", "taken", "reused"})
            ):
                yield self._broken(Invariant.PROVED, event.seq, f"{by}: {proof}")
            if str(event.data.get("reason", "")).startswith("proof_") and by != ActorKind.AGENCY:
                yield self._broken(Invariant.PROVED, event.seq, "a citizen's photo is refused as proof")

    def _numbering(self) -> Iterator[Violation]:
        numbers = [event.seq for event in self.history]
        if numbers != list(range(1, len(numbers) + 1)) or self.last.version != len(numbers):
            yield self._broken(Invariant.NUMBERED, len(numbers), f"{numbers}, version {self.last.version}")
        fault = chain_fault(self.history, head=self.last.head)
        if fault is not None:
            yield self._broken(Invariant.CHAIN, fault.seq, fault.reason)

    def _steps(self) -> Iterator[Violation]:
        status: Status | None = None
        for event in self.history:
            if status is not None and not _allowed(event, status):
                yield self._broken(Invariant.LEGAL, event.seq, f"{event.type} by {event.actor} in {status}")
            if event.type == EventType.ESCALATED and status is not None and status not in WITH_AGENCY:
                yield self._broken(Invariant.NONE_AFTER_ANSWER, event.seq, f"escalated while {status}")
            status = event.status

    def _clock(self) -> Iterator[Violation]:
        """Follow the deadlines as the events tell of them, and see when they were acted on."""
        terms = _Terms()
        level = 0
        for change, written_at in zip(self.changes, self.written_at, strict=True):
            event = change.event
            missed = terms.missed_for(written_at)
            escalated = event.type == EventType.ESCALATED
            if event.type == EventType.ASSIGNED:
                level = self._started_at(change)
            if missed is not None and missed > LATE_MOST and not escalated:
                yield self._broken(Invariant.IN_TIME, event.seq, f"{event.type} {missed} after a missed term")
            if escalated:
                level += 1
                promised = terms.due(event.data["missed"])
                if event.data["level"] != level or change.after.escalation_level != level:
                    yield self._broken(Invariant.EACH_LEVEL_ONCE, event.seq, f"level {event.data['level']}")
                if promised is None:
                    yield self._broken(Invariant.EACH_LEVEL_ONCE, event.seq, "no term was missed")
                elif written_at < promised or event.data["missed_at"] != iso(promised):
                    yield self._broken(Invariant.NEVER_EARLY, event.seq, f"{written_at}, due {promised}")
                else:
                    late = written_at - max(promised, terms.since or promised)
                    self.lateness.append(late.total_seconds())
                    if late > LATE_MOST:
                        yield self._broken(Invariant.IN_TIME, event.seq, f"{late} late")
            promised = terms.answer
            terms.take(event, change.after, written_at)
            put_off = promised is not None and terms.answer is not None and terms.answer > promised
            if put_off and event.type in _CORRECTED and event.actor != ActorKind.CITIZEN:
                yield self._broken(Invariant.NOT_PUT_OFF, event.seq, f"{terms.answer}, not {promised}")

    def _promises(self) -> Iterator[Violation]:
        """What the complaint or the event tells as still to come is what wakes the service; and the other way round."""
        for change in self.changes:
            after, event = change.after, change.event
            told = {
                TimerKind.ACKNOWLEDGEMENT: after.acknowledge_by,
                TimerKind.CLOSE: after.close_at,
                TimerKind.DUE: after.due_at if after.status in WITH_AGENCY and not after.overdue else None,
            }
            running = {each.kind: each.at for each in timers(after) if each.kind in told}
            if running != {kind: at for kind, at in told.items() if at is not None}:
                yield self._broken(Invariant.PROMISED, event.seq, f"told {told}, running {running}")
            if TimerKind.DUE in running and (
                after.promise is None or after.promise["params"]["due_at"] != iso(running[TimerKind.DUE])
            ):
                yield self._broken(Invariant.PROMISED, event.seq, f"explained as {after.promise}")
            due_at = event.data.get("due_at")
            if (
                due_at is not None
                and event.status in WITH_AGENCY
                and due_at != iso_or_none(running.get(TimerKind.DUE))
            ):
                yield self._broken(Invariant.PROMISED, event.seq, f"{event.type} tells {due_at}")

    def _started_at(self, change: Change) -> int:
        """One rung up where it is of again what was closed, and there is such a rung."""
        after = change.after
        above = None if after.agency_id is None else self.world.region.agencies[after.agency_id].parent
        return int(after.again_of is not None and above is not None)

    def _had_the_whole(self) -> set[str | None]:
        """Of a part: the bodies that had the complaint before it was divided, and passed it on."""
        parent_id = self.last.parent_id
        return (
            set()
            if parent_id is None
            else {each.after.agency_id for each in self.world.store.changes[parent_id]}
        )

    def _said_of_bodies(self) -> Iterator[Violation]:
        """Who answered in time, and who had it when the term ended, as the other events tell of it."""
        terms = _Terms()
        in_time: set[str | None] = set()
        had: dict[str | None, datetime] = {}
        for change, written_at in zip(self.changes, self.written_at, strict=True):
            event, data = change.event, change.event.data
            if event.type == EventType.ANSWERED and terms.answer is not None and event.at <= terms.answer:
                in_time.add(event.actor_agency)
            if event.type == EventType.ESCALATED:
                named, promised = data["agency"], terms.due(data["missed"])
                silent = data["silent"] if data["missed"] == Missed.SILENCE else []
                if in_time & set(silent):
                    yield self._broken(Invariant.NOT_SILENT, event.seq, f"one of {silent} answered in time")
                if silent[:1] != [named][: len(silent)] or not {*silent} <= {*change.after.in_charge}:
                    yield self._broken(Invariant.NOT_SILENT, event.seq, f"{silent} are not those who had it")
                if data["missed"] == Missed.DISPUTED_ANSWER and named not in in_time:
                    yield self._broken(Invariant.NOT_SILENT, event.seq, f"{named} did not answer in time")
                if (
                    promised is not None
                    and had.get(named, promised) > promised
                    and named not in self._had_the_whole()
                ):
                    yield self._broken(Invariant.NOT_SILENT, event.seq, f"{named} did not have it yet")
            if event.type in _GIVES:
                body = data["agency"] if event.type == EventType.ASSIGNED else data.get("to")
                had.setdefault(body, event.at)
                had.setdefault(data.get("above"), event.at)
            terms.take(event, change.after, written_at)

    def _handed_on(self) -> Iterator[Violation]:
        """But for the minutes until the sweep comes."""
        region = self.world.region
        ends = [*self.written_at[1:], _FOR_EVER]
        for change, written_at, until in zip(self.changes, self.written_at, ends, strict=True):
            after = change.after
            if after.agency_id is None or after.status in ENDED:
                continue
            category = region.categories[after.category].retired
            has = [region.agencies[each].retired for each in after.in_charge]
            if category is not None and category.moved_to is not None:
                has.append(category)
            for retired in has:
                if retired is not None and until - max(written_at, retired.since) > LATE_MOST:
                    what = f"{after.category} with {after.in_charge} from {written_at} until {until}"
                    yield self._broken(Invariant.HANDED_ON, change.event.seq, what)

    def _above(self, agency_id: str, at: datetime) -> str | None:
        """The rung above, by the region's rules alone."""
        agencies = self.world.region.agencies
        above = agencies[agency_id].parent
        while above is not None:
            retired = agencies[above].retired
            if retired is None or retired.since > at:
                return above
            above = retired.moved_to or agencies[above].parent
        return None

    def _end(self) -> Iterator[Violation]:
        last = self.last
        if last.status not in ENDED and not (last.overdue and last.status in WITH_AGENCY):
            yield self._broken(Invariant.NOTHING_FORGOTTEN, last.version, f"left {last.status}")
        if last.overdue:
            for marked in (each for each in self.changes if each.event.data.get("exhausted")):
                for body in marked.after.in_charge:
                    top, at = body, marked.event.at
                    while (above := self._above(top, at)) is not None:
                        top = above
                    if top not in marked.after.in_charge:
                        yield self._broken(Invariant.TOP_IS_TOP, marked.event.seq, f"{top} was left out")

    def _parts(self) -> Iterator[Violation]:
        asked = [
            part for event in self.history if event.type == EventType.SPLIT for part in event.data["parts"]
        ]
        if [part["id"] for part in asked] != list(self.last.children):
            yield self._broken(Invariant.PARTS, self.last.version, "children are not those of the events")
        for part in asked:
            if part["id"] not in self.world.store and self.last.status == Status.WITHDRAWN:
                continue
            if part["id"] not in self.world.store:
                yield self._broken(Invariant.PARTS, self.last.version, f"no {part['number']}")
            elif self.world.store.get(part["id"]).parent_id != self.id:
                yield self._broken(Invariant.PARTS, self.last.version, f"{part['number']} is another's")
            elif (
                self.last.status == Status.WITHDRAWN and self.world.store.get(part["id"]).status not in ENDED
            ):
                yield self._broken(Invariant.PARTS_END, self.last.version, f"{part['number']} goes on")

    def _public(self) -> Iterator[Violation]:
        """As the steps say it stands; a part may be given back by its own body, and is hidden again with the whole."""
        hidden, flags = False, 0
        for event in self.history:
            if event.type == EventType.FLAGGED:
                flags += 1
            elif event.type in (EventType.HIDDEN, EventType.UNHIDDEN):
                hidden = event.type == EventType.HIDDEN
                if event.data.get("count") and flags < FLAGS_HIDE:
                    yield self._broken(Invariant.PUBLIC, event.seq, f"{flags} flags hid it")
        if hidden != (self.last.hidden is not None) and self.last.parent_id is None:
            yield self._broken(Invariant.PUBLIC, self.last.version, "not as the steps say")
        for part in self.world.store.parts(self.last):
            with_whole = part.hidden is not None and part.hidden.with_whole
            if part.status in TRANSITIONS[Move.HIDE].sources and (
                (self.last.hidden is not None and part.hidden is None)
                or (self.last.hidden is None and with_whole)
            ):
                yield self._broken(Invariant.PUBLIC, self.last.version, f"{part.number} is not as its whole")

    def _left(self) -> Iterator[Violation]:
        if all(event.type != EventType.LEFT_TO_JOINERS for event in self.history):
            return
        left = next(event.seq for event in self.history if event.type == EventType.LEFT_TO_JOINERS)
        # Whoever put the place right since has words of their own for it.
        since = {
            event.data["location"]["address"] for event in self.history[left:] if "location" in event.data
        }
        for each in (self.last, *self.world.store.parts(self.last)):
            if each.reporter is not None or each.comment or each.address not in {None, *since}:
                yield self._broken(Invariant.THEIRS, self.last.version, f"{each.number} is still somebody's")
        if not self.world.store.followers[self.id] and self.last.status not in ENDED:
            yield self._broken(Invariant.THEIRS, self.last.version, "goes on for nobody")

    def _merged(self) -> Iterator[Violation]:
        """Where the merger stood and the other was open for so long that nothing can have failed for longer."""
        event = next((each for each in self.history if each.type == EventType.MERGED), None)
        reporter, into, seen = self.last.reporter, self.last.merged_into, {self.id}
        if event is None or reporter is None or self.last.status == Status.WITHDRAWN:
            # Who has taken it back in the same moment wants to hear no more.
            return
        while into is not None and into not in seen:
            seen.add(into)
            changes = self.world.store.changes[into]
            if reporter in {change.follower for change in changes} | {changes[0].after.reporter}:
                return
            then = [change.after for change in changes if change.event.at <= event.at + _SURELY]
            if then[-1].status in ENDED or (then[-1].merged_into is None and changes[-1].after.merged_into):
                return
            into = changes[-1].after.merged_into
        if into is None and self.last.merged_into is not None:
            yield self._broken(Invariant.FOLLOWS, event.seq, "does not follow it")

    def _told(self) -> Iterator[Violation]:
        told = dict(self.world.told[self.id])
        reporter = told.pop(self.changes[0].after.reporter or "", [])
        theirs = [change.event for change in self.changes if change.after.reporter is not None]
        if [int(item.seq) for item in reporter] != [e.seq for e in theirs if _concerns_reporter(e)]:
            yield self._broken(Invariant.TOLD, self.last.version, f"{[item.seq for item in reporter]}")
        followed = self.last.parent_id or self.id
        spans = self._followed(followed)
        at = {event.seq: event.at for event in self.history}
        for person, inbox in told.items():
            for item in inbox:
                if not any(since <= at[int(item.seq)] <= until for since, until in spans.get(person, ())):
                    yield self._broken(Invariant.TOLD, int(item.seq), f"{person} had not joined, or had left")
            numbers = [int(item.seq) for item in inbox]
            if len(numbers) != len(set(numbers)):
                yield self._broken(Invariant.TOLD, self.last.version, f"{person}: {numbers}")
        joined = {person: each[-1][0] for person, each in spans.items() if each[-1][1] == _FOR_EVER}
        for person, since in joined.items():
            numbers = {int(item.seq) for item in told.get(person, ())}
            wanted = {event.seq: event for event in self.history if _concerns_followers(event)}
            after = {seq for seq, event in wanted.items() if event.at > since}
            if not after <= numbers <= set(wanted):
                yield self._broken(Invariant.TOLD, self.last.version, f"{person}: {sorted(numbers)}")
        for item in (*reporter, *(item for inbox in told.values() for item in inbox)):
            if not self._says_what_happened(item):
                yield self._broken(Invariant.TOLD, int(item.seq), "is told otherwise than it happened")

    def _followed(self, complaint_id: str) -> dict[str, list[tuple[datetime, datetime]]]:
        """From when until when each person had joined the complaint, in order."""
        spans: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for change in self.world.store.changes[complaint_id]:
            if change.follower is not None:
                spans[change.follower].append((change.event.at, _FOR_EVER))
            if change.leaver is not None:
                since, _ = spans[change.leaver].pop()
                spans[change.leaver].append((since, change.event.at))
        return spans

    def _officers(self) -> Iterator[Violation]:
        """As the events tell of it: whom each body in charge gave it to since it has it."""
        told: dict[str, str] = {}
        for change in self.changes:
            event, after = change.event, change.after
            if event.type == EventType.ASSIGNED_TO_OFFICER:
                told[str(event.actor_agency)] = event.data["officer"]
            told = {body: to for body, to in told.items() if to and body in after.in_charge}
            if after.officers != told:
                yield self._broken(Invariant.OWN_OFFICER, event.seq, f"{after.officers}, not {told}")
        private = {event.seq for event in self.history if event.type in WITHIN_A_BODY}
        for recipient, heard in self.world.told_at[self.id].items():
            if private & {seq for seq, _ in heard}:
                yield self._broken(Invariant.OWN_OFFICER, min(private), f"{recipient} was told")

    def _bodies_told(self) -> Iterator[Violation]:
        """Every event but what a body does within itself: to those in charge, and to one that has just passed it on."""
        wanted: dict[str, list[int]] = {}
        for change in self.changes:
            after, event = change.after, change.event
            left = event.data.get("from") if event.type in HANDED else None
            if event.type in WITHIN_A_BODY:
                continue
            for body in {after.agency_id, left, *after.escalated_to} - {None}:
                wanted.setdefault(agency(str(body)), []).append(event.seq)
        told = {
            recipient: sorted(seq for seq, _ in told)
            for recipient, told in self.world.told_at[self.id].items()
            if not is_person(recipient)
        }
        if {name: sorted(set(seqs)) for name, seqs in told.items()} != wanted:
            yield self._broken(Invariant.TOLD, self.last.version, f"bodies {told}, not {wanted}")

    def _telling(self) -> Iterator[Violation]:
        handed_out = self.world.telling.handed_out
        for recipient, told in self.world.told_at[self.id].items():
            numbers = [seq for seq, _ in told]
            if numbers != sorted(numbers):
                yield self._broken(Invariant.TOLD_IN_ORDER, numbers[-1], f"{recipient}: {numbers}")
            if len(numbers) != len(set(numbers)):
                yield self._broken(Invariant.TOLD_ONCE, numbers[-1], f"{recipient}: {numbers}")
            if self.world.telling.was_failing(self.id, recipient):
                continue
            for seq, at in told:
                late = at - handed_out[self.id, seq]
                if late > TOLD_WITHIN:
                    yield self._broken(Invariant.OTHERS, seq, f"{recipient} {late} late")

    def _says_what_happened(self, item: InboxItem) -> bool:
        event, told = self.history[int(item.seq) - 1], event_of(item)
        viewer = viewer_of(item)
        seen = as_seen(event, viewer)
        if seen is None:
            return False
        if self.world.in_words(self.id):
            words = partial(line, language=self.last.language, region=self.world.region, viewer=viewer)
            return words(told) == words(event)
        return (told.type, told.at, told.status, told.data) == (seen.type, seen.at, seen.status, seen.data)


def _concerns_reporter(event: Event) -> bool:
    """Every step of a body or of time that a person must hear of: the rule in words, beside the code's own."""
    if event.actor == ActorKind.CITIZEN or event.data.get("internal"):
        return False
    if event.type in (EventType.PHOTO_REFUSED, EventType.PHOTO_MISSED):
        return event.data.get("by") != ActorKind.AGENCY
    if event.type in _CORRECTED:
        # A part follows its whole, of which they heard.
        return event.actor == ActorKind.AGENCY
    if event.type == EventType.ABSORBED:
        return "due_at" in event.data
    if event.type == EventType.REASSIGNED:
        return event.data.get("role") == "owner"
    return event.type not in _NOT_TOLD


def _concerns_followers(event: Event) -> bool:
    """What happens to the matter, not what is between the body and the one who reported."""
    if event.actor == ActorKind.CITIZEN:
        return event.type in (
            EventType.REFUTED,
            EventType.CLOSED,
            EventType.WITHDRAWN,
            EventType.LEFT_TO_JOINERS,
            *_CORRECTED,
        )
    between = (
        EventType.COMMENTED,
        EventType.QUESTION_ASKED,
        EventType.PHOTO_REFUSED,
        EventType.PHOTO_MISSED,
    )
    return _concerns_reporter(event) and event.type not in between


@dataclass
class _Terms:
    """The terms that run, as the history tells of them; `since` is when they last began to matter."""

    answer: datetime | None = None
    acknowledgement: datetime | None = None
    since: datetime | None = None
    running: bool = False

    def due(self, missed: str) -> datetime | None:
        return self.acknowledgement if missed == Missed.LATE_ACKNOWLEDGEMENT else self.answer

    def missed_for(self, now: datetime) -> timedelta | None:
        """For how long a term has been missed and nothing done."""
        if not self.running:
            return None
        terms = [term for term in (self.answer, self.acknowledgement) if term is not None]
        passed = [now - max(term, self.since or term) for term in terms if term <= now]
        return max(passed, default=None)

    def take(self, event: Event, after: Complaint, now: datetime) -> None:
        if due_at := event.data.get("due_at"):
            self.answer = parse_iso(due_at)
        if event.data.get("exhausted"):
            self.answer = None
        self.acknowledgement = after.acknowledge_by if event.status == Status.ASSIGNED else None
        running = event.status in WITH_AGENCY and not after.overdue
        if (running and not self.running) or event.type in _SETS:
            self.since = now
        self.running = running


_CORRECTED = (EventType.RECATEGORISED, EventType.RELOCATED)
_NOT_TOLD = frozenset(
    {
        EventType.SUBMITTED,
        EventType.PHOTO_EXPECTED,
        EventType.PHOTO_ADDED,
        EventType.DEADLINE_NEAR,
        EventType.WITHDRAWN,
        EventType.ASSIGNED_TO_OFFICER,
        EventType.HIDDEN,
        EventType.UNHIDDEN,
        EventType.FLAGGED,
        EventType.PHOTO_REDACTED,
    }
)
_GIVES = HANDED | {EventType.ASSIGNED, EventType.ESCALATED}
_SETS = _GIVES | {EventType.DEADLINE_EXTENDED, EventType.DEADLINE_MOVED, EventType.ABSORBED}


def _allowed(event: Event, status: Status) -> bool:
    fresh = event.type == EventType.REASSIGNED and status in WITH_AGENCY and event.status == Status.ASSIGNED
    return any(
        transition.event == event.type
        and status in transition.sources
        and event.actor in transition.actors
        and (
            event.status == (transition.target or status)
            # Its new owner has not seen it.
            or fresh
            # The last photo that was waited for completes the complaint.
            or (status == Status.AWAITING_PHOTOS and event.status == Status.SUBMITTED)
            # What is put right and another body's by that has not been seen by that one.
            or (event.type in _CORRECTED and "to" in event.data and event.status == Status.ASSIGNED)
        )
        for transition in TRANSITIONS.values()
    )
