"""Lambda, every minute: pushes that were held until now, and events that were set aside until now."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from functions.complaints.behind import OUTBOX
from functions.complaints.clock import utc_now
from functions.edge.settings import require
from functions.edge.stream import retry_due
from functions.edge.telemetry import logger
from functions.notify.outbox.bootstrap import bootstrap
from functions.notify.outbox.held import release

ENVIRONMENT: Final = (
    "COMPLAINTS_TABLE",
    "AGENCIES_TABLE",
    "PEOPLE_TABLE",
    "DELIVERIES_TABLE",
    "DELIVERIES_QUEUE_URL",
)
RESERVE_MS: Final = 35_000

_outbox = bootstrap(queue_url=require(ENVIRONMENT)["DELIVERIES_QUEUE_URL"])


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    def going_on() -> bool:
        return bool(context.get_remaining_time_in_millis() > RESERVE_MS)

    again = retry_due(OUTBOX, partial(_outbox.work, going_on=going_on), now=utc_now, going_on=going_on)
    released = release(teller=_outbox.teller, sender=_outbox.sender, now=utc_now, going_on=going_on)
    counts = asdict(released) | asdict(again)
    logger.info("released", extra=counts)
    return counts
