"""Where an operator's command works: one region's stacks in one account, found by what CloudFormation says of them."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infra.region import REGIONS, load_region_file

if TYPE_CHECKING:
    from functions.complaints.region import Region

_OUTPUTS: Final = {
    "COMPLAINTS_TABLE": "ComplaintsTable",
    "AGENCIES_TABLE": "AgenciesTable",
    "PEOPLE_TABLE": "PeopleTable",
    "DELIVERIES_TABLE": "DeliveriesTable",
    "PHOTOS_BUCKET": "PhotosBucket",
    "STATE_MACHINE_ARN": "StateMachineArn",
}


class NotThere(Exception):
    """The region is not deployed here, or these are not its account's credentials."""


@dataclass(frozen=True)
class Place:
    """One region's deployment. `settings` are the names by which the functions' own modules find its tables;
    `compiled` is the region as this checkout has it.
    """

    stack: str
    aws_region: str
    settings: Mapping[str, str]
    compiled: bytes

    def client(self, service: str) -> Any:
        import boto3

        return boto3.client(service, region_name=self.aws_region)

    @cached_property
    def region(self) -> "Region":
        from functions.complaints.region import region_from_dict

        return region_from_dict(json.loads(self.compiled))

    @cached_property
    def resources(self) -> tuple[Mapping[str, str], ...]:
        """Of the region's two stacks: `LogicalResourceId`, `PhysicalResourceId` and `ResourceType` of each."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return tuple(
            {name: each.get(name, "") for name in ("LogicalResourceId", "PhysicalResourceId", "ResourceType")}
            for stack in ("service", "storage")
            for page in pages.paginate(StackName=f"{self.stack}-{stack}")
            for each in page["StackResourceSummaries"]
        )

    def names_of(self, resource_type: str) -> Iterator[str]:
        """Physical names of the resources of a type."""
        for each in self.resources:
            if each["ResourceType"] == resource_type:
                yield each["PhysicalResourceId"]

    def variable(self, name: str) -> str:
        """The value of a variable that some function of the deployment has. Raises NotThere."""
        functions = self.client("lambda")
        for function in self.names_of("AWS::Lambda::Function"):
            configuration = functions.get_function_configuration(FunctionName=function)
            value = configuration.get("Environment", {}).get("Variables", {}).get(name)
            if value:
                return str(value)
        raise NotThere(f"no function of {self.stack} has the variable {name}")


def find(region_id: str, *, regions: Path = REGIONS) -> Place:
    """The region's deployment (of the local stage: in the emulator that `make up` left running), with the environment set
    for the functions' own modules: call it before any of them is imported. Raises NotThere, RegionFault for a region file
    with findings.
    """
    import boto3
    from botocore.exceptions import ClientError

    file = load_region_file(region_id, folder=regions)
    stack = f"qamqor-{region_id}"
    if file.local:
        file = load_region_file(region_id, folder=_on_the_emulator(regions))
    account = boto3.client("sts", region_name=file.aws_region).get_caller_identity()["Account"]
    if account != file.account:
        raise NotThere(f"{region_id} is in account {file.account}, and these credentials are of {account}")
    formation = boto3.client("cloudformation", region_name=file.aws_region)
    try:
        found = formation.describe_stacks(StackName=f"{stack}-service")["Stacks"][0]
    except ClientError as error:
        raise NotThere(
            f"no stack {stack}-service in {file.aws_region} of account {account}: "
            f"{error.response['Error']['Message']}"
        ) from error
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
    settings = {name: outputs[output] for name, output in _OUTPUTS.items()}
    os.environ |= settings | {"AWS_REGION": file.aws_region, "AWS_DEFAULT_REGION": file.aws_region}
    return Place(stack=stack, aws_region=file.aws_region, settings=settings, compiled=file.compiled)


def _on_the_emulator(regions: Path) -> Path:
    """Point at the one that `make up` left running, unless the environment names another; the folder of region files that
    it was deployed from. Raises NotThere where none runs.
    """
    from infra.local import emulator
    from infra.local.region import regions_for

    running, named = emulator.find(), os.environ.get("AWS_ENDPOINT_URL")
    if running is not None and named in (None, "", running.url):
        os.environ |= running.variables()
        return regions_for(running.state_dir)
    if not named:
        raise NotThere("no emulator runs here: `make up` starts one and leaves it running")
    return regions
