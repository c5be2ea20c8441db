"""Lambda: a watch woke up. Does what the complaint's timer calls for, if it still does."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
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
    """`{complaint_id, deadline_version}` in; `{acted, status, deadline_version}` out."""
    follow(complaint_id=event["complaint_id"], correlation_id=context.aws_request_id)
    outcome = wake(
        event["complaint_id"],
        deadline_version=int(event["deadline_version"]),
        store=_store,
        region=_region,
        now=utc_now(),
    )
    return {"acted": outcome}
