"""`python -m tests.interleavings --count 10000 --seed 1`: random interleavings of workers, each a world of its own; what
came of them, and exits with 1 if a complaint's events ever came out of order.

With `--write` the result becomes a section of docs/benchmark.md.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.bench.report import machine, write
from tests.functions.test_webhook_order import histories

BATCH = 50


@dataclass(frozen=True, kw_only=True)
class Result:
    count: int
    complaints: int
    distinct: int
    interruptions: int
    deaths: int
    set_aside: int
    seconds: float

    def markdown(self) -> str:
        return (
            "## Order in random interleavings\n\n"
            f"{self.count:,} worlds of {self.complaints} complaints, each played in a random interleaving of its own; "
            f"{self.distinct:,} different ones. Workers were interrupted by others {self.interruptions:,} times and died "
            f"{self.deaths:,} times, endpoints failed, nudges were lost; the stream came in batches, some twice, and "
            f"somebody was set aside and tried again {self.set_aside:,} times. Every event came to the body's webhooks "
            f"and feed and to the person, each complaint's in order, and none once more than a worker's death explains.\n\n"
            f"{time.strftime('%-d %B %Y')}, {self.seconds:.0f} s, {machine()}."
        )


def run(*, count: int, seed: int, complaints: int, workers: int) -> Result:
    """Raises AssertionError for a world in which something is wrong."""
    began = time.monotonic()
    starts = range(seed * 10**7, seed * 10**7 + count, BATCH)
    played = []
    with ProcessPoolExecutor(workers) as pool:
        for found in pool.map(_batch, [(start, complaints) for start in starts]):
            played += found
    return Result(
        count=len(played),
        complaints=complaints,
        distinct=len({each.digest for each in played}),
        interruptions=sum(each.interruptions for each in played),
        deaths=sum(each.deaths for each in played),
        set_aside=sum(each.set_aside for each in played),
        seconds=time.monotonic() - began,
    )


def _batch(of: tuple[int, int]) -> Sequence[object]:
    start, complaints = of
    return list(histories(BATCH, first=start, complaints=complaints))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.interleavings", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="worlds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--complaints", type=int, default=100, help="in each")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--write", action="store_true", help="into docs/benchmark.md")
    chosen = parser.parse_args()
    try:
        result = run(
            count=chosen.count, seed=chosen.seed, complaints=chosen.complaints, workers=chosen.workers
        )
    except AssertionError as error:
        print(error, file=sys.stderr)
        return 1
    print(result.markdown())
    if chosen.write:
        write({"interleavings": result.markdown()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
