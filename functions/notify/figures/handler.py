"""Lambda, each night after the last change of the day: the figures of every body, of the months' public files alone."""

import gzip
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from functions.complaints.region import load_region
from functions.edge.clients import client
from functions.edge.public_files import FIGURES, OPEN_DATA, month_in
from functions.edge.settings import region_file, require
from functions.edge.telemetry import logger
from functions.notify.figures.document import figures_of
from functions.notify.figures.reading import read_months

ENVIRONMENT: Final = ("PUBLIC_BUCKET",)
_AN_HOUR: Final = "public, max-age=3600"

_settings = require(ENVIRONMENT)
_region = load_region(region_file())


def handler(event: Mapping[str, Any], context: object) -> dict[str, int]:
    """`{months, complaints, bytes}` of what was counted and written."""
    counted = read_months(_months())
    body = gzip.compress(figures_of(counted, region_id=_region.id), mtime=0)
    client("s3").put_object(
        Bucket=_settings["PUBLIC_BUCKET"],
        Key=FIGURES,
        Body=body,
        ContentType="application/json",
        ContentEncoding="gzip",
        CacheControl=_AN_HOUR,
    )
    done = {
        "months": len(counted.hidden),
        "complaints": sum(tally.counts[0] for tally in counted.cells.values()),
        "bytes": len(body),
    }
    logger.info("figures", extra=done)
    return done


def _months() -> Iterator[tuple[str, IO[bytes]]]:
    """Each opened when it is its turn: S3 would end a connection that waits."""
    s3 = client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=_settings["PUBLIC_BUCKET"], Prefix=OPEN_DATA)
    keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
    for key in keys:
        if month := month_in(key):
            yield month, s3.get_object(Bucket=_settings["PUBLIC_BUCKET"], Key=key)["Body"]
