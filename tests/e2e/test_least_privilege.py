"""Least privilege, proven by running: the emulator enforces IAM over TLS, and people sign in at an issuer of their own.

Every role is enough for what its function does; and taking any one action from a role, from all of its statements at
once, is seen: so the enforcement is real and no action is granted for nothing. That the resources are the narrowest is
another matter: `tests/infra/roles.yaml` holds them.
"""

import json
import queue
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import pytest
import yaml

from functions.complaints.clock import utc_now
from functions.complaints.complaint import Role
from functions.complaints.ids import new_id
from functions.complaints.keys import Token, hash_of, new_token
from functions.edge.throttle import CLAIM
from functions.records.outbox import image_of
from functions.records.people.pushes import HELD_SHARDS
from functions.records.photo_keys import clean_key, redact_key
from functions.route.archive.heads import closed_hours, key_of
from functions.route.watch import FIRST_LAP, execution_input, execution_name
from infra.local import citizen as app
from infra.local import emulator
from infra.local.cast import AGENCY, agency_key, subscribe
from infra.local.citizen import Caller, declaration, upload
from infra.local.deployed import Deployed, deploy
from infra.local.oidc import Issuer
from infra.local.receiver import Receiver
from infra.local.scene import scene_on
from infra.local.story import CATEGORY, COMMENT, PLACE, Cast, Teller, photograph, play, wait_until
from infra.region import load_region_file
from infra.stacks.escalation import LAPS
from tests.e2e.other_stages import AUDIENCE, secured, synthesised
from tests.functions.api_client import officer
from tests.infra.test_iam import TABLE

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

STAGE = "qamqor-secured"
NO_SUCH_NUMBER = "XXX-26-ZZZZZZ"
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
            assembly = secured(made, folder / "assembly", issuer=issuer.url)
            yield _world(deploy(own, folder=assembly, stage=STAGE), issuer)


def _world(deployed: Deployed, issuer: Issuer) -> World:
    formation = deployed.emulator.client("cloudformation")
    resources = [
        each
        for stack in ("storage", "service")
        for page in formation.get_paginator("list_stack_resources").paginate(StackName=f"{STAGE}-{stack}")
        for each in page["StackResourceSummaries"]
    ]

    def named(kind: str, part: str) -> dict[str, str]:
        found = {}
        for each in resources:
            name = each["LogicalResourceId"]
            if each["ResourceType"] == kind and part in name:
                found[name.removeprefix("Functions").partition(part)[0]] = each["PhysicalResourceId"]
        return found

    return World(
        deployed=deployed,
        issuer=issuer,
        roles=named("AWS::IAM::Role", "Role"),
        functions=named("AWS::Lambda::Function", "Function"),
    )


@pytest.fixture(scope="module", autouse=True)
def trusting(world: World) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "_opener", world.deployed.emulator.opener())
        yield


def person(world: World, name: str) -> Caller:
    return Caller(base=world.deployed.api_url, token=world.issuer.token(name), language="en")


def agency(world: World, agency_id: str) -> Caller:
    return Caller(base=world.deployed.api_url, token=agency_key(world.deployed, agency_id))


@pytest.fixture(scope="module")
def hooks() -> Iterator[tuple[Receiver, Receiver]]:
    with Receiver() as first, Receiver() as second:
        yield first, second


@pytest.fixture(scope="module")
def players(world: World, trusting: None, hooks: tuple[Receiver, Receiver]) -> Cast:
    scene = scene_on(world.deployed.emulator)
    bodies = [agency(world, each) for each in (scene.agency_id, scene.supervisor_id)]
    for body, hook in zip(bodies, hooks, strict=True):
        subscribe(body, hook)
    return Cast(
        deployed=world.deployed,
        scene=scene,
        citizen=person(world, "aigerim"),
        agency=bodies[0],
        agency_hook=hooks[0],
        supervisor_hook=hooks[1],
    )


def test_every_role_is_enough_for_the_whole_story(players: Cast) -> None:
    # First starts of functions take so long that its short terms would pass meanwhile.
    photo = photograph()
    body = {"category": CATEGORY, "comment": COMMENT, "location": PLACE, "photos": [declaration(photo)]}
    first = players.citizen.post("/v1/complaints", body)
    upload(photo, first.body["uploads"][0])
    wait_until(players, first.body["id"], lambda it: it["escalation_level"] >= 1)
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
PAST = "2026-01-01T00:00:00.000Z"
FAR = "2099-01-01T00:00:00.000Z"
CALM = "rubbish"


def woken(item: dict[str, Any]) -> dict[str, Any]:
    """What the watch of a complaint calls the function with."""
    return {"complaint_id": item["id"]["S"], "watch_round": int(item["watch_round"]["N"]), "lap": 1}


def request(method: str, resource: str, form: str | None = None) -> dict[str, Any]:
    """As the gateway hands it to Open311's function."""
    path = f"/open311/v2/{resource}"
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/x-www-form-urlencoded"},
        "requestContext": {
            "apiId": "api",
            "domainName": "api.example.org",
            "http": {"method": method, "path": path},
            "requestId": "probe",
            "stage": "$default",
        },
        "body": form,
        "isBase64Encoded": False,
    }


def aside(consumer: str, complaint_id: str) -> dict[str, Any]:
    """The key of what says who is behind."""
    return {"pk": {"S": f"aside#{consumer}#{complaint_id}"}, "sk": {"S": "set_aside"}}


