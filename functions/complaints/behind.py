"""Who is behind with a complaint's events: whoever could not be told of one waits with the later ones, and nobody else.

A recipient is a person, a body, or those who joined as a whole; EVERYBODY where the event itself could not be handled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

ASSIGNMENT: Final = "assignment"
OUTBOX: Final = "outbox"
PUBLISHER: Final = "publisher"
CONSUMERS: Final = (ASSIGNMENT, OUTBOX, PUBLISHER)
"""What follows what happens, each by itself: who is behind with one is not with the other."""
PREFIX: Final = "aside#"
"""What the keys of items that say who is behind begin with; then comes the consumer."""
EVERYBODY: Final = "everybody"
FOLLOWERS: Final = "followers"
"""Those who joined, whoever they are."""
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=6)


def person(subject: str) -> str:
    return f"person#{subject}"


def agency(agency_id: str) -> str:
    return f"agency#{agency_id}"


def is_person(recipient: str) -> bool:
    return recipient.startswith("person#")


def name_of(recipient: str) -> str:
    """A person's subject, or a body's id."""
    return recipient.partition("#")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """`waiting`: the first event that each recipient was not told of, by its number. `seen`: the last that came."""

    waiting: Mapping[str, int]
    seen: int

    def waits(self, recipient: str) -> bool:
        return recipient in self.waiting or EVERYBODY in self.waiting

    def is_owed(self, recipient: str, seq: int) -> bool:
        """Whether the recipient is still to be told of the event with this number."""
        first = min(
            (self.waiting[each] for each in (recipient, EVERYBODY) if each in self.waiting), default=None
        )
        return first is not None and seq >= first

    def joined_by(self, failed: Mapping[str, int], *, seen: int) -> Self:
        """With those who fell behind at these events, and the last event that came by then."""
        waiting = dict(self.waiting)
        for recipient, seq in failed.items():
            waiting[recipient] = min(seq, waiting.get(recipient, seq))
        return type(self)(waiting=waiting, seen=max(self.seen, seen))

    def after_telling(self, *, through: int, failed: Mapping[str, int], tried: Iterable[str]) -> Self | None:
        """When those who were `tried` have been told of everything up to `through`, but for those who `failed` at an
        event. None where nobody is behind any more.
        """
        waiting = dict(self.waiting)
        for recipient in {*tried, *failed}:
            waiting[recipient] = failed.get(recipient, failed.get(EVERYBODY, through + 1))
        left = {recipient: seq for recipient, seq in waiting.items() if seq <= self.seen}
        return type(self)(waiting=left, seen=self.seen) if left else None


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries have failed: a minute at first, twice as long each time, six hours at most."""
    return min(_FIRST_PAUSE * (1 << min(tries, 20)), _LONGEST_PAUSE)
