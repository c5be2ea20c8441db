"""What is set aside: the events of one complaint that a consumer of the stream could not hand to somebody, until it can.

One item for each complaint and consumer says who is behind and since which event (`complaints.behind`); the events
themselves stay where they are. It is written under its revision, for a hand-out of the stream may add to it while what
is set aside is tried again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar, Final

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.complaints.behind import PREFIX, Behind, pause
from functions.records.attributes import InstantAttribute
from functions.records.codec import complaint_pk, event_sk
from functions.records.conditional import deleted, saved, updated
from functions.records.outbox import Published, published
from functions.records.tables import ComplaintsTable, EventItem

TRIES: Final = 10
LISTED_MOST: Final = 1000
TIMERS_PAGE: Final = 250


class SetAsideItem(ComplaintsTable):
    """`watch_at`: when it is tried again. `reason`: what failed last, by the name of the exception."""

    KIND: ClassVar = "set_aside"
    SK: ClassVar = "set_aside"

    sk = UnicodeAttribute(range_key=True, default=SK)
    kind = UnicodeAttribute(default=KIND)
    consumer = UnicodeAttribute()
    id = UnicodeAttribute()
    waiting = JSONAttribute()
    seen = NumberAttribute()
    since = InstantAttribute()
    tries = NumberAttribute(default=0)
    reason = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=0)
    timer_shard = UnicodeAttribute()
    watch_at = InstantAttribute()

    @property
    def behind(self) -> Behind:
        return Behind(waiting=self.waiting, seen=int(self.seen))


class Contended(Exception):
    """Others wrote the item each time that this writer tried to."""


def behind_of(consumer: str, complaint_ids: Iterable[str]) -> Mapping[str, Behind]:
    """Who is behind, of those complaints where somebody is; one request for a hundred complaints."""
    keys = [(_pk(consumer, each), SetAsideItem.SK) for each in dict.fromkeys(complaint_ids)]
    if not keys:
        return {}
    return {item.id: item.behind for item in SetAsideItem.batch_get(keys, consistent_read=True)}


def set_aside(
    consumer: str,
    complaint_id: str,
    failed: Mapping[str, int],
    *,
    seen: int,
    reason: str | None,
    now: datetime,
) -> None:
    """Note who fell behind at which event, and the last event that came; `reason` where something failed now. Run twice,
    it changes nothing.

    Raises Contended.
    """
    for _ in range(TRIES):
        item = item_of(consumer, complaint_id)
        before = Behind(waiting={}, seen=seen) if item is None else item.behind
        after = before.joined_by(failed, seen=seen)
        soon = now + pause(0)
        if item is None:
            item = SetAsideItem(
                _pk(consumer, complaint_id),
                consumer=consumer,
                id=complaint_id,
                since=now,
                timer_shard=_shard(consumer),
                watch_at=soon,
            )
        elif after.waiting.keys() - before.waiting.keys():
            item.watch_at = min(item.watch_at, soon)
        item.waiting, item.seen, item.reason = dict(after.waiting), after.seen, reason or item.reason
        if _kept(item):
            return
    raise Contended(complaint_id)


def due(consumer: str, now: datetime) -> Iterator[SetAsideItem]:
    """What is to be tried again by `now`, that which has waited longest for it first."""
    for complaint_id in _listed(consumer, SetAsideItem.watch_at <= now):
        item = item_of(consumer, complaint_id)
        if item is not None and item.watch_at <= now:
            yield item


def all_of(consumer: str) -> Sequence[SetAsideItem]:
    """All that is set aside, LISTED_MOST at the most."""
    keys = [(_pk(consumer, each), SetAsideItem.SK) for each in islice(_listed(consumer, None), LISTED_MOST)]
    return sorted(SetAsideItem.batch_get(keys), key=lambda item: item.since)


def _listed(consumer: str, condition: Any) -> Iterator[str]:
    for found in SetAsideItem.by_timer.query(_shard(consumer), condition, page_size=TIMERS_PAGE):
        yield found.pk.removeprefix(_pk(consumer, ""))


def item_of(consumer: str, complaint_id: str) -> SetAsideItem | None:
    try:
        return SetAsideItem.get(_pk(consumer, complaint_id), SetAsideItem.SK, consistent_read=True)
    except SetAsideItem.DoesNotExist:
        return None


def taken(item: SetAsideItem, *, now: datetime) -> bool:
    """Whether the caller may try it now; if it fails, or dies, the next try is a longer pause away."""
    tries, revision = int(item.tries), int(item.revision)
    actions = [
        SetAsideItem.tries.set(tries + 1),
        SetAsideItem.watch_at.set(now + pause(tries)),
        SetAsideItem.revision.set(revision + 1),
    ]
    return updated(item, actions, condition=SetAsideItem.revision == revision)


def tried(
    item: SetAsideItem, failed: Mapping[str, int], *, reason: str | None, now: datetime, soon: bool = False
) -> bool:
    """What came of a try: who `failed`, and at which event. Whether nobody is behind any more.

    Where somebody got further, or with `soon`, the next try comes as soon as the first did. Raises Contended.
    """
    attempted = item.behind
    for _ in range(TRIES):
        left = item.behind.after_telling(through=attempted.seen, failed=failed, tried=attempted.waiting)
        if left is None:
            if deleted(item, condition=SetAsideItem.revision == item.revision):
                return True
        else:
            if soon or left != item.behind:
                item.tries, item.watch_at = 0, now + pause(0)
            item.waiting, item.reason = dict(left.waiting), reason or item.reason
            if _kept(item):
                return False
        found = item_of(item.consumer, item.id)
        if found is None:
            return True
        item = found
    raise Contended(item.id)


def retry_now(item: SetAsideItem, *, now: datetime) -> bool:
    """Whether it is still there; it is tried by the next run."""
    return updated(item, [SetAsideItem.watch_at.set(now)], condition=SetAsideItem.pk.exists())


def give_up(item: SetAsideItem) -> None:
    """Whoever was behind will not be told; events that come from now on go to them again."""
    item.delete()


def events_of(item: SetAsideItem) -> Iterator[Published]:
    """The events that somebody is behind with, in order, as the stream had them."""
    behind = item.behind
    first = min(behind.waiting.values())
    query = EventItem.query(
        complaint_pk(item.id),
        EventItem.sk.between(event_sk(first), event_sk(behind.seen)),
        consistent_read=True,
    )
    return map(published, query)


def _kept(item: SetAsideItem) -> bool:
    before = int(item.revision)
    item.revision = before + 1
    condition: Any = SetAsideItem.revision == before if before else SetAsideItem.pk.does_not_exist()
    return saved(item, condition=condition)


def _pk(consumer: str, complaint_id: str) -> str:
    return f"{PREFIX}{consumer}#{complaint_id}"


def _shard(consumer: str) -> str:
    return f"{PREFIX}{consumer}"
