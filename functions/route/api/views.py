"""Complaints as agencies see them: everything about the matter, nothing about the person but what they chose."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from functions.complaints.clock import iso, iso_or_none
from functions.complaints.complaint import (
    CITIZEN,
    ENTREPRENEUR,
    WITH_AGENCY,
    Actor,
    ActorKind,
    Complaint,
    Hidden,
    Status,
)
from functions.complaints.events import Event, EventType
from functions.complaints.excerpt import EXCERPT_MOST
from functions.complaints.history import hidden_reason, line
from functions.complaints.moves.receivers import instructed, receivers
from functions.complaints.moves.terms import forward_by
from functions.complaints.promise import left_text, promise_text
from functions.complaints.publicity import FLAGS_HIDE, is_public
from functions.complaints.region import Region
from functions.complaints.routing import with_those_below
from functions.complaints.transitions import Move
from functions.complaints.visibility import Field as Held
from functions.complaints.visibility import Viewer, as_seen, complaint_as_seen, is_ones_own, sees
from functions.edge.complaint_fields import MissedTerm, Point
from functions.edge.complaint_fields import Possible as PossibleMoves
from functions.edge.complaint_views import (
    ComplaintInShort,
    ListedComplaint,
    Matter,
    PartText,
    in_short,
    listed,
    matter,
)
from functions.edge.fields import Count, Instant, View, described, one_of
from functions.edge.uploads import (
    PhotoView,
    RedactionView,
    Thumbnail,
    Upload,
    photo_views,
    redaction_view,
    thumbnail,
)
from functions.records.worklist import Line

type Possible = Callable[[Complaint], tuple[Move, ...]]
"""What the caller can do with a complaint."""


AssignedTo = Annotated[
    str | None,
    described(
        "Id of your officer to whom your body gave it; null where it is nobody's. Each body has its own."
    ),
]


class AgencyComplaint(ComplaintInShort):
    """The state of a complaint in short: what every move answers."""

    agency: Annotated[str | None, described("Id of the body that has it.")]
    escalated_to: Annotated[list[str], described("Bodies in charge beside it.")]
    acknowledge_by: Annotated[Instant | None, described("By when it must say that it has seen it.")]
    possible: PossibleMoves


class AgencyPart(AgencyComplaint):
    """A part that was passed on to a body of its own."""

    part: PartText


class AuditEvent(View):
    """An event of the audit trail. `hash` is SHA-256 over the event and the hash of the one before."""

    id: str
    sequence: Count
    type: EventType
    timestamp: Instant
    actor: ActorKind
    agency: Annotated[str | None, described("The body that acted.")]
    officer: Annotated[
        str | None,
        described(
            "Id of the officer who acted for it; null where its system did, and where it is neither your body nor one "
            "below it."
        ),
    ]
    status: Status
    data: Annotated[dict[str, Any], described("What the event says beside; it depends on its type.")]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    title: str
    body: str


class AgencyPhoto(PhotoView):
    """A photo as bodies see it."""

    redaction: Annotated[
        RedactionView | None,
        described(
            "What is hidden in its public copy (`…/redact`); null where there is none, and for a body that passed it on."
        ),
    ]


class HiddenView(View):
    """That it was taken from the public."""

    by: Annotated[
        ActorKind,
        described("A body (`agency`), whoever runs the region (`system`), or readers who flagged it."),
    ]
    agency: Annotated[str | None, described("Id of the body that did.")]
    reason: Annotated[str, described("Why, as everybody may read it.")]
    at: Instant


class AgencyComplaintDetail(AgencyComplaint, Matter):
    """Everything about the matter; of the person nothing but what they chose to show. A body that passed it on sees the
    steps and what bodies decided, and nothing of what the person wrote, of the exact place and of the photos.
    """

    answers: Annotated[dict[str, str], described("To the category's questions, by question id.")]
    public_name: Annotated[str | None, described("The name that the person chose to show, if any.")]
    reporter_kind: Annotated[
        str,
        one_of(CITIZEN, ENTREPRENEUR),
        described("In which capacity the person reports. The entrepreneur's number is shown to nobody."),
    ]
    assigned_to: AssignedTo
    photos: list[AgencyPhoto]
    public: Annotated[bool, described("Everybody may follow it at this moment.")]
    hidden: Annotated[HiddenView | None, described("That, and why, it was taken from the public.")]
    flags: Annotated[
        Count,
        described(
            "How many readers have found that it should not be public, until somebody has looked; 0 for a body that passed "
            f"it on. {FLAGS_HIDE} hide it."
        ),
    ]
    promise: Annotated[dict[str, Any] | None, described("How the deadline was counted, as data.")]
    forward_by: Annotated[
        Instant | None,
        described(
            "By when to pass it on if it is another body's: three working days at most by the law (art. 65). Whoever "
            "passes it on later is on record with that (`in_time`)."
        ),
    ]
    deadline_explanation: Annotated[str | None, described("How the deadline was counted, in words.")]
    left: Annotated[
        str | None,
        described(
            "How much of the open hours of the body that has it is left until `due_at`, in words; null where none is, and "
            "where nobody has to answer it."
        ),
    ]
    missed: Annotated[
        MissedTerm | None, described("What became of the last term for an answer that passed, if any.")
    ]
    missed_by: Annotated[str | None, described("Id of the body that let that term pass.")]
    missed_at: Annotated[Instant | None, described("When that term ended.")]
    had_since: Annotated[Instant | None, described("Since when the body that let it pass had the complaint.")]
    transfer_to: Annotated[list[str], described("Ids of the bodies that you can pass it on to.")]
    instruct_to: Annotated[list[str], described("Ids of the bodies below you that you can give it to.")]
    events: list[AuditEvent]
    parts: list[AgencyPart]
    refutations: Count
    extensions: Count
    chain_head: Annotated[str, described("The hash of the last event.")]


class Work(ListedComplaint):
    """A line of the worklist."""

    category: str
    district: str | None
    danger: Annotated[bool, described("Its category is one of danger.")]
    excerpt: Annotated[
        str,
        described(
            f"The first words of what the person wrote, {EXCERPT_MOST} characters at most; empty where photos alone show "
            "it, or it was erased."
        ),
    ]
    location: Annotated[Point, described("Exact: where to draw it on a map.")]
    address: Annotated[str | None, described("The place in the person's words.")]
    thumbnail: Annotated[Thumbnail | None, described("Of the person's first photo that was found good.")]
    role: Annotated[
        Literal["owner", "supervisor"],
        described("Whether it is the body's own, or was escalated to it."),
    ]
    agency: Annotated[str | None, described("Id of the body that has it.")]
    assigned_to: AssignedTo
    version: Count
    changed_at: Instant


def receipt(complaint: Complaint, *, uploads: Sequence[Upload] = (), possible: Possible) -> AgencyComplaint:
    return AgencyComplaint(**_in_short(complaint, uploads=uploads, possible=possible))


def detail(
    complaint: Complaint,
    history: Sequence[Event],
    parts: Sequence[Complaint],
    *,
    cursor: str | None,
    by: Actor,
    possible: Possible,
    region: Region,
    language: str,
    bucket: str,
    viewer: Viewer,
    now: datetime,
) -> AgencyComplaintDetail:
    promise, lapse, moves = complaint.promise, complaint.lapse, possible(complaint)
    transfer_to = receivers(complaint, by=by, region=region, now=now) if Move.TRANSFER in moves else ()
    instruct_to = instructed(complaint, by=by, region=region, now=now) if Move.INSTRUCT in moves else ()
    own = [event for event in history if is_ones_own(event, complaint, by.id or "")]
    complaint = complaint_as_seen(complaint, viewer)
    parts = [complaint_as_seen(part, viewer) for part in parts]
    officers_of = with_those_below(region, by.id or "", at=now)
    steps = (as_seen(event, viewer, officers_of=officers_of) for event in own)
    seen = [each for each in steps if each is not None]
    return AgencyComplaintDetail(
        **_in_short(complaint, possible=possible),
        **matter(complaint, cursor=cursor),
        answers=dict(complaint.answers),
        public_name=complaint.public_name,
        reporter_kind=complaint.reporter_kind,
        assigned_to=complaint.officers.get(by.id or ""),
        photos=_photos(complaint, viewer=viewer, language=language, bucket=bucket),
        public=is_public(complaint, region=region),
        hidden=_hidden(complaint.hidden, language=language),
        flags=max(0, complaint.flags),
        promise=None if promise is None else dict(promise),
        forward_by=iso_or_none(forward_by(complaint, region=region)),
        deadline_explanation=None if promise is None else promise_text(promise, language),
        left=_left(complaint, region=region, language=language, now=now),
        missed=None if lapse is None else lapse.missed,
        missed_by=None if lapse is None else lapse.agency_id,
        missed_at=None if lapse is None else iso(lapse.missed_at),
        had_since=None if lapse is None else iso(lapse.had_since),
        transfer_to=list(transfer_to),
        instruct_to=list(instruct_to),
        events=[_event(event, viewer=viewer, language=language, region=region) for event in seen],
        parts=[AgencyPart(**_in_short(part, possible=possible), part=part.part) for part in parts],
        refutations=complaint.refutations,
        extensions=complaint.extensions,
        chain_head=complaint.head,
    )


def _photos(complaint: Complaint, *, viewer: Viewer, language: str, bucket: str) -> list[AgencyPhoto]:
    views = photo_views(complaint, viewer=viewer, language=language, bucket=bucket)
    clear = sees(viewer, Held.CLEAR_PHOTOS)
    return [
        AgencyPhoto(**dict(view), redaction=redaction_view(photo) if clear else None)
        for view, photo in zip(views, complaint.photos, strict=True)
    ]


def _hidden(hidden: Hidden | None, *, language: str) -> HiddenView | None:
    if hidden is None:
        return None
    return HiddenView(
        by=hidden.by,
        agency=hidden.agency_id,
        reason=hidden_reason(hidden, language=language),
        at=iso(hidden.at),
    )


def work(line: Line, *, bucket: str) -> Work:
    """A line of a body's worklist."""
    item = line.complaint
    return Work(
        **listed(item),
        category=item.category,
        district=item.district,
        danger=bool(item.danger),
        excerpt=item.excerpt or "",
        location=Point(lat=item.lat, lon=item.lon),
        address=item.address,
        thumbnail=None if item.thumbnail is None else thumbnail(item.thumbnail, bucket=bucket),
        role=line.role,
        agency=item.agency_id,
        assigned_to=line.officer,
        version=int(item.version or 0),
        changed_at=iso(item.changed_at),
    )


def _in_short(complaint: Complaint, *, uploads: Sequence[Upload] = (), possible: Possible) -> dict[str, Any]:
    return in_short(complaint, uploads=uploads) | {
        "agency": complaint.agency_id,
        "escalated_to": list(complaint.escalated_to),
        "acknowledge_by": iso_or_none(complaint.acknowledge_by),
        "possible": list(possible(complaint)),
    }


def _left(complaint: Complaint, *, region: Region, language: str, now: datetime) -> str | None:
    if complaint.status not in WITH_AGENCY or complaint.due_at is None:
        return None
    calendar = region.calendar_of(complaint.agency_id)
    return left_text(complaint.due_at, now=now, calendar=calendar, language=language)


def _event(event: Event, *, viewer: Viewer, language: str, region: Region) -> AuditEvent:
    """Of an event as the viewer sees it."""
    said = line(event, language=language, region=region, viewer=viewer)
    assert said is not None
    return AuditEvent(
        id=event.id,
        sequence=event.seq,
        type=event.type,
        timestamp=iso(event.at),
        actor=event.actor,
        agency=event.actor_agency,
        officer=event.actor_officer,
        status=event.status,
        data=dict(event.data),
        hash=event.hash,
        title=said["title"],
        body=said["body"],
    )
