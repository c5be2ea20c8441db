"""Lambda: each upload that lands in quarantine, and where uploads are scanned each verdict."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.settings import region_file, require
from functions.edge.telemetry import correlation_id, follow
from functions.intake.photos.bucket import PhotoBucket
from functions.intake.photos.check import PhotoCheck
from functions.records.store import ComplaintStore

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "PHOTOS_BUCKET")

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
_check = PhotoCheck(
    store=ComplaintStore(correlation_id=correlation_id),
    bucket=PhotoBucket(_settings["PHOTOS_BUCKET"]),
    region=_region,
    scanned=bool(_region.raw.get("malware_scan")),
    now=utc_now,
)


def handler(event: Mapping[str, Any], context: object) -> None:
    """An event of EventBridge: `Object Created` of S3, or `GuardDuty Malware Protection Object Scan Result`.

    Both only say that there is something to look at: what counts is what is in the bucket.
    """
    follow(complaint_id=None, correlation_id=event.get("id"))
    _check(uploaded_key(event), judged="s3ObjectDetails" in event["detail"])


def uploaded_key(event: Mapping[str, Any]) -> str:
    """The object's key; raises KeyError for an event that names none."""
    detail = event["detail"]
    if "s3ObjectDetails" in detail:
        return str(detail["s3ObjectDetails"]["objectKey"])
    return str(detail["object"]["key"])
