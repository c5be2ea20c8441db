"""Complaints as the citizen's app sees them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from functions.complaints.clock import iso, iso_or_none
from functions.complaints.complaint import Complaint
from functions.complaints.events import Event
from functions.complaints.history import line
from functions.complaints.places import distance_m
from functions.complaints.promise import promise_text
from functions.complaints.region import Region
from functions.complaints.texts import datetime_text, distance_text, in_language, text
from functions.complaints.transitions import Move
from functions.edge.uploads import PhotoUpload, photo_views
from functions.records.lists import Near
from functions.records.tables import ComplaintItem, SuggestionItem

COARSE_DIGITS: Final = 3
"""Of degrees: some 110 m from north to south, 70 m from west to east in Kazakhstan."""


def receipt(
    complaint: Complaint, *, uploads: Sequence[PhotoUpload], region: Region, language: str
) -> dict[str, Any]:
    """What every move answers: the complaint's state in short, and the uploads that are still to come."""
    return {
        "id": complaint.id,
        "number": complaint.number,
        "status": complaint.status,
        "status_text": text(f"status.{complaint.status}", language),
        "version": complaint.version,
        "category": complaint.category,
        "agency": agency_view(complaint.agency_id, region=region, language=language),
        "submitted_at": iso(complaint.submitted_at),
        "changed_at": iso(complaint.changed_at),
        "uploads": [upload.to_dict() for upload in uploads],
    } | deadline_view(complaint, language=language)


def detail(
    complaint: Complaint,
    history: Sequence[Event],
    parts: Sequence[Complaint],
    *,
    mine: bool,
    possible: Sequence[Move],
    suggestions: Sequence[SuggestionItem],
    region: Region,
    language: str,
    bucket: str,
    now: datetime,
) -> dict[str, Any]:
    """All that a person may know of a complaint; `mine` adds what only the reporter wrote and may do, and
    `suggestions` what they are offered once."""
    lines = (line(event, language=language, region=region, viewer="citizen") for event in history)
    category = region.categories.get(complaint.category)
    suggested = {
        each.photo_id: {
            "suggestion": suggestion_view(each, complaint, language=language, zone=region.time_zone)
        }
        for each in suggestions
    }
    view = receipt(complaint, uploads=(), region=region, language=language) | {
        "category_name": in_language(category.name, language) if category else complaint.category,
        "comment": complaint.comment,
        "written_at": iso_or_none(complaint.written_at),
        "location": {"lat": complaint.lat, "lon": complaint.lon, "address": complaint.address},
        "district": complaint.district,
        "joined": complaint.joined,
        "photos": [
            photo | suggested.get(photo["id"], {})
            for photo in photo_views(complaint, language=language, bucket=bucket, now=now)
        ],
        "timeline": [each for each in lines if each is not None],
        "question": complaint.open_question,
        "answer": None
        if complaint.answer is None
        else {
            "outcome": complaint.answer.outcome,
            "text": complaint.answer.text,
            "photos": list(complaint.answer.photos),
            "closes_at": iso_or_none(complaint.close_at),
        },
        "parent_id": complaint.parent_id,
        "part": complaint.part,
        "parts": [
            receipt(part, uploads=(), region=region, language=language) | {"part": part.part}
            for part in parts
        ],
    }
    if mine:
        view |= {
            "answers": dict(complaint.answers),
            "public_name": complaint.public_name,
            "possible": [str(move) for move in possible],
        }
    return view


def suggestion_view(
    item: SuggestionItem, complaint: Complaint, *, language: str, zone: str
) -> dict[str, Any]:
    """What the app shows: the photo's place and time, how far that is from the complaint's place, and in words."""
    place = (float(item.lat), float(item.lon)) if "lat" in item.attribute_values else None
    if place is None:
        distance = None
        said = text("suggestion.time", language, when=datetime_text(item.taken_at, language, zone))
    else:
        distance = round(distance_m((complaint.lat, complaint.lon), place))
        said = text("suggestion.place", language, distance=distance_text(distance, language))
    lat, lon = place or (None, None)
    return {
        "lat": lat,
        "lon": lon,
        "taken_at": iso_or_none(item.taken_at),
        "distance_m": distance,
        "text": said,
    }


def deadline_view(complaint: Complaint, *, language: str) -> dict[str, Any]:
    return {
        "due_at": iso_or_none(complaint.due_at),
        "deadline_explanation": None
        if complaint.promise is None
        else promise_text(complaint.promise, language),
        "escalation_level": complaint.escalation_level,
        "overdue": complaint.overdue,
    }


def summary(item: ComplaintItem, *, region: Region, language: str) -> dict[str, Any]:
    """A line of the person's list; `joined_by_me` marks another person's complaint that they follow."""
    category = region.categories.get(item.category)
    name = in_language(category.name, language) if category else item.category
    if item.kind != ComplaintItem.KIND:
        return {
            "id": item.id,
            "number": item.number,
            "category": item.category,
            "category_name": name,
            "joined_by_me": True,
        }
    return {
        "id": item.id,
        "number": item.number,
        "status": item.status,
        "status_text": text(f"status.{item.status}", language),
        "category": item.category,
        "category_name": name,
        "agency": agency_view(item.agency_id, region=region, language=language),
        "submitted_at": iso(item.submitted_at),
        "changed_at": iso(item.changed_at),
        "due_at": iso_or_none(item.due_at),
        "escalation_level": int(item.escalation_level or 0),
        "overdue": bool(item.overdue),
        "joined": int(item.joined or 0),
        "joined_by_me": False,
    }


def near(found: Near, *, person: str, region: Region, language: str) -> dict[str, Any]:
    """An open complaint nearby, without anything of who made it but whether that is `person`."""
    item = found.item
    return {
        "id": item.id,
        "number": item.number,
        "status": item.status,
        "location": {"lat": float(item.lat), "lon": float(item.lon)},
        "distance_m": round(found.distance_m),
        "joined": int(item.joined or 0),
        "submitted_at": iso(item.submitted_at),
        "agency": agency_view(item.agency_id, region=region, language=language),
        "due_at": iso_or_none(item.due_at),
        "escalation_level": int(item.escalation_level or 0),
        "overdue": bool(item.overdue),
        "mine": item.person == person,
    }


def overdue(item: ComplaintItem, *, region: Region, language: str) -> dict[str, Any]:
    """What everybody may see of an overdue complaint: whose it is and since when, and no nearer than some 100 m where;
    nothing that a person wrote or sent.
    """
    category = region.categories.get(item.category)
    district = next((each for each in region.districts if each.id == item.district), None)
    return {
        "number": item.number,
        "category": item.category,
        "category_name": in_language(category.name, language) if category else item.category,
        "district": item.district,
        "district_name": in_language(district.name, language) if district else item.district,
        "location": {
            "lat": round(float(item.lat), COARSE_DIGITS),
            "lon": round(float(item.lon), COARSE_DIGITS),
        },
        "agency": agency_view(item.agency_id, region=region, language=language),
        "escalated_to": [
            agency_view(each, region=region, language=language) for each in item.escalated_to or ()
        ],
        "escalation_level": int(item.escalation_level or 0),
        "joined": int(item.joined or 0),
        "submitted_at": iso(item.submitted_at),
        "overdue_since": iso_or_none(item.due_at),
    }


def agency_view(agency_id: str | None, *, region: Region, language: str) -> dict[str, Any] | None:
    if agency_id is None:
        return None
    agency = region.agencies.get(agency_id)
    name = agency_id if agency is None else in_language(agency.name, language)
    return {"id": agency_id, "name": name}
