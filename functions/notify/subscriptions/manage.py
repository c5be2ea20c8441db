"""Subscriptions as an agency makes and changes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.complaints.clock import iso
from functions.complaints.events import EventType
from functions.complaints.faults import Conflict
from functions.notify.webhooks.signature import SECRET_KEY_PREFIX, new_key_pair, new_secret, public_key_of
from functions.records.agencies.subscriptions import (
    SubscriptionItem,
    change,
    new_subscription,
    subscription_of,
)

TYPES: Final = ("complaint.*", *(each.value for each in EventType))
ALGORITHMS: Final = ("v1", "v1a")
ROTATION: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class WithSecret:
    """A subscription whose secret was just made. `secret` is what verifies its messages (`whsec_…`, or for v1a the
    public key `whpk_…`); a `whsec_` secret is shown this once.
    """

    subscription: SubscriptionItem
    secret: str


def create_subscription(
    agency_id: str,
    *,
    url: str,
    types: list[str],
    description: str | None,
    algorithm: str,
    max_rate: int | None,
    created_by: str,
    now: datetime,
) -> WithSecret:
    """Make a subscription to a URL that the address guard let through. Raises Conflict where the agency has as many as
    it may.
    """
    secret = _new_secret(algorithm)
    item = new_subscription(
        agency_id,
        url=url,
        types=tuple(types),
        secret=secret,
        description=description,
        max_rate=max_rate,
        created_by=created_by,
        now=now,
    )
    return WithSecret(subscription=item, secret=_verifying(secret))


def algorithm_of(item: SubscriptionItem) -> str:
    return "v1a" if item.secrets[0]["secret"].startswith(SECRET_KEY_PREFIX) else "v1"


def rotate_secret(
    agency_id: str, subscription_id: str, *, algorithm: str | None, now: datetime
) -> WithSecret:
    """A new secret; messages carry both signatures for ROTATION. A second rotation meanwhile ends the oldest.

    Raises NotFound, Conflict where it was changed at the same moment.
    """
    item = subscription_of(agency_id, subscription_id)
    secret = _new_secret(algorithm or algorithm_of(item))
    old = {"secret": item.secrets[0]["secret"], "expires_at": iso(now + ROTATION)}
    secrets = [{"secret": secret, "expires_at": None}, old]
    change(item, [SubscriptionItem.secrets.set(secrets)], now=now)
    return WithSecret(subscription=item, secret=_verifying(secret))


def require_active(item: SubscriptionItem) -> None:
    """Raises Conflict where nothing is sent to the subscription, for its endpoint has not echoed its challenge."""
    if item.status != "active":
        raise Conflict("subscription_not_active")


def _new_secret(algorithm: str) -> str:
    return new_key_pair().secret_key if algorithm == "v1a" else new_secret()


def _verifying(secret: str) -> str:
    """What a receiver verifies with: the shared secret itself, or the public key of a secret key."""
    return public_key_of(secret) if secret.startswith(SECRET_KEY_PREFIX) else secret
