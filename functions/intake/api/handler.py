"""Lambda: the citizen's API, and the open one."""

import os
from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.resolver import Api
from functions.edge.settings import region_file, require
from functions.edge.telemetry import correlation_id
from functions.intake.api.about_region import about_region
from functions.intake.api.correcting import correcting
from functions.intake.api.desk import desk_of
from functions.intake.api.directory import directory
from functions.intake.api.documentation import documentation
from functions.intake.api.filing import filing
from functions.intake.api.flagging import flagging
from functions.intake.api.following import following
from functions.intake.api.reading import reading
from functions.intake.api.receipts import Receipts
from functions.intake.api.sign_in import sign_in_of
from functions.intake.people.devices import Devices, applications
from functions.intake.people.routes import people
from functions.records.people.profiles import language_of_person
from functions.records.store import ComplaintStore

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "PEOPLE_TABLE", "PHOTOS_BUCKET")
OPTIONAL_ENVIRONMENT: Final = (
    "FCM_APPLICATION_ARN",
    "APNS_APPLICATION_ARN",
    "WEBHOOK_ADDRESSES",
    "USER_POOL_ISSUER",
    "USER_POOL_CLIENT_ID",
    "OFFICERS_CLIENT_ID",
    "OFFICERS_SIGN_IN",
    "CANARY_CLIENT_ID",
)
"""What a region may do without: push platforms, fixed addresses of webhooks, user pools of its own, a canary."""

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
_store = ComplaintStore(correlation_id=correlation_id)
_receipts = Receipts(region=_region, bucket=_settings["PHOTOS_BUCKET"])
app = Api(default_language=_region.languages[0], chosen_language=language_of_person)
app.include_router(
    filing(
        store=_store,
        receipts=_receipts,
        refused=app.failed,
        canary=os.environ.get("CANARY_CLIENT_ID"),
        now=utc_now,
    )
)
app.include_router(reading(store=_store, region=_region, bucket=_settings["PHOTOS_BUCKET"], now=utc_now))
app.include_router(following(store=_store, receipts=_receipts, now=utc_now))
app.include_router(flagging(store=_store, region=_region, now=utc_now))
app.include_router(correcting(store=_store, receipts=_receipts, now=utc_now))
app.include_router(
    people(
        region=_region,
        devices=Devices(applications(os.environ)),
        bucket=_settings["PHOTOS_BUCKET"],
        now=utc_now,
    )
)
app.include_router(
    directory(
        region=_region,
        webhook_addresses=tuple(os.environ.get("WEBHOOK_ADDRESSES", "").split()),
        now=utc_now,
    )
)
app.include_router(
    about_region(region=_region, sign_in=sign_in_of(_region, os.environ), desk=desk_of(_region, os.environ))
)
app.include_router(documentation(region_file().parent, domain=_region.domain))


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return app.serve(event, context)
