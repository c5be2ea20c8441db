"""What is watched: alarms that mean something, who is told of them, and two dashboards."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.stacks import dashboards
from infra.stacks.alarms import (
    MISSING_IS_BAD,
    Alarms,
    Door,
    Told,
    hours_without,
    open_executions,
    ring_promises,
)
from infra.stacks.api import PublicApi
from infra.stacks.backup import tell_of_failed_copies
from infra.stacks.deployment import Deployment
from infra.stacks.escalation import Watch
from infra.stacks.functions import Functions
from infra.stacks.notification import Deliveries
from infra.stacks.publication import ring_late, unpublished
from infra.stacks.storage import Storage


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What AWS measures of this stack."""

    stream_ages: Sequence[cloudwatch.IMetric]
    queue_age: cloudwatch.IMetric
    dropped: Sequence[cloudwatch.IMetric]
    dead_letters: Sequence[cloudwatch.IMetric]
    started: cloudwatch.Metric
    failed: cloudwatch.IMetric
    timed_out: cloudwatch.IMetric
    delayed: cloudwatch.IMetric
    refused_by_tables: Sequence[cloudwatch.IMetric]
    retention: cloudwatch.Metric
    requests: cloudwatch.IMetric
    client_errors: cloudwatch.IMetric
    server_errors: cloudwatch.IMetric

    @property
    def graphs(self) -> Sequence[tuple[str, Sequence[cloudwatch.IMetric]]]:
        return [
            ("Age of the stream, ms", self.stream_ages),
            ("Age of the webhook queue, seconds", [self.queue_age]),
            ("Dead letters", self.dead_letters),
            ("Watches", [self.started, self.failed, self.timed_out]),
            ("Requests", [self.requests, self.client_errors, self.server_errors]),
        ]


