"""Lambda, every hour: what a person wrote, and what their photos suggest, goes when its time is over."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.public_copies import forget
from functions.edge.settings import region_file, require
from functions.edge.telemetry import logger
from functions.route.retention.expiry import expire

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "PHOTOS_BUCKET")
RESERVE_MS: Final = 10_000

_settings = require(ENVIRONMENT)
_region = load_region(region_file())


class RetentionIncomplete(RuntimeError):
    """Something could not be erased, and will not be until somebody looks: an error rings the alarm."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """`{complaints, texts, places, suggestions, failed}`. Raises RetentionIncomplete, after all that could be done, where
    one failed.
    """
    expired = expire(
        _region,
        now=utc_now(),
        going_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS,
        forget_copies=partial(forget, bucket=_settings["PHOTOS_BUCKET"]),
    )
    logger.info("retention", extra=asdict(expired))
    if expired.failed:
        raise RetentionIncomplete(f"{expired.failed} complaints or photos keep what is over its time")
    return asdict(expired)
