"""What the answers hold of a complaint: the shapes that persons and agencies are shown."""

from typing import Any, Final

from functions.complaints.complaint import ActorKind, PhotoStatus, Status
from functions.complaints.events import EventType
from functions.complaints.transitions import Move
from infra.openapi.operation import ID, record, ref

INSTANT: Final = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
    "examples": ["2026-03-03T04:05:06.789Z"],
}
NO_INSTANT: Final = INSTANT | {"type": ["string", "null"]}
WRITTEN_AT: Final = NO_INSTANT | {
    "description": "When the person wrote it, as their phone says, where that was before it could be sent."
}
TEXT: Final = {"type": "string"}
NO_TEXT: Final = {"type": ["string", "null"]}
COUNT: Final = {"type": "integer", "minimum": 0}
FLAG: Final = {"type": "boolean"}
STATUS: Final = {"type": "string", "enum": [status.value for status in Status]}
NUMBER: Final = {
    "type": "string",
    "description": "The short number for the phone line.",
    "examples": ["PVL-26-7K3M9T"],
}
POSSIBLE: Final = {
    "type": "array",
    "items": {"type": "string", "enum": [move.value for move in Move]},
    "description": "What the caller can do in this state.",
}
LOCATION: Final = record({"lat": {"type": "number"}, "lon": {"type": "number"}, "address": NO_TEXT})
ANSWERS: Final = {"type": "object", "additionalProperties": TEXT}
ACTOR: Final = {"type": "string", "enum": [kind.value for kind in ActorKind]}
EVENT_TYPE: Final = {"type": "string", "enum": [kind.value for kind in EventType]}


UPLOAD: Final = record(
    {
        "photo_id": ID,
        "method": {"const": "PUT"},
        "url": {"type": "string", "format": "uri"},
        "headers": {
            "type": "object",
            "additionalProperties": TEXT,
            "description": "All of these, as they are: they are signed.",
        },
        "expires_at": INSTANT,
    },
    description="The request to send the file with. It takes the one file that was declared, once.",
)
PHOTO: Final = record(
    {
        "id": ID,
        "by": ACTOR,
        "status": {"type": "string", "enum": [status.value for status in PhotoStatus]},
        "reason": TEXT | {"description": "Why it was refused; stable, for programs."},
        "reason_text": TEXT | {"description": "The same in words, and what can be done."},
        "width": COUNT,
        "height": COUNT,
        "url": {"type": "string", "format": "uri", "description": "Good for a quarter of an hour."},
        "thumbnail_url": {"type": "string", "format": "uri"},
    },
    optional=("reason", "reason_text", "width", "height", "url", "thumbnail_url"),
    description="`url` and the size are there once the photo was found good (`ready`).",
)
OWN_PHOTO: Final = PHOTO | {
    "properties": PHOTO["properties"] | {"suggestion": ref("PhotoSuggestion")},
}
PHOTO_SUGGESTION: Final = record(
    {
        "lat": {"type": ["number", "null"], "description": "WGS 84, in degrees, as the file says."},
        "lon": {"type": ["number", "null"]},
        "taken_at": NO_INSTANT,
        "distance_m": {
            "type": ["integer", "null"],
            "minimum": 0,
            "description": "From the complaint's place, in metres.",
        },
        "text": TEXT | {"examples": ["The photo was taken 2.1 km away."]},
    },
    description="Where and when the photo says that it was taken. The reporter alone is given it, once, within a day "
    "of the upload; then it is deleted, and nobody else ever sees it.",
)
AGENCY_NAME: Final = record({"id": TEXT, "name": TEXT})
LINE: Final = record(
    {
        "seq": COUNT,
        "type": EVENT_TYPE,
        "at": INSTANT,
        "title": TEXT,
        "body": TEXT,
        "agency": ref("AgencyName"),
        "due_at": INSTANT,
        "explanation": TEXT,
    },
    optional=("agency", "due_at", "explanation"),
    description="A step in words, in the caller's language.",
)

