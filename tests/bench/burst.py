"""A burst of complaints through the deployed stack on the emulator, against the same hops with empty functions."""

import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local import emulator
from infra.local.assembly import assembly
from infra.local.deployed import REGION_ID, deploy
from infra.region import load_region_file
from tests.bench.chains import Chain, floor, stack
from tests.bench.report import Row, Table, say

MOST: Final = 2.5
AT_ONCE: Final = 4
"""Callers of the API at the same time."""
PARTS: Final = 2
"""Each chain has so many turns, so that what the machine does meanwhile falls on both."""
WARM: Final = 5
QUIET_S: Final = 420.0
"""After so long without anything new, what has not come is lost: longer than a webhook waits for its next try."""
PATIENCE_S: Final = 1500.0


@dataclass(frozen=True, kw_only=True)
class Passage:
    """When one was accepted and came to each place, in seconds of the Unix epoch; None for what did not come."""

    accepted: float
    pushed: float | None
    received: float | None

    @property
    def is_lost(self) -> bool:
        return self.pushed is None or self.received is None


WAYS: Final = {"accepted → the agency's webhook": "received", "accepted → the citizen's push": "pushed"}
"""By name, where each ends: an attribute of a Passage."""


def measure(*, count: int) -> Sequence[Table]:
    """Both chains in turn, `count` each."""
    region = load_region_file(REGION_ID)
    found: dict[str, list[Passage]] = {}
    with ExitStack() as context:
        folder = Path(context.enter_context(tempfile.TemporaryDirectory()))
        here = context.enter_context(
            emulator.start(region=region.aws_region, account=region.account, state_dir=folder)
        )
        say("  deploying")
        mine = context.enter_context(stack(deploy(here, folder=assembly())))
        its = context.enter_context(floor(here))
        for chain in (mine, its):
            burst(chain, count=WARM)
        for part in range(PARTS):
            for chain in (mine, its) if part % 2 else (its, mine):
                share = count // PARTS + (part < count % PARTS)
                found.setdefault(chain.name, []).extend(burst(chain, count=share))
    return tables(found[mine.name], found[its.name])


def burst(chain: Chain, *, count: int) -> Sequence[Passage]:
    """File `count` as fast as the API takes them, and wait until all of them have come or nothing comes any more."""
    began = time.time()
    with ThreadPoolExecutor(AT_ONCE) as callers:
        accepted = dict(callers.map(lambda number: (chain.file(number), time.time()), range(count)))
    filed = time.time() - began
    _wait(chain, accepted, since=began)
    received, pushed = chain.received(), chain.pushed(since=began)
    say(f"  {chain.name}: {count} accepted in {filed:.0f} s, all through in {time.time() - began:.0f} s")
    return [
        Passage(
            accepted=at,
            pushed=pushed.get(name),
            received=received.get(name),
        )
        for name, at in accepted.items()
    ]


def _wait(chain: Chain, accepted: Mapping[str, float], *, since: float) -> None:
    end, came, last = time.monotonic() + PATIENCE_S, -1, time.monotonic()
    while time.monotonic() < min(end, last + QUIET_S):
        missing = len(accepted.keys() - chain.received().keys())
        if missing == 0:
            missing += len(accepted.keys() - chain.pushed(since=since).keys())
            if missing == 0:
                return
        if missing != came:
            came, last = missing, time.monotonic()
        time.sleep(0.5)


def tables(mine: Sequence[Passage], its: Sequence[Passage]) -> Sequence[Table]:
    lost = sum(each.is_lost for each in mine)
    lost_row = Row(name="lost", cells=[f"{lost} of {len(mine)}", "", ""], value=lost, target=0)
    return [
        Table(
            title=f"A burst of {len(mine):,} complaints through the deployed stack",
            against="the same hops with empty functions, on the same emulator in the same run",
            columns=("p50, s / s", "p95, s / s", "ratio of p95"),
            rows=[lost_row, *(_row(name, end, mine, its) for name, end in WAYS.items())],
            notes=(
                f"{AT_ONCE} callers file as fast as the API takes them, in {PARTS} turns with the empty chain. The "
                "emulator runs one batch of a stream at a time, whichever function it is for, and costs some 50 ms an "
                "invocation: absolute times are its own, and the queue before it grows with the burst.",
            ),
        ),
    ]


def _row(name: str, end: str, mine: Sequence[Passage], its: Sequence[Passage]) -> Row:
    subject, base = _taken(mine, end), _taken(its, end)
    ratio = _percentile(subject, 95) / _percentile(base, 95)
    cells = [f"{_percentile(subject, share):.2f} / {_percentile(base, share):.2f}" for share in (50, 95)]
    return Row(name=name, cells=[*cells, f"{ratio:.2f}"], value=ratio, target=MOST)


def _taken(passages: Sequence[Passage], end: str) -> Sequence[float]:
    """Seconds, of those that came so far."""
    came = ((each.accepted, getattr(each, end)) for each in passages)
    return [at - accepted for accepted, at in came if at is not None]


def _percentile(values: Sequence[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]
