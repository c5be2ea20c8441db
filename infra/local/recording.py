"""What the emulator recorded: every call of AWS that came to it, with its parameters, oldest first."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from infra.local.emulator import Emulator


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call. `action` is the operation's name where the request names it (DynamoDB, SNS, SQS and most
    others), and S3's by path and method; `at` is in seconds of the Unix epoch."""

    service: str
    action: str
    parameters: dict[str, Any]
    resources: tuple[str, ...]
    access_key: str
    at: float
    id: str


def calls(emulator: Emulator, *, since: float = 0, service: str | None = None) -> list[Call]:
    """All calls made at `since` or later, of one service if it is named, oldest first; the emulator must have been
    started with `record`.
    """
    found: dict[str, Call] = {}
    until: float | None = None
    while True:
        page = _lookup(emulator, since=since, until=until, service=service)
        new = [call for call in page if call.id not in found]
        found.update((call.id, call) for call in new)
        if not new:
            return list(reversed(found.values()))
        until = new[-1].at


def _lookup(emulator: Emulator, *, since: float, until: float | None, service: str | None) -> list[Call]:
    """The newest 50 calls of the span, newest first.

    It is asked for over plain HTTP: boto3 would cut the times to whole seconds, and there is no next page. The
    signature's credentials and region say whose calls are meant.
    """
    asked: dict[str, Any] = {"StartTime": since} | ({} if until is None else {"EndTime": until})
    if service is not None:
        named = {"AttributeKey": "EventSource", "AttributeValue": f"{service}.amazonaws.com"}
        asked["LookupAttributes"] = [named]
    request = AWSRequest(
        method="POST",
        url=emulator.url,
        data=json.dumps(asked).encode(),
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
        },
    )
    SigV4Auth(Credentials("test", "test"), "cloudtrail", emulator.region).add_auth(request)
    session = URLLib3Session(verify=str(emulator.certificate) if emulator.certificate else True)
    answer = session.send(request.prepare())
    if answer.status_code != 200:
        raise RuntimeError(f"the emulator does not tell its calls: {answer.text}")
    return [_call(event) for event in json.loads(answer.content)["Events"]]


def _call(event: dict[str, Any]) -> Call:
    trail = json.loads(event["CloudTrailEvent"])
    parameters = trail["requestParameters"] or {}
    return Call(
        service=event["EventSource"].partition(".")[0],
        action=str(parameters.get("Action", event["EventName"])),
        parameters=parameters,
        resources=tuple(resource["ResourceName"] for resource in event["Resources"]),
        access_key=event["AccessKeyId"],
        at=event["EventTime"],
        id=event["EventId"],
    )
