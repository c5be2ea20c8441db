"""One event for each text that a phone can show, by the text's key: a new kind of push needs a case here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from functions.complaints.clock import iso
from functions.complaints.complaint import ActorKind, Status
from functions.complaints.events import Event, EventType
from functions.complaints.lapse import Missed

AT: Final = datetime(2026, 6, 1, 5, tzinfo=UTC)
DUE: Final = datetime(2026, 6, 22, 13, 30, tzinfo=UTC)
LATER: Final = datetime(2027, 9, 30, 13, 30, tzinfo=UTC)
"""In another year, which is then said: no date is longer."""


PROMISE: Final = {"key": "deadline.working_days"}
"""That there is a new term: a push says no more of how it was counted."""


@dataclass(frozen=True, kw_only=True)
class Case:
    type: EventType
    actor: ActorKind = ActorKind.AGENCY
    data: Mapping[str, Any]

    def event(self, *, seq: int = 7, **more: Any) -> Event:
        return Event(
            complaint_id="01KJR9YAXN5V7C2M4T8W6QZ3HD",
            seq=seq,
            type=self.type,
            at=AT,
            actor=self.actor,
            status=Status.ASSIGNED,
            actor_agency=self.data.get("by_agency"),
            data={name: value for name, value in self.data.items() if name != "by_agency"} | more,
        )


def cases(agency: str, above: str, *, by: datetime = DUE) -> dict[str, Case]:
    """Of a complaint that `agency` has, and the body `above` it after a term that passed; the next one ends at `by`."""
    until = iso(by)
    acted = {"by_agency": agency}
    gone = {"from": above, "to": agency, "why": "body_retired", "role": "owner"}
    had = {"agency": agency, "missed_at": iso(AT), "had_since": iso(AT), "known_at": iso(AT)}
    lapses = {
        Missed.SILENCE: {},
        Missed.DISPUTED_ANSWER: {"answered_at": iso(AT), "disputed_at": iso(AT), "in_time": True},
        Missed.LATE_ACKNOWLEDGEMENT: {},
        Missed.PASSED_ON_LATE: {"passed_to": above, "passed_at": iso(AT)},
    }
    told: dict[str, Case] = {
        "acknowledged": Case(type=EventType.ACKNOWLEDGED, data=acted),
        "answered.declined": Case(
            type=EventType.ANSWERED, data=acted | {"outcome": "declined", "closes_at": until}
        ),
        "answered.resolved": Case(
            type=EventType.ANSWERED, data=acted | {"outcome": "resolved", "closes_at": until}
        ),
        "assigned": Case(
            type=EventType.ASSIGNED, actor=ActorKind.SYSTEM, data={"agency": agency, "due_at": until}
        ),
        "closed": Case(type=EventType.CLOSED, actor=ActorKind.SYSTEM, data={"confirmed": False}),
        "commented": Case(type=EventType.COMMENTED, data=acted),
        "deadline_extended": Case(
            type=EventType.DEADLINE_EXTENDED, data=acted | {"from": iso(AT), "due_at": until}
        ),
        "deadline_moved": Case(
            type=EventType.DEADLINE_MOVED, actor=ActorKind.SYSTEM, data={"from": iso(AT), "due_at": until}
        ),
        "deadline_moved.closing": Case(
            type=EventType.DEADLINE_MOVED, actor=ActorKind.SYSTEM, data={"closes_at": until}
        ),
        "escalated.term": Case(type=EventType.ESCALATED, actor=ActorKind.SYSTEM, data={"agency": agency}),
        "photo_missed": Case(
            type=EventType.PHOTO_MISSED, actor=ActorKind.SYSTEM, data={"photos": ["1"], "by": "citizen"}
        ),
        "photo_missed.none": Case(
            type=EventType.PHOTO_MISSED, actor=ActorKind.SYSTEM, data={"photos": [], "by": "citizen"}
        ),
        "photo_refused": Case(
            type=EventType.PHOTO_REFUSED, actor=ActorKind.SYSTEM, data={"photo": "1", "reason": "corrupt"}
        ),
        "question_asked": Case(type=EventType.QUESTION_ASKED, data=acted),
        "split": Case(type=EventType.SPLIT, data=acted | {"parts": ["1", "2"]}),
        "transferred": Case(
            type=EventType.TRANSFERRED,
            data={"by_agency": above, "from": above, "to": agency, "due_at": until},
        ),
        "transferred.fresh": Case(
            type=EventType.TRANSFERRED,
            data={"by_agency": above, "from": above, "to": agency, "due_at": until, "promise": PROMISE},
        ),
        "transferred.overdue": Case(
            type=EventType.TRANSFERRED, data={"by_agency": above, "from": above, "to": agency}
        ),
        "instructed": Case(
            type=EventType.INSTRUCTED,
            data={"by_agency": above, "from": above, "to": agency, "due_at": until},
        ),
        "instructed.overdue": Case(
            type=EventType.INSTRUCTED, data={"by_agency": above, "from": above, "to": agency}
        ),
        "reassigned": Case(type=EventType.REASSIGNED, actor=ActorKind.SYSTEM, data=gone | {"due_at": until}),
        "reassigned.fresh": Case(
            type=EventType.REASSIGNED,
            actor=ActorKind.SYSTEM,
            data=gone | {"due_at": until, "promise": PROMISE},
        ),
        "reassigned.overdue": Case(type=EventType.REASSIGNED, actor=ActorKind.SYSTEM, data=gone),
        "recategorised": Case(type=EventType.RECATEGORISED, data=acted | {"category": "rubbish"}),
        "recategorised.moved": Case(
            type=EventType.RECATEGORISED,
            data={"by_agency": above, "category": "rubbish", "from": above, "to": agency},
        ),
        "relocated": Case(type=EventType.RELOCATED, data=acted),
        "relocated.moved": Case(
            type=EventType.RELOCATED, data={"by_agency": above, "from": above, "to": agency}
        ),
        "merged": Case(type=EventType.MERGED, data=acted | {"into_number": "PVL-26-7K3M9T"}),
        "absorbed.earlier": Case(
            type=EventType.ABSORBED, actor=ActorKind.SYSTEM, data={"number": "x", "due_at": until}
        ),
        "left_to_joiners": Case(type=EventType.LEFT_TO_JOINERS, actor=ActorKind.CITIZEN, data={"joined": 1}),
        "deadline_moved.closing.theirs": Case(
            type=EventType.DEADLINE_MOVED,
            actor=ActorKind.SYSTEM,
            data={"closes_at": until, "theirs": True},
        ),
        "withdrawn": Case(type=EventType.WITHDRAWN, actor=ActorKind.CITIZEN, data={}),
    }
    for missed, more in lapses.items():
        lapsed = Case(
            type=EventType.ESCALATED,
            actor=ActorKind.SYSTEM,
            data=had | more | {"missed": missed.value, "level": 1, "to": above, "due_at": until},
        )
        if missed == Missed.LATE_ACKNOWLEDGEMENT:
            lapsed = replace(lapsed, data={k: v for k, v in lapsed.data.items() if k != "due_at"})
        told[f"escalated.{missed}"] = lapsed
        top = {name: value for name, value in lapsed.data.items() if name not in ("to", "due_at")}
        told[f"escalated.{missed}.top"] = replace(lapsed, data=top)
    return dict(sorted(told.items()))