_DEADLINE: Final = {
    "due_at": NO_INSTANT | {"description": "By when the body must answer."},
    "deadline_explanation": NO_TEXT | {"description": "How that was counted, in words."},
    "escalation_level": COUNT,
    "overdue": FLAG | {"description": "Every body of the ladder has missed its term."},
}
_RECEIPT: Final = {
    "id": ID,
    "number": NUMBER,
    "status": STATUS,
    "status_text": TEXT,
    "version": COUNT,
    "category": TEXT,
    "agency": {"oneOf": [ref("AgencyName"), {"type": "null"}]},
    "submitted_at": INSTANT,
    "changed_at": INSTANT,
    "uploads": {
        "type": "array",
        "items": ref("Upload"),
        "description": "How to send the photos that this request declared and that have not come yet.",
    },
    **_DEADLINE,
}
_ANSWER: Final = record(
    {
        "outcome": {"type": "string", "enum": ["resolved", "declined"]},
        "text": TEXT,
        "photos": {"type": "array", "items": ID, "description": "Proof photos."},
        "closes_at": NO_INSTANT | {"description": "When it counts as accepted unless it is refuted before."},
    }
)
COMPLAINT: Final = record(_RECEIPT, description="The state of a complaint in short.")
PART: Final = record(_RECEIPT | {"part": NO_TEXT})
COMPLAINT_DETAIL: Final = record(
    _RECEIPT
    | {
        "category_name": TEXT,
        "comment": TEXT,
        "written_at": WRITTEN_AT,
        "location": LOCATION,
        "district": NO_TEXT,
        "joined": COUNT,
        "photos": {"type": "array", "items": ref("OwnPhoto")},
        "timeline": {"type": "array", "items": ref("TimelineLine")},
        "question": NO_TEXT | {"description": "What the body asks and nobody has answered yet."},
        "answer": {"oneOf": [_ANSWER, {"type": "null"}]},
        "parent_id": {"oneOf": [ID, {"type": "null"}]},
        "part": NO_TEXT | {"description": "What is asked of the body of this part."},
        "parts": {"type": "array", "items": ref("Part")},
        "answers": ANSWERS,
        "public_name": NO_TEXT,
        "possible": POSSIBLE,
    },
    optional=("answers", "public_name", "possible"),
    description="All that a person may know. `answers`, `public_name` and `possible` are the reporter's alone.",
)
COMPLAINT_LINE: Final = {
    "oneOf": [
        record(
            {
                **{name: _RECEIPT[name] for name in ("id", "number", "status", "status_text", "category")},
                "category_name": TEXT,
                "agency": _RECEIPT["agency"],
                "submitted_at": INSTANT,
                "changed_at": INSTANT,
                "due_at": NO_INSTANT,
                "escalation_level": COUNT,
                "overdue": FLAG,
                "joined": COUNT,
                "joined_by_me": {"const": False},
            }
        ),
        record(
            {
                "id": ID,
                "number": NUMBER,
                "category": TEXT,
                "category_name": TEXT,
                "joined_by_me": {"const": True},
            },
            description="Another person's complaint that this one has joined.",
        ),
    ]
}
NEARBY: Final = record(
    {
        "id": ID,
        "number": NUMBER,
        "status": STATUS,
        "location": record({"lat": {"type": "number"}, "lon": {"type": "number"}}),
        "distance_m": COUNT,
        "joined": COUNT,
        "submitted_at": INSTANT,
        "agency": _RECEIPT["agency"],
        **{name: _DEADLINE[name] for name in ("due_at", "escalation_level", "overdue")},
        "mine": FLAG | {"description": "The caller's own: there is nothing to join."},
    },
    description="An open complaint, without anything of the person who made it.",
)
OVERDUE: Final = record(
    {
        "number": NUMBER,
        "category": TEXT,
        "category_name": TEXT,
        "district": NO_TEXT,
        "district_name": NO_TEXT,
        "location": record(
            {"lat": {"type": "number"}, "lon": {"type": "number"}},
            description="To three digits of a degree, some 100 m.",
        ),
        "agency": _RECEIPT["agency"],
        "escalated_to": {
            "type": "array",
            "items": ref("AgencyName"),
            "description": "The bodies above it that let their terms pass too.",
        },
        "escalation_level": COUNT,
        "joined": COUNT,
        "submitted_at": INSTANT,
        "overdue_since": INSTANT | {"description": "When the last of the terms ended."},
    },
    description="A complaint that nobody has answered though every term has passed; nothing that a person wrote or sent.",
)

