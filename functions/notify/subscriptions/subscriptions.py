"""`/v1/agency/subscriptions`: an agency's webhooks are made, shown, changed and deleted. What is not its own is 404."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any, ClassVar, Final

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body as FromBody
from pydantic import BeforeValidator, ConfigDict, Field, field_validator

from functions.edge.callers import SubscriptionAdmin, SubscriptionReader
from functions.edge.fields import Body, bound, choice, described, fault, omitted, under, whole, words
from functions.edge.idempotency import TakenKey
from functions.edge.operations import answering, of_subscriptions
from functions.edge.resolver import no_content
from functions.notify.subscriptions.ids import SubscriptionId
from functions.notify.subscriptions.manage import (
    ALGORITHMS,
    TYPES,
    WithSecret,
    create_subscription,
    made_before,
)
from functions.notify.subscriptions.once import Making, made_once
from functions.notify.subscriptions.views import (
    RATE_SAID,
    NewSubscription,
    Subscription,
    SubscriptionDetail,
    Subscriptions,
    job_view,
    subscription_view,
)
from functions.notify.webhooks.address import MAX_URL_LENGTH, AddressPolicy, AddressRefused, check_url
from functions.notify.webhooks.endpoints import DynamoEndpoints, Endpoint, endpoint_of
from functions.notify.webhooks.jobs import Enqueue
from functions.notify.webhooks.recovery import any_lane, wake
from functions.notify.webhooks.schedule import Pause, SubscriptionHealth
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.timers import DynamoTimers, jobs_of
from functions.notify.webhooks.verification import Post, Verification, begin_asking, verify
from functions.records.agencies.subscriptions import (
    SubscriptionItem,
    change,
    subscription_of,
    subscriptions_of,
)

RATE_MOST: Final = 100
DESCRIPTION_MOST: Final = 500
TAG: Final = ["Subscriptions"]

Algorithm = Annotated[
    str,
    choice(*ALGORITHMS),
    described("`v1`: HMAC-SHA256 with a shared secret. `v1a`: ed25519; the answer holds the public key."),
]
_Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_URL_LENGTH,
        description="https, port 443, a public host name; no user name, no fragment.",
    ),
]
_Types = Annotated[
    list[Annotated[str, choice(*TYPES)]],
    Field(
        min_length=1,
        max_length=len(TYPES),
        description="Event types, each exact or `complaint.*` for all of them.",
    ),
]
_Description = Annotated[str, words(DESCRIPTION_MOST, "What it is for, for people.", least=0)] | None
_MaxRate = Annotated[
    Annotated[int, Field(ge=1, le=RATE_MOST), BeforeValidator(whole)] | None, described(RATE_SAID)
]


class _Guarded(Body):
    """What names an endpoint: its URL is read, in its normal form, as far as the stage's guard lets it through."""

    policy: ClassVar[AddressPolicy]

    @field_validator("url", check_fields=False)
    @classmethod
    def _let_through(cls, url: str) -> str:
        try:
            return check_url(url, policy=cls.policy).url
        except AddressRefused as error:
            raise fault("url_refused", reason=error.reason, part=error.field, why=str(error)) from error


class SubscriptionWanted(_Guarded):
    """A subscription to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://cases.example.org/hooks/qamqor", "types": ["complaint.*"]}]
        }
    )

    url: _Url
    types: _Types
    description: _Description = omitted()
    algorithm: Algorithm = "v1"
    max_rate: _MaxRate = omitted()


class SubscriptionChange(_Guarded):
    """What is left out stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"types": ["complaint.assigned", "complaint.escalated"]}]}
    )

    url: _Url = omitted()
    types: _Types = omitted()
    description: _Description = omitted()
    max_rate: _MaxRate = omitted()


