"""Step Functions in memory: executions that read, wait and act as the state machine's definition says, or fail to."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from functions.complaints.change import Change
from functions.complaints.clock import whole_second
from functions.complaints.complaint import Complaint
from functions.complaints.faults import Stale
from functions.complaints.moves.escalation import tick
from functions.complaints.timers import next_timer
from functions.records.move import move
from functions.route.escalation.wake import wake
from tests.simulation.faults import Crash, Planted
from tests.simulation.store import AnyStore

if TYPE_CHECKING:
    from tests.simulation.world import World

PAUSE_S = 2.0
LAMBDA_RETRY_S = 3.0


class Unavailable(Exception):
    """Step Functions does not answer."""


class Watches:
    """`start` and `stop` as `functions.route.watch.Watch` has them."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._known: set[tuple[str, int]] = set()
        self._stopped: set[tuple[str, int]] = set()

    def start(self, complaint_id: str, *, watch_round: int) -> None:
        world = self._world
        if world.outage_until is not None or world.chance(world.rates.start_lost):
            raise Unavailable
        name = (complaint_id, watch_round)
        if name in self._known:
            return
        self._known.add(name)
        if not world.chance(world.rates.execution_lost):
            world.after(world.random.uniform(0.05, 0.3), partial(self._lap, name, None))

    def stop(self, complaint_id: str, *, watch_round: int) -> None:
        if self._world.outage_until is not None:
            raise Unavailable
        if not self._world.chance(self._world.rates.stop_lost):
            self._stopped.add((complaint_id, watch_round))

    def _lap(self, name: tuple[str, int], waited: datetime | None) -> None:
        """Read, and decide: Done, Wait or Act."""
        world = self._world
        if name in self._stopped:
            return
        if world.outage_until is not None:
            if world.chance(0.5):
                world.at(world.outage_until, partial(self._lap, name, waited))
            return
        complaint = world.store.get(name[0])
        timer = next_timer(complaint)
        if timer is None or complaint.watch_round != name[1]:
            return
        watch_at = whole_second(timer.at)
        if watch_at == waited:
            world.after(world.random.uniform(0.02, 0.3), partial(self._act, name, complaint, waited))
            if world.chance(world.rates.second_timer):
                world.after(world.random.expovariate(1 / 600), partial(self._call, complaint))
            return
        wakes = max(watch_at, world.now)
        if world.chance(world.rates.early_timer):
            wakes = max(wakes - timedelta(seconds=world.random.uniform(0, 1.5)), world.now)
        elif world.chance(world.rates.late_timer):
            wakes += timedelta(seconds=world.random.expovariate(1 / 1800))
        world.at(wakes + timedelta(milliseconds=50), partial(self._lap, name, watch_at))

    def _act(self, name: tuple[str, int], seen: Complaint, waited: datetime) -> None:
        try:
            acted = self._call(seen)
        except Crash:
            self._world.after(LAMBDA_RETRY_S, partial(self._act, name, seen, waited))
            return
        self._world.after(0.1 if acted else PAUSE_S, partial(self._lap, name, waited))

    def _call(self, seen: Complaint) -> bool:
        """The function `escalate`, with what the execution read when it decided to call it."""
        world = self._world
        if Planted.STALE in world.planted:
            return world.actor(partial(_stale, world, seen), racing=seen.id)
        return world.actor(partial(self._wake, seen), racing=seen.id)

    def _wake(self, seen: Complaint, store: AnyStore) -> bool:
        world = self._world
        now, version = world.now, seen.deadline_version
        if world.planted & {Planted.FENCE, Planted.TIMER}:
            present = store.get(seen.id)
            timer = next_timer(present)
            if Planted.TIMER in world.planted and timer is not None:
                now = max(now, timer.at)
            if Planted.FENCE in world.planted:
                version = present.deadline_version
        return wake(seen.id, deadline_version=version, store=store, region=world.region, now=now)


def _stale(world: "World", seen: Complaint, store: AnyStore) -> bool:
    """A planted bug: what the timer saw is believed, whatever has changed since."""

    def decide(complaint: Complaint) -> Change | None:
        believed = replace(
            complaint,
            status=seen.status,
            due_at=seen.due_at,
            near_at=seen.near_at,
            acknowledge_by=seen.acknowledge_by,
        )
        return tick(believed, region=world.region, now=world.now)

    try:
        _, change = move(store, seen.id, decide)
    except Stale:
        return False
    return change is not None
