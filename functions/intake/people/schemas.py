"""The request bodies of the person's own part of the API, as the OpenAPI document publishes them."""

from typing import Any, Final

from functions.complaints.people_rules import PUSH_KINDS
from functions.complaints.texts import LANGUAGES
from functions.edge.bodies import object_of

READ_MOST: Final = 50
ZONE_MOST: Final = 64
TOKEN_MOST: Final = 2_048

Schema = dict[str, Any]

_TIME: Final[Schema] = {
    "type": "string",
    "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "description": "By the clock on the wall, as `22:00`",
}

DEVICE: Final[Schema] = object_of(
    {
        "platform": {
            "type": "string",
            "enum": ["fcm", "apns"],
            "description": "The push service that gave the token",
        },
        "token": {
            "type": "string",
            "minLength": 1,
            "maxLength": TOKEN_MOST,
            "pattern": "^[!-~]+$",
            "description": "What the push service calls this app on this phone; for apns in hex",
        },
    },
    required=["platform", "token"],
)

PROFILE: Final[Schema] = object_of(
    {
        "language": {
            "type": ["string", "null"],
            "enum": [*LANGUAGES, None],
            "description": "Of every text; null: the one that each request asks for",
        },
        "zone": {
            "type": ["string", "null"],
            "maxLength": ZONE_MOST,
            "description": "Time zone of the IANA database, as `Asia/Almaty`; null: the region's",
        },
        "quiet_hours": {
            "type": ["object", "null"],
            "required": ["from", "to"],
            "additionalProperties": False,
            "properties": {"from": _TIME, "to": _TIME},
            "description": "When pushes wait; null: never",
        },
        "escalations_pass": {
            "type": "boolean",
            "description": "Whether the push about an escalation comes in quiet hours too",
        },
        "push_kinds": {
            "type": "object",
            "additionalProperties": False,
            "properties": {kind: {"type": "boolean"} for kind in PUSH_KINDS},
            "description": "Which kinds of steps are pushed; all of them are in the inbox",
        },
        "kind": {
            "type": "string",
            "enum": ["citizen", "entrepreneur"],
            "description": "In which capacity the person reports",
        },
        "bin": {
            "type": "string",
            "pattern": "^[0-9]{12}$",
            "description": "An entrepreneur's business identification number, 12 digits with the control digit",
        },
    }
)

READ: Final[Schema] = object_of(
    {
        "ids": {
            "type": "array",
            "maxItems": READ_MOST,
            "items": {"type": "string", "maxLength": 128},
            "description": "Ids of items that were read",
        },
        "until": {
            "type": "string",
            "format": "date-time",
            "description": "Everything up to then was read: the list's `as_of`",
        },
    }
)