class Seen(Exception):
    """A probe did not come out as it does with the whole role."""


class Answers:
    """Where a custom resource answers, in CloudFormation's place: one answer, on the loopback."""

    def __init__(self) -> None:
        self.received: queue.Queue[dict[str, Any]] = queue.Queue()
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                received.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/answer"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Probes:
    """What each function does, asked for in a second or two; each raises Seen where it does not come out well."""

    def __init__(self, world: World, players: Cast) -> None:
        self.world, self.players = world, players
        self.lambda_ = world.deployed.emulator.client("lambda")
        self.complaint_id = self.filed()
        self.waits_for_assignment(self.complaint_id, seconds=60)  # everything starts for the first time

    def of(self, part: str) -> Callable[[], None]:
        return {
            "IntakeApi": self.intake,
            "AgencyApi": self.agency,
            "Pages": self.page,
            "Authorizer": self.authorizer,
            "Subscriptions": self.subscriptions,
            "OfficersApi": self.officers,
            "Open311": self.open311,
            "Assignment": self.assignment,
            "Outbox": self.outbox,
            "Photos": self.photos,
            "Escalation": self.escalation,
            "SweepDue": self.sweep,
            "Requeue": self.requeue,
            "ReleasePushes": self.release,
            "PushFailures": self.push_failures,
            "Archive": self.archive,
            "Publisher": self.publisher,
            "Figures": self.figures,
            "Redaction": self.redaction,
            "Retention": self.retention,
            "Site": self.site,
            "Webhooks": self.webhooks,
            "Watch": self.watch,
            "DirectoryLoader": self.directory,
            "PushPlatformsProvider": self.platforms,
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
        self.is_(me.call("DELETE", "/v1/devices/phone").status, 204)
        self.is_(len(self.read(me, "/v1/me")["devices"]), 0)
        self.is_(me.get("/v1/notifications").status, 200)
        self.is_(me.call("PATCH", "/v1/me", {"language": "ru"}).status, 200)
        # As if a part of it were about to be made.
        self.change_complaint(str(filed.body["id"]), children='["01J00000000000000000000000"]')
        me.call("DELETE", "/v1/me")
        self.is_(len(self.read(me, "/v1/complaints")["items"]), 0)

    def agency(self) -> None:
        mine = self.players.agency
        path = f"/v1/agency/complaints/{self.complaint_id}"
        self.is_(mine.get("/v1/agency/complaints").status, 200)
        for _ in range(CLAIM):  # so many requests are claimed of a body's limit at once
            self.is_(mine.get(path).status, 200)
        self.is_(mine.get(f"{path}/nearby").status, 200)
        self.is_(mine.post(f"{path}/comment", {"text": "Looked at."}).status, 200)
        # Whom an officer names is looked up.
        calls = officer(
            lambda event, _: self.well("AgencyApi", event), self.players.agency_id, role=Role.OFFICER
        )
        self.is_(calls("POST", f"{path}/assign", {"to": "nobody"}).status, 422)
        self.merged()
        photo = photograph()
        declared = mine.post(f"{path}/photos", {"photos": [declaration(photo)]})
        self.is_(declared.status, 201)
        self.is_(upload(photo, declared.body["uploads"][0]).status, 200)

    def page(self) -> None:
        """Its role may do nothing but log: that it answers all the same."""
        self.is_(Caller(base=self.world.deployed.api_url, token=None).get("/desk/").status, 200)

    def merged(self) -> None:
        """Into another, on the condition that this is as it was read."""
        me = person(self.world, f"person-{uuid.uuid4().hex}")
        body = {"category": CATEGORY, "comment": COMMENT, "location": PLACE}
        one, other = (str(me.post("/v1/complaints", body).body["id"]) for _ in range(2))
        for each in (one, other):
            self.waits_for_assignment(each, seconds=4, by=me)
        merging = self.players.agency.post(f"/v1/agency/complaints/{one}/merge", {"into": other})
        self.is_(merging.status, 200)

    def authorizer(self) -> None:
        # A new key each time: an answer is kept for a minute, and the first use is written down.
        token = agency(self.world, AGENCY).token
        event = {"requestContext": {"requestId": "probe"}, "identitySource": [f"Bearer {token}"]}
        if self.well("Authorizer", event).get("isAuthorized") is not True:
            raise Seen("refused")
        keys = self.read(self.players.agency, "/v1/agency/keys")["items"]
        if {each["id"]: each["last_used_at"] for each in keys}[token.split("_")[1]] is None:
            raise Seen("not noted")
        event["identitySource"] = [f"Bearer {self.partners_key()}"]
        if self.well("Authorizer", event).get("context", {}).get("scopes") != "file":
            raise Seen("refused")

    def officers(self) -> None:
        mine = self.players.agency
        self.is_(mine.get("/v1/agency/me").status, 200)
        asked = {"email": f"{uuid.uuid4().hex}@example.org", "name": "A. B.", "role": "officer"}
        made = mine.post("/v1/agency/officers", asked)
        self.is_(made.status, 201)
        self.is_(mine.call("DELETE", f"/v1/agency/officers/{made.body['id']}").status, 204)
        # With the address of one who left.
        again = mine.post("/v1/agency/officers", asked)
        self.is_(again.status, 201)

    def partners_key(self) -> Token:
        """A new one of a partner."""
        token = new_token()
        self.put(
            self.world.deployed.agencies_table,
            {
                "pk": {"S": "partners"},
                "sk": {"S": f"key#{token.key_id}"},
                "partner_id": {"S": "probe"},
                "name": {"S": "probe"},
                "hash": {"S": hash_of(token.secret)},
                "scopes": {"S": '["file"]'},
                "pseudonyms": {"S": "probe"},
                "created_at": {"S": PAST},
            },
        )
        return token

    def open311(self) -> None:
        """A partner files by a new key, whose first use is written down, and asks for what is public."""
        token, table = self.partners_key(), self.world.deployed.agencies_table
        key = {"pk": {"S": "partners"}, "sk": {"S": f"key#{token.key_id}"}}
        fields = {"api_key": str(token), "service_code": CATEGORY, "description": COMMENT, "account_id": "1"}
        place = {"lat": str(PLACE["lat"]), "long": str(PLACE["lon"])}
        sent = uuid.uuid4().hex
        for _ in range(2):
            filed = self.well(
                "Open311", request("POST", "requests.json", urlencode(fields | place | {"external_id": sent}))
            )
            self.is_(filed["statusCode"], 200)
        if "last_used_at" not in self.get(table, key):
            raise Seen("not noted")
        self.is_(self.well("Open311", request("GET", "requests.json"))["statusCode"], 200)
        # Of a number that was never given nothing is there, which is not to look forbidden.
        nothing = self.well("Open311", request("GET", f"requests/{NO_SUCH_NUMBER}.json"))
        self.is_(nothing["statusCode"], 404)

    def subscriptions(self) -> None:
        mine = self.players.agency
        listed = self.read(mine, "/v1/agency/subscriptions")
        subscription = f"/v1/agency/subscriptions/{listed['items'][0]['id']}"
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
        states, machine = self.world.deployed.emulator.client("stepfunctions"), self.world.deployed
        name = execution_name(complaint_id, 1, lap=FIRST_LAP)
        arn = machine.state_machine_arn.replace(":stateMachine:", ":execution:") + f":{name}"
        for _ in range(20):
            try:
                states.describe_execution(executionArn=arn)
            except states.exceptions.ExecutionDoesNotExist:
                time.sleep(0.1)
            else:
                break
        else:
            raise Seen("not watched")
        self.divided(complaint_id)
        self.left_to_joiners(complaint_id)

    def divided(self, complaint_id: str) -> None:
        """A part is made on the condition that its whole stands."""
        path = f"/v1/agency/complaints/{complaint_id}"
        to = self.read(self.players.agency, path)["transfer_to"][0]
        parts = {"parts": [{"to": to, "text": "This is for you to do: it is your part of the matter."}]}
        self.is_(self.players.agency.post(f"{path}/split", parts).status, 200)
        split = self.records(complaint_id)[-1]
        if self.well("Assignment", {"Records": [split]})["batchItemFailures"]:
            raise Seen("no part was made")
        self.nobody_is_behind("assignment", complaint_id)

    def left_to_joiners(self, complaint_id: str) -> None:
        """Whoever takes back what others have joined is taken out of its history and of its parts."""
        path, citizen = f"/v1/complaints/{complaint_id}", self.players.citizen
        other = person(self.world, f"person-{uuid.uuid4().hex}")
        self.is_(other.post(f"{path}/join", {}).status, 200)
        self.is_(citizen.post(f"{path}/comments", {"text": COMMENT}).status, 200)
        self.is_(citizen.post(f"{path}/withdraw", {}).status, 200)
        left = self.records(complaint_id)[-1]
        if self.well("Assignment", {"Records": [left]})["batchItemFailures"]:
            raise Seen("the reporter was not taken out")
        self.nobody_is_behind("assignment", complaint_id)

    def nobody_is_behind(self, consumer: str, complaint_id: str) -> None:
        if self.get(self.world.deployed.complaints_table, aside(consumer, complaint_id)):
            raise Seen("set aside")

    def behind(self, consumer: str, complaint_id: str, *waiting: str, watch_at: str = PAST) -> None:
        """As if these had not been told of the complaint's first events."""
        item = {
            "kind": {"S": "set_aside"},
            "consumer": {"S": consumer},
            "id": {"S": complaint_id},
            "waiting": {"S": json.dumps(dict.fromkeys(waiting, 1))},
            "seen": {"N": "2"},
            "since": {"S": PAST},
            "tries": {"N": "0"},
            "revision": {"N": "1"},
            "timer_shard": {"S": f"aside#{consumer}"},
            "watch_at": {"S": watch_at},
        }
        self.put(self.world.deployed.complaints_table, aside(consumer, complaint_id) | item)

    def outbox(self) -> None:
        complaint_id = self.filed()
        self.waits_for_assignment(complaint_id)
        answer = self.well("Outbox", {"Records": self.records(complaint_id)})
        if answer["batchItemFailures"]:
            raise Seen("an event failed")
        self.nobody_is_behind("outbox", complaint_id)

    def photos(self) -> None:
        """A reporter's, and one that its body takes as a proof."""
        complaint_id, _ = self.with_photo()
        self.waits_for_assignment(complaint_id)
        photo, path = photograph(), f"/v1/agency/complaints/{complaint_id}"
        declared = self.players.agency.post(f"{path}/photos", {"photos": [declaration(photo)]})
        self.is_(declared.status, 201)
        self.cleaned(photo, declared.body["uploads"][0], of=path, to=self.players.agency)

    def with_photo(self) -> tuple[str, str]:
        """A complaint's id, and that of its photo, which was found clean."""
        photo = photograph()
        filed = self.players.citizen.post(
            "/v1/complaints",
            {"category": CATEGORY, "comment": COMMENT, "location": PLACE, "photos": [declaration(photo)]},
        )
        self.is_(filed.status, 201)
        path = f"/v1/complaints/{filed.body['id']}"
        photo_id = self.cleaned(photo, filed.body["uploads"][0], of=path, to=self.players.citizen)
        return str(filed.body["id"]), photo_id

    def cleaned(self, photo: bytes, presigned: Mapping[str, Any], *, of: str, to: Caller) -> str:
        """The photo's id, once it is shown to be ready there."""
        self.is_(upload(photo, presigned).status, 200)
        complaint_id, photo_id = of.rpartition("/")[2], str(presigned["photo_id"])
        self.landed("Photos", f"quarantine/{complaint_id}/{photo_id}")
        statuses = {each["id"]: each["status"] for each in self.read(to, of)["photos"]}
        if statuses[photo_id] != "ready":
            raise Seen("not cleaned")
        return photo_id

    def escalation(self) -> None:
        # The stack's own sweep may come first.
        if not any(self.escalated() for _ in range(2)):
            raise Seen("not escalated")
        self.answer_escalated(self.last_calm)
        item = self.change_complaint(self.last_calm, close_at=PAST, watch_at=PAST)
        self.well("Escalation", woken(item))
        if self.complaint(self.last_calm)["status"]["S"] != "closed":
            raise Seen("not closed")

    def escalated(self) -> bool:
        item = self.change_complaint(self.calm(), due_at=PAST, watch_at=PAST)
        self.well("Escalation", woken(item))
        return self.complaint(self.last_calm)["escalation_level"]["N"] == "1"

    def sweep(self) -> None:
        complaint_id = self.calm()
        self.change_complaint(complaint_id, due_at=PAST, watch_at=PAST)
        self.well("SweepDue", {})
        self.is_(self.read(self.players.citizen, f"/v1/complaints/{complaint_id}")["escalation_level"], 1)
        self.answer_escalated(complaint_id)
        self.change_complaint(complaint_id, close_at=PAST, watch_at=PAST)
        self.well("SweepDue", {})
        shown = self.read(self.players.citizen, f"/v1/complaints/{complaint_id}")
        if shown["status"] != "closed":
            raise Seen("not closed")
        self.is_tried_again("SweepDue", "assignment", "everybody")

    def is_tried_again(self, part: str, consumer: str, *waiting: str) -> None:
        """What was set aside, of one complaint until now and of another until later."""
        self.behind(consumer, self.complaint_id, *waiting)
        later = self.filed()
        self.behind(consumer, later, *waiting, watch_at="2099-01-01T00:00:00.000Z")
        self.well(part, {})
        self.nobody_is_behind(consumer, self.complaint_id)
        self.world.deployed.emulator.client("dynamodb").delete_item(
            TableName=self.world.deployed.complaints_table, Key=aside(consumer, later)
        )

    def watch(self) -> None:
        """The last lap of an execution: it has the timer acted on that it slept for, and goes on anew."""
        item = self.complaint(self.calm())
        states = self.world.deployed.emulator.client("stepfunctions")
        begun = execution_input(
            self.last_calm, int(item["watch_round"]["N"]), until=datetime.fromisoformat(PAST)
        )
        started = states.start_execution(
            stateMachineArn=self.world.deployed.state_machine_arn,
            name=f"probe-{uuid.uuid4().hex}",
            input=json.dumps(begun | {"lap": LAPS - 1}),
        )["executionArn"]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if states.describe_execution(executionArn=started)["status"] != "RUNNING":
                break
            time.sleep(0.2)
        else:
            states.stop_execution(executionArn=started)
        if states.describe_execution(executionArn=started)["status"] != "SUCCEEDED":
            raise Seen("the watch did not come to its end")

    # ---- what the clock causes
    def requeue(self) -> None:
        """A lane of which nobody knows, with something due in it."""
        hook = self.read(self.players.agency, "/v1/agency/subscriptions")["items"][0]["id"]
        lane = {"pk": {"S": f"lane#{hook}#{new_id(utc_now())}"}, "sk": {"S": "lane"}}
        due = {"agency_id": {"S": AGENCY}, "due_shard": {"S": "0"}, "next_at": {"S": PAST}}
        self.put(self.world.deployed.deliveries_table, lane | due)
        self.well("Requeue", {})
        if self.get(self.world.deployed.deliveries_table, lane).get("next_at") == {"S": PAST}:
            raise Seen("not looked at")

    def release(self) -> None:
        """A push that is due, and one for whom it has become quiet again."""
        for quiet in (None, {"from": "00:00", "to": "23:59"}):
            subject = f"sleeper-{uuid.uuid4().hex}"
            me = person(self.world, subject)
            token = {"platform": "fcm", "token": uuid.uuid4().hex}
            self.is_(me.call("PUT", "/v1/devices/phone", token).status, 200)
            self.is_(me.call("PATCH", "/v1/me", {"quiet_hours": quiet}).status, 200)
            told = self.told_before() | {"pk": {"S": f"person#{subject}"}}
            self.put(self.world.deployed.people_table, told)
            held = {
                "pk": {"S": f"held#{zlib.crc32(subject.encode()) % HELD_SHARDS}"},
                "sk": {"S": f"{PAST}#{subject}#{told['sk']['S']}"},
            }
            more = {"person": {"S": subject}, "inbox_sk": told["sk"], "expires": told["expires"]}
            self.put(self.world.deployed.people_table, held | more)
            self.well("ReleasePushes", {})
            after = self.get(self.world.deployed.people_table, {"pk": told["pk"], "sk": told["sk"]})
            if "pushed" not in after and "held_until" not in after:
                raise Seen("neither pushed nor held")
            if self.get(self.world.deployed.people_table, held):
                raise Seen("still held")
        self.is_tried_again("ReleasePushes", "outbox", "person#aigerim", f"agency#{AGENCY}")

    def push_failures(self) -> None:
        subject = f"gone-{uuid.uuid4().hex}"
        me = person(self.world, subject)
        token = {"platform": "fcm", "token": uuid.uuid4().hex}
        self.is_(me.call("PUT", "/v1/devices/phone", token).status, 200)
        key = {"pk": {"S": f"person#{subject}"}, "sk": {"S": "device#phone"}}
        device = self.get(self.world.deployed.people_table, key)
        told = {
            "EventType": "DeliveryFailure",
            "FailureType": "InvalidPlatformToken",
            "EndpointArn": device["endpoint_arn"]["S"],
        }
        self.well("PushFailures", {"Records": [{"Sns": {"Message": json.dumps(told)}}]})
        self.is_(len(self.read(me, "/v1/me")["devices"]), 0)

    def archive(self) -> None:
        hour = list(closed_hours(utc_now()))[-1]
        s3 = self.world.deployed.emulator.client("s3")
        configuration = self.lambda_.get_function_configuration(FunctionName=self.world.functions["Archive"])
        bucket = configuration["Environment"]["Variables"]["CHAIN_HEADS_BUCKET"]
        s3.delete_object(Bucket=bucket, Key=key_of(hour))
        if self.well("Archive", {})["hours"] < 1:
            raise Seen("nothing written")

    def publisher(self) -> None:
        """From the beginning: a complaint that has no page yet, one of which nothing is public, and what was set aside, of
        which one is due.
        """
        shown, private = self.filed(), self.filed(category="other")
        for each in (shown, private):
            self.waits_for_assignment(each, seconds=10)
        table, s3 = self.world.deployed.complaints_table, self.world.deployed.emulator.client("s3")
        client = self.world.deployed.emulator.client("dynamodb")
        client.delete_item(TableName=table, Key={"pk": {"S": "publication"}, "sk": {"S": "progress"}})
        page = f"c/{self.complaint(shown)['number']['S']}"
        s3.delete_object(Bucket=self.public_bucket(), Key=page)
        for complaint_id, watch_at in ((shown, PAST), (private, FAR)):
            self.put(table, _set_aside(complaint_id, watch_at=watch_at))
        try:
            if self.well("Publisher", {})["failed"]:
                raise Seen("not published")
            left = self.get(table, _set_aside(shown, watch_at=PAST, key=True))
            if left:
                raise Seen("still set aside")
        finally:
            client.delete_item(TableName=table, Key=_set_aside(private, watch_at=FAR, key=True))
        s3.head_object(Bucket=self.public_bucket(), Key=page)

    def site(self) -> None:
        """What is there, and what is not."""
        self.publisher()
        everybody = Caller(base=self.world.deployed.api_url, token=None)
        self.is_(everybody.get("/open/complaints.geojson").status, 200)
        self.is_(everybody.get("/open/2001-01.csv.gz").status, 404)

    def figures(self) -> None:
        """Of a month's file that is there."""
        self.publisher()
        s3 = self.world.deployed.emulator.client("s3")
        s3.delete_object(Bucket=self.public_bucket(), Key="open/figures.json")
        if not self.well("Figures", {})["months"]:
            raise Seen("nothing counted")
        s3.head_object(Bucket=self.public_bucket(), Key="open/figures.json")

    def redaction(self) -> None:
        """The copy of a photo that was found clean, and another once its body has said what is hidden in it.

        Whatever failed before is tried again by itself for minutes, and is not waited for.
        """
        complaint_id, photo_id = self.with_photo()
        copies = f"public/{complaint_id}/{photo_id}"
        self.landed("Redaction", clean_key(complaint_id, photo_id))
        self.waits_for_copy(f"{copies}.1.jpg")
        path = f"/v1/agency/complaints/{complaint_id}/photos/{photo_id}/redact"
        boxes = [{"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2}]
        self.is_(self.players.agency.post(path, {"boxes": boxes}).status, 200)
        mark = redact_key(complaint_id, photo_id)
        self.landed("Redaction", mark)
        self.waits_for_copy(f"{copies}.2.jpg")
        self.waits_for_copy(f"{copies}.1.jpg", there=False)
        self.waits_for_copy(mark, there=False)

    def landed(self, part: str, key: str) -> None:
        """What EventBridge tells of an object."""
        detail = {"bucket": {"name": self.world.deployed.photos_bucket}, "object": {"key": key}}
        self.well(part, {"source": "aws.s3", "detail-type": "Object Created", "detail": detail})

    def waits_for_copy(self, key: str, *, there: bool = True, seconds: float = 10) -> None:
        s3, end = self.world.deployed.emulator.client("s3"), time.monotonic() + seconds
        while time.monotonic() < end:
            found = s3.list_objects_v2(Bucket=self.world.deployed.photos_bucket, Prefix=key)
            if bool(found["KeyCount"]) == there:
                return
            time.sleep(0.5)
        raise Seen(f"{key} is {'not' if there else 'still'} there")

    def public_bucket(self) -> str:
        configuration = self.lambda_.get_function_configuration(
            FunctionName=self.world.functions["Publisher"]
        )
        bucket: str = configuration["Environment"]["Variables"]["PUBLIC_BUCKET"]
        return bucket

    def retention(self) -> None:
        """A complaint that was taken back long ago, with a reason and with what a photo of it suggests."""
        complaint_id = self.filed()
        taken_back = self.players.citizen.post(
            f"/v1/complaints/{complaint_id}/withdraw", {"reason": "It is gone."}
        )
        self.is_(taken_back.status, 200)
        item = self.change_complaint(complaint_id, ended_at=PAST)
        suggested = {"sk": {"S": "exif#photo"}, "kind": {"S": "suggestion"}, "photo_id": {"S": "photo"}}
        self.put(
            self.world.deployed.complaints_table,
            {"pk": item["pk"], "expires": {"N": str(int(time.time()) + 3600)}} | suggested,
        )
        if self.well("Retention", {})["texts"] < 2:
            raise Seen("nothing erased")

    # ---- what a deployment causes
    def directory(self) -> None:
        """A body and a category that the region file has no more, and a body that it has and the table has not."""
        table = self.world.deployed.agencies_table
        stale = {"pk": {"S": "directory"}, "sk": {"S": "agency#gone"}}
        since = {"content": {"S": "{}"}, "digest": {"S": "0"}, "since": {"S": PAST}}
        self.put(table, stale | since)
        self.put(table, stale | since | {"sk": {"S": "category#gone"}})
        of_it = {"pk": {"S": "agency#gone"}, "agency_id": {"S": "gone"}, "created_at": {"S": PAST}}
        key = {"sk": {"S": "key#0"}, "key_id": {"S": "0"}, "hash": {"S": "0"}, "scopes": {"S": "[]"}}
        hook = {"sk": {"S": "subscription#0"}, "id": {"S": "0"}, "url": {"S": "https://example.org"}}
        self.put(table, of_it | key | {"name": {"S": "probe"}, "created_by": {"S": "operator"}})
        self.put(
            table,
            of_it | hook | {"types": {"S": "[]"}, "secrets": {"S": "[]"}, "changed_at": {"S": PAST}},
        )
        lacking = {"pk": {"S": "directory"}, "sk": {"S": f"agency#{AGENCY}"}}
        self.world.deployed.emulator.client("dynamodb").delete_item(TableName=table, Key=lacking)
        self.custom_resource("DirectoryLoader", "Update", {})
        if self.get(table, stale) or not self.get(table, lacking):
            raise Seen("not loaded")

    def platforms(self) -> None:
        properties = {"Name": f"{STAGE}-probe", "Platform": "GCM", "SecretName": ""}
        made = self.custom_resource("PushPlatformsProvider", "Create", properties)
        self.custom_resource("PushPlatformsProvider", "Update", properties, physical_id=made)
        self.custom_resource("PushPlatformsProvider", "Delete", properties, physical_id=made)

    def custom_resource(
        self, part: str, request: str, properties: dict[str, str], *, physical_id: str = ""
    ) -> str:
        """The physical id that the function answers CloudFormation with."""
        with Answers() as answers:
            event = {
                "RequestType": request,
                "ResponseURL": answers.url,
                "StackId": "stack",
                "RequestId": "request",
                "LogicalResourceId": "resource",
                "ResourceProperties": properties,
            }
            self.well(part, event | ({"PhysicalResourceId": physical_id} if physical_id else {}))
            answer = answers.received.get(timeout=5)
        if answer["Status"] != "SUCCESS":
            raise Seen(answer["Reason"])
        return str(answer["PhysicalResourceId"])

    # ---- tables
    def calm(self) -> str:
        """A complaint with weeks to its deadline, assigned."""
        self.last_calm = self.filed(category=CALM)
        self.waits_for_assignment(self.last_calm)
        return self.last_calm

    def answer_escalated(self, complaint_id: str) -> None:
        answer = {"outcome": "declined", "text": "Not a violation: the container is emptied on Fridays."}
        self.is_(self.players.agency.post(f"/v1/agency/complaints/{complaint_id}/answer", answer).status, 200)

    def complaint(self, complaint_id: str) -> dict[str, Any]:
        key = {"pk": {"S": f"complaint#{complaint_id}"}, "sk": {"S": "complaint"}}
        return self.get(self.world.deployed.complaints_table, key)

    def change_complaint(self, complaint_id: str, **times: str) -> dict[str, Any]:
        """Move its times behind the back of everybody; the item as it then is."""
        item = self.complaint(complaint_id) | {name: {"S": at} for name, at in times.items()}
        self.put(self.world.deployed.complaints_table, item)
        return item

    def told_before(self) -> dict[str, Any]:
        """An inbox item of the story's citizen, as if it had not been pushed yet."""
        told = self.world.deployed.emulator.client("dynamodb").query(
            TableName=self.world.deployed.people_table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={
                ":pk": {"S": "person#aigerim"},
                ":sk": {"S": "told#"},
            },
        )["Items"]
        assigned = next(each for each in told if each["type"]["S"] == "complaint.assigned")
        return {name: value for name, value in assigned.items() if name not in ("pushed", "held_until")}

    def get(self, table: str, key: dict[str, Any]) -> dict[str, Any]:
        client = self.world.deployed.emulator.client("dynamodb")
        return dict(client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {}))

    def put(self, table: str, item: dict[str, Any]) -> None:
        self.world.deployed.emulator.client("dynamodb").put_item(TableName=table, Item=item)

    def read(self, caller: Caller, path: str) -> Any:
        answer = caller.get(path)
        self.is_(answer.status, 200)
        return answer.body

    def webhooks(self) -> None:
        hook = self.players.agency_hook
        subscription_id = self.read(self.players.agency, "/v1/agency/subscriptions")["items"][0]["id"]
        while not hook.received.empty():
            hook.received.get()
        self.is_(self.players.agency.post(f"/v1/agency/subscriptions/{subscription_id}/test").status, 202)
        try:
            hook.wait_for("subscription.test", timeout=4)
        except TimeoutError:
            raise Seen("not delivered") from None

    def waits_for_assignment(
        self, complaint_id: str, *, seconds: float = 20, by: Caller | None = None
    ) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            shown = self.read(by or self.players.citizen, f"/v1/complaints/{complaint_id}")
            if shown["status"] != "submitted":
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
            {"eventName": "MODIFY", "dynamodb": {"NewImage": image_of(item), "SequenceNumber": str(number)}}
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


def _set_aside(complaint_id: str, *, watch_at: str, key: bool = False) -> dict[str, Any]:
    """As the publisher has set it aside, or its key alone."""
    named = {"pk": {"S": f"aside#publisher#{complaint_id}"}, "sk": {"S": "set_aside"}}
    if key:
        return named
    return named | {
        "kind": {"S": "set_aside"},
        "consumer": {"S": "publisher"},
        "id": {"S": complaint_id},
        "waiting": {"S": json.dumps({"everybody": 1})},
        "seen": {"N": "1"},
        "since": {"S": PAST},
        "tries": {"N": "0"},
        "revision": {"N": "1"},
        "timer_shard": {"S": "aside#publisher"},
        "watch_at": {"S": watch_at},
    }


PROBED = (
    "AgencyApi Archive Assignment Authorizer DirectoryLoader Escalation Figures IntakeApi OfficersApi Open311 Outbox "
    "Pages Photos Publisher PushFailures "
    "PushPlatformsProvider Redaction ReleasePushes Requeue Retention Site Subscriptions SweepDue Watch Webhooks"
).split()


def test_a_token_that_has_expired_is_refused(world: World) -> None:
    caller = Caller(base=world.deployed.api_url, token=world.issuer.token("aigerim", life_s=-120))
    assert caller.get("/v1/me").status == 401


def test_every_role_of_the_table_is_probed(world: World) -> None:
    # Letters go out where a region has an address to send from, which the local one has not.
    assert sorted(set(yaml.safe_load(TABLE.read_text())) - {"Letters"}) == PROBED
    assert set(world.roles) == set(PROBED)


def actions_of(world: World, part: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Action, policy's name and document, for every action of the role."""
    iam, role = world.deployed.emulator.client("iam"), world.roles[part]
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        actions = {action for each in document["Statement"] for action in _listed(each)}
        for action in sorted(actions - EVERYWHERE.keys()):
            yield action, policy, document


def without(document: dict[str, Any], action: str) -> dict[str, Any]:
    statements = [
        each | {"Action": [one for one in _listed(each) if one != action]} for each in document["Statement"]
    ]
    return document | {"Statement": [each for each in statements if each["Action"]]}


def _listed(statement: dict[str, Any]) -> list[str]:
    action = statement["Action"]
    return action if isinstance(action, list) else [action]


READS_THE_STREAM = {
    f"dynamodb:{action}": "the emulator reads the stream itself"
    for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
}
KEEPS_DEAD_LETTERS = {
    f"sqs:{action}": "Lambda writes dead letters itself, after tries that take hours"
    for action in ("GetQueueAttributes", "GetQueueUrl", "SendMessage", "SendMessageBatch")
}
SENDS_SEVERAL = {
    "sqs:SendMessage": "it sends several at once, for which the emulator asks a right of its own; AWS asks this one"
}
A_LOST_NUDGE = {
    f"sqs:{action}": "the index of what is due finds a lane whose nudge is lost"
    for action in ("SendMessage", "SendMessageBatch")
}
A_PUSH_THAT_FAILS = {"sns:Publish": "a push that fails is counted and left to the inbox"}
NOBODY_LEAVES_A_LIST = (
    "deletes the entry of a supervisor who leaves the list, which no path of seconds has here"
)
A_COPY_ANEW = (
    "asks for another copy of a photo in which a body drew boxes, which the redaction's own probe sees"
)
NO_COPIES = "deletes the public copies of photos, of which these complaints have none"
# What a probe can tell where something is still under way, or a file is not there yet.
NOT_ALWAYS = {"dynamodb:BatchGetItem", "s3:ListBucket"}
# What no probe can tell, by role, each with the reason.
UNREACHED: dict[str, dict[str, str]] = {
    "AgencyApi": {
        "dynamodb:BatchGetItem": "a supervisor's worklist and what a place had before read complaints so",
        "dynamodb:DeleteItem": NOBODY_LEAVES_A_LIST,
        "s3:GetObject": "the right behind an address that nobody calls up here",
    },
    "Assignment": {
        "dynamodb:DeleteItem": NOBODY_LEAVES_A_LIST,
        "s3:PutObject": A_COPY_ANEW,
        "states:StopExecution": "stopping a watch is at best effort: one that goes on ends by itself",
        **READS_THE_STREAM,
        **KEEPS_DEAD_LETTERS,
    },
    "IntakeApi": {
        "dynamodb:BatchGetItem": "reads complaints nearby, of which there are none for a new person",
        "s3:GetObject": "the right behind an address that nobody calls up here",
        "sns:SetEndpointAttributes": "repairs an endpoint that SNS has disabled",
    },
    "OfficersApi": {
        "cognito-idp:AdminDeleteSoftwareToken": "the emulator's pool asks for no second factor",
        "dynamodb:ConditionCheckItem": "sees that another head stays, where one goes",
    },
    "Open311": {"s3:ListBucket": "tells an object that is not there from one that is forbidden"},
    "Outbox": {
        "dynamodb:DeleteItem": "forgets a phone that SNS no longer reaches",
        **A_PUSH_THAT_FAILS,
        **READS_THE_STREAM,
        **KEEPS_DEAD_LETTERS,
    },
    "Photos": {
        "dynamodb:DeleteItem": NOBODY_LEAVES_A_LIST,
        "s3:GetObjectTagging": "the verdict of a malware scan, which this stage has not",
        "s3:ListBucket": "tells an object that is gone from one that is forbidden",
        "sqs:SendMessage": KEEPS_DEAD_LETTERS["sqs:SendMessage"],
        "sqs:SendMessageBatch": KEEPS_DEAD_LETTERS["sqs:SendMessageBatch"],
    },
    "DirectoryLoader": {
        "dynamodb:BatchGetItem": "looks at what no body has yet, and mostly nothing waits here"
    },
    "Publisher": {"s3:ListBucket": "tells an object that is not there from one that is forbidden"},
    "PushFailures": {name: KEEPS_DEAD_LETTERS[name] for name in ("sqs:SendMessage", "sqs:SendMessageBatch")},
    "Redaction": {
        "dynamodb:DeleteItem": NOBODY_LEAVES_A_LIST,
        "s3:ListBucket": "tells an object that is gone from one that is forbidden",
        "sqs:SendMessage": KEEPS_DEAD_LETTERS["sqs:SendMessage"],
        "sqs:SendMessageBatch": KEEPS_DEAD_LETTERS["sqs:SendMessageBatch"],
    },
    "Retention": {"s3:DeleteObject": NO_COPIES},
    "ReleasePushes": {**A_PUSH_THAT_FAILS, **A_LOST_NUDGE},
    "Requeue": SENDS_SEVERAL,
    "Site": {"s3:ListBucket": "tells an object that is not there from one that is forbidden"},
    "Subscriptions": {
        "dynamodb:BatchGetItem": "reads when what waits is tried next, and mostly nothing waits here",
        **SENDS_SEVERAL,
    },
    "SweepDue": {
        "s3:PutObject": A_COPY_ANEW,
        "dynamodb:ConditionCheckItem": "makes a part that could not be made at once",
        "states:StartExecution": "a watch that cannot be started is the next sweep's to replace",
        "states:StopExecution": "stopping a watch is at best effort: one that goes on ends by itself",
    },
    "Watch": dict.fromkeys(
        "lambda:InvokeFunction states:StartExecution "
        "logs:CreateLogDelivery logs:DeleteLogDelivery logs:DescribeLogGroups logs:DescribeResourcePolicies "
        "logs:GetLogDelivery logs:ListLogDeliveries logs:PutResourcePolicy logs:UpdateLogDelivery "
        "xray:GetSamplingRules xray:GetSamplingTargets".split(),
        "the emulator asks for a state machine's rights where it calls DynamoDB, and nowhere else",
    ),
    "Webhooks": {
        "dynamodb:DeleteItem": "forgets the probe of an endpoint that is well again",
        "dynamodb:PutItem": "keeps the probe of an endpoint that is not well, and jobs of recovery",
        "dynamodb:Query": "places at an endpoint that is not well, and what a replay sends again",
        "sns:Publish": "warns of an endpoint that has failed for an hour",
        **{
            f"sqs:{action}": "the emulator reads the queue itself"
            for action in "ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage".split()
        },
        "sqs:SendMessage": "hands on what its own time is too short for",
        "sqs:SendMessageBatch": "the same",
    },
}


@pytest.fixture(scope="module")
def probes(world: World, players: Cast) -> Probes:
    return Probes(world, players)


@pytest.mark.iam
@pytest.mark.parametrize("part", PROBED)
def test_taking_any_action_from_a_role_is_seen(world: World, probes: Probes, part: str) -> None:
    iam, role, probe = world.deployed.emulator.client("iam"), world.roles[part], probes.of(part)
    probe()
    unseen = []
    for action, policy, document in actions_of(world, part):
        less = json.dumps(without(document, action))
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=less)
        try:
            probe()
        except Seen:
            pass
        else:
            unseen.append(action)
        finally:
            iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
    unseen_by_chance = set(UNREACHED.get(part, ())) & NOT_ALWAYS
    assert set(unseen) | unseen_by_chance == set(UNREACHED.get(part, ())), unseen
