"""What goes through the queue: nudges to look into a lane, and jobs to go on with.

The queue is a standard one with the subscription as MessageGroupId, which makes it a fair queue: a subscription with
much in flight does not make the others wait (Amazon SQS Developer Guide, "Amazon SQS fair queues").
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from functions.edge.clients import client
from functions.notify.webhooks.delivery import Lane, Nudge

LONGEST_DELAY: Final = timedelta(minutes=15)
"""What SQS can hold a message back."""
BATCH: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class JobCall:
    """Asks a worker to go on with a job, see `jobs`."""

    agency_id: str
    subscription_id: str
    job_id: str
    delay: timedelta = timedelta(0)


class NotQueued(Exception):
    """SQS took some of the messages and not others; all may be sent again."""


class SqsNudges:
    """Callable: sends nudges and job calls, ten to a request."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def __call__(self, messages: Sequence[Nudge | JobCall]) -> None:
        """Raises NotQueued where any was refused."""
        for start in range(0, len(messages), BATCH):
            entries = [
                _entry(str(number), message) for number, message in enumerate(messages[start : start + BATCH])
            ]
            answer = client("sqs").send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            if failed := answer.get("Failed"):
                raise NotQueued(", ".join(each.get("Code", "?") for each in failed))


def to_text(message: Nudge | JobCall) -> str:
    if isinstance(message, JobCall):
        raw = {"agency": message.agency_id, "subscription": message.subscription_id, "job": message.job_id}
    else:
        lane = message.lane
        raw = {
            "agency": lane.agency_id,
            "subscription": lane.subscription_id,
            "complaint": lane.complaint_id,
        } | ({"probe": "yes"} if message.probe else {})
    return json.dumps(raw, separators=(",", ":"))


def from_text(text: str) -> Nudge | JobCall:
    raw: Mapping[str, Any] = json.loads(text)
    agency_id, subscription_id = raw["agency"], raw["subscription"]
    if "job" in raw:
        return JobCall(agency_id=agency_id, subscription_id=subscription_id, job_id=raw["job"])
    lane = Lane(agency_id=agency_id, subscription_id=subscription_id, complaint_id=raw["complaint"])
    return Nudge(lane=lane, probe="probe" in raw)


def _entry(entry_id: str, message: Nudge | JobCall) -> dict[str, Any]:
    if isinstance(message, JobCall):
        group = message.subscription_id
    else:
        group = message.lane.subscription_id
    entry: dict[str, Any] = {"Id": entry_id, "MessageBody": to_text(message), "MessageGroupId": group}
    if message.delay > timedelta(0):
        entry["DelaySeconds"] = math.ceil(min(message.delay, LONGEST_DELAY).total_seconds())
    return entry
