"""The cloud's templates on the emulator: a stand-in for each resource that it cannot make, and nothing else changed.

A stand-in is a `WaitConditionHandle`, which is made at once and has a name of its own. Whatever refers to the resource, or
asks for one of its attributes, gets that name; what depends on it, and the order in which things are made, stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.local.altered import altered

STAND_IN: Final = "AWS::CloudFormation::WaitConditionHandle"


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A type that the emulator cannot make, and what is therefore not seen on it; where `with_property` is said, the type
    is known, and is refused where that property is used.
    """

    type: str
    not_seen: str
    with_property: str | None = None

    def holds_of(self, resource: Mapping[str, Any]) -> bool:
        if resource["Type"] != self.type:
            return False
        return self.with_property is None or self.with_property in resource.get("Properties", {})


UNKNOWN: Final[Sequence[Unknown]] = (
    Unknown(type="AWS::Backup::BackupSelection", not_seen="copies: nothing is chosen to be copied"),
    Unknown(type="AWS::Budgets::Budget", not_seen="that spending rings: nothing costs anything there"),
    Unknown(
        type="AWS::CloudWatch::Alarm",
        with_property="Metrics",
        not_seen="alarms that calculate: burn rates, shares, ages; the others are made",
    ),
    Unknown(type="AWS::CloudWatch::CompositeAlarm", not_seen="alarms made of alarms"),
    Unknown(
        type="AWS::CodeDeploy::Application", not_seen="gradual traffic: a new version has all calls at once"
    ),
    Unknown(type="AWS::CodeDeploy::DeploymentGroup", not_seen="as of the application"),
    Unknown(type="AWS::Cognito::ManagedLoginBranding", not_seen="how Cognito's sign-in page looks"),
    Unknown(type="AWS::EC2::EIP", not_seen="fixed addresses: functions run on this machine, in no network"),
    Unknown(type="AWS::EC2::FlowLog", not_seen="what the network refused"),
    Unknown(type="AWS::EC2::NatGateway", not_seen="as of the addresses"),
    Unknown(
        type="AWS::GuardDuty::MalwareProtectionPlan",
        not_seen="that uploads are scanned: whoever plays says what a scan would have found",
    ),
)


def with_stand_ins(made: Path, folder: Path, *, unknown: Sequence[Unknown] = UNKNOWN) -> Path:
    """A copy of a cloud assembly, in `folder`, with stand-ins for all that is `unknown`."""
    return altered(made, folder, lambda template: stood_in(template, unknown=unknown))


def stood_in(template: Mapping[str, Any], *, unknown: Sequence[Unknown] = UNKNOWN) -> dict[str, Any]:
    """The template with stand-ins for what is `unknown`, and all else as it was."""
    resources = template["Resources"]
    replaced = {id for id, it in resources.items() if any(each.holds_of(it) for each in unknown)}
    changed = {id: _stand_in(each) if id in replaced else each for id, each in resources.items()}
    return dict(_named({**template, "Resources": changed}, replaced))


def _stand_in(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key != "Properties"} | {"Type": STAND_IN}


def _named(value: Any, replaced: set[str]) -> Any:
    """With the stand-in's name where one of its attributes is asked for."""
    match value:
        case {"Fn::GetAtt": [str(id), *_]} if id in replaced:
            return {"Ref": id}
        case dict():
            return {key: _named(each, replaced) for key, each in value.items()}
        case list():
            return [_named(each, replaced) for each in value]
    return value
