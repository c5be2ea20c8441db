"""Lambda: a CloudFormation custom resource, one SNS platform application. CloudFormation itself knows none.

Properties: `Name`, `Platform` (GCM, APNS or APNS_SANDBOX), `SecretName` (of Secrets Manager; empty for a placeholder
that SNS takes and no push service does), and where wanted `FailureTopicArn`, which is told of devices that can no
longer be reached. The physical id is the application's ARN. Any change of a property writes the credentials again, so
a rotated secret is taken over by changing one (`Revision` is there for it).

A secret holds for GCM the service account's key file, as Firebase gives it; for APNs JSON with `signing_key` (the .p8
file), `key_id`, `team_id` and `bundle_id`, or with `certificate` and `private_key`.
"""

import json
import logging
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from functions.edge.clients import client

ANSWER_WITHIN_S: Final = 10
REASON_MOST: Final = 500
PLACEHOLDER: Final = "placeholder"
NOTHING_MADE: Final = "not-made"
_GONE: Final = frozenset({"NotFound", "NotFoundException"})

_log = logging.getLogger(__name__)


class UnusableSecret(Exception):
    """The secret does not hold what the platform needs; says what is missing and nothing of what is there."""


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Do what is asked and always answer: a stack that gets no answer waits for an hour."""
    physical_id = str(event.get("PhysicalResourceId") or NOTHING_MADE)
    try:
        physical_id = _done(event, context, physical_id)
    except (ClientError, UnusableSecret) as error:
        # Without the message of AWS, which may repeat the credential.
        _log.error("platform application not made: %s", _reason(error))
        _answer(event, context, "FAILED", physical_id, reason=_reason(error))
    except Exception as error:
        _log.exception("platform application not made")
        _answer(event, context, "FAILED", physical_id, reason=_reason(error))
    else:
        _answer(event, context, "SUCCESS", physical_id)


def _done(event: Mapping[str, Any], context: Any, physical_id: str) -> str:
    if event["RequestType"] == "Delete":
        _delete(physical_id)
        return physical_id
    properties: Mapping[str, str] = event["ResourceProperties"]
    name, platform = properties["Name"], properties["Platform"]
    attributes = _attributes(platform, properties.get("SecretName", ""))
    if topic := properties.get("FailureTopicArn"):
        attributes["EventDeliveryFailure"] = topic
    return _put(name, platform, attributes, function_arn=context.invoked_function_arn)


def _put(name: str, platform: str, attributes: Mapping[str, str], *, function_arn: str) -> str:
    """Make the application, or bring the one of this name to these attributes."""
    arn = _application_arn(function_arn, platform=platform, name=name)
    try:
        client("sns").set_platform_application_attributes(
            PlatformApplicationArn=arn, Attributes=dict(attributes)
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
    else:
        return arn
    made = client("sns").create_platform_application(
        Name=name, Platform=platform, Attributes=dict(attributes)
    )
    return str(made["PlatformApplicationArn"])


def _application_arn(function_arn: str, *, platform: str, name: str) -> str:
    _, partition, _, region, account, *_ = function_arn.split(":")
    return f"arn:{partition}:sns:{region}:{account}:app/{platform}/{name}"


def _delete(physical_id: str) -> None:
    """What is gone, or was never made, is deleted already."""
    if ":app/" not in physical_id:
        return
    try:
        client("sns").delete_platform_application(PlatformApplicationArn=physical_id)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise


def _attributes(platform: str, secret_name: str) -> dict[str, str]:
    """The credentials as SNS names them; source: the SNS API, SetPlatformApplicationAttributes."""
    if not secret_name:
        placeholder = {"PlatformCredential": PLACEHOLDER}
        return placeholder if platform == "GCM" else placeholder | {"PlatformPrincipal": PLACEHOLDER}
    secret = client("secretsmanager").get_secret_value(SecretId=secret_name)["SecretString"]
    fields = _fields(secret, secret_name)
    if platform == "GCM":
        _require(fields, secret_name, "project_id", "private_key", "client_email")
        return {"PlatformCredential": secret}
    if "certificate" in fields:
        _require(fields, secret_name, "certificate", "private_key")
        return {"PlatformPrincipal": fields["certificate"], "PlatformCredential": fields["private_key"]}
    _require(fields, secret_name, "signing_key", "key_id", "team_id", "bundle_id")
    return {
        "PlatformPrincipal": fields["key_id"],
        "PlatformCredential": fields["signing_key"],
        "ApplePlatformTeamID": fields["team_id"],
        "ApplePlatformBundleID": fields["bundle_id"],
    }


def _fields(secret: str, secret_name: str) -> dict[str, str]:
    try:
        fields = json.loads(secret)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        # The error of json quotes the text, which is the secret.
        raise UnusableSecret(f"the secret {secret_name} is not a JSON object") from None
    return fields


def _require(fields: Mapping[str, str], secret_name: str, *names: str) -> None:
    missing = [name for name in names if not isinstance(fields.get(name), str) or not fields[name]]
    if missing:
        raise UnusableSecret(f"the secret {secret_name} lacks {', '.join(missing)}")


def _reason(error: Exception) -> str:
    if isinstance(error, ClientError):
        answer = error.response["Error"]
        # SNS repeats parameters in its messages, and one of them is the credential.
        return f"{error.operation_name}: {answer['Code']}"
    if isinstance(error, UnusableSecret):
        return str(error)[:REASON_MOST]
    return f"{type(error).__name__}; see the log"


def _answer(
    event: Mapping[str, Any], context: Any, status: str, physical_id: str, *, reason: str = ""
) -> None:
    body = {
        "Status": status,
        "Reason": reason or "done",
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": False,
        "Data": {"Arn": physical_id},
    }
    if reason:
        body["Reason"] = f"{reason} (log stream {getattr(context, 'log_stream_name', '?')})"
    content = json.dumps(body).encode()
    # The address is presigned, with an empty content type in what was signed.
    request = urllib.request.Request(  # noqa: S310
        event["ResponseURL"], data=content, method="PUT", headers={"content-type": ""}
    )
    with urllib.request.urlopen(request, timeout=ANSWER_WITHIN_S):  # noqa: S310
        pass
