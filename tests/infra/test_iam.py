"""What every role may do: all of it, role by role. A right that is added is added here too, or the test fails."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from infra.checks.waivers import STARS
from tests.infra.template import Assembly, Template, flat

type Rights = dict[str, set[str]]

# What every function's role has, beside its own: its log group, and traces (which have no resources).
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
# What the watch's has besides, where the region's size has it traced.
SAMPLING = {"xray:GetSamplingRules", "xray:GetSamplingTargets"}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def rights_of(template: Template) -> dict[str, Rights]:
    """By role, without the parts of its name that all have: resource, and what may be done to it."""
    found: dict[str, Rights] = {}
    for id in template.of("AWS::IAM::Role"):
        found[name_of(id)] = defaultdict(set)
    for policy in template.of("AWS::IAM::Policy").values():
        for role in policy["Properties"]["Roles"]:
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
                assert statement["Effect"] == "Allow"
                for resource in as_list(statement["Resource"]):
                    rights = found[name_of(role["Ref"])]
                    rights[flat(resource) + only_where(statement)] |= set(as_list(statement["Action"]))
    for name, rights in found.items():
        for resource in list(rights):
            if resource.endswith("Logs.Arn}"):
                assert rights.pop(resource) == LOGS, name
            elif resource == "*" and rights["*"] >= TRACES:
                rights["*"] -= TRACES | SAMPLING
                if not rights["*"]:
                    del rights["*"]
    return {name: dict(sorted(rights.items())) for name, rights in sorted(found.items())}


def only_where(statement: dict[str, Any]) -> str:
    """The keys that a right is good for, where it is not for all of a table."""
    if "Condition" not in statement:
        return ""
    ((operator, condition),) = statement["Condition"].items()
    ((key, values),) = condition.items()
    assert (operator, key) == ("ForAllValues:StringLike", "dynamodb:LeadingKeys")
    return f" of {' '.join(as_list(values))}"


def name_of(id: str) -> str:
    return id[:-8].removeprefix("Functions").removesuffix("Role")


TABLE = Path(__file__).with_name("roles.yaml")
OFFICERS = "{OfficersPool.Arn}"
ROLES: dict[str, dict[str, str]] = yaml.safe_load(TABLE.read_text())


def region_free(rights: Rights) -> dict[str, str]:
    return {place_free(resource): " ".join(sorted(actions)) for resource, actions in rights.items()}


def place_free(resource: str) -> str:
    return re.sub("pavlodar|karaganda|local", "REGION", re.sub(r":[a-z0-9-]+:\d{12}:", "::", resource))


def test_every_role_may_do_what_the_table_says_and_no_more(cloud: Assembly) -> None:
    found: dict[str, dict[str, str]] = {}
    for name, template in cloud.stacks.items():
        if name.startswith("qamqor-pavlodar"):
            found |= {role: region_free(rights) for role, rights in rights_of(template).items()}
    del found["Rollout"]  # the next test's
    # Of officers, whom the region has not: for their pool test_signing_in.py, for their page the local stage below.
    wanted = {
        role: {resource: actions for resource, actions in (rights or {}).items() if resource != OFFICERS}
        for role, rights in ROLES.items()
        if role != "Pages"
    }
    assert found == wanted


def test_a_rollout_moves_the_aliases_of_what_is_published_and_may_no_more(cloud: Assembly) -> None:
    service = cloud["qamqor-pavlodar-service"]
    # The site and what it asks for change at once.
    aliases = {id: each for id, each in service.of("AWS::Lambda::Alias").items() if "Site" not in id}
    functions = [alias["Properties"]["FunctionName"]["Ref"] for alias in aliases.values()]
    moved = {
        flat({"Fn::GetAtt": [each, "Arn"]}): {"lambda:GetAlias", "lambda:UpdateAlias"} for each in functions
    }
    asked = {flat({"Ref": each}): {"lambda:GetProvisionedConcurrencyConfig"} for each in aliases}
    assert rights_of(service)["Rollout"] == moved | asked | {"*": {"cloudwatch:DescribeAlarms"}}


def test_regions_differ_in_nothing_but_their_name(cloud: Assembly) -> None:
    rights = [
        {role: region_free(found) for role, found in rights_of(cloud[f"qamqor-{region}-service"]).items()}
        for region in ("karaganda", "pavlodar")
    ]
    assert rights[0] == rights[1]


def test_the_local_stage_grants_the_same_actions(local: Assembly) -> None:
    """So that what runs on the emulator with its access control on has been tried for the cloud too."""
    found = rights_of(local["qamqor-local-service"]) | rights_of(local["qamqor-local-storage"])
    for role, rights in found.items():
        wanted = {action for actions in ROLES[role].values() for action in actions.split()}
        # No credentials of push services are on a developer's machine.
        wanted -= {"secretsmanager:GetSecretValue"}
        assert {action for actions in rights.values() for action in actions} == wanted, role


def test_roles_have_no_policies_but_those_in_the_table(cloud: Assembly, local: Assembly) -> None:
    for template in (*cloud.stacks.values(), *local.stacks.values()):
        assert not template.of("AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::IAM::Group")
        for id, role in template.of("AWS::IAM::Role").items():
            assert not role["Properties"].get("ManagedPolicyArns"), id
            assert not role["Properties"].get("Policies"), id


def test_no_action_is_a_pattern_and_no_resource_is_everything_without_a_reason(cloud: Assembly) -> None:
    for template in cloud.stacks.values():
        for role, rights in rights_of(template).items():
            for resource, actions in rights.items():
                assert not [action for action in actions if "*" in action], role
                if resource == "*":
                    assert actions <= STARS.keys(), role
                else:
                    # Below one table, bucket, application, machine: never several of them.
                    arn = resource.partition(" of ")[0]
                    assert "*" not in arn.removesuffix("/*").removesuffix(":*"), role


def test_only_the_service_that_it_was_made_for_assumes_a_role(cloud: Assembly) -> None:
    for template in cloud.stacks.values():
        for id, role in template.of("AWS::IAM::Role").items():
            (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            assert list(statement["Principal"]) == ["Service"], id
            assert str(statement["Principal"]["Service"]).count("amazonaws.com") == 1, id


def test_anybody_who_invokes_a_function_is_named(cloud: Assembly) -> None:
    for template in cloud.stacks.values():
        for id, permission in template.of("AWS::Lambda::Permission").items():
            assert permission["Properties"]["Principal"].endswith(".amazonaws.com"), id
            assert "SourceArn" in permission["Properties"], id
