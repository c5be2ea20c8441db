"""How a new version takes over: a tenth of the calls for five minutes, then all, unless its errors call it back."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.stacks.alarms import of_all_functions
from infra.stacks.deployment import Deployment
from infra.stacks.function import Function

CONFIG: Final = codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES


class Rollout(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        functions: Sequence[Function],
        watched: Sequence[Function],
    ) -> None:
        """`watched`: whose errors call every new version back; no more than ten, which is what an alarm can add up."""
        super().__init__(scope, id)
        application = codedeploy.LambdaApplication(self, "Application")
        role = self._role(functions)
        rings = self._alarm(deployment, watched)
        # By name: what it watches needs the watch, which calls a function that is rolled out.
        alarm = cloudwatch.Alarm.from_alarm_name(self, "Watched", rings)
        for function in functions:
            codedeploy.LambdaDeploymentGroup(
                self,
                function.node.id,
                application=application,
                alias=function.live,
                # As it is: the policy that the construct would add names no function.
                role=role.without_policy_updates(),
                deployment_config=CONFIG,
                alarms=[alarm],
                auto_rollback=codedeploy.AutoRollbackConfig(
                    failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True
                ),
            )

    def _alarm(self, deployment: Deployment, watched: Sequence[Function]) -> str:
        """Its name. Of minutes, unlike the operators' alarms: after five it would be too late. It wakes nobody."""
        minute = Duration.minutes(1)
        if deployment.region.size.errors_by_door:
            errors = {f"e{n}": each.function.metric_errors(period=minute) for n, each in enumerate(watched)}
        else:
            errors = {"e": of_all_functions("Errors").with_(period=minute)}
        name = f"{deployment.name}-RolloutErrors"
        cloudwatch.Alarm(
            self,
            "Errors",
            alarm_name=name,
            alarm_description="A version that is being rolled out fails, and is called back. Runbook: "
            "docs/runbook.md#rollout-errors",
            metric=cloudwatch.MathExpression(
                expression=f"SUM([{','.join(errors)}])", using_metrics=dict(errors), period=minute
            ),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            datapoints_to_alarm=2,
            evaluation_periods=3,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        return name

    def _role(self, functions: Sequence[Function]) -> iam.Role:
        """What CodeDeploy may: move the aliases of these functions, and ask whether the alarm rings.
        Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForLambdaLimited.html
        """
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"))
        for actions, resources in (
            (
                ["lambda:GetAlias", "lambda:UpdateAlias"],
                [each.function.function_arn for each in functions],
            ),
            (["lambda:GetProvisionedConcurrencyConfig"], [each.live.function_arn for each in functions]),
            (["cloudwatch:DescribeAlarms"], ["*"]),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
        return role
