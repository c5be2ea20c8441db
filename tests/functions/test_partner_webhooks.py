"""A partner is told of each public step of what it filed, in order, and of nothing else; its key opens its own
subscriptions alone.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import time_machine
from jsonschema import Draft202012Validator

from functions.complaints.complaint import Actor, ActorKind, Status
from functions.complaints.events import TOLD, EventType
from functions.complaints.moves import agency
from functions.complaints.partners import partner_of
from functions.complaints.visibility import Shown, Viewer, shown
from functions.edge.stream import Batch
from functions.edge.throttle import Throttle
from functions.notify.feed import Feed, changes
from functions.notify.outbox.deliveries import CachedSubscriptions, deliver
from functions.notify.outbox.partners import body_for_partner, partner_told
from functions.notify.subscriptions.manage import OF_PARTNER_MOST
from functions.notify.webhooks.store import DynamoDeliveries
from functions.records.agencies.subscriptions import new_subscription
from functions.records.codec import complaint_pk
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person
from functions.records.move import move
from functions.records.outbox import Published, published
from functions.records.store import ComplaintStore
from functions.records.tables import EventItem, NumberItem
from infra.packaging.openapi.webhooks import OF_PARTNERS
from infra.toolchain import ROOT as CHECKOUT
from tests.dynamodb import tables
from tests.e2e.test_documented_statuses import BODIES
from tests.functions.api_client import load, officer
from tests.functions.open311_world import NOW, World, raw, world
from tests.functions.subscription_door import Door
from tests.functions.webhook_world import START, Clock, Faults, Subscribed, event
from tests.openapi_answers import published as document
from tests.openapi_answers import resolved
from tests.region_fixture import RAW, region

PARTNER: Final = "partner:fixmystreet"
USER: Final = f"{PARTNER}:0123456789abcdef0123456789abcdef"
HERE: Final = region()
PAGE: Final = CHECKOUT / "docs" / "open311.md"


def data_of(made: Published, *, is_public: bool = True) -> dict[str, Any]:
    payload = json.loads(body_for_partner(made, is_public=is_public))
    schema = document()["webhooks"][OF_PARTNERS]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    Draft202012Validator({**schema, "components": document()["components"]}).validate(payload)
    fields = resolved(resolved(schema)["properties"]["data"])["properties"]
    assert payload.keys() == {"type", "timestamp", "data"}
    assert payload["data"].keys() <= fields.keys()
    assert payload["type"] == made.event.type
    told: dict[str, Any] = payload["data"]
    return told


# ---- who


@pytest.mark.parametrize("internal", [True, False])
@pytest.mark.parametrize("actor", ActorKind)
@pytest.mark.parametrize("type", EventType)
def test_a_partner_is_told_of_the_steps_that_everybody_sees(
    type: EventType, actor: ActorKind, internal: bool
) -> None:
    step = event("C1", 3, type=type, data={"internal": True} if internal else {}, reporter=USER)
    step = replace(step, event=replace(step.event, actor=actor))
    told = shown(step.event, Viewer.PUBLIC) != Shown.NOTHING
    assert (partner_told(step) == PARTNER) == told
    assert not (told and internal)


@pytest.mark.parametrize(
    ("reporter", "partner"),
    [
        (PARTNER, PARTNER), (USER, PARTNER), (None, None), ("", None), ("person-1", None),
        ("partner", None), ("x-partner:fixmystreet", None), ("partner:fix", "partner:fix"),
    ],
)  # fmt: skip
def test_a_complaint_is_the_partners_by_its_reporter(reporter: str | None, partner: str | None) -> None:
    assert partner_of(reporter) == partner
    assert partner_told(event("C1", 1, type=EventType.ASSIGNED, reporter=reporter)) == partner


# ---- what


def test_the_message_has_what_open311_shows_of_a_request() -> None:
    answered = event(
        "C1", 4, type=EventType.ANSWERED, reporter=USER, data={"text": "Done", "outcome": "resolved"}
    )
    answered = replace(answered, event=replace(answered.event, status=Status.ANSWERED))
    assert data_of(answered) == {
        "service_request_id": "TST-26-7K3M9T",
        "status": "open",
        "detailed_status": "answered",
        "updated_datetime": "2026-03-03T04:00:00Z",
    }


@pytest.mark.parametrize("status", Status)
def test_what_has_ended_is_closed_and_nothing_else(status: Status) -> None:
    step = event("C1", 4, type=EventType.ASSIGNED, reporter=USER)
    step = replace(step, event=replace(step.event, status=status))
    said = data_of(step)
    assert (said["status"] == "closed") == (status in (Status.CLOSED, Status.WITHDRAWN))
    assert said["detailed_status"] == status


def test_one_that_is_hidden_is_closed_until_it_is_shown_again() -> None:
    hidden, back = (
        event("C1", 4, type=type, reporter=USER) for type in (EventType.HIDDEN, EventType.UNHIDDEN)
    )
    assert (data_of(hidden)["status"], data_of(hidden)["detailed_status"]) == ("closed", "hidden")
    assert (data_of(back)["status"], data_of(back)["detailed_status"]) == ("open", "assigned")


def test_a_part_says_of_which_it_is_one() -> None:
    part = event("C2", 1, type=EventType.ASSIGNED, reporter=USER, number="TST-26-7K3M9T-2", parent_id="C1")
    assert (data_of(part)["service_request_id"], data_of(part)["part_of"]) == (
        "TST-26-7K3M9T-2",
        "TST-26-7K3M9T",
    )


def test_of_what_is_not_public_number_and_state_are_told_and_nothing_else() -> None:
    part = event("C2", 1, type=EventType.ASSIGNED, reporter=USER, number="TST-26-7K3M9T-2", parent_id="C1")
    assert data_of(part, is_public=False) == {"service_request_id": "TST-26-7K3M9T-2", "status": "open"}


@pytest.mark.parametrize("type", TOLD)
def test_no_step_lets_out_what_was_written_or_ids(type: EventType) -> None:
    data = dict.fromkeys(
        ("text", "reason", "location", "photos", "promise", "part", "parts", "into"), "a secret"
    )
    step = event("01SECRET", 1, type=type, reporter=USER, data=data, parent_id="02SECRET")
    body = body_for_partner(step, is_public=True)
    assert not re.search("secret|0123456789abcdef|partner", body, re.IGNORECASE)


# ---- to whom, and at what cost


def consumed(*events: Published, subscriptions: Any, store: Any = None, feed: Any = None) -> Batch:
    batch = Batch(events)
    deliver(
        batch,
        deliveries=store or DynamoDeliveries(),
        subscriptions=subscriptions,
        enqueue=lambda nudges: None,
        region=HERE,
        now=Clock(),
        feed=feed or Feed(),
    )
    return batch


def test_bodies_are_sent_theirs_and_the_partner_its_own() -> None:
    asked: list[str] = []

    def of(owner: str) -> list[Any]:
        asked.append(owner)
        return [Subscribed({"roads": "a", PARTNER: "p"}[owner])]

    with tables():
        steps = [
            event("C1", 1, type=EventType.ASSIGNED, reporter=USER),
            event("C1", 2, type=EventType.COMMENTED, reporter=USER),
            event("C2", 1, type=EventType.ASSIGNED, category="other", reporter=PARTNER),
            event("C3", 1, type=EventType.ASSIGNED),
        ]
        consumed(*steps, subscriptions=of)
        store = DynamoDeliveries()
        made = {
            (each.event.complaint_id, each.event.seq): json.loads(found.body)["data"]
            for each in steps
            if (found := store.get(lane(each, PARTNER, "p"), each.event.seq)) is not None
        }
        assert made.keys() == {("C1", 1), ("C2", 1)}
        assert made["C1", 1].keys() > {"detailed_status"}
        assert made["C2", 1].keys() == {"service_request_id", "status"}
        for each in steps:
            found = store.get(lane(each, "roads", "a"), each.event.seq)
            assert found is not None
            assert json.loads(found.body)["data"]["id"] == each.event.complaint_id
        assert Counter(asked) == {"roads": 4, PARTNER: 2}
        assert changes(PARTNER, cursor=None, limit=9, now=START).changes == (), "what is polled is Open311"


def lane(step: Published, owner: str, subscription_id: str) -> Any:
    from functions.notify.webhooks.delivery import Lane

    return Lane(agency_id=owner, subscription_id=subscription_id, complaint_id=step.event.complaint_id)


def test_where_no_partner_filed_it_nothing_more_is_read_and_of_a_partner_once_in_ten_seconds() -> None:
    with tables():
        for owner in ("roads", PARTNER):
            new_subscription(
                owner,
                url="https://x.example.com/",
                types=("complaint.*",),
                secret="whsec_x",
                active=True,
                now=START,
            )
        cached, feed, faults = CachedSubscriptions(now=Clock()), Feed(), Faults(lambda number: None)
        consumed(event("C1", 1, type=EventType.ASSIGNED), subscriptions=cached, feed=feed)
        with faults.in_aws():
            consumed(event("C1", 2, type=EventType.ASSIGNED), subscriptions=cached, feed=feed)
            assert Counter(faults.calls) == {"PutItem": 1, "UpdateItem": 1, "TransactWriteItems": 1}
            faults.calls.clear()
            consumed(event("C2", 2, type=EventType.ASSIGNED, reporter=USER), subscriptions=cached, feed=feed)
            first = Counter(faults.calls)
            faults.calls.clear()
            consumed(event("C2", 3, type=EventType.ASSIGNED, reporter=USER), subscriptions=cached, feed=feed)
            assert first - Counter(faults.calls) <= Counter({"Query": 1, "GetItem": 1})
            assert Counter(faults.calls) == {"PutItem": 2, "UpdateItem": 2, "TransactWriteItems": 1}


# ---- the door


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    with tables():
        yield Door()


def by_partner(
    door: Any, method: str, path: str, body: Any = None, *, partner: str = PARTNER, **more: Any
) -> Any:
    return door(method, path, body, agency_id=partner, scopes="file", **more)


WANTED: Final = {"url": "http://127.0.0.1:9/hook", "types": ["complaint.*"]}


def test_a_partner_sees_to_its_subscriptions_as_an_agency_does(door: Any) -> None:
    status, made = by_partner(door, "POST", "subscriptions", WANTED, idempotency_key="once")
    assert status == 201
    assert by_partner(door, "POST", "subscriptions", WANTED, idempotency_key="once") == (201, made)
    at = f"subscriptions/{made['id']}"
    assert by_partner(door, "POST", f"{at}/verify")[1]["status"] == "active"
    assert by_partner(door, "POST", f"{at}/test")[0] == 202
    door.work_off()
    _, sent = by_partner(door, "GET", f"{at}/deliveries")
    tested = next(each for each in sent["items"] if each["type"] == "subscription.test")
    assert tested["status"] == "delivered"
    assert (
        by_partner(door, "GET", f"{at}/deliveries/{tested['id']}")[1]["payload"]["type"]
        == "subscription.test"
    )
    assert by_partner(door, "POST", f"{at}/deliveries/{tested['id']}/replay")[0] == 202
    assert by_partner(door, "POST", f"{at}/replay", {"from": "2026-03-01T00:00:00Z"})[0] == 202
    rotated = by_partner(door, "POST", f"{at}/rotate-secret", {})[1]
    assert rotated["secret"] != made["secret"]
    for verb in ("pause", "resume"):
        assert by_partner(door, "POST", f"{at}/{verb}")[0] == 200
    assert by_partner(door, "PATCH", at, {"types": ["complaint.answered"]})[1]["types"] == [
        "complaint.answered"
    ]
    assert [each["id"] for each in by_partner(door, "GET", "subscriptions")[1]["items"]] == [made["id"]]
    assert by_partner(door, "DELETE", at)[0] == 204


def test_what_is_not_ones_own_is_not_there(door: Any) -> None:
    ours = door.subscribed()["id"]
    theirs = by_partner(door, "POST", "subscriptions", WANTED)[1]["id"]
    another = by_partner(door, "POST", "subscriptions", WANTED, partner="partner:other")[1]["id"]
    assert [each["id"] for each in door("GET", "subscriptions")[1]["items"]] == [ours]
    for method, path in subscriptions_at():
        body = WANTED if method == "PATCH" else None
        for foreign in (ours, another):
            at = path.format(id=foreign, delivery_id="C1-1")
            assert by_partner(door, method, at, body)[0] in (404, 422), at
        assert door(method, path.format(id=theirs, delivery_id="C1-1"), body)[0] in (404, 422)
    assert (
        door("GET", f"subscriptions/{theirs}")[0]
        == by_partner(door, "GET", f"subscriptions/{ours}")[0]
        == 404
    )


def subscriptions_at() -> list[tuple[str, str]]:
    return [
        (method.upper(), path.removeprefix("/v1/agency/"))
        for path, operations in document()["paths"].items()
        for method in operations
        if path.startswith("/v1/agency/subscriptions/{id}")
    ]


def test_a_partner_has_so_many_subscriptions_and_no_more(door: Any) -> None:
    for _ in range(OF_PARTNER_MOST):
        assert by_partner(door, "POST", "subscriptions", WANTED)[0] == 201
    status, problem = by_partner(door, "POST", "subscriptions", WANTED)
    assert (status, problem["key"]) == (409, "too_many_subscriptions")
    assert by_partner(door, "POST", "subscriptions", WANTED, partner="partner:other")[0] == 201


CORRECTION: Final = {"category": "open_manhole", "reason": "It is a manhole."}
"""Of a category of this region."""
HANDLERS: Final = (
    "functions.route.api.handler",
    "functions.notify.subscriptions.handler",
    "functions.route.officers.handler",
)


def test_a_partners_key_opens_its_subscriptions_and_nothing_of_any_body(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "DELIVERIES_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/deliveries"
    )
    monkeypatch.setattr("functions.edge.throttle.PER_MINUTE", 10**9)
    with tables():
        doors = [
            load(module, folder=tmp_path, monkeypatch=monkeypatch, raw=RAW).handler for module in HANDLERS
        ]
        opened, shut, bodies = set(), set(), {**BODIES, "correctWork": CORRECTION}
        names = {"key_id": "0123456789abcdef"}
        for path, operations in document()["paths"].items():
            for method, operation in operations.items():
                if not path.startswith("/v1/agency/") or not operation["security"]:
                    continue
                at = re.sub(
                    r"\{(\w+)\}", lambda found: names.get(found[1], "01KJR9YAXN5V7C2M4T8W6QZ3HD"), path
                )
                body = bodies.get(operation["operationId"], {}) if "requestBody" in operation else None
                callers = [officer(each, PARTNER, scopes="file") for each in doors]
                said = {caller(method.upper(), at, body, key="k").status for caller in callers}
                partners = any("partner" in each for each in operation["security"])
                assert partners or said - {404} == {403}, (method, path, said)
                assert not partners or 403 not in said, (method, path, said)
                (opened if partners else shut).add(operation["operationId"])
    assert len(opened) == 14
    assert {"pollChanges", "listKeys", "showWork", "listOfficers", "showCaller", "listTemplates"} <= shut


# ---- the whole way


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False), world(tmp_path) as built:
        yield built


FORM: Final = {
    "service_code": "rubbish",
    "lat": "52.3",
    "long": "76.5",
    "description": "Beside the bus stop.",
    "account_id": "4711",
}


def filed(here: World, key: str) -> tuple[str, str]:
    """The number, and the complaint's id."""
    answer = here.post("requests.json", urlencode(FORM | {"api_key": key}))
    number = answer.json[0]["service_request_id"]
    return number, NumberItem.get(f"number#{number}", NumberItem.SK).complaint_id


