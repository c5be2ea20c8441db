"""Every finding that is left as it is, with the reason and the day on which that was decided: the one table.

`at` is the finding's very place, or a pattern where the decision was for all of a kind: `*` stands for anything in one
part of a path and for no further part, so that what is added elsewhere is not waived with it. Wildcards in policies are
waived one by one. A waiver that no finding needs any more is reported, and is to be taken out. `docs/waivers.md` is
written from here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from infra.checks.finding import Finding


@dataclass(frozen=True, kw_only=True)
class Waiver:
    tool: str
    rule: str
    at: Sequence[str]
    reason: str
    since: str

    def covers(self, finding: Finding) -> bool:
        return (
            finding.tool == self.tool
            and finding.rule == self.rule
            and any(PurePosixPath(finding.at).full_match(place) for place in self.at)
        )


NAG, GUARD, LINT, CHECKOV, BANDIT = "cdk-nag", "cfn-guard", "cfn-lint", "checkov", "bandit"
SPECTRAL: Final = "spectral"
START: Final = "2026-11-24"
GUARDED: Final = "2026-11-25"
DESCRIBED: Final = "2026-11-29"
SERVED: Final = "2026-11-29"

# ------------------------------------------------------------------------------------------- reasons
RUNTIME = (
    "Python 3.13 is what is locked, tested and emulated; a newer one is a change of all of these at once."
)
SYNCHRONOUS = (
    "Called synchronously or by a mapping that keeps what fails, or again by the clock: only what is called once and "
    "asynchronously (uploads, failed pushes) has dead letters of its own."
)
CONCURRENCY = (
    "Bounded where it is fed (API throttle, shards, the queue's maximum concurrency, a tick of the clock), photos by a "
    "reservation; each takes from the account's pool for good."
)
NO_VPC = (
    "Talks to AWS and the public internet alone; a VPC for it would cost NAT gateways and protect nothing."
)
INLINE = "A role's one policy lives and dies with its role; what all of them allow is held by tests/infra/roles.yaml."
OWN_KEY = (
    "Encrypted with AWS's key. A key of our own would be used by the same roles of the same account, and costs by the "
    "month and the request."
)
NOTHING_PERSONAL = "Holds no personal data (held by tests); encrypted at rest by the service."
TRACES = "X-Ray knows no resources for PutTraceSegments and PutTelemetryRecords."
STREAMS = f"{TRACES} DynamoDB knows none for ListStreams, without which a mapping is refused."
PUSH = f"{TRACES} SNS knows none for platform applications and their endpoints, except to send to one."
INTERFACES = f"{TRACES} EC2 knows none for interfaces that Lambda has yet to make."
ENDPOINTS = "Endpoints of this region's own application; each phone has one, made while people sign in."
OBJECTS = "Objects below one prefix; their names are made while people report."
DEAD = "It is a queue of dead letters itself."
TICK = "A tick of the clock that is lost is followed by the next; its work is found in the tables."
ERASED = "Versions and copies would keep what a person has had erased, and what the retention's end removes."
ADDRESSES = (
    "Would keep addresses of people's phones, outside of the country; the API's own log names no person."
)

A_PAGE = (
    "The desk's page, the same for everybody: what it shows is asked for with an officer's token. What no route is for is "
    "told that nothing is there."
)

PUBLIC = (
    "What everybody may read, and made of nothing else: a number or a file's name is all that is asked with."
)

BY_FORM = (
    "Open311 is open to everybody; filing needs a partner's key, which its specification has in the form, where no "
    "authorizer of the gateway sees it: the function asks for it before all else."
)

JOINED = "Rings as a part of another, which has the action: nine e-mails for one cause are none read."

CALLED_BACK = "It calls a new version back; what goes on ringing does so in the operators' own alarms."

ROLES_WITH_TRACES = (
    *("Directory/Loader", "Functions/AgencyApi", "Functions/Archive", "Functions/Authorizer"),
    *("Functions/Escalation", "Functions/Letters", "Functions/OfficersApi", "Functions/Open311"),
    "Functions/Pages",
    *("Functions/Photos", "Functions/Publisher", "Functions/ReleasePushes", "Functions/Requeue"),
    *(
        "Functions/Figures",
        "Functions/Canary",
        "Functions/Redaction",
        "Functions/Retention",
        "Functions/Site",
        "Functions/SweepDue",
    ),
)


def _roles(*names: str) -> tuple[str, ...]:
    return tuple(f"service/{name}/Role/DefaultPolicy" for name in names)


def _operations(*ids: str) -> tuple[str, ...]:
    return tuple(f"operation/{each}" for each in ids)


def _all(tool: str, places: Sequence[str], reason: str, *rules: str, since: str = START) -> list[Waiver]:
    return [Waiver(tool=tool, rule=rule, at=places, reason=reason, since=since) for rule in rules]


def _wildcard(resource: str, roles: Sequence[str], reason: str) -> list[Waiver]:
    return _all(NAG, _roles(*roles), reason, f"AwsSolutions-IAM5[Resource::{resource}]")


def _described(places: Sequence[str], reason: str, *rules: str) -> list[Waiver]:
    return _all(SPECTRAL, places, reason, *rules, since=DESCRIBED)


def _guard(places: Sequence[str], reason: str, *rules: str) -> list[Waiver]:
    return _all(GUARD, places, reason, *rules, since=GUARDED)


# Of each, the paths of constructs, then the logical ids that CloudFormation knows.
FUNCTIONS = (
    *("service/*/*/Function", "service/*Function????????"),
    *("storage/PushPlatforms/Provider/Function", "storage/PushPlatformsProviderFunction????????"),
)
POLICIES = (
    *("service/*/*/Role/DefaultPolicy", "service/*/Role/DefaultPolicy"),
    *("service/Network/FlowsRole/DefaultPolicy", "storage/PushPlatforms/Provider/Role/DefaultPolicy"),
)
LOG_GROUPS = (
    *("service/*/*/Logs", "service/Watch/Logs", "service/Api/AccessLogs", "service/Network/Flows"),
    *("service/*Logs????????", "service/NetworkFlows????????"),
    *("storage/PushPlatforms/Provider/Logs", "storage/PushPlatformsProviderLogs????????"),
)
_DEAD = ("Deliveries", "AssignmentStream", "OutboxStream", "Upload", "PushFailure", "Redaction")
DEAD_LETTERS = tuple(f"storage/{name}DeadLetters" for name in _DEAD)
QUEUES = (
    "service/DeliveriesQueue????????",
    *(f"storage/{name}DeadLetters????????" for name in _DEAD),
)
TOPICS = (
    *("service/Deliveries/Warnings", "service/Observability/Topic", "storage/PushPlatforms/Failures"),
    *("service/DeliveriesWarnings????????", "service/ObservabilityTopic????????"),
    "storage/PushPlatformsFailures????????",
)
BUCKETS = ("storage/AccessLogs", "storage/ChainHeads", "storage/Photos", "storage/Public")
OPEN_ROUTES = (
    *(
        f"service/Api/Http/GET--{path}"
        for path in (
            "docs",
            "docs--{file}",
            "openapi.json",
            "v1--agencies",
            "v1--categories",
            "v1--region",
            "v1--overdue",
            "v1--webhook-addresses",
        )
    ),
    "service/Api/Http/POST--v1--public--{number}--flag",
    *(f"service/Api/Http/{method}--v1--letters--{{token}}" for method in ("GET", "POST")),
)
DESK_ROUTES = (
    *("service/Api/Http/GET--desk", "service/Api/Http/GET--desk--{file}", "service/Api/AllElse"),
    *("service/Api/Http/HEAD--desk", "service/Api/Http/HEAD--desk--{file}"),
)
PUBLIC_ROUTES = tuple(
    f"service/Api/Http/{method}--{path}"
    for method in ("GET", "HEAD")
    for path in (
        "",
        "c--{number}",
        "feeds--{kind}--{file}",
        "open--{file}",
        "public--{complaint}--{file}",
        "site--{file}",
    )
)
OPEN311_ROUTES = tuple(
    f"service/Api/Http/{route}--open311--v2--{path}"
    for route, path in (("GET", "{file}"), ("POST", "{file}"), ("GET", "{kind}--{file}"))
)
OPEN_OPERATIONS = _operations(
    *(
        "describe",
        "document",
        "listAgencies",
        "listCategories",
        "listOverdue",
        "listWebhookAddresses",
        "showRegion",
        # To who has the letter: its link is signed.
        "showLetters",
        "endLetters",
        # Limited by the day for each network address.
        "flagPublic",
    )
)
JOINED_ALARMS = tuple(
    f"service/Observability/Alarms/{door}{what}"
    for door in ("Intake", "Route", "Notify")
    for what in ("Durations", "Errors", "Throttles")
) + tuple(
    f"service/Observability/Alarms/{promise}{window}"
    for promise in ("ToldLate", "EscalatedLate")
    for window in ("AQuarter", "AnHour", "SixHours")
)

WAIVERS: Final[Sequence[Waiver]] = (
    # Functions
    *_all(NAG, FUNCTIONS, RUNTIME, "AwsSolutions-L1", "Serverless-LambdaLatestVersion"),
    *_all(NAG, FUNCTIONS, SYNCHRONOUS, "NIST.800.53.R5-LambdaDLQ", "Serverless-LambdaDLQ"),
    *_all(CHECKOV, FUNCTIONS, SYNCHRONOUS, "CKV_AWS_116"),
    *_all(NAG, FUNCTIONS, CONCURRENCY, "NIST.800.53.R5-LambdaConcurrency"),
    *_all(CHECKOV, FUNCTIONS, CONCURRENCY, "CKV_AWS_115"),
    *_all(NAG, FUNCTIONS, NO_VPC, "NIST.800.53.R5-LambdaInsideVPC"),
    *_all(CHECKOV, FUNCTIONS, NO_VPC, "CKV_AWS_117"),
    *_guard(FUNCTIONS, NO_VPC, "lambda_inside_vpc_check"),
    *_all(
        CHECKOV,
        FUNCTIONS,
        f"{OWN_KEY} They hold names of tables, and one secret that is no credential.",
        "CKV_AWS_173",
    ),
    *_all(
        NAG,
        ("service/Functions/Webhooks/Live/SqsEventSource:*",),
        "A mapping of SQS has none: its queue's dead letters are that.",
        "Serverless-LambdaEventSourceMappingDestination",
    ),
    # Roles
    *_all(NAG, POLICIES, INLINE, "NIST.800.53.R5-IAMNoInlinePolicy"),
    *_wildcard("*", ROLES_WITH_TRACES, TRACES),
    *_wildcard("*", ("Functions/Assignment", "Functions/Outbox"), STREAMS),
    *_wildcard("*", ("Functions/Webhooks", "Functions/Subscriptions"), INTERFACES),
    *_wildcard("*", ("Functions/IntakeApi", "Functions/PushFailures"), PUSH),
    *_all(
        NAG,
        ("storage/PushPlatforms/Provider/Role/DefaultPolicy",),
        PUSH,
        "AwsSolutions-IAM5[Resource::*]",
    ),
    *_wildcard("*", ("Watch",), f"{TRACES} Neither does log delivery."),
    *_wildcard("*", ("Rollout",), "CodeDeploy asks CloudWatch for alarms by their names, several at once."),
    *_wildcard("{Photos.Arn}/quarantine/*", ("Functions/AgencyApi", "Functions/IntakeApi"), OBJECTS),
    *_wildcard("{Photos.Arn}/quarantine/*", ("Functions/Photos", "MalwareScan"), OBJECTS),
    *_wildcard("{Photos.Arn}/public/*", ("Functions/AgencyApi", "Functions/IntakeApi"), OBJECTS),
    *_wildcard("{Photos.Arn}/photos/*", ("Functions/AgencyApi",), OBJECTS),
    *_wildcard("{Photos.Arn}/photos/*", ("Functions/Photos",), OBJECTS),
    *_wildcard("{ChainHeads.Arn}/heads/*", ("Functions/Archive",), OBJECTS),
    *_wildcard(
        "{Photos.Arn}/public/*",
        ("Functions/Publisher", "Functions/Redaction", "Functions/Retention"),
        OBJECTS,
    ),
    *_wildcard("{Photos.Arn}/photos/*", ("Functions/Redaction",), OBJECTS),
    *_wildcard(
        "{Photos.Arn}/redact/*",
        ("Functions/Assignment", "Functions/Redaction", "Functions/SweepDue"),
        OBJECTS,
    ),
    *_wildcard("{Public.Arn}/open/*", ("Functions/Figures",), OBJECTS),
    *[
        waiver
        for prefix in ("c", "open")
        for waiver in _wildcard(f"{{Public.Arn}}/{prefix}/*", ("Functions/Open311",), OBJECTS)
    ],
    *[
        waiver
        for prefix in ("c", "open", "public")
        for waiver in _wildcard(
            f"{{Public.Arn}}/{prefix}/*", ("Functions/Publisher", "Functions/Site"), OBJECTS
        )
    ],
    *[
        waiver
        for platform in ("APNS", "GCM")
        for waiver in _wildcard(
            f"arn:<AWS::Partition>:sns::endpoint/{platform}/qamqor-whole-{platform.lower()}/*",
            ("Functions/Outbox", "Functions/ReleasePushes"),
            ENDPOINTS,
        )
    ],
    *_wildcard(
        "arn:<AWS::Partition>:states::execution:qamqor-whole-watch:*",
        ("Functions/Assignment", "Functions/SweepDue"),
        "Executions of this region's own machine; each complaint has one.",
    ),
    *_wildcard(
        "arn:<AWS::Partition>:events::rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*",
        ("MalwareScan",),
        "GuardDuty makes the rule under a name of its own, and may touch none that it does not manage.",
    ),
    # Data at rest
    *_all(
        NAG,
        BUCKETS,
        OWN_KEY,
        "NIST.800.53.R5-S3DefaultEncryptionKMS",
    ),
    *_guard(
        BUCKETS,
        OWN_KEY,
        "s3_bucket_default_encryption_kms_check",
    ),
    *_all(
        CHECKOV,
        tuple(f"storage/{table}????????" for table in ("Agencies", "Complaints", "Deliveries", "People")),
        OWN_KEY,
        "CKV_AWS_119",
    ),
    *_all(
        NAG,
        ("storage/Edge/Secret", "service/Canary/Secret"),
        OWN_KEY,
        "NIST.800.53.R5-SecretsManagerUsingKMSKey",
    ),
    *_all(CHECKOV, ("storage/EdgeSecret????????", "service/CanarySecret????????"), OWN_KEY, "CKV_AWS_149"),
    *_all(NAG, LOG_GROUPS, NOTHING_PERSONAL, "NIST.800.53.R5-CloudWatchLogGroupEncrypted"),
    *_all(CHECKOV, LOG_GROUPS, NOTHING_PERSONAL, "CKV_AWS_158"),
    *_guard(LOG_GROUPS, NOTHING_PERSONAL, "cloudwatch_log_group_encrypted_check"),
    *_guard(
        LOG_GROUPS,
        "Kept for as long as faults are looked for; what has to stand for years is in the events.",
        "cloudwatch_log_group_retention_period_check",
    ),
    *_all(
        CHECKOV,
        QUEUES,
        "Encrypted with SQS's own key, which this rule does not look for.",
        "CKV_AWS_27",
    ),
    *_all(
        NAG,
        TOPICS,
        "Names no person, and AWS's key for SNS does not let CloudWatch or SNS itself publish.",
        "NIST.800.53.R5-SNSEncryptedKMS",
    ),
    *_all(
        CHECKOV,
        TOPICS,
        "Names no person, and AWS's key for SNS does not let CloudWatch or SNS itself publish.",
        "CKV_AWS_26",
    ),
    *_all(
        NAG,
        ("storage/Agencies", "storage/Complaints", "storage/Deliveries", "storage/People"),
        f"Any second of the last 35 days can be restored. {ERASED}",
        "NIST.800.53.R5-DynamoDBInBackupPlan",
    ),
    *_guard(
        ("storage/Photos", "storage/Public"),
        ERASED,
        "s3_bucket_versioning_enabled_check",
        "s3_bucket_object_lock_enabled_check",
    ),
    *_guard(
        ("storage/AccessLogs",),
        "Written once by S3, and gone after 90 days.",
        "s3_bucket_versioning_enabled_check",
        "s3_bucket_object_lock_enabled_check",
    ),
    *_guard(("storage/AccessLogs",), "Its own log would never end.", "s3_bucket_logging_enabled_check"),
    *_all(
        NAG,
        ("storage/Photos", "storage/Public"),
        ADDRESSES,
        "AwsSolutions-S1",
        "NIST.800.53.R5-S3BucketLoggingEnabled",
    ),
    *_all(CHECKOV, ("storage/PhotosB9552D0D", "storage/Public????????"), ADDRESSES, "CKV_AWS_18"),
    *_guard(("storage/Photos", "storage/Public"), ADDRESSES, "s3_bucket_logging_enabled_check"),
    *_guard(
        ("storage/AccessLogs", "storage/ChainHeads", "storage/Public"),
        "Nothing is to happen when something is written there.",
        "s3_event_notifications_enabled_check",
    ),
    *_guard(
        ("storage/ChainHeads",),
        "Under lock until the audit's term is over, and a few megabytes a year.",
        "s3_lifecycle_policy_check",
        "s3_version_lifecycle_policy_check",
    ),
    *_all(NAG, ("storage/Photos", "storage/Public"), ERASED, "NIST.800.53.R5-S3BucketVersioningEnabled"),
    *_all(CHECKOV, ("storage/PhotosB9552D0D", "storage/Public????????"), ERASED, "CKV_AWS_21"),
    *_all(
        NAG,
        ("storage/AccessLogs",),
        "Written once by S3, and gone after 90 days.",
        "NIST.800.53.R5-S3BucketVersioningEnabled",
    ),
    *_all(
        CHECKOV, ("storage/AccessLogs8B620ECA",), "Written once by S3, and gone after 90 days.", "CKV_AWS_21"
    ),
    *_all(CHECKOV, ("storage/AccessLogs8B620ECA",), "Its own log would never end.", "CKV_AWS_18"),
    *_all(
        NAG,
        BUCKETS,
        f"S3 keeps it in three zones; another AWS Region is another country. {ERASED}",
        "NIST.800.53.R5-S3BucketReplicationEnabled",
    ),
    # Queues, rules, alarms
    *_all(NAG, DEAD_LETTERS, DEAD, "Serverless-SQSRedrivePolicy", "AwsSolutions-SQS3"),
    *_guard(DEAD_LETTERS, DEAD, "sqs_dlq_check"),
    *_guard(
        ("service/Deliveries/Queue",),
        "Its dead letters are in the other stack, and the rule does not read what is imported.",
        "sqs_dlq_check",
    ),
    *_guard(
        ("service/Functions/PushFailures/Live/AllowInvoke:*",),
        "For one topic, which is in the other stack: the rule does not read what is imported.",
        "lambda_function_public_access_prohibited_check",
    ),
    *_all(
        NAG,
        (
            *("service/Deliveries/Requeue", "service/Deliveries/ReleasePushes"),
            *("service/HourlyArchive/Schedule", "service/HourlyRetention/Schedule", "service/Sweep/Schedule"),
            *(
                "service/HourlyLetters/Schedule",
                "service/Publish/Schedule",
                "service/NightlyFigures/Schedule",
                "service/EachQuarter/Schedule",
            ),
        ),
        TICK,
        "Serverless-EventBusDLQ",
    ),
    *_all(
        NAG,
        ("service/Functions/Canary/Live/EventInvokeConfig",),
        "A trial that failed is not to be made up for: its alarm rings when two in a row fail, or none is made.",
        "Serverless-LambdaAsyncFailureDestination",
    ),
    *_all(
        NAG,
        ("service/Observability/Topic/*",),
        "An e-mail that cannot be delivered is not made deliverable by a queue; alarms are on the dashboard too.",
        "Serverless-SNSRedrivePolicy",
    ),
    *_all(
        NAG,
        ("service/Deliveries/Warnings/*",),
        "An e-mail that cannot be delivered is not made deliverable by a queue; the notice in the API says the same.",
        "Serverless-SNSRedrivePolicy",
        since="2026-11-26",
    ),
    *_all(
        NAG,
        JOINED_ALARMS,
        JOINED,
        "NIST.800.53.R5-CloudWatchAlarmAction",
    ),
    *_guard(JOINED_ALARMS, JOINED, "cloudwatch_alarm_action_check"),
    *_all(NAG, ("service/Rollout/Errors",), CALLED_BACK, "NIST.800.53.R5-CloudWatchAlarmAction"),
    *_guard(("service/Rollout/Errors",), CALLED_BACK, "cloudwatch_alarm_action_check"),
    *_all(
        NAG,
        ("service/Watch/Machine",),
        "Errors are logged; every step would be a log line for each of millions of waits, and the events are the history.",
        "AwsSolutions-SF1",
    ),
    # People
    *_all(
        NAG,
        OPEN_ROUTES,
        "Open data, by design.",
        "AwsSolutions-APIG4",
    ),
    *_guard(OPEN_ROUTES, "Open data, by design.", "api_gw_v2_authorization_type_configured_check"),
    *_all(NAG, PUBLIC_ROUTES, PUBLIC, "AwsSolutions-APIG4"),
    *_guard(PUBLIC_ROUTES, PUBLIC, "api_gw_v2_authorization_type_configured_check"),
    *_all(NAG, OPEN311_ROUTES, BY_FORM, "AwsSolutions-APIG4"),
    *_guard(OPEN311_ROUTES, BY_FORM, "api_gw_v2_authorization_type_configured_check"),
    *_all(NAG, DESK_ROUTES, A_PAGE, "AwsSolutions-APIG4", since=SERVED),
    *_all(GUARD, DESK_ROUTES, A_PAGE, "api_gw_v2_authorization_type_configured_check", since=SERVED),
    *_guard(
        (
            "service/Api/Http/*/*-Permission",
            "service/Api/Http/*-Permission",
            "service/Api/AllElse/Pages-Permission",
        ),
        "For API Gateway alone, with the ARN of this API in this account; the rule looks for an account by itself.",
        "lambda_function_public_access_prohibited_check",
    ),
    *_all(
        NAG,
        ("storage/Identity/Pool",),
        "Offered, not demanded: who has one phone must be able to report with it.",
        "AwsSolutions-COG2",
    ),
    *_all(
        NAG,
        ("storage/Identity/Pool", "storage/Officers/Pool"),
        "Threat protection is the Plus plan's, at several times the price of each active person; an account holds "
        "one person's own complaints, its password has 12 characters, and Cognito locks out who guesses.",
        "AwsSolutions-COG8",
    ),
    # The edge
    *_all(NAG, ("edge/Distribution",), ADDRESSES, "AwsSolutions-CFR3"),
    *_all(CHECKOV, ("edge/Distribution830FAC52",), ADDRESSES, "CKV_AWS_86"),
    *_guard(("edge/Distribution",), ADDRESSES, "cloudfront_access_logs_enabled_check"),
    *_guard(
        ("edge/Distribution",),
        "An API has no page at its root, and one origin in one country.",
        "cloudfront_default_root_object_configured_check",
        "cloudfront_origin_failover_enabled_check",
    ),
    *_all(NAG, ("edge/Firewall",), f"{ADDRESSES} Samples are kept.", "NIST.800.53.R5-WAFv2LoggingEnabled"),
    *_all(
        NAG,
        ("edge/Distribution",),
        "A person who reports a manhole may be roaming, or abroad by their address.",
        "AwsSolutions-CFR1",
    ),
    *_all(
        NAG,
        ("storage/Edge/Secret",),
        "No credential: it only shows that a request came through the firewall. Changed by hand, both sides at once.",
        "AwsSolutions-SMG4",
        "NIST.800.53.R5-SecretsManagerRotationEnabled",
    ),
    *_all(
        NAG,
        ("service/Canary/Secret",),
        "It signs in one person who has nothing but complaints that are taken back; signed in anew by a command.",
        "AwsSolutions-SMG4",
        "NIST.800.53.R5-SecretsManagerRotationEnabled",
    ),
    # The network
    *_all(
        NAG,
        ("service/Network/Vpc",),
        "Nothing is in the default group; to close it the CDK would bring a function of Node.",
        "NIST.800.53.R5-VPCDefaultSecurityGroupClosed",
    ),
    *_all(
        NAG,
        ("service/Network/Vpc/OutSubnet1/DefaultRoute", "service/Network/Vpc/OutSubnet2/DefaultRoute"),
        "The NAT gateways' own way out; nothing else is in these subnets.",
        "NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW",
    ),
    *_all(
        LINT,
        ("service/NetworkVpc*Subnet*",),
        "Named so that a synthesis looks nothing up; the stack has its Region fixed.",
        "W3010",
    ),
    # What the CDK writes by itself
    *_all(
        LINT,
        (*FUNCTIONS, "service/MalwareScanPlan????????", "service/WatchMachine????????"),
        "The CDK says twice that something waits for its role.",
        "W3005",
    ),
    *_all(
        LINT,
        (
            *("service/*Table", "service/*Bucket", "service/UserPoolId", "service/UserPoolClientId"),
            *("service/OfficersPoolId", "service/OfficersClientId"),
        ),
        "Outputs repeat what the other stack exports: tools read one stack.",
        "W6001",
    ),
    # Code
    *_all(
        BANDIT,
        ("functions/**/*.py", "infra/**/*.py"),
        "States what the types cannot; nothing relies on it.",
        "B101",
    ),
    *_all(
        BANDIT,
        (
            *("functions/notify/webhooks/signature.py", "infra/local/*.py", "infra/packaging/openapi/*.py"),
            "infra/local/front/page.py",
            "functions/intake/people/*.py",
        ),
        "A prefix, a word of the emulator's or an example: no secret.",
        "B105",
    ),
    *_all(
        BANDIT,
        ("functions/edge/custom_resource.py", "infra/pipeline/smoke.py"),
        "The address is CloudFormation's.",
        "B310",
    ),
    *_all(
        BANDIT,
        ("infra/national.py",),
        "An operator's own command, and https alone.",
        "B310",
    ),
    *_all(
        BANDIT,
        ("functions/intake/open311/formats.py",),
        "It writes XML, and reads none.",
        "B405",
    ),
    *_all(
        BANDIT,
        (
            "functions/records/move.py",
            "functions/notify/feed.py",
            "functions/notify/webhooks/endpoints.py",
        ),
        "Jitter before a retry.",
        "B311",
    ),
    *_all(
        BANDIT,
        ("functions/notify/webhooks/limits.py",),
        "Which free place is tried first; nobody gains by guessing it.",
        "B311",
        since="2026-11-26",
    ),
    *_all(
        BANDIT,
        ("infra/local/story.py",),
        "The grain of a made-up photo, the same each time where it is asked for.",
        "B311",
        since=SERVED,
    ),
    *_all(
        BANDIT,
        ("infra/**/*.py", "functions/intake/photos/*.py"),
        "Programs of this project's own, by lists of arguments and without a shell.",
        "B404",
        "B603",
        "B607",
    ),
    # The API's description
    *_described(
        ("answered/**",),
        "What is answered is ours: limits are for what is taken, and a reader is to bear a longer text.",
        "api4:2023-array-limit",
        "api4:2023-integer-limit",
        "api4:2023-string-limit",
        "api4:2023-string-restricted",
    ),
    *_described(
        ("answered/**", "asked/**"),
        "JSON knows one kind of number; what may be sent has its bounds beside it, and all of it fits 32 bits.",
        "api4:2023-integer-format",
    ),
    *_described(
        (
            *(
                "asked/KeyWanted/name",
                "asked/Location/address",
                "asked/*/answers/additionalProperties",
                "asked/Submission/comment",
            ),
            *("asked/*/description/anyOf/0", "asked/listWork/q"),
        ),
        "What people write, in any script; its length is limited.",
        "api4:2023-string-restricted",
    ),
    *_described(
        (
            *("asked/Choices/zone/anyOf/0", "asked/Extension/by", "asked/*/url", "asked/*/delivery_id"),
            *(
                "asked/*/to",
                "asked/*/into",
                "asked/*/again_of",
                "asked/*/category",
                "asked/*/category/anyOf/0",
                "asked/listWork/assigned_to",
                "asked/listWork/district",
                "asked/*Letters/token",
                "asked/ReadItems/ids/items",
                "asked/*/id",
                "asked/*/photo_id",
                "asked/flagPublic/number",
            ),
        ),
        "Held by more than a pattern can say (a list, a parser, a signature), which the description names; its length is "
        "limited.",
        "api4:2023-string-restricted",
    ),
    *_described(
        (
            "document/components/parameters/language/schema",
            "document/components/parameters/if-none-match/schema",
        ),
        "RFC 9110 has a grammar for it, and API Gateway a limit for all header fields; what says nothing is passed over.",
        "api4:2023-string-limit",
        "api4:2023-string-restricted",
    ),
    *_described(
        ("answered/**",),
        "An agency's answers say what is left of its rate; a person's limits are by the day, and a 429 says when they end.",
        "api4:2023-rate-limit",
    ),
    *_described(
        ("answered/**",),
        "No page of another origin is let in: the app and the agencies' systems are no browsers.",
        "api8:2023-define-cors-origin",
    ),
    *_described(
        OPEN_OPERATIONS,
        "Open to everybody, by design.",
        "api2:2023-read-restricted",
        "api8:2023-define-error-responses-401",
    ),
    *_described(
        (
            *OPEN_OPERATIONS,
            *_operations(
                "leave",
                "leaveComplaint",
                "renewUpload",
                "showMe",
                "showComplaint",
                "writeAppeal",
                "showWork",
                "showDelivery",
            ),
            *_operations("showSubscription", "listSubscriptions", "listKeys", "pauseSubscription"),
            *_operations("resumeSubscription", "sendTest", "unsubscribe", "verifySubscription"),
            *_operations("replayDelivery", "revokeKey"),
            *_operations("countWork", "nearbyWork", "listTemplates", "deleteTemplate", "showCaller"),
            *_operations("listOfficers", "letOfficerGo", "resetSecondFactor"),
        ),
        "Takes nothing that could be wrong in form: what its path cannot name is not found.",
        "api8:2023-define-error-validation",
    ),
    *_described(
        ("asked/*Letters/token",),
        "What a letter's link leads to: a mail program presses the button in it, and has no other credentials. It ends "
        "one body's letters and opens nothing else.",
        "api2:2023-no-credentials-in-url",
    ),
    *_described(
        _operations("flagPublic"),
        "To everybody: a flag says but why, a few a day count from one address, and a body has the last word.",
        "api2:2023-write-restricted",
    ),
    *_described(
        _operations("endLetters"),
        "To who has the letter: its link is signed, and ends the letters alone.",
        "api2:2023-write-restricted",
    ),
    *_described(
        ("operation/*",),
        "OpenAPI 3.1 lets an operation name what is needed of any scheme, not of OAuth's alone.",
        "oas3-operation-security-defined",
    ),
    *_described(
        ("document/info",),
        "Nobody stands for all regions; a body's own address is in its region's file.",
        "info-contact",
    ),
)


STARS: Final[Mapping[str, str]] = {
    "cloudwatch:DescribeAlarms": "several alarms are asked for at once, or all",
    "dynamodb:ListStreams": "has no resource types; a mapping is refused without it",
    **dict.fromkeys(
        (
            *("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups"),
            *("logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries"),
            *("logs:PutResourcePolicy", "logs:UpdateLogDelivery"),
        ),
        "log delivery has no resource types",
    ),
    **dict.fromkeys(
        (
            *("sns:CreatePlatformApplication", "sns:SetPlatformApplicationAttributes"),
            *("sns:DeletePlatformApplication", "sns:CreatePlatformEndpoint", "sns:DeleteEndpoint"),
            *("sns:GetEndpointAttributes", "sns:SetEndpointAttributes"),
        ),
        "SNS has no resource types for platform applications and endpoints",
    ),
    **dict.fromkeys(
        (
            *("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
            *("xray:GetSamplingRules", "xray:GetSamplingTargets"),
        ),
        "X-Ray has no resource types for it",
    ),
    **dict.fromkeys(
        (
            *("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"),
            *("ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", "ec2:DescribeSubnets"),
        ),
        "of interfaces that Lambda has yet to make",
    ),
}
"""Actions that are granted on every resource, each with the reason why IAM knows no narrower one."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is left of the findings: those that nothing explains, and waivers that explain nothing."""

    unexplained: Sequence[Finding]
    needless: Sequence[Waiver]


def judge(findings: Iterable[Finding], waivers: Sequence[Waiver] = WAIVERS) -> Judged:
    used: set[int] = set()
    unexplained = []
    for finding in sorted(set(findings)):
        covering = [number for number, waiver in enumerate(waivers) if waiver.covers(finding)]
        used.update(covering)
        if not covering:
            unexplained.append(finding)
    return Judged(
        unexplained=unexplained,
        needless=[waiver for number, waiver in enumerate(waivers) if number not in used],
    )
