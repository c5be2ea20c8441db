"""Complaints in memory, with the semantics of `ComplaintStore.write`: whole or not at all, and refused as there."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from functions.complaints.change import Change
from functions.complaints.clock import whole_second
from functions.complaints.complaint import ENDED, ActorKind, Complaint, Status
from functions.complaints.faults import NotFound, Stale
from functions.complaints.personal import without_person, without_words
from functions.complaints.timers import next_timer
from functions.records.outbox import Published
from functions.records.requests import Request, RequestSeen
from functions.records.transaction import AlreadyJoined, NotJoined, NumberTaken
from tests.simulation.faults import Crasher, Planted


class MemoryStore:
    """`published` is called for each event, as the table's stream would hand it out.

    `changes` keeps what was written, in the order of the writes, and `written_at` when, for the invariants.
    """

    def __init__(
        self,
        *,
        published: Callable[[Published], None],
        now: Callable[[], datetime],
        planted: frozenset[Planted],
    ) -> None:
        self.written_at: dict[str, list[datetime]] = defaultdict(list)
        self._now = now
        self.changes: dict[str, list[Change]] = defaultdict(list)
        self.followers: dict[str, set[str]] = defaultdict(set)
        self.joined_at: dict[tuple[str, str], datetime] = {}
        self._published = published
        self._planted = planted
        self._complaints: dict[str, Complaint] = {}
        self._numbers: set[str] = set()
        self._requests: dict[str, RequestSeen] = {}
        self._timers: list[tuple[datetime, str]] = []
        self._timer_of: dict[str, datetime] = {}
        self._held: dict[str, dict[str, None]] = defaultdict(dict)
        self._of_category: dict[str, dict[str, None]] = defaultdict(dict)

    def __contains__(self, complaint_id: str) -> bool:
        return complaint_id in self._complaints

    def get(self, complaint_id: str) -> Complaint:
        try:
            return self._complaints[complaint_id]
        except KeyError:
            raise NotFound(complaint_id) from None

    def parts(self, complaint: Complaint) -> tuple[Complaint, ...]:
        found = map(self._complaints.get, complaint.children)
        return tuple(part for part in found if part is not None)

    def seen(self, request: Request) -> RequestSeen | None:
        return self._requests.get(request.pk)

    def write(self, change: Change, *, request: Request | None = None) -> None:
        first, after = change.first, change.after
        self._check(first, request)
        if (
            Planted.WRITE in self._planted
            and first.event.actor != ActorKind.SYSTEM
            and first.after.version % 3 == 0
        ):
            return
        if first.before is None:
            self._numbers.add(after.number)
        if request is not None:
            self._requests[request.pk] = RequestSeen(
                complaint_id=after.id, digest=request.digest, seq=first.event.seq
            )
        if first.follower is not None:
            self.followers[after.id].add(first.follower)
            self.joined_at[after.id, first.follower] = after.changed_at
        if first.leaver is not None:
            self.followers[after.id].discard(first.leaver)
        self._list(self._complaints.get(after.id), after)
        self._complaints[after.id] = after
        self._index(after)
        for step in map(self._tampered, change.steps):
            self.changes[after.id].append(step)
            self.written_at[after.id].append(self._now())
        for record in published(change):
            self._published(record)

    def _tampered(self, step: Change) -> Change:
        if Planted.HASH not in self._planted or step.event.seq % 7:
            return step
        return replace(
            step, event=replace(step.event, data=dict(step.event.data) | {"added": "after the seal"})
        )

    def erase(self, person: str) -> None:
        """As `erasure.erase_person` does: no event, no new version, and the person is gone."""
        for complaint_id, complaint in self._complaints.items():
            if complaint.reporter == person:
                self._complaints[complaint_id] = without_person(without_words(complaint))
        for joined in self.followers.values():
            joined.discard(person)

    def erase_left(self, complaint_id: str, seq: int) -> None:
        """As `erasure.erase_left` does, of the parts: `changes` are the history as it was written."""
        for part in self.parts(self.get(complaint_id)):
            if part.reporter is not None:
                self._complaints[part.id] = without_person(without_words(part))

    def ids(self) -> tuple[str, ...]:
        return tuple(self._complaints)

    def due_before(self, instant: datetime) -> Iterator[str]:
        """The ids whose timer had run out, longest overdue first."""
        found = []
        while self._timers and self._timers[0][0] < instant:
            entry = heapq.heappop(self._timers)
            if self._timer_of.get(entry[1]) == entry[0]:
                found.append(entry)
        for entry in found:
            heapq.heappush(self._timers, entry)
        yield from dict.fromkeys(complaint_id for _, complaint_id in found)

    def has_timer_before(self, instant: datetime) -> bool:
        while self._timers and self._timer_of.get(self._timers[0][1]) != self._timers[0][0]:
            heapq.heappop(self._timers)
        return bool(self._timers) and self._timers[0][0] < instant

    def with_timer(self) -> Iterator[str]:
        yield from tuple(self._timer_of)

    @property
    def has_timers(self) -> bool:
        return bool(self._timer_of)

    def held_by(self, agency_id: str) -> Iterator[str]:
        yield from tuple(self._held[agency_id])

    def of_category(self, category_id: str, *, agencies: Iterable[str]) -> Iterator[str]:
        yield from tuple(self._of_category[category_id])

    def _check(self, change: Change, request: Request | None) -> None:
        """The reasons in the order in which the table names them."""
        after = change.after
        if request is not None and request.pk in self._requests:
            raise self._requests[request.pk]
        if change.follower is not None and change.follower in self.followers[after.id]:
            raise AlreadyJoined
        if change.leaver is not None and change.leaver not in self.followers[after.id]:
            raise NotJoined
        if change.speaker is not None and change.speaker not in self.followers[after.id]:
            raise NotJoined
        if change.beside is not None and self._complaints[change.beside.id].version != change.beside.version:
            raise Stale
        if change.before is None:
            if after.number in self._numbers and after.id not in self._complaints:
                raise NumberTaken(after.number)
            if after.id in self._complaints:
                raise Stale
            whole = None if after.parent_id is None else self._complaints[after.parent_id]
            if whole is not None and (whole.status == Status.WITHDRAWN or whole.reporter != after.reporter):
                raise Stale
        elif Planted.CONDITION not in self._planted:
            stored = self._complaints[after.id]
            if (stored.version, stored.status) != (change.before.version, change.before.status):
                raise Stale
            if change.before.reporter not in (None, stored.reporter):
                raise Stale

    def _list(self, before: Complaint | None, after: Complaint) -> None:
        """Who has it while it is open, as worklists do."""
        for each in () if before is None else before.in_charge:
            self._held[each].pop(after.id, None)
        if before is not None:
            self._of_category[before.category].pop(after.id, None)
        if after.agency_id is None or after.status in ENDED:
            return
        for each in after.in_charge:
            self._held[each][after.id] = None
        self._of_category[after.category][after.id] = None

    def _index(self, after: Complaint) -> None:
        timer = next_timer(after)
        if timer is None:
            self._timer_of.pop(after.id, None)
            return
        at = whole_second(timer.at)
        if self._timer_of.get(after.id) != at:
            self._timer_of[after.id] = at
            heapq.heappush(self._timers, (at, after.id))


class CrashingStore:
    """A store whose user dies around one of its calls."""

    def __init__(self, store: MemoryStore, crasher: Crasher) -> None:
        self._store, self._crasher = store, crasher

    def get(self, complaint_id: str) -> Complaint:
        return self._crasher.around(self._store.get, complaint_id)

    def parts(self, complaint: Complaint) -> tuple[Complaint, ...]:
        return self._crasher.around(self._store.parts, complaint)

    def seen(self, request: Request) -> RequestSeen | None:
        return self._crasher.around(self._store.seen, request)

    def write(self, change: Change, *, request: Request | None = None) -> None:
        self._crasher.around(self._store.write, change, request=request)


class RacingStore:
    """A store in which somebody else's change comes between the reading and the writing, once."""

    def __init__(self, store: MemoryStore | CrashingStore, rival: Callable[[], None]) -> None:
        self._store, self._rival = store, rival
        self._raced = False

    def get(self, complaint_id: str) -> Complaint:
        return self._store.get(complaint_id)

    def parts(self, complaint: Complaint) -> tuple[Complaint, ...]:
        return self._store.parts(complaint)

    def seen(self, request: Request) -> RequestSeen | None:
        return self._store.seen(request)

    def write(self, change: Change, *, request: Request | None = None) -> None:
        if not self._raced:
            self._raced = True
            self._rival()
        self._store.write(change, request=request)


type AnyStore = MemoryStore | CrashingStore | RacingStore


def published(change: Change) -> tuple[Published, ...]:
    """What the stream says of a change (see `codec.event_item` and `outbox.published_by`)."""
    *before, last = map(_published, change.steps)
    return (*(replace(each, carried_on=True) for each in before), last)


def _published(change: Change) -> Published:
    after = change.after
    timer = next_timer(after)
    return Published(
        event=change.event,
        visible=change.visible,
        number=after.number,
        region=after.region,
        category=after.category,
        agency_id=after.agency_id,
        escalated_to=after.escalated_to,
        escalation_level=after.escalation_level,
        due_at=after.due_at,
        reporter=after.reporter,
        language=after.language,
        joined=after.joined,
        watch_round=after.watch_round,
        started_watch=change.watch_round,
        watch_at=None if timer is None else whole_second(timer.at),
        parent_id=after.parent_id,
        correlation_id=None,
    )
