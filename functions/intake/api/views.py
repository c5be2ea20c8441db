"""Complaints as the citizen's app sees them: in short, whole, and as a line of a list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from functions.complaints.clock import iso, iso_or_none
from functions.complaints.complaint import OUTCOMES, Complaint, Hidden, PhotoStatus, Status
from functions.complaints.events import Event
from functions.complaints.history import hidden_reason, line
from functions.complaints.places import distance_m, rounded
from functions.complaints.promise import promise_text
from functions.complaints.publicity import is_public
from functions.complaints.region import Region
from functions.complaints.routing import responsible_agency
from functions.complaints.texts import datetime_text, distance_text, in_language, text
from functions.complaints.transitions import Move
from functions.complaints.visibility import Viewer, complaint_as_seen
from functions.edge.complaint_fields import AgencyName, Line, Number, Point, Possible, agency_name
from functions.edge.complaint_views import (
    ComplaintInShort,
    ListedComplaint,
    Matter,
    PartText,
    in_short,
    listed,
    matter,
)
from functions.edge.fields import Absent, Count, Id, Instant, View, described, one_of
from functions.edge.uploads import PhotoView, Upload, photo_views
from functions.records.lists import Near
from functions.records.tables import ComplaintItem, SuggestionItem

_UNSAID: Final = ""
"""No public name is empty."""


def _is_unsaid(value: object) -> bool:
    return value == _UNSAID


class PhotosAwaited(View):
    """What a complaint waits for before a body has it: `skip` it (`…/photos/skip`), or send them (`…/upload` gives
    a new request for one).
    """

    until: Annotated[
        Instant, described("Then it goes on with what has come; sooner where all have been checked.")
    ]
    photos: Annotated[list[Id], described("Those that have not been checked yet.")]
    agency: Annotated[
        AgencyName | None,
        described(
            "Whose it will be, as things stand. Its term runs from when it is given it, at the latest `until`."
        ),
    ]
    text: Annotated[str, described("The same in words.")]


class ComplaintReceipt(ComplaintInShort):
    """The state of a complaint in short: what every move answers."""

    status_text: str
    agency: AgencyName | None
    waits_for: Absent[PhotosAwaited]
    deadline_explanation: Annotated[str | None, described("How the deadline was counted, in words.")]


class Part(ComplaintReceipt):
    """A part that was passed on to a body of its own."""

    part: PartText


class PhotoSuggestion(View):
    """Where and when the photo says that it was taken. The reporter alone is given it, for a day after the upload; then,
    or when they accept the place (`…/correct`), it is deleted, and nobody else ever sees it.
    """

    lat: Annotated[float | None, described("WGS 84, in degrees, as the file says.")]
    lon: float | None
    taken_at: Instant | None
    distance_m: Annotated[int | None, Field(ge=0, description="From the complaint's place, in metres.")]
    text: Annotated[str, Field(examples=["The photo was taken 2.1 km away."])]


class OwnPhoto(PhotoView):
    """A photo as its reporter sees it."""

    suggestion: Absent[PhotoSuggestion]


class NotPublic(View):
    """That it was taken from the public."""

    agency: Annotated[
        AgencyName | None,
        described("The body that did; null where readers, or whoever runs the region, did."),
    ]
    reason: Annotated[str, described("Why, as everybody may read it.")]
    at: Instant


class AnswerView(View):
    """What the body answered."""

    outcome: Annotated[str, one_of(*OUTCOMES)]
    text: str
    photos: Annotated[list[Id], described("Proof photos.")]
    closes_at: Annotated[Instant | None, described("When it counts as accepted unless it is refuted before.")]


class ComplaintDetail(ComplaintReceipt, Matter):
    """All that a person may know. `answers`, `public_name` and `possible` are the reporter's alone; what was left to those
    who joined says to them too what is `possible`. Whoever joined sees what is public, and what the bodies answered.
    """

    category_name: str
    joined_by_me: Annotated[bool, described("False: it is the caller's own.")]
    photos: list[OwnPhoto]
    public: Annotated[bool, described("Everybody may follow it, without anything that a person wrote.")]
    hidden: Annotated[NotPublic | None, described("That, and why, it was taken from the public.")]
    show_photos: Absent[
        Annotated[
            bool,
            described("Whether the reporter lets everybody see the photos, with faces and plates hidden."),
        ]
    ]
    timeline: list[Line]
    answer: AnswerView | None
    parts: list[Part]
    answers: Absent[dict[str, str]]
    public_name: Annotated[str | None, Field(exclude_if=_is_unsaid)] = _UNSAID
    possible: Absent[Possible]


class OwnLine(ListedComplaint):
    """A line of the person's list: a complaint of theirs."""

    status_text: str
    category: str
    category_name: str
    agency: AgencyName | None
    changed_at: Instant
    joined_by_me: Literal[False]


