"""Lambda, every hour: the heads of the event chains go where nobody can change them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.edge import metrics
from functions.edge.clients import client
from functions.edge.settings import require
from functions.edge.telemetry import logger
from functions.route.archive.heads import HeadBucket, archive

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "CHAIN_HEADS_BUCKET")
RESERVE_MS: Final = 10_000

_settings = require(ENVIRONMENT)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """`{hours, heads}`: how many hours were written, and how many heads are in them."""
    now = utc_now()
    bucket = HeadBucket(_settings["CHAIN_HEADS_BUCKET"], client=client("s3"), now=now)
    archived = archive(bucket, now=now, going_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS)
    logger.info("heads archived", extra=asdict(archived))
    metrics.emit({metrics.HEADS_ARCHIVED: archived.heads})
    return asdict(archived)
