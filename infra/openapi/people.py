"""The person's own part of the citizen's API: choices, phones, inbox."""

from typing import Any, Final

from functions.complaints.people_rules import PUSH_KINDS
from functions.complaints.texts import LANGUAGES
from functions.intake.people import schemas
from infra.openapi.complaint import COUNT, EVENT_TYPE, FLAG, INSTANT, NO_TEXT, NUMBER, TEXT
from infra.openapi.operation import CURSOR, ID, LIMIT, Operation, Parameter, record, ref

PEOPLE: Final = "People"

_DEVICE_ID: Final = Parameter(
    name="device_id",
    place="path",
    schema={"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    description="The app's own name for the phone, the same for as long as it is installed.",
)
_PLATFORM: Final = {"type": "string", "enum": ["fcm", "apns"]}

COMPONENTS: Final[dict[str, Any]] = {
    "Me": record(
        {
            "language": {"enum": [*LANGUAGES, None]},
            "zone": TEXT,
            "quiet_hours": {
                "type": ["object", "null"],
                "required": ["from", "to"],
                "properties": {"from": TEXT, "to": TEXT},
            },
            "escalations_pass": FLAG,
            "push_kinds": record(dict.fromkeys(PUSH_KINDS, FLAG)),
            "kind": {"type": "string", "enum": ["citizen", "entrepreneur"]},
            "bin": NO_TEXT,
            "devices": {
                "type": "array",
                "items": record({"device_id": TEXT, "platform": _PLATFORM, "seen_at": INSTANT}),
            },
        },
        description="What the person chose, and the region's own values where they chose nothing.",
    ),
    "Device": record({"device_id": TEXT, "platform": _PLATFORM}),
    "Inbox": record(
        {
            "items": {"type": "array", "items": ref("InboxItem")},
            "unread": COUNT | {"description": "In the whole inbox."},
            "cursor": NO_TEXT | {"description": "Continues the list; null at its end."},
            "as_of": INSTANT | {"description": "Send it back as `until` to mark all of this read."},
        }
    ),
    "InboxItem": record(
        {
            "id": TEXT,
            "complaint_id": ID,
            "number": NUMBER,
            "category": TEXT,
            "mine": FLAG | {"description": "False: another person's complaint that this one has joined."},
            "read": FLAG,
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
    ),
    "Left": record(
        {
            "removed": record(
                {
                    "profile": {},
                    "devices": COUNT,
                    "complaints_made_anonymous": COUNT,
                    "public_names": COUNT,
                    "complaints_left": COUNT | {"description": "Joined before, and not any more."},
                    "notifications": COUNT,
                }
            ),
            "identity": {
                "const": "kept_by_provider",
                "description": "What stays: the account at the identity provider (name, phone, password). It is "
                "deleted there.",
            },
            "complete": FLAG
            | {"description": "False: time ran out. Send the same request again, it goes on."},
        }
    ),
}


def operations() -> tuple[Operation, ...]:
    return (
        Operation(
            method="get",
            path="/v1/me",
            id="showMe",
            tag=PEOPLE,
            caller="person",
            summary="What the person chose, and their phones",
            answer="Me",
        ),
        Operation(
            method="patch",
            path="/v1/me",
            id="choose",
            tag=PEOPLE,
            caller="person",
            summary="Choose language, quiet hours and pushes; say that one is an entrepreneur",
            description="What is left out stays as it is.",
            body=schemas.PROFILE,
            body_required=False,
            example={"language": "kk", "quiet_hours": {"from": "22:00", "to": "08:00"}},
            answer="Me",
        ),
        Operation(
            method="delete",
            path="/v1/me",
            id="leave",
            tag=PEOPLE,
            caller="person",
            summary="Delete one's account",
            description="Removes personal data and phones at once. Complaints stay, without a person. How much of the "
            "day's limits was used is kept for three days, under the person's opaque subject alone.",
            answer="Left",
            further=(202,),
        ),
        Operation(
            method="put",
            path="/v1/devices/{device_id}",
            id="signInOnPhone",
            tag=PEOPLE,
            caller="person",
            summary="Have pushes sent to this phone",
            description="At each start of the app. The phone is the person's from now on: whoever was signed in on it "
            "before is told nothing there any more.",
            parameters=(_DEVICE_ID,),
            body=schemas.DEVICE,
            example={"platform": "fcm", "token": "cX9Qk3-TSXm:APA91bH8u2Vq0"},
            answer="Device",
            problems=("daily-limit-reached",),
        ),
        Operation(
            method="delete",
            path="/v1/devices/{device_id}",
            id="signOutOnPhone",
            tag=PEOPLE,
            caller="person",
            summary="Have no more pushes sent to this phone",
            parameters=(_DEVICE_ID,),
            answer=None,
            status=204,
            problems=("invalid-request",),
        ),
        Operation(
            method="get",
            path="/v1/notifications",
            id="listNotifications",
            tag=PEOPLE,
            caller="person",
            summary="The inbox, newest first, with the number of what was not read",
            description="90 days of it, in the language that the person chose.",
            parameters=(CURSOR, LIMIT),
            answer="Inbox",
        ),
        Operation(
            method="post",
            path="/v1/notifications/read",
            id="markRead",
            tag=PEOPLE,
            caller="person",
            summary="Mark items as read",
            body=schemas.READ,
            body_required=False,
            example={"until": "2026-03-03T04:05:06.789Z"},
            answer={"type": "object", "required": ["unread"], "properties": {"unread": COUNT}},
        ),
    )
