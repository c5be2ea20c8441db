"""Lambda: what SNS tells of pushes that it took and could not deliver. A token that is no longer valid ends its device.

SNS publishes `DeliveryFailure` events to the topic that the platform application names. Source:
https://docs.aws.amazon.com/sns/latest/dg/application-event-notifications.html
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from functions.edge.clients import client
from functions.edge.settings import require
from functions.edge.telemetry import logger
from functions.records.conditional import deleted
from functions.records.people.devices import TokenItem, device_of, forget_device, token_digest, token_owner

ENVIRONMENT: Final = ("PEOPLE_TABLE",)
ENDED: Final = frozenset({"InvalidPlatformToken", "EndpointDisabled"})
"""Failures after which the phone can never be reached by this token again."""
_PLATFORMS: Final = {"GCM": "fcm", "APNS": "apns", "APNS_SANDBOX": "apns"}
_GONE: Final = frozenset({"NotFound", "NotFoundException"})

require(ENVIRONMENT)


def handler(event: Mapping[str, Any], context: object) -> None:
    """Raises what AWS raises; Lambda then runs the event again, which changes nothing where it was done."""
    for record in event["Records"]:
        told = json.loads(record["Sns"]["Message"])
        failure = str(told.get("FailureType", ""))
        if told.get("EventType") == "DeliveryFailure" and failure in ENDED:
            _retire(str(told["EndpointArn"]), failure)
        else:
            logger.warning("push not delivered", extra={"failure": failure})


def _retire(endpoint_arn: str, failure: str) -> None:
    """The device of the endpoint's token, unless the phone has another endpoint by now.

    The device first: by the token it is found again, should the second step fail.
    """
    token = _token_of(endpoint_arn)
    owner = None if token is None else token_owner(token_digest(_platform_of(endpoint_arn), token))
    if owner is None or owner.endpoint_arn != endpoint_arn:
        return
    device = device_of(owner.person, owner.device_id)
    if device is not None and device.endpoint_arn == endpoint_arn:
        forget_device(device)
    # Unless it has moved on.
    deleted(owner, condition=(TokenItem.person == owner.person) & (TokenItem.device_id == owner.device_id))
    logger.info("device retired", extra={"failure": failure})


def _token_of(endpoint_arn: str) -> str | None:
    try:
        attributes = client("sns").get_endpoint_attributes(EndpointArn=endpoint_arn)["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise
    return str(attributes["Token"])


def _platform_of(endpoint_arn: str) -> str:
    """`arn:aws:sns:<region>:<account>:endpoint/<platform>/<application>/<id>`."""
    return _PLATFORMS[endpoint_arn.split(":", 5)[5].split("/")[1]]
