"""A new complaint is written, whoever's door it came through: once for its key, under a number that nobody else has."""

from collections.abc import Callable, Sequence
from typing import Final

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.edge.problems import Problem
from functions.edge.repeats import of_same, photos_declared
from functions.edge.telemetry import logger
from functions.records.requests import Request, RequestSeen
from functions.records.store import ComplaintStore
from functions.records.transaction import NumberTaken

NUMBER_TRIES: Final = 5


def filed(
    decide: Callable[[], Change], *, store: ComplaintStore, request: Request | None
) -> tuple[Complaint, Sequence[str]]:
    """File it, once for its key where it has one: a repeated request finds the complaint that the first one made.

    Returns it with the ids of the photos that were declared with it. A short number that is taken is drawn again.
    """
    for _ in range(NUMBER_TRIES):
        change = decide()
        try:
            store.write(change, request=request)
        except RequestSeen as seen:
            assert request is not None
            return of_same(seen, request, store=store)
        except NumberTaken:
            logger.info("short number taken, drawing another")
        else:
            return change.after, photos_declared(change.first.event)
    raise Problem("unavailable", retry_after=1)
