"""A subscription as the sender sees it: where to, signed with what, and how its endpoint has been lately."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from functions.complaints.clock import iso, iso_or_none, parse_iso, parse_iso_or_none
from functions.complaints.faults import NotFound
from functions.notify.webhooks.schedule import Pause, SubscriptionHealth, Warning
from functions.records.agencies.subscriptions import SubscriptionItem, subscription_of, subscription_sk
from functions.records.agencies.table import agency_pk
from functions.records.conditional import updated

TRIES: Final = 12
LONGEST_PAUSE_S: Final = 0.5
NOTICES_KEPT: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What an agency was told of its subscription. `mailed` is False until the e-mail is on its way; until
    `claimed_until` somebody is about to mail it.
    """

    kind: str
    at: datetime
    mailed: bool = False
    claimed_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """`secrets` with the instant at which each stops being used; `active` once it echoed its challenge."""

    agency_id: str
    subscription_id: str
    url: str
    secrets: tuple[tuple[str, datetime | None], ...]
    active: bool
    max_rate: int | None
    health: SubscriptionHealth
    notices: tuple[Notice, ...]
    version: int

    def signing_secrets(self, now: datetime) -> tuple[str, ...]:
        return tuple(secret for secret, ends in self.secrets if ends is None or now < ends)


type Decide = Callable[[Endpoint], Endpoint]


class Overtaken(Exception):
    """Others changed the endpoint's health each time that this one tried to."""


class Endpoints(Protocol):
    """The DynamoDB one below, and one in memory for tests."""

    def get(self, agency_id: str, subscription_id: str) -> Endpoint | None: ...

    def change(self, endpoint: Endpoint, decide: Decide) -> Endpoint: ...

    def replace(self, endpoint: Endpoint, changed: Endpoint) -> Endpoint | None: ...


class DynamoEndpoints:
    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def get(self, agency_id: str, subscription_id: str) -> Endpoint | None:
        try:
            return endpoint_of(subscription_of(agency_id, subscription_id))
        except NotFound:
            return None

    def change(self, endpoint: Endpoint, decide: Decide) -> Endpoint:
        """Write the health and notices that `decide` gives, decided anew where another worker wrote first.

        Nothing is written where nothing changes, and nothing where the subscription is gone. Raises Overtaken.
        """
        current: Endpoint | None = endpoint
        for attempt in range(TRIES):
            if current is None:
                return endpoint
            changed = decide(current)
            if (changed.health, changed.notices) == (current.health, current.notices):
                return current
            written = self.replace(current, changed)
            if written is not None:
                return written
            self._sleep(random.uniform(0, min(LONGEST_PAUSE_S, 0.01 * 2**attempt)))  # noqa: S311
            current = self.get(endpoint.agency_id, endpoint.subscription_id)
        raise Overtaken(endpoint.subscription_id)

    def replace(self, endpoint: Endpoint, changed: Endpoint) -> Endpoint | None:
        """`changed` as it was written, or None where another worker wrote first."""
        item = SubscriptionItem(agency_pk(endpoint.agency_id), subscription_sk(endpoint.subscription_id))
        version = endpoint.version + 1
        actions = [
            SubscriptionItem.health.set(health_dict(changed.health)),
            SubscriptionItem.notices.set([_notice_dict(each) for each in changed.notices]),
            SubscriptionItem.health_version.set(version),
        ]
        as_read = SubscriptionItem.pk.exists() & (SubscriptionItem.health_version == endpoint.version)
        return replace(changed, version=version) if updated(item, actions, condition=as_read) else None


def endpoint_of(item: SubscriptionItem) -> Endpoint:
    return Endpoint(
        agency_id=item.agency_id,
        subscription_id=item.id,
        url=item.url,
        secrets=tuple((each["secret"], parse_iso_or_none(each["expires_at"])) for each in item.secrets),
        active=item.status == "active",
        max_rate=None if item.max_rate is None else int(item.max_rate),
        health=health_of(item.health),
        notices=tuple(_notice(each) for each in item.notices or ()),
        version=int(item.health_version or 0),
    )


def proven(endpoint: Endpoint) -> Endpoint:
    """As one that has been quick once; a verification knows before the first delivery."""
    return replace(endpoint, health=replace(endpoint.health, proven=True))


def with_notice(endpoint: Endpoint, kind: str, *, at: datetime) -> Endpoint:
    notices = (*endpoint.notices, Notice(kind=kind, at=at))
    return replace(endpoint, notices=notices[-NOTICES_KEPT:])


def health_dict(health: SubscriptionHealth) -> dict[str, Any]:
    return {
        "failures": health.failures,
        "failing_since": iso_or_none(health.failing_since),
        "breaker": health.breaker,
        "rest_until": iso_or_none(health.rest_until),
        "rests": health.rests,
        "warned": [[warning.value, iso(at)] for warning, at in health.warned],
        "paused": None if health.paused is None else health.paused.value,
        "paused_at": iso_or_none(health.paused_at),
        "slow": health.slow,
        "proven": health.proven,
        "waiting_since": iso_or_none(health.waiting_since),
    }


def health_of(raw: Mapping[str, Any] | None) -> SubscriptionHealth:
    if not raw:
        return SubscriptionHealth()
    return SubscriptionHealth(
        failures=raw["failures"],
        failing_since=parse_iso_or_none(raw["failing_since"]),
        breaker=raw["breaker"],
        rest_until=parse_iso_or_none(raw["rest_until"]),
        rests=raw["rests"],
        warned=tuple((Warning(warning), parse_iso(at)) for warning, at in raw["warned"]),
        paused=None if raw["paused"] is None else Pause(raw["paused"]),
        paused_at=parse_iso_or_none(raw["paused_at"]),
        slow=raw["slow"],
        proven=raw.get("proven", False),
        waiting_since=parse_iso_or_none(raw.get("waiting_since")),
    )


def _notice_dict(notice: Notice) -> dict[str, Any]:
    return {
        "kind": notice.kind,
        "at": iso(notice.at),
        "mailed": notice.mailed,
        "claimed_until": iso_or_none(notice.claimed_until),
    }


def _notice(raw: Mapping[str, Any]) -> Notice:
    return Notice(
        kind=raw["kind"],
        at=parse_iso(raw["at"]),
        mailed=raw["mailed"],
        claimed_until=parse_iso_or_none(raw.get("claimed_until")),
    )
