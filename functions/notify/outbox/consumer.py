"""What follows from events on the way to people and agencies: inbox and pushes, then webhook deliveries."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from functions.edge.stream import Batch
from functions.notify.outbox.inbox import followers, for_followers, for_reporter
from functions.notify.outbox.metrics import report_told
from functions.notify.outbox.telling import NotPushed, Teller
from functions.records.outbox import Published
from functions.records.people.progress import note_progress

NOTED_EVERY: Final = 25


class OutOfTime(Exception):
    """There are more people to tell than this invocation has time for; the next one goes on from where it stopped."""


def on_batch(
    batch: Batch,
    *,
    teller: Teller,
    deliver: Callable[[Batch], None],
    going_on: Callable[[], bool],
    now: Callable[[], datetime],
) -> None:
    """Tell everybody whom the events concern: all people first, for a phone is being looked at. Every step may run
    twice: the second time finds it done.

    A push that fails does not keep the agencies waiting.
    """
    batch.each(lambda published: tell(published, teller=teller, going_on=going_on, now=now))
    deliver(batch)
    for published in batch.done:
        report_told(published, now=now())


def tell(
    published: Published, *, teller: Teller, going_on: Callable[[], bool], now: Callable[[], datetime]
) -> None:
    """Tell the people whom an event concerns.

    A push that fails does not keep other people waiting; it is reported last. Raises NotPushed, OutOfTime.
    """
    trouble: list[NotPushed] = []
    if for_reporter(published, region=teller.region):
        assert published.reporter is not None
        _tell(published, published.reporter, teller=teller, trouble=trouble)
    if for_followers(published, region=teller.region):
        _tell_followers(published, teller=teller, trouble=trouble, going_on=going_on, now=now)
    if trouble:
        raise trouble[0]


def _tell_followers(
    published: Published,
    *,
    teller: Teller,
    trouble: list[NotPushed],
    going_on: Callable[[], bool],
    now: Callable[[], datetime],
) -> None:
    for number, follower in enumerate(followers(published), start=1):
        if any(each.throttled for each in trouble):
            return
        if not going_on():
            raise OutOfTime(published.event.id)
        _tell(published, follower.person, teller=teller, trouble=trouble)
        # Only as far as everybody was told: whoever was not must be come back to.
        if number % NOTED_EVERY == 0 and not trouble:
            note_progress(published.event.id, after=follower.sk, now=now())


def _tell(published: Published, person: str, *, teller: Teller, trouble: list[NotPushed]) -> None:
    try:
        teller.tell(published, person)
    except NotPushed as error:
        trouble.append(error)
