"""The custom resource that keeps SNS platform applications: it always answers, and says nothing of a secret."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.edge import clients, custom_resource
from functions.notify.platform_applications.handler import handler
from tests.dynamodb import REGION
from tests.functions.faults import answered, aws_calls

SERVICE_ACCOUNT = {
    "project_id": "qamqor",
    "private_key": "KEY-OF-FIREBASE",
    "client_email": "push@example.org",
}
TOKEN_KEY = {"signing_key": "KEY-OF-APPLE", "key_id": "K1", "team_id": "T1", "bundle_id": "kz.example.qamqor"}


@dataclass
class CloudFormation:
    """Receives what custom resources answer; a real server on the loopback."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    content_types: list[str | None] = field(default_factory=list)
    url: str = ""

    @property
    def last(self) -> dict[str, Any]:
        return self.answers[-1]


@dataclass(frozen=True)
class Context:
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:123456789012:function:provider"
    log_stream_name: str = "2026/06/01/[1]abc"


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    seen = CloudFormation()

    class Receiver(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.answers.append(json.loads(body))
            seen.content_types.append(self.headers["content-type"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        seen.url = f"http://127.0.0.1:{server.server_port}/answer?signature=x"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield seen
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clients, "_made", {})
    monkeypatch.setattr(custom_resource, "WAITS_S", (0, 0, 0))
    with mock_aws():
        yield


def ask(cloudformation: CloudFormation, request: str = "Create", **changes: Any) -> dict[str, Any]:
    properties = {"Name": "qamqor-test-gcm", "Platform": "GCM", "SecretName": ""}
    event = {
        "RequestType": request,
        "ResponseURL": cloudformation.url,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Gcm",
        "ResourceProperties": properties | changes.pop("properties", {}),
    } | changes
    handler(event, Context())
    return cloudformation.last


def keep(name: str, secret: Any) -> None:
    value = secret if isinstance(secret, str) else json.dumps(secret)
    boto3.client("secretsmanager", region_name=REGION).create_secret(Name=name, SecretString=value)


def attributes(arn: str) -> dict[str, str]:
    answer = boto3.client("sns", region_name=REGION).get_platform_application_attributes(
        PlatformApplicationArn=arn
    )
    return dict(answer["Attributes"])


def test_without_a_secret_it_makes_a_placeholder(cloudformation: CloudFormation) -> None:
    answer = ask(cloudformation)
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == f"arn:aws:sns:{REGION}:123456789012:app/GCM/qamqor-test-gcm"
    assert {answer["StackId"], answer["RequestId"], answer["LogicalResourceId"]} == {
        "stack",
        "request",
        "Gcm",
    }
    assert attributes(answer["PhysicalResourceId"])["PlatformCredential"] == "placeholder"
    assert cloudformation.content_types == [""]


def test_firebase_gets_the_whole_key_file(cloudformation: CloudFormation) -> None:
    keep("fcm", SERVICE_ACCOUNT)
    answer = ask(cloudformation, properties={"SecretName": "fcm"})
    assert json.loads(attributes(answer["PhysicalResourceId"])["PlatformCredential"]) == SERVICE_ACCOUNT


def test_apple_gets_key_team_and_bundle(cloudformation: CloudFormation) -> None:
    keep("apns", TOKEN_KEY)
    answer = ask(
        cloudformation,
        properties={"SecretName": "apns", "Platform": "APNS_SANDBOX", "Name": "qamqor-test-apns"},
    )
    found = attributes(answer["PhysicalResourceId"])
    assert found["PlatformPrincipal"] == "K1"
    assert found["PlatformCredential"] == "KEY-OF-APPLE"
    assert (found["ApplePlatformTeamID"], found["ApplePlatformBundleID"]) == ("T1", "kz.example.qamqor")


def test_apple_with_a_certificate(cloudformation: CloudFormation) -> None:
    keep("apns", {"certificate": "CERTIFICATE", "private_key": "KEY"})
    answer = ask(cloudformation, properties={"SecretName": "apns", "Platform": "APNS"})
    found = attributes(answer["PhysicalResourceId"])
    assert (found["PlatformPrincipal"], found["PlatformCredential"]) == ("CERTIFICATE", "KEY")


def test_a_rotated_secret_is_taken_over_by_any_update(cloudformation: CloudFormation) -> None:
    keep("fcm", SERVICE_ACCOUNT)
    arn = ask(cloudformation, properties={"SecretName": "fcm"})["PhysicalResourceId"]
    boto3.client("secretsmanager", region_name=REGION).put_secret_value(
        SecretId="fcm", SecretString=json.dumps(SERVICE_ACCOUNT | {"private_key": "NEW"})
    )
    answer = ask(
        cloudformation, "Update", PhysicalResourceId=arn, properties={"SecretName": "fcm", "Revision": "2"}
    )
    assert answer["PhysicalResourceId"] == arn
    assert json.loads(attributes(arn)["PlatformCredential"])["private_key"] == "NEW"


def test_another_name_is_another_application_and_the_old_one_is_deleted_afterwards(
    cloudformation: CloudFormation,
) -> None:
    old = ask(cloudformation)["PhysicalResourceId"]
    new = ask(cloudformation, "Update", PhysicalResourceId=old, properties={"Name": "qamqor-other"})[
        "PhysicalResourceId"
    ]
    assert new != old
    assert ask(cloudformation, "Delete", PhysicalResourceId=old)["Status"] == "SUCCESS"
    applications = boto3.client("sns", region_name=REGION).list_platform_applications()[
        "PlatformApplications"
    ]
    assert [application["PlatformApplicationArn"] for application in applications] == [new]


def test_a_create_that_is_repeated_finds_its_application(cloudformation: CloudFormation) -> None:
    assert ask(cloudformation) == ask(cloudformation)


def test_the_topic_for_failures_is_told_to_sns(cloudformation: CloudFormation) -> None:
    topic = f"arn:aws:sns:{REGION}:123456789012:failures"
    answer = ask(cloudformation, properties={"FailureTopicArn": topic})
    assert attributes(answer["PhysicalResourceId"])["EventDeliveryFailure"] == topic


@pytest.mark.parametrize("physical_id", ["not-made", "some-other-thing"])
def test_what_was_never_made_is_deleted_with_success(
    cloudformation: CloudFormation, physical_id: str
) -> None:
    assert ask(cloudformation, "Delete", PhysicalResourceId=physical_id)["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ({"project_id": "x", "private_key": "CANARY"}, "lacks client_email"),
        ("CANARY, not JSON", "not a JSON object"),
        (["CANARY"], "not a JSON object"),
        ({"project_id": "x", "private_key": "CANARY", "client_email": 5}, "lacks client_email"),
    ],
)
def test_an_unusable_secret_fails_with_what_it_lacks_and_nothing_of_what_it_holds(
    cloudformation: CloudFormation, caplog: pytest.LogCaptureFixture, secret: Any, reason: str
) -> None:
    keep("fcm", secret)
    answer = ask(cloudformation, properties={"SecretName": "fcm"})
    assert answer["Status"] == "FAILED"
    assert reason in answer["Reason"]
    assert "CANARY" not in json.dumps(answer) + caplog.text


def test_a_missing_secret_fails_by_name_of_the_error(cloudformation: CloudFormation) -> None:
    answer = ask(cloudformation, properties={"SecretName": "nowhere"})
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "not-made")
    assert "GetSecretValue: ResourceNotFoundException" in answer["Reason"]


