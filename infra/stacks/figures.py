"""The figures of the public files, counted each night."""

from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.stacks.function import Code, Function, allow

FIGURES: Final = Code(
    handler="functions.notify.figures.handler.handler",
    sources=("functions/notify/figures",),
    lock="figures",
    services=("s3",),
    # A whole core: a million complaints take 14 s of one, and 100 MiB.
    memory=1769,
    timeout=300,
)


def let_count(figures: Function, *, public: s3.IBucket) -> None:
    """It reads the months' files, and writes one of its own."""
    allow(figures, ["s3:ListBucket"], [public.bucket_arn])
    allow(figures, ["s3:GetObject"], [public.arn_for_objects("open/*")])
    allow(figures, ["s3:PutObject"], [public.arn_for_objects("open/figures.json")])


class NightlyFigures(Construct):
    """At 20:30 UTC it is after midnight in all of Kazakhstan: the day's last change is in its file."""

    def __init__(self, scope: Construct, id: str, *, figures: lambda_.IFunction) -> None:
        super().__init__(scope, id)
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.cron(hour="20", minute="30"),
            targets=[targets.LambdaFunction(figures, retry_attempts=2)],
        )
