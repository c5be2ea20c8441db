"""Who sees what of a complaint: one table of its steps, one of what it holds, by who looks.

Whatever is shown or told of a complaint goes through here: both APIs, the inbox, pushes, the appeal.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, Literal

from functions.complaints.complaint import ActorKind, Complaint, Photo
from functions.complaints.events import PLACED, WITHIN_A_BODY, WRITTEN, Event, EventType
from functions.complaints.places import rounded
from functions.complaints.publicity import public_photos


class Viewer(StrEnum):
    """Who looks. A body above is one that it was escalated to; one that passed it on may be asked about it, no more."""

    REPORTER = "reporter"
    JOINER = "joiner"
    IN_CHARGE = "in_charge"
    PASSED_ON = "passed_on"
    ABOVE = "above"
    PUBLIC = "public"


THEIRS: Final = frozenset({Viewer.REPORTER, Viewer.JOINER})
"""Whose complaint it is."""
BODIES: Final = frozenset({Viewer.IN_CHARGE, Viewer.PASSED_ON, Viewer.ABOVE})


class Shown(StrEnum):
    """How much of a step: nothing; that it happened, when, with which bodies and terms; or also what was written."""

    NOTHING = "nothing"
    STEP = "step"
    WORDS = "words"


INTERNAL: Final = "internal"
type Kind = EventType | tuple[EventType, ActorKind] | Literal["internal"]
"""A step, by whose it is where that makes a difference; INTERNAL is whatever bodies keep among themselves."""

_NOTHING, _STEP, _WORDS = Shown.NOTHING, Shown.STEP, Shown.WORDS
_PUBLIC_STEP: Final = (_WORDS, _STEP, _WORDS, _STEP, _WORDS, _STEP)
_ANSWER: Final = (_WORDS, _WORDS, _WORDS, _WORDS, _WORDS, _STEP)
_BETWEEN_THE_TWO: Final = (_WORDS, _NOTHING, _WORDS, _STEP, _WORDS, _NOTHING)
_REASON_OF_A_BODY: Final = (_WORDS, _STEP, _WORDS, _WORDS, _WORDS, _STEP)
_PHOTO: Final = (_WORDS, _NOTHING, _WORDS, _NOTHING, _WORDS, _NOTHING)
_OF_THE_BODIES: Final = (_NOTHING, _NOTHING, _WORDS, _NOTHING, _WORDS, _NOTHING)
_SAID_TO_ALL: Final = (_WORDS, _WORDS, _WORDS, _WORDS, _WORDS, _WORDS)
_REDACTED: Final = (_STEP, _NOTHING, _WORDS, _NOTHING, _WORDS, _NOTHING)

_STEPS: Final[Mapping[Kind, tuple[Shown, ...]]] = {
    EventType.SUBMITTED: _PUBLIC_STEP,
    (EventType.PHOTO_EXPECTED, ActorKind.CITIZEN): _PHOTO,
    (EventType.PHOTO_EXPECTED, ActorKind.AGENCY): _OF_THE_BODIES,
    EventType.PHOTO_ADDED: _PHOTO,
    EventType.PHOTO_REFUSED: _PHOTO,
    (EventType.PHOTO_MISSED, ActorKind.CITIZEN): _PHOTO,
    (EventType.PHOTO_MISSED, ActorKind.AGENCY): _OF_THE_BODIES,
    EventType.ASSIGNED: _PUBLIC_STEP,
    EventType.ACKNOWLEDGED: _PUBLIC_STEP,
    EventType.COMMENTED: _BETWEEN_THE_TWO,
    EventType.QUESTION_ASKED: _BETWEEN_THE_TWO,
    EventType.TRANSFERRED: _REASON_OF_A_BODY,
    EventType.INSTRUCTED: _REASON_OF_A_BODY,
    EventType.REASSIGNED: _PUBLIC_STEP,
    EventType.DEADLINE_EXTENDED: _REASON_OF_A_BODY,
    EventType.DEADLINE_MOVED: _PUBLIC_STEP,
    EventType.DEADLINE_NEAR: _BETWEEN_THE_TWO,
    EventType.ESCALATED: _PUBLIC_STEP,
    EventType.ANSWERED: _ANSWER,
    EventType.REFUTED: _PUBLIC_STEP,
    EventType.CLOSED: _PUBLIC_STEP,
    EventType.WITHDRAWN: _PUBLIC_STEP,
    EventType.JOINED: _PUBLIC_STEP,
    EventType.LEFT: _PUBLIC_STEP,
    EventType.LEFT_TO_JOINERS: _PUBLIC_STEP,
    EventType.SPLIT: _PUBLIC_STEP,
    (EventType.RECATEGORISED, ActorKind.CITIZEN): _PUBLIC_STEP,
    (EventType.RECATEGORISED, ActorKind.AGENCY): _REASON_OF_A_BODY,
    (EventType.RELOCATED, ActorKind.CITIZEN): _PUBLIC_STEP,
    (EventType.RELOCATED, ActorKind.AGENCY): _REASON_OF_A_BODY,
    EventType.MERGED: _REASON_OF_A_BODY,
    EventType.ABSORBED: _PUBLIC_STEP,
    EventType.ASSIGNED_TO_OFFICER: _OF_THE_BODIES,
    EventType.HIDDEN: _SAID_TO_ALL,
    EventType.UNHIDDEN: _SAID_TO_ALL,
    EventType.FLAGGED: _OF_THE_BODIES,
    EventType.PHOTO_REDACTED: _REDACTED,
    INTERNAL: _OF_THE_BODIES,
}
"""A column for each viewer, in their order."""

STEPS: Final[Mapping[Kind, Mapping[Viewer, Shown]]] = {
    kind: dict(zip(Viewer, row, strict=True)) for kind, row in _STEPS.items()
}

STEP_FIELDS: Final = frozenset(
    {
        "above",
        "acknowledge_by",
        "agency",
        "answered_at",
        "by",
        "category",
        "category_before",
        "closes_at",
        "confirmed",
        "count",
        "disputed_at",
        "district",
        "due_at",
        "exhausted",
        "forward_by",
        "from",
        "from_category",
        "had_since",
        "in_time",
        "internal",
        "into",
        "into_number",
        "joined",
        "known_at",
        "level",
        "missed",
        "missed_at",
        "number",
        "outcome",
        "parent",
        "passed_at",
        "passed_to",
        "promise",
        "reply",
        "theirs",
        "role",
        "silent",
        "to",
        "why",
    }
)
"""What of an event's data belongs to the step itself."""
WORDS_FIELDS: Final = WRITTEN
"""What of it was written, by whichever side."""
MATTER_FIELDS: Final = PLACED | {
    "again_of",
    "boxes",
    "officer",
    "part",
    "parts",
    "photo",
    "photos",
    "proof",
    "revision",
    "written_at",
}
"""What of it is as private as the matter: whoever sees that sees all of a step."""


