"""Lambda, every minute: what changed of complaints goes into the files that everybody may read."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from functions.complaints.behind import PUBLISHER
from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge import metrics
from functions.edge.clients import client
from functions.edge.settings import region_file, require
from functions.edge.telemetry import logger
from functions.notify.publisher.bucket import PublicBucket
from functions.notify.publisher.dataset import relisted
from functions.notify.publisher.fixed import fixed_files
from functions.notify.publisher.page import page_of
from functions.notify.publisher.publication import Publisher
from functions.records import set_aside

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "PHOTOS_BUCKET", "PUBLIC_BUCKET", "BASE_URL")
RESERVE_MS: Final = 25_000
"""What the files of the months and the map take, which are written when all pages are."""

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
_publisher = Publisher(
    region=_region,
    bucket=PublicBucket(_settings["PUBLIC_BUCKET"], client=client("s3")),
    photos=_settings["PHOTOS_BUCKET"],
    page_of=partial(page_of, region=_region, base_url=_settings["BASE_URL"]),
    fixed=fixed_files(_region, base_url=_settings["BASE_URL"]),
    catalogue_of=partial(relisted, region=_region, base_url=_settings["BASE_URL"]),
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """`{complaints, failed, objects, bytes, behind}`, the last in seconds."""
    now = utc_now()
    done = _publisher.run(now=now, going_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS)
    left = set_aside.all_of(PUBLISHER)
    oldest_s = (now - left[0].since).total_seconds() if left else 0.0
    told = {
        "complaints": done.complaints,
        "failed": done.failed,
        "objects": done.objects,
        "bytes": done.bytes,
        "behind": int(done.behind.total_seconds()),
    }
    logger.info("published", extra=told)
    metrics.emit(
        {
            metrics.SET_ASIDE: len(left),
            metrics.OLDEST_SET_ASIDE: oldest_s,
            metrics.OLDEST_UNPUBLISHED: done.behind.total_seconds(),
        }
    )
    return told
