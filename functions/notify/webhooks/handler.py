"""Lambda: nudges and jobs from the queue. The records of a batch are worked on side by side: one that waits for a slow
endpoint does not make the others wait."""

import json
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.edge import cold_start
from functions.edge.settings import region_file, require
from functions.edge.side_by_side import side_by_side
from functions.edge.telemetry import logger
from functions.notify.webhooks import metrics
from functions.notify.webhooks.delivery import Delivery
from functions.notify.webhooks.endpoints import DynamoEndpoints, Endpoint
from functions.notify.webhooks.jobs import go_on
from functions.notify.webhooks.limits import AttemptRate, Slots
from functions.notify.webhooks.nudges import JobCall, SqsNudges, from_text
from functions.notify.webhooks.policy import policy_in
from functions.notify.webhooks.sender import Sender
from functions.notify.webhooks.signature import signed_headers
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.timers import DynamoTimers
from functions.notify.webhooks.transport import Attempt, attempt
from functions.notify.webhooks.warnings import Mailer
from functions.records.aws import client
from functions.records.dynamodb import connect

ENVIRONMENT: Final = ("AGENCIES_TABLE", "DELIVERIES_TABLE", "DELIVERIES_QUEUE_URL", "WARNINGS_TOPIC_ARN")
RESERVE_MS: Final = 20_000
THREADS: Final = 10

_settings = require(ENVIRONMENT)
connect()
_policy = policy_in(region_file())
_nudges = SqsNudges(_settings["DELIVERIES_QUEUE_URL"])
cold_start.end()


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    records: Sequence[Mapping[str, Any]] = event["Records"]
    going_on = lambda: context.get_remaining_time_in_millis() > RESERVE_MS  # noqa: E731
    worked = side_by_side(lambda record: _worked(record, going_on), records, most=THREADS)
    return {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]}
            for record, well in zip(records, worked, strict=True)
            if not well
        ]
    }


def _worked(record: Mapping[str, Any], going_on: Callable[[], bool]) -> bool:
    """Whether the record is done with; otherwise the queue hands it out again."""
    try:
        message = from_text(record["body"])
        if isinstance(message, JobCall):
            go_on(
                message,
                deliveries=_sender().deliveries,
                enqueue=_nudges,
                now=utc_now,
                going_on=going_on,
            )
        else:
            _sender().work(message)
    except Exception:
        # Not by `follow`: the records of a batch share the logger's keys.
        logger.exception("nudge not worked off", extra={"nudge": record["body"]} | _followed(record["body"]))
        return False
    return True


@cache
def _sender() -> Sender:
    endpoints = DynamoEndpoints()
    return Sender(
        deliveries=DynamoDeliveries(),
        endpoints=endpoints,
        timers=DynamoTimers(),
        rate=AttemptRate(),
        slots=Slots(),
        enqueue=_nudges,
        post=_post,
        tell=Mailer(
            topic_arn=_settings["WARNINGS_TOPIC_ARN"],
            endpoints=endpoints,
            publish=lambda **message: client("sns").publish(**message),
            now=utc_now,
        ),
        report=_report,
        report_waiting=_report_waiting,
        now=utc_now,
        random=random.random,
        new_owner=lambda: secrets.token_hex(8),
    )


def _post(endpoint: Endpoint, delivery: Delivery) -> Attempt:
    body = delivery.body.encode()
    now = utc_now()
    headers = signed_headers(
        message_id=delivery.message_id,
        timestamp=now,
        body=body,
        secrets=endpoint.signing_secrets(now),
    )
    return attempt(endpoint.url, body=body, headers=headers, policy=_policy)


def _followed(text: str) -> dict[str, str]:
    """The complaint that a nudge is about, as far as it can be read."""
    try:
        return {"complaint_id": json.loads(text)["complaint"]}
    except (ValueError, KeyError, TypeError):
        return {}


def _report(endpoint: Endpoint, delivery: Delivery, made: Attempt) -> None:
    logger.info(
        "webhook attempted",
        extra={
            "complaint_id": delivery.lane.complaint_id,
            "correlation_id": delivery.correlation_id,
            "sequence": delivery.seq,
            "agency": endpoint.agency_id,
            "outcome": made.outcome,
        },
    )
    metrics.write(metrics.line(endpoint, delivery, made, now=utc_now()))


def _report_waiting(endpoint: Endpoint, delivery: Delivery) -> None:
    metrics.write(metrics.waiting_line(endpoint, delivery, now=utc_now()))
