"""Complaints that ended long enough ago lose what the person wrote and the exact place: the law's "no longer than needed".
What a photo suggests goes when it is offered no more.

What stays is what the history and the bodies' figures are made of, and who reported it, who finds it in their list. One
that was taken back loses no more than the others, only sooner: that it was filed and taken back is a part of the history
that stands under lock (`functions.route.archive`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from functions.complaints.complaint import Status
from functions.complaints.region import Region
from functions.edge.telemetry import follow, logger
from functions.records.dynamodb import connection
from functions.records.erasure import ForgetCopies, erase_words, nothing_kept
from functions.records.lists import ended_before
from functions.records.suggestions import expired


@dataclass(frozen=True, kw_only=True, slots=True)
class Expired:
    """How many complaints lost their words, how many texts and places that were, how many photos suggest nothing any
    more, and at how many of all it failed.
    """

    complaints: int
    texts: int
    places: int
    suggestions: int
    failed: int


def expire(
    region: Region,
    *,
    now: datetime,
    going_on: Callable[[], bool] = lambda: True,
    forget_copies: ForgetCopies = nothing_kept,
) -> Expired:
    """Erase what is over its time, the oldest first, and say so in the log of each.

    One that fails does not keep the others waiting; what is left when time runs out, the next run finds.
    """
    complaints = texts = places = 0
    suggestions, failed = _forget_suggestions(now=now, going_on=going_on)
    kept = {Status.CLOSED: region.texts_kept, Status.WITHDRAWN: region.withdrawn_kept}
    for status, term in kept.items():
        for complaint_id in ended_before(now - term.elapsed, status=status):
            if not going_on():
                break
            follow(complaint_id=complaint_id, correlation_id=f"retention-{now:%Y%m%dT%H%M%S}")
            try:
                erased = erase_words(complaint_id, connection=connection(), forget_copies=forget_copies)
            except Exception:
                logger.exception("words not erased")
                failed += 1
            else:
                counts = {"texts": erased.texts, "places": erased.places}
                logger.info("words erased", extra={"status": status.value, "kept": str(term), **counts})
                complaints += 1
                texts, places = texts + erased.texts, places + erased.places
    return Expired(complaints=complaints, texts=texts, places=places, suggestions=suggestions, failed=failed)


def _forget_suggestions(*, now: datetime, going_on: Callable[[], bool]) -> tuple[int, int]:
    """How many were deleted, and at how many it failed."""
    deleted = failed = 0
    for item in expired(now=now):
        if not going_on():
            break
        try:
            item.delete()
        except Exception:
            logger.exception("suggestion not deleted")
            failed += 1
        else:
            deleted += 1
    return deleted, failed
