"""Subscriptions as the API shows them; what is secret is in the two alone that were just given a secret."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from functions.complaints.clock import iso, iso_or_none, parse_iso
from functions.edge.fields import Count, Id, Instant, View, described, one_of
from functions.notify.subscriptions.manage import ALGORITHMS, algorithm_of
from functions.notify.webhooks.attempt import AttemptError
from functions.notify.webhooks.endpoints import endpoint_of
from functions.notify.webhooks.limits import DEFAULT_RATE
from functions.notify.webhooks.schedule import Pause, Warning
from functions.notify.webhooks.timers import Job
from functions.notify.webhooks.verification import NOT_ECHOED, verification_of
from functions.records.agencies.subscriptions import SubscriptionItem

RATE_SAID = "Attempts a second, at most, counted over each ten seconds."


class Health(View):
    """How the endpoint has been lately."""

    failures: Annotated[Count, described("Attempts that failed since the last success.")]
    failing_since: Instant | None
    breaker: Annotated[str, one_of("closed", "open", "half_open")]
    resting_until: Instant | None
    slow: bool
    paused_at: Instant | None
    paused_because: Pause | None


class Notice(View):
    """What the agency was told of its endpoint."""

    kind: Annotated[str, Field(examples=[each.value for each in Warning])]
    at: Instant


class VerificationView(View):
    """What came of asking the endpoint, at its present URL, to echo a challenge: of the last time, and what comes next."""

    verified: bool
    attempts: Annotated[Count, described("How often it was asked.")]
    at: Annotated[Instant | None, described("When it was asked last.")]
    status: int | None
    error: Annotated[str, one_of(*AttemptError, NOT_ECHOED)] | None
    latency_ms: int | None
    next_attempt_at: Annotated[
        Instant | None, described("When it is asked again by itself; null where that is over.")
    ]
    verify: Annotated[str | None, described("Where to POST to have it asked now; null once it has echoed.")]


class AnySubscription(View):
    """A webhook subscription."""

    id: Id
    url: str
    types: list[str]
    description: str | None
    status: Annotated[
        str,
        Field(
            description="`pending` until the endpoint has echoed the challenge; `disabled` after it answered 410.",
            json_schema_extra={"enum": ["pending", "active", "paused", "disabled"]},
        ),
    ]
    algorithm: Annotated[str, one_of(*ALGORITHMS)]
    max_rate: Annotated[Count, described(RATE_SAID)]
    created_at: Instant
    changed_at: Instant
    verified_at: Instant | None
    previous_secret_until: Annotated[
        Instant | None, described("Until when a secret before this one signs too, after a rotation.")
    ]
    verification: VerificationView
    health: Health
    notices: list[Notice]


class Subscription(AnySubscription):
    """A webhook subscription."""


class Subscriptions(View):
    """All of them."""

    items: list[Subscription]


class RotatedSubscription(AnySubscription):
    """A webhook subscription with a secret that was just made."""

    secret: Annotated[
        str,
        described(
            "What verifies the messages: `whsec_…`, shown this once and to the same request under its Idempotency-Key, or "
            "for v1a the public key `whpk_…`."
        ),
    ]


class NewSubscription(RotatedSubscription):
    """A webhook subscription that was just made."""


class JobView(View):
    """A pass over a subscription's deliveries."""

    id: str
    kind: Annotated[str, one_of("recovery", "replay")]
    start: Annotated[str, Field(alias="from")]
    end: Annotated[str, Field(alias="to")]
    begun_at: str
    deliveries: Annotated[Count, described("How many it has handled so far.")]
    ended_at: str | None


class SubscriptionDetail(AnySubscription):
    """A webhook subscription with the jobs that run for it, or did lately."""

    jobs: list[JobView]


def subscription_view[Shown: AnySubscription](
    model: type[Shown], item: SubscriptionItem, *, now: datetime, **more: Any
) -> Shown:
    """The subscription, with what this model shows `more`."""
    endpoint = endpoint_of(item)
    health = endpoint.health
    return model(
        id=item.id,
        url=item.url,
        types=item.types,
        description=item.description,
        status=_status(item, health.paused),
        algorithm=algorithm_of(item),
        max_rate=DEFAULT_RATE if endpoint.max_rate is None else endpoint.max_rate,
        created_at=iso(item.created_at),
        changed_at=iso(item.changed_at),
        verified_at=iso_or_none(item.verified_at),
        previous_secret_until=_previous_until(item, now=now),
        verification=_verification(item),
        health=Health(
            failures=health.failures,
            failing_since=iso_or_none(health.failing_since),
            breaker=health.breaker,
            resting_until=iso_or_none(health.rest_until),
            slow=health.slow,
            paused_at=iso_or_none(health.paused_at),
            paused_because=health.paused,
        ),
        notices=[Notice(kind=notice.kind, at=iso(notice.at)) for notice in endpoint.notices],
        **more,
    )


def _verification(item: SubscriptionItem) -> VerificationView:
    known, active = verification_of(item), item.status == "active"
    return VerificationView(
        verified=known.verified,
        attempts=known.attempts,
        at=iso_or_none(known.at),
        status=known.status,
        error=known.error,
        latency_ms=known.latency_ms,
        next_attempt_at=None if active else iso_or_none(known.next_at),
        verify=None if active else f"/v1/agency/subscriptions/{item.id}/verify",
    )


def job_view(job: Job) -> JobView:
    return JobView(
        **{"from": job.start, "to": job.end},
        id=job.id.partition("#")[2],
        kind=job.kind,
        begun_at=job.begun,
        deliveries=job.done,
        ended_at=job.ended,
    )


def _status(item: SubscriptionItem, paused: Pause | None) -> str:
    """pending (its endpoint has not echoed the challenge), active, paused, or disabled (it answered 410 Gone)."""
    if item.status != "active" or paused is None:
        return str(item.status)
    return "disabled" if paused == Pause.GONE else "paused"


def _previous_until(item: SubscriptionItem, *, now: datetime) -> str | None:
    ends = [each["expires_at"] for each in item.secrets if each["expires_at"] is not None]
    return next((each for each in ends if now < parse_iso(each)), None)
