"""Worlds one after the other, so that a million lives need no more memory than some thousand."""

import gc
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

from tests.simulation.faults import Planted, Rates
from tests.simulation.invariants import Findings, judge
from tests.simulation.world import World

BATCH = 4_000


def run(
    *,
    count: int,
    seed: str,
    rates: Rates | None = None,
    planted: frozenset[Planted] = frozenset(),
    workers: int = 1,
) -> Iterator[tuple[int, Findings]]:
    """For each world, how many complaints are through and what was found; ids are led by their batch."""
    judged = partial(_judged, count=count, seed=seed, rates=rates, planted=planted)
    batches = range(-(-count // BATCH))
    if workers == 1 or len(batches) == 1:
        yield from _counted(map(judged, batches), count)
        return
    with ProcessPoolExecutor(max_workers=workers) as pool:
        yield from _counted(pool.map(judged, batches), count)


def _counted(found: Iterable[Findings], count: int) -> Iterator[tuple[int, Findings]]:
    for batch, findings in enumerate(found, start=1):
        yield min(batch * BATCH, count), findings


def _judged(
    batch: int, *, count: int, seed: str, rates: Rates | None, planted: frozenset[Planted]
) -> Findings:
    """Without the garbage collector: it would look through every life again and again and find nothing."""
    world = world_of(batch, count=count, seed=seed, rates=rates, planted=planted)
    # The world before this one, of which nothing is old: it was not looked through.
    gc.collect(0)
    gc.disable()
    try:
        world.run()
        findings = judge(world)
    finally:
        gc.enable()
    findings.violations = [
        replace(violation, complaint_id=f"{batch}/{violation.complaint_id}")
        for violation in findings.violations
    ]
    return findings


def world_of(batch: int, *, count: int, seed: str, rates: Rates | None, planted: frozenset[Planted]) -> World:
    return World(
        count=min(BATCH, count - batch * BATCH),
        seed=f"{seed}-{batch}",
        rates=rates,
        planted=planted,
        words_of=50,
    )
