"""Lambda, every minute: nudges whatever is due and has nobody working on it.

Waits that are longer than SQS can hold a message end here, and so does whatever a crash left behind.
"""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.edge.settings import require
from functions.edge.telemetry import logger
from functions.notify.webhooks.due import requeue
from functions.notify.webhooks.nudges import SqsNudges

ENVIRONMENT: Final = ("AGENCIES_TABLE", "DELIVERIES_TABLE", "DELIVERIES_QUEUE_URL")
RESERVE_MS: Final = 10_000

_settings = require(ENVIRONMENT)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    nudged = requeue(
        enqueue=SqsNudges(_settings["DELIVERIES_QUEUE_URL"]),
        now=utc_now(),
        going_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS,
    )
    logger.info("requeued", extra={"nudged": nudged})
    return {"nudged": nudged}
