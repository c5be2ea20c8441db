"""What the static checks make of findings: nothing passes that is not explained, and no explanation outlives its reason."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from infra.checks.finding import Finding, region_of, shortened
from infra.checks.page import PAGE, page
from infra.checks.waivers import STARS, WAIVERS, Waiver, judge
from infra.toolchain import ROOT

QUEUE = Finding(tool="checkov", rule="CKV_AWS_27", at="service/DeliveriesQueue99C7B338")


def waiver(*at: str, tool: str = "checkov", rule: str = "CKV_AWS_27") -> Waiver:
    return Waiver(tool=tool, rule=rule, at=at, reason="Because.", since="2026-11-24")


def test_a_stack_is_judged_for_the_region_that_it_goes_to(tmp_path: Path) -> None:
    goes_to = {"service": "eu-central-1", "edge": "us-east-1"}
    artifacts = {
        stack: {
            "environment": f"aws://111122223333/{region}",
            "properties": {"templateFile": f"{stack}.template.json"},
        }
        for stack, region in goes_to.items()
    }
    assets = {"edge.assets": {"properties": {"file": "edge.assets.json"}}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts | assets}))
    assert {stack: region_of(tmp_path / f"{stack}.template.json") for stack in goes_to} == goes_to


def test_what_nothing_explains_is_left_once() -> None:
    judged = judge([QUEUE, QUEUE], [])
    assert (judged.unexplained, judged.needless) == ([QUEUE], [])


def test_what_is_explained_is_not_left() -> None:
    judged = judge([QUEUE], [waiver("service/DeliveriesQueue????????")])
    assert (judged.unexplained, judged.needless) == ([], [])


@pytest.mark.parametrize(
    "other",
    [
        waiver("service/Another????????"),
        waiver("service/DeliveriesQueue????????", rule="CKV_AWS_26"),
        waiver("service/DeliveriesQueue????????", tool="cdk-nag"),
    ],
)
def test_a_waiver_of_something_else_explains_nothing_and_is_needless(other: Waiver) -> None:
    judged = judge([QUEUE], [other])
    assert (judged.unexplained, judged.needless) == ([QUEUE], [other])


def test_a_waiver_that_another_makes_superfluous_is_not_needless_while_it_fits() -> None:
    both = [waiver("service/DeliveriesQueue99C7B338"), waiver("service/*Queue????????")]
    assert judge([QUEUE], both).needless == []


def test_a_star_stands_for_one_part_of_a_path() -> None:
    one = waiver("service/*/Function", tool="cdk-nag", rule="R")
    assert one.covers(Finding(tool="cdk-nag", rule="R", at="service/Loader/Function"))
    assert not one.covers(Finding(tool="cdk-nag", rule="R", at="service/Directory/Loader/Function"))
    assert not one.covers(Finding(tool="cdk-nag", rule="R", at="Loader/Function"))


@pytest.mark.parametrize(
    "new",
    [
        Finding(tool="checkov", rule="CKV_AWS_27", at="service/FunctionsRequeueNewQueue1234ABCD"),
        Finding(tool="checkov", rule="CKV_AWS_26", at="service/NewTopic1234ABCD"),
        Finding(tool="checkov", rule="CKV_AWS_119", at="storage/NewTable1234ABCD"),
        Finding(tool="cdk-nag", rule="AwsSolutions-SQS3", at="service/New/Queue"),
        Finding(
            tool="cdk-nag",
            rule="AwsSolutions-IAM5[Resource::*]",
            at="service/Functions/New/Role/DefaultPolicy",
        ),
        Finding(tool="cfn-guard", rule="queues_are_encrypted", at="service/Deliveries/Queue"),
        Finding(tool="cfn-guard", rule="sqs_dlq_check", at="service/New/Queue"),
    ],
    ids=lambda finding: f"{finding.rule} {finding.at}",
)
def test_what_is_new_is_not_waived_with_what_is_there(new: Finding) -> None:
    assert judge([new]).unexplained == [new]


@pytest.mark.parametrize("each", WAIVERS, ids=lambda each: f"{each.tool} {each.rule}")
def test_a_waiver_says_why_and_since_when(each: Waiver) -> None:
    assert re.fullmatch(r"[A-Z].{15,}\.", each.reason)
    assert date(2026, 11, 1) <= date.fromisoformat(each.since)
    assert each.at
    assert all(place not in ("*", "**") and "/" in place for place in each.at)


def test_no_two_waivers_are_of_the_same_rule_at_the_same_place() -> None:
    every = [(each.tool, each.rule, place) for each in WAIVERS for place in each.at]
    assert len(every) == len(set(every))


def test_a_rule_is_named_without_what_is_the_regions_own() -> None:
    export = "qamqor-whole-storage:ExportsOutputFnGetAttPhotosB9552D0DArn1A2B3C4D"
    assert shortened(f"IAM5[Resource::{export}/photos/*]") == "IAM5[Resource::{Photos.Arn}/photos/*]"
    assert (
        shortened("IAM5[Resource::arn:x:sns:eu-central-1:111122223333:a]") == "IAM5[Resource::arn:x:sns::a]"
    )


def test_the_page_of_waivers_is_the_code() -> None:
    assert PAGE.read_text() == page(), "run `python -m infra.checks.page`"
    for action in STARS:
        assert f"| {action} on `*` |" in page()


def test_the_types_of_what_stacks_are_made_of_are_read_and_no_others() -> None:
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    (read,) = (each["module"] for each in overrides if each.get("follow_imports") == "normal")
    services = {"aws_cdk", *_imported_of_cdk()}
    assert set(read) == services | {name.replace("aws_cdk", "aws_cdk.interfaces") for name in services}


def _imported_of_cdk() -> Iterator[str]:
    for file in (ROOT / "infra").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "aws_cdk":
                yield from (f"aws_cdk.{each.name}" for each in node.names if each.name.startswith("aws_"))
