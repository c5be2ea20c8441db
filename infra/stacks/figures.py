"""The figures of the public files, counted each night."""

from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.stacks.deployment import Deployment
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
_READ: Final = ("open/*.csv.gz",)
_WRITTEN: Final = "open/figures.json"


class NightlyFigures(Construct):
    """`function`: reads the months' files in the public bucket, and writes one file there."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, public: s3.IBucket) -> None:
        super().__init__(scope, id)
        self.function = Function(
            self,
            "Figures",
            deployment=deployment,
            code=FIGURES,
            environment={"PUBLIC_BUCKET": public.bucket_name},
        )
        allow(self.function, ["s3:ListBucket"], [public.bucket_arn])
        allow(self.function, ["s3:GetObject"], [public.arn_for_objects(pattern) for pattern in _READ])
        allow(self.function, ["s3:PutObject"], [public.arn_for_objects(_WRITTEN)])
        # 20:30 UTC is after midnight in all of Kazakhstan: the day's last change is in its file.
        events.Rule(
            self,
            "Nightly",
            schedule=events.Schedule.cron(hour="20", minute="30"),
            targets=[targets.LambdaFunction(self.function.live, retry_attempts=2)],
        )
