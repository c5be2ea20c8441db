"""The form of a region file, key by key. `region.schema.json`, for editors, is written from it."""

import json
from typing import Any, Final

from infra.region.shape import Either, Flag, Integer, Key, ListOf, Nullable, OneOf, Record, Table, Term, Text

LANGUAGES: Final = ("kk", "ru", "en")
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AGENCY_KINDS: Final = (
    "department",
    "akimat",
    "district_akimat",
    "inspectorate",
    "police",
    "prosecutor",
    "ministry",
    "government",
)

DATE_PATTERN: Final = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
ID_PATTERN: Final = "^[a-z][a-z0-9]*([_-][a-z0-9]+)*$"

_ID = Text(
    what="an id of lower-case letters, digits, - and _, beginning with a letter",
    pattern=ID_PATTERN,
    rule="id",
)
_SENTENCE = Text(what="a text", pattern=r"\S")
_EMAIL = Text(what="an e-mail address", pattern=r"^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$", rule="email")
_DATE = Text(what="a date such as 2026-03-09", pattern=DATE_PATTERN)
_TIME = Text(what="a time such as 09:00", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")
_DAYS = Text(what="a number of days such as P90D", pattern="^P[1-9][0-9]{0,4}D$", rule="duration")
_SECRET = Text(what="the name of a secret in Secrets Manager", pattern="^[A-Za-z0-9/_+=.@-]{1,512}$")
_ISSUER = Text(what="an address such as https://id.example.org", pattern=r"^https?://[^\s/]+(/\S*)?$")
_TERM = Term()

NAMES: Final = Record(
    what="a text in three languages",
    missing_rule="missing-language",
    keys={
        "kk": Key(_SENTENCE, "in Kazakh"),
        "ru": Key(_SENTENCE, "in Russian"),
        "en": Key(_SENTENCE, "in English"),
    },
)

_HOURS = Record(
    what="the hours",
    keys={
        "opens": Key(_TIME, "when the day begins, such as 09:00"),
        "closes": Key(_TIME, "when the day ends, such as 18:30"),
        "breaks": Key(
            ListOf(
                item=Record(
                    what="a break",
                    keys={"from": Key(_TIME, "when it begins"), "to": Key(_TIME, "when it ends")},
                )
            ),
            "closed times in between, in order",
            required=False,
        ),
    },
)

CALENDAR: Final = Record(
    what="the calendar",
    keys={
        "country": Key(OneOf(("KZ",)), "whose public holidays apply"),
        "years": Key(
            ListOf(item=Integer(minimum=2021, maximum=2099), minimum=2),
            "the years whose holidays and moved days are checked; deadlines cannot reach beyond",
        ),
        "count_from": Key(
            OneOf(("next_day", "same_day")),
            "whether a term in working days begins with the day of registration",
        ),
        "hours": Key(_HOURS, "when bodies work, unless a body has hours of its own"),
        "weekend": Key(ListOf(item=OneOf(WEEKDAYS), minimum=1), "the weekly days of rest"),
        "moved_working": Key(ListOf(item=_DATE), "weekend days that are worked by order", required=False),
        "moved_off": Key(ListOf(item=_DATE), "weekdays that are free by order", required=False),
        "kurban_ait": Key(
            ListOf(item=_DATE), "the first day of Kurban Ait of each year, once announced", required=False
        ),
        "short_days": Key(
            Table(what=_DATE.what, pattern=_DATE.pattern, item=_TIME),
            "days that close earlier, with the time",
            required=False,
        ),
    },
)

_AGENCY = Record(
    what="an agency",
    identity=("id",),
    keys={
        "id": Key(_ID, "its id, for good: complaints refer to it"),
        "name": Key(NAMES, "its name as an office, without persons"),
        "kind": Key(OneOf(AGENCY_KINDS), "what sort of body it is"),
        "parent": Key(Nullable(_ID), "the body above it, or null at the top"),
        "hours": Key(_HOURS, "its own hours", required=False),
        "contact_email": Key(_EMAIL, "where it is reached, and told when its webhooks fail", required=False),
    },
)

_QUESTION = Record(
    what="a question",
    identity=("id",),
    keys={
        "id": Key(_ID, "its id within the category"),
        "text": Key(NAMES, "the question"),
        "kind": Key(OneOf(("text", "choice", "number")), "what the answer is"),
        "required": Key(Flag(), "whether it must be answered; no unless said", required=False),
        "choices": Key(
            ListOf(
                item=Record(
                    what="a choice",
                    identity=("id",),
                    keys={"id": Key(_ID, "its id"), "text": Key(NAMES, "what the person reads")},
                ),
                minimum=2,
            ),
            "the choices, where the kind is choice",
            required=False,
        ),
    },
)

_CATEGORY = Record(
    what="a category",
    identity=("id",),
    keys={
        "id": Key(_ID, "its id, for good: complaints refer to it"),
        "name": Key(NAMES, "what the person chooses"),
        "hint": Key(NAMES, "what to photograph or to write", required=False),
        "danger": Key(Flag(), "whether somebody may come to harm; then terms run by the clock"),
        "acknowledge_within": Key(
            Nullable(_TERM), "until when the body says that it has it; null: never asked"
        ),
        "answer_within": Key(_TERM, "until when the body answers"),
        "escalation_terms": Key(
            ListOf(item=_TERM, minimum=1), "the term at each level of escalation; the last one stays"
        ),
        "reminder": Key(Nullable(_TERM), "how long before the deadline the body is reminded", required=False),
        "proof_photo_required": Key(
            Flag(), 'whether an answer "done" needs a photo; yes unless said', required=False
        ),
        "duplicate_radius_m": Key(
            Integer(minimum=0, maximum=1000),
            "within how many metres two reports may be the same; 50",
            required=False,
        ),
        "max_photos": Key(
            Integer(minimum=0, maximum=10), "how many photos a person may add; 5", required=False
        ),
        "questions": Key(ListOf(item=_QUESTION), "what else the body must know", required=False),
        "responsible": Key(
            Record(
                what="the responsibility",
                keys={
                    "default": Key(
                        Nullable(_ID),
                        "the body that answers wherever no district's body does",
                        required=False,
                    ),
                    "districts": Key(
                        Table(what=_ID.what, pattern=ID_PATTERN, item=_ID),
                        "the body that answers in each district",
                        required=False,
                    ),
                },
            ),
            "who answers for it",
        ),
        "extension": Key(
            Record(
                what="the extension",
                keys={
                    "limit": Key(_TERM, "by how much the term may grow in all; P2M by law"),
                    "times": Key(Integer(minimum=0, maximum=3), "how often it may be extended"),
                },
            ),
            "whether the body may take longer; once, to P2M, unless said",
            required=False,
        ),
    },
)

_IDENTITY = Either(
    what="the identity provider",
    records={
        "provider": Record(
            what="the identity provider",
            keys={"provider": Key(OneOf(("cognito",)), "a user pool of this deployment")},
        ),
        "issuer": Record(
            what="the identity provider",
            keys={
                "issuer": Key(_ISSUER, "the OpenID Connect issuer, for identities that stay in the country"),
                "audience": Key(_SENTENCE, "the audience that its tokens name"),
            },
        ),
    },
)

_REVISION = Key(
    Integer(minimum=1, maximum=1_000_000),
    "raise it when the secret has a new value, and deploy: the credential is then written again; 1 unless said",
    required=False,
)

_PUSH = Record(
    what="the push platforms",
    keys={
        "fcm": Key(
            Record(
                what="FCM",
                keys={
                    "secret": Key(_SECRET, "the secret with the service account's JSON"),
                    "revision": _REVISION,
                },
            ),
            "Firebase Cloud Messaging, for Android",
            required=False,
        ),
        "apns": Key(
            Record(
                what="APNs",
                keys={
                    "secret": Key(_SECRET, "the secret with the signing key and its ids"),
                    "sandbox": Key(Flag(), "whether it is Apple's sandbox; no unless said", required=False),
                    "revision": _REVISION,
                },
            ),
            "Apple Push Notification service",
            required=False,
        ),
    },
)

_TERMS = Record(
    what="the terms",
    keys={
        "photos_wait": Key(_TERM, "how long a complaint waits for declared photos; PT24H", required=False),
        "close_after_answer": Key(
            _TERM, "when an answer that nobody refutes closes the complaint; P10D", required=False
        ),
        "forward_within": Key(
            _TERM, "until when what belongs to another body is passed on; P3BD", required=False
        ),
        "tell_extension_within": Key(
            _TERM, "until when the person is told of an extension; P3BD", required=False
        ),
        "quarantine": Key(
            _DAYS,
            "how long S3 keeps an upload that was not checked, to the next midnight UTC; P1D",
            required=False,
        ),
        "inbox": Key(_DAYS, "how long the inbox shows a message; P90D", required=False),
    },
)

# What `functions.intake.photos.limits` reads of a file: a larger one would be refused after its upload.
PHOTO_BYTES_MOST: Final = 25 * 2**20
_TIMES_A_DAY = Integer(minimum=1, maximum=1000)
_LIMITS = Record(
    what="the limits",
    keys={
        "complaints_per_person_per_day": Key(_TIMES_A_DAY, "20 unless said", required=False),
        "comments_per_person_per_day": Key(_TIMES_A_DAY, "100 unless said", required=False),
        "declarations_per_person_per_day": Key(
            _TIMES_A_DAY, "requests that announce later photos; 40 unless said", required=False
        ),
        "joins_per_person_per_day": Key(_TIMES_A_DAY, "50 unless said", required=False),
        "devices_per_person_per_day": Key(
            _TIMES_A_DAY, "phones that a person signs in on; 20 unless said", required=False
        ),
        "comment_length": Key(
            Integer(minimum=100, maximum=10_000), "in characters; 2000 unless said", required=False
        ),
        "photo_bytes": Key(
            Integer(minimum=100_000, maximum=PHOTO_BYTES_MOST),
            "in bytes; 15 MB unless said, 25 MiB at most",
            required=False,
        ),
        "photos": Key(Integer(minimum=1, maximum=10), "in one complaint; 5 unless said", required=False),
    },
)

_RETENTION = Record(
    what="the retention",
    keys={
        "photos": Key(_DAYS, "photos, counted from when they were checked; P1095D", required=False),
        "logs": Key(_DAYS, "logs; P90D", required=False),
        "audit": Key(_DAYS, "the locked heads of the event chain; P1825D", required=False),
    },
)

REGION: Final = Record(
    what="a region file",
    identity=("region",),
    keys={
        "region": Key(_ID, "the region's id, which is also the file's name"),
        "extends": Key(
            _ID, "the id of a region file whose values hold where this one says nothing", required=False
        ),
        "name": Key(NAMES, "the region's name"),
        "number_prefix": Key(
            Text(what="three capital letters", pattern="^[A-Z]{3}$", rule="number-prefix"),
            "three letters that begin every complaint's number",
        ),
        "stage": Key(
            OneOf(("cloud", "local")), "cloud unless said; local: a developer's machine", required=False
        ),
        "aws": Key(
            Record(
                what="the AWS account",
                keys={
                    "account": Key(
                        Text(
                            what="an account number of twelve digits in quotes",
                            pattern="^[0-9]{12}$",
                            rule="aws-account",
                        ),
                        "the account that it is deployed into",
                    ),
                    "region": Key(
                        Text(what="an AWS Region such as eu-central-1", pattern="^[a-z]{2}(-[a-z]+)+-[0-9]$"),
                        "the AWS Region",
                    ),
                },
            ),
            "where it runs",
        ),
        "time_zone": Key(_SENTENCE, "the zone by its IANA name"),
        "calendar": Key(CALENDAR, "when state bodies work"),
        "geography": Key(
            Text(what="the name of a .geojson file beside this one", pattern=r"^[a-z0-9_-]+\.geojson$"),
            "the boundary and the districts",
        ),
        "agencies": Key(ListOf(item=_AGENCY, minimum=1), "the bodies"),
        "categories": Key(ListOf(item=_CATEGORY, minimum=1), "what can be reported"),
        "identity": Key(_IDENTITY, "who signs people in"),
        "push": Key(Nullable(_PUSH), "push platforms; one that is absent is not used", required=False),
        "terms": Key(_TERMS, "terms that hold for every category", required=False),
        "limits": Key(_LIMITS, "what one person may send", required=False),
        "quiet_hours": Key(
            Nullable(
                Record(
                    what="the quiet hours",
                    keys={"from": Key(_TIME, "such as 22:00"), "to": Key(_TIME, "such as 08:00")},
                )
            ),
            "when pushes wait, unless they tell of an escalation; null: never",
            required=False,
        ),
        "retention": Key(_RETENTION, "how long things are kept", required=False),
        "webhooks": Key(
            Record(
                what="the webhooks",
                keys={
                    "allow_http": Key(Flag(), "plain http; local stage only", required=False),
                    "allow_private": Key(Flag(), "private addresses; local stage only", required=False),
                    "fixed_addresses": Key(
                        Flag(),
                        "send from fixed addresses, for bodies that filter by address (costs a NAT gateway)",
                        required=False,
                    ),
                },
            ),
            "how webhooks go out",
            required=False,
        ),
        "alarms": Key(
            Record(what="the alarms", keys={"email": Key(ListOf(item=_EMAIL), "who is woken")}),
            "who receives alarms",
            required=False,
        ),
        "domain": Key(
            Nullable(Text(what="a domain name", pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")),
            "the API's own domain, with CloudFront and WAF before it",
            required=False,
        ),
        "malware_scan": Key(Flag(), "scan uploads with GuardDuty; no unless said", required=False),
    },
)


def json_schema() -> dict[str, Any]:
    """The JSON Schema that editors read; a file that extends another may leave keys out."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Qamqor region file",
        "description": "Written by `python -m infra.region schema`; change infra/region/schema.py instead.",
        "if": {"type": "object", "required": ["extends"]},
        "then": REGION.json_schema(partial=True),
        "else": REGION.json_schema(partial=False),
    }


def json_schema_text() -> str:
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
