"""Step Functions in memory: executions that sleep and wake the function as the machine's definition says, or fail to."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.faults import Stale
from functions.complaints.moves.escalation import tick
from functions.complaints.timers import watched_timer
from functions.records.move import move
from functions.route.escalation.wake import wake
from tests.simulation.faults import Crash, Planted
from tests.simulation.store import AnyStore

if TYPE_CHECKING:
    from tests.simulation.world import World

LAMBDA_RETRY_S = 3.0


class Unavailable(Exception):
    """Step Functions does not answer."""


class Watches:
    """`start` and `stop` as `functions.route.watch.Watch` has them."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._known: set[tuple[str, int]] = set()
        self._stopped: set[tuple[str, int]] = set()

    def start(self, complaint_id: str, *, watch_round: int, until: datetime) -> None:
        world = self._world
        if world.outage_until is not None or world.chance(world.rates.start_lost):
            raise Unavailable
        name = (complaint_id, watch_round)
        if name in self._known:
            return
        self._known.add(name)
        if not world.chance(world.rates.execution_lost):
            world.after(world.random.uniform(0.05, 0.3), partial(self._sleep, name, until))

    def stop(self, complaint_id: str, *, watch_round: int) -> None:
        if self._world.outage_until is not None:
            raise Unavailable
        if not self._world.chance(self._world.rates.stop_lost):
            self._stopped.add((complaint_id, watch_round))

    def _sleep(self, name: tuple[str, int], until: datetime) -> None:
        world = self._world
        wakes = max(until, world.now)
        if world.chance(world.rates.early_timer):
            wakes = max(wakes - timedelta(seconds=world.random.uniform(0, 1.5)), world.now)
        elif world.chance(world.rates.late_timer):
            wakes += timedelta(seconds=world.random.expovariate(1 / 1800))
        world.at(wakes + timedelta(milliseconds=50), partial(self._wakes, name))

    def _wakes(self, name: tuple[str, int]) -> None:
        """Have the function called, and sleep on as it says."""
        world = self._world
        if name in self._stopped:
            return
        if world.outage_until is not None:
            if world.chance(0.5):
                world.at(world.outage_until, partial(self._wakes, name))
            return
        seen = world.store.get(name[0])
        world.after(world.random.uniform(0.02, 0.3), partial(self._act, name, seen))
        if world.chance(world.rates.second_timer):
            world.after(world.random.expovariate(1 / 600), partial(self._call, name, seen))

    def _act(self, name: tuple[str, int], seen: Complaint) -> None:
        try:
            until = self._call(name, seen)
        except Crash:
            self._world.after(LAMBDA_RETRY_S, partial(self._act, name, seen))
            return
        if until is not None and name not in self._stopped:
            self._sleep(name, until)

    def _call(self, name: tuple[str, int], seen: Complaint) -> datetime | None:
        """The function `escalation`; what was `seen` when the watch woke is believed by a planted bug alone."""
        world = self._world
        if Planted.STALE in world.planted:
            world.actor(partial(_stale, world, seen), racing=seen.id)
        return world.actor(partial(self._wake, name), racing=seen.id)

    def _wake(self, name: tuple[str, int], store: AnyStore) -> datetime | None:
        world = self._world
        complaint_id, watch_round = name
        now = world.now
        if world.planted & {Planted.FENCE, Planted.TIMER}:
            present = store.get(complaint_id)
            timer = watched_timer(present)
            if Planted.TIMER in world.planted and timer is not None:
                now = max(now, timer.at)
            if Planted.FENCE in world.planted:
                watch_round = present.watch_round
        return wake(complaint_id, watch_round=watch_round, store=store, region=world.region, now=now)


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
