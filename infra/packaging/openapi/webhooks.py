"""Webhooks: what agencies are sent, and how they verify it (Standard Webhooks 1.0.0)."""

import json
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from pydantic.json_schema import models_json_schema

from functions.complaints.clock import parse_iso
from functions.complaints.complaint import ActorKind, Status
from functions.complaints.events import TOLD, Event, EventType
from functions.edge.fields import Count, Id, Instant, View
from functions.notify.subscriptions.messages import EventMessage, PartnerMessage
from functions.notify.webhooks.delivery import TEST_TYPE
from functions.notify.webhooks.message import body_of
from functions.notify.webhooks.schedule import MIN_ATTEMPTS
from functions.records.outbox import Published
from infra.toolchain import ROOT

HEADERS: Final[dict[str, dict[str, Any]]] = {
    "webhook-id": {
        "description": "Names the message; the same on every try and replay. Keep it to know what you have had.",
        "schema": {"type": "string", "examples": ["msg_2f1c7e0b9d3a4c5e8f6071829a3b4c5d"]},
    },
    "webhook-timestamp": {
        "description": "Seconds since 1970 of this try. Refuse one that is five minutes off.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "webhook-signature": {
        "description": "Signatures apart by spaces, each `v1,` or `v1a,` and base64. More than one while a secret is "
        "being rotated; one that fits is enough.",
        "schema": {"type": "string"},
    },
}
OF_PARTNERS: Final = "open311.step"
_EXAMPLES: Final = ROOT / "web" / "receivers"
VERIFICATION: Final = {
    "Python": (_EXAMPLES / "verify.py").read_text(encoding="utf-8"),
    "JavaScript": (_EXAMPLES / "verify.mjs").read_text(encoding="utf-8"),
}
"""How to verify a message signed with `v1`, without a library; a test runs both."""
ABOUT: Final = (
    "The payload holds ids and state and nothing personal: read the rest over the API. Messages of one complaint come in "
    "order, by rising `sequence`, which need not begin with 1 nor go on without a hole (only what concerned you, and is "
    "subscribed to, is sent); complaints are independent of one another. Any 2xx within 15 seconds is success "
    f"and every other answer failure: a message is tried at once and then at least {MIN_ATTEMPTS - 1} times over five "
    "days, less and less often. `Retry-After` is "
    "honoured, redirects are not followed, and 410 disables the subscription."
)


class Challenge(View):
    """What the endpoint is to echo."""

    subscription_id: Id
    challenge: str


class VerificationMessage(View):
    """Asks whether the endpoint is the agency's."""

    type: Literal["subscription.verification"]
    timestamp: Instant
    data: Challenge


class Echo(View):
    """The answer that makes the subscription active."""

    challenge: str


class TestData(View):
    """A test of one subscription."""

    subscription_id: Id
    sequence: Count


class TestMessage(View):
    """Asked for by the agency."""

    type: Annotated[str, Field(json_schema_extra={"const": TEST_TYPE})]
    timestamp: Instant
    data: TestData