class Field(StrEnum):
    """What a complaint holds beside its steps, its state and its terms, by the name of its attribute where it is one."""

    COMMENT = "comment"
    WRITTEN_AT = "written_at"
    ADDRESS = "address"
    PLACE = "place"
    """The exact one; whoever does not see it sees it rounded (`places.rounded`)."""
    PHOTOS = "photos"
    """Of either side, in copies in which faces and plates are hidden (`publicity.public_photos`), unless it is hidden."""
    CLEAR_PHOTOS = "clear_photos"
    """The photos as they are."""
    ANSWERS = "answers"
    PUBLIC_NAME = "public_name"
    QUESTION = "open_question"
    PART = "part"
    """What is asked of the body of a part."""
    ANSWER = "answer"
    FLAGS = "flags"
    """How many found that it should not be public."""
    AGAIN_OF = "again_of"
    """An earlier complaint of the same person."""


_THE_TWO: Final = frozenset({Viewer.REPORTER, Viewer.IN_CHARGE, Viewer.ABOVE})
FIELDS: Final[Mapping[Field, frozenset[Viewer]]] = {
    Field.COMMENT: _THE_TWO,
    Field.WRITTEN_AT: _THE_TWO,
    Field.ADDRESS: _THE_TWO,
    Field.PLACE: _THE_TWO,
    Field.PHOTOS: frozenset(Viewer),
    Field.CLEAR_PHOTOS: frozenset({Viewer.IN_CHARGE, Viewer.ABOVE}),
    Field.ANSWERS: _THE_TWO,
    Field.PUBLIC_NAME: _THE_TWO,
    Field.QUESTION: _THE_TWO,
    Field.PART: _THE_TWO,
    Field.AGAIN_OF: _THE_TWO,
    Field.FLAGS: frozenset({Viewer.IN_CHARGE, Viewer.ABOVE}),
    Field.ANSWER: _THE_TWO | {Viewer.JOINER, Viewer.PASSED_ON},
}


