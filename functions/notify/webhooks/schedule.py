"""When a webhook is tried again, and when a subscription is spared, warned or paused. Pure.

Two things with a memory of their own. A *delivery* (one event for one subscription) is tried at once and
then at growing distances for five days. A *subscription* has a health over all its deliveries: a breaker
that lets a broken endpoint rest, and the run of failures that leads to warnings and at last to a pause.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

type Chance = Callable[[], float]
"""A source of random numbers from 0 up to, not including, 1; `random.random` is one."""

WINDOW = timedelta(days=5)
# The first, and twelve tries after it.
MIN_ATTEMPTS = 13
JITTER = 0.2
MAX_RETRY_AFTER = timedelta(hours=24)

# From the end of one attempt to the next; the first attempt is made at once. Together 119 h 42 min 35 s.
DELAYS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=18),
    timedelta(hours=22),
    timedelta(hours=24),
    timedelta(hours=28),
)

BREAKER_THRESHOLD = 5
REST_FIRST = timedelta(seconds=30)
REST_LONGEST = timedelta(minutes=30)
# Longer than an attempt may last: a probe that has not reported by then died with its sender.
PROBE_LEASE = timedelta(seconds=60)

SLOW_AFTER = timedelta(seconds=5)
QUICK_WITHIN = timedelta(seconds=2)
# Attempts at one endpoint at a time. One that was quick has no such limit until an attempt at it takes longer than
# QUICK_WITHIN, so a busy one that dies holds no more than its rate times that, and then SLOW_PLACES.
UNPROVEN_PLACES = 4
SLOW_PLACES = 2

PAUSE_AFTER = timedelta(days=5)
PAUSE_FAILURES = 20
PAUSE_NOTICE = timedelta(hours=24)


class Warning(StrEnum):
    """What an agency is told of a run of failures."""

    FAILING_1H = "failing_1h"
    FAILING_24H = "failing_24h"
    FAILING_72H = "failing_72h"
    PAUSE_IN_24H = "pause_in_24h"


_FAILING = (
    (Warning.FAILING_1H, timedelta(hours=1)),
    (Warning.FAILING_24H, timedelta(hours=24)),
    (Warning.FAILING_72H, timedelta(hours=72)),
)


class Pause(StrEnum):
    """Why a subscription is paused: by the agency itself, after a long run of failures, or by 410 Gone."""

    ASKED = "asked"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True)
class SubscriptionHealth:
    """What is remembered of a subscription's endpoint. Times are aware UTC.

    - `failures`, `failing_since`: length and start of the present run of failed attempts; 0 and None when
      well.
    - `breaker`: closed (all may be sent), open (nothing before `rest_until`), half_open (one probe under
      way, whose lease ends at `rest_until`).
    - `rests`: how often the breaker opened in this run; each rest is twice as long as the one before.
    - `warned`: the warnings given in this run, with their times.
    - `paused`, `paused_at`: nothing is sent while set; deliveries wait.
    - `waiting_since`: the time of the oldest event that was seen to wait in this run; None when well.
    - `slow`: an answer took SLOW_AFTER or longer, or one is overdue, and none since was quick; few attempts at a time.
    - `proven`: it was quick once.
    """

    failures: int = 0
    failing_since: datetime | None = None
    breaker: Literal["closed", "open", "half_open"] = "closed"
    rest_until: datetime | None = None
    rests: int = 0
    warned: tuple[tuple[Warning, datetime], ...] = ()
    paused: Pause | None = None
    paused_at: datetime | None = None
    slow: bool = False
    proven: bool = False
    waiting_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Permit:
    """Whether an attempt may be made now. `until`: for `wait`, when to ask again."""

    kind: Literal["send", "probe", "wait", "paused"]
    until: datetime | None = None


def next_attempt(
    *, attempts_made: int, now: datetime, first_at: datetime, retry_after: timedelta | None, random: Chance
) -> datetime | None:
    """When a delivery that failed `attempts_made` times (at least once, the last time at `now`) is tried
    again.

    None once the window of five days since `first_at` is over and at least MIN_ATTEMPTS were made: a
    delivery that was held back, by Retry-After or by a breaker, gets its attempts beyond the window. The
    last attempt within the window falls on its end. `retry_after` only ever makes the wait longer, by at
    most 24 h from `now`.
    """
    if attempts_made < 1:
        raise ValueError("a delivery that was never tried is due at once")
    end = first_at + WINDOW
    if now >= end and attempts_made >= MIN_ATTEMPTS:
        return None
    due = now + _jittered(DELAYS[min(attempts_made, len(DELAYS)) - 1], random)
    if now < end < due:
        due = end
    if retry_after is not None:
        due = max(due, now + min(retry_after, MAX_RETRY_AFTER))
    return due


def ask(health: SubscriptionHealth, *, now: datetime) -> tuple[SubscriptionHealth, Permit]:
    """Whether to send now. A `probe` changes the health: save it before sending, so that only one gets it."""
    if health.paused is not None:
        return health, Permit(kind="paused")
    if health.breaker == "closed" or health.rest_until is None:
        return health, Permit(kind="send")
    if now < health.rest_until:
        return health, Permit(kind="wait", until=health.rest_until)
    return replace(health, breaker="half_open", rest_until=now + PROBE_LEASE), Permit(kind="probe")


def after_success(health: SubscriptionHealth, *, took: timedelta = timedelta(0)) -> SubscriptionHealth:
    """Well again: the run of failures is over and the breaker closed. A pause stays until it is lifted."""
    return SubscriptionHealth(
        paused=health.paused,
        paused_at=health.paused_at,
        slow=_is_slow(health, took=took),
        proven=_is_proven(health, took=took),
    )


def after_failure(
    health: SubscriptionHealth,
    *,
    now: datetime,
    retry_after: timedelta | None,
    random: Chance,
    took: timedelta = timedelta(0),
) -> SubscriptionHealth:
    """One more failure. The breaker opens at the fifth in a row and when a probe fails.

    It rests 30 s at first, twice as long each time up to 30 min, ±20 %, and no less than `retry_after` (at
    most 24 h). What was already under way when it opened counts as a failure but does not lengthen the
    rest.
    """
    failed = replace(
        health,
        failures=health.failures + 1,
        failing_since=health.failing_since or now,
        slow=_is_slow(health, took=took),
        proven=_is_proven(health, took=took),
    )
    if health.breaker == "open" or (health.breaker == "closed" and failed.failures < BREAKER_THRESHOLD):
        return failed
    rest = _jittered(min(REST_FIRST * 2 ** min(health.rests, 16), REST_LONGEST), random)
    if retry_after is not None:
        rest = max(rest, min(retry_after, MAX_RETRY_AFTER))
    return replace(failed, breaker="open", rest_until=now + rest, rests=health.rests + 1)


def places(health: SubscriptionHealth) -> int | None:
    """How many attempts may be under way at once; None: as many as its rate allows."""
    if health.slow:
        return SLOW_PLACES
    return None if health.proven else UNPROVEN_PLACES


def overdue(health: SubscriptionHealth) -> SubscriptionHealth:
    """An attempt has been under way for QUICK_WITHIN: the endpoint counts as slow from now, not from its end."""
    return replace(health, slow=True)


def waiting(health: SubscriptionHealth, *, since: datetime) -> SubscriptionHealth:
    """An event of that time waits for the end of this run; without a run nothing has to be remembered."""
    if health.failing_since is None or (health.waiting_since or health.failing_since) <= since:
        return health
    return replace(health, waiting_since=since)


def after_gone(health: SubscriptionHealth, *, now: datetime) -> SubscriptionHealth:
    """410 Gone: the receiver wants nothing more. Paused at once."""
    return paused(health, reason=Pause.GONE, now=now)


def due_warnings(health: SubscriptionHealth, *, now: datetime) -> tuple[Warning, ...]:
    """The warnings that are due and were not yet given in this run, mildest first.

    Where several fell due unseen only the gravest of the `failing` ones is due: nobody needs three letters
    at once. The notice of a pause is due a day before the earliest pause, and not before the failures
    suffice for one.
    """
    if health.failing_since is None or health.paused is not None:
        return ()
    failing_for = now - health.failing_since
    given = {warning for warning, _ in health.warned}
    reached = [warning for warning, after in _FAILING if failing_for >= after]
    due = reached[-1:] if reached and reached[-1] not in given else []
    if (
        failing_for >= PAUSE_AFTER - PAUSE_NOTICE
        and health.failures >= PAUSE_FAILURES
        and Warning.PAUSE_IN_24H not in given
    ):
        due = [*due, Warning.PAUSE_IN_24H]
    return tuple(due)


def with_warned(health: SubscriptionHealth, warning: Warning, *, now: datetime) -> SubscriptionHealth:
    """The warning was given at `now`."""
    return replace(health, warned=(*health.warned, (warning, now)))


def pause_due(health: SubscriptionHealth, *, now: datetime) -> bool:
    """Whether to pause: failing for five days, twenty failures, and a notice given at least a day ago."""
    if health.failing_since is None or health.paused is not None:
        return False
    noticed_at = next((at for warning, at in health.warned if warning == Warning.PAUSE_IN_24H), None)
    return (
        now - health.failing_since >= PAUSE_AFTER
        and health.failures >= PAUSE_FAILURES
        and noticed_at is not None
        and now - noticed_at >= PAUSE_NOTICE
    )


def paused(health: SubscriptionHealth, *, reason: Pause, now: datetime) -> SubscriptionHealth:
    """Paused for `reason`; the run of failures is kept, to be shown."""
    if health.paused is not None and reason == Pause.ASKED:
        return health
    return replace(health, paused=reason, paused_at=now)


def resumed(health: SubscriptionHealth, *, now: datetime) -> SubscriptionHealth:
    """The pause is lifted, the run of failures forgotten. An endpoint that was failing gets a probe first."""
    if health.paused in (None, Pause.ASKED) and health.failures == 0:
        return SubscriptionHealth()
    return SubscriptionHealth(breaker="open", rest_until=now)


def _is_slow(health: SubscriptionHealth, *, took: timedelta) -> bool:
    return took >= SLOW_AFTER or (health.slow and took > QUICK_WITHIN)


def _is_proven(health: SubscriptionHealth, *, took: timedelta) -> bool:
    return health.proven or took <= QUICK_WITHIN


def _jittered(delay: timedelta, random: Chance) -> timedelta:
    return delay * (1 - JITTER + 2 * JITTER * random())
