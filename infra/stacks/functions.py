"""Every Lambda function: its code, its environment, and the exact things that its role may do."""

from collections.abc import Mapping
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.complaints import behind
from functions.edge.packed_files import SITE as SITE_FOLDER
from functions.records.agencies.partners import PARTNERS
from infra.packaging.pages import pages
from infra.packaging.site import site
from infra.packaging.viewer import documentation
from infra.packaging.weights import in_asset, weights
from infra.region.schema import OfficersIssuer
from infra.stacks import canary as canaries
from infra.stacks.canary import CanaryPerson
from infra.stacks.deployment import Deployment
from infra.stacks.edge import accepted_secrets
from infra.stacks.escalation import Watch, watch_arn
from infra.stacks.figures import FIGURES, let_count
from infra.stacks.function import Code, Function, allow, use_partitions, use_table
from infra.stacks.identity import issuer_of, sender_of
from infra.stacks.network import Network
from infra.stacks.notification import Deliveries
from infra.stacks.officers import keys_of, sign_in_pages
from infra.stacks.open311 import OPEN311, let_file_and_read
from infra.stacks.publication import PUBLISHER, SITE, let_publish, let_read
from infra.stacks.push import ANY, PushPlatforms
from infra.stacks.storage import Storage

READ: Final = ("GetItem", "Query")
WRITE: Final = ("PutItem", "UpdateItem", "DeleteItem")
# A transaction needs the right to each write in it, and no right of its own.
CHANGE: Final = ("GetItem", "PutItem", "DeleteItem")

INTAKE_API: Final = Code(
    handler="functions.intake.api.handler.handler",
    sources=("functions/intake",),
    lock="intake-api",
    services=("dynamodb", "s3", "sns"),
    memory=512,
    timeout=25,
    awaited="people",
)
PHOTOS: Final = Code(
    handler="functions.intake.photos.handler.handler",
    sources=("functions/intake",),
    lock="photos",
    services=("dynamodb", "s3"),
    memory=1769,
    timeout=60,
    # Uploads come as they please, and each wants a core: what is above waits for up to six hours, which Lambda does by
    # itself, and takes no places from the doors.
    at_most=50,
)
REDACTION: Final = Code(
    handler="functions.intake.redaction.handler.handler",
    sources=(
        "functions/intake/redaction",
        "functions/intake/photos/child.py",
        "functions/intake/photos/limits.py",
    ),
    lock="redaction",
    services=("dynamodb", "s3"),
    # A core, of which the networks use one; the most that they take is three fifths of it (tests/bench/redaction.py).
    memory=1769,
    timeout=120,
    # As for uploads; nobody waits for a copy.
    at_most=20,
)
ASSIGNMENT: Final = Code(
    handler="functions.route.assignment.handler.handler",
    sources=("functions/route",),
    lock="route",
    services=("dynamodb", "s3", "stepfunctions"),
    memory=512,
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
    services=("dynamodb", "s3", "stepfunctions"),
    timeout=240,
)
ARCHIVE: Final = Code(
    handler="functions.route.archive.handler.handler",
    sources=("functions/route/archive",),
    lock="route",
    services=("dynamodb", "s3"),
    memory=512,
    timeout=240,
)
RETENTION: Final = Code(
    handler="functions.route.retention.handler.handler",
    sources=("functions/route/retention",),
    lock="route",
    services=("dynamodb", "s3"),
    timeout=240,
)
AGENCY_API: Final = Code(
    handler="functions.route.api.handler.handler",
    sources=("functions/route",),
    lock="agency-api",
    services=("dynamodb", "s3"),
    memory=512,
    awaited="bodies",
)
OFFICERS_API: Final = Code(
    handler="functions.route.officers.handler.handler",
    sources=("functions/route/officers",),
    lock="agency-api",
    services=("cognito-idp", "dynamodb"),
    memory=512,
    timeout=25,
    awaited="bodies",
)
AUTHORIZER: Final = Code(
    handler="functions.route.authorizer.handler.handler",
    sources=("functions/route/authorizer",),
    lock="authorizer",
    services=("dynamodb",),
    timeout=5,
)
PAGES: Final = Code(
    handler="functions.route.pages.handler.handler",
    sources=("functions/route/pages",),
    lock="agency-api",
    services=(),
    memory=512,
)
OUTBOX: Final = Code(
    handler="functions.notify.outbox.handler.handler",
    sources=("functions/notify",),
    lock="notify",
    services=("dynamodb", "sns", "sqs"),
    # Memory is a share of a core, and that is what several complaints at once wait for.
    memory=1024,
    timeout=60,
)
RELEASE: Final = Code(
    handler="functions.notify.outbox.release.handler",
    sources=("functions/notify",),
    lock="notify",
    services=("dynamodb", "sns", "sqs"),
    memory=512,
    timeout=120,
)
FAILURES: Final = Code(
    handler="functions.notify.outbox.failures.handler",
    sources=("functions/notify",),
    lock="notify",
    services=("dynamodb", "sns"),
    timeout=30,
)
WEBHOOKS: Final = Code(
    handler="functions.notify.webhooks.handler.handler",
    sources=("functions/notify",),
    lock="webhooks",
    services=("dynamodb", "sns", "sqs"),
    timeout=120,
    wakes_itself=True,
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
    lock="subscriptions",
    services=("dynamodb", "sqs"),
    memory=512,
    timeout=25,
    awaited="bodies",
)

