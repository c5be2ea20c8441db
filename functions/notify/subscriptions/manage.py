"""Subscriptions as an agency makes and changes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.complaints.clock import iso, parse_iso
from functions.complaints.events import TOLD
from functions.complaints.faults import Conflict
from functions.complaints.partners import partner_of
from functions.notify.subscriptions.once import Making
from functions.notify.webhooks.signature import (
    SECRET_KEY_PREFIX,
    new_key_pair,
    new_secret,
    public_key_of,
    secret_of,
)
from functions.records.agencies.made import MadeItem
from functions.records.agencies.subscriptions import (
    SUBSCRIPTIONS_MOST,
    SubscriptionItem,
    change,
    change_once,
    new_subscription,
    subscription_of,
)

TYPES: Final = ("complaint.*", *(each.value for each in TOLD))
ALGORITHMS: Final = ("v1", "v1a")
ROTATION: Final = timedelta(hours=24)
OF_PARTNER_MOST: Final = 5
"""Subscriptions of a partner."""
SECRETS_MOST: Final = 5
"""Each signs every message: the header is not to grow without end."""


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
    making: Making,
    now: datetime,
) -> WithSecret:
    """Make a subscription to a URL that the address guard let through. Raises Conflict where the agency has as many as
    it may, which is fewer where it is a partner.
    """
    secret = _new_secret(algorithm, making.material)
    item = new_subscription(
        agency_id,
        url=url,
        types=tuple(types),
        secret=secret,
        description=description,
        max_rate=max_rate,
        created_by=created_by,
        note=making.noting(algorithm),
        most=SUBSCRIPTIONS_MOST if partner_of(agency_id) is None else OF_PARTNER_MOST,
        now=now,
    )
    return WithSecret(subscription=item, secret=_verifying(secret))


def made_before(agency_id: str, seen: MadeItem, material: bytes) -> WithSecret:
    """The subscription that was made, or given this secret, as it stands; raises NotFound where it is deleted."""
    item = subscription_of(agency_id, seen.made)
    return WithSecret(subscription=item, secret=_verifying(_new_secret(seen.algorithm or "v1", material)))


def algorithm_of(item: SubscriptionItem) -> str:
    return "v1a" if item.secrets[0]["secret"].startswith(SECRET_KEY_PREFIX) else "v1"


def rotate_secret(
    agency_id: str, subscription_id: str, *, algorithm: str | None, making: Making, now: datetime
) -> WithSecret:
    """A new secret; messages carry the signatures of both for ROTATION, and of those before as long as they were promised.

    Raises NotFound, Conflict where SECRETS_MOST sign already or it was changed at the same moment.
    """
    item = subscription_of(agency_id, subscription_id)
    algorithm = algorithm or algorithm_of(item)
    secret = _new_secret(algorithm, making.material)
    newest, *before = item.secrets
    promised = [each for each in before if parse_iso(each["expires_at"]) > now]
    if len(promised) + 2 > SECRETS_MOST:
        raise Conflict("too_many_secrets", max=SECRETS_MOST, until=promised[-1]["expires_at"])
    old = {"secret": newest["secret"], "expires_at": iso(now + ROTATION)}
    rotated = [SubscriptionItem.secrets.set([{"secret": secret, "expires_at": None}, old, *promised])]
    note = making.noting(algorithm)
    if note is None:
        change(item, rotated, now=now)
    else:
        change_once(item, rotated, note=note, now=now)
        item = subscription_of(agency_id, subscription_id)
    return WithSecret(subscription=item, secret=_verifying(secret))


def require_active(item: SubscriptionItem) -> None:
    """Raises Conflict where nothing is sent to the subscription, for its endpoint has not echoed its challenge."""
    if item.status != "active":
        raise Conflict("subscription_not_active")


def _new_secret(algorithm: str, material: bytes | None) -> str:
    if algorithm == "v1a":
        return new_key_pair(material).secret_key
    return new_secret() if material is None else secret_of(material)


def _verifying(secret: str) -> str:
    """What a receiver verifies with: the shared secret itself, or the public key of a secret key."""
    return public_key_of(secret) if secret.startswith(SECRET_KEY_PREFIX) else secret
