"""Lambda: Open311 GeoReport v2. It reads the public files, and files what partners send."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.clients import client
from functions.edge.settings import region_file, require
from functions.edge.telemetry import correlation_id
from functions.intake.open311.posted import Posted
from functions.intake.open311.published import Published
from functions.intake.open311.resolver import Open311
from functions.intake.open311.routes import open311
from functions.records.store import ComplaintStore

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "PEOPLE_TABLE", "AGENCIES_TABLE", "PUBLIC_BUCKET")

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
app = Open311(default_language=_region.languages[0])
app.include_router(
    open311(
        region=_region,
        published=Published(_settings["PUBLIC_BUCKET"], s3=partial(client, "s3")),
        posted=Posted(region=_region, store=ComplaintStore(correlation_id=correlation_id), now=utc_now),
        now=utc_now,
    )
)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return app.serve(event, context)
