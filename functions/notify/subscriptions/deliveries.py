"""`/v1/agency/subscriptions/{id}/deliveries`: what was sent or waits, with its attempts and the next; one is sent again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from functions.complaints.clock import iso
from functions.complaints.faults import Conflict, NotFound, invalid
from functions.complaints.keys import Caller
from functions.edge.callers import SubscriptionReader, SubscriptionWriter
from functions.edge.fields import GivenInstant, View, described
from functions.edge.operations import answering, of_subscriptions
from functions.edge.paging import PAGE_SIZE, Cursor, PageSize
from functions.notify.subscriptions.delivery_views import (
    DeliveryDetail,
    DeliveryView,
    delivery_detail,
    delivery_view,
    next_attempts,
)
from functions.notify.subscriptions.ids import DeliveryId, SubscriptionId
from functions.notify.subscriptions.manage import require_active
from functions.notify.subscriptions.subscriptions import TAG
from functions.notify.webhooks.delivery import (
    KEPT,
    VERIFICATION_TYPE,
    Delivery,
    DeliveryStatus,
    Lane,
    read_delivery_id,
)
from functions.notify.webhooks.jobs import Enqueue, replay_one
from functions.notify.webhooks.store import DynamoDeliveries, delivery_of_item
from functions.notify.webhooks.tables import DeliveryItem, lane_pk
from functions.records.agencies.subscriptions import subscription_of
from functions.records.cursor import cursor_at, key_at, position

CLOCK_SKEW: Final = timedelta(days=1)
LEEWAY: Final = timedelta(days=1)
"""Who began with the oldest that is kept may take their time with the pages after it."""


class Deliveries(View):
    """A page of the list."""

    items: list[DeliveryView]
    cursor: Annotated[str | None, described("Continues the list; null at its end.")]


def deliveries(*, enqueue: Enqueue, now: Callable[[], datetime]) -> Router:
    """The routes."""
    router, store = Router(), DynamoDeliveries()
    read = partial(router.get, tags=TAG, security=of_subscriptions("read"))

    @read(
        "/v1/agency/subscriptions/<id>/deliveries",
        operation_id="listDeliveries",
        summary="A subscription's deliveries with their attempts and the next, newest first",
    )
    def listed(
        id: SubscriptionId,
        caller: SubscriptionReader,
        status: Annotated[DeliveryStatus | None, Query(description="Only deliveries in this state.")] = None,
        start: Annotated[
            GivenInstant | None,
            Query(alias="from", description="Events from this instant on; at most 30 days back."),
        ] = None,
        end: Annotated[
            GivenInstant | None,
            Query(alias="to", description="Events up to this instant, which is after `from`."),
        ] = None,
        cursor: Cursor = None,
        limit: PageSize = PAGE_SIZE,
    ) -> Deliveries:
        at, subscription = now(), subscription_of(caller.agency_id, id)
        first, last = _span(start, end, now=at)
        after = _position(cursor, subscription.id, first=first, last=last)
        query = DeliveryItem.by_time.query(
            subscription.id,
            DeliveryItem.created.between(first, last),
            filter_condition=None if status is None else DeliveryItem.status == status.value,
            scan_index_forward=False,
            limit=limit + 1,
            page_size=limit + 1 if status is None else 100,
            last_evaluated_key=key_at(after),
        )
        items = list(query)
        found = [delivery_of_item(item) for item in items[:limit]]
        ahead = next_attempts(found, subscription, now=at)
        return Deliveries(
            items=[delivery_view(DeliveryView, each, ahead=ahead) for each in found],
            cursor=_cursor(items[limit - 1]) if len(items) > limit else None,
        )

    @read(
        "/v1/agency/subscriptions/<id>/deliveries/<delivery_id>",
        operation_id="showDelivery",
        summary="One delivery with its payload",
    )
    def show(id: SubscriptionId, delivery_id: DeliveryId, caller: SubscriptionReader) -> DeliveryDetail:
        subscription = subscription_of(caller.agency_id, id)
        delivery = _delivery(caller, id, delivery_id)
        return delivery_detail(delivery, ahead=next_attempts([delivery], subscription, now=now()))

    @router.post(
        "/v1/agency/subscriptions/<id>/deliveries/<delivery_id>/replay",
        status_code=202,
        operation_id="replayDelivery",
        tags=TAG,
        security=of_subscriptions("write"),
        openapi_extensions=answering("conflict"),
        summary="Send one delivery again",
    )
    def replay(id: SubscriptionId, delivery_id: DeliveryId, caller: SubscriptionWriter) -> DeliveryDetail:
        subscription = subscription_of(caller.agency_id, id)
        delivery = _delivery(caller, id, delivery_id)
        if delivery.type == VERIFICATION_TYPE:
            raise Conflict("verification_not_replayed")
        require_active(subscription)
        replay_one(delivery, deliveries=store, enqueue=enqueue, now=now())
        return delivery_detail(store.get(delivery.lane, delivery.seq) or delivery)

    return router


def _delivery(caller: Caller, subscription_id: str, delivery_id: str) -> Delivery:
    """Raises NotFound."""
    named = read_delivery_id(delivery_id)
    if named is None:
        raise NotFound(delivery_id)
    complaint_id, seq = named
    lane = Lane(agency_id=caller.agency_id, subscription_id=subscription_id, complaint_id=complaint_id)
    delivery = DynamoDeliveries().get(lane, seq)
    if delivery is None:
        raise NotFound(delivery_id)
    return delivery


def _span(start: datetime | None, end: datetime | None, *, now: datetime) -> tuple[str, str]:
    """The instants that are meant, from and to. Raises Invalid, with the field, where nothing can lie between them."""
    kept_from, begun_by = now - KEPT, now + CLOCK_SKEW
    if start is not None and not kept_from - LEEWAY <= start <= begun_by:
        raise invalid("from", "not_in_range", min=iso(kept_from), max=iso(now))
    if end is not None and end <= (start or kept_from - LEEWAY):
        raise invalid("to", "not_in_range", min=iso(start or kept_from), max=iso(now))
    return iso(start or now - 2 * KEPT), iso(end or begun_by)


def _cursor(last: DeliveryItem) -> str | None:
    key = ("pk", "sk", "created", "subscription_id")
    return cursor_at({name: getattr(last, name) for name in key})


def _position(cursor: str | None, subscription_id: str, *, first: str, last: str) -> dict[str, str] | None:
    """Where to go on. Raises Invalid for a key that no delivery of this list has: DynamoDB goes on after no other."""
    after = position(cursor, "pk", "sk", "created", subscription_id=subscription_id)
    if after is None:
        return None
    _, _, named = after["created"].partition("#")
    complaint_id, _, seq = named.partition("#")
    is_one = (after["pk"], after["sk"]) == (lane_pk(subscription_id, complaint_id), f"event#{seq}")
    if not is_one or not first <= after["created"] <= last:
        raise invalid("cursor", "wrong_form")
    return after
