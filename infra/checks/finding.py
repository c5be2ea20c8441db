"""What a tool found, in one form for all tools."""

import json
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """`at`: a construct's path below its region, a resource as `stack/logical id`, or a file."""

    tool: str
    rule: str
    at: str
    text: str = ""


class CheckFailed(RuntimeError):
    """A tool did not run to its end; the message is what it printed."""


def shortened(name: str) -> str:
    """A rule without what is the region's own: `AwsSolutions-IAM5[Resource::{Photos.Arn}/photos/*]`."""
    name = re.sub(r"[a-z-]+:ExportsOutput(?:FnGetAtt|Ref)(.+?)[0-9A-F]{8}(Arn|)[0-9A-F]{8}", r"{\1.\2}", name)
    name = re.sub(r"<([A-Za-z]+?)(?:[0-9A-F]{8})?\.?(Arn|)>", r"{\1.\2}", name).replace(".}", "}")
    return re.sub(r":[a-z0-9-]*:\d{12}:", "::", name)


def templates(assembly: Path) -> dict[str, Path]:
    """By stack, without the region's name: `service`, `storage`, `edge`."""
    return {
        re.sub(r"[0-9A-F]{8}$", "", file.name.removesuffix(".template.json")).removeprefix(
            "qamqorwhole"
        ): file
        for file in sorted(assembly.glob("assembly-*/*.template.json"))
    }


def region_of(template: Path) -> str:
    """The AWS Region that the stack goes to, by the assembly that its template lies in."""
    artifacts = json.loads(template.with_name("manifest.json").read_text())["artifacts"].values()
    (stack,) = (each for each in artifacts if each.get("properties", {}).get("templateFile") == template.name)
    return str(stack["environment"].rpartition("/")[2])
