"""Lambda: each clean photo that is stored, and each mark that a photo's public copy is to be made anew."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.redaction import Box
from functions.edge.settings import require, weights_folder
from functions.edge.telemetry import correlation_id, follow
from functions.intake.redaction.bucket import CopiesBucket
from functions.intake.redaction.copying import PublicCopy, copied
from functions.intake.redaction.detection import load
from functions.intake.redaction.redacting import Redacting
from functions.records.photo_keys import REDACT
from functions.records.store import ComplaintStore

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "PHOTOS_BUCKET")

_settings = require(ENVIRONMENT)
_detector = load(weights_folder())


def handler(event: Mapping[str, Any], context: object) -> None:
    """An event of EventBridge, `Object Created` of S3. It only says where to look."""
    follow(complaint_id=None, correlation_id=event.get("id"))
    key = str(event["detail"]["object"]["key"])
    if key.startswith(REDACT):
        _redacting.asked(key)
    else:
        _redacting.landed(key)


def _copied(photo: bytes, boxes: tuple[Box, ...] | None) -> PublicCopy:
    return copied(photo, boxes=boxes, detect=_detector)


_redacting = Redacting(
    store=ComplaintStore(correlation_id=correlation_id),
    bucket=CopiesBucket(name=_settings["PHOTOS_BUCKET"]),
    copied=_copied,
    now=utc_now,
)