def sees(viewer: Viewer, field: Field) -> bool:
    return viewer in FIELDS[field]


def viewing(complaint: Complaint, agency_id: str) -> Viewer | None:
    """As what the body looks at it; None where it is nothing to it."""
    if agency_id == complaint.agency_id:
        return Viewer.IN_CHARGE
    if agency_id in complaint.escalated_to:
        return Viewer.ABOVE
    return Viewer.PASSED_ON if agency_id in complaint.passed_by else None


def kind_of(event: Event) -> Kind:
    """The row of the table that the event stands in."""
    if event.data.get("internal"):
        return INTERNAL
    sided = (event.type, _side(event))
    return sided if sided in STEPS else event.type


def _side(event: Event) -> ActorKind:
    """Whose photos it is about. Nobody but the system misses one, and what says no more is of a citizen's."""
    by = event.data.get("by", ActorKind.CITIZEN) if event.type == EventType.PHOTO_MISSED else event.actor
    return ActorKind.CITIZEN if by == ActorKind.CITIZEN else ActorKind.AGENCY


def shown(event: Event, viewer: Viewer) -> Shown:
    return STEPS[kind_of(event)][viewer]


def as_seen(event: Event, viewer: Viewer, *, officers_of: Collection[str] = ()) -> Event | None:
    """The event with what of its data this viewer may have; None where they may not know of it. Which officer acted is
    left in it for events of these bodies alone: the viewer's own, and those below it (`routing.with_those_below`).
    """
    if event.actor_agency not in officers_of:
        event = replace(event, actor_officer=None)
    match shown(event, viewer):
        case Shown.NOTHING:
            return None
        case Shown.STEP:
            return _with(event, STEP_FIELDS)
    return event if viewer in _THE_TWO else _with(event, STEP_FIELDS | WORDS_FIELDS)


def is_ones_own(event: Event, complaint: Complaint, agency_id: str) -> bool:
    """Whether the body may know of the event as far as it is another's: what a body does within itself is its own, and of
    those above it.
    """
    actor, above = event.actor_agency, complaint.escalated_to
    if event.type not in WITHIN_A_BODY or actor == agency_id:
        return True
    # Those above stand in their order, the nearest first.
    return agency_id in above and actor not in above[above.index(agency_id) :]


def _with(event: Event, fields: frozenset[str]) -> Event:
    return replace(event, data={name: value for name, value in event.data.items() if name in fields})


def complaint_as_seen(complaint: Complaint, viewer: Viewer) -> Complaint:
    """The complaint with what of it this viewer may have: what is left out is empty, and the place is rounded."""
    answer = complaint.answer if sees(viewer, Field.ANSWER) else None
    photos = complaint.photos if viewer in _THE_TWO else _for_everybody(complaint)
    if answer is not None and viewer not in _THE_TWO:
        shown = {photo.id for photo in photos}
        answer = replace(answer, photos=tuple(each for each in answer.photos if each in shown))
    exact = sees(viewer, Field.PLACE)
    return replace(
        complaint,
        photos=photos,
        lat=complaint.lat if exact else rounded(complaint.lat),
        lon=complaint.lon if exact else rounded(complaint.lon),
        answer=answer,
        **{field.value: value for field, value in _BLANK.items() if not sees(viewer, field)},
    )


def _for_everybody(complaint: Complaint) -> tuple[Photo, ...]:
    """What was found of a body's photo is between the two sides."""
    if complaint.hidden is not None:
        return ()
    return tuple(replace(photo, proof=None) for photo in public_photos(complaint))


_BLANK: Final[Mapping[Field, Any]] = {
    Field.COMMENT: "",
    Field.WRITTEN_AT: None,
    Field.ADDRESS: None,
    Field.ANSWERS: {},
    Field.PUBLIC_NAME: None,
    Field.QUESTION: None,
    Field.PART: None,
    Field.AGAIN_OF: None,
    Field.FLAGS: 0,
}
