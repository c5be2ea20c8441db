"""What every stack set has, what only the cloud has, and what must never change by itself."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from functions.records import photo_keys
from infra.region import load_region_file
from tests.infra.template import Assembly, Resource, Template, flat

CLOUD = ("qamqor-karaganda", "qamqor-pavlodar")
TABLES = ("Agencies", "Complaints", "Deliveries", "People")

# A logical id that changes makes CloudFormation replace what is kept, and begin with an empty one.
STATEFUL = {
    "AccessLogs8B620ECA": "AWS::S3::Bucket",
    "AssignmentStreamDeadLetters1D810664": "AWS::SQS::Queue",
    "AgenciesC742B758": "AWS::DynamoDB::Table",
    "ChainHeadsC1ACA851": "AWS::S3::Bucket",
    "ComplaintsB0924443": "AWS::DynamoDB::Table",
    "DeliveriesBF2F7293": "AWS::DynamoDB::Table",
    "DeliveriesDeadLetters9E72E000": "AWS::SQS::Queue",
    "PeopleE38C8D03": "AWS::DynamoDB::Table",
    "IdentityPool9E5AED46": "AWS::Cognito::UserPool",
    "IdentityPoolApp60D72205": "AWS::Cognito::UserPoolClient",
    "PhotosB9552D0D": "AWS::S3::Bucket",
    "PublicD0AE4A11": "AWS::S3::Bucket",
    "OutboxStreamDeadLetters52F299C8": "AWS::SQS::Queue",
    "PushFailureDeadLettersF246E434": "AWS::SQS::Queue",
    "PushPlatformsAPNS29687203": "Custom::PlatformApplication",
    "PushPlatformsGCM37D936F1": "Custom::PlatformApplication",
    "RedactionDeadLetters2A76244B": "AWS::SQS::Queue",
    "UploadDeadLetters8BCA47D6": "AWS::SQS::Queue",
}
# And so does a change of these properties, by the resource types' reference ("Update requires: Replacement").
REPLACING = {
    "AWS::DynamoDB::Table": {
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "TableName": None,
    },
    "AWS::S3::Bucket": {"BucketName": None},
    "AWS::Cognito::UserPool": {
        "AliasAttributes": ["email"],
        "UsernameAttributes": None,
        "UsernameConfiguration": {"CaseSensitive": False},
        "Schema": [{"Name": "email", "Required": True, "Mutable": True}],
    },
    "AWS::Cognito::UserPoolClient": {"GenerateSecret": None},
    "AWS::SQS::Queue": {"QueueName": None, "FifoQueue": None},
}
# An application is another one by its name or platform, and phones have their endpoints in it.
APPLICATIONS = {"GCM": "qamqor-REGION-gcm", "APNS": "qamqor-REGION-apns"}
# In the three languages: nobody's is known before they have signed up.
WORDS_OF_A_CODE = {
    "EmailSubject": ("растау коды", "код подтверждения", "confirmation code"),
    "EmailMessage": (
        "Растау коды: <b>{####}",
        "Код подтверждения: <b>{####}",
        "Confirmation code: <b>{####}",
    ),
}
NOT_RETAINED = {"IdentityPoolApp60D72205"}


@pytest.fixture(params=CLOUD)
def storage(request: pytest.FixtureRequest, cloud: Assembly) -> Template:
    return cloud[f"{request.param}-storage"]


@pytest.fixture(params=CLOUD)
def service(request: pytest.FixtureRequest, cloud: Assembly) -> Template:
    return cloud[f"{request.param}-service"]


def stacks(assembly: Assembly) -> Iterator[Template]:
    yield from assembly.stacks.values()


# ------------------------------------------------------------------------------------ what is kept
def test_nothing_that_is_kept_is_replaced(storage: Template) -> None:
    kept = set(STATEFUL.values())
    assert {id: r["Type"] for id, r in storage.of(*kept).items()} == STATEFUL
    for id, type in STATEFUL.items():
        properties = storage.resources[id]["Properties"]
        kept_as_it_is = REPLACING.get(type, {})
        assert {name: properties.get(name) for name in kept_as_it_is} == kept_as_it_is, id


def test_the_applications_in_which_phones_have_their_endpoints_are_the_same_ones(storage: Template) -> None:
    region = storage.name.removeprefix("qamqor-").removesuffix("-storage")
    found = {
        each["Properties"]["Platform"]: each["Properties"]["Name"].replace(region, "REGION")
        for each in storage.of("Custom::PlatformApplication").values()
    }
    assert found == APPLICATIONS


def test_functions_know_an_application_by_the_name_that_it_is_made_with(cloud: Assembly) -> None:
    """And by no export: push could not be given up while they use it."""
    made = {
        f"{each['Properties']['Platform']}/{each['Properties']['Name']}"
        for each in cloud["qamqor-pavlodar-storage"].of("Custom::PlatformApplication").values()
    }
    environment = cloud["qamqor-pavlodar-service"].functions()["intakeapi"]["Environment"]["Variables"]
    known = {flat(value) for name, value in environment.items() if name.endswith("_APPLICATION_ARN")}
    assert known == {"arn:{Partition}:sns:eu-central-1:111122223333:app/" + name for name in made}


def test_nothing_is_kept_in_the_stack_that_comes_and_goes(cloud: Assembly, local: Assembly) -> None:
    for template in (*stacks(cloud), *stacks(local)):
        if not template.name.endswith("-storage"):
            found = template.of(*STATEFUL.values()).values()
            # What waits for the sender is in the table too, and comes again.
            nudges = [each for each in found if "RedrivePolicy" in each["Properties"]]
            assert [each for each in found if each not in nudges] == []


def test_storage_needs_nothing_of_the_stacks_that_come_and_go(cloud: Assembly, local: Assembly) -> None:
    for template in (*stacks(cloud), *stacks(local)):
        if template.name.endswith("-storage"):
            assert "Fn::ImportValue" not in template.text


def test_dead_letters_are_taken_from_the_rules_of_the_region_and_from_no_others(
    cloud: Assembly, service: Template
) -> None:
    storage = cloud[service.name.replace("-service", "-storage")]
    for queue in ("RedactionDeadLetters2A76244B", "UploadDeadLetters8BCA47D6"):
        (rules,) = (
            statement
            for statement in policies_of(storage, "AWS::SQS::QueuePolicy", queue)
            if statement["Effect"] == "Allow"
        )
        assert rules["Principal"] == {"Service": "events.amazonaws.com"}
        (source,) = rules["Condition"]["ArnLike"].values()
        assert flat(source).startswith("arn:{Partition}:events:eu-central-1:")
        assert flat(source).endswith(f":rule/{service.name.removesuffix('service')}*")
    named = [
        target["DeadLetterConfig"]["Arn"]
        for rule in service.of("AWS::Events::Rule").values()
        for target in rule["Properties"]["Targets"]
        if "DeadLetterConfig" in target
    ]
    assert {flat(arn) for arn in named} == {"{RedactionDeadLetters.Arn}", "{UploadDeadLetters.Arn}"}


def test_the_cloud_keeps_what_a_deleted_stack_held(storage: Template) -> None:
    for id in STATEFUL.keys() - NOT_RETAINED:
        resource = storage.resources[id]
        policies = (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        assert policies == ("RetainExceptOnCreate", "Retain"), id


def test_tables_are_encrypted_recoverable_and_refuse_deletion(storage: Template) -> None:
    for id, table in storage.of("AWS::DynamoDB::Table").items():
        properties = table["Properties"]
        assert properties["DeletionProtectionEnabled"] is True, id
        assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, id
        assert properties["SSESpecification"]["SSEEnabled"] is True, id
        assert properties["BillingMode"] == "PAY_PER_REQUEST", id


def test_people_are_not_deleted_with_their_pool(storage: Template) -> None:
    assert storage.one("AWS::Cognito::UserPool")["Properties"]["DeletionProtection"] == "ACTIVE"


def test_codes_go_by_ses_where_people_sign_up_by_themselves(storage: Template) -> None:
    pool = storage.one("AWS::Cognito::UserPool")["Properties"]
    assert pool["EmailConfiguration"]["EmailSendingAccount"] == "DEVELOPER"
    assert pool["EmailConfiguration"]["From"] == "Qamqor <no-reply@qamqor.example>"
    assert flat(pool["EmailConfiguration"]["SourceArn"]).endswith(":identity/qamqor.example")
    assert "SmsConfiguration" not in pool
    assert pool["AutoVerifiedAttributes"] == ["email"]
    for text in ("EmailSubject", "EmailMessage"):
        assert all(word in pool["VerificationMessageTemplate"][text] for word in WORDS_OF_A_CODE[text]), text


def test_a_pool_has_no_features_that_nobody_asked_to_pay_for(storage: Template) -> None:
    assert storage.one("AWS::Cognito::UserPool")["Properties"]["UserPoolTier"] == "LITE"


def test_what_refuses_to_be_deleted_is_made_after_what_may_be_refused(storage: Template) -> None:
    buckets = set(storage.of("AWS::S3::Bucket"))
    (pool,) = storage.of("AWS::Cognito::UserPool")
    assert buckets <= set(storage.resources[pool]["DependsOn"])
    for id, table in storage.of("AWS::DynamoDB::Table").items():
        assert buckets | {pool} <= set(table["DependsOn"]), id


def test_what_costs_bears_the_tags_by_which_a_bill_is_divided(cloud: Assembly) -> None:
    for region_id, asked in (("pavlodar", {"owner": "pavlodar-city-akimat"}), ("karaganda", {})):
        tags = {"project": "qamqor", "region": region_id, "stage": "cloud"} | asked
        for name in ("storage", "service"):
            template = cloud[f"qamqor-{region_id}-{name}"]
            for id, resource in template.of("AWS::DynamoDB::Table", "AWS::Lambda::Function").items():
                assert {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]} == tags, id


def test_no_stack_is_deleted_by_a_slip(cloud: Assembly) -> None:
    for name, protected in cloud.protected.items():
        assert protected == (not name.endswith("-edge")), name


def test_nothing_that_a_failed_first_deployment_leaves_is_in_the_way_of_the_second(cloud: Assembly) -> None:
    for template in stacks(cloud):
        for id, resource in template.resources.items():
            assert resource.get("DeletionPolicy", "Delete") in ("Delete", "RetainExceptOnCreate"), id
            fixed = resource["Properties"].get("LogGroupName") if "Properties" in resource else None
            assert fixed is None or '"AWS::StackId"' in json.dumps(fixed), id


def test_a_local_deployment_leaves_nothing_behind(local: Assembly) -> None:
    assert not any(local.protected.values())
    for template in stacks(local):
        for id, resource in template.resources.items():
            assert resource.get("DeletionPolicy", "Delete") == "Delete", id
            assert not resource.get("Properties", {}).get("DeletionProtectionEnabled"), id
            assert resource.get("Properties", {}).get("DeletionProtection", "INACTIVE") == "INACTIVE", id


def test_the_stream_of_events_carries_what_was_written(storage: Template) -> None:
    streams = {
        id: table["Properties"].get("StreamSpecification")
        for id, table in storage.of("AWS::DynamoDB::Table").items()
    }
    assert streams.pop("ComplaintsB0924443") == {"StreamViewType": "NEW_IMAGE"}
    assert set(streams.values()) == {None}


# ------------------------------------------------------------------------------------ new versions
def test_whatever_calls_a_function_calls_its_live_version(service: Template) -> None:
    aliases = service.of("AWS::Lambda::Alias")
    published = {alias["Properties"]["FunctionName"]["Ref"] for alias in aliases.values()}
    at_deployments = {
        r["Properties"]["ServiceToken"]["Fn::GetAtt"][0]
        for r in service.resources.values()
        if r["Type"].startswith("Custom::")
    }
    assert published | at_deployments == set(service.of("AWS::Lambda::Function"))
    assert not published & at_deployments
    # Outside of roles' policies and metrics, nothing knows a function that is published but its versions.
    callers = (
        *("AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping", "AWS::Events::Rule"),
        *("AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Authorizer"),
        *("AWS::SNS::Subscription", "AWS::StepFunctions::StateMachine"),
    )
    for id, resource in service.of(*callers).items():
        named = set(re.findall(r'"([A-Za-z0-9]+)"', json.dumps(resource["Properties"])))
        assert not named & published, id
        if resource["Type"].startswith("AWS::Lambda::"):
            assert named & set(aliases), id


def test_a_new_version_takes_a_tenth_of_the_calls_first_and_is_called_back_by_its_errors(
    service: Template,
) -> None:
    groups = service.of("AWS::CodeDeploy::DeploymentGroup")
    aliases = service.of("AWS::Lambda::Alias")
    # A page of one version would ask for what another one does not have.
    at_once = {id for id in aliases if id.startswith(("FunctionsPagesLive", "FunctionsSiteLive"))}
    led = {
        a["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]
        for id, a in aliases.items()
        if id not in at_once
    }
    assert not any("UpdatePolicy" in aliases[id] for id in at_once)
    assert led == set(groups)
    assert len(groups) == len(aliases) - len(at_once)
    for id, group in groups.items():
        properties = group["Properties"]
        assert properties["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes", id
        assert "DEPLOYMENT_STOP_ON_ALARM" in properties["AutoRollbackConfiguration"]["Events"], id
        (alarm,) = properties["AlarmConfiguration"]["Alarms"]
        (rings,) = (
            found["Properties"]
            for found in service.of("AWS::CloudWatch::Alarm").values()
            if found["Properties"]["AlarmName"] == alarm["Name"]
        )
        periods = {m["MetricStat"]["Period"] for m in rings["Metrics"] if "MetricStat" in m}
        # It must be able to ring while a tenth of the calls is all that fails.
        assert max(periods) * rings["EvaluationPeriods"] < 300, id


# ------------------------------------------------------------------------------------- encryption
def test_what_holds_photos_is_private_and_speaks_tls_only(storage: Template) -> None:
    for id, bucket in storage.of("AWS::S3::Bucket").items():
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}, id
        assert properties["BucketEncryption"], id
        assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}], id
        assert "s3:*" in refused_without_tls(policies_of(storage, "AWS::S3::BucketPolicy", id)), id


def test_queues_and_topics_speak_tls_only_in_the_cloud(cloud: Assembly) -> None:
    for template in stacks(cloud):
        for id in template.of("AWS::SQS::Queue"):
            assert "sqs:*" in refused_without_tls(policies_of(template, "AWS::SQS::QueuePolicy", id)), id
        for id in template.of("AWS::SNS::Topic"):
            policies = policies_of(template, "AWS::SNS::TopicPolicy", id)
            assert "sns:Publish" in refused_without_tls(policies), id


def policies_of(template: Template, type: str, id: str) -> list[Resource]:
    """Statements of the policies that stand on the resource with this logical id."""
    return [
        statement
        for policy in template.of(type).values()
        if f'"{id}"' in json.dumps(policy["Properties"])
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def refused_without_tls(statements: list[Resource]) -> set[str]:
    return {
        action
        for statement in statements
        if statement["Effect"] == "Deny"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def test_heads_of_chains_stay_as_they_were_written_until_the_audit_is_over(storage: Template) -> None:
    properties = storage.resources["ChainHeadsC1ACA851"]["Properties"]
    assert properties["ObjectLockEnabled"] is True
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    retention = properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == {"Mode": "COMPLIANCE", "Days": load_region_file("pavlodar").retention.audit}


def test_who_reads_what_is_locked_is_logged_and_no_log_keeps_the_addresses_of_phones(
    storage: Template,
) -> None:
    logged = storage.resources["ChainHeadsC1ACA851"]["Properties"]["LoggingConfiguration"]
    assert logged["DestinationBucketName"] == {"Ref": "AccessLogs8B620ECA"}
    assert "LoggingConfiguration" not in storage.resources["PhotosB9552D0D"]["Properties"]


def test_every_function_logs_what_memory_and_time_it_used(service: Template) -> None:
    for name, function in service.functions().items():
        # REPORT lines are of INFO.
        assert function["LoggingConfig"]["SystemLogLevel"] == "INFO", name


def test_what_was_not_checked_is_gone_the_next_day(storage: Template) -> None:
    rules = storage.resources["PhotosB9552D0D"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (quarantine,) = (rule for rule in rules if rule["Id"] == "quarantine")
    assert (quarantine["Prefix"], quarantine["ExpirationInDays"]) == ("quarantine/", 1)


def test_a_directory_that_is_refused_ends_a_deployment_before_any_function_is_changed(
    service: Template,
) -> None:
    (data,) = service.of("Custom::Directory")
    functions = {
        id: set(function.get("DependsOn", ()))
        for id, function in service.of("AWS::Lambda::Function").items()
        if id.startswith("Functions")
    }
    assert len(functions) >= 14
    assert [id for id, waits_for in functions.items() if data not in waits_for] == []


def test_photos_are_kept_as_long_as_the_region_file_says(storage: Template) -> None:
    rules = storage.resources["PhotosB9552D0D"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (photos,) = (rule for rule in rules if rule["Prefix"] == photo_keys.CLEAN)
    assert photos["Status"] == "Enabled"
    assert photos["ExpirationInDays"] == load_region_file("pavlodar").retention.photos


def test_public_copies_are_kept_no_longer_than_their_photos(storage: Template) -> None:
    rules = storage.resources["PhotosB9552D0D"]["Properties"]["LifecycleConfiguration"]["Rules"]
    kept = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules}
    assert kept[photo_keys.PUBLIC] == kept[photo_keys.CLEAN]
    assert kept[photo_keys.REDACT] == 14


def test_what_has_no_copy_yet_is_looked_at_and_no_thumbnail_is(service: Template) -> None:
    (rule,) = (
        each["Properties"]
        for id, each in service.of("AWS::Events::Rule").items()
        if id.startswith("FunctionsRedactionCleaned")
    )
    (matched,) = rule["EventPattern"]["detail"]["object"]["key"]
    skipped = matched["anything-but"]["wildcard"]
    keys = {
        key: not any(fnmatchcase(key, each) for each in skipped)
        for key in (
            photo_keys.clean_key("01A", "01B"),
            photo_keys.redact_key("01A", "01B"),
            photo_keys.thumbnail_key("01A", "01B"),
            photo_keys.quarantine_key("01A", "01B"),
            photo_keys.public_key("01A", "01B", revision=1),
            photo_keys.public_thumbnail_key("01A", "01B", revision=1),
            "malware-protection-resource-validation-object",
        )
    }
    assert list(keys.values()) == [True, True, *[False] * 5]
    assert rule["Targets"][0]["RetryPolicy"]["MaximumEventAgeInSeconds"] == 6 * 3600


def test_uploads_are_told_without_a_function_of_the_cdks(storage: Template) -> None:
    photos = storage.resources["PhotosB9552D0D"]["Properties"]
    told = photos["NotificationConfiguration"]["EventBridgeConfiguration"]["EventBridgeEnabled"]
    assert told is True


# -------------------------------------------------------------------------------------- functions
def test_functions_run_our_python_on_the_right_processor(cloud: Assembly, local: Assembly) -> None:
    from infra.toolchain import host_architecture

    for assembly, architecture in ((cloud, "arm64"), (local, host_architecture())):
        for template in stacks(assembly):
            for id, function in template.of("AWS::Lambda::Function").items():
                properties = function["Properties"]
                assert properties["Runtime"] == "python3.13", id
                assert properties["Architectures"] == [architecture], id


def test_a_function_has_a_role_logs_limits_and_traces_of_its_own(service: Template) -> None:
    functions = list(service.functions().values())
    for own in ("Role", "LoggingConfig"):
        owned = [json.dumps(properties[own], sort_keys=True) for properties in functions]
        assert len(set(owned)) == len(owned)
    for properties in functions:
        assert properties["LoggingConfig"]["LogFormat"] == "JSON"
        assert properties["MemorySize"] >= 256
        assert 0 < properties["Timeout"] <= 300


def test_photos_take_no_places_from_the_doors(service: Template, local: Assembly) -> None:
    """Nothing else bounds how many uploads come at a time; what is above is tried again for six hours."""
    bounded = {
        name: function["ReservedConcurrentExecutions"]
        for name, function in service.functions().items()
        if "ReservedConcurrentExecutions" in function
    }
    assert bounded == {"photos": 50, "redaction": 20}
    assert "ReservedConcurrentExecutions" not in local["qamqor-local-service"].text
    (rule,) = (
        each["Properties"]["Targets"][0]
        for id, each in service.of("AWS::Events::Rule").items()
        if id.startswith("FunctionsPhotosUploaded")
    )
    assert rule["RetryPolicy"]["MaximumEventAgeInSeconds"] == 6 * 3600


def test_logs_do_not_stay_for_ever(cloud: Assembly, local: Assembly) -> None:
    for template in (*stacks(cloud), *stacks(local)):
        for id, group in template.of("AWS::Logs::LogGroup").items():
            assert group["Properties"]["RetentionInDays"] >= 7, id


def test_a_stream_consumer_gives_a_poisonous_event_up_and_not_the_batch(service: Template) -> None:
    streams = [
        mapping["Properties"]
        for mapping in service.of("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" in mapping["Properties"]
    ]
    assert len(streams) == 2
    for properties in streams:
        assert properties["BisectBatchOnFunctionError"] is True
        assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert properties["StartingPosition"] == "TRIM_HORIZON"
        # The stream itself forgets after 24 hours.
        assert 3600 <= properties["MaximumRecordAgeInSeconds"] < 24 * 3600
        assert properties["DestinationConfig"]["OnFailure"]["Destination"]
        (pattern,) = (json.loads(each["Pattern"]) for each in properties["FilterCriteria"]["Filters"])
        assert pattern["eventName"] == ["INSERT", "MODIFY"]
        # AWS keeps the order of one item's changes, so it is the complaint's own that is handed out.
        assert pattern["dynamodb"]["NewImage"] == {
            "kind": {"S": ["complaint"]},
            "last_event": {"M": {"seq": {"N": [{"exists": True}]}}},
        }


def test_the_sender_alone_may_wake_itself(service: Template) -> None:
    """By the queue that it reads. Lambda stops such a chain after some sixteen rounds, unless it is allowed."""
    allowed = {
        name for name, function in service.functions().items() if function.get("RecursiveLoop") == "Allow"
    }
    assert allowed == {"webhooks"}


def test_a_message_is_hidden_for_longer_than_its_function_may_work(service: Template) -> None:
    """AWS refuses less than the timeout and recommends six times; `webhooks` sets its own clock, see its policy."""
    webhooks = service.functions()["webhooks"]
    queue = next(q for id, q in service.of("AWS::SQS::Queue").items() if id.startswith("DeliveriesQueue"))
    assert queue["Properties"]["VisibilityTimeout"] > webhooks["Timeout"]


# --------------------------------------------------------------------------------------------- API
# The page `/desk/`, which no key of a route can name, comes by the default one.
PUBLIC_ROUTES = {
    f"{method} {path}"
    for method in ("GET", "HEAD")
    for path in (
        "/",
        "/c/{number}",
        "/feeds/{kind}/{file}",
        "/open/{file}",
        "/public/{complaint}/{file}",
        "/site/{file}",
    )
}
OPEN311_ROUTES = {
    *("GET /open311/v2/{file}", "GET /open311/v2/{kind}/{file}"),
    # By a partner's key, which comes in the form.
    "POST /open311/v2/{file}",
}
DESK_ROUTES = {"$default", "GET /desk", "GET /desk/{file}", "HEAD /desk", "HEAD /desk/{file}"}
OPEN_ROUTES = {
    "GET /docs",
    "GET /docs/{file}",
    "GET /openapi.json",
    "GET /v1/agencies",
    "GET /v1/categories",
    "GET /v1/overdue",
    "GET /v1/region",
    "GET /v1/webhook-addresses",
    # Limited by the day for each network address.
    "POST /v1/public/{number}/flag",
}


SIGNED_LINKS = {"GET /v1/letters/{token}", "POST /v1/letters/{token}"}
"""Their address names what nobody but its receiver knows."""


def test_only_open_data_and_signed_links_are_open(service: Template) -> None:
    routes = {
        route["Properties"]["RouteKey"]: route["Properties"].get("AuthorizationType", "NONE")
        for route in service.of("AWS::ApiGatewayV2::Route").values()
    }
    opened = OPEN_ROUTES | SIGNED_LINKS | PUBLIC_ROUTES | OPEN311_ROUTES
    opened |= DESK_ROUTES if "pages" in service.functions() else set()
    assert {key for key, kind in routes.items() if kind == "NONE"} == opened
    for key, kind in routes.items():
        if key not in opened:
            assert kind == ("CUSTOM" if " /v1/agency/" in key else "JWT"), key


def test_a_revoked_key_is_refused_within_a_minute(service: Template) -> None:
    kinds = {
        a["Properties"]["AuthorizerType"]: a["Properties"]
        for a in service.of("AWS::ApiGatewayV2::Authorizer").values()
    }
    assert kinds["REQUEST"]["AuthorizerResultTtlInSeconds"] <= 60
    assert kinds["REQUEST"]["IdentitySource"] == ["$request.header.Authorization"]


def test_calls_are_limited_and_logged_without_what_names_a_person(service: Template) -> None:
    stage = service.one("AWS::ApiGatewayV2::Stage")["Properties"]
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 500
    # What needs no token has less: one caller is not to use up what all have together.
    open_routes = {
        route["Properties"]["RouteKey"]
        for route in service.of("AWS::ApiGatewayV2::Route").values()
        if route["Properties"].get("AuthorizationType", "NONE") == "NONE"
    }
    limits = {key: limit["ThrottlingRateLimit"] for key, limit in stage["RouteSettings"].items()}
    assert limits == dict.fromkeys(open_routes, 50)
    logged = stage["AccessLogSettings"]["Format"]
    for personal in ("sourceIp", "userAgent", "authorizer", "path"):
        assert personal not in logged


# ------------------------------------------------------------------------------------- the limits
def test_stacks_stay_far_from_cloudformations_limits(cloud: Assembly, local: Assembly) -> None:
    """500 resources, 200 outputs, 1 MB: AWS CloudFormation User Guide, "Understand CloudFormation quotas"."""
    for template in (*stacks(cloud), *stacks(local)):
        assert len(template.resources) < 400, template.name
        assert len(template.body.get("Outputs", {})) < 150, template.name
        assert len(template.text.encode()) < 800_000, template.name


def test_no_code_but_ours_runs(cloud: Assembly, local: Assembly) -> None:
    for template in (*stacks(cloud), *stacks(local)):
        for id, function in template.of("AWS::Lambda::Function").items():
            assert function["Properties"]["Runtime"].startswith("python"), id
            assert function["Properties"]["Handler"].startswith("functions."), id
        types = {resource["Type"] for resource in template.resources.values()}
        custom = {type for type in types if type.startswith(("Custom::", "AWS::CloudFormation::Custom"))}
        assert custom <= {"Custom::Directory", "Custom::PlatformApplication"}, template.name


# ------------------------------------------------------------------------------------ two regions
def test_two_regions_of_one_account_share_no_name(cloud: Assembly) -> None:
    """What has a fixed name must carry the region's; everything else gets its name from its stack's."""
    regions = {name: fixed_names(cloud, name) for name in CLOUD}
    for name, fixed in regions.items():
        assert fixed
        region = name.removeprefix("qamqor-")
        for where, text in fixed:
            assert region in text, where
    texts = [{text for _, text in fixed} for fixed in regions.values()]
    assert not texts[0] & texts[1]


PHYSICAL_NAMES = {
    *("AlarmName", "ApiName", "BucketName", "DashboardName", "DomainName", "FunctionName", "LogGroupName"),
    *("QueueName", "RoleName", "RuleName", "StateMachineName", "TableName", "TopicName", "UserPoolName"),
    *("PolicyName", "Alias", "ExportName", "TrailName", "WebACLName"),
}


def fixed_names(assembly: Assembly, region: str) -> list[tuple[str, str]]:
    found = [(name, name) for name in assembly.stacks if name.startswith(region)]
    for template in stacks(assembly):
        if not template.name.startswith(region):
            continue
        for id, resource in template.resources.items():
            properties = resource.get("Properties", {})
            # An inline policy's name is its role's own.
            names = PHYSICAL_NAMES - ({"PolicyName"} if resource["Type"] == "AWS::IAM::Policy" else set())
            if resource["Type"].startswith(
                ("Custom::PlatformApplication", "AWS::ApiGatewayV2::Api", "AWS::WAFv2")
            ):
                names = names | {"Name"}
            for name in names & properties.keys():
                if isinstance(properties[name], str):
                    found.append((f"{template.name}/{id}.{name}", properties[name]))
        for output in template.body.get("Outputs", {}).values():
            if "Export" in output:
                found.append((f"{template.name}: export", output["Export"]["Name"]))
    return found


def test_each_region_is_deployed_where_its_file_says(cloud: Assembly) -> None:
    for name in CLOUD:
        region = load_region_file(name.removeprefix("qamqor-"))
        assert f"{region.aws_region}" in cloud[f"{name}-service"].text
        assert f"{region.account}" in cloud[f"{name}-service"].text
