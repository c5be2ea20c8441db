"""Keys, subscriptions and deliveries as the API shows them; secrets are in none of these."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from functions.complaints.clock import iso, iso_or_none, parse_iso
from functions.notify.subscriptions.manage import algorithm_of
from functions.notify.subscriptions.verification import Verification
from functions.notify.webhooks.delivery import Delivery, DeliveryStatus
from functions.notify.webhooks.endpoints import endpoint_of
from functions.notify.webhooks.limits import DEFAULT_RATE
from functions.notify.webhooks.schedule import Pause
from functions.notify.webhooks.timers import Job
from functions.records.agencies import KeyItem, NewKey, SubscriptionItem


def key_view(key: KeyItem, *, now: datetime) -> dict[str, Any]:
    return {
        "id": key.key_id,
        "name": key.name,
        "scopes": key.scopes,
        "valid": key.is_valid(now),
        "created_at": iso(key.created_at),
        "created_by": key.created_by,
        "expires_at": iso_or_none(key.expires_at),
        "revoked_at": iso_or_none(key.revoked_at),
        "last_used_at": iso_or_none(key.last_used_at),
    }


def new_key_view(key: NewKey) -> dict[str, Any]:
    return {
        "id": key.key_id,
        "token": key.token,
        "scopes": list(key.scopes),
        "expires_at": iso_or_none(key.expires_at),
    }


def subscription_view(item: SubscriptionItem, *, now: datetime) -> dict[str, Any]:
    endpoint = endpoint_of(item)
    health = endpoint.health
    return {
        "id": item.id,
        "url": item.url,
        "types": item.types,
        "description": item.description,
        "status": status_of(item),
        "algorithm": algorithm_of(item),
        "max_rate": DEFAULT_RATE if endpoint.max_rate is None else endpoint.max_rate,
        "created_at": iso(item.created_at),
        "changed_at": iso(item.changed_at),
        "verified_at": iso_or_none(item.verified_at),
        "previous_secret_until": _previous_until(item, now=now),
        "health": {
            "failures": health.failures,
            "failing_since": iso_or_none(health.failing_since),
            "breaker": health.breaker,
            "resting_until": iso_or_none(health.rest_until),
            "slow": health.slow,
            "paused_at": iso_or_none(health.paused_at),
            "paused_because": None if health.paused is None else health.paused.value,
        },
        "notices": [{"kind": notice.kind, "at": iso(notice.at)} for notice in endpoint.notices],
    }


def status_of(item: SubscriptionItem) -> str:
    """pending (its endpoint has not echoed the challenge), active, paused, or disabled (it answered 410 Gone)."""
    paused = endpoint_of(item).health.paused
    if item.status != "active" or paused is None:
        return str(item.status)
    return "disabled" if paused == Pause.GONE else "paused"


def verification_view(verification: Verification) -> dict[str, Any]:
    return asdict(verification)


def delivery_view(
    delivery: Delivery, *, next_attempt_at: datetime | None = None, whole: bool = False
) -> dict[str, Any]:
    """`next_attempt_at` is that of its lane; `whole` adds the payload."""
    view: dict[str, Any] = {
        "id": delivery.id,
        "message_id": delivery.message_id,
        "type": delivery.type,
        "complaint_id": delivery.lane.complaint_id,
        "sequence": delivery.seq,
        "status": delivery.status.value,
        "event_at": iso(delivery.created),
        "delivered_at": iso_or_none(delivery.delivered_at),
        "replayed_at": iso_or_none(delivery.replayed_at),
        "attempts_made": delivery.attempts_made,
        "attempts": [dict(each) for each in delivery.attempts],
        "next_attempt_at": iso_or_none(next_attempt_at)
        if delivery.status == DeliveryStatus.PENDING
        else None,
    }
    if whole:
        view["payload"] = json.loads(delivery.body)
    return view


def job_view(job: Job) -> dict[str, Any]:
    return {
        "id": job.id.partition("#")[2],
        "kind": job.kind,
        "from": job.start,
        "to": job.end,
        "begun_at": job.begun,
        "deliveries": job.done,
        "ended_at": job.ended,
    }


def _previous_until(item: SubscriptionItem, *, now: datetime) -> str | None:
    ends = [each["expires_at"] for each in item.secrets if each["expires_at"] is not None]
    return next((each for each in ends if now < parse_iso(each)), None)
