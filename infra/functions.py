"""Every Lambda function: its code, its environment, and the exact things that its role may do."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.deployment import Deployment
from infra.docs_page import page
from infra.escalation import Watch, watch_arn
from infra.function import Code, Function
from infra.notification import Deliveries, PushPlatforms
from infra.storage import Storage

READ: Final = ("GetItem", "Query")
WRITE: Final = ("PutItem", "UpdateItem", "DeleteItem")
# A transaction needs the right to each write in it, and no right of its own.
CHANGE: Final = ("GetItem", "PutItem", "DeleteItem")

INTAKE_API: Final = Code(
    handler="functions.intake.api.handler.handler",
    sources=("functions/intake",),
    lock="intake-api",
    services=("dynamodb", "sns"),
    memory=512,
)
PHOTOS: Final = Code(
    handler="functions.intake.photos.handler.handler",
    sources=("functions/intake",),
    lock="photos",
    services=("dynamodb", "s3"),
    memory=1769,
    timeout=60,
)
ASSIGNMENT: Final = Code(
    handler="functions.route.assignment.handler.handler",
    sources=("functions/route",),
    lock="route",
    services=("dynamodb", "stepfunctions"),
    timeout=60,
)
ESCALATION: Final = Code(
    handler="functions.route.escalation.handler.handler",
    sources=("functions/route",),
    lock="route",
    services=("dynamodb",),
    timeout=30,
)
SWEEP: Final = Code(
    handler="functions.route.escalation.sweep_handler.handler",
    sources=("functions/route",),
    lock="route",
    services=("dynamodb",),
    timeout=240,
)
AGENCY_API: Final = Code(
    handler="functions.route.api.handler.handler",
    sources=("functions/route",),
    lock="agency-api",
    services=("dynamodb",),
    memory=512,
)
AUTHORIZER: Final = Code(
    handler="functions.route.authorizer.handler.handler",
    sources=("functions/route",),
    lock="route",
    services=("dynamodb",),
    timeout=5,
)
OUTBOX: Final = Code(
    handler="functions.notify.outbox.handler.handler",
    sources=("functions/notify",),
    lock="notify",
    services=("dynamodb", "sns", "sqs"),
    timeout=60,
)
RELEASE: Final = Code(
    handler="functions.notify.outbox.release.handler",
    sources=("functions/notify",),
    lock="notify",
    services=("dynamodb", "sns"),
    timeout=120,
)
WEBHOOKS: Final = Code(
    handler="functions.notify.webhooks.handler.handler",
    sources=("functions/notify",),
    lock="webhooks",
    services=("dynamodb", "sns", "sqs"),
    timeout=120,
)
REQUEUE: Final = Code(
    handler="functions.notify.webhooks.requeue.handler",
    sources=("functions/notify",),
    lock="webhooks",
    services=("dynamodb", "sqs"),
    timeout=50,
)
SUBSCRIPTIONS: Final = Code(
    handler="functions.notify.subscriptions.handler.handler",
    sources=("functions/notify",),
    lock="webhooks",
    services=("dynamodb", "sqs"),
    memory=512,
    timeout=25,
)


class Functions(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        storage: Storage,
        deliveries: Deliveries,
        platforms: PushPlatforms,
        openapi: bytes,
    ) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        complaints = {"COMPLAINTS_TABLE": storage.complaints.table_name}
        agencies = {"AGENCIES_TABLE": storage.agencies.table_name}
        people = {"PEOPLE_TABLE": storage.people.table_name}
        hooks = {"DELIVERIES_TABLE": storage.deliveries.table_name}
        photos = {"PHOTOS_BUCKET": storage.photos.bucket_name}
        queue = {"DELIVERIES_QUEUE_URL": deliveries.queue.queue_url}

        self.intake_api = self._function(
            "IntakeApi",
            INTAKE_API,
            complaints | people | photos | platforms.environment,
            files={"openapi.json": openapi, "docs.html": page(openapi)},
        )
        self.photos = self._function("Photos", PHOTOS, complaints | photos)
        self.assignment = self._function(
            "Assignment",
            ASSIGNMENT,
            complaints | {"STATE_MACHINE_ARN": watch_arn(self, deployment=deployment)},
        )
        self.escalation = self._function("Escalation", ESCALATION, complaints)
        grace = "15" if deployment.local else "60"
        self.sweep = self._function("SweepDue", SWEEP, complaints | {"SWEEP_GRACE_SECONDS": grace})
        self.agency_api = self._function("AgencyApi", AGENCY_API, complaints | agencies | photos)
        self.authorizer = self._function("Authorizer", AUTHORIZER, agencies)
        self.outbox = self._function("Outbox", OUTBOX, complaints | agencies | people | hooks | queue)
        self.release = self._function("ReleasePushes", RELEASE, people)
        warnings = {"WARNINGS_TOPIC_ARN": deliveries.warnings.topic_arn}
        self.webhooks = self._function("Webhooks", WEBHOOKS, agencies | hooks | queue | warnings)
        self.requeue = self._function("Requeue", REQUEUE, agencies | hooks | queue)
        self.subscriptions = self._function("Subscriptions", SUBSCRIPTIONS, agencies | hooks | queue)
        self._grant_tables(storage)
        self._grant_photos(storage.photos)
        self._grant_messages(deliveries, platforms)

    @property
    def intake(self) -> tuple[Function, ...]:
        return self.intake_api, self.photos

    @property
    def route(self) -> tuple[Function, ...]:
        return self.assignment, self.escalation, self.sweep, self.agency_api, self.authorizer

    @property
    def notify(self) -> tuple[Function, ...]:
        return self.outbox, self.release, self.webhooks, self.requeue, self.subscriptions

    @property
    def all(self) -> tuple[Function, ...]:
        return tuple(child for child in self.node.children if isinstance(child, Function))

    def let_watch(self, watch: Watch) -> None:
        """Starting and stopping watches belongs to the consumer that sees every event."""
        _allow(
            self.assignment,
            ["states:StartExecution"],
            [watch.state_machine.state_machine_arn],
        )
        executions = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{watch.name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        _allow(self.assignment, ["states:StopExecution"], [executions])

    def _function(
        self,
        id: str,
        code: Code,
        environment: Mapping[str, str],
        *,
        files: Mapping[str, bytes] | None = None,
    ) -> Function:
        return Function(
            self, id, deployment=self._deployment, code=code, environment=environment, files=files
        )

    def _grant_tables(self, storage: Storage) -> None:
        complaints, people = storage.complaints, storage.people
        agencies, deliveries = storage.agencies, storage.deliveries
        _use(self.intake_api, complaints, *CHANGE, *READ, "BatchGetItem", indexes=("by_person", "nearby"))
        _use(self.agency_api, complaints, *CHANGE, *READ, "BatchGetItem", indexes=("worklist",))
        for function in (self.photos, self.assignment, self.escalation):
            _use(function, complaints, *CHANGE)
        _use(self.sweep, complaints, *CHANGE, indexes=("timers",))
        _use(self.outbox, complaints, *READ)
        for function in (self.intake_api, self.outbox, self.release):
            _use(function, people, *READ, *WRITE)
        _use(self.agency_api, agencies, "GetItem", "UpdateItem")
        _use(self.authorizer, agencies, "UpdateItem", indexes=("by_key",))
        _use(self.outbox, agencies, "Query")
        _use(self.webhooks, agencies, "GetItem", "UpdateItem")
        _use(self.subscriptions, agencies, *READ, *WRITE)
        _use(self.outbox, deliveries, *READ, "PutItem", "UpdateItem")
        _use(self.requeue, deliveries, "UpdateItem", indexes=("due",))
        _use(self.webhooks, deliveries, "GetItem", *WRITE, indexes=("by_time",))
        _use(self.subscriptions, deliveries, *READ, *WRITE, indexes=("by_time",))

    def _grant_photos(self, bucket: s3.Bucket) -> None:
        # A presigned request is made with the rights of the role that signed it.
        for function in (self.intake_api, self.agency_api):
            _allow(function, ["s3:PutObject"], [bucket.arn_for_objects("quarantine/*")])
            _allow(function, ["s3:GetObject"], [bucket.arn_for_objects("photos/*")])
        _allow(
            self.photos,
            ["s3:GetObject", "s3:GetObjectTagging", "s3:DeleteObject"],
            [bucket.arn_for_objects("quarantine/*")],
        )
        _allow(self.photos, ["s3:PutObject", "s3:DeleteObject"], [bucket.arn_for_objects("photos/*")])
        # Without it, an object that is gone looks forbidden.
        _allow(self.photos, ["s3:ListBucket"], [bucket.bucket_arn])

    def _grant_messages(self, deliveries: Deliveries, platforms: PushPlatforms) -> None:
        for function in (self.outbox, self.webhooks, self.requeue, self.subscriptions):
            _allow(function, ["sqs:SendMessage"], [deliveries.queue.queue_arn])
        _allow(self.webhooks, ["sns:Publish"], [deliveries.warnings.topic_arn])
        if not platforms.arns:
            return
        _allow(
            self.intake_api,
            ["sns:CreatePlatformEndpoint"],
            platforms.arns,
        )
        _allow(
            self.intake_api,
            ["sns:GetEndpointAttributes", "sns:SetEndpointAttributes", "sns:DeleteEndpoint"],
            platforms.endpoint_arns,
        )
        for function in (self.outbox, self.release):
            _allow(function, ["sns:Publish"], platforms.endpoint_arns)


def _allow(function: Function, actions: Sequence[str], resources: Sequence[str]) -> None:
    function.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))


def _use(function: Function, table: dynamodb.Table, *actions: str, indexes: Sequence[str] = ()) -> None:
    """What the function does to items of the table, and which of its indexes it queries: no other."""
    wanted = [f"dynamodb:{action}" for action in dict.fromkeys(actions)]
    _allow(function, wanted, [table.table_arn])
    if indexes:
        _allow(function, ["dynamodb:Query"], [f"{table.table_arn}/index/{name}" for name in indexes])
