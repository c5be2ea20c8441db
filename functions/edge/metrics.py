"""Metrics by Powertools, in CloudWatch's embedded metric format: one line of the log, no request.

What a line says beside its numbers (agency, category) is metadata: it is in the log for queries, and makes no further
metric, which would be paid for by the month. A consumer that runs twice for one event counts it twice.
"""

import json
import os
import sys
from collections.abc import Mapping, Set
from typing import Final

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE: Final = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Qamqor")

# What happens to people's complaints, one count for each event, by `functions.route.assignment`.
SUBMITTED: Final = "Submitted"
ASSIGNED: Final = "Assigned"
ANSWERED: Final = "Answered"
ANSWERED_IN_TIME: Final = "AnsweredInTime"
ESCALATED: Final = "Escalated"
ESCALATED_LATE: Final = "EscalatedLate"
REFUTED: Final = "Refuted"
FORWARDED: Final = "Forwarded"
FORWARDED_LATE: Final = "ForwardedLate"
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
# What is set aside and tried again, by `functions.edge.stream`: zeroes too.
SET_ASIDE: Final = "SetAside"
OLDEST_SET_ASIDE: Final = "OldestSetAside"
# What the sweep found, by `functions.route.escalation`: zeroes too, which say that it runs.
UNWATCHED: Final = "Unwatched"
OLDEST_UNWATCHED: Final = "OldestUnwatched"
# The year that terms begun now need and the region file's calendar lacks; 0 where it lacks none.
MISSING_YEAR: Final = "CalendarYearMissing"
# For how long what waits longest should have left a body that is no more, by the same: zeroes too.
OLDEST_UNMOVED: Final = "OldestUnmoved"
# How old the oldest change is that is not in the public files yet, by `functions.notify.publisher`: zeroes too, which say
# that it runs.
OLDEST_UNPUBLISHED: Final = "OldestUnpublished"
# How many heads of chains an hour's run put under lock, by `functions.route.archive`.
HEADS_ARCHIVED: Final = "HeadsArchived"

UNITS: Final[Mapping[str, MetricUnit]] = {
    ASSIGNMENT_DELAY: MetricUnit.Seconds,
    ESCALATION_DELAY: MetricUnit.Seconds,
    TELLING_DELAY: MetricUnit.Seconds,
    OLDEST_SET_ASIDE: MetricUnit.Seconds,
    OLDEST_UNWATCHED: MetricUnit.Seconds,
    OLDEST_UNMOVED: MetricUnit.Seconds,
    OLDEST_UNPUBLISHED: MetricUnit.Seconds,
}
"""Units of what is not a count."""


IN_LOGS: Final = frozenset({SET_ASIDE, FORWARDED, FORWARDED_LATE, ESCALATION_DELAY})
"""What no alarm and no dashboard reads: queries of logs find it, and no metric is paid for."""


def emit(
    values: Mapping[str, float],
    *,
    units: Mapping[str, MetricUnit] = UNITS,
    namespace: str = NAMESPACE,
    in_logs: Set[str] = IN_LOGS,
    **said: str | None,
) -> None:
    """Write a line with these metrics, each as a total of the whole region; but those that are `in_logs` are said alone.

    `said` is the metadata, such as `Agency`. Any thread may: nothing is gathered between calls.
    """
    # Powertools would count by function as well, were the service not said to have no name.
    line = EphemeralMetrics(namespace=namespace, service="")
    for name, value in values.items():
        if name in in_logs:
            # In the form of a metric, so that a query is the same.
            line.add_metadata(name, [float(value)])
        else:
            line.add_metric(name=name, unit=units.get(name, MetricUnit.Count), value=value)
    for name, text in said.items():
        if text is not None:
            line.add_metadata(name, text)
    if set(values) <= in_logs:
        sys.stdout.write(json.dumps(line.metadata_set, separators=(",", ":")) + "\n")
        return
    # In one piece: `flush_metrics` writes a line and its end apart, and another thread's line comes between.
    sys.stdout.write(json.dumps(line.serialize_metric_set(), separators=(",", ":")) + "\n")
