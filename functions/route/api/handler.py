"""Lambda: the agency's door."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.resolver import Api
from functions.edge.settings import region_file, require
from functions.edge.telemetry import correlation_id
from functions.edge.throttle import agency_limit
from functions.records.agencies.assignees import may_have
from functions.records.store import ComplaintStore
from functions.route.api.desk import Desk
from functions.route.api.routes import routes

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "AGENCIES_TABLE", "PHOTOS_BUCKET")

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
_desk = Desk(
    store=ComplaintStore(correlation_id=correlation_id),
    region=_region,
    may_have=may_have,
    now=utc_now,
)
app = Api(default_language=_region.languages[0], gate=agency_limit(now=utc_now))
for _router in routes(desk=_desk, bucket=_settings["PHOTOS_BUCKET"]):
    app.include_router(_router)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return app.serve(event, context)
