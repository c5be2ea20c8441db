"""Lambda: the agency's door."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.http import Api
from functions.complaints.region import load_region
from functions.complaints.settings import region_file, require
from functions.complaints.store import ComplaintStore
from functions.complaints.telemetry import correlation_id
from functions.route.api import complaints

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "AGENCIES_TABLE", "PHOTOS_BUCKET")

_settings = require(ENVIRONMENT)
_api = Api()
complaints.mount(
    _api,
    store=ComplaintStore(correlation_id=correlation_id),
    region=load_region(region_file()),
    bucket=_settings["PHOTOS_BUCKET"],
    now=utc_now,
)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return _api.serve(event, context)
