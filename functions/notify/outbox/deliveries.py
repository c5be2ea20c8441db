"""From an event to the deliveries of it: one for each subscription of each agency that it concerns, and of the partner
that filed it. A partner stands among agencies by its subject.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from threading import Lock
from typing import Final

from functions.complaints.behind import agency, name_of
from functions.complaints.events import HANDED, WITHIN_A_BODY
from functions.complaints.region import Region
from functions.edge.stream import Batch
from functions.edge.telemetry import logger
from functions.notify.feed import Feed, part_of
from functions.notify.outbox.partners import body_for_partner, partner_told
from functions.notify.webhooks.delivery import Lane, Nudge, ticket_of
from functions.notify.webhooks.message import delivery_of
from functions.notify.webhooks.store import Deliveries
from functions.records.agencies.subscriptions import SubscriptionItem, subscriptions_of
from functions.records.outbox import Published

ALL: Final = "complaint.*"
CACHED_FOR: Final = timedelta(seconds=10)
"""A subscription that was made, changed or deleted counts for events from this much later, at the latest."""

type Subscriptions = Callable[[str], Sequence[SubscriptionItem]]


class CachedSubscriptions:
    """An agency's subscriptions, read at most once in CACHED_FOR by each container."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        read: Subscriptions = lambda agency_id: subscriptions_of(agency_id, consistent=False),
    ) -> None:
        self._now, self._read = now, read
        self._known: dict[str, tuple[datetime, Sequence[SubscriptionItem]]] = {}
        self._reading = Lock()

    def __call__(self, agency_id: str) -> Sequence[SubscriptionItem]:
        # A batch that begins with one body's complaints asks once, not once for each of them.
        with self._reading:
            now = self._now()
            known = self._known.get(agency_id)
            if known is None or now - known[0] >= CACHED_FOR:
                known = self._known[agency_id] = (now, self._read(agency_id))
            return known[1]


def deliver(
    batch: Batch,
    *,
    deliveries: Deliveries,
    subscriptions: Subscriptions,
    enqueue: Callable[[Sequence[Nudge]], None],
    region: Region,
    now: Callable[[], datetime],
    feed: Feed | None = None,
) -> None:
    """Make the deliveries of each event, have them sent, and put the events into the agencies' feeds. Run twice, it
    changes nothing the second time but may nudge.

    A subscription gets one also while it is paused, or while a new URL of its has yet to echo: it is kept for later.
    What only agencies may read goes to them as well, and to no partner.
    """
    lanes: list[Lane] = []

    def make(published: Published, recipient: str) -> None:
        owner = name_of(recipient)
        for subscription in subscriptions(owner):
            if _has_begun(subscription) and wants(subscription, published.event.type):
                body = _body(published, owner, region=region)
                delivery = delivery_of(published, agency_id=owner, subscription_id=subscription.id, body=body)
                deliveries.add(delivery)
                deliveries.announce(delivery.lane, [ticket_of(delivery.seq)], now=now())
                lanes.append(delivery.lane)

    def keep(part: str, events: Sequence[Published]) -> None:
        (feed or _feed()).append(part, events, now=now())

    batch.each(make, to=lambda published: map(agency, _told(published)))
    if lanes:
        try:
            enqueue([Nudge(lane=lane) for lane in dict.fromkeys(lanes)])
        except Exception:
            # The index of what is due finds them a minute later.
            logger.exception("lanes not nudged")
    batch.together(
        lambda published: [(part_of(each, published), agency(each)) for each in concerned(published)], keep
    )


def _told(published: Published) -> tuple[str, ...]:
    partner = partner_told(published)
    return concerned(published) if partner is None else (*concerned(published), partner)


def _body(published: Published, owner: str, *, region: Region) -> str | None:
    """None where it is what agencies are sent."""
    if owner != partner_told(published):
        return None
    is_public = region.category(published.category).public_place is not None
    return body_for_partner(published, is_public=is_public)


def _has_begun(subscription: SubscriptionItem) -> bool:
    """Whether an endpoint of it ever echoed a challenge: from then on it misses nothing."""
    return subscription.status == "active" or subscription.verified_at is not None


@cache
def _feed() -> Feed:
    return Feed()


def concerned(published: Published) -> tuple[str, ...]:
    """The agencies to tell: those in charge, and the one that had the complaint until it went to another. Of
    what a body does within itself none, itself included.
    """
    if published.event.type in WITHIN_A_BODY:
        return ()
    left = published.event.data.get("from") if published.event.type in HANDED else None
    return tuple(dict.fromkeys((*published.in_charge, *((left,) if left else ()))))


def wants(subscription: SubscriptionItem, event_type: str) -> bool:
    """Whether the subscription is for events of this type."""
    return event_type in subscription.types or (
        ALL in subscription.types and event_type.startswith("complaint.")
    )
