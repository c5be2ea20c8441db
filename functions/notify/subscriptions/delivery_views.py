"""Deliveries as the API shows them, each with its attempts and the next."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from functions.complaints.clock import iso, iso_or_none
from functions.edge.fields import Absent, Count, Instant, View, described, one_of
from functions.notify.webhooks import schedule
from functions.notify.webhooks.attempt import AttemptError
from functions.notify.webhooks.delivery import VERIFICATION_LANE, Delivery, DeliveryStatus
from functions.notify.webhooks.endpoints import endpoint_of
from functions.notify.webhooks.tables import LaneItem, lane_pk
from functions.notify.webhooks.verification import NOT_ECHOED
from functions.records.agencies.subscriptions import SubscriptionItem

type Ahead = Mapping[str, datetime | None]
"""When each lane is tried next, by its key; a lane that is not in it is not tried, or nobody asked."""

UNASKED: Final[Ahead] = {}


class Attempt(View):
    """One attempt to deliver."""

    n: Annotated[Count, described("Which attempt it was, from 1.")]
    at: Instant
    outcome: Annotated[str, one_of("delivered", "failed", "gone", "refused")]
    status: Absent[Annotated[int, described("The HTTP status that the endpoint answered.")]]
    error: Absent[
        Annotated[
            str,
            described("Why it failed; stable, for programs.", enum=[*AttemptError, NOT_ECHOED]),
        ]
    ]
    latency_ms: Count
    response: Absent[Annotated[str, described("The first bytes of the answer.")]]


class DeliveryView(View):
    """One event for one subscription."""

    id: str
    message_id: Annotated[
        str,
        described(
            "The header `webhook-id`. Each try of a verification is a message of its own: `_1`, `_2` … after this."
        ),
    ]
    type: str
    complaint_id: str
    sequence: Count
    status: DeliveryStatus
    event_at: Instant
    delivered_at: Instant | None
    replayed_at: Instant | None
    attempts_made: Count
    attempts: list[Attempt]
    next_attempt_at: Annotated[
        Instant | None,
        described("When it, or what it waits for, is tried next; null where it has ended, or is paused."),
    ]


class DeliveryDetail(DeliveryView):
    """With the payload as it is sent."""

    payload: dict[str, Any]


def delivery_view[Shown: DeliveryView](
    model: type[Shown], delivery: Delivery, *, ahead: Ahead, **more: Any
) -> Shown:
    """The delivery, with what this model shows `more`."""
    waits = delivery.status == DeliveryStatus.PENDING
    return model(
        id=delivery.id,
        message_id=delivery.message_id,
        type=delivery.type,
        complaint_id=delivery.lane.complaint_id,
        sequence=delivery.seq,
        status=delivery.status,
        event_at=iso(delivery.created),
        delivered_at=iso_or_none(delivery.delivered_at),
        replayed_at=iso_or_none(delivery.replayed_at),
        attempts_made=delivery.attempts_made,
        attempts=[Attempt(**each) for each in delivery.attempts],
        next_attempt_at=iso_or_none(ahead.get(_lane(delivery))) if waits else None,
        **more,
    )


def delivery_detail(delivery: Delivery, *, ahead: Ahead = UNASKED) -> DeliveryDetail:
    return delivery_view(DeliveryDetail, delivery, ahead=ahead, payload=json.loads(delivery.body))


def next_attempts(found: Sequence[Delivery], subscription: SubscriptionItem, *, now: datetime) -> Ahead:
    """Of the lanes in which some of these wait: one read of all of them."""
    endpoint = endpoint_of(subscription)
    _, permit = schedule.ask(endpoint.health, now=now)
    sends = endpoint.active and permit.kind != "paused"
    waiting = dict.fromkeys(
        _lane(each)
        for each in found
        if each.status == DeliveryStatus.PENDING and (sends or each.lane.complaint_id == VERIFICATION_LANE)
    )
    if not waiting:
        return UNASKED
    times: dict[str, datetime | None] = {}
    for lane in LaneItem.batch_get([(pk, LaneItem.SK) for pk in waiting], consistent_read=True):
        ahead = lane.next_at if lane.attempt_at is None else lane.attempt_at
        rests = permit.until is not None and not lane.pk.endswith(f"#{VERIFICATION_LANE}")
        times[lane.pk] = permit.until if rests else ahead
    return times


def _lane(delivery: Delivery) -> str:
    return lane_pk(delivery.lane.subscription_id, delivery.lane.complaint_id)
