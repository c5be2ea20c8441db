"""A body that is no more, or no longer in the region file: what it had made here ends with it."""

from dataclasses import dataclass
from datetime import datetime

from functions.records.agencies.keys import keys_of, revoke_key
from functions.records.agencies.subscriptions import subscriptions_of
from functions.records.agencies.templates import templates_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How many keys were revoked, and how many subscriptions and templates deleted."""

    keys: int
    subscriptions: int
    templates: int


def end_access(agency_id: str, *, now: datetime) -> Ended:
    """Revoke the body's keys, and delete its subscriptions with what their endpoints were sent by, and its
    templates. Run twice, it finds it done.
    """
    valid = [key for key in keys_of(agency_id) if key.is_valid(now)]
    for key in valid:
        revoke_key(agency_id, key.key_id, now=now)
    subscribed = subscriptions_of(agency_id)
    for subscription in subscribed:
        subscription.delete()
    ready = templates_of(agency_id)
    for template in ready:
        template.delete()
    return Ended(keys=len(valid), subscriptions=len(subscribed), templates=len(ready))
