"""The stateful stack: what must outlive every deployment. Nothing in it may be replaced by a change of code."""

from typing import Any, Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.region.schema import Cognito, Issuer, OfficersPool
from infra.stacks.backup import Copies
from infra.stacks.dead_letters import KEPT, DeadLetters
from infra.stacks.deployment import Deployment
from infra.stacks.edge import EdgeSecret
from infra.stacks.identity import Identity
from infra.stacks.officers import Officers
from infra.stacks.push import PushPlatforms

STRING = dynamodb.AttributeType.STRING
_LIST_ATTRIBUTES = (
    "kind id number status category agency_id due_at submitted_at changed_at escalation_level overdue joined"
).split()
_WORK_ATTRIBUTES = "version district danger excerpt lat lon address thumbnail officer".split()
SELDOM_DAYS: Final = 90
"""After so many, a photo is hardly looked at: its complaint has ended."""
_SECONDS_OF_AN_HOUR: Final = 3600
_PLACE_ATTRIBUTES = "number status joined submitted_at agency_id escalation_level lat lon".split()
_NO_OLD_VERSIONS: Final = s3.LifecycleRule(
    id="versions", noncurrent_version_expiration=Duration.days(1), expired_object_delete_marker=True
)


class Storage(Stack):
    """Tables, buckets, dead letters, the applications in which phones have their endpoints, and the user pools where the
    region brings no issuers of its own.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            id,
            stack_name=f"{deployment.name}-storage",
            termination_protection=not deployment.local,
        )
        self._deployment = deployment
        self.complaints = self._complaints()
        self.agencies = self._agencies()
        self.people = self._people()
        self.deliveries = self._deliveries()
        self._access_logs = None if deployment.local else self._access_log_bucket()
        self.photos = self._photos()
        self.public = self._public() if deployment.region.public else None
        self.chain_heads = self._chain_heads()
        if deployment.region.domain:
            EdgeSecret(self, "Edge", deployment=deployment)
        self.user_pool, self.user_pool_client = self._identity()
        self.officers = self._officers()
        self.dead_letters = DeadLetters(self, deployment=deployment)
        self.push = PushPlatforms(self, "PushPlatforms", deployment=deployment)
        if deployment.second_account is not None:
            Copies(
                self,
                "Copies",
                deployment=deployment,
                second=deployment.second_account,
                tables=(self.complaints, self.agencies, self.people, self.deliveries),
                photos=self.photos,
            )
        self._export_what_push_would_take_along()
        self._make_last_what_refuses_to_be_deleted()

    def _export_what_push_would_take_along(self) -> None:
        """Exports of what `service` needs with push alone: else none could be given up in one deployment."""
        dead = self.dead_letters.push_failures
        for value in (self.push.failures.topic_arn, dead.queue_arn, dead.queue_name):
            self.export_value(value)

    def _make_last_what_refuses_to_be_deleted(self) -> None:
        """So that a first deployment that fails can be taken back: what may be refused (a bucket's name, a sender that SES
        does not know, a push credential) is asked for before the first table is there.
        """
        made = (self._access_logs, self.photos, self.public, self.chain_heads)
        buckets = [each for each in made if each is not None]
        pools = [] if self.user_pool is None else [self.user_pool]
        pools += [] if self.officers is None else [self.officers.pool]
        for pool in pools:
            pool.node.add_dependency(*buckets)
        for table in (self.complaints, self.agencies, self.people, self.deliveries):
            table.node.add_dependency(*buckets, *pools, *self.push.made)

    def _table(
        self,
        id: str,
        *,
        stream: dynamodb.StreamViewType | None = None,
        ttl: str | None = None,
    ) -> dynamodb.Table:
        kept = not self._deployment.local
        return dynamodb.Table(
            self,
            id,
            partition_key=_key("pk"),
            sort_key=_key("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=kept,
            removal_policy=self._deployment.removal,
            stream=stream,
            time_to_live_attribute=ttl,
        )

    def _complaints(self) -> dynamodb.Table:
        table = self._table("Complaints", stream=dynamodb.StreamViewType.NEW_IMAGE, ttl="expires")
        _index(table, "by_person", "person", "id", [*_without("id"), "version"])
        _index(table, "worklist", "worklist", "urgency", [*_LIST_ATTRIBUTES, *_WORK_ATTRIBUTES])
        _index(table, "timers", "timer_shard", "watch_at", None)
        _index(table, "ended", "ended_shard", "ended_at", None)
        _index(table, "nearby", "place", "id", [*_PLACE_ATTRIBUTES, "due_at", "overdue", "person"])
        _index(
            table,
            "overdue",
            "overdue_shard",
            "overdue_since",
            [*_PLACE_ATTRIBUTES, "category", "escalated_to", "district", "lapse"],
        )
        _index(table, "changes", "day_shard", "moment", ["complaint_id", "seq", "type", "status", "hash"])
        return table

    def _agencies(self) -> dynamodb.Table:
        table = self._table("Agencies", ttl="expires")
        _index(table, "by_key", "key_id", "pk", "all")
        return table

    def _people(self) -> dynamodb.Table:
        return self._table("People", ttl="expires")

    def _deliveries(self) -> dynamodb.Table:
        table = self._table("Deliveries", ttl="expires")
        _index(table, "due", "due_shard", "next_at", None)
        _index(table, "by_time", "subscription_id", "created", "all")
        return table

    def _photos(self) -> s3.Bucket:
        copied = self._deployment.second_account is not None
        # S3's log would keep the address of every phone that uploads beside the complaint's id.
        bucket = self._bucket(
            "Photos",
            logged=False,
            cors=self._let_the_desk_upload(),
            # AWS Backup copies versions alone; what was erased is gone from here a day later.
            versioned=copied or None,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="quarantine",
                    prefix="quarantine/",
                    # S3 counts to the next midnight UTC: an upload lives a day at least, and two at the most.
                    expiration=Duration.days(self._deployment.region.retention.quarantine),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                # A mark that could not be done is among the dead letters too, which are kept as long.
                s3.LifecycleRule(id="redact", prefix="redact/", expiration=KEPT),
                s3.LifecycleRule(
                    id="public",
                    prefix="public/",
                    expiration=Duration.days(self._deployment.region.retention.photos),
                    transitions=self._seldom_seen(),
                ),
                s3.LifecycleRule(
                    id="photos",
                    prefix="photos/",
                    expiration=Duration.days(self._deployment.region.retention.photos),
                    transitions=self._seldom_seen(),
                ),
                *([_NO_OLD_VERSIONS] if copied else []),
            ],
        )
        # The L2 switch for EventBridge brings a function of its own to set one property.
        resource = bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        resource.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True
        )
        return bucket

    def _public(self) -> s3.Bucket:
        """What everybody may read, through the function that serves it; large files from S3 itself, for a short while. All
        of it can be written anew from the tables, so nothing that was taken back is kept as an older version.
        """
        return self._bucket(
            "Public",
            # As of photos: the log would say who looked at which complaint.
            logged=False,
            cors=[
                s3.CorsRule(
                    id="everybody",
                    allowed_origins=["*"],
                    allowed_methods=[s3.HttpMethods.GET],
                    allowed_headers=["*"],
                    exposed_headers=["etag"],
                    max_age=_SECONDS_OF_AN_HOUR,
                )
            ],
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="photos",
                    prefix="public/",
                    expiration=Duration.days(self._deployment.region.retention.photos),
                    transitions=self._seldom_seen(),
                )
            ],
        )

    def _let_the_desk_upload(self) -> list[s3.CorsRule] | None:
        """A page may send to another origin only what that lets it: the presigned request, and from the desk alone. The
        length it does not name itself. To show a photo needs no leave.
        """
        desk = self._desk_origin()
        if desk is None:
            return None
        return [
            s3.CorsRule(
                id="desk",
                allowed_origins=[desk],
                allowed_methods=[s3.HttpMethods.PUT],
                allowed_headers=["content-type", "if-none-match", "x-amz-checksum-sha256"],
                max_age=_SECONDS_OF_AN_HOUR,
            )
        ]

    def _desk_origin(self) -> str | None:
        """None where nothing is known of it that the region file says: the API's own address is made by AWS."""
        if not self._deployment.has_desk:
            return None
        if self._deployment.local:
            return "http://127.0.0.1:*"
        domain = self._deployment.region.domain
        return None if domain is None else f"https://{domain}"

    def _seldom_seen(self) -> list[s3.Transition] | None:
        """A fifth of the price in store, and as quick; each object is charged for ninety days there at the least.
        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html#sc-glacier
        """
        if self._deployment.local or self._deployment.region.retention.photos < 2 * SELDOM_DAYS:
            return None
        return [
            s3.Transition(
                storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
                transition_after=Duration.days(SELDOM_DAYS),
            )
        ]

    def _chain_heads(self) -> s3.Bucket:
        """Write once: an archived head stands until the audit's term is over, whoever asks, the account's root included.
        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html (compliance mode)
        """
        if self._deployment.local:
            return self._bucket("ChainHeads")
        kept_for = Duration.days(self._deployment.region.retention.audit)
        return self._bucket(
            "ChainHeads",
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=s3.ObjectLockRetention.compliance(kept_for),
        )

    def _access_log_bucket(self) -> s3.Bucket:
        return self._bucket(
            "AccessLogs",
            logged=False,
            lifecycle_rules=[s3.LifecycleRule(id="logs", expiration=Duration.days(90))],
        )

    def _bucket(self, id: str, *, logged: bool = True, **more: Any) -> s3.Bucket:
        kept = not self._deployment.local
        if logged and self._access_logs is not None:
            more["server_access_logs_bucket"] = self._access_logs
            more["server_access_logs_prefix"] = f"{id.lower()}/"
        return s3.Bucket(
            self,
            id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            # The emulator speaks plain http, except where a run turns its TLS on.
            enforce_ssl=kept,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=self._deployment.removal,
            **more,
        )

    def _identity(self) -> tuple[cognito.UserPool | None, cognito.UserPoolClient | None]:
        identity = self._deployment.region.identity
        if isinstance(identity, Issuer):
            return None, None
        people = Identity(self, "Identity", deployment=self._deployment, email=identity.email)
        return people.pool, people.client

    def _officers(self) -> Officers | None:
        region = self._deployment.region
        if not isinstance(region.officers, OfficersPool):
            return None
        email = region.identity.email if isinstance(region.identity, Cognito) else None
        return Officers(self, "Officers", deployment=self._deployment, email=email)


def _key(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=STRING)


def _without(*names: str) -> list[str]:
    return [name for name in _LIST_ATTRIBUTES if name not in names]


def _index(
    table: dynamodb.Table, name: str, partition: str, sort: str, include: list[str] | str | None
) -> None:
    """`include`: the attributes beside the keys, "all", or None for the keys alone."""
    projection = {
        list: dynamodb.ProjectionType.INCLUDE,
        str: dynamodb.ProjectionType.ALL,
        type(None): dynamodb.ProjectionType.KEYS_ONLY,
    }[type(include)]
    table.add_global_secondary_index(
        index_name=name,
        partition_key=_key(partition),
        sort_key=_key(sort),
        projection_type=projection,
        non_key_attributes=include if isinstance(include, list) else None,
    )
