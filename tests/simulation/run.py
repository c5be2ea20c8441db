"""Worlds one after the other, so that a million lives need no more memory than some thousand."""

import gc
from collections.abc import Iterator
from dataclasses import replace

from tests.simulation.faults import Planted, Rates
from tests.simulation.invariants import Findings, judge
from tests.simulation.world import World

BATCH = 4_000


def run(
    *, count: int, seed: str, rates: Rates | None = None, planted: frozenset[Planted] = frozenset()
) -> Iterator[tuple[int, Findings]]:
    """For each world, how many complaints are through and what was found; ids are led by their batch."""
    done = 0
    for batch in range(-(-count // BATCH)):
        findings = _judged(world_of(batch, count=count, seed=seed, rates=rates, planted=planted))
        findings.violations = [
            replace(violation, complaint_id=f"{batch}/{violation.complaint_id}")
            for violation in findings.violations
        ]
        done += min(BATCH, count - batch * BATCH)
        yield done, findings


def _judged(world: World) -> Findings:
    """Without the garbage collector: it would look through every life again and again and find nothing."""
    gc.collect()
    gc.disable()
    try:
        world.run()
        return judge(world)
    finally:
        gc.enable()


def world_of(batch: int, *, count: int, seed: str, rates: Rates | None, planted: frozenset[Planted]) -> World:
    return World(
        count=min(BATCH, count - batch * BATCH),
        seed=f"{seed}-{batch}",
        rates=rates,
        planted=planted,
        words_of=50,
    )
