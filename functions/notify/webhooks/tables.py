"""The deliveries table as PynamoDB models.

| pk                        | sk             | item                                                           |
|---------------------------|----------------|----------------------------------------------------------------|
| lane#<subscription>#<complaint> | lane     | what waits in the lane, who works in it, when to look again    |
| lane#<subscription>#<complaint> | event#<seq> | a delivery: one event for one subscription, with its attempts |
| subscription#<id>         | probe          | when to try an endpoint whose breaker is open                  |
| subscription#<id>         | job#<id>       | lanes being woken, or deliveries being replayed, page by page  |
| subscription#<id>         | slot#<n>       | a place for an attempt at an endpoint that is slow             |
| rate#<subscription>       | <window>       | attempts claimed in a window of time                           |
| feed#<agency>#<shard>     | entry#<n>      | an agency's changes for those who poll, see `notify.feed`      |
| feed#<agency>#<shard>     | head           | the last number that an entry was given                        |
| feed#<agency>#<shard>     | event#<id>     | says that the event is in the feed                             |

`due_shard` and `next_at` stand on what somebody must look at again, and only there: that is the index `due`.
"""

import os
import zlib
from typing import Any, ClassVar, Final

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    NumberSetAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from functions.records.attributes import InstantAttribute
from functions.records.dynamodb import TableMeta, one_client

DUE_SHARDS: Final = 4


class Due(GlobalSecondaryIndex[Any]):
    """What must be looked at again, soonest first, in DUE_SHARDS parts."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    next_at = InstantAttribute(range_key=True)


class ByTime(GlobalSecondaryIndex[Any]):
    """A subscription's deliveries by the time of their event."""

    class Meta:
        index_name = "by_time"
        projection = AllProjection()

    subscription_id = UnicodeAttribute(hash_key=True)
    created = UnicodeAttribute(range_key=True)


@one_client
class DeliveriesTable(Model):
    """The table itself, from which the models of its items inherit."""

    class Meta(TableMeta):
        table_name = os.environ.get("DELIVERIES_TABLE", "deliveries")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    by_time = ByTime()
    due = Due()


class DeliveryItem(DeliveriesTable):
    """`created` is the time of the event, then `#<complaint>#<seq>`, so that no two are equal."""

    subscription_id = UnicodeAttribute()
    agency_id = UnicodeAttribute()
    complaint_id = UnicodeAttribute()
    seq = NumberAttribute()
    message_id = UnicodeAttribute()
    type = UnicodeAttribute()
    body = UnicodeAttribute()
    created = UnicodeAttribute()
    status = UnicodeAttribute()
    tries = NumberAttribute(default=0)
    first_at = InstantAttribute(null=True)
    attempts = JSONAttribute(null=True)
    delivered_at = InstantAttribute(null=True)
    replayed_at = InstantAttribute(null=True)
    replays = NumberAttribute(null=True)
    correlation_id = UnicodeAttribute(null=True)
    expires = TTLAttribute()


class LaneItem(DeliveriesTable):
    """`pending` holds the tickets of the deliveries that wait. `attempt_at`: nothing is tried before."""

    SK: ClassVar = "lane"

    sk = UnicodeAttribute(range_key=True, default=SK)
    agency_id = UnicodeAttribute(null=True)
    pending = NumberSetAttribute(null=True)
    lease_owner = UnicodeAttribute(null=True)
    lease_until = InstantAttribute(null=True)
    attempt_at = InstantAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    next_at = InstantAttribute(null=True)
    expires = TTLAttribute(null=True)


class TimerItem(DeliveriesTable):
    """A probe or a job: `job` holds what it needs to go on."""

    agency_id = UnicodeAttribute()
    job = JSONAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    next_at = InstantAttribute(null=True)
    expires = TTLAttribute(null=True)


class SlotItem(DeliveriesTable):
    owner = UnicodeAttribute(null=True)
    held_until = InstantAttribute(null=True)
    expires = TTLAttribute(null=True)


class AttemptRateItem(DeliveriesTable):
    """Of a window, how many attempts are `claimed`; of a subscription, where its `line` ends (ms since 1970)."""

    claimed = NumberAttribute(default=0)
    line = NumberAttribute(null=True)
    expires = TTLAttribute(null=True)


def lane_pk(subscription_id: str, complaint_id: str) -> str:
    return f"lane#{subscription_id}#{complaint_id}"


def event_sk(seq: int) -> str:
    return f"event#{seq:015d}"


def subscription_pk(subscription_id: str) -> str:
    return f"subscription#{subscription_id}"


def due_shard(pk: str) -> str:
    return str(zlib.crc32(pk.encode()) % DUE_SHARDS)
