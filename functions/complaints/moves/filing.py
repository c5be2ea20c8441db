"""Filing: a new complaint from what a person sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from functions.complaints.change import Change, opening
from functions.complaints.clock import iso, to_milliseconds
from functions.complaints.complaint import CITIZEN, Actor, ActorKind, Complaint, Photo, Status
from functions.complaints.deadlines import due_as_known
from functions.complaints.ids import new_id, new_number
from functions.complaints.region import Category, Region


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredPhoto:
    """What the app says about a file before it uploads it: `size` in bytes, `sha256` in hex."""

    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A validated report. `written_at` is when the person wrote it, which may be long before it arrived;
    `reporter_kind` whether they report as a citizen or as an entrepreneur; `again_of` the id of an earlier one that was
    closed (`moves.again`); `photos_private` that nobody but the bodies is to see the photos."""

    category: str
    comment: str
    lat: float
    lon: float
    address: str | None = None
    photos: tuple[DeclaredPhoto, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    public_name: str | None = None
    written_at: datetime | None = None
    language: str = "kk"
    again_of: str | None = None
    reporter_kind: str = CITIZEN
    photos_private: bool = False


def file(draft: Draft, *, region: Region, reporter: str, now: datetime) -> Change:
    """A new complaint with its first event; it waits for its photos where any were declared. Danger waits for none: its
    photos follow.
    """
    now = to_milliseconds(now)
    photos = tuple(declared(photo, by=Actor(kind=ActorKind.CITIZEN), now=now) for photo in draft.photos)
    category = region.categories[draft.category]
    waits = bool(photos) and not category.danger
    complaint = Complaint(
        id=new_id(now),
        number=new_number(region.number_prefix, year=region.calendar.local(now).year),
        region=region.id,
        status=Status.AWAITING_PHOTOS if waits else Status.SUBMITTED,
        category=draft.category,
        danger=category.danger,
        comment=draft.comment,
        lat=draft.lat,
        lon=draft.lon,
        address=draft.address,
        language=draft.language,
        reporter=reporter,
        reporter_kind=draft.reporter_kind,
        public_name=draft.public_name,
        written_at=None if draft.written_at is None else to_milliseconds(draft.written_at),
        answers=draft.answers,
        again_of=draft.again_of,
        photos=photos,
        photos_private=draft.photos_private,
        submitted_at=now,
        changed_at=now,
        started_at=None if waits else now,
        photos_due_at=photos_due_at(now, category=category, region=region) if photos else None,
    )
    data = {
        "number": complaint.number,
        "category": complaint.category,
        "photos": [photo.id for photo in photos],
    }
    if draft.written_at is not None:
        data["written_at"] = iso(draft.written_at)
    if draft.again_of is not None:
        data["again_of"] = draft.again_of
    return opening(complaint, data=data, by=Actor(kind=ActorKind.CITIZEN, id=reporter))


def declared(photo: DeclaredPhoto, *, by: Actor, now: datetime) -> Photo:
    return Photo(
        id=new_id(now),
        by=by.kind,
        agency_id=by.id if by.kind == ActorKind.AGENCY else None,
        content_type=photo.content_type,
        size=photo.size,
        sha256=photo.sha256,
    )


def photos_due_at(now: datetime, *, category: Category, region: Region) -> datetime:
    """Until when photos that are declared now may be on their way; as long does a complaint wait for them, if it does."""
    wait = category.photos_wait or region.photos_wait
    return to_milliseconds(due_as_known(wait, received_at=now, calendar=region.calendar).at)
