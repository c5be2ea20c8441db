"""What of a complaint is public: whether it is, where it is shown to be, and which of its photos have a public copy.

A part is public as the complaint that it is, by its own number; its photos are its parent's.
"""

from collections.abc import Iterator
from typing import Final

from functions.complaints.complaint import (
    ENDED,
    WITH_AGENCY,
    ActorKind,
    Complaint,
    Photo,
    PhotoStatus,
    Status,
)
from functions.complaints.personal import exact_place
from functions.complaints.places import rounded
from functions.complaints.region import Region

_WITH_A_BODY: Final = WITH_AGENCY | {Status.ANSWERED} | ENDED

EXACT: Final = "exact"
ROUNDED: Final = "rounded"
"""How a place is shown to everybody."""
FLAGS_HIDE: Final = 3
"""So many flags hide it until somebody has looked."""
LOOKED_AT: Final = -1
"""In place of the number of flags: somebody has looked, and none counts any more."""
FLAGGED: Final = "flagged"
"""The reason of what flags have hidden; a body gives its own."""
FLAG_REASONS: Final = ("person", "private", "offensive", "untrue")
"""Why anybody may find that it should not be public; `flag.<reason>` is the text."""


def is_public(complaint: Complaint, *, region: Region) -> bool:
    """Its category opted in, a body has or had it, and nobody has hidden it."""
    return may_be_public(complaint, region=region) and complaint.hidden is None


def may_be_public(complaint: Complaint, *, region: Region) -> bool:
    """Whether everybody may know that it is there: a tombstone, where it is hidden."""
    return (
        region.category(complaint.category).public_place is not None
        and complaint.agency_id is not None
        and complaint.status in _WITH_A_BODY
    )


def public_place(complaint: Complaint, *, region: Region) -> tuple[float, float]:
    """`(lat, lon)` in degrees: exact only where the category says so and it is still kept so."""
    exact = exact_place(complaint)
    if exact is not None and region.category(complaint.category).public_place == EXACT:
        return exact
    return rounded(complaint.lat), rounded(complaint.lon)


def has_public_copy(complaint: Complaint, photo: Photo) -> bool:
    """Whether there is, or will be at once, a copy of it that everybody may see."""
    return may_have_public_copy(complaint, photo) and photo.redaction is not None


def may_have_public_copy(complaint: Complaint, photo: Photo) -> bool:
    """False also of a part's photos: their files, and what is hidden in them, are the parent's."""
    if photo.status != PhotoStatus.READY or photo.kept_with is not None:
        return False
    return photo.by != ActorKind.CITIZEN or not complaint.photos_private


def public_photos(complaint: Complaint) -> Iterator[Photo]:
    """Those of the reporter, and of an answer that was given: what a body has not shown yet is not shown."""
    answered = () if complaint.answer is None else complaint.answer.photos
    for photo in complaint.photos:
        if (photo.by == ActorKind.CITIZEN or photo.id in answered) and has_public_copy(complaint, photo):
            yield photo
