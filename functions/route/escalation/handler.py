"""Lambda: a watch woke up. Does what the complaint's timer calls for, if it still does, and says how long to sleep on."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import iso, utc_now
from functions.complaints.region import load_region
from functions.edge.settings import region_file, require
from functions.edge.telemetry import correlation_id, follow
from functions.records.store import ComplaintStore
from functions.route.escalation.wake import wake

ENVIRONMENT: Final = ("COMPLAINTS_TABLE",)

require(ENVIRONMENT)
_region = load_region(region_file())
_store = ComplaintStore(correlation_id=correlation_id)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The watch's state in (see `functions.route.watch.execution_input`), its next one out: `sleep_until` is missing
    where it has nothing to wait for any more.
    """
    follow(complaint_id=event["complaint_id"], correlation_id=context.aws_request_id)
    until = wake(
        event["complaint_id"],
        watch_round=int(event["watch_round"]),
        store=_store,
        region=_region,
        now=utc_now(),
    )
    slept = {name: event[name] for name in ("complaint_id", "watch_round", "lap")}
    return slept if until is None else {**slept, "sleep_until": iso(until)}
