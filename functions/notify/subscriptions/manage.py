"""Subscriptions as an agency or an operator makes and changes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pynamodb.exceptions import UpdateError

from functions.complaints.clock import iso
from functions.complaints.events import EventType
from functions.complaints.faults import Conflict, invalid
from functions.notify.webhooks.address import AddressPolicy, AddressRefused, check_url
from functions.notify.webhooks.signature import (
    SECRET_KEY_PREFIX,
    new_key_pair,
    new_secret,
    public_key_of,
)
from functions.records.agencies import SubscriptionItem, new_subscription, subscription_of

ALL: Final = "complaint.*"
TYPES: Final = (ALL, *(each.value for each in EventType))
ALGORITHMS: Final = ("v1", "v1a")
ROTATION: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSubscription:
    """A subscription just made. `secret` is what verifies its messages (`whsec_…`, or for v1a the public key
    `whpk_…`); a `whsec_` secret is shown this once.
    """

    subscription: SubscriptionItem
    secret: str

    @property
    def id(self) -> str:
        return self.subscription.id


def create_subscription(
    agency_id: str,
    *,
    url: str,
    types: tuple[str, ...] = (ALL,),
    policy: AddressPolicy,
    description: str | None = None,
    algorithm: str = "v1",
    max_rate: int | None = None,
    active: bool = False,
    created_by: str | None = None,
    now: datetime,
) -> NewSubscription:
    """Make a subscription; `active` spares an operator's own one the echo of the challenge.

    Raises Invalid for a URL that the address guard refuses (`policy` is the stage's) or an unknown event type,
    Conflict where the agency has as many as it may.
    """
    check_types(types)
    secret = _new_secret(algorithm)
    item = new_subscription(
        agency_id,
        url=checked_url(url, policy=policy),
        types=types,
        secret=secret,
        description=description,
        max_rate=max_rate,
        active=active,
        created_by=created_by,
        now=now,
    )
    return NewSubscription(subscription=item, secret=verifying_secret(secret))


def checked_url(url: str, *, policy: AddressPolicy) -> str:
    """The URL in its normal form. Raises Invalid with the guard's reason."""
    try:
        return check_url(url, policy=policy).url
    except AddressRefused as error:
        raise invalid("/url", "url_refused", reason=error.reason, part=error.field, why=str(error)) from error


def check_types(types: tuple[str, ...]) -> None:
    for index, each in enumerate(types):
        if each not in TYPES:
            raise invalid(f"/types/{index}", "unknown_choice", choices=", ".join(TYPES))


def verifying_secret(secret: str) -> str:
    """What a receiver verifies with: the shared secret itself, or the public key of a secret key."""
    return public_key_of(secret) if secret.startswith(SECRET_KEY_PREFIX) else secret


def algorithm_of(item: SubscriptionItem) -> str:
    return "v1a" if item.secrets[0]["secret"].startswith(SECRET_KEY_PREFIX) else "v1"


def rotate_secret(
    agency_id: str, subscription_id: str, *, algorithm: str | None, now: datetime
) -> NewSubscription:
    """A new secret; messages carry both signatures for ROTATION. A second rotation meanwhile ends the oldest.

    Raises NotFound, Conflict where it was changed at the same moment.
    """
    item = subscription_of(agency_id, subscription_id)
    secret = _new_secret(algorithm or algorithm_of(item))
    old = {"secret": item.secrets[0]["secret"], "expires_at": iso(now + ROTATION)}
    secrets = [{"secret": secret, "expires_at": None}, old]
    change(item, [SubscriptionItem.secrets.set(secrets)], now=now)
    return NewSubscription(subscription=item, secret=verifying_secret(secret))


def change(item: SubscriptionItem, actions: list[Any], *, now: datetime) -> None:
    """Write what belongs to the agency, if nobody changed it since it was read. Raises Conflict."""
    version = int(item.version)
    try:
        item.update(
            [*actions, SubscriptionItem.version.set(version + 1), SubscriptionItem.changed_at.set(now)],
            condition=SubscriptionItem.version == version,
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise Conflict("changed_meanwhile") from error


def _new_secret(algorithm: str) -> str:
    if algorithm not in ALGORITHMS:
        raise invalid("/algorithm", "unknown_choice", choices=", ".join(ALGORITHMS))
    return new_key_pair().secret_key if algorithm == "v1a" else new_secret()
