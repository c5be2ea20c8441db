"""Lambda: nudges and jobs from the queue. The records of a batch are worked on side by side: one that waits for a slow
endpoint does not make the others wait.

Powertools' processor takes one record after another, so what it takes is work that has begun.
"""

import json
import random
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions.complaints.clock import utc_now
from functions.edge.clients import client
from functions.edge.settings import region_file, require
from functions.edge.telemetry import logger
from functions.notify.webhooks import metrics
from functions.notify.webhooks.asking import Asker
from functions.notify.webhooks.attempt import Attempt
from functions.notify.webhooks.delivery import VERIFICATION_LANE, Delivery
from functions.notify.webhooks.endpoints import DynamoEndpoints, Endpoint
from functions.notify.webhooks.jobs import go_on
from functions.notify.webhooks.limits import AttemptRate, Slots
from functions.notify.webhooks.nudges import JobCall, SqsNudges, from_text
from functions.notify.webhooks.policy import policy_in
from functions.notify.webhooks.sender import Sender
from functions.notify.webhooks.signature import signed_headers
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.timers import DynamoTimers
from functions.notify.webhooks.transport import attempt
from functions.notify.webhooks.warnings import Mailer

ENVIRONMENT: Final = ("AGENCIES_TABLE", "DELIVERIES_TABLE", "DELIVERIES_QUEUE_URL", "WARNINGS_TOPIC_ARN")
RESERVE_MS: Final = 20_000
THREADS: Final = 10

_settings = require(ENVIRONMENT)
_policy = policy_in(region_file())
_nudges = SqsNudges(_settings["DELIVERIES_QUEUE_URL"])
# A batch that failed as a whole is handed out again like any other, and is no error of the function's.
_batch = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def handler(event: dict[str, Any], context: Any) -> Mapping[str, Any]:
    """The partial batch response: what is named in it the queue hands out again."""

    def going_on() -> bool:
        left_ms: int = context.get_remaining_time_in_millis()
        return left_ms > RESERVE_MS

    with ThreadPoolExecutor(THREADS) as pool:
        under_way = {
            record["messageId"]: pool.submit(_work, record["body"], going_on) for record in event["Records"]
        }

        def ended(record: SQSRecord) -> None:
            under_way[record.message_id].result()

        return process_partial_response(event, record_handler=ended, processor=_batch, context=context)


def _work(body: str, going_on: Callable[[], bool]) -> None:
    """Raises what it meets, once that is in the log."""
    try:
        message = from_text(body)
        if isinstance(message, JobCall):
            go_on(
                message,
                deliveries=_sender().deliveries,
                enqueue=_nudges,
                now=utc_now,
                going_on=going_on,
            )
        elif message.lane.complaint_id == VERIFICATION_LANE:
            _asker().work(message)
        else:
            _sender().work(message)
    except Exception:
        # Not by `follow`: the records of a batch share the logger's keys.
        logger.exception("nudge not worked off", extra={"nudge": body} | _followed(body))
        raise


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
        new_owner=_new_owner,
    )


@cache
def _asker() -> Asker:
    return Asker(
        deliveries=DynamoDeliveries(),
        enqueue=_nudges,
        post=lambda url, body, headers: attempt(url, body=body, headers=headers, policy=_policy),
        now=utc_now,
        new_owner=_new_owner,
    )


def _new_owner() -> str:
    return secrets.token_hex(8)


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
    metrics.report(endpoint, delivery, made, now=utc_now())


def _report_waiting(endpoint: Endpoint, delivery: Delivery) -> None:
    metrics.report_waiting(endpoint, delivery, now=utc_now())
