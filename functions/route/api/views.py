"""Complaints as agencies see them: everything about the matter, nothing about the person but what they chose."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from functions.complaints.clock import iso, iso_or_none
from functions.complaints.complaint import Complaint
from functions.complaints.events import Event
from functions.complaints.history import line
from functions.complaints.moves.terms import forward_by
from functions.complaints.promise import promise_text
from functions.complaints.region import Region
from functions.complaints.transitions import Move
from functions.edge.uploads import PhotoUpload, photo_views
from functions.records.tables import ComplaintItem

type Possible = Callable[[Complaint], Sequence[Move]]
"""What the caller can do with a complaint."""


def receipt(complaint: Complaint, *, uploads: Sequence[PhotoUpload], possible: Possible) -> dict[str, Any]:
    """What every move answers: the complaint's state in short."""
    return {
        "id": complaint.id,
        "number": complaint.number,
        "status": complaint.status,
        "version": complaint.version,
        "category": complaint.category,
        "agency": complaint.agency_id,
        "escalated_to": list(complaint.escalated_to),
        "escalation_level": complaint.escalation_level,
        "overdue": complaint.overdue,
        "due_at": iso_or_none(complaint.due_at),
        "acknowledge_by": iso_or_none(complaint.acknowledge_by),
        "submitted_at": iso(complaint.submitted_at),
        "changed_at": iso(complaint.changed_at),
        "possible": [str(move) for move in possible(complaint)],
        "uploads": [upload.to_dict() for upload in uploads],
    }


def detail(
    complaint: Complaint,
    history: Sequence[Event],
    parts: Sequence[Complaint],
    *,
    possible: Possible,
    region: Region,
    language: str,
    bucket: str,
    now: datetime,
) -> dict[str, Any]:
    lines = [line(event, language=language, region=region, viewer="agency") for event in history]
    return receipt(complaint, uploads=(), possible=possible) | {
        "comment": complaint.comment,
        "written_at": iso_or_none(complaint.written_at),
        "location": {"lat": complaint.lat, "lon": complaint.lon, "address": complaint.address},
        "district": complaint.district,
        "answers": dict(complaint.answers),
        "public_name": complaint.public_name,
        "reporter_kind": complaint.reporter_kind,
        "joined": complaint.joined,
        "question": complaint.open_question,
        "photos": photo_views(complaint, language=language, bucket=bucket, now=now),
        "promise": complaint.promise,
        "forward_by": iso_or_none(forward_by(complaint, region=region)),
        "deadline_explanation": None
        if complaint.promise is None
        else promise_text(complaint.promise, language),
        "events": [
            _event(event) | {"title": each["title"], "body": each["body"]}
            for event, each in zip(history, lines, strict=True)
            if each is not None
        ],
        "parent_id": complaint.parent_id,
        "part": complaint.part,
        "parts": [receipt(part, uploads=(), possible=possible) | {"part": part.part} for part in parts],
        "refutations": complaint.refutations,
        "extensions": complaint.extensions,
        "chain_head": complaint.head,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "sequence": event.seq,
        "type": event.type,
        "timestamp": iso(event.at),
        "actor": event.actor,
        "agency": event.actor_agency,
        "status": event.status,
        "data": dict(event.data),
        "hash": event.hash,
    }


def worklist_entry(item: ComplaintItem, *, for_agency: str) -> dict[str, Any]:
    """A line of a worklist; `role` says whether it is the body's own or was escalated to it."""
    return {
        "id": item.id,
        "number": item.number,
        "status": item.status,
        "category": item.category,
        "district": item.district,
        "role": "owner" if item.agency_id == for_agency else "supervisor",
        "agency": item.agency_id,
        "due_at": iso_or_none(item.due_at),
        "escalation_level": int(item.escalation_level or 0),
        "overdue": bool(item.overdue),
        "joined": int(item.joined or 0),
        "version": int(item.version or 0),
        "submitted_at": iso(item.submitted_at),
        "changed_at": iso(item.changed_at),
    }
