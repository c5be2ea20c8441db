"""How long a healthy endpoint's deliveries take beside endpoints that do not answer, against alone.

The real sender on real sockets with its real limits, one pool of workers for all. Turns of alone and beside alternate;
each has new subscriptions at every kind of bad endpoint, so that none of them is known to be bad. A delivery's time is
from when it is handed to the pool until it is recorded.
"""

import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module, reload
from pathlib import Path
from typing import Any, Final

from functions.notify.webhooks.transport import TOTAL_TIMEOUT
from tests.bench.report import Row, Table, milliseconds, say
from tests.dynamodb import prepare_environment
from tests.functions.test_webhook_transport import ok, saying
from tests.functions.webhook_street import HEALTHY, HOLDING, Street, local_stage, mixed
from tests.region_fixture import RAW

DELIVERIES: Final = 150
BAD_DELIVERIES: Final = 20
WORKERS: Final = 50
EVERY_S: Final = 0.02
ANSWERS_AFTER_S: Final = 0.05
REACH: Final = 1.1


def measure(*, turns: int) -> Sequence[Table]:
    prepare_environment()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(local_stage(RAW, Path(folder)))
        # It may have been loaded for another region before.
        handler = reload(import_module("functions.notify.webhooks.handler"))
    with Street(handler, healthy=_after(ANSWERS_AFTER_S), trickle=1.0) as street:
        alone, beside = _turns(street, turns)
        return [_table(street, alone, beside, turns=turns)]


def _turns(street: Street, turns: int) -> tuple[list[float], list[float]]:
    alone: list[float] = []
    beside: list[float] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        _block(street, pool, [], prefix="warm")
        for turn in range(turns):
            alone += _block(street, pool, [], prefix=f"alone{turn}-")
            bad = mixed(*(street.nudges(name, BAD_DELIVERIES) for name in street.new_bad_ones(turn)))
            beside += _block(street, pool, bad, prefix=f"beside{turn}-")
            say(f"  turn {turn + 1} of {turns}")
    return alone, beside


def _block(street: Street, pool: ThreadPoolExecutor, bad: Sequence[Any], *, prefix: str) -> list[float]:
    """Deliveries one after the other at a steady pace, with each one of the bad ones'; ends when all have.

    On Lambda other containers have processors of their own: all of a block at once would measure this process's.
    """
    waiting = iter(bad)
    took: list[float] = []
    made: list[Future[None]] = []
    for nudge in street.nudges(HEALTHY, DELIVERIES, prefix=prefix):
        if (other := next(waiting, None)) is not None:
            made.append(pool.submit(street.work, other))
        made.append(pool.submit(_timed, street, nudge, time.perf_counter(), took.append))
        time.sleep(EVERY_S)
    for each in made:
        each.result()
    return took


def _timed(street: Street, nudge: Any, began: float, note: Callable[[float], None]) -> None:
    street.work(nudge)
    note(time.perf_counter() - began)


def _after(seconds: float) -> Any:
    def behaviour(connection: Any, request: bytes) -> None:
        time.sleep(seconds)
        saying(ok())(connection, request)

    return behaviour


def _table(street: Street, alone: list[float], beside: list[float], *, turns: int) -> Table:
    attempts = {name: made for name, made in street.attempts.items() if name != HEALTHY}
    by_kind: Counter[str] = Counter()
    for name, made in attempts.items():
        by_kind[name.rpartition(" ")[0]] += len(made)
    held = max(most for name, most in street.most.items() if name.rpartition(" ")[0] in HOLDING)
    longest = max(each.latency_ms for made in attempts.values() for each in made) / 1000
    return Table(
        title="A healthy endpoint beside bad ones",
        against="the same endpoint alone, in turns of the same run",
        columns=("alone, ms", "beside, ms", "ratio"),
        rows=[
            _compared("median", statistics.median, alone, beside),
            _compared("p99", lambda values: statistics.quantiles(values, n=100)[-1], alone, beside, REACH),
            Row(
                name="longest attempt at a bad one",
                cells=["", f"{longest * 1000:,.0f}", f"{longest / TOTAL_TIMEOUT:.3f} of the limit"],
                value=longest / TOTAL_TIMEOUT,
                # What a thread that is not scheduled at once adds.
                target=1.02,
            ),
        ],
        notes=[
            f"{len(alone):,} deliveries of each, one every {EVERY_S * 1000:.0f} ms, to an endpoint that answers after "
            f"{ANSWERS_AFTER_S * 1000:.0f} ms; {WORKERS} workers for all. Beside: "
            + ", ".join(f"{kind} ({count} attempts)" for kind, count in sorted(by_kind.items()))
            + f", {turns} new subscriptions of each kind with {BAD_DELIVERIES} deliveries waiting. One that holds an "
            f"attempt until its limit of {TOTAL_TIMEOUT:.0f} s held {held} workers at most.",
        ],
    )


def _compared(
    name: str,
    figure: Callable[[list[float]], float],
    alone: list[float],
    beside: list[float],
    target: float | None = None,
) -> Row:
    first, second = figure(alone), figure(beside)
    return Row(
        name=name,
        cells=[milliseconds(first), milliseconds(second), f"{second / first:.3f}"],
        value=second / first,
        target=target,
    )
