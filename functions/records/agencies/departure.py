"""A body that is no more, or no longer in the region file: what it had made here ends with it."""

from dataclasses import dataclass
from datetime import datetime

from functions.records.agencies.keys import keys_of, revoke_key
from functions.records.agencies.officers import LEFT, let_go, officers_of
from functions.records.agencies.subscriptions import subscriptions_of
from functions.records.agencies.templates import templates_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How many keys were revoked, how many officers let go, and how many subscriptions and templates deleted."""

    keys: int
    officers: int
    subscriptions: int
    templates: int


def end_access(agency_id: str, *, now: datetime) -> Ended:
    """Revoke the body's keys, let its officers go, and delete its subscriptions with what their endpoints were sent by, and
    its templates. Run twice, it finds it done. An officer's user in the pool stays, and opens nothing.
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
    there = [officer for officer in officers_of(agency_id) if officer.state != LEFT]
    for officer in there:
        let_go(officer, last_head_too=True)
    return Ended(keys=len(valid), officers=len(there), subscriptions=len(subscribed), templates=len(ready))
