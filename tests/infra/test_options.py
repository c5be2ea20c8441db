"""What a region file may ask for beside: a domain behind a firewall, fixed addresses, a malware scan."""

import json
from dataclasses import replace
from datetime import timedelta
from shutil import copy
from typing import Any

import pytest

from functions.edge.origin import HEADER, came_through, went_round
from functions.edge.presign import presigned_put
from infra.region import REGIONS, load_region_file
from tests.infra.synthesis import without_code
from tests.infra.template import Assembly, Template

FILE = """\
region: full
extends: pavlodar
name: {kk: Толық, ru: Полный, en: Full}
number_prefix: FUL
domain: api.full.example
edge_revision: 7
officers: {provider: cognito}
malware_scan: true
budget: 300
backup: {account: "222233334444", days: 90}
push:
  fcm: {secret: qamqor/full/fcm, revision: 3}
  apns: {secret: qamqor/full/apns}
webhooks: {fixed_addresses: true}
alarms: {email: [duty@full.example, office@full.example]}
agencies:
  - {id: city_roads, contact_email: works@full.example}
  - {id: city_housing, contact_email: works@full.example}
  - {id: city_police, contact_email: police@full.example}
  - {id: city_akimat, contact_email: office@full.example}
"""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    regions = tmp_path_factory.mktemp("regions")
    for name in ("pavlodar.yaml", "pavlodar.geojson"):
        copy(REGIONS / name, regions)
    pavlodar = (regions / "pavlodar.yaml").read_text()
    (regions / "full.yaml").write_text(FILE)
    # Present to be extended, and not synthesised again.
    (regions / "pavlodar.yaml").write_text(pavlodar + "\nstage: local\n")
    (regions / "full.yaml").write_text(FILE + "stage: cloud\n")
    return without_code(regions, tmp_path_factory.mktemp("full-made"))


@pytest.fixture
def edge(full: Assembly) -> Template:
    return full["qamqor-full-edge"]


@pytest.fixture
def service(full: Assembly) -> Template:
    return full["qamqor-full-service"]


