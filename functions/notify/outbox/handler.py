"""Lambda: the stream of events, as far as somebody is to be told of them."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.settings import region_file, require
from functions.edge.stream import Batch
from functions.notify.outbox.consumer import on_batch
from functions.notify.outbox.deliveries import CachedSubscriptions, deliver
from functions.notify.outbox.metrics import counted
from functions.notify.outbox.push import SnsPusher
from functions.notify.outbox.telling import Teller
from functions.notify.webhooks.nudges import SqsNudges
from functions.notify.webhooks.store import DynamoDeliveries

ENVIRONMENT: Final = (
    "COMPLAINTS_TABLE",
    "AGENCIES_TABLE",
    "PEOPLE_TABLE",
    "DELIVERIES_TABLE",
    "DELIVERIES_QUEUE_URL",
)
# The longest that one push can take: four tries of two and five seconds, and the waits between them.
RESERVE_MS: Final = 30_000

_settings = require(ENVIRONMENT)
_teller = Teller(region=load_region(region_file()), pusher=counted(SnsPusher()), now=utc_now)
_deliveries = DynamoDeliveries()
_subscriptions = CachedSubscriptions(now=utc_now)
_enqueue = SqsNudges(_settings["DELIVERIES_QUEUE_URL"])


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    batch = Batch.read(event["Records"])
    on_batch(
        batch,
        teller=_teller,
        deliver=partial(
            deliver, deliveries=_deliveries, subscriptions=_subscriptions, enqueue=_enqueue, now=utc_now
        ),
        going_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS,
        now=utc_now,
    )
    return batch.response