_AGENCY_RECEIPT: Final = {
    "id": ID,
    "number": NUMBER,
    "status": STATUS,
    "version": COUNT,
    "category": TEXT,
    "agency": NO_TEXT | {"description": "Id of the body that has it."},
    "escalated_to": {"type": "array", "items": TEXT, "description": "Bodies in charge beside it."},
    "escalation_level": COUNT,
    "overdue": FLAG,
    "due_at": NO_INSTANT,
    "acknowledge_by": NO_INSTANT,
    "submitted_at": INSTANT,
    "changed_at": INSTANT,
    "possible": POSSIBLE,
    "uploads": {"type": "array", "items": ref("Upload")},
}
EVENT: Final = record(
    {
        "id": TEXT,
        "sequence": COUNT,
        "type": EVENT_TYPE,
        "timestamp": INSTANT,
        "actor": ACTOR,
        "agency": NO_TEXT | {"description": "The body that acted."},
        "status": STATUS,
        "data": {"type": "object"},
        "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "title": TEXT,
        "body": TEXT,
    },
    description="An event of the audit trail. `hash` is SHA-256 over the event and the hash of the one before.",
)
AGENCY_COMPLAINT: Final = record(_AGENCY_RECEIPT, description="The state of a complaint in short.")
AGENCY_PART: Final = record(_AGENCY_RECEIPT | {"part": NO_TEXT})
AGENCY_COMPLAINT_DETAIL: Final = record(
    _AGENCY_RECEIPT
    | {
        "comment": TEXT,
        "written_at": WRITTEN_AT,
        "location": LOCATION,
        "district": NO_TEXT,
        "answers": ANSWERS,
        "public_name": NO_TEXT,
        "reporter_kind": {
            "type": "string",
            "enum": ["citizen", "entrepreneur"],
            "description": "In which capacity the person reports. The entrepreneur's number is shown to nobody.",
        },
        "joined": COUNT,
        "question": NO_TEXT,
        "photos": {"type": "array", "items": ref("Photo")},
        "promise": {
            "type": ["object", "null"],
            "description": "How the deadline was counted, as data.",
        },
        "forward_by": NO_INSTANT
        | {
            "description": "By when to pass it on if it is another body's: three working days by the law (art. 65)."
        },
        "deadline_explanation": NO_TEXT,
        "events": {"type": "array", "items": ref("Event")},
        "parent_id": {"oneOf": [ID, {"type": "null"}]},
        "part": NO_TEXT,
        "parts": {"type": "array", "items": ref("AgencyPart")},
        "refutations": COUNT,
        "extensions": COUNT,
        "chain_head": TEXT,
    },
    description="Everything about the matter; of the person nothing but what they chose to show.",
)
WORK: Final = record(
    {
        "id": ID,
        "number": NUMBER,
        "status": STATUS,
        "category": TEXT,
        "district": NO_TEXT,
        "role": {
            "type": "string",
            "enum": ["owner", "supervisor"],
            "description": "Whether it is the body's own, or was escalated to it.",
        },
        "agency": NO_TEXT,
        "due_at": NO_INSTANT,
        "escalation_level": COUNT,
        "overdue": FLAG,
        "joined": COUNT,
        "version": COUNT,
        "submitted_at": INSTANT,
        "changed_at": INSTANT,
    }
)

CATEGORY: Final = record(
    {
        "id": TEXT,
        "name": TEXT,
        "hint": NO_TEXT,
        "danger": FLAG,
        "answer_within": TEXT | {"examples": ["PT4H", "P15BD"]},
        "max_photos": COUNT,
        "duplicate_radius_m": COUNT,
        "questions": {"type": "array", "items": ref("Question")},
    }
)
QUESTION: Final = record(
    {
        "id": TEXT,
        "text": TEXT,
        "kind": {"type": "string", "enum": ["text", "choice", "number"]},
        "required": FLAG,
        "choices": {"type": "array", "items": record({"id": TEXT, "text": TEXT})},
    }
)
AGENCY: Final = record(
    {"id": TEXT, "name": TEXT, "parent": NO_TEXT | {"description": "The body it answers to."}}
)

COMPONENTS: Final[dict[str, Any]] = {
    "Upload": UPLOAD,
    "Photo": PHOTO,
    "OwnPhoto": OWN_PHOTO,
    "PhotoSuggestion": PHOTO_SUGGESTION,
    "AgencyName": AGENCY_NAME,
    "TimelineLine": LINE,
    "Complaint": COMPLAINT,
    "Part": PART,
    "ComplaintDetail": COMPLAINT_DETAIL,
    "ComplaintLine": COMPLAINT_LINE,
    "NearbyComplaint": NEARBY,
    "OverdueComplaint": OVERDUE,
    "AgencyComplaint": AGENCY_COMPLAINT,
    "AgencyPart": AGENCY_PART,
    "AgencyComplaintDetail": AGENCY_COMPLAINT_DETAIL,
    "Event": EVENT,
    "Work": WORK,
    "Category": CATEGORY,
    "Question": QUESTION,
    "Agency": AGENCY,
}
