"""The two chains that a burst goes through, on one emulator: the deployed stack, and its hops with empty functions."""

import io
import json
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Protocol

from functions.complaints.clock import utc_now
from functions.complaints.region import region_from_dict
from functions.complaints.routing import responsible_agency
from infra.local.cast import agency_key, subscribe
from infra.local.citizen import Caller, send, sign_in
from infra.local.deployed import REGION_ID, Deployed
from infra.local.emulator import Emulator
from infra.local.receiver import Receiver
from infra.local.recording import calls
from infra.local.story import PLACE
from infra.region import load_region_file

CATEGORY: Final = "rubbish"
COMMENT: Final = "Rubbish in the yard has not been collected for a week."
_JSON: Final = {"content-type": "application/json"}
# So many people share a burst: one person's limit and inbox are not everybody's.
PEOPLE: Final = 10
FILTER: Final = json.dumps({"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": ["event"]}}}})


class Chain(Protocol):
    name: str

    def file(self, number: int) -> str:
        """File one; its id, once it is accepted."""
        ...

    def received(self) -> Mapping[str, float]:
        """What has come to the receiver so far, and when."""
        ...

    def pushed(self, *, since: float) -> Mapping[str, float]:
        """What was published to phones, and when."""
        ...


@dataclass(kw_only=True)
class Stack:
    """The deployed stack: its API, a receiver that verifies signatures, and a phone for each citizen."""

    deployed: Deployed
    citizens: Sequence[Caller]
    receiver: Receiver
    name: str = "the stack"
    _received: dict[str, float] = field(default_factory=dict)

    def file(self, number: int) -> str:
        body = {"category": CATEGORY, "comment": COMMENT, "location": PLACE}
        answer = self.citizens[number % len(self.citizens)].post("/v1/complaints", body)
        if answer.status != 201:
            raise RuntimeError(f"filing was answered {answer.status}: {answer.body!r}")
        return str(answer.body["id"])

    def received(self) -> Mapping[str, float]:
        return dict(self._received)

    def listen(self) -> None:
        """Notes when what is wanted comes, until None is put into the receiver's queue."""
        while (each := self.receiver.received.get()) is not None:
            if each.type == "complaint.assigned":
                self._received.setdefault(each.data["id"], time.time())

    def pushed(self, *, since: float) -> Mapping[str, float]:
        return _published(self.deployed.emulator, since=since, named=_complaint_of_push)


@dataclass(kw_only=True)
class Floor:
    """The same hops with empty functions."""

    emulator: Emulator
    url: str
    receipts: Mapping[str, float]
    name: str = "empty functions"

    def file(self, number: int) -> str:
        name = f"floor-{uuid.uuid4().hex}"
        answer = send("POST", self.url, json.dumps({"id": name}).encode(), headers=_JSON)
        if answer.status != 201:
            raise RuntimeError(f"the empty chain answered {answer.status}: {answer.body!r}")
        return name

    def received(self) -> Mapping[str, float]:
        return dict(self.receipts)

    def pushed(self, *, since: float) -> Mapping[str, float]:
        return _published(self.emulator, since=since, named=_name_of_push)


@contextmanager
def stack(deployed: Deployed) -> Iterator[Stack]:
    region = region_from_dict(json.loads(load_region_file(REGION_ID).compiled))
    body = responsible_agency(
        region, category_id=CATEGORY, lat=PLACE["lat"], lon=PLACE["lon"], at=utc_now()
    ).agency_id
    with ExitStack() as context:
        receiver = context.enter_context(Receiver())
        agency = Caller(base=deployed.api_url, token=agency_key(deployed, body, name="bench"))
        subscribe(agency, receiver)
        citizens = [sign_in(deployed, f"person-{number}") for number in range(PEOPLE)]
        for number, citizen in enumerate(citizens):
            phone = {"platform": "fcm", "token": f"token-{number}"}
            answer = citizen.call("PUT", "/v1/devices/phone", phone)
            assert answer.status < 300, answer.body
        made = Stack(deployed=deployed, citizens=citizens, receiver=receiver)
        listener = threading.Thread(target=made.listen, daemon=True)
        listener.start()
        try:
            yield made
        finally:
            receiver.received.put(None)  # type: ignore[arg-type]


