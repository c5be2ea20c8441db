"""Lambda: the agency's door."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints import texts
from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge import cold_start
from functions.edge.http import Api
from functions.edge.settings import region_file, require
from functions.edge.telemetry import correlation_id
from functions.edge.throttle import Throttled
from functions.records.dynamodb import connect
from functions.records.store import ComplaintStore
from functions.route.api import complaints

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "AGENCIES_TABLE", "PHOTOS_BUCKET")

_settings = require(ENVIRONMENT)
connect()
_region = load_region(region_file())
texts.prepare(_region.languages)
_api = Api(default_language=_region.languages[0])
_door = Throttled(_api, now=utc_now)
complaints.mount(
    _api,
    store=ComplaintStore(correlation_id=correlation_id),
    region=_region,
    bucket=_settings["PHOTOS_BUCKET"],
    now=utc_now,
)
cold_start.end()


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return _door.serve(event, context)
