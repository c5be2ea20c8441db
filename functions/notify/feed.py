"""An agency's changes for those who cannot receive webhooks: a feed that is polled with a cursor.

A clock makes a poor cursor: of two changes written at once the later may show first, and a poll between the two skips
the other. Here each entry has a number, and number n + 1 can only be written once n is there: one transaction writes
the entry, moves the head from n to n + 1, and marks the event, if it has no mark yet; or several entries at once, and
moves it by as many. So a reader who has seen up to n has seen everything up to n, and an event that is handled twice
stands in the feed once. The head outlives the entries:
a part in which nothing happened for so long that all of it has expired goes on where it was.

A feed is kept in SHARDS parts, so that a busy agency's writers do not all contend for one number; a complaint's changes
are all in one part, in their order. The cursor is a position in each.
"""

import heapq
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.complaints.faults import invalid
from functions.notify.webhooks.delivery import KEPT
from functions.notify.webhooks.tables import DeliveriesTable
from functions.records.attributes import InstantAttribute
from functions.records.cursor import opaque, plain
from functions.records.dynamodb import connection, error_code
from functions.records.tables import SHARDS, shard_of

if TYPE_CHECKING:
    # Who reads the feed has no need of what writes it.
    from functions.records.outbox import Published

TRIES: Final = 50
AT_ONCE: Final = 25
"""Events that are appended with one request: each is two of the hundred writes that a transaction can have."""
_REFUSED: Final = "ConditionalCheckFailed"
# Of one write in a transaction, and of a whole one. Source: DynamoDB API reference, TransactWriteItems.
_CONFLICTS: Final = {
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    "TransactionInProgressException",
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
}


class EntryItem(DeliveriesTable):
    n = NumberAttribute()
    at = InstantAttribute()
    body = UnicodeAttribute()
    expires = TTLAttribute()


class MarkItem(DeliveriesTable):
    """Says that an event is in the feed, and where."""

    n = NumberAttribute()
    expires = TTLAttribute()


class HeadItem(DeliveriesTable):
    """The last number given out in a part. Never expires."""

    SK: ClassVar = "head"

    sk = UnicodeAttribute(range_key=True, default=SK)
    n = NumberAttribute()


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`cursor` continues after these changes, whether or not there are more by now."""

    changes: tuple[Any, ...]
    cursor: str
    more: bool


class Crowded(Exception):
    """Others took the next number each time that this writer tried to."""


class Feed:
    """Appends; remembers the last number it saw of each part, which saves the look-up as long as it is right."""

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._last: dict[str, int] = {}

    def append(self, part: str, events: "Sequence[Published]", *, now: datetime) -> None:
        """Put events into a part (see `part_of`) in their order, each once, and many with one request.

        Raises Crowded.
        """
        waiting = {each.event.id: each for each in events}
        tries = 0
        while waiting:
            chosen = list(waiting.values())[:AT_ONCE]
            last = self._last.get(part)
            if last is None:
                last = _last_number(part)
            try:
                self._write(part, last, chosen, now=now)
            except TransactWriteError as error:
                self._last.pop(part, None)
                refusal = _refusal(error, chosen)
                for there in refusal.there:
                    del waiting[there]
                if refusal.is_crowd and waiting:
                    tries += 1
                    if tries == TRIES:
                        raise Crowded(part) from error
                    self._sleep(random.uniform(0, min(0.5, 0.005 * 2**tries)))  # noqa: S311
                elif not refusal.is_crowd and not refusal.there:
                    raise
            else:
                self._last[part] = last + len(chosen)
                for each in chosen:
                    del waiting[each.event.id]

    def _write(self, part: str, last: int, events: "Sequence[Published]", *, now: datetime) -> None:
        from functions.notify.webhooks.message import body_of

        expires = now + KEPT
        at_last = HeadItem.n == last if last else HeadItem.pk.does_not_exist()
        numbered = list(enumerate(events, start=last + 1))
        with TransactWrite(connection=connection()) as transaction:
            transaction.save(HeadItem(part, n=last + len(events)), condition=at_last)
            for number, each in numbered:
                mark = MarkItem(part, f"event#{each.event.id}", n=number, expires=expires)
                transaction.save(mark, condition=MarkItem.pk.does_not_exist())
            for number, each in numbered:
                body = body_of(each)
                transaction.save(
                    EntryItem(part, _sk(number), n=number, at=each.event.at, body=body, expires=expires)
                )


def part_of(agency_id: str, published: "Published") -> str:
    """The part of an agency's feed that an event belongs to."""
    return _pk(agency_id, shard_of(published.event.complaint_id))


