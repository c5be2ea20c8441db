"""Pushes through SNS: what each of its answers means for the device and for the step that is told."""

from enum import Enum
from typing import Any, Final

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from functions.edge.clients import client
from functions.edge.telemetry import logger
from functions.notify.outbox.payload import Message
from functions.records.people.devices import DeviceItem


class Outcome(Enum):
    SENT = "sent"
    """Taken by SNS, or not known not to be: what may have been sent is not sent again."""
    GONE = "gone"
    """The phone takes no more pushes, as after the app was removed: a normal end of a device."""
    REFUSED = "refused"
    """SNS will never take it, whatever the number of tries; an operator must look."""
    FAILED = "failed"
    """Certainly not sent, and worth another try."""
    THROTTLED = "throttled"
    """Certainly not sent: SNS takes no more from this account for the moment."""


_GONE: Final = frozenset({"EndpointDisabled", "EndpointDisabledException", "NotFound", "NotFoundException"})
_THROTTLED: Final = frozenset({"Throttled", "ThrottledException", "Throttling", "ThrottlingException"})
_FAILED: Final = frozenset(
    {"InternalError", "InternalErrorException", "InternalFailure", "ServiceUnavailable"}
)


class SnsPusher:
    """Sends one message to one device."""

    def __call__(self, device: DeviceItem, message: Message) -> Outcome:
        try:
            client("sns").publish(
                TargetArn=device.endpoint_arn,
                MessageStructure="json",
                Message=message.body,
                MessageAttributes=dict(message.attributes),
            )
        except ClientError as error:
            return _answered(error.response, device)
        except (ConnectTimeoutError, EndpointConnectionError):
            return Outcome.FAILED
        except (ReadTimeoutError, ConnectionClosedError):
            logger.warning(
                "push of unknown outcome is not repeated", extra={"token": device.token_digest[:12]}
            )
            return Outcome.SENT
        return Outcome.SENT


def _answered(response: Any, device: DeviceItem) -> Outcome:
    code = str(response.get("Error", {}).get("Code", ""))
    if code in _GONE:
        return Outcome.GONE
    if code in _THROTTLED:
        return Outcome.THROTTLED
    if code in _FAILED or response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return Outcome.FAILED
    if (
        code.startswith("InvalidParameter")
        and "endpoint" in str(response["Error"].get("Message", "")).lower()
    ):
        return Outcome.GONE
    logger.error(
        "push refused", extra={"code": code, "token": device.token_digest[:12], "platform": device.platform}
    )
    return Outcome.REFUSED
