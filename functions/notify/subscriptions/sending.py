"""Having something sent: a test event, or again what was sent in a range of time."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, ClassVar

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body as FromBody
from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from functions.complaints.clock import iso, iso_or_none
from functions.complaints.faults import Conflict
from functions.edge.callers import SubscriptionWriter
from functions.edge.fields import Body, GivenInstant, bound, fault, under
from functions.edge.operations import answering, of_subscriptions
from functions.notify.subscriptions.delivery_views import DeliveryDetail, delivery_detail
from functions.notify.subscriptions.ids import SubscriptionId
from functions.notify.subscriptions.manage import require_active
from functions.notify.subscriptions.subscriptions import TAG
from functions.notify.subscriptions.views import JobView, job_view
from functions.notify.webhooks import schedule
from functions.notify.webhooks.delivery import KEPT, Nudge, test_delivery, ticket_of
from functions.notify.webhooks.endpoints import endpoint_of
from functions.notify.webhooks.jobs import Enqueue
from functions.notify.webhooks.nudges import JobCall
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.timers import start_replay
from functions.records.agencies.subscriptions import SubscriptionItem, subscription_of


class TimeRange(Body):
    """Whose events are sent again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"from": "2026-03-01T00:00:00Z"}]})
    now: ClassVar[Callable[[], datetime]]

    start: Annotated[
        GivenInstant,
        Field(alias="from", description="Events from this instant on; at most 30 days back."),
    ]
    end: datetime

    @field_validator("start")
    @classmethod
    def _kept(cls, start: datetime) -> datetime:
        now = cls.now()
        if start < now - KEPT:
            raise fault("not_in_range", min=iso(now - KEPT), max=iso(now))
        return start

    @field_validator("end")
    @classmethod
    def _later(cls, end: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("start")
        if start is not None and end <= start:
            raise fault("not_in_range", min=iso(start), max=iso(cls.now()))
        return end


def time_range(now: Callable[[], datetime]) -> type[TimeRange]:
    """The model, whose range ends now where nothing else is said."""
    end = Field(
        alias="to",
        default_factory=lambda: iso(now()),
        validate_default=True,
        description="Up to this instant; now if absent.",
    )
    model = bound(TimeRange, end=(GivenInstant, end))
    model.now = staticmethod(now)
    return model


def sending(*, enqueue: Enqueue, now: Callable[[], datetime]) -> Router:
    """The routes."""
    router, deliveries = Router(), DynamoDeliveries()
    send = partial(
        router.post,
        status_code=202,
        tags=TAG,
        security=of_subscriptions("write"),
        openapi_extensions=answering("conflict"),
    )

    @send(
        "/v1/agency/subscriptions/<id>/test",
        operation_id="sendTest",
        summary="Send a test event",
        description="409 where it would have to wait: the subscription is paused, or its endpoint is being spared.",
    )
    def test(id: SubscriptionId, caller: SubscriptionWriter) -> DeliveryDetail:
        _require_sending(subscription_of(caller.agency_id, id), now=now())
        delivery = test_delivery(agency_id=caller.agency_id, subscription_id=id, now=now())
        deliveries.add(delivery)
        deliveries.announce(delivery.lane, [ticket_of(delivery.seq)], now=now())
        # An earlier test that failed is not to keep this one waiting for days.
        deliveries.wake(delivery.lane, now=now())
        enqueue([Nudge(lane=delivery.lane)])
        return delivery_detail(delivery)

    @send(
        "/v1/agency/subscriptions/<id>/replay",
        operation_id="replayRange",
        summary="Send a range of time again",
    )
    def replay(
        id: SubscriptionId,
        caller: SubscriptionWriter,
        body: Annotated[TimeRange, FromBody, under(time_range(now))],
    ) -> JobView:
        require_active(subscription_of(caller.agency_id, id))
        job = start_replay(caller.agency_id, id, start=body.start, end=body.end, now=now())
        enqueue([JobCall(agency_id=caller.agency_id, subscription_id=id, job_id=job.id)])
        return job_view(job)

    return router


def _require_sending(item: SubscriptionItem, *, now: datetime) -> None:
    """A test event is for now: raises Conflict where it would not be sent before a pause or a rest is over."""
    require_active(item)
    _, permit = schedule.ask(endpoint_of(item).health, now=now)
    if permit.kind == "paused":
        raise Conflict("subscription_paused")
    if permit.kind == "wait":
        raise Conflict("subscription_resting", until=iso_or_none(permit.until))
