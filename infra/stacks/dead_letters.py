"""Where what could not be handled waits for an operator, for two weeks. It lives with the tables: whatever becomes of the
functions, what they failed at is there to be handed over again.
"""

from typing import Final

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.stacks.deployment import Deployment
from infra.stacks.function import Function, allow

KEPT: Final = Duration.days(14)


class DeadLetters:
    """A queue for each that gives something up. None knows the service stack, which knows them."""

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        self._scope, self._deployment = scope, deployment
        self.deliveries = self._queue("DeliveriesDeadLetters")
        self.assignment = self._queue("AssignmentStreamDeadLetters")
        self.outbox = self._queue("OutboxStreamDeadLetters")
        self.uploads = self._queue("UploadDeadLetters")
        self.redaction = self._queue("RedactionDeadLetters")
        self.push_failures = self._queue("PushFailureDeadLetters")
        for queue in (self.uploads, self.redaction):
            self._take_from_rules(queue)

    def _queue(self, id: str) -> sqs.Queue:
        return sqs.Queue(
            self._scope,
            id,
            retention_period=KEPT,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=not self._deployment.local,
            removal_policy=self._deployment.removal,
        )

    def _take_from_rules(self, queue: sqs.Queue) -> None:
        """By how CloudFormation begins the names of the service stack's rules, which this stack must not need."""
        stack = Stack.of(self._scope)
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={
                    "ArnLike": {
                        "aws:SourceArn": stack.format_arn(
                            service="events",
                            resource="rule",
                            resource_name=f"{self._deployment.name}-*",
                            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
                        )
                    }
                },
            )
        )


def seen_from(scope: Construct, id: str, queue: sqs.Queue) -> sqs.IQueue:
    """The queue as another stack may name it to a rule: one that is not to write itself into the queue's policy."""
    return sqs.Queue.from_queue_arn(scope, id, queue.queue_arn)


def keep_failed(function: Function, dead: sqs.IQueue) -> None:
    """What an event-driven function failed at in all its tries would else be dropped by Lambda."""
    resource = function.function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(target_arn=dead.queue_arn)
    allow(function, ["sqs:SendMessage"], [dead.queue_arn])
