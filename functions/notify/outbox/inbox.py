"""The inbox: which steps are told to whom, and what is kept of each so that it can be read in any language."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from pynamodb.expressions.condition import Condition

from functions.complaints.complaint import ActorKind
from functions.complaints.events import Event, EventType
from functions.complaints.history import push_kind
from functions.complaints.visibility import Viewer, as_seen
from functions.records.codec import complaint_pk
from functions.records.outbox import Published
from functions.records.people.inbox import InboxItem, inbox_sk
from functions.records.people.progress import progress_of
from functions.records.people.table import person_pk
from functions.records.tables import FollowerItem, follower_sk

BY_REPORTER: Final = frozenset(
    {
        EventType.REFUTED,
        EventType.CLOSED,
        EventType.WITHDRAWN,
        EventType.LEFT_TO_JOINERS,
        EventType.RECATEGORISED,
        EventType.RELOCATED,
    }
)
"""What the one who reported did, and those who joined want to know. Worth a line, and a push where it is the last
that they hear.
"""


def for_reporter(published: Published) -> bool:
    """Exactly what is worth a push is worth a line in the inbox."""
    return published.reporter is not None and push_kind(published.event) is not None


def for_followers(published: Published) -> bool:
    event = published.event
    if event.actor == ActorKind.CITIZEN:
        return event.type in BY_REPORTER
    return push_kind(event, viewer=Viewer.JOINER) is not None


def may_have_followers(published: Published) -> bool:
    """A part knows of those alone who had joined the whole when it was made."""
    return published.joined > 0 or published.parent_id is not None


def followers(published: Published) -> Iterator[FollowerItem]:
    """Those who had joined by then, in the order of their keys, from where an earlier try stopped; not the one who
    reported.
    """
    if not may_have_followers(published):
        return
    after = progress_of(published.event.id)
    condition = FollowerItem.sk.startswith("follower#") if after is None else _after(after)
    for item in FollowerItem.query(complaint_pk(published.followed), condition):
        if item.person != published.reporter and had_joined(published.event, joined_at=item.joined_at):
            yield item


def follows(complaint_id: str, person: str) -> FollowerItem | None:
    """Whoever joined the complaint and has not left it."""
    return next(
        iter(FollowerItem.query(complaint_pk(complaint_id), FollowerItem.sk == follower_sk(person))), None
    )


def had_joined(event: Event, *, joined_at: datetime) -> bool:
    """An event that is handed out once more, or late, is no news to whoever has joined meanwhile: they would be told of
    it after what came later. A complaint's own clock never goes back.
    """
    return joined_at <= event.at


def _after(key: str) -> Condition:
    # "$" comes right after "#", so this bound is past every follower and before any other kind of item.
    return FollowerItem.sk.between(key + "\x00", "follower$")


def inbox_item(published: Published, person: str, *, kept: timedelta, now: datetime) -> InboxItem:
    """What is kept: the event as far as the person may see it, and not who anybody is."""
    mine = person == published.reporter
    event = as_seen(published.event, Viewer.REPORTER if mine else Viewer.JOINER)
    assert event is not None
    return InboxItem(
        person_pk(person),
        inbox_sk(at=event.at, complaint_id=event.complaint_id, seq=event.seq),
        complaint_id=event.complaint_id,
        number=published.number,
        category=published.category,
        seq=event.seq,
        type=event.type.value,
        at=event.at,
        actor=event.actor.value,
        actor_agency=event.actor_agency,
        status=event.status.value,
        data=dict(event.data) or None,
        mine=mine,
        language=published.language if mine else None,
        followed=None if mine else published.followed,
        told_at=now,
        expires=now + kept,
    )
