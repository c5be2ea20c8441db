"""The parts of a divided complaint: one complaint to the citizen, a complaint of its own to each body.

A part ends with the whole where the person takes that back, and in no other way: what the lead has answered and the person
accepted says nothing about what another body still owes.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from functions.complaints.change import Change, change, opening
from functions.complaints.clock import to_milliseconds
from functions.complaints.complaint import ENDED, SYSTEM, Actor, ActorKind, Complaint, PhotoStatus, Status
from functions.complaints.deadlines import Deadline
from functions.complaints.events import Event
from functions.complaints.moves.lapses import passed_on, waited_since
from functions.complaints.moves.publicity import hidden_with
from functions.complaints.moves.terms import reminder, term
from functions.complaints.region import Region
from functions.complaints.transitions import Move


def part_of(
    parent: Complaint, part: Mapping[str, Any], *, split: Event, region: Region, now: datetime
) -> Change:
    """The new complaint that `part` of the event `split` (`{id, number, to, text}`) asks for.

    It is told, photographed and clocked as its parent: what the citizen was promised goes on. Where that has
    passed already, the body gets the term of the next level from now, for it has missed nothing yet.
    """
    now = to_milliseconds(max(now, split.at))
    promised = parent.due_at is not None and not parent.overdue and parent.due_at > now
    level = max(1, parent.escalation_level)
    fresh = None
    if not promised:
        category = region.category(parent.category)
        fresh = term(
            category.escalation_term(level), start=now, agency_id=part["to"], category=category, region=region
        )
    waited = waited_since(parent, to=part["to"], now=now) if promised else None
    complaint = Complaint(
        id=part["id"],
        number=part["number"],
        region=parent.region,
        status=Status.SUBMITTED,
        category=parent.category,
        danger=parent.danger,
        comment=parent.comment,
        part=part["text"],
        lat=parent.lat,
        lon=parent.lon,
        address=parent.address,
        district=parent.district,
        language=parent.language,
        reporter=parent.reporter,
        reporter_kind=parent.reporter_kind,
        public_name=parent.public_name,
        written_at=parent.written_at,
        answers=parent.answers,
        photos=tuple(
            replace(photo, kept_with=parent.id, redaction=None)
            for photo in parent.photos
            if photo.by == ActorKind.CITIZEN and photo.status == PhotoStatus.READY
        ),
        photos_private=parent.photos_private,
        photo_hashes={
            photo.id: parent.photo_hashes[photo.id]
            for photo in parent.photos
            if photo.by == ActorKind.CITIZEN and photo.id in parent.photo_hashes
        },
        joined=parent.joined,
        submitted_at=parent.submitted_at,
        started_at=parent.started_at,
        changed_at=now,
        agency_id=part["to"],
        passed_on=passed_on(parent, to=part["to"], since=now, region=region, level=0, now=now)
        if promised
        else None,
        had_since={} if waited is None else {part["to"]: waited},
        passed_by=() if split.actor_agency is None else (split.actor_agency,),
        due_at=parent.due_at if fresh is None else to_milliseconds(fresh.due_at),
        near_at=_in_milliseconds(
            _reminder(parent, agency_id=part["to"], region=region, now=now)
            if fresh is None
            else fresh.near_at
        ),
        promise=parent.promise if fresh is None else fresh.promise,
        parent_id=parent.id,
        hidden=hidden_with(parent),
    )
    return opening(
        complaint,
        data={
            "number": complaint.number,
            "category": complaint.category,
            "photos": [photo.id for photo in complaint.photos],
            "parent": parent.id,
            "part": part["text"],
        },
        by=Actor(kind=ActorKind.AGENCY, id=split.actor_agency),
    )


def end_part(part: Complaint, *, now: datetime) -> Change | None:
    """The whole was taken back, and the part ends with it, whoever reported it by then; None if it has ended already."""
    if part.status in ENDED:
        return None
    return change(part, Move.END_PART, by=SYSTEM, now=now, data={"parent": part.parent_id}, ended_at=now)


def _reminder(parent: Complaint, *, agency_id: str, region: Region, now: datetime) -> datetime | None:
    """In the hours of the part's body; None where that of the whole has been reminded."""
    if parent.near_at is None or parent.near_at <= now or parent.promise is None:
        return None
    term_of_the_whole = Deadline.explained_by(parent.promise)
    return reminder(parent, term_of_the_whole, agency_id=agency_id, region=region, now=now)


def _in_milliseconds(at: datetime | None) -> datetime | None:
    return None if at is None else to_milliseconds(at)
