"""Deliveries and their lanes in DynamoDB.

A lane's item is its queue: `pending` holds the tickets of what waits, and is only ever added to by those who announce and
taken from by the one who holds the lease. Whoever stops working in a lane while something waits leaves `next_at`
behind, so that the index `due` finds the lane again whatever became of its nudge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from pynamodb.expressions.condition import size

from functions.complaints.clock import iso, parse_iso
from functions.notify.webhooks.delivery import KEPT, Delivery, DeliveryStatus, Lane
from functions.notify.webhooks.tables import DeliveryItem, LaneItem, due_shard, event_sk, lane_pk
from functions.records.conditional import saved, updated

GRACE: Final = timedelta(seconds=60)
"""How late a nudge must be to count as lost."""
LEASE: Final = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A lane under a lease until `until`; `pending` are the tickets that waited when it was taken, in order."""

    lane: Lane
    owner: str
    until: datetime
    pending: tuple[int, ...]


class Deliveries(Protocol):
    """What the consumer and the sender need of a store; the DynamoDB one below, and one in memory for tests."""

    def add(self, delivery: Delivery) -> None: ...

    def announce(self, lane: Lane, tickets: Iterable[int], *, now: datetime) -> None: ...

    def take(self, lane: Lane, *, owner: str, now: datetime, early: bool = False) -> Taken | None: ...

    def pending(self, lane: Lane) -> tuple[int, ...]: ...

    def get(self, lane: Lane, seq: int) -> Delivery | None: ...

    def record(self, delivery: Delivery) -> None: ...

    def finish(self, taken: Taken, *, done: frozenset[int]) -> tuple[int, ...]: ...

    def leave(
        self, taken: Taken, *, done: frozenset[int], next_at: datetime, attempt_at: datetime | None
    ) -> None: ...

    def park(self, lane: Lane, *, next_at: datetime, now: datetime) -> None: ...

    def wake(self, lane: Lane, *, now: datetime) -> None: ...


