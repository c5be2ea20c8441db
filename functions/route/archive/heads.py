"""The heads of every chain that grew in an hour, out of the index of changes, into an object that cannot be changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from functions.complaints.clock import iso
from functions.complaints.verification import Head, write_heads
from functions.records.codec import day_shard
from functions.records.tables import SHARDS, EventItem

HOUR: Final = timedelta(hours=1)
SETTLED: Final = timedelta(minutes=5)
"""An hour is closed so long after its end: an event is dated a moment before it can be read."""
LOOKED_BACK: Final = timedelta(days=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Archived:
    """How many hours were written, and how many heads of chains in them."""

    hours: int
    heads: int


def archive(bucket: "HeadBucket", *, now: datetime, going_on: Callable[[], bool] = lambda: True) -> Archived:
    """Write every hour of LOOKED_BACK that is over and not written yet, the oldest first.

    An hour in which nothing happened is written too, empty: that nothing is missing can be seen.
    """
    hours = heads = 0
    missing = [hour for hour in closed_hours(now) if hour not in bucket]
    for hour in missing:
        if not going_on():
            break
        found = heads_of(hour)
        bucket.write(hour, write_heads(found))
        hours, heads = hours + 1, heads + len(found)
    return Archived(hours=hours, heads=heads)


def closed_hours(now: datetime) -> Iterator[datetime]:
    last = (now - SETTLED).replace(minute=0, second=0, microsecond=0) - HOUR
    hour = last - LOOKED_BACK
    while hour <= last:
        yield hour
        hour += HOUR


def heads_of(hour: datetime) -> list[Head]:
    """The last event of each complaint in the hour; SHARDS queries, read page by page."""
    last: dict[str, Head] = {}
    for shard in range(SHARDS):
        # `~` sorts after every id.
        within = EventItem.moment.between(iso(hour), f"{iso(hour + HOUR - timedelta(milliseconds=1))}#~")
        for item in EventItem.by_change.query(day_shard(hour, shard), within):
            if item.seq is None:
                # What was erased is there too, and no chain grew by it.
                continue
            known = last.get(item.complaint_id)
            if known is None or int(item.seq) > known.seq:
                head = Head(complaint_id=item.complaint_id, seq=int(item.seq), hash=item.hash)
                last[item.complaint_id] = head
    return list(last.values())


class HeadBucket:
    """`heads/2026/03/03/04.jsonl` for what happened from four to five, UTC."""

    def __init__(self, name: str, *, client: Any, now: datetime) -> None:
        self._name, self._client = name, client
        days = {(now - LOOKED_BACK + n * timedelta(days=1)).date() for n in range(-1, LOOKED_BACK.days + 1)}
        self._written = {key for day in sorted(days) for key in self._keys(f"heads/{day:%Y/%m/%d}/")}

    def __contains__(self, hour: datetime) -> bool:
        return key_of(hour) in self._written

    def write(self, hour: datetime, text: str) -> None:
        """Once: what another run has written in between stands."""
        try:
            self._client.put_object(
                Bucket=self._name,
                Key=key_of(hour),
                Body=text.encode(),
                ContentType="application/jsonl",
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"PreconditionFailed", "ConditionalRequestConflict"}:
                raise

    def _keys(self, prefix: str) -> list[str]:
        found = self._client.list_objects_v2(Bucket=self._name, Prefix=prefix)
        return [each["Key"] for each in found.get("Contents", ())]


def key_of(hour: datetime) -> str:
    return f"heads/{hour:%Y/%m/%d/%H}.jsonl"
