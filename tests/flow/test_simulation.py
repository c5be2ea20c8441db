"""The simulation holds, and would notice if something did not."""

from functools import cache

import pytest

from tests.simulation.faults import Planted, Rates
from tests.simulation.invariants import LATE_MOST, Findings, Invariant
from tests.simulation.run import run

QUIET = Rates(
    crash=0,
    race=0,
    start_lost=0,
    execution_lost=0,
    early_timer=0,
    late_timer=0,
    second_timer=0,
    slow_stream=0,
    twice=0,
    recipient_fails=0,
    outages=0,
)


SEEDS = {
    Planted.PROMISE: "9",
    Planted.SILENCE: "3",
    Planted.CONDITION: "5",
    Planted.HIDING: "3",
    Planted.STALE: "2",
}
"""With which few lives are enough, where they are not with the usual one."""


@cache
def lives(count: int, *planted: Planted, rates: Rates | None = None, seed: str = "1") -> Findings:
    findings = Findings()
    for _, part in run(count=count, seed=seed, rates=rates, planted=frozenset(planted)):
        findings.add(part)
    return findings


def broken(findings: Findings) -> set[Invariant]:
    return {violation.invariant for violation in findings.violations}


def everything_happened(findings: Findings) -> bool:
    return (
        len(findings.events) == 33
        and {"closed", "withdrawn", "overdue"} == set(findings.ends)
        and all(
            findings.faults[name]
            for name in (
                "crashes",
                "races",
                "outages",
                "moved on",
                "moved by the sweep",
                "batches again",
                "records twice",
                "set aside",
                "tried again",
            )
        )
    )


def test_lives_break_no_invariant_whatever_happens_in_them() -> None:
    """World after world, until everything there is was seen to happen: else nothing would have been tried."""
    seen = Findings()
    for seed in map(str, range(1, 6)):
        findings = lives(100, seed=seed)
        assert findings.violations == []
        assert findings.complaints >= 100
        seen.add(findings)
        if everything_happened(seen):
            break
    assert everything_happened(seen)


@pytest.mark.parametrize(
    ("planted", "noticed"),
    [
        (Planted.STALE, Invariant.EACH_LEVEL_ONCE),
        (Planted.LADDER, Invariant.TOP_IS_TOP),
        (Planted.IDLE, Invariant.PROMISED),
        (Planted.LEFT, Invariant.HANDED_ON),
        (Planted.SILENCE, Invariant.NOT_SILENT),
        (Planted.PROMISE, Invariant.NOT_PUT_OFF),
        (Planted.HIDING, Invariant.PUBLIC),
        (Planted.WRITE, Invariant.NOTHING_LOST),
        (Planted.CLOCK, Invariant.NEVER_EARLY),
        (Planted.SWEEP, Invariant.NOTHING_FORGOTTEN),
        (Planted.SWEEP, Invariant.IN_TIME),
        (Planted.CONDITION, Invariant.NUMBERED),
        (Planted.CONDITION, Invariant.CHAIN),
        (Planted.CONDITION, Invariant.NONE_AFTER_ANSWER),
        (Planted.CONDITION, Invariant.LEGAL),
        (Planted.HASH, Invariant.CHAIN),
        (Planted.INBOX, Invariant.TOLD),
        (Planted.INBOX, Invariant.TOLD_ONCE),
        (Planted.AHEAD, Invariant.TOLD_IN_ORDER),
        (Planted.HELD_UP, Invariant.OTHERS),
        (Planted.OUTBOX, Invariant.PARTS_END),
    ],
)
def test_a_planted_bug_breaks_the_invariant_that_is_there_for_it(
    planted: Planted, noticed: Invariant
) -> None:
    telling = planted in (Planted.AHEAD, Planted.HELD_UP)
    rates = Rates(recipient_fails=0.3) if telling else None
    seed = SEEDS.get(planted, "1")
    # Most are noticed in few lives; one that is rare gets as many as it takes.
    assert any(
        noticed in broken(lives(count, planted, rates=rates, seed=seed))
        for count in (4, 10, 20, 40, 160, 640, 1_280)
    )


def test_a_watch_of_an_older_round_does_no_harm_for_nobody_acts_before_the_clock_says_so() -> None:
    assert lives(40, Planted.FENCE).violations == []
    assert Invariant.NEVER_EARLY in broken(lives(10, Planted.TIMER))


def test_with_every_execution_lost_the_sweep_alone_is_late_by_its_interval_and_no_more() -> None:
    findings = lives(30, rates=Rates(execution_lost=1.0))
    assert findings.violations == []
    assert 60 < max(findings.lateness) <= LATE_MOST.total_seconds()


def test_with_everything_healthy_an_escalation_is_seconds_late() -> None:
    findings = lives(30, rates=QUIET)
    assert findings.violations == []
    assert max(findings.lateness) < 5


def test_the_same_seed_lives_the_same_lives() -> None:
    once, again = (lives.__wrapped__(20, seed="5") for _ in range(2))
    assert (once.events, once.ends, once.lateness) == (again.events, again.ends, again.lateness)
