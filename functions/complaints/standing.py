"""A complaint as it stands after an event: what of it is told beside the event, and the digest of all of it.

The hash of each event covers both. So what is kept of a complaint can be held against its history, whichever attribute
somebody changed; and what a person had erased of it is not in it, but for the digests of their seals.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from functions.complaints.clock import iso_or_none, whole_second
from functions.complaints.complaint import Complaint
from functions.complaints.places import coarse
from functions.complaints.seals import Seal, digest_of
from functions.complaints.timers import next_timer

# The head is the hash of the very event that holds the state.
_NOT_HELD: Final = frozenset(
    {
        "head",
        "words_seal",
        "person_seal",
        "reporter",
        "comment",
        "address",
        "lat",
        "lon",
        "answers",
        "public_name",
        "photo_hashes",
    }
)
_HELD: Final = tuple(each.name for each in fields(Complaint) if each.name not in _NOT_HELD)


def standing_of(complaint: Complaint, *, visible: bool, started_watch: int | None) -> Mapping[str, Any]:
    """What an event's item repeats of the complaint, as JSON has it; None is left out."""
    timer = next_timer(complaint)
    told = {
        "number": complaint.number,
        "region": complaint.region,
        "category": complaint.category,
        "agency_id": complaint.agency_id,
        "escalated_to": list(complaint.escalated_to) or None,
        "escalation_level": complaint.escalation_level,
        "due_at": iso_or_none(complaint.due_at),
        "language": complaint.language,
        "joined": complaint.joined,
        "watch_round": complaint.watch_round,
        "watch_at": None if timer is None else iso_or_none(whole_second(timer.at)),
        "parent_id": complaint.parent_id,
        "visible": visible,
        "started_watch": started_watch,
    }
    return {name: value for name, value in told.items() if value is not None}


def state_of(complaint: Complaint) -> str:
    """The digest of everything that is kept of the complaint, with the seals of what is the person's own."""
    held = {name: getattr(complaint, name) for name in _HELD}
    return digest_of(
        held
        | {
            "lat": coarse(complaint.lat),
            "lon": coarse(complaint.lon),
            "words": _digest(complaint.words_seal),
            "person": _digest(complaint.person_seal),
        }
    )


def _digest(seal: Seal | None) -> str | None:
    return None if seal is None else seal.digest
