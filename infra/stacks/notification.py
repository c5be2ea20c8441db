"""What telling needs: the queue of webhook deliveries, the warnings to agencies, and the push platforms."""

from aws_cdk import ArnFormat, CustomResource, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.notify.webhooks.warnings import AGENCY_ATTRIBUTE
from infra.stacks.deployment import Deployment
from infra.stacks.function import Code, Function
from infra.stacks.routing import dead_letters, keep_failed

ANY = "*"
"""What is granted for platform applications and endpoints, except sending: the Service Authorization Reference names no
resource type for these actions, so that nothing narrower is sure to be let through. Source:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
"""
PLATFORM_APPLICATIONS = Code(
    handler="functions.notify.platform_applications.handler.handler",
    sources=("functions/notify/platform_applications",),
    lock="platform-applications",
    services=("sns", "secretsmanager"),
    timeout=60,
)


class Deliveries(Construct):
    """The queue of nudges to the webhook sender. The deliveries themselves are in their table."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        secure = not deployment.local
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=secure,
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            visibility_timeout=Duration.seconds(180),
            retention_period=Duration.days(4),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=secure,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=10),
        )
        self.warnings = sns.Topic(self, "Warnings", display_name="Qamqor webhooks", enforce_ssl=secure)
        # The emulator starts a process for each.
        self.max_concurrency = 10 if deployment.local else 200
        if not deployment.local:
            self._tell(deployment)

    def _tell(self, deployment: Deployment) -> None:
        """Warnings go to the agency they concern, and all of them to the operators.

        An address can be subscribed once, so one filter names all the agencies that are reached there.
        """
        operators = dict.fromkeys(deployment.region.alarm_emails)
        for address in operators:
            self.warnings.add_subscription(subscriptions.EmailSubscription(address))
        for address, agencies in deployment.region.contact_emails.items():
            if address in operators:
                continue
            only = sns.SubscriptionFilter.string_filter(allowlist=list(agencies))
            self.warnings.add_subscription(
                subscriptions.EmailSubscription(address, filter_policy={AGENCY_ATTRIBUTE: only})
            )

    def connect(self, *, webhooks: Function, requeue: Function, release: Function) -> None:
        """`webhooks` sends; the other two run by the clock, for deliveries and for pushes that were held back."""
        # An endpoint that dies while it is sent 20 messages a second holds 40 attempts, those of the 2 seconds until it
        # counts as slow, for up to 15 s: even with each in a batch of its own, several leave places for the others.
        webhooks.live.add_event_source(
            sources.SqsEventSource(
                self.queue,
                batch_size=5,
                report_batch_item_failures=True,
                max_concurrency=self.max_concurrency,
            )
        )
        events.Rule(
            self,
            "Requeue",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[targets.LambdaFunction(requeue.live)],
        )
        events.Rule(
            self,
            "ReleasePushes",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[targets.LambdaFunction(release.live)],
        )


class PushPlatforms(Construct):
    """SNS platform applications, which CloudFormation does not know: a custom resource of our own makes them.

    Locally no secret is needed: the applications are placeholders that carry this in their name.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        push = deployment.region.push
        credentials = {"fcm": push.fcm, "apns": push.apns}
        secrets = [one.secret for one in credentials.values() if one is not None]
        self.arns: list[str] = []
        self.failures: sns.Topic | None = None
        self.endpoint_arns: list[str] = []
        self.environment: dict[str, str] = {}
        if not secrets and not deployment.local:
            return
        provider = Function(
            self, "Provider", deployment=deployment, code=PLATFORM_APPLICATIONS, environment={}
        )
        stack = Stack.of(self)
        self.failures = self._failures(deployment)
        for name, credential in credentials.items():
            if credential is None and not deployment.local:
                continue
            platform = _platform(name, sandbox=push.apns is not None and push.apns.sandbox)
            suffix = "" if credential else "-placeholder"
            application = f"{deployment.name}-{platform.lower().replace('_', '-')}{suffix}"
            resource = CustomResource(
                self,
                platform,
                service_token=provider.function.function_arn,
                resource_type="Custom::PlatformApplication",
                properties={
                    "Name": application,
                    "Platform": platform,
                    "SecretName": credential.secret if credential else "",
                    "FailureTopicArn": self.failures.topic_arn,
                    # A secret's new value is not seen by CloudFormation; this is.
                    "Revision": str(credential.revision if credential else 1),
                },
            )
            self.arns.append(resource.ref)
            self.endpoint_arns.append(
                stack.format_arn(
                    service="sns", resource="endpoint", resource_name=f"{platform}/{application}/*"
                )
            )
            self.environment[f"{name.upper()}_APPLICATION_ARN"] = resource.ref
        self._grant(provider, secrets)

    def _failures(self, deployment: Deployment) -> sns.Topic:
        """Where SNS tells of pushes that it took and could not deliver."""
        topic = sns.Topic(self, "Failures", display_name="Qamqor pushes", enforce_ssl=not deployment.local)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("sns.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        return topic

    def connect(self, retire: Function, *, deployment: Deployment) -> sqs.Queue:
        """`retire` ends the devices that cannot be reached. Returns the queue of what it could not handle."""
        assert self.failures is not None
        dead = dead_letters(retire, "FailureDeadLetters", deployment=deployment)
        self.failures.add_subscription(subscriptions.LambdaSubscription(retire.live, dead_letter_queue=dead))
        keep_failed(retire, dead)
        return dead

    def _grant(self, provider: Function, secrets: list[str]) -> None:
        stack = Stack.of(self)
        provider.role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "sns:CreatePlatformApplication",
                    "sns:SetPlatformApplicationAttributes",
                    "sns:DeletePlatformApplication",
                ],
                resources=[ANY],
            )
        )
        if secrets:
            provider.role.add_to_policy(
                iam.PolicyStatement(
                    actions=["secretsmanager:GetSecretValue"],
                    resources=[
                        stack.format_arn(
                            service="secretsmanager",
                            resource="secret",
                            resource_name=f"{secret}-??????",
                            arn_format=ArnFormat.COLON_RESOURCE_NAME,
                        )
                        for secret in secrets
                    ],
                )
            )


def _platform(name: str, *, sandbox: bool) -> str:
    if name == "fcm":
        return "GCM"
    return "APNS_SANDBOX" if sandbox else "APNS"
