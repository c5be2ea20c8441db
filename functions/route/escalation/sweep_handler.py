"""Lambda, on a schedule: the sweep over complaints whose timer has run out."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge import metrics
from functions.edge.settings import region_file, require
from functions.edge.telemetry import correlation_id, logger
from functions.records.lists import due_before
from functions.records.store import ComplaintStore
from functions.route.escalation.sweep import sweep

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "SWEEP_GRACE_SECONDS")
RESERVE_MS: Final = 10_000

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
_store = ComplaintStore(correlation_id=correlation_id)


class SweepIncomplete(RuntimeError):
    """Some complaints could not be moved, and will not be until somebody looks: an error rings the alarm."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """`{found, moved, failed}`; raises SweepIncomplete, after all that could be done, where one failed."""
    now = utc_now()
    swept = sweep(
        due_before,
        store=_store,
        region=_region,
        now=now,
        grace=timedelta(seconds=int(_settings["SWEEP_GRACE_SECONDS"])),
        going_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS,
    )
    counts = {"found": swept.found, "moved": swept.moved, "failed": swept.failed}
    logger.info("swept", extra=counts)
    oldest_s = swept.oldest.total_seconds()
    metrics.emit({metrics.UNWATCHED: swept.unwatched, metrics.OLDEST_UNWATCHED: oldest_s})
    if swept.failed:
        raise SweepIncomplete(f"{swept.failed} of {swept.found} complaints could not be moved")
    return counts
