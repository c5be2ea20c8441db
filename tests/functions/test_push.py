"""Pushes: what is sent is what FCM and APNs document, small, and tells nothing personal; each answer of SNS counts."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.events import Event
from functions.complaints.history import PushText, push_kind
from functions.complaints.moves import agency, citizen
from functions.edge.clients import client
from functions.notify.outbox.payload import BODY_MOST, LIMIT, TTL, clipped, message_of
from functions.notify.outbox.push import Outcome, SnsPusher
from functions.records.outbox import Published
from tests.core.story import NUMBER, pushed
from tests.core.story import assigned as story
from tests.dynamodb import tables
from tests.functions.faults import aws_calls
from tests.functions.fcm_schema import fcm_message, in_proto_json
from tests.functions.telling import HOUSING, Life, Phones, phone, sender, teller
from tests.region_fixture import region

# Keys and types after Apple's "Generating a remote notification", tables 1 to 3:
# https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification
APNS_PAYLOAD: dict[str, Any] = {
    "type": "object",
    "required": ["aps"],
    "properties": {
        "aps": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "alert": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        **{
                            name: {"type": "string"}
                            for name in (
                                "title subtitle body launch-image title-loc-key subtitle-loc-key loc-key"
                            ).split()
                        },
                        **{
                            name: {"type": "array", "items": {"type": "string"}}
                            for name in "title-loc-args subtitle-loc-args loc-args".split()
                        },
                    },
                },
                "badge": {"type": "integer"},
                "sound": {"type": ["string", "object"]},
                "thread-id": {"type": "string"},
                "category": {"type": "string"},
                "content-available": {"const": 1},
                "mutable-content": {"const": 1},
                "target-content-id": {"type": "string"},
                "interruption-level": {"enum": ["passive", "active", "time-sensitive", "critical"]},
                "relevance-score": {"type": "number", "minimum": 0, "maximum": 1},
            },
        }
    },
}


@cache
def of_fcm() -> Any:
    return validator_of(fcm_message())


@cache
def of_apns() -> Any:
    return validator_of(APNS_PAYLOAD)


def validator_of(schema: Any) -> Any:
    """As `jsonschema.validate` makes one anew each time."""
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def checked(message: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What FCM and what APNs would get, held to their schemas and limits."""
    body = json.loads(message.body)
    assert set(body) == {"default", "APNS", "APNS_SANDBOX", "GCM"}
    assert body["APNS"] == body["APNS_SANDBOX"]
    apns, gcm = json.loads(body["APNS"]), json.loads(body["GCM"])
    assert set(gcm) == {"fcmV1Message"}
    assert set(gcm["fcmV1Message"]) == {"message"}
    fcm = gcm["fcmV1Message"]["message"]
    of_fcm().validate(in_proto_json(fcm))
    of_apns().validate(apns)
    # FCM and APNs count the payload's bytes; here is a little more than what they count.
    assert len(body["APNS"].encode()) < LIMIT
    assert len(body["GCM"].encode()) < LIMIT
    # SNS takes 256 KB as a whole.
    assert len(message.body.encode()) < 3 * LIMIT
    return fcm, apns


def life_of_events() -> list[Event]:
    here = story(region(), category="open_manhole")
    housing, reporter = HOUSING, Actor(kind=ActorKind.CITIZEN, id="person")
    here.then(lambda each: agency.acknowledge(each, by=housing, now=here.now))
    here.then(lambda each: agency.ask(each, by=housing, text="Which house?", now=here.now))
    here.then(lambda each: citizen.comment(each, by=reporter, text="Number 5", now=here.now))
    here.then(lambda each: agency.comment(each, by=housing, text="On our way", internal=False, now=here.now))
    for _ in range(5):
        here.wait()
    return here.events


EVENTS = [event for event in life_of_events() if push_kind(event) is not None]


def text_of(event: Event, language: str) -> PushText:
    text = pushed(event, region=region(), language=language, category="open_manhole")
    assert text is not None
    return text


def test_there_are_pushes_of_several_kinds_to_check() -> None:
    assert {text_of(event, "en").kind for event in EVENTS} >= {"progress", "question", "escalation"}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event.seq}-{event.type}")
