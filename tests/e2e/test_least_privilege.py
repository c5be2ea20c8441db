"""Least privilege, proven by running: the emulator enforces IAM over TLS, and people sign in at an issuer of their own.

Every role is enough for what its function does; and taking any one action from a role is seen, so the enforcement is
real and no action is granted for nothing.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.local import citizen as app
from infra.local import emulator
from infra.local.cast import AGENCY, SUPERVISOR, agency_key, subscribe
from infra.local.citizen import Caller, declaration, upload
from infra.local.deployed import Deployed, _cdk, _reachable
from infra.local.oidc import Issuer
from infra.local.receiver import Receiver
from infra.local.story import CATEGORY, COMMENT, PLACE, Cast, Teller, photograph, play, wait_until
from infra.region import load_region_file
from tests.e2e.other_stages import AUDIENCE, secured, synthesised

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

STAGE = "qamqor-secured"
# What nobody misses when it is gone, and why: nothing in the probes below can tell.
EVERYWHERE = {
    "logs:CreateLogStream": "the emulator writes a function's log by itself",
    "logs:PutLogEvents": "the emulator writes a function's log by itself",
    "xray:PutTraceSegments": "the emulator takes no traces",
    "xray:PutTelemetryRecords": "the emulator takes no traces",
}


@dataclass(frozen=True, kw_only=True)
class World:
    deployed: Deployed
    issuer: Issuer
    roles: dict[str, str]
    functions: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("secured")
    made = synthesised(folder / "regions")
    region = load_region_file("secured", folder=folder / "regions")
    options = {"region": region.aws_region, "account": region.account, "state_dir": folder / "emulator"}
    with emulator.start(auth=True, tls=True, **options) as own:
        assert own.certificate is not None
        key = own.certificate.with_name("server.key")
        with Issuer(certificate=own.certificate, key=key, audience=AUDIENCE) as issuer:
            assembly = str(secured(made, folder / "assembly", issuer=issuer.url))
            _cdk(own, "bootstrap", f"aws://{own.account}/{own.region}", "--app", assembly)
            _cdk(
                own,
                "deploy",
                f"{STAGE}/*",
                "--app",
                assembly,
                "--require-approval",
                "never",
                "--concurrency",
                "2",
            )
            yield _world(own, issuer)


def _world(own: emulator.Emulator, issuer: Issuer) -> World:
    formation = own.client("cloudformation")
    stack = formation.describe_stacks(StackName=f"{STAGE}-service")["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=f"{STAGE}-service")
    resources = [each for page in pages for each in page["StackResourceSummaries"]]

    def named(kind: str, part: str) -> dict[str, str]:
        found = {}
        for each in resources:
            name = each["LogicalResourceId"]
            if each["ResourceType"] == kind and name.startswith("Functions") and part in name:
                found[name.removeprefix("Functions").partition(part)[0]] = each["PhysicalResourceId"]
        return found

    deployed = Deployed(
        emulator=own,
        api_url=_reachable(outputs["ApiUrl"], own),
        user_pool_id="",
        client_id="",
        state_machine_arn=outputs["StateMachineArn"],
        complaints_table=outputs["ComplaintsTable"],
        agencies_table=outputs["AgenciesTable"],
        people_table=outputs["PeopleTable"],
        deliveries_table=outputs["DeliveriesTable"],
        photos_bucket=outputs["PhotosBucket"],
    )
    return World(
        deployed=deployed,
        issuer=issuer,
        roles=named("AWS::IAM::Role", "Role"),
        functions=named("AWS::Lambda::Function", "Function"),
    )


@pytest.fixture(autouse=True)
def trusting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_opener", world.deployed.emulator.opener())


def person(world: World, name: str) -> Caller:
    return Caller(base=world.deployed.api_url, token=world.issuer.token(name), language="en")


def agency(world: World, agency_id: str) -> Caller:
    return Caller(base=world.deployed.api_url, token=agency_key(world.deployed, agency_id))


@pytest.fixture(scope="module")
def hooks() -> Iterator[tuple[Receiver, Receiver]]:
    with Receiver() as first, Receiver() as second:
        yield first, second


@pytest.fixture(scope="module")
def players(world: World, hooks: tuple[Receiver, Receiver]) -> Cast:
    before, app._opener = app._opener, world.deployed.emulator.opener()
    try:
        bodies = [agency(world, each) for each in (AGENCY, SUPERVISOR)]
        for body, hook in zip(bodies, hooks, strict=True):
            subscribe(body, hook)
    finally:
        app._opener = before
    return Cast(
        deployed=world.deployed,
        citizen=person(world, "aigerim"),
        agency=bodies[0],
        agency_id=AGENCY,
        agency_hook=hooks[0],
        supervisor_id=SUPERVISOR,
        supervisor_hook=hooks[1],
    )


def test_every_role_is_enough_for_the_whole_story(players: Cast) -> None:
    # First starts of functions take so long that its short terms would pass meanwhile.
    photo = photograph()
    body = {"category": CATEGORY, "comment": COMMENT, "location": PLACE, "photos": [declaration(photo)]}
    first = players.citizen.post("/v1/complaints", body)
    upload(photo, first.body["uploads"][0])
    wait_until(players, first.body["id"], lambda it: it["escalation_level"] == 1)
    shown = play(players, Teller(write=lambda _: None))
    assert shown["status"] == "closed"


def test_a_token_of_another_issuer_is_refused(world: World) -> None:
    own = world.deployed.emulator
    assert own.certificate is not None
    key = own.certificate.with_name("server.key")
    stranger = Issuer(certificate=own.certificate, key=key, audience=AUDIENCE)
    caller = Caller(base=world.deployed.api_url, token=stranger.token("aigerim"))
    assert caller.get("/v1/me").status == 401
    stranger._server.server_close()


# -------------------------------------------------------------------------- what each function does, in short
class Seen(Exception):
    """A probe did not come out as it does with the whole role."""


class Probes:
    """What each function does, asked for in a second or two; each raises Seen where it does not come out well."""

    def __init__(self, world: World, players: Cast) -> None:
        self.world, self.players = world, players
        self.lambda_ = world.deployed.emulator.client("lambda")
        self.complaint_id = self.filed()
        self.waits_for_assignment(self.complaint_id)

    def of(self, part: str) -> Callable[[], None]:
        return {
            "IntakeApi": self.intake,
            "AgencyApi": self.agency,
            "Authorizer": self.authorizer,
            "Subscriptions": self.subscriptions,
            "Assignment": self.assignment,
            "Outbox": self.outbox,
            "Photos": self.photos,
            "Escalation": self.escalation,
            "SweepDue": lambda: self.well(part, {}),
            "Requeue": lambda: self.well(part, {}),
            "ReleasePushes": lambda: self.well(part, {}),
            "Webhooks": self.webhooks,
        }[part]

    # ---- the API
    def filed(self, **more: Any) -> str:
        answer = self.players.citizen.post(
            "/v1/complaints", {"category": CATEGORY, "comment": COMMENT, "location": PLACE} | more
        )
        self.is_(answer.status, 201)
        return str(answer.body["id"])

    def intake(self) -> None:
        me = person(self.world, f"person-{uuid.uuid4().hex}")
        photo = photograph()
        body = {"category": CATEGORY, "comment": COMMENT, "location": PLACE, "photos": [declaration(photo)]}
        filed = me.post("/v1/complaints", body)
        self.is_(filed.status, 201)
        self.is_(upload(photo, filed.body["uploads"][0]).status, 200)
        self.is_(me.get(f"/v1/complaints/{filed.body['id']}").status, 200)
        self.is_(me.get("/v1/complaints").status, 200)
        nearby = f"/v1/complaints/nearby?lat={PLACE['lat']}&lon={PLACE['lon']}&category={CATEGORY}"
        self.is_(me.get(nearby).status, 200)
        self.is_(me.get("/v1/overdue").status, 200)
        token = {"platform": "fcm", "token": uuid.uuid4().hex}
        self.is_(me.call("PUT", "/v1/devices/phone", token).status, 200)
        changed = {"platform": "fcm", "token": uuid.uuid4().hex}
        self.is_(me.call("PUT", "/v1/devices/phone", changed).status, 200)
        # By what it did: the emulator makes a 500 of an answer that has no body.
        me.call("DELETE", "/v1/devices/phone")
        self.is_(len(me.get("/v1/me").body["devices"]), 0)
        self.is_(me.get("/v1/notifications").status, 200)
        self.is_(me.call("PATCH", "/v1/me", {"language": "ru"}).status, 200)
        me.call("DELETE", "/v1/me")
        self.is_(len(me.get("/v1/complaints").body["items"]), 0)

    def agency(self) -> None:
        mine = self.players.agency
        path = f"/v1/agency/complaints/{self.complaint_id}"
        self.is_(mine.get("/v1/agency/complaints").status, 200)
        self.is_(mine.get(path).status, 200)
        self.is_(mine.post(f"{path}/comment", {"text": "Looked at."}).status, 200)
        photo = photograph()
        declared = mine.post(f"{path}/photos", {"photos": [declaration(photo)]})
        self.is_(declared.status, 201)
        self.is_(upload(photo, declared.body["uploads"][0]).status, 200)

    def authorizer(self) -> None:
        # A new key each time: an answer is kept for a minute, and the first use is written down.
        token = agency(self.world, AGENCY).token
        event = {"requestContext": {"requestId": "probe"}, "identitySource": [f"Bearer {token}"]}
        if self.well("Authorizer", event).get("isAuthorized") is not True:
            raise Seen("refused")

    def subscriptions(self) -> None:
        mine = self.players.agency
        listed = mine.get("/v1/agency/subscriptions")
        self.is_(listed.status, 200)
        subscription = f"/v1/agency/subscriptions/{listed.body['items'][0]['id']}"
        self.is_(mine.get(subscription).status, 200)
        self.is_(mine.call("PATCH", subscription, {"description": uuid.uuid4().hex}).status, 200)
        self.is_(mine.get(f"{subscription}/deliveries").status, 200)
        self.is_(mine.post(f"{subscription}/test").status, 202)
        made = mine.post("/v1/agency/keys", {"name": "probe", "scopes": ["read"]})
        self.is_(made.status, 201)
        self.is_(mine.call("DELETE", f"/v1/agency/keys/{made.body['id']}").status, 204)
        self.is_(mine.get("/v1/agency/changes").status, 200)
        with Receiver() as receiver:
            answer = mine.post("/v1/agency/subscriptions", {"url": receiver.url, "types": ["complaint.*"]})
            self.is_(answer.status, 201)
            self.is_(mine.call("DELETE", f"/v1/agency/subscriptions/{answer.body['id']}").status, 204)

    # ---- what events cause
    def assignment(self) -> None:
        complaint_id = self.filed()
        self.waits_for_assignment(complaint_id, seconds=4)

    def outbox(self) -> None:
        complaint_id = self.filed()
        self.waits_for_assignment(complaint_id)
        answer = self.well("Outbox", {"Records": self.records(complaint_id)})
        if answer["batchItemFailures"]:
            raise Seen("an event failed")

    def photos(self) -> None:
        photo = photograph()
        filed = self.players.citizen.post(
            "/v1/complaints",
            {"category": CATEGORY, "comment": COMMENT, "location": PLACE, "photos": [declaration(photo)]},
        )
        self.is_(filed.status, 201)
        self.is_(upload(photo, filed.body["uploads"][0]).status, 200)
        key = f"quarantine/{filed.body['id']}/{filed.body['uploads'][0]['photo_id']}"
        detail = {"bucket": {"name": self.world.deployed.photos_bucket}, "object": {"key": key}}
        self.well("Photos", {"source": "aws.s3", "detail-type": "Object Created", "detail": detail})
        path = f"/v1/complaints/{filed.body['id']}"
        if self.players.citizen.get(path).body["photos"][0]["status"] != "ready":
            raise Seen("not cleaned")

    def escalation(self) -> None:
        complaint_id = self.filed()
        self.waits_for_assignment(complaint_id)
        self.well("Escalation", {"complaint_id": complaint_id, "deadline_version": "1"})

    def webhooks(self) -> None:
        hook, subscription = self.players.agency_hook, self.players.agency.get("/v1/agency/subscriptions")
        subscription_id = subscription.body["items"][0]["id"]
        while not hook.received.empty():
            hook.received.get()
        self.is_(self.players.agency.post(f"/v1/agency/subscriptions/{subscription_id}/test").status, 202)
        try:
            hook.wait_for("subscription.test", timeout=4)
        except TimeoutError:
            raise Seen("not delivered") from None

    def waits_for_assignment(self, complaint_id: str, *, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.players.citizen.get(f"/v1/complaints/{complaint_id}").body["status"] != "submitted":
                return
            time.sleep(0.2)
        raise Seen("not assigned")

    def records(self, complaint_id: str) -> list[dict[str, Any]]:
        items = self.world.deployed.emulator.client("dynamodb").query(
            TableName=self.world.deployed.complaints_table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"complaint#{complaint_id}"}, ":sk": {"S": "event#"}},
        )["Items"]
        return [
            {"eventName": "INSERT", "dynamodb": {"NewImage": item, "SequenceNumber": str(number)}}
            for number, item in enumerate(items)
        ]

    def well(self, part: str, event: dict[str, Any]) -> Any:
        answer = self.lambda_.invoke(
            FunctionName=self.world.functions[part], Payload=json.dumps(event).encode()
        )
        payload = answer["Payload"].read()
        if "FunctionError" in answer:
            raise Seen(payload[:200])
        return json.loads(payload)

    def is_(self, status: int, *wanted: int) -> None:
        if status not in wanted:
            raise Seen(f"answered {status}")


PROBED = (
    "IntakeApi AgencyApi Authorizer Subscriptions Assignment Outbox Photos Escalation SweepDue Requeue ReleasePushes "
    "Webhooks"
).split()


def actions_of(world: World) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Function, action, policy's name and document, for every action of every function's role."""
    iam = world.deployed.emulator.client("iam")
    for part, role in sorted((part, world.roles[part]) for part in PROBED):
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
            actions = {action for each in document["Statement"] for action in _listed(each)}
            for action in sorted(actions - EVERYWHERE.keys()):
                yield part, action, policy, document


def without(document: dict[str, Any], action: str) -> dict[str, Any]:
    statements = [
        each | {"Action": [one for one in _listed(each) if one != action]} for each in document["Statement"]
    ]
    return document | {"Statement": [each for each in statements if each["Action"]]}


def _listed(statement: dict[str, Any]) -> list[str]:
    action = statement["Action"]
    return action if isinstance(action, list) else [action]


# Actions that the probes do not reach: they stand for the paths named, which no probe of seconds takes.
UNREACHED: dict[tuple[str, str], str] = {}


def test_taking_any_action_from_a_role_is_seen(world: World, players: Cast) -> None:
    probes = Probes(world, players)
    iam = world.deployed.emulator.client("iam")
    for part in PROBED:
        probes.of(part)()
    unseen = []
    for part, action, policy, document in actions_of(world):
        role = world.roles[part]
        iam.put_role_policy(
            RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(without(document, action))
        )
        try:
            probes.of(part)()
        except (Seen, KeyError, TypeError, IndexError):
            pass
        else:
            unseen.append((part, action))
        finally:
            iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
    assert sorted(unseen) == sorted(UNREACHED)
