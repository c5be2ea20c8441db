"""Synthesised templates, read for tests."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

type Resource = Mapping[str, Any]


@dataclass(frozen=True)
class Template:
    name: str
    text: str

    @cached_property
    def body(self) -> dict[str, Any]:
        return json.loads(self.text)

    @property
    def resources(self) -> Mapping[str, Resource]:
        return self.body["Resources"]

    def of(self, *types: str) -> dict[str, Resource]:
        """Resources of these types by logical id."""
        return {id: resource for id, resource in self.resources.items() if resource["Type"] in types}

    def one(self, type: str) -> Resource:
        (resource,) = self.of(type).values()
        return resource

    def functions(self) -> dict[str, Resource]:
        """The properties of every Lambda function, by its service name."""
        return {
            resource["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: resource[
                "Properties"
            ]
            for resource in self.of("AWS::Lambda::Function").values()
        }


@dataclass(frozen=True)
class Assembly:
    """Every stack of a stage by its name: `qamqor-pavlodar-service`."""

    folder: Path

    @cached_property
    def stacks(self) -> dict[str, Template]:
        found = {}
        for manifest in sorted(self.folder.glob("assembly-*/manifest.json")):
            for artifact in json.loads(manifest.read_text())["artifacts"].values():
                if artifact["type"] == "aws:cloudformation:stack":
                    properties = artifact["properties"]
                    file = manifest.with_name(properties["templateFile"])
                    found[properties["stackName"]] = Template(properties["stackName"], file.read_text())
        return found

    @cached_property
    def protected(self) -> dict[str, bool]:
        """Whether a stack refuses to be deleted, by its name."""
        return {
            artifact["properties"]["stackName"]: artifact["properties"].get("terminationProtection", False)
            for manifest in self.folder.glob("assembly-*/manifest.json")
            for artifact in json.loads(manifest.read_text())["artifacts"].values()
            if artifact["type"] == "aws:cloudformation:stack"
        }

    def __getitem__(self, name: str) -> Template:
        return self.stacks[name]


def flat(value: Any) -> str:
    """An ARN or a name of a template as one line, without the hashes of logical ids: `{Complaints.Arn}/index/due`.

    What one stack takes from another is shown as what it is there.
    """
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return "{" + _plain(name) + "}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return "{" + f"{_plain(name)}.{attribute}" + "}"
        case {"Fn::Join": ["", parts]}:
            return "".join(map(flat, parts))
        case {"Fn::ImportValue": str(name)} if found := _EXPORT.search(name):
            return "{" + ".".join(filter(None, (found["name"], found["attribute"]))) + "}"
        case {"Fn::Sub": str(text)}:
            return text
        case _:
            return json.dumps(value, sort_keys=True)


_EXPORT = re.compile(
    r":ExportsOutput(?:FnGetAtt|Ref)(?P<name>.+?)[0-9A-F]{8}(?P<attribute>[A-Za-z]*?)[0-9A-F]{8}$"
)


def _plain(name: str) -> str:
    return re.sub(r"[0-9A-F]{8}$", "", name.removeprefix("AWS::"))
