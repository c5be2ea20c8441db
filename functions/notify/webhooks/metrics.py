"""Metrics per subscription, as CloudWatch embedded metric format: one line of the log, no request.

Source of the format: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
"""

import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from functions.notify.webhooks.delivery import Delivery
from functions.notify.webhooks.endpoints import Endpoint
from functions.notify.webhooks.transport import Attempt

NAMESPACE: Final = f"{os.environ.get('POWERTOOLS_METRICS_NAMESPACE', 'Qamqor')}/Webhooks"
DELIVERED: Final = "Delivered"
FAILED: Final = "Failed"
LATENCY: Final = "Latency"
UNDELIVERED_AGE: Final = "UndeliveredAge"
"""Seconds since the event that is the first to wait in a lane; the alarm is on this."""
UNITS: Final = {DELIVERED: "Count", FAILED: "Count", LATENCY: "Milliseconds", UNDELIVERED_AGE: "Seconds"}


def line(endpoint: Endpoint, delivery: Delivery, attempt: Attempt, *, now: datetime) -> str:
    """What came of an attempt."""
    delivered = attempt.outcome == "delivered"
    values = {
        DELIVERED: int(delivered),
        FAILED: int(not delivered),
        LATENCY: attempt.latency_ms,
        UNDELIVERED_AGE: 0.0 if delivered else _age(delivery, now=now),
    }
    return _line(endpoint, delivery, values, now=now)


def waiting_line(endpoint: Endpoint, delivery: Delivery, *, now: datetime) -> str:
    """The age of what is not even tried: its endpoint rests or is paused."""
    return _line(endpoint, delivery, {UNDELIVERED_AGE: _age(delivery, now=now)}, now=now)


def _age(delivery: Delivery, *, now: datetime) -> float:
    return max(0.0, (now - delivery.waiting_since).total_seconds())


def _line(endpoint: Endpoint, delivery: Delivery, values: Mapping[str, float], *, now: datetime) -> str:
    return json.dumps(
        {
            "_aws": {
                "Timestamp": int(now.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [[], ["Agency", "Subscription"]],
                        "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
                    }
                ],
            },
            "Agency": endpoint.agency_id,
            "Subscription": endpoint.subscription_id,
            "MessageId": delivery.message_id,
            **values,
        },
        separators=(",", ":"),
    )


def write(text: str) -> None:
    sys.stdout.write(text + "\n")