LETTERS: Final = Code(
    handler="functions.notify.letters.handler.handler",
    sources=("functions/notify/letters",),
    lock="notify",
    services=("dynamodb", "sesv2"),
    timeout=240,
)


def _officers(deployment: Deployment, storage: Storage) -> tuple[dict[str, str], dict[str, str]]:
    """For the authorizer, and for the door that tells of the region: nothing where officers have an issuer of the region's
    own, or where there are none. What an issuer is, the region file says.
    """
    if storage.officers is None:
        return {}, {}
    pool, client = storage.officers.pool, {"OFFICERS_CLIENT_ID": storage.officers.client.user_pool_client_id}
    keys = {"OFFICERS_ISSUER": issuer_of(pool), "OFFICERS_KEYS": keys_of(pool, deployment=deployment)}
    pages = sign_in_pages(deployment)
    return client | keys, client | ({"OFFICERS_SIGN_IN": pages} if pages else {})


def _tokens(deployment: Deployment) -> dict[str, str]:
    """Where the desk has its officers' tokens from, where that is not its own origin: its page may ask there."""
    officers = deployment.region.officers
    endpoint = officers.token_endpoint if isinstance(officers, OfficersIssuer) else sign_in_pages(deployment)
    parts = urlsplit(endpoint)
    return {"TOKENS_ORIGIN": f"{parts.scheme}://{parts.netloc}"} if endpoint else {}


# What goes beside the code and is the same in every region takes a second to make.
@cache
def _desk() -> Mapping[str, bytes]:
    return pages()


@cache
def _site() -> Mapping[str, bytes]:
    return pages(site(), folder=SITE_FOLDER)


@cache
def _weights() -> Mapping[str, bytes]:
    return in_asset(weights())


