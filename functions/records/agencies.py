"""The agencies table: agencies, their API keys (hash only) and their webhook subscriptions.

| pk            | sk                  | item                                                        |
|---------------|---------------------|-------------------------------------------------------------|
| agency#<id>   | agency              | what was agreed with the agency beside the region file      |
| agency#<id>   | key#<id>            | an API key; found by its id alone through `by_key`          |
| agency#<id>   | subscription#<id>   | a webhook subscription with the health of its endpoint      |
| agency#<id>   | rate#<window>       | requests claimed in a window of time, see `throttle`        |
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.transactions import TransactWrite

from functions.complaints.faults import Conflict, NotFound
from functions.complaints.ids import new_id
from functions.complaints.keys import Caller, Token, hash_of, is_valid, matches, new_token, with_implied
from functions.records.dynamodb import Model, TableMeta, connection
from functions.records.tables import InstantAttribute

LAST_USED_EVERY: Final = timedelta(hours=1)
KEY_REMEMBERED: Final = timedelta(days=90)
"""How long a key that has ended is still listed."""
OVERLAP: Final = timedelta(hours=24)
KEYS_MOST: Final = 20
SUBSCRIPTIONS_MOST: Final = 20


class AgenciesMeta(TableMeta):
    table_name = os.environ.get("AGENCIES_TABLE", "agencies")


class ByKey(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_key"
        projection = AllProjection()

    key_id = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


class AgencyItem(Model):
    """How many requests an agency may make and has made: `requests_per_minute` stands in for the general limit where
    another was agreed, and of the minute `window` so many are `claimed`.
    """

    class Meta(AgenciesMeta):
        pass

    SK: ClassVar = "agency"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=SK)
    agency_id = UnicodeAttribute()
    requests_per_minute = NumberAttribute(null=True)
    window = NumberAttribute(null=True)
    claimed = NumberAttribute(null=True)
    created_at = InstantAttribute(null=True)


class KeyItem(Model):
    """An API key. `created_by` is a key's id, or `operator`."""

    class Meta(AgenciesMeta):
        pass

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    key_id = UnicodeAttribute()
    agency_id = UnicodeAttribute()
    hash = UnicodeAttribute()
    scopes = JSONAttribute()
    name = UnicodeAttribute()
    created_at = InstantAttribute()
    created_by = UnicodeAttribute()
    expires_at = InstantAttribute(null=True)
    revoked_at = InstantAttribute(null=True)
    last_used_at = InstantAttribute(null=True)
    expires = TTLAttribute(null=True)

    by_key = ByKey()

    def is_valid(self, now: datetime) -> bool:
        return is_valid(now=now, expires_at=self.expires_at, revoked_at=self.revoked_at)


