"""A push as SNS takes it: one message for both platforms, below 4 KB for each, with nothing personal in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from functions.complaints.events import Event, EventType
from functions.complaints.history import PushText

# 4096 bytes, for APNs and for FCM alike. Sources:
# https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification
# https://firebase.google.com/docs/cloud-messaging/customize-messages/set-message-type
LIMIT: Final = 4096
TTL: Final = timedelta(days=3)
"""A phone that is off for longer learns it from the inbox."""
TITLE_MOST: Final = 400
BODY_MOST: Final = 1200
"""In bytes."""

# Reserved attributes of SNS. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
_PREFIX: Final = "AWS.SNS.MOBILE."
_CALM: Final = frozenset(
    {
        EventType.ACKNOWLEDGED,
        EventType.DEADLINE_MOVED,
        EventType.PHOTO_MISSED,
        EventType.CLOSED,
        EventType.WITHDRAWN,
        EventType.LEFT_TO_JOINERS,
        EventType.SPLIT,
        EventType.RECATEGORISED,
        EventType.RELOCATED,
        EventType.MERGED,
    }
)
"""Steps for which a phone need not be woken: it shows them when it wakes by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """The arguments of `sns.publish` beside the endpoint."""

    body: str
    attributes: Mapping[str, Mapping[str, str]]


def message_of(event: Event, text: PushText) -> Message:
    """By construction each platform's payload is below LIMIT: a title, a body, ids and names."""
    urgent = is_urgent(event.type)
    words = {"title": clipped(text.title, TITLE_MOST), "body": clipped(text.body, BODY_MOST)}
    apns = to_json(_apns(event, text, words))
    body = {
        "default": "\n".join(words.values()),
        "APNS": apns,
        "APNS_SANDBOX": apns,
        "GCM": to_json({"fcmV1Message": {"message": _fcm(event, text, words, urgent=urgent)}}),
    }
    seconds = str(int(TTL.total_seconds()))
    attributes = {
        "APNS.TTL": seconds,
        "APNS_SANDBOX.TTL": seconds,
        "FCM.TTL": seconds,
        "APNS.PUSH_TYPE": "alert",
        "APNS.PRIORITY": "10" if urgent else "5",
        "APNS.COLLAPSE_ID": text.collapse_id,
    }
    return Message(
        body=to_json(body),
        attributes={
            _PREFIX + name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )


def is_urgent(type: EventType) -> bool:
    """Whether a phone that sleeps is woken for it."""
    return type not in _CALM


def _apns(event: Event, text: PushText, words: dict[str, str]) -> dict[str, Any]:
    return {
        "aps": {"alert": words, "sound": "default", "thread-id": text.collapse_id, "category": text.kind},
        **_data(event, text),
    }


def _fcm(event: Event, text: PushText, words: dict[str, str], *, urgent: bool) -> dict[str, Any]:
    return {
        "notification": words,
        "data": _data(event, text),
        "android": {
            "collapse_key": text.collapse_id,
            "priority": "HIGH" if urgent else "NORMAL",
            "ttl": f"{int(TTL.total_seconds())}s",
            "notification": {"channel_id": text.kind, "tag": text.collapse_id},
        },
    }


def _data(event: Event, text: PushText) -> dict[str, str]:
    """What the app opens when the push is touched; FCM takes texts alone."""
    return {
        "complaint_id": event.complaint_id,
        "number": text.number,
        "event": event.type.value,
        "sequence": str(event.seq),
        "kind": text.kind,
    }


def clipped(text: str, most: int) -> str:
    """The text, cut so that it takes at most `most` bytes as JSON, with an ellipsis where it was cut."""
    if len(to_json(text).encode()) - 2 <= most:
        return text
    room, kept = most - len("…".encode()), []
    for character in text:
        room -= len(to_json(character).encode("utf-8", "surrogatepass")) - 2
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + "…"


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
