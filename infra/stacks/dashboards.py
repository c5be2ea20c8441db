"""What dashboards show, on two or on one: what becomes of complaints, and how the machinery does."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from functions.complaints.timers import ASSIGNED_WITHIN
from functions.edge import metrics as names
from infra.stacks.alarms import own_metric, share, webhook_age
from infra.stacks.deployment import Deployment
from infra.stacks.function import Function

WIDTH: Final = 24
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = Duration.hours(1)
DAY: Final = Duration.days(1)


type Rows = list[list[cloudwatch.IWidget]]


def dashboard(
    scope: Construct, id: str, deployment: Deployment, *, name: str, rows: Rows, days: float
) -> cloudwatch.Dashboard:
    """`days`: how far back it shows when it is opened."""
    return cloudwatch.Dashboard(
        scope,
        id,
        dashboard_name=f"{deployment.name}-{name}",
        default_interval=Duration.hours(days * 24),
        widgets=rows,
    )


def business(deployment: Deployment, *, counted_by: logs.ILogGroup) -> Rows:
    """Complaints in, assigned in time, answered in time, escalated and refuted; `counted_by` logs the counts."""

    def counts(title: str, *metrics: str) -> cloudwatch.GraphWidget:
        return _graph(title, [own_metric(deployment, name, period=HOUR) for name in metrics], width=12)

    def per_cent(part: str, whole: str) -> cloudwatch.MathExpression:
        return share(deployment, part, whole, at_least=1, period=DAY)

    return [
        [
            _number("Complaints in", own_metric(deployment, names.SUBMITTED, period=DAY), width=4),
            _number(
                f"Assigned within {ASSIGNED_WITHIN // MINUTE} minutes, %",
                per_cent(names.ASSIGNED_PROMPTLY, names.ASSIGNED),
                width=6,
            ),
            _number("Answered in time, %", per_cent(names.ANSWERED_IN_TIME, names.ANSWERED), width=5),
            _number("Escalated", own_metric(deployment, names.ESCALATED, period=DAY), width=4),
            _number("Refuted, % of answers", per_cent(names.REFUTED, names.ANSWERED), width=5),
        ],
        [
            counts("In and out", names.SUBMITTED, names.ANSWERED, names.CLOSED),
            counts("Missed and refuted", names.ESCALATED, names.REFUTED),
        ],
        [
            _graph(
                "Assigned within, seconds",
                [
                    own_metric(deployment, names.ASSIGNMENT_DELAY, statistic=each, period=HOUR, label=each)
                    for each in ("p50", "p95", "Maximum")
                ],
                width=12,
            ),
            _graph(
                "Told within, seconds",
                [
                    own_metric(deployment, names.TELLING_DELAY, statistic=each, period=HOUR, label=each)
                    for each in ("p50", "p95", "Maximum")
                ],
                width=12,
            ),
        ],
        [
            _by("Agency", counted_by, names.ASSIGNED),
            _by("Category", counted_by, names.SUBMITTED, names.ASSIGNED),
        ],
    ]


def technical(
    deployment: Deployment,
    *,
    functions: Sequence[Function],
    others: Sequence[tuple[str, Sequence[cloudwatch.IMetric]]],
    open_watches: cloudwatch.IMetric,
    alarms: Sequence[cloudwatch.IAlarm],
) -> Rows:
    """Alarms first, then functions, then `others`: titled groups of metrics of queues, streams, API and machine."""
    graphs = [
        _graph("Errors", [each.function.metric_errors(label=each.node.id) for each in functions]),
        _graph("Throttles", [each.function.metric_throttles(label=each.node.id) for each in functions]),
        _graph(
            "Duration, p99, ms",
            [each.function.metric_duration(label=each.node.id, statistic="p99") for each in functions],
        ),
        *[_graph(title, metrics) for title, metrics in others],
        _graph("Open executions, % of the quota", [open_watches]),
        _graph("Oldest webhook, seconds", [webhook_age(deployment)]),
        _graph(
            "Without a watch",
            [
                own_metric(deployment, names.UNWATCHED),
                own_metric(deployment, names.OLDEST_UNWATCHED, statistic="Maximum"),
            ],
        ),
        _graph(
            "Pushes", [own_metric(deployment, names.PUSH_SENT), own_metric(deployment, names.PUSH_FAILED)]
        ),
    ]
    rows: Rows = []
    if alarms:
        rows.append(
            [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=WIDTH, height=4)]
        )
    rows += [list(graphs[first : first + 3]) for first in range(0, len(graphs), 3)]
    return rows


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], *, width: int = 8) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=width, height=6)


def _number(title: str, metric: cloudwatch.IMetric, *, width: int) -> cloudwatch.SingleValueWidget:
    return cloudwatch.SingleValueWidget(
        title=title, metrics=[metric], width=width, height=4, full_precision=False
    )


def _by(field: str, group: logs.ILogGroup, *came: str) -> cloudwatch.LogQueryWidget:
    """A table by agency or category, from the log lines: a metric for each would be paid for by the month. `came`: how
    they came there, before what became of them.

    A metric's value is a list in its line, and Logs Insights gives each of a list's members a name of its own. Source:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
    """
    counted = {
        **{name.lower(): name for name in came},
        "answered": names.ANSWERED,
        "in_time": names.ANSWERED_IN_TIME,
        "escalated": names.ESCALATED,
        "refuted": names.REFUTED,
    }
    sums = ", ".join(f"sum({metric}.0) as {column}" for column, metric in counted.items())
    return cloudwatch.LogQueryWidget(
        title=f"By {field.lower()}",
        log_group_names=[group.log_group_name],
        view=cloudwatch.LogQueryVisualizationType.TABLE,
        width=12,
        height=8,
        query_lines=[
            f"filter ispresent({field})",
            f"stats {sums} by {field}",
            "sort escalated desc",
        ],
    )
