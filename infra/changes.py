"""What no deployment can do, or must not, to what is deployed: judged by the templates before and after.

CloudFormation finds most of this too, in the middle of a deployment; that a table begins anew and empty, it does without
a word. `python -m infra.changes --region pavlodar` compares what is deployed with what was synthesised, and changes
nothing.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from infra.region import load_region_file, region_ids
from infra.region.aws import EDGE_REGION

type Template = Mapping[str, Any]
type Templates = Mapping[str, Template]
"""Templates of CloudFormation by their stacks' names."""
type Kind = Literal["export-in-use", "kept-removed", "kept-replaced", "two-index-changes", "index-changed"]

KEPT: Final[Mapping[str, frozenset[str]]] = {
    "AWS::DynamoDB::Table": frozenset(
        {"TableName", "KeySchema", "LocalSecondaryIndexes", "ImportSourceSpecification"}
    ),
    "AWS::S3::Bucket": frozenset({"BucketName", "BucketNamePrefix", "BucketNamespace"}),
    "AWS::Cognito::UserPool": frozenset(
        {"AliasAttributes", "UsernameAttributes", "UsernameConfiguration", "Schema"}
    ),
    "AWS::Cognito::UserPoolClient": frozenset({"UserPoolId", "GenerateSecret"}),
    "AWS::SQS::Queue": frozenset({"QueueName", "FifoQueue"}),
    "AWS::StepFunctions::StateMachine": frozenset({"StateMachineName", "StateMachineType"}),
    "AWS::ApiGatewayV2::Api": frozenset({"ProtocolType"}),
    "AWS::EC2::EIP": frozenset({"Address", "IpamPoolId", "NetworkBorderGroup", "TransferAddress"}),
    "Custom::PlatformApplication": frozenset({"Name", "Platform"}),
}
"""What is lost, or known to others by its address, with the properties whose change makes another one of it: those that
the registry of CloudFormation calls create-only, and of user pools those that Cognito refuses to change.
"""

RUNBOOK: Final = "docs/runbook.md#changes-in-two-steps"
RECIPE: Final = f"The way in two steps: {RUNBOOK}"
ONE_AT_A_TIME: Final = f"It gives up and brings in at once: make it two changes of the region file. {RUNBOOK}"
OPERATORS: Final = ("CanaryClient",)
"""What nobody but the operator knows, by the beginning of its name: given up, and signed in anew when it is there again."""
FOUND_AGAIN: Final = frozenset({"Custom::PlatformApplication"})
"""What stays where it is given up, and is found by its name when it is wanted again."""


@dataclass(frozen=True, kw_only=True, order=True)
class Fault:
    """`stack` is where it is; `what` a logical id or an export's name; `text` begins with neither."""

    stack: str
    kind: Kind
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.stack}: {self.what}: {self.text} ({self.kind})"


def faults(before: Templates, after: Templates) -> list[Fault]:
    """Of all stacks that are there before and after; one that is new or goes whole does so by its own command."""
    found = [*_exports_in_use(before, after)]
    for name in before.keys() & after.keys():
        found += _of_resources(name, before[name], after[name])
    return sorted(found)


def service_may_go_first(before: Templates, after: Templates) -> bool:
    """Whether every stack's next template needs nothing that the others do not export yet: then what takes exports can
    be deployed before what gives them, which sets those free that go.
    """
    given = set(_exports(before.values()))
    return all(_imports(template) <= given for template in after.values())


def _exports_in_use(before: Templates, after: Templates) -> Iterator[Fault]:
    """CloudFormation refuses to take an export back that another stack still imports, and what exports goes first."""
    stays = set(_exports(after.values()))
    for name, template in before.items():
        if name not in after:
            continue
        for export in set(_exports([template])) - stays:
            users = [other for other, each in before.items() if other != name and export in _imports(each)]
            for user in users:
                yield Fault(
                    stack=name,
                    kind="export-in-use",
                    what=export.partition(":")[2] or export,
                    text=f"{user} uses it until it is deployed itself.",
                )


