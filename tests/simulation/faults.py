"""What goes wrong, how often, and the bugs that can be planted to see that the invariants notice."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any


class Crash(BaseException):
    """The process died here; no `except Exception` sees it."""


class Planted(StrEnum):
    """Bugs, each of which an invariant must notice."""

    FENCE = "fence"
    """Nobody compares the round that a watch was started for."""
    TIMER = "timer"
    """A timer is believed to be due because it woke up: nobody looks at the clock."""
    STALE = "stale"
    """What a timer saw when it decided is believed, whatever has changed since."""
    SWEEP = "sweep"
    CONDITION = "condition"
    HASH = "hash"
    INBOX = "inbox"
    OUTBOX = "outbox"
    HIDING = "hiding"
    """A part stays in everybody's sight whatever becomes of its whole."""
    CLOCK = "clock"
    SILENCE = "silence"
    """Whoever has no answer that stands is taken to have been silent."""
    PROMISE = "promise"
    """A correction gives a body its time whatever the person was promised."""
    LADDER = "ladder"
    """The ladder is taken to end at its first rung."""
    IDLE = "idle"
    """What was promised is left standing after nothing waits for it any more."""
    AHEAD = "ahead"
    """Whoever is behind with a complaint is told of its later events first."""
    HELD_UP = "held up"
    """What fails for one recipient fails the batch."""
    LEFT = "left"
    """Nobody moves on what a body has that is no more."""
    WRITE = "write"
    """Some writes of persons and bodies are said to be done and are not."""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Probabilities, each for one occasion."""

    crash: float = 0.03
    repeated_request: float = 0.05
    race: float = 0.05
    start_lost: float = 0.02
    execution_lost: float = 0.02
    stop_lost: float = 0.1
    early_timer: float = 0.05
    late_timer: float = 0.02
    second_timer: float = 0.04
    slow_stream: float = 0.01
    twice: float = 0.02
    recipient_fails: float = 0.01
    outages: int = 3
    calendar_changes: int = 2
    retirements: int = 3


class Crasher:
    """Dies once, before or after one of the next calls that go through it."""

    def __init__(self, random: Random, *, rate: float) -> None:
        self._left = random.randint(1, 4) if random.random() < rate else 0
        self._before = random.random() < 0.5

    @property
    def armed(self) -> bool:
        return self._left > 0

    def around[T](self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        if self._left == 0:
            return call(*arguments, **named)
        self._left -= 1
        last = self._left == 0
        if last and self._before:
            raise Crash
        result = call(*arguments, **named)
        if last:
            raise Crash
        return result
