"""What follows from events on the way to people and agencies: lines in inboxes and webhook deliveries, then pushes."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import batched
from threading import Lock
from typing import Final

from functions.complaints.behind import FOLLOWERS, is_person, name_of, person
from functions.edge.stream import Batch, OutOfTime
from functions.notify.outbox.inbox import (
    followers,
    follows,
    for_followers,
    for_reporter,
    had_joined,
    may_have_followers,
)
from functions.notify.outbox.metrics import report_told
from functions.notify.outbox.sending import Push, Sender
from functions.notify.outbox.telling import Teller
from functions.records.outbox import Published
from functions.records.people.progress import note_progress

CHUNK: Final = 25
"""Followers who get their lines, then their pushes; how far that has come is noted after each."""
BY_NAME: Final = 50
"""Followers of one event who are set aside one by one; where more fail it is not they who fail, and all wait."""


class ManyFailed(Exception):
    """So many followers could not be told that all of them are told later."""


def on_batch(
    batch: Batch,
    *,
    teller: Teller,
    sender: Sender,
    deliver: Callable[[Batch], None],
    going_on: Callable[[], bool],
    now: Callable[[], datetime],
) -> None:
    """Tell everybody whom the events concern. Every step may run twice: the second time finds it done."""
    pushes: list[Push] = []
    writing = Lock()

    def line(published: Published, recipient: str) -> None:
        push = teller.tell(published, name_of(recipient))
        if push is not None:
            with writing:
                pushes.append(push)

    def many(published: Published, recipient: str) -> None:
        _tell_followers(
            published, recipient, batch=batch, teller=teller, sender=sender, going_on=going_on, now=now
        )

    batch.each(line, to=lambda published: _reporter(published, teller=teller))
    deliver(batch)
    sender.send_all(pushes, going_on=going_on)
    batch.each(many, to=lambda published: _followers(published, batch=batch, teller=teller))
    for published in batch.told:
        report_told(published, now=now())


def _reporter(published: Published, *, teller: Teller) -> Iterable[str]:
    if for_reporter(published):
        assert published.reporter is not None
        yield person(published.reporter)


def _followers(published: Published, *, batch: Batch, teller: Teller) -> Iterable[str]:
    """Those who joined as a whole, and by name whoever of them is behind."""
    if may_have_followers(published) and for_followers(published):
        reporter = None if published.reporter is None else person(published.reporter)
        yield FOLLOWERS
        yield from (each for each in batch.tried_again(published) if is_person(each) and each != reporter)


def _tell_followers(
    published: Published,
    recipient: str,
    *,
    batch: Batch,
    teller: Teller,
    sender: Sender,
    going_on: Callable[[], bool],
    now: Callable[[], datetime],
) -> None:
    """Raises OutOfTime, ManyFailed."""
    pushes: list[Push] = []

    def line(published: Published, follower: str) -> None:
        push = teller.tell(published, name_of(follower))
        if push is not None:
            pushes.append(push)

    if recipient != FOLLOWERS:
        item = follows(published.followed, name_of(recipient))
        if item is None or not had_joined(published.event, joined_at=item.joined_at):
            # Left meanwhile, and is told nothing more.
            return
        line(published, recipient)
        sender.send_all(pushes, going_on=going_on)
        return
    for some in batched(followers(published), CHUNK, strict=False):
        if not going_on():
            raise OutOfTime(published.event.id)
        pushes.clear()
        for follower in some:
            batch.one(published, person(follower.person), line, within=FOLLOWERS)
        sender.send_all(pushes, going_on=going_on)
        if len(batch.failed.get(published.event.complaint_id, ())) > BY_NAME:
            raise ManyFailed(published.event.id)
        note_progress(published.event.id, after=some[-1].sk, now=now())