def test_the_firewall_stands_where_cloudfront_takes_it_from(full: Assembly, edge: Template) -> None:
    manifests = [json.loads(file.read_text()) for file in full.folder.glob("assembly-*/manifest.json")]
    places = {
        artifact["properties"]["stackName"]: artifact["environment"]
        for manifest in manifests
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    assert places["qamqor-full-edge"].endswith("/us-east-1")
    assert places["qamqor-full-service"].endswith("/eu-central-1")
    acl = edge.one("AWS::WAFv2::WebACL")["Properties"]
    assert acl["Scope"] == "CLOUDFRONT"
    distribution = edge.one("AWS::CloudFront::Distribution")["Properties"]["DistributionConfig"]
    assert distribution["WebACLId"]["Fn::GetAtt"][1] == "Arn"


def rules_of(edge: Template) -> dict[str, Any]:
    return {rule["Name"]: rule for rule in edge.one("AWS::WAFv2::WebACL")["Properties"]["Rules"]}


def test_whoever_calls_too_often_is_counted_first_and_keys_are_counted_apart(edge: Template) -> None:
    rules = rules_of(edge)
    limits = {}
    for name in ("ManyPerAddress", "TooManyPerAddress", "TooManyWithKeys"):
        statement = rules[name]["Statement"]["RateBasedStatement"]
        assert (statement["AggregateKeyType"], statement["EvaluationWindowSec"]) == ("IP", 300)
        limits[name] = statement["Limit"]
        # Whoever shows a key is in the one, everybody else in the other two.
        scope = statement["ScopeDownStatement"]
        shown = scope if name == "TooManyWithKeys" else scope["NotStatement"]["Statement"]
        assert shown["ByteMatchStatement"]["SearchString"] == "bearer qk_"
    assert rules["ManyPerAddress"]["Action"] == {"Count": {}}
    # A body may send 600 requests a minute, and several of them share an address.
    assert limits["TooManyWithKeys"] >= 5 * 600 * 5
    assert limits["ManyPerAddress"] < limits["TooManyPerAddress"]


def test_what_people_write_is_no_reason_to_refuse_it(edge: Template) -> None:
    groups = [rule for rule in rules_of(edge).values() if "OverrideAction" in rule]
    assert len(groups) == 3
    for rule in groups:
        assert rule["OverrideAction"] == {"None": {}}
        group = rule["Statement"]["ManagedRuleGroupStatement"]
        assert group["VendorName"] == "AWS"
        for override in group["RuleActionOverrides"]:
            blocked = "Block" in override["ActionToUse"]
            assert not (blocked and override["Name"].endswith("_BODY")), override["Name"]


def test_the_firewall_answers_in_json_and_says_when_to_come_again(edge: Template) -> None:
    acl = edge.one("AWS::WAFv2::WebACL")["Properties"]
    bodies = {key: json.loads(body["Content"]) for key, body in acl["CustomResponseBodies"].items()}
    blocks = [rule["Action"]["Block"] for rule in acl["Rules"] if "Block" in rule.get("Action", {})] + [
        override["ActionToUse"]["Block"]
        for rule in acl["Rules"]
        for override in rule["Statement"].get("ManagedRuleGroupStatement", {}).get("RuleActionOverrides", ())
        if "Block" in override["ActionToUse"]
    ]
    assert len(blocks) > 20
    for block in blocks:
        answer = block["CustomResponse"]
        assert bodies[answer["CustomResponseBodyKey"]]["status"] == answer["ResponseCode"]
        headers = {header["Name"]: header["Value"] for header in answer.get("ResponseHeaders", ())}
        assert (answer["ResponseCode"], headers) in ((403, {}), (429, {"retry-after": "300"}))


def test_there_is_no_way_round_the_firewall(edge: Template, service: Template) -> None:
    assert service.one("AWS::ApiGatewayV2::Api")["Properties"]["DisableExecuteApiEndpoint"] is True
    (origin,) = edge.one("AWS::CloudFront::Distribution")["Properties"]["DistributionConfig"]["Origins"]
    assert origin["DomainName"] == "origin.api.full.example"
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    (shown,) = origin["OriginCustomHeaders"]
    assert shown["HeaderName"] == HEADER
    read = "{{{{resolve:secretsmanager:qamqor-full/edge:SecretString:{}::}}}}".format
    assert shown["HeaderValue"] == read("shown")
    for name in ("intakeapi", "agencyapi", "officersapi", "subscriptions", "authorizer", "pages"):
        environment = service.functions()[name]["Environment"]["Variables"]
        assert environment["EDGE_SECRET"] == read("shown")
        assert environment["EDGE_SECRET_BEFORE"] == read("before")


def test_a_new_secret_is_read_by_both_sides_when_its_revision_is_raised(
    edge: Template, service: Template
) -> None:
    """CloudFormation reads a secret where a resource changes, and nowhere else."""
    distribution = edge.one("AWS::CloudFront::Distribution")["Properties"]["DistributionConfig"]
    assert distribution["Comment"] == "qamqor-full: API, secret 7"
    knowing = [
        properties["Environment"]["Variables"]["EDGE_REVISION"]
        for properties in service.functions().values()
        if "EDGE_SECRET" in properties["Environment"]["Variables"]
    ]
    assert knowing == ["7"] * 8


def test_the_secret_is_in_both_regions(full: Assembly) -> None:
    secret = full["qamqor-full-storage"].one("AWS::SecretsManager::Secret")["Properties"]
    assert secret["Name"] == "qamqor-full/edge"
    assert secret["ReplicaRegions"] == [{"Region": "us-east-1"}]
    generated = secret["GenerateSecretString"]
    assert generated["GenerateStringKey"] == "shown"
    assert json.loads(generated["SecretStringTemplate"]) == {"before": "none"}


NEW, OLD = "n" * 40, "o" * 40


@pytest.mark.parametrize(
    ("headers", "secret", "before", "let_in"),
    [
        ({}, "", "", True),
        ({HEADER: "x"}, "", "", True),
        ({}, NEW, "none", False),
        ({HEADER: ""}, NEW, "", False),
        ({HEADER: "none"}, NEW, "none", False),
        ({HEADER: OLD}, NEW, "none", False),
        ({HEADER: NEW}, NEW, "none", True),
        ({HEADER: NEW}, NEW, OLD, True),
        ({HEADER: OLD}, NEW, OLD, True),
        ({HEADER: "none"}, "none", "none", False),
    ],
)
def test_a_request_must_bring_the_secret_where_there_is_one_or_the_one_before(
    headers: dict[str, str], secret: str, before: str, let_in: bool
) -> None:
    assert came_through(headers, secret=secret, before=before) is let_in
    assert went_round()["statusCode"] == 404


# ---------------------------------------------------------------------------------------- the desk
def behaviours(edge: Template) -> dict[str, Any]:
    config = edge.one("AWS::CloudFront::Distribution")["Properties"]["DistributionConfig"]
    return {each["PathPattern"]: each for each in config["CacheBehaviors"]} | {
        "*": config["DefaultCacheBehavior"]
    }


KEPT = ("/desk", "/desk/*", "/c/*", "/feeds/*", "/open/*", "/public/*", "/site/*")


def test_cloudfront_keeps_the_desk_and_what_is_public_and_nothing_else(edge: Template) -> None:
    found = behaviours(edge)
    assert found.keys() == {*KEPT, "*"}
    (policy,) = edge.of("AWS::CloudFront::CachePolicy")
    for pattern in KEPT:
        assert found[pattern]["CachePolicyId"] == {"Ref": policy}
        assert found[pattern]["AllowedMethods"] == ["GET", "HEAD"]
        assert found[pattern]["ViewerProtocolPolicy"] == "redirect-to-https"
        assert found[pattern]["TargetOriginId"] == found["*"]["TargetOriginId"]
        # The same policy as the API's, which overrides and doubles nothing that the function says.
        assert found[pattern]["ResponseHeadersPolicyId"] == found["*"]["ResponseHeadersPolicyId"]
    assert found["*"]["CachePolicyId"] != {"Ref": policy}


def test_nothing_that_a_caller_sends_but_coding_and_language_can_come_into_what_is_kept(
    edge: Template,
) -> None:
    config = edge.one("AWS::CloudFront::CachePolicy")["Properties"]["CachePolicyConfig"]
    assert config["Name"] == "qamqor-full-kept"
    assert (config["MinTTL"], config["DefaultTTL"]) == (0, 0)
    assert config["MaxTTL"] == 31_536_000
    assert config["ParametersInCacheKeyAndForwardedToOrigin"] == {
        "CookiesConfig": {"CookieBehavior": "none"},
        "EnableAcceptEncodingBrotli": True,
        "EnableAcceptEncodingGzip": True,
        "HeadersConfig": {"HeaderBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "whitelist", "QueryStrings": ["lang"]},
    }
    for pattern in KEPT:
        # What goes on to the origin is what is in the key, and no more.
        assert "OriginRequestPolicyId" not in behaviours(edge)[pattern]


def test_the_page_may_ask_for_tokens_where_its_officers_sign_in(service: Template, local: Assembly) -> None:
    def origin(template: Template) -> str | None:
        found: str | None = template.functions()["pages"]["Environment"]["Variables"].get("TOKENS_ORIGIN")
        return found

    pages = sign_in_pages_of(service)
    assert pages.startswith("https://")
    assert origin(service) == pages
    # What stands before the desk there signs in at its own origin.
    assert origin(local["qamqor-local-service"]) is None


def sign_in_pages_of(service: Template) -> str:
    """As the door tells of them that the page asks."""
    return str(service.functions()["intakeapi"]["Environment"]["Variables"]["OFFICERS_SIGN_IN"])


def test_photos_are_taken_from_the_desks_own_origin_and_from_no_other_page(
    full: Assembly, cloud: Assembly, local: Assembly
) -> None:
    rules = {
        name: assembly[f"qamqor-{name}-storage"]
        .resources["PhotosB9552D0D"]["Properties"]
        .get("CorsConfiguration", {"CorsRules": []})["CorsRules"]
        for assembly, name in ((full, "full"), (cloud, "pavlodar"), (local, "local"))
    }
    origins = {name: [each["AllowedOrigins"] for each in found] for name, found in rules.items()}
    # The address that AWS makes for an API is not known to the stack of what is kept.
    assert origins == {
        "full": [["https://api.full.example"]],
        "pavlodar": [],
        "local": [["http://127.0.0.1:*"]],
    }
    (rule,) = rules["full"]
    assert rule["AllowedMethods"] == ["PUT"]
    upload = presigned_put(
        bucket="photos",
        key="k",
        content_type="image/jpeg",
        size=1,
        sha256="00" * 32,
        expires_in=timedelta(hours=1),
    )
    # A browser sets the length itself, and asks for no leave to: https://fetch.spec.whatwg.org/#forbidden-request-header
    assert {*rule["AllowedHeaders"]} == upload.headers.keys() - {"content-length"}


def test_no_region_without_a_domain_has_an_edge(cloud: Assembly) -> None:
    assert not [name for name in cloud.stacks if name.endswith("-edge")]
    for template in cloud.stacks.values():
        assert not template.of(
            "AWS::EC2::VPC", "AWS::EC2::NatGateway", "AWS::GuardDuty::MalwareProtectionPlan"
        )
        for api in template.of("AWS::ApiGatewayV2::Api").values():
            assert not api["Properties"].get("DisableExecuteApiEndpoint")


def test_webhooks_come_from_fixed_addresses_that_are_published(service: Template) -> None:
    functions = service.functions()
    inside = {name for name, properties in functions.items() if "VpcConfig" in properties}
    assert inside == {"webhooks", "subscriptions"}
    assert len(service.of("AWS::EC2::NatGateway")) == 2
    addresses = set(service.of("AWS::EC2::EIP"))
    published = json.dumps(functions["intakeapi"]["Environment"]["Variables"]["WEBHOOK_ADDRESSES"])
    assert len(addresses) == 2
    assert all(f'"{address}", "PublicIp"' in published for address in addresses)


def test_nothing_is_looked_up_and_no_code_of_the_cdks_runs(full: Assembly) -> None:
    assert not (full.folder / "cdk.context.json").exists()
    for manifest in full.folder.rglob("manifest.json"):
        assert "missing" not in json.loads(manifest.read_text())
    for template in full.stacks.values():
        assert "dummy" not in template.text
        for function in template.of("AWS::Lambda::Function").values():
            assert function["Properties"]["Handler"].startswith("functions.")


def test_uploads_are_scanned_in_quarantine_and_the_verdict_is_heard(service: Template) -> None:
    plan = service.one("AWS::GuardDuty::MalwareProtectionPlan")["Properties"]
    assert plan["ProtectedResource"]["S3Bucket"]["ObjectPrefixes"] == ["quarantine/"]
    assert plan["Actions"]["Tagging"]["Status"] == "ENABLED"
    (rule,) = [
        rule["Properties"]
        for rule in service.of("AWS::Events::Rule").values()
        if rule["Properties"].get("EventPattern", {}).get("source") == ["aws.guardduty"]
    ]
    assert rule["EventPattern"]["detail-type"] == ["GuardDuty Malware Protection Object Scan Result"]
    assert rule["EventPattern"]["detail"]["s3ObjectDetails"]["objectKey"] == [{"prefix": "quarantine/"}]
    assert "FunctionsPhotos" in json.dumps(rule["Targets"])


def test_a_credential_is_written_again_when_its_revision_in_the_region_file_is_raised(
    full: Assembly,
) -> None:
    revisions = {
        each["Properties"]["Platform"]: each["Properties"]["Revision"]
        for each in full["qamqor-full-storage"].of("Custom::PlatformApplication").values()
    }
    assert revisions == {"GCM": "3", "APNS": "1"}


def test_warnings_of_webhooks_reach_the_agency_that_they_concern_and_the_operators(service: Template) -> None:
    """An address that is both is told everything; one that several agencies share is subscribed once."""
    (topic,) = [id for id in service.of("AWS::SNS::Topic") if id.startswith("DeliveriesWarnings")]
    told = [
        (each["Properties"]["Endpoint"], each["Properties"].get("FilterPolicy"))
        for each in service.of("AWS::SNS::Subscription").values()
        if each["Properties"]["TopicArn"] == {"Ref": topic}
    ]
    assert sorted(told, key=str) == [
        ("duty@full.example", None),
        ("office@full.example", None),
        ("police@full.example", {"agency_id": ["city_police"]}),
        ("works@full.example", {"agency_id": ["city_housing", "city_roads"]}),
    ]


def test_a_budget_is_the_regions_own_and_tells_whoever_receives_alarms(
    service: Template, cloud: Assembly
) -> None:
    budget = service.one("AWS::Budgets::Budget")["Properties"]
    assert budget["Budget"]["CostFilters"] == {"TagKeyValue": ["user:region$full"]}
    told = {
        (each["Notification"]["NotificationType"], each["Notification"]["Threshold"]): {
            receiver["Address"] for receiver in each["Subscribers"]
        }
        for each in budget["NotificationsWithSubscribers"]
    }
    both = {"duty@full.example", "office@full.example"}
    assert told == {("ACTUAL", 80): both, ("FORECASTED", 100): both}
    # By the tag that everything of the region has.
    (function, *_) = service.functions().values()
    assert {"Key": "region", "Value": "full"} in function["Tags"]
    assert not cloud["qamqor-pavlodar-service"].of("AWS::Budgets::Budget")


def test_tables_and_photos_are_copied_each_night_into_the_second_account(
    full: Assembly, cloud: Assembly
) -> None:
    storage = full["qamqor-full-storage"]
    (rule,) = storage.one("AWS::Backup::BackupPlan")["Properties"]["BackupPlan"]["BackupPlanRule"]
    assert (rule["ScheduleExpression"], rule["Lifecycle"]) == (
        "cron(0 22 * * ? *)",
        {"DeleteAfterDays": 7},
    )
    (copy,) = rule["CopyActions"]
    assert json.dumps(copy["DestinationBackupVaultArn"]).endswith(
        ':backup:eu-central-1:222233334444:backup-vault:qamqor"]]}'
    )
    assert copy["Lifecycle"] == {"DeleteAfterDays": 90}
    selected = storage.one("AWS::Backup::BackupSelection")["Properties"]["BackupSelection"]["Resources"]
    kept = {*storage.of("AWS::DynamoDB::Table"), *_versioned(storage)} - {
        name for name in storage.of("AWS::S3::Bucket") if name.startswith("ChainHeads")
    }
    assert {name for name in kept if f'"{name}"' in json.dumps(selected)} == kept
    assert len(selected) == len(kept) == 5
    (vault,) = storage.of("AWS::Backup::BackupVault").values()
    assert vault["DeletionPolicy"] == "RetainExceptOnCreate"
    assert not cloud["qamqor-pavlodar-storage"].of("AWS::Backup::BackupVault")


def test_of_a_photo_that_is_gone_no_version_is_left_where_copies_need_versions(
    full: Assembly, cloud: Assembly
) -> None:
    """AWS Backup copies none of a bucket that keeps no versions."""
    (photos,) = (
        each["Properties"]
        for name, each in full["qamqor-full-storage"].of("AWS::S3::Bucket").items()
        if name.startswith("Photos")
    )
    assert photos["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = (each for each in photos["LifecycleConfiguration"]["Rules"] if each["Id"] == "versions")
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert not any(name.startswith("Photos") for name in _versioned(cloud["qamqor-pavlodar-storage"]))


def test_who_receives_alarms_is_told_of_a_copy_that_failed(service: Template) -> None:
    (rule,) = (
        each["Properties"]
        for each in service.of("AWS::Events::Rule").values()
        if each["Properties"].get("EventPattern", {}).get("source") == ["aws.backup"]
    )
    assert rule["EventPattern"]["detail"] == {"state": ["ABORTED", "EXPIRED", "FAILED"]}
    (target,) = rule["Targets"]
    topic = target["Arn"]["Ref"]
    policies = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for each in service.of("AWS::SNS::TopicPolicy").values()
        if {"Ref": topic} in each["Properties"]["Topics"]
    ]
    assert "events.amazonaws.com" in json.dumps(policies)


def _versioned(storage: Template) -> set[str]:
    return {
        name
        for name, each in storage.of("AWS::S3::Bucket").items()
        if "VersioningConfiguration" in each["Properties"]
    }


def test_the_local_stage_mails_nobody() -> None:
    from aws_cdk import Stack, assertions

    from infra.app import empty_app
    from infra.stacks.dead_letters import DeadLetters
    from infra.stacks.deployment import Deployment
    from infra.stacks.notification import Deliveries

    region = replace(
        load_region_file("local"),
        alarm_emails=("duty@full.example",),
        contact_emails={"works@full.example": ("city_roads",)},
    )
    stack = Stack(empty_app(), "Local")
    deployment = Deployment(region=region, target="arm64")
    dead = DeadLetters(stack, deployment=deployment).deliveries
    Deliveries(stack, "Deliveries", deployment=deployment, dead_letters=dead)
    assertions.Template.from_stack(stack).resource_count_is("AWS::SNS::Subscription", 0)
