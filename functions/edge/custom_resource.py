"""Answering CloudFormation for a custom resource, whatever happens: a stack that gets no answer waits for long."""

import json
import logging
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

ANSWER_WITHIN_S: Final = 10
REASON_MOST: Final = 800
NOT_KNOWN_YET: Final = frozenset(
    (
        *("AccessDenied", "AccessDeniedException", "AuthorizationError"),
        *("InvalidClientTokenId", "UnrecognizedClientException"),
    )
)
"""What services say to a role, or of a right of it, that was made seconds ago; and to one that has none."""
WAITS_S: Final = (1, 2, 4, 8, 16)
_log = logging.getLogger(__name__)

type Work = Callable[[Mapping[str, Any]], str]
"""What is to be done for an event, any number of times over; returns the physical id."""


class Refused(Exception):
    """The deployment must not go on; the message tells the operator why, and what to do."""


def answered(event: Mapping[str, Any], context: Any, work: Work, *, physical_id: str) -> None:
    """Do the work and answer; `physical_id` is that of a resource which has none yet.

    Only a `Refused` is quoted to CloudFormation: other messages may name data.
    """
    physical_id, reason = str(event.get("PhysicalResourceId") or physical_id), ""
    try:
        physical_id = _once_known(work, event)
    except Refused as refusal:
        reason = str(refusal)
        _log.error("custom resource refused: %s", reason)
    except Exception as error:
        reason = f"{type(error).__name__}; see the log"
        _log.exception("custom resource failed")
    body = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": f"{reason[:REASON_MOST] or 'done'} (log stream {getattr(context, 'log_stream_name', '?')})",
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {},
    }
    # The address is presigned, with an empty content type in what was signed.
    request = urllib.request.Request(  # noqa: S310
        event["ResponseURL"],
        data=json.dumps(body).encode(),
        method="PUT",
        headers={"content-type": ""},
    )
    with urllib.request.urlopen(request, timeout=ANSWER_WITHIN_S):  # noqa: S310
        pass


def _once_known(work: Work, event: Mapping[str, Any]) -> str:
    """A role's rights take some seconds to be known everywhere.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
    """
    for wait in WAITS_S:
        try:
            return work(event)
        except Exception as error:
            if _code(error) not in NOT_KNOWN_YET:
                raise
            _log.info("not allowed yet: %s", _code(error))
            time.sleep(wait)
    return work(event)


def _code(error: BaseException) -> str | None:
    """AWS's, also of what PynamoDB or a handler has made of it."""
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    code = getattr(error, "cause_response_code", None)
    if isinstance(code, str):
        return code
    return None if error.__cause__ is None else _code(error.__cause__)
