"""Lambda: the citizen's API, and the open one."""

import os
from collections.abc import Mapping
from typing import Any, Final

from functions.complaints import texts
from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge import cold_start
from functions.edge.http import Api
from functions.edge.settings import region_file, require
from functions.edge.telemetry import correlation_id
from functions.intake.api import complaints, directory
from functions.intake.people import routes as people
from functions.intake.people.devices import Devices, applications
from functions.records.dynamodb import connect
from functions.records.people import language_of_person
from functions.records.store import ComplaintStore

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "PEOPLE_TABLE", "PHOTOS_BUCKET")
OPTIONAL_ENVIRONMENT: Final = ("FCM_APPLICATION_ARN", "APNS_APPLICATION_ARN", "WEBHOOK_ADDRESSES")
"""What a region may do without: a push platform, and fixed addresses that webhooks come from."""

_settings = require(ENVIRONMENT)
connect()
_region = load_region(region_file())
texts.prepare(_region.languages)
_api = Api(default_language=_region.languages[0], chosen_language=language_of_person)
complaints.mount(
    _api,
    store=ComplaintStore(correlation_id=correlation_id),
    region=_region,
    bucket=_settings["PHOTOS_BUCKET"],
    now=utc_now,
)
people.mount(_api, region=_region, devices=Devices(applications(os.environ)), now=utc_now)
directory.mount(
    _api,
    region=_region,
    files=region_file().parent,
    webhook_addresses=tuple(os.environ.get("WEBHOOK_ADDRESSES", "").split()),
)
cold_start.end()


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return _api.serve(event, context)
