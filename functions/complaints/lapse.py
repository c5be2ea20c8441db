"""A term that passed: what was missed, by whom, since when that body had it, and what stood in its place.

Four things that are not the same, and are told apart wherever one is spoken of: nobody is to be said to have been silent
who answered in time, nor to have sat on what it had just been given.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from functions.complaints.clock import iso


class Missed(StrEnum):
    """`disputed_answer`: there was an answer in time, and it did not hold. `passed_on_late`: who has it now was given it
    too late to answer.
    """

    SILENCE = "silence"
    DISPUTED_ANSWER = "disputed_answer"
    LATE_ACKNOWLEDGEMENT = "late_acknowledgement"
    PASSED_ON_LATE = "passed_on_late"


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputedAnswer:
    """An answer that the person disputed. `in_time`: it was given within the term that ran then."""

    agency_id: str
    had_since: datetime
    answered_at: datetime
    disputed_at: datetime
    in_time: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PassedOn:
    """Whose waiting the body that has the complaint now took over: `agency_id` had it since `had_since`, and who has it
    now has until `receiver_by` before anything can be held against it.
    """

    agency_id: str
    had_since: datetime
    receiver_by: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Lapse:
    """`agency_id` let the term pass that ended at `missed_at`, and had the complaint since `had_since`.

    `known_at` is when the lapse could first be known: the end of the term, or the dispute of an answer that stood then.
    `told_at` is when it was escalated. `answered_at` and `disputed_at` are those of a disputed answer; `passed_to` got
    at `passed_at` what was passed on late.
    """

    missed: Missed
    agency_id: str
    had_since: datetime
    missed_at: datetime
    known_at: datetime
    told_at: datetime
    answered_at: datetime | None = None
    disputed_at: datetime | None = None
    passed_to: str | None = None
    passed_at: datetime | None = None

    def to_data(self) -> dict[str, Any]:
        """What the event says of it: `{missed, missed_at, agency, had_since, known_at}`, and where they apply
        `answered_at`, `disputed_at`, `passed_to`, `passed_at`.
        """
        told = {
            "missed": self.missed.value,
            "missed_at": iso(self.missed_at),
            "agency": self.agency_id,
            "had_since": iso(self.had_since),
            "known_at": iso(self.known_at),
            "answered_at": self.answered_at,
            "disputed_at": self.disputed_at,
            "passed_to": self.passed_to,
            "passed_at": self.passed_at,
        }
        return {
            name: iso(value) if isinstance(value, datetime) else value
            for name, value in told.items()
            if value is not None
        }
