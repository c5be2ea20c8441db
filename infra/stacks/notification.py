"""What telling agencies needs: the queue of webhook deliveries, and the warnings to them."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.notify.webhooks.warnings import AGENCY_ATTRIBUTE
from infra.stacks.dead_letters import keep_failed
from infra.stacks.deployment import Deployment
from infra.stacks.function import Function


class Deliveries(Construct):
    """The queue of nudges to the webhook sender. The deliveries themselves are in their table."""

    def __init__(
        self, scope: Construct, id: str, *, deployment: Deployment, dead_letters: sqs.IQueue
    ) -> None:
        super().__init__(scope, id)
        secure = not deployment.local
        self.queue = sqs.Queue(
            self,
            "Queue",
            visibility_timeout=Duration.seconds(180),
            retention_period=Duration.days(4),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=secure,
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=10),
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


def tell_of_failed_pushes(retire: Function, *, topic: sns.Topic, dead: sqs.Queue) -> None:
    """`retire` ends the devices that cannot be reached."""
    topic.add_subscription(subscriptions.LambdaSubscription(retire.live, dead_letter_queue=dead))
    keep_failed(retire, dead)
