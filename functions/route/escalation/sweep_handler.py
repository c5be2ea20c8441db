"""Lambda, on a schedule: the sweep over complaints whose timer has run out, and events that were set aside until now."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from functions.complaints.behind import ASSIGNMENT
from functions.complaints.clock import utc_now
from functions.complaints.reach import missing_year
from functions.complaints.region import load_region
from functions.edge import metrics
from functions.edge.settings import region_file, require
from functions.edge.stream import retry_due
from functions.edge.telemetry import correlation_id, logger
from functions.records.lists import due_before
from functions.records.store import ComplaintStore
from functions.route.assignment.bootstrap import bootstrap
from functions.route.escalation.sweep import sweep

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "STATE_MACHINE_ARN", "SWEEP_GRACE_SECONDS")
RESERVE_MS: Final = 10_000

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
_store = ComplaintStore(correlation_id=correlation_id)
_carry_on = bootstrap(state_machine_arn=_settings["STATE_MACHINE_ARN"])


class SweepIncomplete(RuntimeError):
    """Some complaints could not be moved, and will not be until somebody looks: an error rings the alarm."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """`{found, moved, failed, tried_again, caught_up}`; raises SweepIncomplete, after all that could be done, where one
    failed.
    """
    now = utc_now()

    def going_on() -> bool:
        return bool(context.get_remaining_time_in_millis() > RESERVE_MS)

    swept = sweep(
        due_before,
        store=_store,
        region=_region,
        now=now,
        grace=timedelta(seconds=int(_settings["SWEEP_GRACE_SECONDS"])),
        going_on=going_on,
    )
    again = retry_due(ASSIGNMENT, _carry_on, now=utc_now, going_on=going_on)
    counts = {"found": swept.found, "moved": swept.moved, "failed": swept.failed} | asdict(again)
    logger.info("swept", extra=counts)
    oldest_s = swept.oldest.total_seconds()
    year = missing_year(_region, now=now)
    if year is not None:
        logger.error("terms are estimates: the region file's calendar lacks a year", extra={"year": year})
    metrics.emit(
        {
            metrics.UNWATCHED: swept.unwatched,
            metrics.OLDEST_UNWATCHED: oldest_s,
            metrics.MISSING_YEAR: year or 0,
        }
    )
    if swept.failed:
        raise SweepIncomplete(f"{swept.failed} of {swept.found} complaints could not be moved")
    return counts
