"""An agency's changes for those who cannot receive webhooks: a feed that is polled with a cursor.

A clock makes a poor cursor: of two changes written at once the later may show first, and a poll between the two skips
the other. Here each entry has a number, and number n + 1 can only be written once n is there: one transaction writes
the entry, moves the head from n to n + 1, and marks the event, if it has no mark yet. So a reader who has seen up to n
has seen everything up to n, and an event that is handled twice stands in the feed once. The head outlives the entries:
a part in which nothing happened for so long that all of it has expired goes on where it was.

A feed is kept in SHARDS parts, so that a busy agency's writers do not all contend for one number; a complaint's changes
are all in one part, in their order. The cursor is a position in each.
"""

import base64
import heapq
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.complaints.dynamodb import Model, connection
from functions.complaints.faults import invalid
from functions.complaints.tables import SHARDS, InstantAttribute, shard_of
from functions.notify.webhooks.delivery import KEPT
from functions.notify.webhooks.tables import DeliveriesMeta

if TYPE_CHECKING:
    # Who reads the feed has no need of what writes it.
    from functions.complaints.outbox import Published

TRIES: Final = 50
_REFUSED: Final = "ConditionalCheckFailed"
_WRITES: Final = ("head", "mark", "entry")
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


class EntryItem(Model):
    class Meta(DeliveriesMeta):
        pass

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    n = NumberAttribute()
    at = InstantAttribute()
    body = UnicodeAttribute()
    expires = TTLAttribute()


class MarkItem(Model):
    """Says that an event is in the feed, and where."""

    class Meta(DeliveriesMeta):
        pass

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    n = NumberAttribute()
    expires = TTLAttribute()


class HeadItem(Model):
    """The last number given out in a part. Never expires."""

    class Meta(DeliveriesMeta):
        pass

    SK: ClassVar = "head"

    pk = UnicodeAttribute(hash_key=True)
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

    def append(self, agency_id: str, published: "Published", *, now: datetime) -> None:
        """Put an event into an agency's feed, once. Raises Crowded."""
        pk = _pk(agency_id, shard_of(published.event.complaint_id))
        for attempt in range(TRIES):
            last = self._last.get(pk)
            if last is None:
                last = _last_number(pk)
            try:
                self._write(pk, last + 1, published, now=now)
            except TransactWriteError as error:
                codes = _codes(error)
                if codes.get("mark") == _REFUSED:
                    return
                self._last.pop(pk, None)
                if codes.get("head") != _REFUSED and not set(codes.values()) & _CONFLICTS:
                    raise
                self._sleep(random.uniform(0, min(0.5, 0.005 * 2**attempt)))  # noqa: S311
            else:
                self._last[pk] = last + 1
                return
        raise Crowded(pk)

    def _write(self, pk: str, number: int, published: "Published", *, now: datetime) -> None:
        from functions.notify.webhooks.message import body_of  # noqa: PLC0415

        expires = now + KEPT
        entry = EntryItem(
            pk, _sk(number), n=number, at=published.event.at, body=body_of(published), expires=expires
        )
        mark = MarkItem(pk, f"event#{published.event.id}", n=number, expires=expires)
        at_last = HeadItem.n == number - 1 if number > 1 else HeadItem.pk.does_not_exist()
        with TransactWrite(connection=connection()) as transaction:
            transaction.save(HeadItem(pk, n=number), condition=at_last)
            transaction.save(mark, condition=MarkItem.pk.does_not_exist())
            transaction.save(entry)


def changes(agency_id: str, *, cursor: str | None, limit: int, now: datetime) -> Page:
    """What happened after the cursor, or of what is kept if there is none: SHARDS queries, merged by time.

    Raises Invalid for a cursor that is none, or so old that changes after it are no longer kept.
    """
    parts, positions = [], []
    for shard, position in enumerate(_read_cursor(cursor)):
        part, start = _after(_pk(agency_id, shard), position, limit=limit + 1, now=now)
        parts.append(part)
        positions.append(start)
    numbered = [[(item.at, shard, item) for item in part] for shard, part in enumerate(parts)]
    merged = list(heapq.merge(*numbered, key=lambda each: each[:2]))
    for _, shard, item in merged[:limit]:
        positions[shard] = int(item.n)
    return Page(
        changes=tuple(json.loads(item.body) for _, _, item in merged[:limit]),
        cursor=_cursor(positions),
        more=len(merged) > limit,
    )


def _after(pk: str, position: int | None, *, limit: int, now: datetime) -> tuple[Sequence[EntryItem], int]:
    """The entries after a position, and the position itself: without one, that before the first that is kept."""
    head = 0 if position is not None else _last_number(pk)
    # The table deletes what has expired in its own time and in no order.
    kept = list(
        EntryItem.query(
            pk,
            EntryItem.sk.between(_sk((position or 0) + 1), _sk(10**12 - 1)),
            filter_condition=EntryItem.expires > now,
            consistent_read=True,
            limit=limit,
            page_size=max(limit, 100),
        )
    )
    if position is None:
        return kept, int(kept[0].n) - 1 if kept else head
    if kept and kept[0].n != position + 1:
        raise invalid("cursor", "wrong_form")
    return kept, position


def _last_number(pk: str) -> int:
    try:
        return int(HeadItem.get(pk, HeadItem.SK, consistent_read=True).n)
    except HeadItem.DoesNotExist:
        return 0


def _codes(error: TransactWriteError) -> Mapping[str, str]:
    """What became of each write, by its name in _WRITES; of the whole where nothing is said of each."""
    codes = [reason.code if reason is not None else "" for reason in error.cancellation_reasons]
    if len(codes) == len(_WRITES):
        return dict(zip(_WRITES, codes, strict=True))
    return {"whole": error.cause_response_code or ""}


def _pk(agency_id: str, shard: int) -> str:
    return f"feed#{agency_id}#{shard}"


def _sk(number: int) -> str:
    return f"entry#{number:012d}"


def _cursor(positions: Sequence[int]) -> str:
    text = ".".join(map(str, positions))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> Sequence[int | None]:
    if cursor is None:
        return [None] * SHARDS
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError as error:
        raise invalid("cursor", "wrong_form") from error
    positions = text.split(".")
    if len(positions) != SHARDS or not all(each.isdigit() and len(each) <= 12 for each in positions):
        raise invalid("cursor", "wrong_form")
    return [int(each) for each in positions]