_MEANINGS: Final[dict[EventType, str]] = {
    EventType.SUBMITTED: "A complaint was filed.",
    EventType.PHOTO_EXPECTED: "Photos were declared.",
    EventType.PHOTO_ADDED: "A photo was found good.",
    EventType.PHOTO_REFUSED: "A photo cannot be used.",
    EventType.PHOTO_MISSED: "The wait for photos is over.",
    EventType.ASSIGNED: "A body has it, and its clock runs.",
    EventType.ACKNOWLEDGED: "The body has seen it.",
    EventType.COMMENTED: "Somebody said something.",
    EventType.QUESTION_ASKED: "The body asked the person.",
    EventType.TRANSFERRED: "It was passed on. Both bodies are told.",
    EventType.INSTRUCTED: "A body above gave it down, or back, and stays in charge beside it.",
    EventType.REASSIGNED: "A body is no more and another has what it had (both are told), or a category is given up for "
    "another: `why` says which.",
    EventType.DEADLINE_EXTENDED: "The body took more time by a reasoned decision.",
    EventType.DEADLINE_MOVED: "The calendar changed, and the deadline with it.",
    EventType.DEADLINE_NEAR: "The deadline is near.",
    EventType.ESCALATED: "A term passed: `missed` says how, `missed_by` with whom. The body above is in charge too.",
    EventType.ANSWERED: "The body has answered.",
    EventType.REFUTED: "The person says that the answer is not true.",
    EventType.CLOSED: "The answer was accepted, or nobody objected in time.",
    EventType.WITHDRAWN: "The person took it back.",
    EventType.JOINED: "Another person saw the same.",
    EventType.LEFT: "Somebody who had joined follows it no longer.",
    EventType.LEFT_TO_JOINERS: "The person took it back; it goes on for those who joined.",
    EventType.SPLIT: "It was divided among bodies.",
    EventType.RECATEGORISED: "Its category was put right; `from` and `to` where it is another body's now.",
    EventType.RELOCATED: "Its place, or the answers to the category's questions, were put right; likewise.",
    EventType.MERGED: "It is dealt with as another one nearby.",
    EventType.ABSORBED: "Another one nearby is dealt with here; the earlier deadline counts.",
    EventType.HIDDEN: "It was taken from the public: by a body, by whoever runs the region, or by flags.",
    EventType.UNHIDDEN: "It is public again.",
    EventType.FLAGGED: "Somebody among its readers finds that it should not be public.",
    EventType.PHOTO_REDACTED: "What is hidden in the public copy of a photo is known, or was changed.",
}


def schemas() -> dict[str, Any]:
    """The components that the section refers to."""
    models = (EventMessage, PartnerMessage, VerificationMessage, TestMessage, Echo)
    _, whole = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    found: dict[str, Any] = whole["$defs"]
    return found


def section() -> dict[str, Any]:
    """The document's `webhooks`: one for each type of event, what partners are sent of any, the challenge, and the test."""
    told = {kind.value: _webhook(kind.value, _MEANINGS[kind], EventMessage) for kind in TOLD}
    challenge = _webhook(
        "subscription.verification",
        'Answer 2xx with the JSON object `{"challenge": …}` holding the same text, and the subscription is active.',
        VerificationMessage,
        answer=Echo,
    )
    test = _webhook(TEST_TYPE, "The agency asked for it, to see whether it arrives.", TestMessage)
    partners = _webhook(
        OF_PARTNERS,
        "What a partner is sent of each step that everybody sees of what it filed: `type` says which.",
        PartnerMessage,
    )
    return told | {OF_PARTNERS: partners, "subscription.verification": challenge, TEST_TYPE: test}


def example() -> dict[str, Any]:
    """The message of one event, made as the sender makes it."""
    at = parse_iso("2026-03-03T04:05:06.789Z")
    event = Event(
        complaint_id="01KJR9YAXN5V7C2M4T8W6QZ3HD",
        seq=2,
        type=EventType.ASSIGNED,
        at=at,
        actor=ActorKind.SYSTEM,
        status=Status.ASSIGNED,
    )
    published = Published(
        event=event,
        visible=True,
        number="PVL-26-7K3M9T",
        region="pavlodar",
        category="open_manhole",
        agency_id="city_housing",
        escalated_to=(),
        escalation_level=0,
        due_at=parse_iso("2026-03-03T08:05:06.789Z"),
        reporter=None,
        language="kk",
        joined=0,
        watch_round=1,
        started_watch=None,
        watch_at=None,
        correlation_id=None,
    )
    message: dict[str, Any] = json.loads(body_of(published))
    return message


def _webhook(
    type_: str, meaning: str, message: type[View], *, answer: type[View] | None = None
) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Taken. Any 2xx will do."}
    if answer is not None:
        success["content"] = {"application/json": {"schema": _ref(answer)}}
    content: dict[str, Any] = {"schema": _ref(message)}
    if type_ == EventType.ASSIGNED:
        content["example"] = example()
    return {
        "post": {
            "operationId": "on" + "".join(word.title() for word in type_.replace("_", ".").split(".")),
            "summary": meaning,
            "tags": ["Webhooks"],
            "parameters": [
                {"name": name, "in": "header", "required": True, **header} for name, header in HEADERS.items()
            ],
            "requestBody": {"required": True, "content": {"application/json": content}},
            "responses": {
                "2XX": success,
                "410": {"description": "Send nothing more: the subscription is disabled."},
            },
        }
    }


def _ref(model: type[View]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
