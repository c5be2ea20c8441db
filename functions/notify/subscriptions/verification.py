"""Activation: an endpoint proves that it wants the messages by echoing a challenge.

It is sent a signed message of type `subscription.verification` whose `data.challenge` is a fresh random text, and has
to answer 2xx with `{"challenge": "<the same>"}`. Without this, a subscription could be aimed at somebody else's server.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from functions.notify.subscriptions.manage import change
from functions.notify.webhooks.attempt import Attempt, AttemptError
from functions.notify.webhooks.delivery import message_id, to_body
from functions.notify.webhooks.endpoints import DynamoEndpoints, endpoint_of, proven
from functions.notify.webhooks.schedule import QUICK_WITHIN
from functions.notify.webhooks.signature import signed_headers
from functions.records.agencies.subscriptions import SubscriptionItem

TYPE: Final = "subscription.verification"
NOT_ECHOED: Final = "challenge_not_echoed"
TOTAL_TIMEOUT_S: Final = 10.0
"""Below the time that the API's own function and its gateway have."""

type Post = Callable[[str, bytes, dict[str, str]], Attempt]
type VerificationError = AttemptError | Literal["challenge_not_echoed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """`error` is None when the endpoint echoed the challenge, else `challenge_not_echoed` or the attempt's."""

    verified: bool
    status: int | None
    error: VerificationError | None
    latency_ms: int

    @property
    def quick(self) -> bool:
        return self.verified and timedelta(milliseconds=self.latency_ms) <= QUICK_WITHIN


def verify(item: SubscriptionItem, *, post: Post, now: datetime) -> Verification:
    """Ask the endpoint to echo a challenge, and activate the subscription if it does; one that is quick about it may be
    sent to without waiting for its first answer. Raises Conflict.
    """
    challenge = secrets.token_urlsafe(24)
    body = to_body(TYPE, at=now, data={"subscription_id": item.id, "challenge": challenge}).encode()
    headers = signed_headers(
        message_id=message_id(challenge, item.id),
        timestamp=now,
        body=body,
        secrets=endpoint_of(item).signing_secrets(now),
    )
    attempt = post(item.url, body, headers)
    error: VerificationError | None = attempt.error
    if error is None and not echoes(attempt.body, challenge):
        error = NOT_ECHOED
    if error is None and item.status != "active":
        change(
            item,
            [SubscriptionItem.status.set("active"), SubscriptionItem.verified_at.set(now)],
            now=now,
        )
    verification = Verification(
        verified=error is None, status=attempt.status, error=error, latency_ms=attempt.latency_ms
    )
    if verification.quick:
        DynamoEndpoints().change(endpoint_of(item), proven)
    return verification


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
