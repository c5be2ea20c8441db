"""Webhook subscriptions, as the agency made them and as their endpoints behave."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.complaints.faults import Conflict, NotFound
from functions.complaints.ids import new_id
from functions.records.agencies.made import MadeItem, write_once
from functions.records.agencies.table import AgenciesTable, agency_pk
from functions.records.attributes import InstantAttribute
from functions.records.conditional import updated

SUBSCRIPTIONS_MOST: Final = 20
"""Of an agency."""


class SubscriptionItem(AgenciesTable):
    """A webhook subscription. `health` and `notices` belong to the sender and are fenced by `health_version`;
    everything else to the agency and is fenced by `version`: neither overwrites what the other wrote.

    - `types`: event types, exact or `complaint.*`.
    - `secrets`: `[{secret, expires_at}]`, the newest first; more than one while a rotation lasts.
    - `status`: `pending` until the endpoint echoed a challenge, then `active`; whether it is paused is in
      `health`.
    - `verification`: what came of asking the endpoint to echo, the last time, and when it is asked next; written by
      whoever asked, of the URL that was asked.
    - `max_rate`: attempts a second, at most.
    """

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
    verification = JSONAttribute(null=True)
    health = JSONAttribute(null=True)
    notices = JSONAttribute(null=True)
    health_version = NumberAttribute(default=0)


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
    note: MadeItem | None = None,
    most: int = SUBSCRIPTIONS_MOST,
    now: datetime,
) -> SubscriptionItem:
    """Store a subscription, `pending` unless `active`, with the `note` of the request that asked for it. Raises Conflict
    where there are as many as there may be at the `most`.
    """
    if len(subscriptions_of(agency_id)) >= most:
        raise Conflict("too_many_subscriptions", max=most)
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
    if note is None:
        item.save(condition=SubscriptionItem.pk.does_not_exist())
        return item
    note.made = subscription_id
    write_once(
        note, lambda transaction: transaction.save(item, condition=SubscriptionItem.pk.does_not_exist())
    )
    return item


def subscriptions_of(agency_id: str, *, consistent: bool = True) -> tuple[SubscriptionItem, ...]:
    """An agency's subscriptions, oldest first; one query."""
    found: Iterator[SubscriptionItem] = SubscriptionItem.query(
        agency_pk(agency_id), SubscriptionItem.sk.startswith("subscription#"), consistent_read=consistent
    )
    return tuple(found)


def subscription_of(agency_id: str, subscription_id: str) -> SubscriptionItem:
    """Raises NotFound, also for another agency's."""
    try:
        return SubscriptionItem.get(
            agency_pk(agency_id), subscription_sk(subscription_id), consistent_read=True
        )
    except SubscriptionItem.DoesNotExist as error:
        raise NotFound(subscription_id) from error


def change(item: SubscriptionItem, actions: list[Any], *, now: datetime) -> None:
    """Write what belongs to the agency, if nobody changed it since it was read. Raises Conflict."""
    version = int(item.version)
    if not updated(item, next_version(item, actions, now=now), condition=SubscriptionItem.version == version):
        raise Conflict("changed_meanwhile")


def change_once(item: SubscriptionItem, actions: list[Any], *, note: MadeItem, now: datetime) -> None:
    """The same with the `note` of the request that asked for it; the item is not read again. Raises Conflict."""
    note.made = item.id
    as_read, changes = (
        SubscriptionItem.version == int(item.version),
        next_version(item, actions, now=now),
    )
    write_once(note, lambda transaction: transaction.update(item, changes, condition=as_read))


def next_version(item: SubscriptionItem, actions: list[Any], *, now: datetime) -> list[Any]:
    """The actions, and what goes with every change that the agency makes."""
    return [
        *actions,
        SubscriptionItem.version.set(int(item.version) + 1),
        SubscriptionItem.changed_at.set(now),
    ]


def subscription_sk(subscription_id: str) -> str:
    return f"subscription#{subscription_id}"
