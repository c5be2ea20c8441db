"""One world of some thousand complaints: a clock that jumps from event to event, and everything wired to it."""

import heapq
import itertools
import logging
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from unittest import mock

from ulid import PureRandomPolicy, ULIDGenerator

from functions.complaints.behind import EVERYBODY, agency, is_person, name_of, person
from functions.notify.outbox.deliveries import concerned
from functions.notify.outbox.inbox import (
    for_followers,
    for_reporter,
    had_joined,
    inbox_item,
    may_have_followers,
)
from functions.records.outbox import Published
from functions.records.people.inbox import InboxItem
from functions.route.assignment.consumer import on_event
from functions.route.escalation.moving import move_on
from functions.route.escalation.sweep import GRACE, sweep
from functions.route.recompute import apply
from tests.simulation.actors import Cast
from tests.simulation.faults import Crash, Crasher, Planted, Rates
from tests.simulation.region import RETIREMENTS, moved_days, region
from tests.simulation.store import AnyStore, CrashingStore, MemoryStore, RacingStore
from tests.simulation.stream import Stream
from tests.simulation.watch import Watches

BEGIN = datetime(2026, 2, 2, 3, tzinfo=UTC)
ARRIVALS = timedelta(days=45)
# So far beyond the last arrival that whoever answers after a year still sees it closed; a run ends when nothing waits.
LAST = BEGIN + timedelta(days=1_000)
SWEEP_EVERY = timedelta(minutes=5)
SWEEP_TRIED_AGAIN = timedelta(minutes=1)


type Inbox = list[InboxItem]
"""What one person was told of one complaint, in the order in which it came."""