@contextmanager
def floor(emulator: Emulator) -> Iterator[Floor]:
    """Made beside the stack on the same emulator, with the stack's batches and filter."""
    with _plain_receiver() as (receiver_url, receipts):
        table, stream = _table(emulator)
        queue_url, queue_arn = _queue(emulator)
        environment = {
            "TABLE": table,
            "QUEUE": queue_url,
            "ENDPOINT": _endpoint(emulator),
            "RECEIVER": receiver_url,
        }
        functions = {
            name: _function(emulator, name, environment) for name in ("put", "assign", "tell", "send")
        }
        lambda_ = emulator.client("lambda")
        for name in ("assign", "tell"):
            lambda_.create_event_source_mapping(
                FunctionName=functions[name],
                EventSourceArn=stream,
                StartingPosition="TRIM_HORIZON",
                BatchSize=100,
                ParallelizationFactor=10,
                FilterCriteria={"Filters": [{"Pattern": FILTER}]},
            )
        lambda_.create_event_source_mapping(
            FunctionName=functions["send"],
            EventSourceArn=queue_arn,
            BatchSize=5,
            ScalingConfig={"MaximumConcurrency": 50},
        )
        yield Floor(emulator=emulator, url=_api(emulator, functions["put"]), receipts=receipts)


# --------------------------------------------------------------------------------------- the empty chain's parts
def _table(emulator: Emulator) -> tuple[str, str]:
    made = emulator.client("dynamodb").create_table(
        TableName="bench-floor",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    return made["TableName"], made["LatestStreamArn"]


def _queue(emulator: Emulator) -> tuple[str, str]:
    sqs = emulator.client("sqs")
    url = sqs.create_queue(QueueName="bench-floor", Attributes={"VisibilityTimeout": "180"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def _endpoint(emulator: Emulator) -> str:
    sns = emulator.client("sns")
    application = sns.create_platform_application(
        Name="bench-floor", Platform="GCM", Attributes={"PlatformCredential": "placeholder"}
    )["PlatformApplicationArn"]
    arn = sns.create_platform_endpoint(PlatformApplicationArn=application, Token="floor")["EndpointArn"]
    return str(arn)


def _function(emulator: Emulator, name: str, environment: Mapping[str, str]) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hops.py", Path(__file__).with_name("hops.py").read_text())
    role = f"arn:aws:iam::{emulator.account}:role/bench-floor"
    made = emulator.client("lambda").create_function(
        FunctionName=f"bench-floor-{name}",
        Runtime="python3.13",
        Handler=f"hops.{name}",
        Role=role,
        Code={"ZipFile": packed.getvalue()},
        Timeout=60,
        MemorySize=256,
        Environment={"Variables": dict(environment)},
    )
    return str(made["FunctionArn"])


def _api(emulator: Emulator, function: str) -> str:
    apigateway = emulator.client("apigatewayv2")
    api_id = apigateway.create_api(Name="bench-floor", ProtocolType="HTTP")["ApiId"]
    integration = apigateway.create_integration(
        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0"
    )
    target = f"integrations/{integration['IntegrationId']}"
    apigateway.create_route(ApiId=api_id, RouteKey="POST /things", Target=target)
    apigateway.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    return f"{emulator.url}/_aws/execute-api/{api_id}/$default/things"


@contextmanager
def _plain_receiver() -> Iterator[tuple[str, Mapping[str, float]]]:
    receipts: dict[str, float] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            receipts.setdefault(body["id"], time.time())
            self.send_response(204)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 512

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", receipts
    finally:
        server.shutdown()
        server.server_close()


# ------------------------------------------------------------------------------------------- reading what came of it
def _published(
    emulator: Emulator, *, since: float, named: Callable[[Any], str | None]
) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for call in calls(emulator, since=since, service="sns"):
        name = named(call.parameters) if call.action == "Publish" else None
        if name is not None:
            found.setdefault(name, call.at)
    return found


def _complaint_of_push(parameters: Any) -> str | None:
    message = json.loads(parameters["Message"])
    if "GCM" not in message:
        return None
    sent = json.loads(message["GCM"])["fcmV1Message"]["message"]
    told = sent["data"]
    return str(told["complaint_id"]) if told["event"] == "complaint.assigned" else None


def _name_of_push(parameters: Any) -> str | None:
    name = json.loads(parameters["Message"]).get("id", "")
    return name if str(name).startswith("floor-") else None