@pytest.mark.parametrize("broken", [{"ResourceProperties": {}}, {"RequestType": "Sing"}])
def test_it_answers_whatever_it_is_asked(cloudformation: CloudFormation, broken: dict[str, Any]) -> None:
    answer = ask(cloudformation, **broken)
    assert answer["Status"] in {"FAILED", "SUCCESS"}
    assert answer["Reason"]


# ------------------------------------------------------------------------------ a deployment that is taken back
@pytest.fixture
def sns_that_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """SNS as it is on AWS: a credential that it cannot read is refused, and nothing is changed. moto takes every one."""
    make = clients.client

    def looking(service: str) -> Any:
        made = make(service)
        if service == "sns":
            made.meta.events.register_first("provide-client-params.sns.*", look)
        return made

    def look(params: dict[str, Any], model: Any, **_: Any) -> None:
        if "BAD" in params.get("Attributes", {}).get("PlatformCredential", ""):
            raise answered("InvalidParameter", 400)(model.name)

    monkeypatch.setattr("functions.notify.platform_applications.handler.client", looking)


def put(secret: dict[str, str]) -> None:
    boto3.client("secretsmanager", region_name=REGION).put_secret_value(
        SecretId="fcm", SecretString=json.dumps(secret)
    )


def update(cloudformation: CloudFormation, arn: str, *, to: int, of: int) -> dict[str, Any]:
    """CloudFormation's request when the revision `of` is to become `to`: going back is another update."""
    properties = {"Name": "qamqor-test-gcm", "Platform": "GCM", "SecretName": "fcm"}
    return ask(
        cloudformation,
        "Update",
        PhysicalResourceId=arn,
        properties=properties | {"Revision": str(to)},
        OldResourceProperties=properties | {"Revision": str(of)},
    )