class World:
    """`tell_all` compares every line of the inbox word for word; else every fiftieth complaint's."""

    def __init__(
        self,
        *,
        count: int,
        seed: str,
        rates: Rates | None = None,
        planted: frozenset[Planted] = frozenset(),
        words_of: int = 50,
    ) -> None:
        self.random = Random(seed)
        self.now = BEGIN
        self.rates = rates or Rates()
        self.planted = planted
        self._calendar: dict[str, list[str]] = {}
        self._retired: dict[tuple[str, str], dict[str, str | None]] = {}
        self.region = region()
        self.store = MemoryStore(published=self._publish, now=lambda: self.now, planted=planted)
        self.outage_until: datetime | None = None
        self.began = BEGIN
        self.told: dict[str, dict[str, Inbox]] = defaultdict(lambda: defaultdict(list))
        self.told_at: dict[str, dict[str, list[tuple[int, datetime]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._told: set[tuple[str, str, int]] = set()
        self.confirmed: list[tuple[str, int, str]] = []
        self.broken: list[tuple[str, int, str]] = []
        self.faults: Counter[str] = Counter()
        self._watches = Watches(self)
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._route = Stream(self, handle=self._carry_on, to=lambda _: (EVERYBODY,), in_order=False)
        self.telling = Stream(self, handle=self._tell, to=self._whom, in_order=True)
        self._words_of = words_of
        self._cast = Cast(self)
        self._racing = False
        for _ in range(count):
            self.at(BEGIN + ARRIVALS * self.random.random(), self._cast.arrives)
        for _ in range(self.rates.outages):
            self.at(BEGIN + ARRIVALS * 1.5 * self.random.random(), self._outage)
        for _ in range(self.rates.calendar_changes):
            self.at(BEGIN + ARRIVALS * self.random.random(), self._calendar_changes)
        for retirement in self.random.sample(RETIREMENTS, self.rates.retirements):
            self.at(BEGIN + ARRIVALS * self.random.random(), partial(self._retires, *retirement))

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def at(self, when: datetime, what: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (when, next(self._order), what))

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        self.at(self.now + timedelta(seconds=seconds), what)

    def run(self) -> None:
        """Until nothing is left to happen and no complaint has a timer, or for 500 days."""
        with self._repeatable():
            swept = BEGIN
            while self.now < LAST and (self._queue or self.store.has_timers):
                next_sweep = swept + SWEEP_EVERY
                if not self._queue or self._queue[0][0] >= next_sweep:
                    if not self._queue and Planted.SWEEP in self.planted:
                        break
                    self.now = swept = next_sweep
                    if Planted.SWEEP not in self.planted:
                        self._sweep()
                        self._move_on()
                    continue
                when, _, what = heapq.heappop(self._queue)
                self.now = max(self.now, when)
                # Whoever is tried again after dying has seen to it; the others stay dead.
                with suppress(Crash):
                    what()

    def actor[T](self, act: Callable[[AnyStore], T], *, racing: str | None = None) -> T:
        """Let somebody act on the store, now and then with a crash, now and then with a rival in between."""
        crasher = Crasher(self.random, rate=self.rates.crash)
        store: AnyStore = self.store
        if crasher.armed:
            store = CrashingStore(self.store, crasher)
        if racing is not None and not self._racing and self.chance(self.rates.race):
            store = RacingStore(store, partial(self._rival, racing))
        try:
            return act(store)
        except Crash:
            self.faults["crashes"] += 1
            raise

    def _rival(self, complaint_id: str) -> None:
        self._racing = True
        self.faults["races"] += 1
        try:
            self._cast.somebody_acts(complaint_id)
        finally:
            self._racing = False

    # What is caused

    def _publish(self, record: Published) -> None:
        self._route.publish(record)
        self.telling.publish(record)

    def _carry_on(self, record: Published, recipient: str, crasher: Crasher) -> None:
        if Planted.OUTBOX in self.planted and self.chance(0.25):
            return
        watches = _CrashingWatches(self._watches, crasher)
        store = CrashingStore(self.store, crasher)
        try:
            on_event(
                record,
                store=store,
                watch=watches,
                erase_left=partial(crasher.around, self.store.erase_left),
                copy_changed=lambda *_: None,
                followers=lambda each: sorted(self.store.followers[each]),
                region=self.region,
                now=lambda: self.now,
            )
        except Exception as error:
            # What is tried again must not be for a fault of ours.
            self.broken.append((record.event.complaint_id, record.event.seq, repr(error)))
            raise

    def _whom(self, record: Published) -> Iterator[str]:
        """Whom `notify` tells."""
        if for_reporter(record):
            assert record.reporter is not None
            yield person(record.reporter)
        yield from map(agency, concerned(record))
        if may_have_followers(record) and for_followers(record):
            for each in sorted(self.store.followers[record.followed] - {record.reporter}):
                if had_joined(record.event, joined_at=self.store.joined_at[record.followed, each]):
                    yield person(each)

    def _tell(self, record: Published, recipient: str, crasher: Crasher) -> None:
        """What it keeps in whose inbox or lane; only DynamoDB is played."""
        crasher.around(self._keep, record, recipient)

    def _keep(self, record: Published, recipient: str) -> None:
        """Under its key, once, so that telling twice is telling once."""
        event = record.event
        key = (event.complaint_id, recipient, event.seq)
        if key in self._told and Planted.INBOX not in self.planted:
            return
        self._told.add(key)
        self.told_at[event.complaint_id][recipient].append((event.seq, self.now))
        if is_person(recipient):
            subject = name_of(recipient)
            item = inbox_item(record, subject, kept=self.region.inbox_kept.elapsed, now=self.now)
            self.told[event.complaint_id][subject].append(item)

    def in_words(self, complaint_id: str) -> bool:
        """Words cost more than all the rest: those of some complaints are compared, chosen by their number."""
        return self._words_of == 1 or hash_of(complaint_id) % self._words_of == 0

    # What happens to all

    def _sweep(self) -> None:
        if not self.store.has_timer_before(self._swept_at - GRACE):
            return
        self.faults["sweeps with work"] += 1
        try:
            swept = self.actor(
                lambda store: sweep(
                    self.store.due_before, store=store, region=self.region, now=self._swept_at
                )
            )
        except Crash:
            self.after(SWEEP_TRIED_AGAIN.total_seconds(), self._sweep)
        else:
            self.faults["moved by the sweep"] += swept.moved
            self.faults["failed in the sweep"] += swept.failed

    @property
    def _swept_at(self) -> datetime:
        return self.now + timedelta(hours=1) if Planted.CLOCK in self.planted else self.now

    def _retires(self, kind: str, name: str, heir: str | None) -> None:
        """A region file is deployed in which a body or a category is retired from some day to come."""
        self.faults["retirements"] += 1
        day = self.region.calendar.local(self.now).date() + timedelta(days=self.random.randint(1, 10))
        self._retired[kind, name] = {"since": day.isoformat(), "moved_to": heir}
        self.region = region(self._retired, **self._calendar)

    def _move_on(self) -> None:
        if not self._retired or Planted.LEFT in self.planted:
            return
        try:
            on = self.actor(
                lambda store: move_on(self.store, store=store, region=self.region, now=self._swept_at)
            )
        except Crash:
            self.after(SWEEP_TRIED_AGAIN.total_seconds(), self._move_on)
        else:
            self.faults["moved on"] += on.moved
            self.faults["failed to move on"] += on.failed

    def _outage(self) -> None:
        """Step Functions is down for hours."""
        self.faults["outages"] += 1
        until = self.now + timedelta(hours=self.random.uniform(0.5, 8))
        self.outage_until = max(until, self.outage_until or until)
        self.at(self.outage_until, self._over)

    def _over(self) -> None:
        if self.outage_until is not None and self.now >= self.outage_until:
            self.outage_until = None

    def _calendar_changes(self) -> None:
        self.faults["calendar changes"] += 1
        self._calendar = moved_days(self.random)
        self.region = region(self._retired, **self._calendar)
        self._recompute()

    def _recompute(self) -> None:
        """The operator's command; where it dies it is run again."""
        try:
            shifts = self.actor(
                lambda store: list(
                    apply(self.store.with_timer(), store=store, region=self.region, now=lambda: self.now)
                )
            )
        except Crash:
            self.after(60, self._recompute)
        else:
            self.faults["deadlines moved"] += len(shifts)

    def _ulids(self) -> ULIDGenerator:
        return ULIDGenerator(randomness=lambda _: self.random.randbytes(10), policy=PureRandomPolicy())

    @contextmanager
    def _repeatable(self) -> Iterator[None]:
        """Ids drawn from the seed, no real waiting between two tries, no log of what is made to fail."""
        with (
            ExitStack() as stack,
            Path(os.devnull).open("w") as nowhere,
            redirect_stdout(nowhere),
            mock.patch("functions.complaints.ids.ulids", self._ulids()),
            mock.patch("functions.complaints.ids.secrets.choice", self.random.choice),
            mock.patch("functions.records.move.time.sleep"),
            mock.patch("functions.edge.telemetry.logger.append_keys"),
            mock.patch("functions.edge.stream.follow"),
            mock.patch("functions.edge.stream.AT_ONCE", 1),
        ):
            logging.disable(logging.CRITICAL)
            if Planted.LADDER in self.planted:
                stack.enter_context(
                    mock.patch("functions.complaints.moves.escalation.next_rung", return_value=None)
                )
            if Planted.IDLE in self.planted:
                stack.enter_context(
                    mock.patch("functions.complaints.change.without_idle", side_effect=lambda each: each)
                )
            if Planted.HIDING in self.planted:
                stack.enter_context(
                    mock.patch("functions.route.assignment.consumer.follow_hiding", return_value=None)
                )
            if Planted.PROMISE in self.planted:
                stack.enter_context(
                    mock.patch("functions.complaints.moves.correcting.comes_sooner", return_value=True)
                )
            if Planted.SILENCE in self.planted:
                stack.enter_context(
                    mock.patch("functions.complaints.moves.lapses.within_term", return_value=False)
                )
            try:
                yield
            finally:
                logging.disable(logging.NOTSET)


class _CrashingWatches:
    def __init__(self, watches: Watches, crasher: Crasher) -> None:
        self._watches, self._crasher = watches, crasher

    def start(self, complaint_id: str, *, watch_round: int, until: datetime) -> None:
        self._crasher.around(self._watches.start, complaint_id, watch_round=watch_round, until=until)

    def stop(self, complaint_id: str, *, watch_round: int) -> None:
        self._crasher.around(self._watches.stop, complaint_id, watch_round=watch_round)


def hash_of(complaint_id: str) -> int:
    """The same in every process, as `hash` is not."""
    return sum(map(ord, complaint_id))
