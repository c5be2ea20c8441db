"""The terms a body is given: computed, and explained in data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.complaints.calendar import Calendar
from functions.complaints.deadlines import due, near
from functions.complaints.duration import Duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """`promise` explains `due_at` in data; `near_at` is when a quarter of the term is left."""

    due_at: datetime
    near_at: datetime
    promise: dict[str, Any]


def term(duration: Duration, *, start: datetime, calendar: Calendar) -> Term:
    deadline = due(duration, received_at=start, calendar=calendar)
    return Term(
        due_at=deadline.at,
        near_at=near(deadline, start),
        promise=deadline.explanation().to_dict(),
    )