class JoinedLine(View):
    """Another person's complaint that this one has joined."""

    id: Id
    number: Number
    category: str
    category_name: str
    joined_by_me: Literal[True]


class NearbyComplaint(ListedComplaint):
    """What is needed to judge whether it is the same, without anything of the person who made it. It has no photo: there
    is no copy in which faces and plates are hidden.
    """

    category: str
    category_name: str
    location: Annotated[Point, described("Rounded, as in `/v1/overdue`.")]
    distance_m: Annotated[
        Count, described("From the place that was asked about to the rounded one, in metres.")
    ]
    agency: AgencyName | None
    mine: Annotated[bool, described("The caller's own: there is nothing to join.")]


def receipt(
    complaint: Complaint, *, uploads: Sequence[Upload] = (), region: Region, language: str
) -> ComplaintReceipt:
    """The complaint's state in short, and the uploads that are still to come."""
    return ComplaintReceipt(**_in_short(complaint, uploads=uploads, region=region, language=language))


def detail(
    complaint: Complaint,
    history: Sequence[Event],
    parts: Sequence[Complaint],
    *,
    cursor: str | None,
    viewer: Viewer,
    possible: Sequence[Move],
    suggestions: Sequence[SuggestionItem],
    region: Region,
    language: str,
    bucket: str,
) -> ComplaintDetail:
    """All that a person may know of a complaint, as its reporter or as one who joined; `possible` is what they may do,
    and `suggestions` what they are offered.
    """
    mine = viewer == Viewer.REPORTER
    complaint = complaint_as_seen(complaint, viewer)
    parts = [complaint_as_seen(part, viewer) for part in parts]
    lines = (line(event, language=language, region=region, viewer=viewer) for event in history)
    suggested = {
        each.photo_id: suggestion_view(each, complaint, language=language, zone=region.time_zone)
        for each in suggestions
    }
    photos = photo_views(complaint, viewer=viewer, language=language, bucket=bucket)
    return ComplaintDetail(
        **_in_short(complaint, region=region, language=language),
        **matter(complaint, cursor=cursor),
        category_name=category_name(complaint.category, region=region, language=language),
        joined_by_me=not mine,
        public=is_public(complaint, region=region),
        hidden=_hidden(complaint.hidden, region=region, language=language),
        show_photos=not complaint.photos_private if mine else None,
        photos=[OwnPhoto(**dict(photo), suggestion=suggested.get(photo.id)) for photo in photos],
        timeline=[Line(**each) for each in lines if each is not None],
        answer=_answer(complaint),
        parts=[Part(**_in_short(part, region=region, language=language), part=part.part) for part in parts],
        answers=dict(complaint.answers) if mine else None,
        public_name=complaint.public_name if mine else _UNSAID,
        possible=list(possible) if mine or complaint.left_to_joiners else None,
    )


def _hidden(hidden: Hidden | None, *, region: Region, language: str) -> NotPublic | None:
    if hidden is None:
        return None
    return NotPublic(
        agency=in_charge(hidden.agency_id, region=region, language=language),
        reason=hidden_reason(hidden, language=language),
        at=iso(hidden.at),
    )


