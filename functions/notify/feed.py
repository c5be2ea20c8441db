"""An agency's changes for those who cannot receive webhooks: a feed that is polled with a cursor.

A clock makes a poor cursor: of two changes written at once the later may show first, and a poll between the two skips
the other. Here each entry has a number, and number n + 1 can only be written once n is there: one transaction writes
the entry, if its number is free, and a mark of its event, if there is none yet. So a reader who has seen up to n has
seen everything up to n, and an event that is handled twice stands in the feed once.

A feed is kept in SHARDS parts, so that a busy agency's writers do not all contend for one number; a complaint's changes
are all in one part, in their order. The cursor is a position in each.
"""

import base64
import heapq
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.complaints.dynamodb import Model, connection
from functions.complaints.faults import invalid
from functions.complaints.outbox import Published
from functions.complaints.tables import SHARDS, InstantAttribute, shard_of
from functions.notify.webhooks.delivery import KEPT, body_of
from functions.notify.webhooks.tables import DeliveriesMeta

TRIES: Final = 50
_CONFLICTS: Final = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


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

    def append(self, agency_id: str, published: Published, *, now: datetime) -> None:
        """Put an event into an agency's feed, once. Raises Crowded."""
        pk = _pk(agency_id, shard_of(published.event.complaint_id))
        for attempt in range(TRIES):
            last = self._last.get(pk)
            if last is None:
                last = _last_number(pk)
            try:
                self._write(pk, last + 1, published, now=now)
            except TransactWriteError as error:
                entry, mark = _codes(error)
                if mark == "ConditionalCheckFailed":
                    return
                self._last.pop(pk, None)
                if entry != "ConditionalCheckFailed" and not {entry, mark} & _CONFLICTS:
                    raise
                self._sleep(random.uniform(0, min(0.5, 0.005 * 2**attempt)))  # noqa: S311
            else:
                self._last[pk] = last + 1
                return
        raise Crowded(pk)

    def _write(self, pk: str, number: int, published: Published, *, now: datetime) -> None:
        expires = now + KEPT
        entry = EntryItem(
            pk, _sk(number), n=number, at=published.event.at, body=body_of(published), expires=expires
        )
        mark = MarkItem(pk, f"event#{published.event.id}", n=number, expires=expires)
        with TransactWrite(connection=connection()) as transaction:
            transaction.save(entry, condition=EntryItem.pk.does_not_exist())
            transaction.save(mark, condition=MarkItem.pk.does_not_exist())


def changes(agency_id: str, *, cursor: str | None, limit: int, now: datetime) -> Page:
    """What happened after the cursor, or of what is kept if there is none: SHARDS queries, merged by time.

    Raises Invalid for a cursor that is none, or so old that changes after it are no longer kept.
    """
    positions = _read_cursor(cursor)
    parts = [
        _after(agency_id, shard, position, limit=limit + 1, now=now)
        for shard, position in enumerate(positions)
    ]
    numbered = [[(item.at, shard, item) for item in part] for shard, part in enumerate(parts)]
    merged = list(heapq.merge(*numbered, key=lambda each: each[:2]))
    for _, shard, item in merged[:limit]:
        positions[shard] = int(item.n)
    return Page(
        changes=tuple(json.loads(item.body) for _, _, item in merged[:limit]),
        cursor=_cursor(positions),
        more=len(merged) > limit,
    )


def _after(agency_id: str, shard: int, position: int, *, limit: int, now: datetime) -> Sequence[EntryItem]:
    found = EntryItem.query(
        _pk(agency_id, shard),
        EntryItem.sk.between(_sk(position + 1), _sk(10**12 - 1)),
        consistent_read=True,
        limit=limit,
        page_size=limit,
    )
    # The table deletes what has expired in its own time and in no order.
    kept = [item for item in found if item.expires > now]
    if position and kept and kept[0].n != position + 1:
        raise invalid("cursor", "wrong_form")
    return kept


def _last_number(pk: str) -> int:
    newest = EntryItem.query(
        pk, EntryItem.sk.startswith("entry#"), consistent_read=True, scan_index_forward=False, limit=1
    )
    return next((int(item.n) for item in newest), 0)


def _codes(error: TransactWriteError) -> tuple[str, str]:
    codes = [reason.code if reason is not None else "" for reason in error.cancellation_reasons]
    if len(codes) == 2:
        return codes[0], codes[1]
    return error.cause_response_code or "", ""


def _pk(agency_id: str, shard: int) -> str:
    return f"feed#{agency_id}#{shard}"


def _sk(number: int) -> str:
    return f"entry#{number:012d}"


def _cursor(positions: Sequence[int]) -> str:
    text = ".".join(map(str, positions))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> list[int]:
    if cursor is None:
        return [0] * SHARDS
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError as error:
        raise invalid("cursor", "wrong_form") from error
    positions = text.split(".")
    if len(positions) != SHARDS or not all(each.isdigit() and len(each) <= 12 for each in positions):
        raise invalid("cursor", "wrong_form")
    return [int(each) for each in positions]
