"""What of a complaint is a person's own: who they are, their words, and the exact place. And how it is taken out.

The matter stays, and what the state did: category, district, dates, photos, and what the bodies said.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from functions.complaints.complaint import ENDED, Complaint
from functions.complaints.events import Event, written_in
from functions.complaints.places import coarse
from functions.complaints.seals import Seal


def words_of(complaint: Complaint) -> dict[str, Any]:
    """What `complaint.words_seal` seals."""
    return {
        "comment": complaint.comment,
        "address": complaint.address,
        # A number that is stored comes back as an integer where it is one.
        "lat": float(complaint.lat) + 0.0,
        "lon": float(complaint.lon) + 0.0,
        "answers": dict(complaint.answers),
        "public_name": complaint.public_name,
        "photo_hashes": dict(complaint.photo_hashes),
    }


def person_of(complaint: Complaint) -> dict[str, Any]:
    """What `complaint.person_seal` seals."""
    return {"reporter": complaint.reporter}


def with_seals(complaint: Complaint) -> Complaint:
    """A complaint that is made, with seals of its own."""
    return replace(
        complaint,
        words_seal=Seal.of(words_of(complaint)),
        person_seal=None if complaint.reporter is None else Seal.of(person_of(complaint)),
    )


def without_words(complaint: Complaint) -> Complaint:
    """Without what the person wrote, and with a place that is not exact.

    One that has no body yet keeps its place until it has one (`moves.assignment`): it says which body that is.
    """
    assert complaint.words_seal is not None
    blank = replace(
        complaint,
        comment="",
        address=None,
        answers={},
        public_name=None,
        photo_hashes={},
        words_seal=complaint.words_seal.erased(),
    )
    if not is_placed(complaint):
        return blank
    return replace(blank, lat=coarse(complaint.lat), lon=coarse(complaint.lon))


def is_placed(complaint: Complaint) -> bool:
    """Whether it needs its exact place no more."""
    return complaint.agency_id is not None or complaint.status in ENDED


def without_person(complaint: Complaint) -> Complaint:
    seal = complaint.person_seal
    return replace(complaint, reporter=None, person_seal=None if seal is None else seal.erased())


def left_by_reporter(complaint: Complaint) -> Mapping[str, Any]:
    """What changes of it when its reporter leaves it to others: all that is theirs is gone, as if it were erased.

    What is left has a seal of its own, for others may yet write in it: it is told from one of which all was erased.
    """
    left = without_person(without_words(complaint))
    left = replace(left, words_seal=Seal.of(words_of(left)))
    return {
        name: getattr(left, name) for name in (*words_of(left), "words_seal", *person_of(left), "person_seal")
    }


def exact_place(complaint: Complaint) -> tuple[float, float] | None:
    """`(lat, lon)` in degrees; None where only about where it is is kept."""
    if complaint.left_to_joiners or words_erased(complaint):
        return None
    return float(complaint.lat), float(complaint.lon)


def with_photo_hash(complaint: Complaint, photo_id: str, photo_hash: str | None) -> Complaint:
    """None, or words that are erased: nothing that is kept of its photos tells what they look like."""
    if photo_hash is None or words_erased(complaint):
        return complaint
    looked = replace(complaint, photo_hashes={**complaint.photo_hashes, photo_id: photo_hash})
    return replace(looked, words_seal=Seal.of(words_of(looked)))


def words_erased(complaint: Complaint) -> bool:
    return complaint.words_seal is not None and complaint.words_seal.salt is None


def event_without_words(event: Event) -> Event:
    if event.words_seal is None:
        return event
    written = written_in(event)
    kept = {name: value for name, value in event.data.items() if name not in written}
    return replace(event, data=kept, words_seal=event.words_seal.erased())
