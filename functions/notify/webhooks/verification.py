"""Activation: an endpoint proves that it wants the messages by echoing a challenge.

It is sent a signed message of type `subscription.verification` whose `data.challenge` is a fresh random text, and has
to answer 2xx with `{"challenge": "<the same>"}`. Without this, a subscription could be aimed at somebody else's server.

Nothing is sent before the agency has the secret, for a receiver that verifies what it gets needs it first: making a
subscription returns, and the endpoint is asked by itself after that, some times in ten minutes (`asking`), and whenever
the agency says so (`/verify`).
"""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from functions.complaints.clock import iso_or_none, parse_iso_or_none
from functions.complaints.faults import Conflict
from functions.edge.telemetry import logger
from functions.notify.webhooks.attempt import Attempt, AttemptError
from functions.notify.webhooks.delivery import (
    VERIFICATION_TYPE,
    Nudge,
    message_id,
    ticket_of,
    to_body,
    verification_delivery,
)
from functions.notify.webhooks.endpoints import DynamoEndpoints, endpoint_of, proven
from functions.notify.webhooks.jobs import Enqueue
from functions.notify.webhooks.schedule import QUICK_WITHIN
from functions.notify.webhooks.signature import signed_headers
from functions.notify.webhooks.store import Deliveries
from functions.records.agencies.subscriptions import SubscriptionItem, change, subscription_of
from functions.records.conditional import updated

NOT_ECHOED: Final = "challenge_not_echoed"
TOTAL_TIMEOUT_S: Final = 10.0
"""Below the time that the API's own function and its gateway have."""
ASKED_AFTER: Final = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=10),
)
"""When an endpoint is asked by itself, from the making of the subscription on, or from its new URL."""

type Post = Callable[[str, bytes, dict[str, str]], Attempt]
type VerificationError = AttemptError | Literal["challenge_not_echoed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What is known of asking one URL: so many `attempts`, and of the last one, `at`, what came of it. `error` is None
    when the endpoint echoed the challenge, else `challenge_not_echoed` or the attempt's; `next_at` is when it is asked by
    itself again.
    """

    attempts: int = 0
    at: datetime | None = None
    verified: bool = False
    status: int | None = None
    error: VerificationError | None = None
    latency_ms: int | None = None
    next_at: datetime | None = None

    @property
    def quick(self) -> bool:
        return (
            self.verified
            and self.latency_ms is not None
            and timedelta(milliseconds=self.latency_ms) <= QUICK_WITHIN
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One attempt, and what is known with it."""

    attempt: Attempt
    verification: Verification


def next_asking(begun: datetime, *, now: datetime) -> datetime | None:
    """When the endpoint is asked by itself after `now`; None where that was the last time."""
    return next((at for after in ASKED_AFTER if (at := begun + after) > now), None)


def begin_asking(
    item: SubscriptionItem, *, since: datetime, deliveries: Deliveries, enqueue: Enqueue, now: datetime
) -> None:
    """Have the endpoint asked from `since` on. Begun twice, it is asked as if begun once."""
    delivery = verification_delivery(agency_id=item.agency_id, subscription_id=item.id, now=since)
    deliveries.add(delivery)
    deliveries.announce(delivery.lane, [ticket_of(delivery.seq)], now=now)
    note(item, replace(verification_of(item), next_at=since + ASKED_AFTER[0]))
    try:
        enqueue([Nudge(lane=delivery.lane, delay=ASKED_AFTER[0])])
    except Exception:
        # The index of what is due finds it a minute later; whoever waits for the secret is not to wait for this.
        logger.exception("lane not nudged")


def verify(
    item: SubscriptionItem, *, post: Post, now: datetime, next_at: datetime | None, name: str | None = None
) -> Asked:
    """Ask the endpoint to echo a challenge, and activate the subscription if it does; one that is quick about it may be
    sent to without waiting for its first answer. `next_at`: when it is asked again if it does not. `name`: of the message,
    which is another each time, so that a receiver that keeps what it had answers all the same.

    Raises Conflict where the URL is another one by now.
    """
    challenge = secrets.token_urlsafe(24)
    body = to_body(
        VERIFICATION_TYPE, at=now, data={"subscription_id": item.id, "challenge": challenge}
    ).encode()
    headers = signed_headers(
        message_id=name or message_id(challenge, item.id),
        timestamp=now,
        body=body,
        secrets=endpoint_of(item).signing_secrets(now),
    )
    attempt = post(item.url, body, headers)
    error: VerificationError | None = attempt.error
    if error is None and not echoes(attempt.body, challenge):
        error = NOT_ECHOED
    verification = Verification(
        attempts=verification_of(item).attempts + 1,
        at=now,
        verified=error is None,
        status=attempt.status,
        error=error,
        latency_ms=attempt.latency_ms,
        next_at=next_at if error is not None and item.status != "active" else None,
    )
    if error is None:
        _activate(item, now=now)
    note(item, verification)
    if verification.quick:
        DynamoEndpoints().change(endpoint_of(item), proven)
    return Asked(attempt=attempt, verification=verification)


def _activate(item: SubscriptionItem, *, now: datetime) -> None:
    """The endpoint at this URL echoed. Who asked it at the same moment, or changed something else, is no hindrance."""
    url = item.url
    while item.status != "active":
        try:
            change(
                item,
                [SubscriptionItem.status.set("active"), SubscriptionItem.verified_at.set(now)],
                now=now,
            )
        except Conflict:
            there = subscription_of(item.agency_id, item.id)
            if there.url != url:
                raise
            item.version, item.status = there.version, there.status


def note(item: SubscriptionItem, verification: Verification) -> None:
    """Write what is known of the URL that was asked; of one that it has no more nothing is said."""
    raw: dict[str, Any] = {
        "attempts": verification.attempts,
        "at": iso_or_none(verification.at),
        "verified": verification.verified,
        "status": verification.status,
        "error": verification.error,
        "latency_ms": verification.latency_ms,
        "next_at": iso_or_none(verification.next_at),
    }
    same_url = SubscriptionItem.pk.exists() & (SubscriptionItem.url == item.url)
    if verification.next_at is not None:
        same_url &= SubscriptionItem.status != "active"
    updated(item, [SubscriptionItem.verification.set(raw)], condition=same_url)


def verification_of(item: SubscriptionItem) -> Verification:
    raw = item.verification
    if not raw:
        return Verification()
    return Verification(
        **{**raw, "at": parse_iso_or_none(raw["at"]), "next_at": parse_iso_or_none(raw["next_at"])}
    )


def echoes(answer: bytes, challenge: str) -> bool:
    """Whether the answer is a JSON object with the challenge, in UTF-8 with or without a byte order mark, or in the other
    encodings of Unicode. Of an answer that is longer than what is read of one nothing is known.
    """
    try:
        # RFC 8259, section 8.1: who reads JSON may pass over a byte order mark.
        value = json.loads(answer)
    except (ValueError, RecursionError):
        return False
    echoed = value.get("challenge") if isinstance(value, dict) else None
    return isinstance(echoed, str) and hmac.compare_digest(
        echoed.encode("utf-8", "replace"), challenge.encode()
    )
