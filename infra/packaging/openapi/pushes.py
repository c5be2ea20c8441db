"""Pushes: what FCM and APNs hand to the app, made as the sender makes it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import iso, parse_iso
from functions.complaints.complaint import ActorKind, Status
from functions.complaints.events import Event, EventType
from functions.complaints.history import BODY_MOST, PUSHED, push
from functions.complaints.people_rules import AWAKE_FOR, PUSH_KINDS
from functions.complaints.region import Category, Region
from functions.notify.outbox.payload import TTL, is_urgent, message_of

_MEANINGS: Final[Mapping[str, str]] = {
    "progress": "who has it, by when, and that it goes on or ends",
    "question": "the body waits for the person's reply",
    "escalation": "a term has passed; the body above has it too",
    "answer": "the body has answered",
    "photo": "a photo was refused or did not arrive",
}
ABOUT: Final = (
    "A push holds its words, in the phone's own language: nothing is looked up in the app. The title ends with the "
    f"complaint's number, the body has at most {BODY_MOST} characters. Nothing personal is in it: no words of "
    "anybody, no address, and no category that the region calls discreet. `data` (with APNs beside `aps`) says what to "
    "open; its values are texts. `kind` is also Android's channel, which the app is to create, and the category of "
    "APNs. A push takes the place of the one before it of the same complaint (`collapse_key` and `tag`, "
    f"`apns-collapse-id`), and is given up after {TTL.days} days. In a person's quiet hours pushes wait, all but "
    "those of escalations unless the person says so, and only the last of a complaint comes then; for "
    f"{int(AWAKE_FOR.total_seconds()) // 60} minutes after the person sent the complaint or a photo no hour is quiet "
    "to what answers it. A push may be lost, and never comes twice: the inbox (`GET /v1/notifications`) is the truth."
)


def section(region: Region) -> dict[str, Any]:
    """The document's `x-pushes`: `{description, kinds, examples: {fcm, apns}}`."""
    return {
        "description": ABOUT,
        "kinds": {kind: _kind(kind) for kind in PUSH_KINDS},
        "examples": examples(region),
    }


def examples(region: Region) -> dict[str, Any]:
    """The push of an assignment, as each of the two services gets it."""
    category = max(region.categories.values(), key=lambda each: each.danger)
    at = parse_iso("2026-03-03T04:05:06.789Z")
    due_at = iso(parse_iso("2026-03-03T08:05:06.789Z"))
    event = Event(
        complaint_id="01KJR9YAXN5V7C2M4T8W6QZ3HD",
        seq=2,
        type=EventType.ASSIGNED,
        at=at,
        actor=ActorKind.SYSTEM,
        status=Status.ASSIGNED,
        data={"agency": _body_of(category, region), "due_at": due_at},
    )
    number = f"{region.number_prefix}-26-7K3M9T"
    text = push(event, number=number, category=category.id, region=region, language="en")
    assert text is not None
    sent = json.loads(message_of(event, text).body)
    fcm = json.loads(sent["GCM"])["fcmV1Message"]["message"]
    return {"fcm": fcm, "apns": json.loads(sent["APNS"])}


def _body_of(category: Category, region: Region) -> str:
    bodies = (category.responsible.default, *category.responsible.districts.values(), *region.agencies)
    return next(body for body in bodies if body)


def _kind(kind: str) -> dict[str, Any]:
    events = [event for event, its in PUSHED.items() if its == kind]
    return {
        "description": _MEANINGS[kind],
        "events": [event.value for event in events],
        "wakes_the_phone": [event.value for event in events if is_urgent(event)],
    }
