"""Lambda, on a schedule: pushes that were held for quiet hours which have ended."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.settings import region_file, require
from functions.edge.telemetry import logger
from functions.notify.outbox.held import release
from functions.notify.outbox.metrics import counted
from functions.notify.outbox.push import SnsPusher
from functions.notify.outbox.telling import Teller

ENVIRONMENT: Final = ("PEOPLE_TABLE",)
RESERVE_MS: Final = 35_000

require(ENVIRONMENT)
_teller = Teller(region=load_region(region_file()), pusher=counted(SnsPusher()), now=utc_now)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    released = release(
        teller=_teller,
        now=utc_now,
        going_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS,
    )
    logger.info("released", extra=asdict(released))
    return asdict(released)
