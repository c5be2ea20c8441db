"""Lambda, every hour: the letters to bodies that nobody there sees to."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.clients import client
from functions.edge.settings import region_file, require
from functions.edge.telemetry import logger
from functions.notify.letters.round import Letters

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "AGENCIES_TABLE", "BASE_URL")
RESERVE_MS: Final = 20_000

_settings = require(ENVIRONMENT)
_region = load_region(region_file())
_letters = Letters(
    region=_region,
    sender=_region.raw["identity"]["email"],
    base_url=_settings["BASE_URL"],
    send=client("sesv2").send_email,
)


class LettersIncomplete(RuntimeError):
    """Some bodies were not written to, and are tried again in an hour: an error rings the alarm."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """`{letters, failed}`; raises LettersIncomplete, after all that could be done, where one failed."""
    sent = _letters(now=utc_now(), going_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS)
    logger.info("letters", extra=asdict(sent))
    if sent.failed:
        raise LettersIncomplete(f"{sent.failed} bodies were not written to")
    return asdict(sent)
