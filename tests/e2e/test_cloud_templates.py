"""The cloud's templates meet the emulator: all that it knows is made as for AWS, and the story is told on it."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from functions.complaints.region import region_from_dict
from infra.local import emulator
from infra.local.cast import cast
from infra.local.citizen import Caller, send, sign_in
from infra.local.deployed import Deployed, DeployFailed, deploy
from infra.local.emulator import Emulator
from infra.local.front.cloudfront import cloudfront
from infra.local.scene import scene_in
from infra.local.stand_ins import UNKNOWN, Unknown, with_stand_ins
from infra.local.story import CATEGORY, Teller, play
from infra.ops import canary
from infra.ops.place import Place
from infra.region import RegionFile
from tests.e2e import cloud_stage
from tests.e2e.cloud_stage import DOMAIN, STAGE
from tests.e2e.scanning import scanned
from tests.infra.template import Assembly

pytestmark = pytest.mark.timeout(600)

SECRETS = {
    "fcm": {"project_id": "qamqor", "private_key": "key", "client_email": "push@qamqor.example"},
    "apns": {"signing_key": "key", "key_id": "id", "team_id": "team", "bundle_id": "kz.example"},
}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> RegionFile:
    return cloud_stage.region_file(tmp_path_factory.mktemp("regions"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cloud_stage.synthesised(tmp_path_factory.mktemp("synthesised"))


@pytest.fixture(scope="module")
def running(region: RegionFile, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder: Path = tmp_path_factory.mktemp("emulator")
    with emulator.start(region=region.aws_region, account=region.account, state_dir=folder) as own:
        yield own


@pytest.mark.parametrize("unknown", UNKNOWN, ids=lambda each: each.type)
def test_only_what_is_used_and_refused_has_a_stand_in(
    running: Emulator, made: Path, unknown: Unknown
) -> None:
    stacks = Assembly(made).stacks.values()
    assert any(unknown.holds_of(each) for stack in stacks for each in stack.resources.values())
    assert (unknown.with_property or unknown.type) in refusal(running, unknown)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a stack's creation ended, and which of its resources were left."""

    status: str
    left: Sequence[str] = ()


@pytest.fixture(scope="module")
def failed(
    running: Emulator, region: RegionFile, made: Path, tmp_path_factory: pytest.TempPathFactory
) -> Sequence[Ended]:
    """The first deployment, given twice: of `storage` while its push credentials are not there, and of `service` with
    alarms that are refused.
    """
    folder = tmp_path_factory.mktemp("failing")
    made_well = with_stand_ins(made, folder / "well")
    with pytest.raises(DeployFailed, match="GetSecretValue: ResourceNotFoundException"):
        deploy(running, folder=made_well, stage=STAGE)
    storage = ended(running, "storage")
    put_secrets(running, region)
    with pytest.raises(DeployFailed, match="cannot be deleted while TerminationProtection is enabled"):
        deploy(running, folder=made_well, stage=STAGE, bootstrapped=True)
    unprotect(running, "storage")
    but_alarms = [each for each in UNKNOWN if each.type != "AWS::CloudWatch::Alarm"]
    refused = with_stand_ins(made, folder / "refused", unknown=but_alarms)
    with pytest.raises(DeployFailed, match="AWS::CloudWatch::Alarm"):
        deploy(running, folder=refused, stage=STAGE, bootstrapped=True)
    service = ended(running, "service")
    unprotect(running, "service")
    return storage, service


def test_after_a_first_deployment_that_failed_the_same_command_makes_all_of_it(
    failed: Sequence[Ended], there: Deployed
) -> None:
    assert failed == (Ended(status="ROLLBACK_COMPLETE"),) * 2
    stacks = [described(there.emulator, stack) for stack in ("storage", "service")]
    assert [each["StackStatus"] for each in stacks] == ["CREATE_COMPLETE"] * 2
    assert all(each["EnableTerminationProtection"] for each in stacks)