def subscriptions(
    *, policy: AddressPolicy, post: Post, enqueue: Enqueue, now: Callable[[], datetime]
) -> Router:
    """The routes; `post` sends a challenge."""
    router, deliveries = Router(), DynamoDeliveries()
    read = partial(router.get, tags=TAG, security=of_subscriptions("read"))
    wanted, changed = bound(SubscriptionWanted), bound(SubscriptionChange)
    wanted.policy = changed.policy = policy

    @read(
        "/v1/agency/subscriptions",
        operation_id="listSubscriptions",
        summary="The agency's subscriptions, oldest first",
    )
    def listed(caller: SubscriptionReader) -> Subscriptions:
        found = subscriptions_of(caller.agency_id)
        return Subscriptions(items=[subscription_view(Subscription, each, now=now()) for each in found])

    @router.post(
        "/v1/agency/subscriptions",
        status_code=201,
        operation_id="subscribe",
        tags=TAG,
        security=of_subscriptions("admin"),
        openapi_extensions=answering("conflict", headers={"Location": "Address of the subscription."}),
        summary="Subscribe an endpoint to events",
        description="The answer holds the secret, so that the endpoint can verify what it is sent from the first message "
        "on. It is then asked to echo a signed challenge: by itself after 5 and 30 seconds, 2, 5 and 10 minutes, and by "
        "`/verify` whenever you say so. Until it has, the subscription is `pending`, and `verification` tells why. With an "
        "Idempotency-Key the same request is answered with the same subscription and secret.",
    )
    def subscribe(
        caller: SubscriptionAdmin,
        body: Annotated[SubscriptionWanted, FromBody, under(wanted)],
        key: TakenKey = None,
    ) -> Response[NewSubscription]:
        def make(making: Making) -> WithSecret:
            return create_subscription(
                caller.agency_id,
                url=body.url,
                types=body.types,
                description=body.description,
                algorithm=body.algorithm,
                max_rate=body.max_rate,
                created_by=caller.key_id,
                making=making,
                now=now(),
            )

        made = made_once(
            router.current_event.raw_event,
            caller=caller,
            key=key,
            make=make,
            again=partial(made_before, caller.agency_id),
            now=now(),
        )
        item = made.subscription
        if item.verification is None and item.status == "pending":
            # New, or made by a request that came no further.
            begin_asking(item, since=item.created_at, deliveries=deliveries, enqueue=enqueue, now=now())
        return Response(
            status_code=201,
            content_type=content_types.APPLICATION_JSON,
            body=subscription_view(NewSubscription, item, now=now(), secret=made.secret),
            headers={"location": f"/v1/agency/subscriptions/{item.id}"},
        )

    @read(
        "/v1/agency/subscriptions/<id>",
        operation_id="showSubscription",
        summary="A subscription with its health and jobs",
    )
    def show(id: SubscriptionId, caller: SubscriptionReader) -> SubscriptionDetail:
        item = subscription_of(caller.agency_id, id)
        jobs = [job_view(job) for job in jobs_of(caller.agency_id, id)]
        return subscription_view(SubscriptionDetail, item, now=now(), jobs=jobs)

    @router.patch(
        "/v1/agency/subscriptions/<id>",
        operation_id="changeSubscription",
        tags=TAG,
        security=of_subscriptions("admin"),
        openapi_extensions=answering("conflict"),
        summary="Change a subscription",
        description="A new URL has to echo a challenge before anything goes to it: it is asked at once, and by itself as "
        "often as a new subscription's. What happens until then is kept for it.",
    )
    def alter(
        id: SubscriptionId,
        caller: SubscriptionAdmin,
        body: Annotated[SubscriptionChange, FromBody, under(changed)],
    ) -> Subscription:
        item = subscription_of(caller.agency_id, id)
        moved = _altered(item, body, now=now())
        if not moved:
            return subscription_view(Subscription, item, now=now())
        asked = verify(item, post=post, now=now(), next_at=None).verification
        if asked.verified:
            _revive(item, asked, enqueue=enqueue, now=now())
        else:
            begin_asking(item, since=now(), deliveries=deliveries, enqueue=enqueue, now=now())
        return subscription_view(Subscription, subscription_of(caller.agency_id, id), now=now())

    @router.delete(
        "/v1/agency/subscriptions/<id>",
        status_code=204,
        operation_id="unsubscribe",
        tags=TAG,
        security=of_subscriptions("admin"),
        summary="Delete a subscription and what waits for it",
    )
    def delete(id: SubscriptionId, caller: SubscriptionAdmin) -> Response[None]:
        item = subscription_of(caller.agency_id, id)
        # Last, so that what was left half done is found by the request that is sent again.
        DynamoTimers().clear_probe(any_lane(item))
        item.delete()
        return no_content()

    return router


def _altered(item: SubscriptionItem, body: SubscriptionChange, *, now: datetime) -> bool:
    """Write what the agency changes. Whether the URL is another now: nothing goes there before it echoed a challenge."""
    chosen = body.model_dump(exclude_unset=True)
    moved = bool(chosen.get("url", item.url) != item.url)
    actions: list[Any] = []
    for name, value in chosen.items():
        attribute = getattr(SubscriptionItem, name)
        actions.append(attribute.remove() if value is None else attribute.set(value))
    if moved:
        actions += [SubscriptionItem.status.set("pending"), SubscriptionItem.verification.remove()]
    if actions:
        change(item, actions, now=now)
    return moved


def _revive(item: SubscriptionItem, verification: Verification, *, enqueue: Enqueue, now: datetime) -> None:
    """A new endpoint does not answer for the old one's failures; only a pause that was asked for stays."""

    def revive(each: Endpoint) -> Endpoint:
        if each.health.paused == Pause.ASKED:
            return each
        return replace(each, health=SubscriptionHealth(proven=verification.quick))

    DynamoEndpoints().change(endpoint_of(item), revive)
    wake(item, enqueue=enqueue, now=now)