class SubscriptionItem(Model):
    """A webhook subscription. `health` and `notices` belong to the sender and are fenced by `health_version`;
    everything else to the agency and is fenced by `version`: neither overwrites what the other wrote.

    - `types`: event types, exact or `complaint.*`.
    - `secrets`: `[{secret, expires_at}]`, the newest first; more than one while a rotation lasts.
    - `status`: `pending` until the endpoint echoed a challenge, then `active`; whether it is paused is in
      `health`.
    - `max_rate`: attempts a second, at most.
    """

    class Meta(AgenciesMeta):
        pass

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    id = UnicodeAttribute()
    agency_id = UnicodeAttribute()
    url = UnicodeAttribute()
    types = JSONAttribute()
    description = UnicodeAttribute(null=True)
    status = UnicodeAttribute(default="pending")
    secrets = JSONAttribute()
    max_rate = NumberAttribute(null=True)
    version = NumberAttribute(default=1)
    created_at = InstantAttribute()
    created_by = UnicodeAttribute(null=True)
    changed_at = InstantAttribute()
    verified_at = InstantAttribute(null=True)
    health = JSONAttribute(null=True)
    notices = JSONAttribute(null=True)
    health_version = NumberAttribute(default=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewKey:
    """A key at the only moment when its token is known. Show `token` once and forget it."""

    token: str
    key_id: str
    agency_id: str
    scopes: tuple[str, ...]
    expires_at: datetime | None


def agency_pk(agency_id: str) -> str:
    return f"agency#{agency_id}"


def agree(agency_id: str, *, requests_per_minute: int | None, now: datetime) -> None:
    """Operator's command: what was agreed with an agency; None puts it back to the general limit."""
    agreed = AgencyItem.requests_per_minute
    AgencyItem(agency_pk(agency_id)).update(
        [
            AgencyItem.agency_id.set(agency_id),
            AgencyItem.created_at.set(AgencyItem.created_at | now),
            agreed.remove() if requests_per_minute is None else agreed.set(requests_per_minute),
        ]
    )


# ------------------------------------------------------------------------------------------- keys
def create_key(
    agency_id: str,
    *,
    scopes: tuple[str, ...],
    name: str,
    expires_at: datetime | None,
    now: datetime,
    created_by: str = "operator",
) -> NewKey:
    """Make a key and store its hash. Raises ValueError for unknown scopes, Conflict at KEYS_MOST valid keys."""
    key, new = _new_key(
        agency_id, scopes=scopes, name=name, expires_at=expires_at, now=now, created_by=created_by
    )
    key.save(condition=KeyItem.pk.does_not_exist())
    return new


def _new_key(
    agency_id: str,
    *,
    scopes: tuple[str, ...],
    name: str,
    expires_at: datetime | None,
    now: datetime,
    created_by: str,
) -> tuple[KeyItem, NewKey]:
    """A key that is not stored yet."""
    implied = with_implied(scopes)
    if sum(key.is_valid(now) for key in keys_of(agency_id)) >= KEYS_MOST:
        raise Conflict("too_many_keys", max=KEYS_MOST)
    token = new_token()
    item = KeyItem(
        agency_pk(agency_id),
        _key_sk(token.key_id),
        key_id=token.key_id,
        agency_id=agency_id,
        hash=hash_of(token.secret),
        scopes=list(implied),
        name=name,
        created_at=now,
        created_by=created_by,
        expires_at=expires_at,
        expires=None if expires_at is None else expires_at + KEY_REMEMBERED,
    )
    return item, NewKey(
        token=str(token),
        key_id=token.key_id,
        agency_id=agency_id,
        scopes=implied,
        expires_at=expires_at,
    )


def keys_of(agency_id: str) -> tuple[KeyItem, ...]:
    """An agency's keys, those that ended lately included; one query."""
    return tuple(KeyItem.query(agency_pk(agency_id), KeyItem.sk.startswith("key#"), consistent_read=True))


def key_of(agency_id: str, key_id: str) -> KeyItem:
    """Raises NotFound."""
    try:
        return KeyItem.get(agency_pk(agency_id), _key_sk(key_id), consistent_read=True)
    except KeyItem.DoesNotExist as error:
        raise NotFound(key_id) from error


def revoke_key(agency_id: str, key_id: str, *, now: datetime) -> None:
    """End a key now; the gateway may let it in for as long as it keeps an authorizer's answer. Raises NotFound."""
    key = key_of(agency_id, key_id)
    if not key.is_valid(now):
        return
    key.update([KeyItem.revoked_at.set(now), KeyItem.expires.set(now + KEY_REMEMBERED)])


def rotate_key(
    agency_id: str, key_id: str, *, overlap: timedelta = OVERLAP, created_by: str = "operator", now: datetime
) -> NewKey:
    """A new key with the same rights and term; the old one ends after `overlap`, or earlier if it was to. One
    transaction: there is never a new key beside an old one that does not end.

    Raises NotFound, also for a key that has ended, and Conflict where it was changed at the same moment.
    """
    old = key_of(agency_id, key_id)
    if not old.is_valid(now):
        raise NotFound(key_id)
    ends = now + overlap
    if old.expires_at is not None and old.expires_at < ends:
        ends = old.expires_at
    key, new = _new_key(
        agency_id,
        scopes=tuple(old.scopes),
        name=old.name,
        expires_at=None if old.expires_at is None else now + (old.expires_at - old.created_at),
        now=now,
        created_by=created_by,
    )
    try:
        with TransactWrite(connection=connection()) as transaction:
            transaction.save(key, condition=KeyItem.pk.does_not_exist())
            transaction.update(
                old,
                [KeyItem.expires_at.set(ends), KeyItem.expires.set(ends + KEY_REMEMBERED)],
                condition=KeyItem.pk.exists() & KeyItem.revoked_at.does_not_exist(),
            )
    except TransactWriteError as error:
        if error.cause_response_code != "TransactionCanceledException":
            raise
        raise Conflict("changed_meanwhile") from error
    return new


def caller_with(token: Token, *, now: datetime) -> Caller | None:
    """Whose key this is, or None where it is not valid; one query of the index."""
    key = next(iter(KeyItem.by_key.query(token.key_id, limit=1)), None)
    if key is None or not matches(token.secret, stored=key.hash) or not key.is_valid(now):
        return None
    _note_use(key, now=now)
    return Caller(agency_id=key.agency_id, key_id=key.key_id, scopes=frozenset(key.scopes))


def _note_use(key: KeyItem, *, now: datetime) -> None:
    """Write when the key was used, at most once an hour, whoever notices it first."""
    if key.last_used_at is not None and now - key.last_used_at < LAST_USED_EVERY:
        return
    unused = KeyItem.last_used_at.does_not_exist() | (KeyItem.last_used_at <= now - LAST_USED_EVERY)
    try:
        key.update([KeyItem.last_used_at.set(now)], condition=KeyItem.pk.exists() & unused)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def _key_sk(key_id: str) -> str:
    return f"key#{key_id}"


# ---------------------------------------------------------------------------------- subscriptions
def new_subscription(
    agency_id: str,
    *,
    url: str,
    types: tuple[str, ...],
    secret: str,
    description: str | None = None,
    max_rate: int | None = None,
    active: bool = False,
    created_by: str | None = None,
    now: datetime,
) -> SubscriptionItem:
    """Store a subscription, `pending` unless `active`. Raises Conflict at SUBSCRIPTIONS_MOST."""
    if len(subscriptions_of(agency_id)) >= SUBSCRIPTIONS_MOST:
        raise Conflict("too_many_subscriptions", max=SUBSCRIPTIONS_MOST)
    subscription_id = new_id(now)
    item = SubscriptionItem(
        agency_pk(agency_id),
        subscription_sk(subscription_id),
        id=subscription_id,
        agency_id=agency_id,
        url=url,
        types=list(types),
        description=description,
        status="active" if active else "pending",
        secrets=[{"secret": secret, "expires_at": None}],
        max_rate=max_rate,
        created_at=now,
        created_by=created_by,
        changed_at=now,
        verified_at=now if active else None,
    )
    item.save(condition=SubscriptionItem.pk.does_not_exist())
    return item


def subscriptions_of(agency_id: str, *, consistent: bool = True) -> tuple[SubscriptionItem, ...]:
    """An agency's subscriptions, oldest first; one query."""
    found: Iterator[SubscriptionItem] = SubscriptionItem.query(
        agency_pk(agency_id), SubscriptionItem.sk.startswith("subscription#"), consistent_read=consistent
    )
    return tuple(found)


def subscription_of(agency_id: str, subscription_id: str, *, consistent: bool = True) -> SubscriptionItem:
    """Raises NotFound, also for another agency's."""
    try:
        return SubscriptionItem.get(
            agency_pk(agency_id), subscription_sk(subscription_id), consistent_read=consistent
        )
    except SubscriptionItem.DoesNotExist as error:
        raise NotFound(subscription_id) from error


def subscription_sk(subscription_id: str) -> str:
    return f"subscription#{subscription_id}"
