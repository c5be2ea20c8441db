"""Every route of an agency's keys, subscriptions, deliveries and templates."""

from collections.abc import Callable, Set
from datetime import datetime

from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.notify.subscriptions.actions import actions
from functions.notify.subscriptions.changes import changes
from functions.notify.subscriptions.deliveries import deliveries
from functions.notify.subscriptions.keys import keys
from functions.notify.subscriptions.letters import letters
from functions.notify.subscriptions.sending import sending
from functions.notify.subscriptions.subscriptions import subscriptions
from functions.notify.subscriptions.templates import templates
from functions.notify.webhooks.address import AddressPolicy
from functions.notify.webhooks.jobs import Enqueue
from functions.notify.webhooks.verification import Post


def routes(
    *,
    policy: AddressPolicy,
    categories: Set[str],
    post: Post,
    enqueue: Enqueue,
    now: Callable[[], datetime],
) -> tuple[Router, ...]:
    """The routers by subject, for a region with these categories; `post` sends a challenge to an endpoint, `enqueue` has a
    worker look into something.
    """
    return (
        keys(now=now),
        subscriptions(policy=policy, post=post, enqueue=enqueue, now=now),
        actions(post=post, enqueue=enqueue, now=now),
        sending(enqueue=enqueue, now=now),
        deliveries(enqueue=enqueue, now=now),
        changes(now=now),
        templates(categories=categories, now=now),
        letters(now=now),
    )
