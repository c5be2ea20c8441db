"""Endpoints are asked to echo by themselves: a delivery of its own kind, in a lane of its own, which is worked on while its
subscription is still pending and nothing else of it is.

It goes by the queue and the leases of all deliveries. Its tries follow `ASKED_AFTER`; they count neither against the
endpoint nor in the metrics, for nothing waits yet that could come late.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from functions.complaints.faults import Conflict, NotFound
from functions.edge.telemetry import logger
from functions.notify.webhooks.attempt import attempt_record
from functions.notify.webhooks.delivery import (
    Delivery,
    DeliveryStatus,
    Nudge,
    seq_of,
    with_attempt,
)
from functions.notify.webhooks.jobs import Enqueue
from functions.notify.webhooks.recovery import wake
from functions.notify.webhooks.store import GRACE, Deliveries, Taken
from functions.notify.webhooks.verification import (
    Post,
    Verification,
    next_asking,
    verify,
)
from functions.records.agencies.subscriptions import SubscriptionItem, subscription_of


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Works on the lanes of verifications. `post` sends a challenge."""

    deliveries: Deliveries
    enqueue: Enqueue
    post: Post
    now: Callable[[], datetime]
    new_owner: Callable[[], str]

    def work(self, nudge: Nudge) -> None:
        """Ask, if it is time. Raises what a store raises; the lane is then found again."""
        taken = self.deliveries.take(nudge.lane, owner=self.new_owner(), now=self.now())
        if taken is None:
            return
        try:
            self._turn(taken)
        except Exception:
            self._let_go(taken)
            raise

    def _turn(self, taken: Taken) -> None:
        done: set[int] = set()
        waiting = taken.pending
        while waiting:
            *superseded, newest = waiting
            for ticket in superseded:
                self._end(self._delivery(taken, ticket), status=DeliveryStatus.FAILED)
            done.update(superseded)
            again = self._asked(self._delivery(taken, newest))
            if again is not None:
                self.deliveries.leave(taken, done=frozenset(done), next_at=again + GRACE, attempt_at=again)
                self.enqueue([Nudge(lane=taken.lane, delay=again - self.now())])
                return
            done.add(newest)
            waiting = self.deliveries.finish(taken, done=frozenset(done))

    def _asked(self, delivery: Delivery | None) -> datetime | None:
        """When to ask again; None where it is done with."""
        if delivery is None or delivery.status != DeliveryStatus.PENDING:
            return None
        item = _there(delivery)
        if item is None:
            self._end(delivery, status=DeliveryStatus.FAILED)
            return None
        if item.status == "active":
            # Here too what waits is woken: whoever saw it echo may have died before that.
            self._echoed(item, delivery, at=item.verified_at)
            return None
        now = self.now()
        again = next_asking(delivery.created, now=now)
        try:
            asked = verify(
                item,
                post=self.post,
                now=now,
                next_at=again,
                name=f"{delivery.message_id}_{delivery.attempts_made + 1}",
            )
        except Conflict:
            # Of another URL by now, which has a delivery of its own.
            self._end(delivery, status=DeliveryStatus.FAILED)
            return None
        _report(delivery, asked.verification)
        record = attempt_record(asked.attempt, at=now)
        if not asked.verification.verified:
            record = {**record, "outcome": "failed", "error": asked.verification.error}
        delivery = with_attempt(delivery, record, at=now)
        if asked.verification.verified:
            self._echoed(item, delivery, at=now)
            return None
        if again is None:
            self._end(delivery, status=DeliveryStatus.FAILED)
            return None
        self.deliveries.record(delivery)
        return again

    def _echoed(self, item: SubscriptionItem, delivery: Delivery, *, at: datetime | None) -> None:
        wake(item, enqueue=self.enqueue, now=self.now())
        self._end(replace(delivery, delivered_at=at), status=DeliveryStatus.DELIVERED)

    def _end(self, delivery: Delivery | None, *, status: DeliveryStatus) -> None:
        if delivery is not None:
            self.deliveries.record(replace(delivery, status=status))

    def _delivery(self, taken: Taken, ticket: int) -> Delivery | None:
        return self.deliveries.get(taken.lane, seq_of(ticket))

    def _let_go(self, taken: Taken) -> None:
        """After a fault: give the lane back at best effort, so that nobody waits for the lease to run out."""
        try:
            self.deliveries.leave(taken, done=frozenset(), next_at=self.now(), attempt_at=None)
        except Exception:
            logger.warning("lane not given back", exc_info=True)


def _there(delivery: Delivery) -> SubscriptionItem | None:
    try:
        return subscription_of(delivery.lane.agency_id, delivery.lane.subscription_id)
    except NotFound:
        return None


def _report(delivery: Delivery, verification: Verification) -> None:
    logger.info(
        "endpoint asked to echo",
        extra={
            "agency": delivery.lane.agency_id,
            "subscription": delivery.lane.subscription_id,
            "verified": verification.verified,
            "error": verification.error,
        },
    )
