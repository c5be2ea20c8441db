"""The watch over a complaint's clock: a Standard state machine that sleeps, wakes who acts, and sleeps on.

The table is the truth and an execution only a timer. The function that it wakes reads the complaint anew and conditions
its write on what it read, so a late, early or doubled watch changes nothing, and the sweep replaces one that is lost.
"""

import json
from typing import Any, Final

from aws_cdk import ArnFormat, Aws, Fn, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.stacks.deployment import Deployment

# A lap in which every retry is needed leaves 39 events, of the 25,000 that a Standard execution may have.
# Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
LAPS: Final = 500
# The policy that lets services write logs is one for the whole account and Region, and holds 5,120 characters: what begins
# so needs no line of its own.
# Source: https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
VENDED_LOGS: Final = "/aws/vendedlogs/states"


class Watch(Construct):
    """The state machine; `escalate` is the function that acts when a timer has run out."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        escalate: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, id)
        self.name = watch_name(deployment)
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        self.state_machine = stepfunctions.StateMachine(
            self,
            "Machine",
            # A fixed name: the machine starts itself anew, and its own role must be able to say so.
            state_machine_name=watch_name(deployment),
            definition_body=stepfunctions.DefinitionBody.from_string(json.dumps(definition())),
            definition_substitutions={"Escalate": escalate.function_arn},
            role=role,
            tracing_enabled=deployment.region.size.traced == "everything",
            logs=stepfunctions.LogOptions(
                destination=logs.LogGroup(
                    self,
                    "Logs",
                    log_group_name=f"{VENDED_LOGS}/{deployment.name}-watch-{_of_this_stack()}",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=deployment.removal,
                ),
                level=stepfunctions.LogLevel.ERROR,
                include_execution_data=False,
            ),
        )
        role.add_to_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[escalate.function_arn])
        )
        # By name: a grant would make the machine and its role need each other.
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["states:StartExecution"], resources=[watch_arn(self, deployment=deployment)]
            )
        )


def watch_name(deployment: Deployment) -> str:
    return f"{deployment.name}-watch"


def watch_arn(scope: Construct, *, deployment: Deployment) -> str:
    """The state machine's ARN, known before it is there: it needs the functions, and one of them needs it."""
    return Stack.of(scope).format_arn(
        service="states",
        resource="stateMachine",
        resource_name=watch_name(deployment),
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def definition() -> dict[str, Any]:
    """The Amazon States Language document; `${…}` are filled in by CloudFormation.

    A lap is three states, for states are what an execution is charged for: sleep, wake the function, which acts and says
    until when to sleep on, and decide. The execution's state is its input (`functions.route.watch.execution_input`), and
    what the function answers is the next.
    """
    return {
        "Comment": "Sleeps until a complaint's next timer and wakes who acts on it, as long as it has one.",
        "StartAt": "Sleep",
        "States": {
            "Sleep": {"Type": "Wait", "TimestampPath": "$.sleep_until", "Next": "Wake"},
            "Wake": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {
                    "FunctionName": "${Escalate}",
                    "Payload": {
                        "complaint_id.$": "$.complaint_id",
                        "watch_round.$": "$.watch_round",
                        "lap.$": "States.MathAdd($.lap, 1)",
                    },
                },
                "OutputPath": "$.Payload",
                "TimeoutSeconds": 60,
                "Retry": [_retry("States.ALL", attempts=10)],
                "Catch": [_catch()],
                "Next": "Decide",
            },
            "Decide": {
                "Type": "Choice",
                "Choices": [
                    {"Not": {"Variable": "$.sleep_until", "IsPresent": True}, "Next": "Done"},
                    {"Variable": "$.lap", "NumericGreaterThanEquals": LAPS, "Next": "ContinueAsNew"},
                ],
                "Default": "Sleep",
            },
            "ContinueAsNew": {
                "Type": "Task",
                "Comment": "A fresh execution, before the history of this one is full.",
                "Resource": "arn:aws:states:::states:startExecution",
                "Parameters": {
                    "StateMachineArn.$": "$$.StateMachine.Id",
                    "Input": {
                        "complaint_id.$": "$.complaint_id",
                        "watch_round.$": "$.watch_round",
                        "lap": 0,
                        "sleep_until.$": "$.sleep_until",
                        "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id",
                    },
                },
                "TimeoutSeconds": 30,
                "Retry": [_retry("States.ALL", attempts=8)],
                "Catch": [_catch()],
                "Next": "Done",
            },
            "Lost": {
                "Type": "Fail",
                "Error": "WatchLost",
                "Cause": "The retries are used up. The alarm on failed executions rings; the sweep takes over.",
            },
            "Done": {"Type": "Succeed"},
        },
    }


def _retry(error: str, *, attempts: int) -> dict[str, Any]:
    return {
        "ErrorEquals": [error],
        "IntervalSeconds": 1,
        "BackoffRate": 2,
        "MaxDelaySeconds": 60,
        "MaxAttempts": attempts,
        "JitterStrategy": "FULL",
    }


def _catch() -> dict[str, Any]:
    return {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Lost"}


def _of_this_stack() -> str:
    """What no other stack has, a later one of the same name included: a log group that was kept is not in its way."""
    return Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))