def test_a_push_is_what_both_services_document(event: Event, language: str) -> None:
    text = text_of(event, language)
    message = message_of(event, text)
    fcm, apns = checked(message)
    android = fcm["android"]
    words = {"title": text.title, "body": text.body}
    assert apns["aps"]["alert"] == fcm["notification"] == words
    assert json.loads(message.body)["default"] == f"{text.title}\n{text.body}"
    assert android["notification"] == {"channel_id": text.kind, "tag": event.complaint_id}
    assert android["collapse_key"] == event.complaint_id
    assert android["ttl"] == f"{int(TTL.total_seconds())}s"
    data = {
        "complaint_id": event.complaint_id,
        "number": NUMBER,
        "event": event.type.value,
        "sequence": str(event.seq),
        "kind": text.kind,
    }
    assert fcm["data"] == {name: value for name, value in apns.items() if name != "aps"} == data
    attributes = {name: value["StringValue"] for name, value in message.attributes.items()}
    urgent = android["priority"] == "HIGH"
    assert attributes == {
        "AWS.SNS.MOBILE.APNS.TTL": "259200",
        "AWS.SNS.MOBILE.APNS_SANDBOX.TTL": "259200",
        "AWS.SNS.MOBILE.FCM.TTL": "259200",
        "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "alert",
        "AWS.SNS.MOBILE.APNS.PRIORITY": "10" if urgent else "5",
        "AWS.SNS.MOBILE.APNS.COLLAPSE_ID": event.complaint_id,
    }
    # The longest that Apple takes, in bytes.
    assert len(attributes["AWS.SNS.MOBILE.APNS.COLLAPSE_ID"].encode()) <= 64


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": {"seq": 3}},
        {"android": {"priority": "high"}},
        {"android": {"ttl": "3 days"}},
        {"android": {"notification": {"body_loc_args": "one"}}},
        {"android": {"notification": {"text": "Taken up"}}},
        {"registration_ids": []},
    ],
)
def test_the_published_schema_refuses_what_fcm_would(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        of_fcm().validate(in_proto_json(wrong))


def test_the_first_push_and_escalations_wake_the_phone() -> None:
    urgent = {
        event.type.value: json.loads(json.loads(message_of(event, text_of(event, "en")).body)["GCM"])[
            "fcmV1Message"
        ]["message"]["android"]["priority"]
        for event in EVENTS
    }
    assert urgent["complaint.assigned"] == urgent["complaint.escalated"] == "HIGH"
    assert urgent["complaint.acknowledged"] == "NORMAL"


anything = st.builds(
    lambda text, times: text * times,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    st.sampled_from([1, 2, 10, 100]),
)


@given(title=anything, body=anything)
def test_no_text_however_long_or_odd_makes_a_push_too_large(title: str, body: str) -> None:
    text = PushText(kind="escalation", title=title, body=body, number=NUMBER, collapse_id="0" * 26)
    checked(message_of(EVENTS[0], text))


@given(text=anything, most=st.integers(min_value=10, max_value=BODY_MOST))
def test_clipping_keeps_what_fits_and_marks_what_it_cut(text: str, most: int) -> None:
    cut = clipped(text, most)
    assert len(json.dumps(cut, ensure_ascii=False).encode()) - 2 <= most
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


@pytest.fixture
def device() -> Iterator[Any]:
    with tables():
        yield phone("reporter")


MESSAGE = message_of(EVENTS[0], text_of(EVENTS[0], "en"))


def test_sns_takes_a_good_one(device: Any) -> None:
    assert SnsPusher()(device, MESSAGE) is Outcome.SENT


def test_a_disabled_endpoint_is_gone(device: Any) -> None:
    client("sns").set_endpoint_attributes(EndpointArn=device.endpoint_arn, Attributes={"Enabled": "false"})
    assert SnsPusher()(device, MESSAGE) is Outcome.GONE


def test_a_deleted_endpoint_is_gone(device: Any) -> None:
    client("sns").delete_endpoint(EndpointArn=device.endpoint_arn)
    assert SnsPusher()(device, MESSAGE) is Outcome.GONE


@pytest.mark.parametrize(
    ("code", "message", "status", "outcome"),
    [
        ("EndpointDisabled", "Endpoint is disabled", 400, Outcome.GONE),
        ("NotFound", "Endpoint does not exist", 404, Outcome.GONE),
        (
            "InvalidParameter",
            "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified",
            400,
            Outcome.GONE,
        ),
        ("InvalidParameter", "Invalid parameter: Message too long", 400, Outcome.REFUSED),
        ("PlatformApplicationDisabled", "Platform application is disabled", 400, Outcome.REFUSED),
        ("AuthorizationError", "not authorized", 403, Outcome.REFUSED),
        ("Throttled", "Rate exceeded", 429, Outcome.THROTTLED),
        ("ThrottlingException", "Rate exceeded", 400, Outcome.THROTTLED),
        ("InternalError", "internal", 500, Outcome.FAILED),
        ("Unheard", "of", 503, Outcome.FAILED),
    ],
)
def test_what_each_error_of_sns_means(
    device: Any, code: str, message: str, status: int, outcome: Outcome
) -> None:
    with Stubber(client("sns")) as stub:
        for _ in range(4):
            stub.add_client_error("publish", code, message, http_status_code=status)
        assert SnsPusher()(device, MESSAGE) is outcome


def test_what_never_reached_sns_failed_and_what_may_have_counts_as_sent(device: Any) -> None:
    with aws_calls(fail=0, when="before"):
        assert SnsPusher()(device, MESSAGE) is Outcome.FAILED
    with aws_calls(fail=0, when="after"):
        assert SnsPusher()(device, MESSAGE) is Outcome.SENT


def test_nothing_personal_is_in_a_push(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """A canary in every field that a person fills in reaches no push and no log line."""
    canary = "Айгерим Канарейкина +7 701 234 56 78"
    with tables():
        life, phones = Life(), Phones()
        phone("reporter")
        reporter = Actor(kind=ActorKind.CITIZEN, id="reporter")
        told: list[Published] = [
            life.file(comment=canary, address=canary, public_name=canary),
            life.assign(),
            life.then(lambda each: agency.ask(each, by=HOUSING, text=canary, now=life.clock())),
            life.then(lambda each: citizen.comment(each, by=reporter, text=canary, now=life.clock())),
            life.then(
                lambda each: agency.comment(each, by=HOUSING, text=canary, internal=False, now=life.clock())
            ),
            life.then(
                lambda each: agency.answer(
                    each,
                    by=HOUSING,
                    outcome="declined",
                    text=canary,
                    photos=(),
                    region=life.region,
                    now=life.clock(),
                )
            ),
            life.then(lambda each: citizen.refute(each, by=reporter, reason=canary, now=life.clock())),
        ]
        for published in told:
            if published.event.actor != ActorKind.CITIZEN:
                pushed = teller(life).tell(published, "reporter")
                assert pushed is not None
                assert sender(life, phones).send(pushed)
    assert len(phones.published) == 4
    seen = caplog.text + "".join(capsys.readouterr())
    for _, message in phones.published:
        seen += message.body + json.dumps(dict(message.attributes), ensure_ascii=False)
    for word in ("Айгерим", "Канарейкина", "701 234", "reporter"):
        assert word not in seen
