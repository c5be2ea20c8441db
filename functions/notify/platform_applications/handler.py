"""Lambda: a CloudFormation custom resource, one SNS platform application. CloudFormation itself knows none.

Properties: `Name`, `Platform` (GCM, APNS or APNS_SANDBOX), `SecretName` (of Secrets Manager; empty for a placeholder
that SNS takes and no push service does), and where wanted `FailureTopicArn`, which is told of devices that can no
longer be reached. The physical id is the application's ARN. Any change of a property writes the credentials again, so
a rotated secret is taken over by changing one (`Revision` is there for it). A deployment that is taken back, because SNS
did not take the new value or for another reason, brings back the value before it.

A secret holds for GCM the service account's key file, as Firebase gives it; for APNs JSON with `signing_key` (the .p8
file), `key_id`, `team_id` and `bundle_id`, or with `certificate` and `private_key`.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from functions.edge.clients import client
from functions.edge.custom_resource import NOT_KNOWN_YET, Refused, answered

CURRENT: Final = "AWSCURRENT"
PREVIOUS: Final = "AWSPREVIOUS"
PLACEHOLDER: Final = "placeholder"
NOTHING_MADE: Final = "not-made"
_GONE: Final = frozenset({"NotFound", "NotFoundException"})

_log = logging.getLogger(__name__)


class UnusableSecret(Exception):
    """The secret does not hold what the platform needs; says what is missing and nothing of what is there."""


def handler(event: Mapping[str, Any], context: Any) -> None:
    function_arn = context.invoked_function_arn
    answered(event, context, lambda event: _done(event, function_arn=function_arn), physical_id=NOTHING_MADE)


def _done(event: Mapping[str, Any], *, function_arn: str) -> str:
    """The application's ARN. Raises Refused, without the message of AWS, which may repeat the credential."""
    if event["RequestType"] == "Delete":
        physical_id = str(event.get("PhysicalResourceId") or NOTHING_MADE)
        _delete(physical_id)
        return physical_id
    properties: Mapping[str, str] = event["ResourceProperties"]
    arn = _application_arn(function_arn, platform=properties["Platform"], name=properties["Name"])
    if not _goes_back(event):
        return _written(arn, properties, (CURRENT,))
    try:
        return _written(arn, properties, (PREVIOUS, CURRENT))
    except Refused as refusal:
        # SNS has refused every change, so the application is as it was before the first one. To fail here would leave
        # the whole stack in UPDATE_ROLLBACK_FAILED.
        _log.warning("left as it was: %s", refusal)
        return arn


def _goes_back(event: Mapping[str, Any]) -> bool:
    """Whether a deployment is taken back that has raised the revision, which only ever grows."""
    if event["RequestType"] != "Update":
        return False
    before, after = (
        int(event.get(properties, {}).get("Revision", 0))
        for properties in ("OldResourceProperties", "ResourceProperties")
    )
    return after < before


def _written(arn: str, properties: Mapping[str, str], versions: Sequence[str]) -> str:
    """With the first version of the secret that SNS takes; raises Refused with what the last one lacked."""
    refusal = Refused("no version")
    for version in versions:
        try:
            attributes = _attributes(properties["Platform"], properties.get("SecretName", ""), version)
            if topic := properties.get("FailureTopicArn"):
                attributes["EventDeliveryFailure"] = topic
            return _put(arn, properties["Name"], properties["Platform"], attributes)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_KNOWN_YET:
                raise Refused(_reason(error)) from error
            refusal = Refused(_reason(error))
        except UnusableSecret as error:
            refusal = Refused(str(error))
    raise refusal


def _put(arn: str, name: str, platform: str, attributes: Mapping[str, str]) -> str:
    """Make the application, or bring the one of this name to these attributes."""
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


def _attributes(platform: str, secret_name: str, version: str) -> dict[str, str]:
    """The credentials as SNS names them; source: the SNS API, SetPlatformApplicationAttributes."""
    if not secret_name:
        placeholder = {"PlatformCredential": PLACEHOLDER}
        return placeholder if platform == "GCM" else placeholder | {"PlatformPrincipal": PLACEHOLDER}
    secret = client("secretsmanager").get_secret_value(SecretId=secret_name, VersionStage=version)[
        "SecretString"
    ]
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


def _reason(error: ClientError) -> str:
    # SNS repeats parameters in its messages, and one of them is the credential.
    return f"{error.operation_name}: {error.response['Error']['Code']}"
