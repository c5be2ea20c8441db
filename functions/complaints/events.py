"""Events: the history a citizen sees, what agencies receive, what pushes are made of, and the audit trail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from functions.complaints.clock import iso
from functions.complaints.complaint import ActorKind, Status
from functions.complaints.seals import Seal, digest_of

FORM: Final = 2
"""Of what is hashed. Form 1 had neither seals nor the complaint's state, and was never deployed."""
WRITTEN: Final = frozenset({"text", "reason"})
"""What the data of an event may hold of a person's words, where a person acted."""
PLACED: Final = frozenset({"location", "location_before", "answers", "answers_before"})
"""What it may hold of the exact place and of the answers to a category's questions: they are the reporter's, whoever puts
them right.
"""


class EventType(StrEnum):
    SUBMITTED = "complaint.submitted"
    PHOTO_EXPECTED = "complaint.photo_expected"
    PHOTO_ADDED = "complaint.photo_added"
    PHOTO_REFUSED = "complaint.photo_refused"
    PHOTO_MISSED = "complaint.photo_missed"
    ASSIGNED = "complaint.assigned"
    ACKNOWLEDGED = "complaint.acknowledged"
    COMMENTED = "complaint.commented"
    QUESTION_ASKED = "complaint.question_asked"
    TRANSFERRED = "complaint.transferred"
    INSTRUCTED = "complaint.instructed"
    REASSIGNED = "complaint.reassigned"
    DEADLINE_EXTENDED = "complaint.deadline_extended"
    DEADLINE_MOVED = "complaint.deadline_moved"
    DEADLINE_NEAR = "complaint.deadline_near"
    ESCALATED = "complaint.escalated"
    ANSWERED = "complaint.answered"
    REFUTED = "complaint.refuted"
    CLOSED = "complaint.closed"
    WITHDRAWN = "complaint.withdrawn"
    JOINED = "complaint.joined"
    LEFT = "complaint.left"
    LEFT_TO_JOINERS = "complaint.left_to_joiners"
    SPLIT = "complaint.split"
    RECATEGORISED = "complaint.recategorised"
    RELOCATED = "complaint.relocated"
    MERGED = "complaint.merged"
    ABSORBED = "complaint.absorbed"
    ASSIGNED_TO_OFFICER = "complaint.assigned_to_officer"
    HIDDEN = "complaint.hidden"
    UNHIDDEN = "complaint.unhidden"
    FLAGGED = "complaint.flagged"
    PHOTO_REDACTED = "complaint.photo_redacted"


CORRECTED: Final = frozenset({EventType.RECATEGORISED, EventType.RELOCATED})
HANDED: Final = CORRECTED | {EventType.TRANSFERRED, EventType.INSTRUCTED, EventType.REASSIGNED}
"""Steps by which another body may have it, which their data then name as `to`, and `from` whom."""
WITHIN_A_BODY: Final = frozenset({EventType.ASSIGNED_TO_OFFICER})
"""What a body does at its own desk: it is in the history, and nobody is told of it."""
TOLD: Final = tuple(each for each in EventType if each not in WITHIN_A_BODY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Event number `seq` (from 1, without a hole) of one complaint; `status` is the state it left behind.

    `hash` is SHA-256 over the canonical JSON of every other field and the hash of the event before it, but of what a person
    wrote over its salted digest alone (`words_seal`): that can be erased, and the chain stays whole. `actor_agency` names
    the agency that acted, and `actor_officer` its officer by an opaque id, where a person acted for it; persons are never
    named.

    `standing` is what is told of the complaint beside the event, as it stood right after it, and `state` the digest of all
    of it (`standing.standing_of`, `standing.state_of`).
    """

    complaint_id: str
    seq: int
    type: EventType
    at: datetime
    actor: ActorKind
    status: Status
    actor_agency: str | None = None
    actor_officer: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    words_seal: Seal | None = None
    standing: Mapping[str, Any] = field(default_factory=dict)
    state: str = ""
    previous: str = ""
    hash: str = ""

    @property
    def id(self) -> str:
        return event_id(self.complaint_id, self.seq)


def event_id(complaint_id: str, seq: int) -> str:
    return f"{complaint_id}.{seq}"


def sealed(event: Event) -> Event:
    """The event with its hash, and with the seal of what a person wrote."""
    written = written_in(event)
    worded = replace(event, words_seal=Seal.of(written) if written else None)
    return replace(worded, hash=digest(worded))


def written_in(event: Event) -> dict[str, Any]:
    """What of the event's data is a person's own, which `words_seal` seals: their words, and the exact place."""
    own = PLACED | WRITTEN if event.actor == ActorKind.CITIZEN else PLACED
    return {name: value for name, value in event.data.items() if name in own}


def digest(event: Event) -> str:
    written = written_in(event)
    body = {
        "form": FORM,
        "complaint_id": event.complaint_id,
        "seq": event.seq,
        "type": event.type,
        "at": iso(event.at),
        "actor": event.actor,
        "actor_agency": event.actor_agency,
        "actor_officer": event.actor_officer,
        "status": event.status,
        "data": {name: value for name, value in event.data.items() if name not in written},
        "words": None if event.words_seal is None else event.words_seal.digest,
        "standing": event.standing,
        "state": event.state,
        "previous": event.previous,
    }
    return digest_of(body)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainFault:
    """Where a history stops being what was written: `seq` is the first event that does not fit."""

    complaint_id: str
    seq: int
    reason: str


def chain_fault(history: Iterable[Event], *, head: str | None = None) -> ChainFault | None:
    """The first fault in a history given in order, or None; `head` is the hash its last event must have."""
    previous, expected, complaint_id = "", 1, ""
    for event in history:
        complaint_id = complaint_id or event.complaint_id
        if event.seq != expected:
            return ChainFault(complaint_id=complaint_id, seq=expected, reason="missing or reordered")
        if event.previous != previous:
            return ChainFault(
                complaint_id=complaint_id, seq=event.seq, reason="does not follow the one before"
            )
        if event.complaint_id != complaint_id or digest(event) != event.hash or not _words_hold(event):
            return ChainFault(complaint_id=complaint_id, seq=event.seq, reason="changed after it was written")
        previous, expected = event.hash, expected + 1
    if head is not None and previous != head:
        return ChainFault(complaint_id=complaint_id, seq=expected, reason="the end is missing")
    return None


def _words_hold(event: Event) -> bool:
    """Whether a person's words are those that were sealed, or were erased."""
    written, seal = written_in(event), event.words_seal
    if seal is None or seal.salt is None:
        return not written
    return seal.holds(written)