def changes(agency_id: str, *, cursor: str | None, limit: int, now: datetime) -> Page:
    """What happened after the cursor, or of what is kept if there is none: SHARDS queries, merged by time.

    Raises Invalid for a cursor that is none of this agency's, or so old that changes after it are no longer kept.
    """
    parts, positions = [], []
    for shard, position in enumerate(_positions(cursor, agency_id)):
        part, start = _after(_pk(agency_id, shard), position, limit=limit + 1, now=now)
        parts.append(part)
        positions.append(start)
    numbered = [[(item.at, shard, item) for item in part] for shard, part in enumerate(parts)]
    merged = list(heapq.merge(*numbered, key=lambda each: each[:2]))
    for _, shard, item in merged[:limit]:
        positions[shard] = int(item.n)
    return Page(
        changes=tuple(json.loads(item.body) for _, _, item in merged[:limit]),
        cursor=opaque(".".join((agency_id, *map(str, positions)))),
        more=len(merged) > limit,
    )


def _after(pk: str, position: int | None, *, limit: int, now: datetime) -> tuple[Sequence[EntryItem], int]:
    """The entries after a position, and the position itself: without one, that before the first that is kept."""
    head = 0 if position is not None else _last_number(pk)
    # From the position itself on: as long as it is kept, it tells that the cursor is no forged one. The table deletes
    # what has expired in its own time and in no order.
    found = list(
        EntryItem.query(
            pk,
            EntryItem.sk.between(_sk(position or 1), _sk(10**12 - 1)),
            filter_condition=EntryItem.expires > now,
            consistent_read=True,
            limit=limit + 1,
            page_size=max(limit + 1, 100),
        )
    )
    if position is None:
        kept = found[:limit]
        return kept, int(kept[0].n) - 1 if kept else head
    kept = [item for item in found if item.n != position][:limit]
    follows = kept[0].n == position + 1 if kept else bool(found) or position <= _last_number(pk)
    if not follows:
        raise invalid("cursor", "wrong_form")
    return kept, position


def _last_number(pk: str) -> int:
    try:
        return int(HeadItem.get(pk, HeadItem.SK, consistent_read=True).n)
    except HeadItem.DoesNotExist:
        return 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Refusal:
    """Why a transaction was not made: others were at the part, or events are `there` already, by their ids."""

    is_crowd: bool
    there: tuple[str, ...]


def _refusal(error: TransactWriteError, events: "Sequence[Published]") -> _Refusal:
    """The reasons are those of the head, of the marks, and of the entries; none for a transaction refused whole."""
    codes = [reason.code if reason is not None else "" for reason in error.cancellation_reasons]
    head, marks = codes[0] if codes else error_code(error), codes[1 : len(events) + 1]
    return _Refusal(
        is_crowd=head == _REFUSED or not _CONFLICTS.isdisjoint((*codes, head)),
        there=tuple(each.event.id for each, code in zip(events, marks, strict=False) if code == _REFUSED),
    )


def _pk(agency_id: str, shard: int) -> str:
    return f"feed#{agency_id}#{shard}"


def _sk(number: int) -> str:
    return f"entry#{number:012d}"


def _positions(cursor: str | None, agency_id: str) -> Sequence[int | None]:
    if cursor is None:
        return [None] * SHARDS
    named = plain(cursor).split(".")
    # Those that were given out before they named their agency, and are kept, go on.
    agency, positions = (agency_id, named) if len(named) == SHARDS else (named[0], named[1:])
    if agency != agency_id or len(positions) != SHARDS or not all(map(_is_position, positions)):
        raise invalid("cursor", "wrong_form")
    return [int(each) for each in positions]


def _is_position(text: str) -> bool:
    return text.isdigit() and len(text) <= 12
