"""Metrics as CloudWatch's embedded metric format: one line of the log, no request.

What a line says beside its numbers (agency, category) is in the log for queries and makes no further metric, which
would be paid for by the month. A consumer that runs twice for one event counts it twice.

Source of the format: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
"""

import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

NAMESPACE: Final = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Qamqor")

# What happens to complaints, one count for each event, by `functions.route.assignment`.
SUBMITTED: Final = "Submitted"
ASSIGNED: Final = "Assigned"
ANSWERED: Final = "Answered"
ANSWERED_IN_TIME: Final = "AnsweredInTime"
ESCALATED: Final = "Escalated"
ESCALATED_LATE: Final = "EscalatedLate"
REFUTED: Final = "Refuted"
CLOSED: Final = "Closed"
ASSIGNMENT_DELAY: Final = "AssignmentDelay"
ASSIGNED_PROMPTLY: Final = "AssignedPromptly"
ESCALATION_DELAY: Final = "EscalationDelay"
# What became of telling, by `functions.notify.outbox`.
TOLD: Final = "Told"
TOLD_LATE: Final = "ToldLate"
TELLING_DELAY: Final = "TellingDelay"
PUSH_SENT: Final = "PushSent"
PUSH_FAILED: Final = "PushFailed"
# What the sweep found, by `functions.route.escalation`: zeroes too, which say that it runs.
UNWATCHED: Final = "Unwatched"
OLDEST_UNWATCHED: Final = "OldestUnwatched"
# How many heads of chains an hour's run put under lock, by `functions.route.archive`.
HEADS_ARCHIVED: Final = "HeadsArchived"

UNITS: Final[Mapping[str, str]] = {
    ASSIGNMENT_DELAY: "Seconds",
    ESCALATION_DELAY: "Seconds",
    TELLING_DELAY: "Seconds",
    OLDEST_UNWATCHED: "Seconds",
}
"""Units of what is not a count."""


def line(values: Mapping[str, float], *, now: datetime, **said: str | None) -> str:
    """The line for these metrics; `said` is what else it says, such as `Agency`."""
    return json.dumps(
        {
            "_aws": {
                "Timestamp": int(now.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [[]],
                        "Metrics": [{"Name": name, "Unit": UNITS.get(name, "Count")} for name in values],
                    }
                ],
            },
            **{name: text for name, text in said.items() if text is not None},
            **values,
        },
        separators=(",", ":"),
    )


def emit(values: Mapping[str, float], *, now: datetime, **said: Any) -> None:
    sys.stdout.write(line(values, now=now, **said) + "\n")