class DynamoDeliveries:
    def add(self, delivery: Delivery) -> None:
        """Store a delivery, once: one that is there already stays as it is."""
        saved(item_of(delivery), condition=DeliveryItem.pk.does_not_exist())

    def announce(self, lane: Lane, tickets: Iterable[int], *, now: datetime) -> None:
        """Put deliveries that are stored into their lane's queue, and have the lane found if its nudge is lost."""
        item = _lane(lane)
        soon = now + GRACE
        item.update(
            [
                LaneItem.pending.add(set(tickets)),
                LaneItem.agency_id.set(lane.agency_id),
                LaneItem.next_at.set(LaneItem.next_at | soon),
                LaneItem.due_shard.set(due_shard(item.pk)),
                LaneItem.expires.set(now + KEPT + timedelta(days=1)),
            ]
        )

    def take(self, lane: Lane, *, owner: str, now: datetime, early: bool = False) -> Taken | None:
        """The lane under a lease, or None: somebody works in it, nothing waits, or (unless `early`) it is not yet
        time for what waits.
        """
        item = _lane(lane)
        until = now + LEASE
        condition = LaneItem.pending.exists() & (
            LaneItem.lease_until.does_not_exist() | (LaneItem.lease_until < now)
        )
        if not early:
            condition &= LaneItem.attempt_at.does_not_exist() | (LaneItem.attempt_at <= now)
        actions = [LaneItem.lease_owner.set(owner), LaneItem.lease_until.set(until)]
        if not updated(item, actions, condition=condition):
            return None
        return Taken(lane=lane, owner=owner, until=until, pending=_tickets(item))

    def pending(self, lane: Lane) -> tuple[int, ...]:
        """The tickets that wait in the lane."""
        try:
            return _tickets(LaneItem.get(_pk(lane), LaneItem.SK, consistent_read=True))
        except LaneItem.DoesNotExist:
            return ()

    def get(self, lane: Lane, seq: int) -> Delivery | None:
        try:
            item = DeliveryItem.get(_pk(lane), event_sk(seq), consistent_read=True)
        except DeliveryItem.DoesNotExist:
            return None
        return delivery_of_item(item)

    def record(self, delivery: Delivery) -> None:
        """Write what came of an attempt. A delivery that another worker finished meanwhile stays finished."""
        item = DeliveryItem(_pk(delivery.lane), event_sk(delivery.seq))
        actions = [
            DeliveryItem.status.set(delivery.status.value),
            DeliveryItem.tries.set(delivery.tries),
            DeliveryItem.attempts.set([dict(each) for each in delivery.attempts]),
        ]
        if delivery.first_at is not None:
            actions.append(DeliveryItem.first_at.set(delivery.first_at))
        if delivery.delivered_at is not None:
            actions.append(DeliveryItem.delivered_at.set(delivery.delivered_at))
        updated(item, actions, condition=DeliveryItem.status == DeliveryStatus.PENDING.value)

    def finish(self, taken: Taken, *, done: frozenset[int]) -> tuple[int, ...]:
        """Give the lane back with nothing waiting, and return (). Where more was announced meanwhile it is kept,
        and what waits is returned.
        """
        item = _lane(taken.lane)
        gone = [
            LaneItem.lease_owner.remove(),
            LaneItem.lease_until.remove(),
            LaneItem.attempt_at.remove(),
            LaneItem.next_at.remove(),
            LaneItem.due_shard.remove(),
        ]
        only_mine = (LaneItem.lease_owner == taken.owner) & (size("pending") == len(done))
        if updated(item, [*gone, LaneItem.pending.delete(set(done))], condition=only_mine):
            return ()
        item = LaneItem.get(item.pk, LaneItem.SK, consistent_read=True)
        if item.lease_owner != taken.owner:
            return ()
        return tuple(ticket for ticket in _tickets(item) if ticket not in done)

    def leave(
        self, taken: Taken, *, done: frozenset[int], next_at: datetime, attempt_at: datetime | None
    ) -> None:
        """Give the lane back with something waiting: to be looked at again at `next_at`, not to be tried before
        `attempt_at`.
        """
        item = _lane(taken.lane)
        actions: list[Any] = [
            LaneItem.lease_owner.remove(),
            LaneItem.lease_until.remove(),
            LaneItem.attempt_at.remove() if attempt_at is None else LaneItem.attempt_at.set(attempt_at),
            LaneItem.next_at.set(next_at),
            LaneItem.due_shard.set(due_shard(item.pk)),
        ]
        if done:
            actions.append(LaneItem.pending.delete(set(done)))
        updated(item, actions, condition=LaneItem.lease_owner == taken.owner)

    def park(self, lane: Lane, *, next_at: datetime, now: datetime) -> None:
        """Leave a lane alone until it is woken, or until `next_at` should its waking be lost."""
        item = _lane(lane)
        idle = LaneItem.lease_until.does_not_exist() | (LaneItem.lease_until < now)
        actions = [LaneItem.next_at.set(next_at), LaneItem.due_shard.set(due_shard(item.pk))]
        updated(item, actions, condition=LaneItem.pending.exists() & idle)

    def wake(self, lane: Lane, *, now: datetime) -> None:
        """What waits in the lane may be tried at once."""
        item = _lane(lane)
        actions = [
            LaneItem.attempt_at.remove(),
            LaneItem.next_at.set(now + GRACE),
            LaneItem.due_shard.set(due_shard(item.pk)),
        ]
        updated(item, actions, condition=LaneItem.pending.exists())


def item_of(delivery: Delivery) -> DeliveryItem:
    lane = delivery.lane
    return DeliveryItem(
        _pk(lane),
        event_sk(delivery.seq),
        subscription_id=lane.subscription_id,
        agency_id=lane.agency_id,
        complaint_id=lane.complaint_id,
        seq=delivery.seq,
        message_id=delivery.message_id,
        type=delivery.type,
        body=delivery.body,
        created=created_key(delivery),
        status=delivery.status.value,
        correlation_id=delivery.correlation_id,
        expires=delivery.created + KEPT,
    )


def created_key(delivery: Delivery) -> str:
    """Sorts by the time of the event and, within one complaint, by its number."""
    return f"{iso(delivery.created)}#{delivery.lane.complaint_id}#{delivery.seq:015d}"


def delivery_of_item(item: DeliveryItem) -> Delivery:
    return Delivery(
        lane=Lane(
            agency_id=item.agency_id, subscription_id=item.subscription_id, complaint_id=item.complaint_id
        ),
        seq=int(item.seq),
        message_id=item.message_id,
        type=item.type,
        body=item.body,
        created=parse_iso(item.created.partition("#")[0]),
        status=DeliveryStatus(item.status),
        tries=int(item.tries),
        first_at=item.first_at,
        attempts=tuple(item.attempts or ()),
        delivered_at=item.delivered_at,
        replayed_at=item.replayed_at,
        correlation_id=item.correlation_id,
    )


def _pk(lane: Lane) -> str:
    return lane_pk(lane.subscription_id, lane.complaint_id)


def _lane(lane: Lane) -> LaneItem:
    return LaneItem(_pk(lane))


def _tickets(item: LaneItem) -> tuple[int, ...]:
    return tuple(sorted(int(number) for number in item.pending or ()))
