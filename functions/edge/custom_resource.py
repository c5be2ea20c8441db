"""Answering CloudFormation for a custom resource, whatever happens: a stack that gets no answer waits for an hour."""

import json
import logging
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final

ANSWER_WITHIN_S: Final = 10
REASON_MOST: Final = 800
_log = logging.getLogger(__name__)


class Refused(Exception):
    """The deployment must not go on; the message tells the operator why, and what to do."""


def answered(
    event: Mapping[str, Any], context: Any, work: Callable[[Mapping[str, Any]], None], *, physical_id: str
) -> None:
    """Do the work and answer. Only a `Refused` is quoted to CloudFormation: other messages may name data."""
    try:
        work(event)
    except Refused as refusal:
        reason = str(refusal)
    except Exception as error:
        _log.exception("custom resource failed")
        reason = f"{type(error).__name__}; see the log"
    else:
        reason = ""
    body = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": f"{reason[:REASON_MOST]} (log stream {getattr(context, 'log_stream_name', '?')})",
        "PhysicalResourceId": event.get("PhysicalResourceId") or physical_id,
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
