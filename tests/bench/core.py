"""How many changes the pure core makes in a second: the transition, its event and the hash that seals it."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import Draft, file
from functions.complaints.region import Region
from tests.bench.measure import Sample
from tests.bench.report import Row, Table
from tests.region_fixture import WEST, region

LIVES: Final = 200
PASSES: Final = 15
MONDAY: Final = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
_AGENCY: Final = Actor(kind=ActorKind.AGENCY, id="housing")
_CITIZEN: Final = Actor(kind=ActorKind.CITIZEN, id="somebody")


def measure() -> Sequence[Table]:
    town = region()
    each = Sample(values=[_pass(town) for _ in range(PASSES)])
    slow, fast = (1 / quartile for quartile in reversed(each.quartiles))
    return [
        Table(
            title="Throughput of the pure core",
            against="nothing; CPU time of this machine",
            columns=("changes a second (quartiles)", "each"),
            rows=[
                Row(
                    name="filed, assigned with its deadline, acknowledged, answered, confirmed",
                    cells=[
                        f"{1 / each.median:,.0f} ({slow:,.0f}–{fast:,.0f})",
                        f"{each.median * 1e6:.0f} µs",
                    ],
                    value=each.median,
                )
            ],
            notes=(f"{PASSES} passes over {LIVES} complaints each.",),
        )
    ]


def _pass(town: Region) -> float:
    """Seconds of CPU for one change."""
    began, made = time.process_time(), 0
    for number in range(LIVES):
        made += len(_life(town, MONDAY + timedelta(seconds=number)))
    return (time.process_time() - began) / made


def _life(town: Region, at: datetime) -> list[Change]:
    draft = Draft(
        category="rubbish",
        comment="Rubbish in the yard has not been collected for a week.",
        lat=WEST[0],
        lon=WEST[1],
        address=None,
        photos=(),
        answers={},
        public_name=None,
        written_at=None,
        language="ru",
    )
    filed = file(draft, region=town, reporter="somebody", now=at)
    assigned = assign(filed.after, region=town, now=at + timedelta(seconds=1))
    seen = agency.acknowledge(assigned.after, by=_AGENCY, now=at + timedelta(hours=1))
    answered = agency.answer(
        seen.after,
        by=_AGENCY,
        outcome="resolved",
        text="Collected.",
        photos=(),
        region=town,
        now=at + timedelta(hours=2),
    )
    closed = citizen.confirm(answered.after, by=_CITIZEN, now=at + timedelta(hours=3))
    return [filed, assigned, seen, answered, closed]
