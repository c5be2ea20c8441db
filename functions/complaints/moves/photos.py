"""Photos: found good, refused, never come, or not waited for."""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime

from functions.complaints.change import Change, change
from functions.complaints.complaint import (
    ENDED,
    OPEN,
    SYSTEM,
    Actor,
    ActorKind,
    Complaint,
    Photo,
    PhotoStatus,
    Status,
)
from functions.complaints.faults import Conflict, NotFound
from functions.complaints.perceptual_hash import PerceptualHash, is_copy
from functions.complaints.personal import exact_place, with_photo_hash
from functions.complaints.proof import Found, Proof, Reused, distance_of, refusal, taken_of
from functions.complaints.transitions import Move


def add_photo(
    complaint: Complaint,
    photo_id: str,
    *,
    width: int,
    height: int,
    clean_sha256: str,
    photo_hash: str | None = None,
    found: Found | None = None,
    strict: bool = False,
    now: datetime,
) -> Change | None:
    """A photo was checked and cleaned; None if that is known already, or the complaint has ended meanwhile.

    `clean_sha256` in hex, of what is kept of it; `photo_hash` its perceptual hash in hex, if it has one. `found` is what a
    body's photo says of itself: three facts are kept of that (`proof`), and where proof is `strict` the photo is refused
    for them. One that comes after the wait for it was over counts all the same.
    """
    photo = _photo(complaint, photo_id)
    if photo.status == PhotoStatus.READY or complaint.status in ENDED:
        return None
    if photo.status == PhotoStatus.REFUSED:
        raise Conflict("photo_refused")
    proof = proof_of(complaint, photo, found or Found()) if photo.by == ActorKind.AGENCY else None
    reason = refusal(proof) if strict and proof is not None else None
    if reason is not None:
        return refuse_photo(complaint, photo_id, reason=reason, now=now)
    ready = replace(
        photo,
        status=PhotoStatus.READY,
        width=width,
        height=height,
        clean_sha256=clean_sha256,
        proof=proof,
    )
    return _settled(complaint, ready, photo_hash=photo_hash, move=Move.ADD_PHOTO, now=now)


def proof_of(complaint: Complaint, photo: Photo, found: Found) -> Proof:
    """What is kept of what a body's photo says of itself."""
    return Proof(
        distance=distance_of(found, exact_place(complaint)),
        taken=taken_of(found, complaint.submitted_at),
        reused=_reused(complaint, photo, found),
    )


def _reused(complaint: Complaint, photo: Photo, found: Found) -> Reused | None:
    others = (each for photo_id, each in complaint.photo_hashes.items() if photo_id != photo.id)
    hashes = map(PerceptualHash.of, others)
    views = found.views
    if complaint.id in found.copied_from or (views and any(is_copy(views, of=each) for each in hashes)):
        return Reused.THIS_COMPLAINT
    return Reused.OTHER_COMPLAINT if found.copied_from else None


def refuse_photo(complaint: Complaint, photo_id: str, *, reason: str, now: datetime) -> Change | None:
    """A photo is not what it claims or cannot be used; None if that is known already, or the complaint has ended
    meanwhile.
    """
    photo = _photo(complaint, photo_id)
    if photo.status in (PhotoStatus.REFUSED, PhotoStatus.READY) or complaint.status in ENDED:
        return None
    refused = replace(photo, status=PhotoStatus.REFUSED, reason=reason)
    return _settled(complaint, refused, move=Move.REFUSE_PHOTO, now=now)


def miss_photos(complaint: Complaint, *, now: datetime) -> Change:
    """The wait for photos is over: the complaint goes on with those that came.

    Of those declared later, one side's at a time: what the body did not send is not the citizen's concern.
    """
    expected = [photo for photo in complaint.photos if photo.status == PhotoStatus.EXPECTED]
    side = ActorKind.AGENCY if {photo.by for photo in expected} == {ActorKind.AGENCY} else ActorKind.CITIZEN
    missed = [photo.id for photo in expected if photo.by == side]
    awaited = complaint.status == Status.AWAITING_PHOTOS
    return change(
        complaint,
        Move.MISS_PHOTOS,
        by=SYSTEM,
        now=now,
        data={"photos": missed, "by": side},
        status=Status.SUBMITTED if awaited else None,
        photos=_without(complaint, missed),
        started_at=now if awaited else complaint.started_at,
    )


def skip_photos(complaint: Complaint, *, by: Actor, now: datetime) -> Change | None:
    """Whoever reported it waits no longer: the complaint goes on with what has come. None where it has gone on already.

    A photo that comes after all counts all the same.
    """
    if complaint.reporter != by.id:
        raise NotFound(complaint.id)
    if complaint.status in OPEN - {Status.AWAITING_PHOTOS}:
        return None
    missed = [photo.id for photo in complaint.photos if photo.status == PhotoStatus.EXPECTED]
    return change(
        complaint,
        Move.SKIP_PHOTOS,
        by=by,
        now=now,
        data={"photos": missed, "by": ActorKind.CITIZEN},
        photos=_without(complaint, missed),
        started_at=now,
    )


def still_to_come(complaint: Complaint, photo_id: str, *, by: Actor) -> Photo:
    """The person's own photo, that may still be sent. Raises NotFound where they declared no such, Conflict where it has
    come, was refused, or comes too late.
    """
    photo = complaint.photo(photo_id)
    if complaint.reporter != by.id or photo is None or photo.by != ActorKind.CITIZEN:
        raise NotFound(photo_id)
    if photo.status == PhotoStatus.READY:
        raise Conflict("photo_there")
    if photo.status == PhotoStatus.REFUSED:
        raise Conflict("photo_refused")
    if complaint.status in ENDED:
        raise Conflict("photo_too_late")
    return photo


def _without(complaint: Complaint, missed: Collection[str]) -> tuple[Photo, ...]:
    return tuple(
        replace(photo, status=PhotoStatus.MISSED) if photo.id in missed else photo
        for photo in complaint.photos
    )


def _settled(
    complaint: Complaint, photo: Photo, *, photo_hash: str | None = None, move: Move, now: datetime
) -> Change:
    """A complaint that waited for this photo alone is complete; one whose only photo was refused waits on."""
    photos = tuple(photo if each.id == photo.id else each for each in complaint.photos)
    waiting = any(each.status == PhotoStatus.EXPECTED for each in photos)
    ready = any(each.status == PhotoStatus.READY for each in photos)
    complete = complaint.status == Status.AWAITING_PHOTOS and ready and not waiting
    data: dict[str, object] = {"photo": photo.id, "by": photo.by}
    if photo.reason is not None:
        data["reason"] = photo.reason
    if photo.proof is not None:
        data["proof"] = asdict(photo.proof)
    looked = with_photo_hash(complaint, photo.id, photo_hash)
    return change(
        complaint,
        move,
        by=SYSTEM,
        now=now,
        data=data,
        status=Status.SUBMITTED if complete else None,
        photos=photos,
        photo_hashes=looked.photo_hashes,
        words_seal=looked.words_seal,
        started_at=now if complete else complaint.started_at,
    )


def _photo(complaint: Complaint, photo_id: str) -> Photo:
    photo = complaint.photo(photo_id)
    if photo is None:
        raise NotFound(photo_id)
    return photo
