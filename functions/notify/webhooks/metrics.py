"""Metrics per subscription, as CloudWatch embedded metric format: one line of the log, no request.

Source of the format: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
"""

import json
import os
import sys
from datetime import datetime
from typing import Any, Final

from functions.notify.webhooks.delivery import Delivery
from functions.notify.webhooks.endpoints import Endpoint
from functions.notify.webhooks.transport import Attempt

NAMESPACE: Final = f"{os.environ.get('POWERTOOLS_METRICS_NAMESPACE', 'Qamqor')}/Webhooks"
DELIVERED: Final = "Delivered"
FAILED: Final = "Failed"
LATENCY: Final = "Latency"
UNDELIVERED_AGE: Final = "UndeliveredAge"
"""Seconds since the event that is the first to wait in a lane; the alarm is on this."""


def line(endpoint: Endpoint, delivery: Delivery, attempt: Attempt, *, now: datetime) -> str:
    delivered = attempt.outcome == "delivered"
    age = 0.0 if delivered else max(0.0, (now - delivery.created).total_seconds())
    values: dict[str, Any] = {
        DELIVERED: int(delivered),
        FAILED: int(not delivered),
        LATENCY: attempt.latency_ms,
        UNDELIVERED_AGE: age,
    }
    units = {DELIVERED: "Count", FAILED: "Count", LATENCY: "Milliseconds", UNDELIVERED_AGE: "Seconds"}
    return json.dumps(
        {
            "_aws": {
                "Timestamp": int(now.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [[], ["Agency", "Subscription"]],
                        "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
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
