"""What can be done with a subscription as it is: verify, pause, resume, and give it a new secret."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.edge.callers import SubscriptionAdmin
from functions.edge.fields import Body, omitted
from functions.edge.idempotency import TakenKey
from functions.edge.operations import answering, of_subscriptions
from functions.notify.subscriptions.ids import SubscriptionId
from functions.notify.subscriptions.manage import made_before, rotate_secret
from functions.notify.subscriptions.once import made_once
from functions.notify.subscriptions.subscriptions import TAG, Algorithm
from functions.notify.subscriptions.views import (
    RotatedSubscription,
    Subscription,
    subscription_view,
)
from functions.notify.webhooks import schedule
from functions.notify.webhooks.endpoints import DynamoEndpoints, endpoint_of
from functions.notify.webhooks.jobs import Enqueue
from functions.notify.webhooks.recovery import wake
from functions.notify.webhooks.schedule import Pause, SubscriptionHealth
from functions.notify.webhooks.verification import Post, verification_of, verify
from functions.records.agencies.subscriptions import SubscriptionItem, subscription_of


class SecretRotation(Body):
    """Another algorithm than the secret has now, if one is wanted."""

    algorithm: Algorithm = omitted()


AS_IT_IS: Final = SecretRotation()


def actions(*, post: Post, enqueue: Enqueue, now: Callable[[], datetime]) -> Router:
    """The routes; `post` sends a challenge."""
    router = Router()
    act = partial(
        router.post, tags=TAG, security=of_subscriptions("admin"), openapi_extensions=answering("conflict")
    )

    @act(
        "/v1/agency/subscriptions/<id>/verify",
        operation_id="verifySubscription",
        summary="Send the challenge now",
        description="The answer says under `verification` what came of it.",
    )
    def verify_now(id: SubscriptionId, caller: SubscriptionAdmin) -> Subscription:
        item = subscription_of(caller.agency_id, id)
        was_active = item.status == "active"
        ahead = verification_of(item).next_at
        # What is due at this moment says itself what comes next.
        still_ahead = ahead if ahead is not None and ahead > now() else None
        asked = verify(item, post=post, now=now(), next_at=still_ahead)
        if asked.verification.verified and not was_active:
            wake(item, enqueue=enqueue, now=now())
        return subscription_view(Subscription, subscription_of(caller.agency_id, id), now=now())

    @act(
        "/v1/agency/subscriptions/<id>/pause",
        operation_id="pauseSubscription",
        summary="Hold everything back",
    )
    def pause(id: SubscriptionId, caller: SubscriptionAdmin) -> Subscription:
        item = _with_health(
            subscription_of(caller.agency_id, id),
            lambda health: schedule.paused(health, reason=Pause.ASKED, now=now()),
        )
        return subscription_view(Subscription, item, now=now())

    @act(
        "/v1/agency/subscriptions/<id>/resume",
        operation_id="resumeSubscription",
        summary="Go on, with what was held back first",
    )
    def resume(id: SubscriptionId, caller: SubscriptionAdmin) -> Subscription:
        item = _with_health(
            subscription_of(caller.agency_id, id), lambda health: schedule.resumed(health, now=now())
        )
        wake(item, enqueue=enqueue, now=now())
        return subscription_view(Subscription, item, now=now())

    @act(
        "/v1/agency/subscriptions/<id>/rotate-secret",
        operation_id="rotateSecret",
        summary="Make a new secret; messages carry both signatures for 24 hours",
        description="Rotated again within that time, each secret that is given up goes on signing for the 24 hours that it "
        "was promised. With an Idempotency-Key the same request is answered with the same secret.",
    )
    def rotate(
        id: SubscriptionId, caller: SubscriptionAdmin, body: SecretRotation = AS_IT_IS, key: TakenKey = None
    ) -> RotatedSubscription:
        made = made_once(
            router.current_event.raw_event,
            caller=caller,
            key=key,
            make=lambda making: rotate_secret(
                caller.agency_id, id, algorithm=body.algorithm, making=making, now=now()
            ),
            again=partial(made_before, caller.agency_id),
            now=now(),
        )
        return subscription_view(RotatedSubscription, made.subscription, now=now(), secret=made.secret)

    return router


def _with_health(
    item: SubscriptionItem, decide: Callable[[SubscriptionHealth], SubscriptionHealth]
) -> SubscriptionItem:
    """The subscription as it is once its health is what `decide` makes of it."""
    DynamoEndpoints().change(endpoint_of(item), lambda each: replace(each, health=decide(each.health)))
    return subscription_of(item.agency_id, item.id)