@pytest.fixture(scope="module")
def there(
    running: Emulator, made: Path, failed: Sequence[Ended], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    """The region deployed after that, reached as CloudFront would."""
    folder = with_stand_ins(made, tmp_path_factory.mktemp("assembly") / "made")
    deployed = deploy(running, folder=folder, stage=STAGE, bootstrapped=True)
    with cloudfront(running) as address, scanned(deployed):
        yield let_in_by_password(replace(deployed, api_url=address))


def test_a_complaint_goes_its_whole_way_on_the_clouds_templates(there: Deployed, region: RegionFile) -> None:
    scene = scene_in(region_from_dict(json.loads(region.compiled)), category_id=CATEGORY)
    lines: list[str] = []
    with cast(there, scene=scene) as everybody:
        # The document names the region's own domain, which leads nowhere.
        citizen = Caller(base=there.api_url, token=everybody.citizen.token)
        shown = play(replace(everybody, citizen=citizen), Teller(write=lines.append))
    assert (shown["status"], shown["escalation_level"] >= 1) == ("closed", True)
    assert len(lines) >= 14


def test_nobody_goes_round_the_edge(there: Deployed) -> None:
    around = {"host": f"origin.{DOMAIN}"}
    assert send("GET", f"{there.api_url}/v1/categories", None, headers={}).status == 200
    assert send("GET", f"{there.emulator.url}/v1/categories", None, headers=around).status == 404


def test_the_canary_sees_its_complaint_through_once_it_is_signed_in(
    there: Deployed, region: RegionFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = called_here(there)
    assert "FunctionError" in call()[0]
    for name, value in there.emulator.variables().items():
        monkeypatch.setenv(name, value)
    operate(Place(STAGE, region.aws_region, {}, region.compiled), "canary", "sign-in", "--apply")
    answer, said = call()
    assert "FunctionError" not in answer, said
    assert said["number"].startswith("WHL-")
    everybody = Caller(base=there.api_url, token=None)
    assert "trial" not in [each["id"] for each in everybody.get("/v1/categories").body["items"]]
    (filed,) = of_category(there, "trial")
    assert (filed["number"]["S"], filed["status"]["S"]) == (said["number"], "withdrawn")


def test_nobody_else_files_what_the_canary_files(there: Deployed) -> None:
    before = len(of_category(there, "trial"))
    place = {"lat": 52.2873, "lon": 76.9674}
    refused = sign_in(there, "curious").post(
        "/v1/complaints", {"category": "trial", "comment": "Is this one?", "location": place}
    )
    assert refused.status == 422
    assert [each["pointer"] for each in refused.body["errors"]] == ["/category"]
    assert len(of_category(there, "trial")) == before


def refusal(running: Emulator, unknown: Unknown) -> str:
    """What the emulator says of a stack of one such resource; empty where it makes it."""
    formation = running.client("cloudformation")
    properties = {} if unknown.with_property is None else {unknown.with_property: [{}]}
    template = json.dumps({"Resources": {"One": {"Type": unknown.type, "Properties": properties}}})
    try:
        formation.validate_template(TemplateBody=template)
    except ClientError as refused:
        return str(refused)
    formation.create_stack(StackName="one", TemplateBody=template)
    with suppress(WaiterError):
        formation.get_waiter("stack_create_complete").wait(StackName="one", WaiterConfig={"Delay": 1})
    events = formation.describe_stack_events(StackName="one")["StackEvents"]
    return "".join(each.get("ResourceStatusReason", "") for each in events)


def described(running: Emulator, stack: str) -> Mapping[str, Any]:
    (found,) = running.client("cloudformation").describe_stacks(StackName=f"{STAGE}-{stack}")["Stacks"]
    return dict(found)


def ended(running: Emulator, stack: str) -> Ended:
    resources = running.client("cloudformation").describe_stack_resources(StackName=f"{STAGE}-{stack}")
    left = [
        each["LogicalResourceId"]
        for each in resources["StackResources"]
        if each["ResourceStatus"] != "DELETE_COMPLETE"
    ]
    return Ended(status=described(running, stack)["StackStatus"], left=tuple(sorted(left)))


def unprotect(running: Emulator, stack: str) -> None:
    """As docs/first-deployment.md has an operator do it."""
    running.client("cloudformation").update_termination_protection(
        StackName=f"{STAGE}-{stack}", EnableTerminationProtection=False
    )


def put_secrets(running: Emulator, region: RegionFile) -> None:
    """What an operator puts there before the first deployment."""
    secrets = running.client("secretsmanager")
    for platform, value in SECRETS.items():
        secrets.create_secret(Name=getattr(region.push, platform).secret, SecretString=json.dumps(value))


def let_in_by_password(there: Deployed) -> Deployed:
    """The cloud's client takes SRP alone, which boto3 does not speak."""
    there.emulator.client("cognito-idp").update_user_pool_client(
        UserPoolId=there.user_pool_id,
        ClientId=there.client_id,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )
    return there


def called_here(there: Deployed) -> Callable[[], tuple[dict[str, Any], Any]]:
    """The canary, which goes by the region's own domain on AWS: a call, and what it said."""
    functions = there.emulator.client("lambda")
    (name,) = (
        each["FunctionName"]
        for page in functions.get_paginator("list_functions").paginate()
        for each in page["Functions"]
        if "FunctionsCanaryFunction" in each["FunctionName"]
    )
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    assert variables["BASE_URL"] == f"https://{DOMAIN}"
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables | {"BASE_URL": there.api_url}}
    )

    def call() -> tuple[dict[str, Any], Any]:
        answer = functions.invoke(FunctionName=name)
        return answer, json.loads(answer["Payload"].read())

    return call


def operate(place: Place, *words: str) -> None:
    parser = argparse.ArgumentParser()
    canary.add_to(parser.add_subparsers())
    options = parser.parse_args(words)
    assert options.run(place, options) == 0


def of_category(there: Deployed, category: str) -> list[dict[str, Any]]:
    items = there.emulator.client("dynamodb").scan(TableName=there.complaints_table)["Items"]
    return [
        each
        for each in items
        if each.get("kind", {}).get("S") == "complaint" and each["category"]["S"] == category
    ]