class Functions(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        storage: Storage,
        deliveries: Deliveries,
        openapi: bytes,
        network: Network | None,
        canary: CanaryPerson | None,
    ) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        push = storage.push
        complaints = {"COMPLAINTS_TABLE": storage.complaints.table_name}
        agencies = {"AGENCIES_TABLE": storage.agencies.table_name}
        people = {"PEOPLE_TABLE": storage.people.table_name}
        hooks = {"DELIVERIES_TABLE": storage.deliveries.table_name}
        photos = {"PHOTOS_BUCKET": storage.photos.bucket_name}
        queue = {"DELIVERIES_QUEUE_URL": deliveries.queue.queue_url}
        addresses = {"WEBHOOK_ADDRESSES": " ".join(network.addresses)} if network else {}
        # Not a credential: it only shows that a request came through the firewall, so it may stand in the open.
        edge = accepted_secrets(deployment) if deployment.region.domain else {}
        pool, app = storage.user_pool, storage.user_pool_client
        signing_in = (
            {"USER_POOL_ISSUER": issuer_of(pool), "USER_POOL_CLIENT_ID": app.user_pool_client_id}
            if pool and app
            else {}
        )

        trying = {} if canary is None else {"CANARY_CLIENT_ID": canary.client_id}

        # Who lets officers in, and what their page is told of signing in.
        officers, desk = _officers(deployment, storage)
        self.intake_api = self._function(
            "IntakeApi",
            INTAKE_API,
            complaints
            | people
            | photos
            | dict(push.environment)
            | addresses
            | edge
            | signing_in
            | desk
            | trying,
            files=documentation(openapi),
        )
        self.photos = self._function("Photos", PHOTOS, complaints | photos)
        self.redaction = self._function("Redaction", REDACTION, complaints | photos, files=_weights())
        watch = {"STATE_MACHINE_ARN": watch_arn(self, deployment=deployment)}
        self.assignment = self._function("Assignment", ASSIGNMENT, complaints | photos | watch)
        self.escalation = self._function("Escalation", ESCALATION, complaints)
        grace = "15" if deployment.local else "60"
        self.sweep = self._function(
            "SweepDue", SWEEP, complaints | agencies | photos | watch | {"SWEEP_GRACE_SECONDS": grace}
        )
        self.archive = self._function(
            "Archive", ARCHIVE, complaints | {"CHAIN_HEADS_BUCKET": storage.chain_heads.bucket_name}
        )
        self.retention = self._function("Retention", RETENTION, complaints | photos)
        self.agency_api = self._function("AgencyApi", AGENCY_API, complaints | agencies | photos | edge)
        self.authorizer = self._function("Authorizer", AUTHORIZER, agencies | edge | officers)
        pool_id = {} if storage.officers is None else {"OFFICERS_POOL_ID": storage.officers.pool.user_pool_id}
        self.officers_api = self._function("OfficersApi", OFFICERS_API, agencies | edge | pool_id)
        self.pages = (
            self._function("Pages", PAGES, photos | edge | _tokens(deployment), files=_desk())
            if deployment.has_desk
            else None
        )
        telling = complaints | agencies | people | hooks | queue
        self.outbox = self._function("Outbox", OUTBOX, telling)
        self.release = self._function("ReleasePushes", RELEASE, telling)
        self.failures = self._function("PushFailures", FAILURES, people) if push.platforms else None
        warnings = {"WARNINGS_TOPIC_ARN": deliveries.warnings.topic_arn}
        self.webhooks = self._function(
            "Webhooks", WEBHOOKS, agencies | hooks | queue | warnings, network=network
        )
        self.requeue = self._function("Requeue", REQUEUE, agencies | hooks | queue)
        # It calls an endpoint too, to see that it is the agency's.
        self.subscriptions = self._function(
            "Subscriptions", SUBSCRIPTIONS, agencies | hooks | queue | edge, network=network
        )
        self.letters = self._letters(complaints | agencies)
        self.canary = None if canary is None else self._canary(canary)
        self.publisher: Function | None = None
        self.figures: Function | None = None
        self.site: Function | None = None
        self.open311: Function | None = None
        if storage.public is not None:
            public = {"PUBLIC_BUCKET": storage.public.bucket_name}
            self.publisher = self._function("Publisher", PUBLISHER, complaints | photos | public)
            self.figures = self._function("Figures", FIGURES, public)
            self.site = self._function("Site", SITE, public | edge, files=_site())
            let_publish(self.publisher, storage=storage, public=storage.public)
            let_count(self.figures, public=storage.public)
            let_read(self.site, public=storage.public)
            self.open311 = self._function("Open311", OPEN311, complaints | agencies | people | public | edge)
            let_file_and_read(self.open311, storage=storage, public=storage.public)
        self._grant_tables(storage)
        self._grant_photos(storage.photos)
        self._grant_archive(storage)
        self._grant_messages(deliveries, push)
        self._grant_officers(storage)

    @property
    def intake(self) -> tuple[Function, ...]:
        doors = (self.intake_api, self.photos, self.redaction)
        return doors if self.open311 is None else (*doors, self.open311)

    @property
    def route(self) -> tuple[Function, ...]:
        own = (
            self.assignment,
            self.escalation,
            self.sweep,
            self.archive,
            self.retention,
            self.agency_api,
            self.officers_api,
            self.authorizer,
        )
        return own if self.pages is None else (*own, self.pages)

    @property
    def notify(self) -> tuple[Function, ...]:
        told = (self.outbox, self.release, self.webhooks, self.requeue, self.subscriptions)
        some = (self.failures, self.letters, self.publisher, self.figures, self.site)
        return (*told, *(each for each in some if each is not None))

    @property
    def felt_at_once(self) -> tuple[Function, ...]:
        """Whose failing somebody feels within the minute."""
        return (
            self.intake_api,
            self.agency_api,
            self.subscriptions,
            self.authorizer,
            self.assignment,
            self.outbox,
            self.webhooks,
        )

    @property
    def called_unheard(self) -> tuple[Function, ...]:
        """Called by events or the clock, with nothing else that would say so if a call were lost: the sweep, the archive,
        the retention and the publisher have an alarm for their silence.
        """
        told = (self.photos, self.redaction, self.release, self.requeue)
        some = (self.failures, self.letters, self.figures)
        return (*told, *(each for each in some if each is not None))

    @property
    def all(self) -> tuple[Function, ...]:
        return tuple(child for child in self.node.children if isinstance(child, Function))

    @property
    def rolled_out(self) -> tuple[Function, ...]:
        """Whose new version takes over little by little. The page and what it asks for are of one version, or it finds
        nothing there: that changes at once.
        """
        return tuple(each for each in self.all if each not in (self.pages, self.site))

    def let_watch(self, watch: Watch) -> None:
        """Starting and stopping watches belongs to the consumer that sees every event, and to what tries again where that
        failed.
        """
        executions = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{watch.name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        for function in (self.assignment, self.sweep):
            allow(function, ["states:StartExecution"], [watch.state_machine.state_machine_arn])
            allow(function, ["states:StopExecution"], [executions])

    def _function(
        self,
        id: str,
        code: Code,
        environment: Mapping[str, str],
        *,
        files: Mapping[str, bytes] | None = None,
        network: Network | None = None,
    ) -> Function:
        return Function(
            self,
            id,
            deployment=self._deployment,
            code=code,
            environment=environment,
            files=files,
            network=network,
        )

    def _canary(self, person: CanaryPerson) -> Function:
        canary = self._function(
            "Canary",
            canaries.CANARY,
            canaries.environment(self._deployment, person),
            files=canaries.files(),
        )
        canaries.let_sign_in(canary, person)
        return canary

    def _letters(self, environment: Mapping[str, str]) -> Function | None:
        """None where the region has no address to send from: nobody is written to."""
        sender = sender_of(self._deployment)
        if sender is None:
            return None
        letters = self._function("Letters", LETTERS, environment)
        identity = Stack.of(self).format_arn(
            service="ses", resource="identity", resource_name=sender.rpartition("@")[2]
        )
        allow(letters, ["ses:SendEmail"], [identity])
        return letters

    def _grant_tables(self, storage: Storage) -> None:
        complaints, people = storage.complaints, storage.people
        agencies, deliveries = storage.agencies, storage.deliveries
        use_table(
            self.intake_api,
            complaints,
            *CHANGE,
            *READ,
            "BatchGetItem",
            # To take a person's name off what they leave behind: `functions.records.erasure`.
            "UpdateItem",
            "ConditionCheckItem",
            indexes=("by_person", "nearby", "overdue"),
        )
        # One is merged into another as that was read.
        use_table(
            self.agency_api,
            complaints,
            *CHANGE,
            *READ,
            "BatchGetItem",
            "ConditionCheckItem",
            indexes=("nearby", "worklist"),
        )
        for function in (self.photos, self.redaction, self.escalation):
            use_table(function, complaints, *CHANGE)
        # What the body's other proofs look like: `functions.records.proofs`.
        use_partitions(self.photos, complaints, "proofs#", "Query")
        # A part hangs on the complaint that it is made of.
        carrying_on = (*CHANGE, "ConditionCheckItem", "Query", "BatchGetItem", "UpdateItem")
        # And a reporter who leaves it to others is taken out of it.
        use_table(self.assignment, complaints, *carrying_on)
        use_table(self.sweep, complaints, *carrying_on, indexes=("timers", "worklist"))
        # What a body that is no more had made ends with it.
        use_table(self.sweep, agencies, "Query", "GetItem", "UpdateItem", "DeleteItem")
        use_table(self.outbox, complaints, "Query")
        use_table(self.release, complaints, "Query")
        mine = f"{behind.PREFIX}{behind.OUTBOX}"
        use_partitions(self.outbox, complaints, mine, "BatchGetItem", "GetItem", "PutItem")
        use_partitions(self.release, complaints, mine, "BatchGetItem", "GetItem", *WRITE, indexes=("timers",))
        use_table(
            self.retention, complaints, "Query", "PutItem", "UpdateItem", "DeleteItem", indexes=("ended",)
        )
        for function in (self.intake_api, self.outbox, self.release):
            use_table(function, people, *READ, *WRITE)
        if self.failures is not None:
            use_table(self.failures, people, "GetItem", "DeleteItem")
        if self.letters is not None:
            use_table(self.letters, complaints, indexes=("worklist",))
            use_table(self.letters, agencies, "GetItem", "Query", "UpdateItem")
        use_table(self.agency_api, agencies, "GetItem", "UpdateItem")
        use_table(self.authorizer, agencies, "UpdateItem", indexes=("by_key",))
        use_partitions(self.authorizer, agencies, PARTNERS, "GetItem")
        for function in (self.outbox, self.release):
            use_table(function, agencies, "Query")
            use_table(function, deliveries, *READ, "PutItem", "UpdateItem")
        use_table(self.webhooks, agencies, "GetItem", "UpdateItem")
        use_table(self.subscriptions, agencies, *READ, *WRITE)
        use_table(self.requeue, deliveries, "UpdateItem", indexes=("due",))
        use_table(self.webhooks, deliveries, *READ, *WRITE, indexes=("by_time",))
        use_table(self.subscriptions, deliveries, *READ, "BatchGetItem", *WRITE, indexes=("by_time",))

    def _grant_officers(self, storage: Storage) -> None:
        use_table(
            self.officers_api,
            storage.agencies,
            *READ,
            "PutItem",
            "UpdateItem",
            "ConditionCheckItem",
            indexes=("by_key",),
        )
        if storage.officers is None:
            return
        allow(
            self.officers_api,
            [
                "cognito-idp:AdminCreateUser",
                "cognito-idp:AdminDeleteSoftwareToken",
                # Of whom the table knows to have left, where somebody else is invited with their address.
                "cognito-idp:AdminDeleteUser",
                "cognito-idp:AdminDisableUser",
                "cognito-idp:AdminGetUser",
                "cognito-idp:AdminUserGlobalSignOut",
            ],
            [storage.officers.pool.user_pool_arn],
        )

    def _grant_archive(self, storage: Storage) -> None:
        heads = storage.chain_heads
        use_table(self.archive, storage.complaints, indexes=("changes",))
        allow(self.archive, ["s3:PutObject"], [heads.arn_for_objects("heads/*")])
        allow(self.archive, ["s3:ListBucket"], [heads.bucket_arn])

    def _grant_photos(self, bucket: s3.Bucket) -> None:
        # A presigned request is made with the rights of the role that signed it.
        for function in (self.intake_api, self.agency_api):
            allow(function, ["s3:PutObject"], [bucket.arn_for_objects("quarantine/*")])
            allow(function, ["s3:GetObject"], [bucket.arn_for_objects("public/*")])
        # A photo as it is, is for bodies: what signs for people could not lead to one.
        allow(self.agency_api, ["s3:GetObject"], [bucket.arn_for_objects("photos/*")])
        allow(
            self.photos,
            ["s3:GetObject", "s3:GetObjectTagging", "s3:DeleteObject"],
            [bucket.arn_for_objects("quarantine/*")],
        )
        allow(self.photos, ["s3:PutObject", "s3:DeleteObject"], [bucket.arn_for_objects("photos/*")])
        allow(self.redaction, ["s3:GetObject"], [bucket.arn_for_objects("photos/*")])
        allow(self.redaction, ["s3:PutObject", "s3:DeleteObject"], [bucket.arn_for_objects("public/*")])
        allow(self.redaction, ["s3:DeleteObject"], [bucket.arn_for_objects("redact/*")])
        for function in (self.assignment, self.sweep):
            allow(function, ["s3:PutObject"], [bucket.arn_for_objects("redact/*")])
        # What everybody may see goes with the person.
        for function in (self.intake_api, self.retention):
            allow(function, ["s3:DeleteObject"], [bucket.arn_for_objects("public/*")])
        # Without it, an object that is gone looks forbidden.
        for function in (self.photos, self.redaction):
            allow(function, ["s3:ListBucket"], [bucket.bucket_arn])

    def _grant_messages(self, deliveries: Deliveries, push: PushPlatforms) -> None:
        for function in (self.outbox, self.release, self.webhooks, self.requeue, self.subscriptions):
            allow(function, ["sqs:SendMessage"], [deliveries.queue.queue_arn])
        allow(self.webhooks, ["sns:Publish"], [deliveries.warnings.topic_arn])
        if not push.platforms:
            return
        # SNS has no resource types for these: see `infra.stacks.push.ANY`.
        allow(
            self.intake_api,
            [
                "sns:CreatePlatformEndpoint",
                "sns:GetEndpointAttributes",
                "sns:SetEndpointAttributes",
                "sns:DeleteEndpoint",
            ],
            [ANY],
        )
        for function in (self.outbox, self.release):
            allow(function, ["sns:Publish"], push.endpoint_arns)
        if self.failures is not None:
            allow(self.failures, ["sns:GetEndpointAttributes"], [ANY])