def steps_of(complaint_id: str) -> list[Published]:
    found = EventItem.query(complaint_pk(complaint_id), EventItem.sk.startswith("event#"))
    return [published(each) for each in found]


def test_what_a_partner_filed_is_told_to_it_in_order_until_its_person_is_erased(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.edge.throttle._throttle", Throttle())
    key, door = here.key(now=NOW), Door()
    door.clock.now = NOW
    status, made = by_partner(door, "POST", "subscriptions", WANTED)
    assert status == 201
    assert by_partner(door, "POST", f"subscriptions/{made['id']}/verify")[1]["status"] == "active"
    number, complaint_id = filed(here, key)
    body, store = Actor(kind=ActorKind.AGENCY, id="housing"), ComplaintStore()
    move(store, complaint_id, lambda each: agency.acknowledge(each, by=body, now=NOW))
    move(
        store,
        complaint_id,
        lambda each: agency.comment(each, by=body, text="Who is it?", internal=True, now=NOW),
    )
    move(
        store, complaint_id, lambda each: agency.comment(each, by=body, text="Soon.", internal=False, now=NOW)
    )
    told = steps_of(complaint_id)
    publish(door, told, here)
    door.work_off()
    accepted = [json.loads(each.body) for each in door.agency.accepted]
    assert [each["type"] for each in accepted] == [
        "complaint.submitted",
        "complaint.assigned",
        "complaint.acknowledged",
    ]
    assert {each["data"]["service_request_id"] for each in accepted} == {number}
    person = store.get(complaint_id).reporter
    assert person is not None
    erase_person(person, connection=connection(), going_on=lambda: True)
    move(
        store,
        complaint_id,
        lambda each: agency.answer(
            each, by=body, outcome="resolved", text="Collected this morning.", region=here.region, now=NOW
        ),
    )
    publish(door, steps_of(complaint_id)[len(told) :], here)
    door.work_off()
    assert len(door.agency.accepted) == len(accepted), "nobody is told any more"


def publish(door: Any, steps: list[Published], here: World) -> None:
    deliver(
        Batch(steps),
        deliveries=DynamoDeliveries(),
        subscriptions=CachedSubscriptions(now=door.clock),
        enqueue=door.queue,
        region=here.region,
        now=door.clock,
    )


def test_the_page_shows_what_is_sent() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    step = event("C1", 3, type=EventType.ACKNOWLEDGED, at=NOW, reporter=USER)
    step = replace(step, event=replace(step.event, status=Status.ACKNOWLEDGED))
    said = json.loads(body_for_partner(step, is_public=True))
    assert said in [json.loads(each) for each in blocks]
    assert raw()["categories"]["rubbish"]["public"]
