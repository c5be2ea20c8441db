"""What is measured of deliveries: one metric for all of a region; the rest, and whose, is in the log for queries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from aws_lambda_powertools.metrics import MetricUnit

from functions.edge import metrics
from functions.notify.webhooks.attempt import Attempt
from functions.notify.webhooks.delivery import Delivery
from functions.notify.webhooks.endpoints import Endpoint

NAMESPACE: Final = f"{metrics.NAMESPACE}/Webhooks"
DELIVERED: Final = "Delivered"
FAILED: Final = "Failed"
LATENCY: Final = "Latency"
UNDELIVERED_AGE: Final = "UndeliveredAge"
"""Seconds since the event that is the first to wait in a lane; the alarm is on this."""
UNITS: Final = {LATENCY: MetricUnit.Milliseconds, UNDELIVERED_AGE: MetricUnit.Seconds}
"""Units of what is not a count."""
IN_LOGS: Final = frozenset({DELIVERED, FAILED, LATENCY})
"""As `functions.edge.metrics.IN_LOGS`."""


def report(endpoint: Endpoint, delivery: Delivery, attempt: Attempt, *, now: datetime) -> None:
    """What came of an attempt."""
    delivered = attempt.outcome == "delivered"
    values = {
        DELIVERED: int(delivered),
        FAILED: int(not delivered),
        LATENCY: attempt.latency_ms,
        UNDELIVERED_AGE: 0.0 if delivered else _age(delivery, now=now),
    }
    _emit(endpoint, delivery, values)


def report_waiting(endpoint: Endpoint, delivery: Delivery, *, now: datetime) -> None:
    """The age of what is not even tried: its endpoint rests or is paused."""
    _emit(endpoint, delivery, {UNDELIVERED_AGE: _age(delivery, now=now)})


def _age(delivery: Delivery, *, now: datetime) -> float:
    return max(0.0, (now - delivery.waiting_since).total_seconds())


def _emit(endpoint: Endpoint, delivery: Delivery, values: Mapping[str, float]) -> None:
    metrics.emit(
        values,
        units=UNITS,
        namespace=NAMESPACE,
        in_logs=IN_LOGS,
        Agency=endpoint.agency_id,
        Subscription=endpoint.subscription_id,
        MessageId=delivery.message_id,
    )
