"""What stands in for what the emulator does not know, and that nothing else of a template is changed."""

import json
import re
from pathlib import Path
from typing import Any

from infra.local.stand_ins import STAND_IN, UNKNOWN, stood_in, with_stand_ins
from infra.toolchain import ROOT

KNOWN = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${Address}"}}}
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}, "DependsOn": ["Queue"]},
        "Queue": KNOWN,
        "Gateway": {
            "Type": "AWS::EC2::NatGateway",
            "Properties": {"AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]}},
        },
        "Route": {
            "Type": "AWS::EC2::Route",
            "Properties": {
                "NatGatewayId": {"Ref": "Gateway"},
                "Addresses": [{"Fn::GetAtt": ["Address", "PublicIp"]}, {"Fn::GetAtt": ["Queue", "Arn"]}],
            },
            "DependsOn": ["Gateway"],
        },
        "Plain": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}},
        "Reckoned": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [{"Expression": "a/b"}]}},
    },
    "Outputs": {"Address": {"Value": {"Fn::GetAtt": ["Address", "PublicIp"]}}},
}


def test_what_is_not_known_is_made_as_a_name_and_all_that_asks_for_it_gets_that() -> None:
    changed = stood_in(TEMPLATE)
    resources = changed["Resources"]
    assert resources["Address"] == {"Type": STAND_IN, "DependsOn": ["Queue"]}
    assert resources["Gateway"] == {"Type": STAND_IN}
    assert resources["Route"]["Properties"] == {
        "NatGatewayId": {"Ref": "Gateway"},
        "Addresses": [{"Ref": "Address"}, {"Fn::GetAtt": ["Queue", "Arn"]}],
    }
    assert changed["Outputs"] == {"Address": {"Value": {"Ref": "Address"}}}


def test_a_type_that_is_known_is_kept_but_where_the_property_is_used_that_is_not() -> None:
    resources = stood_in(TEMPLATE)["Resources"]
    assert resources["Queue"] == KNOWN
    assert resources["Plain"] == TEMPLATE["Resources"]["Plain"]
    assert resources["Reckoned"] == {"Type": STAND_IN}


def test_a_template_without_any_is_not_changed() -> None:
    known = {"Resources": {"Queue": KNOWN}, "Outputs": {"Queue": {"Value": {"Ref": "Queue"}}}}
    assert stood_in(known) == known


def test_the_assembly_that_is_copied_stays_as_it_was(tmp_path: Path) -> None:
    nested = tmp_path / "made" / "assembly-one"
    nested.mkdir(parents=True)
    before = json.dumps(TEMPLATE)
    (nested / "one.template.json").write_text(before)
    (nested / "manifest.json").write_text("{}")
    copied = with_stand_ins(tmp_path / "made", tmp_path / "copied") / "assembly-one"
    assert (nested / "one.template.json").read_text() == before
    assert json.loads((copied / "one.template.json").read_text()) == stood_in(TEMPLATE)
    assert (copied / "manifest.json").read_text() == "{}"


def test_whoever_deploys_first_can_read_what_an_emulator_has_not_shown() -> None:
    page = (ROOT / "docs" / "first-deployment.md").read_text()
    _, _, said = page.partition("| has a stand-in there |")
    named = set(re.findall(r"`(AWS::\w+::\w+)`", said.partition("\n\n")[0]))
    assert named == {each.type for each in UNKNOWN}
    assert all(each.not_seen for each in UNKNOWN)
