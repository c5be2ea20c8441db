"""Alarms that mean something; each names the section of the runbook that says what to do."""

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.deployment import Deployment

if TYPE_CHECKING:
    from infra.api import PublicApi
    from infra.escalation import Watch
    from infra.functions import Functions
    from infra.notification import Deliveries


class Observability(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        functions: "Functions",
        watch: "Watch",
        deliveries: "Deliveries",
        api: "PublicApi",
    ) -> None:
        super().__init__(scope, id)
        for function in functions.all:
            cloudwatch.Alarm(
                self,
                f"{function.node.id}Errors",
                metric=function.function.metric_errors(period=Duration.minutes(5)),
                threshold=1,
                evaluation_periods=1,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
