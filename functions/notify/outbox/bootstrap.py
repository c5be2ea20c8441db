"""What tells, made once for a container: of the stream's events, and once more of those that were set aside."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.settings import region_file
from functions.edge.stream import Batch
from functions.notify.outbox.consumer import on_batch
from functions.notify.outbox.deliveries import CachedSubscriptions, deliver
from functions.notify.outbox.metrics import counted
from functions.notify.outbox.push import SnsPusher
from functions.notify.outbox.sending import Sender
from functions.notify.outbox.telling import Teller
from functions.notify.webhooks.nudges import SqsNudges
from functions.notify.webhooks.store import DynamoDeliveries


@dataclass(frozen=True, kw_only=True, slots=True)
class Outbox:
    """`work` has a batch told to everybody whom it concerns, as long as there is time for it."""

    teller: Teller
    sender: Sender
    work: Callable[..., None]


def bootstrap(*, queue_url: str) -> Outbox:
    region = load_region(region_file())
    teller = Teller(region=region, now=utc_now)
    sender = Sender(pusher=counted(SnsPusher()), now=utc_now)
    agencies = partial(
        deliver,
        deliveries=DynamoDeliveries(),
        subscriptions=CachedSubscriptions(now=utc_now),
        enqueue=SqsNudges(queue_url),
        region=region,
        now=utc_now,
    )

    def work(batch: Batch, *, going_on: Callable[[], bool]) -> None:
        on_batch(batch, teller=teller, sender=sender, deliver=agencies, going_on=going_on, now=utc_now)

    return Outbox(teller=teller, sender=sender, work=work)
