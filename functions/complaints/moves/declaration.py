"""Further photos, declared before they are uploaded."""

from collections.abc import Sequence
from datetime import datetime

from functions.complaints.caps import photos_full
from functions.complaints.change import Change, change
from functions.complaints.complaint import Actor, Complaint, Photo, PhotoStatus, Status
from functions.complaints.faults import invalid
from functions.complaints.ids import made_at
from functions.complaints.moves.filing import DeclaredPhoto, declared, photos_due_at
from functions.complaints.officers import require_role
from functions.complaints.region import Region
from functions.complaints.transitions import Move, require


def expect_photos(
    complaint: Complaint, photos: Sequence[DeclaredPhoto], *, by: Actor, region: Region, now: datetime
) -> Change:
    """Declare further photos; raises Invalid where the category's limit for this side would be passed, Conflict where
    too many were declared in vain.

    Each answer gives both sides the whole limit once more: to refute with a photo, to prove the next answer. One that
    has not come within the region's term takes nobody's place any longer; should it come after all, it counts. A
    complaint that waits for its photos waits no longer for these.
    """
    require_role(by, Move.EXPECT_PHOTO)
    require(complaint, Move.EXPECT_PHOTO, by=by)
    new = tuple(declared(photo, by=by, now=now) for photo in photos)
    category = region.category(complaint.category)
    limit = photos_limit(complaint, region=region)

    def counts(photo: Photo) -> bool:
        if photo.status == PhotoStatus.EXPECTED:
            return photos_due_at(made_at(photo.id), category=category, region=region) > now
        return photo.status == PhotoStatus.READY

    there = sum(photo.by == by.kind and counts(photo) for photo in complaint.photos)
    if there + len(new) > limit:
        raise invalid("/photos", "too_many_photos", limit=limit, left=max(0, limit - there))
    full = photos_full(complaint, by=by, limit=limit, more=len(new))
    if full is not None:
        raise full
    return change(
        complaint,
        Move.EXPECT_PHOTO,
        by=by,
        now=now,
        data={"photos": [photo.id for photo in new]},
        photos=complaint.photos + new,
        photos_due_at=complaint.photos_due_at
        if complaint.status == Status.AWAITING_PHOTOS
        else photos_due_at(now, category=category, region=region),
    )


def photos_limit(complaint: Complaint, *, region: Region) -> int:
    """How many photos each side may show by now."""
    answers = complaint.refutations + (complaint.status == Status.ANSWERED)
    return region.category(complaint.category).max_photos * (1 + answers)
