"""What the clock calls, and when; times are UTC. What the queue of webhooks needs stands with it, in `notification`."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.stacks.deployment import Deployment
from infra.stacks.function import Function
from infra.stacks.functions import Functions


class Scheduled(Construct):
    """A call that fails is made again `retries` times, unless it is older than `at_most`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: Function,
        schedule: events.Schedule,
        retries: int = 2,
        at_most: Duration | None = None,
    ) -> None:
        super().__init__(scope, id)
        target = targets.LambdaFunction(function.live, retry_attempts=retries, max_event_age=at_most)
        events.Rule(self, "Schedule", schedule=schedule, targets=[target])


def call_by_the_clock(scope: Construct, *, functions: Functions, deployment: Deployment) -> None:
    cron, rate, minute = events.Schedule.cron, events.Schedule.rate, Duration.minutes(1)
    # An escalation is late by this at the most, whatever failed.
    interval = minute if deployment.local else Duration.minutes(5)
    Scheduled(scope, "Sweep", function=functions.sweep, schedule=rate(interval))
    # An hour is over then, and its last events can be read.
    Scheduled(scope, "HourlyArchive", function=functions.archive, schedule=cron(minute="10"))
    Scheduled(scope, "HourlyRetention", function=functions.retention, schedule=cron(minute="40"))
    if functions.letters is not None:
        # To the bodies whose day begins.
        Scheduled(scope, "HourlyLetters", function=functions.letters, schedule=cron(minute="5"))
    if functions.publisher is not None:
        # What one call does not do, the next one does.
        publisher = functions.publisher
        Scheduled(scope, "Publish", function=publisher, schedule=rate(minute), retries=0, at_most=minute)
    if functions.figures is not None:
        # After midnight in all of Kazakhstan: the day's last change is in its file.
        nightly = cron(hour="20", minute="30")
        Scheduled(scope, "NightlyFigures", function=functions.figures, schedule=nightly)
    if functions.canary is not None:
        # In the middle of each quarter, so that each period of the alarm has one. One that failed is not made up for.
        functions.canary.live.configure_async_invoke(retry_attempts=0)
        quarterly = cron(minute="7/15")
        Scheduled(scope, "EachQuarter", function=functions.canary, schedule=quarterly, retries=0)