class Observability(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        storage: Storage,
        functions: Functions,
        watch: Watch,
        deliveries: Deliveries,
        api: PublicApi,
        dead_letters: Sequence[sqs.IQueue],
    ) -> None:
        super().__init__(scope, id)
        one, five = Duration.minutes(1), Duration.minutes(5)
        machine, http = watch.state_machine, api.api
        seen = Seen(
            stream_ages=[
                each.function.metric("IteratorAge", statistic="Maximum", period=one, label=each.node.id)
                for each in (functions.assignment, functions.outbox)
            ],
            queue_age=deliveries.queue.metric_approximate_age_of_oldest_message(period=five),
            dropped=[
                functions.webhooks.function.metric(
                    "RecursiveInvocationsDropped", statistic="Sum", period=five
                ),
                *[
                    each.function.metric("AsyncEventsDropped", statistic="Sum", period=five)
                    for each in functions.called_unheard
                ],
            ],
            dead_letters=[
                queue.metric_approximate_number_of_messages_visible(period=five, label=queue.node.path)
                for queue in dead_letters
            ],
            started=machine.metric_started(period=five),
            failed=machine.metric_failed(period=five),
            timed_out=machine.metric_timed_out(period=five),
            delayed=machine.metric_throttled(period=five, statistic="Sum"),
            refused_by_tables=[
                table.metric(f"{what}ThrottleEvents", statistic="Sum", period=five)
                for table in (storage.complaints, storage.agencies, storage.people, storage.deliveries)
                for what in ("Read", "Write")
            ],
            retention=functions.retention.function.metric_invocations(),
            requests=http.metric_count(period=five, statistic="Sum"),
            client_errors=http.metric_client_error(period=five, statistic="Sum"),
            server_errors=http.metric_server_error(period=five, statistic="Sum"),
        )
        # The emulator knows no alarms that calculate, and nobody is to be woken by it.
        alarms = [] if deployment.local else self._alarms(seen, deployment=deployment, functions=functions)
        business = dashboards.business(deployment, counted_by=functions.assignment.log_group)
        technical = dashboards.technical(
            deployment,
            functions=functions.all,
            others=[*seen.graphs, *_of_what_is_public(deployment)],
            open_watches=open_executions(seen.started),
            alarms=alarms,
        )
        if deployment.region.size.dashboards == 1:
            dashboards.dashboard(self, "All", deployment, name="all", rows=[*business, *technical], days=1)
            return
        dashboards.dashboard(self, "Business", deployment, name="business", rows=business, days=7)
        dashboards.dashboard(self, "Technical", deployment, name="technical", rows=technical, days=0.5)

    def _alarms(
        self, seen: Seen, *, deployment: Deployment, functions: Functions
    ) -> Sequence[cloudwatch.IAlarm]:
        one, five = Duration.minutes(1), Duration.minutes(5)
        topic = self._topic(deployment)
        if deployment.second_account is not None:
            tell_of_failed_copies(self, topic)
        alarms = Alarms(self, "Alarms", deployment=deployment, topic=topic)
        alarms.functions(
            [
                Door(name="Intake", functions=functions.intake),
                Door(name="Route", functions=functions.route),
                Door(name="Notify", functions=functions.notify),
            ]
        )
        ring_promises(alarms, deployment=deployment)
        alarms.ring(
            "StreamAge",
            Told(what="Events wait in the stream for over a minute.", section="stream-age"),
            _most(seen.stream_ages, period=one),
            above=60_000,
            of=(5, 5),
        )
        alarms.ring(
            "QueueAge",
            Told(what="Nudges wait in the webhook queue for over 15 minutes.", section="queue-age"),
            seen.queue_age,
            above=900,
            of=(2, 2),
        )
        alarms.ring(
            "EventsDropped",
            Told(what="Lambda drops calls that nobody waits for.", section="events-dropped"),
            _all_of(seen.dropped, period=five),
            above=0,
        )
        alarms.ring(
            "RetentionSilent",
            Told(
                what="What people wrote has not been looked through for three hours for what is over its time.",
                section="retention-silent",
            ),
            hours_without(seen.retention),
            above=0,
            of=(3, 3),
            missing=MISSING_IS_BAD,
        )
        alarms.ring(
            "DeadLetters",
            Told(what="Something could not be handled and waits for an operator.", section="dead-letters"),
            _most(seen.dead_letters, period=five),
            above=0,
        )
        alarms.ring(
            "FailedExecutions",
            Told(what="Watches over complaints failed.", section="failed-executions"),
            cloudwatch.MathExpression(
                expression="failed+late",
                using_metrics={"failed": seen.failed, "late": seen.timed_out},
                label="failed watches",
                period=five,
            ),
            above=0,
        )
        alarms.ring(
            "ServerErrors",
            Told(what="Over 1 % of the API's answers are 5xx.", section="server-errors"),
            cloudwatch.MathExpression(
                expression="IF(requests>=20, errors/requests*100, 0)",
                using_metrics={"errors": seen.server_errors, "requests": seen.requests},
                label="5xx, %",
                period=five,
            ),
            above=1,
            of=(2, 3),
        )
        if functions.canary is not None:
            alarms.ring(
                "CanaryFails",
                Told(
                    what="Twice in a row a complaint of the canary's did not go through, or none was filed.",
                    section="canary-fails",
                ),
                functions.canary.function.metric_errors(period=Duration.minutes(15), statistic="Sum"),
                above=0,
                of=(2, 2),
                missing=MISSING_IS_BAD,
            )
        if functions.publisher is not None:
            ring_late(alarms, deployment=deployment)
        if deployment.region.size.quotas:
            _ring_quotas(alarms, seen)
        return alarms.all

    def _topic(self, deployment: Deployment) -> sns.Topic:
        topic = sns.Topic(
            self,
            "Topic",
            display_name=f"Qamqor {deployment.region.id}",
            enforce_ssl=not deployment.local,
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Stack.of(self).account},
                    "ArnLike": {
                        "aws:SourceArn": Stack.of(self).format_arn(
                            service="cloudwatch",
                            resource="alarm",
                            resource_name=f"{deployment.name}-*",
                            arn_format=ArnFormat.COLON_RESOURCE_NAME,
                        )
                    },
                },
            )
        )
        for address in deployment.region.alarm_emails:
            topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic


def _of_what_is_public(deployment: Deployment) -> Sequence[tuple[str, Sequence[cloudwatch.IMetric]]]:
    return [("Oldest unpublished, seconds", [unpublished(deployment)])] if deployment.region.public else []


def _ring_quotas(alarms: Alarms, seen: Seen) -> None:
    """What AWS refuses or delays for its number."""
    five = Duration.minutes(5)
    alarms.ring(
        "TablesThrottled",
        Told(what="DynamoDB refuses reads or writes for their number.", section="tables-throttled"),
        _all_of(seen.refused_by_tables, period=five),
        above=0,
        of=(2, 3),
    )
    alarms.ring(
        "ExecutionsThrottled",
        Told(what="Step Functions delays watches for their number.", section="executions-throttled"),
        seen.delayed,
        above=0,
        of=(2, 3),
    )
    alarms.ring(
        "OpenExecutions",
        Told(
            what="Open executions are at 70 % of the account's quota, or nothing tells how many there are.",
            section="open-executions",
        ),
        open_executions(seen.started),
        above=70,
    )


def _all_of(metrics: Sequence[cloudwatch.IMetric], *, period: Duration) -> cloudwatch.MathExpression:
    used = {f"m{number}": metric for number, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression=f"SUM([{','.join(used)}])", using_metrics=used, label="all of them", period=period
    )


def _most(metrics: Sequence[cloudwatch.IMetric], *, period: Duration) -> cloudwatch.MathExpression:
    used = {f"m{number}": metric for number, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression=f"MAX([{','.join(used)}])", using_metrics=used, label="the most", period=period
    )