GOOD = [SERVICE_ACCOUNT | {"private_key": f"KEY-{number}"} for number in range(3)]
BAD = SERVICE_ACCOUNT | {"private_key": "BAD"}
HALF = {"project_id": "qamqor"}


@pytest.mark.usefixtures("sns_that_looks")
@pytest.mark.parametrize("tries", [[BAD], [HALF], [BAD, BAD], [HALF, BAD], [BAD, HALF, BAD]], ids=len)
def test_a_credential_that_is_refused_leaves_the_one_that_worked_and_no_stack_that_cannot_be_taken_back(
    cloudformation: CloudFormation, tries: list[dict[str, str]]
) -> None:
    keep("fcm", GOOD[0])
    arn = ask(cloudformation, properties={"SecretName": "fcm", "Revision": "1"})["PhysicalResourceId"]
    for bad in tries:
        put(bad)
        assert update(cloudformation, arn, to=2, of=1)["Status"] == "FAILED"
        back = update(cloudformation, arn, to=1, of=2)
        assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", arn)
        assert json.loads(attributes(arn)["PlatformCredential"]) == GOOD[0]
    put(GOOD[1])
    assert update(cloudformation, arn, to=2, of=1)["Status"] == "SUCCESS"
    assert json.loads(attributes(arn)["PlatformCredential"]) == GOOD[1]


@pytest.mark.usefixtures("sns_that_looks")
def test_what_is_taken_back_for_another_reason_has_the_credential_of_before(
    cloudformation: CloudFormation,
) -> None:
    keep("fcm", GOOD[0])
    arn = ask(cloudformation, properties={"SecretName": "fcm", "Revision": "1"})["PhysicalResourceId"]
    put(GOOD[1])
    assert update(cloudformation, arn, to=2, of=1)["Status"] == "SUCCESS"
    assert update(cloudformation, arn, to=1, of=2)["Status"] == "SUCCESS"
    assert json.loads(attributes(arn)["PlatformCredential"]) == GOOD[0]


# ------------------------------------------------------------------------------------ a role that is new
@pytest.mark.parametrize("call", [0, 1, 2])
@pytest.mark.parametrize("code", sorted(custom_resource.NOT_KNOWN_YET))
def test_a_right_that_is_not_known_yet_is_waited_for(
    cloudformation: CloudFormation, call: int, code: str
) -> None:
    """Of reading the secret, of looking for the application, of making it."""
    keep("fcm", SERVICE_ACCOUNT)
    with aws_calls(fail=call, error=answered(code, 403)) as calls:
        answer = ask(cloudformation, properties={"SecretName": "fcm"})
    assert answer["Status"] == "SUCCESS"
    assert len(calls.made) == 3 + call + 1


def test_a_right_that_is_never_given_fails_by_the_name_of_the_call(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(service: str) -> Any:
        raise answered("AccessDeniedException", 403)("GetSecretValue")

    monkeypatch.setattr("functions.notify.platform_applications.handler.client", denied)
    answer = ask(cloudformation, properties={"SecretName": "fcm"})
    assert answer["Status"] == "FAILED"
    assert "GetSecretValue: AccessDeniedException" in answer["Reason"]
