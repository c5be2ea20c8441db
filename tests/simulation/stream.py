"""The table's stream as AWS may hand it out: each complaint's changes in their order, batches of several complaints side
by side, batches again after a crash, some twice, and shards that split; and what is set aside by who cannot be told.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from functions.complaints.behind import Behind, pause
from functions.edge.stream import Batch
from functions.records.outbox import Published
from tests.simulation.faults import Crash, Crasher, Planted

if TYPE_CHECKING:
    from tests.simulation.world import World

SHARDS: Final = 8
SPLIT_EVERY: Final = timedelta(days=20)
BATCH: Final = 100


@dataclass
class _Lane:
    """What Lambda works off one batch after the other: of one shard those whose keys go together."""

    records: list[Published] = field(default_factory=list)
    position: int = 0
    is_busy: bool = False


class Stream:
    """One consumer's. `handed_out` is when each event first was."""

    def __init__(
        self,
        world: "World",
        *,
        handle: Callable[[Published, str, Crasher], None],
        to: Callable[[Published], Iterable[str]],
        in_order: bool,
    ) -> None:
        self._world, self._handle, self._to, self._in_order = world, handle, to, in_order
        self._lanes: dict[tuple[int, int], _Lane] = defaultdict(_Lane)
        self._lane_of: dict[str, tuple[int, int]] = {}
        self._behind: dict[str, Behind] = {}
        self._records: dict[str, dict[int, Published]] = defaultdict(dict)
        self._fails_until: dict[tuple[str, str], datetime | None] = {}
        self.handed_out: dict[tuple[str, int], datetime] = {}

    @property
    def behind(self) -> Mapping[str, Behind]:
        return self._behind

    def was_failing(self, complaint_id: str, recipient: str) -> bool:
        return self._fails_until.get((complaint_id, recipient)) is not None

    def publish(self, record: Published) -> None:
        complaint_id = record.event.complaint_id
        self._records[complaint_id][record.event.seq] = record
        key = self._lane_now(complaint_id)
        before = self._lane_of.get(complaint_id)
        if before is not None and before != key:
            parent = self._lanes[before]
            # A shard's children are read when it has been read to its end.
            if parent.is_busy or parent.position < len(parent.records):
                key = before
        self._lane_of[complaint_id] = key
        lane = self._lanes[key]
        lane.records.append(record)
        self._wake(lane)

    def _lane_now(self, complaint_id: str) -> tuple[int, int]:
        splits = (self._world.now - self._world.began) // SPLIT_EVERY
        shards = SHARDS * 2**splits
        return int(splits), sum(map(ord, complaint_id)) % shards

    def _wake(self, lane: _Lane) -> None:
        if lane.is_busy:
            return
        lane.is_busy = True
        world = self._world
        slow = world.chance(world.rates.slow_stream)
        delay = world.random.expovariate(1 / 120) if slow else world.random.uniform(0.1, 1.0)
        world.after(delay, partial(self._work, lane))

    def _work(self, lane: _Lane) -> None:
        world = self._world
        records = lane.records[lane.position : lane.position + world.random.randint(1, BATCH)]
        for each in records:
            self.handed_out.setdefault((each.event.complaint_id, each.event.seq), world.now)
        try:
            self._consume(records)
        except Crash:
            world.faults["batches again"] += 1
            world.after(world.random.uniform(1, 30), partial(self._work, lane))
            return
        lane.position += len(records)
        if world.chance(world.rates.twice):
            world.faults["records twice"] += 1
            lane.position = max(0, lane.position - world.random.randint(1, 20))
        lane.is_busy = False
        if lane.position < len(lane.records):
            self._wake(lane)

    def _consume(self, records: Sequence[Published]) -> None:
        """As `functions.edge.stream.consume` does it, with what is set aside in memory."""
        crasher = self._crasher()
        known = {each.event.complaint_id for each in records} & self._behind.keys() if self._in_order else ()
        behind = {each: self._behind[each] for each in known}
        batch = Batch(records, behind={} if Planted.AHEAD in self._world.planted else behind)
        self._tell(batch, crasher)
        seen = {each.event.complaint_id: each.event.seq for each in records}
        for complaint_id, fallen in batch.fallen_behind.items():
            crasher.around(self._set_aside, complaint_id, fallen, seen[complaint_id])

    def _set_aside(self, complaint_id: str, failed: Mapping[str, int], seen: int) -> None:
        before = self._behind.get(complaint_id)
        if before is None:
            self._world.faults["set aside"] += 1
            self._try_later(complaint_id, tries=0)
        self._behind[complaint_id] = (before or Behind(waiting={}, seen=seen)).joined_by(failed, seen=seen)

    def _try_later(self, complaint_id: str, *, tries: int) -> None:
        late = timedelta(seconds=self._world.random.uniform(0, 60))
        self._world.at(self._world.now + pause(tries) + late, partial(self._retry, complaint_id, tries=tries))

    def _retry(self, complaint_id: str, *, tries: int) -> None:
        """As `functions.edge.stream.retry` does it."""
        behind = self._behind.get(complaint_id)
        if behind is None:
            return
        self._world.faults["tried again"] += 1
        self._try_later(complaint_id, tries=tries + 1)
        crasher = self._crasher()
        records = self._records[complaint_id]
        numbers = range(min(behind.waiting.values()), behind.seen + 1)
        batch = Batch([records[seq] for seq in numbers], behind={complaint_id: behind}, again=True)
        try:
            self._tell(batch, crasher)
            left = crasher.around(
                self._behind[complaint_id].after_telling,
                through=behind.seen,
                failed=batch.fallen_behind.get(complaint_id, {}),
                tried=behind.waiting,
            )
        except Crash:
            return
        if left is None:
            del self._behind[complaint_id]
        else:
            self._behind[complaint_id] = left

    def _tell(self, batch: Batch, crasher: Crasher) -> None:
        def one(record: Published, recipient: str) -> None:
            if self._fails(record.event.complaint_id, recipient):
                if Planted.HELD_UP in self._world.planted:
                    raise Crash
                raise RuntimeError("planted")
            self._handle(record, recipient, crasher)

        batch.each(one, to=self._to)

    def _fails(self, complaint_id: str, recipient: str) -> bool:
        """Now and then one recipient of one complaint cannot be told, for minutes or for a day."""
        world, key = self._world, (complaint_id, recipient)
        if key not in self._fails_until:
            fails = world.chance(world.rates.recipient_fails)
            hours = world.random.choice((0.05, 1, 12))
            self._fails_until[key] = world.now + timedelta(hours=hours) if fails else None
        until = self._fails_until[key]
        return until is not None and world.now < until

    def _crasher(self) -> Crasher:
        return Crasher(self._world.random, rate=self._world.rates.crash)