def _of_resources(stack: str, before: Template, after: Template) -> Iterator[Fault]:
    now = after["Resources"]
    for id, old in before["Resources"].items():
        if old["Type"] not in KEPT or id.startswith(OPERATORS):
            continue
        new = now.get(id)
        if new is None or new["Type"] != old["Type"]:
            if old["Type"] in FOUND_AGAIN and old.get("DeletionPolicy", "").startswith("Retain"):
                continue
            yield Fault(stack=stack, kind="kept-removed", what=id, text=f"this {old['Type']} is given up.")
            continue
        was, will = old.get("Properties", {}), new.get("Properties", {})
        for name in sorted(KEPT[old["Type"]]):
            if was.get(name) != will.get(name):
                yield Fault(
                    stack=stack,
                    kind="kept-replaced",
                    what=id,
                    text=f"a change of {name} makes another {old['Type']} of it.",
                )
        if old["Type"] == "AWS::DynamoDB::Table":
            yield from _of_indexes(stack, id, _indexes(was), _indexes(will))


def _of_indexes(
    stack: str, table: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Fault]:
    """Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html"""
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield Fault(
                stack=stack,
                kind="index-changed",
                what=table,
                text=f"the index {name} has other keys or attributes: add one of another name, then remove it.",
            )
    changed = sorted(before.keys() ^ after.keys())
    if len(changed) > 1:
        yield Fault(
            stack=stack,
            kind="two-index-changes",
            what=table,
            text=f"{', '.join(changed)}: one index is added or removed in a deployment, and no more.",
        )


def _indexes(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        index["IndexName"]: (index["KeySchema"], _projection(index["Projection"]))
        for index in properties.get("GlobalSecondaryIndexes", ())
    }


def _projection(projection: Mapping[str, Any]) -> tuple[str, Sequence[str]]:
    return projection["ProjectionType"], sorted(projection.get("NonKeyAttributes", ()))


def _exports(templates: Iterable[Template]) -> Iterator[str]:
    for template in templates:
        for output in template.get("Outputs", {}).values():
            if "Export" in output:
                yield str(output["Export"]["Name"])


def _imports(part: Any) -> set[str]:
    """Names of exports anywhere in a template."""
    match part:
        case {"Fn::ImportValue": str(name)}:
            return {name}
        case dict():
            return set().union(*map(_imports, part.values()))
        case list():
            return set().union(*map(_imports, part))
    return set()


# ------------------------------------------------------------------------------------------- as a command
def synthesised(assembly: Path, region_id: str) -> Templates:
    """The region's stacks in a folder that `cdk synth` wrote; empty where it has none of them."""
    return {
        artifact["properties"]["stackName"]: json.loads(
            manifest.with_name(artifact["properties"]["templateFile"]).read_text()
        )
        for manifest in assembly.glob(f"assembly-qamqor-{region_id}/manifest.json")
        for artifact in json.loads(manifest.read_text())["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    }


def deployed(names: Iterable[str], *, aws_region: str, elsewhere: Mapping[str, str]) -> Templates:
    """Those of these stacks that are deployed; `elsewhere`: the AWS Region of a stack that is in another one."""
    import boto3
    from botocore.exceptions import ClientError

    found: dict[str, Template] = {}
    for name in names:
        formation = boto3.client("cloudformation", region_name=elsewhere.get(name, aws_region))
        try:
            template = formation.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            continue
        found[name] = json.loads(template) if isinstance(template, str) else template
    return found


def main(arguments: list[str] | None = None) -> int:
    """0 where all of it can be deployed as it stands, 1 with faults, 2 where nothing was synthesised."""
    parser = argparse.ArgumentParser(prog="python -m infra.changes", description=__doc__)
    parser.add_argument("--region", required=True, choices=region_ids(), help="the region file's name")
    parser.add_argument("--assembly", type=Path, default=Path("cdk.out"), help="what `cdk synth` wrote")
    options = parser.parse_args(arguments)
    after = synthesised(options.assembly, options.region)
    if not after:
        print(f"{options.assembly} has no stacks of {options.region}: `make synth` first", file=sys.stderr)
        return 2
    edge = {f"qamqor-{options.region}-edge": EDGE_REGION}
    before = deployed(
        dict.fromkeys([*after, *edge]), aws_region=load_region_file(options.region).aws_region, elsewhere=edge
    )
    found = faults(before, after)
    for fault in found:
        print(fault)
    if found:
        print(RECIPE if service_may_go_first(before, after) else ONE_AT_A_TIME)
    elif before:
        print("nothing that is kept is replaced, and every stack can be deployed in its order")
    else:
        print("nothing is deployed yet")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