def suggestion_view(
    item: SuggestionItem, complaint: Complaint, *, language: str, zone: str
) -> PhotoSuggestion:
    """The photo's place and time, how far that is from the complaint's place, and in words."""
    taken_at = iso_or_none(item.taken_at)
    if "lat" not in item.attribute_values:
        said = text("suggestion.time", language, when=datetime_text(item.taken_at, language, zone))
        return PhotoSuggestion(lat=None, lon=None, taken_at=taken_at, distance_m=None, text=said)
    lat, lon = float(item.lat), float(item.lon)
    distance = round(distance_m((complaint.lat, complaint.lon), (lat, lon)))
    said = text("suggestion.place", language, distance=distance_text(distance, language))
    return PhotoSuggestion(lat=lat, lon=lon, taken_at=taken_at, distance_m=distance, text=said)


def summary(item: ComplaintItem, *, category: str, region: Region, language: str) -> OwnLine | JoinedLine:
    """A line of the person's list; `category` is the one that the complaint has now."""
    name = category_name(category, region=region, language=language)
    if item.kind != ComplaintItem.KIND:
        return JoinedLine(
            id=item.id, number=item.number, category=category, category_name=name, joined_by_me=True
        )
    return OwnLine(
        **listed(item),
        status_text=text(f"status.{item.status}", language),
        category=category,
        category_name=name,
        agency=in_charge(item.agency_id, region=region, language=language),
        changed_at=iso(item.changed_at),
        joined_by_me=False,
    )


def near(found: Near, *, category: str, person: str, region: Region, language: str) -> NearbyComplaint:
    """An open complaint nearby; of who made it nothing but whether that is `person`."""
    item = found.item
    return NearbyComplaint(
        **listed(item),
        category=category,
        category_name=category_name(category, region=region, language=language),
        location=Point(lat=rounded(item.lat), lon=rounded(item.lon)),
        distance_m=round(found.distance_m),
        agency=in_charge(item.agency_id, region=region, language=language),
        mine=item.person == person,
    )


def category_name(category_id: str, *, region: Region, language: str) -> str:
    """The id stands for the name of a category that the region file no longer lists."""
    return in_language(region.category(category_id).name, language)


def in_charge(agency_id: str | None, *, region: Region, language: str) -> AgencyName | None:
    return None if agency_id is None else agency_name(agency_id, region=region, language=language)


def _in_short(
    complaint: Complaint, *, uploads: Sequence[Upload] = (), region: Region, language: str
) -> dict[str, Any]:
    promise = complaint.promise
    return in_short(complaint, uploads=uploads) | {
        "status_text": text(f"status.{_status(complaint)}", language),
        "agency": in_charge(complaint.agency_id, region=region, language=language),
        "deadline_explanation": None if promise is None else promise_text(promise, language),
        "waits_for": _awaited(complaint, region=region, language=language),
    }


def _awaited(complaint: Complaint, *, region: Region, language: str) -> PhotosAwaited | None:
    until = complaint.photos_due_at
    if complaint.status != Status.AWAITING_PHOTOS or until is None:
        return None
    photos = [photo.id for photo in complaint.photos if photo.status == PhotoStatus.EXPECTED]
    when = datetime_text(until, language, region.time_zone)
    said = [text("waits.photos" if photos else "waits.none", language, count=len(photos), until=when)]
    agency = in_charge(_expected(complaint, at=until, region=region), region=region, language=language)
    if agency is not None:
        said.append(text("waits.then", language, agency=agency.name))
    return PhotosAwaited(until=iso(until), photos=photos, agency=agency, text=" ".join(said))


def _expected(complaint: Complaint, *, at: datetime, region: Region) -> str | None:
    """Whose it will be; None where the region file does not say."""
    try:
        return responsible_agency(
            region, category_id=complaint.category, lat=complaint.lat, lon=complaint.lon, at=at
        ).agency_id
    except LookupError:
        return None


def _status(complaint: Complaint) -> str:
    """In which state it is said to be: what was merged was not answered."""
    merged = complaint.merged_into is not None and complaint.status == Status.ANSWERED
    return "merged" if merged else complaint.status.value


def _answer(complaint: Complaint) -> AnswerView | None:
    if (answer := complaint.answer) is None:
        return None
    return AnswerView(
        outcome=answer.outcome,
        text=answer.text,
        photos=list(answer.photos),
        closes_at=iso_or_none(complaint.close_at),
    )
