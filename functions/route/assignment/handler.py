"""Lambda: the stream of events, as far as it concerns whose complaint it is."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.settings import region_file, require
from functions.edge.stream import consume
from functions.edge.telemetry import correlation_id
from functions.records.store import ComplaintStore
from functions.route.assignment.consumer import on_event
from functions.route.watch import StepFunctionsWatch

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "STATE_MACHINE_ARN")

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
_store = ComplaintStore(correlation_id=correlation_id)
_watch = StepFunctionsWatch(state_machine_arn=_settings["STATE_MACHINE_ARN"])


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return consume(
        event["Records"],
        lambda published: on_event(published, store=_store, watch=_watch, region=_region, now=utc_now),
    )
