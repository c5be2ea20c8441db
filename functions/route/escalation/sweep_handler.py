"""Lambda, on a schedule: the sweep over complaints whose timer has run out, events that were set aside until now, and what
is with bodies that are no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from functions.complaints.behind import ASSIGNMENT
from functions.complaints.clock import utc_now
from functions.complaints.reach import missing_year
from functions.complaints.region import load_region
from functions.edge import metrics
from functions.edge.settings import region_file, require
from functions.edge.stream import retry_due
from functions.edge.telemetry import correlation_id, logger
from functions.records import lists
from functions.records.agencies.departure import end_access
from functions.records.store import ComplaintStore
from functions.route.assignment.bootstrap import bootstrap
from functions.route.escalation.moving import move_on
from functions.route.escalation.sweep import sweep

ENVIRONMENT: Final = (
    "AGENCIES_TABLE",
    "COMPLAINTS_TABLE",
    "PHOTOS_BUCKET",
    "STATE_MACHINE_ARN",
    "SWEEP_GRACE_SECONDS",
)
RESERVE_MS: Final = 10_000
READS_ON: Final = timedelta(days=5)
"""For how long a body that is no more, and that nothing is left with, may read where it all went: as long as a webhook is
tried."""

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
_store = ComplaintStore(correlation_id=correlation_id)
_carry_on = bootstrap(
    state_machine_arn=_settings["STATE_MACHINE_ARN"], photos_bucket=_settings["PHOTOS_BUCKET"]
)


class SweepIncomplete(RuntimeError):
    """Some complaints could not be moved, and will not be until somebody looks: an error rings the alarm."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """`{found, moved, failed, moved_on, tried_again, caught_up}`; raises SweepIncomplete, after all that could be done,
    where one failed.
    """
    now = utc_now()

    def going_on() -> bool:
        return bool(context.get_remaining_time_in_millis() > RESERVE_MS)

    swept = sweep(
        lists.due_before,
        store=_store,
        region=_region,
        now=now,
        grace=timedelta(seconds=int(_settings["SWEEP_GRACE_SECONDS"])),
        going_on=going_on,
    )
    again = retry_due(ASSIGNMENT, _carry_on, now=utc_now, going_on=going_on)
    on = move_on(lists, store=_store, region=_region, now=now, going_on=going_on)
    _end_access(on.emptied, now=now)
    found, failed = swept.found + on.found, swept.failed + on.failed
    counts = {"found": found, "moved": swept.moved, "failed": failed, "moved_on": on.moved} | asdict(again)
    logger.info("swept", extra=counts)
    year = missing_year(_region, now=now)
    if year is not None:
        logger.error("terms are estimates: the region file's calendar lacks a year", extra={"year": year})
    metrics.emit(
        {
            metrics.UNWATCHED: swept.unwatched,
            metrics.OLDEST_UNWATCHED: swept.oldest.total_seconds(),
            metrics.OLDEST_UNMOVED: on.oldest.total_seconds(),
            metrics.MISSING_YEAR: year or 0,
        }
    )
    if failed:
        raise SweepIncomplete(f"{failed} of {found} complaints could not be moved")
    return counts


def _end_access(agencies: Iterable[str], *, now: datetime) -> None:
    """Of those bodies whose time to read on is over. Run again, it finds it done."""
    for agency_id in agencies:
        retired = _region.agencies[agency_id].retired
        if retired is not None and retired.since + READS_ON <= now:
            end_access(agency_id, now=now)
